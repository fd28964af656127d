"""Parts of the decision form: a choice of a few words, a growing field, options to pick."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QCompleter,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from tumorboard.case.decision import RejectedOption
from tumorboard.ui.panels.decision_words import OptionChoice
from tumorboard.ui.panels.parts import link, words

_STEPS = {
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Down: 1,
}


class Choice(QWidget):
    """A few words side by side, one of them down; the arrows go from one to the next."""

    edited = Signal()

    def __init__(self, name: str, entries: Mapping[Any, str]) -> None:
        super().__init__()
        self._values: list[Hashable] = list(entries)
        self._group = QButtonGroup(self)
        layout = QHBoxLayout(self)
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
        """Go on with the arrows."""
        if isinstance(event, QKeyEvent) and event.key() in _STEPS:
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress:
                index = self._group.checkedId() + _STEPS[Qt.Key(event.key())]
                if 0 <= index < len(self._values):
                    self._group.button(index).setChecked(True)
                    self._group.button(index).setFocus()
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


class Picker(QComboBox):
    """Adds an option of the catalogue: a few letters of it, then Enter; or from the list."""

    picked = Signal(str)

    def __init__(self, name: str, hint: str) -> None:
        super().__init__()
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setAccessibleName(name)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(12)
        self.setMaxVisibleItems(16)
        self._field().setPlaceholderText(hint)
        self._field().setAccessibleName(name)
        completer = QCompleter(self.model(), self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        self.setCompleter(completer)
        self._field().returnPressed.connect(self._entered)
        self.activated.connect(self._pick)

    def _field(self) -> QLineEdit:
        field = self.lineEdit()
        if field is None:
            raise RuntimeError("an editable box has a field")
        return field

    def offer(self, options: Sequence[OptionChoice]) -> None:
        """Offer these options."""
        with QSignalBlocker(self):
            self.clear()
            for option in options:
                self.addItem(option.line, option.id)
            self.setCurrentIndex(-1)
            self.clearEditText()

    def wheelEvent(self, event: Any) -> None:  # noqa: N802 - a name of Qt
        """Let the form scroll."""
        event.ignore()

    def _entered(self) -> None:
        typed = self.currentText().casefold().strip()
        found = [n for n in range(self.count()) if typed and typed in self.itemText(n).casefold()]
        if found:
            self._pick(found[0])

    def _pick(self, index: int) -> None:
        key = self.itemData(index)
        with QSignalBlocker(self):
            self.setCurrentIndex(-1)
            self.clearEditText()
        if key:
            self.picked.emit(str(key))


class OptionRows(QWidget):
    """Options that were picked, one a line; ``with_reasons`` asks why for each."""

    edited = Signal()

    def __init__(self, name: str, hint: str, *, with_reasons: bool) -> None:
        super().__init__()
        self._with_reasons = with_reasons
        self._name = name
        self._title: Callable[[str], str] = str
        self._statuses: dict[str, str] = {}
        self._reasons: dict[str, Line | None] = {}
        self._lines: dict[str, QWidget] = {}
        self.picker = Picker(name, hint)
        self.picker.picked.connect(self._add)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(4)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(self._rows)
        layout.addWidget(self.picker)

    @property
    def options(self) -> tuple[str, ...]:
        """The options that were picked, in their order."""
        return tuple(self._reasons)

    @property
    def rejected(self) -> tuple[RejectedOption, ...]:
        """The options with their reasons."""
        return tuple(RejectedOption(k, f.text() if f else "") for k, f in self._reasons.items())

    def reason(self, option: str) -> Line | None:
        """Return the field of a reason."""
        return self._reasons.get(option)

    def set_catalogue(self, options: Sequence[OptionChoice], title: Callable[[str], str]) -> None:
        """Offer these options."""
        self._title = title
        self._statuses = {option.id: option.status for option in options}
        self.picker.offer(options)
        held = self.rejected
        self.set_value(())
        self.set_value(held)

    def set_value(self, options: Sequence[RejectedOption]) -> None:
        """Show options with their reasons without reporting them; rows that stay are kept."""
        if list(self._reasons) != [o.option for o in options]:
            for line in self._lines.values():
                self._rows.removeWidget(line)
                line.hide()
                line.deleteLater()
            self._reasons.clear()
            self._lines.clear()
            for option in options:
                self._insert(option.option)
        for option in options:
            field = self._reasons[option.option]
            if field is not None:
                field.set_value(option.reason)

    def _insert(self, option: str) -> None:
        title = self._title(option)
        line = QWidget(self)
        layout = QVBoxLayout(line)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        top = QHBoxLayout()
        top.addWidget(words(title), 1)
        status = self._statuses.get(option, "")
        if status:
            top.addWidget(words(status, "dim", wrap=False), 0, Qt.AlignmentFlag.AlignTop)
        remove = link("remove", lambda: self._remove(option))
        remove.setAccessibleName(f"Remove {title}")
        top.addWidget(remove, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(top)
        field = None
        if self._with_reasons:
            field = Line(f"Why not: {title}", "Why it was not taken")
            field.edited.connect(self.edited)
            layout.addWidget(field)
        self._rows.addWidget(line)
        self._reasons[option], self._lines[option] = field, line

    def _add(self, option: str) -> None:
        if option in self._reasons:
            return
        self._insert(option)
        field = self._reasons[option]
        if field is not None:
            field.setFocus()
        self.edited.emit()

    def _remove(self, option: str) -> None:
        line = self._lines.pop(option)
        self._reasons.pop(option)
        self._rows.removeWidget(line)
        line.hide()
        line.deleteLater()
        self.picker.setFocus()
        self.edited.emit()
