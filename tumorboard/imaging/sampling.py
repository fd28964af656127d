"""Trilinear values of a volume along rows of points in patient space.

The one way by which oblique, thick and curved cuts read voxels. A cut is a set of rows, each
a straight line in the patient; slices keep their true positions and shifts. A sample lies in
the volume up to half a voxel outside the outermost voxel centres, where the outermost value
goes on. Between two slices values are interpolated however far these are apart; where slices
are missing the caveat of the volume says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tumorboard.imaging.compute import WORKERS, Stop
from tumorboard.imaging.geometry import Points, SliceStack
from tumorboard.imaging.kernels import MAXIMUM, MEAN, MINIMUM, image_type, row_sampler
from tumorboard.imaging.slicing import background
from tumorboard.imaging.volume import Volume
from tumorboard.language import N_

#: Largest departure of slices, in pixels, from a straight line of origins that is still read
#: as one: below what a picture can show.
_STRAIGHT_PIXELS: Final = 0.02


#: So few samples are taken sooner by one thread than shared out.
_FEW: Final = 80_000

#: Thicknesses of a slab (mm) that keys step through.
SLABS_MM = (0.0, 3.0, 5.0, 10.0, 20.0, 40.0)


class SlabMode(StrEnum):
    """How the layers of a thick cut become one picture."""

    MEAN = N_("mean")
    MAXIMUM = "MIP"
    MINIMUM = "MinIP"


_MODES: Final = {SlabMode.MEAN: MEAN, SlabMode.MAXIMUM: MAXIMUM, SlabMode.MINIMUM: MINIMUM}


@dataclass(frozen=True, eq=False)
class Layers:
    """The layers of a slab: ``offsets`` in mm along its normal, ``weights`` of the mean."""

    offsets: Points
    weights: Points
    mode: SlabMode = SlabMode.MEAN


#: A cut without thickness.
THIN: Final = Layers(np.zeros(1), np.ones(1))


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows of sample points, LPS in mm.

    ``starts``, shape (R, 3), is the point of column 0; ``steps``, shape (R, 3), the way to
    the next column; ``normals``, shape (R, 3), the unit normal along which layers lie.
    """

    starts: Points
    steps: Points
    normals: Points
    columns: int


def sample(
    volume: Volume, rows: Rows, layers: Layers = THIN, stop: Stop | None = None
) -> NDArray[Any]:
    """Return stored values at rows of points, shape (R, columns).

    Of the type of the voxels when that is an integer of 16 bits or fewer (rounded to the
    nearest), else float32; the background of the volume where there is no voxel. Voxels that
    mark what is outside the reconstruction are never mixed with others.

    Raises
    ------
    CancelledError
        When ``stop``, asked between blocks of rows, returned True.

    """
    stack = volume.stack
    even = _is_straight(stack)
    matrix, origin = _to_table(stack, even)
    lines = tuple(
        np.ascontiguousarray(way @ matrix.T)
        for way in (rows.starts - origin, rows.steps, rows.normals)
    )
    voxels = np.ascontiguousarray(volume.voxels)
    image = np.empty((len(rows.starts), rows.columns), image_type(voxels.dtype))
    work = row_sampler(
        *(voxels, None if even else _table(stack), (lines[0], lines[1], lines[2])),
        (layers.offsets, layers.weights, _MODES[layers.mode]),
        *(_padding(volume), float(background(volume)), image),
    )
    if stop is None and image.size * len(layers.offsets) <= _FEW:
        work(0, len(image))
    else:
        WORKERS.run(work, len(image), stop)
    return image


def is_complete(volume: Volume, points: ArrayLike) -> bool:
    """Whether all slices between the outermost of some LPS points, shape (..., 3), are loaded."""
    k = volume.stack.slice_at(np.asarray(points, dtype=np.float64) @ volume.stack.normal)
    last = len(volume.loaded) - 1
    low, high = int(np.floor(k.min())), int(np.ceil(k.max()))
    return bool(volume.loaded[max(0, min(low, last)) : min(max(high, 0), last) + 1].all())


def _is_straight(stack: SliceStack) -> bool:
    """Whether slice, row and column index are linear in space."""
    if not stack.is_even:
        return False
    shift = stack.in_plane_shift
    line = np.linspace(0.0, 1.0, len(shift))[:, None] * shift[-1]
    return bool(np.abs(shift - line).max() < _STRAIGHT_PIXELS)


def _to_table(stack: SliceStack, even: bool) -> tuple[Points, Points]:
    """Return a matrix (3, 3) and an origin: (point - origin) @ matrix.T is in table coordinates.

    These are (position along the normal in mm, row, column), the latter two as if no slice
    were shifted against the first; for ``even`` slices plain (slice, row, column) indices.
    """
    matrix = np.stack(
        [
            stack.normal,
            stack.column_direction / stack.pixel_spacing[0],
            stack.row_direction / stack.pixel_spacing[1],
        ]
    )
    if not even:
        return matrix, stack.origins[0] - stack.positions[0] * stack.normal
    last = len(stack.origins) - 1
    if last:
        matrix[0] *= last / (stack.positions[-1] - stack.positions[0])
        matrix[1:] -= np.outer(stack.in_plane_shift[-1] / last, matrix[0])
    return matrix, stack.origins[0]


def _table(stack: SliceStack) -> Points:
    """Return (position, row shift, column shift) of the slices and one beyond each end."""
    count = len(stack.origins)
    ends = stack.to_lps([[-1.0, 0.0, 0.0], [float(count), 0.0, 0.0]])
    origins = np.concatenate([ends[:1], stack.origins, ends[1:]])
    offset = origins - stack.origins[0]
    rows = offset @ stack.column_direction / stack.pixel_spacing[0]
    columns = offset @ stack.row_direction / stack.pixel_spacing[1]
    return np.stack([origins @ stack.normal, rows, columns], axis=1)


def _padding(volume: Volume) -> tuple[float, float]:
    """Return the lowest and the highest stored value of padding; (1, 0) for none."""
    if volume.padding is None:
        return 1.0, 0.0
    other = volume.padding if volume.padding_limit is None else volume.padding_limit
    return float(min(volume.padding, other)), float(max(volume.padding, other))
