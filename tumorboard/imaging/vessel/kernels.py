"""Compiled inner loops on vessels; the sources are in `imaging/native`.

Rays, shape (sections, angles, samples), hold values along rays from the middle of a section.
"""

from __future__ import annotations

from ctypes import c_double, c_int32, c_int64, c_void_p
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tumorboard.imaging.geometry import Points
from tumorboard.imaging.native.arrays import (
    FLOAT32,
    FLOAT64,
    INT64,
    address,
    readable,
    type_number,
    vector,
    writable,
)
from tumorboard.imaging.native.library import Kernel

#: Voxels are numbered by int32.
_MOST_VOXELS: Final = 2**31 - 1

_RAYS: Final = (c_void_p, c_int32)
_cheapest_ways = Kernel(
    *("cheapest_ways", c_int64, c_void_p, c_void_p, c_void_p, c_int64),
    *(c_void_p, c_int64, c_void_p, c_void_p, c_void_p),
)
_first_fall = Kernel("first_fall", c_int64, *_RAYS, c_int64, c_int64, c_double, c_void_p)
_wall_costs = Kernel(
    *("wall_costs", c_int64, *_RAYS, c_int64, c_int64, c_int64, c_double, c_double),
    *(c_void_p, c_void_p, c_int64, c_void_p, c_void_p),
)
_smooth_costs = Kernel(
    *("smooth_costs", None, c_void_p, c_int64, c_int64, c_int64, c_int64, c_int64, c_int64),
    c_void_p,
)
_closed_walls = Kernel(
    *("closed_walls", None, c_void_p, c_int64, c_int64, c_int64),
    *(c_void_p, c_void_p, c_void_p, c_void_p),
)
_section_measures = Kernel(
    *("section_measures", c_int64, *_RAYS, c_int64, c_int64, c_int64),
    *(c_void_p, c_double, c_int64, c_double, c_void_p),
)


def cheapest_ways(
    cost: NDArray[np.float32], starts: NDArray[np.int64], spacing: Points, target: int
) -> tuple[NDArray[np.float32], NDArray[np.int32], NDArray[np.int32]]:
    """Find the cheapest ways from some voxels to all, or until a target is reached (Dijkstra).

    Parameters
    ----------
    cost
        Shape (slices, rows, columns): cost of a millimetre; infinite, negative or not a
        number: no way.
    starts
        Linear indices of the first voxels.
    spacing
        Distances in mm of neighbouring slices, rows, columns; all 26 neighbours are joined.
    target
        Linear index at which to stop, or -1.

    Returns
    -------
    total, origins, before
        Of each voxel the cost of its way (infinite for none yet), the number of the start it
        comes from (-1 for none), and the voxel before it (-1 at a start).

    Raises
    ------
    TypeError, ValueError
        When an array is not as described, or a start lies outside.
    MemoryError
        When there is none left.

    """
    shape = cost.shape
    if cost.ndim != 3 or cost.size > _MOST_VOXELS:
        raise ValueError("costs have three dimensions, and at most 2^31 - 1 voxels")
    total = np.full(shape, np.inf, np.float32)
    origins, before = np.full(shape, -1, np.int32), np.full(shape, -1, np.int32)
    sides = np.array(shape, np.int64)
    gaps = vector(spacing, 3)
    _cheapest_ways(
        *(readable(cost, FLOAT32, shape), address(sides)),
        *(readable(starts, INT64, (len(starts),)), len(starts), address(gaps), target),
        *(address(total), address(origins), address(before)),
    )
    return total, origins, before


def first_fall(rays: NDArray[Any], level: float, radii: Points) -> None:
    """Write where rays first fall below a level, in samples from their start.

    Linear between samples; 0 for one that starts below, the last sample for one that never
    falls. ``radii`` has shape (sections, angles).

    Raises
    ------
    TypeError, ValueError
        When an array is not as described.

    """
    sections, angles, count = _sides(rays)
    _first_fall(
        *(readable(rays, None, rays.shape), type_number(rays), sections * angles, count, level),
        writable(radii, FLOAT64, (sections, angles)),
    )


