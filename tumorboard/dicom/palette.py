"""The colour palette of a file, also in segments (PS3.3 sections C.7.6.3.1.5 and C.7.9.2)."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from tumorboard.dicom import attributes as at
from tumorboard.dicom.header import RefusedError, read_header
from tumorboard.dicom.keywords import PALETTE_KEYWORDS
from tumorboard.dicom.tables import LUMA, Palette

_COLOURS = ("Red", "Green", "Blue")


def read_palette(path: Path) -> Palette | None:
    """Read a file's palette; None when there is none or it is not valid."""
    try:
        with at.quiet_pydicom():
            return _palette(read_header(path, keywords=PALETTE_KEYWORDS).dataset)
    except (RefusedError, ValueError, struct.error):
        return None


def _palette(dataset: Dataset) -> Palette | None:
    channels: list[NDArray[np.float64]] = []
    first = 0
    for colour in _COLOURS:
        described = at.numbers(dataset, f"{colour}PaletteColorLookupTableDescriptor", 3)
        if described is None:
            return None
        count, first = int(described[0]) or 1 << 16, int(described[1])
        entries = _channel(dataset, colour, count, int(described[2]))
        if entries is None:
            return None
        channels.append(entries[:count])
    if len({len(c) for c in channels}) != 1 or not len(channels[0]):
        return None
    colours = np.stack(channels, axis=1)
    grey = np.rint(colours @ np.array(LUMA) / 257).astype(np.uint8)
    return Palette(grey, first, np.rint(colours / 257).astype(np.uint8))


def _channel(dataset: Dataset, colour: str, count: int, bits: int) -> NDArray[np.float64] | None:
    """Return one colour's entries on the scale of 16 bits."""
    data = at.raw_bytes(dataset, f"{colour}PaletteColorLookupTableData")
    if data:
        if bits == 8 and len(data) < 2 * count:
            return np.frombuffer(data, np.uint8).astype(np.float64) * 257
        words = np.frombuffer(data[: len(data) // 2 * 2], "<u2").astype(np.float64)
        return words * 257 if bits == 8 else words
    segments = at.raw_bytes(dataset, f"Segmented{colour}PaletteColorLookupTableData")
    if not segments:
        return None
    if bits == 16:
        segments = segments[: len(segments) // 2 * 2]
    numbers = np.frombuffer(segments, "<u2" if bits == 16 else np.uint8).tolist()
    found = np.array(_expanded(numbers, count, bits == 16), dtype=np.float64)
    return found * 257 if bits == 8 else found


def _expanded(numbers: list[int], count: int, wide: bool) -> list[int]:
    """Undo the segments: values as they are, straight lines, and copies of earlier segments.

    Parameters
    ----------
    numbers
        The segments, as bytes or as words of 16 bits.
    count
        How many entries the table has.
    wide
        Whether the numbers are words.

    Raises
    ------
    ValueError
        When a segment is of an unknown kind, points nowhere, or the table is too short.

    """
    found: list[int] = []
    here = 0
    while here + 2 < len(numbers) and len(found) < count:
        if numbers[here] == 2:
            _repeat(numbers, here, found, count, wide)
            here += 4 if wide else 6
        else:
            here = _plain(numbers, here, found)
    if len(found) < count:
        raise ValueError("the segments are too short")
    return found[:count]


def _plain(numbers: list[int], here: int, found: list[int]) -> int:
    """Append a discrete or linear segment and return where the next one starts."""
    kind, length = numbers[here], numbers[here + 1]
    if kind == 0:
        found += numbers[here + 2 : here + 2 + length]
        return here + 2 + length
    if kind == 1 and found:
        start, end = found[-1], numbers[here + 2]
        found += [round(start + (end - start) * k / length) for k in range(1, length + 1)]
        return here + 3
    raise ValueError("a segment of an unknown kind")


def _repeat(numbers: list[int], here: int, found: list[int], count: int, wide: bool) -> None:
    """Append copies of earlier segments, given by their number and the place of the first."""
    shift = 16 if wide else 8
    parts = numbers[here + 2 : here + (4 if wide else 6)]
    place = sum(part << shift * k for k, part in enumerate(parts)) // (2 if wide else 1)
    for _ in range(numbers[here + 1]):
        if place + 2 >= here or len(found) > count:
            raise ValueError("an indirect segment points nowhere")
        place = _plain(numbers, place, found)
