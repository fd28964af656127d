"""Turn one file into the instances that it holds, or refuse it with a sentence."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydicom.dataset import Dataset

from tumorboard.dicom import attributes as at
from tumorboard.dicom.fragments import Chunk, FragmentError, frame_chunks
from tumorboard.dicom.frames import FrameAttributes, frame_attributes
from tumorboard.dicom.gate import LIMITS, Claim, Limits, refuse_claim
from tumorboard.dicom.header import Header, RefusedError, read_header
from tumorboard.dicom.instance import (
    LOSSY_SYNTAXES,
    RLE_SYNTAX,
    Instance,
    PatientIdentity,
    SeriesInfo,
    native_frame_bytes,
)

DICOMDIR_CLASS = "1.2.840.10008.1.3.10"

#: Modalities of objects without a picture of their own, with what they are.
DOCUMENT_MODALITIES = {
    "SR": "a structured report",
    "DOC": "a document",
    "KO": "a selection of key images",
    "M3D": "a three-dimensional model",
    "PLAN": "a plan",
    "RTPLAN": "a radiotherapy plan",
    "RWV": "a real world value map",
    "REG": "a registration",
    "FID": "a list of fiducials",
    "ECG": "a recording",
}
OVERLAY_MODALITIES = {
    "SEG": "a segmentation",
    "RTSTRUCT": "a set of contours",
    "RTDOSE": "a dose distribution",
    "PR": "a presentation state",
}
_DOCUMENT_CLASSES = (
    "1.2.840.10008.5.1.4.1.1.104.",
    "1.2.840.10008.5.1.4.1.1.88.",
    "1.2.840.10008.5.1.4.1.1.9.",
)

_PHOTOMETRIC = frozenset(
    {
        "MONOCHROME1",
        "MONOCHROME2",
        "PALETTE COLOR",
        "RGB",
        "YBR_FULL",
        "YBR_FULL_422",
        "YBR_ICT",
        "YBR_RCT",
    }
)
_FLOAT_TAGS = {0x7FE00008: 32, 0x7FE00009: 64}


def kind_without_pixels(modality: str, sop_class_uid: str) -> str | None:
    """Return "document" or "overlay" for objects that are listed but not shown, else None."""
    if modality in OVERLAY_MODALITIES or sop_class_uid.startswith("1.2.840.10008.5.1.4.1.1.11."):
        return "overlay"
    if modality in DOCUMENT_MODALITIES or sop_class_uid.startswith(_DOCUMENT_CLASSES):
        return "document"
    return None


def read_file(path: Path, limits: Limits = LIMITS) -> tuple[SeriesInfo, list[Instance]] | None:
    """Read what a file holds: its series and one instance a frame; None for a DICOMDIR.

    Raises
    ------
    RefusedError
        When the file is left out; the text says why.

    """
    with at.quiet_pydicom():
        header = read_header(path, limits)
        if header.sop_class_uid == DICOMDIR_CLASS:
            return None
        try:
            return _read(path, header, limits)
        except RecursionError:
            raise RefusedError("Its sequences are nested too deeply.") from None


def _read(path: Path, header: Header, limits: Limits) -> tuple[SeriesInfo, list[Instance]]:
    dataset = header.dataset
    sop_class = at.uid(dataset, "SOPClassUID") or header.sop_class_uid
    if not sop_class and not at.uid(dataset, "StudyInstanceUID") and "Rows" not in dataset:
        raise RefusedError("It is not a DICOM image or document.")
    info, flaws = series_info(dataset)
    base, uid_flaws = _base(path, header, sop_class)
    flaws += uid_flaws
    if kind_without_pixels(info.modality, sop_class):
        return info, [_with(base, flaws=tuple(flaws))]
    if not header.pixel_tag:
        raise RefusedError("It holds no picture.")
    pixel = _pixel_description(header)
    frames = max(1, at.integer(dataset, "NumberOfFrames") or 1)
    chunks = _chunks(path, header, pixel, frames, limits)
    if len(chunks) < frames:
        flaws.append("truncated")
    lossy = _is_lossy(dataset, header.transfer_syntax)
    instances = [
        _with(
            base,
            frame=k + 1,
            frames=frames,
            chunks=pieces,
            lossy=lossy,
            **pixel,
            **_placed(frame_attributes(dataset, k, info.modality), flaws),
        )
        for k, pieces in enumerate(chunks)
    ]
    return info, instances


def _with(base: dict[str, Any], **more: Any) -> Instance:
    return Instance(**base, **more)


def _placed(frame: FrameAttributes, flaws: Iterable[str]) -> dict[str, Any]:
    values = dict(vars(frame))
    values["flaws"] = tuple(dict.fromkeys([*flaws, *frame.flaws]))
    return values


def series_info(dataset: Dataset) -> tuple[SeriesInfo, list[str]]:
    """Return what the file says of its patient, study and series, and the flaws in it.

    A missing study or series UID is made from the values around it, the same each time.
    """
    patient = PatientIdentity(
        at.text(dataset, "PatientID"),
        at.text(dataset, "PatientName"),
        at.text(dataset, "PatientBirthDate"),
        at.text(dataset, "PatientSex"),
    )
    modality = at.text(dataset, "Modality").upper() or "OT"
    number = at.integer(dataset, "SeriesNumber")
    described = [at.text(dataset, k) for k in ("StudyDate", "StudyID", "StudyDescription")]
    study = at.uid(dataset, "StudyInstanceUID")
    series = at.uid(dataset, "SeriesInstanceUID")
    flaws = [] if study and series else ["missing-uid"]
    study = study or derived_uid("study", *patient.key, *described)
    description = at.text(dataset, "SeriesDescription")
    info = SeriesInfo(
        patient=patient,
        study_instance_uid=study,
        series_instance_uid=series
        or derived_uid("series", study, modality, str(number), description),
        modality=modality,
        study_date=described[0],
        study_time=at.text(dataset, "StudyTime"),
        study_id=described[1],
        study_description=described[2],
        accession_number=at.text(dataset, "AccessionNumber"),
        series_description=description,
        series_number=number,
        series_date=at.text(dataset, "SeriesDate"),
        series_time=at.text(dataset, "SeriesTime"),
        body_part=at.text(dataset, "BodyPartExamined"),
        kernel=at.text(dataset, "ConvolutionKernel"),
        unit=_unit(dataset, modality),
    )
    return info, flaws


def derived_uid(*parts: str) -> str:
    """Return a UID made from values (PS3.5 section B.2): the same values, the same UID."""
    digest = hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).digest()
    return f"2.25.{int.from_bytes(digest[:16], 'big')}"


def _unit(dataset: Dataset, modality: str) -> str:
    stated = at.text(dataset, "RescaleType") or at.text(dataset, "Units")
    if modality == "CT":
        localizer = "LOCALIZER" in at.text(dataset, "ImageType").upper()
        return "" if localizer or stated == "US" else "HU"
    return {"BQML": "Bq/mL", "US": "", "HU": "HU", "CNTS": "counts", "GML": "g/mL"}.get(
        stated, stated
    )


def _base(path: Path, header: Header, sop_class: str) -> tuple[dict[str, Any], list[str]]:
    dataset = header.dataset
    sop = at.uid(dataset, "SOPInstanceUID") or header.sop_instance_uid
    flaws = [] if sop else ["missing-uid"]
    base = {
        "path": path.absolute(),
        "file_size": header.file_size,
        "mtime_ns": header.mtime_ns,
        "sop_instance_uid": sop or _content_uid(path),
        "sop_class_uid": sop_class,
        "instance_number": at.integer(dataset, "InstanceNumber"),
        "frame_of_reference_uid": at.uid(dataset, "FrameOfReferenceUID"),
        "transfer_syntax": header.transfer_syntax,
    }
    return base, flaws


def _content_uid(path: Path) -> str:
    """Return a UID made from the whole file, wherever it lies."""
    with path.open("rb") as file:
        return derived_uid("instance", hashlib.file_digest(file, "sha256").hexdigest())


def _pixel_description(header: Header) -> dict[str, Any]:
    """Return the Image Pixel attributes (PS3.3 section C.7.6.3).

    Raises
    ------
    RefusedError
        When one that is needed is missing or cannot be.

    """
    dataset = header.dataset
    floating = header.pixel_tag in _FLOAT_TAGS
    needed = ["Rows", "Columns", "SamplesPerPixel", "BitsAllocated"]
    needed += [] if floating else ["PixelRepresentation"]
    found = {k: at.integer(dataset, k) for k in needed}
    photometric = at.text(dataset, "PhotometricInterpretation").upper()
    missing = [k for k, v in found.items() if v is None] + (
        [] if photometric else ["PhotometricInterpretation"]
    )
    if missing:
        raise RefusedError(f"It lacks what describes its pixels: {', '.join(missing)}.")
    bits = found["BitsAllocated"] or 0
    stored = at.integer(dataset, "BitsStored") or bits
    high = at.integer(dataset, "HighBit")
    high = stored - 1 if high is None else high
    if photometric not in _PHOTOMETRIC:
        raise RefusedError(f"Its colour model is not supported: {photometric[:20]}.")
    allowed = {_FLOAT_TAGS[header.pixel_tag]} if floating else {8, 16, 32}
    if bits not in allowed or not 0 < stored <= bits or not stored <= high + 1 <= bits:
        raise RefusedError(f"Its pixels of {stored} in {bits} bits are not supported.")
    samples = found["SamplesPerPixel"]
    if samples != (1 if photometric in {"MONOCHROME1", "MONOCHROME2", "PALETTE COLOR"} else 3):
        raise RefusedError(f"It has {samples} samples a pixel, which {photometric} does not.")
    return {
        "rows": found["Rows"],
        "columns": found["Columns"],
        "samples": samples,
        "photometric": photometric,
        "planar": at.integer(dataset, "PlanarConfiguration") or 0,
        "bits_allocated": bits,
        "bits_stored": stored,
        "high_bit": high,
        "signed": found.get("PixelRepresentation") == 1,
        "floating": floating,
        "padding": _padding(dataset, bits, found.get("PixelRepresentation") == 1),
    }


def _padding(dataset: Dataset, bits: int, signed: bool) -> int | None:
    """Return Pixel Padding Value in the representation of the pixels."""
    value = at.integer(dataset, "PixelPaddingValue")
    if value is None or not -(1 << bits) < value < 1 << bits:
        return None
    value &= (1 << bits) - 1
    return value - (1 << bits) if signed and value >> (bits - 1) else value


def _is_lossy(dataset: Dataset, syntax: str) -> bool:
    stated = at.text(dataset, "LossyImageCompression")
    if stated == "00" and syntax in {"1.2.840.10008.1.2.4.91", "1.2.840.10008.1.2.4.203"}:
        return False  # these two may hold a reversible codestream
    return stated == "01" or syntax in LOSSY_SYNTAXES


def _chunks(
    path: Path, header: Header, pixel: dict[str, Any], frames: int, limits: Limits
) -> list[tuple[Chunk, ...]]:
    """Return the pieces of each frame that the file holds, after the gate.

    Raises
    ------
    RefusedError
        When the claim is refused or no frame is there.

    """
    start, length, end = header.pixel_start, header.pixel_length, header.end
    native = length is not None
    available = min(length or 0, max(0, end - start))
    size = native_frame_bytes(
        pixel["rows"],
        pixel["columns"],
        pixel["samples"],
        pixel["bits_allocated"],
        pixel["photometric"] if native else "RGB",
    )
    claim = Claim(pixel["rows"], pixel["columns"], frames, size, native, available)
    reason = refuse_claim(claim, limits)
    if reason:
        raise RefusedError(reason)
    encapsulated = _is_encapsulated(header.transfer_syntax)
    if native and not encapsulated:
        return [((start + k * size, size),) for k in range(min(frames, available // size))]
    if native or not encapsulated:
        raise RefusedError("Its pixels are not stored in the way that the header says.")
    return _pieces(path, header, frames)


def _is_encapsulated(syntax: str) -> bool:
    return syntax.startswith("1.2.840.10008.1.2.4.") or syntax == RLE_SYNTAX


def _pieces(path: Path, header: Header, frames: int) -> list[tuple[Chunk, ...]]:
    extended = at.raw_bytes(header.dataset, "ExtendedOffsetTable")
    try:
        with io.BytesIO(header.stream) if header.stream else path.open("rb") as file:
            found, _ = frame_chunks(file, header.pixel_start, header.end, frames, extended)
    except FragmentError as error:
        raise RefusedError(str(error)) from None
    if not found:
        raise RefusedError("The file ends before its compressed pixels.")
    return found
