"""A window on a store of its own, with the hands of a reader."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QMainWindow, QMenu
from pytestqt.qtbot import QtBot

from tumorboard.annotations.model import as_point
from tumorboard.app.settings import Settings
from tumorboard.app.workspace import Workspace
from tumorboard.imaging.geometry import Plane
from tumorboard.ui.shell.theme import apply_theme, unstyled
from tumorboard.ui.shell.window import MainWindow
from tumorboard.ui.viewer.image_view import ImageView

LEFT = Qt.MouseButton.LeftButton


class _Flashes:
    """Notes plain widgets that come up as windows of their own and so take the focus away."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def note(self, window) -> None:
        found = [w for w in QApplication.topLevelWidgets() if window and w.windowHandle() is window]
        for widget in found:
            plain = not isinstance(widget, QDialog | QMainWindow | QMenu)
            if plain and widget.windowType() is Qt.WindowType.Window:
                self.seen.append(f"{type(widget).__name__} {widget.accessibleName()}")


class Desk:
    """Opens the window on a store and works in it as a person does."""

    def __init__(self, qtbot: QtBot, folder: Path, *, scratch: bool = False) -> None:
        self.qtbot = qtbot
        self.workspace = Workspace(folder, "Dr Test", scratch=scratch)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        if application.property("look") != "standard":
            apply_theme(application)
        self._flashes = _Flashes()
        application.focusWindowChanged.connect(self._flashes.note)
        with unstyled(application):
            self.window = MainWindow(self.workspace, Settings())
        self.window.resize(1440, 900)
        self.window.show()
        qtbot.waitExposed(self.window)

    @property
    def case(self):
        return self.workspace.session.case

    @property
    def viewer(self):
        return self.window.viewer

    def view(self, plane: Plane = Plane.AXIAL) -> ImageView:
        return self.window.views.view(plane)

    def settle(self) -> None:
        controller = self.window.controller
        self.qtbot.waitUntil(lambda: controller.is_idle, timeout=60_000)

    def let_go(self) -> None:
        """Delete what the window let go of, as its event loop does after each gesture."""
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    def import_paths(self, *paths: Path) -> None:
        self.window.features.imports.start([str(p) for p in paths])
        self.settle()

    def key(self, key: Qt.Key, modifier=Qt.KeyboardModifier.NoModifier, widget=None) -> None:
        target = widget or self.view()
        target.setFocus()
        QTest.keyClick(target, key, modifier)
        self.let_go()

    def look_at(self, point) -> None:
        self.viewer.set_point(np.asarray(point, dtype=float))

    def canvas(self, plane: Plane, point) -> QPoint:
        place = self.view(plane).canvas_of(as_point(point))
        return QPoint(round(place.x()), round(place.y()))

    def drag(self, plane: Plane, start, end, button=LEFT, modifier=Qt.KeyboardModifier.NoModifier):
        """Press at an LPS point, move in steps, release at another."""
        view = self.view(plane)
        self.drag_canvas(view, self.canvas(plane, start), self.canvas(plane, end), button, modifier)

    def drag_canvas(
        self, view, start: QPoint, end: QPoint, button=LEFT, modifier=Qt.KeyboardModifier.NoModifier
    ) -> None:
        QTest.mousePress(view, button, modifier, start)
        for share in (0.3, 0.7, 1.0):
            step = QPointF(start) + (QPointF(end) - QPointF(start)) * share
            move(view, step, button, modifier)
        QTest.mouseRelease(view, button, modifier, end)
        self.let_go()

    def click(self, plane: Plane, point) -> None:
        QTest.mouseClick(self.view(plane), LEFT, pos=self.canvas(plane, point))
        self.let_go()

    def close(self) -> None:
        self.window.close()
        QApplication.instance().focusWindowChanged.disconnect(self._flashes.note)
        assert not self._flashes.seen, f"windows flashed up: {set(self._flashes.seen)}"
        self.qtbot.waitUntil(lambda: self.window.controller.jobs.is_idle, timeout=10_000)
        self.window.deleteLater()
        self.workspace.close()


def move(view, position: QPointF, button, modifier) -> None:
    """Send a mouse move with the button held, which QTest does not do."""
    from PySide6.QtGui import QMouseEvent

    everywhere = view.mapToGlobal(position)
    event = QMouseEvent(
        QEvent.Type.MouseMove, position, everywhere, Qt.MouseButton.NoButton, button, modifier
    )
    QApplication.sendEvent(view, event)
