"""The border of a mask in a picture, as closed lines between pixels.

Compiled; the source is in `imaging/native`.
"""

from __future__ import annotations

from ctypes import c_double, c_int64, c_void_p

import numpy as np
from numpy.typing import NDArray

from tumorboard.imaging.geometry import Points
from tumorboard.imaging.native.arrays import UINT8, address, readable
from tumorboard.imaging.native.library import Kernel

#: Between the values of pixels outside (0) and inside (255), never equal to one of them.
_LEVEL = 127.5

_find = Kernel("find_borders", c_int64, c_void_p, c_int64, c_int64, c_double, c_void_p, c_void_p)
_chain = Kernel(
    *("chain_borders", c_int64, c_void_p, c_int64, c_int64, c_double),
    *(c_void_p, c_void_p, c_int64, c_void_p, c_void_p),
)


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


def trace(image: NDArray[np.uint8], level: float) -> tuple[Points, NDArray[np.int64]]:
    """Return points, shape (n, 2), of all lines and where each line ends among them.

    ``image``, shape (rows, columns), is below the level all along its rim. In each square of
    four pixels, walked clockwise, a line goes from where the walk leaves the inside to where
    it comes back; the neighbour goes on from there. Where the square is crossed twice, the
    mean of its corners says whether the inside joins.

    Raises
    ------
    TypeError, ValueError
        When the image is not as described, or has more than 2^30 pixels.

    """
    if image.ndim != 2 or image.size >= 1 << 30:
        raise ValueError("an image has two dimensions, and fewer than 2^30 pixels")
    seen = (readable(image, UINT8, image.shape), *image.shape, level)
    # Zeros that nobody touches take no memory.
    follow, firsts = np.zeros(2 * image.size, np.int32), np.empty(2 * image.size, np.int32)
    count = _find(*seen, address(follow), address(firsts))
    points, ends = np.empty((count, 2)), np.empty(count, np.int64)
    lines = _chain(
        *(*seen, address(follow), address(firsts), count, address(points)),
        address(ends),
    )
    ends = ends[:lines]
    return points[: ends[-1] if lines else 0], ends
