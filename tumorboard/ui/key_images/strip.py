"""A strip of the views that were kept: a click shows one, a drag reorders them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from tumorboard.language import _
from tumorboard.text import sided, tip
from tumorboard.ui.shell.theme import colour, scaled, small_px, text_font

#: Logical pixels of a preview; its caption stands below, in full.
PREVIEW = (112, 76)
_GAP = 6
#: A caption that takes more than so many lines makes its place wider, up to so many pixels.
_LINES = 2
_WIDEST = 264
_WIDER = 24
#: Room for the bar by which the strip is scrolled.
_BAR = 18
_FLAGS = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap)

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)
class KeyRow:
    """A kept view in the strip."""

    uid: str
    caption: str
    by: str = ""


class _Delegate(QStyledItemDelegate):
    """Paints a preview with its number and caption; all have the same room."""

    def __init__(self, strip: KeyStrip) -> None:
        super().__init__(strip)
        self._strip = strip

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802
        """Return the room of one view: its picture and its whole caption."""
        del option, index
        width, height = self._strip.caption_room
        return QSize(width + 2 * _GAP, PREVIEW[1] + height + 2 * _GAP + 2)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one view."""
        state = option.state
        box: QRect = option.rect.adjusted(_GAP, _GAP, -_GAP, -_GAP)
        picture = index.data(Qt.ItemDataRole.DecorationRole)
        frame = QRect(box.left(), box.top(), PREVIEW[0], PREVIEW[1])
        painter.fillRect(frame, Qt.GlobalColor.black)
        if isinstance(picture, QPixmap):
            painter.drawPixmap(frame, picture)
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        painter.setPen(colour("accent" if chosen else "line"))
        painter.drawRect(frame.adjusted(0, 0, -1, -1))
        painter.setFont(text_font(small_px(), bold=chosen))
        painter.setPen(colour("text"))
        below = QRect(box.left(), frame.bottom() + 2, box.width(), box.bottom() - frame.bottom())
        caption = f"{index.row() + 1}  {index.data(Qt.ItemDataRole.DisplayRole)}"
        painter.drawText(below, _FLAGS, sided(caption))

    def updateEditorGeometry(  # noqa: N802 - a name of Qt
        self, editor: QWidget, option: QStyleOptionViewItem, index: Index
    ) -> None:
        """Edit the caption where it stands."""
        del index
        box: QRect = option.rect.adjusted(2, 0, -2, -2)
        editor.setGeometry(box.left(), box.bottom() - scaled(26), box.width(), scaled(26))

    def setModelData(  # noqa: N802 - a name of Qt
        self, editor: QWidget, model: QAbstractItemModel, index: Index
    ) -> None:
        """Take a caption of plain words."""
        if isinstance(editor, QLineEdit) and editor.text().strip():
            model.setData(index, " ".join(editor.text().split()))


