"""One image view: a cut on a canvas, with what lies over it and the mouse on it."""

from __future__ import annotations

import logging

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from tumorboard.annotations.model import Annotation, Kind, Point, as_point
from tumorboard.annotations.visibility import on_section
from tumorboard.imaging.geometry import Plane
from tumorboard.imaging.slicing import (
    Section,
    native_plane,
    oriented_slice,
    scroll_step,
    section_count,
    section_number,
)
from tumorboard.imaging.viewport import Projection, Viewport, resolve, zoomed
from tumorboard.imaging.volume import Volume
from tumorboard.imaging.windowing import GreyTable
from tumorboard.ui.theme import colour
from tumorboard.ui.viewer import overlay
from tumorboard.ui.viewer.gestures import Gestures
from tumorboard.ui.viewer.model import ViewerModel
from tumorboard.ui.viewer.render import colour_image, grey_image

_LOG = logging.getLogger(__name__)

#: After this pause (ms) without scrolling the picture is painted with cubic interpolation.
_REST_MS = 120


class ImageView(QWidget):
    """Shows one anatomical plane of the model's volume.

    The wheel scrolls, Ctrl and wheel zooms, the left button draws with the active tool or
    windows, the middle one pans, the right one zooms. A double click asks to be maximised.
    """

    maximise_requested = Signal()
    series_step_requested = Signal(int)

    def __init__(self, model: ViewerModel, plane: Plane, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = model
        self.plane = plane
        self.viewport = Viewport()
        self._fast = False
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MS)
        self._rest.timeout.connect(self._repaint_at_rest)
        self._gestures = Gestures(self)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(f"{plane.value} view")
        model.changed.connect(self.update)
        model.volume_changed.connect(self.reset)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - a name of Qt
        """Stay usable on a small screen."""
        return QSize(160, 120)

    # -- state ---------------------------------------------------------------------

    def reset(self) -> None:
        """Show the whole image again."""
        self.viewport = Viewport()
        self.update()

    def section(self) -> Section | None:
        """Return the cut on show."""
        return self.model.section(self.plane)

    def projection(self, section: Section | None = None) -> Projection | None:
        """Return how the cut lies on the canvas; None without a volume."""
        section = section or self.section()
        if section is None:
            return None
        size = (float(self.width()), float(self.height()))
        return resolve(self.viewport, section.grid, size, self.devicePixelRatioF())

    def canvas_of(self, point: Point) -> QPointF:
        """Return where an LPS point (mm) of the shown cut lies on the canvas."""
        projection = self.projection()
        if projection is None:
            raise ValueError("no volume is shown")
        x, y = projection.to_canvas(np.array(point))
        return QPointF(float(x), float(y))

    def visible_annotations(self, section: Section) -> tuple[Annotation, ...]:
        """Return the annotations of this cut, those being drawn in place of their old selves."""
        volume = self.model.volume
        if volume is None:
            return ()
        drawn = {a.uid for a in self.model.preview}
        kept = [a for a in self.model.annotations if a.uid not in drawn]
        return on_section([*kept, *self.model.preview], volume, section)

    def scroll_by(self, notches: int) -> None:
        """Move by cuts; positive is forward."""
        self._fast = True
        self._rest.start()
        self.model.scroll(self.plane, notches)

    def zoom(self, factor: float, anchor: QPointF | None = None) -> None:
        """Magnify about a canvas point, by default the middle."""
        projection = self.projection()
        if projection is None:
            return
        size = (float(self.width()), float(self.height()))
        place = anchor or QPointF(size[0] / 2, size[1] / 2)
        self.viewport = zoomed(self.viewport, projection, factor, (place.x(), place.y()), size)
        self.update()

    def _repaint_at_rest(self) -> None:
        self._fast = False
        self.update()

    # -- painting ------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - a name of Qt
        """Paint the picture and what lies over it; a failure is shown in the view."""
        painter = QPainter(self)
        try:
            painter.fillRect(self.rect(), QColor("#000000"))
            self._paint(painter)
        except Exception:  # noqa: BLE001 - an exception may not leave a paint event
            _LOG.exception("painting a view failed")
            painter.setPen(colour("warn"))
            painter.drawText(12, 40, "This picture cannot be shown. The rest goes on.")
        finally:
            painter.end()

    def _paint(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        volume, section, table = self.model.volume, self.section(), self.model.table()
        if volume is None or section is None or table is None:
            self._paint_empty(painter)
            return
        projection = self.projection(section)
        if projection is None or projection.is_empty:
            return
        self._paint_picture(painter, volume, section, projection, table)
        if self.model.overlays_visible:
            self._paint_overlays(painter, volume, section, projection)
        if self.hasFocus():
            painter.setPen(QPen(colour("accent"), 2.0))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(self.rect()).adjusted(1, 1, -1, -1))

    def _paint_picture(
        self,
        painter: QPainter,
        volume: Volume,
        section: Section,
        projection: Projection,
        table: GreyTable,
    ) -> None:
        """Paint the cut in grey, or a colour slice as it is; a slice not there yet stays black."""
        k = section.slice_index
        if k is not None and not volume.loaded[k]:
            return
        left, top, _, _ = projection.target
        corner = QPointF(left / projection.ratio, top / projection.ratio)
        if k is not None and volume.colour is not None:
            pixels = oriented_slice(volume.stack, self.plane, volume.colour[k])
            painter.drawImage(corner, colour_image(pixels, projection))
            return
        picture, grey = grey_image(section, projection, table, fast=self._fast)
        painter.drawImage(corner, picture)
        del picture, grey

    def _paint_empty(self, painter: QPainter) -> None:
        if self.plane is not Plane.AXIAL:
            return
        painter.setPen(colour("dim"))
        text = "No images yet.\nDrop a folder here, or File › Open folder (Ctrl+O)."
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, text)

    def _paint_overlays(
        self, painter: QPainter, volume: Volume, section: Section, projection: Projection
    ) -> None:
        size = QRectF(self.rect())
        overlay.paint_crosshair(painter, projection.to_canvas(np.array(self.model.point)), size)
        visible = self.visible_annotations(section)
        if section.slice_index is None:
            overlay.paint_gaps(painter, volume, projection, size)
        else:
            forward = scroll_step(volume.stack, self.plane) @ volume.stack.normal
            upwards = bool(forward < 0)
            overlay.paint_slice_bar(painter, volume.loaded, section.slice_index, upwards, size)
        if self.plane is not Plane.AXIAL:
            overlay.paint_levels(painter, self.model.annotations, projection, size)
            marks = (Kind.VESSEL_LEVEL, Kind.TUMOUR_END)
            visible = tuple(a for a in visible if a.kind not in marks)
        overlay.paint_annotations(painter, visible, projection, volume, self.model.selected_uid)
        if volume.is_placed:
            overlay.paint_letters(painter, projection, size)
        overlay.paint_corners(painter, size, self._corner_words(volume, projection), self._badges())
        if self.model.is_calibrated:
            overlay.paint_scale_bar(painter, projection, size)

    def _corner_words(self, volume: Volume, projection: Projection) -> list[list[str]]:
        stack, title, window = volume.stack, self.model.title, self.model.window
        number = section_number(stack, self.plane, self.model.point)
        count = section_count(stack, self.plane)
        zoom = f"Zoom {projection.pixels_per_mm * projection.grid.spacing[1]:.1f}"
        if self.plane is not native_plane(stack):
            return [[self.plane.value.capitalize()], [f"{number} / {count}"], [zoom]]
        name = f" · {self.model.window_name}" if self.model.window_name else ""
        rows, columns = volume.voxels.shape[1:]
        spacing = f"{stack.pixel_spacing[0]:.2f} mm" if self.model.is_calibrated else "pixels"
        named = self.plane.value if volume.is_placed else ""
        plane = " · ".join(part for part in (title.date, named) if part)
        return [
            [title.description, plane],
            [f"Slice {number} / {count}", f"W {window.width:.0f} L {window.centre:.0f}{name}"],
            [zoom, f"{columns} × {rows} · {spacing} ({volume.calibration.value})"],
        ]

    def _badges(self) -> list[str]:
        volume = self.model.volume
        if volume is None or self.plane is not native_plane(volume.stack):
            return []
        missing = int((~volume.loaded).sum())
        loading = [f"{missing} slices not there yet"] if missing else []
        return [c.text for c in volume.caveats][:3] + loading

    # -- events --------------------------------------------------------------------

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - a name of Qt
        """Scroll cuts; with Ctrl, zoom about the pointer."""
        notches = self._gestures.wheel_notches(event)
        if not notches:
            return
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom(1.15 ** (-notches), event.position())
        else:
            step = 10 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
            self.scroll_by(notches * step)
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - a name of Qt
        """Begin a gesture."""
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self._gestures.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - a name of Qt
        """Go on with a gesture."""
        self._gestures.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - a name of Qt
        """End a gesture."""
        self._gestures.release(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - a name of Qt
        """Ask to be shown alone, or together with the others again."""
        if event.button() is Qt.MouseButton.LeftButton and self.model.tool is None:
            self.maximise_requested.emit()

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
        if key in moves:
            self.scroll_by(moves[key])
        elif key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            self.series_step_requested.emit(1 if key is Qt.Key.Key_PageDown else -1)
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.model.delete_selected()
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

    def point_at(self, position: QPointF) -> Point | None:
        """Return the LPS point (mm) under a canvas position, None without a volume."""
        projection = self.projection()
        if projection is None:
            return None
        return as_point(projection.to_lps(np.array([position.x(), position.y()])))
