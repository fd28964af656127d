"""Response over the time points of a case in words: one block a date."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from tumorboard.case.dates import iso_date
from tumorboard.case.lesions import (
    LesionTable,
    candidates,
    course,
    lesion_table,
    said_of,
    state_key,
)
from tumorboard.case.model import Case
from tumorboard.case.response import (
    ABSENT,
    NEW,
    PRESENT,
    PROGRESSED,
    PROGRESSION_RISE_MM,
    RESPONSE_PERCENTS,
    RESPONSE_WORDS,
    TARGET,
    PointResponse,
    target_doubts,
)
from tumorboard.language import _
from tumorboard.quantity import decimals_beside

#: What a reader may say of a lesion that is not measured at a date.
STATE_WORDS: Mapping[str, str] = {
    ABSENT: "gone",
    PRESENT: _("still there"),
    PROGRESSED: _("clearly grown"),
}
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
    """The course of a case; ``title`` names the newest response.

    ``doubts`` are what speaks against the choice of targets.
    """

    title: str
    rows: tuple[ResponseRow, ...]
    doubts: tuple[str, ...] = ()


def response_rows(case: Case) -> ResponseRows | None:
    """Return the course of a case in words; None without two dates of lesions with a role."""
    table = lesion_table(case)
    points = course(case, table)
    if len(points) < len(("baseline", "later")):
        return None
    names = {lesion.uid: lesion.name for lesion in case.lesions}
    newest = RESPONSE_WORDS.get(points[-1].overall, points[-1].overall).lower()
    if points[-1].progressed_on:
        newest += _(
            ", after progression on {progressed_on}", progressed_on=points[-1].progressed_on
        )
    rows = [_row(p, names, _states(case, table, p.date)) for p in points]
    if unmeasured := _later_images(case, points[-1].date):
        newest += f" ({points[-1].date})"
        why = " · ".join(
            w
            for w in (
                rows[-1].why,
                _("newer images, {unmeasured}, not measured", unmeasured=unmeasured),
            )
            if w
        )
        rows[-1] = replace(rows[-1], why=why)
    return ResponseRows(
        _("Response (RECIST 1.1): {newest}", newest=newest), tuple(rows), _doubts(case, table)
    )


def _later_images(case: Case, day: str) -> str:
    """Return the date of the newest slices after a day, empty without any."""
    taken = (iso_date(s.study_date) for s in case.series if s.kind == "volume")
    return max((d for d in taken if d and d > day), default="")


def _doubts(case: Case, table: LesionTable) -> tuple[str, ...]:
    """Return what speaks against the choice of targets."""
    at_baseline = candidates(case, table)
    targets = {lesion.uid for lesion in case.lesions if lesion.role == TARGET}
    return target_doubts(
        [c for uid, c in at_baseline.items() if uid in targets],
        [c for uid, c in at_baseline.items() if uid not in targets],
    )


def _states(case: Case, table: LesionTable, day: str) -> tuple[StateRow, ...]:
    """Return the lesions that are not measured at a date."""
    n, point = next((i, p) for i, p in enumerate(table.timepoints) if iso_date(p.date) == day)
    return tuple(
        StateRow(state_key(r.lesion, point), r.lesion.name, said_of(case, r.lesion, point))
        for r in table.rows
        if r.lesion.role and r.lesion.role != NEW
        if (size := r.sizes[n]) is None or not size.annotation_uid
    )


def _row(
    point: PointResponse, names: Mapping[str, str], states: tuple[StateRow, ...]
) -> ResponseRow:
    total = (
        _("sum not known")
        if point.sum_mm is None
        else _("sum {sum_mm:.1f} cm", sum_mm=point.sum_mm / _MM_PER_CM)
    )
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
            yield _(
                "{value} % from {since}",
                value=f"{value:+.{decimals_beside(value, 0, RESPONSE_PERCENTS)}f}",
                since=since,
            )
    if point.rise_mm is not None:
        decimals = decimals_beside(point.rise_mm, 0, (PROGRESSION_RISE_MM,))
        yield _("{rise_mm} mm from nadir", rise_mm=f"{point.rise_mm:+.{decimals}f}")


def _why(point: PointResponse, names: Mapping[str, str]) -> Iterator[str]:
    if point.new_lesions:
        yield "new: " + ", ".join(names.get(n, n) for n in point.new_lesions)
    if point.returned:
        back = ", ".join(names.get(n, n) for n in point.returned)
        yield _("there again after a complete response: {back}", back=back)
    if point.progressed_on:
        yield _(
            "after the progression of {progressed_on}, which this does not take back",
            progressed_on=point.progressed_on,
        )
    if point.missing:
        yield _("not measured: ") + ", ".join(names.get(n, n) for n in point.missing)
    if point.added:
        yield _("no size at baseline, in no sum: ") + ", ".join(
            names.get(n, n) for n in point.added
        )
    for label, response in (("targets", point.targets), ("others", point.non_targets)):
        if response:
            yield f"{label}: {RESPONSE_WORDS[response].lower()}"
