"""Small shapes that carry a state beside its word: never colour alone."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QWidget

from tumorboard.ui.shell.theme import colour, keep_scaled

_OCTAGON = ((0.3, 0), (0.7, 0), (1, 0.3), (1, 0.7), (0.7, 1), (0.3, 1), (0, 0.7), (0, 0.3))


#: The side (px) of the square that a shape is drawn into, beside letters of the usual size.
_SIDE = 16


class Mark(QWidget):
    """A 14 px shape for a state.

    ``present`` filled square, ``absent`` ring, ``unknown`` dashed square, ``critical``
    octagon, ``warning`` triangle, ``information`` disc.
    """

    def __init__(self, state: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        keep_scaled(self, width=_SIDE, height=_SIDE)
        self.setAccessibleName(state)

    @property
    def state(self) -> str:
        """The state that is shown."""
        return self._state

    def set_state(self, state: str) -> None:
        """Show another state."""
        if state != self._state:
            self._state = state
            self.setAccessibleName(state)
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - a name of Qt
        """Draw the shape."""
        painter = QPainter(self)
        painter.scale(self.width() / _SIDE, self.height() / _SIDE)
        paint_mark(painter, self._state)
        painter.end()


def paint_mark(painter: QPainter, state: str, colour: Callable[[str], QColor] = colour) -> None:
    """Draw the shape of a state into the square of 16 px at the origin; see `Mark`.

    ``colour`` gives the colours by their names: those of the window, or those over images.
    """
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    box = QRectF(2, 2, 12, 12)
    painter.setPen(Qt.PenStyle.NoPen)
    if state == "present":
        painter.setBrush(colour("present"))
        painter.drawRoundedRect(box, 3, 3)
    elif state == "absent":
        painter.setPen(QPen(colour("absent"), 2))
        painter.drawEllipse(box)
    elif state == "unknown":
        pen = QPen(colour("unknown"), 1.6)
        pen.setDashPattern([2.0, 1.6])
        painter.setPen(pen)
        painter.drawRoundedRect(box, 2, 2)
    elif state == "critical":
        painter.setBrush(colour("critical"))
        corners = [QPointF(box.x() + a * 12, box.y() + b * 12) for a, b in _OCTAGON]
        painter.drawPolygon(QPolygonF(corners))
    elif state == "warning":
        painter.setBrush(colour("warn"))
        corners = [QPointF(8, 2), QPointF(14, 14), QPointF(2, 14)]
        painter.drawPolygon(QPolygonF(corners))
    else:
        painter.setBrush(colour("info"))
        painter.drawEllipse(box)


def swatch(rgb: tuple[int, int, int]) -> QPixmap:
    """Return a small square of a colour."""
    picture = QPixmap(28, 28)
    picture.setDevicePixelRatio(2.0)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.fillRect(1, 1, 12, 12, QColor(*rgb))
    painter.end()
    return picture
