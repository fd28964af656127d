"""Draws another series in colours over a cut, and the bar that tells what the colours mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from weakref import ref

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage, QPainter, QPen

from tumorboard import language
from tumorboard.annotations.labels import Box
from tumorboard.imaging.fusion import Fusion, fused_section, number, palette, tinted, value_at
from tumorboard.imaging.grey_levels import grey_levels_at
from tumorboard.imaging.value_words import unit_words
from tumorboard.imaging.volume import Window
from tumorboard.imaging.windowing import GreyTable
from tumorboard.language import _
from tumorboard.ui.viewer.inks import colour
from tumorboard.ui.viewer.letters import beside_letters, text_width, text_with_outline

if TYPE_CHECKING:
    from tumorboard.ui.viewer.painting import Frame

_BAR_WIDTH = 12.0
#: Beside the letter of the left edge.
_LEFT = 30.0
#: Above the bar for what it tells of.
_HEAD_PX = 24.0


class FusedPainting:
    """Draws the upper series of one view; kept while nothing of it changes."""

    def __init__(self) -> None:
        self._key: tuple[Any, ...] = ()
        self._kept: tuple[QImage, Any] | None = None

    def paint(self, painter: QPainter, frame: Frame, fusion: Fusion | None) -> None:
        """Draw a volume over the cut of a frame."""
        if fusion is None or not frame.volume.is_placed:
            self._key, self._kept = (), None
            return
        grid, p = frame.section.grid, frame.projection
        cut = (*grid.origin, *grid.right, *grid.down, *grid.spacing, *grid.shape)
        seen = (p.rows, p.columns, p.target, p.ratio, p.flip_horizontal, p.flip_vertical)
        look = (fusion.window, fusion.palette, fusion.opacity, fusion.offset)
        there = (ref(fusion.volume), int(fusion.volume.loaded.sum()))
        key = (cut, seen, frame.spec.slab_mm, frame.spec.mode, frame.fast, look, there)
        if key != self._key or self._kept is None:
            self._key, self._kept = key, fused_image(frame, fusion)
        left, top, _, _ = frame.projection.target
        ratio = frame.projection.ratio
        painter.drawImage(QPointF(left / ratio, top / ratio), self._kept[0])


def fused_image(frame: Frame, fusion: Fusion) -> tuple[QImage, Any]:
    """Return the upper series in colours, and what owns its pixels (keep both together)."""
    slab = 0.0 if frame.fast else frame.spec.slab_mm
    section = fused_section(fusion, frame.section.grid, slab_mm=slab, mode=frame.spec.mode)
    # Low values stay at the lower end of the colours, however the series is shown alone.
    table = GreyTable(fusion.volume, fusion.window, inverted=fusion.volume.inverted)
    pixels = tinted(fusion, grey_levels_at(section, frame.projection, table, fast=True))
    kind = QImage.Format.Format_ARGB32_Premultiplied
    image = QImage(pixels.data, pixels.shape[1], pixels.shape[0], pixels.strides[0], kind)
    image.setDevicePixelRatio(frame.projection.ratio)
    return image, pixels


def fused_reading(frame: Frame, fusion: Fusion | None, pointer: QPointF) -> str:
    """Return the value of the upper series under a canvas point, in words; empty outside."""
    if fusion is None:
        return ""
    point = frame.projection.to_lps(np.array([pointer.x(), pointer.y()]))
    value = value_at(fusion, point)
    return "" if value is None else number(value, fusion.volume.unit)


def colour_bar_box(frame: Frame, fusion: Fusion | None, size: QRectF) -> Box | None:
    """Return the rectangle of the colour bar with its numbers and its head, None without one."""
    shown = _shown(frame, fusion)
    if shown is None or (height := _bar_height(size)) == 0:
        return None
    window, unit = shown
    numbers = max(text_width(text) for text, _ in _ticks(window))
    width = max(_BAR_WIDTH + 7 + numbers, text_width(_head(unit)))
    return (
        _LEFT,
        (size.height() - height) / 2 - beside_letters(_HEAD_PX),
        width,
        height + beside_letters(_HEAD_PX) + 8,
    )


def paint_colour_bar(painter: QPainter, frame: Frame, fusion: Fusion | None, size: QRectF) -> None:
    """Draw what the colours of the upper series mean, or the greys of a PET alone."""
    shown = _shown(frame, fusion)
    if shown is None:
        return
    window, unit = shown
    if fusion is not None:
        levels = palette(fusion.palette)[::-1, None, :]
    else:
        # The greys of a window from its upper end down, shape (256, 1, 3).
        volume = frame.volume
        values = np.linspace(
            window.centre + window.width / 2, window.centre - window.width / 2, 256
        )
        stored = (values - volume.rescale_intercept) / volume.rescale_slope
        if volume.voxels.dtype.kind in "iu":
            info = np.iinfo(volume.voxels.dtype)
            stored = np.clip(np.rint(stored), info.min, info.max).astype(volume.voxels.dtype)
        levels = np.repeat(frame.table(stored)[:, None, None], 3, axis=2)
    height = _bar_height(size)
    if height == 0:
        return
    pixels = np.ascontiguousarray(levels, dtype=np.uint8)
    image = QImage(pixels.data, 1, len(pixels), 3, QImage.Format.Format_RGB888)
    box = QRectF(_LEFT, (size.height() - height) / 2, _BAR_WIDTH, height)
    painter.drawImage(box, image)
    painter.setPen(QPen(colour("dim"), 1.0))
    painter.drawRect(box)
    ink = colour("text")
    for text, share in _ticks(window):
        y = box.bottom() - share * height
        painter.drawLine(QPointF(box.right(), y), QPointF(box.right() + 4, y))
        text_with_outline(painter, QPointF(box.right() + 7, y + 4), text, ink)
    text_with_outline(painter, QPointF(_LEFT, box.top() - beside_letters(10)), _head(unit), ink)
    del image


def _shown(frame: Frame, fusion: Fusion | None) -> tuple[Window, str] | None:
    """Return the window and the unit that a bar tells of, None where there is none."""
    if fusion is not None:
        return fusion.window, fusion.volume.unit
    if frame.volume.modality == "PT" and frame.volume.unit:
        return frame.table.window, frame.volume.unit
    return None


def _head(unit: str) -> str:
    return f"SUV ({_BODY[unit]})" if unit in _BODY else unit_words(unit)


#: What a standardized uptake value is told by.
_BODY: Final = {
    "SUVbw": _("body weight"),
    "SUVlbm": _("lean body mass"),
    "SUVbsa": _("body surface"),
    "SUVibw": _("ideal body weight"),
}


def _bar_height(size: QRectF) -> float:
    height = min(200.0, size.height() * 0.36)
    return height if height >= 60 else 0.0


def _ticks(window: Window) -> list[tuple[str, float]]:
    """Return the numbers beside the bar, each with its share of the height from below."""
    low, high = window.centre - window.width / 2, window.centre + window.width / 2
    return [(tick(low + (high - low) * share, high - low), share) for share in (0.0, 0.5, 1.0)]


def tick(value: float, span: float) -> str:
    """Return a number at the bar with as many decimals as tell the ticks apart."""
    return language.number(value, ".0f" if span >= 20 else ".1f" if span >= 1 else ".3g")
