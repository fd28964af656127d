"""Any plane through a volume.

A plane is a `PlaneGrid`; its cut is a `Section` of trilinear values, so that it is painted,
measured and windowed as the orthogonal ones are.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from tumorboard.imaging.compute import Stop
from tumorboard.imaging.geometry import Points, SliceStack
from tumorboard.imaging.sampling import THIN, Layers, Rows, is_complete, sample
from tumorboard.imaging.slicing import PlaneGrid, Section
from tumorboard.imaging.volume import Volume

#: Largest number of pixels along a side of a plane; a finer grid is made coarser.
_MOST_PIXELS = 2048


def cut_oblique(
    volume: Volume, grid: PlaneGrid, *, every: int = 1, stop: Stop | None = None
) -> Section:
    """Cut a volume along a plane.

    With ``every`` above 1 only each so-manyth row and column is computed, for the time of a
    drag: the section then stands on a coarser grid over the same rectangle.

    Raises
    ------
    CancelledError
        When ``stop``, asked between blocks of rows, returned True.

    """
    return section_of(volume, coarser(grid, every), THIN, stop)


def section_of(volume: Volume, grid: PlaneGrid, layers: Layers, stop: Stop | None) -> Section:
    """Return the section of a grid through the layers of a slab."""
    rows, columns = grid.shape
    down = np.arange(rows)[:, None] * grid.spacing[0] * grid.down
    right = np.broadcast_to(grid.right * grid.spacing[1], (rows, 3))
    normal = np.broadcast_to(grid.normal, (rows, 3))
    image = sample(volume, Rows(grid.origin + down, right, normal, columns), layers, stop)
    corners = grid.to_lps([[0, 0], [0, columns - 1], [rows - 1, 0], [rows - 1, columns - 1]])
    ends = layers.offsets[[0, -1], None, None] * grid.normal
    return Section(image, grid, None, is_complete(volume, corners + ends))


def coarser(grid: PlaneGrid, every: int) -> PlaneGrid:
    """Return a grid over the same rectangle with pixels ``every`` times as large."""
    if every <= 1:
        return grid
    shape = (-(-grid.shape[0] // every), -(-grid.shape[1] // every))
    origin = grid.to_lps([(every - 1) / 2, (every - 1) / 2])
    spacing = (grid.spacing[0] * every, grid.spacing[1] * every)
    return replace(grid, origin=origin, spacing=spacing, shape=shape)


def plane_through(
    stack: SliceStack,
    point: ArrayLike,
    right: ArrayLike,
    down: ArrayLike,
    *,
    spacing: float | None = None,
) -> PlaneGrid:
    """Return the grid of the plane through a point that covers the whole volume.

    Parameters
    ----------
    point
        LPS in mm, shape (3,); it lies at the centre of a pixel.
    right, down
        Perpendicular unit directions of growing column and row, shape (3,).
    spacing
        Size of a pixel in mm; by default the finest spacing of the volume.

    """
    middle = np.asarray(point, dtype=np.float64)
    u, v = _unit(right), _unit(down)
    size = spacing or min(*stack.pixel_spacing, stack.slice_spacing)
    offset = _corners(stack) - middle
    extents = [(offset @ v).min(), (offset @ v).max(), (offset @ u).min(), (offset @ u).max()]
    longest = max(extents[1] - extents[0], extents[3] - extents[2])
    size = max(size, longest / (_MOST_PIXELS - 3))
    top, bottom, left, end = (round(extent / size) for extent in extents)
    shape = (int(bottom - top) + 1, int(end - left) + 1)
    return PlaneGrid(middle + top * size * v + left * size * u, u, v, (size, size), shape)


def turned(direction: ArrayLike, axis: ArrayLike, degrees: float) -> Points:
    """Turn a direction, shape (..., 3), about an axis, shape (3,), by the right-hand rule.

    Turning (right, down) of one plane about the trace of another makes a double oblique.
    """
    d, a = np.asarray(direction, dtype=np.float64), _unit(axis)
    angle = np.radians(degrees)
    along = (d @ a)[..., None] * a
    return np.asarray(along + np.cos(angle) * (d - along) + np.sin(angle) * np.cross(a, d))


def _corners(stack: SliceStack) -> Points:
    """Return the outer corners of all slices, shape (N * 4, 3); shifted ones stand out."""
    n, rows, columns = stack.shape
    k = np.concatenate([[-0.5], np.arange(n, dtype=np.float64), [n - 0.5]])
    corners = [(i, j) for i in (-0.5, rows - 0.5) for j in (-0.5, columns - 0.5)]
    return np.concatenate(
        [stack.to_lps(np.stack([k, np.full_like(k, i), np.full_like(k, j)], 1)) for i, j in corners]
    )


def _unit(direction: ArrayLike) -> Points:
    d = np.asarray(direction, dtype=np.float64)
    return np.asarray(d / np.linalg.norm(d))
