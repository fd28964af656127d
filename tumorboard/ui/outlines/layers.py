"""Outlines in three dimensions as layers over the views."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tumorboard.app.mask_editor import MaskEditor
from tumorboard.app.outlining import PALETTE, colour_of
from tumorboard.app.overlay_object import OverlayObject
from tumorboard.app.overlays import placement
from tumorboard.case.segmentation import Segmentation
from tumorboard.errors import UserError
from tumorboard.imaging.layers import Layer
from tumorboard.imaging.mask_layer import mask_layer
from tumorboard.imaging.mask_model import Mask
from tumorboard.imaging.volume import Volume
from tumorboard.language import _
from tumorboard.ui.viewer.overlay_stack import ShownLayer

if TYPE_CHECKING:
    from tumorboard.ui.shell.host import Host

_KEPT = 48


class OutlineLayers:
    """Makes the layer of each outline, and keeps it while its voxels stay the same.

    ``hidden`` are the outlines that shall not show, ``preview`` is what would be added by a
    gesture under way. ``active_record`` gives the outline worked on.
    """

    def __init__(
        self,
        host: Host,
        editor: MaskEditor,
        active_record: Callable[[], Segmentation | None],
    ) -> None:
        self._host = host
        self.editor = editor
        self.active_record = active_record
        self.hidden: frozenset[str] = frozenset()
        self.filling = 0.25
        self.preview: Layer | None = None
        self._layers: dict[tuple[str, str], Layer] = {}

    def forget(self) -> None:
        """Let all layers go: another case is open."""
        self.hidden, self.preview = frozenset(), None
        self._layers.clear()

    def show_only(self, keys: tuple[str, ...]) -> None:
        """Show the outlines with these keys of layers and no others."""
        case = self._host.case
        if case is not None:
            every = {s.uid for s in case.segmentations}
            self.hidden = frozenset(uid for uid in every if key_of(uid) not in keys)

    def layers(self, volume: Volume) -> list[ShownLayer]:
        """Return the outlines to be drawn over a volume."""
        return [layer for layer, _ in self.placed(volume) if layer is not None]

    def placed(self, volume: Volume) -> list[tuple[ShownLayer | None, tuple[str, str]]]:
        """Return each layer, None where it cannot be drawn, with its UID and why."""
        case, found = self._host.case, []
        for record in case.segmentations if case is not None else ():
            layer = self._layer(record)
            shown, why = self._shown(record, layer, volume)
            hidden = record.uid in self.hidden
            found.append((None if hidden else shown, (record.uid, why)))
        extra = self._unkept(volume)
        return found if extra is None else [*found, (extra, ("", ""))]

    def _unkept(self, volume: Volume) -> ShownLayer | None:
        """Return what is drawn but not kept yet and belongs to no outline in the case."""
        layer, colour = self.preview, PALETTE[0]
        record = self.active_record()
        if record is not None:
            colour = colour_of(record)
        active = self._host.room.active.volume
        if layer is None and self.editor.is_open and record is None:
            layer = self.editor.layer()
        if layer is None or active is None or volume.stack is not active.stack:
            return None
        return ShownLayer("outline|new", "", layer, colour, self.filling)

    def _shown(
        self, record: Segmentation, layer: Layer | None, volume: Volume
    ) -> tuple[ShownLayer | None, str]:
        if layer is None:
            return None, "" if record.is_empty else _("its voxels cannot be read")
        colour = colour_of(record)
        words = (key_of(record.uid), record.label, "", "", record.author, colour, layer)
        own, case = record.series_instance_uid, self._host.case
        refs = case.series if case is not None else ()
        wholes = frozenset(r.whole_uid for r in refs if r.series_instance_uid == own)
        frame = record.frame_of_reference_uid
        item = OverlayObject(*words, (own,), frame, wholes=wholes)
        offset, why = placement(item, volume, self._host.room.alignment.offset)
        if offset is None:
            return None, why
        return ShownLayer(item.key, record.label, layer, colour, self.filling, offset), ""

    def _layer(self, record: Segmentation) -> Layer | None:
        editor = self.editor
        open_one = editor.is_open and editor.uid == record.uid
        if open_one or editor.key == (record.uid, record.digest):
            return editor.layer()
        if record.is_empty:
            return None
        name = (record.digest, record.grid_digest)
        if name not in self._layers:
            mask = self.mask(record)
            if mask is None:
                return None
            while len(self._layers) >= _KEPT:
                del self._layers[next(iter(self._layers))]
            self._layers[name] = mask_layer(mask)
        return self._layers[name]

    def mask(self, record: Segmentation) -> Mask | None:
        """Return the voxels of an outline; None, and said, when they cannot be read."""
        try:
            return self._host.session.mask_of(record)
        except UserError as error:
            self._host.say(str(error), state="warning")
            return None


def key_of(uid: str) -> str:
    """Return the key under which an outline lies over a picture."""
    return f"outline|{uid}"
