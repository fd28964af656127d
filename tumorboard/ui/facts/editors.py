"""Editors for single facts: each shows a value or that it is not known, and reports changes."""

from __future__ import annotations

import re
from typing import Any, Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QButtonGroup,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from tumorboard.case.dates import read_date
from tumorboard.case.definitions import AtLeast, FactDefinition, normalise
from tumorboard.errors import UserError
from tumorboard.language import _
from tumorboard.quantity import format_number, parse_quantities, parse_quantity
from tumorboard.ui.shell.parts import words
from tumorboard.ui.shell.text_widgets import Button, menu_entry

#: Choices are buttons side by side while their words together are this short (characters).
_BUTTONS_LIMIT: Final = 27

_MARKS: Final = {"present": "present", "yes": "present", "absent": "absent", "no": "absent"}


_CHORD: Final = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
_STEPS: Final = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
_TABS: Final = {Qt.Key.Key_Tab: 1, Qt.Key.Key_Backtab: -1}
_ENTER: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
#: The last keys that answer are digits.
_DIGITS: Final = 9
#: These take an answer back: it is not known, not assessed.
_UNKNOWN_KEYS: Final = ("0", "u", "U", "-")


class FactEditor(QWidget):
    """Base of the editors; ``edited`` carries the fact's name and its new value or None.

    A key states something only while `is_answering`, which is entered on purpose and shown on
    the row (`FactsForm`); else arrows pass on and Enter asks to answer.
    """

    edited = Signal(str, object)
    #: The next field (1) or the one before (-1) is wanted.
    passed_on = Signal(int)
    #: Keys shall answer here, or shall no longer.
    answering_wanted = Signal(bool)

    def __init__(self, definition: FactDefinition, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.definition = definition
        self.is_answering = False

    def set_answering(self, *, on: bool) -> None:
        """Let keys answer here, or no longer."""
        self.is_answering = on

    def put_back(self) -> None:
        """Drop what is half typed."""

    @property
    def keys_text(self) -> str:
        """What the keys mean while they answer."""
        return ""

    def take_keys(self, widget: QWidget) -> None:
        """See the keys of a part of the editor before it does."""
        widget.installEventFilter(self)

    def key(self, event: QKeyEvent) -> bool:
        """Act on a key that answers; returns whether it meant something here."""
        index = self.index_for(event.text())
        if index is None:
            return event.key() not in _ENTER or self.enter()
        held = QApplication.focusWidget()
        self.choose(index)
        if QApplication.focusWidget() is held:  # else a reason is asked for
            self.passed_on.emit(1)
        return True

    def enter(self) -> bool:
        """Do what Enter means while keys answer: go on; returns whether that is all."""
        self.passed_on.emit(1)
        return True

    def index_for(self, text: str) -> int | None:
        """Return the number of the choice that a key stands for, or None."""
        return None

    def choose(self, index: int) -> None:
        """Take a choice as a person does."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - a name of Qt
        """Take the keys that `tumorboard.app.key_owner` leaves to a row."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return not event.modifiers() & _CHORD and self._take(event)
        return super().eventFilter(watched, event)

    def _take(self, event: QKeyEvent) -> bool:
        """Act on a key in either state; returns whether no part of the editor sees it."""
        key = Qt.Key(event.key())
        if key in _STEPS:
            self.passed_on.emit(_STEPS[key])
        elif key in _TABS and self.is_answering:
            self.passed_on.emit(_TABS[key])
        elif key in _TABS:
            return False
        elif self.is_answering and key is Qt.Key.Key_Escape:
            self.put_back()
            self.answering_wanted.emit(False)
        elif self.is_answering:
            return self.key(event)
        elif key in _ENTER:
            self.answering_wanted.emit(True)
        return True

    def set_value(self, value: Any) -> None:
        """Show a value without reporting it."""
        raise TypeError("the base editor shows nothing")


class ChoiceButtons(FactEditor):
    """One button per choice and one for not known; exactly one is down."""

    def __init__(self, definition: FactDefinition, parent: QWidget | None = None) -> None:
        super().__init__(definition, parent)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        self._group = QButtonGroup(self)
        self._values: list[Any] = [choice.value for choice in definition.choices]
        labels = [choice.label for choice in definition.choices]
        if definition.default is None:
            self._values.append(None)
            labels.append(definition.unknown_label)
        for i, (value, label) in enumerate(zip(self._values, labels, strict=True)):
            layout.addWidget(self._button(i, value, label))
        self._group.idClicked.connect(self._chosen)

    def _button(self, index: int, value: Any, label: str) -> QPushButton:
        button = Button(label)
        button.setCheckable(True)
        button.setProperty("role", "choice")
        mark = "unknown" if value is None else _MARKS.get(str(value), "plain")
        button.setProperty("mark", mark)
        ends = {0: "first", len(self._values) - 1: "last"}
        button.setProperty("end", ends.get(index, "middle"))
        button.setAccessibleName(f"{self.definition.label}: {label}")
        self._group.addButton(button, index)
        self.take_keys(button)
        return button

    @property
    def keys_text(self) -> str:
        """Each choice with its number; 0 for none of them."""
        unknown = self.definition.default is None
        labels = [self._group.button(i).text() for i in range(len(self._values))]
        named = [f"{n} {label}" for n, label in enumerate(labels, start=1)]
        return " · ".join([*named[:-1], f"0 {labels[-1]}"] if unknown else named)

    def index_for(self, text: str) -> int | None:
        """Return the choice by its number, or by the first letter of its words."""
        labels = [self._group.button(i).text() for i in range(len(self._values))]
        if text in _UNKNOWN_KEYS:
            return len(labels) - 1 if self._values[-1] is None else None
        if text.isdigit():
            return int(text) - 1 if 0 < int(text) <= len(labels) else None
        lower = text.lower()
        found = (i for i, label in enumerate(labels) if lower and label.lower().startswith(lower))
        return next(found, None)

    def choose(self, index: int) -> None:
        """Press a button."""
        self._group.button(index).setChecked(True)
        self._chosen(index)

    def set_value(self, value: Any) -> None:
        """Press the button of a value."""
        shown = value if value is not None else self.definition.default
        index = self._values.index(shown) if shown in self._values else len(self._values) - 1
        self._group.button(index).setChecked(True)

    def _chosen(self, index: int) -> None:
        self.edited.emit(self.definition.name, self._values[index])


class ChoiceList(FactEditor):
    """A list of more than three choices; the first entry is not known."""

    def __init__(self, definition: FactDefinition, parent: QWidget | None = None) -> None:
        super().__init__(definition, parent)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        self._box = QComboBox()
        self._box.setAccessibleName(definition.label)
        if definition.default is None:
            self._box.addItem(definition.unknown_label, None)
        for choice in definition.choices:
            self._box.addItem(choice.label, choice.value)
        self._box.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self._box.setMinimumContentsLength(10)
        layout.addWidget(self._box)
        self.take_keys(self._box)
        self._box.activated.connect(self._chosen)
        self._box.wheelEvent = lambda event: event.ignore()  # type: ignore[method-assign]

    @property
    def keys_text(self) -> str:
        """Each entry with its number; Enter opens the list."""
        first = 0 if self.definition.default is None else 1
        labels = [self._box.itemText(i) for i in range(self._box.count())]
        named = [f"{n} {label}" for n, label in enumerate(labels, start=first) if n <= _DIGITS]
        return " · ".join([*named, _("Enter the list")])

    def enter(self) -> bool:
        """Open the list."""
        self._box.showPopup()
        return True

    def index_for(self, text: str) -> int | None:
        """Return the entry by its number, or by a letter that begins one alone.

        The first that is no answer is 0.
        """
        first = 0 if self.definition.default is None else 1
        if text in _UNKNOWN_KEYS:
            return 0 if first == 0 else None
        if text.isdigit():
            index = int(text) - first
            return index if 0 <= index < self._box.count() else None
        labels = [self._box.itemText(i).lower() for i in range(1 - first, self._box.count())]
        found = [i for i, label in enumerate(labels, start=1 - first) if label[:1] == text.lower()]
        return found[0] if len(found) == 1 else None

    def choose(self, index: int) -> None:
        """Take an entry."""
        self._box.setCurrentIndex(index)
        self._chosen(index)

    def set_value(self, value: Any) -> None:
        """Choose the entry of a value."""
        shown = value if value is not None else self.definition.default
        self._box.setCurrentIndex(max(0, self._box.findData(shown)))

    def _chosen(self, index: int) -> None:
        self.edited.emit(self.definition.name, self._box.itemData(index))


class TextValue(FactEditor):
    """A number, several numbers, or a map, typed; what cannot be read is said below."""

    def __init__(self, definition: FactDefinition, parent: QWidget | None = None) -> None:
        super().__init__(definition, parent)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        self._line = QLineEdit()
        self._line.setAccessibleName(definition.label)
        self._line.setPlaceholderText(_PLACEHOLDERS.get(definition.kind, definition.unknown_label))
        self._problem = words("", "prompt")
        self._problem.hide()
        layout.addWidget(self._line)
        layout.addWidget(self._problem)
        self._shown = ""
        self._line.setReadOnly(True)  # until keys answer here
        self.take_keys(self._line)
        self._line.editingFinished.connect(self._finished)
        self._line.returnPressed.connect(self._entered)

    @property
    def keys_text(self) -> str:
        """What to type."""
        return _("Type, then Enter")

    def set_answering(self, *, on: bool) -> None:
        """Let the line be typed into, or no longer."""
        super().set_answering(on=on)
        self._line.setReadOnly(not on)

    def put_back(self) -> None:
        """Show what is stored again, and say that what was typed is not."""
        typed = self._line.text().strip()
        if typed != self._shown:
            self._line.setText(self._shown)
            self._problem.setText(_("“{typed}” was not stored: Enter states it.", typed=typed))
            self._problem.show()

    def key(self, event: QKeyEvent) -> bool:
        """Leave all keys to the line; it tells Enter."""
        del event
        return False

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - a name of Qt
        """Let a click into the line begin to answer there."""
        if event.type() == QEvent.Type.MouseButtonPress and not self.is_answering:
            self.answering_wanted.emit(True)
        return super().eventFilter(watched, event)

    def set_value(self, value: Any) -> None:
        """Show a value."""
        self._shown = value_text(self.definition, value)
        self._line.setText(self._shown)
        self._problem.hide()

    def _entered(self) -> None:
        self._finished()
        if self._problem.isHidden() and self._line.hasFocus():
            self.passed_on.emit(1)

    def _finished(self) -> None:
        typed = self._line.text().strip()
        if typed == self._shown:
            return
        try:
            value = normalise(self.definition.name, parse_value(self.definition, typed))
        except (UserError, ValueError) as error:
            self._problem.setText(str(error) or _("This cannot be read."))
            self._problem.show()
            return
        self._shown = typed
        self._problem.hide()
        self.edited.emit(self.definition.name, value)


_PLACEHOLDERS: Final = {
    "numbers": _("e.g. 10.5 × 8.9 × 13.2"),
    "map": _("e.g. aorta 90, IVC 270"),
    "date": _("e.g. 2026-03-01"),
}


class ChoiceSet(FactEditor):
    """Several choices at once, from a menu."""

    def __init__(self, definition: FactDefinition, parent: QWidget | None = None) -> None:
        super().__init__(definition, parent)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        self._button = Button()
        self._button.setAccessibleName(definition.label)
        menu = QMenu(self._button)
        self._actions = []
        for choice in definition.choices:
            action = menu_entry(menu, choice.label)
            action.setCheckable(True)
            action.setData(choice.value)
            self._actions.append(action)
        menu.triggered.connect(self._chosen)
        self._button.setMenu(menu)
        self.take_keys(self._button)
        layout.addWidget(self._button)

    @property
    def keys_text(self) -> str:
        """How the menu is opened."""
        return _("Enter the list")

    def enter(self) -> bool:
        """Open the menu."""
        self._button.click()
        return True

    def set_value(self, value: Any) -> None:
        """Tick the members of a set."""
        members = set(value or ())
        for action in self._actions:
            action.setChecked(action.data() in members)
        names = [a.text() for a in self._actions if a.isChecked()]
        self._button.setText(", ".join(names) or _("None named"))

    def _chosen(self) -> None:
        members = [a.data() for a in self._actions if a.isChecked()]
        self.set_value(members)
        self.edited.emit(self.definition.name, normalise(self.definition.name, members))


def editor_for(definition: FactDefinition, parent: QWidget | None = None) -> FactEditor:
    """Return the editor that fits a fact."""
    if definition.kind == "choice":
        labels = [choice.label for choice in definition.choices]
        if definition.default is None:
            labels.append(definition.unknown_label)
        return (
            ChoiceButtons
            if (len(labels) <= 4 and sum(map(len, labels)) <= _BUTTONS_LIMIT)
            else ChoiceList
        )(definition, parent)
    if definition.kind == "set":
        return ChoiceSet(definition, parent)
    return TextValue(definition, parent)


def value_text(definition: FactDefinition, value: Any) -> str:
    """Return a value as it is typed and read: "10.5 × 8.9 × 13.2", "aorta 90, IVC 270"."""
    if value is None:
        return ""
    if isinstance(value, AtLeast):
        return _("at least {count}", count=value.count)
    if definition.kind == "numbers":
        return " × ".join(format_number(v) for v in value)
    if definition.kind == "map":
        shown = ((definition.choice_label(n), format_number(v)) for n, v in value.items())
        return ", ".join(f"{name} {degrees}" for name, degrees in shown)
    return format_number(value) if isinstance(value, (int, float)) else str(value)


def parse_value(definition: FactDefinition, typed: str) -> Any:
    """Read what was typed for a number, numbers, or a map; None for an empty line.

    Raises
    ------
    ValueError
        With one sentence, when it cannot be read.

    """
    if not typed:
        return None
    unit = {"degrees": "°"}.get(definition.unit, definition.unit_words)
    try:
        if definition.kind == "numbers":
            return parse_quantities(typed, unit)
        if definition.kind == "map":
            return _parse_map(definition, typed)
        lead = _at_least(typed) if definition.lower_bound else ""
        if lead:
            count = parse_quantity(typed[len(lead) :])
            if not count.is_integer():
                raise ValueError(_("“{typed}” is no whole number.", typed=typed))
            return {"at_least": int(count)}
        if definition.kind == "date":
            return read_date(typed).isoformat()
        number = parse_quantity(typed, unit, definition.also)
        return int(number) if definition.kind == "integer" and number.is_integer() else number
    except UserError as error:
        raise ValueError(str(error)) from None
    except ValueError as error:
        wanted = _KINDS.get(definition.kind, "")
        raise ValueError(f"{error} {wanted}".strip()) from None


def _at_least(typed: str) -> str:
    """Return the words "at least" that a text begins with, in English or the language."""
    leads = ("at least", _("at least {count}", count="|").partition("|")[0].strip())
    return next((lead for lead in leads if lead and typed.lower().startswith(lead.lower())), "")


def _parse_map(definition: FactDefinition, typed: str) -> dict[Any, float]:
    """Read "aorta 90, IVC 270": names as they are shown or stored, in any case."""
    names = {str(n).casefold(): c.value for c in definition.choices for n in (c.value, c.label)}
    found: dict[Any, float] = {}
    # A comma within a number has a digit on both sides; any other one begins the next entry.
    for entry in re.split(r"[;\n]|,(?!\d)|(?<!\d),", typed):
        if not entry.strip():
            continue
        parts = re.fullmatch(r"\s*(\D+?)[\s:]*(\d.*)", entry)
        name = names.get(" ".join(parts[1].split()).casefold()) if parts else None
        if parts is None or name is None:
            known = ", ".join(choice.label for choice in definition.choices)
            raise ValueError(
                _(
                    "“{entry}” names no vessel with its degrees; known: {known}.",
                    entry=entry.strip(),
                    known=known,
                )
            )
        if name in found:
            raise ValueError(_("“{vessel}” stands there twice.", vessel=parts[1].strip()))
        found[name] = parse_quantity(parts[2], "°")
    return found


_KINDS: Final = {
    "numbers": _("Type one to three numbers in cm, such as 10.5 x 8.9."),
    "map": _("Type vessels with degrees, such as aorta 90, IVC 270."),
}
