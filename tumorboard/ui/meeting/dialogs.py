"""Small questions about meetings: a new one, what a paper may tell."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from tumorboard.case.dates import read_date
from tumorboard.errors import UserError
from tumorboard.language import _
from tumorboard.ui.meeting.rows import NewMeeting, read_time
from tumorboard.ui.shell.parts import words

_Button = QDialogButtonBox.StandardButton


class NewMeetingDialog(QDialog):
    """Asks for day, start and place; what cannot be read is said at once."""

    wanted = Signal(object)

    def __init__(self, proposed: NewMeeting, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("New meeting"))
        self.setMinimumWidth(420)
        self.day = QLineEdit(proposed.day)
        self.start = QLineEdit(proposed.start)
        self.place = QLineEdit(proposed.place)
        self.problem = words("", "prompt")
        form = QFormLayout()
        for name, field in (
            (_("Day"), self.day),
            (_("Start"), self.start),
            (_("Place or link"), self.place),
        ):
            field.setAccessibleName(name)
            form.addRow(name, field)
        buttons = QDialogButtonBox(_Button.Ok | _Button.Cancel)
        buttons.button(_Button.Ok).setText(_("Create"))
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        layout.addWidget(self.problem)
        layout.addWidget(buttons)
        self.finished.connect(self.deleteLater)
        self.day.setFocus()
        self.day.selectAll()

    def accept(self) -> None:
        """Create the meeting when day and time can be read."""
        try:
            day, start = read_date(self.day.text()).isoformat(), read_time(self.start.text())
        except UserError as error:
            self.problem.setText(str(error))
            return
        self.wanted.emit(NewMeeting(day, start, self.place.text().strip()))
        super().accept()