def wall_costs(
    rays: NDArray[Any],
    rescale: Points,
    levels: Points,
    scale: Points,
    half: int,
    costs: NDArray[np.float32],
) -> None:
    """Write the cost of the wall lying at each sample of rays of stored values.

    Low where the values turn from those of the lumen (``levels``, one a section) to others
    over ``half`` samples to either side; what is unlike the lumen further inside costs.
    ``rescale`` is slope and intercept, ``scale`` the spread of values taken as alike, one a
    section; ``costs`` has the shape of the rays.

    Raises
    ------
    TypeError, ValueError
        When an array is not as described.

    """
    sections, angles, count = _sides(rays)
    slope, intercept = vector(rescale, 2)
    room = np.empty((4, count))
    _wall_costs(
        *(readable(rays, None, rays.shape), type_number(rays), sections, angles, count),
        *(slope, intercept, readable(levels, FLOAT64, (sections,))),
        *(readable(scale, FLOAT64, (sections,)), max(0, half)),
        *(writable(costs, FLOAT32, rays.shape), address(room)),
    )


def smooth_costs(
    costs: NDArray[np.float32], spread: int, part: tuple[int, int], soft: NDArray[np.float32]
) -> None:
    """Write for sections [first, last) the mean of costs over ``spread`` rays to either side.

    And over the neighbouring sections, at half the weight. ``soft`` has the shape of the costs.

    Raises
    ------
    TypeError, ValueError
        When an array is not as described, or there is no such part.

    """
    sections, angles, count = _sides(costs)
    if not 0 <= part[0] <= part[1] <= sections or spread < 0:
        raise ValueError(f"sections {part} of {sections}, or rays fewer than none")
    _smooth_costs(
        *(readable(costs, FLOAT32, costs.shape), sections, angles, count, spread, *part),
        writable(soft, FLOAT32, costs.shape),
    )


def closed_walls(costs: NDArray[np.float32], radii: Points) -> None:
    """Write the cheapest closed line round each section: one sample a ray, steps of at most one.

    Dynamic programming round the section; where it begins and ends is fixed by a first line
    that is free there, at the ray opposite, where that one is free of its ends. ``radii``,
    shape (sections, angles), are in samples.

    Raises
    ------
    TypeError, ValueError
        When an array is not as described.

    """
    sections, angles, count = _sides(costs)
    total, came = np.empty((angles, count)), np.empty((angles, count), np.int64)
    line = np.empty(angles, np.int64)
    _closed_walls(
        *(readable(costs, FLOAT32, costs.shape), sections, angles, count),
        *(writable(radii, FLOAT64, (sections, angles)), address(total)),
        *(address(came), address(line)),
    )


def section_measures(
    rays: NDArray[Any], radii: Points, step: float, reach: int, level: float, result: Points
) -> None:
    """Measure the tumour on cross-sections.

    ``rays`` are the share of tumour along rays from the middle of each outline, ``step`` mm
    apart; ``radii`` (S, A) that outline in mm; ``reach`` the samples within which tumour
    counts as touching it. Writes (S, 4): share of the circumference touched, area (mm2),
    share of it that is tumour, circumference (mm).

    Raises
    ------
    TypeError, ValueError
        When an array is not as described.

    """
    sections, angles, count = _sides(rays)
    _section_measures(
        *(readable(rays, None, rays.shape), type_number(rays), sections, angles, count),
        *(readable(radii, FLOAT64, (sections, angles)), step, reach, level),
        writable(result, FLOAT64, (sections, 4)),
    )


def _sides(rays: NDArray[Any]) -> tuple[int, int, int]:
    if rays.ndim != 3 or 0 in rays.shape[1:]:
        raise ValueError(f"rays of shape {rays.shape}, not (sections, angles, samples)")
    sections, angles, count = rays.shape
    return sections, angles, count
