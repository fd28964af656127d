"""The strip of a trial: values are tried, nothing is recorded, and the strip says so."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from tumorboard.language import _
from tumorboard.ui.shell.parts import clear, link, words

WARNING = _("Trial: nothing of this is recorded")
_SHOWN = 8


@dataclass(frozen=True)
class TrialRows:
    """The tried values as (name, words), and what differs from the record."""

    values: tuple[tuple[str, str], ...]
    differences: tuple[str, ...]


class TrialStrip(QFrame):
    """Says that a trial is on, which values it tries and what differs; hidden without one."""

    left = Signal()
    removed = Signal(str)
    form_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "trialstrip")
        self._rows: TrialRows | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 8, 14, 10)
        layout.setSpacing(3)
        first = QHBoxLayout()
        first.addWidget(words(WARNING, "trial"), 1)
        self.leave = QPushButton(_("Leave trial"))
        self.leave.clicked.connect(self.left)
        first.addWidget(self.leave)
        layout.addLayout(first)
        self._lines = QVBoxLayout()
        self._lines.setSpacing(1)
        layout.addLayout(self._lines)
        self.hide()

    def set_trial(self, rows: TrialRows | None) -> None:
        """Show a trial, or none."""
        self.setVisible(rows is not None)
        if rows == self._rows:
            return
        self._rows = rows
        clear(self._lines)
        if rows is None:
            return
        for name, text in rows.values:
            line = QHBoxLayout()
            line.addWidget(words(text), 1)
            button = link(_("remove"), partial(self.removed.emit, name), _("As recorded again"))
            button.setAccessibleName(_("Remove: {value}", value=text))
            line.addWidget(button)
            self._lines.addLayout(line)
        if not rows.values:
            hint = _("Change values in the form, or take a “try” below.")
            self._lines.addWidget(words(hint, "dim"))
        self._lines.addWidget(link(_("Values in the form"), self.form_requested.emit))
        if rows.values:
            same = _("Nothing differs from the record.")
            title = _("Differs from the record:") if rows.differences else same
            self._lines.addWidget(words(title, "dim"))
        for text in rows.differences[:_SHOWN]:
            self._lines.addWidget(words(text))
        more = len(rows.differences) - _SHOWN
        if more > 0:
            self._lines.addWidget(words(_("and {more} more", more=more), "dim"))
