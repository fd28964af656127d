"""Fingers and pen on a view."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QNativeGestureEvent


class Touched(Protocol):
    """What fingers do to a view."""

    def zoom(self, factor: float, anchor: QPointF | None = None) -> None:
        """Magnify about a canvas point."""


def taken(view: Touched, event: QEvent) -> bool:
    """Zoom by two fingers on a touchpad; return whether the event was one of these."""
    pinch = Qt.NativeGestureType.ZoomNativeGesture
    if isinstance(event, QNativeGestureEvent) and event.gestureType() is pinch:
        view.zoom(1.0 + event.value(), event.position())
        return True
    return False
