"""What is read rather than looked at: encapsulated documents and structured reports."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pydicom.dataset import Dataset

from tumorboard.dicom import attributes as at
from tumorboard.dicom.gate import LIMITS, Limits, RefusedError
from tumorboard.dicom.header import read_header
from tumorboard.language import _

_DOCUMENT_KEYWORDS = (
    "SpecificCharacterSet",
    "DocumentTitle",
    "MIMETypeOfEncapsulatedDocument",
    "EncapsulatedDocumentLength",
    "EncapsulatedDocument",
)
_REPORT_KEYWORDS = (
    "SpecificCharacterSet",
    "Modality",
    "ValueType",
    "ConceptNameCodeSequence",
    "CompletionFlag",
    "VerificationFlag",
    "ContentDate",
    "ContentSequence",
)

#: Lines of a report beyond this are left out.
_MOST_LINES = 5000

_TEXT_VALUES = {
    "TEXT": "TextValue",
    "DATE": "Date",
    "TIME": "Time",
    "DATETIME": "DateTime",
    "PNAME": "PersonName",
    "UIDREF": "UID",
}
_REFERENCES = {
    "IMAGE": _("an image"),
    "COMPOSITE": _("another object"),
    "WAVEFORM": _("a recording"),
    "SCOORD": _("a place on an image"),
    "SCOORD3D": _("a place in the patient"),
    "TCOORD": _("a moment"),
}


@dataclass(frozen=True, eq=False)
class Document:
    """An encapsulated document, to be opened only when somebody asks for it."""

    title: str
    mime_type: str
    data: bytes


def read_document(path: Path, limits: Limits = LIMITS) -> Document:
    """Return the document that a file holds.

    Raises
    ------
    RefusedError
        When there is none, or it is not of the type that it says.

    """
    with at.quiet_pydicom():
        dataset = read_header(path, limits, _DOCUMENT_KEYWORDS).dataset
        data = at.raw_bytes(dataset, "EncapsulatedDocument")
        length = at.integer(dataset, "EncapsulatedDocumentLength")
        mime = at.text(dataset, "MIMETypeOfEncapsulatedDocument").lower()
        title = at.text(dataset, "DocumentTitle")
    if not data:
        raise RefusedError(_("It holds no document."))
    if length is not None and 0 < length <= len(data):
        data = data[:length]
    if mime == "application/pdf" and b"%PDF-" not in data[:1024]:
        raise RefusedError(_("It says that it holds a PDF, but does not."))
    return Document(title, mime, data)


def report_text(path: Path, limits: Limits = LIMITS) -> str:
    """Return a structured report or key object selection as indented lines of plain text.

    Raises
    ------
    RefusedError
        When the file holds no report.

    """
    with at.quiet_pydicom():
        dataset = read_header(path, limits, _REPORT_KEYWORDS).dataset
        if "ContentSequence" not in dataset and not at.text(dataset, "ValueType"):
            raise RefusedError(_("It holds no report."))
        title = _code(dataset, "ConceptNameCodeSequence") or _("Report")
        state = [at.text(dataset, k).lower() for k in ("CompletionFlag", "VerificationFlag")]
        said = ", ".join(s for s in state if s)
        lines = [f"{title} ({said})" if said else title]
        _walk(dataset, 1, limits.nesting, lines)
    if len(lines) > _MOST_LINES:
        lines[_MOST_LINES:] = [_("(The report goes on; the rest is left out.)")]
    return "\n".join(lines)


def _walk(dataset: Dataset, depth: int, left: int, lines: list[str]) -> None:
    for item in at.items(dataset, "ContentSequence"):
        if left <= 0 or len(lines) > _MOST_LINES:
            return
        name, value = _code(item, "ConceptNameCodeSequence"), _value(item)
        line = f"{name}: {value}" if name and value else name or value
        if line:
            lines.append("  " * depth + line)
        _walk(item, depth + bool(line), left - 1, lines)


def _value(item: Dataset) -> str:
    kind = at.text(item, "ValueType").upper()
    if kind in _TEXT_VALUES:
        return at.text(item, _TEXT_VALUES[kind])
    if kind == "CODE":
        return _code(item, "ConceptCodeSequence")
    if kind == "NUM":
        # A measurement with its unit, or why there is none.
        for measured in at.items(item, "MeasuredValueSequence"):
            unit = _code(measured, "MeasurementUnitsCodeSequence", "CodeValue")
            unit = "" if unit in {"1", "{unity}"} else unit
            return f"{at.text(measured, 'NumericValue')} {unit}".strip()
        return _code(item, "NumericValueQualifierCodeSequence") or _("no value")
    return _REFERENCES.get(kind, "")


def _code(dataset: Dataset, keyword: str, part: str = "CodeMeaning") -> str:
    codes = at.items(dataset, keyword)
    return at.text(codes[0], part) if codes else ""
