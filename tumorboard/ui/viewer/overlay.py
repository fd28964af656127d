"""What is painted over the image: annotations, labels, letters, scale, corner words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QPainter, QPen

from tumorboard.annotations.caveats import gaps
from tumorboard.annotations.model import Annotation, Kind
from tumorboard.imaging.geometry import Points, side_letters
from tumorboard.imaging.viewport import Projection
from tumorboard.imaging.volume import Volume
from tumorboard.tools.vessel import MARK_SHORT_LABELS
from tumorboard.ui.theme import colour, text_font
from tumorboard.ui.viewer.annotating import labels, paint_annotations, paint_kept
from tumorboard.ui.viewer.lettering import (
    LETTER_PX,
    OUTLINE,
    text_width,
    text_with_outline,
    wording,
)

#: What was made elsewhere and belongs to what is painted over images.
__all__ = [
    "labels",
    "paint_annotations",
    "paint_kept",
    "text_width",
    "text_with_outline",
    "wording",
]

_WORDS: Final = QColor("#cfd6de")
#: Below sentences that must be read whatever the picture holds.
_GROUND: Final = QColor(5, 7, 10, 190)
_EDGE: Final = 10.0
#: Before the later lines of a sentence, as wide as its mark.
_SET_IN: Final = "     "


def elided(text: str, room: float) -> str:
    """Return a label cut to a width, with an ellipsis when it had to be cut."""
    metrics = QFontMetricsF(text_font(LETTER_PX))
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


#: Words in the upper corners end above this.
_CORNER_PX: Final = 36.0


def paint_levels(
    painter: QPainter, annotations: Sequence[Annotation], projection: Projection, size: QRectF
) -> None:
    """Show IVC levels as ticks beside a coronal or sagittal cut, at their height."""
    taken: list[float] = []
    marks = [a for a in annotations if a.kind in (Kind.VESSEL_LEVEL, Kind.TUMOUR_END)]
    for mark in sorted(marks, key=lambda a: -a.points[0][2]):
        ink = colour("vessel" if mark.kind is Kind.VESSEL_LEVEL else "lesion")
        y = float(projection.to_canvas(np.array(mark.points))[0, 1])
        if not 0 < y < size.height():
            continue
        text = MARK_SHORT_LABELS[mark.role]
        right = size.width() - 26
        baseline = max([y + 4, _CORNER_PX, *(t + 16 for t in taken[-1:])])
        taken.append(baseline)
        start = right - text_width(text) - 6
        painter.setPen(QPen(ink, 1.0, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(start - 44, y), QPointF(start - 10, y))
        painter.drawLine(QPointF(start - 10, y), QPointF(start, baseline - 4))
        text_with_outline(painter, QPointF(start + 4, baseline), text, ink)


def paint_slice_bar(
    painter: QPainter, loaded: NDArray[np.bool_], slice_index: int, upwards: bool, size: QRectF
) -> None:
    """Show at the right edge which slices are loaded, and which one is on show.

    ``upwards``: growing slice numbers go up on the bar, as they do towards the head.
    """
    top, height = 48.0, size.height() - 96.0
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
        text_with_outline(painter, place, f"gap {high - low:.0f} mm", colour("warn"))


def paint_crosshair(painter: QPainter, centre: Points, size: QRectF) -> None:
    """Draw the linked crosshair with a free middle."""
    x, y = (float(v) for v in centre)
    ink = QColor(colour("accent"))
    ink.setAlpha(120)
    painter.setPen(QPen(ink, 1.0))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    gap = 14.0
    for a, b in (
        (QPointF(0, y), QPointF(x - gap, y)),
        (QPointF(x + gap, y), QPointF(size.width(), y)),
        (QPointF(x, 0), QPointF(x, y - gap)),
        (QPointF(x, y + gap), QPointF(x, size.height())),
    ):
        painter.drawLine(a, b)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)


def paint_letters(painter: QPainter, projection: Projection, size: QRectF) -> None:
    """Name the sides of the patient at the four edges."""
    right, down = projection.screen_directions()
    ink = QColor("#aeb8c4")
    places = (
        (side_letters(-right), 8.0, size.height() / 2 + 5, 0.0),
        (side_letters(right), size.width() - 8, size.height() / 2 + 5, 1.0),
        (side_letters(-down), size.width() / 2, 20.0, 0.5),
        (side_letters(down), size.width() / 2, size.height() - 10, 0.5),
    )
    for text, x, y, share in places:
        place = QPointF(x - text_width(text, bold=True) * share, y)
        text_with_outline(painter, place, text, ink, bold=True)


def paint_corners(
    painter: QPainter, size: QRectF, corners: Sequence[Sequence[str]], badges: Sequence[str]
) -> None:
    """Write the corner words: top left, top right, bottom left; badges below the first."""
    line = 18.0
    top_left, top_right, bottom_left = corners
    room = size.width() - 3 * _EDGE - max(map(text_width, top_right), default=0.0)
    for i, text in enumerate(top_left):
        place = QPointF(_EDGE, 20 + i * line)
        text_with_outline(painter, place, elided(text, room), _WORDS)
    warnings = [part for text in badges for part in folded(f"▲ {text}", size.width() - 2 * _EDGE)]
    if warnings:  # ultrasound has words of its own there, bright ones
        top = 20 + len(top_left) * line - LETTER_PX - 2
        ground = QRectF(_EDGE - 4, top, max(map(text_width, warnings)) + 8, len(warnings) * line)
        painter.fillRect(ground, _GROUND)
    for i, text in enumerate(warnings):
        place = QPointF(_EDGE, 20 + (len(top_left) + i) * line)
        text_with_outline(painter, place, text, colour("warn"))
    for i, text in enumerate(top_right):
        place = QPointF(size.width() - _EDGE - text_width(text), 20 + i * line)
        text_with_outline(painter, place, text, _WORDS)
    for i, text in enumerate(reversed(bottom_left)):
        place = QPointF(_EDGE, size.height() - 12 - i * line)
        text_with_outline(painter, place, text, _WORDS)


def paint_scale_bar(
    painter: QPainter, projection: Projection, size: QRectF, scale: float | None
) -> None:
    """Draw a bar of a round length in the bottom right corner.

    ``scale`` is the patient's millimetres a millimetre of the grid; None draws nothing.
    """
    if scale is None:
        return
    pixels_per_mm = projection.pixels_per_mm / scale
    length_mm = scale_bar_mm(pixels_per_mm, size.width() / 4)
    pixels = length_mm * pixels_per_mm
    right, y = size.width() - _EDGE - 4, size.height() - 16
    text = f"{length_mm / 10:g} cm"
    text_with_outline(painter, QPointF(right - pixels - text_width(text) - 8, y + 4), text, _WORDS)
    for ink, width in ((OUTLINE, 3.0), (_WORDS, 1.2)):
        painter.setPen(QPen(ink, width))
        painter.drawLine(QPointF(right - pixels, y), QPointF(right, y))
        for x in (right - pixels, right):
            painter.drawLine(QPointF(x, y - 4), QPointF(x, y + 4))


def scale_bar_mm(pixels_per_mm: float, limit: float) -> float:
    """Return the longest of 1, 2, 5, 10 ... mm that fits into ``limit`` pixels."""
    lengths = [base * 10.0**power for power in range(4) for base in (1, 2, 5)]
    fitting = [length for length in lengths if length * pixels_per_mm <= limit]
    return max(fitting, default=lengths[0])
