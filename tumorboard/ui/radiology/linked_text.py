"""A text to be changed in which each line that can be checked has a mark to its left."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QFont,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QSyntaxHighlighter,
    QTextBlock,
    QTextCharFormat,
    QTextDocument,
)
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from tumorboard.case.report_text import Origin, Report
from tumorboard.language import _
from tumorboard.ui.shell.theme import colour

#: How wide the column of marks is (logical pixels).
_WIDTH = 24
_MARK = "↗"


class LinkedText(QPlainTextEdit):
    """The text of a report; ``followed`` carries where a line can be checked.

    A click on the mark of a line follows it, Ctrl+Return that of the cursor's line.
    """

    followed = Signal(object)

    def __init__(self, report: Report, name: str) -> None:
        super().__init__()
        self._report = report
        self.setAccessibleName(name)
        self.setTabChangesFocus(True)
        self.setViewportMargins(_WIDTH, 0, 0, 0)
        self.marks = _Marks(self)
        self._titles = _Titles(self.document(), report.titles)
        self.updateRequest.connect(lambda _rect, _dy: self.marks.update())
        self.cursorPositionChanged.connect(self.marks.update)

    @property
    def origin_here(self) -> Origin | None:
        """Where the line of the cursor can be checked, None where it cannot."""
        return self.origin_of(self.textCursor().block())

    def origin_of(self, block: QTextBlock) -> Origin | None:
        """Return where a line can be checked, None where it cannot."""
        return self._report.origin_of(block.text()) if block.isValid() else None

    def follow_here(self) -> None:
        """Follow the line of the cursor."""
        self.follow(self.textCursor().block())

    def follow(self, block: QTextBlock) -> None:
        """Follow a line; nothing where it leads nowhere."""
        origin = self.origin_of(block)
        if origin is not None:
            cursor = self.textCursor()
            cursor.setPosition(block.position())
            self.setTextCursor(cursor)
            self.followed.emit(origin)

    def go_to_line(self, number: int) -> None:
        """Put the cursor at a line, counted from 0, in sight."""
        block = self.document().findBlockByNumber(number)
        if block.isValid():
            cursor = self.textCursor()
            cursor.setPosition(block.position())
            self.setTextCursor(cursor)
            self.ensureCursorVisible()

    def block_at(self, y: float) -> QTextBlock:
        """Return the line at a height of the viewport (logical pixels)."""
        block = self.firstVisibleBlock()
        while block.isValid():
            if self.block_rect(block).bottom() >= y:
                return block
            block = block.next()
        return block

    def block_rect(self, block: QTextBlock) -> QRect:
        """Return where a line lies in the viewport (logical pixels)."""
        return self.blockBoundingGeometry(block).translated(self.contentOffset()).toAlignedRect()

    def blocks_on_show(self) -> list[QTextBlock]:
        """Return the lines that are in sight."""
        found = []
        block = self.firstVisibleBlock()
        while block.isValid() and self.block_rect(block).top() <= self.viewport().height():
            found.append(block)
            block = block.next()
        return found

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - a name of Qt
        """Keep the column of marks beside the text."""
        super().resizeEvent(event)
        inner = self.contentsRect()
        self.marks.setGeometry(inner.left(), inner.top(), _WIDTH, inner.height())

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - a name of Qt
        """Take Ctrl+Return for following; Return alone begins another line."""
        ends = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if ends and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.follow_here()
        else:
            super().keyPressEvent(event)


class _Marks(QWidget):
    """The column of marks."""

    def __init__(self, text: LinkedText) -> None:
        super().__init__(text)
        self._text = text
        self.setMouseTracking(True)
        self.setToolTip(_("Shows what the line rests on"))

    def sizeHint(self) -> QSize:  # noqa: N802 - a name of Qt
        """As wide as a mark."""
        return QSize(_WIDTH, 0)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - a name of Qt
        """Mark the lines in sight that can be checked."""
        painter = QPainter(self)
        here = self._text.textCursor().block()
        painter.setFont(self._text.font())
        for block in self._text.blocks_on_show():
            if self._text.origin_of(block) is None:
                continue
            rect = self._text.block_rect(block)
            line = QRect(0, rect.top(), _WIDTH, self._text.fontMetrics().height())
            painter.setPen(colour("accent" if block == here else "dim"))
            painter.drawText(line, Qt.AlignmentFlag.AlignCenter, _MARK)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - a name of Qt
        """Follow the line whose mark was clicked."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._text.follow(self._text.block_at(event.position().y()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - a name of Qt
        """Show by the hand where there is something to follow."""
        origin = self._text.origin_of(self._text.block_at(event.position().y()))
        shape = Qt.CursorShape.ArrowCursor
        if origin is not None:
            shape = Qt.CursorShape.PointingHandCursor
        self.setCursor(shape)


class _Titles(QSyntaxHighlighter):
    """Sets the titles of sections in bold."""

    def __init__(self, document: QTextDocument, titles: frozenset[str]) -> None:
        super().__init__(document)
        self._named = titles

    def highlightBlock(self, text: str) -> None:  # noqa: N802 - a name of Qt
        """Set a line in bold when it is a title."""
        if text.strip() in self._named:
            bold = QTextCharFormat()
            bold.setFontWeight(QFont.Weight.Bold)
            self.setFormat(0, len(text), bold)
