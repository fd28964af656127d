"""The curved view: a vessel laid out along its line, caudal end below."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPen,
    QPolygonF,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from tumorboard.annotations.model import Point, as_point
from tumorboard.imaging.curved import CurvedGrid, CurvedMode, cut_curved
from tumorboard.imaging.geometry import side_letters
from tumorboard.imaging.windowing import GreyTable
from tumorboard.ui.theme import colour
from tumorboard.ui.vessel.canvas import VesselCanvas, grey_picture, paint_bar
from tumorboard.ui.vessel.scene import LEAST_MM, VesselScene, spread, with_rows
from tumorboard.ui.viewer.overlay import elided, text_width, text_with_outline

_MARGIN: Final = 14.0
_TOP: Final = 26.0
#: Room at the left for the bands of contact and of tumour in the lumen.
_BANDS: Final = 16.0
_WORDS: Final = QColor("#cfd6de")
_NOTCH: Final = 120
_TURN_KEY: Final = 5.0
#: So many degrees a logical pixel of a drag.
_TURN_PX: Final = 0.6
#: A point farther from the curved surface is not marked on it, mm.
_FAR_MM: Final = 15.0
_MOST_ZOOM: Final = 8.0


@dataclass(frozen=True, eq=False)
class _Picture:
    """A picture with its grid, of which ``rows`` (first, after the last) are on show."""

    image: QImage
    owner: NDArray[np.uint8]
    grid: CurvedGrid
    rows: tuple[int, int]
    place: QPointF
    pixel: float


class CurvedView(VesselCanvas):
    """Shows the vessel straightened or stretched; turned by dragging with the right button.

    ``moved`` carries a length along the line in mm, ``pointed`` a point in the patient.
    """

    pointed = Signal(tuple)
    turned = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.mode = CurvedMode.STRAIGHTENED
        self.degrees = 0.0
        self.zoom = 1.0
        self._kept: tuple[tuple[Any, ...], _Picture] | None = None
        self._drag: QPointF | None = None
        self.setAccessibleName("Curved view of the vessel")

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - a name of Qt
        """Leave room for names of levels."""
        return QSize(150, 160)

    def set_mode(self, mode: CurvedMode) -> None:
        """Lay the vessel out in another way."""
        self.mode = mode
        self.update()

    def set_degrees(self, degrees: float) -> None:
        """Turn the vessel about its line."""
        self.degrees = (degrees + 180.0) % 360.0 - 180.0
        self.turned.emit(self.degrees)
        self.update()

    # -- where things lie ----------------------------------------------------------------

    def _box(self) -> QRectF:
        """Return the rectangle of the picture."""
        left = _MARGIN + _BANDS
        return QRectF(*(left, _TOP, self.width() - left - 6, self.height() - _TOP - _MARGIN - 6))

    def y_of(self, arc_mm: float) -> float:
        """Return the height on the widget of a length along the line."""
        picture = self._picture()
        if picture is None:
            return 0.0
        row = float(picture.grid.row_at(arc_mm))
        return picture.place.y() + (picture.rows[1] - 0.5 - row) * picture.pixel

    def pixel_at(self, position: QPointF) -> tuple[float, float]:
        """Return the row and column of the whole grid under a place of the widget."""
        picture = self._picture()
        if picture is None:
            return 0.0, 0.0
        row = picture.rows[1] - 0.5 - (position.y() - picture.place.y()) / picture.pixel
        column = (position.x() - picture.place.x()) / picture.pixel - 0.5
        rows, columns = picture.grid.shape
        return min(max(row, 0.0), rows - 1.0), min(max(column, 0.0), columns - 1.0)

    def canvas_of(self, point: Point) -> QPointF | None:
        """Return where a point of the patient lies, None far from the curved surface."""
        picture = self._picture()
        if picture is None:
            return None
        where = np.array(point)
        if abs(float(picture.grid.distance(where))) > _FAR_MM:
            return None
        row, column = (float(v) for v in picture.grid.to_pixels(where))
        x = picture.place.x() + (column + 0.5) * picture.pixel
        return QPointF(x, picture.place.y() + (picture.rows[1] - 0.5 - row) * picture.pixel)

    # -- the picture ---------------------------------------------------------------------

    def _picture(self) -> _Picture | None:
        scene, table = self.scene, self.table()
        if scene is None or table is None:
            return None
        ratio, box = self.devicePixelRatioF(), self._box()
        whole = self.mode, self.degrees, box.width(), box.height(), ratio, self.zoom
        middle = self.position if self.zoom > 1 else 0.0
        loaded = int(scene.volume.loaded.sum())
        key = (id(scene.line), id(scene.volume), loaded, id(table), whole, middle)
        if self._kept is None or self._kept[0] != key:
            made = self._made(scene, table, box, ratio)
            self._kept = None if made is None else (key, made)
        return None if self._kept is None else self._kept[1]

    def _made(
        self, scene: VesselScene, table: GreyTable, box: QRectF, ratio: float
    ) -> _Picture | None:
        if box.width() < 8 or box.height() < 8:
            return None
        height, lateral = self._extent(scene)
        wide, high = box.width() * ratio, box.height() * ratio
        spacing = max(height / (high - 1), (lateral + LEAST_MM) / wide) / self.zoom
        across = max(wide * spacing - lateral, 4 * spacing)
        grid = scene.curved(self.mode, self.degrees, across, spacing)
        rows = self._rows(grid, int(box.height() * ratio))
        part = with_rows(grid, *rows)
        section = cut_curved(scene.volume, part)
        image, owner = grey_picture(table, section.image[::-1], ratio)
        left = box.center().x() - section.image.shape[1] / ratio / 2
        top = box.center().y() - section.image.shape[0] / ratio / 2
        place = QPointF(round(left * ratio) / ratio, round(top * ratio) / ratio)
        return _Picture(image, owner, grid, rows, place, 1 / ratio)

    def _extent(self, scene: VesselScene) -> tuple[float, float]:
        """Return the height of the vessel laid out, and how far it bends to the sides, mm."""
        if self.mode is CurvedMode.STRAIGHTENED:
            return scene.length_mm, 0.0
        width = 10.0
        rough = scene.curved(self.mode, self.degrees, width, 1.0)
        return max((rough.shape[0] - 1) * rough.spacing[0], 1.0), rough.shape[1] - 1 - width

    def _rows(self, grid: CurvedGrid, room: int) -> tuple[int, int]:
        """Return the rows on show: all, or those round the position when magnified."""
        rows = grid.shape[0]
        if rows <= room:
            return 0, rows
        middle = float(grid.row_at(self.position))
        first = int(np.clip(round(middle - room / 2), 0, rows - room))
        return first, first + room

    # -- painting ------------------------------------------------------------------------

    def paint(self, painter: QPainter) -> None:
        """Paint the picture and what lies on it."""
        picture, scene = self._picture(), self.scene
        if picture is None or scene is None:
            self.paint_message(painter)
            return
        painter.save()
        painter.setClipRect(self._box().adjusted(-_BANDS, 0, 6, 2))
        painter.drawImage(picture.place, picture.image)
        self._paint_line(painter, picture)
        self._paint_bands(painter, scene)
        self._paint_levels(painter, scene)
        self._paint_position(painter)
        painter.restore()
        self._paint_words(painter, scene, picture)

    def _paint_line(self, painter: QPainter, picture: _Picture) -> None:
        every = np.arange(*picture.rows, max(1, round(2 / picture.pixel)))
        ink = QColor(colour("vessel"))
        ink.setAlpha(110)
        painter.setPen(QPen(ink, 1.0, Qt.PenStyle.DotLine))
        points = [
            QPointF(
                picture.place.x() + (float(picture.grid.centre[r]) + 0.5) * picture.pixel,
                picture.place.y() + (picture.rows[1] - 0.5 - r) * picture.pixel,
            )
            for r in every
        ]
        painter.drawPolyline(QPolygonF(points))

    def _paint_bands(self, painter: QPainter, scene: VesselScene) -> None:
        """Show where the mass touches and where tumour lies inside, beside the picture."""
        if scene.reading is None:
            return
        found = scene.reading.profile
        left = self._box().left() - _BANDS + 2
        for extent, name, x in (
            (found.contact, "present", left),
            (found.involvement, "lesion", left + 6),
        ):
            if extent is not None:
                top, bottom = self.y_of(extent.end_mm), self.y_of(extent.start_mm)
                painter.fillRect(QRectF(x, top, 4, max(bottom - top, 2.0)), colour(name))

    def _paint_levels(self, painter: QPainter, scene: VesselScene) -> None:
        box = self._box()
        levels = sorted(scene.levels, key=lambda level: -level.arc_mm)
        heights = np.array([self.y_of(level.arc_mm) for level in levels])
        shown = (heights >= box.top() - 2) & (heights <= box.bottom() + 2)
        levels = [level for level, on in zip(levels, shown, strict=True) if on]
        places = spread(heights[shown], 15.0, box.top() + 10, box.bottom() - 8)
        for level, y, beside in zip(levels, heights[shown], places, strict=True):
            ink = colour("lesion" if level.is_end else "vessel")
            text = level.fitting(box.width() * 0.5, text_width)
            left = box.right() - 4 - text_width(text)
            painter.setPen(QPen(ink, 1.0, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(box.center().x() + 6, y), QPointF(left - 12, y))
            painter.drawLine(QPointF(left - 12, y), QPointF(left - 4, float(beside)))
            text_with_outline(painter, QPointF(left, float(beside) + 4), text, ink)

    def _paint_position(self, painter: QPainter) -> None:
        box, y = self._box(), round(self.y_of(self.position)) + 0.5
        painter.setPen(QPen(colour("accent"), 1.0))
        painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))
        place = None if self.display is None else self.canvas_of(self.display.point)
        if place is not None:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for ink, width in ((QColor("#05070a"), 3.0), (colour("accent"), 1.4)):
                painter.setPen(QPen(ink, width))
                painter.drawEllipse(place, 5.0, 5.0)

    def _paint_words(self, painter: QPainter, scene: VesselScene, picture: _Picture) -> None:
        box = self._box()
        turned = f" · {self.degrees:.0f}°" if self.degrees else ""
        text = f"{scene.name} · {self.mode.value}{turned}"
        text_with_outline(painter, QPointF(8, 17), elided(text, self.width() - 16), _WORDS)
        row = int(np.clip(picture.grid.row_at(self.position), 0, picture.grid.shape[0] - 1))
        side = np.asarray(picture.grid.across)[row]
        y = box.bottom() - 24
        text_with_outline(painter, QPointF(box.left() + 4, y), side_letters(-side), _WORDS)
        right = side_letters(side)
        place = QPointF(box.right() - 4 - text_width(right), y)
        text_with_outline(painter, place, right, _WORDS)
        mm = picture.grid.spacing[1] / picture.pixel
        below = f"{self.position:.0f} / {scene.length_mm:.0f} mm"
        text_with_outline(
            painter, QPointF(8, self.height() - 7), elided(below, self.width() - 76), _WORDS
        )
        self._paint_scale(painter, mm)

    def _paint_scale(self, painter: QPainter, mm_per_px: float) -> None:
        length = 20.0 if 20.0 / mm_per_px < self.width() / 4 else 10.0
        right, y = self.width() - 10.0, self.height() - 11.0
        paint_bar(painter, right, y, length / mm_per_px, f"{length / 10:g} cm")

    # -- hands ---------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - a name of Qt
        """Go to the place under the pointer; with the right button, begin to turn."""
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        if event.button() is Qt.MouseButton.RightButton:
            self._drag = event.position()
        elif event.button() is Qt.MouseButton.LeftButton:
            self._point(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - a name of Qt
        """Go along, or turn."""
        if self._drag is not None:
            way = event.position().x() - self._drag.x()
            self._drag = event.position()
            self.set_degrees(self.degrees + way * _TURN_PX)
        elif event.buttons() & Qt.MouseButton.LeftButton:
            self._point(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - a name of Qt
        """Stop turning."""
        self._drag = None
        super().mouseReleaseEvent(event)

    def _point(self, position: QPointF) -> None:
        picture = self._picture()
        if picture is not None:
            row, column = self.pixel_at(position)
            self.pointed.emit(as_point(picture.grid.to_lps(np.array([row, column]))))

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - a name of Qt
        """Go along the vessel; with Ctrl magnify."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            wanted = self.zoom * 1.15 ** (event.angleDelta().y() / _NOTCH)
            self.zoom = min(max(wanted, 1.0), _MOST_ZOOM)
            self.update()
            event.accept()
            return
        super().wheelEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - a name of Qt
        """Turn by the keys left and right."""
        turns = {Qt.Key.Key_Left: -_TURN_KEY, Qt.Key.Key_Right: _TURN_KEY}
        if event.key() in turns:
            self.set_degrees(self.degrees + turns[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)
