"""Puts what others measured of a segment to the segment as it is drawn, or says what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tumorboard.annotations.foreign import SegmentValues
from tumorboard.annotations.model import as_point
from tumorboard.imaging.geometry import Point
from tumorboard.language import _

if TYPE_CHECKING:
    from tumorboard.app.overlay_object import OverlayObject

_NO_SET = _("the segmentation that it measures is not in this case; import it to see where this is")
_SURFACE = _("it measures a surface, which cannot be drawn here")
_NO_NUMBER = _("it does not say which segment of the segmentation it measures")


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
    wanted = values.numbers or _only(values.frames, mine)
    if not wanted:
        return BoundValues(values, why_not=_NO_NUMBER)
    missing = [n for n in wanted if n not in mine]
    if missing:
        group = next(iter(mine.values())).group
        return BoundValues(
            values,
            why_not=_(
                "“{group}” holds nothing as its segment {missing}", group=group, missing=missing[0]
            ),
        )
    return BoundValues(values, tuple(mine[n].key for n in wanted))


def _only(frames: Sequence[int], mine: Mapping[int, OverlayObject]) -> tuple[int, ...]:
    """Return the number of the one segment that can be meant, none where several can."""
    meant = [n for n, o in mine.items() if not frames or any(f in o.slices for f in frames)]
    return tuple(meant) if len(meant) == 1 else ()


def place_of(item: OverlayObject, frames: Sequence[int] = ()) -> Point | None:
    """Return the LPS point (mm) in the middle of a slice that an object fills.

    The slice is the middle one of those that the frames of its file hold; without such
    frames it is the middle one of all.
    """
    mask = item.layer.mask
    if mask is None:
        return None
    filled = np.flatnonzero(mask.voxels.any(axis=(1, 2)))
    meant = [mask.stack.slice_at(item.slices[f]) for f in frames if f in item.slices]
    chosen = np.intersect1d(np.rint(meant).astype(np.intp), filled) if meant else filled
    if len(chosen) == 0:
        return None
    k = int(chosen[len(chosen) // 2])
    row, column = np.argwhere(mask.voxels[k]).mean(axis=0)
    return as_point(mask.stack.to_lps(np.array([k, row, column], dtype=np.float64)))
