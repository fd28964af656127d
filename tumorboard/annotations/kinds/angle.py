"""Angle: the end of one arm, the vertex, the end of the other."""

from __future__ import annotations

from typing import Final

from tumorboard.annotations.kinds.lines import open_line
from tumorboard.annotations.kinds.spec import KindSpec, Quantity
from tumorboard.annotations.model import Annotation, Kind
from tumorboard.coding import ANGLE
from tumorboard.imaging.measurement import angle_degrees
from tumorboard.language import _


def _quantities(annotation: Annotation) -> tuple[Quantity, ...]:
    return (Quantity(ANGLE, angle_degrees(*annotation.points[:3]), "deg"),)


SPEC: Final = KindSpec(
    kind=Kind.ANGLE,
    words=_("Angle"),
    least_points=3,
    most_points=3,
    lines=open_line,
    concepts=(ANGLE,),
    quantities=_quantities,
)
