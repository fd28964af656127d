"""Paints annotations: from a sheet where one is ready, else one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Final

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPainterPath, QPen, QPolygonF

from tumorboard.annotations.kinds import MARKS, SPECS
from tumorboard.annotations.kinds.spec import Sign
from tumorboard.annotations.labels import box_around, overlaps
from tumorboard.annotations.model import Annotation
from tumorboard.imaging.geometry import Points
from tumorboard.imaging.viewport import Projection
from tumorboard.imaging.volume import Volume
from tumorboard.tools.vessel import short_label
from tumorboard.ui.viewer import drawings, strokes
from tumorboard.ui.viewer.drawing_cache import Sheet, Wish
from tumorboard.ui.viewer.inks import colour
from tumorboard.ui.viewer.letters import (
    OUTLINE,
    ground_of,
    letter_px,
    line_px,
    paint_ground,
    text_width,
    text_with_outline,
)

Step = Callable[[QPainter], object]

_DIAMOND: Final = ((0, -7), (7, 0), (0, 7), (-7, 0), (0, -7))
#: Handles and rims reach so far (logical pixels) beyond the points of a shape.
_REACH: Final = 12.0
_LABELS_AT_ONCE: Final = 2


def paint_annotations(
    painter: QPainter,
    annotations: Sequence[Annotation],
    projection: Projection,
    volume: Volume,
    selected_uid: str,
    free: drawings.Free = drawings.ANYWHERE,
) -> None:
    """Draw annotations with their handles and values; labels keep off all that is drawn."""
    for step in steps(annotations, projection, volume, selected_uid, free):
        step(painter)


def paint_kept(
    painter: QPainter,
    wish: Wish,
    sheet: Sheet | None,
    selected_uid: str,
    moving: Sequence[Annotation] = (),
) -> None:
    """Draw the annotations of a view, those of the wish from its sheet if there is one.

    ``moving`` are those that follow the pointer: the sheet then has the lines of the others,
    and all words are written anew, for they make way.
    """
    every = (*wish.annotations, *moving)
    if sheet is None:
        paint_annotations(painter, every, wish.projection, wish.volume, selected_uid, wish.free)
        return
    sheet.paint(painter)
    chosen = [a for a in every if a in moving or a.uid == selected_uid]
    placed = [x for x in _placed(chosen, wish.projection) if x[0].kind not in MARKS]
    strokes.paint_shapes(painter, placed, selected_uid)
    if moving:
        found = labels(every, wish.projection, wish.volume, wish.free)
        for step in _words(_placed(every, wish.projection), found):
            step(painter)
    elif placed:
        _paint_labels_on(painter, placed, wish)


def steps_of(wish: Wish) -> Iterator[Step]:
    """Return what paints a wish; nothing is selected."""
    if wish.labels:
        return steps(wish.annotations, wish.projection, wish.volume, "", wish.free)
    placed = _placed(wish.annotations, wish.projection)
    return strokes.shape_steps([x for x in placed if x[0].kind not in MARKS], "")


def steps(
    annotations: Sequence[Annotation],
    projection: Projection,
    volume: Volume,
    selected_uid: str,
    free: drawings.Free = drawings.ANYWHERE,
) -> Iterator[Step]:
    """Return what paints annotations one by one, in steps of a millisecond at most."""
    placed = _placed(annotations, projection)
    yield from strokes.shape_steps([x for x in placed if x[0].kind not in MARKS], selected_uid)
    yield from _words(placed, labels(annotations, projection, volume, free))


def _words(
    placed: Sequence[tuple[Annotation, Points]], found: Sequence[drawings.Label]
) -> Iterator[Step]:
    for annotation, points in placed:
        if annotation.kind in MARKS:
            yield partial(_paint_mark, annotation=annotation, points=points)
    yield partial(_paint_plates, found=found)
    for n in range(0, len(found), _LABELS_AT_ONCE):
        yield partial(_paint_labels, found=found[n : n + _LABELS_AT_ONCE])


def _placed(
    annotations: Sequence[Annotation], projection: Projection
) -> list[tuple[Annotation, Points]]:
    return list(zip(annotations, drawings.canvas_points(annotations, projection), strict=True))


def labels(
    annotations: Sequence[Annotation],
    projection: Projection,
    volume: Volume,
    free: drawings.Free = drawings.ANYWHERE,
) -> list[drawings.Label]:
    """Return where the labels of annotations stand: annotation, lines, place, shape."""
    return drawings.label_boxes(annotations, projection, volume, text_width, free)


def _paint_labels_on(
    painter: QPainter, placed: Sequence[tuple[Annotation, Points]], wish: Wish
) -> None:
    """Paint again the words that stand where these shapes were painted over the sheet."""
    boxes = [box_around(drawings.extent(a, points), _REACH) for a, points in placed]
    for label in labels(wish.annotations, wish.projection, wish.volume, wish.free):
        if any(overlaps(label[2], box) for box in boxes):
            _paint_label(painter, label)


def _paint_plates(painter: QPainter, found: Sequence[drawings.Label]) -> None:
    """Darken what lies below a label that found no free place: half a digit is a wrong number."""
    for n, (_, _, (left, top, width, height), _) in enumerate(found):
        if any(overlaps(found[n][2], other[2]) for other in found[:n]):
            painter.fillRect(QRectF(left - 2, top, width + 4, height), OUTLINE)


def _paint_labels(painter: QPainter, found: Sequence[drawings.Label]) -> None:
    for label in found:
        _paint_label(painter, label)


def _paint_label(painter: QPainter, label: drawings.Label) -> None:
    annotation, lines, box, shape = label
    strokes.paint_leader(painter, box, shape)
    ink = colour(strokes.ink_of(annotation))
    paint_ground(painter, box, 3, 0)  # amber is not read on bright tissue
    for n, line in enumerate(lines):
        place = QPointF(box[0], box[1] + letter_px() + n * line_px())
        text_with_outline(painter, place, line, ink)


def _paint_mark(painter: QPainter, annotation: Annotation, points: Points) -> None:
    """Mark a level by a ring, an end of the tumour by a filled diamond."""
    spec = SPECS[annotation.kind]
    ink = colour("vessel" if spec.is_level else "lesion")
    x, y = (float(v) for v in points[0])
    painter.setPen(QPen(OUTLINE, 3.5))
    shape = QPainterPath()
    if spec.sign is Sign.RING:
        shape.addEllipse(QPointF(x, y), 6, 6)
    else:
        shape.addPolygon(QPolygonF([QPointF(x + a, y + b) for a, b in _DIAMOND]))
    painter.drawPath(shape)
    painter.setPen(QPen(ink, 1.8))
    painter.drawPath(shape)
    name = short_label(annotation)
    if not spec.is_level:
        paint_ground(painter, ground_of(name, x + 12, y + 4))
    text_with_outline(painter, QPointF(x + 12, y + 4), name, ink)
