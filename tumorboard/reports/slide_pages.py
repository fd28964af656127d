"""Where everything stands on the pages of slides, whatever they are written as.

Lengths in points on a page of 960 x 540; a point is two pixels of a screen of 1080 lines, so
that nothing written here is below 24 pixels there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetricsF

from tumorboard.reports.blocks import Block, Row, Stack, png_ratio
from tumorboard.reports.content import KeyImage
from tumorboard.reports.look import PT, font
from tumorboard.reports.paper import paginate
from tumorboard.reports.slide_parts import (
    ACCENT,
    DIM,
    INK,
    LEAST,
    caption_line,
    column_sheet,
    words_sheet,
)
from tumorboard.reports.text import ASCENT, LEADING, Run
from tumorboard.reports.words import INTENDED_USE

WIDTH, HEIGHT = 960.0, 540.0
SIDE: Final = 36.0
_TOP, _BOTTOM = 66.0, 44.0
_HEAD: Final = 20.0
#: The baselines of the head and the foot, and the line below the head.
_HEAD_BASE, RULE, _FOOT_BASE = 40.0, 52.0, HEIGHT - 18
#: The room of a note above the foot.
NOTE: Final = 20.0
#: The largest room for a picture, and what stands between it and its words.
_PICTURE_WIDTH, _GUTTER = 560.0, 22.0
#: What stands between pictures side by side, and the least room for the words below them.
_BETWEEN, _BELOW = 14.0, 84.0
#: Pictures side by side are not made lower than this for the sake of words.
_LOWEST: Final = 216.0


@dataclass(frozen=True)
class Shown:
    """A picture: its file, and what it shows in words; its pixels are read when it is written."""

    png: bytes
    words: str

    @property
    def ratio(self) -> float:
        """Its width by its height."""
        return png_ratio(self.png)


_Parts = tuple[tuple[Block | Shown, QRectF], ...]


@dataclass(frozen=True)
class Slide:
    """One page: the words at its top, and what stands where on it, in device units.

    ``note`` is a line above the foot, in the room that `NOTE` points leave there.
    """

    head: str
    section: str
    parts: _Parts
    note: str = ""


@dataclass(frozen=True)
class Line:
    """A line of words at the head or foot of a page; ``left``, ``base`` in device units."""

    run: Run
    left: float
    base: float
    width: float
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft

    @property
    def box(self) -> QRectF:
        """The rectangle that it takes."""
        pitch = self.run.size * LEADING * PT
        return QRectF(self.left, self.base - pitch * ASCENT, self.width, pitch)


def head_lines(slide: Slide) -> tuple[Line, ...]:
    """Return the name of the case, shortened if need be, and what the page is about."""
    if not slide.head:
        return ()
    right = (WIDTH - SIDE) * PT
    section = Run(slide.section, _HEAD, ACCENT)
    start = right - _advance(section)
    room = start - SIDE * PT - 20 * PT
    bold = QFontMetricsF(font(_HEAD, bold=True))
    name = Run(bold.elidedText(slide.head, Qt.TextElideMode.ElideRight, room), _HEAD, INK, True)
    return (
        Line(name, SIDE * PT, _HEAD_BASE * PT, room),
        Line(section, start, _HEAD_BASE * PT, right - start, Qt.AlignmentFlag.AlignRight),
    )


def foot_lines(slide: Slide, foot: str, number: str, letters: str = "") -> tuple[Line, ...]:
    """Return what stands below a page: the same below every one, and its note.

    ``letters`` says which letters no font here has.
    """
    right = (WIDTH - SIDE) * PT
    middle = _advance(Run(INTENDED_USE, LEAST))
    found = []
    for words, left, align in (
        (foot, SIDE * PT, Qt.AlignmentFlag.AlignLeft),
        (INTENDED_USE, (WIDTH * PT - middle) / 2, Qt.AlignmentFlag.AlignHCenter),
        (number, None, Qt.AlignmentFlag.AlignRight),
    ):
        run = Run(words, LEAST, DIM)
        start = right - _advance(run) if left is None else left
        found.append(Line(run, start, _FOOT_BASE * PT, _advance(run), align))
    if slide.note:
        note = Run(slide.note, LEAST, ACCENT)
        found.append(Line(note, SIDE * PT, (_FOOT_BASE - NOTE) * PT, right - SIDE * PT))
    if letters:
        above = NOTE * (2 if slide.note else 1)
        told = Run(letters, LEAST, DIM)
        found.append(Line(told, SIDE * PT, (_FOOT_BASE - above) * PT, right - SIDE * PT))
    return tuple(found)


def _advance(run: Run) -> float:
    return QFontMetricsF(font(run.size, bold=run.bold)).horizontalAdvance(run.text)


def sheet_slides(head: str, section: str, sheet: Stack, spared: float = 0.0) -> list[Slide]:
    """Return the pages of a sheet; ``spared`` points above the foot stay free."""
    box = QRectF(SIDE * PT, _TOP * PT, (WIDTH - 2 * SIDE) * PT, _room() - spared * PT)
    pages = paginate(sheet, box.width(), box.height())
    return [Slide(head, section, ((page, box),)) for page in pages]


def picture_slides(head: str, section: str, images: Sequence[KeyImage]) -> list[Slide]:
    """Return the pages of one key image, or of several that share a page."""
    first = images[0]
    if len(images) > 1:
        laid = _in_a_row(images, [column_sheet(image, small=True) for image in images])
    elif first.beside:
        sheets = [words_sheet(one) for one in first.pictures]
        laid = _in_a_row(first.pictures, sheets, caption_line(first))
    else:
        laid = _beside_words(first)
    return [Slide(head, section, parts) for parts in laid]


def _shown(image: KeyImage) -> Shown:
    words = ". ".join(part for part in (image.caption, image.series, *image.measured) if part)
    return Shown(image.png, words)


def _beside_words(image: KeyImage) -> Iterator[_Parts]:
    """Yield pages with one picture at the left and its words at the right."""
    shown = _shown(image)
    # Where a picture lies, in its own proportions and as large as its room.
    ratio = shown.ratio
    height = min(_room(), _PICTURE_WIDTH * PT / ratio)
    box = QRectF(SIDE * PT, _TOP * PT, height * ratio, height)
    left = box.right() + _GUTTER * PT
    column = QRectF(left, box.top(), (WIDTH - SIDE) * PT - left, _room())
    for page in paginate(column_sheet(image), column.width(), column.height()):
        yield (shown, box), (page, column)


def _in_a_row(
    images: Sequence[KeyImage], sheets: Sequence[Stack], caption: Block | None = None
) -> Iterator[_Parts]:
    """Yield pages with pictures in a row, a caption above, the sheet of each below it.

    The pictures give way to the words down to a height; more words go on on a further page.
    """
    whole, shown = (WIDTH - 2 * SIDE) * PT, [_shown(image) for image in images]
    top, bottom = _TOP * PT, _TOP * PT + _room()
    above: _Parts = ()
    if caption is not None:
        head = QRectF(SIDE * PT, top, whole, caption.height(whole))
        above, top = ((caption, head),), head.bottom() + 8 * PT
    room = QRectF(SIDE * PT, top, whole, bottom - top)
    boxes = _fitting([one.ratio for one in shown], sheets, room)
    sheet, start = _words_below(sheets, boxes, room.right()), boxes[0].bottom() + 6 * PT
    below = QRectF(SIDE * PT, start, whole, bottom - start)
    for page in paginate(sheet, below.width(), below.height()):
        yield (*above, *zip(shown, boxes, strict=True), (page, below))


def _fitting(ratios: Sequence[float], sheets: Sequence[Stack], room: QRectF) -> list[QRectF]:
    """Return the places of pictures that leave their words room: the largest, if any do."""
    found: list[QRectF] = []
    for tallest in np.linspace(room.height() - _BELOW * PT, _LOWEST * PT, 8):
        for even in (True, False):
            found = _row(ratios, room.top(), float(tallest), even=even)
            words = _words_below(sheets, found, room.right()).height(room.width())
            if found[0].bottom() + 6 * PT + words <= room.bottom():
                return found
    return found


def _words_below(sheets: Sequence[Stack], boxes: Sequence[QRectF], right: float) -> Stack:
    """Return the words of each picture, from its left edge to the next picture."""
    ends = [*(box.left() for box in boxes[1:]), right + _BETWEEN * PT]
    shares = [(end - box.left()) / PT - _BETWEEN for box, end in zip(boxes, ends, strict=True)]
    return Stack([Row(sheets, shares, _BETWEEN, keep=False)])


def _row(ratios: Sequence[float], top: float, tallest: float, *, even: bool) -> list[QRectF]:
    """Return the places of pictures of one height in a row, as large as the page allows.

    Room that is left is that of the words below: it goes to all of them when ``even``, else
    to the last one.
    """
    free = (WIDTH - 2 * SIDE - _BETWEEN * (len(ratios) - 1)) * PT
    height = min(tallest, free / sum(ratios))
    spare = (free - height * sum(ratios)) / len(ratios) if even else 0.0
    boxes, left = [], SIDE * PT
    for ratio in ratios:
        boxes.append(QRectF(left, top, height * ratio, height))
        left += height * ratio + spare + _BETWEEN * PT
    return boxes


def _room() -> float:
    return (HEIGHT - _TOP - _BOTTOM) * PT
