"""Puts what others measured of a segment to the segment as it is drawn, or says what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tumorboard.annotations.foreign import SegmentValues
from tumorboard.annotations.model import Point, as_point
from tumorboard.imaging.layers import Layer

if TYPE_CHECKING:
    from tumorboard.app.overlays import OverlayObject

_NO_SET = "the segmentation that it measures is not in this case; import it to see where this is"
_SURFACE = "it measures a surface, which cannot be drawn here"
_NO_NUMBER = "it does not say which segment of the segmentation it measures"


@dataclass(frozen=True)
class BoundValues:
    """Values and the keys of the objects that they are of; without, ``why_not`` says why."""

    values: SegmentValues
    keys: tuple[str, ...] = ()
    why_not: str = ""


def bound(
    found: Sequence[SegmentValues], objects: Sequence[OverlayObject]
) -> tuple[BoundValues, ...]:
    """Return values with the objects that they are of."""
    return tuple(_bound(values, objects) for values in found)


def _bound(values: SegmentValues, objects: Sequence[OverlayObject]) -> BoundValues:
    if values.is_surface:
        return BoundValues(values, why_not=_SURFACE)
    mine = {o.number: o for o in objects if o.sop_instance_uid == values.sop_instance_uid}
    if not values.sop_instance_uid or not mine:
        return BoundValues(values, why_not=_NO_SET)
    wanted = values.numbers or (tuple(mine) if len(mine) == 1 else ())
    if not wanted:
        return BoundValues(values, why_not=_NO_NUMBER)
    missing = [n for n in wanted if n not in mine]
    if missing:
        group = next(iter(mine.values())).group
        return BoundValues(values, why_not=f"“{group}” holds nothing as its segment {missing[0]}")
    return BoundValues(values, tuple(mine[n].key for n in wanted))


def middle_of(layer: Layer) -> Point | None:
    """Return the LPS point (mm) in the middle of the middle slice that a mask fills."""
    if layer.mask is None:
        return None
    filled = np.flatnonzero(layer.mask.voxels.any(axis=(1, 2)))
    if len(filled) == 0:
        return None
    k = int(filled[len(filled) // 2])
    row, column = np.argwhere(layer.mask.voxels[k]).mean(axis=0)
    return as_point(layer.mask.stack.to_lps(np.array([k, row, column], dtype=np.float64)))
