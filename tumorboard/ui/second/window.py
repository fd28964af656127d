"""The second window: views of its own, the tools and the place of the first."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QCloseEvent, QScreen
from PySide6.QtWidgets import QMainWindow, QWidget

from tumorboard.app.layouts import SECOND
from tumorboard.language import _
from tumorboard.ui.viewer.area import ViewArea
from tumorboard.ui.viewer.room import Room

#: Of a screen that it shares with the first window it takes this part.
_SHARE = 0.6


class SecondWindow(QMainWindow):
    """Shows further views of a room; ``closed`` tells that it is gone."""

    closed = Signal()

    def __init__(self, room: Room, layout: str, actions: Iterable[QAction], home: QWidget) -> None:
        super().__init__(home, Qt.WindowType.Window)
        self.setWindowTitle(_("Second image window"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("second")
        self.views = ViewArea(room, self, first=SECOND, layout=layout)
        self.setCentralWidget(self.views)
        self.addActions(list(actions))  # all keys work here too

    def fill(self, screen: QScreen, *, shared: bool) -> None:
        """Stand on a screen: on the whole of it, unless it is shared with the first window."""
        area = screen.availableGeometry()
        self.winId()  # the window of the system, which has the screen
        self.setScreen(screen)
        if shared:
            wide, high = round(area.width() * _SHARE), round(area.height() * _SHARE)
            self.setGeometry(area.right() - wide, area.bottom() - high, wide, high)
            self.show()
            return
        self.setGeometry(area)
        self.showMaximized()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - a name of Qt
        """Stop the work of the views."""
        self.views.stop()
        super().closeEvent(event)
        self.closed.emit()
