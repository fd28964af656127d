"""Every element of a file as a row of words: number, VR, name, and the value as it stands there.

Nothing is interpreted: numbers stored as text are shown as they were written, also where they
break the standard. Long values are told by their length; pixels are never read.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any, Final

from pydicom.datadict import (
    dictionary_description,
    dictionary_has_tag,
    dictionary_VR,
    keyword_for_tag,
    private_dictionary_description,
    private_dictionary_VR,
)
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.filereader import read_dataset
from pydicom.filewriter import correct_ambiguous_vr_element
from pydicom.tag import BaseTag, Tag
from pydicom.valuerep import BYTES_VR, STR_VR

from tumorboard.dicom import attributes as at
from tumorboard.dicom.fragments import end_of_items
from tumorboard.dicom.gate import LIMITS, Limits, RefusedError
from tumorboard.dicom.header import NATIVE_SYNTAXES, Header, read_header
from tumorboard.dicom.instance import BIG_ENDIAN_SYNTAX
from tumorboard.errors import CancelledError
from tumorboard.language import _, ngettext
from tumorboard.progress import Reporter
from tumorboard.text import line

#: Rows beyond these are counted, not shown.
MOST_ROWS: Final = 200_000
#: Of a text that is longer, the beginning is shown, with its length.
MOST_TEXT: Final = 4096
#: Bytes that are shown one by one; of more only the number is told.
MOST_BYTES: Final = 64
#: Sequences within sequences; real ones stop below ten.
_LIMITS: Final = replace(LIMITS, nesting=64)
_IMPLICIT_SYNTAX: Final = "1.2.840.10008.1.2"
#: Texts without a character set of their own: what stands in the file is what is shown.
_ASCII: Final = frozenset({"AE", "AS", "CS", "DA", "DS", "DT", "IS", "TM", "UI"})


@dataclass(frozen=True, slots=True)
class TagRow:
    """One element, or one item of a sequence, which has neither ``tag`` nor ``vr``.

    ``tag`` is "(gggg,eeee)" in hexadecimal digits, ``depth`` 0 for elements of the file, 1 for
    items of their sequences, 2 for elements of these and so on. ``creator`` is the private
    creator of a private element (PS3.5 section 7.8.1), empty where the file names none.
    All texts are single lines that act nowhere.
    """

    tag: str
    vr: str
    keyword: str
    name: str
    value: str
    depth: int
    creator: str = ""

    @property
    def copied(self) -> str:
        """The row as one line: "(0010,0010) PatientName = ..."."""
        if not self.tag:
            return self.name
        creator = f" [{self.creator}]" if self.creator else ""
        return f"{self.tag} {self.keyword or self.name}{creator} = {self.value}"


@dataclass(frozen=True, slots=True)
class TagSheet:
    """The rows of a file in their order; ``left_out`` counts those beyond `MOST_ROWS`."""

    sop_instance_uid: str
    rows: tuple[TagRow, ...]
    left_out: int = 0


def read_tags(path: Path, reporter: Reporter, limits: Limits = _LIMITS) -> TagSheet:
    """Read every element of a file but its pixels.

    Raises
    ------
    RefusedError
        When the file is gone, broken, or nested too deeply; the text is one sentence.
    CancelledError
        When the reporter was asked to stop.

    """
    with at.quiet_pydicom():
        header = read_header(path, limits, keywords=())
    # From here on others get their turn between two elements: a long header takes seconds.
    try:
        rows = _all_rows(path, header, limits, reporter)
        kept = tuple(islice(rows, MOST_ROWS))
        return TagSheet(_uid(header), kept, sum(1 for __ in rows))
    except RecursionError:
        raise RefusedError(_("Its sequences are nested too deeply.")) from None
    except OSError as error:
        reason = error.strerror or "unknown"
        raise RefusedError(_("The file cannot be read: {reason}.", reason=reason)) from error


def _uid(header: Header) -> str:
    """Return the SOP Instance UID as the header of the file says it."""
    return at.uid(header.dataset, "SOPInstanceUID") or header.sop_instance_uid


def _all_rows(path: Path, header: Header, limits: Limits, reporter: Reporter) -> Iterator[TagRow]:
    yield from _rows(header.meta, 0, limits.nesting, reporter)
    yield from _rows(header.dataset, 0, limits.nesting, reporter)
    if not header.pixel_tag:
        return
    with io.BytesIO(header.stream) if header.stream else path.open("rb") as file:
        end, row = _pixels(file, header)
        yield row
        if end is None:
            return
        file.seek(end)
        rest = file.read(limits.header)
    implicit = header.transfer_syntax == _IMPLICIT_SYNTAX
    little = header.transfer_syntax != BIG_ENDIAN_SYNTAX
    try:
        with at.quiet_pydicom():
            behind = read_dataset(io.BytesIO(rest), implicit, little)
    except RecursionError:
        raise
    except Exception:  # noqa: BLE001 - what stands behind the pixels may be anything
        size = _("{count} bytes that are no elements", count=len(rest))
        yield TagRow("", "", "", _("Behind the pixels: {size}", size=size), "", 0)
        return
    yield from _rows(behind, 0, limits.nesting, reporter)


def _pixels(file: Any, header: Header) -> tuple[int | None, TagRow]:
    """Return where the value of the pixels ends, if it does, and their row."""
    tag = Tag(header.pixel_tag)
    vr = "OW"
    if header.transfer_syntax != _IMPLICIT_SYNTAX:
        file.seek(header.pixel_start - 8)
        vr = line(file.read(2).decode("latin-1"))
    end: int | None
    if header.pixel_length is not None:
        end = header.pixel_start + header.pixel_length
        value = _bytes_words(header.pixel_length, max(0, header.end - header.pixel_start))
        end = end if end <= header.end else None
    elif header.transfer_syntax in NATIVE_SYNTAXES:
        end, value = None, _("of a length that the file does not say")
    else:
        end = end_of_items(file, header.pixel_start, header.end)
        size = (header.end if end is None else end) - header.pixel_start
        value = _("compressed, {size} bytes", size=size) + (
            "" if end is not None else _("; its end is missing")
        )
    name, keyword = dictionary_description(tag), keyword_for_tag(tag)
    return end, TagRow(_number(tag), vr, keyword, name, value, 0)


def _rows(dataset: Dataset, depth: int, nesting: int, reporter: Reporter) -> Iterator[TagRow]:
    if depth > 2 * nesting:
        raise RefusedError(_("Its sequences are nested too deeply."))
    for tag in sorted(dataset.keys()):
        if reporter.cancelled:
            raise CancelledError
        raw = dataset.get_item(tag)
        creator = _creator(dataset, tag)
        vr, value, items = _content(dataset, tag, raw, creator)
        name = _name(tag, creator)
        yield TagRow(_number(tag), vr, keyword_for_tag(tag), name, value, depth, creator)
        for n, item in enumerate(items):
            title = _("Item {n} of {count}", n=n + 1, count=len(items))
            yield TagRow("", "", "", title, "", depth + 1)
            yield from _rows(item, depth + 2, nesting, reporter)


def _number(tag: BaseTag) -> str:
    return f"({tag.group:04X},{tag.element:04X})"


def _creator(dataset: Dataset, tag: BaseTag) -> str:
    """Return who defines a private element; empty for others and where nobody is named."""
    if not tag.is_private or tag.element < 0x1000:
        return ""
    try:
        with at.quiet_pydicom():
            element = dataset.get(Tag(tag.group, tag.element >> 8))
        return "" if element is None else line(str(element.value))
    except Exception:  # noqa: BLE001 - a creator that cannot be read is missing
        return ""


def _name(tag: BaseTag, creator: str) -> str:
    if tag.element == 0:
        return _("Group Length")
    if tag.is_private:
        if tag.is_private_creator:
            return _("Private Creator")
        if not creator:
            return _("Private, its creator is not named")
        try:
            return line(str(private_dictionary_description(tag, creator)))
        except KeyError:
            return "Private"
    return (
        line(dictionary_description(tag)) if dictionary_has_tag(tag) else _("Not in the dictionary")
    )


def _content(
    dataset: Dataset, tag: BaseTag, raw: Any, creator: str
) -> tuple[str, str, tuple[Dataset, ...]]:
    """Return VR, value in words, and the items of a sequence."""
    vr = line(str(raw.VR or _dictionary_vr(tag, creator)))
    if isinstance(raw, RawDataElement):
        data = raw.value or b""
        if raw.length not in (len(data), 0xFFFFFFFF):
            return vr, _bytes_words(raw.length, len(data)), ()
        if vr in _ASCII:
            return vr, _short(data.decode("latin-1").rstrip(" \0")), ()
        if vr != "SQ" and len(data) > MOST_TEXT and vr not in STR_VR:
            return vr, _("{count} bytes", count=len(data)), ()
    try:
        with at.quiet_pydicom():
            element = dataset[tag]
            if " or " in element.VR:
                little = raw.is_little_endian if isinstance(raw, RawDataElement) else True
                element = correct_ambiguous_vr_element(element, dataset, little)
        vr = line(element.VR)
        if vr == "SQ":
            items = tuple(element.value)
            return (
                vr,
                ngettext("{count} item", "{count} items", len(items)),
                items,
            )
        return vr, _value_words(element), ()
    except (RecursionError, RefusedError):
        raise
    except Exception:  # noqa: BLE001 - a value that breaks its VR is told as the bytes it is
        data = raw.value if isinstance(raw.value, bytes) else b""
        return vr, _("not readable as {vr}: {bytes}", vr=vr, bytes=_of_bytes(data)), ()


def _dictionary_vr(tag: BaseTag, creator: str) -> str:
    try:
        if tag.is_private:
            return "LO" if tag.is_private_creator else str(private_dictionary_VR(tag, creator))
        return str(dictionary_VR(tag))
    except KeyError:
        return "UL" if tag.element == 0 else "UN"


def _value_words(element: DataElement) -> str:
    value = element.value
    if value is None:
        return ""
    if isinstance(value, bytes):
        if element.VR not in BYTES_VR and not value:
            return ""
        text = value.rstrip(b" \0")
        if element.VR == "UN" and text and all(32 <= byte < 127 for byte in text):
            return _short(text.decode("ascii"))
        return _of_bytes(value)
    if element.VR in STR_VR and isinstance(value, str):
        return _short(value)
    several = [value] if isinstance(value, str) or not hasattr(value, "__iter__") else list(value)
    if element.VR == "PN":
        several = [value] if not element.VM or element.VM == 1 else list(value)
    return _short("\\".join(_one(v, element.VR) for v in several))


def _one(value: Any, vr: str) -> str:
    if vr == "AT":
        return _number(Tag(value))
    # A number of 32 bits has nine digits that count; more would be invented.
    return f"{value:.9g}" if vr in ("FL", "OF") else str(value)


def _of_bytes(data: bytes) -> str:
    return data.hex(" ") if len(data) <= MOST_BYTES else _("{count} bytes", count=len(data))


def _bytes_words(stated: int, there: int) -> str:
    missing = _("; {stated} of them are missing: the file is cut off", stated=stated - there)
    return _("{stated} bytes", stated=stated) + (missing if there < stated else "")


def _short(text: str) -> str:
    if len(text) <= MOST_TEXT:
        return line(text)
    return _("{text} … ({count} characters)", text=line(text[:MOST_TEXT]), count=len(text))
