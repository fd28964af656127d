"""Mouse gestures on a view: who is offered a press, in which order.

Left: a ring to turn a plane by, a handle of what is drawn, then the active tool; without a
tool an edge of what is drawn, then the hand (window and level unless another was chosen).
Middle pans, right zooms. Shift and left moves the crosshair.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent

from tumorboard.annotations.hit_test import Hit, hit_test
from tumorboard.annotations.kinds import MARKS
from tumorboard.annotations.labels import label_under
from tumorboard.annotations.model import Annotation, as_point
from tumorboard.imaging.geometry import Point
from tumorboard.imaging.view_cut import normal_of
from tumorboard.imaging.viewport import panned
from tumorboard.imaging.volume import Volume, Window, is_uptake
from tumorboard.imaging.windowing import REGION, auto_window, least_width
from tumorboard.language import N_, _
from tumorboard.tools.edit import (
    handle_moved,
    is_collapsed,
    label_moved,
    moved,
    nudge,
    on_own_cut,
)
from tumorboard.tools.gesture import CLICK_PIXELS, Phase
from tumorboard.tools.half_drawn import SAME_CUT_MM
from tumorboard.ui.viewer.drawings import offset_of
from tumorboard.ui.viewer.guides import HANDLE_PX, turn_handles
from tumorboard.ui.viewer.hands import Hand
from tumorboard.ui.viewer.references import restamped
from tumorboard.ui.viewer.touch import Fingers, TouchActs

if TYPE_CHECKING:
    from tumorboard.ui.viewer.image_view import ImageView

_NOTCH = 120
#: Tools that mean the place itself: beyond the rim of the picture there is nothing for them.
_BEYOND_THE_RIM = (
    "probe",
    "eraser",
    "mask_brush",
    "mask_eraser",
    "mask_grow",
    "mask_propose",
    "landmark",
)
#: Rounding (mm) at the rim.
_RIM_MM = 1e-6
#: So many logical pixels of a drag are one slice.
_SCROLL_PX = 6.0


class _Act(StrEnum):
    """What a held button does."""

    PAN = "pan"
    ZOOM = "zoom"
    SCROLL = "scroll"
    MAGNIFY = "magnify"
    REGION = "region"
    CROSSHAIR = "crosshair"
    TURN = "turn"
    WINDOW = "window"
    EDIT = "edit"
    LABEL = "label"
    TOOL = "tool"


_OF_HAND = {
    Hand.WINDOW: _Act.WINDOW,
    Hand.PAN: _Act.PAN,
    Hand.ZOOM: _Act.ZOOM,
    Hand.SCROLL: _Act.SCROLL,
    Hand.MAGNIFY: _Act.MAGNIFY,
    Hand.REGION: _Act.REGION,
}
_CURSORS = {
    Hand.WINDOW: Qt.CursorShape.ArrowCursor,
    Hand.PAN: Qt.CursorShape.OpenHandCursor,
    Hand.ZOOM: Qt.CursorShape.SizeVerCursor,
    Hand.SCROLL: Qt.CursorShape.SplitVCursor,
    Hand.MAGNIFY: Qt.CursorShape.WhatsThisCursor,
    Hand.REGION: Qt.CursorShape.CrossCursor,
}
_TOOL_CURSORS = {
    "cross": Qt.CursorShape.CrossCursor,
    "text": Qt.CursorShape.IBeamCursor,
    "erase": Qt.CursorShape.ForbiddenCursor,
    "probe": Qt.CursorShape.PointingHandCursor,
}


@dataclass
class _Press:
    """A button held down: what it does, where it began, and the state it began with."""

    act: _Act
    button: Qt.MouseButton
    start: QPointF
    last: QPointF
    point: Point
    window: Window
    normal: Point
    hit: Hit | None = None
    edited: Annotation | None = None
    label: tuple[Annotation, Point] | None = None
    far: bool = False
    rest: float = 0.0


class Gestures:
    """Turns the mouse events of one view into changes of its viewport, display and room."""

    def __init__(self, view: ImageView) -> None:
        self._view = view
        self._press: _Press | None = None
        self._wheel_rest = 0
        self._opposite = False
        self.fingers = Fingers(
            view,
            TouchActs(
                self._finger_draws,
                lambda slices: None if self.keeps_slice else view.scroll_by(slices),
                self._pan,
                view.zoom,
                self._let_go_of_all,
            ),
        )

    def _finger_draws(self) -> bool:
        """Whether one finger works like the left button; else it scrolls."""
        room = self._view.room
        return room.tool is not None or room.hand is not Hand.WINDOW

    def _let_go_of_all(self) -> None:
        """Drop what a finger began, also what is half drawn: a second one came, or a pen."""
        room = self._view.room
        self.drop()
        if room.is_drawing:
            room.set_tool(room.tool)

    def wheel_notches(self, event: QWheelEvent) -> int:
        """Return whole notches; touchpads send parts of one, which add up."""
        self._wheel_rest += event.angleDelta().y()
        notches = int(self._wheel_rest / _NOTCH)
        self._wheel_rest -= notches * _NOTCH
        return -notches if self._view.room.hands_of_mouse.wheel_down_is_forward else notches

    def wheel_zooms(self, event: QWheelEvent) -> bool:
        """Whether the wheel zooms: with Ctrl, or without where the reader prefers that."""
        ctrl = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        return ctrl is not self._view.room.hands_of_mouse.wheel_zooms

    # -- press -------------------------------------------------------------------------

    def press(self, event: QMouseEvent) -> None:
        """Decide what the held button does; a second button while one is held does nothing."""
        held = self._press.button if self._press is not None else event.button()
        if held is not event.button() and held in event.buttons():
            return
        self.drop()
        position = event.position()
        point, volume = self._view.point_at(position), self._view.display.volume
        if point is None or volume is None:
            return
        self._opposite = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        left = event.button() is Qt.MouseButton.LeftButton
        hit = self._hit(position) if left else None
        act = self._act(event, hit)
        view = self._view
        window, normal = view.display.window, as_point(normal_of(volume, view.spec))
        self._press = _Press(act, event.button(), position, position, point, window, normal, hit)
        if act in (_Act.EDIT, _Act.LABEL, _Act.TOOL):
            view.room.hold(self.drop)
        if act is _Act.EDIT and hit is not None:
            view.room.select(hit.annotation.uid, hit.handle)
        elif act is _Act.LABEL:
            view.room.select(self._label_at(position))
        elif act is _Act.TOOL:
            self._tool(Phase.PRESS, point)
        elif act is _Act.CROSSHAIR:
            view.display.set_point(point)
        elif act is _Act.MAGNIFY:
            view.magnifies, view.pointer = True, position
            view.update()

    def _act(self, event: QMouseEvent, hit: Hit | None) -> _Act:
        room = self._view.room
        if event.button() is Qt.MouseButton.MiddleButton:
            return _OF_HAND[room.hands_of_mouse.middle]
        if event.button() is Qt.MouseButton.RightButton:
            return _OF_HAND[room.hands_of_mouse.right]
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            return _Act.CROSSHAIR
        if room.turning and self._on_turn_handle(event.position()):
            return _Act.TURN
        tool = room.tool
        if tool is None and hit is None and self._label_at(event.position()):
            return _Act.LABEL
        if tool is None:
            return _OF_HAND[room.hand] if hit is None else _Act.EDIT
        on_handle = hit is not None and hit.handle is not None and not room.preview
        return _Act.EDIT if on_handle and not tool.claims_handles(room.tool_state) else _Act.TOOL

    def _hit(self, position: QPointF) -> Hit | None:
        view = self._view
        section = view.section()
        projection = view.projection(section)
        if section is None or projection is None or not view.room.overlays_visible:
            return None
        visible = view.visible_annotations(section)
        return hit_test(visible, projection.to_canvas, (position.x(), position.y()))

    def _on_turn_handle(self, position: QPointF) -> bool:
        view = self._view
        projection = view.projection()
        if projection is None:
            return False
        rings = turn_handles(view.display, view.spec, projection)
        return any((position - ring).manhattanLength() <= 2 * HANDLE_PX for ring in rings)

    # -- drag --------------------------------------------------------------------------

    def move(self, event: QMouseEvent) -> None:
        """Go on with the held button, or show what a press here would do."""
        press, position = self._press, event.position()
        point = self._view.point_at(position)
        if point is None:
            return
        if press is None:
            room = self._view.room
            if room.tool is not None and room.preview:
                self._tool(Phase.MOVE, point)
            shape = _TOOL_CURSORS[room.tool.cursor] if room.tool else _CURSORS[room.hand]
            if room.turning and self._on_turn_handle(position):
                shape = Qt.CursorShape.PointingHandCursor
            elif not room.preview and self._hit(position) is not None:
                shape = Qt.CursorShape.SizeAllCursor
            self._view.setCursor(shape)
            return
        delta = position - press.last
        travelled = (position - press.start).manhattanLength()
        press.far = press.far or travelled >= CLICK_PIXELS
        view, act = self._view, press.act
        at_once: dict[_Act, Callable[[], object]] = {
            _Act.PAN: lambda: self._pan(delta),
            _Act.ZOOM: lambda: view.zoom(float(np.exp(-delta.y() / 150)), press.start),
            _Act.SCROLL: lambda: self._scroll(press, delta),
            _Act.REGION: lambda: self._stretch(press, position),
            _Act.CROSSHAIR: lambda: view.display.set_point(point),
            _Act.TURN: lambda: self._turn(press.last, position),
            _Act.TOOL: lambda: self._tool(Phase.MOVE, point),
        }
        beyond_a_click: dict[_Act, Callable[[], object]] = {
            _Act.EDIT: lambda: self._edit(press, point),
            _Act.LABEL: lambda: self._move_label(press, point),
            _Act.WINDOW: lambda: self._window(press, position),
        }
        wanted = at_once.get(act) or (beyond_a_click.get(act) if press.far else None)
        if wanted is not None:
            wanted()
        press.last = position

    def _stretch(self, press: _Press, position: QPointF) -> None:
        self._view.rubber = QRectF(press.start, position).normalized()
        self._view.update()

    def release(self, event: QMouseEvent) -> None:
        """Finish what the button did."""
        press, view = self._press, self._view
        if press is not None and event.button() is not press.button:
            return
        point = view.point_at(event.position())
        if press is None or point is None:
            self.drop()
            return
        self._press, view.magnifies = None, False
        view.room.let_go()
        view.update()
        if press.act is _Act.TOOL:
            self._tool(Phase.RELEASE, point)
        elif press.act is _Act.REGION:
            self._window_of_region()
        elif press.act in (_Act.EDIT, _Act.LABEL) and press.edited is not None:
            self._keep(press, press.edited)
        elif press.act is _Act.WINDOW and not press.far:
            view.room.select("")
            view.display.set_point(point)

    def _keep(self, press: _Press, edited: Annotation) -> None:
        """Store what was dragged, but for a line that has no length any more."""
        view, projection = self._view, self._view.projection()
        view.room.preview = ()
        scale = projection.pixels_per_mm if projection is not None else 1.0
        by_handle = press.hit is not None and press.hit.handle is not None
        if by_handle and is_collapsed(edited, CLICK_PIXELS / scale):
            view.room.changed.emit()
            view.room.tell_hint(_("Both ends lay on one place: it is as it was before."))
            return
        is_edit = press.act is _Act.EDIT
        label = N_("Annotation moved") if is_edit else N_("Label moved")
        view.room.edited.emit(label, (edited,))

    def drop(self) -> bool:
        """End what a held button does; whether something drawn went back to its place."""
        press, self._press = self._press, None
        view = self._view
        view.magnifies, view.rubber = False, None
        if press is None:
            return False
        view.room.let_go()
        was_edit = press.act in (_Act.EDIT, _Act.LABEL)
        if was_edit:
            view.room.preview = ()
            view.room.changed.emit()
        view.update()
        return was_edit

    @property
    def keeps_slice(self) -> bool:
        """Whether a button is held for something that has to stay on its slice."""
        press = self._press
        if press is None:
            return False
        if press.act is _Act.EDIT and press.hit is not None:
            return press.hit.annotation.kind not in MARKS
        is_drawn = press.act is _Act.TOOL and self._view.room.begun is not None
        return is_drawn or press.act is _Act.LABEL

    # -- what a drag does --------------------------------------------------------------

    def _pan(self, delta: QPointF) -> None:
        view = self._view
        projection = view.projection()
        if projection is None:
            return
        centre = view.strips.middle((float(view.width()), float(view.height())))
        view.viewport = panned(view.viewport, projection, (delta.x(), delta.y()), centre)
        view.update()

    def _scroll(self, press: _Press, delta: QPointF) -> None:
        press.rest += delta.y() / _SCROLL_PX
        notches = int(press.rest)
        press.rest -= notches
        if notches:
            self._view.scroll_by(notches)

    def _turn(self, before: QPointF, now: QPointF) -> None:
        """Turn the other planes by the angle that the pointer went about the crosshair."""
        view = self._view
        projection = view.projection()
        if projection is None:
            return
        x, y = (float(v) for v in projection.to_canvas(np.array(view.display.point)))
        angles = [np.arctan2(p.y() - y, p.x() - x) for p in (before, now)]
        step = float(np.degrees(angles[1] - angles[0]))
        step = (step + 180.0) % 360.0 - 180.0
        # On a mirrored picture clockwise on the screen is the other way round in the patient.
        mirrored = projection.flip_horizontal != projection.flip_vertical
        view.display.turn(view.plane, -step if mirrored else step)

    def _window(self, press: _Press, position: QPointF) -> None:
        """Drag right widens, drag down brightens; the gain grows with the width."""
        display, mouse = self._view.display, self._view.room.hands_of_mouse
        direction = 1.0 if mouse.down_is_brighter else -1.0
        gain = max(press.window.width, _slowest(display.volume)) / 400.0
        dx, dy = position.x() - press.start.x(), position.y() - press.start.y()
        width = press.window.width + dx * gain * 1.5
        display.set_window(Window(press.window.centre - direction * dy * gain, width))

    def _window_of_region(self) -> None:
        """Take the window from the values inside the rectangle that was dragged."""
        view = self._view
        box, view.rubber = view.rubber, None
        section, volume = view.section(), view.display.volume
        projection = view.projection(section)
        if box is None or section is None or volume is None or projection is None:
            return
        corners = np.array([[box.left(), box.top()], [box.right(), box.bottom()]])
        pixels = np.rint(section.grid.to_pixels(projection.to_lps(corners))).astype(int)
        (top, left), (bottom, right) = pixels.min(axis=0).clip(0), pixels.max(axis=0) + 1
        image = section.image[top:bottom, left:right]
        if image.size > 1:
            view.display.set_window(auto_window(volume, image), REGION)

    def _edit(self, press: _Press, point: Point) -> None:
        hit, room, scene = press.hit, self._view.room, self._view.scene()
        if hit is None or scene is None:
            return
        delta = np.array(point) - np.array(press.point)
        is_mark = hit.annotation.kind in MARKS
        if not is_mark and abs(float(delta @ np.array(press.normal))) > SAME_CUT_MM:
            return  # another slice came meanwhile: what is drawn stays on its own
        if hit.handle is None:
            edited = moved(hit.annotation, delta)
            if not self._is_in_picture(edited) and self._is_in_picture(hit.annotation):
                return  # it stays where it reached the rim
        else:
            point = self._in_picture(point)
            place = point if is_mark else on_own_cut(hit.annotation, hit.handle, point)
            edited = handle_moved(hit.annotation, hit.handle, place)
        press.edited = restamped(edited, scene)
        room.preview = (press.edited,)
        room.changed.emit()

    def _label_at(self, position: QPointF) -> str:
        """Return the UID of the annotation whose label lies there, or empty."""
        view = self._view
        if not view.room.overlays_visible:
            return ""
        boxes = [(annotation.uid, box) for annotation, _, box, _ in view.labels()]
        return label_under(boxes, (position.x(), position.y()))

    def _move_label(self, press: _Press, point: Point) -> None:
        """Move a label with the pointer; the value and its author stay."""
        view, room = self._view, self._view.room
        if press.edited is None:
            found = next((x for x in view.labels() if x[0].uid == room.selected_uid), None)
            projection = view.projection()
            if found is None or projection is None:
                return
            press.label = found[0], offset_of(found[0], found[2], projection)
        if press.label is not None:
            annotation, offset = press.label
            delta = np.array(point) - np.array(press.point)
            press.edited = label_moved(annotation, delta, offset)
            room.preview = (press.edited,)
            room.changed.emit()

    def finish(self) -> bool:
        """Let the tool take what is there, as Enter and a double click ask; whether it did."""
        view = self._view
        point = view.point_at(view.pointer or QPointF(view.rect().center()))
        if not view.room.is_drawing or point is None:
            return False
        self._tool(Phase.FINISH, point)
        return True

    def nudge(self, right: float, down: float) -> bool:
        """Move the handle that was last held, or all of the selected annotation, a little."""
        view, room = self._view, self._view.room
        scene, projection = view.scene(), view.projection()
        if scene is None or projection is None:
            return False
        mine = room.annotations_of(view.display)
        annotation = next((a for a in mine if a.uid == room.selected_uid), None)
        if annotation is None:
            return False
        across, along = projection.screen_directions()
        pixel = min(projection.grid.spacing)
        moved_on = nudge(annotation, room.selected_handle, across * right + along * down, pixel)
        handle = room.selected_handle
        if not self._is_in_picture(moved_on):
            return False
        room.edited.emit(N_("Annotation nudged"), (restamped(moved_on, scene),))
        room.select(annotation.uid, handle)
        return True

    def _tool(self, phase: Phase, point: Point) -> None:
        scene, tool = self._view.scene(), self._view.room.tool
        if scene is not None:
            if tool is not None and tool.name not in _BEYOND_THE_RIM:
                point = self._in_picture(point)
            self._view.room.use_tool(phase, point, replace(scene, opposite=self._opposite))

    def _in_picture(self, point: Point) -> Point:
        """Return the nearest place of the picture, up to the outer edges of its pixels."""
        section = self._view.section()
        if section is None:
            return point
        grid = section.grid
        pixels = grid.to_pixels(np.array(point))
        kept = np.clip(pixels, -0.5, np.array(grid.shape) - 0.5)
        if (kept == pixels).all():
            return point
        return as_point(np.array(point) + grid.to_lps(kept) - grid.to_lps(pixels))

    def _is_in_picture(self, annotation: Annotation) -> bool:
        """Whether all points of an annotation lie over the picture."""
        return all(np.allclose(self._in_picture(p), p, atol=_RIM_MM) for p in annotation.points)


def _slowest(volume: Volume | None) -> float:
    """Return the width below which a drag does not get slower, in the unit of the volume."""
    if volume is None:
        return 50.0
    return 1.0 if is_uptake(volume) else 50.0 * least_width(volume)
