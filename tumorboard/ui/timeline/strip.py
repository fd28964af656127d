"""The course of a patient on one strip, with the sizes of lesions below it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QWidget

from tumorboard.app.timeline import Event, EventKind, Timeline, Track
from tumorboard.language import _, day_words, number
from tumorboard.ui.shell.discreet import Discreet, sized
from tumorboard.ui.shell.theme import colour
from tumorboard.ui.timeline.tracks import chosen, number_place

KIND_WORDS: Final = {
    EventKind.SCAN: _("Images"),
    EventKind.BIOPSY: _("Biopsy"),
    EventKind.OPERATION: _("Operation"),
    EventKind.THERAPY: _("Therapy"),
    EventKind.EVENT: _("Event"),
    EventKind.DECISION: _("Board"),
}
_INKS: Final = {
    EventKind.SCAN: "accent",
    EventKind.BIOPSY: "prior",
    EventKind.OPERATION: "critical",
    EventKind.THERAPY: "present",
    EventKind.EVENT: "dim",
    EventKind.DECISION: "absent",
}
#: Lines of the plot: the lesion of the question first.
_TRACK_INKS: Final = ("lesion", "vessel", "prior", "absent")
_MOST_TRACKS: Final = len(_TRACK_INKS)
_EMPTY: Final = _("Nothing with a date is known of this case yet.")
_MM_PER_CM: Final = 10
_SYMBOL: Final = 9.0
_LABEL_ROWS: Final = 4


def _ink(n: int) -> str:
    """Return the colour of a line of the plot; lines beyond the usual ones are grey."""
    return _TRACK_INKS[n] if n < _MOST_TRACKS else "dim"


@dataclass(frozen=True)
class Placed:
    """An event on the strip: its place along the axis and the box of its words."""

    event: Event
    x: float
    box: QRectF


def along(day: date, span: tuple[date, date], left: float, right: float) -> float:
    """Return where a day lies between two ends in pixels; a single day lies in the middle."""
    days = (span[1] - span[0]).days
    share = 0.5 if days == 0 else (day - span[0]).days / days
    return left + share * (right - left)


def placed(
    events: Sequence[Event],
    span: tuple[date, date],
    box: QRectF,
    width_of: dict[Event, float],
    row_height: float,
) -> list[Placed]:
    """Give each event a row of labels in which it covers no other; the last row may overlap.

    ``width_of`` are the widths (px) of the words. Labels stay within the box.
    """
    ends = [box.left() - 1.0] * _LABEL_ROWS
    found = []
    for event in events:
        x = along(event.day, span, box.left() + _inset(box), box.right() - _inset(box))
        left = min(max(x - width_of[event] / 2, box.left()), box.right() - width_of[event])
        free = [row for row in range(_LABEL_ROWS) if ends[row] < left]
        row = free[0] if free else min(range(_LABEL_ROWS), key=lambda n: ends[n])
        left = max(left, box.left())
        ends[row] = left + width_of[event] + row_height * 0.5
        top = box.bottom() - (row + 1) * row_height
        found.append(Placed(event, x, QRectF(left, top, width_of[event], row_height)))
    return found


def _inset(box: QRectF) -> float:
    return box.width() * 0.07


class TimelineView(QWidget):
    """Draws a timeline; a click on images, or Enter on those chosen, asks to open them.

    ``scale`` magnifies all: 1 in a reading window, larger before an audience. Words go
    through ``discreet``, colours come from ``inks``.
    """

    scan_chosen = Signal(str)
    #: Letters have another size now.
    restyled = Signal()

    def __init__(
        self,
        parent: QWidget | None = None,
        discreet: Discreet | None = None,
        inks: Callable[[str], QColor] = colour,
    ) -> None:
        super().__init__(parent)
        self._colour = inks
        self.discreet = discreet or Discreet()
        self.scale = 1.0
        self._shown = Timeline()
        self._chosen = -1
        self._places: list[Placed] = []
        self._dated: dict[date, QRectF] = {}
        self.setAccessibleName(_("Timeline"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)

    def sizeHint(self) -> QSize:  # noqa: N802 - a name of Qt
        """Ask for a strip with a plot."""
        return QSize(640, 220)

    def show_timeline(self, shown: Timeline) -> None:
        """Show a course."""
        self._shown, self._chosen, self._places = shown, -1, []
        words = (f"{day_words(e.day)} {KIND_WORDS[e.kind]} {e.words}" for e in shown.events)
        self.setAccessibleDescription(self.discreet("; ".join(words)))
        self.update()

    # -- painting ----------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - a name of Qt
        """Paint the strip and the plot."""
        painter = QPainter(self)
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.fillRect(self.rect(), self._colour("panel"))
            self._paint(painter)
            if self.hasFocus():
                painter.setPen(QPen(self._colour("accent"), 2.0))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(QRectF(self.rect()).adjusted(1, 1, -1, -1))
        finally:
            painter.end()

    def _paint(self, painter: QPainter) -> None:
        s, span = self.scale, self._shown.span
        inner = QRectF(self.rect()).adjusted(16 * s, 12 * s, -16 * s, -12 * s)
        if span is None:
            self.discreet.draw(painter, inner, _EMPTY, sized(15 * s), self._colour("dim"))
            return
        share = 0.5 if self._shown.tracks else 0.8
        axis_y = inner.top() + inner.height() * share
        labels = QRectF(inner.left(), inner.top(), inner.width(), axis_y - inner.top() - 16 * s)
        # The days that have room below the axis; the others stand with their event.
        metrics = QFontMetricsF(sized(12 * self.scale))
        found: dict[date, QRectF] = {}
        for day in dict.fromkeys(e.day for e in self._shown.events):
            width = metrics.horizontalAdvance(day_words(day)) + 2
            x = along(day, span, labels.left() + _inset(labels), labels.right() - _inset(labels))
            left = min(max(x - width / 2, labels.left()), labels.right() - width)
            if all(left > box.right() + 8 * self.scale for box in found.values()):
                found[day] = QRectF(left, 0, width, metrics.height())
        self._dated = found
        metrics = QFontMetricsF(sized(13 * self.scale))
        most = labels.width() * 0.42
        events = self._shown.events
        words = {e: self._label(e) for e in events}
        widths = {e: min(metrics.horizontalAdvance(words[e]) + 4, most) for e in events}
        row = max(metrics.height() * 1.35, min(labels.height() / _LABEL_ROWS, metrics.height() * 2))
        self._places = placed(events, span, labels, widths, row)
        self._paint_axis(painter, labels, axis_y)
        for place in self._places:
            painter.setPen(QPen(self._colour("control"), 1 * s))
            painter.drawLine(QPointF(place.x, place.box.bottom()), QPointF(place.x, axis_y))
        for n, place in enumerate(self._places):
            self._paint_event(painter, place, axis_y, chosen=n == self._chosen)
        if self._shown.tracks:
            below = QRectF(
                inner.left(), axis_y + 34 * s, inner.width(), inner.bottom() - axis_y - 34 * s
            )
            self._paint_plot(painter, below, span)

    def _label(self, event: Event) -> str:
        """Return the words of an event, with its day where that has no room below.

        As they are drawn: a box as wide as a name that is withheld would tell its length.
        """
        kind = KIND_WORDS[event.kind]
        words = f"{kind}: {event.words}" if event.words else kind
        words = words if event.day in self._dated else f"{words}, {day_words(event.day)}"
        return self.discreet(words)

    def _paint_axis(self, painter: QPainter, labels: QRectF, y: float) -> None:
        painter.setPen(QPen(self._colour("control"), 2 * self.scale))
        painter.drawLine(QPointF(labels.left(), y), QPointF(labels.right(), y))
        font = sized(12 * self.scale)
        for day, box in self._dated.items():
            place = box.translated(0, y + 12 * self.scale)
            self.discreet.line(painter, place, day_words(day), font, self._colour("dim"))

    def _paint_event(self, painter: QPainter, place: Placed, y: float, *, chosen: bool) -> None:
        s, ink = self.scale, self._colour(_INKS[place.event.kind])
        painter.fillRect(place.box, self._colour("panel"))  # lines of others end at the words
        painter.setPen(QPen(self._colour("accent"), 2 * s) if chosen else Qt.PenStyle.NoPen)
        painter.setBrush(ink)
        painter.drawPath(symbol(place.event.kind, QPointF(place.x, y), _SYMBOL * s))
        font = sized(13 * s, bold=chosen)
        self.discreet.line(painter, place.box, self._label(place.event), font, ink)

    def _paint_plot(self, painter: QPainter, box: QRectF, span: tuple[date, date]) -> None:
        tracks = chosen(self._shown.tracks, _MOST_TRACKS)
        top = max(mm for track in tracks for __, mm in track.sizes) or 1.0
        font = sized(13 * self.scale)
        line = QFontMetricsF(font).height()
        plot = box.adjusted(0, line * 1.2, 0, -line * 1.5)
        left, right = plot.left() + _inset(plot), plot.right() - _inset(plot)
        dots = [
            [
                QPointF(along(day, span, left, right), plot.bottom() - mm / top * plot.height())
                for day, mm in track.sizes
            ]
            for track in tracks
        ]
        for n, points in enumerate(dots):
            ink = _ink(n)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self._colour(ink), 2.5 * self.scale))
            painter.drawPolyline(QPolygonF(points))
            painter.setBrush(self._colour(ink))
            painter.setPen(Qt.PenStyle.NoPen)
            for point in points:
                painter.drawEllipse(point, 4 * self.scale, 4 * self.scale)
        self._paint_numbers(painter, tracks, dots, box.adjusted(0, 0, 0, -line))
        legend = QRectF(box.left(), box.bottom() - line, box.width(), line)
        s, left, font = self.scale, legend.left(), sized(12 * self.scale)
        gone = len(self._shown.tracks) - len(tracks)
        more = _("and {gone} more", gone=gone) if gone else ""
        last = QFontMetricsF(font).horizontalAdvance(more) + 4 if more else 0.0
        share = (legend.width() - last) / max(len(tracks), 1)
        for n, track in enumerate(tracks):
            painter.setPen(QPen(self._colour(_ink(n)), 3 * s))
            y = legend.center().y()
            painter.drawLine(QPointF(left, y), QPointF(left + 18 * s, y))
            words = _("{name}, longest axis", name=track.name) if n == 0 else track.name
            room = QRectF(left + 24 * s, legend.top(), share - 36 * s, legend.height())
            self.discreet.line(painter, room, words, font, self._colour("text"))
            left += share
        if more:
            room = QRectF(legend.right() - last, legend.top(), last, legend.height())
            self.discreet.line(painter, room, more, font, self._colour("dim"))

    def _paint_numbers(
        self,
        painter: QPainter,
        tracks: Sequence[Track],
        dots: Sequence[Sequence[QPointF]],
        box: QRectF,
    ) -> None:
        """Write the size at each dot, those of weight first; what has no room is left out."""
        reach, whole = 5 * self.scale, (box.x(), box.y(), box.width(), box.height())
        taken = [
            (p.x() - reach, p.y() - reach, 2 * reach, 2 * reach) for points in dots for p in points
        ]
        for n, (track, points) in enumerate(zip(tracks, dots, strict=True)):
            font = sized(13 * self.scale, bold=track.is_index)
            metrics = QFontMetricsF(font)
            for point, (__, mm) in zip(points, track.sizes, strict=True):
                text = f"{number(mm / _MM_PER_CM, '.1f')} cm"
                size = metrics.horizontalAdvance(text) + 2, metrics.height()
                place = number_place((point.x(), point.y()), size, 1.6 * reach, taken, whole)
                if place is not None:
                    taken.append(place)
                    self.discreet.line(painter, QRectF(*place), text, font, self._colour(_ink(n)))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - a name of Qt
        """Tell of letters of another size."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self.restyled.emit()

    # -- choosing ----------------------------------------------------------------------

    def scan_at(self, position: QPointF) -> int:
        """Return the index of the images under a place, -1 without."""
        for n, place in enumerate(self._places):
            column = QRectF(
                place.x - 14 * self.scale, place.box.top(), 28 * self.scale, self.height()
            )
            near = place.box.contains(position) or column.contains(position)
            if near and place.event.series_uid:
                return n
        return -1

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - a name of Qt
        """Open the images under the pointer."""
        self._choose(self.scan_at(event.position()), opening=True)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - a name of Qt
        """Show what can be opened."""
        can = self.scan_at(event.position()) >= 0
        self.setCursor(Qt.CursorShape.PointingHandCursor if can else Qt.CursorShape.ArrowCursor)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - a name of Qt
        """Go from images to images by the arrows; open them by Enter."""
        scans = [n for n, place in enumerate(self._places) if place.event.series_uid]
        key = event.key()
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right) and scans:
            step = 1 if key == Qt.Key.Key_Right else -1
            here = scans.index(self._chosen) if self._chosen in scans else -step
            self._choose(scans[min(max(here + step, 0), len(scans) - 1)], opening=False)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose(self._chosen, opening=True)
        else:
            super().keyPressEvent(event)

    def _choose(self, number: int, *, opening: bool) -> None:
        if not 0 <= number < len(self._places):
            return
        self._chosen = number
        self.update()
        if opening:
            self.scan_chosen.emit(self._places[number].event.series_uid)


