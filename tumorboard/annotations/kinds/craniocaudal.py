"""Craniocaudal extent: two ends along the patient's long axis."""

from __future__ import annotations

from typing import Final

from tumorboard.annotations.kinds.lines import first_line
from tumorboard.annotations.kinds.spec import KindSpec, Quantity, units_of
from tumorboard.annotations.model import Annotation, Kind
from tumorboard.coding import CRANIOCAUDAL
from tumorboard.imaging.geometry import Point, Points
from tumorboard.imaging.measurement import craniocaudal_extent, upright_in
from tumorboard.language import _


def _quantities(annotation: Annotation) -> tuple[Quantity, ...]:
    unit, _, scale = units_of(annotation.image)
    return (Quantity(CRANIOCAUDAL, craniocaudal_extent(*annotation.points[:2]) * scale, unit),)


def _handle_moved(normal: Point, points: list[Points], index: int, to: Points) -> list[Points]:
    """Move an end; the line stays along the patient in its plane."""
    other = 1 - index
    result = [to, to]
    result[other] = upright_in(to, points[other], normal)
    return result


SPEC: Final = KindSpec(
    kind=Kind.CRANIOCAUDAL,
    words=_("Craniocaudal extent"),
    least_points=2,
    most_points=2,
    lines=first_line,
    concepts=(CRANIOCAUDAL,),
    quantities=_quantities,
    handle_moved=_handle_moved,
    is_line=True,
)
