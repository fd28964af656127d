"""Compiled inner loops over masks; the sources are in `imaging/native`.

Indices are (slice, row, column); lengths mm.
"""

from __future__ import annotations

from ctypes import POINTER, Structure, byref, c_double, c_int32, c_int64, c_void_p
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tumorboard.imaging.geometry import Points
from tumorboard.imaging.native.arrays import (
    BOOL,
    FLOAT64,
    INT64,
    UINT8,
    address,
    readable,
    strides,
    type_number,
    writable,
)
from tumorboard.imaging.native.library import Kernel

#: What `flood` ran into.
GROWING, DONE, TOO_LARGE, TOO_FAR = 0, 1, 2, 3

_THREE = c_int64 * 3


class _Flood(Structure):
    """As in flood.cpp."""

    _fields_ = (
        *((name, c_void_p) for name in ("voxels", "allowed", "filled", "queue", "state")),
        *(("squares", c_void_p * 3), ("shape", _THREE), ("strides", _THREE)),
        *((name, c_int64) for name in ("room", "most", "budget")),
        *((name, c_double) for name in ("low", "high", "reach")),
        *(("type", c_int32), ("unused", c_int32)),
    )


class _Stroke(Structure):
    """As in stroke.cpp."""

    _fields_ = (
        *((name, c_void_p) for name in ("flipped", "present", "places")),
        *((name, c_void_p) for name in ("row_step", "column_step", "start", "end", "normal")),
        *(("shape", _THREE), ("strides", _THREE)),
        *(("radius", c_double), ("depth", c_double), ("fills", c_int32), ("unused", c_int32)),
    )


_flood = Kernel("flood", c_int64, POINTER(_Flood))
_stroke = Kernel("stroke", None, POINTER(_Stroke))
_distance = Kernel(
    *("distance_to_outline", None, c_void_p, c_int64, c_void_p, c_int64, c_int64),
    *(c_double, c_double, c_void_p),
)
_hulls = Kernel(
    *("hulls_of_slices", None, c_void_p, c_int64 * 3, c_int64 * 3),
    *(c_double, c_double, c_double, c_void_p, c_void_p, c_void_p),
)
_farthest_in = Kernel("farthest_in", c_double, c_void_p, c_int64, c_void_p)
_farthest_between = Kernel(
    *("farthest_between", c_double, c_void_p, c_void_p, c_int64),
    *(c_void_p, c_void_p, c_void_p, c_void_p),
)


def flood(
    voxels: NDArray[Any],
    allowed: NDArray[np.bool_] | None,
    values: tuple[float, float],
    filled: NDArray[np.uint8],
    queue: NDArray[np.int64],
    state: NDArray[np.int64],
    squares: tuple[Points, Points, Points],
    limits: tuple[int, float, int],
) -> int:
    """Fill further from a queue of linear indices, nearest in steps first, six neighbours.

    ``voxels`` are stored values of the box, of any strides; those from the lower to the higher
    of ``values`` count, and what is not a number never does. ``filled`` is 1 where it is
    filled, ``allowed`` a mask of the box, both of its shape in C order. ``state`` is (head,
    tail) of the queue. ``squares`` are the squared distances (mm2) of slices, rows, columns
    from the seed. ``limits``: most voxels, squared reach in mm2, voxels to do before
    returning. Returns what stopped it.

    Raises
    ------
    TypeError, ValueError
        When an array is not as described, or the queue points beyond the box.

    """
    shape = voxels.shape
    steps = strides(voxels, 3)
    most, reach, budget = limits
    work = _Flood(
        address(voxels),
        None if allowed is None else readable(allowed, BOOL, shape),
        *(writable(filled, UINT8, shape), writable(queue, INT64, (queue.size,))),
        writable(state, INT64, (2,)),
        (c_void_p * 3)(*(readable(s, FLOAT64, (n,)) for s, n in zip(squares, shape, strict=True))),
        *(_THREE(*shape), _THREE(*steps), queue.size, most, budget, *values, reach),
        *(type_number(voxels), 0),
    )
    return int(_flood(byref(work)))


