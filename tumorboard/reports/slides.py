"""Slides of key images, facts and assessment as a 16:9 PDF, for rooms without this program.

Lengths in points on a page of 960 x 540; a point is two pixels of a screen of 1080 lines, so
that nothing written here is below 24 pixels there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QImage,
    QPageLayout,
    QPageSize,
    QPainter,
    QPdfWriter,
    QPen,
)

from tumorboard.language import _
from tumorboard.progress import Reporter
from tumorboard.reports.blocks import Block, Row, Stack, read_png
from tumorboard.reports.content import KeyImage
from tumorboard.reports.deck import CaseSlides, Deck
from tumorboard.reports.identity import confidentiality
from tumorboard.reports.letters import lacking_letters
from tumorboard.reports.look import PT, RESOLUTION, font
from tumorboard.reports.paper import paginate
from tumorboard.reports.slide_parts import (
    ACCENT,
    DIM,
    GROUND,
    INK,
    LEAST,
    LINE,
    assessment_sheet,
    caption_line,
    column_sheet,
    decision_sheet,
    facts_sheet,
    opening_sheet,
    title_sheet,
    words_sheet,
)
from tumorboard.reports.words import INTENDED_USE
from tumorboard.text import sided
from tumorboard.whole_file import write_whole

WIDTH, HEIGHT = 960.0, 540.0
_SIDE, _TOP, _BOTTOM = 36.0, 66.0, 44.0
_HEAD: Final = 20.0
#: The largest room for a picture, and what stands between it and its words.
_PICTURE_WIDTH, _GUTTER = 560.0, 22.0


#: What stands between pictures side by side, and the least room for the words below them.
_BETWEEN, _BELOW = 14.0, 84.0
#: Pictures side by side are not made lower than this for the sake of words.
_LOWEST: Final = 216.0


@dataclass(frozen=True)
class Slide:
    """One page: the words at its top, and what stands where on it, in device units."""

    head: str
    section: str
    parts: tuple[tuple[Block | QImage, QRectF], ...]


def write_slides(deck: Deck, path: Path, reporter: Reporter | None = None) -> None:
    """Write slides, whole or not at all; needs a QGuiApplication, runs in any thread.

    Raises
    ------
    UserError
        When the file cannot be written.
    CancelledError
        When the reporter was asked to stop.

    """
    write_whole(path, slides_bytes(deck, reporter))


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


def deck_slides(deck: Deck) -> Iterator[Slide]:
    """Yield the pages of a deck in their order."""
    if deck.opening:
        yield from _pages("", "", opening_sheet(deck.opening))
    for case in deck.cases:
        yield from _case_slides(case)


def _case_slides(case: CaseSlides) -> Iterator[Slide]:
    yield from _pages("", "", title_sheet(case))
    yield from _picture_slides(case)
    yield from _pages(case.name, _("Facts"), facts_sheet(case.report))
    yield from _pages(case.name, _("Assessment"), assessment_sheet(case.report))
    if case.decided is not None:
        yield from _pages(case.name, _("Decision of the board"), decision_sheet(case.decided))


def _picture_slides(case: CaseSlides) -> Iterator[Slide]:
    images = case.report.images
    for number, image in enumerate(images, start=1):
        section = (
            _("Key image {number} of {count}", number=number, count=len(images))
            if len(images) > 1
            else _("Key image")
        )
        laid = _side_by_side(image) if image.beside else _beside_words(image)
        for parts in laid:
            yield Slide(case.name, section, parts)


_Parts = tuple[tuple[Block | QImage, QRectF], ...]


def _beside_words(image: KeyImage) -> Iterator[_Parts]:
    """Yield pages with one picture at the left and its words at the right."""
    picture = read_png(image.png)
    # Where a picture lies, in its own proportions and as large as its room.
    ratio = _ratio(picture)
    height = min(_room(), _PICTURE_WIDTH * PT / ratio)
    box = QRectF(_SIDE * PT, _TOP * PT, height * ratio, height)
    left = box.right() + _GUTTER * PT
    column = QRectF(left, box.top(), (WIDTH - _SIDE) * PT - left, _room())
    for page in paginate(column_sheet(image), column.width(), column.height()):
        yield (picture, box), (page, column)


def _side_by_side(image: KeyImage) -> Iterator[_Parts]:
    """Yield pages with the pictures of a view in a row, its caption above, words below each.

    The pictures give way to the words down to a height; more words go on on a further page.
    """
    caption, whole = caption_line(image), (WIDTH - 2 * _SIDE) * PT
    head = QRectF(_SIDE * PT, _TOP * PT, whole, caption.height(whole))
    pictures = [read_png(one.png) for one in image.pictures]
    top, bottom = head.bottom() + 8 * PT, _TOP * PT + _room()
    boxes = _fitting(image, pictures, QRectF(head.left(), top, whole, bottom - top))
    sheet, start = _words_below(image, boxes, head.right()), boxes[0].bottom() + 6 * PT
    below = QRectF(_SIDE * PT, start, whole, bottom - start)
    for page in paginate(sheet, below.width(), below.height()):
        yield (caption, head), *zip(pictures, boxes, strict=True), (page, below)


def _fitting(image: KeyImage, pictures: Sequence[QImage], room: QRectF) -> list[QRectF]:
    """Return the places of pictures that leave their words room: the largest, if any do."""
    found: list[QRectF] = []
    for tallest in np.linspace(room.height() - _BELOW * PT, _LOWEST * PT, 8):
        for even in (True, False):
            found = _row(pictures, room.top(), float(tallest), even=even)
            words = _words_below(image, found, room.right()).height(room.width())
            if found[0].bottom() + 6 * PT + words <= room.bottom():
                return found
    return found


def _words_below(image: KeyImage, boxes: Sequence[QRectF], right: float) -> Stack:
    """Return the words of each picture, from its left edge to the next picture."""
    ends = [*(box.left() for box in boxes[1:]), right + _BETWEEN * PT]
    shares = [(end - box.left()) / PT - _BETWEEN for box, end in zip(boxes, ends, strict=True)]
    return Stack([Row([words_sheet(p) for p in image.pictures], shares, _BETWEEN, keep=False)])


def _row(pictures: Sequence[QImage], top: float, tallest: float, *, even: bool) -> list[QRectF]:
    """Return the places of pictures of one height in a row, as large as the page allows.

    Room that is left is that of the words below: it goes to all of them when ``even``, else
    to the last one.
    """
    ratios = [_ratio(picture) for picture in pictures]
    free = (WIDTH - 2 * _SIDE - _BETWEEN * (len(pictures) - 1)) * PT
    height = min(tallest, free / sum(ratios))
    spare = (free - height * sum(ratios)) / len(ratios) if even else 0.0
    boxes, left = [], _SIDE * PT
    for ratio in ratios:
        boxes.append(QRectF(left, top, height * ratio, height))
        left += height * ratio + spare + _BETWEEN * PT
    return boxes


def _pages(head: str, section: str, sheet: Stack) -> Iterator[Slide]:
    box = QRectF(_SIDE * PT, _TOP * PT, (WIDTH - 2 * _SIDE) * PT, _room())
    for page in paginate(sheet, box.width(), box.height()):
        yield Slide(head, section, ((page, box),))


def _room() -> float:
    return (HEIGHT - _TOP - _BOTTOM) * PT


def _ratio(picture: QImage) -> float:
    return max(picture.width() / picture.height(), 1e-6) if not picture.isNull() else 1.0


def _paint(painter: QPainter, slide: Slide, foot: str, note: str, number: str) -> None:
    painter.fillRect(QRectF(0, 0, WIDTH * PT, HEIGHT * PT), QColor(GROUND))
    for part, box in slide.parts:
        if isinstance(part, QImage):
            painter.fillRect(box, QColor("#000000"))
            painter.drawImage(box, part)
        else:
            part.paint(painter, box.left(), box.top(), box.width())
    _paint_head(painter, slide)
    painter.setFont(font(LEAST))
    painter.setPen(QColor(DIM))
    metrics = QFontMetricsF(font(LEAST))
    middle, right = INTENDED_USE, (WIDTH - _SIDE) * PT
    baseline = (HEIGHT - 18) * PT
    painter.drawText(QPointF(_SIDE * PT, baseline), sided(foot))
    painter.drawText(QPointF(_SIDE * PT, baseline - LEAST * 1.2 * PT), note)
    painter.drawText(
        QPointF((WIDTH * PT - metrics.horizontalAdvance(middle)) / 2, baseline), middle
    )
    painter.drawText(QPointF(right - metrics.horizontalAdvance(number), baseline), number)


def _paint_head(painter: QPainter, slide: Slide) -> None:
    if not slide.head:
        return
    bold, plain = font(_HEAD, bold=True), font(_HEAD)
    right = (WIDTH - _SIDE) * PT
    start = right - QFontMetricsF(plain).horizontalAdvance(slide.section)
    room = start - _SIDE * PT - 20 * PT
    name = QFontMetricsF(bold).elidedText(slide.head, Qt.TextElideMode.ElideRight, room)
    for words, style, ink, x in (
        (name, bold, INK, _SIDE * PT),
        (slide.section, plain, ACCENT, start),
    ):
        painter.setFont(style)
        painter.setPen(QColor(ink))
        painter.drawText(QPointF(x, 40 * PT), sided(words))
    painter.setPen(QPen(QColor(LINE), 0.75 * PT))
    painter.drawLine(QPointF(_SIDE * PT, 52 * PT), QPointF(right, 52 * PT))
