"""Where the window opens: as it was left, on its screen, never larger than that."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QGuiApplication

from tumorboard.app.window_state import Box, Screen, fitting

if TYPE_CHECKING:
    from tumorboard.ui.shell.window import MainWindow


def open_as_left(window: MainWindow) -> None:
    """Show a window as it was left, inside a screen that is there."""
    state = window.features.folds.state
    primary = QGuiApplication.primaryScreen()
    screens = [primary, *(s for s in QGuiApplication.screens() if s is not primary)]
    found = fitting(
        state,
        (window.width(), window.height()),
        [Screen(s.name(), _box(s.availableGeometry())) for s in screens],
    )
    window.setScreen(next(s for s in screens if s.name() == found.screen))
    box = found.box
    if state.place is not None:
        window.setGeometry(box.left, box.top, box.width, box.height)
    else:
        window.resize(box.width, box.height)
    if state.full:
        window.setWindowState(Qt.WindowState.WindowFullScreen)
    elif found.maximised:
        window.setWindowState(Qt.WindowState.WindowMaximized)
    window.show()


def note_place(window: MainWindow) -> None:
    """Keep where a window is and which tab is in front, for the next start."""
    folds, tabs = window.features.folds, window.tabs
    state, rect = folds.state, window.normalGeometry()
    folds.state = replace(
        state,
        maximised=state.maximised if state.full else window.isMaximized(),
        screen=window.screen().name(),
        place=_box(rect) if rect.isValid() else state.place,
        tab=tabs.tabText(tabs.currentIndex()),
    )
    folds.keep()


def _box(rect: QRect) -> Box:
    return Box(rect.x(), rect.y(), rect.width(), rect.height())
