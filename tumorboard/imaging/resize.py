"""Pictures of another size, and their grey levels; compiled, the source is in `imaging/native`.

Where ``a`` pixels become ``b``, output n lies at (n + 1/2) * a / b - 1/2 in pixels: the outer
edges stay where they are. Weights are float32, sums as well; integers are rounded to the nearest,
halves to even. Beyond the rim lies the last pixel again.
"""

from __future__ import annotations

from collections.abc import Callable
from ctypes import POINTER, Structure, byref, c_int32, c_int64, c_void_p
from enum import Enum
from functools import lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tumorboard.imaging.compute import WORKERS
from tumorboard.imaging.geometry import Points
from tumorboard.imaging.native.arrays import UINT8, address, readable, strides, type_number
from tumorboard.imaging.native.library import Kernel

#: Types of pixels that are resized as they are.
PIXELS: Final = (np.uint8, np.int16, np.uint16, np.float32)
#: DICOM counts rows and columns to 65,535; a picture on several screens is no wider.
_LONGEST: Final = 1 << 20
#: Pixels from which on several threads share a picture: to wake them takes as long as fewer.
_LARGE: Final = 8_000_000
_BEYOND, _RING = 8, 4
#: The parameter of the cubic kernel of Keys, IEEE Transactions on Acoustics, Speech, and Signal
#: Processing 29 (1981); sharper than his own -1/2.
_A: Final = -0.75

#: Where the pixels of each of n outputs begin, shape (n,), and their weights, shape (taps, n).
Taps = tuple[NDArray[np.int32], NDArray[np.float32]]


class Between(Enum):
    """What lies between the pixels of a picture that grows; one that shrinks has their means."""

    NEAREST = "nearest"
    LINEAR = "linear"
    CUBIC = "cubic"


class _Greys(Structure):
    """As in resize.cpp."""

    _fields_ = (("levels", c_void_p), ("low", c_int32), ("high", c_int32))


class _Resize(Structure):
    """As in resize.cpp."""

    _fields_ = (
        *((name, c_void_p) for name in ("source", "row_starts", "row_weights")),
        *((name, c_void_p) for name in ("starts", "weights", "image")),
        ("greys", _Greys),
        *((name, c_int64) for name in ("rows", "columns")),
        *((name, c_int64) for name in ("row_stride", "column_stride", "channel_stride")),
        *((name, c_int64) for name in ("image_rows", "image_columns", "row_taps", "taps")),
        *((name, c_int32) for name in ("type", "channels", "shares_down", "shares_along")),
    )


_resize_rows = Kernel("resize_rows", c_int64, POINTER(_Resize), c_int64, c_int64, c_void_p)
_repeat_rows = Kernel("repeat_rows", c_int64, POINTER(_Resize), c_int64, c_int64)
_grey_levels = Kernel("grey_levels", c_int64, POINTER(_Greys), c_int32, c_void_p, c_int64, c_void_p)


class Levels:
    """Grey levels for all values of an integer type of 8 or 16 bits.

    ``table``, uint8, shape (256,) or (65536,), holds the level of each value at the value's bits
    read as a number without sign; ``kind`` is the type of the values.

    Raises
    ------
    TypeError, ValueError
        When the table does not fit the type.

    """

    def __init__(self, table: NDArray[np.uint8], kind: np.dtype[Any]) -> None:
        if kind.kind not in "iu" or kind.itemsize > 2:
            raise TypeError(f"no table of grey levels for elements of type {kind}")
        self.table = np.ascontiguousarray(table)
        levels = readable(self.table, UINT8, (1 << 8 * kind.itemsize,))
        self.kind = kind
        info = np.iinfo(kind)
        ordered = np.roll(self.table, -info.min)
        # Where neighbours differ: all before the first and behind the last such place is alike.
        steps = np.flatnonzero(ordered[1:] != ordered[:-1])
        first, last = (steps[0], steps[-1] + 1) if len(steps) else (len(ordered) - 1, 0)
        self.greys = _Greys(levels, int(first) + info.min, int(last) + info.min)

    def __call__(self, image: NDArray[Any]) -> NDArray[np.uint8]:
        """Return the grey levels, uint8, of an image of this type, any shape."""
        if image.dtype != self.kind:
            raise TypeError(f"values of {image.dtype} where {self.kind} is wanted")
        if self.kind == np.int8:
            return np.asarray(self.table[image.view(np.uint8)])
        values = np.ascontiguousarray(image)
        grey = np.empty(values.shape, np.uint8)
        _grey_levels(
            *(byref(self.greys), type_number(values), readable(values, None, values.shape)),
            *(values.size, address(grey)),
        )
        return grey


