"""Ellipse: the ends of the first axis, then those of the second."""

from __future__ import annotations

from typing import Final

import numpy as np

from tumorboard.annotations.kinds.areas import inside_ellipse, of_ellipse
from tumorboard.annotations.kinds.lines import ellipse_line
from tumorboard.annotations.kinds.spec import KindSpec
from tumorboard.annotations.model import Kind
from tumorboard.coding import AREA, PERIMETER
from tumorboard.imaging.geometry import Point, Points
from tumorboard.language import _


def _handle_moved(normal: Point, points: list[Points], index: int, to: Points) -> list[Points]:
    """Move an end along its axis; the other end stays and the axes keep their directions."""
    del normal
    first = index // 2 * 2
    a, b = points[first], points[first + 1]
    fixed = b if index == first else a
    direction = (points[index] - fixed) / max(float(np.linalg.norm(points[index] - fixed)), 1e-9)
    reach = max(float((to - fixed) @ direction), 1e-3)
    new = fixed + direction * reach
    shift = (fixed + new) / 2 - (a + b) / 2
    other = 2 - first
    result = list(points)
    result[index] = new
    result[other], result[other + 1] = points[other] + shift, points[other + 1] + shift
    return result


SPEC: Final = KindSpec(
    kind=Kind.ELLIPSE,
    words=_("Ellipse"),
    least_points=4,
    most_points=4,
    lines=ellipse_line,
    concepts=(AREA, PERIMETER),
    quantities=of_ellipse,
    inside=inside_ellipse,
    handle_moved=_handle_moved,
    graphic="ELLIPSE",
)
