"""Frames in every transfer syntax, true to their header or not, made from known values."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import imagecodecs
import jpeg_ls
import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import (
    CTImageStorage,
    ExplicitVRBigEndian,
    MultiFrameGrayscaleWordSecondaryCaptureImageStorage,
    generate_uid,
)

from tests.dicom.make import write
from tumorboard.dicom.load import VolumeLoader
from tumorboard.dicom.scan import scan

Array = NDArray[Any]

IMPLICIT, EXPLICIT, BIG = "1.2.840.10008.1.2", "1.2.840.10008.1.2.1", str(ExplicitVRBigEndian)
DEFLATED, RLE = "1.2.840.10008.1.2.1.99", "1.2.840.10008.1.2.5"
PREFIX = "1.2.840.10008.1.2.4."
BASELINE, EXTENDED, LOSSLESS, LOSSLESS_SV1 = (PREFIX + n for n in ("50", "51", "57", "70"))
JPEG_LS, NEAR_LOSSLESS = PREFIX + "80", PREFIX + "81"
J2K, J2K_LOSSY = PREFIX + "90", PREFIX + "91"
HTJ2K = PREFIX + "201"
NATIVE = (IMPLICIT, EXPLICIT, BIG, DEFLATED)


@dataclass(frozen=True)
class Form:
    """What a header says of its pixels."""

    syntax: str
    allocated: int = 16
    stored: int = 16
    signed: bool = False
    high: int | None = None
    photometric: str = "MONOCHROME2"
    planar: int = 0
    lossy: bool = False

    @property
    def samples(self) -> int:
        return 1 if self.photometric in {"MONOCHROME1", "MONOCHROME2"} else 3

    def __str__(self) -> str:
        sign = "s" if self.signed else "u"
        name = self.syntax.removeprefix("1.2.840.10008.1.2") or ".0"
        parts = (name, f"{sign}{self.stored}in{self.allocated}", self.photometric)
        high = "" if self.high is None else f"-high{self.high}"
        return "-".join(parts) + high + ("-planes" if self.planar else "")


def values_of(form: Form, count: int = 1, seed: int = 3) -> Array:
    """Random whole numbers over all that the stored bits hold, (count, rows, columns[, 3])."""
    low = -(1 << (form.stored - 1)) if form.signed else 0
    high = (1 << (form.stored - form.signed)) - 1
    shape = (count, 10, 14) if form.samples == 1 else (count, 10, 14, 3)
    values = np.random.default_rng(seed).integers(low, high, shape, endpoint=True)
    values.reshape(-1)[:2] = low, high
    return values


def pattern(values: Array, bits: int) -> Array:
    """Two's complement of so many bits, as unsigned numbers."""
    return (values & ((1 << bits) - 1)).astype(np.uint16 if bits > 8 else np.uint8)


def jpeg_ls_of(values: Array, bits: int, near: int = 0) -> bytes:
    """Compress (rows, columns[, 3]) by JPEG-LS with a precision of so many bits."""
    grey = values.ndim == 2
    return bytes(
        jpeg_ls.encode_pixel_data(
            np.ascontiguousarray(values).tobytes(),
            lossy_error=near,
            rows=values.shape[0],
            columns=values.shape[1],
            samples_per_pixel=1 if grey else 3,
            bits_allocated=8 * values.itemsize,
            bits_stored=bits,
            photometric_interpretation="MONOCHROME2" if grey else "RGB",
            planar_configuration=0,
        )
    )


def codestream(values: Array, syntax: str, bits: int, stream_signed: bool = False) -> bytes:
    """Compress values without loss; ``bits`` and the sign are what the stream states."""
    if syntax == JPEG_LS:
        return jpeg_ls_of(pattern(values, bits), bits)
    if syntax in {LOSSLESS, LOSSLESS_SV1}:
        if values.ndim == 3:
            image = pattern(values, bits)
            return bytes(
                imagecodecs.jpeg8_encode(
                    image, lossless=True, colorspace="rgb", outcolorspace="rgb"
                )
            )
        return bytes(imagecodecs.ljpeg_encode(pattern(values, bits), bitspersample=bits))
    small = bits <= 8
    kind: type[Any] = np.int8 if small else np.int16
    if not stream_signed:
        kind = np.uint8 if small else np.uint16
    data = values.astype(kind) if stream_signed else pattern(values, bits).astype(kind)
    if syntax == HTJ2K:
        return bytes(imagecodecs.htj2k_encode(data, reversible=True))
    more = {"mct": True} if values.ndim == 3 else {}
    return bytes(
        imagecodecs.jpeg2k_encode(
            data, codecformat="j2k", reversible=True, bitspersample=bits, **more
        )
    )


