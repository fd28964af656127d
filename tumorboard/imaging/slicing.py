"""Cuts through a volume: the native slices and the two planes perpendicular to them.

A cut is a `Section`: an image of stored values on an even grid in patient space. The
native plane shows stored slices untouched. The other two are spanned by a direction of
the slices and their normal, so they are true in millimetres also when slices are
unevenly spaced or sheared by a tilted gantry: the samples go to where they lie.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tumorboard.imaging.geometry import NORMAL_AXIS, Plane, Points, SliceStack, nearest_plane
from tumorboard.imaging.kernels import even_lines, image_type
from tumorboard.imaging.volume import Volume


@dataclass(frozen=True, eq=False)
class PlaneGrid:
    """An even grid of points in a plane.

    ``origin`` is the LPS position (mm) of the centre of the pixel at row 0, column 0;
    ``right`` and ``down`` are the unit directions of growing column and row;
    ``spacing`` is (between rows, between columns) in mm; ``shape`` is (rows, columns).
    """

    origin: Points
    right: Points
    down: Points
    spacing: tuple[float, float]
    shape: tuple[int, int]

    @cached_property
    def normal(self) -> Points:
        """Unit normal, right cross down, shape (3,)."""
        return np.cross(self.right, self.down)

    def to_lps(self, pixels: ArrayLike) -> Points:
        """Map (..., 2) pixel coordinates (row, column) to LPS mm, shape (..., 3)."""
        p = np.asarray(pixels, dtype=np.float64)
        rows, columns = p[..., 0:1] * self.spacing[0], p[..., 1:2] * self.spacing[1]
        return np.asarray(self.origin + rows * self.down + columns * self.right)

    def to_pixels(self, points: ArrayLike) -> Points:
        """Project (..., 3) LPS points on the plane; return (..., 2) pixels (row, column)."""
        offset = np.asarray(points, dtype=np.float64) - self.origin
        return np.stack(
            [offset @ self.down / self.spacing[0], offset @ self.right / self.spacing[1]], axis=-1
        )

    def distance(self, points: ArrayLike) -> Points:
        """Signed distance in mm of (..., 3) LPS points from the plane along its normal."""
        return np.asarray((np.asarray(points, dtype=np.float64) - self.origin) @ self.normal)


@dataclass(frozen=True, eq=False)
class Section:
    """A cut: ``image`` holds stored values, shape (rows, columns), on ``grid``.

    ``slice_index`` is the stored slice shown, or None for a reformat. ``complete`` is
    False while slices that the cut needs are still loading.
    """

    image: NDArray[Any]
    grid: PlaneGrid
    slice_index: int | None
    complete: bool


def native_plane(stack: SliceStack) -> Plane:
    """Name the anatomical plane in which the slices were acquired or stored."""
    return nearest_plane(stack.normal)


def plane_axes(stack: SliceStack, plane: Plane) -> tuple[Points, Points]:
    """Return the (right, down) unit directions in which a plane is shown, LPS.

    Radiological convention: axial and coronal views have the patient's right on the
    left of the screen, sagittal views have anterior on the left; head is up, and in
    axial views anterior is up. The native plane keeps its stored directions, turned
    into this convention by whole quarter turns and flips.
    """
    # The axis of a stack that stands for the normal of each plane.
    # Of slices that lie far from all planes two axes can be nearest to the same one: the normal
    # has its own, and the other two go where they run more along together.
    native = nearest_plane(stack.normal)
    (a, one), (b, other) = (item for item in NORMAL_AXIS.items() if item[1] is not native)
    row, column = stack.row_direction, stack.column_direction
    if abs(row[a] * column[b]) < abs(row[b] * column[a]):
        row, column = column, row
    axes = {native: stack.normal, one: row, other: column}
    left = axes[Plane.SAGITTAL] * np.sign(axes[Plane.SAGITTAL][0])
    posterior = axes[Plane.CORONAL] * np.sign(axes[Plane.CORONAL][1])
    head = axes[Plane.AXIAL] * np.sign(axes[Plane.AXIAL][2])
    right, down = {
        Plane.AXIAL: (left, posterior),
        Plane.CORONAL: (left, -head),
        Plane.SAGITTAL: (posterior, -head),
    }[plane]
    return right, down


def scroll_step(stack: SliceStack, plane: Plane) -> Points:
    """Return the LPS displacement (mm) of one wheel notch forward in a plane.

    One notch is one stored slice in the native plane, one pixel elsewhere. Forward is
    towards the feet in axial, to posterior in coronal and to the left in sagittal views.
    """
    right, down = plane_axes(stack, plane)
    normal = np.cross(right, down)
    if plane is Plane.CORONAL:
        forward = normal * np.sign(normal[1])
    elif plane is Plane.SAGITTAL:
        forward = normal * np.sign(normal[0])
    else:
        forward = -normal * np.sign(normal[2])
    return np.asarray(forward * _step_length(stack, normal, plane))


def _step_length(stack: SliceStack, normal: Points, plane: Plane) -> float:
    if plane is native_plane(stack):
        return stack.slice_spacing
    along_rows = abs(normal @ stack.row_direction) > abs(normal @ stack.column_direction)
    return stack.pixel_spacing[1] if along_rows else stack.pixel_spacing[0]


def section_count(stack: SliceStack, plane: Plane) -> int:
    """Return how many different cuts a plane has: stored slices, rows or columns.

    Across slices that are shifted against each other there are more than rows or columns: from
    the first that meets any slice to the last.
    """
    if plane is native_plane(stack):
        return stack.shape[0]
    low, high = _reach(stack, _is_by_column(stack, plane))
    return int(np.rint(high - low)) + 1


def _is_by_column(stack: SliceStack, plane: Plane) -> bool:
    """Whether cuts of a plane across the slices follow each other along the columns' numbers."""
    normal = np.cross(*plane_axes(stack, plane))
    return bool(abs(normal @ stack.row_direction) > abs(normal @ stack.column_direction))


