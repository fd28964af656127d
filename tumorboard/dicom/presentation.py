"""Read a presentation state: what others drew on images and how they showed them.

PS3.3 sections A.33 (objects), C.10.5 (graphics), C.10.4 (displayed area), C.10.6 (turns and
mirrors), C.11.8 (windows).
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
from tumorboard.language import _
from tumorboard.text import line

SOURCE = _("Presentation state")

_KEYWORDS = (
    *MAKER_KEYWORDS,
    "SOPInstanceUID",
    "ContentLabel",
    "ContentDescription",
    "GraphicAnnotationSequence",
    "DisplayedAreaSelectionSequence",
    "ImageRotation",
    "ImageHorizontalFlip",
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
            raise RefusedError(_("It was made for images that are not in this case."))
        by = made_by(dataset)
        omitted: list[str] = []
        uid = at.uid(dataset, "SOPInstanceUID")
        marks = tuple(_marks(dataset, places, by, uid, omitted))
        label = at.text(dataset, "ContentDescription") or at.text(dataset, "ContentLabel")
        return Presentation(
            label.strip() or _("Presentation state"),
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
            words = [
                _text(t, place, dataset, omitted) for t in at.items(item, "TextObjectSequence")
            ]
            labels = [w for w in words if w is not None]
            shapes = [
                s
                for g in at.items(item, "GraphicObjectSequence")
                if (s := _graphic(g, place, dataset, omitted)) is not None
            ]
            for mark in _joined(shapes, labels, place, by):
                number += 1
                uid = f"{state}|{number}"
                annotation: Annotation | None = mark.annotation
                annotation = None if annotation is None else replace(annotation, uid=uid)
                yield replace(mark, uid=uid, annotation=annotation)


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


def _graphic(item: Dataset, place: Place, dataset: Dataset, omitted: list[str]) -> Shape | None:
    flat = at.numbers(item, "GraphicData")
    kind = at.text(item, "GraphicType").upper()
    pixels = _pixels(flat, at.text(item, "GraphicAnnotationUnits"), place, dataset)
    if isinstance(pixels, str):
        omitted.append(
            _("A drawing of a presentation state is not shown: {pixels}.", pixels=pixels)
        )
        return None
    if kind == "CIRCLE" and len(pixels) == 2:
        return circle_in(place, pixels)
    filled = at.text(item, "GraphicFilled").upper() == "Y"
    shape = shape_of(kind, place.to_lps(pixels), closed=filled or None)
    if shape is None:
        omitted.append(
            _("A drawing of the kind {kind} cannot be shown.", kind=kind.lower() or "unknown")
        )
    return shape


def _text(
    item: Dataset, place: Place, dataset: Dataset, omitted: list[str]
) -> tuple[str, Line] | None:
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
    if not text:
        return None
    pixels = _pixels(anchor, units, place, dataset)
    if isinstance(pixels, str):
        omitted.append(_("A text of a presentation state is not shown: {pixels}.", pixels=pixels))
        return None
    return text, Line(place.to_lps(pixels))


def _pixels(
    flat: tuple[float, ...] | None, units: str, place: Place, dataset: Dataset
) -> list[tuple[float, float]] | str:
    """Return (column, row) pairs, the first pixel's outer corner at (0, 0); else why not.

    Points in the unit PIXEL are of the image as it is stored, those in DISPLAY are shares of
    the displayed area after it was turned and mirrored: section C.10.6.
    """
    if not flat or len(flat) % 2:
        return _("its points are not valid")
    pairs = list(zip(flat[::2], flat[1::2], strict=True))
    if units.upper() == "PIXEL":
        return pairs
    if units.upper() != "DISPLAY":
        return _("its unit is not known")
    axes = _axes(dataset)
    if axes is None:
        return _("how its picture was turned is not valid")
    area = _area_pixels(dataset, place, axes)
    if area is None:
        return _("the corners of what was shown contradict how it was turned")
    (left, top), (right, bottom) = area
    if axes[0][0]:
        return [(left + x * (right - left), top + y * (bottom - top)) for x, y in pairs]
    return [(left + y * (right - left), top + x * (bottom - top)) for x, y in pairs]


_Corner = tuple[float, float]

#: Where in a stored picture, as (columns, rows), one goes on a screen to the right and down, by
#: how far the picture was turned clockwise.
_TURNED = {
    0: ((1, 0), (0, 1)),
    90: ((0, -1), (1, 0)),
    180: ((-1, 0), (0, -1)),
    270: ((0, 1), (-1, 0)),
}


def _axes(dataset: Dataset) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """Return the directions of a screen in the stored picture; None where they are not valid.

    A picture is turned clockwise first and mirrored from left to right then: section C.10.6.
    """
    rotation = at.integer(dataset, "ImageRotation") if "ImageRotation" in dataset else 0
    found = None if rotation is None else _TURNED.get(rotation)
    flip = at.text(dataset, "ImageHorizontalFlip").upper() or "N"
    if found is None or flip not in {"Y", "N"}:
        return None
    (x, y), down = found
    return ((-x, -y), down) if flip == "Y" else found


def _area_pixels(
    dataset: Dataset, place: Place, axes: tuple[tuple[int, int], tuple[int, int]]
) -> tuple[_Corner, _Corner] | None:
    """Return the outer corners of the displayed area that are top left and bottom right on it.

    Each is (column, row) in the stored picture; all of it where none is said. None where the
    corners that are stated cannot be these after the turn.
    """
    columns, rows = place.size
    signs = tuple(a + b for a, b in zip(*axes, strict=True))
    ends = _stated_corners(dataset, place)
    pairs: list[tuple[float, float]]
    if ends is None:
        pairs = [(1, n) if s > 0 else (n, 1) for n, s in zip((columns, rows), signs, strict=True)]
    else:
        pairs = list(zip(*ends, strict=True))
    if any((b - a) * s < 0 for (a, b), s in zip(pairs, signs, strict=True)):
        return None
    # Whole pixels, the first is (1, 1), both ends belong to it: section C.10.4.
    outer = [(a - 1, b) if s > 0 else (a, b - 1) for (a, b), s in zip(pairs, signs, strict=True)]
    (left, right), (top, bottom) = outer
    return (left, top), (right, bottom)


def _stated_corners(dataset: Dataset, place: Place) -> tuple[_Corner, _Corner] | None:
    """Return the pixels at the top left and the bottom right of what was shown of a picture."""
    mine = place.series.instances[place.index]
    for item in at.items(dataset, "DisplayedAreaSelectionSequence"):
        named = [
            p for i in at.items(item, "ReferencedImageSequence") for p in at.referenced_pictures(i)
        ]
        wanted = {(mine.sop_instance_uid, 0), (mine.sop_instance_uid, mine.frame)}
        a = at.numbers(item, "DisplayedAreaTopLeftHandCorner", 2)
        b = at.numbers(item, "DisplayedAreaBottomRightHandCorner", 2)
        if a and b and (not named or wanted.intersection(named)):
            return (a[0], a[1]), (b[0], b[1])
    return None


def _area(
    dataset: Dataset, place: Place
) -> tuple[tuple[float, float, float], tuple[float, float, float]] | None:
    ends = _stated_corners(dataset, place)
    if ends is None:
        return None
    (a, b), (c, d) = ends
    first, last = place.to_lps([(min(a, c) - 1, min(b, d) - 1), (max(a, c), max(b, d))])
    return first, last


def _window(dataset: Dataset) -> Window | None:
    for item in at.items(dataset, "SoftcopyVOILUTSequence"):
        centre, width = at.number(item, "WindowCenter"), at.number(item, "WindowWidth")
        if centre is not None and width is not None and width > 0:
            return Window(centre, width)
    return None
