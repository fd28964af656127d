"""Cine: runs through the pictures of the view at hand, at a speed, to and fro or round."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QTimer

from tumorboard.imaging.geometry import Plane
from tumorboard.imaging.volume import Volume
from tumorboard.language import _
from tumorboard.ui.viewer.display import Display

if TYPE_CHECKING:
    from tumorboard.ui.shell.host import Host

#: Pictures a second that keys step through.
RATES: Final = (1, 2, 3, 4, 6, 8, 10, 12, 15, 20, 25, 30, 40, 60)
#: Bounds (ms) of the time of a picture that a file tells.
_BOUNDS_MS: Final = (10.0, 2000.0)


def cine_interval(volume: Volume, rate: int = 12) -> int:
    """Return the time of a picture in ms: of a run in time the file's own, else by ``rate``.

    ``rate`` is in pictures a second.
    """
    told = None if volume.is_placed else volume.frame_ms
    low, high = _BOUNDS_MS
    return round(min(max(told, low), high)) if told else round(1000 / rate)


class Cine:
    """Runs through the pictures of whichever view the reader works in.

    Slices go to and fro, or round: after the last comes the first. Pictures in time always go
    round, for time has no way back. Speed and way are kept as settings; the speed of a run in
    time is its own until the reader changes it.
    """

    def __init__(self, host: Host) -> None:
        self._host = host
        self._timer = QTimer(host.parent_widget)
        self._timer.timeout.connect(self._next_picture)
        self._direction = 1
        self._told: tuple[Display, Plane] | None = None

    @property
    def is_running(self) -> bool:
        """Whether it runs."""
        return self._timer.isActive()

    @property
    def _goes_round(self) -> bool:
        volume = self._host.room.active.volume
        in_time = volume is not None and not volume.is_placed
        return in_time or self._host.settings["viewer.cine"] == "round"

    def toggle(self) -> None:
        """Run, or stop."""
        volume = self._host.room.active.volume
        if self.is_running:
            self.stop()
        elif volume is not None:
            self._timer.start(
                cine_interval(volume, self._host.settings.integer("viewer.cine_rate"))
            )
            self._tell()

    def stop(self) -> bool:
        """Stop; return whether it ran."""
        ran = self.is_running
        self._timer.stop()
        self._tell()
        return ran

    def change_speed(self, step: int) -> None:
        """Go faster (1) or slower (-1), now and the next time."""
        rate = self._host.settings.integer("viewer.cine_rate")
        if self.is_running:
            rate = round(1000 / self._timer.interval())
        nearest = min(range(len(RATES)), key=lambda n: abs(RATES[n] - rate))
        rate = RATES[min(max(nearest + step, 0), len(RATES) - 1)]
        self._host.attempt(partial(self._host.settings.set, "viewer.cine_rate", rate))
        if self.is_running:
            self._timer.setInterval(round(1000 / rate))
            self._tell()
        else:
            self._host.room.tell_hint(_("Cine: {rate} pictures a second.", rate=rate))

    def turn_round(self) -> None:
        """Let slices go round, or to and fro again."""
        way = "to and fro" if self._host.settings["viewer.cine"] == "round" else "round"
        self._host.attempt(partial(self._host.settings.set, "viewer.cine", way))
        said = _("to and fro") if way == "to and fro" else _("round: after the last the first")
        self._host.room.tell_hint(_("Cine goes {said}.", said=said))
        self._tell()

    def _tell(self) -> None:
        """Let the view that runs say so, and how fast."""
        told, self._told = self._told, None
        if told is not None:
            told[0].running = None
            told[0].changed.emit()
        if not self.is_running:
            return
        view = self._host.views.active_view()
        rate = round(1000 / self._timer.interval())
        way = "↻" if self._goes_round else "⇄"
        words = _("▶ {rate}/s {way} · Esc stops", rate=rate, way=way)
        view.display.running = view.plane, words
        self._told = view.display, view.plane
        view.display.changed.emit()

    def _next_picture(self) -> None:
        view = self._host.views.active_view()
        if view.display.volume is None:
            self.stop()
            return
        if self._told != (view.display, view.plane):
            self._tell()
        before = view.display.point
        round_ = self._goes_round
        view.scroll_by(1 if round_ else self._direction)
        if view.display.point != before:
            return
        if round_:
            view.scroll_by(-10_000)
        else:
            self._direction = -self._direction
            view.scroll_by(self._direction)
        if view.display.point == before:
            self.stop()
