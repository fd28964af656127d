"""Rectangle: drag from corner to corner, along the sides of the screen."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from tumorboard.annotations.model import Kind, as_point
from tumorboard.imaging.geometry import Point
from tumorboard.language import _
from tumorboard.tools.frame import box_halves
from tumorboard.tools.gesture import Scene
from tumorboard.tools.two_points import DragTool


class RectangleTool(DragTool):
    """A rectangular region with its values."""

    name: ClassVar[str] = "rectangle"
    label: ClassVar[str] = _("Rectangle")
    key: ClassVar[str] = "Q"
    kind: ClassVar[Kind] = Kind.RECTANGLE
    words: ClassVar[str] = _("Rectangle: drag from corner to corner. Esc cancels.")

    def points(self, start: Point, end: Point, scene: Scene) -> tuple[Point, ...] | None:
        """Return the four corners in their order; None without area."""
        centre, first, second = box_halves(start, end, scene)
        if min(np.linalg.norm(first), np.linalg.norm(second)) < 1e-6:
            return None
        signs = ((-1, -1), (1, -1), (1, 1), (-1, 1))
        return tuple(as_point(centre + a * first + b * second) for a, b in signs)
