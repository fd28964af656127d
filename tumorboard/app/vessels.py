"""Vessels that a reader lays: points of the line, the ways between them, levels, words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from tumorboard.annotations.kinds import SPECS
from tumorboard.annotations.model import Landmark, as_point, new_uid, utc_now
from tumorboard.case.annotation_facts import ivc_marks
from tumorboard.case.involvement import IVC, LEVEL_OF_NAME
from tumorboard.case.model import Case
from tumorboard.case.segmentation import Role, Segmentation
from tumorboard.case.vessel import Correction, Stretch, VesselPath, Word, centreline_of
from tumorboard.errors import UserError
from tumorboard.imaging.geometry import Point
from tumorboard.imaging.mask_model import Mask
from tumorboard.imaging.vessel.centreline import through
from tumorboard.imaging.volume import Volume
from tumorboard.language import _
from tumorboard.progress import Reporter
from tumorboard.tools.pathing import PathSeen

#: Ways found through the lumen, by their two ends.
Ways = dict[tuple[Point, Point], tuple[Point, ...]]

#: Points nearer than this are one, mm.
_SAME_MM = 0.01


def begun(case: Case, volume: Volume, name: str, *, traced: bool) -> VesselPath:
    """Return a new vessel without points on a series; a lumen outlined there is taken."""
    lumens = lumens_on(case, volume.series_instance_uid)
    mine = [s for s in lumens if s.vessel == name] or [s for s in lumens if not s.vessel]
    return VesselPath(
        new_uid(),
        name,
        volume.study_instance_uid,
        volume.series_instance_uid,
        volume.frame_of_reference_uid,
        traced=traced,
        lumen_uid=mine[0].uid if len(mine) == 1 else "",
    )


def lumens_on(case: Case, series_uid: str) -> tuple[Segmentation, ...]:
    """Return the outlines of lumens on a series that hold something."""
    return _outlines(case, series_uid, (Role.LUMEN,))


def tumours_on(case: Case, series_uid: str, vessel: str) -> tuple[Segmentation, ...]:
    """Return the outlines that a vessel is measured against when nobody chose others."""
    found = _outlines(case, series_uid, (Role.MASS, Role.TUMOUR_IN_LUMEN))
    return tuple(s for s in found if s.role is Role.MASS or s.vessel in ("", vessel))


def tumours_of(case: Case, vessel: VesselPath) -> tuple[Segmentation, ...]:
    """Return the outlines that a vessel is measured against: those chosen, else all of tumour."""
    every = tumours_on(case, vessel.series_instance_uid, vessel.vessel)
    return tuple(s for s in every if not vessel.mass_uids or s.uid in vessel.mass_uids)


def _outlines(case: Case, series_uid: str, roles: tuple[Role, ...]) -> tuple[Segmentation, ...]:
    here = (s for s in case.segmentations if s.series_instance_uid == series_uid)
    return tuple(s for s in here if s.role in roles and not s.is_empty)


# -- the line ---------------------------------------------------------------------------------


def with_point(vessel: VesselPath, at: int, point: Point, ways: Ways) -> VesselPath:
    """Return a vessel with one more point before the one of this number."""
    return laid(vessel, (*vessel.anchors[:at], point, *vessel.anchors[at:]), ways)


def with_point_at(vessel: VesselPath, at: int, point: Point, ways: Ways) -> VesselPath:
    """Return a vessel with one of its points elsewhere."""
    return laid(vessel, (*vessel.anchors[:at], point, *vessel.anchors[at + 1 :]), ways)


def without_point(vessel: VesselPath, at: int, ways: Ways) -> VesselPath:
    """Return a vessel without one of its points."""
    return laid(vessel, (*vessel.anchors[:at], *vessel.anchors[at + 1 :]), ways)


def laid(vessel: VesselPath, anchors: Iterable[Point], ways: Ways) -> VesselPath:
    """Return a vessel through these points, from its caudal to its cranial end.

    Where it shall run through the lumen and no way is known yet, a spline stands in. Levels,
    corrections and words stay at their places in the patient.
    """
    found: list[Point] = []
    for point in anchors:
        if not found or np.linalg.norm(np.array(point) - np.array(found[-1])) > _SAME_MM:
            found.append(point)
    points = tuple(found)
    if len(points) > 1 and points[-1][2] < points[0][2]:
        points = points[::-1]
    pieces: tuple[tuple[Point, ...], ...] = ()
    if vessel.traced and len(points) > 1:
        splines = through(np.array(points)).pieces
        pieces = tuple(
            way_between(ways, a, b) or tuple(as_point(p) for p in spline)
            for a, b, spline in zip(points, points[1:], splines, strict=False)
        )
    return carried(vessel, replace(vessel, anchors=points, pieces=pieces))


def way_between(ways: Ways, a: Point, b: Point) -> tuple[Point, ...]:
    """Return the way found between two points, empty when there is none."""
    return ways.get((a, b)) or ways.get((b, a), ())[::-1]


def ways_of(vessel: VesselPath) -> Ways:
    """Return the ways that a vessel was stored with."""
    if not vessel.traced or len(vessel.pieces) != len(vessel.anchors) - 1:
        return {}
    pairs = zip(vessel.anchors, vessel.anchors[1:], strict=False)
    return dict(zip(pairs, vessel.pieces, strict=True))


def ways_missing(vessel: VesselPath, ways: Ways) -> tuple[tuple[Point, Point], ...]:
    """Return the pairs of neighbouring points between which a way is still to be found."""
    if not vessel.traced:
        return ()
    pairs = zip(vessel.anchors, vessel.anchors[1:], strict=False)
    return tuple((a, b) for a, b in pairs if not way_between(ways, a, b))


@dataclass(frozen=True)
class Found:
    """Ways that were found; ``problem`` says why one was not."""

    ways: Ways
    problem: str = ""


def search(
    volume: Volume, pairs: tuple[tuple[Point, Point], ...], lumen: Mask | None
) -> Callable[[Reporter], Found]:
    """Return the work that finds ways through the lumen between pairs of points."""

    def work(reporter: Reporter) -> Found:
        from tumorboard.imaging.vessel.path import lumen_field

        ways: Ways = {}
        problem = ""
        try:
            field = lumen_field(volume, [np.array(p) for pair in pairs for p in pair], lumen)
        except UserError as error:
            return Found({}, str(error))
        for done, (a, b) in enumerate(pairs):
            reporter.step(_("Following the vessel"), done, len(pairs))
            try:
                way = field.trace(np.array(a), np.array(b))
            except UserError as error:
                problem = str(error)
                continue
            ways[a, b] = tuple(as_point(p) for p in way)
        return Found(ways, problem)

    return work


def carried(before: VesselPath, vessel: VesselPath) -> VesselPath:
    """Return a vessel whose line changed, what is on it at the same places of the patient."""
    old, new = centreline_of(before), centreline_of(vessel)
    if old is None or new is None:
        return vessel

    def moved(arc: float) -> float:
        return new.nearest(old.at(arc))[0]

    return replace(
        vessel,
        landmarks=tuple((n, as_point(new.at(new.nearest(p)[0]))) for n, p in vessel.landmarks),
        corrections=tuple(replace(c, arc_mm=moved(c.arc_mm)) for c in vessel.corrections),
        words=tuple(
            replace(w, start_mm=moved(w.start_mm), end_mm=moved(w.end_mm)) for w in vessel.words
        ),
    )


def seen(vessel: VesselPath | None) -> PathSeen:
    """Return a vessel as tools may know it."""
    if vessel is None:
        return PathSeen()
    line = centreline_of(vessel)
    levels = dict(vessel.landmarks)
    if line is None:
        return PathSeen(vessel.anchors, levels=levels)
    # For each point of a line the number of the click before it, shape (P,).
    # By the way along the line to what is nearest to each click.
    arcs = [line.nearest(anchor)[0] for anchor in line.anchors[1:-1]]
    places = np.maximum.accumulate(arcs or [np.inf])
    return PathSeen(
        vessel.anchors,
        line.line,
        np.searchsorted(places, line.arc_mm, side="right").astype(np.float64),
        levels,
    )


# -- what is said on the line -----------------------------------------------------------------


def with_level(vessel: VesselPath, name: str, point: Point | None) -> VesselPath:
    """Return a vessel with a level at a point of its line, None takes it away."""
    kept = tuple((n, p) for n, p in vessel.landmarks if n != name)
    return replace(vessel, landmarks=kept if point is None else (*kept, (name, point)))


def with_correction(
    vessel: VesselPath, correction: Correction, author: str, reach_mm: float
) -> VesselPath:
    """Return a vessel with what a reader set at a position; within reach it joins the older.

    A correction that says nothing takes the one there away.
    """
    near = [c for c in vessel.corrections if abs(c.arc_mm - correction.arc_mm) < reach_mm]
    kept = tuple(c for c in vessel.corrections if c not in near)
    if correction.degrees is None and not correction.outline:
        return replace(vessel, corrections=kept)
    held = min(near, key=lambda c: abs(c.arc_mm - correction.arc_mm), default=None)
    joined = correction
    if held is not None and correction.degrees is None:
        joined = replace(joined, degrees=held.degrees)
    if held is not None and not correction.outline:
        joined = replace(joined, outline=held.outline, arc_mm=held.arc_mm)
    joined = replace(joined, author=author, time_utc=utc_now())
    return replace(vessel, corrections=(*kept, joined))


def without_correction(
    vessel: VesselPath, arc_mm: float, reach_mm: float, *, arc: bool
) -> VesselPath:
    """Return a vessel without the arcs, or without the outlines, set within reach of a place."""
    found = []
    for held in vessel.corrections:
        near = abs(held.arc_mm - arc_mm) <= reach_mm
        degrees = None if near and arc else held.degrees
        outline = () if near and not arc else held.outline
        if degrees is not None or outline:
            found.append(replace(held, degrees=degrees, outline=outline))
    return replace(vessel, corrections=tuple(found))


def with_word(
    vessel: VesselPath, stretch: tuple[float, float], word: Word, author: str
) -> VesselPath:
    """Return a vessel with the reader's word for a stretch; it replaces those that it covers."""
    start, end = stretch
    kept: list[Stretch] = []
    for held in vessel.words:
        if held.start_mm < start:
            kept.append(replace(held, end_mm=min(held.end_mm, start)))
        if held.end_mm > end:
            kept.append(replace(held, start_mm=max(held.start_mm, end)))
    if word is not Word.NOT_ASSESSED:
        kept.append(Stretch(start, end, word, author, utc_now()))
    return replace(vessel, words=tuple(sorted(kept, key=lambda w: w.start_mm)))


def levels_of(case: Case, vessel: VesselPath) -> tuple[Mapping[str, Point], tuple[str, ...]]:
    """Return the levels along a vessel by name, and the UIDs of the marks among them.

    Marks of the vena cava stand for levels that were not set on the line itself.
    """
    found = dict(vessel.landmarks)
    if vessel.vessel != IVC:
        return found, ()
    set_on_line = {LEVEL_OF_NAME.get(name) for name in found if name != "right atrium"}
    uids = []
    for mark in ivc_marks(case):
        here = mark.image.frame_of_reference_uid == vessel.frame_of_reference_uid
        if here and SPECS[mark.kind].is_level and Landmark(mark.role) not in set_on_line:
            found[mark.role] = mark.points[0]
            uids.append(mark.uid)
    return found, tuple(uids)
