"""Thick cuts: the highest, the lowest or the mean value over a thickness in millimetres."""

from __future__ import annotations

from typing import Final

import numpy as np

from tumorboard.imaging.compute import Stop
from tumorboard.imaging.geometry import Points, SliceStack
from tumorboard.imaging.oblique import coarser, section_of
from tumorboard.imaging.sampling import THIN, Layers, SlabMode
from tumorboard.imaging.slicing import PlaneGrid, Section
from tumorboard.imaging.volume import Volume

#: Cosine above which a slab is taken as one of whole slices, rows or columns.
_ALONG_AXIS: Final = 1 - 1e-6
#: Most layers of a slab; a thicker one is read more coarsely.
_MOST_LAYERS: Final = 600


def cut_slab(
    volume: Volume,
    grid: PlaneGrid,
    thickness_mm: float,
    mode: SlabMode,
    *,
    every: int = 1,
    stop: Stop | None = None,
) -> Section:
    """Cut a volume along a plane with a thickness, half of it on either side.

    Layers outside the volume count for nothing. A thickness of 0 is the plane itself.

    Raises
    ------
    ValueError
        When the thickness is negative or not finite.
    CancelledError
        When ``stop``, asked between blocks of rows, returned True.

    """
    layers = slab_layers(volume.stack, grid, thickness_mm, mode)
    return section_of(volume, coarser(grid, every), layers, stop)


def slab_layers(stack: SliceStack, grid: PlaneGrid, thickness_mm: float, mode: SlabMode) -> Layers:
    """Return where a slab is read.

    Along slices, rows or columns: at each voxel centre inside and at both faces, which makes
    the highest and lowest value and the mean (trapezoids) those of the interpolated volume
    exactly. Elsewhere in the middle of equal layers, at most one voxel thick.
    """
    check_thickness(thickness_mm)
    if thickness_mm == 0:
        return THIN
    half = thickness_mm / 2
    centres = _voxel_centres(stack, grid)
    if centres is not None:
        inside = centres[(centres > -half + 1e-6) & (centres < half - 1e-6)]
        if len(inside) + 2 <= _MOST_LAYERS:
            faces = np.concatenate([[-half], np.sort(inside), [half]])
            gaps = np.diff(faces)
            return Layers(
                faces,
                np.asarray(np.concatenate([[0.0], gaps / 2]) + np.concatenate([gaps / 2, [0.0]])),
                mode,
            )
    # How many mm along a direction cross at most one voxel along every axis.
    n = grid.normal / np.linalg.norm(grid.normal)
    finest = stack.spacings.min() if len(stack.spacings) else stack.slice_spacing
    per_mm = (
        abs(n @ stack.normal) / finest,
        abs(n @ stack.column_direction) / stack.pixel_spacing[0],
        abs(n @ stack.row_direction) / stack.pixel_spacing[1],
    )
    return equal_layers(thickness_mm, float(1.0 / max(per_mm)), mode)


def equal_layers(thickness_mm: float, finest_mm: float, mode: SlabMode) -> Layers:
    """Return layers of equal thickness, at most ``finest_mm`` each, read in their middle.

    Raises
    ------
    ValueError
        When the thickness is negative or not finite.

    """
    check_thickness(thickness_mm)
    count = int(min(max(1, np.ceil(thickness_mm / finest_mm)), _MOST_LAYERS))
    offsets = (np.arange(count) + 0.5) * thickness_mm / count - thickness_mm / 2
    return Layers(offsets, np.full(count, 1.0 / count), mode)


def check_thickness(thickness_mm: float) -> None:
    """Raise ValueError for a thickness that is negative or not finite."""
    if not (np.isfinite(thickness_mm) and thickness_mm >= 0):
        raise ValueError("the thickness of a slab must be zero or more")


def _voxel_centres(stack: SliceStack, grid: PlaneGrid) -> Points | None:
    """Return the offsets in mm of voxel centres along the normal, for a normal along an axis."""
    normal = grid.normal / np.linalg.norm(grid.normal)
    if abs(normal @ stack.normal) > _ALONG_AXIS and not stack.is_sheared:
        return np.asarray((stack.origins - grid.origin) @ normal)
    for axis, count, spacing, other in (
        (stack.column_direction, stack.rows, stack.pixel_spacing[0], 0),
        (stack.row_direction, stack.columns, stack.pixel_spacing[1], 1),
    ):
        shifted = np.ptp(stack.in_plane_shift[:, other]) > 0.01
        if abs(normal @ axis) > _ALONG_AXIS and not shifted:
            lines = stack.origins[0] + np.arange(count)[:, None] * spacing * axis
            return np.asarray((lines - grid.origin) @ normal)
    return None
