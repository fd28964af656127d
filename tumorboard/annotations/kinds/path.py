"""Open line: its points in their order, with few handles on it."""

from __future__ import annotations

from typing import Final

from tumorboard.annotations.kinds.lines import FREEHAND_HANDLES, eased, open_line
from tumorboard.annotations.kinds.spec import KindSpec, Quantity, every_point, point_moved, units_of
from tumorboard.annotations.model import Annotation, Kind
from tumorboard.coding import PATH_LENGTH
from tumorboard.imaging.geometry import Point, Points
from tumorboard.imaging.outlines import polyline_length
from tumorboard.language import _


def _quantities(annotation: Annotation) -> tuple[Quantity, ...]:
    """Along the line from point to point, which is more than between its ends."""
    unit, _, scale = units_of(annotation.image)
    return (Quantity(PATH_LENGTH, polyline_length(annotation.points) * scale, unit),)


def _handles(count: int) -> tuple[int, ...]:
    if count <= FREEHAND_HANDLES:
        return every_point(count)
    between = (count - 1) / (FREEHAND_HANDLES - 1)  # both ends are among them
    return tuple(round(n * between) for n in range(FREEHAND_HANDLES))


def _handle_moved(normal: Point, points: list[Points], index: int, to: Points) -> list[Points]:
    """Move a handle of an open line; points fade to rest towards the handles beside it."""
    held = _handles(len(points))
    if index not in held:
        return point_moved(normal, points, index, to)
    place, delta, result = held.index(index), to - points[index], list(points)
    for way in (-1, 1):
        if not 0 <= place + way < len(held):
            continue
        reach = abs(held[place + way] - index)
        for step in range(1, reach):
            n = index + way * step
            result[n] = points[n] + delta * eased(step / reach)
    result[index] = to
    return result


SPEC: Final = KindSpec(
    kind=Kind.PATH,
    words=_("Open line"),
    least_points=3,
    most_points=None,
    lines=open_line,
    concepts=(PATH_LENGTH,),
    quantities=_quantities,
    handles=_handles,
    handle_moved=_handle_moved,
    graphic="POLYLINE",
)
