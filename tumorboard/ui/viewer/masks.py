"""Draws masks and outlines over a cut: thin lines and a faint filling, kept until they change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from weakref import ref

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage, QPainter

from tumorboard.imaging.geometry import Points
from tumorboard.imaging.layers import moved_grid
from tumorboard.imaging.polygons import coverage, fewer_corners, lay_colour, line_coverage
from tumorboard.imaging.viewport import Projection
from tumorboard.ui.viewer.overlay_stack import ShownLayer

if TYPE_CHECKING:
    from tumorboard.ui.viewer.painting import Frame

_LINE_PX = 1.5
#: A line of one corner is drawn as a ring of this radius in device pixels.
_RING_PX = 3.0
#: From so many corners on, a line is drawn with fewer: none further than this off.
_MANY = 64
_UNSEEN_PX = 0.25
#: Room round the lines for their width.
_RIM = 4


@dataclass(frozen=True, eq=False)
class _Kept:
    """What is drawn: an image, the array that owns its pixels, and its place on the canvas."""

    image: QImage
    pixels: NDArray[np.uint8]
    place: QPointF


class MaskPainting:
    """Draws the layers of one view."""

    def __init__(self) -> None:
        self._key: tuple[Any, ...] = ()
        self._kept: _Kept | None = None

    def paint(self, painter: QPainter, frame: Frame, layers: Sequence[ShownLayer]) -> None:
        """Draw layers over the cut of a frame."""
        if not layers:
            self._key, self._kept = (), None
            return
        grid, p = frame.section.grid, frame.projection
        cut = (*grid.origin, *grid.right, *grid.down, *grid.spacing, *grid.shape)
        seen = (p.rows, p.columns, p.target, p.ratio, p.flip_horizontal, p.flip_vertical)
        shown = tuple((ref(x.layer), x.colour, x.opacity, x.offset) for x in layers)
        key = (cut, seen, frame.spec.slab_mm, shown)
        if key != self._key:
            self._key, self._kept = key, drawn(frame, layers)
        if self._kept is not None:
            painter.drawImage(self._kept.place, self._kept.image)


def drawn(frame: Frame, layers: Sequence[ShownLayer]) -> _Kept | None:
    """Draw layers into an image of their own; None where none of them can be seen."""
    found = [(layer, _device_lines(frame, layer)) for layer in layers]
    found = [(layer, lines) for layer, lines in found if lines]
    box = _box([points for _, lines in found for points, _ in lines], frame.projection)
    if box is None:
        return None
    left, top, right, bottom = box
    pixels = np.zeros((bottom - top, right - left, 4), np.uint8)
    ratio = frame.projection.ratio
    width = max(1, round(_LINE_PX * ratio))
    for layer, lines in found:
        corners = [(_corners(points, (left, top)), closed) for points, closed in lines]
        filled = [c for c, closed in corners if closed]
        if layer.opacity > 0 and filled:
            tint = _premultiplied(layer.colour, layer.opacity)
            lay_colour(pixels, coverage(filled, pixels.shape[:2]), tint)
        ink = _premultiplied(layer.colour, 1.0)
        lay_colour(pixels, line_coverage(corners, width, pixels.shape[:2]), ink)
    kind = QImage.Format.Format_ARGB32_Premultiplied
    image = QImage(pixels.data, pixels.shape[1], pixels.shape[0], pixels.strides[0], kind)
    image.setDevicePixelRatio(ratio)
    return _Kept(image, pixels, QPointF(left / ratio, top / ratio))


def _device_lines(frame: Frame, shown: ShownLayer) -> list[tuple[Points, bool]]:
    """Return the lines of a layer in device pixels (x, y)."""
    grid = frame.section.grid
    there = moved_grid(grid, np.array(shown.offset))
    slab = frame.spec.slab_mm
    lines = shown.layer.lines(there, slab)
    if not lines:
        return []
    every = np.concatenate([line for line, _ in lines])
    canvas = frame.projection.to_canvas(grid.to_lps(every)) * frame.projection.ratio
    ends = np.cumsum([len(line) for line, _ in lines])[:-1]
    parts = np.split(canvas, ends)
    return [(part, closed) for part, (_, closed) in zip(parts, lines, strict=True)]


def _box(lines: Sequence[Points], projection: Projection) -> tuple[int, int, int, int] | None:
    """Return the rectangle of device pixels that lines need of the picture, None for none."""
    if not lines:
        return None
    points = np.concatenate(lines)
    left, top, width, height = projection.target
    low = np.maximum(np.floor(points.min(axis=0)) - _RIM, (left, top)).astype(int)
    high = np.minimum(np.ceil(points.max(axis=0)) + _RIM, (left + width, top + height)).astype(int)
    if (high <= low).any():
        return None
    return int(low[0]), int(low[1]), int(high[0]), int(high[1])


def _corners(points: Points, corner: tuple[int, int]) -> Points:
    """Return (row, column) of device points (x, y) from a corner of the canvas on.

    Corners that a straight line passes by are left out; one alone becomes a ring.
    """
    line = (points - corner)[:, ::-1] - 0.5
    if len(line) == 1:
        turn = np.linspace(0, 2 * np.pi, 24)
        return line + _RING_PX * np.column_stack([np.sin(turn), np.cos(turn)])
    return line if len(line) < _MANY else fewer_corners(line, _UNSEEN_PX)


def _premultiplied(colour: tuple[int, int, int], alpha: float) -> tuple[int, int, int, int]:
    red, green, blue = (round(c * alpha) for c in colour)
    return blue, green, red, round(255 * alpha)
