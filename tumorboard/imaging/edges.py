"""Where the values of a cut change most steeply near the end of a caliper.

Proposals only: a tool shows them, and the reader takes them by letting go, or not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from tumorboard.imaging.geometry import Points
from tumorboard.imaging.slicing import Section
from tumorboard.imaging.volume import Volume

#: Values at (N, 3) LPS points (mm) of a cut, shape (N,); NaN outside.
Sampler = Callable[[Points], Points]

#: Distance of samples along a profile and width (sigma) of its smoothing, in mm.
_STEP_MM: Final = 0.25
_SIGMA_MM: Final = 0.5
#: An edge is steeper than both ends of the profile by this factor: a ramp is none.
_STEEPER: Final = 1.25
#: Values before and behind an edge differ by this many times their spread: noise does not.
_APART: Final = 2.0


@dataclass(frozen=True)
class Edge:
    """A proposed place: LPS mm, and its slope in values per mm."""

    point: tuple[float, float, float]
    slope: float


def sampler(volume: Volume, section: Section) -> Sampler:
    """Return a function that reads a cut bilinearly in the unit of the volume."""
    grid, image = section.grid, section.image
    rows, columns = grid.shape

    def sample(points: Points) -> Points:
        pixels = grid.to_pixels(points)
        y, x = pixels[..., 0], pixels[..., 1]
        outside = (y < 0) | (x < 0) | (y > rows - 1) | (x > columns - 1)
        i = np.clip(np.floor(y), 0, max(rows - 2, 0)).astype(int)
        j = np.clip(np.floor(x), 0, max(columns - 2, 0)).astype(int)
        v, u = np.clip(y - i, 0, 1), np.clip(x - j, 0, 1)
        below, beside = np.minimum(i + 1, rows - 1), np.minimum(j + 1, columns - 1)
        upper = volume.values(image[i, j]) * (1 - u) + volume.values(image[i, beside]) * u
        lower = volume.values(image[below, j]) * (1 - u) + volume.values(image[below, beside]) * u
        return np.where(outside, np.nan, upper * (1 - v) + lower * v)

    return sample


def edge_along(
    sample: Sampler, wanted: ArrayLike, direction: ArrayLike, reach_mm: float
) -> Edge | None:
    """Return the steepest place within ``reach_mm`` of a point along a direction, both ways.

    None where nothing stands out from the rest of the profile or the cut ends.
    """
    point = np.asarray(wanted, dtype=np.float64)
    axis = np.asarray(direction, dtype=np.float64)
    length = float(np.linalg.norm(axis))
    if length <= 0 or reach_mm <= 0:
        return None
    axis = axis / length
    rim = int(np.ceil(3 * _SIGMA_MM / _STEP_MM))
    pad = 2 * rim + 1
    half = int(np.ceil(reach_mm / _STEP_MM))
    offsets = _STEP_MM * np.arange(-half - pad, half + pad + 1)
    values = sample(point + offsets[:, None] * axis)
    if np.isnan(values).any():
        return None
    around = np.abs(_slopes(values))
    slopes = around[pad:-pad]
    k = int(slopes.argmax())
    ends = max(float(around[rim]), float(around[-rim - 1]))
    if slopes[k] <= max(_STEEPER * ends, 1e-9):
        return None
    if not _parts(values, pad + k):
        return None
    shift = float(np.clip(offsets[pad + k] + _vertex(slopes, k) * _STEP_MM, -reach_mm, reach_mm))
    x, y, z = (float(v) for v in point + axis * shift)
    return Edge((x, y, z), float(slopes[k]))


def edge_around(
    sample: Sampler,
    wanted: ArrayLike,
    right: ArrayLike,
    down: ArrayLike,
    reach_mm: float,
) -> Edge | None:
    """Return the steepest place within ``reach_mm`` around a point, over eight directions."""
    u, v = np.asarray(right, dtype=np.float64), np.asarray(down, dtype=np.float64)
    turns = np.arange(8) * np.pi / 8
    found = [edge_along(sample, wanted, np.cos(t) * u + np.sin(t) * v, reach_mm) for t in turns]
    return max((e for e in found if e is not None), key=lambda e: e.slope, default=None)


def _parts(values: Points, k: int) -> bool:
    """Whether the values before and behind a place are two levels, not noise."""
    before, behind = values[:k], values[k + 1 :]
    spread = float(np.sqrt((before.var() + behind.var()) / 2))
    return abs(float(before.mean() - behind.mean())) > _APART * spread


def _slopes(values: Points) -> Points:
    """Return the derivative (per mm) of a smoothed profile, as long as the profile."""
    half = int(np.ceil(3 * _SIGMA_MM / _STEP_MM))
    x = _STEP_MM * np.arange(-half, half + 1)
    weights = np.exp(-(x**2) / (2 * _SIGMA_MM**2))
    kernel = -x * weights / float((x**2 * weights).sum())
    return np.convolve(np.pad(values, half, mode="edge"), kernel, mode="valid")


def _vertex(slopes: Points, k: int) -> float:
    """Return where between samples the parabola through the peak and its neighbours is highest."""
    if not 0 < k < len(slopes) - 1:
        return 0.0
    before, here, after = (float(s) for s in slopes[k - 1 : k + 2])
    bend = before - 2 * here + after
    return 0.0 if bend >= 0 else 0.5 * (before - after) / bend
