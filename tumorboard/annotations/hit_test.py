"""What lies under the pointer: a handle of anything first, then an edge, then an inside."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from tumorboard.annotations.kinds import SPECS
from tumorboard.annotations.model import Annotation
from tumorboard.annotations.shapes import handles, outline
from tumorboard.imaging.geometry import Points
from tumorboard.imaging.outlines import contains

#: Radius in logical pixels in which a handle or an edge counts as hit. A logical pixel is
#: as large to the eye on every screen: it holds more device pixels on a dense one.
HANDLE_RADIUS, EDGE_RADIUS = 9.0, 6.0


@dataclass(frozen=True)
class Hit:
    """An annotation under the pointer.

    ``handle`` is the index of a point, None for an edge or, with ``body``, the inside.
    """

    annotation: Annotation
    handle: int | None
    body: bool = False


def hit_test(
    annotations: Sequence[Annotation],
    to_canvas: Callable[[Points], Points],
    position: ArrayLike,
    *,
    bodies: bool = False,
) -> Hit | None:
    """Return what lies under a canvas position (logical pixels), the last drawn first.

    A handle of any annotation comes before every edge, and an edge before every inside; of
    several handles the nearest, of several insides the smallest. ``to_canvas`` maps (N, 3)
    LPS mm to canvas pixels, (N, 2), or to a space of more dimensions that ``position`` is in
    too, for insides only of two. Insides count only with ``bodies``: the reader also
    drags windows there.
    """
    here = np.asarray(position, dtype=np.float64)
    if not annotations:
        return None
    last_first = annotations[::-1]
    # All are projected at once: this is asked whenever the pointer moves.
    whole = to_canvas(np.array([p for a in last_first for p in a.points]))
    ends = np.cumsum([len(a.points) for a in last_first])
    placed = list(zip(last_first, np.split(whole, ends[:-1]), strict=True))
    best, found = HANDLE_RADIUS, None
    for annotation, points in _near(placed, here, HANDLE_RADIUS):
        for index in handles(annotation):
            away = float(np.linalg.norm(points[index] - here))
            if away < best or (found is None and away <= best):
                best, found = away, Hit(annotation, index)
    return found or _edge(placed, here) or (_body(placed, here) if bodies else None)


Placed = list[tuple[Annotation, Points]]


def _edge(placed: Placed, here: Points) -> Hit | None:
    # Lines lie among the points, those of an ellipse no farther out than its axes are long.
    for annotation, points in _near(placed, here, EDGE_RADIUS, around=0.5):
        if edge_distance(annotation, points, here) <= EDGE_RADIUS:
            return Hit(annotation, None)
    return None


def _near(placed: Placed, here: Points, reach: float, around: float = 0.0) -> Placed:
    """Return those whose box, widened by a share of its size and by a reach, has a place in it."""
    every = np.concatenate([points for _, points in placed])
    starts = np.cumsum([0, *(len(points) for _, points in placed[:-1])])
    low, high = np.minimum.reduceat(every, starts), np.maximum.reduceat(every, starts)
    room = reach + around * (high - low).max(axis=1, keepdims=True)
    inside = ((here >= low - room) & (here <= high + room)).all(axis=1)
    return [placed[n] for n in np.flatnonzero(inside).tolist()]


def _body(placed: Placed, here: Points) -> Hit | None:
    around = []
    for annotation, points in placed:
        if SPECS[annotation.kind].is_region:
            line = outline(annotation.kind, points)[0][:-1]
            if contains(line, here):
                around.append((float(np.ptp(line, axis=0).prod()), annotation))
    smallest = min(around, key=lambda item: item[0], default=None)
    return None if smallest is None else Hit(smallest[1], None, body=True)


def edge_distance(annotation: Annotation, points: Points, here: Points) -> float:
    """Return the distance of a place from the lines of an annotation, from its placed points."""
    lines = outline(annotation.kind, points)
    return min((_polyline_distance(line, here) for line in lines), default=np.inf)


def _polyline_distance(line: Points, here: Points) -> float:
    start, along = line[:-1], np.diff(line, axis=0)
    squared = np.maximum((along * along).sum(axis=1), 1e-12)
    t = np.clip(((here - start) * along).sum(axis=1) / squared, 0.0, 1.0)
    return float(np.linalg.norm(start + t[:, None] * along - here, axis=1).min())
