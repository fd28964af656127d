"""Moving what is drawn: a handle, or the whole annotation, by the mouse or by keys."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from tumorboard.annotations.kinds import SPECS
from tumorboard.annotations.model import Annotation, as_point
from tumorboard.imaging.geometry import Point, Points
from tumorboard.imaging.measurement import distance

#: How far one key press moves a handle, in pixels of the image.
NUDGE_PIXELS: Final = 0.1


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
    move = SPECS[annotation.kind].handle_moved
    changed = move(annotation.normal, points, index, np.array(to))
    return replace(annotation, points=tuple(as_point(p) for p in changed))


def on_own_cut(annotation: Annotation, index: int, to: Point) -> Point:
    """Return a place (LPS mm) moved along the normal to the plane that a handle lies in.

    A measurement is shown on cuts next to its own too; its points stay on one plane.
    """
    normal, place = np.array(annotation.normal), np.array(to)
    return as_point(place + normal * float((np.array(annotation.points[index]) - place) @ normal))


def is_collapsed(annotation: Annotation, shortest_mm: float) -> bool:
    """Whether the two ends of a line were drawn onto one another: nothing is measured then."""
    is_line = SPECS[annotation.kind].is_line
    return is_line and distance(*annotation.points[:2]) < shortest_mm


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
