"""All keys that do something now, on one sheet, searchable."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from tumorboard.app.command_search import matches
from tumorboard.app.commands import COMMANDS, GESTURES
from tumorboard.app.keymap import Keymap
from tumorboard.language import _
from tumorboard.text import tip
from tumorboard.ui.shell.parts import words
from tumorboard.ui.shell.text_widgets import key_words
from tumorboard.ui.shell.theme import scaled

#: The least width of a column and the height of a line, logical pixels; the share of a screen.
_COLUMN, _LINE, _OF_SCREEN = 230, 21, 0.97
_LARGEST: Final = QSize(1880, 980)
#: Gestures that mean something on the page of meetings alone say so.
_AGENDA: Final = "agenda"
#: Menus whose commands act on images.
_OF_IMAGES: Final = frozenset({"Tools", "Outline", "Vessel", "View", "Layout"})


@dataclass(frozen=True)
class KeyLine:
    """One line: under which head, which keys, what they do."""

    head: str
    keys: str
    does: str


def key_lines(keys: Keymap, *, on_images: bool, can: Callable[[str], bool]) -> tuple[KeyLine, ...]:
    """Return the keys and gestures of the present context, mouse first, then menu by menu.

    ``on_images`` tells whether images stand in the middle of the window, or the meetings;
    ``can`` whether a command can be called now.
    """
    mouse = [
        KeyLine(_("Mouse and views") if on_images else _("Agenda"), key, does)
        for key, does in GESTURES
        if (_AGENDA in key) is not on_images
    ]
    lines = [
        KeyLine(
            _(command.menu) if command.menu else _("Everywhere"),
            ", ".join(map(key_words, keys[command.name])),
            command.label,
        )
        for command in COMMANDS
        if keys[command.name] and can(command.name)
        if on_images or command.menu not in _OF_IMAGES
    ]
    heads = list(dict.fromkeys(line.head for line in lines))
    return (*mouse, *sorted(lines, key=lambda line: heads.index(line.head)))


class KeySheet(QDialog):
    """The lines in columns; what is typed leaves those that match."""

    def __init__(self, lines: Sequence[KeyLine], about: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Keys and mouse"))
        room = self.screen().availableGeometry().size() * _OF_SCREEN
        self.resize(room.boundedTo(_LARGEST))
        self._lines = lines
        self.field = QLineEdit()
        self.field.setPlaceholderText(_("Search: a key, or what it does"))
        self.field.setAccessibleName(_("Search keys"))
        self.field.setClearButtonEnabled(True)
        self.list = QListWidget()
        self.list.setAccessibleName(_("Keys"))
        self.list.setFlow(QListView.Flow.TopToBottom)
        self.list.setWrapping(True)
        self.list.setResizeMode(QListView.ResizeMode.Adjust)
        self.list.setUniformItemSizes(True)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.none = words(_("No key matches."), "dim")
        top = QHBoxLayout()
        top.addWidget(self.field, 1)
        top.addWidget(words(about, "dim", wrap=False))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.close)
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.addLayout(top)
        layout.addWidget(self.list, 1)
        layout.addWidget(self.none)
        layout.addWidget(buttons)
        self.field.textChanged.connect(self._fill)
        self._fill("")
        self.field.setFocus()

    def _fill(self, wanted: str) -> None:
        self.list.clear()
        head = ""
        found = [x for x in self._lines if matches(f"{x.head} {x.keys} {x.does}", wanted)]
        for line in found:
            if line.head != head:
                head = line.head
                self._add(head.upper(), "", is_head=True)
            text = f"{line.keys}    {line.does}"
            self._add(text, text, is_head=False)
        self.none.setVisible(not found)
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - a name of Qt
        """Lay the columns anew."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        """Give the columns that are needed the whole width, while each can be read."""
        layout = self.layout()
        if layout is not None:
            layout.activate()  # the list has its new size only then
        view = self.list.viewport().size()
        lines = max(1, view.height() // scaled(_LINE))
        columns = max(3, -(-self.list.count() // lines))
        self.list.setGridSize(
            QSize(max(scaled(_COLUMN), (view.width() - 4) // columns), scaled(_LINE))
        )

    def _add(self, text: str, told: str, *, is_head: bool) -> None:
        item = QListWidgetItem(text)
        item.setToolTip(tip(told))
        if is_head:
            font = self.list.font()
            font.setBold(True)
            item.setFont(font)
            item.setFlags(Qt.ItemFlag.NoItemFlags)
        self.list.addItem(item)
