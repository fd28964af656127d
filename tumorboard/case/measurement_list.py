"""All measurements of a case in one table: what, how much, where, when, by whom, on what it rests.

A column of millimetres holds millimetres alone: what is not calibrated stands in a column of its
own, in pixels and in words, so that no sum over a column mixes the two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Final

import numpy as np

from tumorboard.annotations.kinds import SPECS
from tumorboard.annotations.kinds.spec import Quantity
from tumorboard.annotations.measure import measure
from tumorboard.annotations.model import Annotation
from tumorboard.annotations.spine import level_of
from tumorboard.case.dates import iso_date
from tumorboard.case.model import Case, SeriesRef
from tumorboard.case.planes import is_cut
from tumorboard.case.segmentation import Segmentation
from tumorboard.coding import (
    ANGLE,
    AREA,
    CRANIOCAUDAL,
    DIAMETER,
    LENGTH,
    LONG_AXIS,
    PATH_LENGTH,
    PERIMETER,
    SHORT_AXIS,
    Code,
)
from tumorboard.imaging.geometry import SliceStack
from tumorboard.imaging.slicing import native_plane, section_number
from tumorboard.language import N_, _, number

#: Cosine above which the normal of a cut runs along an axis of the slices.
_ALONG: Final = 0.9999
#: What is shown and exported of a value: hundredths, far below what a hand can draw.
DECIMALS: Final = 2


class Column(Enum):
    """The columns in their order, each with its head; those of numbers name their unit."""

    LESION = N_("Lesion")
    KIND = N_("Kind")
    UNCALIBRATED = N_("Uncalibrated")
    LENGTH = N_("Length (mm)")
    LONG_AXIS = N_("Long axis (mm)")
    SHORT_AXIS = N_("Short axis (mm)")
    CRANIOCAUDAL = N_("Craniocaudal (mm)")
    DIAMETER = N_("Diameter (mm)")
    PATH_LENGTH = N_("Path length (mm)")
    PERIMETER = N_("Perimeter (mm)")
    AREA = N_("Area (mm²)")
    ANGLE = N_("Angle (°)")
    VOLUME = N_("Volume (mL)")
    PLANE = N_("Plane")
    SLICE = N_("Slice")
    INSTANCE = N_("Instance number")
    VERTEBRA = N_("At vertebra")
    SERIES = N_("Series")
    DATE = N_("Date of the images")
    AUTHOR = N_("Author")
    TIME = N_("Measured (UTC)")
    CAVEATS = N_("Caveats")
    CALIBRATION = N_("Calibration")

    @property
    def words(self) -> str:
        """Its head for a reader."""
        return _(self.value)

    @property
    def is_number(self) -> bool:
        """Whether its cells are numbers in the unit of its head."""
        return self in _NUMBERS


_CONCEPTS: Final[Mapping[Code, tuple[Column, str]]] = {
    LENGTH: (Column.LENGTH, "mm"),
    LONG_AXIS: (Column.LONG_AXIS, "mm"),
    SHORT_AXIS: (Column.SHORT_AXIS, "mm"),
    CRANIOCAUDAL: (Column.CRANIOCAUDAL, "mm"),
    DIAMETER: (Column.DIAMETER, "mm"),
    PATH_LENGTH: (Column.PATH_LENGTH, "mm"),
    PERIMETER: (Column.PERIMETER, "mm"),
    AREA: (Column.AREA, "mm2"),
    ANGLE: (Column.ANGLE, "deg"),
}
_NUMBERS: Final = frozenset({*(column for column, __ in _CONCEPTS.values()), Column.VOLUME})


@dataclass(frozen=True)
class Pictures:
    """How the pictures of a series lie; ``stack`` is None where they do not say.

    ``objects`` are the places in the stack by SOP Instance UID and frame, ``instances`` the
    Instance Numbers by SOP Instance UID.
    """

    stack: SliceStack | None
    objects: Mapping[tuple[str, int], int] = field(default_factory=dict)
    instances: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class ListedMeasurement:
    """One line: what was drawn or outlined, by UID, and its cells.

    ``numbers`` are in the units of their columns, of measured values as they are, unrounded;
    ``words`` are of all other columns. A column that does not apply is in neither.
    """

    uid: str
    numbers: Mapping[Column, float]
    words: Mapping[Column, str]

    def text(self, column: Column) -> str:
        """Return a cell as it is read; empty where the column does not apply."""
        if column.is_number:
            value = self.numbers.get(column)
            return "" if value is None else number(value, f".{DECIMALS}f")
        return self.words.get(column, "")


def measurement_list(
    case: Case, pictures_of: Callable[[str], Pictures | None]
) -> tuple[ListedMeasurement, ...]:
    """Return all that was measured in a case, but what is only proposed.

    ``pictures_of`` tells how the pictures of a series lie, None where that is not known: the
    number of a slice is left out then.
    """
    kept = [a for a in case.annotations if not a.proposed]
    drawn = [a for a in kept if SPECS[a.kind].is_measurement or SPECS[a.kind].is_vertebra]
    outlined = [s for s in case.segmentations if s.volume_ml is not None and not s.is_empty]
    return (
        *(_drawn(case, a, pictures_of(a.image.series_instance_uid)) for a in drawn),
        *(_outlined(case, s, pictures_of(s.series_instance_uid)) for s in outlined),
    )


def proposed_count(case: Case) -> int:
    """Return how many measurements wait to be accepted: they are not listed."""
    return sum(a.proposed and SPECS[a.kind].is_measurement for a in case.annotations)


def _drawn(case: Case, annotation: Annotation, pictures: Pictures | None) -> ListedMeasurement:
    measured = measure(annotation)
    spec, series = SPECS[annotation.kind], _series(case, annotation.image.series_instance_uid)
    lesion = case.lesion(annotation.lesion_uid)
    numbers: dict[Column, float] = {}
    pixels: list[str] = []
    for quantity in measured.quantities:
        column, unit = _CONCEPTS[quantity.concept]
        if quantity.unit == unit:
            numbers[column] = quantity.value
        else:
            pixels.append(_in_pixels(quantity))
    kind = f"{spec.words}: {annotation.label}" if annotation.label else spec.words
    is_placed = series is None or is_cut(series)
    words = {
        Column.LESION: lesion.name if lesion is not None else "",
        Column.KIND: kind,
        Column.UNCALIBRATED: "; ".join(pixels),
        Column.PLANE: annotation.image.plane.words if is_placed else "",
        Column.SLICE: _slice(annotation, pictures),
        Column.INSTANCE: _instances(annotation, pictures),
        Column.VERTEBRA: level_of((annotation,), case.annotations),
        **_about(series),
        Column.AUTHOR: annotation.author,
        Column.TIME: annotation.created_utc,
        Column.CAVEATS: "; ".join(dict.fromkeys(c.text for c in measured.caveats)),
        Column.CALIBRATION: annotation.image.calibration.words,
    }
    return ListedMeasurement(annotation.uid, numbers, words)


#: The columns in which people's and devices' own words stand.
_WRITTEN: Final = (Column.LESION, Column.KIND, Column.SERIES, Column.AUTHOR)


def told_rows(rows: Iterable[ListedMeasurement], told: Case) -> tuple[ListedMeasurement, ...]:
    """Return rows with the words of another state of their case: one in which names are blanked.

    Of a row that is not in that state the words that people wrote are left out.
    """
    known = {row.uid: row.words for row in measurement_list(told, lambda _key: None)}
    return tuple(
        replace(
            row,
            words={
                **{c: words for c, words in row.words.items() if c not in _WRITTEN},
                **{c: known[row.uid][c] for c in _WRITTEN if c in known.get(row.uid, {})},
            },
        )
        for row in rows
    )


def _in_pixels(quantity: Quantity) -> str:
    shown = number(quantity.value, f".{DECIMALS}f")
    return f"{_(quantity.concept.meaning)} {shown} {quantity.unit}"


def _outlined(case: Case, outline: Segmentation, pictures: Pictures | None) -> ListedMeasurement:
    series = _series(case, outline.series_instance_uid)
    lesion = case.lesion(outline.lesion_uid)
    kind = _("Outline: {role}", role=outline.role.words)
    stack = None if pictures is None else pictures.stack
    ends = ""
    if stack is not None and outline.grid_shape == stack.shape:
        found = sorted(_number(stack, k) for k in outline.slices)
        ends = (
            str(found[0])
            if found[0] == found[-1]
            else _("{first} to {last}", first=found[0], last=found[-1])
        )
    words = {
        Column.LESION: lesion.name if lesion is not None else "",
        Column.KIND: f"{kind}, {outline.label}" if outline.label else kind,
        Column.SLICE: ends,
        **_about(series),
        Column.AUTHOR: outline.author,
        Column.TIME: outline.changed_utc or outline.created_utc,
        Column.CAVEATS: "; ".join(dict.fromkeys(c.text for c in outline.caveats)),
        Column.CALIBRATION: _("voxels of the outline"),
    }
    volume = outline.volume_ml
    return ListedMeasurement(outline.uid, {} if volume is None else {Column.VOLUME: volume}, words)


def _series(case: Case, uid: str) -> SeriesRef | None:
    return next((s for s in case.series if s.series_instance_uid == uid), None)


def _about(series: SeriesRef | None) -> dict[Column, str]:
    if series is None:
        return {}
    named = " · ".join(part for part in (series.modality, series.description) if part)
    return {Column.SERIES: named, Column.DATE: iso_date(series.study_date)}


def _slice(annotation: Annotation, pictures: Pictures | None) -> str:
    """Return the number of the slice as the viewer counts, or of the cut in another plane."""
    if pictures is None:
        return ""
    stack, image = pictures.stack, annotation.image
    places = [pictures.objects[p] for p in image.pictures if p in pictures.objects]
    if stack is None:
        return str(places[0] + 1) if len(places) == 1 else ""
    axes = (stack.normal, stack.row_direction, stack.column_direction)
    if max(abs(float(np.dot(annotation.normal, axis))) for axis in axes) < _ALONG:
        return _("turned cut")
    if image.plane is native_plane(stack):
        return str(_number(stack, places[0])) if len(places) == 1 else ""
    return str(section_number(stack, image.plane, annotation.points[0]))


def _instances(annotation: Annotation, pictures: Pictures | None) -> str:
    """Return the Instance Numbers of the images that it was drawn on."""
    known = {} if pictures is None else pictures.instances
    found = [known[uid] for uid in annotation.image.sop_instance_uids if known.get(uid)]
    return ", ".join(str(number) for number in sorted(found))


def _number(stack: SliceStack, k: int) -> int:
    return section_number(stack, native_plane(stack), stack.to_lps([k, 0, 0]))
