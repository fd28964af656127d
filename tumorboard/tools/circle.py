"""Circle: drag from the centre to the rim."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from tumorboard.annotations.model import Kind, as_point
from tumorboard.imaging.geometry import Point
from tumorboard.language import _
from tumorboard.tools.gesture import Scene
from tumorboard.tools.two_points import DragTool


class CircleTool(DragTool):
    """A round region with diameter, area and values."""

    name: ClassVar[str] = "circle"
    label: ClassVar[str] = _("Circle")
    key: ClassVar[str] = "O"
    kind: ClassVar[Kind] = Kind.CIRCLE
    words: ClassVar[str] = _("Circle: drag from the centre to the rim. Esc cancels.")

    def points(self, start: Point, end: Point, scene: Scene) -> tuple[Point, ...] | None:
        """Return the ends of the diameter through ``end`` and of the one across it."""
        centre = np.array(start)
        first = np.array(end) - centre
        if np.linalg.norm(first) < 1e-6:
            return None
        second = np.cross(np.array(scene.normal), first)
        return tuple(
            as_point(p) for p in (centre - first, centre + first, centre - second, centre + second)
        )
