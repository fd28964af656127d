"""Tables that a file brings for its values: Modality LUT and VOI LUT (PS3.3 C.11.1, C.11.2)."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from tumorboard.dicom import attributes as at
from tumorboard.dicom.header import RefusedError, read_header
from tumorboard.dicom.tables import LookupTable

_KEYWORDS = ("PixelRepresentation", "BitsAllocated", "ModalityLUTSequence", "VOILUTSequence")


def read_lookup(path: Path, keyword: str, signed: bool = False) -> LookupTable | None:
    """Read the first table of a sequence of a file; None when there is none that is valid.

    Parameters
    ----------
    path
        The file.
    keyword
        "ModalityLUTSequence" or "VOILUTSequence".
    signed
        Whether the values that are looked up are signed, and with them the first one.

    """
    try:
        with at.quiet_pydicom():
            dataset = read_header(path, keywords=_KEYWORDS).dataset
            items = at.items(dataset, keyword)
            return _table(items[0], signed) if items else None
    except (RefusedError, ValueError, struct.error):
        return None


def _table(item: Dataset, signed: bool) -> LookupTable | None:
    described = at.numbers(item, "LUTDescriptor", 3)
    if described is None:
        raw = at.raw_bytes(item, "LUTDescriptor")
        if len(raw) != 6:
            return None
        described = tuple(float(v) for v in struct.unpack("<HhH" if signed else "<HHH", raw))
    count, first, bits = (int(v) for v in described)
    count = count % (1 << 16) or 1 << 16
    first = first - (1 << 16) if signed and first >= 1 << 15 else first
    entries = table_words(item, "LUTData", count, bits)
    if entries is None or not 1 <= bits <= 16:
        return None
    return LookupTable(entries, first, bits)


def table_words(item: Dataset, keyword: str, count: int, bits: int) -> NDArray[np.uint16] | None:
    """Return the entries of a table, stored as words or, of up to 8 bits, as bytes."""
    raw = at.raw_bytes(item, keyword)
    if raw and bits <= 8 and len(raw) < 2 * count:
        entries = np.frombuffer(raw, np.uint8).astype(np.uint16)
    elif raw:
        entries = np.frombuffer(raw[: len(raw) // 2 * 2], "<u2").astype(np.uint16)
    else:
        found = at.numbers(item, keyword)
        if found is None:
            return None
        entries = np.array(found, np.float64).astype(np.int64).astype(np.uint16)
    return entries[:count] if len(entries) >= count else None
