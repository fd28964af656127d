"""Length: the distance of two ends as they were clicked."""

from __future__ import annotations

from typing import Final

from tumorboard.annotations.kinds.lines import first_line
from tumorboard.annotations.kinds.spec import KindSpec, Quantity, units_of
from tumorboard.annotations.model import Annotation, Kind
from tumorboard.coding import LENGTH
from tumorboard.imaging.measurement import distance
from tumorboard.language import _


def _quantities(annotation: Annotation) -> tuple[Quantity, ...]:
    unit, _, scale = units_of(annotation.image)
    return (Quantity(LENGTH, distance(*annotation.points[:2]) * scale, unit),)


SPEC: Final = KindSpec(
    kind=Kind.LENGTH,
    words=_("Length"),
    least_points=2,
    most_points=2,
    lines=first_line,
    concepts=(LENGTH,),
    quantities=_quantities,
    graphic="POLYLINE",
    is_line=True,
)
