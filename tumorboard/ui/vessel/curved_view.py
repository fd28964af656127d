"""The curved view: a vessel laid out along its line, caudal end below."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import numpy as np
from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QWheelEvent
from PySide6.QtWidgets import QWidget

from tumorboard.annotations.model import as_point
from tumorboard.imaging.curved import CurvedMode
from tumorboard.imaging.geometry import Point
from tumorboard.language import _
from tumorboard.ui.vessel.canvas import VesselCanvas
from tumorboard.ui.vessel.curved_picture import (
    CurvedLook,
    CurvedPicture,
    box_of,
    lay_out,
    paint_curved,
    zoom_of,
)
from tumorboard.ui.vessel.scene import VesselScene
from tumorboard.ui.viewer.display import Display

_NOTCH: Final = 120
_TURN_KEY: Final = 5.0
#: So many degrees a logical pixel of a drag.
_TURN_PX: Final = 0.6
_MOST_ZOOM: Final = 8.0


class CurvedView(VesselCanvas):
    """Shows the vessel straightened or stretched; turned by dragging with the right button.

    ``moved`` carries a length along the line in mm, ``pointed`` a point in the patient.
    ``scale`` magnifies all that is written and drawn over the picture.
    """

    pointed = Signal(tuple)
    turned = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.mode = CurvedMode.STRAIGHTENED
        self.degrees = 0.0
        self.zoom = 1.0
        self.scale = 1.0
        self._size_mm: tuple[float, float] | None = None
        self._kept: tuple[tuple[Any, ...], CurvedPicture] | None = None
        self._drag: QPointF | None = None
        self.setAccessibleName(_("Curved view of the vessel"))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - a name of Qt
        """Leave room for names of levels."""
        return QSize(150, 160)

    def set_mode(self, mode: CurvedMode) -> None:
        """Lay the vessel out in another way."""
        self.mode, self._size_mm = mode, None
        self.update()

    def set_degrees(self, degrees: float) -> None:
        """Turn the vessel about its line."""
        self.degrees = (degrees + 180.0) % 360.0 - 180.0
        self.turned.emit(self.degrees)
        self.update()

    @property
    def look(self) -> CurvedLook:
        """How the vessel is laid out."""
        return CurvedLook(self.mode, self.degrees, self.position, self.zoom, self._size_mm)

    def show_look(self, look: CurvedLook) -> None:
        """Lay the vessel out as it was; what was visible stays so until somebody zooms."""
        self.mode, self.zoom, self._size_mm = look.mode, look.zoom, look.size_mm
        self.set_degrees(look.degrees)

    def show_scene(self, scene: VesselScene | None, display: Display | None) -> None:
        """Show a vessel on a display, or none; another one is shown whole."""
        held = None if self.scene is None else self.scene.uid
        if scene is None or scene.uid != held:
            self._size_mm = None
        super().show_scene(scene, display)

    # -- where things lie ----------------------------------------------------------------

    def y_of(self, arc_mm: float) -> float:
        """Return the height on the widget of a length along the line."""
        picture = self._picture()
        return 0.0 if picture is None else picture.y_of(arc_mm) * self.scale

    def canvas_of(self, point: Point) -> QPointF | None:
        """Return where a point of the patient lies, None far from the curved surface."""
        picture = self._picture()
        place = None if picture is None else picture.canvas_of(point)
        return None if place is None else place * self.scale

    @property
    def visible_mm(self) -> tuple[float, float] | None:
        """What is visible across and along the vessel, mm; None without a picture."""
        picture = self._picture()
        return None if picture is None else picture.size_mm

    # -- the picture ---------------------------------------------------------------------

    def _size(self) -> tuple[float, float]:
        return self.width() / self.scale, self.height() / self.scale

    def _picture(self) -> CurvedPicture | None:
        scene, table = self.scene, self.table()
        if scene is None or table is None:
            return None
        ratio, look = self.devicePixelRatioF() * self.scale, self.look
        if look.zoom <= 1 and look.size_mm is None:  # all is on show, wherever one looks
            look = replace(look, position=0.0)
        loaded = int(scene.volume.loaded.sum())
        key = (id(scene.line), id(scene.volume), loaded, id(table), look, self._size(), ratio)
        if self._kept is None or self._kept[0] != key:
            made = lay_out(scene, look, table, box_of(self._size()), ratio)
            self._kept = None if made is None else (key, made)
        return None if self._kept is None else self._kept[1]

    def paint(self, painter: QPainter) -> None:
        """Paint the picture and what lies on it."""
        picture, scene = self._picture(), self.scene
        if picture is None or scene is None:
            self.paint_message(painter)
            return
        point = None if self.display is None else self.display.point
        painter.save()
        painter.scale(self.scale, self.scale)
        paint_curved(painter, scene, self.look, picture, self._size(), point)
        painter.restore()

    # -- hands ---------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - a name of Qt
        """Go to the place under the pointer; with the right button, begin to turn."""
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        if event.button() is Qt.MouseButton.RightButton:
            self._drag = event.position()
        elif event.button() is Qt.MouseButton.LeftButton:
            self._point(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - a name of Qt
        """Go along, or turn."""
        if self._drag is not None:
            way = event.position().x() - self._drag.x()
            self._drag = event.position()
            self.set_degrees(self.degrees + way * _TURN_PX)
        elif event.buttons() & Qt.MouseButton.LeftButton:
            self._point(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - a name of Qt
        """Stop turning."""
        self._drag = None
        super().mouseReleaseEvent(event)

    def _point(self, position: QPointF) -> None:
        picture = self._picture()
        if picture is not None:
            row, column = picture.pixel_at(position / self.scale)
            self.pointed.emit(as_point(picture.grid.to_lps(np.array([row, column]))))

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - a name of Qt
        """Go along the vessel; with Ctrl magnify."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            # Zoom from what is visible now.
            factor = 1.15 ** (event.angleDelta().y() / _NOTCH)
            picture = self._picture()
            if self._size_mm is not None and picture is not None and self.scene is not None:
                self.zoom, self._size_mm = zoom_of(self.scene, picture, self.look), None
            self.zoom = min(max(self.zoom * factor, 1.0), _MOST_ZOOM)
            self.update()
            event.accept()
            return
        super().wheelEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - a name of Qt
        """Turn by the keys left and right."""
        turns = {Qt.Key.Key_Left: -_TURN_KEY, Qt.Key.Key_Right: _TURN_KEY}
        if event.key() in turns:
            self.set_degrees(self.degrees + turns[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)
