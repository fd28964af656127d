"""Draws the lines of vessels over a cut: what is near it solid, the rest faint."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from tumorboard.case.vessel import VesselPath, centreline_of
from tumorboard.imaging.geometry import Point, Points
from tumorboard.imaging.slicing import PlaneGrid
from tumorboard.imaging.viewport import Projection
from tumorboard.tools.landmark import LEVELS
from tumorboard.ui.viewer.inks import colour
from tumorboard.ui.viewer.overlay import text_with_outline
from tumorboard.ui.viewer.overlay_stack import ShownPath

#: What lies so near to the cut is drawn solid, mm.
SOLID_MM: Final = 3.0
_FAINT: Final = 70
_DARK: Final = QColor("#05070a")
_POINT_PX: Final = 4.5


def paint_paths(
    painter: QPainter,
    paths: Sequence[ShownPath],
    grid: PlaneGrid,
    projection: Projection,
    slab_mm: float = 0.0,
    *,
    named: bool = True,
) -> None:
    """Draw vessels over a cut of this grid, levels by their names unless these stand elsewhere."""
    for path in paths:
        ink = colour("vessel")
        reach = _reach(slab_mm)
        if len(path.line) > 1:
            _paint_line(painter, path, grid, projection, reach)
        if path.is_active and len(path.anchors):
            _paint_points(painter, path.anchors, grid, projection, reach)
        for name, point in path.levels:
            if _off(np.array([point]), grid)[0] <= reach:
                place = projection.to_canvas(np.array(point))
                _paint_level(painter, name if named else "", place, ink)


def _reach(slab_mm: float) -> float:
    return max(SOLID_MM, slab_mm / 2)


def levels_near(
    paths: Sequence[ShownPath], grid: PlaneGrid, slab_mm: float
) -> list[tuple[str, Point]]:
    """Return the levels of vessels that a cut shows, as (name, LPS point in mm)."""
    reach = _reach(slab_mm)
    levels = [level for path in paths for level in path.levels]
    return [(name, point) for name, point in levels if _off(np.array([point]), grid)[0] <= reach]


def runs(near: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return the stretches (first, after the last) of a row of truth values that hold."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], near.astype(np.int8), [0]])))
    return [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]


def _off(points: Points, grid: PlaneGrid) -> Points:
    return np.abs((points - grid.origin) @ grid.normal)


def _paint_line(
    painter: QPainter, path: ShownPath, grid: PlaneGrid, projection: Projection, reach: float
) -> None:
    canvas = projection.to_canvas(path.line)
    faint = QColor(colour("vessel"))
    faint.setAlpha(_FAINT)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(faint, 1.2))
    painter.drawPolyline(_polygon(canvas))
    for first, last in runs(_off(path.line, grid) <= reach):
        part = _polygon(canvas[max(first - 1, 0) : last + 1])
        for ink, width in ((_DARK, 3.6), (colour("vessel"), 2.0 if path.is_active else 1.4)):
            pen = QPen(ink, width)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            painter.drawPolyline(part)


def _paint_points(
    painter: QPainter, anchors: Points, grid: PlaneGrid, projection: Projection, reach: float
) -> None:
    canvas = projection.to_canvas(anchors)
    for place, off in zip(canvas, _off(anchors, grid), strict=True):
        near = off <= 2 * reach
        ink = QColor(colour("vessel"))
        ink.setAlpha(255 if near else _FAINT)
        painter.setPen(QPen(_DARK, 3.0) if near else Qt.PenStyle.NoPen)
        painter.setBrush(ink if off <= reach else Qt.BrushStyle.NoBrush)
        radius = _POINT_PX if near else _POINT_PX / 2
        centre = QPointF(float(place[0]), float(place[1]))
        painter.drawEllipse(centre, radius, radius)
        painter.setPen(QPen(ink, 1.4))
        painter.drawEllipse(centre, radius, radius)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _paint_level(painter: QPainter, name: str, place: Points, ink: QColor) -> None:
    x, y = float(place[0]), float(place[1])
    for pen, width in ((_DARK, 3.6), (ink, 1.8)):
        painter.setPen(QPen(pen, width))
        painter.drawLine(QPointF(x - 8, y), QPointF(x + 8, y))
    text_with_outline(painter, QPointF(x + 12, y + 4), name, ink)


def _polygon(points: Points) -> QPolygonF:
    return QPolygonF([QPointF(float(x), float(y)) for x, y in points])


def shown_path(vessel: VesselPath, is_active: bool) -> ShownPath:
    """Return a vessel as it is drawn over the views."""
    line = centreline_of(vessel)
    points = np.zeros((0, 3)) if line is None else line.line
    levels = tuple((LEVELS.get(n, n.capitalize()), p) for n, p in vessel.landmarks)
    return ShownPath(vessel.uid, points, np.array(vessel.anchors), levels, is_active)
