"""Read the size that a compressed codestream claims, before a decoder believes it."""

from __future__ import annotations

import struct
from typing import NamedTuple


class Claimed(NamedTuple):
    """What a codestream states of itself.

    ``bits`` of each component, ``signed`` (JPEG 2000 alone states it), the ``family`` of its
    codec, whether it is ``lossy``, and whether its three components are ``ybr``: True or False
    where it says so, None where it leaves that to others.
    """

    rows: int
    columns: int
    components: int
    bits: int
    signed: bool = False
    family: str = "jpeg"
    lossy: bool = False
    ybr: bool | None = None


#: Start of frame markers of JPEG (ITU-T T.81 table B.1) and JPEG-LS (T.87), without the
#: ones in between that mean other things.
_FRAME_STARTS = frozenset({*range(0xC0, 0xD0), 0xF7}) - {0xC4, 0xC8, 0xCC}
_LOSSLESS_STARTS = frozenset({0xC3, 0xC7, 0xCB, 0xCF, 0xF7})
_WITHOUT_LENGTH = frozenset({0x01, *range(0xD0, 0xDA)})
_JPEG_LS, _SCAN_START, _JFIF, _ADOBE = 0xF7, 0xDA, 0xE0, 0xEE
_JP2_SIGNATURE = b"\x00\x00\x00\x0cjP  "

#: Start of a JPEG 2000 codestream with its SIZ marker, of the marker that names its
#: transformations, and of a tile-part (T.800 table A.2).
_CODESTREAM = b"\xff\x4f\xff\x51"
_CODING = b"\xff\x52"
_TILE_PART = b"\xff\x90"
_TILE_PART_HEADER = 12

#: Tiles are numbered in 16 bits.
_MOST_TILES = 65535


def claimed_size(data: bytes) -> Claimed | None:
    """Return what a JPEG, JPEG-LS or JPEG 2000 codestream claims, None if unreadable."""
    try:
        if data[:2] == b"\xff\xd8":
            return _jpeg(data)
        if data[:8] == _JP2_SIGNATURE:
            start = data.find(_CODESTREAM)
            return _jpeg_2000(data[start:]) if start > 0 else None
        if data[:4] == _CODESTREAM:
            return _jpeg_2000(data)
    except (struct.error, IndexError):
        return None
    return None


def _jpeg(data: bytes) -> Claimed | None:
    """Read the marker segments up to the first scan (ITU-T T.81 section B.2, T.87 annex C)."""
    found: Claimed | None = None
    jfif, adobe = False, None
    at = 2
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            return None
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker in _WITHOUT_LENGTH:
            at += 2
            continue
        length = struct.unpack_from(">H", data, at + 2)[0]
        body = data[at + 4 : at + 2 + length]
        if marker == _JFIF and body[:5] == b"JFIF\0":
            jfif = True
        elif marker == _ADOBE and body[:5] == b"Adobe" and len(body) > 11:
            adobe = body[11] != 0
        elif marker in _FRAME_STARTS:
            found = _jpeg_frame(marker, body)
        elif marker == _SCAN_START and found is not None:
            near = body[1 + 2 * body[0]] if found.family == "jpeg-ls" else 0
            # JFIF knows the lossy processes alone; encoders of others write it all the same.
            marked = adobe if adobe is not None else True if jfif and found.lossy else None
            ybr = found.ybr if marked is None or found.components != 3 else marked
            return found._replace(lossy=found.lossy or near > 0, ybr=ybr)
        at += 2 + length
    return None


def _jpeg_frame(marker: int, body: bytes) -> Claimed:
    """Read a frame header: sizes, and what component identifiers and sampling say of colours.

    Only luma and chroma are sampled differently; "R", "G" and "B" name themselves.
    """
    bits, rows, columns, components = struct.unpack_from(">BHHB", body)
    each = [body[6 + 3 * n : 9 + 3 * n] for n in range(components)]
    ybr: bool | None = None
    if components == 3:
        if bytes(c[0] for c in each) == b"RGB":
            ybr = False
        elif len({c[1] for c in each}) > 1:
            ybr = True
    family = "jpeg-ls" if marker == _JPEG_LS else "jpeg"
    lossy = marker not in _LOSSLESS_STARTS
    return Claimed(rows, columns, components, bits, family=family, lossy=lossy, ybr=ybr)


def _jpeg_2000(data: bytes) -> Claimed | None:
    """Read the SIZ and COD marker segments (ITU-T T.800 sections A.5.1 and A.6.1)."""
    if len(data) < 43:
        return None
    x_end, y_end, x_start, y_start = struct.unpack_from(">LLLL", data, 8)
    components = struct.unpack_from(">H", data, 40)[0]
    depths = data[42 : 42 + 3 * components : 3]
    if len(set(depths)) != 1:
        return None
    size = Claimed(
        y_end - y_start,
        x_end - x_start,
        components,
        (depths[0] & 0x7F) + 1,
        signed=depths[0] >= 0x80,
        family="jpeg-2000",
    )
    at = 2
    while at + 4 <= len(data) and data[at : at + 2] != _TILE_PART:
        if data[at : at + 2] == _CODING:
            transformed, irreversible = data[at + 8] != 0, data[at + 13] == 0
            # The decoder undoes the transformation, after which they are RGB.
            return size._replace(lossy=irreversible, ybr=False if transformed else None)
        at += 2 + struct.unpack_from(">H", data, at + 2)[0]
    return size


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
    # The numbers of the tiles of which a part is there; ``at`` follows the start.
    at = start + 2
    while at + 4 <= len(data) and data[at : at + 2] != _TILE_PART:
        at += 2 + struct.unpack_from(">H", data, at + 2)[0]
    found: set[int] = set()
    while at + 12 <= len(data) and data[at : at + 2] == _TILE_PART:
        number, length = struct.unpack_from(">HL", data, at + 4)
        found.add(number)
        if length < _TILE_PART_HEADER:  # 0: up to the end
            break
        at += length
    return (claimed, len(found)) if found and max(found) < claimed <= _MOST_TILES else None
