"""The table of the agenda: rows are dragged or moved by keys, cells are edited in place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QTextLayout,
)
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QApplication,
    QCompleter,
    QHeaderView,
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from tumorboard.language import _
from tumorboard.text import sided
from tumorboard.ui.meeting.agenda_model import (
    MINUTES,
    ROW,
    AgendaModel,
    AgendaRow,
    Column,
    cell_words,
    is_said,
)
from tumorboard.ui.meeting.drop import cases_in
from tumorboard.ui.meeting.lights import paint_lights, summary
from tumorboard.ui.shell.number_field import WholeNumberField
from tumorboard.ui.shell.theme import colour, scaled, text_font

_Index = QModelIndex | QPersistentModelIndex
_HEIGHT: Final = 48
_PAD: Final = 8
_WIDTHS: Final = {
    Column.TIME: 66,
    Column.MINUTES: 58,
    Column.CASE: 176,
    Column.PRESENTER: 140,
    Column.READY: 200,
}
#: The least width of the question.
_QUESTION: Final = 150
_MODIFIER, _KEY = Qt.KeyboardModifier, Qt.Key


class AgendaDelegate(QStyledItemDelegate):
    """Paints the cells and makes their editors."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.people: tuple[str, ...] = ()

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:  # noqa: N802 - a name of Qt
        """Return room for two lines."""
        del option, index
        return QSize(40, scaled(_HEIGHT))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Paint a cell."""
        row: AgendaRow | None = index.data(ROW)
        if row is None:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box: QRect = option.rect
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, colour("accent_bg"))
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(colour("accent"), 1))
            painter.drawRect(box.adjusted(0, 0, -1, -2))
        painter.setPen(QPen(colour("line"), 1))
        painter.drawLine(box.bottomLeft(), box.bottomRight())
        room = box.adjusted(_PAD, 4, -_PAD, -5)
        column = Column(index.column())
        if column is Column.READY:
            end = room.left()
            if row.lights is not None:
                end = int(paint_lights(painter, room.left(), room.center().y() + 1, row.lights))
            beside = QRect(end + 4, room.top(), room.right() - end - 4, room.height())
            _write(painter, beside, summary(row.lights), "dim")
        elif column is Column.CASE:
            half = room.height() // 2
            _write(painter, QRect(room.left(), room.top(), room.width(), half), row.label, "text")
            below = QRect(room.left(), room.top() + half, room.width(), half)
            parts = (row.standing, row.detail)
            _write(painter, below, " · ".join(p for p in parts if p), "dim")
        else:
            ink = "text" if is_said(row, column) else "dim"
            _write_wrapped(painter, room, cell_words(row, column), ink)
        painter.restore()

    def createEditor(  # noqa: N802 - a name of Qt
        self, parent: QWidget, option: QStyleOptionViewItem, index: _Index
    ) -> QWidget:
        """Return the editor of a cell."""
        del option
        if index.column() == Column.MINUTES:
            box = WholeNumberField(parent)
            box.setRange(*MINUTES)
            box.setAccessibleName(_("Minutes planned"))
            return box
        line = QLineEdit(parent)
        line.setAccessibleName(cell_words(index.data(ROW), Column.CASE))
        if index.column() == Column.PRESENTER:
            names = QCompleter(list(self.people), line)
            names.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
            line.setCompleter(names)
        else:
            line.setPlaceholderText(index.data(ROW).case_question)
        return line

    def updateEditorGeometry(  # noqa: N802 - a name of Qt
        self, editor: QWidget, option: QStyleOptionViewItem, index: _Index
    ) -> None:
        """Let the editor fill the cell."""
        del index
        editor.setGeometry(option.rect.adjusted(0, 6, 0, -7))


def _write(painter: QPainter, room: QRect, text: str, ink: str) -> None:
    font = text_font()
    painter.setFont(font)
    painter.setPen(colour(ink))
    elided = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, room.width())
    painter.drawText(
        room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, sided(elided)
    )


def _write_wrapped(painter: QPainter, room: QRect, text: str, ink: str) -> None:
    """Write at most two lines; what does not fit the second ends in an ellipsis."""
    # What of a text fits into one line, broken between words.
    width = room.width()
    layout = QTextLayout(text, text_font())
    layout.beginLayout()
    line = layout.createLine()
    line.setLineWidth(width)
    layout.endLayout()
    first = text[: line.textLength()]
    if len(first) >= len(text):
        _write(painter, room, text, ink)
        return
    half = room.height() // 2
    _write(painter, QRect(room.left(), room.top(), room.width(), half), first, ink)
    below = QRect(room.left(), room.top() + half, room.width(), half)
    _write(painter, below, text[len(first) :].strip(), ink)


class AgendaView(QTableView):
    """The agenda.

    ``moved`` carries a case and its new place, ``dropped`` cases from the list and the place
    before which they fell, ``removed`` a case, ``opened`` a case to show, ``selected`` the
    case that the keys are on, empty without.
    """

    moved = Signal(str, int)
    dropped = Signal(object, int)
    removed = Signal(str)
    opened = Signal(str)
    selected = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.agenda = AgendaModel()
        self.setModel(self.agenda)
        self._cells = AgendaDelegate(self)
        self.setItemDelegate(self._cells)
        self.setAccessibleName(_("Agenda"))
        self.setProperty("role", "agenda")
        self._press: QPoint | None = None
        self._dragged = ""
        self._drop = -1
        self._waiting: tuple[tuple[AgendaRow, ...], tuple[str, ...]] | None = None
        self.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        self.setEditTriggers(QTableView.EditTrigger.DoubleClicked)
        self.setProperty("renames", True)  # by F2, see app/key_owner.py
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAcceptDrops(True)
        rows, heads = self.verticalHeader(), self.horizontalHeader()
        rows.hide()
        heads.setHighlightSections(False)
        heads.setTextElideMode(Qt.TextElideMode.ElideRight)
        heads.setSectionsClickable(False)
        for column in Column:
            if column in _WIDTHS:
                heads.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
        heads.setSectionResizeMode(Column.QUESTION, QHeaderView.ResizeMode.Stretch)
        self._fit()
        self.activated.connect(lambda index: self._open(index.row()))
        self.selectionModel().currentChanged.connect(lambda *__: self._tell())
        self.agenda.modelReset.connect(self._tell)

    def _fit(self) -> None:
        """Give rows and columns the room of the letters; the question keeps what is left."""
        self.verticalHeader().setDefaultSectionSize(scaled(_HEIGHT))
        metrics = QFontMetrics(text_font())
        times = {
            column: max(_WIDTHS[column], metrics.horizontalAdvance(widest) + 3 * _PAD)
            for column, widest in ((Column.TIME, "00:00"), (Column.MINUTES, "000"))
        }
        others = {column: w for column, w in _WIDTHS.items() if column not in times}
        room = self.viewport().width() - sum(times.values()) - _QUESTION
        share = max(0.5, min(room / sum(others.values()), scaled(1000) / 1000))
        for column, width in {**times, **{c: int(w * share) for c, w in others.items()}}.items():
            self.setColumnWidth(column, width)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - a name of Qt
        """Share the width anew."""
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - a name of Qt
        """Share the room anew with letters of another size."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self._fit()

    @property
    def case_uid(self) -> str:
        """The case that the keys are on, empty without."""
        row = self.currentIndex().row()
        return self.agenda.rows[row].case_uid if 0 <= row < len(self.agenda.rows) else ""

    def show_rows(self, rows: Sequence[AgendaRow], people: Sequence[str]) -> None:
        """Show the cases; the one that the keys were on keeps them, wherever it stands now.

        While a cell is edited nothing moves: they show when the editor is closed.
        """
        if self.state() == QAbstractItemView.State.EditingState:
            self._waiting = (tuple(rows), tuple(people))
            return
        self._cells.people = tuple(people)
        column = max(self.currentIndex().column(), Column.CASE)
        held, place = self.case_uid, self.currentIndex().row()
        self.agenda.set_rows(rows)
        there = self.agenda.place_of(held) if held else -1
        if there < 0:
            there = min(max(place, 0), len(rows) - 1)
        if rows:
            self.setCurrentIndex(self.agenda.index(there, column))

    def closeEditor(  # noqa: N802 - a name of Qt
        self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint
    ) -> None:
        """Show what came in while the cell was edited."""
        super().closeEditor(editor, hint)
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            self.show_rows(*waiting)

    def go_to(self, case_uid: str, column: Column = Column.CASE) -> None:
        """Put the keys on a case."""
        place = self.agenda.place_of(case_uid)
        if place >= 0:
            self.setCurrentIndex(self.agenda.index(place, column))

    def edit_cell(self, case_uid: str, column: Column) -> None:
        """Begin to edit a cell."""
        self.go_to(case_uid, column)
        self.setFocus()
        self.edit(self.currentIndex())

    # -- keys ----------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """Leave Esc to the window while no row is dragged; the table would keep it."""
        overrides = event.type() == QEvent.Type.ShortcutOverride and not self._dragged
        if overrides and isinstance(event, QKeyEvent) and event.key() == _KEY.Key_Escape:
            event.ignore()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - a name of Qt
        """Move, edit, remove or open the case that the keys are on."""
        index = self.currentIndex()
        if self.state() == QAbstractItemView.State.EditingState:
            event.accept()  # what an editor passed on after it has taken it
        elif not index.isValid():
            super().keyPressEvent(event)
        elif _is_move(event):
            place = index.row() + (-1 if event.key() == _KEY.Key_Up else 1)
            if 0 <= place < len(self.agenda.rows):
                self.moved.emit(self.case_uid, place)
        elif event.key() == _KEY.Key_F2:
            editable = index.flags() & Qt.ItemFlag.ItemIsEditable
            self.edit(index if editable else index.siblingAtColumn(Column.QUESTION))
        elif event.key() == _KEY.Key_Delete:
            self.removed.emit(self.case_uid)
        elif event.key() in (_KEY.Key_Return, _KEY.Key_Enter):
            self._open(index.row())
        elif event.key() == _KEY.Key_Escape and self._dragged:
            self._end_drag()
        else:
            super().keyPressEvent(event)

    def _open(self, row: int) -> None:
        if 0 <= row < len(self.agenda.rows):
            self.opened.emit(self.agenda.rows[row].case_uid)

    def _tell(self) -> None:
        self.selected.emit(self.case_uid)

    # -- dragging ------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - a name of Qt
        """Note where a drag may begin."""
        super().mousePressEvent(event)
        if event.button() is Qt.MouseButton.LeftButton:
            self._press = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - a name of Qt
        """Drag the row that was pressed."""
        here = event.position().toPoint()
        if self._press is None or not event.buttons() & Qt.MouseButton.LeftButton:
            super().mouseMoveEvent(event)
            return
        far = (here - self._press).manhattanLength() >= QApplication.startDragDistance()
        if not self._dragged and far and self.state() != QAbstractItemView.State.EditingState:
            row = self.rowAt(self._press.y())
            self._dragged = self.agenda.rows[row].case_uid if row >= 0 else ""
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        if self._dragged:
            self._scroll_at(here.y())
            self._drop = self._gap_at(here.y())
            self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - a name of Qt
        """Put the dragged row where the line stands."""
        uid, gap = self._dragged, self._drop
        self._end_drag()
        super().mouseReleaseEvent(event)
        if uid and gap >= 0:
            was = self.agenda.place_of(uid)
            place = gap - 1 if gap > was else gap
            if place != was:
                self.moved.emit(uid, place)

    def _end_drag(self) -> None:
        self._press, self._dragged, self._drop = None, "", -1
        self.unsetCursor()
        self.viewport().update()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 - a name of Qt
        """Take cases of the list."""
        self.dragMoveEvent(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:  # noqa: N802 - a name of Qt
        """Show where the cases would land."""
        if not cases_in(event.mimeData()):
            event.ignore()
            return
        here = round(event.position().y())
        self._scroll_at(here)
        self._drop = self._gap_at(here)
        self.viewport().update()
        event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:  # noqa: N802 - a name of Qt
        """Show no place any more."""
        del event
        self._end_drag()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 - a name of Qt
        """Ask for the cases at the place where they fell."""
        uids, place = cases_in(event.mimeData()), self._gap_at(round(event.position().y()))
        self._end_drag()
        if uids:
            event.acceptProposedAction()
            self.dropped.emit(uids, place)

    def _gap_at(self, y: int) -> int:
        """Return before which row a drop would land."""
        row = self.rowAt(y)
        if row < 0:
            return len(self.agenda.rows) if y > 0 else 0
        top, height = self.rowViewportPosition(row), self.rowHeight(row)
        return row + (y > top + height / 2)

    def _scroll_at(self, y: int) -> None:
        bar = self.verticalScrollBar()
        if y < _PAD:
            bar.setValue(bar.value() - _HEIGHT // 4)
        elif y > self.viewport().height() - _PAD:
            bar.setValue(bar.value() + _HEIGHT // 4)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - a name of Qt
        """Paint the table and, while a row is dragged, where it would land."""
        super().paintEvent(event)
        if self._drop < 0:
            return
        last = len(self.agenda.rows) - 1
        row = min(self._drop, last)
        y = self.rowViewportPosition(row) + (self.rowHeight(row) if self._drop > last else 0)
        painter = QPainter(self.viewport())
        painter.setPen(QPen(colour("accent"), 2))
        painter.drawLine(0, max(y, 1), self.viewport().width(), max(y, 1))
        painter.end()


def _is_move(event: QKeyEvent) -> bool:
    arrows = (_KEY.Key_Up, _KEY.Key_Down)
    return event.key() in arrows and event.modifiers() & ~_MODIFIER.KeypadModifier == (
        _MODIFIER.AltModifier
    )
