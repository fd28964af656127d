"""What the overview in three dimensions shows of a case, and who paints it."""

from __future__ import annotations

from collections.abc import Callable

from tumorboard.app.outlining import colour_of
from tumorboard.case.annotation_facts import ivc_marks
from tumorboard.case.model import Case
from tumorboard.case.segmentation import Role, Segmentation
from tumorboard.case.vessel import centreline_of
from tumorboard.errors import UserError
from tumorboard.imaging.mask_model import Mask
from tumorboard.language import _
from tumorboard.surfaces.model import (
    DIRECTIONS,
    Colour,
    Look,
    MaskShape,
    PointShape,
    Scene,
    Shape,
    TubeShape,
)
from tumorboard.surfaces.worker import SurfacePainter, is_installed
from tumorboard.tools.vessel import MARK_SHORT_LABELS

__all__ = [
    "DIRECTIONS",
    "Look",
    "Scene",
    "SurfacePainter",
    "is_installed",
    "names_of",
    "scene_of",
    "series_with_surfaces",
]

_VESSEL: Colour = (0.43, 0.78, 1.0)
_MARK: Colour = (1.0, 0.82, 0.4)
#: A vessel without an outline of its lumen is shown as a tube of this radius, and so named.
_TUBE_MM = 4.0


def series_with_surfaces(case: Case) -> tuple[str, ...]:
    """Return the series on which something was outlined or followed, the newest study first."""
    dates = {s.series_instance_uid: s.study_date for s in case.series}
    held = [s.series_instance_uid for s in case.segmentations if not s.is_empty]
    held += [v.series_instance_uid for v in case.vessels if len(v.anchors) > 1]
    return tuple(sorted(dict.fromkeys(held), key=lambda uid: dates.get(uid, ""), reverse=True))


def scene_of(case: Case, series_uid: str, mask_of: Callable[[Segmentation], Mask]) -> Scene:
    """Return the outlines, vessels and levels of a series.

    Masks that cannot be read are left out: the list of outlines says why.
    """
    shapes: list[Shape] = []
    for record in case.segmentations:
        if record.series_instance_uid == series_uid and not record.is_empty:
            try:
                mask = mask_of(record)
            except UserError:
                continue
            red, green, blue = (v / 255 for v in colour_of(record))
            shapes.append(MaskShape(record.label, (red, green, blue), mask))
    lumens = {s.vessel for s in case.segmentations if s.role is Role.LUMEN and not s.is_empty}
    for vessel in case.vessels:
        line = centreline_of(vessel)
        if vessel.series_instance_uid != series_uid or line is None:
            continue
        if vessel.vessel not in lumens:
            shapes.append(
                TubeShape(_("{vessel}, line", vessel=vessel.vessel), _VESSEL, line.line, _TUBE_MM)
            )
        shapes += [PointShape(name, _VESSEL, point) for name, point in vessel.landmarks]
    marks = [a for a in ivc_marks(case) if a.image.series_instance_uid == series_uid]
    shapes += [PointShape(MARK_SHORT_LABELS[a.role], _MARK, a.points[0]) for a in marks]
    return Scene(tuple(shapes))


def names_of(scene: Scene) -> tuple[str, ...]:
    """Return the names of the surfaces, without the landmarks, each once."""
    found = (s.name for s in scene.shapes if not isinstance(s, PointShape))
    return tuple(dict.fromkeys(found))
