"""What lies under the pointer: handles first, then edges."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from tumorboard.annotations.model import Annotation, Kind
from tumorboard.imaging.geometry import Points

#: Radius in logical pixels in which a handle or an edge counts as hit.
HANDLE_RADIUS, EDGE_RADIUS = 9.0, 6.0


@dataclass(frozen=True)
class Hit:
    """An annotation under the pointer; ``handle`` is the index of a point, None for an edge."""

    annotation: Annotation
    handle: int | None


def hit_test(
    annotations: Sequence[Annotation],
    to_canvas: Callable[[Points], Points],
    position: tuple[float, float],
) -> Hit | None:
    """Return what lies under a canvas position (logical pixels), the last drawn first.

    ``to_canvas`` maps (N, 3) LPS mm to (N, 2) canvas pixels.
    """
    here = np.array(position)
    edge: Hit | None = None
    for annotation in reversed(annotations):
        points = to_canvas(np.array(annotation.points))
        distances = np.linalg.norm(points - here, axis=1)
        nearest = int(distances.argmin())
        if distances[nearest] <= HANDLE_RADIUS:
            return Hit(annotation, nearest)
        if edge is None and _edge_distance(annotation.kind, points, here) <= EDGE_RADIUS:
            edge = Hit(annotation, None)
    return edge


def outline(kind: Kind, points: Points) -> list[Points]:
    """Return the polylines, each (N, 2), that draw an annotation from its (N, 2) points."""
    if kind in (Kind.LENGTH, Kind.CRANIOCAUDAL):
        return [points[:2]]
    if kind is Kind.BIDIRECTIONAL:
        return [points[0:2], points[2:4]]
    if kind is Kind.ELLIPSE:
        return [ellipse_polyline(points)]
    return []


def ellipse_polyline(points: Points, count: int = 64) -> Points:
    """Return (count + 1, 2) points of the ellipse with axes 0-1 and 2-3 of ``points``."""
    centre = (points[0] + points[1]) / 2
    first, second = (points[1] - points[0]) / 2, (points[3] - points[2]) / 2
    t = np.linspace(0, 2 * np.pi, count + 1)[:, None]
    return np.asarray(centre + np.cos(t) * first + np.sin(t) * second)


def _edge_distance(kind: Kind, points: Points, here: Points) -> float:
    lines = outline(kind, points)
    return min((_polyline_distance(line, here) for line in lines), default=np.inf)


def _polyline_distance(line: Points, here: Points) -> float:
    start, along = line[:-1], np.diff(line, axis=0)
    squared = np.maximum((along * along).sum(axis=1), 1e-12)
    t = np.clip(((here - start) * along).sum(axis=1) / squared, 0.0, 1.0)
    return float(np.linalg.norm(start + t[:, None] * along - here, axis=1).min())
