"""What is asked in the main window before and after a talk; never before an audience."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLineEdit,
    QListWidget,
    QVBoxLayout,
    QWidget,
)

from tumorboard.app.presented import title_of
from tumorboard.app.presenting import Question
from tumorboard.app.timeline import ENTERED, EventKind
from tumorboard.case.dates import read_date
from tumorboard.case.meeting import Meeting
from tumorboard.errors import UserError
from tumorboard.ui.panels.parts import words
from tumorboard.ui.presenter.presenter_window import question_words
from tumorboard.ui.presenter.timeline import KIND_WORDS


class MeetingChoice(QDialog):
    """Asks which meeting is meant; ``open_label`` offers the open case alone as well."""

    def __init__(
        self,
        meetings: Sequence[Meeting],
        open_label: str,
        chosen: Callable[[Meeting | None], object],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Present")
        self.resize(520, 320)
        self._choices: list[Meeting | None] = list(meetings)
        self._chosen = chosen
        self.list = QListWidget()
        self.list.setAccessibleName("Meetings")
        for meeting in meetings:
            count = len(meeting.items)
            cases = f"{count} case{'' if count == 1 else 's'}"
            parts = (title_of(meeting), meeting.start, meeting.place, cases)
            self.list.addItem(" · ".join(part for part in parts if part))
        if open_label:
            self._choices.append(None)
            self.list.addItem(f"The open case alone: {open_label}")
        self.list.setCurrentRow(0)
        self.list.itemActivated.connect(lambda _item: self.accept())
        buttons = QDialogButtonBox()
        buttons.addButton("Present", QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(words("Which meeting do you want to present?"))
        column.addWidget(self.list, 1)
        column.addWidget(buttons)
        self.accepted.connect(self._take)

    def _take(self) -> None:
        row = self.list.currentRow()
        if 0 <= row < len(self._choices):
            self._chosen(self._choices[row])


class DrawnQuestion(QDialog):
    """Asks once what becomes of measurements that nobody has answered for.

    Closing it keeps them all: a step of the case that undo takes back.
    """

    def __init__(
        self,
        questions: Sequence[Question],
        answered: Callable[[Question, bool], object],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Measured during the talk")
        self._questions = tuple(questions)
        self._answered = answered
        column = QVBoxLayout(self)
        column.addWidget(words("Keep these measurements with their cases?"))
        self.boxes = []
        for question in self._questions:
            box = QCheckBox(question_words(question))
            box.setChecked(True)
            self.boxes.append(box)
            column.addWidget(box)
        column.addWidget(words("What is not ticked is thrown away.", "dim"))
        buttons = QDialogButtonBox()
        buttons.addButton("Go on", QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self.accept)
        column.addWidget(buttons)
        self.finished.connect(self._take)

    def _take(self, result: int) -> None:
        closed = result != QDialog.DialogCode.Accepted
        for question, box in zip(self._questions, self.boxes, strict=True):
            self._answered(question, closed or box.isChecked())


class EventQuestion(QDialog):
    """Asks for an event of the course: what, when, in which words."""

    def __init__(self, entered: Callable[[EventKind, date, str], bool], parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Event of the course")
        self.resize(460, 200)
        self._entered = entered
        self.kind = QComboBox()
        for kind in ENTERED:
            self.kind.addItem(KIND_WORDS[kind], kind)
        self.day = QLineEdit()
        self.day.setPlaceholderText("2026-03-01 or 1.3.2026")
        self.text = QLineEdit()
        self.text.setPlaceholderText("For example: core biopsy under CT")
        self.problem = words("", "prompt")
        form = QFormLayout()
        form.addRow("What", self.kind)
        form.addRow("Day", self.day)
        form.addRow("In words", self.text)
        buttons = QDialogButtonBox()
        buttons.addButton("Enter", QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self._take)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addLayout(form)
        column.addWidget(self.problem)
        column.addWidget(buttons)

    def _take(self) -> None:
        try:
            day = read_date(self.day.text())
            if self._entered(self.kind.currentData(), day, self.text.text().strip()):
                self.accept()
        except UserError as error:
            self.problem.setText(str(error))
