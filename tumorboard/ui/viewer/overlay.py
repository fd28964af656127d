"""What is painted over the image: annotations, labels, letters, scale, corner words."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QPainter

from tumorboard.annotations.caveats import gaps
from tumorboard.annotations.labels import Box
from tumorboard.imaging.viewport import Projection
from tumorboard.imaging.volume import Volume
from tumorboard.language import _
from tumorboard.ui.viewer.annotations import labels, paint_annotations, paint_kept
from tumorboard.ui.viewer.edge import elided, folded, paint_rim, rim_of
from tumorboard.ui.viewer.inks import colour
from tumorboard.ui.viewer.letters import (
    ground_of,
    paint_ground,
    text_width,
    text_with_outline,
    wording,
)

#: What was made elsewhere and belongs to what is painted over images.
__all__ = [
    "elided",
    "folded",
    "labels",
    "paint_annotations",
    "paint_kept",
    "paint_rim",
    "rim_of",
    "text_width",
    "text_with_outline",
    "wording",
]

_EDGE: Final = 10.0
#: The slice bar begins and ends so far from the edges.
_BAR_ENDS: Final = 48.0


def slice_bar_box(size: QRectF) -> Box:
    """Return the rectangle of the slice bar at the right edge."""
    return size.width() - 8.0, _BAR_ENDS, 8.0, max(size.height() - 2 * _BAR_ENDS, 0.0)


def paint_slice_bar(
    painter: QPainter, loaded: NDArray[np.bool_], slice_index: int, upwards: bool, size: QRectF
) -> None:
    """Show at the right edge which slices are loaded, and which one is on show.

    ``upwards``: growing slice numbers go up on the bar, as they do towards the head.
    """
    _, top, _, height = slice_bar_box(size)
    if height < 40 or len(loaded) < 2:
        return
    left, step = size.width() - 4.0, height / len(loaded)
    order = loaded[::-1] if upwards else loaded
    painter.fillRect(QRectF(left, top, 3, height), colour("line"))
    edges = np.flatnonzero(np.diff(np.concatenate([[False], order, [False]]).astype(np.int8)))
    for begin, end in edges.reshape(-1, 2):
        box = QRectF(left, top + begin * step, 3, (end - begin) * step)
        painter.fillRect(box, colour("control"))
    row = len(loaded) - 1 - slice_index if upwards else slice_index
    painter.fillRect(QRectF(left - 3, top + (row + 0.5) * step - 1.5, 7, 3), colour("accent"))


def paint_gaps(painter: QPainter, volume: Volume, projection: Projection, size: QRectF) -> None:
    """Hatch the parts of a reformat where slices are missing; what is there is interpolated."""
    stack = volume.stack
    for low, high in gaps(volume):
        ends = stack.origins[0] + np.outer(
            [low - stack.positions[0], high - stack.positions[0]], stack.normal
        )
        canvas = projection.to_canvas(ends)
        across = abs(canvas[1, 0] - canvas[0, 0]) < abs(canvas[1, 1] - canvas[0, 1])
        a, b = sorted(float(v) for v in (canvas[:, 1] if across else canvas[:, 0]))
        box = QRectF(0, a, size.width(), b - a) if across else QRectF(a, 0, b - a, size.height())
        painter.fillRect(box, QBrush(colour("warn"), Qt.BrushStyle.BDiagPattern))
        place = QPointF(_EDGE, (a + b) / 2 + 4) if across else QPointF(a + 4, size.height() / 2)
        told = _("gap {mm:.0f} mm", mm=high - low)
        paint_ground(painter, ground_of(told, place.x(), place.y()))
        text_with_outline(painter, place, told, colour("warn"))
