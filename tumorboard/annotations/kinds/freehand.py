"""Freehand outline: the points of a closed line, with few handles on it."""

from __future__ import annotations

from typing import Final

from tumorboard.annotations.kinds.areas import crossing_caveats, of_corners
from tumorboard.annotations.kinds.lines import FREEHAND_HANDLES, closed_line, eased
from tumorboard.annotations.kinds.spec import KindSpec, every_point, point_moved
from tumorboard.annotations.model import Kind
from tumorboard.coding import AREA, PERIMETER
from tumorboard.imaging.geometry import Point, Points
from tumorboard.imaging.roi_statistics import outline_mask
from tumorboard.language import _


def _handles(count: int) -> tuple[int, ...]:
    if count <= FREEHAND_HANDLES:
        return every_point(count)
    step = count / FREEHAND_HANDLES
    return tuple(int(n * step) for n in range(FREEHAND_HANDLES))


def _handle_moved(normal: Point, points: list[Points], index: int, to: Points) -> list[Points]:
    """Move a handle of a line; points fade to rest towards the handles beside it."""
    held, count = _handles(len(points)), len(points)
    if index not in held or len(held) < 3:
        return point_moved(normal, points, index, to)
    place = held.index(index)
    before = (index - held[place - 1]) % count
    after = (held[(place + 1) % len(held)] - index) % count
    delta, result = to - points[index], list(points)
    for step in range(-before + 1, after):
        share = abs(step) / (before if step < 0 else after)
        n = (index + step) % count
        result[n] = points[n] + delta * eased(share)
    return result


SPEC: Final = KindSpec(
    kind=Kind.FREEHAND,
    words=_("Freehand outline"),
    least_points=3,
    most_points=None,
    lines=closed_line,
    concepts=(AREA, PERIMETER),
    quantities=of_corners,
    caveats=crossing_caveats,
    inside=outline_mask,
    handles=_handles,
    handle_moved=_handle_moved,
    has_quiet_handles=True,
)
