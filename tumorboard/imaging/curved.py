"""Curved planar reformation: a vessel laid out flat along its centreline.

The curve is a polyline in the patient. Its picture has one row for each step along it; a row
is a straight line across the curve. *Straightened*: the line is perpendicular to the curve
and keeps its side without twist, so the vessel runs straight down the middle and the row is
its length. *Stretched*: all lines are parallel, the surface they sweep is unrolled without
any stretching, so distances on it are true and the vessel still bends from side to side
(Kanitsar et al., CPR - curved planar reformation, IEEE Visualization 2002). A turntable angle
turns the lines about the curve or about its long axis.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tumorboard.imaging.compute import Stop
from tumorboard.imaging.geometry import Points
from tumorboard.imaging.kernels import carry_frames
from tumorboard.imaging.oblique import turned
from tumorboard.imaging.sampling import THIN, Layers, Rows, SlabMode, is_complete, sample
from tumorboard.imaging.slab import equal_layers
from tumorboard.imaging.volume import Volume
from tumorboard.language import N_

#: Points of a curve nearer than this, in mm, are one.
_SAME_MM: Final = 1e-6
#: Most rows of a picture; a longer curve is drawn with larger pixels.
_MOST_ROWS: Final = 4096


class CurvedMode(StrEnum):
    """How a curve is laid out."""

    STRAIGHTENED = N_("straightened")
    STRETCHED = N_("stretched")


@dataclass(frozen=True, eq=False)
class CurvedGrid:
    """Where the pixels of a curved picture lie in the patient.

    ``starts``, shape (rows, 3), is the LPS point (mm) of column 0 of each row; ``across``,
    shape (rows, 3), the unit direction of growing column; ``forward``, shape (rows, 3), the
    unit direction, perpendicular to ``across``, in which the surface goes on; ``arc_mm``,
    shape (rows,), how far along the curve the row crosses it and ``centre``, shape (rows,),
    the column where; ``spacing`` is (between rows, between columns) in mm. In a straightened
    picture rows are even in length along the curve, in a stretched one along the surface.
    """

    starts: Points
    across: Points
    forward: Points
    arc_mm: Points
    centre: Points
    spacing: tuple[float, float]
    shape: tuple[int, int]

    def to_lps(self, pixels: ArrayLike) -> Points:
        """Map (..., 2) pixels (row, column), fractions allowed, to LPS mm, shape (..., 3)."""
        p = np.asarray(pixels, dtype=np.float64)
        return self._at(self.starts, p[..., 0]) + (
            p[..., 1:2] * self.spacing[1] * self._at(self.across, p[..., 0])
        )

    def to_pixels(self, points: ArrayLike) -> Points:
        """Map (..., 3) LPS points to the pixels (row, column), shape (..., 2), they belong to.

        A point belongs to the row in whose cross-section it lies, the nearest where there are
        several; one beyond the ends to the first or last row. Points off the surface are
        projected on it; how far they are off says `distance`.
        """
        x = np.asarray(points, dtype=np.float64)
        row = self._rows_of(x)
        column = self._along(x, row, self.across) / self.spacing[1]
        return np.stack([row, column], axis=-1)

    def distance(self, points: ArrayLike) -> Points:
        """Signed distance in mm of (..., 3) LPS points from the surface, along its normal."""
        x = np.asarray(points, dtype=np.float64)
        row = self._rows_of(x)
        return self._along(x, row, self.normals)

    def row_at(self, arc_mm: ArrayLike) -> Points:
        """Return the (fractional) row at a length along the curve in mm."""
        return np.asarray(np.interp(np.asarray(arc_mm), self.arc_mm, np.arange(self.shape[0])))

    @property
    def normals(self) -> Points:
        """Unit normals of the surface, across cross forward, shape (rows, 3)."""
        return np.cross(self.across, self.forward)

    def _at(self, field: Points, row: Points) -> Points:
        """Interpolate a vector of the rows, going on straight beyond the ends."""
        top = max(self.shape[0] - 2, 0)
        low = np.clip(np.floor(row), 0, top).astype(np.intp)
        share = (row - low)[..., None]
        high = np.minimum(low + 1, self.shape[0] - 1)
        return np.asarray(field[low] + share * (field[high] - field[low]))

    def _along(self, x: Points, row: Points, field: Points) -> Points:
        offset = x - self._at(self.starts, row)
        return np.asarray((offset * self._at(field, row)).sum(axis=-1))

    def _rows_of(self, x: Points) -> Points:
        """Return the rows of points, shape (..., 3), a few hundred at a time to spare memory."""
        flat = x.reshape(-1, 3)
        parts = [self._row_of(flat[n : n + 512]) for n in range(0, len(flat), 512)]
        return np.concatenate([np.zeros(0), *parts]).reshape(x.shape[:-1])

    def _row_of(self, x: Points) -> Points:
        """Return the row of points, shape (P, 3): where they pass from before to behind it."""
        ahead = (x @ self.forward.T) - (self.starts * self.forward).sum(axis=1)
        middle = self.starts + (self.centre * self.spacing[1])[:, None] * self.across
        apart = np.linalg.norm(x[:, None] - middle[None], axis=2)
        if self.shape[0] == 1:
            return np.zeros(len(x))
        passes = (ahead[:, :-1] >= 0) & (ahead[:, 1:] <= 0)
        reach = np.where(passes, np.minimum(apart[:, :-1], apart[:, 1:]), np.inf)
        found = reach.argmin(axis=1)
        each = np.arange(len(x))
        before, behind = ahead[each, found], ahead[each, found + 1]
        share = before / np.where(before - behind > 0, before - behind, 1.0)
        ends = np.where(apart[:, 0] <= apart[:, -1], 0.0, self.shape[0] - 1.0)
        return np.where(np.isfinite(reach.min(axis=1)), found + share, ends)


@dataclass(frozen=True, eq=False)
class CurvedSection:
    """A curved picture: ``image`` holds stored values, shape (rows, columns), on ``grid``.

    ``complete`` is False while slices that it needs are still loading.
    """

    image: NDArray[Any]
    grid: CurvedGrid
    complete: bool


def curved_grid(
    points: ArrayLike,
    width_mm: float,
    spacing: float,
    mode: CurvedMode = CurvedMode.STRAIGHTENED,
    *,
    degrees: float = 0.0,
) -> CurvedGrid:
    """Lay out a curve.

    Parameters
    ----------
    points
        The polyline, LPS in mm, shape (N, 3); its length is that of its chords. Its direction
        turns gradually from chord to chord, so that neighbouring rows do not cross at corners.
    width_mm
        Width across the curve, half of it on either side (of all of it, when stretched).
    spacing
        Size of a pixel in mm.
    degrees
        Turntable angle by the right-hand rule about the curve, or about the line from its
        first to its last point when stretched. At 0 rows run as nearly as they can to the
        patient's left.

    Raises
    ------
    ValueError
        When the curve has no length, or a size is not positive.

    """
    line = _distinct(np.asarray(points, dtype=np.float64))
    if not (width_mm > 0 and spacing > 0):
        raise ValueError("the width and the spacing must be positive")
    if mode is CurvedMode.STRETCHED:
        return _stretched(line, width_mm, spacing, degrees)
    return _straightened(line, width_mm, spacing, degrees)


def cut_curved(
    volume: Volume,
    grid: CurvedGrid,
    *,
    thickness_mm: float = 0.0,
    mode: SlabMode = SlabMode.MAXIMUM,
    stop: Stop | None = None,
) -> CurvedSection:
    """Sample a volume on a curved surface, thin or as a slab along its normals.

    Raises
    ------
    ValueError
        When the thickness is negative or not finite.
    CancelledError
        When ``stop``, asked between blocks of rows, returned True.

    """
    steps = grid.across * grid.spacing[1]
    layers = THIN if thickness_mm == 0 else _curved_layers(volume, thickness_mm, mode)
    rows = Rows(grid.starts, steps, grid.normals, grid.shape[1])
    image = sample(volume, rows, layers, stop)
    ends = np.stack([grid.starts, grid.starts + steps * (grid.shape[1] - 1)])
    return CurvedSection(image, grid, is_complete(volume, ends))


def _curved_layers(volume: Volume, thickness_mm: float, mode: SlabMode) -> Layers:
    stack = volume.stack
    return equal_layers(thickness_mm, min(*stack.pixel_spacing, stack.slice_spacing), mode)


def _straightened(line: Points, width: float, spacing: float, degrees: float) -> CurvedGrid:
    arc = _arc(line)
    at = _steps(arc[-1], spacing)
    middle, forward = _resampled(line, arc, at)
    side = carry_frames(middle, forward, _leftward(forward[0]))
    across = side * np.cos(np.radians(degrees)) + np.cross(forward, side) * np.sin(
        np.radians(degrees)
    )
    columns = _columns(width, spacing)
    centre = np.full(len(at), (columns - 1) / 2)
    starts = middle - across * ((columns - 1) / 2 * spacing)
    gap = float(at[1] - at[0])
    return CurvedGrid(starts, across, forward, at, centre, (gap, spacing), (len(at), columns))


def _stretched(line: Points, width: float, spacing: float, degrees: float) -> CurvedGrid:
    # The unit direction from the first to the last point, or the longest reach.
    reach = line - line[0]
    far = reach[-1]
    if np.linalg.norm(far) < 0.1 * np.linalg.norm(reach, axis=1).max():
        far = reach[np.linalg.norm(reach, axis=1).argmax()]
    axis = np.asarray(far / np.linalg.norm(far))
    ruling = turned(_leftward(axis), axis, degrees)
    sideways = line @ ruling
    profile = line - sideways[:, None] * ruling
    rolled = _arc(profile)
    if rolled[-1] < _SAME_MM:
        raise ValueError("the curve has no length across the rows")
    kept = np.concatenate([[True], np.diff(rolled) > _SAME_MM])
    at = _steps(rolled[-1], spacing)
    middle, forward = _resampled(profile[kept], rolled[kept], at)
    low, high = float(sideways.min()), float(sideways.max())
    columns = _columns(width + high - low, spacing)
    left = (low + high) / 2 - (columns - 1) / 2 * spacing
    starts = middle + left * ruling
    centre = (np.interp(at, rolled, sideways) - left) / spacing
    arc = np.interp(at, rolled, _arc(line))
    across = np.broadcast_to(ruling, starts.shape)
    gap = float(at[1] - at[0])
    return CurvedGrid(starts, across, forward, arc, centre, (gap, spacing), (len(at), columns))


def _distinct(line: Points) -> Points:
    """Drop points that repeat the one before."""
    if line.ndim != 2 or line.shape[1] != 3 or len(line) < 2 or not np.isfinite(line).all():
        raise ValueError("a curve needs two or more points of three coordinates")
    kept = np.concatenate([[True], np.linalg.norm(np.diff(line, axis=0), axis=1) > _SAME_MM])
    if kept.sum() < 2:
        raise ValueError("the curve has no length")
    return np.asarray(line[kept])


def _arc(line: Points) -> Points:
    """Return the length in mm along a polyline up to each point, shape (N,)."""
    return np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))])


def _steps(length: float, spacing: float) -> Points:
    """Return even places from 0 to a length, at most ``spacing`` apart, both ends included."""
    count = int(np.clip(np.ceil(length / spacing - 1e-9), 1, _MOST_ROWS - 1))
    return np.linspace(0.0, length, count + 1)


def _columns(width: float, spacing: float) -> int:
    """Return an odd number of columns, so that one runs along the middle."""
    return 2 * max(1, round(width / spacing / 2)) + 1


def _resampled(line: Points, arc: Points, at: Points) -> tuple[Points, Points]:
    """Return the points at lengths along a polyline and its direction there, both (R, 3).

    The direction is the mean of the chords at a corner and turns evenly in between.
    """
    chords = np.diff(line, axis=0)
    chords /= np.linalg.norm(chords, axis=1)[:, None]
    corners = np.concatenate([chords[:1], chords[:-1] + chords[1:], chords[-1:]])
    lengths = np.linalg.norm(corners, axis=1)
    # Where the curve turns back on itself, the mean has no direction: the chord before counts.
    back = lengths < 1e-6
    corners[back] = np.concatenate([chords[:1], chords])[back]
    corners /= np.linalg.norm(corners, axis=1)[:, None]
    places = np.stack([np.interp(at, arc, line[:, a]) for a in range(3)], axis=1)
    forward = np.stack([np.interp(at, arc, corners[:, a]) for a in range(3)], axis=1)
    low = np.clip(np.searchsorted(arc, at, side="right") - 1, 0, len(chords) - 1)
    norms = np.linalg.norm(forward, axis=1)[:, None]
    return places, np.where(norms > 1e-6, forward / np.maximum(norms, 1e-6), chords[low])


def _leftward(forward: Points) -> Points:
    """Return the unit direction perpendicular to another that is nearest to the patient's left.

    To posterior for a curve that itself runs left or right.
    """
    wish = np.array([1.0, 0.0, 0.0]) if abs(forward[0]) < 0.9 else np.array([0.0, 1.0, 0.0])
    side = wish - (wish @ forward) * forward
    return np.asarray(side / np.linalg.norm(side))
