"""From an annotation to its values, with unit, words and caveats."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from tumorboard.annotations.calibration import caveats_in_force
from tumorboard.annotations.kinds import SPECS
from tumorboard.annotations.kinds.spec import Quantity
from tumorboard.annotations.model import Annotation
from tumorboard.annotations.regions import leaves_picture, region_values
from tumorboard.annotations.visibility import rests_on
from tumorboard.coding import (
    ANGLE,
    AREA,
    CRANIOCAUDAL,
    DIAMETER,
    LENGTH,
    LONG_AXIS,
    PATH_LENGTH,
    SHORT_AXIS,
    Code,
)
from tumorboard.imaging.geometry import Caveat
from tumorboard.imaging.roi_statistics import RoiStatistics, statistics_of
from tumorboard.imaging.value_words import number, unit_words
from tumorboard.imaging.volume import Volume
from tumorboard.language import _
from tumorboard.quantity import length_words

_LEAVES: Final = Caveat(
    "leaves-picture",
    _("It leaves the picture: area and lengths are of the whole, values of the part inside"),
)
#: Lengths that stand side by side: "10.5 × 8.9 cm".
#: Beside a value in pixels, whose unit on the image is not known.
UNCALIBRATED: Final = _("uncalibrated")
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
        parts += [
            _("polyline length {length}", length=q.text)
            for q in self.quantities
            if q.concept == PATH_LENGTH
        ]
        parts += [f"⌀ {q.text}" for q in self.quantities if q.concept == DIAMETER]
        parts += [q.text for q in self.quantities if q.concept in (AREA, ANGLE)]
        if self.statistics is not None:
            parts.append(statistics_text(self.statistics))
        if self.note:
            parts.append(self.note)
        if any(q.unit.startswith("px") for q in self.quantities):
            parts.append(UNCALIBRATED)
        return " · ".join(parts)


def statistics_text(statistics: RoiStatistics) -> str:
    """Return "mean 41 ± 12 HU (3 to 90)"."""
    s = statistics
    mean, sd, low, high = (number(v, s.unit) for v in (s.mean, s.sd, s.minimum, s.maximum))
    return _(
        "mean {mean} ± {sd} {unit} ({low} to {high})",
        mean=mean,
        sd=sd,
        unit=unit_words(s.unit),
        low=low,
        high=high,
    )


def _joined(lengths: list[Quantity]) -> str:
    if lengths[0].unit == "mm":
        return length_words(*(q.value for q in lengths))
    return " × ".join(f"{q.value:.0f}" for q in lengths) + " px"


def measure(annotation: Annotation, volume: Volume | None = None) -> Measurement:
    """Measure an annotation in patient space.

    Lengths are distances between the points as clicked (mm) times the scale of the image
    reference. Without calibration the values are pixels. Statistics and what is read at a
    place need the volume that the annotation was drawn on.
    """
    spec = SPECS[annotation.kind]
    note = ""
    if spec.reading is not None:
        rests = volume is not None and rests_on(annotation.image, volume)
        note = spec.reading(annotation, volume if rests else None)
    caveats = (*caveats_in_force(annotation), *spec.caveats(annotation))
    statistics = None
    if volume is not None and spec.is_region:
        if leaves_picture(annotation, volume):
            caveats = (*caveats, _LEAVES)
        values = region_values(annotation, volume)
        statistics = None if values is None else statistics_of(values, volume.unit)
    return Measurement(spec.quantities(annotation), statistics, caveats, note)
