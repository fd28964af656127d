"""Points placed one after the other, by clicks or by drags; shared by angle and polygon."""

from __future__ import annotations

from dataclasses import dataclass

from tumorboard.imaging.geometry import Point
from tumorboard.tools.gesture import Phase, Pointer
from tumorboard.tools.two_points import far


@dataclass(frozen=True)
class Clicks:
    """The points placed so far, and where the pointer is."""

    placed: tuple[Point, ...] = ()
    pointer: Point | None = None

    @property
    def shown(self) -> tuple[Point, ...]:
        """The points with the pointer as the next one."""
        return self.placed if self.pointer is None else (*self.placed, self.pointer)


def place(state: Clicks, pointer: Pointer) -> Clicks:
    """Return the clicks after an event.

    A press places a point; letting go elsewhere places another, so that a drag draws a side.
    """
    if pointer.phase is Phase.PRESS:
        return Clicks((*state.placed, pointer.point))
    if not state.placed or pointer.phase is Phase.FINISH:
        return state
    if (
        pointer.phase is Phase.RELEASE
        and state.pointer is not None
        and far(state.placed[-1], pointer)
    ):
        return Clicks((*state.placed, pointer.point))
    if pointer.phase is Phase.RELEASE:
        return Clicks(state.placed)
    return Clicks(state.placed, pointer.point)
