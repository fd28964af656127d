"""Damage small sound files in every part and see that reading them does no harm."""

import hashlib
import random
import resource
import struct
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset, FileDataset
from pydicom.encaps import encapsulate
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    HTJ2KLossless,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
)

from tests.dicom.make import codestream, ct_slice, ramp, write
from tumorboard.dicom.decoder_pool import LATE, close_decoders
from tumorboard.dicom.gate import Limits
from tumorboard.dicom.load import VolumeLoader
from tumorboard.dicom.overlay_planes import read_overlays
from tumorboard.dicom.overlays import can_overlay, open_document, open_report, read_overlay
from tumorboard.dicom.scan import scan
from tumorboard.dicom.series import Series
from tumorboard.errors import UserError

LIMITS = Limits(volume=64 << 20, pixels_a_frame=1 << 22, inflated=8 << 20)

#: Seconds that one input may take, and bytes that the process may ever hold.
MOST_SECONDS = 5.0
MOST_MEMORY = 1 << 30

SYNTAXES = (
    ImplicitVRLittleEndian,
    ExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    DeflatedExplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    HTJ2KLossless,
    RLELossless,
)

_LENGTHS = (b"\xff\xff\xff\xff", b"\x00\x00\x00\x80", b"\xff\xff\xff\x7f", b"\0\0\0\0", b"\1\0\0\0")
_SHAPE = (24, 20)


@dataclass
class Outcome:
    """What became of the inputs: how many were shown, failed, refused or listed."""

    counts: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    findings: dict[str, bytes] = field(default_factory=dict)


def seeds(folder: Path) -> list[bytes]:
    """Return small sound files: each syntax, frames in fragments, and each other object."""
    found = []
    for syntax in SYNTAXES:
        ds = ct_slice(ramp(1, _SHAPE)[0], (0, 0, 0), transfer_syntax=syntax)
        found.append(write(ds, folder / "seed").read_bytes())
    ds = ct_slice(ramp(1, _SHAPE)[0], (0, 0, 0), transfer_syntax=JPEGLSLossless)
    frames = [codestream(v, JPEGLSLossless) for v in ramp(3, _SHAPE)]
    ds.NumberOfFrames = 3
    ds.PixelData = encapsulate(frames, fragments_per_frame=2)
    ds["PixelData"].VR = "OB"
    objects = (ds, structure_set(), report(), document(), segmentation(), enriched())
    return found + [write(o, folder / "seed").read_bytes() for o in objects]


def item(**values: object) -> Dataset:
    made = Dataset()
    for name, value in values.items():
        setattr(made, name, value)
    return made


def listed(modality: str, sop_class: str, **values: object) -> FileDataset:
    """Return an object without pixels of its own."""
    ds = ct_slice(ramp(1, (2, 2))[0], (0, 0, 0), series_uid=f"1.2.3.{len(modality)}")
    del ds.PixelData
    ds.Modality = modality
    ds.SOPClassUID = ds.file_meta.MediaStorageSOPClassUID = sop_class
    for name, value in values.items():
        setattr(ds, name, value)
    return ds


def structure_set() -> FileDataset:
    contour = item(ContourGeometricType="CLOSED_PLANAR", ContourData=[0, 0, 1, 5, 0, 1, 5, 5, 1])
    return listed(
        "RTSTRUCT",
        "1.2.840.10008.5.1.4.1.1.481.3",
        StructureSetROISequence=[item(ROINumber=1, ROIName="mass")],
        ROIContourSequence=[item(ReferencedROINumber=1, ContourSequence=[contour, contour])],
    )


def report() -> FileDataset:
    name = [item(CodeValue="1", CodingSchemeDesignator="L", CodeMeaning="Finding")]
    text = item(ValueType="TEXT", ConceptNameCodeSequence=name, TextValue="a mass")
    held = item(ValueType="CONTAINER", ConceptNameCodeSequence=name, ContentSequence=[text, text])
    return listed(
        "SR",
        "1.2.840.10008.5.1.4.1.1.88.11",
        ValueType="CONTAINER",
        ConceptNameCodeSequence=name,
        ContentSequence=[held, text],
    )


def document() -> FileDataset:
    return listed(
        "DOC",
        "1.2.840.10008.5.1.4.1.1.104.1",
        MIMETypeOfEncapsulatedDocument="application/pdf",
        EncapsulatedDocument=b"%PDF-1.7 " + b"x" * 91,
    )


def segmentation() -> FileDataset:
    """Return two frames of one-bit pixels of two segments."""
    ds = ct_slice(np.zeros((7, 9), np.uint8), (0, 0, 0))
    ds.Modality, ds.SegmentationType, ds.NumberOfFrames = "SEG", "BINARY", 2
    ds.SOPClassUID = ds.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.66.4"
    ds.BitsAllocated = ds.BitsStored = 1
    ds.HighBit = 0
    ds.SegmentSequence = [item(SegmentNumber=n, SegmentLabel=f"part {n}") for n in (1, 2)]
    ds.PerFrameFunctionalGroupsSequence = [
        item(
            SegmentIdentificationSequence=[item(ReferencedSegmentNumber=n)],
            PlanePositionSequence=[item(ImagePositionPatient=[0, 0, n])],
        )
        for n in (1, 2)
    ]
    ds.PixelData = b"\x5a" * 16
    return ds


