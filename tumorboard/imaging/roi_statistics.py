"""Values inside a region drawn on a cut."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tumorboard.imaging.geometry import Points
from tumorboard.imaging.slicing import PlaneGrid, Section
from tumorboard.imaging.volume import Volume


@dataclass(frozen=True)
class RoiStatistics:
    """Mean, sample standard deviation, least and greatest value of the pixels in a region.

    A pixel counts when its centre lies inside. ``unit`` is that of the volume.
    """

    count: int
    mean: float
    sd: float
    minimum: float
    maximum: float
    unit: str


Axes = tuple[ArrayLike, ArrayLike, ArrayLike, ArrayLike]


def ellipse_mask(grid: PlaneGrid, axes: Axes) -> tuple[slice, slice, NDArray[np.bool_]]:
    """Return the pixels of a grid whose centre is inside an ellipse.

    The ellipse has its axes from the first to the second and from the third to the fourth
    point (LPS mm). The result is the rows, the columns, and a mask over these.
    """
    start, end, low, high = (np.asarray(p, dtype=np.float64) for p in axes)
    centre, first, second = (start + end) / 2, (end - start) / 2, (high - low) / 2
    rows, columns = _bounds(grid, centre, first, second)
    i, j = np.mgrid[rows, columns]
    offset = grid.to_lps(np.stack([i, j], axis=-1)) - centre
    u = offset @ first / max(float(first @ first), 1e-12)
    v = offset @ second / max(float(second @ second), 1e-12)
    return rows, columns, np.asarray(u * u + v * v <= 1.0)


def _bounds(grid: PlaneGrid, centre: Points, first: Points, second: Points) -> tuple[slice, slice]:
    """Return the rows and columns of the box around an ellipse, cut to the grid."""
    middle = grid.to_pixels(centre)
    half = np.hypot(
        grid.to_pixels(centre + first) - middle, grid.to_pixels(centre + second) - middle
    )
    low = np.clip(np.floor(middle - half), 0, grid.shape).astype(int)
    high = np.clip(np.ceil(middle + half) + 1, 0, grid.shape).astype(int)
    return slice(int(low[0]), int(high[0])), slice(int(low[1]), int(high[1]))


def ellipse_statistics(volume: Volume, section: Section, axes: Axes) -> RoiStatistics | None:
    """Return the statistics inside an ellipse on a cut; None when no pixel centre is inside."""
    rows, columns, mask = ellipse_mask(section.grid, axes)
    if not mask.any() or not section.complete:
        return None
    values = volume.values(section.image[rows, columns][mask])
    sd = float(values.std(ddof=1)) if values.size > 1 else 0.0
    return RoiStatistics(
        int(values.size),
        float(values.mean()),
        sd,
        float(values.min()),
        float(values.max()),
        volume.unit,
    )
