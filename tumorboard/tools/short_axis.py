"""The short axis that a picture itself tells: inside an outline, or from edge to edge."""

from __future__ import annotations

from typing import Final

import numpy as np

from tumorboard.annotations.kinds import SPECS
from tumorboard.annotations.model import Annotation, as_point
from tumorboard.annotations.shapes import outline
from tumorboard.imaging.geometry import Point, Points
from tumorboard.imaging.measurement import distance
from tumorboard.imaging.outlines import contains, in_plane, longest_perpendicular
from tumorboard.tools.gesture import Scene
from tumorboard.tools.snapping import width_at

#: How far (mm) an outline may lie off the plane of the axis: the same slice.
_SAME_PLANE_MM: Final = 0.5
#: Places along the long axis at which the width from edge to edge is looked for.
_PLACES: Final = 17


def short_axis_found(
    start: Point, end: Point, scene: Scene, lesion_uid: str = ""
) -> tuple[Point, Point] | None:
    """Return the ends of the short axis to a long one, or None when the picture tells none.

    The longest perpendicular inside an outline of the lesion on this slice; else, with
    assist, the widest of the perpendiculars from edge to edge.
    """
    around = _outline_around(start, end, scene, lesion_uid)
    if around is not None:
        found = longest_perpendicular(_line(around), start, end, scene.normal)
        return None if found is None else (as_point(found[0]), as_point(found[1]))
    return _widest(start, end, scene)


def lesion_of_outline(start: Point, end: Point, scene: Scene) -> str:
    """Return the lesion of the outline that a long axis lies in, or empty."""
    around = _outline_around(start, end, scene, "")
    return "" if around is None else around.lesion_uid


def _line(annotation: Annotation) -> Points:
    points = np.array(annotation.points)
    return outline(annotation.kind, points)[0][:-1]


def _outline_around(start: Point, end: Point, scene: Scene, lesion_uid: str) -> Annotation | None:
    """Return the smallest outline in this plane that the middle of an axis lies in."""
    a, b, normal = np.array(start), np.array(end), np.array(scene.normal)
    along = (b - a) / max(distance(a, b), 1e-12)
    side = np.cross(normal, along)
    middle, found, smallest = (a + b) / 2, None, np.inf
    for annotation in scene.existing:
        if not SPECS[annotation.kind].is_region or annotation.proposed:
            continue
        if lesion_uid and annotation.lesion_uid not in ("", lesion_uid):
            continue
        line = _line(annotation)
        if (np.abs((line - middle) @ normal) > _SAME_PLANE_MM).any():
            continue
        flat = in_plane(line, middle, along, side)
        size = float(np.ptp(flat, axis=0).prod())
        if size < smallest and contains(flat, (0.0, 0.0)):
            found, smallest = annotation, size
    return found


def _widest(start: Point, end: Point, scene: Scene) -> tuple[Point, Point] | None:
    a, b = np.array(start), np.array(end)
    length = distance(a, b)
    if length <= 0:
        return None
    side = np.cross(np.array(scene.normal), (b - a) / length)
    feet = [a + (b - a) * share for share in np.linspace(0.25, 0.75, _PLACES)]
    found = [width_at(foot, side, 0.6 * length, scene) for foot in feet]
    widths = [w for w in found if w is not None and distance(*w) <= length]
    return max(widths, key=lambda w: distance(*w), default=None)
