"""What the items of a structured report say: names, numbers, who observed, groups (PS3.16)."""

from __future__ import annotations

from collections.abc import Iterator

from pydicom.dataset import Dataset

from tumorboard.dicom import attributes as at
from tumorboard.dicom.authorship import plain_name

_GROUP = {"125007"}  # Measurement Group
_PERSON = {"121008"}  # Person Observer Name
_MAKER, _MODEL, _DEVICE = {"121014"}, {"121015"}, {"121013"}
_DERIVATION = {"121401"}
#: Codes of a group that say what was looked at and how: category, finding, site, method.
_ABOUT = {"276214006", "121071", "363698007", "G-C0E3", "370129005", "G-C306"}

_UNITS = {"mm": "mm", "cm": "cm", "mm2": "mm²", "cm2": "cm²", "mm3": "mm³", "cm3": "mL"}
_UNITS |= {"ml": "mL", "mL": "mL", "[hnsf'U]": "HU", "1": "", "{SUVbw}g/ml": "SUV"}


def groups(dataset: Dataset, left: int) -> Iterator[Dataset]:
    """Return the measurement groups of a report, ``left`` levels down at most."""
    for item in at.items(dataset, "ContentSequence"):
        if left > 0 and at.text(item, "ValueType").upper() == "CONTAINER":
            if code_of(item) in _GROUP:
                yield item
            else:
                yield from groups(item, left - 1)


def observer(dataset: Dataset) -> str:
    """Return the person and the device that a report names, empty without."""
    person, parts = "", {}
    for item in at.items(dataset, "ContentSequence"):
        code = code_of(item)
        if code in _PERSON:
            person = plain_name(at.text(item, "PersonName"))
        for name, codes in (("maker", _MAKER), ("model", _MODEL), ("device", _DEVICE)):
            if code in codes:
                parts[name] = at.text(item, "TextValue")
    device = " ".join(parts[k] for k in ("maker", "model") if parts.get(k))
    device = device or parts.get("device", "")
    return " · ".join(part for part in (person, device) if part)


def code_of(item: Dataset) -> str:
    """Return the code value of what an item is about."""
    codes = at.items(item, "ConceptNameCodeSequence")
    return at.text(codes[0], "CodeValue") if codes else ""


def meaning(item: Dataset, keyword: str) -> str:
    """Return the words of a code."""
    codes = at.items(item, keyword)
    return at.text(codes[0], "CodeMeaning") if codes else ""


def judged(item: Dataset) -> str:
    """Return what a coded item of a group judges, "Enhancement: Yes"; empty for other items."""
    if at.text(item, "ValueType").upper() != "CODE" or code_of(item) in _ABOUT:
        return ""
    name, answer = (meaning(item, k) for k in ("ConceptNameCodeSequence", "ConceptCodeSequence"))
    return f"{name}: {answer}" if name and answer else ""


def name_of(item: Dataset) -> str:
    """Return what a number is, with how it was derived: "Attenuation (Mean)"."""
    name = meaning(item, "ConceptNameCodeSequence")
    for child in at.items(item, "ContentSequence"):
        if code_of(child) in _DERIVATION:
            return f"{name} ({meaning(child, 'ConceptCodeSequence')})"
    return name


def number_of(item: Dataset) -> str:
    """Return a number with its unit, to three digits or a tenth. Empty without one."""
    for measured in at.items(item, "MeasuredValueSequence"):
        value = at.number(measured, "NumericValue")
        units = at.items(measured, "MeasurementUnitsCodeSequence")
        code = at.text(units[0], "CodeValue") if units else ""
        if value is not None:
            unit = _UNITS.get(code, code)
            small = abs(value) < 10 and not (10 * value).is_integer()
            return f"{value:.3g} {unit}".strip() if small else f"{value:.1f} {unit}".strip()
    return ""
