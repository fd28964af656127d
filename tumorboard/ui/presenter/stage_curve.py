"""The curved view of a vessel before an audience: as it was kept, live under the mouse."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from tumorboard.annotations.model import as_point
from tumorboard.case.model import Case
from tumorboard.case.saved_view import SavedPicture
from tumorboard.imaging.geometry import Point
from tumorboard.ui.presenter.stage_view import StageRoom
from tumorboard.ui.vessel.curved_view import CurvedView
from tumorboard.ui.vessel.kept import look_of, scene_of
from tumorboard.ui.viewer.display import Display


class StageCurve(CurvedView):
    """Stands beside the axial view that shows the same place; silent to keys."""

    def __init__(self, room: StageRoom, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._room = room
        self.message = ""
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.moved.connect(self._go)
        self.pointed.connect(self._look_at)
        room.moved.connect(self.follow)
        room.changed.connect(self.update)
        self.hide()

    def show_kept(self, case: Case, picture: SavedPicture, display: Display) -> None:
        """Show a kept curved view on a display that has its images."""
        if picture.curve is None or display.volume is None:
            self.clear()
            return
        self.show_scene(scene_of(case, picture.curve, display.volume), display)
        self.set_position(picture.curve.position_mm)
        self.show_look(look_of(picture.curve))

    def clear(self) -> None:
        """Show nothing."""
        self.show_scene(None, None)

    @property
    def is_on(self) -> bool:
        """Whether there is anything to show."""
        return self.scene is not None

    def follow(self) -> None:
        """Show the place along the vessel that is nearest to the point of the views."""
        if self.scene is not None and self.display is not None:
            arc, _ = self.scene.line.nearest(np.array(self.display.point))
            self.set_position(arc)

    def _go(self, arc_mm: float) -> None:
        if self.scene is not None:
            self._look_at(as_point(self.scene.line.at(arc_mm)))

    def _look_at(self, point: Point) -> None:
        if self.display is not None:
            self.display.set_point(point)

    def paint(self, painter: QPainter) -> None:
        """Paint with all words magnified, and none that names anybody."""
        self.scale = self._room.scale
        with self._room.discreet.over_pictures():
            super().paint(painter)

    def paint_message(self, painter: QPainter) -> None:
        """Stay black."""

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - a name of Qt
        """Paint, and tell it."""
        super().paintEvent(event)
        self._room.painted.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - a name of Qt
        """Leave all keys to the window."""
        event.ignore()
