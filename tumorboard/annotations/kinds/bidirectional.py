"""Long and short axis: the ends of the first axis, then those of one perpendicular to it."""

from __future__ import annotations

from typing import Final

import numpy as np

from tumorboard.annotations.kinds.spec import KindSpec, Quantity, units_of
from tumorboard.annotations.model import Annotation, Kind
from tumorboard.coding import LONG_AXIS, SHORT_AXIS
from tumorboard.imaging.geometry import Point, Points
from tumorboard.imaging.measurement import distance
from tumorboard.language import _


def _lines(points: Points) -> list[Points]:
    return [points[0:2], points[2:4]]


def _quantities(annotation: Annotation) -> tuple[Quantity, ...]:
    """RECIST long and short axis; the longer is the long axis, whichever was drawn first."""
    unit, _, scale = units_of(annotation.image)
    p = annotation.points
    first, second = distance(p[0], p[1]) * scale, distance(p[2], p[3]) * scale
    long, short = max(first, second), min(first, second)
    return Quantity(LONG_AXIS, long, unit), Quantity(SHORT_AXIS, short, unit)


def _handle_moved(normal: Point, points: list[Points], index: int, to: Points) -> list[Points]:
    """Move an end; the short axis stays perpendicular to the long one."""
    a, b, c, d = points
    if index < 2:
        share, low, high = _crossing(a, b, c, d, np.array(normal))
        a, b = (to, b) if index == 0 else (a, to)
        along, side = _frame(a, b, np.array(normal))
        foot = a + along * share * float(np.linalg.norm(b - a))
        return [a, b, foot + side * low, foot + side * high]
    along, side = _frame(a, b, np.array(normal))
    reach = float(np.clip((to - a) @ along, 0.0, float(np.linalg.norm(b - a))))
    foot = a + along * reach
    low, high = float((c - a) @ side), float((d - a) @ side)
    if index == 2:
        low = float((to - a) @ side)
    else:
        high = float((to - a) @ side)
    return [a, b, foot + side * low, foot + side * high]


def _frame(a: Points, b: Points, normal: Points) -> tuple[Points, Points]:
    along = (b - a) / max(float(np.linalg.norm(b - a)), 1e-9)
    side = np.cross(normal, along)
    return along, side / max(float(np.linalg.norm(side)), 1e-9)


def _crossing(
    a: Points, b: Points, c: Points, d: Points, normal: Points
) -> tuple[float, float, float]:
    """Where the short axis crosses the long one (0 to 1) and how far it reaches each side."""
    along, side = _frame(a, b, normal)
    length = max(float(np.linalg.norm(b - a)), 1e-9)
    return float((c - a) @ along) / length, float((c - a) @ side), float((d - a) @ side)


SPEC: Final = KindSpec(
    kind=Kind.BIDIRECTIONAL,
    words=_("Long and short axis"),
    least_points=4,
    most_points=4,
    lines=_lines,
    concepts=(LONG_AXIS, SHORT_AXIS),
    quantities=_quantities,
    handle_moved=_handle_moved,
    is_line=True,
)
