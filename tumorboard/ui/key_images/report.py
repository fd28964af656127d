"""Pictures for the report: a cut at its window with the annotations burned in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtGui import QImage

from tumorboard.annotations.kinds import MARKS, SPECS
from tumorboard.annotations.model import Annotation, as_point
from tumorboard.annotations.visibility import on_section, rests_on
from tumorboard.case.annotation_facts import ivc_marks, mass_annotations
from tumorboard.case.model import Case
from tumorboard.case.saved_view import SavedPicture, SavedView
from tumorboard.imaging.geometry import Plane, Point
from tumorboard.imaging.slicing import cut, native_plane
from tumorboard.imaging.view_cut import CutSpec, make_cut
from tumorboard.imaging.viewport import Viewport, resolve
from tumorboard.imaging.volume import Volume
from tumorboard.imaging.windowing import GreyTable, default_window
from tumorboard.language import _
from tumorboard.reports.measured import value_of
from tumorboard.ui.key_images.pictures import Place, paint_saved, painted, strips_of
from tumorboard.ui.shell.provenance import dicom_date
from tumorboard.ui.viewer.painting import Frame

_SIZE = (430, 350)
_RATIO = 3.0
#: A picture with words on it is not narrower, in points.
_NARROWEST = 240


@dataclass(frozen=True)
class Shot:
    """What to picture: a plane through a point of a series, and the words below it.

    ``saved`` is the picture of a kept view, which then says all that is shown; ``marks``
    tells whether annotations lay over it. ``view_uid`` names that view: its pictures stand
    side by side, from left to right as they follow.
    """

    series_key: str
    plane: Plane
    point: Point
    caption: str
    saved: SavedPicture | None = None
    marks: bool = True
    view_uid: str = ""

    @property
    def fused_key(self) -> str:
        """The series in colours over it, empty for none."""
        fused = self.saved.fused if self.saved is not None else None
        return fused.series_key if fused is not None else ""


def shots_of(case: Case) -> list[Shot]:
    """Return the pictures of a case: the views that readers kept, in their order.

    Without any: the mass axially, its height, the IVC on a coronal cut.
    """
    if case.views:
        return [shot for view in case.views for shot in _kept(view)]
    shots = []
    lesion = case.index_lesion
    if lesion is not None:
        for annotation in mass_annotations(case, lesion.uid):
            plane = Plane(annotation.image.plane)
            middle = as_point(np.mean(np.array(annotation.points), axis=0))
            caption = f"{lesion.name}, {_(plane.value)} · {_date(case, annotation)}"
            shots.append(Shot(annotation.image.series_instance_uid, plane, middle, caption))
    ends = [a for a in ivc_marks(case) if SPECS[a.kind].is_tumour_end]
    if ends:
        middle = as_point(np.mean([a.points[0] for a in ends], axis=0))
        series = ends[0].image.series_instance_uid
        shots.append(
            Shot(
                series, Plane.CORONAL, middle, _("IVC, levels · {date}", date=_date(case, ends[0]))
            )
        )
    return shots


def _kept(view: SavedView) -> list[Shot]:
    """Return the pictures of a kept view as they stood side by side: one of each series.

    Beside the main one stand those of other series in the same plane; beside the curved view
    of a vessel the plane through the same place.
    """
    return [
        Shot(*(p.series_key, p.spec.plane, p.point, view.caption, p, view.marks, view.uid))
        for p in _side_by_side(view)
    ]


def _side_by_side(view: SavedView) -> list[SavedPicture]:
    main = view.main
    if view.alone:
        return [main]
    if main.curve is not None:
        flat = [p for p in view.pictures if p.curve is None and p.display == main.display]
        return [*flat[:1], main]
    found = {main.display: main}
    same_first = sorted(view.pictures, key=lambda p: p.plane != main.plane)
    for picture in same_first:
        found.setdefault(picture.display, picture)
    return [found[number] for number in sorted(found)]


def _date(case: Case, annotation: Annotation) -> str:
    series = {s.study_instance_uid: s for s in case.series}
    found = series.get(annotation.image.study_instance_uid)
    return dicom_date(found.study_date) if found else ""


def picture(volume: Volume, case: Case, shot: Shot, upper: Volume | None = None) -> QImage:
    """Paint a shot through the code of the view; no identity in any pixel.

    ``upper`` is the series in colours over a kept view.
    """
    if shot.saved is not None:
        size = _size_of(shot.saved)
        return paint_saved(volume, case, shot.saved, size, _RATIO, upper=upper, marks=shot.marks)
    section = cut(volume, shot.plane, shot.point)
    spec = CutSpec(shot.plane)
    strips = strips_of(case, volume, spec, shot.point, _SIZE)
    projection = resolve(Viewport(), section.grid, _SIZE, _RATIO, strips)
    middle = cut(volume, native_plane(volume.stack), shot.point)
    table = GreyTable(volume, default_window(volume, middle.image), False)
    frame = Frame(volume, spec, section, projection, table, False, True)
    return painted(frame, case, Place(shot.series_key, shot.point), _SIZE)


def _size_of(saved: SavedPicture) -> tuple[int, int]:
    """Return the size of a picture on paper (points): a curved view keeps its proportions."""
    width, height = _SIZE
    if saved.curve is None:
        return _SIZE
    across, along = saved.curve.size_mm
    return min(max(round(height * across / along), _NARROWEST), width), height


def measured_on(volume: Volume, case: Case, shot: Shot) -> tuple[str, ...]:
    """Return what was measured where a picture shows it: "Mass 1: long axis 10.5 cm"."""
    if shot.saved is not None and not shot.marks:
        return ()
    if shot.saved is not None and shot.saved.curve is not None:
        return shot.saved.curve.said
    section = (
        cut(volume, shot.plane, shot.point)
        if shot.saved is None
        else make_cut(volume, shot.saved.spec, shot.saved.point)
    )
    mine = [
        a
        for a in case.annotations
        if rests_on(a.image, volume) and not a.proposed and a.kind not in MARKS
    ]
    return tuple(words for a in on_section(mine, volume, section) if (words := value_of(case, a)))
