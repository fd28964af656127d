"""Masks and outlines of others as layers that can be drawn on any cut of any volume.

A layer answers with closed lines in pixels of the grid it is asked about, so that it is drawn
sharp at every zoom. A mask ends half way between a voxel inside and one outside.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tumorboard.imaging.geometry import Calibration, Points, SliceStack, leaves_gap
from tumorboard.imaging.isolines import borders
from tumorboard.imaging.mask_model import part_of
from tumorboard.imaging.mask_placement import placed_on
from tumorboard.imaging.outlines import contains
from tumorboard.imaging.overlay import Contour, Region, Segment
from tumorboard.imaging.polygons import coverage
from tumorboard.imaging.sampling import SlabMode
from tumorboard.imaging.slab import cut_slab
from tumorboard.imaging.slicing import PlaneGrid
from tumorboard.imaging.volume import Volume
from tumorboard.language import _

#: Where contours do not cross, what is painted has the area of what they enclose; to this part.
_SAME_AREA = 0.05
#: Contours this near (mm) along the normal lie on one slice.
_SAME_SLICE_MM = 1e-2
#: Cosine above which a cut shows contours as they were drawn.
_PARALLEL = 0.9999
#: Most pixels along a side of such a region; a larger one is filled more coarsely.
_MOST_PIXELS = 1024


@dataclass(frozen=True, eq=False)
class Layer:
    """Something that lies over images.

    ``mask`` holds 0 outside and 255 inside, with a rim of zeros all round; None where there
    are only lines. ``contours`` are shown as they are on cuts along them. ``no_volume`` says
    why closed contours have no volume.
    """

    mask: Volume | None
    contours: tuple[Contour, ...] = ()
    volume_ml: float | None = None
    no_volume: str = ""

    def lines(self, grid: PlaneGrid, slab_mm: float = 0.0) -> list[tuple[Points, bool]]:
        """Return lines on a cut, each (n, 2) pixels (row, column) of its grid, and if closed."""
        drawn = self._as_drawn(grid) if self.contours and slab_mm <= 0 else None
        if drawn is not None:
            return drawn
        return [] if self.mask is None else _mask_lines(self.mask, grid, slab_mm)

    def _as_drawn(self, grid: PlaneGrid) -> list[tuple[Points, bool]] | None:
        """Return the contours of the slice at a cut; None when the cut is not along them."""
        normal = _normal_of(self.contours)
        if normal is None or abs(float(normal @ grid.normal)) < _PARALLEL:
            return None
        places = np.array([float(grid.distance(c.points).mean()) for c in self.contours])
        reach = _step_of(places) / 2 + 1e-3
        nearest = np.abs(places).min()
        if nearest > reach:
            return []
        here = np.abs(np.abs(places) - nearest) <= _SAME_SLICE_MM
        found = [c for c, shown in zip(self.contours, here, strict=True) if shown]
        return [(grid.to_pixels(c.points), c.closed) for c in found]

    def box(self) -> Points | None:
        """Return the corners, shape (n, 3) LPS, of what it fills; None when it holds nothing."""
        if self.mask is not None:
            return _corners(self.mask.stack)
        points = [c.points for c in self.contours]
        return np.concatenate(points) if points else None


def segment_layer(segment: Segment, slice_step: float, images: SliceStack | None = None) -> Layer:
    """Return the layer of a mask; ``slice_step`` (mm) is that of its images.

    Where it fits the grid of its ``images`` it is laid on their slices, whose positions then say
    what each stands for. Else its file does, or ``slice_step``: slices of it that are far apart
    leave those between them empty, and say nothing of their own thickness.
    """
    placed = None if images is None else placed_on(segment, images)
    if images is not None and placed is not None and not placed.is_empty:
        mask, stack = _with_rim(
            placed.voxels.astype(np.uint8) * 255,
            part_of(placed.stack, placed.box),
            images.slice_spacing,
        )
        return Layer(_as_volume(mask, stack), (), placed.volume_ml)
    step = slice_step if segment.step is None else segment.step
    mask, stack = _with_rim(segment.mask.astype(np.uint8) * 255, segment.stack, step)
    counts = segment.mask.reshape(len(segment.mask), -1).sum(axis=1)
    pixel = segment.stack.pixel_spacing[0] * segment.stack.pixel_spacing[1]
    volume = float((counts * _thickness(segment.stack.positions, step)).sum() * pixel / 1000)
    return Layer(_as_volume(mask, stack), (), volume)


def region_layer(region: Region, reference: SliceStack) -> Layer:
    """Return the layer of contours, filled between them along the slices of ``reference``."""
    closed = tuple(c for c in region.contours if c.closed and len(c.points) > 2)
    if not closed:
        return Layer(None, region.contours)
    images, slices = reference, _by_slice(closed, reference.normal)
    if sum(len(found) for __, found in slices) < len(closed):
        reference = _across(closed, reference)
        slices = _by_slice(closed, reference.normal)
    if sum(len(found) for __, found in slices) < len(closed):
        return Layer(
            None, region.contours, no_volume=_("its contours do not lie in parallel planes")
        )
    positions = np.array([p for p, __ in slices])
    step = _usual_step(positions, reference.slice_spacing)
    areas = np.array([_area(contours, reference) for __, contours in slices])
    mask, stack = _filled(slices, reference)
    why = _why_no_volume(positions, reference.slice_spacing, areas, mask, stack)
    if len(positions) == 1 and reference is not images:
        why = _("it lies in one plane across the slices, and nothing says how thick it is")
    volume = float((areas * _thickness(positions, step)).sum() / 1000)
    layer = _as_volume(*_with_rim(mask, stack, step))
    return Layer(layer, region.contours, None if why else volume, why)


def _why_no_volume(
    positions: Points,
    slice_step: float,
    areas: Points,
    mask: NDArray[np.uint8],
    stack: SliceStack,
) -> str:
    """Return why contours have no volume; empty where they have one.

    ``areas`` (mm2) are what they enclose on each slice, ``mask`` what is painted of them.
    """
    if len(positions) == 2 and leaves_gap(np.ptp(positions), slice_step):
        return _("it lies on two slices far apart, and nothing says what is between")
    pixel = stack.pixel_spacing[0] * stack.pixel_spacing[1]
    painted = mask.sum(axis=(1, 2), dtype=np.float64) * pixel / 255
    apart = np.abs(painted - areas) > _SAME_AREA * np.maximum(areas, painted) + 2 * pixel
    return _("its contours cross") if apart.any() else ""


def lies_within(layer: Layer, stack: SliceStack, offset: Points) -> bool:
    """Whether any of a layer, moved by ``offset`` (LPS mm), can lie in a volume."""
    box = layer.box()
    if box is None:
        return False
    index = stack.to_index(box + offset)
    low, high = index.min(axis=0), index.max(axis=0)
    return bool((high >= -0.5).all() and (low <= np.array(stack.shape) - 0.5).all())


def moved_grid(grid: PlaneGrid, offset: Points) -> PlaneGrid:
    """Return a grid as it lies for something that is drawn moved by ``offset`` (LPS mm)."""
    return replace(grid, origin=grid.origin - offset)


# -- drawing ------------------------------------------------------------------------------


def _mask_lines(mask: Volume, grid: PlaneGrid, slab_mm: float) -> list[tuple[Points, bool]]:
    corners = _corners(mask.stack)
    distances = grid.distance(corners)
    if distances.min() > slab_mm / 2 or distances.max() < -slab_mm / 2:
        return []
    if slab_mm <= 0 and abs(float(grid.normal @ mask.stack.normal)) > 1 - 1e-9:
        k = float(mask.stack.slice_at(float(grid.origin @ mask.stack.normal)))
        if abs(k - round(k)) < 1e-4:
            return _slice_lines(mask, round(k), grid)
    pixels = grid.to_pixels(corners)
    low = np.maximum(np.floor(pixels.min(axis=0)), -1).astype(int)
    high = np.minimum(np.ceil(pixels.max(axis=0)) + 1, np.array(grid.shape) + 1).astype(int)
    if (high <= low).any():
        return []
    shape = (int(high[0] - low[0]), int(high[1] - low[1]))
    part = replace(grid, origin=grid.to_lps(low), shape=shape)
    image = cut_slab(mask, part, max(slab_mm, 0.0), SlabMode.MAXIMUM).image
    return [(line + low, True) for line in borders(image)]


def _slice_lines(mask: Volume, k: int, grid: PlaneGrid) -> list[tuple[Points, bool]]:
    """Return the borders of a slice of the mask itself, which need no sampling."""
    found = borders(mask.voxels[k])
    index = [np.column_stack([np.full(len(line), float(k)), line]) for line in found]
    return [(grid.to_pixels(mask.stack.to_lps(i)), True) for i in index]


def _corners(stack: SliceStack) -> Points:
    n, rows, columns = stack.shape
    ends = [(k, i, j) for k in (0, n - 1) for i in (0, rows - 1) for j in (0, columns - 1)]
    return stack.to_lps(np.array(ends, dtype=np.float64))


# -- slices -------------------------------------------------------------------------------


def _step_of(places: Points) -> float:
    """Return the usual distance (mm) between slices at these places, 3.0 for one slice."""
    steps = np.diff(np.unique(np.round(places, 3)))
    steps = steps[steps > _SAME_SLICE_MM]
    return float(np.median(steps)) if len(steps) else 3.0


def _usual_step(positions: Points, slice_step: float) -> float:
    """Return the thickness of a slice (mm): the usual step, of the images where there is one."""
    steps = np.diff(positions)
    if len(steps) == 0:
        return slice_step
    return float(np.median(steps))


def _thickness(positions: Points, step: float) -> Points:
    """Return what each slice stands for (mm): half way to its neighbours, else half a step."""
    gaps = np.diff(positions)
    halves = np.where(leaves_gap(gaps, step), step, gaps) / 2
    ends = np.array([step / 2])
    return np.asarray(np.concatenate([ends, halves]) + np.concatenate([halves, ends]))


def _with_rim(
    mask: NDArray[np.uint8], stack: SliceStack, step: float
) -> tuple[NDArray[np.uint8], SliceStack]:
    """Cut a mask to what it holds and put a rim of zeros round it, also in gaps of slices."""
    held = mask.max(axis=0)
    rows, columns = np.flatnonzero(held.max(axis=1)), np.flatnonzero(held.max(axis=0))
    box = mask[:, rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    box = np.pad(box, ((0, 0), (1, 1), (1, 1)))
    corner = (rows[0] - 1) * stack.column_direction * stack.pixel_spacing[0]
    corner = corner + (columns[0] - 1) * stack.row_direction * stack.pixel_spacing[1]
    empty = np.zeros(box.shape[1:], np.uint8)
    along = _along(stack)
    images, origins = [empty], [stack.origins[0] - along * step]
    for k, image in enumerate(box):
        if k and leaves_gap(stack.spacings[k - 1], step):
            images += [empty, empty] if stack.spacings[k - 1] > 2.01 * step else [empty]
            origins.append(stack.origins[k - 1] + along * step)
            if stack.spacings[k - 1] > 2.01 * step:
                origins.append(stack.origins[k] - along * step)
        images.append(image)
        origins.append(stack.origins[k])
    images.append(empty)
    origins.append(stack.origins[-1] + along * step)
    placed = replace(
        stack, origins=np.array(origins) + corner, rows=box.shape[1], columns=box.shape[2]
    )
    return np.stack(images), placed


def _along(stack: SliceStack) -> Points:
    """Return the way (mm) from slice to slice that is one mm along the normal."""
    if len(stack.origins) == 1:
        return stack.normal
    way = stack.origins[-1] - stack.origins[0]
    return np.asarray(way / float(way @ stack.normal))


def _as_volume(mask: NDArray[np.uint8], stack: SliceStack) -> Volume:
    return Volume(
        voxels=np.ascontiguousarray(mask),
        loaded=np.ones(len(mask), bool),
        stack=stack,
        rescale_slope=1.0,
        rescale_intercept=0.0,
        unit="",
        calibration=Calibration.PIXEL_SPACING,
        modality="SEG",
        series_instance_uid="",
        study_instance_uid="",
        frame_of_reference_uid="",
        sop_instance_uids=("",) * len(mask),
    )


def _across(contours: Sequence[Contour], images: SliceStack) -> SliceStack:
    """Return a stack along contours that were drawn across the slices of their images."""
    normal = _normal_of(contours)
    if normal is None:
        return images
    ways = np.stack([images.row_direction, images.column_direction, images.normal])
    right = ways[np.abs(ways @ normal).argmin()]
    right = right - float(right @ normal) * normal
    right = right / np.linalg.norm(right)
    places = np.unique([np.round(float((c.points @ normal).mean()), 3) for c in contours])
    step, pixel = _step_of(places), min(images.pixel_spacing)
    origins = np.outer(np.array([0.0, step]), normal)
    return SliceStack(origins, right, np.cross(normal, right), (pixel, pixel), 1, 1)


# -- contours -----------------------------------------------------------------------------


def _normal_of(contours: Sequence[Contour]) -> Points | None:
    """Return the unit normal of the plane of the largest contour, None when none has one."""
    best = max(contours, key=lambda c: len(c.points))
    offset = best.points - best.points.mean(axis=0)
    if len(best.points) < 3:
        return None
    _, sizes, axes = np.linalg.svd(offset, full_matrices=False)
    return np.asarray(axes[2]) if sizes[1] > 1e-6 else None


def _by_slice(
    contours: Sequence[Contour], normal: Points
) -> list[tuple[float, tuple[Contour, ...]]]:
    """Return (position, contours) of the slices along a normal, in their order.

    Contours that do not lie in a plane across the normal are left out.
    """
    flat = [(c, c.points @ normal) for c in contours]
    placed = sorted(((float(p.mean()), c) for c, p in flat if np.ptp(p) < 0.1), key=lambda x: x[0])
    slices: list[tuple[float, list[Contour]]] = []
    for place, contour in placed:
        if slices and place - slices[-1][0] <= _SAME_SLICE_MM:
            slices[-1][1].append(contour)
        else:
            slices.append((place, [contour]))
    return [(place, tuple(found)) for place, found in slices]


def _plane(points: Points, stack: SliceStack) -> Points:
    """Return (row, column) in mm of LPS points along the axes of a stack."""
    return np.stack([points @ stack.column_direction, points @ stack.row_direction], axis=-1)


def _area(contours: Sequence[Contour], stack: SliceStack) -> float:
    """Return the area (mm2) inside an odd number of contours of one slice."""
    flat = [_plane(c.points, stack) for c in contours]
    total = 0.0
    for n, line in enumerate(flat):
        around = sum(contains(other, line[0]) for m, other in enumerate(flat) if m != n)
        # The area inside a closed line, (n, 2).
        p = line - line.mean(axis=0)
        q = np.roll(p, -1, axis=0)
        total += float(abs((p[:, 0] * q[:, 1] - p[:, 1] * q[:, 0]).sum()) / 2) * (
            -1.0 if around % 2 else 1.0
        )
    return total


def _filled(
    slices: Sequence[tuple[float, tuple[Contour, ...]]], reference: SliceStack
) -> tuple[NDArray[np.uint8], SliceStack]:
    """Return the share of each pixel inside the contours (0 to 255), and where they lie."""
    flat = [[_plane(c.points, reference) for c in contours] for _, contours in slices]
    every = np.concatenate([line for lines in flat for line in lines])
    low, size = every.min(axis=0), np.ptp(every, axis=0)
    spacing = np.maximum(np.array(reference.pixel_spacing), size / (_MOST_PIXELS - 3))
    shape = np.ceil(size / spacing).astype(int) + 2
    corner = low - 0.5 * spacing
    pixels = [[(line - corner) / spacing for line in lines] for lines in flat]
    images = [coverage(lines, (int(shape[0]), int(shape[1]))) for lines in pixels]
    origins = [
        place * reference.normal
        + corner[0] * reference.column_direction
        + corner[1] * reference.row_direction
        for place, _ in slices
    ]
    stack = SliceStack(
        np.array(origins),
        reference.row_direction,
        reference.column_direction,
        (float(spacing[0]), float(spacing[1])),
        int(shape[0]),
        int(shape[1]),
    )
    return np.stack(images), stack
