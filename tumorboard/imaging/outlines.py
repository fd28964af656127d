"""Outlines in a plane of the patient: area, length, chords, simplification; open lines.

An outline is an array of corners, shape (N, 3), LPS mm, the last joined to the first.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tumorboard.imaging.geometry import Points

#: How far a line that goes round once may be from one circle of turns; of a part that counts
#: twice, the least share of the area that is told; and how many lines measure an area.
_HALF_A_TURN = 0.5
_TWICE = 0.01
_LINES = 512


def outline_area(corners: ArrayLike) -> float:
    """Return the area in mm2 of a flat outline: half the length of its vector area."""
    p = np.asarray(corners, dtype=np.float64)
    q = p - p.mean(axis=0)
    return float(np.linalg.norm(np.cross(q, np.roll(q, -1, axis=0)).sum(axis=0)) / 2)


def outline_length(corners: ArrayLike) -> float:
    """Return the length of the closed outline in mm."""
    p = np.asarray(corners, dtype=np.float64)
    return float(np.linalg.norm(np.roll(p, -1, axis=0) - p, axis=1).sum())


def polyline_length(points: ArrayLike) -> float:
    """Return the length (mm) of an open line along its points, shape (N, 3)."""
    steps = np.diff(np.asarray(points, dtype=np.float64), axis=0)
    return float(np.linalg.norm(steps, axis=1).sum())


def ellipse_length(first: float, second: float) -> float:
    """Return the circumference of an ellipse from its two full axes, to rounding.

    Four times the half axis times the complete elliptic integral of the second kind, by the
    arithmetic-geometric mean (Abramowitz and Stegun, section 17.6).
    """
    a, b = max(first, second) / 2, min(first, second) / 2
    if b <= 0:
        return 4 * a
    large, small, power = 1.0, b / a, 0.5
    total = power * (1 - small * small)
    for _ in range(8):
        large, small, gap = (large + small) / 2, float(np.sqrt(large * small)), (large - small) / 2
        power *= 2
        total += power * gap * gap
    return float(4 * a * np.pi / (2 * large) * (1 - total))


def in_plane(points: ArrayLike, origin: Points, along: Points, side: Points) -> Points:
    """Return (N, 2) coordinates of points along two unit directions from an origin (mm)."""
    offset = np.asarray(points, dtype=np.float64) - origin
    return np.stack([offset @ along, offset @ side], axis=-1)


def mask_of(corners: ArrayLike, shape: tuple[int, int]) -> NDArray[np.bool_]:
    """Return the pixels whose centre lies inside an outline, shape ``shape``.

    ``corners`` are (N, 2) pixel coordinates (row, column). Inside is even-odd: a part that
    the outline goes round twice is outside. A centre exactly on a left or upper edge is
    inside, one on a right or lower edge is outside, so that outlines side by side share no
    pixel.
    """
    p = np.asarray(corners, dtype=np.float64)
    q = np.roll(p, -1, axis=0)
    low = np.clip(np.ceil(np.minimum(p[:, 0], q[:, 0])), 0, shape[0]).astype(int)
    high = np.clip(np.ceil(np.maximum(p[:, 0], q[:, 0])), 0, shape[0]).astype(int)
    side, rows = _spread(low, high)
    share = (rows - p[side, 0]) / (q[side, 0] - p[side, 0])
    crossing = p[side, 1] + share * (q[side, 1] - p[side, 1])
    columns = np.clip(np.ceil(crossing), 0, shape[1]).astype(int)
    toggles = np.zeros((shape[0], shape[1] + 1), np.int32)
    np.add.at(toggles, (rows, columns), 1)
    return np.asarray(np.cumsum(toggles, axis=1)[:, : shape[1]] % 2 == 1)


def _spread(first: NDArray[np.intp], stop: NDArray[np.intp]) -> tuple[NDArray[np.intp], ...]:
    """Return each number of N ranges, as (which range, the number), shape (M,) each."""
    counts = np.maximum(stop - first, 0)
    which = np.repeat(np.arange(len(first)), counts)
    begins = np.repeat(np.cumsum(counts) - counts, counts)
    return which, np.arange(len(which)) - begins + first[which]


def contains(corners: ArrayLike, point: ArrayLike) -> bool:
    """Whether a point, shape (2,), lies inside an outline, (N, 2), by the same rule."""
    p = np.asarray(corners, dtype=np.float64)
    q = np.roll(p, -1, axis=0)
    y, x = (float(v) for v in np.asarray(point, dtype=np.float64))
    spans = (np.minimum(p[:, 0], q[:, 0]) <= y) & (y < np.maximum(p[:, 0], q[:, 0]))
    p, q = p[spans], q[spans]
    share = (y - p[:, 0]) / (q[:, 0] - p[:, 0])  # rounded as in `mask_of`
    crossing = p[:, 1] + share * (q[:, 1] - p[:, 1])
    return bool((crossing <= x).sum() % 2)


def longest_perpendicular(
    corners: ArrayLike, start: ArrayLike, end: ArrayLike, normal: ArrayLike
) -> tuple[Points, Points] | None:
    """Return the ends of the longest chord inside an outline at right angles to an axis.

    The chord crosses the line of the axis between ``start`` and ``end`` or beside it, at a
    place between the two. Its length changes linearly between corners, so the longest one
    lies at a corner. None when no chord crosses the axis's extent.
    """
    a, b = np.asarray(start, dtype=np.float64), np.asarray(end, dtype=np.float64)
    length = float(np.linalg.norm(b - a))
    if length <= 0:
        return None
    along = (b - a) / length
    side = np.cross(np.asarray(normal, dtype=np.float64), along)
    side = side / (np.linalg.norm(side) or 1.0)
    flat = in_plane(corners, a, along, side)
    shift = 1e-9 * length
    places = np.concatenate([flat[:, 0] - shift, flat[:, 0] + shift, [shift, length - shift]])
    best: tuple[float, float, float] | None = None
    for place in np.unique(places[(places >= 0) & (places <= length)]):
        for low, high in _chords(flat, float(place)):
            if best is None or high - low > best[2] - best[1]:
                best = (float(place), low, high)
    if best is None:
        return None
    foot = a + along * best[0]
    return foot + side * best[1], foot + side * best[2]


def _chords(flat: Points, place: float) -> list[tuple[float, float]]:
    """Return the parts inside an outline of the line across the axis at a place."""
    p, q = flat, np.roll(flat, -1, axis=0)
    spans = (p[:, 0] <= place) != (q[:, 0] <= place)
    p, q = p[spans], q[spans]
    share = (place - p[:, 0]) / (q[:, 0] - p[:, 0])
    heights = np.sort(p[:, 1] + share * (q[:, 1] - p[:, 1]))
    return [(float(a), float(b)) for a, b in zip(heights[::2], heights[1::2], strict=False)]


def crosses_itself(corners: ArrayLike) -> bool:
    """Whether two sides of a flat outline cross: its area then means nothing."""
    p = np.asarray(corners, dtype=np.float64)
    if len(p) < 4:
        return False
    p = _flattened(p)
    q = np.roll(p, -1, axis=0)
    i, j = _near_pairs(np.minimum(p, q), np.maximum(p, q))
    apart = _orientation(p[i], q[i], p[j]) * _orientation(p[i], q[i], q[j]) < 0
    i, j = i[apart], j[apart]
    return bool((_orientation(p[j], q[j], p[i]) * _orientation(p[j], q[j], q[i]) < 0).any())


def covers_itself(corners: ArrayLike) -> bool:
    """Whether a flat outline goes round a part of it more than once, so that this counts twice.

    A line that goes round once turns by one circle; where it does not, its area (Gauss's formula)
    is compared with what it goes round at all, so that a mere there and back is none.
    """
    p = np.asarray(corners, dtype=np.float64)
    if len(p) < 4:
        return False
    p = _flattened(p)
    sides = np.roll(p, -1, axis=0) - p
    sides = sides[np.abs(sides).max(axis=1) > 0]
    after = np.roll(sides, -1, axis=0)
    cross = sides[:, 0] * after[:, 1] - sides[:, 1] * after[:, 0]
    turns = np.arctan2(cross, (sides * after).sum(axis=1)).sum() / (2 * np.pi)
    if abs(abs(turns) - 1) < _HALF_A_TURN:
        return False
    q = np.roll(p, -1, axis=0)
    counted = abs(float((p[:, 0] * q[:, 1] - p[:, 1] * q[:, 0]).sum())) / 2
    # The area that a flat outline, (N, 2), goes round at all, by lines across it.
    q = np.roll(p, -1, axis=0)
    low, high = float(p[:, 1].min()), float(p[:, 1].max())
    step = (high - low) / _LINES
    area = 0.0
    for y in low + (np.arange(_LINES) + 0.5) * step:
        up, down = (p[:, 1] <= y) & (q[:, 1] > y), (p[:, 1] > y) & (q[:, 1] <= y)
        met = up | down
        share = (y - p[met, 1]) / (q[met, 1] - p[met, 1])
        places = p[met, 0] + share * (q[met, 0] - p[met, 0])
        order = np.argsort(places, kind="stable")
        winding = np.cumsum(np.where(up[met], 1, -1)[order])[:-1]
        area += float(np.diff(places[order])[winding != 0].sum()) * step
    return abs(counted - area) > _TWICE * counted


def _near_pairs(low: Points, high: Points) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the pairs of (N, 2) rectangles that touch, each pair once.

    Sorted by their left sides, each need be compared only with those that begin before it
    ends: few in a drawn line.
    """
    order = np.argsort(low[:, 0])
    stop = np.searchsorted(low[order, 0], high[order, 0], side="right")
    first, second = _spread(np.arange(1, len(order) + 1), stop)
    i, j = order[first], order[second]
    touch = (low[i, 1] <= high[j, 1]) & (low[j, 1] <= high[i, 1])
    return i[touch], j[touch]


def _flattened(p: Points) -> Points:
    offset = p - p.mean(axis=0)
    _, _, axes = np.linalg.svd(offset, full_matrices=False)
    return np.asarray(offset @ axes[:2].T)


def _orientation(a: Points, b: Points, c: Points) -> Points:
    first, second = b - a, c - a
    return np.asarray(first[..., 0] * second[..., 1] - first[..., 1] * second[..., 0])


def simplified(line: ArrayLike, tolerance: float) -> Points:
    """Return the points of a line, (N, D), that keep it within a tolerance (its unit).

    Douglas and Peucker 1973: the farthest point from a chord stays, until none is farther
    than the tolerance.
    """
    p = np.asarray(line, dtype=np.float64)
    keep = np.zeros(len(p), bool)
    keep[[0, -1]] = True
    stack = [(0, len(p) - 1)]
    while stack:
        first, last = stack.pop()
        if last - first < 2:
            continue
        points = p[first + 1 : last]
        a = p[first]
        b = p[last]
        along = b - a
        squared = max(float(along @ along), 1e-18)
        share = np.clip((points - a) @ along / squared, 0.0, 1.0)
        distances = np.asarray(np.linalg.norm(points - a - share[:, None] * along, axis=1))
        farthest = int(distances.argmax())
        if distances[farthest] > tolerance:
            middle = first + 1 + farthest
            keep[middle] = True
            stack += [(first, middle), (middle, last)]
    return np.asarray(p[keep])
