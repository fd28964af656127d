"""The colour palette of a file, as shades of grey (PS3.3 section C.7.6.3.1.5)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from tumorboard.dicom import attributes as at
from tumorboard.dicom.decode import Palette
from tumorboard.dicom.header import RefusedError, read_header
from tumorboard.dicom.keywords import PALETTE_KEYWORDS

_COLOURS = (("Red", 0.299), ("Green", 0.587), ("Blue", 0.114))


def read_palette(path: Path) -> Palette | None:
    """Read a file's palette; None when there is none or its form is not supported."""
    try:
        with at.quiet_pydicom():
            return _palette(read_header(path, keywords=PALETTE_KEYWORDS).dataset)
    except (RefusedError, ValueError):
        return None


def _palette(dataset: Dataset) -> Palette | None:
    luminance: NDArray[np.float64] | None = None
    first = 0
    for colour, weight in _COLOURS:
        described = at.numbers(dataset, f"{colour}PaletteColorLookupTableDescriptor", 3)
        data = at.raw_bytes(dataset, f"{colour}PaletteColorLookupTableData")
        if described is None or not data:
            return None
        count, first = int(described[0]) or 1 << 16, int(described[1])
        entries = _entries(data, count, int(described[2]))
        part = entries[:count] * weight
        if luminance is not None and len(luminance) != len(part):
            return None
        luminance = part if luminance is None else luminance + part
    if luminance is None:
        return None
    return Palette(np.rint(luminance).astype(np.uint16), first)


def _entries(data: bytes, count: int, bits: int) -> NDArray[np.float64]:
    """Return the entries on the scale of 16 bits."""
    if bits == 8 and len(data) < 2 * count:
        return np.frombuffer(data, np.uint8).astype(np.float64) * 257
    words = np.frombuffer(data[: len(data) // 2 * 2], "<u2").astype(np.float64)
    return words * 257 if bits == 8 else words
