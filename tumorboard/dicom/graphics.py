"""From the graphics of other objects to marks and annotations of ours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from tumorboard.annotations.foreign import Line
from tumorboard.annotations.kinds import SPECS, kind_of_graphic
from tumorboard.annotations.model import Annotation, Kind, as_point
from tumorboard.coding import PATH_LENGTH
from tumorboard.dicom.places import Place
from tumorboard.imaging.geometry import Caveat, Point, Points
from tumorboard.language import _

#: Corners of a circle or ellipse that is drawn as a line.
_CORNERS = 72
#: Points nearer than this are one.
_SAME_MM = 1e-6
#: Each program draws a smooth curve as it likes (PS3.3 section C.10.5.1.2): its length is open.
_SMOOTH = Caveat("smooth-curve", _("Sent as a smooth curve: its length is along straight pieces"))


@dataclass(frozen=True)
class Shape:
    """A drawing in the patient: its lines, and kind and points where it has a kind of ours.

    ``caveats`` are what limits its values.
    """

    lines: tuple[Line, ...]
    kind: Kind | None = None
    points: tuple[Point, ...] = ()
    caveats: tuple[Caveat, ...] = ()


def shape_of(graphic: str, points: Sequence[Point], *, closed: bool | None = None) -> Shape | None:
    """Return a graphic of PS3.3 sections C.10.5.1.2, C.18.6 and C.18.9; None when not valid.

    A CIRCLE is its centre and a point on it; an ELLIPSE the ends of its long axis, then of its
    short one; a POLYLINE is closed where its last point is its first, else an open line.
    """
    p = [np.array(x) for x in points]
    if not p:
        return None
    if graphic == "CIRCLE" and len(p) == 2:
        # A circle; in a slice its plane is that of the slice, told by the caller.
        centre = p[0]
        rim = p[1]
        along = rim - centre
        # Any direction across will do for a circle within one slice: found from the axes.
        axis = np.eye(3)[int(np.abs(along).argmin())]
        across = np.cross(axis, along)
        across = across * (np.linalg.norm(along) / max(float(np.linalg.norm(across)), 1e-12))
        return _ellipse(centre - along, centre + along, centre - across, centre + across, "CIRCLE")
    if graphic == "ELLIPSE" and len(p) == 4:
        return _ellipse(p[0], p[1], p[2], p[3], graphic)
    if graphic in ("POINT", "MULTIPOINT"):
        lines = tuple(Line((as_point(x),)) for x in p)
        single = kind_of_graphic("POINT", 1) if len(p) == 1 else None
        return Shape(lines, single, tuple(map(as_point, p)))
    if graphic not in ("POLYLINE", "INTERPOLATED", "POLYGON") or len(p) < 2:
        return None
    joined = bool(np.linalg.norm(p[0] - p[-1]) < _SAME_MM)
    corners = tuple(map(as_point, p[:-1] if joined and len(p) > 3 else p))
    if (joined and len(p) > 3) or closed or graphic == "POLYGON":
        around = kind_of_graphic("POLYGON", len(corners))
        return Shape((Line(corners, closed=True),), around, corners)
    if joined:  # out and back: it measures nothing
        return Shape((Line(corners),), None, corners)
    kind = kind_of_graphic("POLYLINE", len(corners))
    smooth = (_SMOOTH,) if graphic == "INTERPOLATED" and _is_path(kind) else ()
    return Shape((Line(corners),), kind, corners, smooth)


def _ellipse(a: Points, b: Points, c: Points, d: Points, graphic: str) -> Shape:
    centre, u, v = (a + b) / 2, (b - a) / 2, (d - c) / 2
    t = np.linspace(0, 2 * np.pi, _CORNERS, endpoint=False)
    line = centre + np.cos(t)[:, None] * u + np.sin(t)[:, None] * v
    ends = tuple(as_point(x) for x in (a, b, c, d))
    way = Line(tuple(as_point(x) for x in line), closed=True)
    return Shape((way,), kind_of_graphic(graphic, len(ends)), ends)


def _is_path(kind: Kind) -> bool:
    return SPECS[kind].measures(PATH_LENGTH)


def circle_in(place: Place, pixels: Sequence[tuple[float, float]]) -> Shape | None:
    """Return a circle told by its centre and a point on it, in the plane of a picture."""
    centre, rim = (np.array(p) for p in place.to_lps(pixels))
    along = rim - centre
    across = np.cross(place.stack.normal, along)
    return _ellipse(centre - along, centre + along, centre - across, centre + across, "CIRCLE")


def as_annotation(shape: Shape, place: Place, uid: str, by: str, label: str) -> Annotation | None:
    """Return a shape as an annotation under the name of who made it.

    None without a kind, and for an open line through several slices: it would lie on none.
    """
    if shape.kind is None:
        return None
    if _is_path(shape.kind) and _leaves_slice(shape, place):
        return None
    made = Annotation(uid, shape.kind, shape.points, place.normal, place.reference(), by, "", label)
    return replace(made, caveats=shape.caveats)


def _leaves_slice(shape: Shape, place: Place) -> bool:
    heights = np.array(shape.points) @ np.array(place.normal)
    middle = float(place.stack.positions[place.index])
    return bool(np.abs(heights - middle).max() > place.stack.slice_spacing / 2 + 1e-3)
