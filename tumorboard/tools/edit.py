"""Moving what is drawn: a handle, or the whole annotation, by the mouse or by keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from tumorboard.annotations.model import Annotation, Kind, Point, as_point
from tumorboard.annotations.shapes import handles
from tumorboard.imaging.geometry import Points
from tumorboard.imaging.measurement import distance, upright_in

#: How far one key press moves a handle, in pixels of the image.
NUDGE_PIXELS: Final = 0.1
#: Kinds whose first two points are the ends of a line.
_LINES: Final = frozenset(
    {Kind.LENGTH, Kind.BIDIRECTIONAL, Kind.CRANIOCAUDAL, Kind.CALIBRATION, Kind.ARROW}
)


def moved(annotation: Annotation, delta: Points) -> Annotation:
    """Return the annotation displaced by an LPS vector (mm)."""
    points = tuple(as_point(np.array(p) + delta) for p in annotation.points)
    return replace(annotation, points=points)


def handle_moved(annotation: Annotation, index: int, to: Point) -> Annotation:
    """Return the annotation with one handle at a new LPS point, its shape kept lawful.

    The short axis of a bidirectional stays perpendicular to the long one, the axes of an
    ellipse keep their directions, a circle stays round, a rectangle right-angled, a
    craniocaudal extent along the patient; the points of a freehand or an open line go along
    with the handle between them.
    """
    points = [np.array(p) for p in annotation.points]
    mover = _MOVERS.get(annotation.kind, _single)
    changed = mover(annotation, points, index, np.array(to))
    return replace(annotation, points=tuple(as_point(p) for p in changed))


def on_own_cut(annotation: Annotation, index: int, to: Point) -> Point:
    """Return a place (LPS mm) moved along the normal to the plane that a handle lies in.

    A measurement is shown on cuts next to its own too; its points stay on one plane.
    """
    normal, place = np.array(annotation.normal), np.array(to)
    return as_point(place + normal * float((np.array(annotation.points[index]) - place) @ normal))


def is_collapsed(annotation: Annotation, shortest_mm: float) -> bool:
    """Whether the two ends of a line were drawn onto one another: nothing is measured then."""
    return annotation.kind in _LINES and distance(*annotation.points[:2]) < shortest_mm


def nudge(
    annotation: Annotation, handle: int | None, direction: ArrayLike, pixel_mm: float
) -> Annotation:
    """Return the annotation with a handle, or with None the whole, a tenth of a pixel on.

    ``direction`` is an LPS direction of any length, such as that of the screen's right;
    ``pixel_mm`` the size of a pixel of the image in mm.
    """
    way = np.asarray(direction, dtype=np.float64)
    delta = way / (np.linalg.norm(way) or 1.0) * NUDGE_PIXELS * pixel_mm
    if handle is None:
        return moved(annotation, delta)
    return handle_moved(annotation, handle, as_point(np.array(annotation.points[handle]) + delta))


def label_moved(annotation: Annotation, delta: Points, offset: Point) -> Annotation:
    """Return the annotation with its label an LPS vector (mm) away from where it was.

    ``offset`` is where the label was on show, relative to the mean of the points (mm).
    """
    return replace(annotation, label_offset=as_point(np.array(offset) + delta))


def _single(annotation: Annotation, points: list[Points], index: int, to: Points) -> list[Points]:
    del annotation
    return [to if n == index else p for n, p in enumerate(points)]


def _bidirectional(
    annotation: Annotation, points: list[Points], index: int, to: Points
) -> list[Points]:
    a, b, c, d = points
    normal = np.array(annotation.normal)
    if index < 2:
        share, low, high = _crossing(a, b, c, d, normal)
        a, b = (to, b) if index == 0 else (a, to)
        along, side = _frame(a, b, normal)
        foot = a + along * share * float(np.linalg.norm(b - a))
        return [a, b, foot + side * low, foot + side * high]
    along, side = _frame(a, b, normal)
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


def _ellipse(annotation: Annotation, points: list[Points], index: int, to: Points) -> list[Points]:
    del annotation
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


def _circle(annotation: Annotation, points: list[Points], index: int, to: Points) -> list[Points]:
    """Move a place of the rim; the centre stays and the handle follows the pointer round."""
    centre = (points[0] + points[1]) / 2
    radius = to - centre
    if np.linalg.norm(radius) < 1e-3:
        return points
    across = np.cross(np.array(annotation.normal), radius)
    turned = {0: (radius, across), 1: (-radius, -across)}
    if index < 2:
        first, second = turned[index]
    else:
        second, first = turned[index - 2]
        first = -first
    return [centre + first, centre - first, centre + second, centre - second]


def _rectangle(
    annotation: Annotation, points: list[Points], index: int, to: Points
) -> list[Points]:
    """Move a corner; the opposite one stays and the sides keep their directions."""
    del annotation
    fixed = points[(index + 2) % 4]
    result = list(points)
    for neighbour in ((index + 1) % 4, (index + 3) % 4):
        side = points[neighbour] - fixed
        side = side / max(float(np.linalg.norm(side)), 1e-9)
        reach = float((to - fixed) @ side)
        if abs(reach) < 1e-3:
            reach = 1e-3
        result[neighbour] = fixed + side * reach
    result[index] = result[(index + 1) % 4] + result[(index + 3) % 4] - fixed
    return result


def _craniocaudal(
    annotation: Annotation, points: list[Points], index: int, to: Points
) -> list[Points]:
    other = 1 - index
    result = [to, to]
    result[other] = upright_in(to, points[other], annotation.normal)
    return result


def _freehand(annotation: Annotation, points: list[Points], index: int, to: Points) -> list[Points]:
    """Move a handle of a line; points fade to rest towards the handles beside it."""
    held, count = handles(annotation), len(points)
    if index not in held or len(held) < 3:
        return _single(annotation, points, index, to)
    place = held.index(index)
    before = (index - held[place - 1]) % count
    after = (held[(place + 1) % len(held)] - index) % count
    delta, result = to - points[index], list(points)
    for step in range(-before + 1, after):
        share = abs(step) / (before if step < 0 else after)
        n = (index + step) % count
        result[n] = points[n] + delta * float((1 + np.cos(np.pi * share)) / 2)
    return result


def _path(annotation: Annotation, points: list[Points], index: int, to: Points) -> list[Points]:
    """Move a handle of an open line; points fade to rest towards the handles beside it."""
    held = handles(annotation)
    if index not in held:
        return _single(annotation, points, index, to)
    place, delta, result = held.index(index), to - points[index], list(points)
    for way in (-1, 1):
        if not 0 <= place + way < len(held):
            continue
        reach = abs(held[place + way] - index)
        for step in range(1, reach):
            n = index + way * step
            result[n] = points[n] + delta * float((1 + np.cos(np.pi * step / reach)) / 2)
    result[index] = to
    return result


_MOVERS: Final[dict[Kind, Callable[[Annotation, list[Points], int, Points], list[Points]]]] = {
    Kind.BIDIRECTIONAL: _bidirectional,
    Kind.ELLIPSE: _ellipse,
    Kind.CIRCLE: _circle,
    Kind.RECTANGLE: _rectangle,
    Kind.CRANIOCAUDAL: _craniocaudal,
    Kind.FREEHAND: _freehand,
    Kind.PATH: _path,
}
