"""Where labels stand on the canvas: beside what they name, never over it.

Rectangles are (left, top, width, height) in logical canvas pixels.
"""

from __future__ import annotations

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


def overlap(a: Box, b: Box) -> float:
    """Return the area that two rectangles share, in square pixels."""
    width = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    height = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    return max(width, 0.0) * max(height, 0.0)


def place_label(
    size: tuple[float, float],
    shape: Box,
    shapes: Sequence[Box],
    taken: Sequence[Box],
    canvas: Box,
    wanted: tuple[float, float] | None = None,
) -> Box:
    """Return the rectangle of a label of (width, height) for the shape in a rectangle.

    Below, above, right and left of its shape are tried in turn, ever farther, until the
    label lies on the canvas and covers no shape (``shapes`` holds all, its own too) and no
    label that stands (``taken``). Where there is no such place the least covering one is
    taken. ``wanted`` is where a reader put its middle: it stands there, kept on the canvas.
    """
    if wanted is not None:
        return _kept((wanted[0] - size[0] / 2, wanted[1] - size[1] / 2, *size), canvas)
    least, best = np.inf, None
    for candidate in _candidates(size, shape):
        box = _kept(candidate, canvas)
        covered = sum(overlap(box, other) for other in shapes)
        covered += sum(overlap(box, other) for other in taken) * 2
        if covered == 0:
            return box
        if covered < least:
            least, best = covered, box
    return best or _kept((shape[0], shape[1] + shape[3], *size), canvas)


def _candidates(size: tuple[float, float], shape: Box) -> list[Box]:
    left, top, width, height = shape
    wide, high = size
    middle = (left + width / 2 - wide / 2, top + height / 2 - high / 2)
    found: list[Box] = []
    for ring in range(_RINGS):
        away = _GAP + ring * _STEP
        found += [
            (middle[0], top + height + away, wide, high),
            (middle[0], top - away - high, wide, high),
            (left + width + away, middle[1] + ring * _STEP, wide, high),
            (left - away - wide, middle[1] + ring * _STEP, wide, high),
        ]
    return found


def _kept(box: Box, canvas: Box) -> Box:
    """Return a rectangle moved onto the canvas; one that is too wide begins at its left."""
    left, top, width, height = canvas
    x = max(left + _RIM, min(box[0], left + width - box[2] - _RIM))
    y = max(top + _RIM, min(box[1], top + height - box[3] - _RIM))
    return x, y, box[2], box[3]


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