def _reach(stack: SliceStack, by_column: bool) -> tuple[float, float]:
    """Return the lowest and highest column or row of all slices, counted in the first one."""
    last = float((stack.columns if by_column else stack.rows) - 1)
    if not stack.is_sheared:
        return 0.0, last
    shift = stack.in_plane_shift[:, 1 if by_column else 0]
    return float(shift.min()), last + float(shift.max())


def within(stack: SliceStack, point: ArrayLike) -> Points:
    """Return the nearest point (LPS mm, shape (3,)) between the outermost voxels of a stack.

    Where slices are shifted against each other it may lie beside the slice of its height, as far
    as others reach: every plane across them goes through such a point.
    """
    index = stack.to_index(point)
    k = float(np.clip(index[0], 0.0, stack.shape[0] - 1))
    found = [k, 0.0, 0.0]
    for axis, by_column in ((1, False), (2, True)):
        low, high = _reach(stack, by_column)
        drift = _drift(stack, k, by_column) if stack.is_sheared else 0.0
        found[axis] = float(np.clip(index[axis] + drift, low, high)) - drift
    return stack.to_lps(found)


def _drift(stack: SliceStack, k: float, by_column: bool) -> float:
    """Return how many columns or rows the slice at ``k`` is shifted against the first one."""
    shift = stack.in_plane_shift[:, 1 if by_column else 0]
    return float(np.interp(k, np.arange(len(shift)), shift))


def section_number(stack: SliceStack, plane: Plane, point: ArrayLike) -> int:
    """Return the 1-based number of the cut through a point, counted in scroll direction."""
    count = section_count(stack, plane)
    forward = scroll_step(stack, plane)
    if plane is native_plane(stack):
        position, axis = stack.nearest_slice(point), stack.normal
    else:
        by_column = _is_by_column(stack, plane)
        axis = stack.row_direction if by_column else stack.column_direction
        across = _across(stack, np.asarray(point, dtype=np.float64), by_column)
        position = int(np.rint(across - _reach(stack, by_column)[0]))
    number = position + 1 if forward @ axis > 0 else count - position
    return int(min(max(number, 1), count))


