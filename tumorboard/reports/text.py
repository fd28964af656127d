"""Running text of the printed page: lines that wrap, in several weights, parted by lines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QTextCharFormat, QTextLayout, QTextLine, QTextOption

from tumorboard.reports.blocks import Block, Placed
from tumorboard.reports.look import BODY, INK, PT, font
from tumorboard.text import sided

#: From line to line, and from the top of a line to its baseline, as shares of the size and of
#: that pitch.
LEADING = 1.36
ASCENT = 0.78
#: Lines that stay together at the head and the foot of a page.
_TOGETHER = 2


@dataclass(frozen=True)
class Run:
    """A piece of text in one style; ``size`` in points."""

    text: str
    size: float = BODY
    colour: str = INK
    bold: bool = False
    spaced: bool = False


class Text(Block):
    """A paragraph of runs."""

    def __init__(self, *runs: Run, bind: bool = False) -> None:
        self._runs = tuple(replace(run, text=sided(run.text)) for run in runs if run.text)
        self._pitch = max((r.size for r in self._runs), default=BODY) * LEADING * PT
        self._laid: tuple[float, QTextLayout] | None = None
        self._first = 0
        self._last: int | None = None
        self.bind = bind

    def _layout(self, width: float) -> QTextLayout:
        """Return the text broken into lines of a width; the last width is remembered."""
        if self._laid is not None and self._laid[0] == width:
            return self._laid[1]
        text = "".join(run.text for run in self._runs)
        base = self._runs[0] if self._runs else Run("")
        layout = QTextLayout(text, font(base.size, bold=base.bold, spaced=base.spaced))
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        layout.setTextOption(option)
        formats = []
        start = 0
        for run in self._runs:
            style = QTextLayout.FormatRange()
            style.start = start
            # The length that Qt counts: code points above U+FFFF take two.
            style.length = len(run.text.encode("utf-16-le")) // 2
            look = QTextCharFormat()
            look.setFont(font(run.size, bold=run.bold, spaced=run.spaced))
            look.setForeground(QColor(run.colour))
            style.format = look
            formats.append(style)
            start += style.length
        layout.setFormats(formats)
        layout.beginLayout()
        while (line := layout.createLine()).isValid():
            _fill(line, text, max(width, 1.0))
            line.setPosition(QPointF(0, 0))
        layout.endLayout()
        self._laid = (width, layout)
        return layout

    def _lines(self, width: float) -> range:
        count = self._layout(width).lineCount() if self._runs else 0
        return range(self._first, count if self._last is None else min(self._last, count))

    @property
    def pitch(self) -> float:
        """From line to line."""
        return self._pitch

    def lines(self, width: float) -> int:
        """Return how many lines of it stand here."""
        return len(self._lines(width))

    def placed(self, x: float, y: float, width: float) -> Iterator[Placed]:
        """Yield itself; nothing without words."""
        if self.lines(width):
            yield Placed(self, QRectF(x, y, width, self.height(width)))

    def runs(self, width: float) -> Iterator[Run]:
        """Yield the runs of the lines that stand here."""
        lines, layout = self._lines(width), self._layout(width)
        if not lines:
            return
        first, last = (layout.lineAt(n) for n in (lines.start, lines.stop - 1))
        begin, end, start = first.textStart(), last.textStart() + last.textLength(), 0
        for run in self._runs:
            units = run.text.encode("utf-16-le")
            low, high = max(begin - start, 0), min(end - start, len(units) // 2)
            if low < high:
                yield replace(run, text=units[2 * low : 2 * high].decode("utf-16-le"))
            start += len(units) // 2

    def height(self, width: float) -> float:
        """Return the height of its lines."""
        return len(self._lines(width)) * self._pitch

    def part(self, width: float, room: float, page: float) -> tuple[Block | None, Block | None]:
        """Part between lines; no single line stays behind or goes ahead."""
        del page
        lines = self._lines(width)
        fits = min(int(room // self._pitch), len(lines) - _TOGETHER)
        if fits < _TOGETHER:
            return None, self
        cut = lines.start + fits
        return self._between(lines.start, cut), self._between(cut, None)

    def _between(self, first: int, last: int | None) -> Text:
        part = Text(*self._runs, bind=self.bind)
        part._laid, part._first, part._last = self._laid, first, last
        return part

    def paint(self, painter: QPainter, x: float, y: float, width: float) -> None:
        """Paint the lines, each on the baseline of its pitch."""
        layout = self._layout(width)
        for index in self._lines(width):
            line = layout.lineAt(index)
            top = y + (index - self._first) * self._pitch + self._pitch * ASCENT - line.ascent()
            painter.setPen(QColor(INK))
            line.draw(painter, QPointF(x, top))


def _fill(line: QTextLine, text: str, width: float) -> None:
    """Fill a line, and end it before a word with a hyphen rather than inside: "R-RES-06"."""
    line.setLineWidth(width)
    start, end = line.textStart(), line.textStart() + line.textLength()
    if 0 < end < len(text) and text[end - 1] == "-" and text[end] != " ":
        word = text.rfind(" ", start, end) + 1
        if word > start:
            line.setNumColumns(word - start)
