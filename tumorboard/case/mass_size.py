"""The size of a mass in words: which axes its numbers are, and which are not measured."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from tumorboard.annotations.caveats import TURNED
from tumorboard.annotations.measure import CRANIOCAUDAL, measure
from tumorboard.annotations.model import Annotation, Kind
from tumorboard.coding import LONG_AXIS, SHORT_AXIS

_NAMES: Final = ("axial long", "axial short", "craniocaudal")
_TURNED_NAMES: Final = ("long on a turned plane", "short on a turned plane", "craniocaudal")
_MM_PER_CM: Final = 10


@dataclass(frozen=True)
class MassSize:
    """Axial long axis, axial short axis and craniocaudal extent in mm; None: not measured.

    Two axes on a plane that was ``turned`` out of the axial one are not called axial.
    """

    long: float | None = None
    short: float | None = None
    height: float | None = None
    turned: bool = False

    @property
    def _named(self) -> tuple[tuple[str, float | None], ...]:
        names = _TURNED_NAMES if self.turned else _NAMES
        return tuple(zip(names, (self.long, self.short, self.height), strict=True))

    @property
    def values(self) -> tuple[float, ...]:
        """What is measured, in mm and in this order."""
        return tuple(mm for _, mm in self._named if mm is not None)

    @property
    def text(self) -> str:
        """The numbers alone, "10.5 × 8.9 × 13.2 cm"; empty without any."""
        numbers = " × ".join(f"{mm / _MM_PER_CM:.1f}" for mm in self.values)
        return f"{numbers} cm" if numbers else ""

    @property
    def axes(self) -> str:
        """What the numbers are, and what is missing: "craniocaudal; axial axes not measured"."""
        there = " × ".join(name for name, mm in self._named if mm is not None)
        return "; ".join(part for part in (there, self.missing) if part)

    @property
    def missing(self) -> str:
        """What is not measured of a mass that is measured in part."""
        gone = [name for name, mm in self._named if mm is None]
        if not gone or len(gone) == len(_NAMES):
            return ""
        both = self.long is None and self.short is None
        named = ["axial axes", *gone[2:]] if both else gone
        return f"{' and '.join(named)} not measured"

    @property
    def words(self) -> str:
        """The size in one line: of a part of the axes or others, it says which ones they are."""
        if not self.missing:
            return f"{self.text} ({self.axes})" if self.turned else self.text
        there = " × ".join(name for name, mm in self._named if mm is not None)
        return f"{there} {self.text}; {self.missing}"


def mass_size(annotations: Iterable[Annotation]) -> MassSize:
    """Return the size that the axes drawn on a mass give; what is not calibrated is left out."""
    long = short = height = None
    turned = False
    for annotation in annotations:
        measurement = measure(annotation)
        if annotation.kind is Kind.BIDIRECTIONAL:
            long = measurement.value_mm(LONG_AXIS)
            short = measurement.value_mm(SHORT_AXIS)
            turned = TURNED in {c.code for c in annotation.caveats}
        elif annotation.kind is Kind.CRANIOCAUDAL:
            height = measurement.value_mm(CRANIOCAUDAL)
    return MassSize(long, short, height, turned)
