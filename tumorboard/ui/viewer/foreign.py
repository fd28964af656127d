"""Draws what others drew: dashed, in a colour of its own, with who made it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from tumorboard.annotations.foreign import ForeignMark, shown_on
from tumorboard.imaging.geometry import Points
from tumorboard.ui.viewer.inks import colour
from tumorboard.ui.viewer.overlay import elided, text_width, text_with_outline

if TYPE_CHECKING:
    from tumorboard.ui.viewer.painting import Frame

_OUTLINE: Final = QColor("#05070a")
_DASHES: Final = [4.0, 3.0]
#: How near (logical pixels) to a line a click means it.
_REACH_PX: Final = 8.0
#: Words beside a drawing keep at least this much room (logical pixels).
_LEAST_PX: Final = 64.0


def paint_marks(
    painter: QPainter, frame: Frame, marks: Sequence[ForeignMark], width: float | None
) -> None:
    """Draw the marks of others that lie on the cut, with their words inside a width.

    Without a width the words are left out.
    """
    if not marks:
        return
    ink = colour("prior")
    taken: list[float] = []
    for mark in shown_on(marks, frame.volume, frame.section):
        lines = _canvas_lines(frame, mark)
        for points, closed in lines:
            _paint_line(painter, points, closed, ink)
        if width is None:
            continue
        corner = max((p for points, _ in lines for p in points), key=lambda p: p[0] - p[1] * 0.3)
        x, y = float(corner[0]) + 8, float(corner[1])
        while any(abs(y - other) < 15 for other in taken):
            y += 15
        taken.append(y)
        # The words of a mark that fit beside it: with who made it, without, or cut.
        room = max(width - x - 8, _LEAST_PX)
        text = mark.text or mark.by
        whole = f"{mark.text} · {mark.by}" if mark.text and mark.by else text
        words = whole if text_width(whole) <= room else elided(text, room)
        x = max(min(x, width - text_width(words) - 8), 8.0)
        text_with_outline(painter, QPointF(x, y + 4), words, ink)


def mark_at(frame: Frame, marks: Sequence[ForeignMark], place: QPointF) -> ForeignMark | None:
    """Return the mark whose line lies under a canvas point, None without one."""
    here = np.array([place.x(), place.y()])
    for mark in shown_on(marks, frame.volume, frame.section):
        for points, closed in _canvas_lines(frame, mark):
            if _distance(here, points, closed) <= _REACH_PX:
                return mark
    return None


def _canvas_lines(frame: Frame, mark: ForeignMark) -> list[tuple[Points, bool]]:
    return [(frame.projection.to_canvas(np.array(x.points)), x.closed) for x in mark.lines]


def _paint_line(painter: QPainter, points: Points, closed: bool, ink: QColor) -> None:
    corners = [QPointF(float(x), float(y)) for x, y in points]
    shape = QPolygonF(corners)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    dashed = QPen(ink, 1.6)
    dashed.setDashPattern(_DASHES)
    for pen in (QPen(_OUTLINE, 3.5), dashed):
        painter.setPen(pen)
        if len(corners) == 1:
            painter.drawEllipse(corners[0], 5, 5)
        elif closed:
            painter.drawPolygon(shape)
        else:
            painter.drawPolyline(shape)


def _distance(here: Points, points: Points, closed: bool) -> float:
    """Return the distance of a point, shape (2,), from a line."""
    a = points if closed else points[:-1]
    b = np.roll(points, -1, axis=0) if closed else points[1:]
    if len(a) == 0:
        return float(np.linalg.norm(points[0] - here))
    along = b - a
    share = ((here - a) * along).sum(axis=1) / np.maximum((along**2).sum(axis=1), 1e-12)
    nearest = a + np.clip(share, 0.0, 1.0)[:, None] * along
    return float(np.linalg.norm(nearest - here, axis=1).min())
