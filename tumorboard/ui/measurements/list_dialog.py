"""The window of all measurements: sorted by any column, filtered, exported, copied."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from tumorboard.case.measurement_list import Column, ListedMeasurement
from tumorboard.language import _, ngettext
from tumorboard.text import sided, tip
from tumorboard.ui.shell.parts import words

_NONE: Final = QModelIndex()
Index = QModelIndex | QPersistentModelIndex
_COLUMNS: Final = tuple(Column)
_VALUE: Final = Qt.ItemDataRole.UserRole
_WIDTH, _HEIGHT, _OF_SCREEN = 1240, 620, 0.9
#: No column opens wider than this; the rest of a long text is in its tip.
_WIDEST: Final = 260


class MeasurementModel(QAbstractTableModel):
    """Answers from the listed measurements."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: Sequence[ListedMeasurement] = ()

    def set_rows(self, rows: Sequence[ListedMeasurement]) -> None:
        """Show other measurements."""
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: Index = _NONE) -> int:  # noqa: N802 - a name of Qt
        """Return how many measurements there are."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = _NONE) -> int:  # noqa: N802 - a name of Qt
        """Return how many columns there are."""
        return 0 if parent.isValid() else len(_COLUMNS)

    def headerData(  # noqa: N802 - a name of Qt
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Return the head of a column."""
        if role == Qt.ItemDataRole.DisplayRole and orientation is Qt.Orientation.Horizontal:
            return _COLUMNS[section].words
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a cell: its words, its tip, its side, or by `_VALUE` what it is sorted by."""
        row, column = self.rows[index.row()], _COLUMNS[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return sided(row.text(column))
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(row.text(column))
        if role == Qt.ItemDataRole.TextAlignmentRole and column.is_number:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return sort_key(row, column) if role == _VALUE else None


def sort_key(row: ListedMeasurement, column: Column) -> tuple[float, str] | None:
    """Return what a cell is sorted by: its number, else its words; None for an empty one."""
    if column.is_number:
        value = row.numbers.get(column)
        return None if value is None else (value, "")
    text = row.text(column)
    if not text:
        return None
    first = text.replace(",", " ").partition(" ")[0]
    if column in (Column.SLICE, Column.INSTANCE) and first.isdigit():
        return float(first), text
    return 0.0, text.casefold()


class _Sorted(QSortFilterProxyModel):
    """Sorts by values, empty cells last either way, and keeps rows with all words of a filter."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._wanted: list[str] = []

    def keep(self, text: str) -> None:
        """Keep the rows in which each of these words stands."""
        self._wanted = text.casefold().split()
        self.invalidate()

    def lessThan(self, left: Index, right: Index) -> bool:  # noqa: N802 - a name of Qt
        """Compare two cells of a column."""
        one, other = left.data(_VALUE), right.data(_VALUE)
        if one is None or other is None:
            is_down = self.sortOrder() is Qt.SortOrder.DescendingOrder
            return (one is None) is is_down and one is not other
        return bool(tuple(one) < tuple(other))

    def filterAcceptsRow(self, number: int, parent: Index) -> bool:  # noqa: N802 - a name of Qt
        """Whether each word of the filter stands somewhere in a row."""
        del parent
        model = self.sourceModel()
        row = model.rows[number] if isinstance(model, MeasurementModel) else None
        text = "\n".join(row.text(column) for column in _COLUMNS).casefold() if row else ""
        return all(word in text for word in self._wanted)


