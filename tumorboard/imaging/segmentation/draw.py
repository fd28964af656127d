"""Fill what is drawn round on any plane, and limit a mask to a range of values."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from tumorboard.errors import UserError
from tumorboard.imaging.geometry import Points, SliceStack
from tumorboard.imaging.mask_model import Mask, same_grid
from tumorboard.imaging.segmentation.interpolate import mask_from_outlines
from tumorboard.imaging.volume import Volume
from tumorboard.language import _

#: Cosine above which a plane lies along the slices.
_ALONG = 1 - 1e-6


def fill_outline(stack: SliceStack, outline: ArrayLike, normal: ArrayLike) -> Mask:
    """Fill a closed outline on the plane it was drawn on, one voxel thick.

    Parameters
    ----------
    outline
        Shape (N, 3), LPS mm, on one plane, at least three corners.
    normal
        Unit normal of that plane. On the slices themselves a pixel counts by the drawn line;
        on other planes a voxel counts when the plane goes through it and its centre, put on
        the plane, lies inside.

    Raises
    ------
    UserError
        When the outline encloses nothing of the images.

    """
    corners = np.atleast_2d(np.asarray(outline, dtype=np.float64))
    axis = np.asarray(normal, dtype=np.float64)
    axis = axis / np.linalg.norm(axis)
    if abs(float(axis @ stack.normal)) > _ALONG:
        return mask_from_outlines(stack, {stack.nearest_slice(corners.mean(axis=0)): [corners]})
    found = _fill_across(stack, corners, axis)
    if found.is_empty:
        raise UserError(_("The outline encloses nothing of the images."), _("Draw it larger."))
    return found


def ball(stack: SliceStack, centre: ArrayLike, radius_mm: float) -> Mask:
    """Return the voxels whose centres lie within a distance of an LPS point."""
    middle = np.asarray(centre, dtype=np.float64)
    corners = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)]) * radius_mm
    index = stack.to_index(middle + corners)
    low = np.clip(np.floor(index.min(axis=0)), 0, stack.shape).astype(int)
    high = np.clip(np.ceil(index.max(axis=0)) + 1, low, stack.shape).astype(int)
    first, (rows, columns) = stack.origins[low[0] : high[0]] - middle, high[1:] - low[1:]
    voxels = np.zeros((len(first), rows, columns), bool)
    for k, corner in enumerate(first):
        down = corner @ stack.column_direction + np.arange(low[1], high[1]) * stack.pixel_spacing[0]
        right = corner @ stack.row_direction + np.arange(low[2], high[2]) * stack.pixel_spacing[1]
        along = float(corner @ stack.normal)
        voxels[k] = down[:, None] ** 2 + right[None] ** 2 + along**2 <= radius_mm**2
    return Mask.of(voxels, stack, (int(low[0]), int(low[1]), int(low[2])))


def within_values(volume: Volume, mask: Mask, low: float, high: float) -> Mask:
    """Keep of a mask what has values from ``low`` to ``high``, both included.

    Raises
    ------
    ValueError
        When the mask lies on another grid.
    UserError
        When the range is empty.

    """
    if not same_grid(volume.stack, mask.stack):
        raise ValueError("the mask lies on another grid than the images")
    if low > high:
        raise UserError(_("The range ends before it begins."), _("Enter the lower value first."))
    values = volume.values(volume.voxels[mask.box])
    kept = mask.voxels & (values >= low) & (values <= high)
    return Mask.of(kept & volume.loaded[mask.box[0]][:, None, None], mask.stack, mask.origin)


def _fill_across(stack: SliceStack, corners: Points, axis: Points) -> Mask:
    size = np.array([stack.slice_spacing, *stack.pixel_spacing])
    ways = np.stack([stack.normal, stack.column_direction, stack.row_direction])
    depth = float(np.max(np.abs(ways @ axis) * size)) / 2 * (1 - 1e-6)
    # The first and past-last index of the part of the grid near an outline.
    every = stack.to_index(np.concatenate([corners - depth * axis, corners + depth * axis]))
    low = np.clip(np.floor(every.min(axis=0)), 0, stack.shape).astype(int)
    high = np.clip(np.ceil(every.max(axis=0)) + 1, 0, stack.shape).astype(int)
    high = np.maximum(low, high)
    start, stop = (
        (int(low[0]), int(low[1]), int(low[2])),
        (int(high[0]), int(high[1]), int(high[2])),
    )
    index = np.indices([b - a for a, b in zip(start, stop, strict=True)]).reshape(3, -1).T
    places = stack.to_lps(index + np.array(start))
    middle = corners.mean(axis=0)
    near = np.abs((places - middle) @ axis) <= depth
    right, down = _plane_axes(axis)
    flat = np.stack([(places[near] - middle) @ right, (places[near] - middle) @ down], axis=1)
    line = np.stack([(corners - middle) @ right, (corners - middle) @ down], axis=1)
    voxels = np.zeros([b - a for a, b in zip(start, stop, strict=True)], bool)
    # Whether points, (M, 2), lie inside a closed line, (N, 2), by the even-odd rule.
    inside = np.zeros(len(flat), bool)
    x, y = flat[:, 0], flat[:, 1]
    for (ax, ay), (bx, by) in zip(line, np.roll(line, -1, axis=0), strict=True):
        if ay == by:
            continue
        crosses = (ay > y) != (by > y)
        inside ^= crosses & (x < (bx - ax) * (y - ay) / (by - ay) + ax)
    voxels[tuple(index[near][inside].T)] = True
    return Mask.of(voxels, stack, start)


def _plane_axes(axis: Points) -> tuple[Points, Points]:
    other = np.eye(3)[int(np.argmin(np.abs(axis)))]
    right = np.cross(axis, other)
    return right, np.cross(axis, right)
