"""Grow a mask from a clicked point through values in a range, with limits on leaking."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from tumorboard.errors import UserError
from tumorboard.imaging.mask_kernels import GROWING, TOO_FAR, TOO_LARGE, flood
from tumorboard.imaging.mask_model import Index, Mask, same_grid, voxel_volumes_mm3
from tumorboard.imaging.roi_statistics import picture_values
from tumorboard.imaging.value_words import number
from tumorboard.imaging.volume import Volume
from tumorboard.imaging.windowing import least_width
from tumorboard.language import _
from tumorboard.progress import Reporter
from tumorboard.quantity import length_words

LABEL: Final = _("Growing")
#: Below this a value on CT is gas, whatever was meant.
AIR_HU: Final = -300.0
#: Voxels done between two looks at the wish to cancel.
_CHUNK: Final = 400_000
#: Half the range proposed from the surroundings of a seed, in their standard deviations.
_SPREAD: Final = 2.5
#: Wider proposals (HU) come from a place where tissues meet, not from the inside of one: the
#: spread of noise in soft tissue of abdominal CT gives 70 to 210.
_WIDEST_HU: Final = 300.0
#: What is larger (mL) is looked at for strands: below this share of compact voxels it has leaked.
#: Liver of a public CT, also with 13 % of its voxels missing: 0.88 to 0.92; leaks there: 0.60 to
#: 0.65.
_JUDGED_ML: Final = 300.0
_COMPACT: Final = 0.75
_SURROUNDED: Final = 0.7
#: Smallest half range proposed.
_LEAST: Final = 15.0


@dataclass(frozen=True)
class Limits:
    """Where growing stops because it has leaked.

    ``volume_ml`` is the largest volume, ``reach_mm`` the largest distance from the seed.
    """

    volume_ml: float = 8000.0
    reach_mm: float = 300.0


@dataclass(frozen=True, eq=False)
class Grown:
    """What was grown; ``leaked`` with a sentence in ``reason`` when a limit stopped it."""

    mask: Mask
    leaked: bool = False
    reason: str = ""


def proposed_range(volume: Volume, seed: ArrayLike, radius_mm: float = 4.0) -> tuple[float, float]:
    """Return a range of values for growing, from those in a small ball round an LPS point.

    Their median and 2.5 times their spread (from quartiles) to either side.

    Raises
    ------
    UserError
        When the point lies outside the volume, or where tissues meet.

    """
    index = seed_index(volume, seed)
    steps = [_step_along(volume, axis) for axis in range(3)]
    reach = [max(0, math.floor(radius_mm / s)) for s in steps]
    box = tuple(slice(max(0, i - r), i + r + 1) for i, r in zip(index, reach, strict=True))
    offsets = np.meshgrid(
        *(
            (np.arange(b.start, min(b.stop, n)) - i) * s
            for b, n, i, s in zip(box, volume.voxels.shape, index, steps, strict=True)
        ),
        indexing="ij",
    )
    near = offsets[0] ** 2 + offsets[1] ** 2 + offsets[2] ** 2 <= radius_mm**2
    values = picture_values(volume, volume.voxels[box][near])
    if not values.size:
        raise UserError(_("The point lies outside the image."), _("Click inside the mass."))
    low, middle, high = np.percentile(values, (25, 50, 75))
    least = least_width(volume) if volume.is_fractional else _LEAST
    half = max(_SPREAD * float(high - low) / 1.349, least)
    if volume.unit == "HU" and 2 * half > _WIDEST_HU:
        raise UserError(
            _(
                "The values around this place differ by {value:.0f} HU: tissues meet here.",
                value=2 * half,
            ),
            _("Click inside the mass, away from its rim, gas and bone."),
        )
    return float(middle) - half, float(middle) + half


def grow(
    volume: Volume,
    seed: ArrayLike,
    low: float,
    high: float,
    limits: Limits | None = None,
    *,
    within: Mask | None = None,
    reporter: Reporter | None = None,
) -> Grown:
    """Fill all voxels joined to a seed (LPS) by faces whose values lie in a range.

    Parameters
    ----------
    low, high
        The range in the unit of the volume, both ends included.
    limits
        Where it stops as leaked, with what was filled until then.
    within
        A mask it must not leave, on the volume's grid; or None.
    reporter
        Told of the filled volume; may cancel.

    Raises
    ------
    UserError
        When the seed lies outside the volume, in air, or has a value outside the range.
    CancelledError
        When the reporter was asked to stop.

    """
    limits = limits or Limits()
    index = seed_index(volume, seed)
    _check_seed(volume, index, low, high)
    start, stop = _reach_box(volume, index, limits.reach_mm)
    if within is not None and not same_grid(within.stack, volume.stack):
        raise ValueError("the mask to stay in lies on another grid")
    mask, state = _flood(volume, index, (low, high), limits, (start, stop), within, reporter)
    if state == TOO_LARGE:
        text = _(
            "It filled more than {volume_ml:.0f} mL and was stopped.", volume_ml=limits.volume_ml
        )
        return Grown(mask, True, _("{text} Narrow the range or close the gap first.", text=text))
    if state == TOO_FAR:
        text = _(
            "It reached farther than {length} and was stopped.",
            length=length_words(limits.reach_mm),
        )
        return Grown(mask, True, _("{text} Narrow the range or close the gap first.", text=text))
    if within is None and mask.volume_ml > _JUDGED_ML and compact_share(mask) < _COMPACT:
        text = _(
            "It spread in strands between other tissue ({volume_ml:.0f} mL).",
            volume_ml=mask.volume_ml,
        )
        return Grown(
            mask, True, _("{text} Narrow the range, or say how far it may grow.", text=text)
        )
    return Grown(mask)


def compact_share(mask: Mask, reach_mm: float = 3.0) -> float:
    """Return the share of a mask's voxels whose surroundings belong to it by seven tenths.

    The surroundings are a box that reaches ``reach_mm`` to each side, at least one voxel. A mass
    is near 1, also with the holes that noise leaves in it; what has run along muscles, vessels and
    bowel walls is not (`tests/imaging/segmentation/test_leaks.py`).
    """
    if not mask.voxels.any():
        return 1.0
    steps = (mask.stack.slice_spacing, *mask.stack.pixel_spacing)
    near, size = mask.voxels.astype(np.uint32), 1
    for axis, step in enumerate(steps):
        reach = max(1, round(reach_mm / step))
        width, count = 2 * reach + 1, mask.voxels.shape[axis]
        rim = [(reach + 1, reach) if a == axis else (0, 0) for a in range(3)]
        summed = np.moveaxis(np.cumsum(np.pad(near, rim), axis=axis, dtype=np.uint32), axis, 0)
        near = np.moveaxis(summed[width : width + count] - summed[:count], 0, axis)
        size *= width
    inside = near[mask.voxels] >= _SURROUNDED * size
    return float(np.count_nonzero(inside)) / inside.size


def seed_index(volume: Volume, seed: ArrayLike) -> Index:
    """Return the index of the voxel at an LPS point.

    Raises
    ------
    UserError
        When there is none, or its slice is not loaded.

    """
    k, i, j = (int(v) for v in np.floor(volume.stack.to_index(seed) + 0.5))
    inside = all(0 <= a < n for a, n in zip((k, i, j), volume.voxels.shape, strict=True))
    if not inside:
        raise UserError(_("The point lies outside the images."), _("Click inside the mass."))
    if not volume.loaded[k]:
        raise UserError(
            _("The slice of the point is not loaded yet."), _("Wait until it is there.")
        )
    return k, i, j


def _check_seed(volume: Volume, index: Index, low: float, high: float) -> None:
    value = volume.value_at(index)
    if value is None or low <= value <= high:
        return
    if volume.unit == "HU" and value < AIR_HU:
        raise UserError(
            _("The point lies in air ({value:.0f} HU).", value=value), _("Click inside the mass.")
        )
    unit = f" {volume.unit}" if volume.unit else ""
    raise UserError(
        _(
            "The point has {value}, outside the range {low} to {high}.",
            value=f"{number(value, volume.unit)}{unit}",
            low=number(low, volume.unit),
            high=number(high, volume.unit),
        ),
        _("Click elsewhere or widen the range."),
    )


def _step_along(volume: Volume, axis: int) -> float:
    stack = volume.stack
    return (stack.slice_spacing, *stack.pixel_spacing)[axis]


def _reach_box(volume: Volume, index: Index, reach: float) -> tuple[Index, Index]:
    """Return the box of the grid that the reach can touch, as first and past-last index."""
    stack = volume.stack
    near = np.flatnonzero(np.abs(stack.positions - stack.positions[index[0]]) <= reach)
    first, last = max(0, int(near[0]) - 1), min(stack.shape[0], int(near[-1]) + 2)
    low, high = [first], [last]
    # A tilted gantry shifts slices within their plane: the box is for straight ones, so wider.
    shift = np.ptp(stack.in_plane_shift[first:last], axis=0)
    for axis in (1, 2):
        pixels = reach / stack.pixel_spacing[axis - 1] + float(shift[axis - 1])
        low.append(max(0, math.floor(index[axis] - pixels) - 1))
        high.append(min(stack.shape[axis], math.ceil(index[axis] + pixels) + 2))
    return (low[0], low[1], low[2]), (high[0], high[1], high[2])


def _flood(
    volume: Volume,
    index: Index,
    values: tuple[float, float],
    limits: Limits,
    box: tuple[Index, Index],
    within: Mask | None,
    reporter: Reporter | None,
) -> tuple[Mask, int]:
    reporter = reporter or Reporter()
    start, stop = box
    part = tuple(slice(a, b) for a, b in zip(start, stop, strict=True))
    voxels = volume.voxels[part]
    low, high = sorted((v - volume.rescale_intercept) / volume.rescale_slope for v in values)
    allowed = None if within is None else np.ascontiguousarray(within.cropped(start, stop))
    each = float(voxel_volumes_mm3(volume.stack)[part[0]].min())
    most = int(min(voxels.size, max(1.0, limits.volume_ml * 1000 / each)))
    queue = np.empty(most, np.int64)
    filled = np.zeros(voxels.shape, np.uint8)
    seed = tuple(i - a for i, a in zip(index, start, strict=True))
    filled[seed] = 1
    queue[0] = np.ravel_multi_index(seed, voxels.shape)
    state = np.array([0, 1], np.int64)
    stack = volume.stack
    z = stack.positions[part[0]] - stack.positions[index[0]]
    y = (np.arange(part[1].start, part[1].stop) - index[1]) * stack.pixel_spacing[0]
    x = (np.arange(part[2].start, part[2].stop) - index[2]) * stack.pixel_spacing[1]
    squares = (np.asarray(z**2), np.asarray(y**2), np.asarray(x**2))
    # Slices that are not there yet hold zeros, which would count as water.
    if not volume.loaded[part[0]].all():
        allowed = np.ones(voxels.shape, bool) if allowed is None else allowed.copy()
        allowed[~volume.loaded[part[0]]] = False
    result = GROWING
    bounds = (most, limits.reach_mm**2, _CHUNK)
    while result == GROWING:
        result = flood(voxels, allowed, (low, high), filled, queue, state, squares, bounds)
        reporter.step(LABEL, int(state[1]), most)
    return Mask.of(filled, volume.stack, start), int(result)
