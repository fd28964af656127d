"""A case in three fields before there are images, and the question whose images came."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from tumorboard.app.imports import Found, other_patient, perhaps_one
from tumorboard.case.model import Patient
from tumorboard.language import _
from tumorboard.ui.shell.case_words import identity_of
from tumorboard.ui.shell.parts import words
from tumorboard.ui.shell.text_widgets import Question

if TYPE_CHECKING:
    from tumorboard.ui.shell.host import Host

_ENOUGH = _("One of the three is enough. Images can come later: open the case, then their folder.")
_Button, _Role = QDialogButtonBox.StandardButton, Question.ButtonRole


class NewCases:
    """Makes cases by hand, and asks before images of another identity come into one."""

    def __init__(self, host: Host) -> None:
        self._host = host

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what each command does."""
        return {"case.new": self.ask}

    def ask(self) -> None:
        """Ask for label, name and question of a new case."""
        dialog = NewCaseDialog(self._host.parent_widget)
        dialog.wanted.connect(self.create)
        dialog.open()

    def create(self, label: str, name: str, question: str) -> None:
        """Make a case and open it."""
        host = self._host
        person = Patient("", name)  # the label is a label: it is told on papers
        if host.attempt(lambda: host.session.new_case(label, person, question)):
            case = host.case
            shown = case.label if case is not None else label
            host.say(
                _(
                    "{shown} is made. When its images come, open their folder from here.",
                    shown=shown,
                )
            )

    def ask_whose(self, found: Found, store: Callable[..., object]) -> None:
        """Store what was found; first ask when the open case waits for images of another name."""
        session = self._host.session
        other, case = other_patient(session, found), session.case
        if other is None or case is None:
            self._ask_same(found, store)
            return
        box = Question(
            self._host.parent_widget,
            _("Whose images are these?"),
            _(
                "The images are of:\n{images}\n\n"
                "The open case {label} has no images yet and is about:\n"
                "{person}",
                images=identity_of(other) or _("nobody named in them"),
                label=case.label,
                person=identity_of(case.patient) or _("nobody named"),
            ),
            _(
                "If they are one person, the case takes name, identifier and birth date of the "
                "images; what was entered is kept with it. This cannot be undone."
            ),
        )
        box.finished.connect(box.deleteLater)
        both = box.answer(_("They belong to {label}", label=case.label), _Role.YesRole)
        apart = box.answer(_("A case of their own"), _Role.NoRole)
        box.answer(_("Import nothing"), _Role.RejectRole)
        box.setDefaultButton(apart)
        both.clicked.connect(lambda _checked=False: store(case.uid))
        apart.clicked.connect(lambda _checked=False: store(""))
        box.open()

    def _ask_same(self, found: Found, store: Callable[..., object]) -> None:
        """Store what was found; first ask whether a record that differs a little is of somebody."""
        pair = perhaps_one(self._host.session, found)
        if pair is None:
            store()
            return
        came, known = pair
        differs = _("One of the records has no birth date.")
        if came.birth_date == known.birth_date:
            differs = _(
                "The sex is {one} in one of the records and {other} in the other.",
                one=came.sex,
                other=known.sex,
            )
        box = Question(
            self._host.parent_widget,
            _("One person or two?"),
            _(
                "The images are of:\n{images}\n\nand images of the same name and "
                "identifier are of:\n{known}\n\n{differs}",
                images=identity_of(came),
                known=identity_of(known),
                differs=differs,
            ),
            _(
                "If they are one person, the images come into one case. The answer is kept with "
                "your name."
            ),
        )
        box.finished.connect(box.deleteLater)
        one = box.answer(_("One person"), _Role.YesRole)
        two = box.answer(_("Two persons"), _Role.NoRole)
        box.answer(_("Import nothing"), _Role.RejectRole)
        box.setDefaultButton(two)
        one.clicked.connect(lambda _checked=False: store(same_patient=True))
        two.clicked.connect(lambda _checked=False: store(same_patient=False))
        box.open()


class NewCaseDialog(QDialog):
    """Label, name or initials, question to the board; one of them is enough."""

    wanted = Signal(str, str, str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("New case"))
        self.setMinimumWidth(460)
        self.label, self.name, self.question = QLineEdit(), QLineEdit(), QLineEdit()
        form = QFormLayout()
        fields = (
            (_("Label"), self.label),
            (_("Name or initials"), self.name),
            (_("Question to the board"), self.question),
        )
        for title, field in fields:
            field.setAccessibleName(title)
            form.addRow(title, field)
            field.textChanged.connect(lambda _text: self._look())
        self.label.setPlaceholderText(_("A running number if empty"))
        note = words(_ENOUGH, "dim")
        self.buttons = QDialogButtonBox(_Button.Ok | _Button.Cancel)
        self.buttons.button(_Button.Ok).setText(_("Make the case"))
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        layout.addWidget(note)
        layout.addWidget(self.buttons)
        self.accepted.connect(lambda: self.wanted.emit(*self._texts()))
        self.finished.connect(self.deleteLater)
        self._look()

    def _texts(self) -> tuple[str, str, str]:
        fields = (self.label, self.name, self.question)
        label, name, question = (" ".join(field.text().split()) for field in fields)
        return label, name, question

    def _look(self) -> None:
        self.buttons.button(_Button.Ok).setEnabled(any(self._texts()))
