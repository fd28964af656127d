"""From a cut to the canvas and back: which pixels are shown where.

Canvas coordinates are logical pixels, x to the right and y down, (0, 0) at the outer
corner of the top-left pixel. The wish (centre, zoom, flips) is resolved once into a
`Projection` in whole device pixels; image, overlays and mouse all go through that same
projection, so what is drawn on the image lies on it exactly.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from tumorboard.imaging.geometry import Points
from tumorboard.imaging.slicing import PlaneGrid

#: Source pixels kept around the visible part, so that cubic interpolation is right at the rim.
_MARGIN = 3
_MIN_MM_PER_PIXEL, _MAX_MM_PER_PIXEL = 0.01, 20.0


@dataclass(frozen=True)
class Viewport:
    """What the user wishes to see of a plane.

    ``centre`` is the LPS point (mm) in the middle of the canvas (None: the middle of the
    image), ``mm_per_pixel`` the size of a logical pixel (None: the whole image fits).
    """

    centre: tuple[float, float, float] | None = None
    mm_per_pixel: float | None = None
    flip_horizontal: bool = False
    flip_vertical: bool = False


@dataclass(frozen=True)
class Strips:
    """Parts of a canvas that the picture leaves to words, in logical pixels.

    ``top`` and ``bottom`` are their heights, ``sides`` the width of that at each side.
    """

    top: float = 0.0
    bottom: float = 0.0
    sides: float = 0.0

    def inner(self, size: tuple[float, float]) -> tuple[float, float]:
        """Return the (width, height) that is left of a canvas for the picture."""
        wide, high = size[0] - 2 * self.sides, size[1] - self.top - self.bottom
        return max(wide, 1.0), max(high, 1.0)

    def middle(self, size: tuple[float, float]) -> tuple[float, float]:
        """Return the canvas point in the middle of what is left for the picture."""
        wide, high = self.inner(size)
        return self.sides + wide / 2, self.top + high / 2


NO_STRIPS = Strips()


@dataclass(frozen=True, eq=False)
class Projection:
    """The resolved state: source rows and columns onto a rectangle of device pixels.

    ``rows`` and ``columns`` are half-open index ranges of the section's image; ``target``
    is (left, top, width, height) in device pixels; ``ratio`` device pixels per logical one.
    """

    grid: PlaneGrid
    rows: tuple[int, int]
    columns: tuple[int, int]
    target: tuple[int, int, int, int]
    ratio: float
    flip_horizontal: bool
    flip_vertical: bool

    @property
    def is_empty(self) -> bool:
        """Whether no part of the image is visible."""
        return self.rows[0] >= self.rows[1] or self.columns[0] >= self.columns[1]

    @property
    def pixels_per_mm(self) -> float:
        """Logical pixels per millimetre (mean of both axes)."""
        scale_y, scale_x = self._scale()
        y, x = scale_y / self.grid.spacing[0], scale_x / self.grid.spacing[1]
        return float((x + y) / 2 / self.ratio)

    def to_canvas(self, points: ArrayLike) -> Points:
        """Project (..., 3) LPS points (mm) to (..., 2) logical canvas pixels (x, y)."""
        pixels = self.grid.to_pixels(points)
        scale_y, scale_x = self._scale()
        left, top, width, height = self.target
        x = (pixels[..., 1] + 0.5 - self.columns[0]) * scale_x
        y = (pixels[..., 0] + 0.5 - self.rows[0]) * scale_y
        x = width - x if self.flip_horizontal else x
        y = height - y if self.flip_vertical else y
        return np.stack([(x + left) / self.ratio, (y + top) / self.ratio], axis=-1)

    def to_lps(self, canvas: ArrayLike) -> Points:
        """Map (..., 2) logical canvas pixels (x, y) to LPS mm in the plane of the cut."""
        c = np.asarray(canvas, dtype=np.float64) * self.ratio
        scale_y, scale_x = self._scale()
        left, top, width, height = self.target
        x, y = c[..., 0] - left, c[..., 1] - top
        x = width - x if self.flip_horizontal else x
        y = height - y if self.flip_vertical else y
        columns = x / scale_x + self.columns[0] - 0.5
        rows = y / scale_y + self.rows[0] - 0.5
        return self.grid.to_lps(np.stack([rows, columns], axis=-1))

    def screen_directions(self) -> tuple[Points, Points]:
        """Return the LPS directions that point right and down on the screen."""
        right = -self.grid.right if self.flip_horizontal else self.grid.right
        down = -self.grid.down if self.flip_vertical else self.grid.down
        return right, down

    def _scale(self) -> tuple[float, float]:
        rows = max(1, self.rows[1] - self.rows[0])
        columns = max(1, self.columns[1] - self.columns[0])
        return self.target[3] / rows, self.target[2] / columns


def fit_mm_per_pixel(grid: PlaneGrid, size: tuple[float, float]) -> float:
    """Return the millimetres per logical pixel at which the whole image just fits.

    ``size`` is (width, height) of the canvas in logical pixels.
    """
    height_mm = grid.shape[0] * grid.spacing[0]
    width_mm = grid.shape[1] * grid.spacing[1]
    return max(height_mm / max(size[1], 1.0), width_mm / max(size[0], 1.0))


def resolve(
    viewport: Viewport,
    grid: PlaneGrid,
    size: tuple[float, float],
    ratio: float,
    strips: Strips = NO_STRIPS,
) -> Projection:
    """Resolve a wish for a canvas of (width, height) logical pixels at a device pixel ratio.

    The picture keeps off the ``strips``, but for the few pixels that interpolation needs.

    The visible part of the image is widened to whole source pixels and laid on whole
    device pixels; the aspect is true to less than half a device pixel over the image.
    """
    inner = strips.inner(size)
    scale = viewport.mm_per_pixel or fit_mm_per_pixel(grid, inner)
    device_per_row = grid.spacing[0] / scale * ratio
    device_per_column = grid.spacing[1] / scale * ratio
    middle = _centre_pixels(viewport, grid)
    rows, top, height = _axis(
        middle[0], grid.shape[0], inner[1] * ratio, device_per_row, viewport.flip_vertical
    )
    columns, left, width = _axis(
        middle[1], grid.shape[1], inner[0] * ratio, device_per_column, viewport.flip_horizontal
    )
    return Projection(
        grid,
        rows,
        columns,
        (left + round(strips.sides * ratio), top + round(strips.top * ratio), width, height),
        ratio,
        viewport.flip_horizontal,
        viewport.flip_vertical,
    )


def _centre_pixels(viewport: Viewport, grid: PlaneGrid) -> Points:
    if viewport.centre is None:
        return np.array([(grid.shape[0] - 1) / 2, (grid.shape[1] - 1) / 2])
    return grid.to_pixels(np.array(viewport.centre))


def _axis(
    middle: float, count: int, canvas: float, scale: float, flipped: bool
) -> tuple[tuple[int, int], int, int]:
    """Resolve one axis: the source range, and where it begins and how long it is on screen."""
    half = canvas / 2 / scale
    edge = middle + 0.5
    first = max(0, int(np.floor(edge - half)) - _MARGIN)
    last = min(count, int(np.ceil(edge + half)) + _MARGIN)
    if first >= last:
        return (0, 0), 0, 1
    length = max(1, round((last - first) * scale))
    start = canvas / 2 + (first - edge) * scale
    if flipped:
        start = canvas - start - length
    return (first, last), round(start), length


def panned(
    viewport: Viewport, projection: Projection, delta: tuple[float, float], canvas_centre: ArrayLike
) -> Viewport:
    """Return the viewport after dragging the image by (dx, dy) logical pixels."""
    target = np.asarray(canvas_centre, dtype=np.float64) - np.asarray(delta, dtype=np.float64)
    x, y, z = (float(v) for v in projection.to_lps(target))
    return replace(viewport, centre=(x, y, z))


def zoomed(
    viewport: Viewport,
    projection: Projection,
    factor: float,
    anchor: tuple[float, float],
    size: tuple[float, float],
    strips: Strips = NO_STRIPS,
) -> Viewport:
    """Return the viewport magnified by ``factor``; the canvas point ``anchor`` stays in place."""
    current = viewport.mm_per_pixel or fit_mm_per_pixel(projection.grid, strips.inner(size))
    scale = min(max(current / factor, _MIN_MM_PER_PIXEL), _MAX_MM_PER_PIXEL)
    real = current / scale
    middle = np.array(strips.middle(size))
    fixed = np.array(anchor)
    x, y, z = (float(v) for v in projection.to_lps(fixed + (middle - fixed) / real))
    return replace(viewport, centre=(x, y, z), mm_per_pixel=scale)
