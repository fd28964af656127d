"""Prepares the demonstration cases for a talk: key images, notes, events, the reading confirmed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

import numpy as np

from tumorboard.annotations.model import as_point, new_uid, utc_now
from tumorboard.app import edits
from tumorboard.app.presented import NOTES
from tumorboard.app.session import Session
from tumorboard.app.timeline import EventKind, event_key
from tumorboard.case.readiness import READ
from tumorboard.case.saved_view import Extent, SavedPicture, SavedView
from tumorboard.demo.phantom.cases import Demonstration
from tumorboard.demo.phantom.truth import Truth
from tumorboard.dicom.series import Series
from tumorboard.imaging.geometry import Plane, Point
from tumorboard.imaging.view_cut import CutSpec
from tumorboard.imaging.volume import Window
from tumorboard.reports.words import dicom_date

_SOFT_TISSUE: Final = Window(40.0, 400.0)
_SOFT_TISSUE_NAME: Final = "soft tissue"
#: What of a picture is shown, mm: the body, without much of the table.
_ACROSS_MM, _UP_MM = 400.0, 320.0


def prepare(
    session: Session, case: Demonstration, series: Sequence[Series], truths: Sequence[Truth]
) -> None:
    """Give the open case what a presenter prepares; series and truths as its studies."""
    known = session.case.series if session.case is not None else ()
    dates = {s.series_instance_uid: dicom_date(s.study_date) for s in known}
    days = [dates.get(s.series_instance_uid, "") for s in series]
    for view in _views(session.author, series, truths, days):
        held = session.case
        if held is not None:
            session.apply(edits.put_view(held, view))
    if case.notes:
        session.set_remark(NOTES, case.notes)
    for kind, day, words in case.events:
        session.set_remark(event_key(EventKind(kind), date.fromisoformat(day)), words)
    if case.is_read:
        session.set_remark(READ, "confirmed")


def _views(
    author: str, series: Sequence[Series], truths: Sequence[Truth], days: Sequence[str]
) -> Iterator[SavedView]:
    newest, truth = series[-1], truths[-1]
    middle = _middle(truth)
    if len(series) > 1 and (before := _middle(truths[0])) is not None and middle is not None:
        pictures = (
            _picture(series[0], Plane.AXIAL, before, 0),
            _picture(newest, Plane.AXIAL, middle, 1),
        )
        yield _view(author, f"{days[0]} beside {days[-1]}", "pair", pictures, active=1)
    if middle is not None:
        axial = (_picture(newest, Plane.AXIAL, middle),)
        yield _view(author, "Largest section of the mass", "single", axial)
        coronal = (_picture(newest, Plane.CORONAL, middle),)
        yield _view(author, "Height of the mass, coronal", "single", coronal)
    ends = list(truth.vein.tumour_ends.values())
    if ends:
        inside = as_point(np.mean(np.array(ends), axis=0))
        vein = (_picture(newest, Plane.CORONAL, inside),)
        yield _view(author, "Tumour in the vena cava, coronal", "single", vein)


def _middle(truth: Truth) -> Point | None:
    """Return the middle of the mass, LPS mm."""
    return None if truth.mass is None else as_point(np.mean(np.array(truth.mass.long), axis=0))


def _picture(series: Series, plane: Plane, point: Point, display: int = 0) -> SavedPicture:
    stack = series.stack
    if stack is None:
        raise RuntimeError("the demonstration images make no volume")
    middle = np.array(stack.centre)
    # The plane goes through the point; the part on show lies round the middle of the body.
    through = (middle[0], middle[1], point[2]) if plane is Plane.AXIAL else None
    centre = as_point(through or (middle[0], point[1], middle[2]))
    height = _UP_MM if plane is Plane.AXIAL else _ACROSS_MM
    return SavedPicture(
        display=display,
        plane="",
        series_key=series.series_instance_uid,
        spec=CutSpec(plane),
        point=point,
        extent=Extent(centre, _ACROSS_MM, height),
        window=_SOFT_TISSUE,
        window_name=_SOFT_TISSUE_NAME,
    )


def _view(
    author: str, caption: str, layout: str, pictures: tuple[SavedPicture, ...], *, active: int = 0
) -> SavedView:
    return SavedView(
        new_uid(),
        caption,
        layout,
        pictures,
        active=active,
        author=author,
        created_utc=utc_now(),
    )
