"""The lines that draw an annotation, in patient space or on a canvas alike."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from tumorboard.annotations.model import REGIONS, Annotation, Kind
from tumorboard.imaging.geometry import Points

#: Most handles that a freehand or an open line shows; moving one takes its neighbours along.
FREEHAND_HANDLES = 8

_ONE_LINE = frozenset({Kind.LENGTH, Kind.CRANIOCAUDAL, Kind.ARROW, Kind.CALIBRATION})


def outline(kind: Kind, points: Points) -> list[Points]:
    """Return the polylines, each (M, D), that draw an annotation from its (N, D) points.

    Shapes are affine in their points, so D may be 3 (LPS mm) or 2 (canvas pixels).
    """
    if kind in _ONE_LINE:
        return [points[:2]]
    if kind is Kind.BIDIRECTIONAL:
        return [points[0:2], points[2:4]]
    if kind in (Kind.ANGLE, Kind.PATH):
        return [points]
    if kind in (Kind.ELLIPSE, Kind.CIRCLE):
        return [ellipse_polyline(points)]
    if kind in REGIONS:
        return [np.concatenate([points, points[:1]])]
    return []


def ellipse_polyline(points: Points, count: int = 64) -> Points:
    """Return (count + 1, D) points of the ellipse with axes 0-1 and 2-3 of ``points``."""
    centre = (points[0] + points[1]) / 2
    first, second = (points[1] - points[0]) / 2, (points[3] - points[2]) / 2
    across, along = _round(count)
    return np.asarray(centre + across * first + along * second)


@lru_cache(maxsize=8)
def _round(count: int) -> tuple[Points, Points]:
    """Return the cosines and sines once round, each (count + 1, 1)."""
    t = np.linspace(0, 2 * np.pi, count + 1)[:, None]
    return np.cos(t), np.sin(t)


def handles(annotation: Annotation) -> tuple[int, ...]:
    """Return the indices of the points that can be taken hold of."""
    count = len(annotation.points)
    if annotation.kind not in (Kind.FREEHAND, Kind.PATH) or count <= FREEHAND_HANDLES:
        return tuple(range(count))
    if annotation.kind is Kind.PATH:  # both ends are among them
        between = (count - 1) / (FREEHAND_HANDLES - 1)
        return tuple(round(n * between) for n in range(FREEHAND_HANDLES))
    step = count / FREEHAND_HANDLES
    return tuple(int(n * step) for n in range(FREEHAND_HANDLES))


def middle(annotation: Annotation) -> Points:
    """Return the mean of the points, LPS mm: what a moved label is kept relative to."""
    return np.asarray(np.array(annotation.points).mean(axis=0))
