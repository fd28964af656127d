"""Known length: two ends of something whose length a reader states; it calibrates."""

from __future__ import annotations

from typing import Final

from tumorboard.annotations.kinds.lines import first_line
from tumorboard.annotations.kinds.spec import KindSpec, Quantity
from tumorboard.annotations.model import Annotation, Kind
from tumorboard.coding import LENGTH
from tumorboard.language import _


def _quantities(annotation: Annotation) -> tuple[Quantity, ...]:
    return (Quantity(LENGTH, annotation.known_mm, "mm"),)


SPEC: Final = KindSpec(
    kind=Kind.CALIBRATION,
    words=_("Known length"),
    least_points=2,
    most_points=2,
    lines=first_line,
    concepts=(LENGTH,),
    quantities=_quantities,
    is_line=True,
    is_known_length=True,
)
