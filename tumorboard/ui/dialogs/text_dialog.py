"""A dialog with plain text to read and to copy."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPlainTextEdit, QVBoxLayout, QWidget


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
