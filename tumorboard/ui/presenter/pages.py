"""Pages of words before an audience: painted, never clipped, larger on larger screens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from tumorboard.reports.words import INTENDED_USE
from tumorboard.ui.panels.marks import paint_mark
from tumorboard.ui.presenter.discreet import Discreet, sized
from tumorboard.ui.presenter.words import HEAD_PX, Line
from tumorboard.ui.theme import colour

#: The height at which sizes are told.
FULL: Final = 1080.0
_MARGIN: Final = 36.0
_MARK: Final = 16.0
_SMALLER: Final = (1.0, 0.92, 0.84, 0.8)


@dataclass(frozen=True)
class _Scale:
    """How large the pixels of the plan are, and by what share lines are made smaller."""

    unit: float
    share: float = 1.0

    def px(self, line: Line) -> float:
        """Return the size of a line: smaller where room is short, never below a head's."""
        return max(line.px * self.unit * self.share, min(line.px, HEAD_PX) * self.unit)

    def gap(self, line: Line) -> float:
        """Return the free room above a line."""
        return line.gap * self.unit * self.share

    def indent(self, line: Line) -> float:
        """Return the room for the mark of a line."""
        return self.px(line) * 1.35 if line.mark else 0.0


def flow(
    painter: QPainter, discreet: Discreet, box: QRectF, lines: Sequence[Line], unit: float
) -> int:
    """Write lines one below the other into a box; return how many had no room.

    Lines that would not fit are written smaller first, never below the size of a head. What
    still has no room is told of in a last line.
    """
    for share in _SMALLER:
        scale = _Scale(unit, share)
        if _total(discreet, lines, box.width(), scale) <= box.height():
            _write(painter, discreet, box, lines, scale)
            return 0
    scale = _Scale(unit, _SMALLER[-1])
    more = Line("… more in the case itself", HEAD_PX, "dim")
    fitting = list(lines)
    while fitting and _total(discreet, [*fitting, more], box.width(), scale) > box.height():
        fitting.pop()
    while fitting and fitting[-1].ink == "faint":  # a head without what it heads
        fitting.pop()
    _write(painter, discreet, box, [*fitting, more], scale)
    return len(lines) - len(fitting)


def _write(
    painter: QPainter, discreet: Discreet, box: QRectF, lines: Sequence[Line], scale: _Scale
) -> None:
    top = box.top()
    for n, line in enumerate(lines):
        top += scale.gap(line) if n else 0.0
        left = scale.indent(line)
        font = sized(scale.px(line), bold=line.bold)
        place = QRectF(box.left() + left, top, box.width() - left, box.bottom() - top)
        if line.mark:
            _mark(painter, line.mark, QPointF(box.left(), top), scale.px(line))
        top += discreet.draw(painter, place, line.text, font, colour(line.ink))


def _mark(painter: QPainter, mark: str, place: QPointF, px: float) -> None:
    painter.save()
    painter.translate(place.x(), place.y() + px * 0.12)
    painter.scale(px / _MARK, px / _MARK)
    paint_mark(painter, mark)
    painter.restore()


def _height(discreet: Discreet, line: Line, width: float, scale: _Scale) -> float:
    font = sized(scale.px(line), bold=line.bold)
    return discreet.height(line.text, font, width - scale.indent(line)) + scale.gap(line)


def _total(discreet: Discreet, lines: Sequence[Line], width: float, scale: _Scale) -> float:
    return sum(_height(discreet, line, width, scale) for line in lines)


class Pane(QWidget):
    """A dark piece of the audience's window that paints its own words."""

    def __init__(self, discreet: Discreet, parent: QWidget) -> None:
        super().__init__(parent)
        self.discreet = discreet
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def unit(self) -> float:
        """The size of a pixel of the plan in logical pixels."""
        return self.window().height() / FULL

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - a name of Qt
        """Paint the ground and the words."""
        painter = QPainter(self)
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.fillRect(self.rect(), colour("panel"))
            self.paint(painter, QRectF(self.rect()))
        finally:
            painter.end()

    def paint(self, painter: QPainter, box: QRectF) -> None:
        """Paint what stands in the pane."""


