"""Level of the vein: one point at a landmark along the inferior vena cava."""

from __future__ import annotations

from typing import Final

from tumorboard.annotations.kinds.lines import no_line
from tumorboard.annotations.kinds.spec import KindSpec, Sign
from tumorboard.annotations.model import Kind, Landmark
from tumorboard.language import _

SPEC: Final = KindSpec(
    kind=Kind.VESSEL_LEVEL,
    words=_("Level of the vein"),
    least_points=1,
    most_points=1,
    lines=no_line,
    roles=Landmark,
    sign=Sign.RING,
)
