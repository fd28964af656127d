"""Slides of key images, facts and assessment as a 16:9 PDF, for rooms without this program."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QPointF, QRectF, QSizeF
from PySide6.QtGui import QColor, QPageLayout, QPageSize, QPainter, QPdfWriter, QPen

from tumorboard.language import _
from tumorboard.progress import Reporter
from tumorboard.reports.blocks import read_png
from tumorboard.reports.deck import Deck
from tumorboard.reports.identity import confidentiality
from tumorboard.reports.letters import lacking_letters
from tumorboard.reports.look import PT, RESOLUTION, font
from tumorboard.reports.slide_choice import deck_slides
from tumorboard.reports.slide_pages import (
    HEIGHT,
    RULE,
    SIDE,
    WIDTH,
    Line,
    Shown,
    Slide,
    foot_lines,
    head_lines,
)
from tumorboard.reports.slide_parts import GROUND, LINE
from tumorboard.text import sided
from tumorboard.whole_file import write_whole

#: The ending of the files that PowerPoint opens.
PRESENTATION = ".pptx"


def write_slides(deck: Deck, path: Path, reporter: Reporter | None = None) -> None:
    """Write slides, whole or not at all: for PowerPoint where the name ends so, else as PDF.

    Needs a QGuiApplication; runs in any thread.

    Raises
    ------
    UserError
        When the file cannot be written.
    CancelledError
        When the reporter was asked to stop.

    """
    from tumorboard.reports.powerpoint import presentation_bytes

    made = presentation_bytes if path.suffix.lower() == PRESENTATION else slides_bytes
    write_whole(path, made(deck, reporter))


def slides_bytes(deck: Deck, reporter: Reporter | None = None) -> bytes:
    """Return slides as the bytes of a PDF file.

    Raises
    ------
    CancelledError
        When the reporter was asked to stop.

    """
    slides = list(deck_slides(deck))
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setResolution(RESOLUTION)
    writer.setPageSize(QPageSize(QSizeF(WIDTH, HEIGHT), QPageSize.Unit.Point))
    writer.setPageMargins(QMarginsF(0, 0, 0, 0), QPageLayout.Unit.Point)
    writer.setTitle(deck.title)
    writer.setCreator(_("Tumorboard {program_version}", program_version=deck.program_version))
    painter = QPainter(writer)
    try:
        painter.setRenderHint(QPainter.RenderHint.LosslessImageRendering)
        foot, note = confidentiality(deck.with_identity), lacking_letters(deck)
        for number, slide in enumerate(slides, start=1):
            if reporter is not None:
                reporter.step(_("Writing slides"), number, len(slides))
            if number > 1:
                writer.newPage()
            _paint(painter, slide, foot, note, f"{number} / {len(slides)}")
    finally:
        painter.end()
    del painter, writer
    buffer.close()
    return bytes(data.data())


def _paint(painter: QPainter, slide: Slide, foot: str, letters: str, number: str) -> None:
    painter.fillRect(QRectF(0, 0, WIDTH * PT, HEIGHT * PT), QColor(GROUND))
    for part, box in slide.parts:
        if isinstance(part, Shown):
            painter.fillRect(box, QColor("#000000"))
            painter.drawImage(box, read_png(part.png))
        else:
            part.paint(painter, box.left(), box.top(), box.width())
    head = head_lines(slide)
    for line in (*head, *foot_lines(slide, foot, number, letters)):
        _paint_line(painter, line)
    if head:
        painter.setPen(QPen(QColor(LINE), 0.75 * PT))
        right = (WIDTH - SIDE) * PT
        painter.drawLine(QPointF(SIDE * PT, RULE * PT), QPointF(right, RULE * PT))


def _paint_line(painter: QPainter, line: Line) -> None:
    run = line.run
    painter.setFont(font(run.size, bold=run.bold))
    painter.setPen(QColor(run.colour))
    painter.drawText(QPointF(line.left, line.base), sided(run.text))
