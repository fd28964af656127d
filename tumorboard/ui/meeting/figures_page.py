"""The page of what the board did: a period, its figures with what each is of, and their lines."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractSlider,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from tumorboard.app.board_reader import Period
from tumorboard.language import _
from tumorboard.reports.figures import NOTHING, BoardFigures, Figure, definition
from tumorboard.ui.meeting.figures_lines import LinesTable
from tumorboard.ui.shell.parts import clear, head, scroll_column, words
from tumorboard.ui.shell.text_widgets import Button
from tumorboard.ui.shell.theme import keep_scaled

_FIELD_PX = 112
_Step = QAbstractSlider.SliderAction
_PAGES: Final = {
    Qt.Key.Key_PageUp: _Step.SliderPageStepSub,
    Qt.Key.Key_PageDown: _Step.SliderPageStepAdd,
}


class FiguresPage(QWidget):
    """Shows figures and asks for a period; reads and stores nothing itself.

    ``wanted`` carries both days as typed, empty ones for the usual period.
    """

    wanted = Signal(str, str)
    csv_wanted = Signal()
    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.first, self.last = QLineEdit(), QLineEdit()
        self.show_button, self.usual = Button(_("Show")), Button(_("Last twelve months"))
        self.show_button.setAccessibleName(_("Show the figures of these days"))
        self.csv, self.cancel = Button(_("Table as CSV…")), Button(_("Cancel"))
        self.state = words("", "dim")
        self.tables: list[LinesTable] = []
        area, column = scroll_column()
        area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        area.setAccessibleName(_("Figures"))
        column.setContentsMargins(0, 0, 12, 16)
        self._area, self._column = (area, column)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(6)
        layout.addWidget(words(_("What the board did"), "title", wrap=False))
        line = QHBoxLayout()
        line.setSpacing(8)
        for name, tip_text, field in (
            (_("From"), _("First day of the period"), self.first),
            (_("to"), _("Last day of the period, included"), self.last),
        ):
            keep_scaled(field, width=_FIELD_PX)
            field.setAccessibleName(tip_text)
            field.setPlaceholderText("2026-03-01")
            line.addWidget(words(name, "dim", wrap=False))
            line.addWidget(field)
        for button in (self.show_button, self.usual, self.cancel):
            line.addWidget(button)
        line.addStretch(1)
        line.addWidget(self.csv)
        layout.addLayout(line)
        layout.addWidget(self.state)
        layout.addWidget(self._area, 1)
        for field in (self.first, self.last):
            field.returnPressed.connect(self.ask)
        self.show_button.clicked.connect(self.ask)
        self.usual.clicked.connect(lambda: self.wanted.emit("", ""))
        self.csv.clicked.connect(self.csv_wanted)
        self.cancel.clicked.connect(self.cancelled)
        self.csv.setToolTip(_("Every figure and line of this page; it names no patient"))
        self.csv.setEnabled(False)
        self.cancel.hide()

    def take_keys(self) -> None:
        """Put the keys into the first day."""
        self.first.setFocus()
        self.first.selectAll()

    def ask(self) -> None:
        """Ask for the period that is typed."""
        self.wanted.emit(self.first.text(), self.last.text())

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - a name of Qt
        """Scroll by pages, also while a day has the keys."""
        step = _PAGES.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self._area.verticalScrollBar().triggerAction(step)

    # -- what is shown -------------------------------------------------------------------

    def show_period(self, period: Period) -> None:
        """Show the days of a period that is being read; the figures of another one go."""
        self.first.setText(period.first.isoformat())
        self.last.setText(period.last.isoformat())
        self._empty()
        self.state.setText(_("Counting …"))
        self.cancel.show()

    def say(self, text: str) -> None:
        """Say why there are no figures; those on show go."""
        self._empty()
        self.state.setText(text)

    def _empty(self) -> None:
        clear(self._column)
        self.tables = []
        self.csv.setEnabled(False)
        self.cancel.hide()

    def show_figures(self, found: BoardFigures) -> None:
        """Show the figures, or what to do where there are none."""
        if found.is_empty:
            self.say(NOTHING)
            return
        self._empty()
        self.state.setText(
            _("Read {created}. {notes}", created=found.created, notes=" ".join(found.notes))
        )
        for part in found.parts:
            self._column.addWidget(head(part.title))
            if part.note:
                self._column.addWidget(words(part.note, "dim"))
            grid = QGridLayout()
            grid.setHorizontalSpacing(16)
            grid.setVerticalSpacing(6)
            for column, share in enumerate((5, 5, 14)):
                grid.setColumnStretch(column, share)
            for row, figure in enumerate(part.figures):
                for column, label in enumerate(_row(figure)):
                    grid.addWidget(label, row, column, Qt.AlignmentFlag.AlignTop)
            self._column.addLayout(grid)
            if part.lines:
                table = LinesTable(f"{part.title}: {part.lines_title}", part.lines)
                self.tables.append(table)
                self._column.addWidget(table)
        self._column.addStretch(1)
        self.csv.setEnabled(True)


def _row(figure: Figure) -> tuple[QWidget, QWidget, QWidget]:
    return words(figure.name), words(figure.text, "keys"), words(definition(figure), "dim")
