"""Values inside a region drawn on a cut."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

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


def ellipse_mask(
    grid: PlaneGrid, a: ArrayLike, b: ArrayLike, c: ArrayLike, d: ArrayLike
) -> NDArray[np.bool_]:
    """Return which pixels of a grid have their centre inside an ellipse.

    The ellipse has its axes from a to b and from c to d (LPS mm); shape of the result:
    (rows, columns).
    """
    start, end = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    low, high = np.asarray(c, dtype=np.float64), np.asarray(d, dtype=np.float64)
    centre, first, second = (start + end) / 2, (end - start) / 2, (high - low) / 2
    rows, columns = np.mgrid[0 : grid.shape[0], 0 : grid.shape[1]]
    offset = grid.to_lps(np.stack([rows, columns], axis=-1)) - centre
    u = offset @ first / max(float(first @ first), 1e-12)
    v = offset @ second / max(float(second @ second), 1e-12)
    return np.asarray(u * u + v * v <= 1.0)


def ellipse_statistics(
    volume: Volume, section: Section, axes: tuple[ArrayLike, ArrayLike, ArrayLike, ArrayLike]
) -> RoiStatistics | None:
    """Return the statistics inside an ellipse on a cut; None when no pixel centre is inside."""
    mask = ellipse_mask(section.grid, *axes)
    if not mask.any() or not section.complete:
        return None
    values = volume.values(section.image[mask])
    sd = float(values.std(ddof=1)) if values.size > 1 else 0.0
    return RoiStatistics(
        int(values.size),
        float(values.mean()),
        sd,
        float(values.min()),
        float(values.max()),
        volume.unit,
    )
