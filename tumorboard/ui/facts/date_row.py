"""A date of the form, entered once; the weeks and months follow from it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget

from tumorboard.case.dates import DateDefinition, read_date
from tumorboard.case.model import Remark
from tumorboard.errors import UserError
from tumorboard.language import _
from tumorboard.ui.shell.parts import words
from tumorboard.ui.shell.provenance import local_time


class DateRow(QWidget):
    """``dated`` carries the key and an ISO date, or an empty text to take it back."""

    dated = Signal(str, str)
    passed_on = Signal()

    def __init__(self, definition: DateDefinition) -> None:
        super().__init__()
        self.definition = definition
        self.line = QLineEdit()
        self.line.setProperty("statement", True)  # gives the keys back to images one scrolls
        self.line.setPlaceholderText("2026-03-01")
        self.line.setAccessibleName(definition.label)
        self.line.editingFinished.connect(self._finished)
        self._below = words("", "dim")
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 3, 0, 3)
        layout.setVerticalSpacing(2)
        layout.addWidget(words(definition.label), 0, 0)
        layout.addWidget(self.line, 0, 1)
        layout.addWidget(self._below, 1, 0, 1, 2)
        layout.setColumnStretch(0, 10)
        layout.setColumnStretch(1, 11)
        self._shown = ""
        self.show_remark(None)

    def show_remark(self, remark: Remark | None) -> None:
        """Show the date that was entered, or none."""
        self._shown = remark.value if remark is not None else ""
        self.line.setText(self._shown)
        said = (
            _(
                "entered · {author} · {when}",
                author=remark.author,
                when=local_time(remark.time_utc),
            )
            if remark
            else ""
        )
        self._below.setText(said)
        self._below.setProperty("role", "dim")
        self._below.setVisible(bool(said))

    def _finished(self) -> None:
        typed = self.line.text().strip()
        if typed == self._shown:
            return
        try:
            value = read_date(typed).isoformat() if typed else ""
        except UserError as error:
            self._below.setText(str(error))
            self._below.show()
            return
        self.dated.emit(self.definition.key, value)
