"""Words at the rim of a view, and the names of levels of the vein beside their heights."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from tumorboard.annotations.kinds import MARKS, SPECS
from tumorboard.annotations.labels import Box, overlaps
from tumorboard.annotations.model import Annotation
from tumorboard.imaging.geometry import Point
from tumorboard.imaging.viewport import Projection
from tumorboard.tools.vessel import short_label
from tumorboard.ui.viewer.inks import colour
from tumorboard.ui.viewer.letters import (
    beside_letters,
    letter_px,
    paint_ground,
    text_width,
    text_with_outline,
)

#: The right end of the names of levels, from the right edge.
_LEVEL_EDGE: Final = 26.0


def rim_line_px() -> float:
    """Return how far lines at the rim stand from line to line, in logical pixels."""
    return beside_letters(18.0)


def _row_px() -> float:
    """Return how far names of levels that lie close together stand from one another."""
    return beside_letters(16.0)


@dataclass(frozen=True)
class Word:
    """A line of words at its baseline (logical pixels)."""

    text: str
    x: float
    baseline: float
    bold: bool = False

    @property
    def box(self) -> Box:
        """The rectangle that it covers."""
        return (
            self.x,
            self.baseline - letter_px(),
            text_width(self.text, bold=self.bold),
            rim_line_px() - 2,
        )


@dataclass(frozen=True)
class Level:
    """The name of a level of the vein beside its height ``y``; ``ink`` is of the palette.

    ``is_over`` tells that it lies over the picture and needs a ground.
    """

    word: Word
    y: float
    ink: str
    is_over: bool = False

    @property
    def box(self) -> Box:
        """The rectangle of the name."""
        return self.word.box


def level_marks(
    annotations: Iterable[Annotation], named: Iterable[tuple[str, Point]]
) -> list[tuple[str, Point, str]]:
    """Return (name, LPS point, ink) of all levels, the highest first; each name once."""
    found = {
        short_label(a): (a.points[0], "vessel" if SPECS[a.kind].is_level else "lesion")
        for a in annotations
        if a.kind in MARKS
    }
    for name, point in named:
        found.setdefault(name, (point, "vessel"))
    each = [(name, point, ink) for name, (point, ink) in found.items()]
    return sorted(each, key=lambda mark: -mark[1][2])


def levels_beside(
    marks: Iterable[tuple[str, Point, str]],
    projection: Projection,
    size: QRectF,
    held: Sequence[Box],
) -> tuple[Level, ...]:
    """Return the names of IVC levels beside their heights, clear of words and of one another.

    They stand beside the picture where there is room, else at its right edge with a dark ground.
    """
    left, top, width, height = (v / projection.ratio for v in projection.target)
    picture = (left, top, width, height)
    taken = list(held)
    found: list[Level] = []
    for text, point, ink in marks:
        y = float(projection.to_canvas(np.array(point))[1])
        if not 0 < y < size.height():
            continue
        x = size.width() - _LEVEL_EDGE - text_width(text)
        above = found[-1].word.baseline + _row_px() if found else 0.0
        word = _first_free(Word(text, x, max(y + 4, above)), taken, size)
        if word is not None:
            taken.append(word.box)
            found.append(Level(word, y, ink, overlaps(word.box, picture)))
    return tuple(found)


def _first_free(word: Word, taken: Sequence[Box], size: QRectF) -> Word | None:
    """Return a word at the first free height below its own, or else above; None without one."""
    down = np.arange(word.baseline, size.height() - 4, 2.0)
    up = np.arange(word.baseline, letter_px(), -2.0)
    for baseline in (*down.tolist(), *up.tolist()):
        moved = replace(word, baseline=baseline)
        if not any(overlaps(moved.box, box) for box in taken):
            return moved
    return None


def paint_level(painter: QPainter, level: Level) -> None:
    """Write the name of a level, with a tick at its height."""
    ink, word = colour(level.ink), level.word
    start, y = word.x - 10, level.y
    painter.setPen(QPen(ink, 1.0, Qt.PenStyle.DashLine))
    painter.drawLine(QPointF(start - 44, y), QPointF(start - 10, y))
    painter.drawLine(QPointF(start - 10, y), QPointF(start, word.baseline - 4))
    if level.is_over:
        paint_ground(painter, word.box)
    text_with_outline(painter, QPointF(word.x, word.baseline), word.text, ink)
