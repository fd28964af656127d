"""Layouts that follow the room there is: small parts in lines, and two columns or one."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QLayout, QLayoutItem, QVBoxLayout, QWidget

from tumorboard.ui.shell.theme import scaled


class FlowLayout(QLayout):
    """Lays parts beside each other and goes on in the next line where there is no room."""

    def __init__(self, gap: int = 6) -> None:
        super().__init__()
        self._items: list[QLayoutItem] = []
        self._gap = gap
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:  # noqa: N802 - a name of Qt
        """Take a part as the last one."""
        self._items.append(item)

    def count(self) -> int:
        """Return how many parts there are."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:  # noqa: N802
        """Return a part, None where there is none."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:  # noqa: N802
        """Take a part out."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:  # noqa: N802 - a name of Qt
        """Ask for no more room than is needed."""
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:  # noqa: N802 - a name of Qt
        """Say that a narrower one is higher."""
        return True

    def heightForWidth(self, width: int) -> int:  # noqa: N802 - a name of Qt
        """Return the height (px) of the lines at a width (px)."""
        return self._lay(QRect(0, 0, width, 0), move=False)

    def setGeometry(self, rect: QRect) -> None:  # noqa: N802 - a name of Qt
        """Lay the parts into a place."""
        super().setGeometry(rect)
        self._lay(rect, move=True)

    def sizeHint(self) -> QSize:  # noqa: N802 - a name of Qt
        """Return the size of all parts in one line."""
        sizes = [i.sizeHint() for i in self._shown()]
        width = sum(s.width() for s in sizes) + self._gap * max(len(sizes) - 1, 0)
        return QSize(width, max((s.height() for s in sizes), default=0))

    def minimumSize(self) -> QSize:  # noqa: N802 - a name of Qt
        """Return the size of the largest part."""
        sizes = [item.minimumSize() for item in self._shown()]
        height = max((s.height() for s in sizes), default=0)
        return QSize(max((s.width() for s in sizes), default=0), height)

    def _shown(self) -> list[QLayoutItem]:
        return [item for item in self._items if not item.isEmpty()]

    def _lay(self, rect: QRect, *, move: bool) -> int:
        x, y = rect.x(), rect.y()
        line: list[tuple[QLayoutItem, int, QSize]] = []
        for item in self._shown():
            wanted = item.sizeHint()
            width = min(wanted.width(), rect.width())
            height = item.heightForWidth(width) if item.hasHeightForWidth() else wanted.height()
            if line and x + width > rect.x() + rect.width():
                y += _lay_line(line, y, move=move) + 1
                x, line = rect.x(), []
            line.append((item, x, QSize(width, height)))
            x += width + self._gap
        return y + _lay_line(line, y, move=move) - rect.y()


def _lay_line(line: list[tuple[QLayoutItem, int, QSize]], top: int, *, move: bool) -> int:
    """Put the parts of a line on one middle; return its height (px)."""
    height = max((size.height() for _, _, size in line), default=0)
    for item, x, size in line if move else ():
        item.setGeometry(QRect(QPoint(x, top + (height - size.height()) // 2), size))
    return height


class TwoColumns(QWidget):
    """Two columns beside each other where there is room, else one below the other."""

    def __init__(self, least_px: int, gap: int = 14) -> None:
        super().__init__()
        #: Meant for letters of the usual size.
        self._least_px = least_px
        self._box = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(gap)
        self._together = True

    def column(self) -> QVBoxLayout:
        """Return a further column to fill."""
        made = QVBoxLayout()
        made.setSpacing(2)
        self._box.addLayout(made, 1)
        return made

    @property
    def side_by_side(self) -> bool:
        """Whether the columns stand beside each other now."""
        return self._box.direction() is QBoxLayout.Direction.LeftToRight

    def keep_apart(self, apart: bool) -> None:
        """Put one below the other whatever the room, or go by the room again."""
        self._together = not apart
        self._turn()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - a name of Qt
        """Turn where the room has become enough or too little."""
        super().resizeEvent(event)
        self._turn()

    def _turn(self) -> None:
        beside = self._together and self.width() >= scaled(self._least_px)
        way = QBoxLayout.Direction
        self._box.setDirection(way.LeftToRight if beside else way.TopToBottom)
        for n in range(self._box.count()):
            item = self._box.itemAt(n)
            inner = None if item is None else item.layout()
            if isinstance(inner, QVBoxLayout):
                self._box.setAlignment(
                    inner, Qt.AlignmentFlag.AlignTop if beside else Qt.AlignmentFlag(0)
                )
