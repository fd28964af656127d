"""Find the compressed pieces of each frame without reading them (PS3.5 section A.4)."""

from __future__ import annotations

import struct
from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise
from typing import BinaryIO

from tumorboard.language import _

Chunk = tuple[int, int]

_ITEM = 0xFFFEE000
_SEQUENCE_END = 0xFFFEE0DD
_END_OF_IMAGE = b"\xff\xd9"

#: How codestreams of JPEG, JPEG-LS and JPEG 2000 begin, and files of the last.
_BEGINNINGS = (b"\xff\xd8", b"\xff\x4f\xff\x51", b"\x00\x00\x00\x0c")


class FragmentError(Exception):
    """The pieces cannot be told apart; the text is one sentence for the reader."""


def _items(file: BinaryIO, start: int, end: int) -> tuple[list[Chunk], bool]:
    """Return (offset, length) of each item's value from ``start``, and whether all is there."""
    found: list[Chunk] = []
    at = start
    while at + 8 <= end:
        file.seek(at)
        group, element, length = struct.unpack("<HHL", file.read(8))
        tag = group << 16 | element
        if tag == _SEQUENCE_END:
            return found, True
        if tag != _ITEM or at + 8 + length > end:
            return found, False
        found.append((at + 8, length))
        at += 8 + length
    return found, False


def _group_by_offsets(
    pieces: Sequence[Chunk], offsets: Sequence[int], complete: bool
) -> list[tuple[Chunk, ...]]:
    """Return the pieces of each frame; offsets count from the first piece's item tag.

    Empty where an offset hits no item, unless the file ends before it: such a table says nothing.
    """
    first = pieces[0][0] - 8
    starts = [p[0] - 8 - first for p in pieces]
    end = starts[-1] + 8 + pieces[-1][1]
    hit = set(starts)
    if any(o not in hit for o in offsets if complete or o < end):
        return []
    bounds = [bisect_left(starts, o) for o in offsets] + [len(pieces)]
    return [tuple(pieces[lo:hi]) for lo, hi in pairwise(bounds)]


def _group_by_markers(file: BinaryIO, pieces: Sequence[Chunk]) -> list[tuple[Chunk, ...]]:
    """Return the pieces of each frame, a frame ending where a JPEG end of image stands."""
    frames: list[tuple[Chunk, ...]] = []
    current: list[Chunk] = []
    for offset, length in pieces:
        current.append((offset, length))
        tail = min(length, 10)
        file.seek(offset + length - tail)
        if _END_OF_IMAGE in file.read(tail):
            frames.append(tuple(current))
            current = []
    return frames


def frame_chunks(
    file: BinaryIO, start: int, end: int, frames: int, extended_offsets: bytes = b""
) -> tuple[list[tuple[Chunk, ...]], bool]:
    """Return the pieces of each frame that is there, and whether the file holds all.

    Parameters
    ----------
    file
        Positioned anywhere; only item headers and frame ends are read.
    start, end
        Byte offsets of the value of Pixel Data and of the end of the file.
    frames
        Number of Frames as claimed.
    extended_offsets
        Value of Extended Offset Table (7FE0,0001), empty when there is none.

    Raises
    ------
    FragmentError
        When there are no pieces, or it is not known which belongs to which frame.

    """
    found, complete = _items(file, start, end)
    if len(found) < 2:
        raise FragmentError(_("The file ends before its compressed pixels."))
    table, pieces = found[0], found[1:]
    if frames == 1:
        if not complete and _cut_off(file, pieces[-1], end):
            raise FragmentError(_("The file ends before the end of its compressed pixels."))
        if sum(_begin(file, pieces)) > 1:
            raise FragmentError(_("It holds more pictures than its header says."))
        return [tuple(pieces)], complete
    offsets = _offsets(file, table, frames, extended_offsets)
    return _split(file, pieces, frames, offsets, complete)[:frames], complete


def _cut_off(file: BinaryIO, last: Chunk, end: int) -> bool:
    """Whether another piece was begun after the last whole one."""
    file.seek(last[0] + last[1])
    head = file.read(4)
    return head == b"\xfe\xff\x00\xe0" and last[0] + last[1] + 8 < end


def _offsets(file: BinaryIO, table: Chunk, frames: int, extended: bytes) -> tuple[int, ...]:
    """Return the offset of each frame by the extended table, or the basic one; () without."""
    if len(extended) == 8 * frames:
        return struct.unpack(f"<{frames}Q", extended)
    if table[1] == 4 * frames:
        file.seek(table[0])
        return struct.unpack(f"<{frames}L", file.read(4 * frames))
    return ()


def _split(
    file: BinaryIO, pieces: list[Chunk], frames: int, offsets: tuple[int, ...], complete: bool
) -> list[tuple[Chunk, ...]]:
    if offsets and offsets[0] == 0 and all(a < b for a, b in pairwise(offsets)):
        groups = [g for g in _group_by_offsets(pieces, offsets, complete) if g]
        if groups:
            return groups
    if len(pieces) == frames or (len(pieces) < frames and _each_begins(file, pieces)):
        return [(p,) for p in pieces]
    groups = _group_by_markers(file, pieces)
    if len(groups) != frames:
        raise FragmentError(_("It is not clear which compressed piece belongs to which frame."))
    return groups


def _each_begins(file: BinaryIO, pieces: Sequence[Chunk]) -> bool:
    """Whether each piece begins a picture; RLE has one a frame and nothing that tells it."""
    marked = _begin(file, pieces)
    return all(marked) or not any(marked)


def _begin(file: BinaryIO, pieces: Sequence[Chunk]) -> list[bool]:
    """Return which pieces begin with the start of a codestream, which none holds within."""
    found = []
    for offset, __ in pieces:
        file.seek(offset)
        found.append(file.read(4).startswith(_BEGINNINGS))
    return found


def end_of_items(file: BinaryIO, start: int, end: int) -> int | None:
    """Return the offset behind the end of a sequence of items, None where the end is missing."""
    found, complete = _items(file, start, end)
    if not complete:
        return None
    return (sum(found[-1]) if found else start) + 8
