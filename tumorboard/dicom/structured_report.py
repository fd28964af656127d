"""Read the measurements of others: reports of template TID 1500 (PS3.16).

Planar and volumetric regions (TID 1410, 1411), lengths and two axes with the coordinates
they were read from (TID 1501, 300), each with tracking identifier, finding and site.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from pydicom.dataset import Dataset

from tumorboard.annotations.foreign import ForeignMark
from tumorboard.annotations.model import Annotation, Kind, Point
from tumorboard.dicom import attributes as at
from tumorboard.dicom.authorship import KEYWORDS as MAKER_KEYWORDS
from tumorboard.dicom.authorship import made_by, plain_name
from tumorboard.dicom.gate import LIMITS, Limits
from tumorboard.dicom.graphics import Shape, as_annotation, circle_in, shape_of
from tumorboard.dicom.header import read_header
from tumorboard.dicom.places import Place, Places

SOURCE = "Structured report"

_KEYWORDS = (
    *MAKER_KEYWORDS,
    "SOPInstanceUID",
    "ConceptNameCodeSequence",
    "ContentTemplateSequence",
    "ContentSequence",
)

_GROUP = {"125007"}  # Measurement Group
_REGION = {"111030"}  # Image Region
_TRACKING = {"112039"}  # Tracking Identifier
_TRACKING_UID = {"112040"}  # Tracking Unique Identifier
_FINDING = {"121071"}
_SITE = {"363698007", "G-C0E3"}  # Finding Site, in SNOMED CT and its older codes
_LONG = {"103339001", "G-A185"}  # Long Axis
_SHORT = {"103340004", "G-A186"}  # Short Axis
_PERSON = {"121008"}  # Person Observer Name
_MAKER, _MODEL, _DEVICE = {"121014"}, {"121015"}, {"121013"}

_UNITS = {"mm": "mm", "cm": "cm", "mm2": "mm²", "cm2": "cm²", "mm3": "mm³", "cm3": "mL"}
_UNITS |= {"ml": "mL", "mL": "mL", "[hnsf'U]": "HU", "1": "", "{SUVbw}g/ml": "SUV"}


@dataclass
class _Drawn:
    """A graphic of a report with the picture that it lies on, and its value if it has one."""

    name: str
    shape: Shape
    place: Place
    value: str = ""
    code: str = ""


@dataclass
class _Group:
    """What a measurement group says of itself."""

    tracking: str = ""
    tracking_uid: str = ""
    finding: str = ""
    site: str = ""
    values: list[str] = field(default_factory=list)
    drawn: list[_Drawn] = field(default_factory=list)


def read_measurements(
    path: Path, places: Places, limits: Limits = LIMITS
) -> tuple[ForeignMark, ...]:
    """Return what a report measured and drew; pictures are looked up among ``places``.

    Raises
    ------
    RefusedError
        When the file is not valid.

    """
    with at.quiet_pydicom():
        dataset = read_header(path, limits, _KEYWORDS).dataset
        by = _observer(dataset) or made_by(dataset)
        uid = at.uid(dataset, "SOPInstanceUID")
        found: list[ForeignMark] = []
        for group in _groups(dataset, limits.nesting):
            for mark in _marks(_read_group(group, places), by):
                found.append(_numbered(mark, f"{uid}|{len(found) + 1}"))
        return tuple(found)


def _groups(dataset: Dataset, left: int) -> Iterator[Dataset]:
    for item in at.items(dataset, "ContentSequence"):
        if left > 0 and at.text(item, "ValueType").upper() == "CONTAINER":
            if _code(item) in _GROUP:
                yield item
            else:
                yield from _groups(item, left - 1)


def _observer(dataset: Dataset) -> str:
    person, parts = "", {}
    for item in at.items(dataset, "ContentSequence"):
        code = _code(item)
        if code in _PERSON:
            person = plain_name(at.text(item, "PersonName"))
        for name, codes in (("maker", _MAKER), ("model", _MODEL), ("device", _DEVICE)):
            if code in codes:
                parts[name] = at.text(item, "TextValue")
    device = " ".join(parts[k] for k in ("maker", "model") if parts.get(k))
    device = device or parts.get("device", "")
    return " · ".join(part for part in (person, device) if part)


def _read_group(group: Dataset, places: Places) -> _Group:
    found = _Group()
    for item in at.items(group, "ContentSequence"):
        kind, code = at.text(item, "ValueType").upper(), _code(item)
        if code in _TRACKING:
            found.tracking = at.text(item, "TextValue")
        elif code in _TRACKING_UID:
            found.tracking_uid = at.uid(item, "UID")
        elif code in _FINDING:
            found.finding = _meaning(item, "ConceptCodeSequence")
        elif code in _SITE:
            found.site = _meaning(item, "ConceptCodeSequence")
        elif kind in ("SCOORD", "SCOORD3D"):
            found.drawn += _drawn(item, places, "", "", code)
        elif kind == "NUM":
            _read_number(item, places, found)
    return found


def _read_number(item: Dataset, places: Places, group: _Group) -> None:
    name, value = _meaning(item, "ConceptNameCodeSequence"), _number(item)
    inner = [
        d
        for child in at.items(item, "ContentSequence")
        if at.text(child, "ValueType").upper() in ("SCOORD", "SCOORD3D")
        for d in _drawn(child, places, name, value, _code(item))
    ]
    group.drawn += inner
    if not inner and value:
        group.values.append(f"{name} {value}".strip())


def _drawn(item: Dataset, places: Places, name: str, value: str, code: str) -> list[_Drawn]:
    flat, kind = at.numbers(item, "GraphicData"), at.text(item, "GraphicType").upper()
    if not flat:
        return []
    if at.text(item, "ValueType").upper() == "SCOORD3D":
        found = _in_patient(item, flat, kind, places)
    else:
        found = _in_picture(item, flat, kind, places)
    return [] if found is None else [_Drawn(name, found[0], found[1], value, code)]


def _in_patient(
    item: Dataset, flat: tuple[float, ...], kind: str, places: Places
) -> tuple[Shape, Place] | None:
    if len(flat) % 3:
        return None
    points: list[Point] = [(flat[n], flat[n + 1], flat[n + 2]) for n in range(0, len(flat), 3)]
    shape = shape_of(kind, points)
    place = places.at(at.uid(item, "ReferencedFrameOfReferenceUID"), points)
    return None if shape is None or place is None else (shape, place)


def _in_picture(
    item: Dataset, flat: tuple[float, ...], kind: str, places: Places
) -> tuple[Shape, Place] | None:
    place = _picture(item, places)
    if place is None or len(flat) % 2:
        return None
    pixels = list(zip(flat[::2], flat[1::2], strict=True))
    if kind == "CIRCLE" and len(pixels) == 2:
        shape = circle_in(place, pixels)
    else:
        shape = shape_of(kind, place.to_lps(pixels))
    return None if shape is None else (shape, place)


def _picture(item: Dataset, places: Places) -> Place | None:
    for child in at.items(item, "ContentSequence"):
        for image in at.items(child, "ReferencedSOPSequence"):
            frames = at.numbers(image, "ReferencedFrameNumber") or (1.0,)
            place = places.find(at.uid(image, "ReferencedSOPInstanceUID"), int(frames[0]))
            if place is not None:
                return place
    return None


# -- marks --------------------------------------------------------------------------------


def _marks(group: _Group, by: str) -> Iterator[ForeignMark]:
    """Return a mark for each drawing; two axes on one picture make one."""
    words = " · ".join(p for p in (group.tracking, group.finding, group.site) if p)
    rest = list(group.drawn)
    long = next((d for d in rest if d.code in _LONG and d.shape.kind is Kind.LENGTH), None)
    short = next((d for d in rest if d.code in _SHORT and d.shape.kind is Kind.LENGTH), None)
    if long is not None and short is not None and _same_picture(long, short):
        rest = [d for d in rest if d is not long and d is not short]
        points = (*long.shape.points, *short.shape.points)
        both = Shape((*long.shape.lines, *short.shape.lines), Kind.BIDIRECTIONAL, points)
        value = " × ".join(d.value for d in (long, short) if d.value)
        yield _mark(_Drawn("", both, long.place, value), group, words, by)
    for drawn in rest:
        yield _mark(drawn, group, words, by)


def _same_picture(a: _Drawn, b: _Drawn) -> bool:
    return a.place.series is b.place.series and a.place.index == b.place.index


def _mark(drawn: _Drawn, group: _Group, words: str, by: str) -> ForeignMark:
    own = f"{drawn.name} {drawn.value}".strip()
    value = own or ", ".join(group.values[:3])
    return ForeignMark(
        "",
        drawn.shape.lines,
        words,
        by,
        SOURCE,
        drawn.place.series.series_instance_uid,
        drawn.place.series.frame_of_reference_uid,
        value,
        group.site,
        group.tracking_uid,
        as_annotation(drawn.shape, drawn.place, "", by, group.tracking or group.finding),
    )


def _numbered(mark: ForeignMark, uid: str) -> ForeignMark:
    annotation: Annotation | None = mark.annotation
    annotation = None if annotation is None else replace(annotation, uid=uid)
    return replace(mark, uid=uid, annotation=annotation)


def _code(item: Dataset) -> str:
    codes = at.items(item, "ConceptNameCodeSequence")
    return at.text(codes[0], "CodeValue") if codes else ""


def _meaning(item: Dataset, keyword: str) -> str:
    codes = at.items(item, keyword)
    return at.text(codes[0], "CodeMeaning") if codes else ""


def _number(item: Dataset) -> str:
    for measured in at.items(item, "MeasuredValueSequence"):
        value = at.number(measured, "NumericValue")
        units = at.items(measured, "MeasurementUnitsCodeSequence")
        code = at.text(units[0], "CodeValue") if units else ""
        if value is not None:
            return f"{value:.1f} {_UNITS.get(code, code)}".strip()
    return ""