def even(data: bytes) -> bytes:
    return data + b"\0" * (len(data) % 2)


def items_of(pieces: Sequence[bytes]) -> bytes:
    """Encapsulated items, each with its tag and length."""
    return b"".join(b"\xfe\xff\x00\xe0" + struct.pack("<L", len(p)) + p for p in pieces)


def offsets_of(frames: Sequence[Sequence[bytes]]) -> list[int]:
    """Where the first piece of each frame begins, from the first of all on."""
    found, at = [], 0
    for pieces in frames:
        found.append(at)
        at += sum(len(p) + 8 for p in pieces)
    return found


def header(form: Form, rows: int, columns: int, frames: int = 1) -> FileDataset:
    """A file without its pixels: CT, or several frames in one object."""
    meta = FileMetaDataset()
    kind = CTImageStorage if frames == 1 else MultiFrameGrayscaleWordSecondaryCaptureImageStorage
    meta.MediaStorageSOPClassUID = kind
    meta.MediaStorageSOPInstanceUID = generate_uid(entropy_srcs=[str(form), str(frames)])
    meta.TransferSyntaxUID = form.syntax
    ds = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    ds.SOPClassUID, ds.SOPInstanceUID = kind, meta.MediaStorageSOPInstanceUID
    ds.PatientName, ds.PatientID = "TEST^ENCODED", "T-9"
    ds.StudyInstanceUID, ds.SeriesInstanceUID = "1.2.9.1", "1.2.9.1.1"
    ds.Modality, ds.SeriesNumber, ds.InstanceNumber = "OT", 1, 1
    ds.ImageType = ["ORIGINAL", "PRIMARY"]
    ds.Rows, ds.Columns, ds.SamplesPerPixel = rows, columns, form.samples
    ds.PhotometricInterpretation = form.photometric
    if form.samples == 3:
        ds.PlanarConfiguration = form.planar
    ds.BitsAllocated, ds.BitsStored = form.allocated, form.stored
    ds.HighBit = form.stored - 1 if form.high is None else form.high
    ds.PixelRepresentation = int(form.signed)
    if form.lossy:
        ds.LossyImageCompression = "01"
    if frames > 1:
        ds.NumberOfFrames = frames
    return ds


def encapsulated(
    ds: Dataset, frames: Sequence[Sequence[bytes]], table: Sequence[int] | None = None
) -> None:
    """Put the pieces of frames into a dataset, behind a basic offset table."""
    offsets = struct.pack(f"<{len(table or ())}L", *(table or ()))
    ds.PixelData = items_of([offsets, *(p for pieces in frames for p in pieces)])
    ds["PixelData"].VR = "OB"
    ds["PixelData"].is_undefined_length = True


def native(ds: Dataset, values: Array, form: Form) -> None:
    """Put values into a dataset as they are, with ones in the bits that hold no pixel."""
    high = form.stored - 1 if form.high is None else form.high
    word = np.dtype(f"u{form.allocated // 8}")
    kept = (values & ((1 << form.stored) - 1)) << (high + 1 - form.stored)
    unused = ((1 << form.allocated) - 1) ^ (((1 << form.stored) - 1) << (high + 1 - form.stored))
    data = (kept | unused).astype(word.newbyteorder(">" if form.syntax == BIG else "<"))
    if form.samples == 3 and form.planar:
        data = np.moveaxis(data, -1, -3)
    ds.PixelData = even(np.ascontiguousarray(data).tobytes())
    ds["PixelData"].VR = "OW" if form.allocated > 8 else "OB"


def shown(folder: Path, ds: FileDataset) -> tuple[list[Array | None], list[str]]:
    """Write a file, scan and load it: the pictures (None: refused), and the reasons."""
    write(ds, folder / "IM.dcm")
    found = scan([folder])
    if not found.series:
        return [], [r.reason for r in found.refused]
    (series,) = found.series
    loader = VolumeLoader(series)
    loader.run()
    volume = loader.volume
    pictures = volume.voxels if volume.colour is None else volume.colour
    each = [
        p.astype(np.int64) if ok else None for p, ok in zip(pictures, volume.loaded, strict=True)
    ]
    return each, list(loader.failures.values())
