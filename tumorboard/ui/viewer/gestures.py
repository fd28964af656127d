"""Mouse gestures on a view: who is offered a press, in which order.

Left: a handle of what is drawn, then the active tool; without a tool an edge of what is
drawn, then window and level.
Middle pans, right zooms. Shift and left moves the crosshair.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent

from tumorboard.annotations.hit_test import Hit, hit_test
from tumorboard.annotations.model import Annotation, Point
from tumorboard.imaging.viewport import panned
from tumorboard.imaging.volume import Window
from tumorboard.tools.edit import handle_moved, moved
from tumorboard.tools.gesture import CLICK_PIXELS, Phase

if TYPE_CHECKING:
    from tumorboard.ui.viewer.image_view import ImageView

_NOTCH = 120


@dataclass
class _Press:
    """A button held down: what it does, where it began, and the state it began with."""

    kind: str
    start: QPointF
    last: QPointF
    point: Point
    window: Window
    hit: Hit | None = None
    edited: Annotation | None = None
    far: bool = False


class Gestures:
    """Turns the mouse events of one view into changes of its viewport and model."""

    def __init__(self, view: ImageView) -> None:
        self._view = view
        self._press: _Press | None = None
        self._wheel_rest = 0

    def wheel_notches(self, event: QWheelEvent) -> int:
        """Return whole notches; touchpads send parts of one, which add up."""
        self._wheel_rest += event.angleDelta().y()
        notches = int(self._wheel_rest / _NOTCH)
        self._wheel_rest -= notches * _NOTCH
        return -notches

    def press(self, event: QMouseEvent) -> None:
        """Decide what the held button does."""
        point = self._view.point_at(event.position())
        if point is None:
            return
        position = event.position()
        press = _Press("", position, position, point, self._view.model.window)
        press.hit = self._hit(position) if event.button() is Qt.MouseButton.LeftButton else None
        press.kind = self._kind(event, press.hit)
        self._press = press
        model = self._view.model
        if press.kind == "edit" and press.hit is not None:
            model.select(press.hit.annotation.uid)
        elif press.kind == "tool":
            self._tool(Phase.PRESS, point)
        elif press.kind == "crosshair":
            model.set_point(point)

    def _kind(self, event: QMouseEvent, hit: Hit | None) -> str:
        model = self._view.model
        if event.button() is Qt.MouseButton.MiddleButton:
            return "pan"
        if event.button() is Qt.MouseButton.RightButton:
            return "zoom"
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            return "crosshair"
        tool = model.tool
        if tool is None:
            return "window" if hit is None else "edit"
        on_handle = hit is not None and hit.handle is not None and not model.preview
        return "edit" if on_handle and not tool.claims_handles(model.tool_state) else "tool"

    def _hit(self, position: QPointF) -> Hit | None:
        section = self._view.section()
        projection = self._view.projection(section)
        if section is None or projection is None or not self._view.model.overlays_visible:
            return None
        visible = self._view.visible_annotations(section)
        return hit_test(visible, projection.to_canvas, (position.x(), position.y()))

    def move(self, event: QMouseEvent) -> None:
        """Go on with the held button, or show what a press here would do."""
        press, position = self._press, event.position()
        point = self._view.point_at(position)
        if point is None:
            return
        if press is None:
            self._hover(position, point)
            return
        delta = position - press.last
        press.last = position
        travelled = (position - press.start).manhattanLength()
        press.far = press.far or travelled >= CLICK_PIXELS
        self._drag(press, point, position, delta)

    def _drag(self, press: _Press, point: Point, position: QPointF, delta: QPointF) -> None:
        view = self._view
        if press.kind == "pan":
            self._pan(delta)
        elif press.kind == "zoom":
            view.zoom(float(np.exp(-delta.y() / 150)), press.start)
        elif press.kind == "crosshair":
            view.model.set_point(point)
        elif press.kind == "tool":
            self._tool(Phase.MOVE, point)
        elif press.kind == "edit" and press.far:
            self._edit(press, point)
        elif press.kind == "window" and press.far:
            self._window(press, position)

    def _hover(self, position: QPointF, point: Point) -> None:
        model = self._view.model
        if model.tool is not None and model.preview:
            self._tool(Phase.MOVE, point)
        hit = self._hit(position)
        shape = Qt.CursorShape.CrossCursor if model.tool else Qt.CursorShape.ArrowCursor
        if hit is not None and not model.preview:
            shape = Qt.CursorShape.SizeAllCursor
        self._view.setCursor(shape)

    def release(self, event: QMouseEvent) -> None:
        """Finish what the button did."""
        press, self._press = self._press, None
        point = self._view.point_at(event.position())
        if press is None or point is None:
            return
        model = self._view.model
        if press.kind == "tool":
            self._tool(Phase.RELEASE, point)
        elif press.kind == "edit" and press.edited is not None:
            model.preview = ()
            model.edited.emit("Annotation moved", (press.edited,))
        elif press.kind == "window" and not press.far:
            model.select("")
            model.set_point(point)

    def _pan(self, delta: QPointF) -> None:
        view = self._view
        projection = view.projection()
        if projection is None:
            return
        centre = (view.width() / 2, view.height() / 2)
        view.viewport = panned(view.viewport, projection, (delta.x(), delta.y()), centre)
        view.update()

    def _window(self, press: _Press, position: QPointF) -> None:
        """Drag right widens, drag down brightens; the gain grows with the width."""
        gain = max(press.window.width, 50.0) / 400.0
        dx, dy = position.x() - press.start.x(), position.y() - press.start.y()
        width = press.window.width + dx * gain * 1.5
        self._view.model.set_window(Window(press.window.centre - dy * gain, width))

    def _edit(self, press: _Press, point: Point) -> None:
        hit, model = press.hit, self._view.model
        if hit is None:
            return
        if hit.handle is None:
            edited = moved(hit.annotation, np.array(point) - np.array(press.point))
        else:
            edited = handle_moved(hit.annotation, hit.handle, point)
        projection = self._view.projection()
        scale = 1.0 if projection is None else projection.pixels_per_mm
        scene = model.scene(self._view.plane, scale)
        press.edited = model.restamped(edited, scene)
        model.preview = (press.edited,)
        model.changed.emit()

    def _tool(self, phase: Phase, point: Point) -> None:
        projection = self._view.projection()
        if projection is not None:
            scene = self._view.model.scene(self._view.plane, projection.pixels_per_mm)
            self._view.model.use_tool(phase, point, scene)
