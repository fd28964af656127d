"""Compiled inner loops of cuts; the sources are in `imaging/native`.

A row of samples is a straight line in patient space: sample c lies at start + c * step in
table coordinates, (position along the normal in mm, unshifted row index, unshifted column
index), see `sampling`. Arithmetic is float32 save for where a row begins, and the same on
every computer.
"""

from __future__ import annotations

from collections.abc import Callable
from ctypes import POINTER, Structure, byref, c_double, c_int32, c_int64, c_void_p
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tumorboard.imaging.geometry import Points
from tumorboard.imaging.native.arrays import (
    FLOAT32,
    FLOAT64,
    address,
    readable,
    type_number,
    writable,
)
from tumorboard.imaging.native.library import Kernel

#: How the layers of a slab become one value.
MEAN, MAXIMUM, MINIMUM = 0, 1, 2

#: A picture is never wider; float32 counts this far.
_MOST_COLUMNS: Final = 10_000_000
#: Slices, rows and columns of a volume, each: DICOM counts to 65,535.
_LONGEST: Final = 1 << 20


class _RowCut(Structure):
    """As in rows.cpp."""

    _fields_ = (
        *((name, c_void_p) for name in ("voxels", "table", "starts", "steps", "layers")),
        *((name, c_void_p) for name in ("offsets", "weights", "image")),
        *((name, c_int64) for name in ("planes", "rows", "columns", "layer_count")),
        ("image_columns", c_int64),
        *((name, c_double) for name in ("low", "high", "fill")),
        *((name, c_int32) for name in ("type", "even", "mode", "unused")),
    )


_sample_rows = Kernel("sample_rows", c_int64, POINTER(_RowCut), c_int64, c_int64, c_void_p)
_even_lines = Kernel(
    *("even_lines", c_int64, c_void_p, c_int32, c_int64, c_int64, c_void_p, c_void_p, c_int64),
    *(c_void_p, c_void_p),
)
_carry_frames = Kernel("carry_frames", None, c_void_p, c_void_p, c_void_p, c_int64, c_void_p)


def image_type(voxels: np.dtype[Any]) -> np.dtype[Any]:
    """Return the type of what is sampled: that of integers of 16 bits or fewer, else float32."""
    small = voxels.kind in "iu" and voxels.itemsize <= 2
    return voxels if small else FLOAT32


def row_sampler(
    voxels: NDArray[Any],
    table: Points | None,
    lines: tuple[Points, Points, Points],
    slab: tuple[Points, Points, int],
    padding: tuple[float, float],
    fill: float,
    image: NDArray[Any],
) -> Callable[[int, int], None]:
    """Return what fills rows [first, last) of an image; several threads may share it.

    Parameters
    ----------
    voxels
        Shape (slices, rows, columns), C order.
    table
        Shape (slices + 2, 3): position (mm) and shift in (rows, columns) of every slice, with
        one imagined slice before and one behind; None when the coordinates are plain indices.
    lines
        Starts, steps and layers, each of shape (image rows, 3): place of column 0, the way to
        the next column, and the way of one millimetre along the normal of the slab.
    slab
        Offsets, shape (L,): layers of the slab in mm; weights, shape (L,): their share of a
        mean; and the mode.
    padding
        Lowest and highest stored value of padding; (1, 0) for none.
    fill
        Value where there is no voxel.
    image
        Shape (image rows, columns), of `image_type`; integers are rounded to the nearest.

    Raises
    ------
    TypeError, ValueError
        When an array is not as described.

    """
    _check(voxels, slab, fill, image)
    offsets, weights, mode = slab
    rows, count = len(image), len(offsets)
    places = 0 if table is None else readable(table, FLOAT64, (len(voxels) + 2, 3))
    cut = _RowCut(
        *(readable(voxels, None, voxels.shape), places),
        *(readable(line, FLOAT64, (rows, 3)) for line in lines),
        *(readable(layer, FLOAT64, (count,)) for layer in (offsets, weights)),
        writable(image, image_type(voxels.dtype), image.shape),
        *(*voxels.shape, count, image.shape[1]),
        *(padding[0], padding[1], fill),
        *(type_number(voxels), table is None, mode, 0),
    )
    kept = (voxels, table, lines, slab, image)  # whose addresses the cut holds

    def fill_rows(first: int, last: int) -> None:
        if not 0 <= first <= last <= rows:
            raise ValueError(f"rows {first} to {last} of {len(kept[-1])}")
        room = np.empty((3, image.shape[1]), np.float32)
        _sample_rows(byref(cut), first, last, address(room))

    return fill_rows


def _check(
    voxels: NDArray[Any], slab: tuple[Points, Points, int], fill: float, image: NDArray[Any]
) -> None:
    if voxels.ndim != 3 or image.ndim != 2:
        raise ValueError("voxels have three dimensions, an image two")
    if 0 in voxels.shape or max(voxels.shape) > _LONGEST or image.shape[1] > _MOST_COLUMNS:
        raise ValueError("a volume without voxels, or a side that is too long")
    if np.isnan(fill) and image.dtype != FLOAT32:
        raise ValueError("a background that is not a number")
    if len(slab[0]) == 0 or slab[2] not in (MEAN, MAXIMUM, MINIMUM):
        raise ValueError("a slab without layers or mode")


def even_lines(lines: NDArray[Any], places: Points, drifts: Points) -> NDArray[Any]:
    """Return lines of samples between others, shape (len(places), samples), linear both ways.

    Parameters
    ----------
    lines
        Shape (lines, samples), C order; integers of 8 or 16 bits, or float32. The type is that of
        what is returned; integers are rounded to the nearest, halves to even.
    places
        Shape (n,): where each line lies among the given ones, in numbers of lines.
    drifts
        Shape (n,): sample j of a line is what lies at j - drift of the given ones.

    Beyond the ends lies the last line, and the last sample, again.

    Raises
    ------
    TypeError, ValueError
        When an array is not as described.

    """
    if lines.ndim != 2 or 0 in lines.shape or max(lines.shape) > _LONGEST:
        raise ValueError("lines without samples, or a side that is too long")
    count, samples = len(places), lines.shape[1]
    made, room = np.empty((count, samples), lines.dtype), np.empty(samples, np.float32)
    _even_lines(
        *(readable(lines, image_type(lines.dtype), lines.shape), type_number(lines), *lines.shape),
        *(readable(places, FLOAT64, (count,)), readable(drifts, FLOAT64, (count,)), count),
        *(address(made), address(room)),
    )
    return made


def carry_frames(points: Points, tangents: Points, first: Points) -> Points:
    """Carry a direction along a curve without twist; all shapes (N, 3), ``first`` (3,).

    The double reflection of Wang, Juettler, Zheng and Liu, ACM Transactions on Graphics 27
    (2008): on the plane halfway between two points, then on the one that brings the
    reflected tangent to the next one.

    Raises
    ------
    TypeError, ValueError
        When an array is not as described.

    """
    points, tangents = np.ascontiguousarray(points), np.ascontiguousarray(tangents)
    first = np.ascontiguousarray(first)
    shape = (len(points), 3)
    carried = np.empty(shape)
    _carry_frames(
        *(readable(points, FLOAT64, shape), readable(tangents, FLOAT64, shape)),
        *(readable(first, FLOAT64, (3,)), len(points), writable(carried, FLOAT64, shape)),
    )
    return carried
