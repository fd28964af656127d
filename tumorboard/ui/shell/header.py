"""The bar at the top: which case, and the tools."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QToolButton, QWidget

from tumorboard.text import tip
from tumorboard.ui.shell.parts import ElidedLabel, words


class Header(QFrame):
    """Program, case and tools in one line."""

    def __init__(
        self,
        tools: Iterable[QAction],
        more: Iterable[QAction] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "header")
        self._case = ElidedLabel("", "dim")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 6, 12, 6)
        layout.setSpacing(6)
        layout.addWidget(words("Tumorboard", "brand", wrap=False))
        layout.addSpacing(10)
        layout.addWidget(self._case, 1)
        self._line = layout
        self._tools = [self._more(list(more))]
        for action in tools:
            button = QToolButton()
            button.setProperty("role", "tool")
            button.setDefaultAction(action)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
            button.setMinimumSize(QSize(30, 28))
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setAccessibleName(action.toolTip())
            layout.addWidget(button)
            if action.actionGroup() is not None:  # undo and redo are no tools
                self._tools.append(button)
        layout.addWidget(self._tools[0])

    def _more(self, actions: list[QAction]) -> QToolButton:
        """Return the button that lists the tools without a button of their own."""
        button = QToolButton()
        button.setProperty("role", "tool")
        button.setText("More ▾")
        button.setToolTip("More tools")
        button.setAccessibleName("More tools")
        button.setMinimumHeight(28)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        menu = QMenu(button)
        menu.setToolTipsVisible(False)
        menu.addActions(actions)
        button.setMenu(menu)
        return button

    def show_tools(self, *, on: bool) -> None:
        """Offer the tools for images, or not, where there are none; undo stays."""
        for button in self._tools:
            button.setVisible(on)

    def add(self, widget: QWidget) -> None:
        """Put something that belongs to the case beside its name."""
        self._line.insertWidget(self._line.indexOf(self._case) + 1, widget)

    def set_case(self, text: str, identity: str) -> None:
        """Name the open case; who it is about shows only while the pointer rests on it."""
        self._case.set_full_text(text)
        self._case.setToolTip(tip(identity or text))
