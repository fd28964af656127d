"""Read the measurements of others: reports of template TID 1500 (PS3.16).

Planar and volumetric regions (TID 1410, 1411), lengths and two axes with the coordinates
they were read from (TID 1501, 300), each with tracking identifier, finding and site. A group
that draws nothing but names a segment of a segmentation gives values of that segment.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from pydicom.dataset import Dataset

from tumorboard.annotations.foreign import ForeignMark, SegmentValues
from tumorboard.annotations.kinds import kind_measuring
from tumorboard.annotations.model import Annotation
from tumorboard.coding import LENGTH, LONG_AXIS, SHORT_AXIS, means
from tumorboard.dicom import attributes as at
from tumorboard.dicom.authorship import KEYWORDS as MAKER_KEYWORDS
from tumorboard.dicom.authorship import made_by
from tumorboard.dicom.gate import LIMITS, Limits
from tumorboard.dicom.graphics import Shape, as_annotation, circle_in, shape_of
from tumorboard.dicom.header import read_header
from tumorboard.dicom.places import Place, Places
from tumorboard.dicom.report_items import (
    code_of,
    groups,
    judged,
    meaning,
    name_of,
    number_of,
    observer,
)
from tumorboard.imaging.geometry import Point
from tumorboard.language import _

SOURCE = _("Structured report")

_KEYWORDS = (
    *MAKER_KEYWORDS,
    "SOPInstanceUID",
    "ConceptNameCodeSequence",
    "ContentTemplateSequence",
    "ContentSequence",
)

_REGION = {"111030"}  # Image Region
_TRACKING = {"112039"}  # Tracking Identifier
_TRACKING_UID = {"112040"}  # Tracking Unique Identifier
_FINDING = {"121071"}
_SITE = {"363698007", "G-C0E3"}  # Finding Site, in SNOMED CT and its older codes
_SEGMENT = {"121191", "121214"}  # Referenced Segment, Referenced Segmentation Frame

_SURFACE = "1.2.840.10008.5.1.4.1.1.66.5"
_SEGMENTATIONS = {"1.2.840.10008.5.1.4.1.1.66.4", "1.2.840.10008.5.1.4.1.1.66.7", _SURFACE}


@dataclass
class _Drawn:
    """A graphic of a report with the picture that it lies on, and its value if it has one."""

    name: str
    shape: Shape
    place: Place
    value: str = ""
    code: str = ""


@dataclass(frozen=True)
class _Segment:
    """A reference to parts of a segmentation; ``frames`` are those of it that are meant."""

    sop_instance_uid: str
    numbers: tuple[int, ...]
    frames: tuple[int, ...]
    is_surface: bool


@dataclass
class _Group:
    """What a measurement group says of itself."""

    tracking: str = ""
    tracking_uid: str = ""
    finding: str = ""
    site: str = ""
    values: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    drawn: list[_Drawn] = field(default_factory=list)
    segments: list[_Segment] = field(default_factory=list)

    @property
    def words(self) -> str:
        """What was measured, and where."""
        return " · ".join(p for p in (self.tracking, self.finding, self.site) if p)


@dataclass(frozen=True)
class Report:
    """What a report measured: marks drawn on pictures, and values of segments."""

    marks: tuple[ForeignMark, ...] = ()
    segments: tuple[SegmentValues, ...] = ()


def read_report(path: Path, places: Places, limits: Limits = LIMITS) -> Report:
    """Return what a report measured and drew; pictures are looked up among ``places``.

    Raises
    ------
    RefusedError
        When the file is not valid.

    """
    with at.quiet_pydicom():
        dataset = read_header(path, limits, _KEYWORDS).dataset
        by = observer(dataset) or made_by(dataset)
        uid = at.uid(dataset, "SOPInstanceUID")
        marks: list[ForeignMark] = []
        values: list[SegmentValues] = []
        for item in groups(dataset, limits.nesting):
            group = _read_group(item, places)
            for mark in _marks(group, by):
                marks.append(_numbered(mark, f"{uid}|{len(marks) + 1}"))
            if not group.drawn:
                values += _of_segments(group, by, f"{uid}|s{len(values) + 1}")
        return Report(tuple(marks), tuple(values))


def _read_group(group: Dataset, places: Places) -> _Group:
    found = _Group()
    for item in at.items(group, "ContentSequence"):
        kind, code = at.text(item, "ValueType").upper(), code_of(item)
        if code in _TRACKING:
            found.tracking = at.text(item, "TextValue")
        elif code in _TRACKING_UID:
            found.tracking_uid = at.uid(item, "UID")
        elif code in _FINDING:
            found.finding = meaning(item, "ConceptCodeSequence")
        elif code in _SITE:
            found.site = meaning(item, "ConceptCodeSequence")
        elif kind in ("SCOORD", "SCOORD3D"):
            found.drawn += _drawn(item, places, "", "", code)
        elif kind == "IMAGE":
            found.segments += _segments(item, code)
        elif kind == "NUM":
            _read_number(item, places, found)
        elif words := judged(item):
            found.said.append(words)
    return found


def _read_number(item: Dataset, places: Places, group: _Group) -> None:
    name, value = name_of(item), number_of(item)
    inner = [
        d
        for child in at.items(item, "ContentSequence")
        if at.text(child, "ValueType").upper() in ("SCOORD", "SCOORD3D")
        for d in _drawn(child, places, name, value, code_of(item))
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


# -- segments -----------------------------------------------------------------------------


def _segments(item: Dataset, code: str) -> Iterator[_Segment]:
    """Return the parts of segmentations that an image item names (PS3.3 section C.17.2.1)."""
    for image in at.items(item, "ReferencedSOPSequence"):
        kind = at.uid(image, "ReferencedSOPClassUID")
        if code in _SEGMENT or kind in _SEGMENTATIONS:
            numbers, frames = (
                tuple(int(n) for n in at.numbers(image, f"Referenced{of}Number") or ())
                for of in ("Segment", "Frame")
            )
            yield _Segment(
                at.uid(image, "ReferencedSOPInstanceUID"),
                numbers,
                frames,
                kind == _SURFACE,
            )


def _of_segments(group: _Group, by: str, uid: str) -> Iterator[SegmentValues]:
    """Return the values of a group for each segmentation that it names."""
    for n, one in enumerate(group.segments):
        yield SegmentValues(
            f"{uid}|{n}",
            group.words,
            tuple(group.values),
            by,
            SOURCE,
            one.sop_instance_uid,
            one.numbers,
            one.frames,
            is_surface=one.is_surface,
            said=tuple(group.said),
        )


# -- marks --------------------------------------------------------------------------------


def _marks(group: _Group, by: str) -> Iterator[ForeignMark]:
    """Return a mark for each drawing; two axes on one picture make one."""
    words = group.words
    rest = list(group.drawn)
    lines = [d for d in rest if d.shape.kind is kind_measuring(LENGTH)]
    long = next((d for d in lines if means(d.code, LONG_AXIS)), None)
    short = next((d for d in lines if means(d.code, SHORT_AXIS)), None)
    if long is not None and short is not None and _same_picture(long, short):
        rest = [d for d in rest if d is not long and d is not short]
        points = (*long.shape.points, *short.shape.points)
        pair = kind_measuring(LONG_AXIS, SHORT_AXIS)
        both = Shape((*long.shape.lines, *short.shape.lines), pair, points)
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
        drawn.place.series.uid,
        drawn.place.series.frame_of_reference_uid,
        value,
        group.site,
        group.tracking_uid,
        as_annotation(drawn.shape, drawn.place, "", by, group.tracking or group.finding),
        tuple(group.said),
    )


def _numbered(mark: ForeignMark, uid: str) -> ForeignMark:
    annotation: Annotation | None = mark.annotation
    annotation = None if annotation is None else replace(annotation, uid=uid)
    return replace(mark, uid=uid, annotation=annotation)
