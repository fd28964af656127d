"""Read the header of one file, once, up to its pixels.

The file's start is read into memory and parsed there, so that a length claimed by the
file never makes a buffer, and the position of the pixel data is known afterwards.
"""

from __future__ import annotations

import functools
import io
import os
import stat
import struct
from dataclasses import dataclass, field
from pathlib import Path

from pydicom.dataset import Dataset
from pydicom.filereader import read_dataset
from pydicom.sequence import Sequence as DicomSequence
from pydicom.tag import BaseTag, Tag

from tumorboard.dicom.gate import ARCHIVE, LIMITS, Limits, RefusedError, TooLargeError, inflate
from tumorboard.dicom.instance import BIG_ENDIAN_SYNTAX, DEFLATED_SYNTAX
from tumorboard.dicom.keywords import KEYWORDS
from tumorboard.language import _

__all__ = ["NATIVE_SYNTAXES", "Header", "RefusedError", "read_header"]

_IMPLICIT_SYNTAX = "1.2.840.10008.1.2"
_EXPLICIT_SYNTAX = "1.2.840.10008.1.2.1"
_UNDEFINED = 0xFFFFFFFF

#: Syntaxes whose data sets can be read (PS3.5 section 10 and annex A); the ways in which others,
#: as private ones, order their bytes are never guessed.
NATIVE_SYNTAXES = frozenset(
    {_IMPLICIT_SYNTAX, _EXPLICIT_SYNTAX, DEFLATED_SYNTAX, BIG_ENDIAN_SYNTAX}
)
_ENCAPSULATED = (
    *(f"1.2.840.10008.1.2.{n}" for n in ("4.", "5", "6.", "7.", "8.")),
    "1.2.840.10008.1.2.1.98",
)

#: Bytes read at first; most headers are far shorter.
_HEAD = 1 << 16

_PIXEL_TAGS = frozenset({0x7FE00008, 0x7FE00009, 0x7FE00010})


@dataclass(frozen=True, eq=False)
class Header:
    """The parsed start of a file.

    ``pixel_start`` is the byte offset of the pixel value, 0 when there is none,
    ``pixel_length`` its length or None for compressed pieces, ``end`` the length of the
    file; all three count in the inflated stream for the deflated syntax, which
    ``stream`` then holds. ``meta`` is the file meta information (group 0002).
    """

    dataset: Dataset
    transfer_syntax: str
    sop_class_uid: str
    sop_instance_uid: str
    pixel_tag: int
    pixel_start: int
    pixel_length: int | None
    end: int
    file_size: int
    mtime_ns: int
    stream: bytes = b""
    meta: Dataset = field(default_factory=Dataset)


def read_header(
    path: Path, limits: Limits = LIMITS, keywords: tuple[str, ...] = KEYWORDS
) -> Header:
    """Read a file's header; call it within `quiet_pydicom`.

    Raises
    ------
    RefusedError
        When the file is not DICOM, is broken, or exceeds a limit.

    """
    try:
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise RefusedError(_("It is not a regular file."))
            if status.st_size == 0:
                raise RefusedError(_("The file is empty."))
            head = file.read(_HEAD)
            start = _meta_start(head)
            return _parse(file, head, start, status, limits, keywords)
    except OSError as error:
        raise RefusedError(
            _("The file cannot be read: {strerror}.", strerror=error.strerror or "unknown")
        ) from error
    except RecursionError:
        raise RefusedError(_("Its sequences are nested too deeply.")) from None
    except TooLargeError:
        raise RefusedError(_("It inflates to more than this program opens.")) from None


def _meta_start(head: bytes) -> int:
    """Return where the first element stands: after the preamble, or at 0 without one."""
    if head[128:132] == b"DICM":
        return 132
    if head[:4] == b"PK\x03\x04":
        raise RefusedError(ARCHIVE)
    if len(head) < 8:
        raise RefusedError(_("It is not a DICOM file."))
    group, element, length = struct.unpack("<HHL", head[:8])
    explicit = head[4:6].isalpha() and head[4:6].isupper()
    plausible = explicit or length <= 1 << 16
    if group in (0x0002, 0x0008) and element <= 0x0070 and plausible:
        return 0
    if head[:2] == b"\x00\x08" and explicit:
        return 0
    raise RefusedError(_("It is not a DICOM file."))