class TopPane(Pane):
    """Which case this is, what is asked, and how far it has come."""

    def __init__(self, discreet: Discreet, parent: QWidget) -> None:
        super().__init__(discreet, parent)
        self.name = ""
        self.question = ""
        self.told = ""
        self.steps = (0, 1)

    def show_case(self, name: str, question: str, told: str, steps: tuple[int, int]) -> None:
        """Show a case by its number, and the page (from 0) among its pages."""
        self.name, self.question, self.told, self.steps = name, question, told, steps
        self.setAccessibleName(self.discreet(" ".join((name, question))))
        self.update()

    def paint(self, painter: QPainter, box: QRectF) -> None:
        """Paint one line, and a dot a page at the right."""
        unit = self.unit
        left, right = box.left() + _MARGIN * unit, box.right() - self._dots(painter, box)
        line = QRectF(left, box.top(), right - left, box.height())
        width = self.discreet.line(
            painter, line, self.name, sized(34 * unit, bold=True), colour("text")
        )
        rest = " · ".join(part for part in (self.told, self.question) if part)
        line.setLeft(left + width + 18 * unit)
        self.discreet.line(painter, line, rest, sized(28 * unit), colour("dim"))

    def _dots(self, painter: QPainter, box: QRectF) -> float:
        """Draw the dots; return the room that they take."""
        unit, (here, count) = self.unit, self.steps
        step = min(22.0 * unit, box.width() * 0.3 / max(count, 1))
        painter.setPen(Qt.PenStyle.NoPen)
        start = box.right() - _MARGIN * unit - step * count
        for n in range(count):
            painter.setBrush(colour("accent" if n == here else "control"))
            middle = QPointF(start + step * (n + 0.5), box.center().y())
            size = (7.0 if n == here else 5.0) * unit
            painter.drawEllipse(middle, size, size)
        return step * count + 2 * _MARGIN * unit


class BottomPane(Pane):
    """The board and its day; and that the program decides nothing."""

    def __init__(self, discreet: Discreet, parent: QWidget) -> None:
        super().__init__(discreet, parent)
        self.title = ""

    def show_title(self, title: str) -> None:
        """Show which board this is."""
        self.title = title
        self.update()

    def paint(self, painter: QPainter, box: QRectF) -> None:
        """Paint one line of two halves."""
        unit = self.unit
        font, margin = sized(24 * unit), _MARGIN * unit
        inner = box.adjusted(margin, 0, -margin, 0)
        half = inner.width() * 0.42
        left = QRectF(inner.left(), inner.top(), half, inner.height())
        self.discreet.line(painter, left, self.title, font, colour("faint"))
        words = QRectF(inner.left() + half, inner.top(), inner.width() - half, inner.height())
        painter.setFont(font)
        painter.setPen(colour("faint"))
        flags = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        painter.drawText(words, flags, self.discreet(INTENDED_USE))


class ColumnsPane(Pane):
    """Lines of words in one or more columns."""

    def __init__(self, discreet: Discreet, parent: QWidget) -> None:
        super().__init__(discreet, parent)
        self.columns: tuple[tuple[Line, ...], ...] = ()

    def show_columns(self, *columns: tuple[Line, ...]) -> None:
        """Show columns of equal width."""
        self.columns = tuple(c for c in columns if c)
        self.setAccessibleName(
            self.discreet(". ".join(line.text for c in self.columns for line in c))
        )
        self.update()

    def paint(self, painter: QPainter, box: QRectF) -> None:
        """Write each column into its share."""
        unit = self.unit
        margin = _MARGIN * unit
        width = (box.width() - margin) / max(len(self.columns), 1)
        for n, lines in enumerate(self.columns):
            left = box.left() + margin + n * width
            place = QRectF(left, box.top() + margin, width - margin, box.height() - 2 * margin)
            flow(painter, self.discreet, place, lines, unit)
