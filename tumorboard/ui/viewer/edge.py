"""What stands at the rim of a view: corner words, side letters, scale bar, names of levels.

All of it is laid out first, each part where it covers no other, and then painted: labels of
measurements are told which rectangles are taken. Where room is short words give way in an
order; the patient, the date and the scale are the last ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from math import ceil, floor
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from tumorboard.annotations.labels import Box, overlaps
from tumorboard.annotations.model import Annotation
from tumorboard.imaging.geometry import Point, Points
from tumorboard.imaging.viewport import NO_STRIPS, Projection, Strips
from tumorboard.language import _
from tumorboard.ui.shell.theme import text_font
from tumorboard.ui.viewer.drawings import Free
from tumorboard.ui.viewer.inks import colour
from tumorboard.ui.viewer.letters import (
    GROUND,
    OUTLINE,
    beside_letters,
    letter_px,
    paint_ground,
    text_width,
    text_with_outline,
)
from tumorboard.ui.viewer.rim_levels import (
    Level,
    Word,
    level_marks,
    levels_beside,
    paint_level,
    rim_line_px,
)

#: Names the side of the patient in a direction.
LettersOf = Callable[[Points], str]

_WORDS: Final = QColor("#cfd6de")
_LETTERS: Final = QColor("#aeb8c4")
_EDGE: Final = 10.0
#: How far the last baseline stands above the edge.
_LAST: Final = 12.0
#: Below the last words of a strip, and at the sides for the smallest letters and the slice bar.
_BELOW_WORDS, _BESIDE = 7.0, 20.0
#: Between words that stand side by side.
_GAP: Final = 12.0
#: Words in the corners take at most this share of the height of a view.
_SHARE: Final = 0.5
#: A description cut to less than this says nothing.
_LEAST: Final = 56.0
#: Words that change from slice to slice take whole steps: labels stay where they are.
_STEP: Final = 64.0
#: Before the later lines of a sentence, as wide as its mark.
_SET_IN: Final = "     "


def _first() -> float:
    """Return the first baseline."""
    return beside_letters(20.0)


def _reading_px() -> float:
    """Return how wide the value and the place under the pointer usually are."""
    return beside_letters(220.0)


@dataclass(frozen=True)
class Bar:
    """The scale bar: its words and ends."""

    word: Word
    left: float
    right: float
    y: float

    @property
    def box(self) -> Box:
        """The rectangle of words and bar."""
        return self.word.x, self.y - 9, self.right + 4 - self.word.x, 16.0


@dataclass(frozen=True)
class Rim:
    """Everything at the rim of a view of ``size``.

    ``total`` is the size of the index mass as a whole, ``more`` are rectangles of other things.
    """

    size: QRectF
    top_left: tuple[Word, ...] = ()
    top_right: tuple[Word, ...] = ()
    bottom: tuple[Word, ...] = ()
    warnings: tuple[Word, ...] = ()
    levels: tuple[Level, ...] = ()
    letters: tuple[Word, ...] = ()
    bar: Bar | None = None
    total: Word | None = None
    more: tuple[Box, ...] = field(default=())
    strips: Strips = NO_STRIPS

    @property
    def words(self) -> tuple[Word, ...]:
        """All words of the corners."""
        return (*self.top_left, *self.top_right, *self.bottom)

    @property
    def boxes(self) -> tuple[Box, ...]:
        """The rectangles of all parts, as they are."""
        parts = (
            *self.words,
            *self.warnings,
            *self.levels,
            *self.letters,
            *((self.bar,) if self.bar else ()),
            *((self.total,) if self.total else ()),
        )
        return (*(part.box for part in parts), *self.more)

    @property
    def free(self) -> Free:
        """Where labels may stand; the same for slices that follow one another."""
        right = [_stepped(_around(self.top_right), self.size.width())] if self.top_right else []
        told = [_stepped(_around(self.warnings))] if self.warnings else []
        one = (self.total,) if self.total else ()
        still = (*self.top_left, *self.bottom, *self.levels, *self.letters, *one)
        boxes = [_whole(part.box) for part in (*still, *((self.bar,) if self.bar else ()))]
        taken = (*right, *told, *boxes, *map(_whole, self.more))
        return Free((self.size.width(), self.size.height()), taken)


def _around(words: Sequence[Word]) -> Box:
    boxes = [word.box for word in words]
    left, top = min(b[0] for b in boxes), min(b[1] for b in boxes)
    right, bottom = max(b[0] + b[2] for b in boxes), max(b[1] + b[3] for b in boxes)
    return left, top, right - left, bottom - top


def _stepped(box: Box, right: float | None = None) -> Box:
    """Return a rectangle widened to whole steps; to the left where its right edge is told."""
    _, top, _, height = _whole(box)
    if right is None:
        return box[0] - 2, top, ceil(box[2] / _STEP) * _STEP, height
    wide = ceil((right - box[0]) / _STEP) * _STEP
    return right - wide, top, wide, height


def _whole(box: Box) -> Box:
    """Return a rectangle widened to whole pixels, with its outline."""
    left, top = floor(box[0]) - 2.0, floor(box[1]) - 1.0
    return left, top, ceil(box[0] + box[2]) + 2.0 - left, ceil(box[1] + box[3]) + 1.0 - top


# -- words ---------------------------------------------------------------------------------


def elided(text: str, room: float) -> str:
    """Return a label cut to a width, with an ellipsis when it had to be cut."""
    if text_width(text) <= room:
        return text
    metrics = QFontMetricsF(text_font(letter_px()))
    return metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)


def folded(text: str, room: float) -> list[str]:
    """Return a sentence in lines of at most this width, the later ones set in.

    A word that alone is too wide is cut.
    """
    lines: list[str] = []
    for word in text.split():
        if not lines:
            lines.append(word)
        elif text_width(longer := f"{lines[-1]} {word}") <= room:
            lines[-1] = longer
        else:
            lines.append(f"{_SET_IN}{word}")
    return [elided(line, room) for line in lines]


# -- laying out ----------------------------------------------------------------------------


def rim_of(
    size: QRectF,
    projection: Projection,
    *,
    scale: float | None,
    letters_of: LettersOf,
    corners: Sequence[Sequence[str]] = ((), (), ()),
    badges: Sequence[str] = (),
    levels: Iterable[Annotation] = (),
    more: Iterable[Box] = (),
    total: str = "",
    named: Iterable[tuple[str, Point]] = (),
    strips: Strips = NO_STRIPS,
) -> Rim:
    """Lay out the rim of a view.

    ``scale`` is the patient's millimetres a millimetre of the grid, None without calibration;
    ``letters_of`` names the side of the patient in a direction, "" where that is not known.
    ``corners`` are the words top left, top
    right and bottom left, ``badges`` reservations below the first, ``levels`` the marks whose
    names stand beside their height, ``more`` rectangles that other things take. ``total`` stands
    in the middle above the lower edge, where there is room for all of it. ``named`` are further
    levels, as (name, LPS point). Where the picture leaves ``strips`` no words lie over it.
    """
    others = tuple(more)
    left, right, told = _top(size, corners[0], corners[1], badges)
    letters = _letters(projection, size, letters_of)
    middle = letters[3].x + letters[3].box[2] if letters else 0.0
    bar = scale_bar(projection, size, scale, middle)
    top = [word.box for word in (*left, *right, *told)]
    marks = level_marks(levels, named)
    found = levels_beside(marks, projection, size, [*top, *([bar.box] if bar else [])])
    held = [*top, *(level.box for level in found), *others]
    below = [t for t in corners[2] if t]
    bottom: tuple[Word, ...]
    if strips.bottom:
        end = bar.box[0] - _GAP if bar is not None else size.width() - _EDGE
        text = elided(" · ".join(below), max(end - _EDGE, 1.0))
        bottom = (Word(text, _EDGE, size.height() - _LAST),) if text else ()
    else:
        rows = max(int(size.height() * _SHARE / rim_line_px()) - max(len(left), len(right)), 1)
        bottom = _bottom(size, below[-rows:], bar, held)
    held += [word.box for word in bottom] + ([bar.box] if bar else [])
    letters = tuple(
        _apart(word, held, way * rim_line_px()) for word, way in zip(letters, _WAYS, strict=False)
    )
    held += [word.box for word in letters]
    return Rim(
        *(size, left, right, bottom, told, found, letters, bar),
        total=_total(total, size, held),
        more=others,
        strips=strips,
    )


def strips_for(
    size: QRectF, left: Sequence[str], right: Sequence[str], badges: Sequence[str]
) -> Strips:
    """Return the strips that words at the top and one line at the bottom of a view need."""
    rows = [word.baseline for part in _top(size, left, right, badges) for word in part]
    top = max(rows) + _BELOW_WORDS if rows else 0.0
    return Strips(top, _LAST + rim_line_px(), beside_letters(_BESIDE))


def _total(text: str, size: QRectF, held: Sequence[Box]) -> Word | None:
    """Return where the size of the mass stands; none rather than a part of it."""
    width = text_width(text)
    if not text or width > size.width() - 2 * _EDGE:
        return None
    word = Word(text, (size.width() - width) / 2, size.height() - _LAST - 1.5 * rim_line_px())
    placed = _apart(word, held, -rim_line_px() / 2)
    is_free = not any(overlaps(placed.box, box) for box in held)
    return placed if is_free and placed.baseline > size.height() / 2 else None


def _top(
    size: QRectF, left: Sequence[str], right: Sequence[str], badges: Sequence[str]
) -> tuple[tuple[Word, ...], tuple[Word, ...], tuple[Word, ...]]:
    """Lay out the words at the top: left, right, and the reservations below.

    Where two words have no room side by side the right one is shortened, then a description
    cut, then all right words stand below the left ones: no patient and no date is cut.
    """
    inner = size.width() - 2 * _EDGE
    ours, theirs, below = [t for t in left if t], [t for t in right if t], 0
    for row, (mine, other) in enumerate(zip(ours, theirs, strict=False)):
        room = inner - _GAP - text_width(mine)
        kept = other.split(" · ")[0]
        named = _("Slice {number} / {count}", number="|", count="").partition("|")[0]
        shorter = (other, kept, kept.removeprefix(named))
        theirs[row] = next((t for t in shorter if text_width(t) <= room), shorter[-1])
        cut = inner - _GAP - text_width(theirs[row])
        if text_width(theirs[row]) > room and 0 < row < len(ours) - 1 and cut >= _LEAST:
            ours[row] = elided(mine, cut)
        elif text_width(theirs[row]) > room:
            below = len(ours)
    if below:
        ours, theirs = [t for t in left if t], [t for t in right if t]
    rows = max(len(ours), below + len(theirs))
    start = max(len(ours), rows if badges else 0)
    said = [part for text in badges for part in folded(f"▲ {text}", inner)]
    cut_right = [elided(t, inner) for t in theirs]
    end = size.width() - _EDGE
    return (
        tuple(
            Word(elided(t, inner), _EDGE, _first() + n * rim_line_px()) for n, t in enumerate(ours)
        ),
        tuple(
            Word(t, end - text_width(t), _first() + (below + n) * rim_line_px())
            for n, t in enumerate(cut_right)
        ),
        tuple(Word(t, _EDGE, _first() + (start + n) * rim_line_px()) for n, t in enumerate(said)),
    )


def _bottom(
    size: QRectF, texts: Sequence[str], bar: Bar | None, held: Sequence[Box]
) -> tuple[Word, ...]:
    """Lay out the words bottom left; the first ones go first where there is no room.

    The last line stands beside the scale bar, or above it in a narrow view.
    """
    lines = list(texts)
    inner = size.width() - 2 * _EDGE
    beside = bar.box[0] - _GAP - _EDGE if bar is not None else inner
    raised = bool(lines) and text_width(lines[-1]) > beside
    base = size.height() - _LAST - (rim_line_px() if raised else 0.0)
    while lines:
        found = tuple(
            Word(elided(text, inner), _EDGE, base - (len(lines) - 1 - n) * rim_line_px())
            for n, text in enumerate(lines)
        )
        clear = all(not overlaps(word.box, box) for word in found for box in held)
        if len(lines) == 1 or (clear and all(text_width(text) <= inner for text in lines)):
            return found
        lines.pop(0)
    return ()


#: The ways in which the letters of the left, right, upper and lower edge give way, in lines.
_WAYS: Final = (1.0, 1.0, 1.0, -1.0)


def _letters(projection: Projection, size: QRectF, letters_of: LettersOf) -> tuple[Word, ...]:
    """Return the letters of the sides of the patient at the four edges; none, or all four."""
    right, down = projection.screen_directions()
    places = (
        (letters_of(-right), 8.0, size.height() / 2 + 5, 0.0),
        (letters_of(right), size.width() - 8, size.height() / 2 + 5, 1.0),
        (letters_of(-down), size.width() / 2, _first(), 0.5),
        (letters_of(down), size.width() / 2, size.height() - 10, 0.5),
    )
    if not all(text for text, *_ in places):
        return ()
    return tuple(
        Word(text, x - text_width(text, bold=True) * share, y, bold=True)
        for text, x, y, share in places
    )


def _apart(word: Word, held: Sequence[Box], step: float) -> Word:
    """Return a word moved until it covers nothing; after some steps it stays."""
    for n in range(8):
        moved = replace(word, baseline=word.baseline + n * step)
        if not any(overlaps(moved.box, box) for box in held):
            return moved
    return word


def scale_bar(
    projection: Projection, size: QRectF, scale: float | None, middle: float = 0.0
) -> Bar | None:
    """Return a bar of a round length in the bottom right corner, None without a ``scale``.

    It stays right of ``middle``, where the letter of the lower edge ends.
    """
    if scale is None:
        return None
    pixels_per_mm = projection.pixels_per_mm / scale
    right, y = size.width() - _EDGE - 4, size.height() - 16
    spare = right - middle - text_width("100 cm") - 8 - _GAP
    length = scale_bar_mm(pixels_per_mm, min(size.width() / 4, max(spare, 24.0)))
    left = right - length * pixels_per_mm
    text = f"{length / 10:g} cm"
    return Bar(Word(text, left - text_width(text) - 8, y + 4), left, right, y)


def scale_bar_mm(pixels_per_mm: float, limit: float) -> float:
    """Return the longest of 1, 2, 5, 10 ... mm that fits into ``limit`` pixels."""
    lengths = [base * 10.0**power for power in range(4) for base in (1, 2, 5)]
    fitting = [length for length in lengths if length * pixels_per_mm <= limit]
    return max(fitting, default=lengths[0])


def reading_word(rim: Rim, text: str) -> Word:
    """Return where the value under the pointer stands: above the scale bar, clear of words."""
    if rim.strips.bottom:
        end = rim.bar.box[0] - _GAP if rim.bar is not None else rim.size.width() - _EDGE
        return Word(text, max(end - text_width(text), 0.0), rim.size.height() - _LAST)
    x = rim.size.width() - _EDGE - 4 - text_width(text)
    word = Word(text, x, rim.size.height() - 34)
    return _apart(word, [part.box for part in (*rim.words, *rim.letters)], -rim_line_px())


def reading_box(size: QRectF) -> Box | None:
    """Return a rectangle that is kept for the value under the pointer; None in narrow views."""
    if size.width() < 2 * _reading_px():
        return None
    return (
        size.width() - _EDGE - 4 - _reading_px(),
        size.height() - 34 - letter_px(),
        _reading_px(),
        16.0,
    )


# -- painting ------------------------------------------------------------------------------


def paint_rim(painter: QPainter, rim: Rim) -> None:
    """Paint everything that stands at the rim."""
    for level in rim.levels:
        paint_level(painter, level)
    if rim.warnings:  # ultrasound has words of its own there, bright ones
        left, top, width, height = _around(rim.warnings)
        painter.fillRect(QRectF(left - 4, top - 2, width + 8, height + 2), GROUND)
    for words, ink in (
        (rim.words, _WORDS),
        (rim.warnings, colour("warn")),
        (rim.letters, _LETTERS),
    ):
        for word in words:
            place = QPointF(word.x, word.baseline)
            text_with_outline(painter, place, word.text, ink, bold=word.bold)
    if rim.total is not None:
        paint_ground(painter, rim.total.box, 8, 3)
        place = QPointF(rim.total.x, rim.total.baseline)
        text_with_outline(painter, place, rim.total.text, colour("lesion"))
    if rim.bar is not None:
        bar = rim.bar
        word, y = bar.word, bar.y
        text_with_outline(painter, QPointF(word.x, word.baseline), word.text, _WORDS)
        for ink, width in ((OUTLINE, 3.0), (_WORDS, 1.2)):
            painter.setPen(QPen(ink, width))
            painter.drawLine(QPointF(bar.left, y), QPointF(bar.right, y))
            for x in (bar.left, bar.right):
                painter.drawLine(QPointF(x, y - 4), QPointF(x, y + 4))
