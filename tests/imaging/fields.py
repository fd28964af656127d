"""Volumes whose value names the place, in every orientation, for cuts of any kind."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tests.imaging.volumes import volume_of
from tumorboard.imaging.geometry import SliceStack
from tumorboard.imaging.volume import Volume

ORIENTATIONS = {
    "axial to the head": ([1, 0, 0], [0, 1, 0]),
    "axial to the feet": ([1, 0, 0], [0, -1, 0]),
    "coronal": ([1, 0, 0], [0, 0, -1]),
    "sagittal, turned": ([0, 0, -1], [0, 1, 0]),
    "oblique": ([0.8, 0.6, 0], [-0.36, 0.48, 0.8]),
}

UNEVEN = np.array([0, 2.5, 5, 10, 12.5, 15, 17.5, 25, 27.5, 30, 32.5, 35])


def linear(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """A field that grows by the same amount everywhere in space; trilinear values are exact."""
    return points @ np.array([3.0, 7.0, 11.0])


def field_volume(
    name: str, positions: NDArray[np.float64] | None = None, tilt: float = 0.0
) -> Volume:
    """Twelve slices of 20 rows and 24 columns that hold `linear`.

    With a tilt they are shifted along columns and, by less, along rows.
    """
    u, v = (np.array(a, dtype=float) for a in ORIENTATIONS[name])
    z = np.arange(12) * 2.5 if positions is None else positions
    origins = np.array([-10.0, -12.0, 5.0]) + np.outer(z, np.cross(u, v) + tilt * (v - 0.6 * u))
    stack = SliceStack(origins, u, v, (0.8, 0.7), 20, 24)
    return volume_of(stack, linear(voxel_points(stack)).astype(np.float32))


def voxel_points(stack: SliceStack) -> NDArray[np.float64]:
    """LPS of all voxel centres, shape (slices, rows, columns, 3)."""
    index = np.stack(np.meshgrid(*(np.arange(s) for s in stack.shape), indexing="ij"), axis=-1)
    return stack.to_lps(index)


def inside(stack: SliceStack, points: NDArray[np.float64], by: float = 0.0) -> NDArray[np.bool_]:
    """Which points lie between voxel centres on all sides, away from the rim by ``by`` voxels."""
    index = stack.to_index(points)
    return ((index >= by) & (index <= np.array(stack.shape) - 1 - by)).all(axis=-1)
