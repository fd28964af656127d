"""Moving what is drawn: a handle, or the whole annotation."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tumorboard.annotations.model import Annotation, Kind, Point, as_point
from tumorboard.imaging.geometry import Points
from tumorboard.imaging.measurement import HEAD


def moved(annotation: Annotation, delta: Points) -> Annotation:
    """Return the annotation displaced by an LPS vector (mm)."""
    points = tuple(as_point(np.array(p) + delta) for p in annotation.points)
    return replace(annotation, points=points)


def handle_moved(annotation: Annotation, index: int, to: Point) -> Annotation:
    """Return the annotation with one handle at a new LPS point, its shape kept lawful.

    The short axis of a bidirectional stays perpendicular to the long one, the axes of an
    ellipse keep their directions, a craniocaudal extent stays along the patient.
    """
    points = [np.array(p) for p in annotation.points]
    target = np.array(to)
    if annotation.kind is Kind.BIDIRECTIONAL:
        points = _bidirectional(points, annotation.normal, index, target)
    elif annotation.kind is Kind.ELLIPSE:
        points = _ellipse(points, index, target)
    elif annotation.kind is Kind.CRANIOCAUDAL:
        points = _craniocaudal(points, index, target)
    else:
        points[index] = target
    return replace(annotation, points=tuple(as_point(p) for p in points))


def _bidirectional(points: list[Points], normal: Point, index: int, to: Points) -> list[Points]:
    a, b, c, d = points
    if index < 2:
        share, low, high = _crossing(a, b, c, d, np.array(normal))
        a, b = (to, b) if index == 0 else (a, to)
        along, side = _frame(a, b, np.array(normal))
        foot = a + along * share * float(np.linalg.norm(b - a))
        return [a, b, foot + side * low, foot + side * high]
    along, side = _frame(a, b, np.array(normal))
    reach = float(np.clip((to - a) @ along, 0.0, float(np.linalg.norm(b - a))))
    foot = a + along * reach
    low, high = float((c - a) @ side), float((d - a) @ side)
    if index == 2:
        low = float((to - a) @ side)
    else:
        high = float((to - a) @ side)
    return [a, b, foot + side * low, foot + side * high]


def _frame(a: Points, b: Points, normal: Points) -> tuple[Points, Points]:
    along = (b - a) / max(float(np.linalg.norm(b - a)), 1e-9)
    side = np.cross(normal, along)
    return along, side / max(float(np.linalg.norm(side)), 1e-9)


def _crossing(
    a: Points, b: Points, c: Points, d: Points, normal: Points
) -> tuple[float, float, float]:
    """Where the short axis crosses the long one (0 to 1) and how far it reaches each side."""
    along, side = _frame(a, b, normal)
    length = max(float(np.linalg.norm(b - a)), 1e-9)
    return float((c - a) @ along) / length, float((c - a) @ side), float((d - a) @ side)


def _ellipse(points: list[Points], index: int, to: Points) -> list[Points]:
    first = index // 2 * 2
    a, b = points[first], points[first + 1]
    fixed = b if index == first else a
    direction = (points[index] - fixed) / max(float(np.linalg.norm(points[index] - fixed)), 1e-9)
    reach = max(float((to - fixed) @ direction), 1e-3)
    new = fixed + direction * reach
    shift = (fixed + new) / 2 - (a + b) / 2
    other = 2 - first
    result = list(points)
    result[index] = new
    result[other], result[other + 1] = points[other] + shift, points[other + 1] + shift
    return result


def _craniocaudal(points: list[Points], index: int, to: Points) -> list[Points]:
    other = 1 - index
    result = [to, to]
    result[other] = to + HEAD * float((points[other] - to) @ HEAD)
    return result
