"""The command palette: every command by a few letters of its name, or by another word for it."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from tumorboard.app.command_search import ranked
from tumorboard.app.menus import path_of
from tumorboard.language import _
from tumorboard.ui.shell.text_widgets import Label

_NAME = Qt.ItemDataRole.UserRole
_STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 8, Qt.Key.Key_PageUp: -8}


class Palette(QDialog):
    """A field and the commands that match it; Enter calls the marked one."""

    chosen = Signal(str)

    def __init__(self, actions: Mapping[str, QAction], parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Commands"))
        self.resize(560, 420)
        usable = {n: a for n, a in actions.items() if a.isEnabled() and n != "help.palette"}
        self._labels = {name: action.text() for name, action in usable.items()}
        self._keys = {
            name: ", ".join(k.toString(k.SequenceFormat.NativeText) for k in action.shortcuts())
            for name, action in usable.items()
        }
        self.field = QLineEdit()
        self.field.setPlaceholderText(_("Type what you want to do"))
        self.field.setAccessibleName(_("Search commands"))
        self.list = QListWidget()
        self.list.setAccessibleName(_("Commands"))
        self.list.setProperty("role", "choices")
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._none = Label(_("No command matches."))
        self._none.setProperty("role", "dim")
        layout = QVBoxLayout(self)
        for widget in (self.field, self.list, self._none):
            layout.addWidget(widget)
        self.field.textChanged.connect(self._fill)
        self.field.returnPressed.connect(self._choose)
        self.list.itemClicked.connect(lambda _item: self._choose())
        self.field.installEventFilter(self)
        self._fill("")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - a name of Qt
        """Let the arrow keys move in the list while the field is typed in."""
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            step = _STEPS.get(Qt.Key(event.key()))
            if step is not None:
                row = min(max(self.list.currentRow() + step, 0), self.list.count() - 1)
                self.list.setCurrentRow(row)
                return True
        return super().eventFilter(watched, event)

    def _fill(self, wanted: str) -> None:
        self.list.clear()
        for name in ranked(self._labels, wanted):
            parts = (self._labels[name], self._keys[name], path_of(name))
            item = QListWidgetItem("    ".join(part for part in parts if part))
            item.setData(_NAME, name)
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        self._none.setVisible(self.list.count() == 0)

    def _choose(self) -> None:
        item = self.list.currentItem()
        if item is not None:
            self.close()
            self.chosen.emit(str(item.data(_NAME)))
