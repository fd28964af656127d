"""Below the form: what the field with the focus means, who said so, and what it held."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from tumorboard.case.definitions import FactDefinition
from tumorboard.language import _
from tumorboard.ui.shell.parts import link, words

_HINT = _(
    "The arrows move. Enter lets keys answer: then 1, 2, 3 or the first letter answers and moves "
    "on, 0 means not assessed, Esc ends. What a field means shows here."
)
_HISTORY_SHOWN = 4


class FactFoot(QFrame):
    """Help, source, range and history of one fact, and the way to answer by keys."""

    answering_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "footer")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 8, 16, 8)
        layout.setSpacing(2)
        self._lines = [words("", role) for role in ("", "dim", "dim", "dim")]
        for line in self._lines:
            layout.addWidget(line)
        self.answer = link(_("answer by keys"), self.answering_wanted.emit, _("Enter on a row"))
        layout.addWidget(self.answer)
        self.show_fact(None, ())

    @property
    def text(self) -> str:
        """Everything that is shown."""
        return "\n".join(line.text() for line in self._lines if not line.isHidden())

    def show_fact(self, definition: FactDefinition | None, history: Sequence[str]) -> None:
        """Show a fact with its values so far, the newest first; or the keys of the form."""
        if definition is None:
            texts = ("", "", "", _HINT)
        else:
            about = "\n".join(definition.explained)
            shown = [*history[:_HISTORY_SHOWN]]
            if len(history) > _HISTORY_SHOWN:
                shown.append(_("and {count} older", count=len(history) - _HISTORY_SHOWN))
            texts = (definition.label, about, range_text(definition), "\n".join(shown))
        for line, text in zip(self._lines, texts, strict=True):
            line.setText(text)
            line.setVisible(bool(text))


def range_text(definition: FactDefinition) -> str:
    """Return "0 to 360 degrees.", or nothing where any answer is possible.

    Parameters
    ----------
    definition
        Of the fact.

    """
    low, high = definition.minimum, definition.maximum
    if low is None or high is None:
        return ""
    ends = _("{low:g} to {high:g} {unit}", low=low, high=high, unit=_(definition.unit))
    return ends.strip() + "."
