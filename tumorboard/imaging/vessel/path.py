"""The way through the lumen between two clicks: the cheapest one, where the middle is cheap.

A region round the clicks is smoothed a little; voxels with values like those at the clicks (or
those of a vessel mask) are lumen, and a millimetre costs less the deeper it lies in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tumorboard.errors import UserError
from tumorboard.imaging.geometry import Points
from tumorboard.imaging.mask_model import Index, Mask
from tumorboard.imaging.segmentation.distance import (
    array_of,
    image_of,
    signed_distance,
    usual_spacing,
)
from tumorboard.imaging.vessel.centreline import check_inside
from tumorboard.imaging.vessel.kernels import cheapest_ways
from tumorboard.imaging.volume import Volume
from tumorboard.language import _

#: How far beyond the clicks the way may lead, mm.
_MARGIN_MM: Final = 30.0
_SMOOTHING_MM: Final = 1.0
#: Radius of the ball whose values stand for the lumen at a click, mm.
_SAMPLE_MM: Final = 2.5
#: Values this many spreads from those at the clicks are lumen; the spread is at least ...
_ALIKE: Final = 3.0
_LEAST_SPREAD: Final = 12.0
#: Cost of a millimetre outside the lumen, as many as of one at its rim.
_OUTSIDE: Final = 40.0
#: A way with a larger share outside the lumen is none.
_MOST_OUTSIDE: Final = 0.35
#: Depth at which a millimetre costs 1, mm.
_DEPTH_MM: Final = 2.0


@dataclass(frozen=True, eq=False)
class LumenField:
    """The cost of ways in a region; made once, for many ways and every drag.

    ``cost`` is float32, shape of the region; ``start`` the index of its first voxel.
    """

    cost: NDArray[np.float32]
    lumen: NDArray[np.bool_]
    start: Index
    volume: Volume

    def trace(self, one: Points, other: Points) -> Points:
        """Return the cheapest way between two LPS points, shape (M, 3), both included.

        Raises
        ------
        UserError
            When a point lies outside the region, or no way leads through the lumen.

        """
        a, b = self._voxel(one), self._voxel(other)
        spacing = np.array(usual_spacing(self.volume.stack))
        ends = np.array([np.ravel_multi_index(a, self.cost.shape)], np.int64)
        target = int(np.ravel_multi_index(b, self.cost.shape))
        _, _, before = cheapest_ways(self.cost, ends, spacing, target)
        flat = before.reshape(-1)
        found = [target]
        while flat[found[-1]] >= 0:
            found.append(int(flat[found[-1]]))
        if found[-1] != ends[0]:
            raise _no_way()
        index = np.stack(np.unravel_index(found[::-1], self.cost.shape), axis=1)
        inside = self.lumen[tuple(index.T)]
        if len(index) > 8 and 1 - inside.mean() > _MOST_OUTSIDE:
            raise _no_way()
        way = self.volume.stack.to_lps(index + np.array(self.start))
        if len(way) <= 2:
            return np.stack([one, other])
        return np.concatenate([one[None], way[1:-1], other[None]])

    def _voxel(self, point: Points) -> Index:
        index = np.floor(self.volume.stack.to_index(point) + 0.5).astype(int) - self.start
        if (index < 0).any() or (index >= self.cost.shape).any():
            raise UserError(
                _("The line leaves the region searched."), _("Search again from its points.")
            )
        return int(index[0]), int(index[1]), int(index[2])


def lumen_field(
    volume: Volume, points: Sequence[ArrayLike], vessel: Mask | None = None
) -> LumenField:
    """Prepare the search for ways along a vessel.

    Parameters
    ----------
    points
        The clicks, LPS, all inside the lumen.
    vessel
        A mask of the vessel on the volume's grid, whose inside is the lumen; else it is found
        by the values at the clicks.

    Raises
    ------
    UserError
        When a click lies outside the images.

    """
    clicks = np.asarray(points, dtype=np.float64).reshape(-1, 3)
    check_inside(volume.stack, clicks, _("The line of clicks"))
    stack = volume.stack
    margin = _MARGIN_MM / np.array(usual_spacing(stack))
    index = stack.to_index(clicks)
    low = np.clip(np.floor(index.min(axis=0) - margin), 0, None).astype(int)
    high = np.minimum(np.ceil(index.max(axis=0) + margin) + 1, stack.shape).astype(int)
    start, stop = (
        (int(low[0]), int(low[1]), int(low[2])),
        (int(high[0]), int(high[1]), int(high[2])),
    )
    if vessel is not None:
        lumen = vessel.cropped(start, stop)
    else:
        lumen = _like_clicks(volume, clicks, start, stop)
    depth = np.maximum(-signed_distance(lumen, usual_spacing(volume.stack)), 0.25)
    inside = (_DEPTH_MM / depth) ** 2
    rim = (_DEPTH_MM / 0.25) ** 2
    cost = np.where(lumen, inside, rim * _OUTSIDE).astype(np.float32)
    return LumenField(cost, lumen, start, volume)


def _no_way() -> UserError:
    return UserError(
        _("No way through the lumen joins two of the points."),
        _("Click further points between them, or draw the line by clicks alone."),
    )


def _like_clicks(volume: Volume, clicks: Points, start: Index, stop: Index) -> NDArray[np.bool_]:
    """Return the voxels of a region with values like those round the clicks."""
    import SimpleITK as sitk

    part = tuple(slice(a, b) for a, b in zip(start, stop, strict=True))
    spacing = usual_spacing(volume.stack)
    raw = volume.voxels[part].astype(np.float32)
    raw = raw * np.float32(volume.rescale_slope) + np.float32(volume.rescale_intercept)
    soft = array_of(sitk.DiscreteGaussian(image_of(raw, spacing), _SMOOTHING_MM**2))
    index = np.floor(volume.stack.to_index(clicks) + 0.5).astype(int) - start
    reach = np.maximum(np.floor(_SAMPLE_MM / np.array(spacing)).astype(int), 0)
    levels, spreads = [], []
    for at in index:
        near = tuple(slice(max(0, a - r), a + r + 1) for a, r in zip(at, reach, strict=True))
        values = soft[near]
        levels.append(float(np.median(values)))
        spreads.append(float(np.percentile(values, 75) - np.percentile(values, 25)) / 1.349)
    spread = max(float(np.median(spreads)), _LEAST_SPREAD) * _ALIKE
    return np.asarray((soft >= min(levels) - spread) & (soft <= max(levels) + spread))