def enriched() -> FileDataset:
    """Return a PET with what makes an uptake, tables of values, and an overlay."""
    ds = ct_slice(ramp(1, _SHAPE)[0].astype(np.uint16), (0, 0, 0))
    ds.Modality, ds.Units, ds.CorrectedImage = "PT", "BQML", ["ATTN", "DECY"]
    ds.DecayCorrection, ds.PatientWeight = "ADMIN", 80
    tracer = item(RadionuclideTotalDose=4e8, RadionuclideHalfLife=6588)
    ds.RadiopharmaceuticalInformationSequence = [tracer]
    table = item(LUTData=bytes(512))
    table.add_new("LUTDescriptor", "US", [256, 0, 16])
    ds.ModalityLUTSequence = ds.VOILUTSequence = [table]
    ds.add_new(0x60000010, "US", 5)
    ds.add_new(0x60000011, "US", 6)
    ds.add_new(0x60000050, "SS", [2, -1])
    ds.add_new(0x60003000, "OW", bytes(4))
    return ds


def damaged(data: bytes, rng: random.Random) -> bytes:
    """Return a file with some bytes, lengths or whole stretches changed, or cut."""
    result = bytearray(data[: rng.randrange(len(data))] if rng.random() < 0.1 else data)
    for _ in range(rng.choice([1, 1, 2, 5, 20])):
        if len(result) < 8:
            break
        _change(result, rng)
    return bytes(result)


def _change(result: bytearray, rng: random.Random) -> None:
    place = _place(result, rng)
    kind = rng.random()
    if kind < 0.45:
        result[place] = rng.randrange(256)
    elif kind < 0.65:
        result[place : place + 4] = rng.choice(_LENGTHS)
    elif kind < 0.75:
        result[place : place + 2] = struct.pack("<H", rng.choice([0, 1, 255, 32767, 65535]))
    elif kind < 0.85:
        del result[place : place + rng.choice([1, 2, 8, 64])]
    elif kind < 0.95:
        other = _place(result, rng)
        result[place:place] = result[other : other + rng.choice([1, 2, 8, 64])]
    else:
        result[place] ^= 1 << rng.randrange(8)


def _place(result: bytearray, rng: random.Random) -> int:
    """Return where to change: the header, the start of the pixels, or anywhere."""
    pixels = result.rfind(b"\xe0\x7f\x10\x00")
    choice = rng.random()
    if choice < 0.4 and pixels > 140:
        return rng.randrange(132, pixels)
    if choice < 0.7 and 0 < pixels < len(result) - 1:
        return rng.randrange(pixels, min(len(result), pixels + 200))
    return rng.randrange(len(result))


def read_all(path: Path) -> str:
    """Read a file as far as it goes; return what became of it.

    Raises whatever is not foreseen, which is a finding.
    """
    result = scan([path], limits=LIMITS)
    kinds = ["refused"] if result.refused else []
    assert all(r.reason.endswith(".") for r in result.refused)
    for series in result.series:
        series.public_json()
        assert Series.from_json(series.to_json()) == series
        kinds.append(_read_series(series))
    return kinds[0] if kinds else "nothing"


def _read_series(series: Series) -> str:
    try:
        if can_overlay(series):
            read_overlay(series)
            return "opened"
        if series.kind == "document":
            open_report(series) if series.modality == "SR" else open_document(series)
            return "opened"
        if not series.has_pixels:
            return "listed"
        loader = VolumeLoader(series, LIMITS)
    except UserError:
        return "listed"
    loader.run()
    for instance in series.instances:
        assert all(p.mask.shape == loader.volume.voxels.shape[1:] for p in read_overlays(instance))
    shown = int(np.count_nonzero(loader.volume.loaded))
    assert shown + len(loader.failures) == series.slices
    assert all(reason.endswith(".") for reason in loader.failures.values())
    assert LATE not in loader.failures.values()
    return "shown" if shown else "failed"


def fuzz(folder: Path, inputs: int, seed: int, seconds: float = float("inf")) -> Outcome:
    """Read damaged files until there were enough, or the time is over."""
    rng = random.Random(seed)
    sound = seeds(folder)
    outcome = Outcome()
    path = folder / "input.dcm"
    for data in sound:
        path.write_bytes(data)
        assert read_all(path) in {"shown", "opened"}
    end = time.monotonic() + seconds
    for _ in range(inputs):
        data = damaged(rng.choice(sound), rng)
        path.write_bytes(data)
        start = time.monotonic()
        try:
            outcome.counts[read_all(path)] += 1
        except Exception as error:  # noqa: BLE001 - that is what is looked for
            _keep(outcome, f"{type(error).__name__}", data)
        took = time.monotonic() - start
        outcome.slowest = max(outcome.slowest, took)
        if took > MOST_SECONDS:
            _keep(outcome, "slow", data)
        if time.monotonic() > end:
            break
    if _most_memory() > MOST_MEMORY:
        _keep(outcome, "memory", b"")
    return outcome


def fuzz_apart(folder: Path, inputs: int, seed: int) -> Outcome:
    """Read damaged files in a process of its own, whose memory nobody else takes."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_fuzz_and_close, folder, inputs, seed).result()


def _fuzz_and_close(folder: Path, inputs: int, seed: int) -> Outcome:
    try:
        return fuzz(folder, inputs, seed)
    finally:
        close_decoders()


def _most_memory() -> int:
    """Return the most memory that this process has held so far, in bytes.

    Linux tells it of the program as it runs now; what `getrusage` tells there may be what the
    process that started it held.
    """
    status = Path("/proc/self/status")
    if status.exists():
        line = next(x for x in status.read_text().splitlines() if x.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _keep(outcome: Outcome, what: str, data: bytes) -> None:
    outcome.findings[f"{what}-{hashlib.sha256(data).hexdigest()[:12]}"] = data