def cut(volume: Volume, plane: Plane, point: ArrayLike) -> Section:
    """Cut a volume along an anatomical plane through an LPS point (mm), shape (3,)."""
    if plane is native_plane(volume.stack):
        k = volume.stack.nearest_slice(point)
        stack = volume.stack
        right, down = plane_axes(stack, plane)
        image = oriented_slice(stack, plane, volume.voxels[k])
        corner, spacing = [k, 0.0, 0.0], stack.pixel_spacing
        turned = _is_turned(stack, right)
        if turned:
            spacing = (spacing[1], spacing[0])
        down_axis, right_axis = (2, 1) if turned else (1, 2)
        directions = {1: stack.column_direction, 2: stack.row_direction}
        for axis, wanted in ((down_axis, down), (right_axis, right)):
            if directions[axis] @ wanted < 0:
                corner[axis] = float(stack.shape[axis] - 1)
        grid = PlaneGrid(
            stack.to_lps(corner), right, down, spacing, (image.shape[0], image.shape[1])
        )
        return Section(image, grid, k, bool(volume.loaded[k]))
    return _reformat(volume, plane, np.asarray(point, dtype=np.float64))


def oriented_slice(stack: SliceStack, plane: Plane, pixels: NDArray[Any]) -> NDArray[Any]:
    """Turn a stored slice, shape (rows, columns) or (rows, columns, 3), as its plane is shown.

    A view, no copy: whole quarter turns and flips only.
    """
    right, down = plane_axes(stack, plane)
    along_rows, along_columns = stack.column_direction, stack.row_direction
    if _is_turned(stack, right):
        pixels = pixels.swapaxes(0, 1)
        along_rows, along_columns = along_columns, along_rows
    if along_rows @ down < 0:
        pixels = pixels[::-1]
    return pixels[:, ::-1] if along_columns @ right < 0 else pixels


def _is_turned(stack: SliceStack, right: Points) -> bool:
    """Whether the rows of the stored slice run down the screen."""
    return bool(abs(right @ stack.row_direction) < abs(right @ stack.column_direction))


def _reformat(volume: Volume, plane: Plane, point: Points) -> Section:
    """Cut across the slices: gather one line of samples per slice, then make it even."""
    stack = volume.stack
    right, down = plane_axes(stack, plane)
    across = np.cross(right, down)
    by_column = bool(abs(across @ stack.row_direction) > abs(across @ stack.column_direction))
    lines = _lines(volume, point, by_column)
    along = stack.column_direction if by_column else stack.row_direction
    spacing = stack.pixel_spacing[0] if by_column else stack.pixel_spacing[1]
    shift = stack.in_plane_shift[:, 0 if by_column else 1]
    lines, before = _widened(lines, shift, background(volume))
    image, first, step = _even_lines(lines, stack, shift)
    origin = _line_origin(stack, point, by_column, first) - before * spacing * along
    image, origin = _oriented(image, origin, along, stack.normal, right, down, (step, spacing))
    if abs(along @ right) < abs(along @ down):
        grid_spacing, image = (spacing, step), image.T
    else:
        grid_spacing = (step, spacing)
    grid = PlaneGrid(origin, right, down, grid_spacing, (image.shape[0], image.shape[1]))
    return Section(image, grid, None, bool(volume.loaded.all()))


def _across(stack: SliceStack, point: Points, by_column: bool) -> float:
    """Return the column or row of the first slice that a plane through a point meets.

    Whole for unsheared slices, where a line of voxels is shown as it is stored.
    """
    index = stack.to_index(point)
    across = float(index[2 if by_column else 1]) + _drift(stack, float(index[0]), by_column)
    return across if stack.is_sheared else float(np.rint(across))


