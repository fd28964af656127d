"""The list of cases: any number of them; only the lines in sight are read and painted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QItemSelectionModel,
    QMimeData,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import (
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from tumorboard.language import _
from tumorboard.text import sided, tip
from tumorboard.ui.shell.case_words import CaseLine
from tumorboard.ui.shell.mime import CASES_MIME
from tumorboard.ui.shell.theme import colour, scaled, text_font

_Index = QModelIndex | QPersistentModelIndex
#: Lines read from the store at a time.
_PAGE: Final = 60
_LINE: Final = Qt.ItemDataRole.UserRole
_HEIGHT: Final = 46
#: Of a case that also says who it is.
_NAMED_HEIGHT: Final = 64
_ROLES: Final = (
    _LINE,
    Qt.ItemDataRole.DisplayRole,
    Qt.ItemDataRole.AccessibleTextRole,
    Qt.ItemDataRole.ToolTipRole,
)


class CaseModel(QAbstractListModel):
    """The cases by their UIDs; ``read`` gives the lines of some of them, in any order."""

    def __init__(self, read: Callable[[Sequence[str]], Sequence[CaseLine]]) -> None:
        super().__init__()
        self._read = read
        self._uids: tuple[str, ...] = ()
        self._lines: dict[str, CaseLine] = {}

    @property
    def uids(self) -> tuple[str, ...]:
        """The UIDs of all cases in the list."""
        return self._uids

    def set_uids(self, uids: Sequence[str]) -> None:
        """List these cases; their lines are read when they come into sight."""
        self.beginResetModel()
        self._uids = tuple(uids)
        self._lines.clear()
        self.endResetModel()

    def rowCount(self, parent: _Index | None = None) -> int:  # noqa: N802 - a name of Qt
        """Return the number of cases."""
        return 0 if parent is not None and parent.isValid() else len(self._uids)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the line of a case, or its words."""
        if not 0 <= index.row() < len(self._uids):
            return None
        if role not in _ROLES:
            return None
        row = index.row()
        uid = self._uids[row]
        if uid not in self._lines:
            start = row - row % _PAGE
            page = self._uids[start : start + _PAGE]
            self._lines.update({line.uid: line for line in self._read(page)})
        line = self._lines.get(uid)
        if role == _LINE:
            return line
        if line is None:
            return ""
        who = tuple(part for part in (line.name, line.study) if part)
        said = ", ".join((line.label, *who, line.detail))
        if role == Qt.ItemDataRole.ToolTipRole:
            told = (line.label, *who, line.detail, line.reading)
            return tip("\n".join(part for part in told if part))
        reads = role == Qt.ItemDataRole.AccessibleTextRole and line.reading
        return f"{said}, {line.reading}" if reads else said

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """Let cases be dragged, onto the agenda of a meeting."""
        return super().flags(index) | Qt.ItemFlag.ItemIsDragEnabled

    def mimeTypes(self) -> list[str]:  # noqa: N802 - a name of Qt
        """Return what is dragged: cases, as nobody but this program reads them."""
        return [CASES_MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:  # noqa: N802 - a name of Qt
        """Return the UIDs of the cases in the order of the list; no name leaves with them."""
        rows = sorted({index.row() for index in indexes})
        data = QMimeData()
        data.setData(CASES_MIME, "\n".join(self._uids[row] for row in rows).encode())
        return data


class _CaseDelegate(QStyledItemDelegate):
    """Paints a case in two lines: its label, and what is known of it in dim letters.

    Where it is shown who it is, the name stands beside the label and a line is between.
    """

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:  # noqa: N802 - a name of Qt
        """Return the height of a line."""
        del option
        line: CaseLine | None = index.data(_LINE)
        named = line is not None and line.study
        return QSize(10, scaled(_NAMED_HEIGHT if named else _HEIGHT))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Paint the line of a case."""
        line: CaseLine | None = index.data(_LINE)
        if line is None:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box: QRect = option.rect.adjusted(1, 1, -1, -1)
        state = option.state
        if state & QStyle.StateFlag.State_Selected:
            painter.setPen(QPen(colour("accent"), 1.0))
            painter.setBrush(colour("accent_bg"))
            painter.drawRoundedRect(box, 6, 6)
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour("raised"))
            painter.drawRoundedRect(box, 6, 6)
        room = box.adjusted(8, 5, -8, -5)
        title = " · ".join(part for part in (line.label, line.name) if part)
        self._write(painter, room, title, "text", Qt.AlignmentFlag.AlignTop)
        if line.study:
            self._write(painter, room, line.study, "dim", Qt.AlignmentFlag.AlignVCenter)
        self._write(painter, room, line.detail, "dim", Qt.AlignmentFlag.AlignBottom)
        painter.restore()

    @staticmethod
    def _write(
        painter: QPainter, room: QRect, text: str, ink: str, where: Qt.AlignmentFlag
    ) -> None:
        font = text_font()
        painter.setFont(font)
        painter.setPen(colour(ink))
        elided = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, where | Qt.AlignmentFlag.AlignLeft, sided(elided))


class CaseList(QTableView):
    """Cases in two or three lines each; a click or Enter chooses one.

    A table of one column: unlike a list it lays out any number of rows at once.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cases = CaseModel(lambda _uids: ())
        self.setModel(self.cases)
        self.setItemDelegate(_CaseDelegate(self))
        rows, heads = self.verticalHeader(), self.horizontalHeader()
        rows.hide()
        self._named = False
        rows.setDefaultSectionSize(scaled(_HEIGHT))
        heads.hide()
        heads.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.setMouseTracking(True)
        self.setDragDropMode(QTableView.DragDropMode.DragOnly)
        self.setAccessibleName(_("Cases"))
        self.setEditTriggers(QTableView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        self.setSelectionMode(QTableView.SelectionMode.ExtendedSelection)
        self.clicked.connect(lambda index: self._clicked(index.row()))
        self.activated.connect(lambda index: self._choose(index.row()))

    def set_source(self, read: Callable[[Sequence[str]], Sequence[CaseLine]]) -> None:
        """Read the lines of cases with this from now on."""
        self.cases = CaseModel(read)
        self.setModel(self.cases)

    def show_identity(self, *, shown: bool) -> None:
        """Give each case room for a line more, and read the lines anew."""
        self._named = shown
        self._fit()
        self.cases.set_uids(self.cases.uids)

    def _fit(self) -> None:
        height = scaled(_NAMED_HEIGHT if self._named else _HEIGHT)
        self.verticalHeader().setDefaultSectionSize(height)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - a name of Qt
        """Be as high as letters of another size need."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self._fit()

    def selected_uids(self) -> list[str]:
        """Return the chosen cases in the order of the list."""
        rows = sorted(index.row() for index in self.selectedIndexes())
        return [self.cases.uids[row] for row in rows]

    def count(self) -> int:
        """Return how many cases are listed."""
        return self.cases.rowCount()

    def set_uids(self, uids: Sequence[str]) -> None:
        """List these cases."""
        self.cases.set_uids(uids)

    def mark(self, uid: str) -> None:
        """Select a case without choosing it; none when it is not listed."""
        if uid in self.cases.uids:
            self._select(self.cases.uids.index(uid))
        else:
            self.clearSelection()
            self.setCurrentIndex(QModelIndex())

    def step(self, step: int) -> None:
        """Choose the case before or after the current one."""
        here = self.currentIndex().row()
        count = self.count()
        first = 0 if step > 0 else count - 1
        there = first if here < 0 else min(max(here + step, 0), count - 1)
        if count and there != here:
            self._select(there)
            self._choose(there)

    def _select(self, row: int) -> None:
        """Select a row alone, also while Ctrl is held, with which Qt would switch it over."""
        how = QItemSelectionModel.SelectionFlag.ClearAndSelect
        self.selectionModel().setCurrentIndex(self.cases.index(row), how)

    def _clicked(self, row: int) -> None:
        """Open a case; a click that adds to the choice opens nothing."""
        if len(self.selectedIndexes()) == 1:
            self._choose(row)

    def _choose(self, row: int) -> None:
        if 0 <= row < self.count():
            self.chosen.emit(self.cases.uids[row])
