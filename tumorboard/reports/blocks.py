"""The pieces of a printed page.

Each knows its height at a width, where it may be parted, and how to paint itself. Lengths
are device units (tenths of a point) unless said to be points.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QImageReader, QPainter, QPen

from tumorboard.reports.look import BODY, FAINT, PT


def read_png(data: bytes) -> QImage:
    """Return a picture, null when it is no PNG; for any thread.

    The format is named, so that no other reader is asked whether the data are its own: that
    of SVG connects signals while Python is held, and the window waits for Python meanwhile
    when it disconnects one, each for the other and for ever.
    """
    buffer = _opened(data)
    return QImageReader(buffer, QByteArray(b"PNG")).read()


def png_ratio(data: bytes) -> float:
    """Return the width of a picture by its height without reading its pixels; 1 for no PNG."""
    buffer = _opened(data)
    size = QImageReader(buffer, QByteArray(b"PNG")).size()
    return size.width() / size.height() if size.width() > 0 and size.height() > 0 else 1.0


def _opened(data: bytes) -> QBuffer:
    buffer = QBuffer()
    buffer.setData(data)
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    return buffer


class Block:
    """A piece of a page; this one is empty.

    ``keep`` asks not to be parted unless it is taller than a page, ``bind`` to stay on
    the page of what follows. ``is_words`` tells that it holds nothing but paragraphs.
    """

    keep: bool = False
    bind: bool = False
    is_words: bool = True

    def height(self, width: float) -> float:
        """Return the height at a width."""
        del width
        return 0.0

    def split(self, width: float, room: float, page: float) -> tuple[Block | None, Block | None]:
        """Part into what fits into ``room`` and the rest; ``page`` is a whole page's room."""
        total = self.height(width)
        if total <= room:
            return self, None
        if self.keep and total <= page:
            return None, self
        return self.part(width, room, page)

    def part(self, width: float, room: float, page: float) -> tuple[Block | None, Block | None]:
        """Part a piece that does not fit; one that cannot be parted moves as a whole."""
        del width, room, page
        return None, self

    def lines(self, width: float) -> int:
        """Return how many lines of words stand below one another in it at a width."""
        del width
        return 0

    def placed(self, x: float, y: float, width: float) -> Iterator[Placed]:
        """Yield what stands where with the upper left corner at (x, y): see `Placed`."""
        del x, y, width
        return iter(())

    def paint(self, painter: QPainter, x: float, y: float, width: float) -> None:
        """Paint with the upper left corner at (x, y)."""


@dataclass(frozen=True)
class Placed:
    """A paragraph, a row of paragraphs, or a picture, and the place it takes."""

    block: Block
    box: QRectF


class Gap(Block):
    """Empty height."""

    def __init__(self, points: float) -> None:
        self._height = points * PT

    def height(self, width: float) -> float:
        """Return the height, the same at each width."""
        del width
        return self._height


class Hairline(Block):
    """A thin line over the whole width with a little room around it."""

    is_words = False

    def __init__(self, around: float = 3.0) -> None:
        self._around = around * PT

    def height(self, width: float) -> float:
        """Return the line's height with its room."""
        del width
        return 2 * self._around

    def paint(self, painter: QPainter, x: float, y: float, width: float) -> None:
        """Paint the line in the middle of its height."""
        painter.setPen(QPen(QColor(FAINT), 0.5 * PT))
        painter.drawLine(QPointF(x, y + self._around), QPointF(x + width, y + self._around))


class Stack(Block):
    """Pieces one below the other, ``gap`` points apart."""

    def __init__(
        self, blocks: Sequence[Block], gap: float = 0.0, *, keep: bool = False, bind: bool = False
    ) -> None:
        self.blocks = tuple(blocks)
        self.gap = gap
        self.keep = keep
        self.bind = bind
        self.is_words = all(block.is_words for block in self.blocks)

    def lines(self, width: float) -> int:
        """Return the lines of all pieces."""
        return sum(block.lines(width) for block in self.blocks)

    def placed(self, x: float, y: float, width: float) -> Iterator[Placed]:
        """Yield the pieces from top to bottom."""
        for block in self.blocks:
            yield from block.placed(x, y, width)
            y += block.height(width) + self.gap * PT

    def height(self, width: float) -> float:
        """Return the sum of the heights and gaps."""
        gaps = max(len(self.blocks) - 1, 0) * self.gap * PT
        return sum(block.height(width) for block in self.blocks) + gaps

    def part(self, width: float, room: float, page: float) -> tuple[Block | None, Block | None]:
        """Part between pieces or inside one; heads go with what follows, gaps end with a page."""
        used, count = 0.0, 0
        for block in self.blocks:
            needed = block.height(width) + (self.gap * PT if count else 0)
            if used + needed > room:
                break
            used, count = used + needed, count + 1
        gap = self.gap * PT if count else 0
        head, tail = self.blocks[count].split(width, room - used - gap, page)
        taken = [*self.blocks[:count], *([head] if head is not None else [])]
        left = [*([tail] if tail is not None else []), *self.blocks[count + 1 :]]
        while head is None and taken and taken[-1].bind:
            left.insert(0, taken.pop())
        rest = None if all(isinstance(block, Gap) for block in left) else Stack(left, self.gap)
        return (Stack(taken, self.gap) if taken else None), rest

    def paint(self, painter: QPainter, x: float, y: float, width: float) -> None:
        """Paint the pieces from top to bottom."""
        for block in self.blocks:
            block.paint(painter, x, y, width)
            y += block.height(width) + self.gap * PT


