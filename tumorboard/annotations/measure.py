"""From an annotation to its values, with unit, words and caveats."""

from __future__ import annotations

from dataclasses import dataclass, field

from tumorboard.annotations.model import Annotation, Kind
from tumorboard.coding import AREA, LENGTH, LONG_AXIS, SHORT_AXIS, Code
from tumorboard.imaging.geometry import Calibration, Caveat, Plane
from tumorboard.imaging.measurement import craniocaudal_extent, distance, ellipse_area
from tumorboard.imaging.roi_statistics import RoiStatistics, ellipse_statistics
from tumorboard.imaging.slicing import cut
from tumorboard.imaging.volume import Volume

CRANIOCAUDAL = Code("CC-EXTENT", "99TUMORBOARD", "Craniocaudal extent")


@dataclass(frozen=True)
class Quantity:
    """A measured value: what it is, in ``mm``, ``mm2`` or, uncalibrated, ``px``."""

    concept: Code
    value: float
    unit: str

    @property
    def text(self) -> str:
        """The value in the words of the screen: cm with one decimal, cm² or px."""
        if self.unit == "mm":
            return f"{self.value / 10:.1f} cm"
        if self.unit == "mm2":
            return f"{self.value / 100:.1f} cm²"
        return f"{self.value:.0f} {self.unit}"


@dataclass(frozen=True)
class Measurement:
    """All values of an annotation with everything that limits them."""

    quantities: tuple[Quantity, ...]
    statistics: RoiStatistics | None = None
    caveats: tuple[Caveat, ...] = field(default=())

    def value_mm(self, concept: Code) -> float | None:
        """Return a calibrated value in mm, or None where there is none."""
        found = (q.value for q in self.quantities if q.concept == concept and q.unit == "mm")
        return next(found, None)

    @property
    def text(self) -> str:
        """One line: "10.5 × 8.9 cm", "7.9 cm", "12.3 cm² · mean 41 HU"."""
        lengths = [q for q in self.quantities if q.unit in ("mm", "px")]
        parts = [_joined(lengths)] if lengths else []
        parts += [q.text for q in self.quantities if q not in lengths]
        if self.statistics is not None:
            parts.append(statistics_text(self.statistics))
        if any(q.unit.startswith("px") for q in self.quantities):
            parts.append("uncalibrated")
        return " · ".join(parts)


def statistics_text(statistics: RoiStatistics) -> str:
    """Return "mean 41 ± 12 HU (3 to 90)", integers."""
    s = statistics
    unit = f" {s.unit}" if s.unit else ""
    return f"mean {s.mean:.0f} ± {s.sd:.0f}{unit} ({s.minimum:.0f} to {s.maximum:.0f})"


def _joined(lengths: list[Quantity]) -> str:
    if lengths[0].unit == "mm":
        return " × ".join(f"{q.value / 10:.1f}" for q in lengths) + " cm"
    return " × ".join(f"{q.value:.0f}" for q in lengths) + " px"


def measure(annotation: Annotation, volume: Volume | None = None) -> Measurement:
    """Measure an annotation in patient space.

    Lengths are distances between the points as clicked (mm). Without calibration the
    stored coordinates are pixels and so are the values. Statistics need the volume that
    the annotation was drawn on.
    """
    calibrated = annotation.image.calibration is not Calibration.NONE
    unit, square = ("mm", "mm2") if calibrated else ("px", "px²")
    p = annotation.points
    statistics = None
    quantities: tuple[Quantity, ...] = ()
    if annotation.kind is Kind.LENGTH:
        quantities = (Quantity(LENGTH, distance(p[0], p[1]), unit),)
    elif annotation.kind is Kind.CRANIOCAUDAL:
        quantities = (Quantity(CRANIOCAUDAL, craniocaudal_extent(p[0], p[1]), unit),)
    elif annotation.kind is Kind.BIDIRECTIONAL:
        quantities = _two_axes(annotation, unit)
    elif annotation.kind is Kind.ELLIPSE:
        quantities = (Quantity(AREA, ellipse_area(*p), square),)
        statistics = _statistics(annotation, volume)
    return Measurement(quantities, statistics, annotation.caveats)


def _two_axes(annotation: Annotation, unit: str) -> tuple[Quantity, Quantity]:
    """RECIST long and short axis; the longer is the long axis, whichever was drawn first."""
    p = annotation.points
    first, second = distance(p[0], p[1]), distance(p[2], p[3])
    long, short = max(first, second), min(first, second)
    return Quantity(LONG_AXIS, long, unit), Quantity(SHORT_AXIS, short, unit)


def _statistics(annotation: Annotation, volume: Volume | None) -> RoiStatistics | None:
    if volume is None or volume.series_instance_uid != annotation.image.series_instance_uid:
        return None
    a, b, c, d = annotation.points
    section = cut(volume, Plane(annotation.image.plane), a)
    return ellipse_statistics(volume, section, (a, b, c, d))
