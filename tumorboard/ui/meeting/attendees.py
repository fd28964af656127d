"""Who takes part: a line each with name and role; the last line is empty to add somebody."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QCompleter, QHBoxLayout, QLineEdit, QWidget

from tumorboard.case.meeting import Attendee
from tumorboard.language import N_, _
from tumorboard.text import tip
from tumorboard.ui.shell.parts import clear, link, scroll_column

ROLES: Final = (
    N_("surgeon"),
    N_("radiologist"),
    N_("medical oncologist"),
    N_("radiation oncologist"),
    N_("pathologist"),
    N_("specialist nurse"),
    N_("coordinator"),
)


class Attendees(QWidget):
    """``changed`` carries all who take part, in their order."""

    changed = Signal(tuple)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        area, self._column = scroll_column()
        self._column.setContentsMargins(0, 0, 6, 0)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(area)
        self._area = area
        self.lines: list[AttendeeLine] = []
        self._shown: tuple[Attendee, ...] = ()
        self.show_people((), force=True)

    def show_people(self, people: Sequence[Attendee], *, force: bool = False) -> None:
        """Show these people and an empty line; a line that has the focus keeps it."""
        if tuple(people) == self._shown and not force:
            return
        self._shown = tuple(people)
        while len(self.lines) > len(people) + 1:
            self.lines.pop().deleteLater()
        if not self.lines:
            clear(self._column)
            self._column.addStretch(1)
        while len(self.lines) < len(people) + 1:
            line = AttendeeLine(self)
            line.edited.connect(self._edited)
            line.removed.connect(self._removed)
            self._column.insertWidget(self._column.count() - 1, line)
            self.lines.append(line)
        for line, person in zip(self.lines, (*people, Attendee("")), strict=True):
            line.show_person(person)

    def _edited(self) -> None:
        people = tuple(line.person for line in self.lines if line.person.name)
        if people != self._shown:
            self.changed.emit(people)

    def _removed(self, line: AttendeeLine) -> None:
        self.changed.emit(
            tuple(p for p, x in zip(self._shown, self.lines, strict=False) if x is not line)
        )


class AttendeeLine(QWidget):
    """One person; ``edited`` once a name or role was typed."""

    edited = Signal()
    removed = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.name, self.role = QLineEdit(), QLineEdit()
        self.name.setAccessibleName(_("Name of an attendee"))
        self.role.setAccessibleName(_("Role of the attendee"))
        self.role.setPlaceholderText(_("Role"))
        known = QCompleter([_(role) for role in ROLES], self.role)
        known.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.role.setCompleter(known)
        self._remove = link(_("remove"), lambda: self.removed.emit(self))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 2, 0, 2)
        layout.setSpacing(6)
        layout.addWidget(self.name, 6)
        layout.addWidget(self.role, 5)
        layout.addWidget(self._remove)
        self.name.editingFinished.connect(self.edited)
        self.role.editingFinished.connect(self.edited)

    @property
    def person(self) -> Attendee:
        """Who stands here; without a name nobody does."""
        return Attendee(" ".join(self.name.text().split()), " ".join(self.role.text().split()))

    def show_person(self, person: Attendee) -> None:
        """Show somebody, or the empty line."""
        for field, text in ((self.name, person.name), (self.role, person.role)):
            if field.text() != text and not (field.hasFocus() and not text):
                with QSignalBlocker(field):
                    field.setText(text)
                    field.setCursorPosition(0)
                    field.setToolTip(tip(text))
        self._remove.setVisible(bool(person.name))
        self._remove.setAccessibleName(_("Remove {name}", name=person.name))
        self.name.setPlaceholderText("" if person.name else _("Add somebody: name, then role"))
