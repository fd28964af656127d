"""The tree of elements as a view of Qt asks for it."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont

from tumorboard.language import _
from tumorboard.text import sided, tip
from tumorboard.ui.tags.rows import ROOT, TagTree, tag_tree

HEADS: Final = (_("Tag"), "VR", _("Name"), _("Value"))
_VALUE: Final = 3
_NONE: Final = QModelIndex()
Index = QModelIndex | QPersistentModelIndex


class TagModel(QAbstractItemModel):
    """Answers from a `TagTree`; hits of a search are bold and begin with a mark."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.tree = tag_tree(())
        self._hits: frozenset[int] = frozenset()
        self._bold = QFont()
        self._bold.setBold(True)

    def set_tree(self, tree: TagTree) -> None:
        """Show other rows."""
        self.beginResetModel()
        self.tree, self._hits = tree, frozenset(tree.hits)
        self.endResetModel()

    def index_of(self, row: int) -> QModelIndex:
        """Return the index of a row, an invalid one where it is not shown."""
        place = self.tree.places[row] if 0 <= row < len(self.tree.rows) else None
        return _NONE if place is None else self.createIndex(place, 0, row)

    def row_of(self, index: Index) -> int:
        """Return the row behind an index, `ROOT` for none."""
        return int(index.internalId()) if index.isValid() else ROOT

    def index(self, row: int, column: int, parent: Index = _NONE) -> QModelIndex:
        """Return the index of a child."""
        below = self.tree.children.get(self.row_of(parent), [])
        if 0 <= row < len(below) and 0 <= column < len(HEADS):
            return self.createIndex(row, column, below[row])
        return QModelIndex()

    def parent(self, index: Index = _NONE) -> Any:
        """Return the index of the row above."""
        return self.index_of(self.tree.parents[self.row_of(index)]) if index.isValid() else _NONE

    def rowCount(self, parent: Index = _NONE) -> int:  # noqa: N802 - a name of Qt
        """Return how many rows stand below one."""
        if parent.isValid() and parent.column() > 0:
            return 0
        return len(self.tree.children.get(self.row_of(parent), []))

    def columnCount(self, _parent: Index = _NONE) -> int:  # noqa: N802 - a name of Qt
        """Return how many columns there are."""
        return len(HEADS)

    def headerData(  # noqa: N802 - a name of Qt
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Return the head of a column."""
        if role == Qt.ItemDataRole.DisplayRole and orientation is Qt.Orientation.Horizontal:
            return HEADS[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the words of a cell."""
        if not index.isValid():
            return None
        number = self.row_of(index)
        if role == Qt.ItemDataRole.FontRole and number in self._hits:
            return self._bold
        row = self.tree.rows[number]
        if role == Qt.ItemDataRole.ToolTipRole and index.column() == _VALUE:
            return tip(row.value)
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if index.column() == 0:
            return f"• {row.tag}" if number in self._hits and row.tag else row.tag or row.name
        if index.column() == 1:
            return row.vr
        if index.column() == 2:
            name = row.keyword or row.name if row.tag else ""
            return f"{name} [{row.creator}]" if row.creator else name
        return sided(row.value)
