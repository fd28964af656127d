"""The one way to type a number: both decimal signs, units understood, in every language."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QLocale, Signal
from PySide6.QtGui import QValidator
from PySide6.QtWidgets import QAbstractSpinBox, QDoubleSpinBox, QSpinBox, QWidget

from tumorboard.language import _, number
from tumorboard.quantity import format_number, parse_quantity
from tumorboard.ui.shell.text_widgets import show_tip

_MOST_LETTERS = 32

State = QValidator.State


class _Typed:
    """How what is typed is taken or refused; shared by both kinds of field."""

    def validate(self: Any, text: str, place: int) -> Any:
        """Say whether a text is a number already."""
        return _state(self, text), text, place

    def fixup(self: Any, text: str) -> str:
        """Take the value of before, and say why the text is none."""
        # Say why a text is not taken.
        try:
            _read(self, text)
        except ValueError as error:
            self.refused.emit(str(error))
            show_tip(self, str(error))
        return str(self.textFromValue(self.value()))


class NumberField(_Typed, QDoubleSpinBox):
    """A number with decimals. What is typed may have a unit that fits the suffix.

    Whatever is typed stays until it is finished; what is no number, or lies outside the bounds,
    is then refused: the value of before comes back, and ``refused`` carries the reason.
    """

    refused = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        _settle(self)

    def valueFromText(self, text: str) -> float:  # noqa: N802 - a name of Qt
        """Return the number of a text."""
        try:
            return _read(self, text)
        except ValueError:
            return self.value()

    def textFromValue(self, value: float) -> str:  # noqa: N802 - a name of Qt
        """Return a number as it is shown."""
        return number(value, f".{self.decimals()}f")


class WholeNumberField(_Typed, QSpinBox):
    """A whole number; otherwise as `NumberField`."""

    refused = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        _settle(self)

    def valueFromText(self, text: str) -> int:  # noqa: N802 - a name of Qt
        """Return the number of a text."""
        try:
            return int(_read(self, text))
        except ValueError:
            return self.value()

    def textFromValue(self, value: int) -> str:  # noqa: N802 - a name of Qt
        """Return a number as it is shown."""
        return str(value)


_Field = NumberField | WholeNumberField


def _settle(field: _Field) -> None:
    """Let a field look the same under every language of the system."""
    field.setLocale(QLocale.c())
    field.setGroupSeparatorShown(False)
    field.setCorrectionMode(QAbstractSpinBox.CorrectionMode.CorrectToPreviousValue)
    field.setKeyboardTracking(False)


def _read(field: _Field, text: str) -> float:
    """Return the number of a text in the unit of a field.

    Raises
    ------
    ValueError
        With one sentence, when it is none or lies outside the bounds.

    """
    # The unit that the field shows stays behind what is typed, a unit of one's own before it.
    typed = text.removeprefix(field.prefix()).removesuffix(field.suffix())
    value = parse_quantity(typed, field.suffix().strip())
    if isinstance(field, WholeNumberField) and not value.is_integer():
        raise ValueError(_("“{typed}” is not a whole number.", typed=typed.strip()))
    low, high = field.minimum(), field.maximum()
    if not low <= value <= high:
        ends = _(
            "{low} to {high}{unit}",
            low=format_number(low),
            high=format_number(high),
            unit=field.suffix(),
        )
        raise ValueError(_("“{typed}” is not from {range}.", typed=typed.strip(), range=ends))
    return value


def _state(field: _Field, text: str) -> State:
    """Let anything be typed: whether it is a number is asked when it is finished."""
    if len(text) > _MOST_LETTERS:
        return State.Invalid
    try:
        _read(field, text)
    except ValueError:
        return State.Intermediate
    return State.Acceptable
