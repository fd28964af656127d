"""From an annotation to its values, with unit, words and caveats."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from tumorboard.annotations.calibration import caveats_in_force
from tumorboard.annotations.model import REGIONS, Annotation, Kind
from tumorboard.annotations.visibility import rests_on
from tumorboard.coding import (
    ANGLE,
    AREA,
    DIAMETER,
    LENGTH,
    LONG_AXIS,
    PATH_LENGTH,
    PERIMETER,
    SHORT_AXIS,
    Code,
)
from tumorboard.imaging.geometry import Calibration, Caveat
from tumorboard.imaging.measurement import (
    angle_degrees,
    craniocaudal_extent,
    distance,
    ellipse_area,
)
from tumorboard.imaging.outlines import (
    covers_itself,
    crosses_itself,
    ellipse_length,
    outline_area,
    outline_length,
    polyline_length,
)
from tumorboard.imaging.roi_statistics import RoiStatistics, statistics_of
from tumorboard.imaging.value_words import number, unit_words
from tumorboard.imaging.volume import Volume

CRANIOCAUDAL = Code("CC-EXTENT", "99TUMORBOARD", "Craniocaudal extent")


@dataclass(frozen=True)
class Quantity:
    """A measured value: what it is, in ``mm``, ``mm2``, ``deg`` or, uncalibrated, ``px``."""

    concept: Code
    value: float
    unit: str

    @property
    def text(self) -> str:
        """The value in the words of the screen: cm with one decimal, cm², degrees or px."""
        if self.unit == "mm":
            return f"{self.value / 10:.1f} cm"
        if self.unit == "mm2":
            return f"{self.value / 100:.1f} cm²"
        if self.unit == "deg":
            return f"{self.value:.0f}°"
        return f"{self.value:.0f} {self.unit}"


#: Lengths that stand side by side: "10.5 × 8.9 cm".
_AXES: Final = (LENGTH, LONG_AXIS, SHORT_AXIS, CRANIOCAUDAL)


@dataclass(frozen=True)
class Measurement:
    """All values of an annotation with everything that limits them.

    ``note`` is what is read off at a place, in words.
    """

    quantities: tuple[Quantity, ...]
    statistics: RoiStatistics | None = None
    caveats: tuple[Caveat, ...] = field(default=())
    note: str = ""

    def value_mm(self, concept: Code) -> float | None:
        """Return a calibrated value in mm, or None where there is none."""
        found = (q.value for q in self.quantities if q.concept == concept and q.unit == "mm")
        return next(found, None)

    @property
    def text(self) -> str:
        """One line: "10.5 × 8.9 cm", "7.9 cm", "12.3 cm² · mean 41 HU"."""
        lengths = [q for q in self.quantities if q.concept in _AXES]
        parts = [_joined(lengths)] if lengths else []
        parts += [f"polyline length {q.text}" for q in self.quantities if q.concept == PATH_LENGTH]
        parts += [f"⌀ {q.text}" for q in self.quantities if q.concept == DIAMETER]
        parts += [q.text for q in self.quantities if q.concept in (AREA, ANGLE)]
        if self.statistics is not None:
            parts.append(statistics_text(self.statistics))
        if self.note:
            parts.append(self.note)
        if any(q.unit.startswith("px") for q in self.quantities):
            parts.append("uncalibrated")
        return " · ".join(parts)


def statistics_text(statistics: RoiStatistics) -> str:
    """Return "mean 41 ± 12 HU (3 to 90)"."""
    s = statistics
    mean, sd, low, high = (number(v, s.unit) for v in (s.mean, s.sd, s.minimum, s.maximum))
    return f"mean {mean} ± {sd} {unit_words(s.unit)} ({low} to {high})"


def _joined(lengths: list[Quantity]) -> str:
    if lengths[0].unit == "mm":
        return " × ".join(f"{q.value / 10:.1f}" for q in lengths) + " cm"
    return " × ".join(f"{q.value:.0f}" for q in lengths) + " px"


def measure(annotation: Annotation, volume: Volume | None = None) -> Measurement:
    """Measure an annotation in patient space.

    Lengths are distances between the points as clicked (mm) times the scale of the image
    reference. Without calibration the values are pixels. Statistics and what is read at a
    place need the volume that the annotation was drawn on.
    """
    quantities = _QUANTITIES.get(annotation.kind, _nothing)(annotation)
    caveats = caveats_in_force(annotation)
    caveats = (*caveats, *_shape_caveats(annotation, volume))
    note = _probe_note(annotation, volume) if annotation.kind is Kind.PROBE else ""
    return Measurement(quantities, region_statistics(annotation, volume), caveats, note)


def _shape_caveats(annotation: Annotation, volume: Volume | None) -> tuple[Caveat, ...]:
    """Return what has to be said of the shape of a region."""
    from tumorboard.annotations.regions import leaves_picture

    found = []
    if annotation.kind in (Kind.POLYGON, Kind.FREEHAND):
        how = (
            "crosses itself"
            if crosses_itself(annotation.points)
            else "goes round a part twice"
            if covers_itself(annotation.points)
            else ""
        )
        if how:
            text = f"The outline {how}: its area and values are not reliable"
            found.append(Caveat("outline-crosses", text))
    if volume is not None and annotation.kind in REGIONS and leaves_picture(annotation, volume):
        text = "It leaves the picture: area and lengths are of the whole, values of the part inside"
        found.append(Caveat("leaves-picture", text))
    return tuple(found)


def region_statistics(annotation: Annotation, volume: Volume | None) -> RoiStatistics | None:
    """Return the statistics of the pixels inside a region; None when there are none."""
    if volume is None or annotation.kind not in REGIONS:
        return None
    from tumorboard.annotations.regions import region_values

    values = region_values(annotation, volume)
    return None if values is None else statistics_of(values, volume.unit)


def _units(annotation: Annotation) -> tuple[str, str, float]:
    """Return the units of lengths and areas, and the scale of lengths."""
    calibrated = annotation.image.calibration is not Calibration.NONE
    return (
        ("mm", "mm2", annotation.image.scale)
        if calibrated
        else ("px", "px²", annotation.image.scale)
    )


def _nothing(annotation: Annotation) -> tuple[Quantity, ...]:
    del annotation
    return ()


def _length(annotation: Annotation) -> tuple[Quantity, ...]:
    unit, _, scale = _units(annotation)
    return (Quantity(LENGTH, distance(*annotation.points[:2]) * scale, unit),)


def _path(annotation: Annotation) -> tuple[Quantity, ...]:
    """Along the line from point to point, which is more than between its ends."""
    unit, _, scale = _units(annotation)
    return (Quantity(PATH_LENGTH, polyline_length(annotation.points) * scale, unit),)


def _known_length(annotation: Annotation) -> tuple[Quantity, ...]:
    return (Quantity(LENGTH, annotation.known_mm, "mm"),)


def _craniocaudal(annotation: Annotation) -> tuple[Quantity, ...]:
    unit, _, scale = _units(annotation)
    return (Quantity(CRANIOCAUDAL, craniocaudal_extent(*annotation.points[:2]) * scale, unit),)


def _two_axes(annotation: Annotation) -> tuple[Quantity, ...]:
    """RECIST long and short axis; the longer is the long axis, whichever was drawn first."""
    unit, _, scale = _units(annotation)
    p = annotation.points
    first, second = distance(p[0], p[1]) * scale, distance(p[2], p[3]) * scale
    long, short = max(first, second), min(first, second)
    return Quantity(LONG_AXIS, long, unit), Quantity(SHORT_AXIS, short, unit)


def _angle(annotation: Annotation) -> tuple[Quantity, ...]:
    return (Quantity(ANGLE, angle_degrees(*annotation.points[:3]), "deg"),)


def _ellipse(annotation: Annotation) -> tuple[Quantity, ...]:
    unit, square, scale = _units(annotation)
    a, b, c, d = annotation.points
    first, second = distance(a, b) * scale, distance(c, d) * scale
    area = Quantity(AREA, ellipse_area(a, b, c, d) * scale**2, square)
    around = Quantity(PERIMETER, ellipse_length(first, second), unit)
    if annotation.kind is Kind.CIRCLE:
        return Quantity(DIAMETER, (first + second) / 2, unit), area, around
    return area, around


def _outlined(annotation: Annotation) -> tuple[Quantity, ...]:
    unit, square, scale = _units(annotation)
    corners = np.array(annotation.points)
    return (
        Quantity(AREA, outline_area(corners) * scale**2, square),
        Quantity(PERIMETER, outline_length(corners) * scale, unit),
    )


_QUANTITIES: Final[dict[Kind, Callable[[Annotation], tuple[Quantity, ...]]]] = {
    Kind.LENGTH: _length,
    Kind.PATH: _path,
    Kind.CALIBRATION: _known_length,
    Kind.CRANIOCAUDAL: _craniocaudal,
    Kind.BIDIRECTIONAL: _two_axes,
    Kind.ANGLE: _angle,
    Kind.ELLIPSE: _ellipse,
    Kind.CIRCLE: _ellipse,
    Kind.RECTANGLE: _outlined,
    Kind.POLYGON: _outlined,
    Kind.FREEHAND: _outlined,
}


def _probe_note(annotation: Annotation, volume: Volume | None) -> str:
    """Return "41 HU · L 12.3 P 45.6 H 102.1 mm": the voxel's own value, not interpolated."""
    place = (
        position_text(annotation) if annotation.image.calibration is not Calibration.NONE else ""
    )
    if volume is None or not rests_on(annotation.image, volume):
        return place
    k, i, j = (int(v) for v in np.rint(volume.stack.to_index(np.array(annotation.points[0]))))
    value = volume.value_at((k, i, j))
    if value is None:
        return place
    if bool(volume.is_padding(volume.voxels[k, i, j])):
        return "outside the image"
    text = f"{number(value, volume.unit)} {unit_words(volume.unit)}"
    return f"{text} · {place}" if place and volume.is_placed else text


def position_text(annotation: Annotation) -> str:
    """Return where the first point lies in the patient: "L 12.3 P 45.6 H 102.1 mm"."""
    letters = (("R", "L"), ("A", "P"), ("F", "H"))
    values = zip(letters, annotation.points[0], strict=True)
    return " ".join(f"{ends[int(v >= 0)]} {abs(v):.1f}" for ends, v in values) + " mm"
