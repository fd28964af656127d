"""A table of things about cases below their figures: as text, however many there are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from tumorboard.language import _
from tumorboard.reports.figures import CaseLine
from tumorboard.text import sided, tip
from tumorboard.ui.meeting.rows import day_words
from tumorboard.ui.shell.theme import scaled

_Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole
_NOWHERE: Final = QModelIndex()
_HEADS: Final = (_("Day"), _("Case"), _("What"), _("Reason"))
#: Rows shown at once, height of one and widths of the first columns (px).
_MOST_ROWS, _ROW_PX, _DAY_PX, _CASE_PX = 8, 26, 128, 128


class LinesModel(QAbstractTableModel):
    """One line a row; read only."""

    def __init__(self, lines: Sequence[CaseLine]) -> None:
        super().__init__()
        self._lines = lines

    def rowCount(self, parent: _Index = _NOWHERE) -> int:  # noqa: N802 - a name of Qt
        """Return how many lines there are."""
        return 0 if parent.isValid() else len(self._lines)

    def columnCount(self, parent: _Index = _NOWHERE) -> int:  # noqa: N802 - a name of Qt
        """Return how many columns there are."""
        return 0 if parent.isValid() else len(_HEADS)

    def headerData(  # noqa: N802 - a name of Qt
        self, section: int, orientation: Qt.Orientation, role: int = _Role.DisplayRole
    ) -> Any:
        """Return the head of a column."""
        shown = orientation is Qt.Orientation.Horizontal and role == _Role.DisplayRole
        return _HEADS[section] if shown else None

    def data(self, index: _Index, role: int = _Role.DisplayRole) -> Any:
        """Return a cell as one line of text; its tip has all of it."""
        if role not in (_Role.DisplayRole, _Role.ToolTipRole):
            return None
        line = self._lines[index.row()]
        cells = (day_words(line.day), line.case, line.what, line.words)
        text = cells[index.column()]
        return sided(text) if role == _Role.DisplayRole else tip(text)


class LinesTable(QTableView):
    """Shows the lines, a few rows high; the keys of a list move in it."""

    def __init__(self, title: str, lines: Sequence[CaseLine]) -> None:
        super().__init__()
        self.setAccessibleName(title)
        self._model = LinesModel(lines)  # the view does not keep it
        self.setModel(self._model)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(scaled(_ROW_PX))
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        header = self.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        for column, width in enumerate((scaled(_DAY_PX), scaled(_CASE_PX))):
            self.setColumnWidth(column, width)
        for column in (2, 3):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
        rows = min(len(lines), _MOST_ROWS)
        self.setFixedHeight(
            header.sizeHint().height() + rows * scaled(_ROW_PX) + 2 * self.frameWidth()
        )