def resized(image: NDArray[Any], shape: tuple[int, int], between: Between) -> NDArray[Any]:
    """Return a picture at another size.

    Parameters
    ----------
    image
        Shape (rows, columns), of a type in `PIXELS`; views of any strides.
    shape
        (rows, columns) of what is returned, which has the type of ``image``.
    between
        Linear, cubic, or the pixels as rectangles (`NEAREST`). Save for those, an axis along
        which the picture shrinks has means over the area of each pixel.

    Raises
    ------
    TypeError, ValueError
        When an image is not as described, or a side is empty or too long.

    """
    made = np.empty(_sides(shape), image.dtype)
    _fill(image, made, between, None)
    return made


def resized_grey(
    image: NDArray[Any], shape: tuple[int, int], between: Between, levels: Levels
) -> NDArray[np.uint8]:
    """Return the grey levels, uint8, of a picture at another size; see `resized`.

    Raises
    ------
    TypeError, ValueError
        As `resized`, and when the levels are not for the type of the image.

    """
    if image.dtype != levels.kind:
        raise TypeError(f"values of {image.dtype} where {levels.kind} is wanted")
    grey = np.empty(_sides(shape), np.uint8)
    _fill(image, grey, between, levels)
    return grey


def resized_colours(
    image: NDArray[np.uint8], shape: tuple[int, int], between: Between
) -> NDArray[np.uint32]:
    """Return a picture in colours at another size, as 0xAARRGGBB without transparency.

    ``image``, uint8, has shape (rows, columns, 3): red, green, blue; ``between`` is not nearest.

    Raises
    ------
    TypeError, ValueError
        As `resized`.

    """
    if image.ndim != 3 or image.shape[2] != 3 or between is Between.NEAREST:
        raise ValueError("three colours between which there is something")
    if image.dtype != np.uint8:
        raise TypeError(f"colours of {image.dtype} where {UINT8} is wanted")
    colours = np.empty(_sides(shape), np.uint32)
    _fill(image, colours, between, None)
    return colours


def sampled(
    image: NDArray[np.float32], rows: Points, columns: Points, between: Between
) -> NDArray[np.float32]:
    """Return the values of an image on a lattice of places, shape (len(rows), len(columns)).

    Parameters
    ----------
    image
        Shape (R, C), float32.
    rows, columns
        Places in pixels from the centre of the first one, growing or alike; beyond the rim lies
        the last pixel again.
    between
        Linear or cubic.

    Raises
    ------
    TypeError, ValueError
        When an array is not as described.

    """
    if image.ndim != 2 or image.dtype != np.float32 or between is Between.NEAREST:
        raise TypeError("an image of float32, and something between its pixels")
    shape = _sides(image.shape)
    made = np.empty(_sides((len(rows), len(columns))), np.float32)
    axes = [_checked(at, count) for at, count in zip((rows, columns), shape, strict=True)]
    down, along = (_interpolated(at, between) for at in axes)
    _run(image, made, down, along, (False, False), None, _summed)
    return made


def _checked(places: Points, count: int) -> Points:
    """Return places along an axis, those far beyond the rim brought near it."""
    at = np.asarray(places, np.float64)
    if at.ndim != 1 or not (np.diff(at) >= 0).all() or not np.isfinite(at).all():
        raise ValueError("places that do not grow along an axis")
    return np.clip(at, -1.0, float(count))


def _sides(shape: tuple[int, int]) -> tuple[int, int]:
    rows, columns = shape
    if not (0 < rows <= _LONGEST and 0 < columns <= _LONGEST):
        raise ValueError(f"a picture of shape {shape}")
    return rows, columns


