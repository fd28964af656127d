"""Lengths, angles and areas between points in the patient. All points are LPS mm, shape (3,)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from tumorboard.imaging.geometry import Points

#: The patient's long axis, towards the head.
HEAD = np.array([0.0, 0.0, 1.0])


def distance(a: ArrayLike, b: ArrayLike) -> float:
    """Return the distance of two points in mm."""
    return float(np.linalg.norm(np.subtract(b, a, dtype=np.float64)))


def craniocaudal_extent(a: ArrayLike, b: ArrayLike) -> float:
    """Return the extent of two points along the patient's long axis (z) in mm."""
    return float(abs(np.subtract(b, a, dtype=np.float64) @ HEAD))


def upright_in(start: ArrayLike, end: ArrayLike, normal: ArrayLike) -> Points:
    """Return the point as high (z) as ``end`` on the steepest line of a plane from ``start``.

    In a plane that stands on end this is straight above or below. A plane that leans, as a
    reformat of tilted or oblique slices does, is not left: the height is the same, the line
    leans with the plane. Where the plane lies across the patient's axis the point is straight
    above or below as well.
    """
    a, b, n = np.array([start, end, normal], dtype=np.float64)
    upwards = HEAD - n * float(n @ HEAD)
    length = float(np.linalg.norm(upwards))
    if length < 0.1:
        return np.array([a[0], a[1], b[2]])
    upwards = upwards / length
    return np.asarray(a + upwards * float((b - a) @ HEAD) / float(upwards @ HEAD))


def angle_degrees(a: ArrayLike, vertex: ArrayLike, b: ArrayLike) -> float:
    """Return the angle at ``vertex`` between the arms to a and b, 0 to 180 degrees."""
    one, middle, other = np.array([a, vertex, b], dtype=np.float64)
    first, second = one - middle, other - middle
    return float(np.degrees(np.arctan2(np.linalg.norm(np.cross(first, second)), first @ second)))


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
    start, end, plane, p, q = np.array([a, b, normal, through, to], dtype=np.float64)
    along = end - start
    length = float(np.linalg.norm(along)) or 1.0
    along = along / length
    side = np.cross(plane, along)
    side = side / (np.linalg.norm(side) or 1.0)
    foot = start + along * float(np.clip((p - start) @ along, 0.0, length))
    return foot + side * ((p - start) @ side), foot + side * ((q - start) @ side)
