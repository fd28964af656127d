"""Turn one file into the instances that it holds, or refuse it with a sentence."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tumorboard.dicom import attributes as at
from tumorboard.dicom.fragments import Chunk, FragmentError, frame_chunks
from tumorboard.dicom.frames import FrameAttributes, frame_attributes
from tumorboard.dicom.gate import LIMITS, Claim, Limits, refuse_claim
from tumorboard.dicom.header import NATIVE_SYNTAXES, Header, RefusedError, read_header
from tumorboard.dicom.identity import kind_without_pixels, series_info
from tumorboard.dicom.instance import (
    BIG_ENDIAN_SYNTAX,
    RLE_SYNTAX,
    Instance,
    SeriesInfo,
    derived_uid,
    native_frame_bytes,
)
from tumorboard.dicom.origins import origin_of
from tumorboard.dicom.pixels import is_lossy, pixel_description
from tumorboard.language import _

DICOMDIR_CLASS = "1.2.840.10008.1.3.10"


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
            raise RefusedError(_("Its sequences are nested too deeply.")) from None


def _read(path: Path, header: Header, limits: Limits) -> tuple[SeriesInfo, list[Instance]]:
    dataset = header.dataset
    sop_class = at.uid(dataset, "SOPClassUID") or header.sop_class_uid
    if not sop_class and not at.uid(dataset, "StudyInstanceUID") and "Rows" not in dataset:
        raise RefusedError(_("It is not a DICOM image or document."))
    info, flaws = series_info(dataset)
    base, uid_flaws = _base(path, header, sop_class)
    flaws += uid_flaws
    if kind_without_pixels(info.modality, sop_class):
        size = {"rows": at.integer(dataset, "Rows") or 0}
        size["columns"] = at.integer(dataset, "Columns") or 0
        return info, [_with(base, **size, flaws=tuple(flaws))]
    return info, _pictures(path, header, limits, base, flaws, info.modality)


def picture_instances(
    path: Path, header: Header, limits: Limits = LIMITS
) -> tuple[SeriesInfo, list[Instance]]:
    """Return one instance a frame, also of objects that a scan lists without pictures.

    Raises
    ------
    RefusedError
        When the pixels are missing or refused.

    """
    info, flaws = series_info(header.dataset)
    base, uid_flaws = _base(path, header, header.sop_class_uid)
    return info, _pictures(path, header, limits, base, [*flaws, *uid_flaws], info.modality)


def _pictures(
    path: Path,
    header: Header,
    limits: Limits,
    base: dict[str, Any],
    flaws: list[str],
    modality: str,
) -> list[Instance]:
    dataset = header.dataset
    if not header.pixel_tag:
        raise RefusedError(_("It holds no picture, or the file was cut off before it."))
    pixel = pixel_description(header) | {"in_words": _is_in_words(path, header)}
    frames = max(1, at.integer(dataset, "NumberOfFrames") or 1)
    chunks = _chunks(path, header, pixel, frames, limits)
    if len(chunks) < frames:
        flaws.append("truncated")
    if _has_surplus(header, pixel, frames):
        flaws.append("surplus-pixels")
    lossy = is_lossy(dataset, header.transfer_syntax)
    return [
        _with(
            base,
            frame=k + 1,
            frames=frames,
            chunks=pieces,
            lossy=lossy,
            **pixel,
            **_placed(frame_attributes(dataset, k, modality), flaws),
        )
        for k, pieces in enumerate(chunks)
    ]


def _has_surplus(header: Header, pixel: dict[str, Any], frames: int) -> bool:
    """Whether plain pixels go on for another frame at least, after all that are stated."""
    if header.pixel_length is None or pixel["bits_allocated"] < 8:
        return False
    form = [pixel[k] for k in ("rows", "columns", "samples", "bits_allocated", "photometric")]
    size = native_frame_bytes(*form)
    return min(header.pixel_length, header.end - header.pixel_start) >= (frames + 1) * size


def _is_in_words(path: Path, header: Header) -> bool:
    """Whether bytes stand in words of the other order: OW in big endian (PS3.5 section A.3)."""
    bits = at.integer(header.dataset, "BitsAllocated")
    if header.transfer_syntax != BIG_ENDIAN_SYNTAX or bits != 8:
        return False
    with path.open("rb") as file:
        file.seek(header.pixel_start - 8)
        return file.read(2) == b"OW"


def _with(base: dict[str, Any], **more: Any) -> Instance:
    return Instance(**base, **more)


def _placed(frame: FrameAttributes, flaws: Iterable[str]) -> dict[str, Any]:
    values = dict(vars(frame))
    values["flaws"] = tuple(dict.fromkeys([*flaws, *frame.flaws]))
    return values


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
        "origin": origin_of(dataset),
    }
    return base, flaws


def _content_uid(path: Path) -> str:
    """Return a UID made from the whole file, wherever it lies."""
    with path.open("rb") as file:
        return derived_uid("instance", hashlib.file_digest(file, "sha256").hexdigest())


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
    if native and not encapsulated and pixel["bits_allocated"] == 1:
        return _bitmaps(start, available, pixel["rows"] * pixel["columns"], frames)
    if native and not encapsulated and pixel["in_words"]:
        bounds = [(k * size // 2 * 2, -(-(k + 1) * size // 2) * 2) for k in range(frames)]
        return [((start + a, b - a),) for a, b in bounds if b <= available]
    if native and not encapsulated:
        return [((start + k * size, size),) for k in range(min(frames, available // size))]
    if not native and not encapsulated and header.transfer_syntax not in NATIVE_SYNTAXES:
        raise RefusedError(_("Its compression is not supported."))
    if native or not encapsulated:
        raise RefusedError(_("Its pixels are not stored in the way that the header says."))
    return _pieces(path, header, frames)


def _bitmaps(start: int, available: int, pixels: int, frames: int) -> list[tuple[Chunk, ...]]:
    """Return the bytes that hold each frame of one-bit pixels, which follow without a gap."""
    bounds = [(k * pixels // 8, -(-(k + 1) * pixels // 8)) for k in range(frames)]
    return [((start + a, b - a),) for a, b in bounds if b <= available]


def _is_encapsulated(syntax: str) -> bool:
    return syntax.startswith("1.2.840.10008.1.2.4.") or syntax == RLE_SYNTAX


def _pieces(path: Path, header: Header, frames: int) -> list[tuple[Chunk, ...]]:
    extended = at.raw_bytes(header.dataset, "ExtendedOffsetTable")
    try:
        with io.BytesIO(header.stream) if header.stream else path.open("rb") as file:
            found, __ = frame_chunks(file, header.pixel_start, header.end, frames, extended)
    except FragmentError as error:
        raise RefusedError(str(error)) from None
    if not found:
        raise RefusedError(_("The file ends before its compressed pixels."))
    return found
