"""Ellipse: drag a box from corner to corner; values inside are averaged."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from tumorboard.annotations.model import Kind, Point, as_point
from tumorboard.tools.gesture import Pointer, Step, draw
from tumorboard.tools.two_points import Drag, follow


class EllipseTool:
    """A region with area, mean, standard deviation, least and greatest value."""

    name: ClassVar[str] = "ellipse"
    label: ClassVar[str] = "Ellipse"
    key: ClassVar[str] = "E"

    def start(self) -> Drag | None:
        """Nothing drawn."""
        return None

    def claims_handles(self, state: Drag | None) -> bool:
        """Leave a press on a handle to that handle."""
        return False

    def hint(self, state: Drag | None) -> str:
        """Say what comes next."""
        return "Ellipse: drag from corner to corner around the region. Esc cancels."

    def step(self, state: Drag | None, pointer: Pointer) -> Step:
        """Follow the drag and finish on release."""
        drag = follow(state, pointer)
        if drag is None:
            return Step(None)
        points = ellipse_axes(drag.start, drag.end, pointer.scene.normal)
        if points is None:
            return Step(None if drag.finished else drag)
        drawn = draw(Kind.ELLIPSE, points, pointer.scene)
        return Step(None, commit=(drawn,)) if drag.finished else Step(drag, preview=(drawn,))


def ellipse_axes(corner: Point, opposite: Point, normal: Point) -> tuple[Point, ...] | None:
    """Return the axis ends of the ellipse in the box between two corners (LPS mm).

    The box lies along the two patient axes nearest to the plane. None for a box without
    area.
    """
    a, b, n = np.array(corner), np.array(opposite), np.array(normal)
    across = np.eye(3)[int(np.argsort(np.abs(n))[0])]
    first = across - n * float(across @ n)
    first = first / np.linalg.norm(first)
    second = np.cross(n, first)
    half_first = first * float((b - a) @ first) / 2
    half_second = second * float((b - a) @ second) / 2
    if min(np.linalg.norm(half_first), np.linalg.norm(half_second)) < 1e-6:
        return None
    centre = (a + b) / 2
    ends = (centre - half_first, centre + half_first, centre - half_second, centre + half_second)
    return tuple(as_point(end) for end in ends)
