"""Response over the time points of a case by RECIST 1.1 (Eisenhauer et al. 2009).

A pure function over a small table of lesions and dates. The first date is the baseline; the
nadir is the smallest sum so far, the baseline included. A node counts by its short axis,
every other lesion by its longest diameter.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tumorboard.guidelines.recist import NODE_NORMAL_MM, recist_response

TARGET, NON_TARGET, NEW = "target", "non-target", "new"
ROLES = (TARGET, NON_TARGET, NEW)
PRESENT, ABSENT, PROGRESSED = "present", "absent", "progressed"

CR, PR, SD, PD, NE = "CR", "PR", "SD", "PD", "NE"
NON_CR_NON_PD = "non-CR/non-PD"
RESPONSE_WORDS: Mapping[str, str] = {
    CR: "Complete response",
    PR: "Partial response",
    SD: "Stable disease",
    PD: "Progressive disease",
    NE: "Not evaluable",
    NON_CR_NON_PD: "Neither complete response nor progression",
    "": "Baseline",
}


@dataclass(frozen=True)
class LesionAt:
    """One lesion at one date (ISO, so that dates sort as text).

    Sizes in millimetres, None when not measured; 0 when the lesion is gone. ``role`` is one
    of `ROLES`; ``state`` of a lesion that is not measured is present, absent or progressed
    (unequivocally), empty when nobody said.
    """

    date: str
    lesion: str
    role: str
    longest_mm: float | None = None
    short_mm: float | None = None
    is_node: bool = False
    state: str = ""

    @property
    def size_mm(self) -> float | None:
        """The size that counts: short axis of a node, else the longest diameter."""
        return self.short_mm if self.is_node else self.longest_mm


@dataclass(frozen=True)
class PointResponse:
    """The evaluation of one date.

    ``sum_mm`` is None when a target was not measured; ``missing`` names it. Percentages are
    against the baseline and against the nadir before this date. ``targets``,
    ``non_targets`` and ``overall`` are responses, empty at baseline or where there are none.
    """

    date: str
    sum_mm: float | None
    nadir_mm: float | None
    from_baseline_percent: float | None
    from_nadir_percent: float | None
    rise_mm: float | None
    targets: str
    non_targets: str
    new_lesions: tuple[str, ...]
    overall: str
    missing: tuple[str, ...] = ()


def responses(table: Iterable[LesionAt]) -> tuple[PointResponse, ...]:
    """Evaluate every date of a table, the oldest first; empty for an empty table."""
    rows = sorted(table, key=lambda r: r.date)
    dates = list(dict.fromkeys(r.date for r in rows))
    if not dates:
        return ()
    targets = list(dict.fromkeys(r.lesion for r in rows if r.date == dates[0] and r.role == TARGET))
    baseline, found = None, []
    nadir: float | None = None
    for date in dates:
        here = [r for r in rows if r.date == date]
        total, missing = _sum(here, targets)
        if date == dates[0]:
            baseline = nadir = total
            found.append(_first(date, total, missing))
            continue
        found.append(_point(date, here, total, missing, baseline, nadir))
        if total is not None:
            nadir = total if nadir is None else min(nadir, total)
    return tuple(found)


def _sum(here: Sequence[LesionAt], targets: Sequence[str]) -> tuple[float | None, tuple[str, ...]]:
    """Return the sum of the targets, and those that were not measured."""
    sizes = {r.lesion: r.size_mm for r in here}
    missing = tuple(t for t in targets if sizes.get(t) is None)
    known = [size for t in targets if (size := sizes.get(t)) is not None]
    return (None if missing or not targets else sum(known)), missing


def _first(date: str, total: float | None, missing: tuple[str, ...]) -> PointResponse:
    return PointResponse(date, total, total, None, None, None, "", "", (), "", missing)


def _point(
    date: str,
    here: Sequence[LesionAt],
    total: float | None,
    missing: tuple[str, ...],
    baseline: float | None,
    nadir: float | None,
) -> PointResponse:
    new = tuple(r.lesion for r in here if r.role == NEW and r.state != ABSENT)
    rest = _non_targets(here)
    aims = _targets(here, total, baseline, nadir)
    return PointResponse(
        date=date,
        sum_mm=total,
        nadir_mm=nadir,
        from_baseline_percent=_percent(total, baseline),
        from_nadir_percent=_percent(total, nadir),
        rise_mm=None if total is None or nadir is None else total - nadir,
        targets=aims,
        non_targets=rest,
        new_lesions=new,
        overall=overall(aims, rest, new_lesion=bool(new)),
        missing=missing,
    )


def _percent(total: float | None, against: float | None) -> float | None:
    return None if total is None or not against else 100 * (total - against) / against


def _targets(
    here: Sequence[LesionAt], total: float | None, baseline: float | None, nadir: float | None
) -> str:
    if baseline is None or nadir is None:
        return ""
    if total is None:
        return NE
    aims = [r for r in here if r.role == TARGET]
    if aims and all(_gone(r) for r in aims):
        return CR
    found = recist_response(baseline, nadir, total)
    return PR if found == CR else found


def _gone(row: LesionAt) -> bool:
    """Whether a target has gone; a node need only be of normal size."""
    size = row.size_mm
    return size is not None and (size < NODE_NORMAL_MM if row.is_node else size == 0)


def _non_targets(here: Sequence[LesionAt]) -> str:
    states = [_state(r) for r in here if r.role == NON_TARGET]
    if not states:
        return ""
    if PROGRESSED in states:
        return PD
    if "" in states:
        return NE
    return CR if all(s == ABSENT for s in states) else NON_CR_NON_PD


def _state(row: LesionAt) -> str:
    """Return what is said of a lesion; a measured size says whether it is there."""
    if row.state or row.size_mm is None:
        return row.state
    return ABSENT if _gone(row) else PRESENT


def overall(targets: str, non_targets: str, *, new_lesion: bool = False) -> str:
    """Return the response of a date (RECIST 1.1, tables 1 and 2); empty texts: there are none."""
    if new_lesion or PD in (targets, non_targets):
        return PD
    if not targets:
        return non_targets
    if targets == CR:
        return CR if non_targets in ("", CR) else PR
    return targets
