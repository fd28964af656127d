"""Which key of a keyboard or a clicker asks for what during a talk."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

from tumorboard.app.commands import PRESENTING

#: What a digit asks for is this and the digit; Enter goes where the digits say.
DIGIT, ENTER = "digit:", "enter"


@cache
def _table() -> dict[str, str]:
    return {QKeySequence(key).toString(): c.name for c in PRESENTING for key in c.keys}


def wish_of(event: QKeyEvent) -> str:
    """Return the name of the wish, ``digit:4`` or ``enter``; empty for a key without a meaning."""
    plain = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
        returns = QKeySequence(plain.value | Qt.Key.Key_Return).toString()
        return _table().get(returns, "") if plain else ENTER
    if not plain and event.text().isascii() and event.text().isdigit():
        return f"{DIGIT}{event.text()}"
    key = QKeySequence(plain.value | event.key()).toString()
    return _table().get(key, "")
