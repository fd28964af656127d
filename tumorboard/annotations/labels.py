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
        there = np.array([[wanted[0] - size[0] / 2, wanted[1] - size[1] / 2, *size]])
        x, y, width, height = (float(v) for v in _kept_all(there, canvas)[0])
        return x, y, width, height
    others = np.array([*shapes, *taken]).reshape(-1, 4)
    least, best = np.inf, np.zeros(4)
    for ring in range(_RINGS):
        boxes = _kept_all(_around(size, shape, ring), canvas)
        covered = _shared(boxes, others)
        first = int(covered.argmin())  # the first of equals
        if covered[first] < least:
            least, best = float(covered[first]), boxes[first]
        if least == 0:
            break
    x, y, width, height = (float(v) for v in best)
    return x, y, width, height


def _shared(boxes: Points, others: Points) -> Points:
    """Return the area that each of (N, 4) rectangles shares with all (M, 4) others, shape (N,)."""
    left, top, width, height = boxes.T[:, :, None]
    x, y, wide, high = others.T[:, None, :]
    across = np.minimum(left + width, x + wide) - np.maximum(left, x)
    along = np.minimum(top + height, y + high) - np.maximum(top, y)
    return np.asarray((np.maximum(across, 0.0) * np.maximum(along, 0.0)).sum(axis=1))


def _kept_all(boxes: Points, canvas: Box) -> Points:
    """Return (N, 4) rectangles moved onto the canvas; too wide ones begin at its left."""
    first = np.array(canvas[:2]) + _RIM
    last = np.array(canvas[:2]) + np.array(canvas[2:]) - boxes[:, 2:] - _RIM
    corner = np.maximum(np.minimum(boxes[:, :2], last), first)
    return np.concatenate([corner, boxes[:, 2:]], axis=1)


def _around(size: tuple[float, float], shape: Box, ring: int) -> Points:
    """Return the places of a label round a shape, the better first, shape (8, 4)."""
    left, top, width, height = shape
    wide, high = size
    away = _GAP + ring * _STEP
    centre, beside = left + width / 2, top + height / 2 - high / 2 + ring * _STEP
    below, above = top + height + away, top - away - high
    places = (
        (centre - wide / 2, below),
        (centre - wide / 2, above),
        (left + width + away, beside),
        (left - away - wide, beside),
        (centre - wide, below),
        (centre, below),
        (centre - wide, above),
        (centre, above),
    )
    return np.array([(x, y, wide, high) for x, y in places])


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