class KeyStrip(QListWidget):
    """The kept views of a case in their order.

    ``shown`` carries the UID of the view to show, ``moved`` a UID and its new place,
    ``renamed`` a UID and the new caption, ``deleted`` a UID.
    """

    shown = Signal(str)
    moved = Signal(str, int)
    renamed = Signal(str, str)
    deleted = Signal(str)
    #: So many views are kept now.
    counted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        #: Width and height (px) of each caption.
        self.caption_room = (PREVIEW[0], 0)
        self._count = 0
        self.setAccessibleName(_("Key images"))
        self.setProperty("renames", True)  # by F2, see app/key_owner.py
        self.setFlow(QListWidget.Flow.LeftToRight)
        self.setWrapping(False)
        self.setItemDelegate(_Delegate(self))
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._fit()
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._menu)
        self.itemClicked.connect(lambda item: self.shown.emit(_uid(item)))
        self.itemActivated.connect(lambda item: self.shown.emit(_uid(item)))
        self.itemChanged.connect(lambda item: self.renamed.emit(_uid(item), item.text()))
        self.model().rowsMoved.connect(self._moved)
        self.hide()

    def set_rows(self, rows: Sequence[KeyRow]) -> None:
        """List kept views; what is chosen stays chosen."""
        self.blockSignals(True)
        held = {_uid(self.item(n)): self.item(n) for n in range(self.count())}
        if list(held) != [row.uid for row in rows]:
            chosen = _uid(self.currentItem()) if self.currentItem() is not None else ""
            pictures = {
                uid: item.data(Qt.ItemDataRole.DecorationRole) for uid, item in held.items()
            }
            self.clear()
            for row in rows:
                item = QListWidgetItem(row.caption)
                item.setData(Qt.ItemDataRole.UserRole, row.uid)
                item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
                item.setData(Qt.ItemDataRole.DecorationRole, pictures.get(row.uid))
                self.addItem(item)
                if row.uid == chosen:
                    self.setCurrentItem(item)
        for n, row in enumerate(rows):
            self.item(n).setText(row.caption)
            self.item(n).setToolTip(tip(f"{row.caption}\n{row.by}".strip()))
        self.blockSignals(False)
        self._fit()
        self.setVisible(bool(rows))
        if len(rows) != self._count:
            self._count = len(rows)
            self.counted.emit(self._count)

    def _fit(self) -> None:
        """Give all views the room that the longest caption needs."""
        captions = [f"{n + 1}  {self.item(n).text()}" for n in range(self.count())]
        width = max((caption_size(text)[0] for text in captions), default=PREVIEW[0])
        needed = max((caption_height(text, width) for text in captions), default=0)
        self.caption_room = width, needed
        self.setFixedHeight(PREVIEW[1] + needed + 2 * _GAP + _BAR)
        self.scheduleDelayedItemsLayout()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - a name of Qt
        """Be as high as letters of another size need."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self._fit()

    def set_preview(self, uid: str, picture: QPixmap) -> None:
        """Show the picture of a kept view."""
        self.blockSignals(True)
        for n in range(self.count()):
            if _uid(self.item(n)) == uid:
                self.item(n).setData(Qt.ItemDataRole.DecorationRole, picture)
        self.blockSignals(False)
        self.viewport().update()

    def has_preview(self, uid: str) -> bool:
        """Whether the picture of a kept view is there."""
        items = (self.item(n) for n in range(self.count()))
        found = next((i for i in items if _uid(i) == uid), None)
        return found is not None and found.data(Qt.ItemDataRole.DecorationRole) is not None

    def step(self, by: int) -> None:
        """Show the next or the previous kept view."""
        if self.count():
            row = min(max(self.currentRow() + by, 0), self.count() - 1)
            self.setCurrentRow(row)
            self.shown.emit(_uid(self.item(row)))

    def _moved(self, _parent: object, first: int, _last: int, _to: object, row: int) -> None:
        place = row - 1 if row > first else row
        self.moved.emit(_uid(self.item(place)), place)

    def _menu(self, place: QPoint) -> None:
        item = self.itemAt(place)
        if item is None:
            return
        menu = QMenu(self)
        menu.addAction(_("Show"), lambda: self.shown.emit(_uid(item)))
        menu.addAction(_("Rename"), lambda: self.editItem(item))
        menu.addAction(_("Delete"), lambda: self.deleted.emit(_uid(item)))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.mapToGlobal(place))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - a name of Qt
        """Delete the chosen view by its key; Ctrl and an arrow move it along."""
        arrows = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        moves = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if moves and event.key() in arrows and self.currentRow() >= 0:
            place = self.currentRow() + arrows[Qt.Key(event.key())]
            if 0 <= place < self.count():
                self.moved.emit(_uid(self.currentItem()), place)
            return
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self.currentRow() >= 0:
            self.deleted.emit(_uid(self.currentItem()))
            return
        super().keyPressEvent(event)


def caption_size(text: str) -> tuple[int, int]:
    """Return the width and height (px) that a caption takes: two lines, if need be wider."""
    return _caption_size(text, small_px())


def caption_height(text: str, width: int) -> int:
    """Return the height (px) of a caption folded to a width."""
    return _caption_height(text, width, small_px())


@lru_cache(maxsize=256)
def _caption_size(text: str, pixels: int) -> tuple[int, int]:
    metrics = QFontMetrics(text_font(pixels, bold=True))
    width = PREVIEW[0]
    while True:
        box = metrics.boundingRect(QRect(0, 0, width, 10_000), _FLAGS, text)
        if width >= scaled(_WIDEST) or (
            box.height() <= _LINES * metrics.lineSpacing() and box.width() <= width
        ):
            return width, box.height()
        width += _WIDER


@lru_cache(maxsize=1024)
def _caption_height(text: str, width: int, pixels: int) -> int:
    metrics = QFontMetrics(text_font(pixels, bold=True))
    return metrics.boundingRect(QRect(0, 0, width, 10_000), _FLAGS, text).height()


def _uid(item: QListWidgetItem) -> str:
    return str(item.data(Qt.ItemDataRole.UserRole))
