"""Makes the sheets of the slices that are likely to come, a little whenever nothing else is done.

A reader scrolls one way: the next slices come first, then the last ones. Of slices beyond these
only the labels are measured and placed, which is half of the work and takes hardly any memory.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, QTimer

from tumorboard.annotations.model import Annotation
from tumorboard.imaging.slicing import Section
from tumorboard.imaging.view_cut import CutSpec, is_native, make_cut, stored_step
from tumorboard.ui.viewer import drawing_cache as sheets
from tumorboard.ui.viewer import drawings
from tumorboard.ui.viewer.annotations import steps_of
from tumorboard.ui.viewer.drawing_cache import Key, Sheet, Wish
from tumorboard.ui.viewer.letters import text_width

if TYPE_CHECKING:
    from tumorboard.ui.viewer.image_view import ImageView

#: Which slices get sheets, in the direction of scrolling and in this order.
SHEETS = (0, 1, 2, 3, -1, 4, 5, 6, -2, *range(7, 17))
#: They take at most this share of the room for sheets: the others are of other views, or behind.
SHARE = 0.75
#: Which slices beyond get the places of their labels.
PLACES = (*range(17, 25), *range(-3, -9, -1))
#: After so long (ms) of making sheets the window gets its turn.
_TURN_MS: Final = 2.0


_Task = Generator[None, None, Any]


@dataclass(frozen=True, eq=False)
class _Seen:
    """What was painted last: the wish of its sheet, and which drawings there were."""

    wish: Wish
    spec: CutSpec
    section: Section
    every: tuple[Annotation, ...]

    def is_like(self, other: _Seen | None) -> bool:
        """Whether the same sheets belong around it."""
        return (
            other is not None
            and self.every is other.every
            and self.spec == other.spec
            and self.section.slice_index == other.section.slice_index
            and self.wish.key == other.wish.key
        )


class Ahead(QObject):
    """Makes sheets for one view."""

    def __init__(self, view: ImageView) -> None:
        super().__init__(view)
        self._view = view
        self._seen: _Seen | None = None
        self._way = 0
        self._plan: Iterator[tuple[Key, _Task]] = iter(())
        self._made_for: Key = ()
        self._task: _Task | None = None
        self._planned_for: Wish | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._go_on)
        view.display.volume_changed.connect(self._forget)

    @property
    def is_idle(self) -> bool:
        """Whether all sheets that may be of use are there."""
        return not self._timer.isActive()

    def stop(self) -> None:
        """Make nothing more until something else is painted."""
        self._timer.stop()
        self._task = None

    def _forget(self) -> None:
        """Hold nothing of a volume that is no more on show."""
        self.stop()
        self._seen = self._planned_for = None
        self._plan, self._way = iter(()), 0

    def sheet(self, wish: Wish) -> Sheet | None:
        """Return the sheet to paint with; None where painting one by one is the better way.

        One that is half made is finished. From scratch one is made when the last picture lay
        on the canvas alike: while a picture is moved or zoomed no sheet is of use twice.
        """
        if not wish.is_worth_it:
            return None
        sheet = sheets.find(wish)
        if sheet is None and self._task is not None and wish.key == self._made_for:
            sheet, self._task = drawings.finished(self._task), None
        last = self._seen.wish if self._seen is not None else None
        if sheet is None and wish.volume.loaded.all() and wish.fits(last):
            sheet = sheets.made_now(wish, steps_of)
        return sheet

    def painted(self, wish: Wish, spec: CutSpec, section: Section) -> None:
        """Hear what was painted, and begin with what may come."""
        every = self._view.room.annotations_of(self._view.display)
        seen, last = _Seen(wish, spec, section, every), self._seen
        if seen.is_like(last) and (not wish.is_worth_it or sheets.find(wish) is not None):
            return
        if not wish.labels:
            self.stop()
            return
        self._seen = seen
        here, before = section.slice_index, last.section.slice_index if last else None
        if here is not None and before is not None and here != before:
            self._way = 1 if here > before else -1
        elif self._way == 0:
            self._way = stored_step(wish.volume, spec.plane)  # forward, as most begin
        # One pass: where the room for sheets is small, one may have to go for another.
        self._plan = self._tasks(seen)
        if self._task is not None and not wish.fits(self._planned_for):
            self._task = None
        self._planned_for = wish
        if every:
            self._timer.start()

    def _go_on(self) -> None:
        """Work for one turn."""
        end = time.perf_counter() + _TURN_MS / 1000
        while time.perf_counter() < end:
            if self._task is None:
                key, self._task = next(self._plan, ((), None))
                self._made_for = key
                if self._task is None:
                    self.stop()
                    return
            if next(self._task, self) is self:
                self._task = None

    def _tasks(self, seen: _Seen) -> Iterator[tuple[Key, _Task]]:
        """Return what may be of use, the likeliest first, with the keys of sheets."""
        room = SHARE * sheets.BUDGET
        for wish in self._wishes(seen, SHEETS):
            if sheets.find(wish) is None:
                yield wish.key, sheets.making(wish, steps_of)
            sheet = sheets.find(wish)
            room -= sheet.size if sheet is not None else 0
            if room < 0:
                break
        for wish in self._wishes(seen, PLACES):
            steps = wish.annotations, wish.projection, wish.volume
            yield (), drawings.label_steps(*steps, text_width, wish.free)

    def _wishes(self, seen: _Seen, steps: Sequence[int]) -> Iterator[Wish]:
        view, volume, here = self._view, seen.wish.volume, seen.section.slice_index
        for step in steps:
            k = None if here is None else here + step * self._way
            if view.room.preview or not view.isVisible() or view.display.volume is not volume:
                return
            wish = seen.wish if step == 0 else self._wish_at(seen, k)
            if wish is not None and wish.is_worth_it:
                yield wish

    def _wish_at(self, seen: _Seen, k: int | None) -> Wish | None:
        """Return what a stored slice will be painted with from the same viewport."""
        from tumorboard.ui.viewer.painting import drawn_here

        volume = seen.wish.volume
        if k is None or not is_native(volume, seen.spec):
            return None
        if not (0 <= k < len(volume.loaded) and volume.loaded[k]):
            return None
        section = make_cut(volume, seen.spec, volume.stack.to_lps([k, 0.0, 0.0]))
        projection = replace(seen.wish.projection, grid=section.grid)
        annotations = drawn_here(self._view, seen.spec, section)
        return replace(seen.wish, annotations=annotations, projection=projection)