def _parse(
    file: io.BufferedReader,
    head: bytes,
    start: int,
    status: os.stat_result,
    limits: Limits,
    keywords: tuple[str, ...],
) -> Header:
    meta, meta_end = _read_meta(head, start)
    syntax = _transfer_syntax(meta, head, meta_end)
    if syntax not in NATIVE_SYNTAXES and not syntax.startswith(_ENCAPSULATED):
        raise RefusedError(_("Its transfer syntax is not known, so its bytes cannot be told."))
    size = status.st_size
    if syntax == DEFLATED_SYNTAX:
        if size > limits.header:
            raise RefusedError(_("Its header is longer than this program reads."))
        stream = _inflated(head + file.read(), meta_end, limits)
        found = _read_dataset(stream, 0, syntax, keywords)
        end = len(stream)
    else:
        stream, end = b"", size
        found = _read_growing(file, head, meta_end, syntax, size, limits, keywords)
    dataset, tag, value_start, length = found
    _check_nesting(dataset, limits)
    return Header(
        dataset,
        syntax,
        str(meta.get("MediaStorageSOPClassUID", "") or ""),
        str(meta.get("MediaStorageSOPInstanceUID", "") or ""),
        tag,
        value_start,
        None if length == _UNDEFINED else length,
        end,
        size,
        status.st_mtime_ns,
        stream,
        meta,
    )


def _inflated(data: bytes, meta_end: int, limits: Limits) -> bytes:
    try:
        return inflate(data[meta_end:], limits)
    except ValueError:
        raise RefusedError(_("Its deflated content is damaged.")) from None


Parsed = tuple[Dataset, int, int, int]


def _read_growing(
    file: io.BufferedReader,
    head: bytes,
    start: int,
    syntax: str,
    size: int,
    limits: Limits,
    keywords: tuple[str, ...],
) -> Parsed:
    """Parse the start of the file, and more of it when the pixels do not stand there."""
    if size > len(head):
        try:
            found = _read_dataset(head, start, syntax, keywords)
        except RefusedError:
            found = None
        if found is not None and found[1]:
            return found
        head += file.read(limits.header - len(head))
    found = _read_dataset(head, start, syntax, keywords)
    if not found[1] and size > len(head):
        raise RefusedError(_("Its header is longer than this program reads."))
    return found


def _read_meta(head: bytes, start: int) -> tuple[Dataset, int]:
    buffer = io.BytesIO(head)
    buffer.seek(start)
    try:
        meta = read_dataset(buffer, False, True, stop_when=lambda tag, *__: tag >> 16 != 2)
        for element in meta:
            str(element.value)
    except RecursionError:
        raise
    except Exception as error:
        raise RefusedError(_("Its file header is damaged.")) from error
    return meta, buffer.tell()


def _transfer_syntax(meta: Dataset, head: bytes, at: int) -> str:
    """Return the stated transfer syntax, or the one that the first element shows."""
    stated = str(meta.get("TransferSyntaxUID", "") or "").strip("\0 ")
    if stated:
        return stated
    first = head[at : at + 6]
    if not (first[4:6].isalpha() and first[4:6].isupper()):
        return _IMPLICIT_SYNTAX
    return BIG_ENDIAN_SYNTAX if first[:2] == b"\x00\x08" else _EXPLICIT_SYNTAX


def _read_dataset(data: bytes, start: int, syntax: str, keywords: tuple[str, ...]) -> Parsed:
    """Return the dataset, and tag, offset and length of the pixel value (zeros without)."""
    at_pixels: list[tuple[int, str | None, int]] = []

    def stop(tag: int, vr: str | None, length: int) -> bool:
        if tag in _PIXEL_TAGS:
            at_pixels.append((int(tag), vr, length))
        return bool(at_pixels)

    buffer = io.BytesIO(data)
    buffer.seek(start)
    try:
        dataset = read_dataset(
            buffer,
            syntax == _IMPLICIT_SYNTAX,
            syntax != BIG_ENDIAN_SYNTAX,
            stop_when=stop,
            specific_tags=_tags(keywords),
        )
    except RecursionError:
        raise
    except Exception as error:
        raise RefusedError(_("Its header is damaged.")) from error
    if not at_pixels:
        return dataset, 0, 0, 0
    tag, vr, length = at_pixels[-1]
    return dataset, tag, buffer.tell() + (8 if vr is None else 12), length


@functools.cache
def _tags(keywords: tuple[str, ...]) -> list[BaseTag | int]:
    return [Tag(k) for k in keywords]


def _check_nesting(dataset: Dataset, limits: Limits) -> None:
    """Refuse sequences nested too deeply among those that were parsed."""
    level = [dataset]
    for __ in range(limits.nesting):
        level = [
            item
            for parent in level
            for element in parent.values()
            if isinstance(element.value, DicomSequence)
            for item in element.value
        ]
        if not level:
            return
    raise RefusedError(_("Its sequences are nested too deeply."))
