"""Shapes beside words: no state is told by colour alone."""

from __future__ import annotations

from collections.abc import Callable
from math import cos, pi, sin

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from tumorboard.reports.blocks import Block
from tumorboard.reports.look import ACCENT, AMBER, CORAL, DIM, INK, PT


class Mark(Block):
    """A shape as large as a letter: a state of a finding or the severity of an alert."""

    is_words = False

    def __init__(self, kind: str, line: float) -> None:
        self._kind = kind
        self._line = line * PT

    def height(self, width: float) -> float:
        """Return the height of the line it stands in."""
        del width
        return self._line

    def paint(self, painter: QPainter, x: float, y: float, width: float) -> None:
        """Paint the shape in the middle of its line."""
        del width
        side = 6.4 * PT
        painter.save()
        _SHAPES[self._kind](painter, QRectF(x, y + (self._line - side) / 2, side, side))
        painter.restore()


def _present(painter: QPainter, box: QRectF) -> None:
    painter.fillRect(box, QColor(INK))


def _ring(painter: QPainter, box: QRectF, pen: QPen) -> None:
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    inset = pen.widthF() / 2
    painter.drawEllipse(box.adjusted(inset, inset, -inset, -inset))


def _absent(painter: QPainter, box: QRectF) -> None:
    _ring(painter, box, QPen(QColor(INK), 1.1 * PT))


def _not_assessed(painter: QPainter, box: QRectF) -> None:
    pen = QPen(QColor(DIM), 1.1 * PT)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    # Six dashes and gaps round the ring, counted in pen widths.
    around = pi * (box.width() / (1.1 * PT) - 1) / 12
    pen.setDashPattern([around, around])
    _ring(painter, box, pen)


def _polygon(painter: QPainter, box: QRectF, colour: str, corners: int, turn: float) -> None:
    radius, centre = box.width() / 2, box.center()
    angles = [turn + 2 * pi * i / corners for i in range(corners)]
    points = [QPointF(centre.x() + radius * cos(a), centre.y() + radius * sin(a)) for a in angles]
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour))
    painter.drawPolygon(QPolygonF(points))


def _critical(painter: QPainter, box: QRectF) -> None:
    _polygon(painter, box, CORAL, 8, pi / 8)


def _warning(painter: QPainter, box: QRectF) -> None:
    _polygon(painter, box.adjusted(0, box.height() * 0.1, 0, box.height() * 0.1), AMBER, 3, -pi / 2)


def _information(painter: QPainter, box: QRectF) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(ACCENT))
    painter.drawEllipse(box.adjusted(0.8 * PT, 0.8 * PT, -0.8 * PT, -0.8 * PT))


_SHAPES: dict[str, Callable[[QPainter, QRectF], None]] = {
    "present": _present,
    "absent": _absent,
    "not_assessed": _not_assessed,
    "critical": _critical,
    "warning": _warning,
    "information": _information,
}
