"""Fingers and pen on a view.

A pen is a mouse: its tip the left button, its barrel the right one, whatever the pressure. One
finger draws with the tool in use; without one it scrolls, and a tap is a click. Two fingers move
the picture and, drawn apart, magnify it. While a pen is near, touches are those of the hand that
holds it, and so are large ones: they do nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import ClassVar, Final

from PySide6.QtCore import QEvent, QPointF, QSizeF, Qt
from PySide6.QtGui import (
    QEventPoint,
    QGuiApplication,
    QMouseEvent,
    QNativeGestureEvent,
    QTabletEvent,
    QTouchEvent,
)
from PySide6.QtWidgets import QApplication, QWidget

#: The events that are looked at here.
OF_TOUCH: Final = (QTouchEvent, QTabletEvent, QNativeGestureEvent)
#: A finger that moved less (logical pixels) has tapped.
TAP_PX: Final = 8.0
#: So many logical pixels of a finger are one slice.
_SLICE_PX: Final = 10.0
#: So long (s) after the last sign of a pen it counts as near.
PEN_NEAR_S: Final = 0.7
#: What touches a wider place (logical pixels) is no finger tip.
_PALM_PX: Final = 110.0
#: Fingers closer than this (logical pixels) do not tell how far they are drawn apart.
_LEAST_APART_PX: Final = 12.0

_LEFT, _NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
_PEN: Final = {
    QEvent.Type.TabletPress: QEvent.Type.MouseButtonPress,
    QEvent.Type.TabletMove: QEvent.Type.MouseMove,
    QEvent.Type.TabletRelease: QEvent.Type.MouseButtonRelease,
}


@dataclass(frozen=True)
class TouchActs:
    """What fingers do to a view.

    ``draws`` tells whether one finger works like the left button; ``let_go`` drops what it began.
    """

    draws: Callable[[], bool]
    scroll: Callable[[int], object]
    pan: Callable[[QPointF], object]
    zoom: Callable[[float, QPointF], object]
    let_go: Callable[[], object]


class _Does(Enum):
    """What the fingers on the view do."""

    NOTHING = auto()
    WAITS = auto()
    DRAWS = auto()
    SCROLLS = auto()
    MOVES = auto()


class Fingers:
    """Turns touches and pen of one view into the gestures of a mouse, and into pan and zoom."""

    #: When a pen was seen last (s, monotonic), on whichever view.
    pen_seen: ClassVar[float] = -PEN_NEAR_S

    def __init__(self, view: QWidget, acts: TouchActs) -> None:
        self._view, self._acts = view, acts
        self._does = _Does.NOTHING
        self._start = self._last = QPointF()
        self._apart = self._rest = 0.0
        self._tapped: tuple[float, QPointF] = (-1.0, QPointF())
        view.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        view.setTabletTracking(True)

    def taken(self, event: QEvent) -> bool:
        """Do what an event of fingers or pen asks; return whether it was one."""
        if isinstance(event, QTouchEvent):
            self._touch(event)
        elif isinstance(event, QTabletEvent) and event.type() in _PEN:
            Fingers.pen_seen = time.monotonic()
            self._end()
            self._send(_PEN[event.type()], event.position(), event.button(), event.buttons(), event)
        elif (
            isinstance(event, QNativeGestureEvent)
            and event.gestureType() is Qt.NativeGestureType.ZoomNativeGesture
        ):
            self._acts.zoom(1.0 + event.value(), event.position())
        else:
            return False
        event.accept()
        return True

    # -- fingers -------------------------------------------------------------------------

    def _touch(self, event: QTouchEvent) -> None:
        kind, points = event.type(), event.points()
        if kind is QEvent.Type.TouchBegin:
            self._does = _Does.NOTHING if self._is_hand(points) else _Does.WAITS
            self._start = self._last = points[0].position()
            self._rest = 0.0
            if len(points) > 1 and self._does is _Does.WAITS:
                self._by_two(points[0].position(), points[1].position())
        elif kind is QEvent.Type.TouchCancel or self._is_hand(points):
            self._end()
        elif kind is QEvent.Type.TouchEnd:
            self._lifted(points[0].position(), event)
        else:
            self._moved([p for p in points if p.state() is not QEventPoint.State.Released], event)

    @staticmethod
    def _is_hand(points: list[QEventPoint]) -> bool:
        """Whether a touch is that of a hand which holds a pen or rests."""
        if time.monotonic() - Fingers.pen_seen < PEN_NEAR_S:
            return True
        return any(is_palm(point.ellipseDiameters()) for point in points)

    def _moved(self, points: list[QEventPoint], event: QTouchEvent) -> None:
        if self._does is _Does.NOTHING or not points:
            return
        places = [point.position() for point in points]
        if len(places) > 1:
            self._by_two(places[0], places[1])
            return
        if self._does is _Does.MOVES:  # one of two was lifted: the other is on its way
            self._does = _Does.NOTHING
            return
        place = places[0]
        if self._does is _Does.WAITS and (place - self._start).manhattanLength() >= TAP_PX:
            self._does = _Does.DRAWS if self._acts.draws() else _Does.SCROLLS
            if self._does is _Does.DRAWS:
                self._send(QEvent.Type.MouseButtonPress, self._start, _LEFT, _LEFT, event)
        if self._does is _Does.DRAWS:
            self._send(QEvent.Type.MouseMove, place, _NONE, _LEFT, event)
        elif self._does is _Does.SCROLLS:
            self._rest += place.y() - self._last.y()
            slices = int(self._rest / _SLICE_PX)
            self._rest -= slices * _SLICE_PX
            if slices:
                self._acts.scroll(slices)
        self._last = place

    def _by_two(self, first: QPointF, second: QPointF) -> None:
        """Move the picture with the middle of two fingers, and magnify it as they part."""
        middle = (first + second) / 2
        apart = max(_length(second - first), _LEAST_APART_PX)
        if self._does is not _Does.MOVES:
            if self._does is _Does.DRAWS:
                self._acts.let_go()
            self._does = _Does.MOVES
        else:
            self._acts.pan(middle - self._last)
            self._acts.zoom(apart / self._apart, middle)
        self._last, self._apart = middle, apart

    def _lifted(self, place: QPointF, event: QTouchEvent) -> None:
        does, self._does = self._does, _Does.NOTHING
        if does is _Does.DRAWS:
            self._send(QEvent.Type.MouseButtonRelease, place, _LEFT, _NONE, event)
        elif does is _Does.WAITS:
            self._tap(place, event)

    def _tap(self, place: QPointF, event: QTouchEvent) -> None:
        """Click where a finger tapped; a second tap at the same place is a double click."""
        now, (before, where) = time.monotonic(), self._tapped
        again = 1000 * (now - before) < QGuiApplication.styleHints().mouseDoubleClickInterval()
        again = again and (place - where).manhattanLength() < 3 * TAP_PX
        self._tapped = (-1.0, QPointF()) if again else (now, place)
        first = QEvent.Type.MouseButtonDblClick if again else QEvent.Type.MouseButtonPress
        self._send(first, place, _LEFT, _LEFT, event)
        self._send(QEvent.Type.MouseButtonRelease, place, _LEFT, _NONE, event)

    def _end(self) -> None:
        """Let what the fingers do be; what they began to draw is dropped."""
        if self._does is _Does.DRAWS:
            self._acts.let_go()
        self._does = _Does.NOTHING

    def _send(
        self,
        kind: QEvent.Type,
        place: QPointF,
        button: Qt.MouseButton,
        buttons: Qt.MouseButton,
        event: QTouchEvent | QTabletEvent,
    ) -> None:
        """Send the event of a mouse in place of another one."""
        everywhere = self._view.mapToGlobal(place)
        QApplication.sendEvent(
            self._view,
            QMouseEvent(kind, place, everywhere, button, buttons, event.modifiers()),
        )


def is_palm(size: QSizeF) -> bool:
    """Whether what touches a place of this size (logical pixels) is too large for a finger tip."""
    return max(size.width(), size.height()) > _PALM_PX


def _length(way: QPointF) -> float:
    return float((way.x() ** 2 + way.y() ** 2) ** 0.5)
