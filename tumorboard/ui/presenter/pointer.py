"""A pointer of light with a fading trail, drawn in both windows at the same place."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

_FRAME_MS: Final = 16
_LIGHT: Final = QColor("#ff5a4d")
_RIM: Final = QColor("#ffffff")
#: Radius of the light as a share of the height of what it points at.
_RADIUS: Final = 0.011


@dataclass(frozen=True)
class Spot:
    """A place that was pointed at: shares of width and height, and when (s)."""

    x: float
    y: float
    at: float


class Trail:
    """The places pointed at in the last moments."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.seconds = seconds
        self._clock = clock
        self._spots: deque[Spot] = deque()

    def add(self, x: float, y: float) -> None:
        """Point at a place, told as shares of width and height."""
        self._spots.append(Spot(x, y, self._clock()))
        self._fade()

    def clear(self) -> None:
        """Point at nothing."""
        self._spots.clear()

    @property
    def head(self) -> Spot | None:
        """Where the pointer is."""
        return self._spots[-1] if self._spots else None

    @property
    def is_fading(self) -> bool:
        """Whether there is more than the pointer itself."""
        self._fade()
        return len(self._spots) > 1

    def spots(self) -> list[tuple[Spot, float]]:
        """Return the places with their strength from 0 (gone) to 1 (now), the oldest first."""
        self._fade()
        now = self._clock()
        last = self.head
        return [
            (s, 1.0 if s is last else max(0.0, 1 - (now - s.at) / max(self.seconds, 1e-6)))
            for s in self._spots
        ]

    def _fade(self) -> None:
        now = self._clock()
        while len(self._spots) > 1 and now - self._spots[0].at > self.seconds:
            self._spots.popleft()


def paint_trail(painter: QPainter, trail: Trail, box: QRectF) -> None:
    """Draw a trail over what lies in a box."""
    radius = max(4.0, box.height() * _RADIUS)
    found = [
        (QPointF(box.left() + s.x * box.width(), box.top() + s.y * box.height()), strength)
        for s, strength in trail.spots()
    ]
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for (before, _), (after, strength) in pairwise(found):
        ink = QColor(_LIGHT)
        ink.setAlphaF(0.55 * strength)
        pen = QPen(ink, radius * (0.4 + 0.8 * strength))
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.drawLine(before, after)
    if found:
        painter.setPen(QPen(_RIM, max(1.0, radius * 0.16)))
        painter.setBrush(_LIGHT)
        painter.drawEllipse(found[-1][0], radius, radius)


class PointerLayer(QWidget):
    """Lies over a window and draws the trail; the mouse goes through it."""

    def __init__(self, trail: Trail, parent: QWidget) -> None:
        super().__init__(parent)
        self._trail = trail
        self._drawn = QRectF()
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._timer = QTimer(self)
        self._timer.setInterval(_FRAME_MS)
        self._timer.timeout.connect(self._next)
        self.hide()

    def moved(self) -> None:
        """Draw the trail anew after the pointer moved or went."""
        if self._trail.head is None:
            self.stop()
            return
        self.show()
        self._repaint()
        if not self._timer.isActive():
            self._timer.start()

    def stop(self) -> None:
        """Draw nothing any more."""
        self._timer.stop()
        self._trail.clear()
        self.hide()

    def _next(self) -> None:
        fading = self._trail.is_fading
        self._repaint()
        if not fading:
            self._timer.stop()

    def _repaint(self) -> None:
        """Paint where the trail is and was; what lies below is left alone elsewhere."""
        now = self._bounds()
        self.update(now.united(self._drawn).toAlignedRect())
        self._drawn = now

    def _bounds(self) -> QRectF:
        places = [QPointF(s.x * self.width(), s.y * self.height()) for s, _ in self._trail.spots()]
        if not places:
            return QRectF()
        xs, ys = [p.x() for p in places], [p.y() for p in places]
        margin = max(4.0, self.height() * _RADIUS) * 2
        box = QRectF(QPointF(min(xs), min(ys)), QPointF(max(xs), max(ys)))
        return box.adjusted(-margin, -margin, margin, margin)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - a name of Qt
        """Paint the trail."""
        painter = QPainter(self)
        try:
            paint_trail(painter, self._trail, QRectF(self.rect()))
        finally:
            painter.end()
