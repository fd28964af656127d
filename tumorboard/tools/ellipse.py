"""Ellipse: drag a box from corner to corner; values inside are averaged."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from tumorboard.annotations.model import Kind, as_point
from tumorboard.imaging.geometry import Point
from tumorboard.language import _
from tumorboard.tools.frame import box_halves
from tumorboard.tools.gesture import Scene
from tumorboard.tools.two_points import DragTool


class EllipseTool(DragTool):
    """A region with area, mean, standard deviation, least and greatest value."""

    name: ClassVar[str] = "ellipse"
    label: ClassVar[str] = _("Ellipse")
    key: ClassVar[str] = "E"
    kind: ClassVar[Kind] = Kind.ELLIPSE
    words: ClassVar[str] = _("Ellipse: drag from corner to corner around the region. Esc cancels.")

    def points(self, start: Point, end: Point, scene: Scene) -> tuple[Point, ...] | None:
        """Return the ends of the axes of the ellipse in the box; None without area."""
        centre, first, second = box_halves(start, end, scene)
        if min(np.linalg.norm(first), np.linalg.norm(second)) < 1e-6:
            return None
        return tuple(
            as_point(p) for p in (centre - first, centre + first, centre - second, centre + second)
        )
