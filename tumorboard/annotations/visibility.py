"""Which annotations belong on a cut."""

from __future__ import annotations

from collections.abc import Sequence

from tumorboard.annotations.model import MARKS, Annotation, Point, as_point
from tumorboard.imaging.slicing import Section
from tumorboard.imaging.volume import Volume

#: On reformats neighbouring cuts lie a pixel apart; an annotation stays visible this far
#: (mm) from the cut it was drawn on, so that it does not flicker away while scrolling.
REFORMAT_REACH_MM = 2.0
#: Cosine of the angle (8 degrees) up to which two planes count as parallel.
_PARALLEL = 0.99


def reach_mm(volume: Volume, section: Section) -> float:
    """Return how far (mm) from a cut an annotation is still shown on it."""
    if section.slice_index is None:
        return REFORMAT_REACH_MM
    return volume.stack.slice_spacing / 2 + 1e-3


def on_section(
    annotations: Sequence[Annotation], volume: Volume, section: Section
) -> tuple[Annotation, ...]:
    """Return the annotations whose points all lie on or next to a cut.

    Measurements show on cuts parallel to the one they were drawn on; marks of a vessel on
    every cut that passes by.
    """
    reach = reach_mm(volume, section)
    normal, origin = as_point(section.grid.normal), as_point(section.grid.origin)
    level = _dot(normal, origin)
    return tuple(a for a in annotations if _belongs(a, normal, level, reach))


def _belongs(annotation: Annotation, normal: Point, level: float, reach: float) -> bool:
    """Tell whether an annotation lies on the plane at ``level`` mm along ``normal``.

    Plain numbers: this is asked of everything drawn in a series for every picture.
    """
    if any(abs(_dot(normal, point) - level) > reach for point in annotation.points):
        return False
    return annotation.kind in MARKS or abs(_dot(normal, annotation.normal)) > _PARALLEL


def _dot(a: Point, b: Point) -> float:
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
