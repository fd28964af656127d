"""The border of a mask in a picture, as closed lines between pixels.

Compiled; imported only when a mask is to be drawn.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tumorboard.imaging.geometry import Points
from tumorboard.imaging.kernels import Array, kernel

#: Between the values of pixels outside (0) and inside (255), never equal to one of them.
_LEVEL = 127.5


def borders(coverage: NDArray[np.uint8]) -> list[Points]:
    """Return the lines where an image passes one half, each (n, 2) pixels (row, column).

    ``coverage``, shape (rows, columns), is 0 outside and 255 inside; what touches its rim is
    taken as ending there. Lines are closed, do not repeat their first point, and lie where
    the interpolated value is one half (marching squares).
    """
    padded = np.zeros((coverage.shape[0] + 2, coverage.shape[1] + 2), np.uint8)
    padded[1:-1, 1:-1] = coverage
    points, ends = trace(padded, _LEVEL)
    return [p for p in np.split(points - 1.0, ends[:-1]) if len(p) > 2] if len(ends) else []


@kernel
def trace(image: Array, level: float) -> tuple[Array, Array]:
    """Return points, shape (n, 2), of all lines and where each line ends among them.

    ``image``, shape (rows, columns), is below the level all along its rim. In each square of
    four pixels, walked clockwise, a line goes from where the walk leaves the inside to where
    it comes back; the neighbour goes on from there. Where the square is crossed twice, the
    mean of its corners says whether the inside joins.
    """
    rows, columns = image.shape
    half = rows * columns
    follow = np.full(2 * half, -1, np.int32)
    firsts = np.empty(2 * half, np.int32)
    corners, edges = np.empty(5, np.float64), np.empty(4, np.int32)
    leaving, coming = np.empty(2, np.int32), np.empty(2, np.int32)
    count = 0
    for i in range(rows - 1):
        for j in range(columns - 1):
            inside = image[i, j] > level
            same = inside == (image[i, j + 1] > level) and inside == (image[i + 1, j] > level)
            if same and inside == (image[i + 1, j + 1] > level):
                continue
            corners[0], corners[1] = image[i, j], image[i, j + 1]
            corners[2], corners[3] = image[i + 1, j + 1], image[i + 1, j]
            corners[4] = corners[0]
            here = i * columns + j
            edges[0], edges[1] = here, half + here + 1
            edges[2], edges[3] = here + columns, half + here
            out = _crossed(corners, edges, level, leaving, coming)
            if out == 2:
                # With an inside corner first, the walk leaves before it comes back.
                swap = 0 if (corners[:4].mean() > level) == (corners[0] > level) else 1
                follow[leaving[1]] = coming[1 - swap]
                follow[leaving[0]] = coming[swap]
            elif out == 1:
                follow[leaving[0]] = coming[0]
            firsts[count : count + out] = leaving[:out]
            count += out
    return _chained(image, level, follow, firsts[:count])


@kernel
def _crossed(corners: Array, edges: Array, level: float, leaving: Array, coming: Array) -> int:
    """Note the edges at which a walk round a square leaves the inside; return how many."""
    out = back = 0
    for side in range(4):
        first, last = corners[side] > level, corners[side + 1] > level
        if first and not last:
            leaving[out] = edges[side]
            out += 1
        elif last and not first:
            coming[back] = edges[side]
            back += 1
    return out


@kernel
def _chained(image: Array, level: float, follow: Array, firsts: Array) -> tuple[Array, Array]:
    """Return the crossings in the order of their lines."""
    _, columns = image.shape
    half = image.size
    points = np.empty((len(firsts), 2), np.float64)
    ends = np.empty(len(firsts), np.int64)
    done = lines = 0
    for start in firsts:
        edge = start
        if follow[edge] < 0:
            continue
        while follow[edge] >= 0:
            across = edge < half
            place = edge if across else edge - half
            i, j = place // columns, place % columns
            low = float(image[i, j])
            high = float(image[i, j + 1]) if across else float(image[i + 1, j])
            share = (level - low) / (high - low)
            points[done, 0] = i if across else i + share
            points[done, 1] = j + share if across else j
            done += 1
            after = follow[edge]
            follow[edge] = -1
            edge = after
        ends[lines] = done
        lines += 1
    return points[:done], ends[:lines]
