"""How annotations are painted: lines, handles, arrow heads, labels with their values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final
from weakref import WeakKeyDictionary

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from tumorboard.annotations.labels import Box, box_around, leader, place_label
from tumorboard.annotations.measure import measure
from tumorboard.annotations.model import MARKS, REGIONS, Annotation, Kind, Point, as_point
from tumorboard.annotations.shapes import handles, middle, outline
from tumorboard.imaging.geometry import Points
from tumorboard.imaging.viewport import Projection
from tumorboard.imaging.volume import Volume
from tumorboard.ui.theme import colour

_OUTLINE: Final = QColor("#05070a")
_ARROW_HEAD: Final = 11.0
#: Labels of several lines stand this far (logical pixels) from line to line.
LINE_PX: Final = 15.0
LABEL_PX: Final = 12.0
_RIM: Final = 22.0
_MOST_TEXTS: Final = 500

Label = tuple[Annotation, list[str], Box, Box]

#: Where labels stand is found once for what is on show: (the annotations, their labels).
_layouts: WeakKeyDictionary[
    Volume, dict[tuple[Any, ...], tuple[tuple[Annotation, ...], list[Label]]]
] = WeakKeyDictionary()
_MOST_LAYOUTS: Final = 12
_texts: WeakKeyDictionary[Volume, dict[Annotation, str]] = WeakKeyDictionary()


def label_text(annotation: Annotation, volume: Volume | None) -> str:
    """Return the name and the values of an annotation; they are measured once."""
    if volume is None:
        return _label_text(annotation, None)
    kept = _texts.setdefault(volume, {})
    if annotation in kept:
        return kept[annotation]
    text = _label_text(annotation, volume)
    if _is_final(annotation, text, volume):
        if len(kept) > _MOST_TEXTS:
            kept.clear()
        kept[annotation] = text
    return text


def _is_final(annotation: Annotation, text: str, volume: Volume) -> bool:
    """Whether slices that are still loading cannot change the values of a label."""
    if annotation.kind in REGIONS:
        return "mean" in text or bool(volume.loaded.all())
    return annotation.kind is not Kind.PROBE or bool(volume.loaded.all())


def _label_text(annotation: Annotation, volume: Volume | None) -> str:
    if annotation.kind in (Kind.TEXT, Kind.ARROW):
        words = annotation.label
    elif annotation.kind is Kind.CALIBRATION:
        words = f"known length {measure(annotation).text}"
    else:
        found = measure(annotation, volume).text
        words = f"{annotation.label} · {found}" if annotation.label else found
    if annotation.proposed:
        words = f"proposed · {words}" if words else "proposed"
    return words


def lines_of(text: str) -> list[str]:
    """Return a label as the lines it is written in: values of a region stand below its size."""
    parts = text.split(" · ")
    if len(parts) < 3 and "mean" not in text:
        return [text] if text else []
    first = [p for p in parts if not p.startswith("mean")]
    rest = [p for p in parts if p.startswith("mean")]
    return [line for line in (" · ".join(first), *rest) if line]


def paint_shapes(
    painter: QPainter, shapes: Sequence[tuple[Annotation, Points]], selected_uid: str
) -> None:
    """Draw the lines and handles of annotations at canvas points; proposed ones are dashed.

    All rims come first: a pen is changed seldom, and no rim cuts another's line.
    """
    strokes: dict[tuple[str, float, bool], list[QPolygonF]] = {}
    for annotation, points in shapes:
        dashed = annotation.proposed or annotation.kind is Kind.CALIBRATION
        width = 2.0 if annotation.uid == selected_uid else 1.5
        held = strokes.setdefault((_ink(annotation), width, dashed), [])
        held += [polygon_of(line) for line in outline(annotation.kind, points)]
    _paint_strokes(painter, strokes)
    rings: dict[str, list[QPointF]] = {}
    for annotation, points in shapes:
        selected = annotation.uid == selected_uid
        if annotation.kind is Kind.ARROW:
            _paint_head(painter, points, colour(_ink(annotation)))
        if annotation.kind is Kind.PROBE:
            _paint_cross(painter, points[0], colour(_ink(annotation)))
        places = [_place_of(points[n]) for n in _shown_handles(annotation, selected=selected)]
        if selected:
            _paint_handles(painter, places, colour(_ink(annotation)), selected=True)
        else:
            rings.setdefault(_ink(annotation), []).extend(places)
    for name, places in rings.items():
        _paint_handles(painter, places, colour(name), selected=False)


def _ink(annotation: Annotation) -> str:
    return "prior" if annotation.proposed else "lesion"


def _place_of(point: Points) -> QPointF:
    x, y = point.tolist()
    return QPointF(x, y)


def polygon_of(line: Points) -> QPolygonF:
    """Return (N, 2) canvas points as a polyline."""
    return QPolygonF([QPointF(x, y) for x, y in line.tolist()])


def _shown_handles(annotation: Annotation, *, selected: bool) -> tuple[int, ...]:
    """Return the handles to paint: those of outlines and arrows only while selected."""
    quiet = annotation.kind in (Kind.ARROW, Kind.TEXT, Kind.PROBE) or (
        annotation.kind in (REGIONS - {Kind.ELLIPSE})
    )
    return () if quiet and not selected else handles(annotation)


def _paint_strokes(
    painter: QPainter, strokes: Mapping[tuple[str, float, bool], Sequence[QPolygonF]]
) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for (_, width, _), lines in strokes.items():
        painter.setPen(QPen(_OUTLINE, width + 2))
        for line in lines:
            painter.drawPolyline(line)
    for (name, width, dashed), lines in strokes.items():
        pen = QPen(colour(name), width)
        if dashed:
            pen.setDashPattern([4.0, 3.0])
        painter.setPen(pen)
        for line in lines:
            painter.drawPolyline(line)


def _paint_handles(
    painter: QPainter, places: Sequence[QPointF], ink: QColor, *, selected: bool
) -> None:
    """Draw handles in logical pixels: as large to the eye on every screen."""
    radius = 4.5 if selected else 3.0
    painter.setPen(QPen(_OUTLINE, 1.0))
    painter.setBrush(ink if selected else Qt.BrushStyle.NoBrush)
    for place in places:
        painter.drawEllipse(place, radius + 1, radius + 1)
    painter.setPen(QPen(ink, 1.5))
    for place in places:
        painter.drawEllipse(place, radius, radius)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def paint_snap(painter: QPainter, place: Points) -> None:
    """Mark the edge that an end has gone to, canvas pixels, shape (2,)."""
    x, y = (float(v) for v in place)
    diamond = QPolygonF(
        [QPointF(x + a, y + b) for a, b in ((0, -8), (8, 0), (0, 8), (-8, 0), (0, -8))]
    )
    painter.setPen(QPen(_OUTLINE, 3.5))
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
    painter.setPen(QPen(_OUTLINE, 1.5))
    painter.setBrush(ink)
    painter.drawPolygon(QPolygonF([QPointF(float(x), float(y)) for x, y in corners]))
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _paint_cross(painter: QPainter, point: Points, ink: QColor) -> None:
    x, y = (float(v) for v in point)
    for pen in (QPen(_OUTLINE, 3.5), QPen(ink, 1.5)):
        painter.setPen(pen)
        for a, b in ((-8.0, -3.0), (3.0, 8.0)):
            painter.drawLine(QPointF(x + a, y), QPointF(x + b, y))
            painter.drawLine(QPointF(x, y + a), QPointF(x, y + b))


def label_boxes(
    annotations: Sequence[Annotation],
    projection: Projection,
    volume: Volume,
    width_of: Callable[[str], float],
) -> list[Label]:
    """Return the lines and place of each label, with the rectangle of the shape it names.

    ``width_of`` returns the width of a line in logical pixels.
    """
    kept = _layouts.setdefault(volume, {})
    key = (
        *map(id, annotations),
        tuple(projection.grid.origin),
        tuple(projection.grid.right),
        (projection.rows, projection.columns, projection.target, projection.ratio),
        (projection.flip_horizontal, projection.flip_vertical, int(volume.loaded.sum())),
    )
    if key not in kept:
        if len(kept) >= _MOST_LAYOUTS:
            kept.clear()
        # The annotations are held, so that no other one gets their identity.
        kept[key] = tuple(annotations), _place(annotations, projection, volume, width_of)
    return kept[key][1]


def _place(
    annotations: Sequence[Annotation],
    projection: Projection,
    volume: Volume,
    width_of: Callable[[str], float],
) -> list[Label]:
    placed = dict(zip(annotations, canvas_points(annotations, projection), strict=True))
    shapes = {a: box_around(_extent(a, points), 5.0) for a, points in placed.items()}
    left, top, width, height = (v / projection.ratio for v in projection.target)
    # The letters of the sides and the slice bar stand along the rim.
    canvas = (left + _RIM, top + _RIM, max(width - 2 * _RIM, 1.0), max(height - 2 * _RIM, 1.0))
    everything = list(shapes.values())
    found: list[Label] = []
    for annotation, shape in shapes.items():
        lines = [] if annotation.kind in MARKS else lines_of(label_text(annotation, volume))
        if not lines:
            continue
        size = (max(map(width_of, lines)), LABEL_PX + 4 + LINE_PX * (len(lines) - 1))
        wanted = _wanted(annotation, projection, placed[annotation][0], size)
        taken = [label[2] for label in found]
        box = place_label(size, shape, everything, taken, canvas, wanted)
        found.append((annotation, lines, box, shape))
    return found


def canvas_points(annotations: Sequence[Annotation], projection: Projection) -> list[Points]:
    """Return the points of each annotation on the canvas, (N, 2); all are projected at once."""
    if not annotations:
        return []
    whole = projection.to_canvas(np.array([p for a in annotations for p in a.points]))
    ends = np.cumsum([len(a.points) for a in annotations])
    return np.split(whole, ends[:-1])


def _extent(annotation: Annotation, points: Points) -> Points:
    lines = outline(annotation.kind, points)
    return np.concatenate([*lines, points]) if lines else points


def _wanted(
    annotation: Annotation, projection: Projection, first: Points, size: tuple[float, float]
) -> tuple[float, float] | None:
    """Return where the middle of a label belongs: words stand at their own place."""
    if annotation.label_offset is not None:
        x, y = projection.to_canvas(middle(annotation) + np.array(annotation.label_offset))
        return float(x), float(y)
    if annotation.kind is Kind.TEXT:
        return float(first[0]) + size[0] / 2, float(first[1])
    return None


def offset_of(annotation: Annotation, box: Box, projection: Projection) -> Point:
    """Return where a label stands, as an LPS vector (mm) from the middle of what it names."""
    centre = np.array([box[0] + box[2] / 2, box[1] + box[3] / 2])
    return as_point(projection.to_lps(centre) - middle(annotation))


def paint_leader(painter: QPainter, label: Box, shape: Box) -> None:
    """Join a label that stands apart with what it names."""
    line = leader(label, shape)
    if line is None:
        return
    pen = QPen(colour("lesion"), 1.0)
    pen.setDashPattern([2.0, 3.0])
    painter.setPen(pen)
    painter.drawLine(QPointF(*line[0]), QPointF(*line[1]))
