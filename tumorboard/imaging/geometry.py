"""Where pixels lie in the patient.

All points are patient coordinates LPS in millimetres, float64: x grows to the
patient's left, y to posterior, z to the head (DICOM PS3.3 section C.7.6.2.1.1).
An index is (slice, row, column), zero-based, and names the centre of a voxel, so
the outer edge of the first column lies at column index -0.5.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tumorboard.language import N_, _

#: A point or direction in patient space: LPS, in millimetres.
Point = tuple[float, float, float]
Points = NDArray[np.float64]

#: Largest difference in slice spacing still called even, in millimetres. Positions
#: are decimal strings of at most 16 characters, so true rounding is far below this.
SPACING_TOLERANCE_MM = 0.01

#: A step this many times the usual one has room for a slice that is not there.
GAP_FACTOR = 1.5

#: Largest cosine between two axes still called perpendicular; direction cosines are
#: often stored with six digits only.
ORTHOGONALITY_TOLERANCE = 1e-3


class Calibration(StrEnum):
    """What a millimetre on the image rests on; shown beside each number."""

    PIXEL_SPACING = N_("pixel spacing")
    IMAGER_SPACING = N_("imager spacing")
    ULTRASOUND_REGION = N_("ultrasound region")
    USER = N_("set by the user")
    NONE = N_("uncalibrated")

    @property
    def words(self) -> str:
        """What a reader sees for it."""
        return _(self.value)


#: The code of the caveat on pictures into which words are burned (PS3.3 Burned In Annotation).
BURNED_IN: Final = "burned-in"


@dataclass(frozen=True)
class Caveat:
    """A reservation that travels with every value it touches.

    ``code`` is stable and for programs (``uneven-spacing``, ``missing-slices``,
    ``gantry-tilt``, ``uncalibrated``, ``lossy`` ...), ``text`` is for the reader.
    """

    code: str
    text: str


@dataclass(frozen=True, eq=False)
class SliceStack:
    """The geometry of parallel slices with one orientation, sorted along their normal.

    The slices keep their true positions: they may be unevenly spaced (missing
    slices) and each may be shifted within its plane (gantry tilt).

    Parameters
    ----------
    origins
        Shape (N, 3): LPS of the centre of the voxel at row 0, column 0 of each
        slice (Image Position (Patient)), in the order of growing ``normal``.
    row_direction, column_direction
        Unit vectors, shape (3,): the direction in which the column index grows,
        and the one in which the row index grows (Image Orientation (Patient),
        first and second triplet).
    pixel_spacing
        Millimetres between the centres of neighbouring rows, and of neighbouring
        columns, in this order (Pixel Spacing (0028,0030)).
    rows, columns
        Size of a slice.
    spanned
        Numbers of the slices before steps that a slice reaches across which is thicker than
        others by design (Slice Thickness (0018,0050)): wide, and yet no gap.

    Raises
    ------
    ValueError
        When the directions are not perpendicular unit vectors, the spacing is not
        positive, or the slices are not in strictly growing order.

    """

    origins: Points
    row_direction: Points
    column_direction: Points
    pixel_spacing: tuple[float, float]
    rows: int
    columns: int
    spanned: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        for name in ("origins", "row_direction", "column_direction"):
            value = np.array(getattr(self, name), dtype=np.float64)
            value.setflags(write=False)
            object.__setattr__(self, name, value)
        u, v = self.row_direction, self.column_direction
        if self.origins.ndim != 2 or self.origins.shape[1] != 3 or len(self.origins) == 0:
            raise ValueError("origins must have the shape (N, 3) with N > 0")
        if abs(np.linalg.norm(u) - 1) > 1e-3 or abs(np.linalg.norm(v) - 1) > 1e-3:
            raise ValueError("the direction cosines are not unit vectors")
        if abs(float(u @ v)) > ORTHOGONALITY_TOLERANCE:
            raise ValueError("the direction cosines are not perpendicular")
        if not (np.isfinite(self.pixel_spacing).all() and min(self.pixel_spacing) > 0):
            raise ValueError("the pixel spacing must be positive")
        if (np.diff(self.positions) <= 0).any():
            raise ValueError("the slices are not in growing order along their normal")

    @cached_property
    def normal(self) -> Points:
        """Unit vector, shape (3,): row direction cross column direction."""
        n = np.cross(self.row_direction, self.column_direction)
        return n / np.linalg.norm(n)

    @cached_property
    def positions(self) -> Points:
        """Shape (N,): position of each slice along the normal, in millimetres."""
        return self.origins @ self.normal

    @property
    def shape(self) -> tuple[int, int, int]:
        """(slices, rows, columns)."""
        return len(self.origins), self.rows, self.columns

    @cached_property
    def spacings(self) -> Points:
        """Shape (N-1,): millimetres between neighbouring slices along the normal."""
        return np.diff(self.positions)

    @cached_property
    def slice_spacing(self) -> float:
        """The usual distance of slices along the normal (median); 1.0 for one slice."""
        return float(np.median(self.spacings)) if len(self.origins) > 1 else 1.0

    @cached_property
    def gaps(self) -> NDArray[np.int64]:
        """Shape (G,): numbers of the slices before each place where slices are missing.

        There the step to the next `leaves_gap`, and no thicker slice reaches across.
        """
        wide = np.flatnonzero(leaves_gap(self.spacings, self.slice_spacing))
        return wide[~np.isin(wide, self.spanned)].astype(np.int64)

    @cached_property
    def in_plane_shift(self) -> Points:
        """Shape (N, 2): shift of each slice against the first, in (rows, columns).

        Zero everywhere unless the gantry was tilted or the table moved.
        """
        delta = self.origins - self.origins[0]
        return np.stack(
            [
                delta @ self.column_direction / self.pixel_spacing[0],
                delta @ self.row_direction / self.pixel_spacing[1],
            ],
            axis=1,
        )

    @cached_property
    def is_even(self) -> bool:
        """Whether all slices have the same distance within the tolerance."""
        if len(self.origins) < 3:
            return True
        return bool(np.ptp(self.spacings) <= SPACING_TOLERANCE_MM)

    @cached_property
    def is_sheared(self) -> bool:
        """Whether slices are shifted within their plane by more than a tenth of a pixel."""
        return bool(np.abs(self.in_plane_shift).max() > 0.1)

    @cached_property
    def affine(self) -> Points | None:
        """Shape (4, 4): maps (slice, row, column, 1) to LPS mm; None for uneven slices."""
        if not self.is_even:
            return None
        steps = len(self.origins) - 1
        step = (self.origins[-1] - self.origins[0]) / steps if steps else self.normal
        matrix = np.eye(4)
        matrix[:3, 0] = step
        matrix[:3, 1] = self.column_direction * self.pixel_spacing[0]
        matrix[:3, 2] = self.row_direction * self.pixel_spacing[1]
        matrix[:3, 3] = self.origins[0]
        return matrix

    def to_lps(self, indices: ArrayLike) -> Points:
        """Map (..., 3) indices (slice, row, column), fractions allowed, to LPS mm.

        Between slices the origin is interpolated; beyond the ends it goes on at the
        usual slice spacing along the normal.
        """
        index = np.asarray(indices, dtype=np.float64)
        k, i, j = index[..., 0], index[..., 1], index[..., 2]
        return (
            self._origin_at(k)
            + i[..., None] * self.column_direction * self.pixel_spacing[0]
            + j[..., None] * self.row_direction * self.pixel_spacing[1]
        )

    def to_index(self, points: ArrayLike) -> Points:
        """Map (..., 3) LPS points in mm to indices (slice, row, column); inverse of `to_lps`."""
        lps = np.asarray(points, dtype=np.float64)
        k = self.slice_at(lps @ self.normal)
        offset = lps - self._origin_at(k)
        return np.stack(
            [
                k,
                offset @ self.column_direction / self.pixel_spacing[0],
                offset @ self.row_direction / self.pixel_spacing[1],
            ],
            axis=-1,
        )

    def slice_at(self, position: ArrayLike) -> Points:
        """Return the fractional slice index at a position (mm) along the normal."""
        p = np.asarray(position, dtype=np.float64)
        count = len(self.origins)
        k = np.interp(p, self.positions, np.arange(count, dtype=np.float64))
        before = np.minimum(p - self.positions[0], 0.0) / self.slice_spacing
        after = np.maximum(p - self.positions[-1], 0.0) / self.slice_spacing
        return np.asarray(k + before + after)

    def nearest_slice(self, point: ArrayLike) -> int:
        """Return the index of the slice whose plane is nearest to an LPS point."""
        position = float(np.asarray(point, dtype=np.float64) @ self.normal)
        return int(np.abs(self.positions - position).argmin())

    def contains_slice(self, k: int) -> bool:
        """Whether ``k`` is the index of a slice."""
        return 0 <= k < len(self.origins)

    @cached_property
    def centre(self) -> Points:
        """LPS of the middle of the volume, shape (3,)."""
        n, rows, columns = self.shape
        return self.to_lps([(n - 1) / 2, (rows - 1) / 2, (columns - 1) / 2])

    def _origin_at(self, k: Points) -> Points:
        count = len(self.origins)
        steps = np.arange(count, dtype=np.float64)
        inside = np.stack([np.interp(k, steps, self.origins[:, a]) for a in range(3)], axis=-1)
        beyond = np.minimum(k, 0.0) + np.maximum(k - (count - 1), 0.0)
        step = self._mean_step()
        return np.asarray(inside + beyond[..., None] * step)

    def _mean_step(self) -> Points:
        if len(self.origins) == 1:
            return self.normal
        step = (self.origins[-1] - self.origins[0]) / float(self.positions[-1] - self.positions[0])
        return np.asarray(step * self.slice_spacing)


#: Letters of the ends of the LPS axes: negative end, positive end.
_AXIS_LETTERS = (("R", "L"), ("A", "P"), ("F", "H"))


def leaves_gap(step: ArrayLike, usual: float) -> NDArray[np.bool_]:
    """Whether a step between slices (mm) has room for one that is missing: the one rule of it.

    So it has from `GAP_FACTOR` times the usual one on, as where one slice of two that overlap
    by half is missing.
    """
    limit = GAP_FACTOR * usual - SPACING_TOLERANCE_MM
    return np.asarray(np.asarray(step) >= limit)


def side_letters(direction: ArrayLike) -> str:
    """Name a direction in the patient by up to two letters, the larger part first.

    R right, L left, A anterior, P posterior, F foot, H head (DICOM Patient
    Orientation, PS3.3 section C.7.6.1.1.1). A part below sin(15 degrees) is left out.

    Parameters
    ----------
    direction
        Shape (3,), LPS, any length.

    """
    d = np.asarray(direction, dtype=np.float64)
    d = d / (np.linalg.norm(d) or 1.0)
    order = np.argsort(-np.abs(d), kind="stable")
    letters = [_AXIS_LETTERS[a][int(d[a] > 0)] for a in order if abs(d[a]) > np.sin(np.radians(15))]
    return "".join(letters[:2])


class Plane(StrEnum):
    """The anatomical planes."""

    AXIAL = N_("axial")
    CORONAL = N_("coronal")
    SAGITTAL = N_("sagittal")

    @property
    def words(self) -> str:
        """What a reader sees for it."""
        return _(self.value)

    @property
    def heading(self) -> str:
        """The same at the head of a line."""
        return {"axial": _("Axial"), "coronal": _("Coronal")}.get(self.value, _("Sagittal"))


#: The LPS axis nearest to the normal of each plane.
NORMAL_AXIS = {0: Plane.SAGITTAL, 1: Plane.CORONAL, 2: Plane.AXIAL}


def nearest_plane(normal: ArrayLike) -> Plane:
    """Name the anatomical plane whose normal is nearest to a direction, shape (3,)."""
    return NORMAL_AXIS[int(np.abs(np.asarray(normal, dtype=np.float64)).argmax())]


def turned_degrees(normal: ArrayLike, plane: Plane) -> float:
    """Angle in degrees between the normal of a cut, shape (3,), and that of an anatomical plane."""
    n = np.asarray(normal, dtype=np.float64)
    axis = next(k for k, named in NORMAL_AXIS.items() if named is plane)
    cosine = abs(float(n[axis])) / float(np.linalg.norm(n))
    return float(np.degrees(np.arccos(min(1.0, cosine))))
