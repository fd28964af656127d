"""Circle: the ends of two diameters across one another."""

from __future__ import annotations

from typing import Final

import numpy as np

from tumorboard.annotations.kinds.areas import inside_ellipse, of_ellipse
from tumorboard.annotations.kinds.lines import ellipse_line
from tumorboard.annotations.kinds.spec import KindSpec, Quantity, units_of
from tumorboard.annotations.model import Annotation, Kind
from tumorboard.coding import AREA, DIAMETER, PERIMETER
from tumorboard.imaging.geometry import Point, Points
from tumorboard.imaging.measurement import distance
from tumorboard.language import _


def _quantities(annotation: Annotation) -> tuple[Quantity, ...]:
    """Return the mean of the two diameters first: what others sent may be but nearly round."""
    unit, _, scale = units_of(annotation.image)
    a, b, c, d = annotation.points
    diameter = (distance(a, b) * scale + distance(c, d) * scale) / 2
    return (Quantity(DIAMETER, diameter, unit), *of_ellipse(annotation))


def _handle_moved(normal: Point, points: list[Points], index: int, to: Points) -> list[Points]:
    """Move a place of the rim; the centre stays and the handle follows the pointer round."""
    centre = (points[0] + points[1]) / 2
    radius = to - centre
    if np.linalg.norm(radius) < 1e-3:
        return points
    across = np.cross(np.array(normal), radius)
    turned = {0: (radius, across), 1: (-radius, -across)}
    if index < 2:
        first, second = turned[index]
    else:
        second, first = turned[index - 2]
        first = -first
    return [centre + first, centre - first, centre + second, centre - second]


SPEC: Final = KindSpec(
    kind=Kind.CIRCLE,
    words=_("Circle"),
    least_points=4,
    most_points=4,
    lines=ellipse_line,
    concepts=(DIAMETER, AREA, PERIMETER),
    quantities=_quantities,
    inside=inside_ellipse,
    handle_moved=_handle_moved,
    graphic="CIRCLE",
    has_quiet_handles=True,
)
