"""Lesions over the dates of their examinations: sizes, sums, changes; copies to another date.

Sizes follow RECIST 1.1 (Eisenhauer et al. 2009): the longest diameter, for a lymph node the
short axis; the sum is over the target lesions. What a change means is for the guidelines.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from tumorboard.annotations.kinds import SPECS
from tumorboard.annotations.measure import measure
from tumorboard.annotations.model import Annotation, ImageReference, as_point, new_uid
from tumorboard.case.dates import iso_date
from tumorboard.case.mass_size import is_axial_pair, is_pair
from tumorboard.case.model import Case, Lesion
from tumorboard.case.response import (
    ABSENT,
    NEW,
    TARGET,
    Candidate,
    LesionAt,
    PointResponse,
    responses,
)
from tumorboard.coding import CRANIOCAUDAL, LENGTH, LONG_AXIS, SHORT_AXIS
from tumorboard.imaging.geometry import Point, Points
from tumorboard.imaging.slicing import native_plane
from tumorboard.imaging.volume import Volume


@dataclass(frozen=True)
class Timepoint:
    """The series of one date; ``date`` as DICOM writes it (YYYYMMDD), empty when not known.

    They are told by series: files of two dates may carry one Study Instance UID.
    """

    date: str
    series_uids: tuple[str, ...]

    def holds(self, image: ImageReference) -> bool:
        """Whether what was drawn on an image is of this date."""
        return image.series_instance_uid in self.series_uids


@dataclass(frozen=True)
class Size:
    """The size of a lesion at a date: mm, and the annotation that says so.

    ``long_mm`` and ``short_mm`` are the axes as far as drawn.
    """

    mm: float
    annotation_uid: str
    long_mm: float | None = None
    short_mm: float | None = None


@dataclass(frozen=True)
class Change:
    """How a size differs from another: mm and percent; percent None against zero."""

    mm: float
    percent: float | None


@dataclass(frozen=True)
class LesionRow:
    """A lesion with its size at each date (None: not measured) and how it changed.

    ``from_baseline`` is against the first date at which it was measured, ``from_nadir``
    against the smallest size before that date.
    """

    lesion: Lesion
    sizes: tuple[Size | None, ...]
    from_baseline: tuple[Change | None, ...]
    from_nadir: tuple[Change | None, ...]


@dataclass(frozen=True)
class SumRow:
    """The sum of the targets at each date, as the response counts it (`case.response`).

    None where a target of the baseline was not measured; ``missing`` names these, ``added`` the
    targets without a size at baseline, which are in no sum.
    """

    sums: tuple[float | None, ...]
    missing: tuple[tuple[str, ...], ...]
    added: tuple[tuple[str, ...], ...]
    from_baseline: tuple[Change | None, ...]
    from_nadir: tuple[Change | None, ...]


@dataclass(frozen=True)
class LesionTable:
    """Lesions by dates; ``total`` is None without targets."""

    timepoints: tuple[Timepoint, ...]
    rows: tuple[LesionRow, ...]
    total: SumRow | None


def timepoints(case: Case) -> tuple[Timepoint, ...]:
    """Return the dates of a case's studies, the oldest first, undated ones last.

    Studies without a date are each a time point of their own: nothing says they are one.
    """
    dated: dict[str, list[str]] = {}
    for series in case.series:
        key = series.study_date if iso_date(series.study_date) else f"~{series.study_instance_uid}"
        dated.setdefault(key, []).append(series.series_instance_uid)
    return tuple(
        Timepoint("" if date.startswith("~") else date, tuple(series))
        for date, series in sorted(dated.items())
    )


def size_at(case: Case, lesion: Lesion, timepoint: Timepoint) -> Size | None:
    """Return the size of a lesion at a date; None when it was not measured in mm there.

    What a reader said is gone has size 0, and no annotation. Two axes come before a single
    length, axial ones before others, and of several the last in the case counts, as it does for
    the size of the mass: clocks of workstations differ. A node needs its short axis. Proposed
    measurements do not count.
    """
    best: tuple[tuple[bool, bool, int], Size] | None = None
    for order, annotation in enumerate(case.annotations):
        if annotation.lesion_uid != lesion.uid or annotation.proposed:
            continue
        if not timepoint.holds(annotation.image):
            continue
        size = _size(annotation, is_node=lesion.is_node)
        if size is not None:
            key = (is_axial_pair(annotation), is_pair(annotation), order)
            if best is None or key > best[0]:
                best = (key, size)
    if best is None and said_of(case, lesion, timepoint) == ABSENT:
        return Size(0.0, "")
    return None if best is None else best[1]


def state_key(lesion: Lesion, timepoint: Timepoint) -> str:
    """Return the key of the remark that says what became of a lesion at a date; or nothing."""
    day = iso_date(timepoint.date)
    return f"lesion:{lesion.uid}:{day}" if day else ""


def said_of(case: Case, lesion: Lesion, timepoint: Timepoint) -> str:
    """Return what a reader said of a lesion that is not measured at a date."""
    key = state_key(lesion, timepoint)
    remark = case.remark(key) if key else None
    return remark.value if remark is not None else ""


def course(case: Case, table: LesionTable) -> tuple[PointResponse, ...]:
    """Return the response at each date on which a lesion with a role was measured or spoken of."""
    return responses(_at_dates(case, table))


def _at_dates(case: Case, table: LesionTable) -> Iterator[LesionAt]:
    rows = [row for row in table.rows if row.lesion.role]
    for n, point in enumerate(table.timepoints):
        day = iso_date(point.date)
        said = {row.lesion.uid: said_of(case, row.lesion, point) for row in rows}
        if not day or not (any(said.values()) or any(row.sizes[n] is not None for row in rows)):
            continue
        for row in rows:
            size, lesion = row.sizes[n], row.lesion
            drawn = size is not None and bool(size.annotation_uid)
            state = "" if drawn else said[lesion.uid]
            if lesion.role == NEW and not drawn and state in ("", ABSENT):
                continue
            mm = None if size is None else size.mm
            long, short = (None, mm) if lesion.is_node else (mm, None)
            yield LesionAt(day, lesion.uid, lesion.role, long, short, lesion.is_node, state)


def candidates(case: Case, table: LesionTable) -> dict[str, Candidate]:
    """Return the lesions as they were measured at the baseline of the targets, by their UID."""
    rows = [r for r in table.rows if r.lesion.role == TARGET]
    dates = range(len(table.timepoints))
    first = next((n for n in dates if any(r.sizes[n] is not None for r in rows)), None)
    if first is None:
        return {}
    drawn = {a.uid: a for a in case.annotations}
    series = {s.series_instance_uid: s for s in case.series}
    found = {}
    for row in table.rows:
        size, lesion = row.sizes[first], row.lesion
        mark = None if size is None else drawn.get(size.annotation_uid)
        if size is not None and mark is not None and lesion.role != NEW:
            on = series.get(mark.image.series_instance_uid)
            method, thick = ("CT", None) if on is None else (on.modality, on.thickness_mm)
            found[lesion.uid] = Candidate(
                lesion.name, lesion.site, size.mm, lesion.is_node, method, thick
            )
    return found


def _size(annotation: Annotation, *, is_node: bool) -> Size | None:
    if not (is_pair(annotation) or SPECS[annotation.kind].measures(LENGTH)):
        return None
    found = measure(annotation)
    long = found.value_mm(LONG_AXIS) or found.value_mm(LENGTH)
    short = found.value_mm(SHORT_AXIS)
    counts = short if is_node else long
    return None if counts is None else Size(counts, annotation.uid, long, short)


def changes(
    sizes: Sequence[float | None],
) -> tuple[tuple[Change | None, ...], tuple[Change | None, ...]]:
    """Return the changes from the first known size and from the smallest before each.

    The first known size is the baseline and has none; unknown sizes have none.
    """
    baseline: float | None = None
    nadir: float | None = None
    from_baseline: list[Change | None] = []
    from_nadir: list[Change | None] = []
    for size in sizes:
        if size is None or baseline is None or nadir is None:
            from_baseline.append(None)
            from_nadir.append(None)
        else:
            from_baseline.append(_change(size, baseline))
            from_nadir.append(_change(size, nadir))
        if size is not None:
            baseline = size if baseline is None else baseline
            nadir = size if nadir is None else min(nadir, size)
    return tuple(from_baseline), tuple(from_nadir)


def _change(size: float, against: float) -> Change:
    return Change(size - against, 100 * (size - against) / against if against > 0 else None)


def lesion_table(case: Case) -> LesionTable:
    """Return all lesions of a case by all its dates."""
    points = timepoints(case)
    rows = tuple(_row(case, lesion, points) for lesion in case.lesions)
    table = LesionTable(points, rows, None)
    if not any(r.lesion.role == TARGET for r in rows):
        return table
    return replace(table, total=_total(course(case, table), table))


def _row(case: Case, lesion: Lesion, points: Sequence[Timepoint]) -> LesionRow:
    sizes = tuple(size_at(case, lesion, point) for point in points)
    return LesionRow(lesion, sizes, *changes([None if s is None else s.mm for s in sizes]))


def _total(found: Sequence[PointResponse], table: LesionTable) -> SumRow:
    """Return the sums of the targets by the dates of a table; undated ones have none."""
    by_day = {point.date: point for point in found}
    days = [by_day.get(iso_date(point.date)) for point in table.timepoints]
    names = {row.lesion.uid: row.lesion.name for row in table.rows}
    sums = [None if day is None else day.sum_mm for day in days]
    from_baseline, from_nadir = changes(sums)
    return SumRow(
        tuple(sums),
        tuple(() if day is None else tuple(names[uid] for uid in day.missing) for day in days),
        tuple(() if day is None else tuple(names[uid] for uid in day.added) for day in days),
        from_baseline,
        from_nadir,
    )


# Copies to another date


@dataclass(frozen=True)
class Linked:
    """How points of one frame of reference come to another: rotation (3, 3), then shift (3,).

    Both LPS, mm. The default is the same place.
    """

    rotation: tuple[Point, Point, Point] = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
    shift: Point = (0.0, 0.0, 0.0)

    def place(self, points: ArrayLike) -> Points:
        """Return where (..., 3) points come to."""
        turned = np.asarray(points, dtype=np.float64) @ np.array(self.rotation).T
        return np.asarray(turned + np.array(self.shift))

    def turn(self, direction: ArrayLike) -> Points:
        """Return a direction, shape (3,), turned along."""
        return np.asarray(np.asarray(direction, dtype=np.float64) @ np.array(self.rotation).T)


def link_between(source: Annotation, volume: Volume, aligned: Linked | None) -> Linked | None:
    """Return the link from an annotation to a volume; None when nothing says where it lies.

    In the same frame of reference it is the same place; else ``aligned`` as the reader
    locked the series by hand.
    """
    frame = source.image.frame_of_reference_uid
    if frame and frame == volume.frame_of_reference_uid:
        return Linked()
    return aligned


def proposed_copy(
    source: Annotation,
    volume: Volume,
    link: Linked,
    reference: Callable[[tuple[Point, ...]], ImageReference],
    author: str,
    now_utc: str,
) -> Annotation:
    """Return a copy of a measurement for another date, at the linked place, as a proposal.

    On the slices of the volume it is brought to the nearest slice, so that it shows there;
    on a reformat it stays where the link says. It has a UID of its own, keeps lesion and
    label, and is ``proposed`` until a reader accepts it. ``reference`` names the images of
    points of the volume.
    """
    points = link.place(np.array(source.points))
    normal = link.turn(source.normal)
    upright = SPECS[source.kind].measures(CRANIOCAUDAL)
    if source.image.plane is native_plane(volume.stack) and not upright:
        # Lay points flat on the slice nearest to their middle; nearly parallel ones keep lengths.
        stack = volume.stack
        k = stack.nearest_slice(points.mean(axis=0))
        away = points @ stack.normal - stack.positions[k]
        flat = points - away[:, None] * stack.normal
        sense = 1.0 if float(normal @ stack.normal) >= 0 else -1.0
        points, normal = (flat, stack.normal * sense)
    places = tuple(as_point(p) for p in points)
    return replace(
        source,
        uid=new_uid(),
        points=places,
        normal=as_point(normal),
        image=reference(places),
        author=author,
        created_utc=now_utc,
        caveats=(),
        proposed=True,
    )


def accepted(annotation: Annotation, author: str, now_utc: str) -> Annotation:
    """Return a proposed measurement as the reader's own."""
    return replace(annotation, proposed=False, author=author, created_utc=now_utc)


def copies_wanted(case: Case, lesion_uid: str, timepoint: Timepoint) -> tuple[Annotation, ...]:
    """Return the measurements of a lesion to copy to a date: those of the newest date before.

    Kinds that the lesion has there already, proposed or not, are left out.
    """
    points = timepoints(case)
    earlier = points[: points.index(timepoint)]
    there = {a.kind for a in _drawn(case, lesion_uid, timepoint)}
    for point in reversed(earlier):
        drawn = _drawn(case, lesion_uid, point)
        found = tuple(a for a in drawn if not a.proposed)
        if found:
            return tuple(a for a in found if a.kind not in there)
    return ()


def _drawn(case: Case, lesion_uid: str, timepoint: Timepoint) -> list[Annotation]:
    return [a for a in case.annotations if a.lesion_uid == lesion_uid and timepoint.holds(a.image)]
