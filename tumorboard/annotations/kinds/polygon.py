"""Polygon: corners in their order, closed."""

from __future__ import annotations

from typing import Final

from tumorboard.annotations.kinds.areas import crossing_caveats, of_corners
from tumorboard.annotations.kinds.lines import closed_line
from tumorboard.annotations.kinds.spec import KindSpec
from tumorboard.annotations.model import Kind
from tumorboard.coding import AREA, PERIMETER
from tumorboard.imaging.roi_statistics import outline_mask
from tumorboard.language import _

SPEC: Final = KindSpec(
    kind=Kind.POLYGON,
    words=_("Polygon"),
    least_points=3,
    most_points=None,
    lines=closed_line,
    concepts=(AREA, PERIMETER),
    quantities=of_corners,
    caveats=crossing_caveats,
    inside=outline_mask,
    graphic="POLYGON",
    has_quiet_handles=True,
)
