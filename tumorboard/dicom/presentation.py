"""Read a presentation state: what others drew on images and how they showed them.

PS3.3 sections A.33 (objects), C.10.5 (graphics), C.10.4 (displayed area), C.11.8 (windows).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from pydicom.dataset import Dataset

from tumorboard.annotations.foreign import ForeignMark, Line
from tumorboard.annotations.model import Annotation, Kind
from tumorboard.dicom import attributes as at
from tumorboard.dicom.authorship import KEYWORDS as MAKER_KEYWORDS
from tumorboard.dicom.authorship import made_by
from tumorboard.dicom.gate import LIMITS, Limits, RefusedError
from tumorboard.dicom.graphics import Shape, as_annotation, circle_in, shape_of
from tumorboard.dicom.header import read_header
from tumorboard.dicom.places import Place, Places
from tumorboard.imaging.volume import Window
from tumorboard.text import line

SOURCE = "Presentation state"

_KEYWORDS = (
    *MAKER_KEYWORDS,
    "SOPInstanceUID",
    "ContentLabel",
    "ContentDescription",
    "GraphicAnnotationSequence",
    "DisplayedAreaSelectionSequence",
    "SoftcopyVOILUTSequence",
    "ReferencedSeriesSequence",
)


@dataclass(frozen=True)
class Presentation:
    """How somebody else showed images.

    ``area`` are the LPS points (mm) of two opposite corners of what was shown, and ``point``
    lies on the image; each is None where nothing is said. ``marks`` are what was drawn.
    """

    label: str
    by: str
    series_instance_uid: str
    marks: tuple[ForeignMark, ...]
    window: Window | None = None
    area: tuple[tuple[float, float, float], tuple[float, float, float]] | None = None
    omitted: tuple[str, ...] = ()


def read_presentation(path: Path, places: Places, limits: Limits = LIMITS) -> Presentation:
    """Read a file; what it refers to is looked up among ``places``.

    Raises
    ------
    RefusedError
        When it is not valid, or refers to no image that is there.

    """
    with at.quiet_pydicom():
        dataset = read_header(path, limits, _KEYWORDS).dataset
        first = _first_place(dataset, places)
        if first is None:
            raise RefusedError("It was made for images that are not in this case.")
        by = made_by(dataset)
        omitted: list[str] = []
        uid = at.uid(dataset, "SOPInstanceUID")
        marks = tuple(_marks(dataset, places, by, uid, omitted))
        label = at.text(dataset, "ContentDescription") or at.text(dataset, "ContentLabel")
        return Presentation(
            label.strip() or "Presentation state",
            by,
            first.series.uid,
            marks,
            _window(dataset),
            _area(dataset, first),
            tuple(omitted),
        )


def _images(item: Dataset) -> Iterator[tuple[str, int]]:
    for image in at.items(item, "ReferencedImageSequence"):
        frames = at.numbers(image, "ReferencedFrameNumber") or (1.0,)
        for frame in frames:
            yield at.uid(image, "ReferencedSOPInstanceUID"), int(frame)


def _first_place(dataset: Dataset, places: Places) -> Place | None:
    for series in at.items(dataset, "ReferencedSeriesSequence"):
        for uid, frame in _images(series):
            place = places.find(uid, frame)
            if place is not None:
                return place
    return None


def _marks(
    dataset: Dataset, places: Places, by: str, state: str, omitted: list[str]
) -> Iterator[ForeignMark]:
    number = 0
    for item in at.items(dataset, "GraphicAnnotationSequence"):
        wanted = list(_images(item))
        shown = [p for p in (places.find(*w) for w in wanted) if p is not None]
        if not wanted:
            first = _first_place(dataset, places)
            shown = [] if first is None else [first]
        for place in shown:
            words = [_text(t, place, dataset) for t in at.items(item, "TextObjectSequence")]
            labels = [w for w in words if w is not None]
            shapes = [
                s
                for g in at.items(item, "GraphicObjectSequence")
                if (s := _graphic(g, place, dataset, omitted)) is not None
            ]
            for mark in _joined(shapes, labels, place, by):
                number += 1
                yield _numbered(mark, f"{state}|{number}")


def _joined(
    shapes: list[Shape], words: list[tuple[str, Line]], place: Place, by: str
) -> Iterator[ForeignMark]:
    """Put a single text to a single drawing; else each is a mark of its own."""
    if len(shapes) == 1 and len(words) == 1:
        yield _mark(shapes[0], words[0][0], place, by)
        return
    for shape in shapes:
        yield _mark(shape, "", place, by)
    for text, way in words:
        yield _mark(Shape((way,), Kind.TEXT, way.points[:1]), text, place, by)


def _mark(shape: Shape, words: str, place: Place, by: str) -> ForeignMark:
    return ForeignMark(
        "",
        shape.lines,
        words,
        by,
        SOURCE,
        place.series.uid,
        place.series.frame_of_reference_uid,
        annotation=as_annotation(shape, place, "", by, words),
    )


def _numbered(mark: ForeignMark, uid: str) -> ForeignMark:
    annotation: Annotation | None = mark.annotation
    annotation = None if annotation is None else replace(annotation, uid=uid)
    return replace(mark, uid=uid, annotation=annotation)


def _graphic(item: Dataset, place: Place, dataset: Dataset, omitted: list[str]) -> Shape | None:
    flat = at.numbers(item, "GraphicData")
    kind = at.text(item, "GraphicType").upper()
    pixels = _pixels(flat, at.text(item, "GraphicAnnotationUnits"), place, dataset)
    if pixels is None:
        omitted.append("A drawing of a presentation state is not valid.")
        return None
    if kind == "CIRCLE" and len(pixels) == 2:
        return circle_in(place, pixels)
    filled = at.text(item, "GraphicFilled").upper() == "Y"
    shape = shape_of(kind, place.to_lps(pixels), closed=filled or None)
    if shape is None:
        omitted.append(f"A drawing of the kind {kind.lower() or 'unknown'} cannot be shown.")
    return shape


def _text(item: Dataset, place: Place, dataset: Dataset) -> tuple[str, Line] | None:
    """Return words and where they point to: their anchor, else the middle of their box."""
    # Lines become words of one line; control characters alone would glue them together.
    text = line(" ".join(str(item.get("UnformattedTextValue") or "").split()))
    anchor = at.numbers(item, "AnchorPoint", 2)
    units = at.text(item, "AnchorPointAnnotationUnits")
    if anchor is None:
        a = at.numbers(item, "BoundingBoxTopLeftHandCorner", 2)
        b = at.numbers(item, "BoundingBoxBottomRightHandCorner", 2)
        units = at.text(item, "BoundingBoxAnnotationUnits")
        anchor = ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2) if a and b else None
    pixels = _pixels(anchor, units, place, dataset)
    if not text or pixels is None:
        return None
    return text, Line(place.to_lps(pixels))


def _pixels(
    flat: tuple[float, ...] | None, units: str, place: Place, dataset: Dataset
) -> list[tuple[float, float]] | None:
    """Return (column, row) pairs, the first pixel's outer corner at (0, 0); None if not valid."""
    if not flat or len(flat) % 2:
        return None
    pairs = list(zip(flat[::2], flat[1::2], strict=True))
    if units.upper() != "DISPLAY":
        return pairs
    left, top, right, bottom = _area_pixels(dataset, place)
    return [(left + x * (right - left), top + y * (bottom - top)) for x, y in pairs]


