"""Pages of a PDF: lays blocks on paper and paints them with a running head and foot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QPointF, Qt
from PySide6.QtGui import QColor, QPageLayout, QPageSize, QPainter, QPdfWriter, QPen

from tumorboard.errors import UserError
from tumorboard.language import _
from tumorboard.reports.blocks import Block, Stack
from tumorboard.reports.look import DIM, FAINT, INK, PT, RESOLUTION, SMALL, font
from tumorboard.text import sided
from tumorboard.whole_file import write_whole

_PAPERS: Final = {"A4": QPageSize.PageSizeId.A4, "Letter": QPageSize.PageSizeId.Letter}
#: Room around the text in points; the running head and foot stand inside the first two.
_TOP, _BOTTOM, _SIDE = 42.0, 42.0, 40.0

#: The fewest lines on a page of several, and by how much the page before is shortened for it, in
#: points and times.
_FEWEST: Final = 3
_STEP, _STEPS = 8.0, 24

#: From the width and height of the room on a page to the pages.
PagesOf = Callable[[float, float], list[Block]]


@dataclass(frozen=True)
class Running:
    """What stands in the metadata and on each page; nothing here may name a patient.

    ``note`` stands above the foot where something is to be said of the paper itself.
    """

    title: str
    creator: str
    head: str
    foot: str
    foot_right: str
    note: str = ""


def write_paper(path: Path, pages_of: PagesOf, running: Running, paper: str = "A4") -> None:
    """Write a PDF, whole or not at all.

    Needs a QGuiApplication; may run in any thread. One that is there is replaced.

    Raises
    ------
    UserError
        When the paper is not known ("A4" and "Letter" are) or the file cannot be written.

    """
    if paper not in _PAPERS:
        raise UserError(
            _("“{paper}” is not a paper size for reports.", paper=paper), _("Choose A4 or Letter.")
        )
    write_whole(path, paper_bytes(pages_of, running, paper))


def paper_bytes(pages_of: PagesOf, running: Running, paper: str = "A4") -> bytes:
    """Return pages as the bytes of a PDF file."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setResolution(RESOLUTION)
    writer.setPageSize(QPageSize(_PAPERS[paper]))
    writer.setPageMargins(QMarginsF(0, 0, 0, 0), QPageLayout.Unit.Point)
    writer.setTitle(running.title)
    writer.setCreator(running.creator)
    painter = QPainter(writer)
    try:
        painter.setRenderHint(QPainter.RenderHint.LosslessImageRendering)
        width = writer.width() - 2 * _SIDE * PT
        room = writer.height() - (_TOP + _BOTTOM) * PT
        pages = pages_of(width, room)
        for number, page in enumerate(pages, start=1):
            if number > 1:
                writer.newPage()
            page.paint(painter, _SIDE * PT, _TOP * PT, width)
            _head_and_foot(
                painter,
                writer,
                running,
                _("Page {number} of {count}", number=number, count=len(pages)),
            )
    finally:
        painter.end()
    del painter, writer
    buffer.close()
    return bytes(data.data())


def paginate(sheet: Stack, width: float, room: float) -> list[Block]:
    """Deal a sheet out on pages; each begins with what did not fit on the one before.

    A page is not left with a line or two: the one before gives it some of its own, and where
    that cannot be, a piece that wants to stay whole is parted.
    """
    dealt = _dealt(sheet, width, room)
    for n in range(len(dealt) - 1, -1, -1):
        if len(dealt) > 1 and dealt[n][0].lines(width) < _FEWEST:
            dealt = _fuller(dealt, n, width, room)
    return [page for page, _rest in dealt]


#: Pages, each with all that was still to be dealt out when it was begun.
_Dealt = list[tuple[Block, Block]]


def _dealt(rest: Block | None, width: float, room: float) -> _Dealt:
    dealt: _Dealt = []
    while rest is not None:
        page, left = _page(rest, width, room, room)
        dealt.append((page, rest))
        rest = left
    return dealt


def _page(rest: Block, width: float, room: float, page: float) -> tuple[Block, Block | None]:
    """Return what fits into ``room``, and the rest; pieces higher than ``page`` may be parted."""
    head, left = rest.split(width, room, page)
    if head is None and isinstance(left, Stack):
        # What can neither be parted nor fits on an empty page stands alone.
        head, left = left.blocks[0], Stack(left.blocks[1:], left.gap)
    return head or Block(), left if left is not None and left.height(width) > 0 else None


def _lack(dealt: _Dealt, width: float) -> int:
    """Return how many lines pages lack to have the fewest that a page should have."""
    return sum(max(_FEWEST - page.lines(width), 0) for page, _rest in dealt)


def _fuller(dealt: _Dealt, number: int, width: float, room: float) -> _Dealt:
    """Return pages of which the one of this number lacks fewer lines, if that can be had."""
    best, lack = dealt, _lack(dealt, width)
    tries = [(number, room, 0.0)]  # part what wants to stay whole
    if number > 0:
        filled = dealt[number - 1][0].height(width)
        shorter = [filled - step * _STEP * PT for step in range(1, _STEPS)]
        tries = [(number - 1, high, room) for high in shorter if high > 0] + tries
    for first, high, page in tries:
        head, left = _page(dealt[first][1], width, high, page)
        if head.height(width) > room:
            continue
        rest = dealt[first][1]
        found = [*dealt[:first], (head, rest), *_dealt(left, width, room)]
        if len(found) <= len(dealt) and (now := _lack(found, width)) < lack:
            best, lack = found, now
        if not lack:
            break
    return best


def _head_and_foot(painter: QPainter, writer: QPdfWriter, running: Running, page: str) -> None:
    left, right = _SIDE * PT, writer.width() - _SIDE * PT
    foot = writer.height() - 32 * PT
    painter.setPen(QPen(QColor(FAINT), 0.5 * PT))
    painter.drawLine(QPointF(left, foot), QPointF(right, foot))
    _line(painter, left, right, foot - 3 * PT, running.note, "")
    _line(painter, left, right, 28 * PT, running.head, page)
    _line(painter, left, right, foot + 11 * PT, running.foot, running.foot_right)


def _line(
    painter: QPainter, left: float, right: float, baseline: float, first: str, last: str
) -> None:
    """Write one line: the first text at the left, shortened if need be, the last at the right."""
    painter.setFont(font(SMALL))
    metrics = painter.fontMetrics()
    start = right - metrics.horizontalAdvance(last)
    painter.setPen(QColor(DIM))
    painter.drawText(QPointF(start, baseline), sided(last))
    painter.setPen(QColor(INK))
    room = int(start - left - 12 * PT)
    shown = metrics.elidedText(first, Qt.TextElideMode.ElideRight, room)
    painter.drawText(QPointF(left, baseline), sided(shown))