def _lines(volume: Volume, point: Points, by_column: bool) -> NDArray[Any]:
    """Return the line of samples of each slice in a plane, shape (slices, rows or columns).

    With a tilted gantry the plane meets each slice at another row or column, between two
    stored lines.
    """
    stack = volume.stack
    limit = stack.columns if by_column else stack.rows
    across = _across(stack, point, by_column)
    if not stack.is_sheared:
        k = int(min(max(across, 0), limit - 1))
        return volume.voxels[:, :, k] if by_column else volume.voxels[:, k, :]
    wanted = across - stack.in_plane_shift[:, 1 if by_column else 0]
    low = np.floor(wanted).astype(np.intp)
    share = (wanted - low).astype(np.float32)[:, None]
    slices = np.arange(stack.shape[0])
    first, second = low.clip(0, limit - 1), (low + 1).clip(0, limit - 1)
    voxels = volume.voxels.transpose(0, 2, 1) if by_column else volume.voxels
    near = voxels[slices, first].astype(np.float32)
    lines = near + share * (voxels[slices, second].astype(np.float32) - near)
    lines[(wanted < -0.5) | (wanted > limit - 0.5)] = background(volume)
    return np.asarray(lines)


def _widened(lines: NDArray[Any], shift: Points, value: float) -> tuple[NDArray[Any], int]:
    """Give the lines room for every slice where a tilted gantry shifts them along themselves.

    Return the lines and by how many samples they begin before those of the first slice.
    """
    before, behind = int(np.ceil(max(0.0, -shift.min()))), int(np.ceil(max(0.0, shift.max())))
    if before == behind == 0:
        return lines, 0
    return np.pad(lines, ((0, 0), (before, behind)), constant_values=value), before


def background(volume: Volume) -> float:
    """Return the stored value painted where there is no voxel."""
    if volume.padding is not None:
        return volume.padding
    air = (-1024.0 - volume.rescale_intercept) / (volume.rescale_slope or 1.0)
    if np.issubdtype(volume.voxels.dtype, np.integer):
        info = np.iinfo(volume.voxels.dtype)
        return float(min(max(air if volume.unit == "HU" else 0.0, info.min), info.max))
    return air if volume.unit == "HU" else 0.0


def _even_lines(
    lines: NDArray[Any], stack: SliceStack, shift: Points
) -> tuple[NDArray[Any], float, float]:
    """Bring lines of samples to an even grid along the normal, undoing in-plane shifts.

    Return the image (lines, samples), the normal position (mm) of its first line, and
    the step in mm. Slices that are already even and unsheared pass untouched.
    """
    if len(lines) == 1 or (stack.is_even and not stack.is_sheared):
        return lines, float(stack.positions[0]), stack.slice_spacing
    step = float(stack.spacings.min())
    count = int(np.floor((stack.positions[-1] - stack.positions[0]) / step + 1e-6)) + 1
    positions = stack.positions[0] + step * np.arange(count)
    k = np.interp(positions, stack.positions, np.arange(len(lines)))
    drift = np.interp(k, np.arange(len(lines)), shift)
    kind = image_type(lines.dtype)
    image = even_lines(np.ascontiguousarray(lines, kind), k, drift)
    return image, float(stack.positions[0]), step


def _line_origin(stack: SliceStack, point: Points, by_column: bool, first: float) -> Points:
    """Return the LPS of sample 0 of the first line of a reformat."""
    start = stack.origins[0]
    spacing = stack.pixel_spacing[1] if by_column else stack.pixel_spacing[0]
    direction = stack.row_direction if by_column else stack.column_direction
    across = _across(stack, point, by_column)
    return np.asarray(
        start + across * spacing * direction + (first - start @ stack.normal) * stack.normal
    )


def _oriented(
    image: NDArray[Any],
    origin: Points,
    along: Points,
    normal: Points,
    right: Points,
    down: Points,
    spacing: tuple[float, float],
) -> tuple[NDArray[Any], Points]:
    """Flip lines and samples so that both run along ``right`` or ``down``."""
    step, sample = spacing
    normal_target = right if abs(normal @ right) > abs(normal @ down) else down
    along_target = down if normal_target is right else right
    if normal @ normal_target < 0:
        origin = origin + normal * step * (image.shape[0] - 1)
        image = image[::-1]
    if along @ along_target < 0:
        origin = origin + along * sample * (image.shape[1] - 1)
        image = image[:, ::-1]
    return image, origin
