"""Rectangle: four corners in their order."""

from __future__ import annotations

from typing import Final

import numpy as np

from tumorboard.annotations.kinds.areas import of_corners
from tumorboard.annotations.kinds.lines import closed_line
from tumorboard.annotations.kinds.spec import KindSpec
from tumorboard.annotations.model import Kind
from tumorboard.coding import AREA, PERIMETER
from tumorboard.imaging.geometry import Point, Points
from tumorboard.imaging.roi_statistics import outline_mask
from tumorboard.language import _


def _handle_moved(normal: Point, points: list[Points], index: int, to: Points) -> list[Points]:
    """Move a corner; the opposite one stays and the sides keep their directions."""
    del normal
    fixed = points[(index + 2) % 4]
    result = list(points)
    for neighbour in ((index + 1) % 4, (index + 3) % 4):
        side = points[neighbour] - fixed
        side = side / max(float(np.linalg.norm(side)), 1e-9)
        reach = float((to - fixed) @ side)
        if abs(reach) < 1e-3:
            reach = 1e-3
        result[neighbour] = fixed + side * reach
    result[index] = result[(index + 1) % 4] + result[(index + 3) % 4] - fixed
    return result


SPEC: Final = KindSpec(
    kind=Kind.RECTANGLE,
    words=_("Rectangle"),
    least_points=4,
    most_points=4,
    lines=closed_line,
    concepts=(AREA, PERIMETER),
    quantities=of_corners,
    inside=outline_mask,
    handle_moved=_handle_moved,
    has_quiet_handles=True,
)
