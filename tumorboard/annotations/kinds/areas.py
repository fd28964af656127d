"""Values and pixels of what encloses an area."""

from __future__ import annotations

import numpy as np

from tumorboard.annotations.kinds.spec import Quantity, units_of
from tumorboard.annotations.model import Annotation
from tumorboard.coding import AREA, PERIMETER
from tumorboard.imaging.geometry import Caveat, Point
from tumorboard.imaging.measurement import distance, ellipse_area
from tumorboard.imaging.outlines import (
    covers_itself,
    crosses_itself,
    ellipse_length,
    outline_area,
    outline_length,
)
from tumorboard.imaging.roi_statistics import Mask, ellipse_mask
from tumorboard.imaging.slicing import PlaneGrid
from tumorboard.language import _


def of_ellipse(annotation: Annotation) -> tuple[Quantity, ...]:
    """Return area and perimeter of the ellipse with axes 0-1 and 2-3."""
    unit, square, scale = units_of(annotation.image)
    a, b, c, d = annotation.points
    around = ellipse_length(distance(a, b) * scale, distance(c, d) * scale)
    return (
        Quantity(AREA, ellipse_area(a, b, c, d) * scale**2, square),
        Quantity(PERIMETER, around, unit),
    )


def of_corners(annotation: Annotation) -> tuple[Quantity, ...]:
    """Return area and perimeter of the closed line from corner to corner."""
    unit, square, scale = units_of(annotation.image)
    corners = np.array(annotation.points)
    return (
        Quantity(AREA, outline_area(corners) * scale**2, square),
        Quantity(PERIMETER, outline_length(corners) * scale, unit),
    )


def inside_ellipse(grid: PlaneGrid, points: tuple[Point, ...]) -> Mask:
    """Return the pixels of a grid inside the ellipse with axes 0-1 and 2-3 (LPS mm)."""
    a, b, c, d = points
    return ellipse_mask(grid, (a, b, c, d))


def crossing_caveats(annotation: Annotation) -> tuple[Caveat, ...]:
    """Say that an outline crosses itself or covers a part twice: what lies inside is open then."""
    if crosses_itself(annotation.points):
        text = _("The outline crosses itself: its area and values are not reliable")
    elif covers_itself(annotation.points):
        text = _("The outline goes round a part twice: its area and values are not reliable")
    else:
        return ()
    return (Caveat("outline-crosses", text),)
