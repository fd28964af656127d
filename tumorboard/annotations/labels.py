"""Where labels stand on the canvas: beside what they name, never over it.

Rectangles are (left, top, width, height) in logical canvas pixels.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tumorboard.imaging.geometry import Points

Box = tuple[float, float, float, float]

#: Room between a shape and its label, and steps in which farther places are tried.
_GAP: Final = 10.0
_STEP: Final = 17.0
_RINGS: Final = 6
_RIM: Final = 4.0
#: To leave a shape uncovered a label goes at most so much farther.
_OVER_SHAPE: Final = 150.0
#: Between a label and what it gives way to.
_HAIR: Final = 0.5


def box_around(points: Points, margin: float = 0.0) -> Box:
    """Return the rectangle around (N, 2) canvas points, widened on all sides."""
    low, high = points.min(axis=0) - margin, points.max(axis=0) + margin
    return float(low[0]), float(low[1]), float(high[0] - low[0]), float(high[1] - low[1])


def overlaps(first: Box, second: Box) -> bool:
    """Whether two rectangles share more than an edge."""
    return (
        first[0] < second[0] + second[2]
        and second[0] < first[0] + first[2]
        and first[1] < second[1] + second[3]
        and second[1] < first[1] + first[3]
    )


def place_label(
    size: tuple[float, float],
    shape: Box,
    shapes: Sequence[Box],
    taken: Sequence[Box],
    canvas: Box,
    wanted: tuple[float, float] | None = None,
) -> Box:
    """Return the rectangle of a label of (width, height) for the shape in a rectangle.

    Below, above, right, left and aslant of its shape are tried in turn, ever farther, until the
    label lies on the canvas, covers nothing that is ``taken`` (other labels, words, bars) and
    no shape (``shapes`` holds all, its own too). A shape may be covered where there is no other
    place near; what is taken never, while any place of the canvas is free. ``wanted`` is where
    a reader put its middle: it stands there, kept on the canvas, or beside what is taken there.
    """
    if wanted is not None:
        box = _kept((wanted[0] - size[0] / 2, wanted[1] - size[1] / 2, *size), canvas)
        return _free(box, taken, (), canvas)
    least, best = math.inf, None
    for ring in range(_RINGS):
        for x, y in _around(size, shape, ring):
            box = _kept((x, y, *size), canvas)
            if _shared(box, taken, 0.0) > 0:
                continue
            covered = _shared(box, shapes, least)
            if covered < least:
                least, best = covered, box
            if least == 0:
                return box
    if best is not None:
        return best
    beside = (shape[0] + (shape[2] - size[0]) / 2, shape[1] + shape[3] + _GAP)
    return _free(_kept((*beside, *size), canvas), taken, shapes, canvas)


def _free(box: Box, taken: Sequence[Box], shapes: Sequence[Box], canvas: Box) -> Box:
    """Return the nearest place of a rectangle that shares nothing with what is taken.

    Where there is any such place there is one at the edges of what is taken or of the canvas:
    those are looked through. Without one the rectangle stays. Shapes are covered only where
    that is far nearer.
    """
    if _shared(box, taken, 0.0) == 0:
        return box
    wide, high = box[2], box[3]
    held = np.array(taken, dtype=np.float64).reshape(-1, 4)
    left, top = canvas[0] + _RIM, canvas[1] + _RIM
    right, bottom = canvas[0] + canvas[2] - _RIM - wide, canvas[1] + canvas[3] - _RIM - high
    x = np.concatenate(
        [[box[0], left, right], held[:, 0] + held[:, 2] + _HAIR, held[:, 0] - wide - _HAIR]
    )
    y = np.concatenate(
        [[box[1], top, bottom], held[:, 1] + held[:, 3] + _HAIR, held[:, 1] - high - _HAIR]
    )
    x, y = x[(x >= left) & (x <= right)], y[(y >= top) & (y <= bottom)]
    free = ~_covers(x, y, (wide, high), held)
    if not free.any():
        return box
    away = np.hypot(x[None, :] - box[0], y[:, None] - box[1])
    if shapes:
        away += _OVER_SHAPE * _covers(x, y, (wide, high), np.array(shapes, dtype=np.float64))
    row, column = np.unravel_index(int(np.where(free, away, np.inf).argmin()), away.shape)
    return float(x[column]), float(y[row]), wide, high


def _covers(x: Points, y: Points, size: tuple[float, float], others: Points) -> NDArray[np.bool_]:
    """Whether a rectangle of (width, height) at each x and y covers one of (N, 4), (Y, X)."""
    across = (x[:, None] < others[:, 0] + others[:, 2]) & (others[:, 0] < x[:, None] + size[0])
    upright = (y[:, None] < others[:, 1] + others[:, 3]) & (others[:, 1] < y[:, None] + size[1])
    found: NDArray[np.bool_] = (upright.astype(np.float32) @ across.T.astype(np.float32)) > 0
    return found


def _shared(box: Box, others: Sequence[Box], enough: float) -> float:
    """Return the area that a rectangle shares with others, or some area of at least ``enough``.

    Plain numbers: most places are judged by a few comparisons.
    """
    left, top, width, height = box
    right, bottom = left + width, top + height
    found = 0.0
    for x, y, wide, high in others:
        if x < right and left < x + wide and y < bottom and top < y + high:
            across = min(right, x + wide) - max(left, x)
            found += across * (min(bottom, y + high) - max(top, y))
            if found >= enough:
                break
    return found


def _kept(box: Box, canvas: Box) -> Box:
    """Return a rectangle moved onto the canvas; one too wide begins at its left."""
    x = max(min(box[0], canvas[0] + canvas[2] - box[2] - _RIM), canvas[0] + _RIM)
    y = max(min(box[1], canvas[1] + canvas[3] - box[3] - _RIM), canvas[1] + _RIM)
    return x, y, box[2], box[3]


def _around(size: tuple[float, float], shape: Box, ring: int) -> tuple[tuple[float, float], ...]:
    """Return the corners of a label round a shape, left and top, the better first."""
    left, top, width, height = shape
    wide, high = size
    away = _GAP + ring * _STEP
    centre, beside = left + width / 2, top + height / 2 - high / 2 + ring * _STEP
    below, above = top + height + away, top - away - high
    return (
        (centre - wide / 2, below),
        (centre - wide / 2, above),
        (left + width + away, beside),
        (left - away - wide, beside),
        (centre - wide, below),
        (centre, below),
        (centre - wide, above),
        (centre, above),
    )


def label_under(labels: Sequence[tuple[str, Box]], position: tuple[float, float]) -> str:
    """Return the UID of the label at a canvas position, the last drawn first, or empty."""
    x, y = position
    for uid, (left, top, width, height) in reversed(labels):
        if left <= x <= left + width and top <= y <= top + height:
            return uid
    return ""


def leader(label: Box, shape: Box) -> tuple[tuple[float, float], tuple[float, float]] | None:
    """Return a line from a label to the shape that it names; None when they lie side by side."""
    start = _nearest(label, (shape[0] + shape[2] / 2, shape[1] + shape[3] / 2))
    end = _nearest(shape, start)
    away = float(np.hypot(end[0] - start[0], end[1] - start[1]))
    return (start, end) if away > _GAP + _STEP / 2 else None


def _nearest(box: Box, point: tuple[float, float]) -> tuple[float, float]:
    x = min(max(point[0], box[0]), box[0] + box[2])
    y = min(max(point[1], box[1]), box[1] + box[3])
    return x, y
