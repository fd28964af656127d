"""Dialogs with plain text: to read and to copy, or to write."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPlainTextEdit, QVBoxLayout, QWidget

from tumorboard.language import _
from tumorboard.ui.shell.parts import words


def text_dialog(title: str, text: str, parent: QWidget) -> QDialog:
    """Return a dialog that shows plain text; nothing in it is taken for markup."""
    dialog = QDialog(parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setWindowTitle(title)
    dialog.resize(640, 560)
    field = QPlainTextEdit()
    field.setAccessibleName(title)
    field.setReadOnly(True)
    field.setPlainText(text)
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    buttons.rejected.connect(dialog.close)
    layout = QVBoxLayout(dialog)
    layout.addWidget(field)
    layout.addWidget(buttons)
    return dialog


class _Lines(QPlainTextEdit):
    """A few lines of words; ``finished`` tells of Ctrl+Return."""

    finished = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - a name of Qt
        """Take Ctrl+Return for the end; Return alone begins another line."""
        ends = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if ends and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.finished.emit()
        else:
            super().keyPressEvent(event)


def write_dialog(
    title: str, label: str, text: str, taken: Callable[[str], object], parent: QWidget
) -> QDialog:
    """Return a dialog to write a few lines in; OK or Ctrl+Return gives them to ``taken``."""
    dialog = QDialog(parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setWindowTitle(title)
    dialog.resize(640, 240)
    field = _Lines()
    field.setAccessibleName(label)
    field.setTabChangesFocus(True)
    field.setPlainText(text)
    field.selectAll()
    names = QDialogButtonBox.StandardButton
    buttons = QDialogButtonBox(names.Ok | names.Cancel)
    buttons.button(names.Ok).setToolTip(_("OK (Ctrl+Return)"))
    buttons.accepted.connect(dialog.accept)
    buttons.rejected.connect(dialog.reject)
    field.finished.connect(dialog.accept)
    dialog.accepted.connect(lambda: taken(field.toPlainText()))
    layout = QVBoxLayout(dialog)
    layout.addWidget(words(label))
    layout.addWidget(field, 1)
    layout.addWidget(buttons)
    field.setFocus()
    return dialog
