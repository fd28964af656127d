"""The lines and handles that several kinds are drawn with."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from tumorboard.imaging.geometry import Points

#: Most handles that a freehand or an open line shows; moving one takes its neighbours along.
FREEHAND_HANDLES = 8


def no_line(points: Points) -> list[Points]:
    """Return nothing: the kind is its sign or its words."""
    del points
    return []


def first_line(points: Points) -> list[Points]:
    """Return the line between the first two points."""
    return [points[:2]]


def open_line(points: Points) -> list[Points]:
    """Return the line from point to point."""
    return [points]


def closed_line(points: Points) -> list[Points]:
    """Return the line from point to point and back to the first."""
    return [np.concatenate([points, points[:1]])]


def ellipse_line(points: Points) -> list[Points]:
    """Return the ellipse with axes 0-1 and 2-3 of ``points`` as one line of 65 points."""
    centre = (points[0] + points[1]) / 2
    first, second = (points[1] - points[0]) / 2, (points[3] - points[2]) / 2
    across, along = _round(64)
    return [np.asarray(centre + across * first + along * second)]


@lru_cache(maxsize=8)
def _round(count: int) -> tuple[Points, Points]:
    """Return the cosines and sines once round, each (count + 1, 1)."""
    t = np.linspace(0, 2 * np.pi, count + 1)[:, None]
    return np.cos(t), np.sin(t)


def eased(share: float) -> float:
    """Return how far a point goes along with a handle: 1 beside it, 0 at the next handle.

    ``share`` is its place on the way from the one to the other, 0 to 1.
    """
    return float((1 + np.cos(np.pi * share)) / 2)
