"""Arrays on their way to compiled code, which believes what it is told of them.

Each function returns an address, once the array is what the code takes it for: an array of
another type, shape or layout is refused here and never read beyond its end there.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

#: Types of voxels, in the order of their numbers (`with_type` in kernel.hpp).
TYPES: Final = tuple(
    np.dtype(name)
    for name in (
        *("int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64"),
        *("float32", "float64"),
    )
)
_NUMBERS: Final = {kind: number for number, kind in enumerate(TYPES)}

FLOAT64: Final = np.dtype(np.float64)
FLOAT32: Final = np.dtype(np.float32)
INT64: Final = np.dtype(np.int64)
INT32: Final = np.dtype(np.int32)
UINT8: Final = np.dtype(np.uint8)
BOOL: Final = np.dtype(np.bool_)

Shape = tuple[int, ...]


def type_number(array: NDArray[Any]) -> int:
    """Return the number by which compiled code knows the type of an array.

    Raises
    ------
    TypeError
        When it is none of `TYPES` in the byte order of this computer.

    """
    number = _NUMBERS.get(array.dtype)
    if number is None:
        raise TypeError(f"no kernel for elements of type {array.dtype}")
    return number


def address(array: NDArray[Any]) -> int:
    """Return where the first element of an array lies, for one that was made for the call."""
    # The attribute `ctypes` of an array would import a module at each use.
    place: int = array.__array_interface__["data"][0]
    return place


def readable(array: NDArray[Any], kind: np.dtype[Any] | None, shape: Shape) -> int:
    """Return the address of an array that is read; ``kind`` None takes any type.

    Raises
    ------
    TypeError, ValueError
        When it is not of this type and shape, in C order and aligned.

    """
    if kind is not None and array.dtype != kind:
        raise TypeError(f"an array of {array.dtype} where {kind} is wanted")
    if array.shape != shape:
        raise ValueError(f"an array of shape {array.shape} where {shape} is wanted")
    flags = array.flags
    if not (flags.c_contiguous and flags.aligned):
        raise ValueError("an array that is not in C order")
    return address(array)


def writable(array: NDArray[Any], kind: np.dtype[Any] | None, shape: Shape) -> int:
    """Return the address of an array that is written to; see `readable`.

    Raises
    ------
    TypeError, ValueError
        As `readable`, and when it is read-only.

    """
    if not array.flags.writeable:
        raise ValueError("a read-only array where a result goes")
    return readable(array, kind, shape)


def strides(array: NDArray[Any], dimensions: int) -> Shape:
    """Return the strides of an array in elements, for code that walks by them.

    Raises
    ------
    ValueError
        When it has another number of dimensions, or elements between whole places.

    """
    if array.ndim != dimensions:
        raise ValueError(f"an array of {array.ndim} dimensions where {dimensions} are wanted")
    size = array.itemsize
    if not array.flags.aligned or any(step % size for step in array.strides):
        raise ValueError("an array whose elements do not lie on whole places")
    return tuple(step // size for step in array.strides)


def vector(values: Any, length: int) -> NDArray[np.float64]:
    """Return a few numbers as float64, shape (length,).

    Raises
    ------
    ValueError
        When there are more or fewer.

    """
    array = np.ascontiguousarray(values, np.float64)
    if array.shape != (length,):
        raise ValueError(f"{array.shape} numbers where {length} are wanted")
    return array
