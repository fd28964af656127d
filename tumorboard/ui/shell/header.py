"""The line at the top: the menus, and which case is open."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QMenuBar,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from tumorboard.language import _
from tumorboard.text import tip
from tumorboard.ui.shell.icons import icon
from tumorboard.ui.shell.parts import ElidedLabel
from tumorboard.ui.shell.theme import keep_scaled

_HEIGHT_PX = 30


class Header(QFrame):
    """Menus and case in one line, so that the images have the height of the other."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "header")
        self.menus = _Menus()
        self._case = ElidedLabel("", "dim")
        self._line = QHBoxLayout(self)
        self._line.setContentsMargins(4, 0, 12, 0)
        self._line.setSpacing(8)
        self._line.addWidget(self.menus, 0, Qt.AlignmentFlag.AlignVCenter)
        self._line.addSpacing(8)
        self._line.addWidget(self._case, 1)
        keep_scaled(self, height=_HEIGHT_PX)

    def add(self, widget: QWidget) -> None:
        """Put something that belongs to the case beside its name."""
        self._line.addWidget(widget)

    def set_case(self, text: str, identity: str) -> None:
        """Name the open case; who it is about shows only while the pointer rests on it."""
        self._case.set_full_text(text)
        self._case.setToolTip(tip(identity or text))


class _Menus(QMenuBar):
    """Menus as wide as their titles; where there is no room the last ones stand in a menu."""

    def __init__(self) -> None:
        super().__init__()
        rest = self.findChild(QToolButton, "qt_menubar_ext_button")
        if rest is not None:  # an arrow of Qt that says nothing
            rest.setProperty("role", "part")
            rest.setIcon(icon("dots"))
            keep_scaled(rest, icon=16)
            rest.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
            rest.setToolTip(_("More menus"))
            rest.setAccessibleName(_("More menus"))
            rest.installEventFilter(self)
        self.setNativeMenuBar(False)  # the case stands beside the menus on every system
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self.setMinimumWidth(60)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - a name of Qt
        """Keep the button of the menus without room whole: Qt goes by the arrow that it had."""
        moved = event.type() in (QEvent.Type.Move, QEvent.Type.Resize)
        if moved and isinstance(watched, QToolButton):
            left = self.width() - watched.width()
            if watched.x() > left:
                watched.move(left, watched.y())
        return super().eventFilter(watched, event)
