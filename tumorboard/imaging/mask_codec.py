"""Masks and their grids as bytes that name themselves: equal content has an equal digest.

The digest is the SHA-256 of the plain bytes, so it does not depend on the compression. A
mask is told by the box that it fills and its bits; a grid by every number of its geometry,
so that a mask can be laid out again without its images.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from dataclasses import dataclass
from typing import Final

import numpy as np

from tumorboard.imaging.geometry import SliceStack
from tumorboard.imaging.mask_model import Index, Mask

#: Fastest level: bits of a mask are mostly runs, and a stroke waits for it.
_LEVEL: Final = 1
_MASK, _GRID = b"mask1", b"grid1"
_BOX: Final = struct.Struct("<6q")
_SIZE: Final = struct.Struct("<3q")


@dataclass(frozen=True)
class Packed:
    """Bytes to store under their digest (SHA-256 of the plain bytes, 64 hexadecimal digits)."""

    digest: str
    body: bytes


@dataclass(frozen=True)
class PackedMask:
    """A mask ready to be stored, with what a record says about it.

    ``origin`` and ``shape`` are the box in the grid (slice, row, column); ``volume_mm3`` is
    None where one slice alone has none; ``slices`` are the first and the last filled slice,
    counted from 0.
    """

    voxels: Packed
    grid: Packed
    grid_shape: Index
    origin: Index
    shape: Index
    volume_mm3: float | None
    slices: tuple[int, ...]

    @classmethod
    def of(cls, mask: Mask) -> PackedMask:
        """Pack a mask; in a worker where it is large."""
        shape = mask.voxels.shape
        box = (shape[0], shape[1], shape[2])
        plain = _MASK + _BOX.pack(*mask.origin, *box) + np.packbits(mask.voxels).tobytes()
        ends = (mask.slices[0], mask.slices[-1]) if mask.slices else ()
        volume = mask.volume_mm3 if len(mask.stack.origins) > 1 else None
        grid = pack_grid(mask.stack)
        return cls(_packed(plain), grid, mask.stack.shape, mask.origin, box, volume, ends)


def pack_grid(stack: SliceStack) -> Packed:
    """Return the geometry of a stack as bytes, every bit of its numbers kept."""
    numbers = (
        stack.origins.ravel(),
        stack.row_direction,
        stack.column_direction,
        np.array(stack.pixel_spacing),
    )
    body = b"".join(n.astype("<f8").tobytes() for n in numbers)
    return _packed(_GRID + _SIZE.pack(*stack.shape) + body)


def unpack_mask(body: bytes, stack: SliceStack) -> Mask:
    """Return a stored mask on its grid.

    Raises
    ------
    ValueError
        When the bytes are damaged or do not fit the grid.

    """
    plain = _plain(body, _MASK)
    try:
        numbers = _BOX.unpack_from(plain)
        shape = numbers[3:]
        bits = np.frombuffer(plain, np.uint8, offset=_BOX.size)
        voxels = np.unpackbits(bits, count=int(np.prod(shape))).astype(bool).reshape(shape)
    except (struct.error, ValueError) as error:
        raise ValueError("a stored mask is damaged") from error
    return Mask.of(voxels, stack, (numbers[0], numbers[1], numbers[2]))


def unpack_grid(body: bytes) -> SliceStack:
    """Return a stored geometry.

    Raises
    ------
    ValueError
        When the bytes are damaged.

    """
    plain = _plain(body, _GRID)
    try:
        slices, rows, columns = _SIZE.unpack_from(plain)
        numbers = np.frombuffer(plain, "<f8", offset=_SIZE.size).astype(np.float64)
        origins = numbers[: slices * 3].reshape(slices, 3)
        right, down, spacing = np.split(numbers[slices * 3 :], [3, 6])
        return SliceStack(
            origins, right, down, (float(spacing[0]), float(spacing[1])), rows, columns
        )
    except (struct.error, ValueError, IndexError) as error:
        raise ValueError("a stored grid is damaged") from error


def digest_of(body: bytes) -> str:
    """Return the digest that stored bytes should have; empty for bytes that are damaged."""
    try:
        return hashlib.sha256(zlib.decompress(body)).hexdigest()
    except zlib.error:
        return ""


def _packed(plain: bytes) -> Packed:
    return Packed(hashlib.sha256(plain).hexdigest(), zlib.compress(plain, _LEVEL))


def _plain(body: bytes, kind: bytes) -> bytes:
    try:
        plain = zlib.decompress(body)
    except zlib.error as error:
        raise ValueError("stored voxels are damaged") from error
    if not plain.startswith(kind):
        raise ValueError("stored voxels are of another kind")
    return plain[len(kind) :]