def symbol(kind: EventKind, middle: QPointF, size: float) -> QPainterPath:
    """Return the shape of a kind: a shape of its own beside its colour and word."""
    path = QPainterPath()
    box = QRectF(middle.x() - size, middle.y() - size, 2 * size, 2 * size)
    x, y = middle.x(), middle.y()
    if kind is EventKind.SCAN:
        path.addRoundedRect(box, size * 0.3, size * 0.3)
    elif kind is EventKind.BIOPSY:
        path.addPolygon(_closed((x, y - size), (x + size, y + size), (x - size, y + size)))
    elif kind is EventKind.OPERATION:
        path.addPolygon(_closed((x, y - size), (x + size, y), (x, y + size), (x - size, y)))
    elif kind is EventKind.THERAPY:
        path.addRect(box.adjusted(0, size * 0.5, 0, -size * 0.5))
    elif kind is EventKind.DECISION:
        path.addEllipse(box)
        path.addEllipse(box.adjusted(size * 0.6, size * 0.6, -size * 0.6, -size * 0.6))
    else:
        path.addEllipse(box.adjusted(size * 0.3, size * 0.3, -size * 0.3, -size * 0.3))
    return path


def _closed(*corners: tuple[float, float]) -> QPolygonF:
    points = [QPointF(*corner) for corner in corners]
    return QPolygonF([*points, points[0]])
