"""A PET in colours over the views."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from tumorboard.case.model import SeriesRef
from tumorboard.case.saved_view import FusedWith
from tumorboard.errors import UserError
from tumorboard.imaging.fusion import Fusion, uptake_window
from tumorboard.imaging.volume import Volume, is_uptake
from tumorboard.language import _
from tumorboard.ui.overlays.rows import FusionRow, fusion_row
from tumorboard.ui.viewer.display import SUV_TOP, Display

if TYPE_CHECKING:
    from tumorboard.ui.shell.host import Host

Offset = tuple[float, float, float]

_STEP = 0.1
_NO_PLACE = _("These images do not say where they lie in the patient; nothing is laid over them.")
_APART = _(
    "The PET and these images were not taken together. Show both, bring them to the same place, "
    "and lock them (Ctrl+L); then fuse again."
)


class FusedSeries(QObject):
    """Knows what is fused with each display; ``changed`` carries the display.

    ``series`` gives the series of the case on show.
    """

    changed = Signal(object)

    def __init__(self, host: Host, series: Callable[[], tuple[SeriesRef, ...]]) -> None:
        super().__init__(host.parent_widget)
        self._host = host
        self._series = series
        self._fused: dict[Display, Fusion] = {}

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what the commands of this do."""
        return {
            "view.fuse": self.toggle,
            "view.fuse_more": partial(self.strengthen, _STEP),
            "view.fuse_less": partial(self.strengthen, -_STEP),
        }

    def of(self, display: Display) -> Fusion | None:
        """Return what is shown in colours over a display."""
        return self._fused.get(display)

    def forget(self, display: Display) -> None:
        """Show nothing in colours over the new images of a display."""
        self._fused.pop(display, None)

    def row(self, display: Display) -> FusionRow:
        """Return what the panel shows of it."""
        return fusion_row(tuple(self._choices(display)), self.of(display))

    def kept(self, display: Display) -> FusedWith | None:
        """Return what is fused, to be kept with a view."""
        f = self.of(display)
        if f is None:
            return None
        return FusedWith(f.series_key, f.palette, f.opacity, f.window.centre, f.window.width)

    def toggle(self) -> None:
        """Show the PET of the case in colours over the active view, or take it away."""
        display = self._host.room.active
        if self.of(display) is not None:
            self.fuse(display, "")
            return
        choices = [k for k, __ in self._choices(display)]
        if not choices:
            self._host.say(_("This case has no PET to lay over these images."))
            return
        self.fuse(display, choices[0])

    def strengthen(self, step: float) -> None:
        """Make the colours of the active view stronger or fainter."""
        display = self._host.room.active
        fusion = self.of(display)
        if fusion is not None:
            self._set(display, replace(fusion, opacity=min(max(fusion.opacity + step, 0.0), 1.0)))

    def wish(self, row: FusionRow) -> None:
        """Show in colours over the active view what the panel asks for."""
        display = self._host.room.active
        fusion = self.of(display)
        if fusion is None or fusion.series_key != row.key:
            self.fuse(display, row.key)
            return
        upper = uptake_window(row.upper)
        self._set(display, replace(fusion, palette=row.palette, opacity=row.opacity, window=upper))

    def fuse(self, display: Display, key: str, look: FusedWith | None = None) -> None:
        """Show a series in colours over a display; "" takes it away."""
        if not key or display.volume is None:
            self._set(display, None)
            return
        host = self._host
        try:
            opened = host.workspace.images.open(key)
        except UserError as error:
            host.say(str(error), state="warning")
            return
        offset, why_not = self._offset(display.volume, opened.volume)
        if offset is None:
            host.say(why_not)
            self.changed.emit(display)
            return
        self._set(display, _fusion(opened.volume, offset, key, look))
        if not opened.is_complete:
            number = host.room.displays.index(display)
            host.jobs.start(
                f"fuse {number}",
                opened.load,
                progressed=lambda __: display.changed.emit(),
                finished=lambda __: display.changed.emit(),
                failed=lambda text: host.say(text, state="warning"),
            )

    def _offset(self, below: Volume, above: Volume) -> tuple[Offset | None, str]:
        if not (below.is_placed and above.is_placed):
            return None, _NO_PLACE
        alignment = self._host.room.alignment
        found = alignment.offset(below.frame_of_reference_uid, above.frame_of_reference_uid)
        if found is None:
            return None, _APART
        return (float(found[0]), float(found[1]), float(found[2])), ""

    def _set(self, display: Display, fusion: Fusion | None) -> None:
        self.forget(display)
        if fusion is not None:
            self._fused[display] = fusion
        self.changed.emit(display)

    def _choices(self, display: Display) -> list[tuple[str, str]]:
        """Return the series that can be laid over a display, those of its study first."""
        volume = display.volume
        if volume is None or volume.modality == "PT":
            return []
        refs = [r for r in self._series() if r.modality == "PT" and r.kind == "volume"]
        refs.sort(key=lambda r: (r.study_instance_uid != volume.study_instance_uid, -r.slices))
        return [(r.series_instance_uid, r.description or "PET") for r in refs]


def _fusion(volume: Volume, offset: Offset, key: str, look: FusedWith | None) -> Fusion:
    if look is not None:
        window = uptake_window(look.centre + look.width / 2)
        return Fusion(volume, window, look.palette, look.opacity, offset, key)
    upper = SUV_TOP
    if not is_uptake(volume):
        sent = volume.window
        upper = sent.centre + sent.width / 2 if sent is not None else 20_000.0
    return Fusion(volume, uptake_window(upper), offset=offset, series_key=key)
