"""Shows what others made of the images over the views: what shows where, and in the panel."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from tumorboard.annotations.foreign import belongs_to
from tumorboard.app.case_change import ANNOTATIONS, SEGMENTATIONS, SERIES, VESSELS
from tumorboard.app.overlay_object import OverlayObject
from tumorboard.app.overlays import PLANE, Foreign, placement, reading
from tumorboard.case.model import Case, SeriesRef
from tumorboard.imaging.volume import Volume
from tumorboard.ui.overlays.documents import ForeignDocuments
from tumorboard.ui.overlays.fusion import FusedSeries
from tumorboard.ui.overlays.marks import ForeignMarks
from tumorboard.ui.overlays.panel import ObjectsPanel
from tumorboard.ui.overlays.rows import objects_content
from tumorboard.ui.shell.host import Feature
from tumorboard.ui.viewer.display import Display
from tumorboard.ui.viewer.overlay_stack import NOTHING, OverlayStack, ShownLayer, ShownPath

if TYPE_CHECKING:
    from tumorboard.ui.shell.host import Host

#: Objects with more parts than this start hidden: all at once would cover the picture.
_SHOWN_AT_FIRST = 8
#: By then the first pictures of a case stand on the screen.
_AFTER_PICTURES_MS = 300


#: The families of the case that lie over its images; others' marks rest on what was drawn too.
_DRAWN_OVER = frozenset({SEGMENTATIONS, SERIES, VESSELS})


@dataclass(frozen=True)
class DrawnOver:
    """What the reader drew over the images, as its features give it when it is laid.

    ``layers`` and ``paths`` are those over a volume; ``show_only`` leaves the outlines with
    these keys, and ``adopt`` makes a mask of others the reader's.
    """

    layers: Callable[[Volume], Sequence[ShownLayer]]
    paths: Callable[[Volume], tuple[ShownPath, ...]]
    show_only: Callable[[tuple[str, ...]], None]
    adopt: Callable[[OverlayObject], None]


class OverlaysFeature(QObject, Feature):
    """Keeps what lies over each display in step with the case and the panel."""

    families = _DRAWN_OVER

    def __init__(self, host: Host, panel: ObjectsPanel, drawn: DrawnOver) -> None:
        super().__init__(host.parent_widget)
        self._host = host
        self._panel = panel
        self._drawn = drawn
        self._listed: tuple[str, tuple[SeriesRef, ...]] = ("", ())
        self.found = Foreign()
        self.fusion = FusedSeries(host, lambda: self._listed[1])
        self.marks = ForeignMarks(host, lambda: self.found, partial(self.toggle, on=True))
        self.documents = ForeignDocuments(host)
        self._off: set[str] = set()
        self._filling = 0.25
        self._watched: set[Display] = set()
        self._later = QTimer(host.parent_widget)
        self._later.setSingleShot(True)
        self._later.setInterval(0)
        self._later.timeout.connect(self._read_all)

    def listen(self) -> None:
        """Listen to the views and the panel."""
        host, panel = self._host, self._panel
        panel.layer_toggled.connect(lambda key, on: self.toggle((key,), on=on))
        panel.group_toggled.connect(lambda keys, on: self.toggle(keys, on=on))
        panel.filling_changed.connect(self._fill)
        panel.fusion_changed.connect(self.fusion.wish)
        panel.acted.connect(self._act)
        self.fusion.changed.connect(self._fused)
        host.room.active_changed.connect(self._show)
        self._watch_all()
        host.views.layout_changed.connect(self._watch_all)

    def heights(self) -> list[tuple[str, tuple[float, ...]]]:
        """Return what others outlined on the active images, each with the LPS z (mm) it fills."""
        volume = self._host.room.active.volume
        found: list[tuple[str, tuple[float, ...]]] = []
        if volume is None:
            return found
        for item in self.found.objects:
            shift, corners = self._placement(item, volume)[0], item.layer.box()
            if shift is not None and corners is not None:
                found.append((item.name, tuple((corners[:, 2] + shift[2]).tolist())))
        return found

    def stop(self) -> None:
        """Read nothing more; take back the copies of documents that were opened."""
        self._later.stop()
        self.documents.stop()

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what the commands of this do."""
        return self.fusion.handlers()

    def _watch_all(self) -> None:
        for display in self._host.room.displays:
            if display not in self._watched:
                self._watched.add(display)
                display.volume_changed.connect(partial(self._new_volume, display))

    def _new_volume(self, display: Display) -> None:
        self.fusion.forget(display)
        self._fused(display)

    def _fused(self, display: Display) -> None:
        self._lay(display)
        self._show()

    # -- the case ------------------------------------------------------------------------

    def show_case(self, case: Case | None) -> None:
        """Read what came with the series of a case, when they are others than before."""
        listed = ("", ()) if case is None else (case.uid, case.series)
        if listed == self._listed:
            self.lay_all()
            return
        if listed[0] != self._listed[0]:
            self._off.clear()
        self._listed = listed
        self._take(Foreign())
        self.lay_all()
        self._later.stop()
        # Pictures may hold planes of overlay in their own files.
        kinds = ("overlay", "document", "volume", "stack", "image")
        if any(r.kind in kinds for r in listed[1]):
            self._later.start()

    def after_pictures(self) -> None:
        """Read what came with a case only when its pictures are there: its library loads slowly."""
        self._later.setInterval(_AFTER_PICTURES_MS)

    @property
    def is_idle(self) -> bool:
        """Whether no reading waits; one under way is a job of the window."""
        return not self._later.isActive()

    def _read_all(self) -> None:
        self._host.jobs.start(
            "overlays",
            reading(self._listed[1], self._host.workspace.session.series_record),
            finished=self._arrived,
            failed=lambda text: self._host.say(text, state="warning"),
        )

    def _take(self, found: Foreign) -> None:
        """Show what others made; their marks are shown until they are adopted."""
        self.found = found
        self.families = _DRAWN_OVER | {ANNOTATIONS} if found.marks else _DRAWN_OVER

    def _arrived(self, found: Foreign) -> None:
        self._take(found)
        groups: dict[tuple[str, str], list[str]] = {}
        for item in found.objects:
            groups.setdefault((item.group, item.by), []).append(item.key)
        for keys in groups.values():
            if len(keys) > _SHOWN_AT_FIRST:
                self._off.update(keys)
        self.lay_all()

    # -- what lies over ------------------------------------------------------------------

    def toggle(self, keys: tuple[str, ...], *, on: bool) -> None:
        """Show or hide masks and outlines."""
        self._off = self._off - set(keys) if on else self._off | set(keys)
        self.lay_all()

    def show_only(self, keys: tuple[str, ...]) -> None:
        """Show these masks and outlines and no others."""
        self._off = {o.key for o in self.found.objects} - set(keys)
        self._drawn.show_only(keys)
        self.lay_all()

    def shown_keys(self, display: Display) -> tuple[str, ...]:
        """Return the keys of the masks and outlines that a display shows."""
        return tuple(layer.key for layer in display.over.layers)

    def _fill(self, opacity: float) -> None:
        self._filling = opacity
        self.lay_all()

    def lay_all(self) -> None:
        """Lay over each display what shall lie there now."""
        for display in self._host.room.displays:
            self._lay(display)
        self._show()

    def _lay(self, display: Display) -> None:
        volume = display.volume
        if volume is None:
            return
        layers = []
        for item in self.found.objects:
            offset, _ = self._placement(item, volume)
            if offset is not None and item.key not in self._off:
                words = (item.key, item.name, item.layer, item.colour)
                bitmap = item.source == PLANE
                layers.append(ShownLayer(*words, self._filling, offset, bitmap))
        layers += self._drawn.layers(volume)
        marks = tuple(m for m in self.marks.left() if belongs_to(m, volume))
        paths = self._drawn.paths(volume)
        over = OverlayStack(self.fusion.of(display), tuple(layers), marks, paths)
        if over.fusion is None and not layers and not marks and not paths:
            over = NOTHING
        if over is not display.over:
            display.lay_over(over)

    def _placement(
        self, item: OverlayObject, volume: Volume
    ) -> tuple[tuple[float, float, float] | None, str]:
        return placement(item, volume, self._host.room.alignment.offset)

    # -- the panel -----------------------------------------------------------------------

    def _act(self, name: str, key: str) -> None:
        if name == "adopt_mask":
            found = [o for o in self.found.objects if o.key == key]
            self._drawn.adopt(found[0])
        elif name == "state":
            self.marks.show_state(int(key))
        elif name == "values":
            self.marks.show_values(key)
        elif name == "read":
            self.documents.read(self.found.documents, key)
        elif name == "open":
            self.documents.ask_to_open(key)
        else:
            self.marks.act(name, key)

    def _show(self) -> None:
        display = self._host.room.active
        volume = display.volume

        def why_not(item: OverlayObject) -> str:
            return "" if volume is None else self._placement(item, volume)[1]

        row = self.fusion.row(display)
        content = objects_content(
            self.found, self.marks.left(), self._off, why_not, row, self._filling
        )
        self._panel.show_content(replace(content, has_case=self._host.case is not None))
