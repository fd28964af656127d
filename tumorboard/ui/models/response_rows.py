"""Response over the time points of a case in words: one block a date."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from tumorboard.case.lesions import LesionTable, lesion_table
from tumorboard.case.model import Case, Lesion
from tumorboard.guidelines.course import (
    ABSENT,
    NEW,
    PRESENT,
    PROGRESSED,
    RESPONSE_WORDS,
    LesionAt,
    PointResponse,
    responses,
)

#: What a reader may say of a lesion that is not measured at a date.
STATE_WORDS: Mapping[str, str] = {
    ABSENT: "gone",
    PRESENT: "still there",
    PROGRESSED: "clearly grown",
}
_STATE_KEY = "lesion:"
_MM_PER_CM = 10


@dataclass(frozen=True)
class StateRow:
    """A lesion that is not measured at a date: the key to say so under, and what was said."""

    key: str
    name: str
    state: str


@dataclass(frozen=True)
class ResponseRow:
    """A date: its sum, how it changed, and what that means."""

    date: str
    total: str
    change: str
    overall: str
    why: str
    states: tuple[StateRow, ...] = ()


@dataclass(frozen=True)
class ResponseRows:
    """The course of a case; ``title`` names the newest response."""

    title: str
    rows: tuple[ResponseRow, ...]


def response_rows(case: Case) -> ResponseRows | None:
    """Return the course of a case in words; None without two dates of lesions with a role."""
    table = lesion_table(case)
    points = responses(_course(case, table))
    if len(points) < len(("baseline", "later")):
        return None
    names = {lesion.uid: lesion.name for lesion in case.lesions}
    newest = RESPONSE_WORDS.get(points[-1].overall, points[-1].overall)
    rows = tuple(_row(p, names, _states(case, table, p.date)) for p in points)
    return ResponseRows(f"Response (RECIST 1.1): {newest.lower()}", rows)


def _course(case: Case, table: LesionTable) -> Iterator[LesionAt]:
    """Yield every lesion with a role at every date on which one was measured or spoken of."""
    rows = [row for row in table.rows if row.lesion.role]
    for n, point in enumerate(table.timepoints):
        day = _iso(point.date)
        spoken = any(_said(case, row.lesion, day) for row in rows)
        if not day or not (spoken or any(row.sizes[n] is not None for row in rows)):
            continue
        for row in rows:
            size, lesion = row.sizes[n], row.lesion
            state = _said(case, lesion, day) if size is None else ""
            if lesion.role == NEW and size is None and state in ("", ABSENT):
                continue
            gone = 0.0 if state == ABSENT else None
            mm = size.mm if size is not None else gone
            long, short = (None, mm) if lesion.is_node else (mm, None)
            yield LesionAt(day, lesion.uid, lesion.role, long, short, lesion.is_node, state)


def _states(case: Case, table: LesionTable, day: str) -> tuple[StateRow, ...]:
    """Return the lesions that are not measured at a date."""
    n = next(i for i, p in enumerate(table.timepoints) if _iso(p.date) == day)
    open_ones = [r.lesion for r in table.rows if r.sizes[n] is None and r.lesion.role]
    return tuple(
        StateRow(_key(lesion, day), lesion.name, _said(case, lesion, day))
        for lesion in open_ones
        if lesion.role != NEW
    )


def _key(lesion: Lesion, day: str) -> str:
    return f"{_STATE_KEY}{lesion.uid}:{day}"


def _said(case: Case, lesion: Lesion, day: str) -> str:
    remark = case.remark(_key(lesion, day))
    return remark.value if remark is not None else ""


def _iso(text: str) -> str:
    """Return a DICOM date as ISO, empty when it is none."""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return ""


def _row(
    point: PointResponse, names: Mapping[str, str], states: tuple[StateRow, ...]
) -> ResponseRow:
    total = "sum not known" if point.sum_mm is None else f"sum {point.sum_mm / _MM_PER_CM:.1f} cm"
    overall = RESPONSE_WORDS.get(point.overall, point.overall)
    return ResponseRow(
        point.date,
        total,
        " · ".join(_changes(point)),
        overall,
        " · ".join(_why(point, names)),
        states,
    )


def _changes(point: PointResponse) -> Iterator[str]:
    against = ((point.from_baseline_percent, "baseline"), (point.from_nadir_percent, "nadir"))
    for value, since in against:
        if value is not None:
            yield f"{value:+.0f} % from {since}"
    if point.rise_mm is not None:
        yield f"{point.rise_mm:+.0f} mm from nadir"


def _why(point: PointResponse, names: Mapping[str, str]) -> Iterator[str]:
    if point.new_lesions:
        yield "new: " + ", ".join(names.get(n, n) for n in point.new_lesions)
    if point.missing:
        yield "not measured: " + ", ".join(names.get(n, n) for n in point.missing)
    for label, response in (("targets", point.targets), ("others", point.non_targets)):
        if response:
            yield f"{label}: {RESPONSE_WORDS[response].lower()}"