def _area_pixels(dataset: Dataset, place: Place) -> tuple[float, float, float, float]:
    """Return the displayed area in pixels from outer corners; all of it where none is said."""
    columns, rows = place.size
    for item in at.items(dataset, "DisplayedAreaSelectionSequence"):
        named = [uid for uid, _ in _images(item)]
        mine = place.series.instances[place.index].sop_instance_uid
        a = at.numbers(item, "DisplayedAreaTopLeftHandCorner", 2)
        b = at.numbers(item, "DisplayedAreaBottomRightHandCorner", 2)
        if a and b and (not named or mine in named):
            # Whole pixels, the first is (1, 1), both ends belong to it: section C.10.4.
            return min(a[0], b[0]) - 1, min(a[1], b[1]) - 1, max(a[0], b[0]), max(a[1], b[1])
    return 0.0, 0.0, float(columns), float(rows)


def _area(
    dataset: Dataset, place: Place
) -> tuple[tuple[float, float, float], tuple[float, float, float]] | None:
    if not at.items(dataset, "DisplayedAreaSelectionSequence"):
        return None
    left, top, right, bottom = _area_pixels(dataset, place)
    first, last = place.to_lps([(left, top), (right, bottom)])
    return first, last


def _window(dataset: Dataset) -> Window | None:
    for item in at.items(dataset, "SoftcopyVOILUTSequence"):
        centre, width = at.number(item, "WindowCenter"), at.number(item, "WindowWidth")
        if centre is not None and width is not None and width > 0:
            return Window(centre, width)
    return None
