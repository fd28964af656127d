"""How annotations are painted: rims, lines, handles, arrow heads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Final, TypeVar

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from tumorboard.annotations.kinds import SPECS
from tumorboard.annotations.kinds.spec import Sign
from tumorboard.annotations.labels import Box, leader
from tumorboard.annotations.model import Annotation
from tumorboard.annotations.shapes import handles, outline
from tumorboard.imaging.geometry import Points
from tumorboard.ui.viewer.inks import colour
from tumorboard.ui.viewer.letters import OUTLINE

T = TypeVar("T")

_ARROW_HEAD: Final = 11.0
#: Radius of a handle, and of one of what is selected, logical pixels.
_RING, _HELD = 3.0, 4.5
#: So many lines or shapes are drawn in one step.
_AT_ONCE: Final = 12


def shape_steps(
    shapes: Sequence[tuple[Annotation, Points]], selected_uid: str
) -> Iterator[Callable[[QPainter], object]]:
    """Return what draws annotations at canvas points, in steps of a millisecond at most.

    All rims come first: a pen is changed seldom, and no rim cuts another's line. Proposed ones
    are dashed.
    """
    strokes: dict[tuple[str, float, bool], list[QPolygonF]] = {}
    for annotation, points in shapes:
        dashed = annotation.proposed or SPECS[annotation.kind].is_known_length
        width = 2.0 if annotation.uid == selected_uid else 1.5
        held = strokes.setdefault((ink_of(annotation), width, dashed), [])
        held += [polygon_of(line) for line in outline(annotation.kind, points)]
    for (_, width, _), lines in strokes.items():
        for some in _parts(lines):
            yield partial(_draw, pen=QPen(OUTLINE, width + 2), lines=some)
    for (name, width, dashed), lines in strokes.items():
        pen = QPen(colour(name), width)
        if dashed:
            pen.setDashPattern([4.0, 3.0])
        for some in _parts(lines):
            yield partial(_draw, pen=pen, lines=some)
    yield from _sign_steps(shapes, selected_uid)


def paint_shapes(
    painter: QPainter, shapes: Sequence[tuple[Annotation, Points]], selected_uid: str
) -> None:
    """Draw the lines and handles of annotations at canvas points."""
    for step in shape_steps(shapes, selected_uid):
        step(painter)


def _parts(things: Sequence[T]) -> Iterator[Sequence[T]]:
    return (things[n : n + _AT_ONCE] for n in range(0, len(things), _AT_ONCE))


def _draw(painter: QPainter, pen: QPen, lines: Sequence[QPolygonF]) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(pen)
    for line in lines:
        painter.drawPolyline(line)


def _sign_steps(
    shapes: Sequence[tuple[Annotation, Points]], selected_uid: str
) -> Iterator[Callable[[QPainter], object]]:
    """Return what draws arrow heads, crosses and handles; of small rings all rims come first."""
    rings: dict[str, list[QPointF]] = {}
    for annotation, points in shapes:
        selected, ink = annotation.uid == selected_uid, ink_of(annotation)
        sign = SPECS[annotation.kind].sign
        if sign is Sign.ARROW_HEAD:
            yield partial(_paint_head, points=points, ink=colour(ink))
        if sign is Sign.CROSS:
            yield partial(_paint_cross, point=points[0], ink=colour(ink))
        # The handles to paint: those of outlines and arrows only while selected.
        quiet = SPECS[annotation.kind].has_quiet_handles
        shown = points[list(() if quiet and not selected else handles(annotation))]
        places = [QPointF(x, y) for x, y in shown.tolist()]
        if selected:
            yield partial(_paint_held, places=places, ink=colour(ink))
        else:
            rings.setdefault(ink, []).extend(places)
    for name, places in rings.items():
        for pen, radius in ((QPen(OUTLINE, 1.0), _RING + 1), (QPen(colour(name), 1.5), _RING)):
            for some in _parts(places):
                yield partial(_draw_rings, pen=pen, radius=radius, places=some)


def _draw_rings(painter: QPainter, pen: QPen, radius: float, places: Sequence[QPointF]) -> None:
    """Draw rings in logical pixels: as large to the eye on every screen."""
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for place in places:
        painter.drawEllipse(place, radius, radius)


def _paint_held(painter: QPainter, places: Sequence[QPointF], ink: QColor) -> None:
    """Draw the handles of what is selected, filled and larger."""
    painter.setPen(QPen(OUTLINE, 1.0))
    painter.setBrush(ink)
    for place in places:
        painter.drawEllipse(place, _HELD + 1, _HELD + 1)
    painter.setPen(QPen(ink, 1.5))
    for place in places:
        painter.drawEllipse(place, _HELD, _HELD)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def ink_of(annotation: Annotation) -> str:
    """Return the name of the colour of an annotation."""
    return "prior" if annotation.proposed else "lesion"


def polygon_of(line: Points) -> QPolygonF:
    """Return (N, 2) canvas points as a polyline."""
    return QPolygonF([QPointF(x, y) for x, y in line.tolist()])


def paint_snap(painter: QPainter, place: Points) -> None:
    """Mark the edge that an end has gone to, canvas pixels, shape (2,)."""
    x, y = (float(v) for v in place)
    diamond = QPolygonF(
        [QPointF(x + a, y + b) for a, b in ((0, -8), (8, 0), (0, 8), (-8, 0), (0, -8))]
    )
    painter.setPen(QPen(OUTLINE, 3.5))
    painter.drawPolyline(diamond)
    painter.setPen(QPen(colour("accent"), 1.5))
    painter.drawPolyline(diamond)


def _paint_head(painter: QPainter, points: Points, ink: QColor) -> None:
    tip, tail = points[0], points[1]
    way = tail - tip
    way = way / max(float(np.linalg.norm(way)), 1e-9)
    side = np.array([-way[1], way[0]])
    corners = [
        tip,
        tip + (way + 0.45 * side) * _ARROW_HEAD,
        tip + (way - 0.45 * side) * _ARROW_HEAD,
    ]
    painter.setPen(QPen(OUTLINE, 1.5))
    painter.setBrush(ink)
    painter.drawPolygon(QPolygonF([QPointF(float(x), float(y)) for x, y in corners]))
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _paint_cross(painter: QPainter, point: Points, ink: QColor) -> None:
    x, y = (float(v) for v in point)
    for pen in (QPen(OUTLINE, 3.5), QPen(ink, 1.5)):
        painter.setPen(pen)
        for a, b in ((-8.0, -3.0), (3.0, 8.0)):
            painter.drawLine(QPointF(x + a, y), QPointF(x + b, y))
            painter.drawLine(QPointF(x, y + a), QPointF(x, y + b))


def paint_leader(painter: QPainter, label: Box, shape: Box) -> None:
    """Join a label that stands apart with what it names."""
    line = leader(label, shape)
    if line is None:
        return
    pen = QPen(colour("lesion"), 1.0)
    pen.setDashPattern([2.0, 3.0])
    painter.setPen(pen)
    painter.drawLine(QPointF(*line[0]), QPointF(*line[1]))
