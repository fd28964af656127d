"""Lengths and areas between points in the patient. All points are LPS mm, shape (3,)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from tumorboard.imaging.geometry import Points

#: The patient's long axis, towards the head.
HEAD = np.array([0.0, 0.0, 1.0])


def distance(a: ArrayLike, b: ArrayLike) -> float:
    """Return the distance of two points in mm."""
    return float(np.linalg.norm(np.asarray(b, dtype=np.float64) - np.asarray(a, dtype=np.float64)))


def craniocaudal_extent(a: ArrayLike, b: ArrayLike) -> float:
    """Return the extent of two points along the patient's long axis (z) in mm."""
    return float(abs((np.asarray(b, dtype=np.float64) - np.asarray(a, dtype=np.float64)) @ HEAD))


def ellipse_area(a: ArrayLike, b: ArrayLike, c: ArrayLike, d: ArrayLike) -> float:
    """Return pi/4 times the product of two axes (ends a, b and c, d) in mm2."""
    return float(np.pi / 4 * distance(a, b) * distance(c, d))


def perpendicular_axis(
    a: ArrayLike, b: ArrayLike, normal: ArrayLike, through: ArrayLike, to: ArrayLike
) -> tuple[Points, Points]:
    """Return the ends of an axis perpendicular to a-b in the plane with ``normal``.

    The axis crosses a-b at the foot of ``through``, kept between a and b, and reaches
    from ``through``'s side to ``to``'s side by their distances from a-b.
    """
    start, end = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    along = end - start
    length = float(np.linalg.norm(along)) or 1.0
    along = along / length
    side = np.cross(np.asarray(normal, dtype=np.float64), along)
    side = side / (np.linalg.norm(side) or 1.0)
    p, q = np.asarray(through, dtype=np.float64), np.asarray(to, dtype=np.float64)
    foot = start + along * float(np.clip((p - start) @ along, 0.0, length))
    return foot + side * ((p - start) @ side), foot + side * ((q - start) @ side)


def project_to_segment(point: ArrayLike, a: ArrayLike, b: ArrayLike) -> Points:
    """Return the point of the segment a-b nearest to ``point``."""
    start, end = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    along = end - start
    squared = float(along @ along)
    if squared == 0:
        return start
    t = float(np.clip((np.asarray(point, dtype=np.float64) - start) @ along / squared, 0.0, 1.0))
    return np.asarray(start + t * along)
