"""Closed lines in a picture: the share of each pixel inside them, and lines with fewer corners.

Compiled; the source is in `imaging/native`.
"""

from __future__ import annotations

from collections.abc import Sequence
from ctypes import c_double, c_int64, c_void_p
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tumorboard.imaging.geometry import Points
from tumorboard.imaging.native.arrays import FLOAT64, UINT8, address, readable, writable
from tumorboard.imaging.native.library import Kernel

#: Sub-rows of a pixel in which what lies inside is told exactly.
_PARTS: Final = 8
_MOST_PIXELS: Final = 1 << 30
#: Rows are filled together as long as lines pass them no oftener.
_MOST_CROSSINGS: Final = 1 << 20

_count_crossings = Kernel(
    "count_crossings", None, c_void_p, c_void_p, c_int64, c_int64, c_int64, c_void_p
)
_cover = Kernel(
    *("cover", None, c_void_p, c_void_p, c_int64, c_int64, c_int64, c_int64, c_int64),
    *(c_void_p, c_void_p, c_void_p, c_void_p),
)
_cover_lines = Kernel(
    *("cover_lines", None, c_void_p, c_void_p, c_void_p, c_int64, c_double, c_int64, c_int64),
    c_void_p,
)
_lay_colour = Kernel("lay_colour", None, c_void_p, c_int64, c_void_p, c_void_p)
_mark_corners = Kernel("mark_corners", None, c_void_p, c_int64, c_double, c_void_p, c_void_p)


def coverage(lines: Sequence[Points], shape: tuple[int, int]) -> NDArray[np.uint8]:
    """Return the share of each pixel, 0 to 255, that lies inside an odd number of closed lines.

    Parameters
    ----------
    lines
        Corners of each line, shape (n, 2): (row, column) in pixels, 0 at the centre of the first.
    shape
        (rows, columns) of what is returned.

    Raises
    ------
    ValueError
        When lines are not as described, or the picture is empty or has more than 2^30 pixels.

    """
    _check(shape)
    rows, columns = shape
    found = [_line(line) for line in lines if len(line)]
    made = np.zeros(shape, np.uint8)
    if not found:
        return made
    corners, ends = _joined(found)
    corners += 0.5  # from the outer corner of the first pixel on
    told = (readable(corners, FLOAT64, corners.shape), address(ends), len(ends))
    counts = np.zeros((rows, _PARTS), np.int64)
    _count_crossings(*told, rows, _PARTS, address(counts))
    total, room = np.cumsum(counts.sum(axis=1)), np.empty(2 * columns + 2)
    first = 0
    while first < rows:
        before = int(total[first - 1]) if first else 0
        last = max(first + 1, int(np.searchsorted(total, before + _MOST_CROSSINGS, "right")))
        places = (np.cumsum(counts) - counts.ravel()) - before
        crossings = np.empty(int(total[last - 1]) - before)
        _cover(
            *(*told, first, last, columns, _PARTS, address(places), address(crossings)),
            *(address(room), address(made)),
        )
        first = last
    return made


def line_coverage(
    lines: Sequence[tuple[Points, bool]], width: float, shape: tuple[int, int]
) -> NDArray[np.uint8]:
    """Return the share of each pixel, 0 to 255, under lines of some width in pixels.

    ``lines`` are corners as `coverage` takes them, and whether the last is joined to the first.
    Ends and corners are round; what two lines cover is not counted twice.

    Raises
    ------
    ValueError
        As `coverage`, and when the width is not a number or below zero.

    """
    _check(shape)
    if not 0 <= width < _MOST_PIXELS:
        raise ValueError(f"a line {width} wide")
    found = [(_line(line), closed) for line, closed in lines if len(line)]
    made = np.zeros(shape, np.uint8)
    if found:
        corners, ends = _joined([line for line, _ in found])
        closed = np.array([joined for _, joined in found], np.uint8)
        _cover_lines(
            *(address(corners), address(ends), address(closed), len(ends), width / 2),
            *(*shape, address(made)),
        )
    return made


def lay_colour(
    pixels: NDArray[np.uint8], share: NDArray[np.uint8], colour: tuple[int, int, int, int]
) -> None:
    """Bring pixels, shape (rows, columns, 4), to a colour by the share, 0 to 255, it has of each.

    Raises
    ------
    TypeError, ValueError
        When an array is not as described.

    """
    parts = np.array(colour, np.uint8)
    if share.ndim != 2 or parts.shape != (4,):
        raise ValueError("shares of a picture, and a colour of four parts")
    _lay_colour(
        *(readable(share, UINT8, share.shape), share.size, address(parts)),
        writable(pixels, UINT8, (*share.shape, 4)),
    )


def fewer_corners(line: Points, tolerance: float) -> Points:
    """Return a line, shape (n, 2), without corners that it passes by within a tolerance.

    The first and the last corner stay (Douglas and Peucker, Cartographica 10, 1973).

    Raises
    ------
    ValueError
        When the line is not as described.

    """
    corners = _line(line)
    if len(corners) < 3:
        return corners
    stack, kept = np.empty(2 * len(corners), np.int64), np.zeros(len(corners), bool)
    _mark_corners(address(corners), len(corners), tolerance, address(stack), address(kept))
    return np.asarray(corners[kept])


def _line(line: Points) -> Points:
    corners = np.ascontiguousarray(line, np.float64)
    if corners.ndim != 2 or corners.shape[1] != 2 or not np.isfinite(corners).all():
        raise ValueError("a line of corners that are pairs of numbers")
    return corners


def _joined(lines: Sequence[Points]) -> tuple[Points, NDArray[np.int64]]:
    """Return the corners of all lines, and where each line ends among them."""
    return np.concatenate(lines), np.cumsum([len(line) for line in lines], dtype=np.int64)


def _check(shape: tuple[int, int]) -> None:
    rows, columns = shape
    if rows <= 0 or columns <= 0 or rows * columns > _MOST_PIXELS:
        raise ValueError(f"a picture of shape {shape}")
