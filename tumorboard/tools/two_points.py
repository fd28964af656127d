"""Drag from one end to the other; shared by length, ellipse axes and caliper ends."""

from __future__ import annotations

from dataclasses import dataclass

from tumorboard.annotations.model import Point
from tumorboard.imaging.measurement import distance
from tumorboard.tools.gesture import CLICK_PIXELS, Phase, Pointer


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
    if drag is None:
        return None
    far_enough = distance(drag.start, pointer.point) * pointer.scene.scale >= CLICK_PIXELS
    if pointer.phase is Phase.RELEASE:
        return Drag(drag.start, pointer.point, finished=True) if far_enough else None
    return Drag(drag.start, pointer.point)