class _Table(QTableView):
    """The table; Ctrl+C copies, Enter goes to the picture."""

    copy_requested = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - a name of Qt
        """Copy the marked rows."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_requested.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.activated.emit(self.currentIndex())
        else:
            super().keyPressEvent(event)


class MeasurementListDialog(QDialog):
    """Stands beside the images.

    ``jump_requested`` names what was drawn, ``export_requested`` and ``copy_requested`` carry
    rows in the order in which they stand.
    """

    jump_requested = Signal(str)
    export_requested = Signal(object)
    copy_requested = Signal(object)
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Measurements"))
        room = self.screen().availableGeometry()
        width, height = round(_OF_SCREEN * room.width()), round(_OF_SCREEN * room.height())
        self.resize(min(_WIDTH, width), min(_HEIGHT, height))
        self.model = MeasurementModel(self)
        self._sorted = _Sorted(self)
        self._sorted.setSourceModel(self.model)
        self.field = QLineEdit()
        self.field.setPlaceholderText(_("Filter: lesion, kind, series, caveat …"))
        self.field.setAccessibleName(_("Filter measurements"))
        self.field.setClearButtonEnabled(True)
        self.count = words("", "dim", wrap=False)
        self.note = words("", "dim")
        self.table = _Table()
        self.table.setModel(self._sorted)
        self.table.setAccessibleName(_("Measurements"))
        self.table.setSortingEnabled(True)
        self.table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setTabKeyNavigation(False)
        self.table.verticalHeader().hide()
        self.table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        self.table.setShowGrid(False)
        self.copy, self.export = QPushButton(_("Copy")), QPushButton(_("Export…"))
        self.copy.setToolTip(_("The marked rows, or all that are shown, as a table (Ctrl+C)"))
        self.export.setToolTip(_("The rows that are shown, in their order, as CSV or XLSX"))
        self._lay_out()
        self.field.textChanged.connect(self._filter)
        self.table.copy_requested.connect(self._copy)
        self.table.doubleClicked.connect(self._jump)
        self.table.activated.connect(self._jump)
        self.copy.clicked.connect(self._copy)
        self.export.clicked.connect(lambda: self.export_requested.emit(self.shown))
        QShortcut(QKeySequence.StandardKey.Find, self, self.field.setFocus)

    def _lay_out(self) -> None:
        top, foot = QHBoxLayout(), QHBoxLayout()
        top.addWidget(self.field, 1)
        top.addWidget(self.count)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.close)
        for button in (self.export, self.copy):
            button.setAutoDefault(False)
            foot.addWidget(button)
        foot.addWidget(self.note, 1)
        foot.addWidget(buttons)
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.addLayout(top)
        layout.addWidget(self.table, 1)
        layout.addLayout(foot)

    @property
    def shown(self) -> tuple[ListedMeasurement, ...]:
        """The rows that the filter keeps, in the order in which they stand."""
        return tuple(self._row(n) for n in range(self._sorted.rowCount()))

    @property
    def marked(self) -> tuple[ListedMeasurement, ...]:
        """The marked rows in their order."""
        # Qt calls no row selected of which a column is hidden.
        found = {index.row() for index in self.table.selectedIndexes()}
        return tuple(map(self._row, sorted(found)))

    def _row(self, number: int) -> ListedMeasurement:
        source = self._sorted.mapToSource(self._sorted.index(number, 0))
        return self.model.rows[source.row()]

    def show_rows(self, rows: Sequence[ListedMeasurement], proposed: int) -> None:
        """Show these measurements; columns that none of them has are hidden."""
        marked = {row.uid for row in self.marked}
        self.model.set_rows(rows)
        for number, column in enumerate(_COLUMNS):
            self.table.setColumnHidden(number, bool(rows) and not any(r.text(column) for r in rows))
        self.table.resizeColumnsToContents()
        for number in range(len(_COLUMNS)):
            if self.table.columnWidth(number) > _WIDEST:
                self.table.setColumnWidth(number, _WIDEST)
        flags = QItemSelectionModel.SelectionFlag
        for number, row in enumerate(self.shown):
            if row.uid in marked:
                index = self._sorted.index(number, 0)
                self.table.selectionModel().select(index, flags.Select | flags.Rows)
        told = ngettext(
            "{count} proposed measurement is not listed until accepted.",
            "{count} proposed measurements are not listed until accepted.",
            proposed,
        )
        self.note.setText(told if proposed else "")
        self._tell_count()

    def _filter(self, text: str) -> None:
        self._sorted.keep(text)
        self._tell_count()

    def _tell_count(self) -> None:
        shown, total = self._sorted.rowCount(), len(self.model.rows)
        every = ngettext("{count} measurement", "{count} measurements", total)
        some = _("{shown} of {all}", shown=shown, all=every)
        self.count.setText(every if shown == total else some)
        self.export.setEnabled(shown > 0)
        self.copy.setEnabled(shown > 0)

    def _jump(self, index: QModelIndex) -> None:
        if index.isValid():
            self.jump_requested.emit(self._row(index.row()).uid)

    def _copy(self) -> None:
        rows = self.marked or self.shown
        if rows:
            self.copy_requested.emit(rows)

    def done(self, result: int) -> None:
        """Tell that the list is no longer needed."""
        super().done(result)
        self.closed.emit()
