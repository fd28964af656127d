"""Parts of the decision form: a choice of a few words, a growing field, options to pick."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QCompleter,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QWidget,
)

from tumorboard.ui.shell.flow import FlowLayout

_STEPS = {
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Down: 1,
}

#: More words than these go on in another line where there is no room.
_IN_A_LINE = 3


class Choice(QWidget):
    """A few words side by side, one of them down.

    The arrows go from one to the next and choose nothing; Space or Enter chooses.
    """

    edited = Signal()

    def __init__(self, name: str, entries: Mapping[Any, str]) -> None:
        super().__init__()
        self._values: list[Hashable] = list(entries)
        self._group = QButtonGroup(self)
        layout = FlowLayout(0) if len(entries) > _IN_A_LINE else QHBoxLayout()
        self.setLayout(layout)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        last = len(self._values) - 1
        for index, (value, text) in enumerate(entries.items()):
            button = QPushButton(text)
            button.setCheckable(True)
            button.setProperty("role", "choice")
            button.setProperty("mark", "unknown" if str(value) == "not stated" else "plain")
            button.setProperty("end", {0: "first", last: "last"}.get(index, "middle"))
            button.setAccessibleName(f"{name}: {text}")
            button.installEventFilter(self)
            self._group.addButton(button, index)
            layout.addWidget(button)
        self._group.idToggled.connect(self._toggled)

    @property
    def value(self) -> Any:
        """The value that is down."""
        return self._values[max(self._group.checkedId(), 0)]

    def set_value(self, value: object) -> None:
        """Press the button of a value without reporting it."""
        with QSignalBlocker(self._group):
            self._group.button(self._values.index(value)).setChecked(True)
        for button in self._group.buttons():
            policy = Qt.FocusPolicy.StrongFocus if button.isChecked() else Qt.FocusPolicy.ClickFocus
            button.setFocusPolicy(policy)

    def _toggled(self, index: int, down: bool) -> None:
        if down:
            self.set_value(self._values[index])
            self.edited.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - a name of Qt
        """Go on with the arrows; Enter chooses as Space does."""
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return super().eventFilter(watched, event)
        here = next(i for i, b in enumerate(self._group.buttons()) if b is watched)
        if event.key() in _STEPS:
            index = here + _STEPS[Qt.Key(event.key())]
            if 0 <= index < len(self._values):
                self._group.button(index).setFocus()
            return True
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._group.button(here).click()
            return True
        return super().eventFilter(watched, event)


class Words(QPlainTextEdit):
    """Free words of a few lines; Tab goes on to the next field, the field grows as one writes."""

    edited = Signal()

    def __init__(self, name: str, hint: str = "") -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setPlaceholderText(hint)
        self.setTabChangesFocus(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.textChanged.connect(self._changed)
        self.document().documentLayout().documentSizeChanged.connect(lambda _s: self._fit())
        self._fit()

    @property
    def value(self) -> str:
        """The words as they were typed."""
        return self.toPlainText()

    def set_value(self, text: str) -> None:
        """Show words without reporting them; the cursor stays where nothing differs."""
        if text != self.toPlainText():
            with QSignalBlocker(self):
                self.setPlainText(text)
            self._fit()

    def _changed(self) -> None:
        self._fit()
        self.edited.emit()

    def _fit(self) -> None:
        lines = max(2, int(self.document().size().height()))
        self.setFixedHeight(lines * self.fontMetrics().lineSpacing() + 24)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - a name of Qt
        """Be as high as letters of another size need."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self._fit()


class Line(QLineEdit):
    """One line of words; known words are offered while one types."""

    edited = Signal()

    def __init__(self, name: str, hint: str = "") -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setPlaceholderText(hint)
        self.textEdited.connect(lambda _text: self.edited.emit())

    @property
    def value(self) -> str:
        """The words as they were typed."""
        return self.text()

    def set_value(self, text: str) -> None:
        """Show words without reporting them."""
        if text != self.text():
            self.setText(text)
            self.setCursorPosition(0)

    def offer(self, known: Sequence[str]) -> None:
        """Offer these while one types."""
        completer = QCompleter(list(known), self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.activated.connect(lambda _text: self.edited.emit())
        self.setCompleter(completer)
