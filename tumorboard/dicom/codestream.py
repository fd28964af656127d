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


def claimed_size(data: bytes) -> Claimed | None:
    """Return the claimed size of a JPEG, JPEG-LS or JPEG 2000 codestream, None if unreadable."""
    if data[:2] == b"\xff\xd8":
        return _jpeg(data)
    if data[:8] == _JP2_SIGNATURE:
        start = data.find(b"\xff\x4f\xff\x51")
        return _jpeg_2000(data[start:]) if start > 0 else None
    if data[:4] == b"\xff\x4f\xff\x51":
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
