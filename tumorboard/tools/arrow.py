"""Arrow: press on the finding and drag away from it."""

from __future__ import annotations

from typing import ClassVar

from tumorboard.annotations.model import Kind
from tumorboard.imaging.geometry import Point
from tumorboard.language import _
from tumorboard.tools.gesture import Scene
from tumorboard.tools.two_points import DragTool


class ArrowTool(DragTool):
    """An arrow whose tip is where the drag began."""

    name: ClassVar[str] = "arrow"
    label: ClassVar[str] = _("Arrow")
    key: ClassVar[str] = "J"
    kind: ClassVar[Kind] = Kind.ARROW
    words: ClassVar[str] = _("Arrow: press on the finding and drag away. F2 gives it words.")

    def points(self, start: Point, end: Point, scene: Scene) -> tuple[Point, ...] | None:
        """Return tip and tail."""
        del scene
        return start, end
