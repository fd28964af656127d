"""The agenda as rows and cells; words and numbers, no painting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from tumorboard.case.readiness import Light
from tumorboard.language import _
from tumorboard.text import tip
from tumorboard.ui.meeting.lights import light_line, summary

_Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole
#: The `AgendaRow` of an index.
ROW: Final = _Role.UserRole
#: Longest and shortest time that can be planned, in minutes.
MINUTES: Final = (1, 240)


class Column(IntEnum):
    """The columns of the agenda."""

    TIME = 0
    MINUTES = 1
    CASE = 2
    QUESTION = 3
    PRESENTER = 4
    READY = 5


_HEADS: Final = (_("Time"), _("Min"), _("Case"), _("Question"), _("Presented by"), _("Readiness"))
_EDITED: Final = {
    Column.MINUTES: "minutes",
    Column.QUESTION: "question",
    Column.PRESENTER: "presenter",
}


_DECIDED: Final = {
    "draft": _("decision begun"),
    "recommended": _("decided"),
    "deferred": _("deferred"),
}


@dataclass(frozen=True)
class AgendaRow:
    """A case on the agenda. ``starts`` is 14:36 or "+6 min"; ``lights`` None until looked at.

    ``case_question`` is what the case itself asks; it stands where the agenda asks nothing
    else. ``decision`` is "", "draft", "recommended" or "deferred". ``reading`` is the category
    with all that qualifies it.
    """

    case_uid: str
    starts: str
    minutes: int
    label: str
    detail: str
    question: str
    case_question: str
    presenter: str
    decision: str
    lights: tuple[Light, ...] | None = None
    archived: bool = False
    reading: str = ""

    @property
    def standing(self) -> str:
        """Whether the case was put away, and how its decision stands: "archived · decided"."""
        parts = (_("archived") if self.archived else "", _DECIDED.get(self.decision, ""))
        return " · ".join(part for part in parts if part)

    @property
    def asked(self) -> str:
        """The question as it stands on the agenda."""
        return self.question.strip() or self.case_question.strip()


class AgendaModel(QAbstractTableModel):
    """``edited`` carries the UID of a case, minutes, question or presenter, and its value."""

    edited = Signal(str, str, object)

    def __init__(self) -> None:
        super().__init__()
        self.rows: tuple[AgendaRow, ...] = ()

    def set_rows(self, rows: Sequence[AgendaRow]) -> None:
        """Show these cases; where the cases stay the same only their words change."""
        same = [r.case_uid for r in rows] == [r.case_uid for r in self.rows]
        if same and rows:
            self.rows = tuple(rows)
            last = self.index(len(rows) - 1, self.columnCount() - 1)
            self.dataChanged.emit(self.index(0, 0), last)
            return
        self.beginResetModel()
        self.rows = tuple(rows)
        self.endResetModel()

    def place_of(self, case_uid: str) -> int:
        """Return the row of a case, -1 when it is not on the agenda."""
        return next((n for n, r in enumerate(self.rows) if r.case_uid == case_uid), -1)

    def rowCount(self, parent: _Index | None = None) -> int:  # noqa: N802 - a name of Qt
        """Return the number of cases."""
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: _Index | None = None) -> int:  # noqa: N802 - a name of Qt
        """Return the number of columns."""
        return 0 if parent is not None and parent.isValid() else len(Column)

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """Let minutes, question and presenter be edited."""
        found = super().flags(index)
        return found | Qt.ItemFlag.ItemIsEditable if index.column() in _EDITED else found

    def headerData(  # noqa: N802 - a name of Qt
        self, section: int, orientation: Qt.Orientation, role: int = _Role.DisplayRole
    ) -> Any:
        """Return the head of a column."""
        if orientation is Qt.Orientation.Horizontal and role == _Role.DisplayRole:
            return _HEADS[section]
        if role == _Role.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: _Index, role: int = _Role.DisplayRole) -> Any:
        """Return a row, the words of a cell, or the value to edit."""
        if not 0 <= index.row() < len(self.rows):
            return None
        row = self.rows[index.row()]
        if role == ROW:
            return row
        if role == _Role.EditRole:
            return getattr(row, _EDITED.get(Column(index.column()), ""), None)
        if role in (_Role.DisplayRole, _Role.AccessibleTextRole):
            return cell_words(row, Column(index.column()))
        if role == _Role.ToolTipRole:
            return tip(cell_tip(row, Column(index.column())))
        return None

    def setData(  # noqa: N802 - a name of Qt
        self, index: _Index, value: Any, role: int = _Role.EditRole
    ) -> bool:
        """Ask for a change; it shows once it is stored."""
        name = _EDITED.get(Column(index.column()))
        if role != _Role.EditRole or name is None:
            return False
        if value != self.data(index, _Role.EditRole):
            self.edited.emit(self.rows[index.row()].case_uid, name, value)
        return True


def cell_words(row: AgendaRow, column: Column) -> str:
    """Return the words of a cell; nothing there is said so."""
    return {
        Column.TIME: row.starts,
        Column.MINUTES: str(row.minutes),
        Column.CASE: row.label,
        Column.QUESTION: row.asked or _("No question written"),
        Column.PRESENTER: row.presenter or _("Not named"),
        Column.READY: summary(row.lights),
    }[column]


def cell_tip(row: AgendaRow, column: Column) -> str:
    """Return all of what a cell may have cut short."""
    if column is Column.READY:
        return "\n".join(light_line(light) for light in row.lights or ())
    if column is Column.CASE:
        away = _("Archived: a talk passes over it.") if row.archived else ""
        return "\n".join(part for part in (row.detail, row.reading, away) if part)
    return cell_words(row, column)


def is_said(row: AgendaRow, column: Column) -> bool:
    """Whether the words of a cell were written by a person, or say that nothing was."""
    said = {Column.QUESTION: row.asked, Column.PRESENTER: row.presenter}
    return bool(said.get(column, "x"))
