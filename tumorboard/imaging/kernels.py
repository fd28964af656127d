"""Compiled inner loops; imported only when a cut is wanted, never at start-up.

A row of samples is a straight line in patient space: sample c lies at start + c * step in
table coordinates, (position along the normal in mm, unshifted row index, unshifted column
index), see `sampling`. Kernels release the interpreter, run on one thread each and are kept
on disk once compiled. Arithmetic is float32 save for where a row begins.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias, TypeVar

import numba
import numpy as np

#: An array inside compiled code, where an element is a plain number that the types of numpy
#: do not describe; the docstrings say what it holds.
Array: TypeAlias = Any

F = TypeVar("F", bound=Callable[..., Any])

#: How the layers of a slab become one value.
MEAN, MAXIMUM, MINIMUM = 0, 1, 2

# Infinities and NaN must keep their meaning: NaN marks a sample without a voxel.
_FAST = {"contract", "arcp", "reassoc"}
kernel: Callable[[F], F] = numba.njit(
    cache=True, nogil=True, error_model="numpy", fastmath=_FAST, boundscheck=False
)
_inlined: Callable[[F], F] = numba.njit(
    cache=True, nogil=True, error_model="numpy", fastmath=_FAST, inline="never"
)

#: Keeps the fast part of a row this far, in voxels, inside the last voxel centres, so that
#: float32 rounding never reaches beyond the array.
_RIM = 2e-3

#: Samples whose voxels are fetched ahead: few enough to stay in the innermost cache.
_BLOCK = 64


@_inlined
def _clip(
    start: float, step: float, low: float, high: float, first: int, last: int
) -> tuple[int, int]:
    """Narrow [first, last) to where low <= start + c * step <= high."""
    if step == 0.0:
        return (first, last) if low <= start <= high else (first, first)
    a, b = (low - start) / step, (high - start) / step
    if a > b:
        a, b = b, a
    # A length stands in for infinity, and keeps huge quotients inside the integers.
    a, b = min(max(a, -1.0), 1e7), min(max(b, -1.0), 1e7)
    first = max(first, int(np.ceil(a)))
    return first, max(first, min(last, int(np.floor(b)) + 1))


@_inlined
def _blend(
    flat: Array, o: Any, di: Any, dk: Any, t: Any, u: Any, v: Any, low: Any, high: Any
) -> np.float32:
    """Trilinear value between the voxel at flat index ``o`` and its neighbours.

    NaN when one of them is padding.
    """
    one = np.uint64(1)
    a, b = np.float32(flat[o]), np.float32(flat[o + one])
    c, d = np.float32(flat[o + di]), np.float32(flat[o + di + one])
    e, f = np.float32(flat[o + dk]), np.float32(flat[o + dk + one])
    g, h = np.float32(flat[o + dk + di]), np.float32(flat[o + dk + di + one])
    if low <= high:
        near = (low <= a <= high) | (low <= b <= high) | (low <= c <= high) | (low <= d <= high)
        far = (low <= e <= high) | (low <= f <= high) | (low <= g <= high) | (low <= h <= high)
        if near | far:
            return np.float32(np.nan)
    a, c = a + v * (b - a), c + v * (d - c)
    e, g = e + v * (f - e), g + v * (h - g)
    a, e = a + u * (c - a), e + u * (g - e)
    return np.float32(a + t * (e - a))


@_inlined
def _sample(voxels: Array, k: float, i: float, j: float, low: float, high: float) -> np.float32:
    """One sample with every care: clamped at the rim, and padding never mixed in.

    Values from ``low`` to ``high`` are padding: where a neighbour is, the nearest voxel
    speaks alone, NaN when that is padding too.
    """
    n_k, n_i, n_j = voxels.shape
    if not (-0.5 <= k <= n_k - 0.5 and -0.5 <= i <= n_i - 0.5 and -0.5 <= j <= n_j - 0.5):
        return np.float32(np.nan)
    k, i, j = min(max(k, 0.0), n_k - 1.0), min(max(i, 0.0), n_i - 1.0), min(max(j, 0.0), n_j - 1.0)
    k0, i0, j0 = int(k), int(i), int(j)
    k1, i1, j1 = min(k0 + 1, n_k - 1), min(i0 + 1, n_i - 1), min(j0 + 1, n_j - 1)
    total = np.float32(0.0)
    for a in range(8):
        kk, ii, jj = k1 if a & 4 else k0, i1 if a & 2 else i0, j1 if a & 1 else j0
        value = np.float32(voxels[kk, ii, jj])
        weight = (k - k0 if a & 4 else 1 - (k - k0)) * (i - i0 if a & 2 else 1 - (i - i0))
        weight *= j - j0 if a & 1 else 1 - (j - j0)
        if weight > 0 and low <= value <= high:
            nearest = np.float32(voxels[int(k + 0.5), int(i + 0.5), int(j + 0.5)])
            return np.float32(np.nan) if low <= nearest <= high else nearest
        total += np.float32(weight) * value
    return total


@_inlined
def _line(
    voxels: Array,
    start: tuple[float, float, float],
    step: tuple[float, float, float],
    span: tuple[int, int],
    padding: tuple[float, float],
    row: Array,
) -> None:
    """Sample a span of columns; ``start`` and ``step`` are (slice, row, column) indices."""
    n_k, n_i, n_j = voxels.shape
    (k, i, j), (sk, si, sj), (low, high) = start, step, padding
    first, last = _clip(k, sk, -0.5, n_k - 0.5, span[0], span[1])
    first, last = _clip(i, si, -0.5, n_i - 0.5, first, last)
    first, last = _clip(j, sj, -0.5, n_j - 0.5, first, last)
    begin, end = _clip(k, sk, 0.0, n_k - 1 - _RIM, first, last)
    begin, end = _clip(i, si, 0.0, n_i - 1 - _RIM, begin, end)
    begin, end = _clip(j, sj, 0.0, n_j - 1 - _RIM, begin, end)
    _fast_line(voxels, start, step, (begin, end), padding, row)
    row[span[0] : first] = np.nan
    row[last : span[1]] = np.nan
    for c in range(first, last):
        # Between the rims only what the fast part left open, for padding is near.
        if not begin <= c < end or (low <= high and np.isnan(row[c])):
            row[c] = _sample(voxels, k + c * sk, i + c * si, j + c * sj, low, high)


@_inlined
def _fast_line(
    voxels: Array,
    start: tuple[float, float, float],
    step: tuple[float, float, float],
    span: tuple[int, int],
    padding: tuple[float, float],
    row: Array,
) -> None:
    """Sample columns that lie between voxel centres on all sides; NaN where padding is near."""
    _, n_i, n_j = voxels.shape
    flat = voxels.reshape(-1)
    begin, low, high = span[0], np.float32(padding[0]), np.float32(padding[1])
    di, dk = np.uint64(n_j), np.uint64(n_i * n_j)
    # Relative to the first of these columns, so that float32 steps stay short.
    fk, gk = np.float32(start[0] + begin * step[0]), np.float32(step[0])
    fi, gi = np.float32(start[1] + begin * step[1]), np.float32(step[1])
    fj, gj = np.float32(start[2] + begin * step[2]), np.float32(step[2])
    for block in range(0, span[1] - begin, _BLOCK):
        until = min(block + _BLOCK, span[1] - begin)
        # Fetched ahead with as little else as possible, so that many reads are under way at
        # once; the sum is kept, for what nobody reads would not be fetched.
        fetched = np.int64(0)
        for n in range(block, until):
            m = np.float32(n)
            o = np.uint64(np.int32(fk + m * gk)) * dk + np.uint64(np.int32(fi + m * gi)) * di
            o += np.uint64(np.int32(fj + m * gj))
            near, far = np.int64(flat[o]), np.int64(flat[o + dk])
            fetched += near + far + np.int64(flat[o + di]) + np.int64(flat[o + dk + di])
        row[begin + block] = np.float32(fetched)
        for n in range(block, until):
            m = np.float32(n)
            x, y, z = fk + m * gk, fi + m * gi, fj + m * gj
            k, i, j = np.int32(x), np.int32(y), np.int32(z)
            o = np.uint64(k) * dk + np.uint64(i) * di + np.uint64(j)
            t, u, v = x - np.float32(k), y - np.float32(i), z - np.float32(j)
            row[begin + n] = _blend(flat, o, di, dk, t, u, v, low, high)


@_inlined
def _bent_line(
    voxels: Array,
    table: Array,
    start: tuple[float, float, float],
    step: tuple[float, float, float],
    padding: tuple[float, float],
    row: Array,
) -> None:
    """Sample a row in slices at positions of their own: straight from slice to slice.

    ``table``, shape (slices + 2, 3), holds the position (mm) and the shift in (rows,
    columns) of every slice, with one imagined slice before and one behind.
    """
    (p, i, j), (sp, si, sj) = start, step
    first, last = _clip(p, sp, table[0, 0], table[-1, 0], 0, len(row))
    row[:first] = np.nan
    row[last:] = np.nan
    top = len(table) - 2
    while first < last:
        here = p + first * sp
        found: Any = np.searchsorted(table[:, 0], here, side="right")
        m = min(max(found - 1, 0), top)
        if sp < 0.0 and here == table[m, 0] and m > 0:
            m -= 1
        gap = table[m + 1, 0] - table[m, 0]
        until = last
        if sp != 0.0:
            edge = table[m + 1, 0] if sp > 0 else table[m, 0]
            until = min(last, max(first + 1, int(np.ceil(min((edge - p) / sp, 1e7)))))
        t, dt = (p - table[m, 0]) / gap, sp / gap
        bend_i, bend_j = table[m + 1, 1] - table[m, 1], table[m + 1, 2] - table[m, 2]
        line = (m - 1 + t, i - table[m, 1] - t * bend_i, j - table[m, 2] - t * bend_j)
        along = (dt, si - dt * bend_i, sj - dt * bend_j)
        _line(voxels, line, along, (first, until), padding, row)
        first = until


@kernel
def sample_rows(
    voxels: Array,
    table: Array,
    even: bool,
    starts: Array,
    steps: Array,
    layers: Array,
    offsets: Array,
    weights: Array,
    mode: int,
    padding: tuple[float, float],
    fill: tuple[float, float, float],
    rows: tuple[int, int],
    image: Array,
) -> None:
    """Fill rows [rows[0], rows[1]) of an image.

    Parameters
    ----------
    voxels
        Shape (slices, rows, columns), C order.
    table, even
        Slice positions and shifts; with ``even`` the coordinates are plain indices.
    starts, steps, layers
        Shape (image rows, 3): place of column 0, the way to the next column, and the way
        of one millimetre along the normal of the slab.
    offsets, weights
        Shape (L,): layers of the slab in mm, and their share of a mean.
    padding
        Lowest and highest stored value of padding; (1, 0) for none.
    fill
        Value where there is no voxel, and the lowest and highest value of the image's type;
        whole numbers when the type is one.

    """
    buffer = np.empty(image.shape[1], np.float32)
    total = np.empty(image.shape[1], np.float32)
    share = np.empty(image.shape[1], np.float32)
    for r in range(rows[0], rows[1]):
        for n in range(len(offsets)):
            o = offsets[n]
            start = (
                starts[r, 0] + o * layers[r, 0],
                starts[r, 1] + o * layers[r, 1],
                starts[r, 2] + o * layers[r, 2],
            )
            step = (steps[r, 0], steps[r, 1], steps[r, 2])
            target = total if n == 0 else buffer
            if even:
                _line(voxels, start, step, (0, image.shape[1]), padding, target)
            else:
                _bent_line(voxels, table, start, step, padding, target)
            if len(offsets) > 1:
                _combine(total, share, buffer, np.float32(weights[n]), mode, n == 0)
        _write(image, r, total, share, mode == MEAN and len(offsets) > 1, fill)


@_inlined
def _combine(
    total: Array,
    share: Array,
    layer: Array,
    weight: Any,
    mode: int,
    is_first: bool,
) -> None:
    """Add a layer to a slab; samples without a voxel (NaN) count for nothing."""
    for c in range(len(total)):
        if is_first:
            there = not np.isnan(total[c])
            share[c] = weight if there else np.float32(0.0)
            if mode == MEAN:
                total[c] = total[c] * weight if there else np.float32(0.0)
            continue
        value = layer[c]
        if np.isnan(value):
            continue
        if mode == MEAN:
            total[c] += weight * value
            share[c] += weight
        elif np.isnan(total[c]) or (value > total[c]) == (mode == MAXIMUM):
            total[c] = value


@_inlined
def _write(
    image: Array,
    r: int,
    total: Array,
    share: Array,
    is_mean: bool,
    fill: tuple[float, float, float],
) -> None:
    """Turn a row of float32 into the type of the image."""
    empty, low, high = np.float32(fill[0]), np.float32(fill[1]), np.float32(fill[2])
    whole = low < high
    for c in range(len(total)):
        value = total[c]
        if is_mean:
            value = value / share[c] if share[c] > 0 else np.float32(np.nan)
        if np.isnan(value):
            value = empty
        if whole:
            value = np.floor(min(max(value, low), high) + np.float32(0.5))
        image[r, c] = value


@kernel
def carry_frames(points: Array, tangents: Array, first: Array) -> Array:
    """Carry a direction along a curve without twist; all shapes (N, 3), ``first`` (3,).

    The double reflection of Wang, Juettler, Zheng and Liu, ACM Transactions on Graphics 27
    (2008): on the plane halfway between two points, then on the one that brings the
    reflected tangent to the next one.
    """
    carried = np.empty_like(tangents)
    side = first.copy()
    for n in range(len(points)):
        if n > 0:
            old = tangents[n - 1].copy()
            _reflect(side, old, points[n] - points[n - 1])
            _reflect(side, old, tangents[n] - old)
        side -= (side * tangents[n]).sum() * tangents[n]
        side /= np.sqrt((side * side).sum())
        carried[n] = side
    return carried


@_inlined
def _reflect(side: Array, tangent: Array, across: Array) -> None:
    """Reflect two directions on the plane perpendicular to ``across``; nothing for zero."""
    length = (across * across).sum()
    if length > 1e-18:
        side -= 2 / length * (side * across).sum() * across
        tangent -= 2 / length * (tangent * across).sum() * across
