"""Draws masks and outlines over a cut: thin lines and a faint filling, kept until they change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage, QPainter

from tumorboard.imaging.geometry import Points
from tumorboard.imaging.layers import moved_grid
from tumorboard.imaging.viewport import Projection
from tumorboard.ui.viewer.over import ShownLayer

if TYPE_CHECKING:
    from tumorboard.ui.viewer.painting import Frame

#: Parts of a device pixel to which corners are told.
_SHIFT = 4
_LINE_PX = 1.5
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
        key = _key_of(frame, layers)
        if key != self._key:
            self._key, self._kept = key, drawn(frame, layers)
        if self._kept is not None:
            painter.drawImage(self._kept.place, self._kept.image)


def _key_of(frame: Frame, layers: Sequence[ShownLayer]) -> tuple[Any, ...]:
    grid, p = frame.section.grid, frame.projection
    cut = (*grid.origin, *grid.right, *grid.down, *grid.spacing, *grid.shape)
    seen = (p.rows, p.columns, p.target, p.ratio, p.flip_horizontal, p.flip_vertical)
    shown = tuple((id(x.layer), x.colour, x.opacity, x.offset) for x in layers)
    return (cut, seen, frame.spec.slab_mm, shown)


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
        corners = [(_shifted(points - (left, top)), closed) for points, closed in lines]
        filled = [c for c, closed in corners if closed]
        if layer.opacity > 0 and filled:
            tint = _premultiplied(layer.colour, layer.opacity)
            cv2.fillPoly(pixels, filled, tint, cv2.LINE_AA, _SHIFT)
        ink = _premultiplied(layer.colour, 1.0)
        for line, closed in corners:
            if len(line) == 1:
                cv2.circle(pixels, line[0].tolist(), 3 << _SHIFT, ink, width, cv2.LINE_AA, _SHIFT)
            else:
                cv2.polylines(pixels, [line], closed, ink, width, cv2.LINE_AA, _SHIFT)
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


def _shifted(points: Points) -> NDArray[np.int32]:
    """Return points as drawing takes them, without those that a straight line passes by."""
    whole = np.asarray(np.rint((points - 0.5) * (1 << _SHIFT)), dtype=np.int32)
    if len(whole) < _MANY:
        return whole
    fewer = cv2.approxPolyDP(whole, _UNSEEN_PX * (1 << _SHIFT), closed=False)
    return np.asarray(fewer[:, 0])


def _premultiplied(colour: tuple[int, int, int], alpha: float) -> tuple[float, ...]:
    red, green, blue = (c * alpha for c in colour)
    return blue, green, red, 255 * alpha
