"""Directions in the plane of a view, for shapes that are drawn from corner to corner."""

from __future__ import annotations

import numpy as np

from tumorboard.imaging.geometry import Point, Points
from tumorboard.tools.gesture import Scene


def plane_directions(normal: Point, right: Point | None = None) -> tuple[Points, Points]:
    """Return two perpendicular unit directions in a plane, LPS.

    The first is ``right`` as far as it lies in the plane, by default the patient axis
    nearest to the plane.
    """
    n = np.array(normal)
    across = np.eye(3)[int(np.argsort(np.abs(n))[0])] if right is None else np.array(right)
    first = across - n * float(across @ n)
    first = first / np.linalg.norm(first)
    return first, np.cross(n, first)


def box_halves(corner: Point, opposite: Point, scene: Scene) -> tuple[Points, Points, Points]:
    """Return centre and the two half sides (LPS mm) of the box between two corners."""
    a, b = np.array(corner), np.array(opposite)
    first, second = plane_directions(scene.normal, scene.right)
    half_first = first * float((b - a) @ first) / 2
    half_second = second * float((b - a) @ second) / 2
    return (a + b) / 2, half_first, half_second
