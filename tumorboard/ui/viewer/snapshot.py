"""A view painted anew as a picture to take away, with no identity in any pixel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QImageWriter, QPainter

from tumorboard.imaging.viewport import resolve
from tumorboard.reports.written import in_words
from tumorboard.ui.viewer import overlay
from tumorboard.ui.viewer.fused import colour_bar_box
from tumorboard.ui.viewer.image_view import ImageView
from tumorboard.ui.viewer.painting import Frame, paint_over, picture_of

_RATIO = 2.0


def snapshot(view: ImageView, word: Callable[[str], str] = str) -> QImage | None:
    """Paint the cut of a view with its annotations, side letters and scale; None without one.

    Never a copy of the screen: what stands in the corners (case, date, series) is left out.
    ``word`` is put on what people wrote beside what they drew.
    """
    shown = view.frame()
    if shown is None or shown.projection.is_empty:
        return None
    size = (float(view.width()), float(view.height()))
    projection = resolve(view.viewport, shown.section.grid, size, _RATIO)
    frame = Frame(
        *(shown.volume, shown.spec, shown.section, projection, shown.table, False, shown.smooth),
        over=replace(shown.over, marks=in_words(shown.over.marks, word)),
    )
    canvas = QImage(int(size[0] * _RATIO), int(size[1] * _RATIO), QImage.Format.Format_RGB32)
    canvas.setDevicePixelRatio(_RATIO)
    canvas.fill(Qt.GlobalColor.black)
    painter = QPainter(canvas)
    try:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        image, owner = picture_of(frame)
        left, top, _, _ = projection.target
        painter.drawImage(QPointF(left / _RATIO, top / _RATIO), image)
        paint_over(painter, frame, marks=view.room.overlays_visible)
        _paint_marks(painter, view, frame, QRectF(0, 0, *size), word)
    finally:
        painter.end()
    del owner
    return canvas


def _paint_marks(
    painter: QPainter, view: ImageView, frame: Frame, size: QRectF, word: Callable[[str], str]
) -> None:
    bar = colour_bar_box(frame, frame.over.fusion, size)
    rim = overlay.rim_of(
        size,
        frame.projection,
        scale=view.scale,
        letters_of=frame.volume.side_letters,
        more=(bar,) if bar is not None else (),
    )
    overlay.paint_rim(painter, rim)
    if view.room.overlays_visible:
        visible = in_words(view.visible_annotations(frame.section), word)
        overlay.paint_annotations(painter, visible, frame.projection, frame.volume, "", rim.free)


def png(image: QImage) -> bytes:
    """Return an image as PNG."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(image)
    buffer.close()
    return bytes(data.data())