class Row(Block):
    """Pieces side by side; ``shares`` above 1 are points, others parts of what is left."""

    def __init__(
        self,
        cells: Sequence[Block],
        shares: Sequence[float],
        gutter: float = 8.0,
        *,
        keep: bool = True,
        bind: bool = False,
    ) -> None:
        self.cells = tuple(cells)
        self.shares = tuple(shares)
        self.gutter = gutter
        self.keep = keep
        self.bind = bind
        self.is_words = False

    def lines(self, width: float) -> int:
        """Return the lines of the cell that has most."""
        pairs = zip(self.cells, self.widths(width), strict=True)
        return max(cell.lines(w) for cell, w in pairs)

    def places(self, x: float, width: float) -> list[tuple[Block, float, float]]:
        """Return each cell with its left edge and width."""
        found = []
        for cell, cell_width in zip(self.cells, self.widths(width), strict=True):
            found.append((cell, x, cell_width))
            x += cell_width + self.gutter * PT
        return found

    def placed(self, x: float, y: float, width: float) -> Iterator[Placed]:
        """Yield itself where all cells hold words, else what they hold."""
        if all(cell.is_words for cell in self.cells):
            yield Placed(self, QRectF(x, y, width, self.height(width)))
            return
        for cell, left, cell_width in self.places(x, width):
            yield from cell.placed(left, y, cell_width)

    def widths(self, width: float) -> list[float]:
        """Return the width of each cell."""
        free = width - self.gutter * PT * (len(self.cells) - 1)
        free -= sum(s * PT for s in self.shares if s > 1)
        parts = sum(s for s in self.shares if s <= 1) or 1.0
        return [s * PT if s > 1 else free * s / parts for s in self.shares]

    def height(self, width: float) -> float:
        """Return the height of the tallest cell."""
        widths = self.widths(width)
        return max(cell.height(w) for cell, w in zip(self.cells, widths, strict=True))

    def part(self, width: float, room: float, page: float) -> tuple[Block | None, Block | None]:
        """Part every cell at the same height; a row no cell of which can begin here moves on."""
        widths = self.widths(width)
        pairs = [c.split(w, room, page) for c, w in zip(self.cells, widths, strict=True)]
        if any(
            head is None and rest.height(w)
            for (head, rest), w in [
                ((head, rest), width)
                for (head, rest), width in zip(pairs, widths, strict=True)
                if rest is not None
            ]
        ):
            return None, self
        heads = [head or Block() for head, _ in pairs]
        rests = [rest or Block() for _, rest in pairs]
        return self._like(heads), self._like(rests)

    def _like(self, cells: Sequence[Block]) -> Row:
        return Row(cells, self.shares, self.gutter, keep=self.keep)

    def paint(self, painter: QPainter, x: float, y: float, width: float) -> None:
        """Paint the cells from left to right."""
        for cell, left, cell_width in self.places(x, width):
            cell.paint(painter, left, y, cell_width)


