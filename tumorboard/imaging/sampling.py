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
from tumorboard.imaging.slicing import background
from tumorboard.imaging.volume import Volume

#: Largest departure of slices, in pixels, from a straight line of origins that is still read
#: as one: below what a picture can show.
_STRAIGHT_PIXELS: Final = 0.02


#: So few samples are taken sooner by one thread than shared out.
_FEW: Final = 80_000


class SlabMode(StrEnum):
    """How the layers of a thick cut become one picture."""

    MEAN = "mean"
    MAXIMUM = "MIP"
    MINIMUM = "MinIP"


_MODES: Final = {SlabMode.MEAN: 0, SlabMode.MAXIMUM: 1, SlabMode.MINIMUM: 2}


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
    from tumorboard.imaging.kernels import sample_rows

    stack = volume.stack
    even = _is_straight(stack)
    matrix, origin = _to_table(stack, even)
    starts = (rows.starts - origin) @ matrix.T
    steps, normals = rows.steps @ matrix.T, rows.normals @ matrix.T
    voxels = np.ascontiguousarray(volume.voxels)
    image = np.empty((len(starts), rows.columns), _image_type(voxels.dtype))
    table, fill, padding = _table(stack), _fill(volume, image.dtype), _padding(volume)
    mode = _MODES[layers.mode]

    def work(first: int, last: int) -> None:
        sample_rows(
            *(voxels, table, even, starts, steps, normals, layers.offsets, layers.weights),
            *(mode, padding, fill, (first, last), image),
        )

    if stop is None and image.size * len(layers.offsets) <= _FEW:
        work(0, len(starts))
    else:
        WORKERS.run(work, len(starts), stop)
    return image


def is_complete(volume: Volume, points: ArrayLike) -> bool:
    """Whether all slices between the outermost of some LPS points, shape (..., 3), are loaded."""
    k = volume.stack.slice_at(np.asarray(points, dtype=np.float64) @ volume.stack.normal)
    last = len(volume.loaded) - 1
    low, high = int(np.floor(k.min())), int(np.ceil(k.max()))
    return bool(volume.loaded[max(0, min(low, last)) : min(max(high, 0), last) + 1].all())


def prepare(types: tuple[str, ...] = ("int16", "uint16")) -> None:
    """Compile, or fetch from the disk, the kernels for volumes of some types.

    For a background thread after the start: the first time takes seconds.
    """
    from tumorboard.imaging.kernels import carry_frames, sample_rows

    line = np.zeros((1, 3))
    for name in types:
        voxels = np.zeros((2, 2, 2), name)
        image = np.zeros((1, 1), _image_type(voxels.dtype))
        sample_rows(
            *(voxels, np.zeros((4, 3)), True, line, line, line, THIN.offsets, THIN.weights),
            *(0, (1.0, 0.0), (0.0, 0.0, 1.0), (0, 1), image),
        )
    carry_frames(line, np.eye(3)[:1], np.eye(3)[1])


def _image_type(voxels: np.dtype[Any]) -> np.dtype[Any]:
    small = voxels.kind in "iu" and voxels.itemsize <= 2
    return voxels if small else np.dtype(np.float32)


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


def _fill(volume: Volume, kind: np.dtype[Any]) -> tuple[float, float, float]:
    """Return the background and the range of a type; an empty range for float."""
    if kind.kind == "f":
        return float(background(volume)), 1.0, 0.0
    info = np.iinfo(kind)
    return float(background(volume)), float(info.min), float(info.max)


def _padding(volume: Volume) -> tuple[float, float]:
    """Return the lowest and the highest stored value of padding; (1, 0) for none."""
    if volume.padding is None:
        return 1.0, 0.0
    other = volume.padding if volume.padding_limit is None else volume.padding_limit
    return float(min(volume.padding, other)), float(max(volume.padding, other))
