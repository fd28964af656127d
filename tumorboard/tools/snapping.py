"""Ends of calipers that go to the steepest edge nearby, where the reader wants that."""

from __future__ import annotations

from typing import Final

import numpy as np

from tumorboard.annotations.model import as_point
from tumorboard.imaging.edges import Edge, edge_along
from tumorboard.imaging.geometry import Point, Points
from tumorboard.tools.gesture import Scene

#: How far an end may go: the smaller of this many mm and this many logical pixels.
REACH_MM: Final = 5.0
REACH_PIXELS: Final = 12.0


def reach_mm(scene: Scene) -> float:
    """Return how far (mm) from the pointer an edge is looked for at this zoom."""
    return min(REACH_MM, REACH_PIXELS / max(scene.scale, 1e-6))


def at_edges(start: Point, end: Point, scene: Scene) -> tuple[Point, Point, Point | None]:
    """Return the ends of a line moved along it to edges nearby, and where the second went.

    Nothing moves without assist, without values, or where no edge stands out.
    """
    if not scene.assist or scene.sample is None or start == end:
        return start, end, None
    direction = np.array(end) - np.array(start)
    reach = min(reach_mm(scene), float(np.linalg.norm(direction)) / 3)
    first = edge_along(scene.sample, start, direction, reach)
    second = edge_along(scene.sample, end, direction, reach)
    return (
        first.point if first else start,
        second.point if second else end,
        second.point if second else None,
    )


def width_at(
    foot: Points, side: Points, limit_mm: float, scene: Scene
) -> tuple[Point, Point] | None:
    """Return the nearest edges on both sides of a place, within ``limit_mm``; None without both.

    Each side is searched outwards in steps, so that an edge nearby comes before a steeper
    one farther out.
    """
    if not scene.assist or scene.sample is None:
        return None
    low, high = (_outwards(foot, side * sign, limit_mm, scene) for sign in (-1.0, 1.0))
    return None if low is None or high is None else (as_point(low), as_point(high))


def _outwards(foot: Points, direction: Points, limit_mm: float, scene: Scene) -> Point | None:
    """Return the steepest place of the profile from ``foot`` outwards."""
    sample = scene.sample
    if sample is None:
        return None
    half = limit_mm / 2
    found: Edge | None = edge_along(sample, foot + direction * half, direction, half)
    return None if found is None else found.point
