"""Drag from one end to the other; shared by length, shapes and caliper ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from tumorboard.annotations.model import Kind
from tumorboard.imaging.geometry import Point
from tumorboard.imaging.measurement import distance
from tumorboard.tools.gesture import CLICK_PIXELS, Phase, Pointer, Scene, Step, draw


@dataclass(frozen=True)
class Drag:
    """A drag under way or just finished."""

    start: Point
    end: Point
    finished: bool = False


def follow(drag: Drag | None, pointer: Pointer) -> Drag | None:
    """Return the drag after an event; None when there is none, or it was only a click."""
    if pointer.phase is Phase.PRESS and drag is None:
        return Drag(pointer.point, pointer.point)
    if drag is None or pointer.phase is Phase.FINISH:
        return drag
    if pointer.phase is Phase.RELEASE:
        far_enough = far(drag.start, pointer)
        return Drag(drag.start, pointer.point, finished=True) if far_enough else None
    return Drag(drag.start, pointer.point)


def far(start: Point, pointer: Pointer) -> bool:
    """Whether the pointer is so far from a place that it was dragged, not clicked."""
    return distance(start, pointer.point) * pointer.scene.scale >= CLICK_PIXELS


class DraggedTool:
    """What tools that one drag works have in common; ``words`` say what comes next."""

    name: ClassVar[str]
    label: ClassVar[str]
    key: ClassVar[str]
    cursor: ClassVar[str] = "cross"
    words: ClassVar[str]

    def start(self) -> Drag | None:
        """Nothing drawn."""
        return None

    def claims_handles(self, state: Drag | None) -> bool:
        """Leave a press on a handle to that handle."""
        return False

    def hint(self, state: Drag | None) -> str:
        """Say what comes next."""
        return self.words


class DragTool(DraggedTool):
    """A shape that one drag draws; each kind says what its points are."""

    kind: ClassVar[Kind]

    def points(self, start: Point, end: Point, scene: Scene) -> tuple[Point, ...] | None:
        """Return the points of the shape between two ends (LPS mm); None for no shape."""
        raise NotImplementedError

    def step(self, state: Drag | None, pointer: Pointer) -> Step:
        """Follow the drag and finish on release."""
        drag = follow(state, pointer)
        if drag is None:
            return Step(None)
        points = self.points(drag.start, drag.end, pointer.scene)
        if points is None:
            return Step(None if drag.finished else drag)
        drawn = draw(self.kind, points, pointer.scene)
        return Step(None, commit=(drawn,)) if drag.finished else Step(drag, preview=(drawn,))
