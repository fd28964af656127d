"""Read the size that a compressed codestream claims, before a decoder believes it."""

from __future__ import annotations

import struct
from typing import NamedTuple


class Claimed(NamedTuple):
    """Rows, columns, components and bits a component, as the codestream states them."""

    rows: int
    columns: int
    components: int
    bits: int


#: Start of frame markers of JPEG (ITU-T T.81 table B.1) and JPEG-LS (T.87), without the
#: ones in between that mean other things.
_FRAME_STARTS = frozenset({*range(0xC0, 0xD0), 0xF7}) - {0xC4, 0xC8, 0xCC}
_WITHOUT_LENGTH = frozenset({0x01, *range(0xD0, 0xDA)})
_JP2_SIGNATURE = b"\x00\x00\x00\x0cjP  "

#: Start of a JPEG 2000 codestream with its SIZ marker, and of a tile-part (T.800 table A.2).
_CODESTREAM = b"\xff\x4f\xff\x51"
_TILE_PART = b"\xff\x90"
_TILE_PART_HEADER = 12

#: Tiles are numbered in 16 bits.
_MOST_TILES = 65535


def claimed_size(data: bytes) -> Claimed | None:
    """Return the claimed size of a JPEG, JPEG-LS or JPEG 2000 codestream, None if unreadable."""
    if data[:2] == b"\xff\xd8":
        return _jpeg(data)
    if data[:8] == _JP2_SIGNATURE:
        start = data.find(_CODESTREAM)
        return _jpeg_2000(data[start:]) if start > 0 else None
    if data[:4] == _CODESTREAM:
        return _jpeg_2000(data)
    return None


def _jpeg(data: bytes) -> Claimed | None:
    at = 2
    while at + 10 <= len(data):
        if data[at] != 0xFF:
            return None
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
        elif marker in _WITHOUT_LENGTH:
            at += 2
        elif marker in _FRAME_STARTS:
            bits, rows, columns, components = struct.unpack_from(">BHHB", data, at + 4)
            return Claimed(rows, columns, components, bits)
        else:
            at += 2 + struct.unpack_from(">H", data, at + 2)[0]
    return None


def _jpeg_2000(data: bytes) -> Claimed | None:
    """Read the SIZ marker segment (ITU-T T.800 section A.5.1)."""
    if len(data) < 43:
        return None
    x_end, y_end, x_start, y_start = struct.unpack_from(">LLLL", data, 8)
    components, depth = struct.unpack_from(">HB", data, 40)
    return Claimed(y_end - y_start, x_end - x_start, components, (depth & 0x7F) + 1)


def tile_counts(data: bytes) -> tuple[int, int] | None:
    """Return how many tiles a JPEG 2000 codestream claims, and of how many it holds a part.

    None when its tiles cannot cover the image (ITU-T T.800 section B.3), or none is there.
    A decoder leaves the pixels of a missing tile as they are, without a word.
    """
    start = data.find(_CODESTREAM)
    if start < 0 or start + 43 > len(data):
        return None
    x, y, x_0, y_0, width, height, x_tile, y_tile = struct.unpack_from(">8L", data, start + 8)
    if not (x_tile <= x_0 < min(x, x_tile + width) and y_tile <= y_0 < min(y, y_tile + height)):
        return None
    claimed = -((x_tile - x) // width) * -((y_tile - y) // height)
    found = _tiles_found(data, start + 2)
    return (claimed, len(found)) if found and max(found) < claimed <= _MOST_TILES else None


def _tiles_found(data: bytes, at: int) -> set[int]:
    """Return the numbers of the tiles of which a part is there; ``at`` follows the start."""
    while at + 4 <= len(data) and data[at : at + 2] != _TILE_PART:
        at += 2 + struct.unpack_from(">H", data, at + 2)[0]
    found: set[int] = set()
    while at + 12 <= len(data) and data[at : at + 2] == _TILE_PART:
        number, length = struct.unpack_from(">HL", data, at + 4)
        found.add(number)
        if length < _TILE_PART_HEADER:  # 0: up to the end
            break
        at += length
    return found
