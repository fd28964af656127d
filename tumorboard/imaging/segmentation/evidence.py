"""What the values of a volume say for and against a border along rays from a middle.

Values along rays are read by the sampler of cuts, as a mean over about a millimetre, so uneven
slices, tilt and padding count as they do on the screen. What belongs to the mass is judged by
two histograms, of values near what was clicked and of what lies around. What lies behind tissue
that does not belong is not counted for the mass, as if it were seen through a fog.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tumorboard.errors import UserError
from tumorboard.imaging.geometry import Points
from tumorboard.imaging.roi_statistics import picture_values
from tumorboard.imaging.sampling import Layers, Rows, sample
from tumorboard.imaging.segmentation.star import COUNT, DIRECTIONS, Frame, Star
from tumorboard.imaging.volume import Volume
from tumorboard.language import _

#: Radii (mm, in the frame) at which a border may lie: even in their logarithm.
STEPS: Final = 72
NEAREST_MM: Final = 2.0
FARTHEST_MM: Final = 160.0
RADII: Final = np.geomspace(NEAREST_MM, FARTHEST_MM, STEPS)
LOG_RADII: Final = np.log(RADII)
STEP: Final = float(LOG_RADII[1] - LOG_RADII[0])
#: Logarithms of where a border lies that parts the values before a radius from those at it.
BORDERS: Final = LOG_RADII - STEP / 2

_SAMPLE_MM: Final = 0.8
_BLUR: Final = Layers(np.array([-1.0, 0.0, 1.0]), np.array([0.25, 0.5, 0.25]))
_BINS: Final = 96
#: Ball round a click whose values count, mm.
_PATCH_MM: Final = 4.0
#: Width of a histogram's kernel: of the noise at the clicks, and at least of the whole range.
_OF_NOISE, _OF_RANGE = 0.7, 0.02
#: What an empty bin counts, so that no single value decides.
_FLOOR: Final = 0.02
_MOST: Final = 2.5
#: Share of what is inside the present surface, beside what was clicked.
_INSIDE: Final = 0.5
_NEGATIVE: Final = 0.3
#: Tissue that does not belong is seen through for so many mm, or so much of the radius.
_FOG_MM, _FOG_SHARE = 3.0, 0.1
_FOG_COST: Final = 0.6
#: Steps to each side over which the edge at a radius is judged.
_EDGE_STEPS: Final = 4


@dataclass(frozen=True, eq=False)
class Bins:
    """Bins of values from ``low``, each ``width``, and the kernel that spreads a value."""

    low: float
    width: float
    kernel: Points

    def place(self, values: NDArray[np.floating]) -> NDArray[np.int64]:
        """Return the bin of values; beyond the ends the outermost."""
        return np.asarray(np.clip((values - self.low) / self.width, 0, _BINS - 1), dtype=np.int64)

    def shares(self, values: NDArray[np.floating], weights: Points | None = None) -> Points:
        """Return the share of values in each bin, shape (bins,)."""
        counts = np.bincount(self.place(values), weights, _BINS).astype(np.float64)
        return np.convolve(counts / max(counts.sum(), 1e-12), self.kernel, "same")


@dataclass(frozen=True, eq=False)
class Belief:
    """For each direction and radius, shapes (COUNT, STEPS).

    ``support`` is from 1 (belongs to the mass) to -1; ``costs`` of a border there, lower is
    likelier; ``edges`` by how much support falls there, 0 to 2; ``outside`` where no image is.
    """

    support: Points
    costs: Points
    edges: Points
    outside: NDArray[np.bool_]


def patch(volume: Volume, point: Points) -> Points:
    """Return the values in a ball of 4 mm round an LPS point, shape (N,)."""
    stack = volume.stack
    index = np.rint(stack.to_index(point)).astype(int)
    steps = np.array([stack.slice_spacing, *stack.pixel_spacing])
    reach = np.maximum(1, np.floor(_PATCH_MM / steps)).astype(int)
    low, high = np.maximum(index - reach, 0), np.minimum(index + reach + 1, stack.shape)
    box = tuple(slice(a, b) for a, b in zip(low, high, strict=True))
    grid = np.indices(tuple(high - low)).reshape(3, -1).T + low
    near = (((grid - index) * steps) ** 2).sum(axis=1) <= max(_PATCH_MM, float(steps.min())) ** 2
    keep = near & volume.loaded[grid[:, 0]]
    return picture_values(volume, volume.voxels[box].reshape(-1)[keep])


def values_along(volume: Volume, frame: Frame) -> tuple[Points, NDArray[np.bool_]]:
    """Return values at all radii of all directions, and where there is no image."""
    ways = DIRECTIONS @ frame.stretch.T
    lengths = np.linalg.norm(ways, axis=1)
    normals = np.cross(ways / lengths[:, None], np.array([0.36, 0.48, 0.8]))
    normals /= np.maximum(np.linalg.norm(normals, axis=1), 1e-9)[:, None]
    columns = int(np.ceil(FARTHEST_MM / _SAMPLE_MM)) + 1
    starts = np.repeat(frame.centre[None], COUNT, axis=0)
    rows = Rows(starts, ways * _SAMPLE_MM, normals, columns)
    found = volume.values(sample(volume, rows, _BLUR))
    at = np.clip(np.rint(RADII / _SAMPLE_MM).astype(int), 1, columns - 2)
    found = (found[:, at - 1] + 2 * found[:, at] + found[:, at + 1]) / 4
    index = volume.stack.to_index(frame.centre + ways[:, None] * RADII[None, :, None])
    outside = ((index < -0.5) | (index > np.array(volume.stack.shape) - 0.5)).any(axis=-1)
    slices = np.clip(np.rint(index[..., 0]), 0, len(volume.loaded) - 1).astype(int)
    outside |= ~volume.loaded[slices] | ~np.isfinite(found)
    return np.where(outside, 0.0, found), outside


def bins_for(values: Points, patches: list[Points]) -> Bins:
    """Return bins over the values around and at the clicks.

    Raises
    ------
    UserError
        When all values are the same or no number, so that no border can be seen.

    """
    clicked = np.concatenate(patches) if patches else values
    if not clicked.size or not values.size:
        raise UserError(_("There are no values at this place."), _("Click inside the mass."))
    low, high = np.percentile(values, (2, 98))
    low, high = min(float(low), float(clicked.min())), max(float(high), float(clicked.max()))
    if not high > low:
        raise UserError(
            _("All values around this place are the same: no border can be seen."),
            _("Outline the mass by hand."),
        )
    noises = [1.4826 * float(np.median(np.abs(p - np.median(p)))) for p in patches if p.size]
    width = (high - low) / _BINS
    spread = max(_OF_NOISE * float(np.median(noises or [0.0])), _OF_RANGE * (high - low)) / width
    steps = np.arange(-int(min(4 * spread, _BINS // 2)) - 1, int(min(4 * spread, _BINS // 2)) + 2)
    kernel = np.exp(-(steps**2) / (2 * spread**2))
    return Bins(low, width, kernel[: _BINS - 1] / kernel[: _BINS - 1].sum())


def belief(
    values: Points,
    outside: NDArray[np.bool_],
    patches: tuple[list[Points], list[Points]],
    star: Star | None,
    reach_mm: float,
) -> Belief:
    """Judge values along rays by what was clicked, positive and negative, and by a surface.

    ``reach_mm`` is how far round the middle counts as surroundings while there is none.
    """
    near = RADII[None] < reach_mm
    there = ~outside
    bins = bins_for(values[there & near], patches[0])
    mass = np.mean([bins.shares(p) for p in patches[0] if p.size], axis=0)
    inner, around = np.zeros_like(outside), there & near
    if star is not None:
        radii = np.exp(star.radii)[:, None]
        inner = there & (RADII[None] < radii * 0.95)
        ring = there & (RADII[None] > radii * 1.08) & (RADII[None] < radii * 1.7 + 4)
        around = ring if ring.any() else around
    weights = np.broadcast_to(RADII[None] ** 3, values.shape)
    if inner.any():
        mass = (1 - _INSIDE) * mass + _INSIDE * bins.shares(values[inner], weights[inner])
    rest = bins.shares(values[around], weights[around])
    others = [bins.shares(p) for p in patches[1] if p.size]
    if others:
        rest = (1 - _NEGATIVE) * rest + _NEGATIVE * np.mean(others, axis=0)
    floor = _FLOOR / _BINS
    score = np.clip(np.log((mass + floor) / (rest + floor)), -_MOST, _MOST) / _MOST
    support = score[bins.place(values)]
    support[outside] = -1.0
    return _judged(support, outside)


def _judged(support: Points, outside: NDArray[np.bool_]) -> Belief:
    against = np.maximum(-support, 0) * np.gradient(RADII)[None]
    passed = np.cumsum(against, axis=1) - against
    fog = np.exp(-passed / np.maximum(_FOG_MM, _FOG_SHARE * RADII)[None])
    support = support * fog - (1 - fog) * _FOG_COST
    summed = np.concatenate([np.zeros((COUNT, 1)), np.cumsum(support, axis=1)], axis=1)
    j = np.arange(STEPS)
    first, last = np.maximum(j - _EDGE_STEPS, 0), np.minimum(j + _EDGE_STEPS, STEPS)
    within = (summed[:, j] - summed[:, first]) / np.maximum(j - first, 1)
    beyond = (summed[:, last] - summed[:, j]) / np.maximum(last - j, 1)
    edges = within - beyond
    return Belief(support, -summed[:, :STEPS] * STEP, edges, outside)