def stroke(
    flipped: NDArray[np.bool_],
    present: NDArray[np.bool_],
    places: Points,
    steps: tuple[Points, Points],
    ends: tuple[Points, Points],
    normal: Points,
    limits: tuple[float, float, bool],
) -> None:
    """Mark what a pass of a brush from the first of ``ends`` (LPS) to the other changes in a box.

    ``flipped`` and ``present`` are of the box, the latter of any strides; ``places``, shape
    (slices, 3), is the LPS of the box's first voxel in each slice, ``steps`` the LPS of one
    row and one column. The brush is a ball, or with a finite depth a disc across ``normal``.
    ``limits``: radius, half the depth (infinite: a ball), whether it fills (or takes away).

    Raises
    ------
    TypeError, ValueError
        When an array is not as described.

    """
    shape = present.shape
    if present.dtype != BOOL:
        raise TypeError(f"a mask of {present.dtype}")
    walks = strides(present, 3)
    radius, depth, fills = limits
    _stroke(
        byref(
            _Stroke(
                *(writable(flipped, BOOL, shape), address(present)),
                readable(places, FLOAT64, (shape[0], 3)),
                *(readable(v, FLOAT64, (3,)) for v in (*steps, *ends, normal)),
                *(_THREE(*shape), _THREE(*walks), radius, depth, fills, 0),
            )
        )
    )


def distance_to_outline(corners: Points, field: Points, spacing: tuple[float, float]) -> None:
    """Write the signed distance (mm, negative inside) of pixels from a closed outline.

    ``corners`` are (N, 2) in mm (row, column) from pixel (0, 0) of ``field``; several outlines
    are joined by the smaller value, as a union, with what the field holds already.

    Raises
    ------
    TypeError, ValueError
        When an array is not as described, or there is no corner.

    """
    if len(corners) == 0 or field.ndim != 2:
        raise ValueError("an outline has corners, and a field two dimensions")
    rows, columns = field.shape
    room = np.empty((2, columns))
    _distance(
        *(readable(corners, FLOAT64, (len(corners), 2)), len(corners)),
        *(writable(field, FLOAT64, field.shape), rows, columns, *spacing, address(room)),
    )


def hulls_of_slices(
    mask: NDArray[np.bool_], spacing: tuple[float, float], half: float
) -> list[Points]:
    """Return the corners of the convex hull of each slice, each (H, 2) mm (row, column).

    From pixel (0, 0); each pixel counts with its corners at ``half`` a pixel from its centre
    (0: its centre). A slice without a pixel has none. The monotone chain of Andrew,
    Information Processing Letters 9 (1979).

    Raises
    ------
    TypeError, ValueError
        When the mask, shape (slices, rows, columns), is not of three dimensions and bool.

    """
    if mask.dtype != BOOL:
        raise TypeError(f"a mask of {mask.dtype}")
    walks = strides(mask, 3)
    slices, rows, _ = mask.shape
    most = 2 * (rows + 1)
    points, ends, room = np.empty((slices * most, 2)), np.empty(slices, np.int64), np.empty(most)
    _hulls(
        *(address(mask), _THREE(*mask.shape), _THREE(*walks), *spacing, half),
        *(address(points), address(ends), address(room)),
    )
    firsts = [0, *ends.tolist()]
    return [points[a:b].copy() for a, b in pairwise(firsts)]


def farthest_in(points: Points) -> tuple[float, int, int]:
    """Return the squared distance and the numbers of the two farthest of (N, 2) points.

    Raises
    ------
    TypeError, ValueError
        When the array is not as described.

    """
    ends = np.empty(2, np.int64)
    square = _farthest_in(readable(points, FLOAT64, (len(points), 2)), len(points), address(ends))
    return square, int(ends[0]), int(ends[1])


def farthest_between(
    points: Points, first: NDArray[np.int64], faces: tuple[Points, Points], circles: Points
) -> tuple[float, int, int]:
    """Return the squared distance and the numbers of the two farthest points of all slices.

    ``points`` are (N, 2) mm in one plane for all slices, those of slice s from ``first[s]`` to
    ``first[s + 1]``; ``faces`` the upper and lower position (mm) of each slice along the
    normal; ``circles`` (S, 3) a circle round the points of each slice (y, x, radius), by which
    pairs of slices that cannot be farthest are left out.

    Raises
    ------
    TypeError, ValueError
        When an array is not as described.

    """
    slices = len(first) - 1
    if slices < 0 or first[0] < 0 or first[-1] > len(points) or (np.diff(first) < 0).any():
        raise ValueError("points are not shared out among slices")
    ends = np.empty(2, np.int64)
    square = _farthest_between(
        *(readable(points, FLOAT64, (len(points), 2)), readable(first, INT64, (slices + 1,))),
        *(slices, *(readable(face, FLOAT64, (slices,)) for face in faces)),
        *(readable(circles, FLOAT64, (slices, 3)), address(ends)),
    )
    return square, int(ends[0]), int(ends[1])
