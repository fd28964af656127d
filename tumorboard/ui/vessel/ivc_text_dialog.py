"""The text on the vena cava: made from what was drawn and stated, changed by the reader, kept."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from tumorboard.text import lines
from tumorboard.ui.shell.parts import words

#: Most lines of difference that are shown.
_MOST = 8


class IvcTextDialog(QDialog):
    """Shows the text; ``kept`` carries it when the dialog closes with another one than before.

    ``renewed`` tells that the reader has seen what changed since, and which text is right.
    """

    kept = Signal(str)
    renewed = Signal(str)

    def __init__(
        self, text: str, made: str, changes: Sequence[str], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("IVC report text")
        self.resize(640, 620)
        self._before, self._made = text, made
        self.field = QPlainTextEdit()
        self.field.setAccessibleName("IVC report text")
        self.field.setTabChangesFocus(True)
        self.field.setPlainText(text)
        self.note = self._note(changes)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.close)
        self.copy = QPushButton("Copy text")
        self.copy.setToolTip("To the clipboard; it holds no name")
        self.copy.clicked.connect(
            lambda: QGuiApplication.clipboard().setText(lines(self.field.toPlainText()))
        )
        self.again = QPushButton("Write anew")
        self.again.setToolTip("From what is drawn and stated now; Ctrl+Z brings the text back")
        self.again.clicked.connect(self.write_anew)
        row = QHBoxLayout()
        row.addWidget(self.again)
        row.addWidget(self.copy)
        row.addStretch(1)
        row.addWidget(buttons)
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.addWidget(
            words("Made from what was drawn and stated; change it as you read. It is kept.", "dim")
        )
        layout.addWidget(self.note)
        layout.addWidget(self.field, 1)
        layout.addLayout(row)
        self.field.setFocus()

    def _note(self, changes: Sequence[str]) -> QWidget:
        """Return what changed since the text was made, with the two ways to go on."""
        box = QFrame()
        box.setProperty("role", "footer")
        layout = QVBoxLayout(box)
        shown = [*changes[:_MOST]]
        if len(changes) > _MOST:
            shown.append(f"and {len(changes) - _MOST} more")
        layout.addWidget(words("Since this text was made, the case has changed:"))
        layout.addWidget(words("\n".join(shown), "dim"))
        self.mine = QPushButton("My text holds")
        self.mine.clicked.connect(lambda: self._settle(self.field.toPlainText()))
        row = QHBoxLayout()
        row.addWidget(self.mine)
        row.addStretch(1)
        layout.addLayout(row)
        box.setVisible(bool(changes))
        return box

    def write_anew(self) -> None:
        """Put the text as it would be made now; one step of the field's own undo."""
        cursor = self.field.textCursor()
        cursor.select(cursor.SelectionType.Document)
        cursor.insertText(self._made)
        self._settle(self._made)

    def _settle(self, text: str) -> None:
        self._before = text
        self.note.hide()
        self.renewed.emit(text)

    def done(self, result: int) -> None:
        """Keep what was typed."""
        text = self.field.toPlainText()
        if text != self._before:
            self._before = text
            self.kept.emit(text)
        super().done(result)