def _fill(image: NDArray[Any], made: NDArray[Any], between: Between, levels: Levels | None) -> None:
    """Fill an image of another size; one of 32 bit words by three colours."""
    if image.ndim != (3 if made.dtype == np.uint32 else 2):
        raise ValueError("a picture has two dimensions")
    sides = _sides((image.shape[0], image.shape[1]))
    down, along = (_taps(a, b, between) for a, b in zip(sides, made.shape, strict=True))
    shrinks = made.shape[0] <= sides[0], made.shape[1] <= sides[1]
    work = _repeated if between is Between.NEAREST else _summed
    _run(image, made, down, along, shrinks, levels, work)


def _run(
    image: NDArray[Any],
    made: NDArray[Any],
    down: Taps,
    along: Taps,
    shrinks: tuple[bool, bool],
    levels: Levels | None,
    work: Callable[[_Resize], Callable[[int, int], None]],
) -> None:
    """Fill an image by the taps of its rows and columns; threads share a large one."""
    if image.dtype not in PIXELS:
        raise TypeError(f"no picture of elements of type {image.dtype}")
    steps = strides(image, image.ndim)
    job = _Resize(
        *(address(image), address(down[0]), address(down[1])),
        *(address(along[0]), address(along[1]), address(made)),
        _Greys() if levels is None else levels.greys,
        *(image.shape[0], image.shape[1], steps[0], steps[1], steps[2] if image.ndim == 3 else 0),
        *(*made.shape, len(down[1]), len(along[1])),
        *(type_number(image), 1 if image.ndim == 2 else 3, *shrinks),
    )
    fill = work(job)
    if made.size * job.channels < _LARGE:
        fill(0, len(made))
    else:
        WORKERS.run(fill, len(made))


def _summed(job: _Resize) -> Callable[[int, int], None]:
    share = job.columns + 2 * job.taps + _BEYOND + _RING * job.image_columns

    def fill(first: int, last: int) -> None:
        room = np.empty((job.channels, share), np.float32)
        _resize_rows(byref(job), first, last, address(room))

    return fill


def _repeated(job: _Resize) -> Callable[[int, int], None]:
    def fill(first: int, last: int) -> None:
        _repeat_rows(byref(job), first, last)

    return fill


@lru_cache(maxsize=64)
def _taps(count: int, wanted: int, between: Between) -> Taps:
    """Return the taps by which ``count`` pixels become ``wanted``."""
    out = np.arange(wanted, dtype=np.int64)
    if between is Between.NEAREST:
        return _held((2 * out + 1) * count // (2 * wanted), [np.ones(wanted)])
    if wanted <= count:
        # In units of which a pixel has `wanted` and an output `count`, so that all is whole.
        left, right = out * count, (out + 1) * count
        start = left // wanted
        most = int(((right - 1) // wanted - start).max()) + 1
        edges = (start + np.arange(most + 1)[:, None]) * wanted
        shares = np.minimum(edges[1:], right) - np.maximum(edges[:-1], left)
        return _held(start, list(np.maximum(shares, 0) / count))
    places = (out.astype(np.float64) + 0.5) * (count / wanted) - 0.5
    return _interpolated(places, between)


def _interpolated(places: Points, between: Between) -> Taps:
    start = np.floor(places)
    t = places - start
    if between is Between.LINEAR:
        return _held(start, [1 - t, t])
    first, second, third = _keys(1 + t), _keys(t), _keys(1 - t)
    return _held(start - 1, [first, second, third, 1 - first - second - third])


def _keys(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the cubic kernel of Keys at distances from 0 to 2."""
    near = ((_A + 2) * x - (_A + 3)) * x * x + 1
    far = ((_A * x - 5 * _A) * x + 8 * _A) * x - 4 * _A
    return np.where(x <= 1, near, far)


def _held(starts: NDArray[Any], weights: list[NDArray[np.float64]]) -> Taps:
    return starts.astype(np.int32), np.ascontiguousarray(np.stack(weights), np.float32)
