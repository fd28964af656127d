"""One image view: a cut on a canvas, with what lies over it and the mouse on it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDropEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from tumorboard.annotations.calibration import scale_in_force
from tumorboard.annotations.model import Annotation, as_point
from tumorboard.annotations.visibility import on_section, rests_on
from tumorboard.app.preview import is_preview
from tumorboard.imaging.edges import sampler
from tumorboard.imaging.geometry import Plane, Point
from tumorboard.imaging.sampling import SLABS_MM, SlabMode
from tumorboard.imaging.slicing import Section, native_plane
from tumorboard.imaging.view_cut import CutSpec, is_native
from tumorboard.imaging.viewport import Projection, Strips, Viewport, resolve, zoomed
from tumorboard.language import _
from tumorboard.tools.gesture import Scene
from tumorboard.ui.shell.mime import SERIES_MIME
from tumorboard.ui.viewer import overlay
from tumorboard.ui.viewer.ahead import Ahead
from tumorboard.ui.viewer.cutter import Cutter
from tumorboard.ui.viewer.display import Display
from tumorboard.ui.viewer.drawings import Label
from tumorboard.ui.viewer.gestures import Gestures
from tumorboard.ui.viewer.inks import colour
from tumorboard.ui.viewer.painting import Frame, Painting, tell_place, word_strips
from tumorboard.ui.viewer.room import Room, SceneView
from tumorboard.ui.viewer.touch import OF_TOUCH

_LOG = logging.getLogger(__name__)

#: Cuts across the slices are painted so long (ms) after one another while slices arrive.
_TURN_MS = 40
#: After this pause (ms) without scrolling the picture is painted with cubic interpolation.
_REST_MS = 120
#: Ctrl and an arrow: which way on the screen what is selected goes, right and down.
_NUDGES = {
    Qt.Key.Key_Left: (-1.0, 0.0),
    Qt.Key.Key_Right: (1.0, 0.0),
    Qt.Key.Key_Up: (0.0, -1.0),
    Qt.Key.Key_Down: (0.0, 1.0),
}


class ImageView(QWidget):
    """Shows one plane of a display's volume.

    The wheel scrolls, Ctrl and wheel zooms, the left button draws with the active tool or
    windows, the middle one pans, the right one zooms. A double click asks to be maximised.
    ``plane`` is None at first for the plane in which the images were acquired, or with
    ``other`` 1 or 2 for one across it.
    """

    maximise_requested = Signal()
    series_step_requested = Signal(int)
    series_dropped = Signal(str)

    def __init__(
        self,
        room: Room,
        display: Display,
        plane: Plane | None,
        parent: QWidget | None = None,
        *,
        other: int = 0,
    ) -> None:
        super().__init__(parent)
        self.room = room
        self.display = display
        self._plane = plane
        self._other = other
        self.viewport = Viewport()
        self.slab_mm = 0.0
        self.slab_mode = SlabMode.MAXIMUM
        self.quarter_turns = 0
        self.pointer: QPointF | None = None
        self.magnifies = False
        self.rubber: QRectF | None = None
        self._fast = False
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MS)
        self._rest.timeout.connect(self._repaint_at_rest)
        self._waits = False
        self._turn = QTimer(self)
        self._turn.setSingleShot(True)
        self._turn.setInterval(_TURN_MS * (1 + other))
        self._turn.timeout.connect(self._take_turn)
        self._cutter = Cutter(self)
        self._cutter.refined.connect(self.update)
        self._painting = Painting()
        self.ahead = Ahead(self)
        self._gestures = Gestures(self)
        self.neighbours: Callable[[], Sequence[ImageView]] = tuple
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAcceptDrops(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(
            _("Image view") if plane is None else _("{plane} view", plane=_(plane.value))
        )
        room.changed.connect(self.update)
        display.volume_changed.connect(self._new_volume)
        display.arrived.connect(self._slices_arrived)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - a name of Qt
        """Stay usable on a small screen."""
        return QSize(160, 120)

    def stop(self) -> None:
        """Stop what is under way for this view."""
        self._gestures.drop()
        self._rest.stop()
        self._turn.stop()
        self.ahead.stop()
        self._cutter.stop()

    # -- state ---------------------------------------------------------------------

    def siblings(self) -> list[ImageView]:
        """Return the other visible views of the same display."""
        beside = self.neighbours()
        return [v for v in beside if v is not self and v.display is self.display and v.isVisible()]

    def leader(self) -> ImageView | None:
        """Return the view that the reader works in, None without neighbours."""
        views = [v for v in self.neighbours() if v.display is self.room.active]
        return next((v for v in views if v.hasFocus()), views[0] if views else None)

    @property
    def plane(self) -> Plane:
        """The anatomical plane on show, or the one nearest to a turned cut."""
        volume = self.display.volume
        if self._plane is not None:
            return self._plane
        native = Plane.AXIAL if volume is None else native_plane(volume.stack)
        planes = [native, *(plane for plane in Plane if plane is not native)]
        return planes[self._other]

    def set_plane(self, plane: Plane) -> None:
        """Show another plane."""
        self._plane = plane
        self.setAccessibleName(_("{plane} view", plane=_(plane.value)))
        self.reset()

    @property
    def spec(self) -> CutSpec:
        """The cut that this view asks for."""
        right, down = self.display.axes(self.plane)
        return CutSpec(self.plane, right, down, self.slab_mm, self.slab_mode, self.quarter_turns)

    @property
    def is_idle(self) -> bool:
        """Whether the picture is as good as it gets: none is awaited or being refined."""
        return self._cutter.is_idle and not self._turn.isActive()

    @property
    def coarseness(self) -> int:
        """How many times as large the pixels of a cut made in haste are as those of the whole."""
        return self._cutter.every

    def _slices_arrived(self) -> None:
        """Paint what came: a stored slice at once, a cut across the slices in its turn."""
        volume = self.display.volume
        if volume is not None and is_native(volume, self.spec):
            self.update()
        elif not self._turn.isActive():
            self._turn.start()

    def _take_turn(self) -> None:
        self._waits = False
        self.update()

    def _new_volume(self) -> None:
        self._gestures.drop()  # it held a place of the images before
        volume = self.display.volume
        # Cuts across the slices take longest: one view after the other keeps the window awake.
        self._waits = volume is not None and not is_native(volume, self.spec)
        if self._waits:
            self._turn.start()
        self.slab_mm, self.quarter_turns = 0.0, 0
        self.reset()

    def reset(self) -> None:
        """Show the whole image again, unflipped and unturned."""
        self.viewport = Viewport()
        self.quarter_turns = 0
        self.update()

    def make_plain(self) -> None:
        """Show the whole image of the thin cut again, unflipped and unturned."""
        self.slab_mm, self.slab_mode = 0.0, SlabMode.MAXIMUM
        self.reset()

    def flip(self, *, horizontal: bool) -> None:
        """Mirror the picture; the side letters follow."""
        wished = self.viewport
        if horizontal:
            self.viewport = replace(wished, flip_horizontal=not wished.flip_horizontal)
        else:
            self.viewport = replace(wished, flip_vertical=not wished.flip_vertical)
        self.update()

    def rotate(self) -> None:
        """Turn the picture clockwise by a quarter."""
        # A mirrored picture turns the other way round: flips apply after the turn.
        mirrored = self.viewport.flip_horizontal != self.viewport.flip_vertical
        self.quarter_turns = (self.quarter_turns + (3 if mirrored else 1)) % 4
        self.update()

    def thicken(self, step: int) -> None:
        """Take the next thicker or thinner slab."""
        volume = self.display.volume
        if volume is None or not volume.is_placed:
            return
        here = min(range(len(SLABS_MM)), key=lambda n: abs(SLABS_MM[n] - self.slab_mm))
        self.slab_mm = SLABS_MM[min(max(here + step, 0), len(SLABS_MM) - 1)]
        self.update()

    def next_slab_mode(self) -> None:
        """Show the highest, the lowest or the mean value of the slab; say so without one."""
        if self.slab_mm <= 0:
            self.room.tell_hint(_("There is no slab here: ] makes the cut thicker first."))
            return
        modes = list(SlabMode)
        self.slab_mode = modes[(modes.index(self.slab_mode) + 1) % len(modes)]
        self.update()

    def section(self) -> Section | None:
        """Return the cut on show; None without a volume or while it is being made ready."""
        volume = self.display.volume
        if volume is None or (is_preview(volume) and not is_native(volume, self.spec)):
            return None
        return self._cutter.section(volume, self.spec, self.display.point)

    def projection(self, section: Section | None = None) -> Projection | None:
        """Return how the cut lies on the canvas; None without a volume."""
        section = section or self.section()
        if section is None:
            return None
        size = (float(self.width()), float(self.height()))
        return resolve(self.viewport, section.grid, size, self.devicePixelRatioF(), self.strips)

    @property
    def strips(self) -> Strips:
        """What the picture leaves to words, where it may hold words of its own."""
        return word_strips(self)

    def canvas_of(self, point: Point) -> QPointF:
        """Return where an LPS point (mm) of the shown cut lies on the canvas."""
        projection = self.projection()
        if projection is None:
            raise ValueError("no volume is shown")
        x, y = projection.to_canvas(np.array(point))
        return QPointF(float(x), float(y))

    def point_at(self, position: QPointF) -> Point | None:
        """Return the LPS point (mm) under a canvas position, None without a volume."""
        projection = self.projection()
        if projection is None:
            return None
        return as_point(projection.to_lps(np.array([position.x(), position.y()])))

    def visible_annotations(self, section: Section) -> tuple[Annotation, ...]:
        """Return the annotations of this cut, those being drawn in place of their old selves."""
        volume, room = self.display.volume, self.room
        if volume is None:
            return ()
        moving = [a for a in room.preview if rests_on(a.image, volume)]
        # Apart: where those at rest lie is known while one follows the pointer.
        resting = on_section(room.resting_on(self.display), volume, section)
        return (*resting, *on_section(moving, volume, section))

    @property
    def scale(self) -> float | None:
        """Millimetres of the patient a millimetre on the grid stands for; None: not known."""
        volume = self.display.volume
        if volume is None:
            return None
        here = volume.stack.nearest_slice(self.display.point)
        return scale_in_force(self.room.annotations_of(self.display), volume, here)

    def labels(self) -> list[Label]:
        """Return where the labels of the annotations on show stand."""
        section, volume = self.section(), self.display.volume
        projection = self.projection(section)
        if section is None or volume is None or projection is None:
            return []
        return overlay.labels(self.visible_annotations(section), projection, volume)

    def scene(self) -> Scene | None:
        """Return what a tool may know when used here; None without a picture."""
        section, volume = self.section(), self.display.volume
        projection = self.projection(section)
        if section is None or volume is None or projection is None or is_preview(volume):
            return None
        right, _ = projection.screen_directions()
        view = SceneView(
            self.spec,
            projection.pixels_per_mm,
            as_point(right),
            self.visible_annotations(section),
            sampler(volume, section) if self.room.assist else None,
        )
        return self.room.scene(self.display, view)

    def scroll_by(self, notches: int) -> None:
        """Move by cuts; positive is forward."""
        self._fast = True
        self._rest.start()
        self.room.activate(self.display)
        self.display.scroll(self.spec, notches)

    def zoom(self, factor: float, anchor: QPointF | None = None) -> None:
        """Magnify about a canvas point, by default the middle."""
        projection = self.projection()
        if projection is None:
            return
        size, strips = (float(self.width()), float(self.height())), self.strips
        at = strips.middle(size) if anchor is None else (anchor.x(), anchor.y())
        self.viewport = zoomed(self.viewport, projection, factor, at, size, strips)
        self.update()

    def _repaint_at_rest(self) -> None:
        self._fast = False
        self.update()

    # -- painting ------------------------------------------------------------------

    def frame(self) -> Frame | None:
        """Return all that is painted now; None without a picture."""
        volume = self.display.volume
        loaded = 0 if volume is None else int(volume.loaded.sum())
        section, table = self.section(), self.display.table()
        projection = self.projection(section)
        if volume is None or section is None or table is None or projection is None:
            return None
        fast = self._fast
        over, smooth = self.display.over, self.room.smooth
        return Frame(volume, self.spec, section, projection, table, fast, smooth, over, loaded)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - a name of Qt
        """Paint the picture and what lies over it; a failure is shown in the view."""
        painter = QPainter(self)
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            frame = None if self._waits else self.frame()
            if frame is None or frame.projection.is_empty:
                painter.fillRect(self.rect(), Qt.GlobalColor.black)
            if frame is None:
                self._paint_empty(painter)
            elif not frame.projection.is_empty:
                self._painting.paint(painter, self, frame)
                tell_place(self, frame)
        except Exception:  # noqa: BLE001 - an exception may not leave a paint event
            _LOG.exception("painting a view failed")
            painter.fillRect(self.rect(), Qt.GlobalColor.black)
            painter.setPen(colour("warn"))
            painter.drawText(12, 40, _("This picture cannot be shown. The rest goes on."))
        finally:
            painter.end()

    def _paint_empty(self, painter: QPainter) -> None:
        if self._waits:
            text = ""
        elif self.display.volume is not None:
            text = self._cutter.problem or _("Making this cut ready…")
        elif self.display is self.room.display(0):
            is_first = self._other == 0 and self._plane in (None, Plane.AXIAL)
            text = self.room.empty_text if is_first else ""
        else:
            text = _("Drag a series here, or click here and choose one at the left.")
        painter.setPen(colour("dim"))
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(self.rect().adjusted(16, 16, -16, -16), flags, text)
        self._painting.paint_focus(painter, self)

    # -- events --------------------------------------------------------------------

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - a name of Qt
        """Scroll cuts; with Ctrl, zoom about the pointer, or the other way round."""
        notches = self._gestures.wheel_notches(event)
        if not notches:
            return
        if self._gestures.wheel_zooms(event):
            self.zoom(1.15 ** (-notches), event.position())
        elif not self._stays():
            step = 10 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
            self.scroll_by(notches * step)
        event.accept()

    def _stays(self) -> bool:
        """Whether the slice stays because something is drawn on it; the reader is told."""
        stays = self._gestures.keeps_slice
        if stays:
            self.room.tell_hint(_("Let go of the button first: what you draw stays on its slice."))
        return stays

    def event(self, event: QEvent) -> bool:
        """Give fingers and pen what is theirs."""
        taken = isinstance(event, OF_TOUCH) and self._gestures.fingers.taken(event)
        return taken or super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - a name of Qt
        """Begin a gesture."""
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self.room.activate(self.display)
        self._gestures.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - a name of Qt
        """Go on with a gesture."""
        self.pointer = event.position()
        self._gestures.move(event)
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - a name of Qt
        """End a gesture."""
        self._gestures.release(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - a name of Qt
        """Ask to be shown alone, or together with the others again."""
        left = event.button() is Qt.MouseButton.LeftButton
        if left and self.room.tool is None:
            self.maximise_requested.emit()
        elif not (left and self._gestures.finish()):
            self._gestures.press(event)

    def finish(self) -> bool:
        """Let the tool take what is half drawn; return whether there was something."""
        return self._gestures.finish()

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802 - a name of Qt
        """Forget where the pointer was."""
        self.pointer = None
        self.update()
        super().leaveEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 - a name of Qt
        """Take a series of the list."""
        if event.mimeData().hasFormat(SERIES_MIME):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 - a name of Qt
        """Show the series that was dropped."""
        key = bytes(event.mimeData().data(SERIES_MIME).data()).decode()
        if key:
            event.acceptProposedAction()
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            self.series_dropped.emit(key)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - a name of Qt
        """Scroll by keys."""
        step = 10 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
        count = 10_000
        moves = {
            Qt.Key.Key_Up: -step,
            Qt.Key.Key_Down: step,
            Qt.Key.Key_Home: -count,
            Qt.Key.Key_End: count,
        }
        key = Qt.Key(event.key())
        if key in _NUDGES and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._gestures.nudge(*_NUDGES[key])
        elif key in moves:
            if not self._stays():
                self.scroll_by(moves[key])
        elif key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            self.series_step_requested.emit(1 if key is Qt.Key.Key_PageDown else -1)
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.room.delete_selected()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - a name of Qt
        """Show the focus frame."""
        self.update()
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - a name of Qt
        """Take the focus frame away."""
        self.update()
        super().focusOutEvent(event)
