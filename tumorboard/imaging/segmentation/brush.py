"""Brush and eraser: what a stroke changes, as a reversible change of the canvas."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

from tumorboard.imaging.geometry import Points
from tumorboard.imaging.mask_kernels import stroke
from tumorboard.imaging.mask_model import Index, MaskCanvas, MaskChange, Voxels, change_of
from tumorboard.imaging.volume import Volume


class Tip(StrEnum):
    """The shape of the brush."""

    DISC = "disc"  # the voxels that the plane goes through
    SLAB = "slab"  # a disc with a thickness
    BALL = "ball"


@dataclass(frozen=True)
class Brush:
    """A brush; ``thickness_mm`` counts for a slab, ``values`` limits it to a range (or None)."""

    radius_mm: float
    tip: Tip = Tip.DISC
    thickness_mm: float = 0.0
    erases: bool = False
    values: tuple[float, float] | None = None


def paint(
    canvas: MaskCanvas,
    points: ArrayLike,
    normal: ArrayLike,
    brush: Brush,
    volume: Volume | None = None,
) -> MaskChange | None:
    """Return what a stroke through LPS points changes; None when nothing.

    Parameters
    ----------
    points
        Shape (N, 3), LPS mm: where the pointer was, at least one. Between two of them the
        brush is drawn along, so that a fast stroke has no holes.
    normal
        Unit normal of the plane on show.
    volume
        The values that ``brush.values`` limits to, on the canvas's grid.

    """
    line = np.atleast_2d(np.asarray(points, dtype=np.float64))
    axis = np.asarray(normal, dtype=np.float64)
    axis = axis / np.linalg.norm(axis)
    depth = _half_depth(canvas, axis, brush)
    start, stop = _box(canvas, line, axis, brush.radius_mm, depth)
    if any(b <= a for a, b in zip(start, stop, strict=True)):
        return None
    part = tuple(slice(a, b) for a, b in zip(start, stop, strict=True))
    present = canvas.voxels[part]
    flipped: Voxels = np.zeros(present.shape, bool)
    stack = canvas.stack
    corners = np.array([[k, start[1], start[2]] for k in range(start[0], stop[0])])
    places = stack.to_lps(corners)
    steps = (
        stack.column_direction * stack.pixel_spacing[0],
        stack.row_direction * stack.pixel_spacing[1],
    )
    limits = (float(brush.radius_mm), depth, not brush.erases)
    pairs = list(pairwise(line)) or [(line[0], line[0])]
    for one, other in pairs:
        stroke(flipped, present, places, steps, (one, other), axis, limits)
    if brush.values is not None and volume is not None:
        stored = volume.values(volume.voxels[part])
        flipped &= (stored >= brush.values[0]) & (stored <= brush.values[1])
    return change_of(flipped, start, "Erase" if brush.erases else "Brush")


def _half_depth(canvas: MaskCanvas, axis: Points, brush: Brush) -> float:
    """Return how far from the plane voxels count, mm; infinite for a ball."""
    if brush.tip is Tip.BALL:
        return float("inf")
    stack = canvas.stack
    size = np.array([stack.slice_spacing, *stack.pixel_spacing])
    ways = np.stack([stack.normal, stack.column_direction, stack.row_direction])
    # Half of what the largest axis of a voxel measures across the plane: on the slices
    # themselves that is the one slice, and a tie counts for one side only.
    thin = float(np.max(np.abs(ways @ axis) * size)) / 2 * (1 - 1e-6)
    return max(thin, brush.thickness_mm / 2) if brush.tip is Tip.SLAB else thin


def _box(
    canvas: MaskCanvas, line: Points, axis: Points, radius: float, depth: float
) -> tuple[Index, Index]:
    """Return the part of the grid that a stroke can touch."""
    stack = canvas.stack
    if np.isfinite(depth):
        across = radius * np.sqrt(np.clip(1 - axis**2, 0, 1)) + depth * np.abs(axis)
    else:
        across = np.full(3, radius)
    low, high = line.min(axis=0) - across, line.max(axis=0) + across
    ends = np.array([[a, b, c] for a in (0, 1) for b in (0, 1) for c in (0, 1)])
    index = stack.to_index(np.where(ends, high, low))
    first = np.clip(np.floor(index.min(axis=0)), 0, stack.shape).astype(int)
    last = np.clip(np.ceil(index.max(axis=0)) + 1, 0, stack.shape).astype(int)
    return (
        (int(first[0]), int(first[1]), int(first[2])),
        (int(last[0]), int(last[1]), int(last[2])),
    )
