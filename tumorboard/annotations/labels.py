"""Where labels stand on the canvas: beside what they name, never over it.

Rectangles are (left, top, width, height) in logical canvas pixels.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np

from tumorboard.imaging.geometry import Points

Box = tuple[float, float, float, float]

#: Room between a shape and its label, and steps in which farther places are tried.
_GAP: Final = 10.0
_STEP: Final = 17.0
_RINGS: Final = 6
_RIM: Final = 4.0


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
    label lies on the canvas and covers no shape (``shapes`` holds all, its own too) and no
    label that stands (``taken``). Where there is no such place the least covering one is
    taken. ``wanted`` is where a reader put its middle: it stands there, kept on the canvas.
    """
    if wanted is not None:
        return _kept((wanted[0] - size[0] / 2, wanted[1] - size[1] / 2, *size), canvas)
    others = (*shapes, *taken)
    least, best = math.inf, _kept((*shape[:2], *size), canvas)
    for ring in range(_RINGS):
        for x, y in _around(size, shape, ring):
            box = _kept((x, y, *size), canvas)
            covered = _shared(box, others, least)
            if covered < least:
                least, best = covered, box
            if least == 0:
                return best
    return best


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
