"""The dimensions of a mass from its mask, as calipers that a reader can move.

Convention, named with each result: by default a diameter runs between outer edges of voxels
(their corners, and the faces of the slices), by choice between their centres. Diameters are
those of the convex outline: they may cross what is not mass.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from tumorboard.imaging.geometry import Plane, Point, Points, SliceStack, nearest_plane
from tumorboard.imaging.mask_kernels import farthest_between, farthest_in, hulls_of_slices
from tumorboard.imaging.mask_model import Mask, face_offsets_mm
from tumorboard.language import N_, _


class Convention(StrEnum):
    """What a mask-derived diameter runs between."""

    OUTER_EDGES = N_("outer voxel edges")
    CENTRES = N_("voxel centres")

    @property
    def words(self) -> str:
        """What a reader sees for it, after "between"."""
        return _(self.value)


@dataclass(frozen=True)
class Caliper:
    """A length with its two ends, LPS mm; ``slice_index`` is the slice it lies in, or None."""

    start: Point
    end: Point
    slice_index: int | None = None

    @property
    def length_mm(self) -> float:
        """Distance of the ends."""
        return float(np.linalg.norm(np.subtract(self.end, self.start)))


@dataclass(frozen=True)
class Dimensions:
    """The board dimensions of a mass.

    ``long_axis`` is the longest diameter in any axial slice (RECIST's longest diameter in the
    plane of measurement); ``short_axis`` the longest width of that slice at right angles to it,
    wherever along it, not only the chord through its middle; ``craniocaudal`` the extent along
    the patient's long axis; ``maximum_3d`` the longest diameter in any direction.
    ``resampled`` tells that the slices were not axial and the mask was cut anew in axial ones.
    """

    long_axis: Caliper
    short_axis: Caliper
    craniocaudal: Caliper
    maximum_3d: Caliper
    convention: Convention
    resampled: bool = False

    @property
    def sizes_mm(self) -> tuple[float, float, float]:
        """Axial long axis, axial short axis, craniocaudal extent."""
        three = (self.long_axis, self.short_axis, self.craniocaudal)
        a, b, c = (caliper.length_mm for caliper in three)
        return a, b, c


@dataclass(frozen=True, eq=False)
class _Hulls:
    """Convex outlines of the slices of a mask, in coordinates of the stack's plane (mm)."""

    corners: tuple[Points, ...]
    slices: tuple[int, ...]
    stack: SliceStack
    upper: Points
    lower: Points

    def lps(self, corner: Points, height: float) -> Point:
        """Return the patient point of plane coordinates (along columns, along rows, normal)."""
        s = self.stack
        place = corner[0] * s.column_direction + corner[1] * s.row_direction + height * s.normal
        return (float(place[0]), float(place[1]), float(place[2]))


def dimensions(mask: Mask, convention: Convention = Convention.OUTER_EDGES) -> Dimensions:
    """Measure a mask.

    Raises
    ------
    ValueError
        When the mask is empty.

    """
    if mask.is_empty:
        raise ValueError("an empty mask has no dimensions")
    hulls = _hulls(mask, convention)
    axial, resampled = hulls, False
    if nearest_plane(mask.stack.normal) is not Plane.AXIAL:
        axial, resampled = _hulls(axial_mask(mask), convention), True
    long, short = _axes(axial)
    if resampled:  # its slice is one of the new grid, not of the images
        long, short = Caliper(long.start, long.end), Caliper(short.start, short.end)
    # The extent along the patient's long axis, drawn through the centroid.
    s = hulls.stack
    ways = np.array([s.column_direction[2], s.row_direction[2]])
    in_plane = [c @ ways for c in hulls.corners]
    rise = float(s.normal[2])
    faces = np.sort(np.stack([hulls.lower * rise, hulls.upper * rise]), axis=0)
    low = min(float(z.min() + f) for z, f in zip(in_plane, faces[0], strict=True))
    high = max(float(z.max() + f) for z, f in zip(in_plane, faces[1], strict=True))
    x, y = float(mask.centroid[0]), float(mask.centroid[1])
    height = Caliper((x, y, low), (x, y, high))
    return Dimensions(long, short, height, _maximum(hulls), convention, resampled)


def axial_mask(mask: Mask) -> Mask:
    """Return a mask on true axial slices, each voxel by its nearest one.

    The voxels are cubes as large as the smallest edge of the old ones.
    """
    stack = mask.stack
    size = min(*stack.pixel_spacing, stack.slice_spacing)
    low, high = np.array(mask.origin) - 0.5, np.array(mask.origin) + mask.voxels.shape - 0.5
    ends = np.array([[a, b, c] for a in (0, 1) for b in (0, 1) for c in (0, 1)])
    corners = stack.to_lps(np.where(ends, high, low))
    start, stop = corners.min(axis=0), corners.max(axis=0)
    columns, rows, slices = (int(n) for n in np.ceil((stop - start) / size))
    origins = start + size / 2 + np.outer(np.arange(slices) * size, [0.0, 0.0, 1.0])
    right, down = np.array([1.0, 0, 0]), np.array([0.0, 1, 0])
    fresh = SliceStack(origins, right, down, (size, size), rows, columns)
    return resampled_on(mask, fresh)


