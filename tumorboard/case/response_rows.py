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
from tumorboard.language import _, inside, number
from tumorboard.quantity import decimals_beside

#: What a reader may say of a lesion that is not measured at a date.
STATE_WORDS: Mapping[str, str] = {
    ABSENT: _("gone"),
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
    newest = inside(RESPONSE_WORDS[points[-1].overall])
    if points[-1].progressed_on:
        newest = _(
            "{response}, after progression on {day}",
            response=newest,
            day=points[-1].progressed_on,
        )
    rows = [_row(p, names, _states(case, table, p.date)) for p in points]
    if unmeasured := _later_images(case, points[-1].date):
        newest += f" ({points[-1].date})"
        why = " · ".join(
            w
            for w in (
                rows[-1].why,
                _("newer images, {day}, not measured", day=unmeasured),
            )
            if w
        )
        rows[-1] = replace(rows[-1], why=why)
    return ResponseRows(
        _("Response (RECIST 1.1): {response}", response=newest), tuple(rows), _doubts(case, table)
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
        else _("sum {cm:.1f} cm", cm=point.sum_mm / _MM_PER_CM)
    )
    overall = RESPONSE_WORDS[point.overall]
    return ResponseRow(
        point.date,
        total,
        " · ".join(_changes(point)),
        overall,
        " · ".join(_why(point, names)),
        states,
    )


def _changes(point: PointResponse) -> Iterator[str]:
    if (percent := point.from_baseline_percent) is not None:
        yield _("{percent} % from baseline", percent=_beside(percent, RESPONSE_PERCENTS))
    if (percent := point.from_nadir_percent) is not None:
        yield _("{percent} % from nadir", percent=_beside(percent, RESPONSE_PERCENTS))
    if point.rise_mm is not None:
        yield _("{mm} mm from nadir", mm=_beside(point.rise_mm, (PROGRESSION_RISE_MM,)))


def _beside(change: float, limits: tuple[float, ...]) -> str:
    """Return a change with its sign, and decimals where it would seem to meet a limit."""
    return number(change, f"+.{decimals_beside(change, 0, limits)}f")


def _why(point: PointResponse, names: Mapping[str, str]) -> Iterator[str]:
    def named(lesions: tuple[str, ...]) -> str:
        return ", ".join(names.get(uid, uid) for uid in lesions)

    if point.new_lesions:
        yield _("new: {lesions}", lesions=named(point.new_lesions))
    if point.returned:
        yield _("there again after a complete response: {lesions}", lesions=named(point.returned))
    if point.progressed_on:
        yield _(
            "after the progression of {day}, which this does not take back",
            day=point.progressed_on,
        )
    if point.missing:
        yield _("not measured: {lesions}", lesions=named(point.missing))
    if point.added:
        yield _("no size at baseline, in no sum: {lesions}", lesions=named(point.added))
    if point.targets:
        yield _("targets: {response}", response=inside(RESPONSE_WORDS[point.targets]))
    if point.non_targets:
        yield _("others: {response}", response=inside(RESPONSE_WORDS[point.non_targets]))
