"""The size of a mass in words: which axes its numbers are, and which are not measured."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from tumorboard.annotations.caveats import TURNED
from tumorboard.annotations.kinds import SPECS
from tumorboard.annotations.measure import measure
from tumorboard.annotations.model import Annotation
from tumorboard.coding import CRANIOCAUDAL, LONG_AXIS, SHORT_AXIS
from tumorboard.imaging.geometry import Plane
from tumorboard.language import N_, _
from tumorboard.quantity import length_words

AXIAL: Final = Plane.AXIAL.value
TURNED_PLANE: Final = N_("turned plane")


@dataclass(frozen=True)
class MassSize:
    """Axial long axis, axial short axis and craniocaudal extent in mm; None: not measured.

    Two axes that are not axial say on which ``plane`` they lie: the coronal or sagittal one, or
    one that a reader had turned.
    """

    long: float | None = None
    short: float | None = None
    height: float | None = None
    plane: str = AXIAL

    @property
    def _named(self) -> tuple[tuple[str, float | None], ...]:
        names = (
            _("{plane} long", plane=_(self.plane)),
            _("{plane} short", plane=_(self.plane)),
            _("craniocaudal"),
        )
        return tuple(zip(names, (self.long, self.short, self.height), strict=True))

    @property
    def is_axial(self) -> bool:
        """Whether the two axes lie on the axial plane, as the board's dimensions do."""
        return self.plane == AXIAL

    @property
    def values(self) -> tuple[float, ...]:
        """What is measured, in mm and in this order."""
        return tuple(mm for __, mm in self._named if mm is not None)

    @property
    def text(self) -> str:
        """The numbers alone, "10.5 × 8.9 × 13.2 cm"; empty without any."""
        return length_words(*self.values) if self.values else ""

    @property
    def axes(self) -> str:
        """What the numbers are, and what is missing: "craniocaudal; axial axes not measured"."""
        there = " × ".join(name for name, mm in self._named if mm is not None)
        return "; ".join(part for part in (there, self.missing) if part)

    @property
    def missing(self) -> str:
        """What is not measured of a mass that is measured in part."""
        gone = [name for name, mm in self._named if mm is None]
        if not gone or len(gone) == len(self._named):
            return ""
        both = self.long is None and self.short is None
        named = [_("{plane} axes", plane=_(self.plane)), *gone[2:]] if both else gone
        return _("{axes} not measured", axes=_(" and ").join(named))

    @property
    def words(self) -> str:
        """The size in one line: of a part of the axes or others, it says which ones they are."""
        if not self.missing:
            return self.text if self.is_axial else f"{self.text} ({self.axes})"
        there = " × ".join(name for name, mm in self._named if mm is not None)
        return f"{there} {self.text}; {self.missing}"


def is_pair(annotation: Annotation) -> bool:
    """Whether an annotation measures a long and a short axis."""
    return SPECS[annotation.kind].measures(SHORT_AXIS)


def _is_height(annotation: Annotation) -> bool:
    return SPECS[annotation.kind].measures(CRANIOCAUDAL)


def is_of_mass(annotation: Annotation) -> bool:
    """Whether an annotation gives one of the three dimensions of a mass."""
    return is_pair(annotation) or _is_height(annotation)


def mass_size(annotations: Iterable[Annotation]) -> MassSize:
    """Return the size that the axes drawn on a mass give; what is not calibrated is left out.

    Of several pairs of axes the last one on the axial plane counts, else the last one.
    """
    long = short = height = None
    plane = AXIAL
    for annotation in sorted(annotations, key=is_axial_pair):
        measurement = measure(annotation)
        if is_pair(annotation):
            long = measurement.value_mm(LONG_AXIS)
            short = measurement.value_mm(SHORT_AXIS)
            plane = TURNED_PLANE if _is_turned(annotation) else str(annotation.image.plane)
        elif _is_height(annotation):
            height = measurement.value_mm(CRANIOCAUDAL)
    return MassSize(long, short, height, plane)


def is_axial_pair(annotation: Annotation) -> bool:
    """Whether an annotation is a pair of axes on the axial plane, as it was acquired."""
    on_axial = is_pair(annotation) and annotation.image.plane == AXIAL
    return on_axial and not _is_turned(annotation)


def _is_turned(annotation: Annotation) -> bool:
    return TURNED in {c.code for c in annotation.caveats}
