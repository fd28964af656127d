"""What is asked in the main window before and after a talk; never before an audience."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Final

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
from tumorboard.app.talk import Question
from tumorboard.app.timeline import ENTERED, EventKind
from tumorboard.case.dates import read_date
from tumorboard.case.meeting import Meeting
from tumorboard.errors import UserError
from tumorboard.language import _, ngettext
from tumorboard.text import menu as menu_text
from tumorboard.ui.presenter.presenter_window import question_words
from tumorboard.ui.shell.parts import words
from tumorboard.ui.timeline.strip import KIND_WORDS


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
        self.setWindowTitle(_("Present"))
        self.resize(520, 320)
        self._choices: list[Meeting | None] = list(meetings)
        self._chosen = chosen
        self.list = QListWidget()
        self.list.setAccessibleName(_("Meetings"))
        for meeting in meetings:
            count = len(meeting.items)
            cases = ngettext("{count} case", "{count} cases", count)
            parts = (title_of(meeting), meeting.start, meeting.place, cases)
            self.list.addItem(" · ".join(part for part in parts if part))
        if open_label:
            self._choices.append(None)
            self.list.addItem(_("The open case alone: {open_label}", open_label=open_label))
        self.list.setCurrentRow(0)
        self.list.itemActivated.connect(lambda _item: self.accept())
        buttons = QDialogButtonBox()
        buttons.addButton(_("Present"), QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(words(_("Which meeting do you want to present?")))
        column.addWidget(self.list, 1)
        column.addWidget(buttons)
        self.accepted.connect(self._take)

    def _take(self) -> None:
        row = self.list.currentRow()
        if 0 <= row < len(self._choices):
            self._chosen(self._choices[row])


class DrawnQuestion(QDialog):
    """Asks once what becomes of measurements that nobody has answered for.

    Closing it keeps them all: a step of the case that undo takes back. ``answered`` returns
    why something cannot be kept; it is then asked about again, with that sentence.
    """

    def __init__(
        self,
        questions: Sequence[Question],
        answered: Callable[[Question, bool], str],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Measured during the talk"))
        self._answered = answered
        self.boxes: list[tuple[Question, QCheckBox]] = []
        self.setMinimumWidth(_WIDTH)
        self.problem = words("", "prompt")
        self.problem.hide()
        buttons = QDialogButtonBox()
        self.go_on = buttons.addButton(_("Go on"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.later = buttons.addButton(_("Later"), QDialogButtonBox.ButtonRole.RejectRole)
        self.later.hide()
        buttons.accepted.connect(self.accept)
        self.later.clicked.connect(lambda: self.done(_LATER))
        column = QVBoxLayout(self)
        column.addWidget(words(_("Keep these measurements with their cases?")))
        for question in questions:
            box = QCheckBox(menu_text(question_words(question)))
            box.setChecked(True)
            self.boxes.append((question, box))
            column.addWidget(box)
        column.addWidget(words(_("What is not ticked is thrown away."), "dim"))
        column.addWidget(self.problem)
        column.addWidget(buttons)

    def accept(self) -> None:
        """Do what is ticked; what cannot be kept is listed again with the reason."""
        ticks = [(question, box.isChecked()) for question, box in self.boxes]
        refused = {q.case_uid: why for q, on in ticks if (why := self._answered(q, on))}
        if not refused:
            super().accept()
            return
        for question, box in self.boxes:
            box.setVisible(question.case_uid in refused)
        self.boxes = [(q, box) for q, box in self.boxes if q.case_uid in refused]
        self.problem.setText("\n".join(dict.fromkeys(refused.values())))
        self.problem.show()
        self.go_on.setText(_("Try again"))
        self.later.show()
        self.adjustSize()

    def reject(self) -> None:
        """Keep all: a window that is closed throws nothing away."""
        for question, __ in self.boxes:
            self._answered(question, True)
        super().reject()


#: The result of a question that is to be asked again later.
_LATER: Final = 2
_WIDTH: Final = 460


class EventQuestion(QDialog):
    """Asks for an event of the course: what, when, in which words."""

    def __init__(self, entered: Callable[[EventKind, date, str], bool], parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Event of the course"))
        self.resize(460, 200)
        self._entered = entered
        self.kind = QComboBox()
        for kind in ENTERED:
            self.kind.addItem(KIND_WORDS[kind], kind)
        self.day = QLineEdit()
        self.day.setPlaceholderText(_("2026-03-01 or 1.3.2026"))
        self.text = QLineEdit()
        self.text.setPlaceholderText(_("For example: core biopsy under CT"))
        self.problem = words("", "prompt")
        form = QFormLayout()
        form.addRow(_("What"), self.kind)
        form.addRow(_("Day"), self.day)
        form.addRow(_("In words"), self.text)
        buttons = QDialogButtonBox()
        buttons.addButton(_("Enter"), QDialogButtonBox.ButtonRole.AcceptRole)
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
