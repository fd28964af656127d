"""What a key event is, and what a widget is, in the words of the rule of the keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

from tumorboard.app.key_owner import Focus, Stroke
from tumorboard.ui.facts.editors import FactEditor
from tumorboard.ui.vessel.canvas import VesselCanvas
from tumorboard.ui.viewer.image_view import ImageView

_K = Qt.Key
_CTRL, _ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
_SHIFT, _KEYPAD = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.KeypadModifier
_ARROWS: Final = (_K.Key_Up, _K.Key_Down, _K.Key_Left, _K.Key_Right)
_MOVES: Final = (*_ARROWS, _K.Key_Home, _K.Key_End, _K.Key_PageUp, _K.Key_PageDown)
_PLAIN: Final[dict[int, Stroke]] = {
    **dict.fromkeys(map(int, _MOVES), Stroke.MOVE),
    int(_K.Key_Space): Stroke.SPACE,
    int(_K.Key_Return): Stroke.ENTER,
    int(_K.Key_Enter): Stroke.ENTER,
    int(_K.Key_Tab): Stroke.TAB,
    int(_K.Key_Backtab): Stroke.TAB,
    int(_K.Key_Delete): Stroke.ERASE,
    int(_K.Key_Backspace): Stroke.ERASE,
    int(_K.Key_F2): Stroke.RENAME,
    int(_K.Key_Escape): Stroke.ESCAPE,
}
_EDITS: Final = (_K.Key_A, _K.Key_C, _K.Key_V, _K.Key_X, _K.Key_Y, _K.Key_Z)
_EDITS_SHIFTED: Final = (_K.Key_Z, _K.Key_Left, _K.Key_Right, _K.Key_Home, _K.Key_End)
_BY_WORDS: Final = (
    *(_K.Key_Left, _K.Key_Right, _K.Key_Home, _K.Key_End),
    *(_K.Key_Backspace, _K.Key_Delete, _K.Key_Insert),
)


def stroke_of(event: QKeyEvent) -> Stroke:
    """Return what kind of key was pressed."""
    key, held = event.key(), event.modifiers() & ~_KEYPAD
    if held in (Qt.KeyboardModifier.NoModifier, _SHIFT):
        if held == _SHIFT and key in (_K.Key_Insert, _K.Key_Delete):
            return Stroke.EDIT
        if key in _PLAIN and not (held == _SHIFT and key == _K.Key_F2):
            return _PLAIN[key]
        return Stroke.TYPED if _prints(event) else Stroke.CHORD
    if held == _CTRL and key in (*_EDITS, *_BY_WORDS):
        return Stroke.EDIT
    if held == _CTRL | _SHIFT and key in _EDITS_SHIFTED:
        return Stroke.EDIT
    if held == _ALT and key in (_K.Key_Up, _K.Key_Down):
        return Stroke.MOVE_ROW
    # AltGr, by which many keyboards write brackets, comes as Ctrl and Alt on Windows.
    altgr = not held & (_CTRL | _ALT) or held & (_CTRL | _ALT) == _CTRL | _ALT
    return Stroke.TYPED if altgr and _prints(event) else Stroke.CHORD


def _prints(event: QKeyEvent) -> bool:
    return bool(event.text().strip()) and event.text().isprintable()


def command_named_by(event: QKeyEvent, actions: Mapping[str, QAction]) -> str:
    """Return the name of the command that a key calls by the keys in force; empty for none."""
    held = event.modifiers() & ~_KEYPAD
    combined = [QKeySequence(held.value | event.key()).toString()]
    if _prints(event):  # "?" is written with Shift and stands in the table without
        combined.append(QKeySequence(event.key()).toString())
    for wanted in combined:
        for name, action in actions.items():
            if any(key.toString() == wanted for key in action.shortcuts()):
                return name
    return ""


def editor_of(widget: QWidget | None) -> FactEditor | None:
    """Return the editor of a fact that a widget is a part of; lists that it opens count too."""
    part: QObject | None = widget
    while part is not None and not isinstance(part, FactEditor):
        part = part.parent()
    return part


def focus_of(widget: QWidget | None) -> Focus:
    """Return what a widget with the focus is."""
    if widget is None or widget.isWindow():
        return Focus.NONE
    editor = editor_of(widget)
    if editor is not None:
        answers = Focus.ANSWER_LINE if isinstance(widget, QLineEdit) else Focus.ANSWER
        return answers if editor.is_answering else Focus.ROW
    if isinstance(widget, QLineEdit) and widget.property("statement"):
        return Focus.NUMBER
    if isinstance(widget, QAbstractItemView) and widget.property("renames"):
        return Focus.EDIT_LIST
    if isinstance(widget, QComboBox):
        return Focus.NUMBER if widget.isEditable() else Focus.CONTROL
    return next(
        (focus for kind, focus in _KINDS.items() if isinstance(widget, kind)), Focus.CONTROL
    )


_KINDS: Final[dict[type[QWidget], Focus]] = {
    ImageView: Focus.IMAGES,
    VesselCanvas: Focus.VESSEL,
    QAbstractItemView: Focus.LIST,
    QAbstractSpinBox: Focus.NUMBER,
    QLineEdit: Focus.WORDS,
    QPlainTextEdit: Focus.WORDS,
    QTextEdit: Focus.WORDS,
}
