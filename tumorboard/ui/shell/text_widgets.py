"""Widgets that show text of files and people as text: labels, tips, menus, questions.

Qt takes text for markup by itself in labels, message boxes and tool tips, and ampersands for
keys in buttons and menus. Everything here says what it takes; the rest of the window makes no
label, question or tip but through this (`tests/architecture/test_text.py`).
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QInputDialog,
    QLabel,
    QMenu,
    QMessageBox,
    QPushButton,
    QToolTip,
    QWidget,
)

from tumorboard.text import lines, menu, sided, tip

#: How a marked piece stands out: not by colour alone.
_MARKED = "font-weight: 600; text-decoration: underline"


class Label(QLabel):
    """A label of plain text, one or several lines, or of a picture."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        if text:
            self.setText(text)

    def setText(self, text: str) -> None:  # noqa: N802 - a name of Qt
        """Show another text."""
        super().setText("\n".join(map(sided, lines(text).split("\n"))))


class MarkedLabel(QLabel):
    """A label of pieces of plain text, some of them marked: bold and on a ground of their own.

    The pieces are escaped, so that what looks like markup in them is shown as it is.
    """

    def __init__(self, pieces: Iterable[tuple[str, bool]]) -> None:
        super().__init__()
        self.plain = ""
        parts = []
        for text, marked in pieces:
            shown = lines(text)
            self.plain += shown
            escaped = html.escape(shown)
            parts.append(f'<span style="{_MARKED}">{escaped}</span>' if marked else escaped)
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        super().setText("".join(parts))
        self.setAccessibleName(self.plain)


class Button(QPushButton):
    """A button of plain text, in which an ampersand is one."""

    def __init__(self, text: str = "") -> None:
        super().__init__(menu(text))

    def setText(self, text: str) -> None:  # noqa: N802 - a name of Qt
        """Show another text."""
        super().setText(menu(text))


class Question(QMessageBox):
    """A message box of plain text; ``more`` stands below in smaller letters."""

    def __init__(self, parent: QWidget | None, title: str, text: str, more: str = "") -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWindowTitle(title)
        self.setText(lines(text))
        # The format holds for the text alone; what stands below is looked at by itself.
        self.setInformativeText(tip(more))

    def answer(self, text: str, role: QMessageBox.ButtonRole) -> QPushButton:
        """Add a button and return it."""
        return self.addButton(menu(text), role)


def ask_text(
    parent: QWidget,
    title: str,
    question: str,
    taken: Callable[[str], object],
    *,
    held: str = "",
    choices: Sequence[str] = (),
) -> QInputDialog:
    """Ask for a text, or for one of several; return the open dialog."""
    dialog = QInputDialog(parent)
    dialog.setWindowTitle(title)
    dialog.setLabelText(tip(question))
    if choices:
        dialog.setComboBoxItems(list(choices))
    else:
        dialog.setTextValue(held)
    dialog.textValueSelected.connect(taken)
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
    return dialog


def menu_entry(home: QMenu, text: str, act: Callable[[], object] | None = None) -> QAction:
    """Add an entry of plain text to a menu and return it."""
    action = home.addAction(menu(text))
    action.setToolTip(tip(text))
    if act is not None:
        action.triggered.connect(lambda _checked=False: act())
    return action


def show_tip(field: QWidget, text: str) -> None:
    """Show a tip below a field at once."""
    QToolTip.showText(field.mapToGlobal(field.rect().bottomLeft()), tip(text), field)


def key_words(key: str) -> str:
    """Return a key such as "Ctrl+Return" as Qt writes it in the language."""
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