class Columns(Block):
    """Pieces that run down one column and on in the next, balanced."""

    def __init__(self, blocks: Sequence[Block], count: int = 2, gutter: float = 18.0) -> None:
        self.blocks = tuple(blocks)
        self.count = count
        self.gutter = gutter
        self.is_words = False

    def lines(self, width: float) -> int:
        """Return the lines of the column that has most."""
        own = self._width(width)
        return max(Stack(column).lines(own) for column in self._balanced(width))

    def placed(self, x: float, y: float, width: float) -> Iterator[Placed]:
        """Yield what stands in column by column."""
        own = self._width(width)
        for column in self._balanced(width):
            yield from Stack(column).placed(x, y, own)
            x += own + self.gutter * PT

    def _balanced(self, width: float) -> list[list[Block]]:
        return self._filled(self._width(width), self.height(width) + 0.5)[0]

    def _width(self, width: float) -> float:
        return (width - self.gutter * PT * (self.count - 1)) / self.count

    def _filled(
        self, width: float, limit: float, page: float = math.inf
    ) -> tuple[list[list[Block]], list[Block]]:
        """Fill columns of a height; return them and what did not fit."""
        columns: list[list[Block]] = [[]]
        pending = list(self.blocks)
        used = 0.0
        while pending:
            block = pending.pop(0)
            needed = block.height(width)
            if used + needed <= limit:
                columns[-1].append(block)
                used += needed
                continue
            head, rest = block.split(width, limit - used, page)
            columns[-1] += [head] if head is not None else []
            pending[:0] = [rest] if rest is not None else []
            if len(columns) == self.count or not columns[-1]:
                break
            columns.append([])
            used = 0.0
        return columns, pending

    def height(self, width: float) -> float:
        """Return the smallest height at which everything fits."""
        own = self._width(width)
        heights = [block.height(own) for block in self.blocks]
        low, high = sum(heights) / self.count, sum(heights)
        while high - low > 0.5:
            middle = (low + high) / 2
            low, high = (middle, high) if self._filled(own, middle)[1] else (low, middle)
        return high

    def part(self, width: float, room: float, page: float) -> tuple[Block | None, Block | None]:
        """Fill this page's columns; the rest goes on in columns of the next page."""
        columns, rest = self._filled(self._width(width), room, page)
        if not any(columns):
            return None, self
        full: list[Block] = [Stack(column) for column in columns]
        full += [Block()] * (self.count - len(full))
        head = Row(full, [1.0] * self.count, self.gutter)
        return head, Columns(rest, self.count, self.gutter) if rest else None

    def paint(self, painter: QPainter, x: float, y: float, width: float) -> None:
        """Paint column by column."""
        own = self._width(width)
        for column in self._balanced(width):
            Stack(column).paint(painter, x, y, own)
            x += own + self.gutter * PT


class Frame(Block):
    """A piece on a tinted ground with a bar at its left; a dashed bar says provisional."""

    def __init__(self, inside: Block, fill: str, bar: str, *, dashed: bool = False) -> None:
        self._inside = inside
        self._fill = fill
        self._bar = bar
        self._dashed = dashed
        self._padding = 9 * PT
        self.keep = True
        self.is_words = False

    def lines(self, width: float) -> int:
        """Return the lines of what is inside."""
        return self._inside.lines(width - 2 * self._padding)

    def height(self, width: float) -> float:
        """Return the height of what is inside with the padding."""
        return self._inside.height(width - 2 * self._padding) + 2 * self._padding

    def part(self, width: float, room: float, page: float) -> tuple[Block | None, Block | None]:
        """Part what is inside."""
        around = 2 * self._padding
        head, rest = self._inside.split(width - around, room - around, page - around)
        return self._like(head), self._like(rest)

    def _like(self, inside: Block | None) -> Frame | None:
        if inside is None:
            return None
        return Frame(inside, self._fill, self._bar, dashed=self._dashed)

    def paint(self, painter: QPainter, x: float, y: float, width: float) -> None:
        """Paint ground, bar and inside."""
        height = self.height(width)
        painter.fillRect(QRectF(x, y, width, height), QColor(self._fill))
        pen = QPen(QColor(self._bar), 3 * PT)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        if self._dashed:
            pen.setDashPattern([2.0, 1.4])
        painter.setPen(pen)
        painter.drawLine(QPointF(x + 1.5 * PT, y), QPointF(x + 1.5 * PT, y + height))
        inner = width - 2 * self._padding
        self._inside.paint(painter, x + self._padding, y + self._padding, inner)


class Picture(Block):
    """An image in its own proportions, as large as its place allows.

    It is at most ``points`` wide and ``_TALLEST`` points high.
    """

    _TALLEST = 260.0
    is_words = False

    def __init__(self, image: QImage, points: float) -> None:
        self._image = image
        self._widest = points * PT
        self.keep = True

    def _size(self, width: float) -> tuple[float, float]:
        ratio = self._image.height() / max(self._image.width(), 1)
        wide = min(width, self._widest, self._TALLEST * PT / max(ratio, 1e-6))
        return wide, wide * ratio

    def lines(self, width: float) -> int:
        """Return how many lines would be as high."""
        return round(self.height(width) / (BODY * PT))

    def height(self, width: float) -> float:
        """Return the height in proportion."""
        return self._size(width)[1]

    def paint(self, painter: QPainter, x: float, y: float, width: float) -> None:
        """Paint at the left; the file keeps every pixel of the image."""
        wide, high = self._size(width)
        painter.drawImage(QRectF(x, y, wide, high), self._image)
