"""Bidirectional: the long axis, then the axis perpendicular to it (RECIST 1.1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from tumorboard.annotations.model import Annotation, Kind, as_point
from tumorboard.imaging.measurement import perpendicular_axis
from tumorboard.tools.gesture import Pointer, Scene, Step, draw
from tumorboard.tools.two_points import Drag, follow


@dataclass(frozen=True)
class TwoAxes:
    """The axes as drawn so far."""

    long: Drag | None = None
    short: Drag | None = None


class BidirectionalTool:
    """Long axis and perpendicular short axis on one slice."""

    name: ClassVar[str] = "bidirectional"
    label: ClassVar[str] = "Bidirectional"
    key: ClassVar[str] = "B"

    def start(self) -> TwoAxes:
        """Nothing drawn."""
        return TwoAxes()

    def claims_handles(self, state: TwoAxes) -> bool:
        """Leave a press on a handle to that handle."""
        return False

    def hint(self, state: TwoAxes) -> str:
        """Say which axis comes next."""
        if state.long is None or not state.long.finished:
            return "Bidirectional: drag the long axis. Esc cancels."
        return "Bidirectional: drag the short axis from edge to edge; it stays perpendicular."

    def step(self, state: TwoAxes, pointer: Pointer) -> Step:
        """Draw the long axis, then the short one, then finish."""
        axes, drawn, finished = draw_axes(state, pointer, lesion_uid="")
        if drawn is None:
            return Step(axes)
        return Step(TwoAxes(), commit=(drawn,)) if finished else Step(axes, preview=(drawn,))


def draw_axes(
    state: TwoAxes, pointer: Pointer, lesion_uid: str
) -> tuple[TwoAxes, Annotation | None, bool]:
    """Advance the drawing of two axes; return state, what to show, and whether it is done."""
    long = state.long
    if long is None or not long.finished:
        long = follow(long, pointer)
        return TwoAxes(long), None if long is None else _line(long, pointer, lesion_uid), False
    short = follow(state.short, pointer)
    if short is None:
        return TwoAxes(long), _line(long, pointer, lesion_uid), False
    return TwoAxes(long, short), _both(long, short, pointer.scene, lesion_uid), short.finished


def _line(long: Drag, pointer: Pointer, lesion_uid: str) -> Annotation:
    return draw(Kind.LENGTH, (long.start, long.end), pointer.scene, lesion_uid=lesion_uid)


def _both(long: Drag, short: Drag, scene: Scene, lesion_uid: str) -> Annotation:
    ends = perpendicular_axis(long.start, long.end, scene.normal, short.start, short.end)
    low, high = (as_point(end) for end in ends)
    points = (long.start, long.end, low, high)
    return draw(Kind.BIDIRECTIONAL, points, scene, lesion_uid=lesion_uid)
