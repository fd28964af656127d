"""The board report as PDF: lays the sheet on pages and paints them."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QPointF, Qt
from PySide6.QtGui import QColor, QPageLayout, QPageSize, QPainter, QPdfWriter, QPen

from tumorboard.errors import UserError
from tumorboard.reports.blocks import Block, Stack
from tumorboard.reports.context import ReportContext
from tumorboard.reports.files import write_whole
from tumorboard.reports.look import DIM, FAINT, INK, PT, RESOLUTION, SMALL, font
from tumorboard.reports.sheet import board_sheet

_PAPERS: Final = {"A4": QPageSize.PageSizeId.A4, "Letter": QPageSize.PageSizeId.Letter}
#: A last page filled less than this is worth closer sections, at gaps in points.
_NEARLY_EMPTY: Final = 0.2
_CLOSER_GAPS: Final = (6.0, 4.5)
#: Room around the text in points; the running head and foot stand inside the first two.
_TOP, _BOTTOM, _SIDE = 42.0, 42.0, 40.0


def write_pdf(context: ReportContext, path: Path, paper: str = "A4") -> None:
    """Write the report as PDF, whole or not at all.

    Needs a QGuiApplication; may run in any thread. The file's metadata name the case by
    its label only.

    Parameters
    ----------
    context
        The content.
    path
        The file; one that is there is replaced.
    paper
        "A4" or "Letter".

    Raises
    ------
    UserError
        When the paper is not known or the file cannot be written.

    """
    if paper not in _PAPERS:
        raise UserError(f"“{paper}” is not a paper size for reports.", "Choose A4 or Letter.")
    write_whole(path, pdf_bytes(context, paper))


def pdf_bytes(context: ReportContext, paper: str = "A4") -> bytes:
    """Return the report as the bytes of a PDF file."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setResolution(RESOLUTION)
    writer.setPageSize(QPageSize(_PAPERS[paper]))
    writer.setPageMargins(QMarginsF(0, 0, 0, 0), QPageLayout.Unit.Point)
    writer.setTitle(f"Board report {context.label}")
    writer.setCreator(f"Tumorboard {context.colophon.program_version}")
    painter = QPainter(writer)
    try:
        painter.setRenderHint(QPainter.RenderHint.LosslessImageRendering)
        _paint(painter, writer, context)
    finally:
        painter.end()
    del painter, writer
    buffer.close()
    return bytes(data.data())


def _paint(painter: QPainter, writer: QPdfWriter, context: ReportContext) -> None:
    width = writer.width() - 2 * _SIDE * PT
    room = writer.height() - (_TOP + _BOTTOM) * PT
    pages = board_pages(context, width, room)
    for number, page in enumerate(pages, start=1):
        if number > 1:
            writer.newPage()
        page.paint(painter, _SIDE * PT, _TOP * PT, width)
        _head_and_foot(painter, writer, context, f"Page {number} of {len(pages)}")


def board_pages(context: ReportContext, width: float, room: float) -> list[Block]:
    """Deal the report out; closer sections rather than a last page with a few lines."""
    loose = paginate(board_sheet(context), width, room)
    for gap in _CLOSER_GAPS:
        if len(loose) == 1 or loose[-1].height(width) > room * _NEARLY_EMPTY:
            break
        closer = paginate(board_sheet(context, gap), width, room)
        if len(closer) < len(loose):
            return closer
    return loose


def paginate(sheet: Stack, width: float, room: float) -> list[Block]:
    """Deal a sheet out on pages; each begins with what did not fit on the one before."""
    pages: list[Block] = []
    rest: Block | None = sheet
    while rest is not None:
        head, left = rest.split(width, room, room)
        if head is None and isinstance(left, Stack):
            # What can neither be parted nor fits on an empty page stands alone.
            head, left = left.blocks[0], Stack(left.blocks[1:], left.gap)
        pages.append(head or Block())
        rest = left if left is not None and left.height(width) > 0 else None
    return pages


def _head_and_foot(
    painter: QPainter, writer: QPdfWriter, context: ReportContext, page: str
) -> None:
    colophon = context.colophon
    left, right = _SIDE * PT, writer.width() - _SIDE * PT
    foot = writer.height() - 32 * PT
    painter.setPen(QPen(QColor(FAINT), 0.5 * PT))
    painter.drawLine(QPointF(left, foot), QPointF(right, foot))
    _line(painter, left, right, 28 * PT, f"Tumour board report · {context.label}", page)
    versions = f"Guideline {colophon.guideline_short} · audit head {colophon.audit_short}"
    _line(painter, left, right, foot + 11 * PT, colophon.intended_use, versions)


def _line(
    painter: QPainter, left: float, right: float, baseline: float, first: str, last: str
) -> None:
    """Write one line: the first text at the left, shortened if need be, the last at the right."""
    painter.setFont(font(SMALL))
    metrics = painter.fontMetrics()
    start = right - metrics.horizontalAdvance(last)
    painter.setPen(QColor(DIM))
    painter.drawText(QPointF(start, baseline), last)
    painter.setPen(QColor(INK))
    room = int(start - left - 12 * PT)
    painter.drawText(
        QPointF(left, baseline), metrics.elidedText(first, Qt.TextElideMode.ElideRight, room)
    )
