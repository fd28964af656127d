"""The tools at the top: in groups, with icons and words, as much as there is room for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import IntEnum

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QAction, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QMenu,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from tumorboard.app.tool_groups import ALWAYS, GROUPS, ToolGroup
from tumorboard.language import _
from tumorboard.text import tip
from tumorboard.ui.shell.icons import icon
from tumorboard.ui.shell.theme import keep_scaled, scaled

_ICON_PX, _MARGIN_PX = 20, 4
#: Below this height (px) of the window the words below the icons give way to the images.
_HIGH_FOR_WORDS = 560


class Detail(IntEnum):
    """How much of the tools is shown, the most first."""

    WORDS = 0
    ICONS = 1
    GROUPS = 2
    SIGNS = 3


class ToolBar(QFrame):
    """Groups of tools at the left, what can always be called at the right.

    Where the words have no room icons stand alone, and where these have none each group is one
    button that lists its tools, in the end without its name.
    """

    def __init__(self, actions: Mapping[str, QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "header")
        self.groups = [Group(group, actions) for group in GROUPS]
        self._always = [tool_button(actions[tool.command]) for tool in ALWAYS]
        self._widths: dict[Detail, int] = {}
        self._measures = False
        self.detail = Detail.WORDS
        line = QHBoxLayout(self)
        line.setContentsMargins(_MARGIN_PX, 1, _MARGIN_PX, 1)
        line.setSpacing(0)
        for group in self.groups:
            line.addWidget(group)
        line.addStretch(1)
        for button in self._always:
            line.addWidget(button)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(1)  # there is something to show in any width

    def show_tools(self, *, on: bool) -> None:
        """Offer the tools for images, or not, where there are none; undo stays."""
        for group in self.groups:
            group.setVisible(on)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - a name of Qt
        """Measure with the letters of the look, which come after the buttons."""
        super().showEvent(event)
        self._widths.clear()
        self.fit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - a name of Qt
        """Show as much as there is room for."""
        super().resizeEvent(event)
        self.fit()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - a name of Qt
        """Measure anew with letters of another size."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._widths.clear()
            self.fit()

    def fit(self) -> None:
        """Show words, icons or groups, by the room there is."""
        if self._measures:  # what is hidden to be measured asks for this again
            return
        if not self._widths:
            self._measures = True
            for detail in reversed(Detail):  # the last one is what is shown then
                self._show(detail)
                self._widths[detail] = self._needed()
            self._measures = False
        low = self.window().height() < scaled(_HIGH_FOR_WORDS)
        details = [d for d in Detail if not (low and d is Detail.WORDS)]
        fitting = (d for d in details if self._widths[d] <= self.width())
        detail = next(fitting, Detail.SIGNS)
        if detail is not self.detail:
            self._show(detail)
        self.updateGeometry()

    def _needed(self) -> int:
        always = sum(button.sizeHint().width() for button in self._always)
        return sum(group.needed for group in self.groups) + always + 2 * _MARGIN_PX

    def _show(self, detail: Detail) -> None:
        self.detail = detail
        for group in self.groups:
            group.show_detail(detail)
        for button in self._always:
            _set_style(button, words=detail is Detail.WORDS)


class Group(QFrame):
    """The buttons of a group over its name, which opens all that belongs to it."""

    def __init__(self, group: ToolGroup, actions: Mapping[str, QAction]) -> None:
        super().__init__()
        self.setProperty("role", "group")
        self.name = _(group.name)
        self.buttons = [tool_button(actions[tool.command]) for tool in group.tools]
        more = [actions[name] for name in group.more]
        self.fold = self._fold_button([actions[t.command] for t in group.tools], more)
        self._icon = group.tools[0].icon
        self._more = more
        tools = QHBoxLayout()
        tools.setContentsMargins(0, 0, 0, 0)
        tools.setSpacing(0)
        for button in self.buttons:
            tools.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(_MARGIN_PX, 0, _MARGIN_PX, 0)
        column.setSpacing(0)
        column.addLayout(tools)
        column.addWidget(self.fold)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        for action in more:
            action.toggled.connect(self._show_use)

    def _fold_button(self, tools: Iterable[QAction], more: Iterable[QAction]) -> QToolButton:
        """Return the button with the name of the group, which lists all of it."""
        button = QToolButton()
        button.setProperty("role", "caption")
        button.setText(f"{self.name} ▾")
        button.setToolTip(tip(_("{group}: all tools", group=self.name)))
        button.setAccessibleName(_("{group}: all tools", group=self.name))
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        menu = QMenu(button)
        menu.addActions(list(tools))
        menu.addSeparator()
        menu.addActions(list(more))
        button.setMenu(menu)
        return button

    @property
    def needed(self) -> int:
        """The width (px) of what it shows; its layout knows only what was laid out before."""
        buttons = sum(b.sizeHint().width() for b in self.buttons if not b.isHidden())
        return max(buttons, self.fold.sizeHint().width()) + 2 * _MARGIN_PX + 1

    def show_detail(self, detail: Detail) -> None:
        """Show buttons with words, with icons alone, or the name of the group alone."""
        for button in self.buttons:
            _set_style(button, words=detail is Detail.WORDS)
            button.setVisible(detail < Detail.GROUPS)
        alone = detail >= Detail.GROUPS  # the name of the group stands for all of it
        self.fold.setIcon(icon(self._icon))
        keep_scaled(self.fold, icon=_ICON_PX)
        style = Qt.ToolButtonStyle
        with_icon = style.ToolButtonTextUnderIcon
        if detail is Detail.SIGNS:
            with_icon = style.ToolButtonIconOnly
        self.fold.setToolButtonStyle(with_icon if alone else style.ToolButtonTextOnly)

    def _show_use(self) -> None:
        """Mark the name of the group while a tool without a button is in use."""
        taken = next((a for a in self._more if a.isCheckable() and a.isChecked()), None)
        self.fold.setText(f"{self.name} ▾" if taken is None else f"{taken.text()} ▾")
        self.fold.setProperty("holds", taken is not None)
        self.fold.style().polish(self.fold)


def tool_button(action: QAction) -> QToolButton:
    """Return the button of a command, with its icon and word; its tip has the keys."""
    button = QToolButton()
    button.setProperty("role", "act")
    button.setDefaultAction(action)
    keep_scaled(button, icon=_ICON_PX)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setAccessibleName(action.text())
    return button


def part_button(action: QAction) -> QToolButton:
    """Return a small button of a command: its icon, and a number where the command has one."""
    button = tool_button(action)
    button.setProperty("role", "part")
    button.setIconSize(QSize(16, 16))

    def show_number() -> None:
        style, number = Qt.ToolButtonStyle, action.iconText().isdigit()
        button.setToolButtonStyle(
            style.ToolButtonTextBesideIcon if number else style.ToolButtonIconOnly
        )

    action.changed.connect(show_number)
    show_number()
    return button


def _set_style(button: QToolButton, *, words: bool) -> None:
    style = Qt.ToolButtonStyle
    button.setToolButtonStyle(style.ToolButtonTextUnderIcon if words else style.ToolButtonIconOnly)
