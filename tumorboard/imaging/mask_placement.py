"""A mask of others on the grid of the images that it belongs to."""

from __future__ import annotations

from typing import Final

import numpy as np

from tumorboard.imaging.geometry import SliceStack
from tumorboard.imaging.mask_model import Mask
from tumorboard.imaging.overlay import Segment

#: How far grids may be apart and still be one, mm: headers of masks keep fewer digits.
_SAME_MM: Final = 0.1
_SAME_SPACING: Final = 1e-4
_SAME_DIRECTION: Final = 1e-6
#: A slice of a segment this many times as thick as one of the images is on another grid.
_THICKER: Final = 1.5


def mask_on(segment: Segment, stack: SliceStack) -> Mask:
    """Return a segment on the grid of the images: voxel by voxel where the grids agree.

    This is the one way in which a segmentation of others becomes voxels of a series, so that it
    has one volume wherever it is shown or measured.
    """
    placed = placed_on(segment, stack)
    return placed if placed is not None else Mask.of(segment.on(stack), stack)


def placed_on(segment: Segment, stack: SliceStack) -> Mask | None:
    """Put the slices of a segment on those of the images; None unless all of them fit.

    Rows and columns may run the other way, as those of NIfTI files do. A segment whose slices
    are thicker than those of the images fills more than the slices that it lies on.
    """
    if segment.step is not None and segment.step > _THICKER * stack.slice_spacing:
        return None
    voxels, origins = segment.mask, segment.stack.origins
    ways = (
        (1, segment.stack.column_direction, stack.column_direction),
        (2, segment.stack.row_direction, stack.row_direction),
    )
    if np.abs(np.subtract(segment.stack.pixel_spacing, stack.pixel_spacing)).max() > _SAME_SPACING:
        return None
    for axis, theirs, ours in ways:
        if abs(abs(float(theirs @ ours)) - 1) > _SAME_DIRECTION:
            return None
        if theirs @ ours < 0:
            reach = (voxels.shape[axis] - 1) * segment.stack.pixel_spacing[axis - 1]
            voxels, origins = np.flip(voxels, axis), origins + reach * theirs
    if voxels.shape[1:] != stack.shape[1:]:
        return None
    places = [stack.nearest_slice(o) for o in origins]
    if np.abs(origins - stack.origins[places]).max() > _SAME_MM:
        return None
    first, last = min(places), max(places)
    found = np.zeros((last - first + 1, *voxels.shape[1:]), bool)
    for k, slice_ in zip(places, voxels, strict=True):
        found[k - first] |= slice_
    return Mask.of(found, stack, (first, 0, 0))
