"""Bitmaps that a picture brings with it: overlay planes, groups 60xx (PS3.3 section C.9.2)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from tumorboard.dicom import attributes as at
from tumorboard.dicom.frame_data import frame_bytes
from tumorboard.dicom.gate import RefusedError
from tumorboard.dicom.header import read_header
from tumorboard.dicom.instance import BIG_ENDIAN_SYNTAX, DEFLATED_SYNTAX, Instance
from tumorboard.dicom.keywords import OVERLAY_GROUPS
from tumorboard.imaging.overlay import GraphicPlane

_ELEMENTS = {
    "rows": 0x0010,
    "columns": 0x0011,
    "frames": 0x0015,
    "type": 0x0040,
    "origin": 0x0050,
    "first": 0x0051,
    "bits": 0x0100,
    "bit": 0x0102,
    "label": 0x1500,
    "description": 0x0022,
    "data": 0x3000,
}


def read_overlays(instance: Instance) -> tuple[GraphicPlane, ...]:
    """Return the planes of a picture, cut to its size; those that are not valid are left out."""
    if not instance.overlays:
        return ()
    tags = tuple(f"0x{g:04x}{e:04x}" for g in OVERLAY_GROUPS for e in _ELEMENTS.values())
    try:
        with at.quiet_pydicom():
            dataset = read_header(instance.path, keywords=tags).dataset
            planes = [_plane(dataset, group, instance) for group in OVERLAY_GROUPS]
    except (RefusedError, OSError, ValueError):
        return ()
    return tuple(p for p in planes if p is not None)


def _plane(dataset: Dataset, group: int, instance: Instance) -> GraphicPlane | None:
    tag = {name: f"0x{group:04x}{element:04x}" for name, element in _ELEMENTS.items()}
    rows, columns = at.integer(dataset, tag["rows"]), at.integer(dataset, tag["columns"])
    origin = at.numbers(dataset, tag["origin"], 2) or (1.0, 1.0)
    if not rows or not columns or rows < 0 or columns < 0:
        return None
    bits = _bits(dataset, tag, instance, rows * columns)
    if bits is None:
        return None
    mask = np.zeros((instance.rows, instance.columns), bool)
    _paste(mask, bits.reshape(rows, columns), int(origin[0]) - 1, int(origin[1]) - 1)
    label = at.text(dataset, tag["label"]) or at.text(dataset, tag["description"])
    return GraphicPlane(label, mask, at.text(dataset, tag["type"]).upper() == "R")


def _bits(
    dataset: Dataset, tag: dict[str, str], instance: Instance, pixels: int
) -> NDArray[np.bool_] | None:
    """Return the bits of the plane for this frame, shape (pixels,), or None without any."""
    data = at.raw_bytes(dataset, tag["data"])
    if not data:
        # The bits that old files keep in the unused ones of their pixels.
        bit = at.integer(dataset, tag["bit"]) or 0
        packed = instance.is_encapsulated or instance.transfer_syntax == DEFLATED_SYNTAX
        stored = range(instance.high_bit - instance.bits_stored + 1, instance.high_bit + 1)
        inside = 0 < bit < instance.bits_allocated and bit not in stored
        if packed or instance.samples != 1 or not inside:
            return None
        order = ">" if instance.transfer_syntax == BIG_ENDIAN_SYNTAX else "<"
        words: NDArray[Any] = np.frombuffer(
            frame_bytes(instance), f"{order}u{instance.bits_allocated // 8}"
        )
        return (words >> bit & 1).astype(bool) if words.size == pixels else None
    frames = at.integer(dataset, tag["frames"]) or 1
    first = at.integer(dataset, tag["first"]) or 1
    frame = instance.frame - first if frames > 1 else 0
    if not 0 <= frame < frames:
        return None
    start = frame * pixels
    piece = np.frombuffer(data, np.uint8)[start // 8 : (start + pixels + 7) // 8]
    bits = np.unpackbits(piece, bitorder="little")[start % 8 : start % 8 + pixels]
    return bits.astype(bool) if bits.size == pixels else None


def _paste(mask: NDArray[np.bool_], bits: NDArray[np.bool_], row: int, column: int) -> None:
    """Lay a plane onto a picture at a place that may be outside it."""
    top, left = max(row, 0), max(column, 0)
    bottom = min(row + bits.shape[0], mask.shape[0])
    right = min(column + bits.shape[1], mask.shape[1])
    if top < bottom and left < right:
        mask[top:bottom, left:right] = bits[
            top - row : bottom - row, left - column : right - column
        ]
