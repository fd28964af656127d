"""Values inside a region drawn on a cut.

One rule for every shape: a pixel counts when its centre lies inside, whole, never in part.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tumorboard.imaging.geometry import Points
from tumorboard.imaging.outlines import mask_of
from tumorboard.imaging.slicing import PlaneGrid, Section
from tumorboard.imaging.volume import Volume


@dataclass(frozen=True)
class RoiStatistics:
    """Values of the pixels in a region, in the unit of the volume.

    ``sd`` is the sample standard deviation (n - 1). ``median``, ``p5`` and ``p95`` lie
    linearly between neighbouring values in their order (numpy's default).
    """

    count: int
    mean: float
    sd: float
    minimum: float
    maximum: float
    unit: str
    median: float
    p5: float
    p95: float


@dataclass(frozen=True)
class Histogram:
    """How many pixels lie in each bin; ``edges`` has one more entry than ``counts``.

    A value on an edge belongs to the bin above it, in the last bin to that one.
    """

    counts: tuple[int, ...]
    edges: tuple[float, ...]
    unit: str


Axes = tuple[ArrayLike, ArrayLike, ArrayLike, ArrayLike]
Mask = tuple[slice, slice, NDArray[np.bool_]]


def ellipse_mask(grid: PlaneGrid, axes: Axes) -> Mask:
    """Return the pixels of a grid whose centre is inside an ellipse, or on its line.

    The ellipse has its axes from the first to the second and from the third to the fourth
    point (LPS mm). The result is the rows, the columns, and a mask over these.
    """
    start, end, low, high = (np.asarray(p, dtype=np.float64) for p in axes)
    centre, first, second = (start + end) / 2, (end - start) / 2, (high - low) / 2
    middle = grid.to_pixels(centre)
    half = np.hypot(
        grid.to_pixels(centre + first) - middle, grid.to_pixels(centre + second) - middle
    )
    rows, columns = _box(grid, middle - half, middle + half)
    i, j = np.mgrid[rows, columns]
    offset = grid.to_lps(np.stack([i, j], axis=-1)) - centre
    u = offset @ first / max(float(first @ first), 1e-12)
    v = offset @ second / max(float(second @ second), 1e-12)
    return rows, columns, np.asarray(u * u + v * v <= 1.0)


def outline_mask(grid: PlaneGrid, corners: ArrayLike) -> Mask:
    """Return the pixels of a grid whose centre is inside a closed outline, (N, 3) LPS mm.

    Centres on the line count by the rule of `tumorboard.imaging.outlines.mask_of`.
    """
    pixels = grid.to_pixels(np.asarray(corners, dtype=np.float64))
    rows, columns = _box(grid, pixels.min(axis=0), pixels.max(axis=0))
    shape = (rows.stop - rows.start, columns.stop - columns.start)
    return rows, columns, mask_of(pixels - [rows.start, columns.start], shape)


def _box(grid: PlaneGrid, low: Points, high: Points) -> tuple[slice, slice]:
    """Return the rows and columns of a box in pixels, cut to the grid."""
    first = np.clip(np.floor(low), 0, grid.shape).astype(int)
    last = np.clip(np.ceil(high) + 1, 0, grid.shape).astype(int)
    return slice(int(first[0]), int(last[0])), slice(int(first[1]), int(last[1]))


def masked_values(volume: Volume, section: Section, mask: Mask) -> Points | None:
    """Return the values under a mask on a cut, shape (N,), without those that are no picture.

    A reformat reaches beyond the volume; what is painted there has no value. None when no pixel
    of the picture has its centre inside, or slices that the cut needs are not loaded.
    """
    rows, columns, inside = mask
    if not inside.any() or not section.complete:
        return None
    if section.slice_index is None:
        pixels = np.moveaxis(np.mgrid[rows, columns], 0, -1)
        index = volume.stack.to_index(section.grid.to_lps(pixels))
        held = (index >= -0.5) & (index <= np.array(volume.stack.shape) - 0.5)
        inside = inside & held.all(axis=-1)
    values = picture_values(volume, section.image[rows, columns][inside])
    return values if values.size else None


def picture_values(volume: Volume, stored: NDArray[Any]) -> Points:
    """Return the values of stored ones, shape (N,), without padding and what is no number."""
    values = volume.values(stored[~volume.is_padding(stored)])
    return values[np.isfinite(values)]


def statistics_of(values: Points, unit: str) -> RoiStatistics:
    """Return the statistics of one or more values."""
    low, middle, high = np.percentile(values, [5, 50, 95])
    return RoiStatistics(
        int(values.size),
        float(values.mean()),
        float(values.std(ddof=1)) if values.size > 1 else 0.0,
        float(values.min()),
        float(values.max()),
        unit,
        float(middle),
        float(low),
        float(high),
    )


def histogram(values: Points, unit: str, bins: int = 32) -> Histogram:
    """Return the histogram of values between their least and greatest.

    Whole numbers get bins of whole width, so that no bin is empty by rounding alone.
    """
    low, high = float(values.min()), float(values.max())
    if bool((values == np.rint(values)).all()):
        width = max(1.0, float(np.ceil((high - low + 1) / bins)))
        edges = low - 0.5 + width * np.arange(int(np.ceil((high - low + 1) / width)) + 1)
    else:
        edges = np.linspace(low, high, bins + 1)
    counts, _ = np.histogram(values, edges)
    return Histogram(tuple(int(c) for c in counts), tuple(float(e) for e in edges), unit)