def resampled_on(mask: Mask, stack: SliceStack) -> Mask:
    """Return a mask on another grid, each voxel by its nearest one."""
    from tumorboard.imaging.compute import WORKERS

    found = np.zeros(stack.shape, bool)
    i, j = np.mgrid[: stack.rows, : stack.columns]
    origin, shape = np.array(mask.origin), np.array(mask.voxels.shape)

    def work(first: int, last: int) -> None:
        for k in range(first, last):
            points = stack.to_lps(np.stack([np.full_like(i, k), i, j], axis=-1))
            index = np.floor(mask.stack.to_index(points) + 0.5).astype(np.int64) - origin
            inside = (index >= 0).all(axis=-1) & (index < shape).all(axis=-1)
            a, b, c = index[inside].T
            found[k][inside] = mask.voxels[a, b, c]

    WORKERS.run(work, stack.shape[0])
    return Mask.of(found, stack)


def _hulls(mask: Mask, convention: Convention) -> _Hulls:
    stack = mask.stack
    outer = convention is Convention.OUTER_EDGES
    corners, slices = [], []
    hulls = hulls_of_slices(mask.voxels, stack.pixel_spacing, 0.5 if outer else 0.0)
    for n, hull in enumerate(hulls):
        if not len(hull):
            continue
        k = n + mask.origin[0]
        first = stack.to_lps([k, mask.origin[1], mask.origin[2]])
        corner = np.array([first @ stack.column_direction, first @ stack.row_direction])
        corners.append(hull + corner)
        slices.append(k)
    upper, lower = face_offsets_mm(stack) if outer else (np.zeros(stack.shape[0]),) * 2
    at = list(slices)
    position = stack.positions[at]
    return _Hulls(tuple(corners), tuple(slices), stack, position + upper[at], position - lower[at])


def _axes(hulls: _Hulls) -> tuple[Caliper, Caliper]:
    found = [farthest_in(c) for c in hulls.corners]
    best = int(np.argmax([round(f[0], 9) for f in found]))
    k, corners = hulls.slices[best], hulls.corners[best]
    height = float(hulls.stack.positions[k])
    a, b = corners[found[best][1]], corners[found[best][2]]
    low, high = _width(corners, a, b)
    ends = [hulls.lps(p, height) for p in (a, b, low, high)]
    return Caliper(ends[0], ends[1], k), Caliper(ends[2], ends[3], k)


def _width(corners: Points, a: Points, b: Points) -> tuple[Points, Points]:
    """Return the ends of the longest chord of a convex outline at right angles to a line.

    Its length along the line is concave with bends at corners only: one of these is longest.
    """
    length = float(np.linalg.norm(b - a))
    along = (b - a) / length if length > 0 else np.array([1.0, 0.0])
    side = np.array([-along[1], along[0]])
    flat = np.stack([(corners - a) @ along, (corners - a) @ side], axis=1)
    best = (np.zeros(2), np.zeros(2))
    for place in flat[:, 0]:
        heights = _chord(flat, float(place))
        if heights[1] - heights[0] > best[1][1] - best[0][1]:
            best = (np.array([place, heights[0]]), np.array([place, heights[1]]))
    return a + best[0] @ np.stack([along, side]), a + best[1] @ np.stack([along, side])


def _chord(flat: Points, place: float) -> tuple[float, float]:
    """Return the lowest and highest point of a convex outline at a place along it."""
    p, q = flat, np.roll(flat, -1, axis=0)
    spans = (np.minimum(p[:, 0], q[:, 0]) <= place) & (np.maximum(p[:, 0], q[:, 0]) >= place)
    p, q = p[spans], q[spans]
    run = q[:, 0] - p[:, 0]
    share = np.where(run == 0, 0.0, (place - p[:, 0]) / np.where(run == 0, 1.0, run))
    level = p[:, 1] + share * (q[:, 1] - p[:, 1])
    level = np.concatenate([level, p[run == 0, 1], q[run == 0, 1]])
    return float(level.min()), float(level.max())


def _maximum(hulls: _Hulls) -> Caliper:
    first = np.concatenate([[0], np.cumsum([len(c) for c in hulls.corners])])
    points = np.concatenate(hulls.corners)
    middles = np.array([(c.min(axis=0) + c.max(axis=0)) / 2 for c in hulls.corners])
    pairs = zip(hulls.corners, middles, strict=True)
    radii = [np.linalg.norm(corners - middle, axis=1).max() for corners, middle in pairs]
    circles = np.column_stack([middles, radii])
    _, one, other = farthest_between(points, first, (hulls.upper, hulls.lower), circles)
    s, t = (int(np.searchsorted(first, n, side="right")) - 1 for n in (one, other))
    start = hulls.lps(points[one], float(hulls.lower[s]))
    return Caliper(start, hulls.lps(points[other], float(hulls.upper[t])))
