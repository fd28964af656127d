"""Pages of words before an audience: painted, never clipped, larger on larger screens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from tumorboard.language import _
from tumorboard.reports.words import INTENDED_USE
from tumorboard.ui.presenter.words import HEAD_PX, Line
from tumorboard.ui.shell.discreet import Discreet, sized
from tumorboard.ui.shell.marks import paint_mark
from tumorboard.ui.viewer.inks import colour

#: The height at which sizes are told.
FULL: Final = 1080.0
#: The height of the pane at the top, which grows with a long question.
TOP: Final = 96.0
_MARGIN: Final = 36.0
#: Above and below lines that fill a pane.
_INSET: Final = 14.0
_QUESTION_LINES: Final = 3
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
    more = Line(_("… more in the case itself"), HEAD_PX, "dim")
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
    paint_mark(painter, mark, colour)
    painter.restore()


def _total(discreet: Discreet, lines: Sequence[Line], width: float, scale: _Scale) -> float:
    total = 0.0
    for line in lines:
        font = sized(scale.px(line), bold=line.bold)
        total += discreet.height(line.text, font, width - scale.indent(line)) + scale.gap(line)
    return total


def folded_lines(text: str, font: QFont, width: float, most: int) -> list[str]:
    """Return a text in at most so many lines of a width; only the last one may be cut."""
    metrics, words = QFontMetricsF(font), text.split()
    lines: list[str] = []
    while words and len(lines) < most:
        taken = 1
        while (
            taken < len(words) and metrics.horizontalAdvance(" ".join(words[: taken + 1])) <= width
        ):
            taken += 1
        last = len(lines) == most - 1
        line, words = " ".join(words if last else words[:taken]), words[taken:]
        lines.append(metrics.elidedText(line, Qt.TextElideMode.ElideRight, width))
    return lines


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

    def height_for(self, width: float) -> float:
        """Return the height (px) in which the case and its question have room."""
        line = QFontMetricsF(self._font).height()
        return max(TOP * self.unit, len(self._lines(width)) * line + 2 * _INSET * self.unit)

    @property
    def _font(self) -> QFont:
        return sized(28 * self.unit)

    def _place(self, width: float) -> tuple[float, float]:
        """Return where the question begins and ends beside the name and the dots."""
        name = QFontMetricsF(sized(34 * self.unit, bold=True)).horizontalAdvance(self.name)
        left = (_MARGIN + 18) * self.unit + name
        dots = self._step(width) * self.steps[1] + 2 * _MARGIN * self.unit
        return left, max(width - dots, left + 1)

    def _lines(self, width: float) -> list[str]:
        """Return what is told and the question: in full where the case begins, then in a line."""
        left, right = self._place(width)
        text = " · ".join(part for part in (self.told, self.question) if part)
        most = _QUESTION_LINES if self.steps[0] == 0 else 1
        return folded_lines(self.discreet(text), self._font, right - left, most)

    def paint(self, painter: QPainter, box: QRectF) -> None:
        """Paint the case and its question, and a dot a page at the right."""
        unit = self.unit
        self._dots(painter, box)
        left, right = self._place(box.width())
        bold = sized(34 * unit, bold=True)
        lines = self._lines(box.width())
        high = QFontMetricsF(self._font).height()
        top = box.center().y() - len(lines) * high / 2
        first = box if not lines else QRectF(0, top, box.width(), high)
        name = QRectF(_MARGIN * unit, first.top(), left, first.height())
        self.discreet.line(painter, name, self.name, bold, colour("text"))
        for n, line in enumerate(lines):
            place = QRectF(left, top + n * high, right - left, high)
            self.discreet.line(painter, place, line, self._font, colour("dim"))

    def _step(self, width: float) -> float:
        return min(22.0 * self.unit, width * 0.3 / max(self.steps[1], 1))

    def _dots(self, painter: QPainter, box: QRectF) -> None:
        unit, (here, count), step = self.unit, self.steps, self._step(box.width())
        painter.setPen(Qt.PenStyle.NoPen)
        start = box.right() - _MARGIN * unit - step * count
        for n in range(count):
            painter.setBrush(colour("accent" if n == here else "control"))
            middle = QPointF(start + step * (n + 0.5), box.center().y())
            size = (7.0 if n == here else 5.0) * unit
            painter.drawEllipse(middle, size, size)


class CaptionPane(Pane):
    """What a key image shows, below it: its caption, and its series where there is room."""

    def __init__(self, discreet: Discreet, parent: QWidget) -> None:
        super().__init__(discreet, parent)
        self.caption = ""
        self.series = ""

    def show_caption(self, caption: str, series: str) -> None:
        """Show a caption and the words of a series; without both it takes no room."""
        self.caption, self.series = caption, series
        self.setAccessibleName(self.discreet(" · ".join(t for t in (caption, series) if t)))
        self.update()

    def height_for(self, width: float) -> float:
        """Return the height (px) that the words take at a width; 0 without words."""
        lines = self._lines(width)
        return (
            len(lines) * QFontMetricsF(self._font).height() + _INSET * self.unit if lines else 0.0
        )

    @property
    def _font(self) -> QFont:
        return sized(26 * self.unit)

    def _lines(self, width: float) -> list[tuple[str, str]]:
        """Return the lines, each with its colour: two at most."""
        room, font = width - 2 * _MARGIN * self.unit, self._font
        shown = folded_lines(self.discreet(self.caption), font, room, 2)
        lines = [(line, "text") for line in shown]
        if self.series and len(lines) < 2:
            lines.append((self.discreet(self.series), "dim"))
        return lines

    def paint(self, painter: QPainter, box: QRectF) -> None:
        """Paint the lines."""
        unit, font = self.unit, self._font
        high = QFontMetricsF(font).height()
        for n, (line, ink) in enumerate(self._lines(box.width())):
            top = box.top() + _INSET * unit / 2 + n * high
            place = QRectF(_MARGIN * unit, top, box.width() - 2 * _MARGIN * unit, high)
            self.discreet.line(painter, place, line, font, colour(ink))


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
