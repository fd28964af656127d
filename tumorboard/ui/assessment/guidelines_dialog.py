"""The guidelines that are here: see where each comes from, install, choose and retire."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, SignalInstance
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLayout,
    QLineEdit,
    QListWidget,
    QVBoxLayout,
    QWidget,
)

from tumorboard.app.guideline_choice import Choices, Signature
from tumorboard.app.guideline_list import IN_FORCE, RETIRED, USABLE
from tumorboard.app.guideline_versions import ORIGINS
from tumorboard.language import _
from tumorboard.ui.shell.parts import clear, head, scroll_column, words
from tumorboard.ui.shell.text_widgets import Button
from tumorboard.ui.shell.theme import keep_scaled

if TYPE_CHECKING:
    from tumorboard.app.guideline_list import Entry, Listed

_LINES_SHOWN = 60
_LIST_PX = 360


class GuidelinesDialog(QDialog):
    """Lists guidelines; choosing and retiring are signed, and can be previewed.

    The signals carry a `GuidelineVersion`, those that sign a `Signature` as well. ``cancelled``
    asks to stop what `say_progress` tells of.
    """

    preview_requested = Signal(object)
    choose_requested = Signal(object, object)
    retire_requested = Signal(object, object)
    reinstate_requested = Signal(object, object)
    install_requested = Signal()
    cancelled = Signal()

    def __init__(self, author: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Guidelines of the institution"))
        self.resize(1080, 620)
        self._listed: Listed | None = None
        self.list = QListWidget()
        self.list.setAccessibleName(_("Guidelines"))
        self.list.setProperty("role", "choices")
        keep_scaled(self.list, least_width=_LIST_PX)
        self.list.currentRowChanged.connect(lambda _row: self._show())
        self.install = _button(_("Install from a folder…"), self.install_requested.emit)
        self.preview = _button(_("What would change?"), self._ask_preview)
        self.choose = _button(_("Choose this version"), lambda: self._sign(self.choose_requested))
        self.choose.setProperty("role", "primary")
        self.retire = _button(_("Retire"), self._retire)
        self.cancel = _button(_("Cancel"), self.cancelled.emit)
        self.author, self.date, self.reason = QLineEdit(author), QLineEdit(), QLineEdit()
        self.date.setText(date.today().isoformat())
        self._about, self._result, self._history = QVBoxLayout(), QVBoxLayout(), QVBoxLayout()
        self._progress = words("", "dim", wrap=False)
        left = QVBoxLayout()
        left.addWidget(self.list, 1)
        left.addWidget(self.install)
        layout = QHBoxLayout(self)
        layout.addLayout(left, 1)
        area, column = scroll_column()
        column.addLayout(self._about)
        column.addWidget(head(_("Signed by")))
        for label, field in (
            (_("Name"), self.author),
            (_("Date"), self.date),
            (_("Reason"), self.reason),
        ):
            column.addWidget(words(label, "dim"))
            field.setAccessibleName(label)
            column.addWidget(field)
        column.addLayout(_row(self.preview, self.choose, self.retire))
        column.addLayout(_row(self._progress, self.cancel))
        column.addLayout(self._result)
        column.addLayout(self._history)
        column.addStretch(1)
        layout.addWidget(area, 2)
        self.say_progress("")

    def show_listed(self, listed: Listed) -> None:
        """Show what is here now; the row stays on the guideline it was on."""
        held = self.entry
        self._listed = listed
        self.list.blockSignals(True)
        self.list.clear()
        for entry in listed.entries:
            self.list.addItem(f"{entry.version.name}   {entry.state}")
        names = [e.version.folder for e in listed.entries]
        states = [e.state for e in listed.entries]
        row = states.index(IN_FORCE) if IN_FORCE in states else 0
        if held is not None and held.version.folder in names:
            row = names.index(held.version.folder)
        self.list.setCurrentRow(row)
        self.list.blockSignals(False)
        self._show()

    @property
    def choices(self) -> Choices | None:
        """The signed history that is shown."""
        return None if self._listed is None else self._listed.choices

    @property
    def entry(self) -> Entry | None:
        """The guideline that is chosen in the list."""
        row = self.list.currentRow()
        return self._listed.entries[row] if self._listed is not None and row >= 0 else None

    def say(self, lines: Sequence[str], role: str = "") -> None:
        """Show what a preview or an act gave."""
        clear(self._result)
        for text in lines[:_LINES_SHOWN]:
            self._result.addWidget(words(text, role))
        if len(lines) > _LINES_SHOWN:
            more = _(
                "and {count} more: see tumorboard guideline diff", count=len(lines) - _LINES_SHOWN
            )
            self._result.addWidget(words(more, "dim"))

    def say_progress(self, text: str) -> None:
        """Show how far the work under way is, with a button to stop it; empty when none is."""
        if not text and self.cancel.hasFocus():
            self.list.setFocus()
        self._progress.setText(text)
        self._progress.setVisible(bool(text))
        self.cancel.setVisible(bool(text))
        self._enable(not text)

    def _enable(self, idle: bool) -> None:
        entry = self.entry
        state = entry.state if entry is not None else ""
        sound = entry is not None and not entry.problem
        self.install.setEnabled(idle)
        self.preview.setEnabled(idle and sound and state == USABLE)
        self.choose.setEnabled(idle and sound and state in (USABLE, IN_FORCE))
        self.retire.setEnabled(idle and entry is not None and state in (USABLE, RETIRED))
        self.retire.setText(_("Let it be chosen again") if state == RETIRED else _("Retire"))

    def _show(self) -> None:
        for layout in (self._about, self._result, self._history):
            clear(layout)
        entry, listed = self.entry, self._listed
        if entry is None or listed is None:
            return
        about = self._about
        for text in listed.sentences:
            about.addWidget(words(text, "prompt"))
        about.addWidget(words(entry.version.name, "title"))
        about.addWidget(words(entry.version.title))
        where = (entry.state.capitalize(), ORIGINS[entry.version.origin], entry.used)
        about.addWidget(words(" · ".join(part for part in where if part), "dim"))
        if entry.problem:
            about.addWidget(words(entry.problem, "prompt"))
        if listed.history:
            self._history.addWidget(head(_("So far")))
        for text in listed.history:
            self._history.addWidget(words(text))
        self._enable(self.cancel.isHidden())

    def _ask_preview(self) -> None:
        if self.entry is not None:
            self.preview_requested.emit(self.entry.version)

    def _retire(self) -> None:
        entry = self.entry
        retired = entry is not None and entry.state == RETIRED
        self._sign(self.reinstate_requested if retired else self.retire_requested)

    def _sign(self, signal: SignalInstance) -> None:
        if self.entry is not None:
            signed = Signature(self.author.text(), self.date.text(), self.reason.text())
            signal.emit(self.entry.version, signed)


def _button(text: str, act: Callable[[], object]) -> Button:
    made = Button(text)
    made.setAutoDefault(False)
    made.clicked.connect(lambda _on=False: act())
    return made


def _row(*widgets: QWidget) -> QLayout:
    line = QHBoxLayout()
    for widget in widgets:
        line.addWidget(widget)
    line.addStretch(1)
    return line
