"""Response over the time points of a case by RECIST 1.1 (Eisenhauer et al. 2009).

Pure functions over small tables of lesions. The baseline is the first date at which a target
was measured; its sum is that of the targets with a size there, and a target that was added
later does not change it. The nadir is the smallest sum so far, the baseline included. A node
counts by its short axis, every other lesion by its longest diameter; what is gone counts 0.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from tumorboard.case.sites import site_words
from tumorboard.language import N_, _

TARGET_LIMIT = 5
TARGETS_PER_ORGAN = 2
LESION_TARGET_MM = 10.0
NODE_TARGET_MM = 15.0
NODE_NORMAL_MM = 10.0
#: Slices up to this thickness allow targets of 10 mm.
THIN_SLICE_MM = 5.0
#: Institutional setting: on thicker slices a target is at least this many of them long.
SLICES_IN_TARGET = 2.0
PARTIAL_RESPONSE_FALL = 0.30
PROGRESSION_RISE = 0.20
PROGRESSION_RISE_MM = 5.0
#: The same as changes in percent of a sum: from the baseline, from the nadir.
RESPONSE_PERCENTS = (-100 * PARTIAL_RESPONSE_FALL, 100 * PROGRESSION_RISE)
#: Sums come from tenths of a millimetre; this absorbs the rounding of binary fractions.
_ROUNDING_MM = 1e-9
#: Sizes that a reader was shown as 10.0 mm are 10 mm.
_SHOWN_MM = 0.05
#: All nodes count as one organ.
_NODES = N_("lymph nodes")

TARGET, NON_TARGET, NEW = "target", "non-target", "new"
ROLES = (TARGET, NON_TARGET, NEW)
PRESENT, ABSENT, PROGRESSED = "present", "absent", "progressed"

CR, PR, SD, PD, NE = "CR", "PR", "SD", "PD", "NE"
NON_CR_NON_PD = "non-CR/non-PD"
RESPONSE_WORDS: Mapping[str, str] = {
    CR: _("Complete response"),
    PR: _("Partial response"),
    SD: _("Stable disease"),
    PD: _("Progressive disease"),
    NE: _("Not evaluable"),
    NON_CR_NON_PD: _("Neither complete response nor progression"),
    "": _("Baseline"),
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

    ``sum_mm`` is None when a target was not measured; ``missing`` names it. ``added`` are the
    targets without a size at baseline, which are in no sum; ``returned`` are lesions that are
    there although an earlier response was complete; ``progressed_on`` is the first earlier date
    of a progression. Percentages are against the baseline and against the nadir before this
    date. ``targets``, ``non_targets`` and ``overall`` are responses, empty at baseline or where
    there are none.
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
    added: tuple[str, ...] = ()
    returned: tuple[str, ...] = ()
    progressed_on: str = ""


@dataclass(frozen=True)
class Candidate:
    """A lesion at baseline: longest diameter, or short axis of a node, mm.

    ``slice_mm`` is the thickness of the slices it was measured on, None when that is not known;
    ``method`` the modality in words.
    """

    name: str
    organ: str
    size_mm: float
    is_node: bool = False
    method: str = "CT"
    slice_mm: float | None = None


def node_class(short_axis_mm: float) -> str:
    """Return target, non-target or normal for a lymph node."""
    if short_axis_mm >= NODE_TARGET_MM - _SHOWN_MM:
        return TARGET
    return NON_TARGET if short_axis_mm >= NODE_NORMAL_MM - _SHOWN_MM else "normal"


def target_doubt(lesion: Candidate) -> str:
    """Return why a lesion is too small to be a target, or measured in another way; or nothing."""
    if lesion.method.casefold() in ("ultrasound", "us"):
        return _("{name}: ultrasound gives no size of a target", name=lesion.name)
    least, said = LESION_TARGET_MM, N_("{name}: {size}; a target has {least:g} mm or more")
    size = _("longest diameter {size_mm:.1f} mm", size_mm=lesion.size_mm)
    if lesion.is_node:
        least, size = NODE_TARGET_MM, _("short axis {size_mm:.1f} mm", size_mm=lesion.size_mm)
    elif lesion.slice_mm is not None and lesion.slice_mm > THIN_SLICE_MM:
        least = SLICES_IN_TARGET * lesion.slice_mm
        said = N_("{name}: {size}; a target has {least:g} mm or more on slices of {slice_mm:g} mm")
    if lesion.size_mm >= least - _SHOWN_MM:
        return ""
    return _(said, name=lesion.name, size=size, least=least, slice_mm=lesion.slice_mm)


def choose_targets(lesions: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """Return the five largest lesions that can be targets, with at most two an organ."""
    chosen: list[Candidate] = []
    fit = [lesion for lesion in lesions if not target_doubt(lesion)]
    for lesion in sorted(fit, key=lambda x: -x.size_mm):
        in_organ = sum(_organ(x) == _organ(lesion) for x in chosen)
        if len(chosen) < TARGET_LIMIT and in_organ < TARGETS_PER_ORGAN:
            chosen.append(lesion)
    return tuple(chosen)


def target_doubts(
    targets: Sequence[Candidate], others: Sequence[Candidate] = ()
) -> tuple[str, ...]:
    """Return what speaks against lesions that a reader made targets, in sentences.

    ``others`` are the other lesions of the baseline: the largest that fit are named where the
    reader chose otherwise, which may have its reasons.
    """
    found = [doubt for lesion in targets if (doubt := target_doubt(lesion))]
    if len(targets) > TARGET_LIMIT:
        found.append(
            _("{count} targets; there are {most} at most", count=len(targets), most=TARGET_LIMIT)
        )
    organs = Counter(_organ(lesion) for lesion in targets)
    for organ, count in organs.items():
        if count > TARGETS_PER_ORGAN:
            found.append(
                _(
                    "{count} targets in one organ ({organ}); there are {most} an organ at most",
                    count=count,
                    organ=_(organ) if organ == _NODES else site_words(organ),
                    most=TARGETS_PER_ORGAN,
                )
            )
    best = choose_targets([*targets, *others])
    if set(best) != set(targets):
        names = ", ".join(lesion.name for lesion in best) or _("none")
        found.append(_("By size the targets would be: {names}", names=names))
    return tuple(f"{text}." for text in found)


def _organ(lesion: Candidate) -> str:
    return _NODES if lesion.is_node else lesion.organ.strip().casefold()


def recist_response(baseline_mm: float, nadir_mm: float, current_mm: float) -> str:
    """Return PD, CR, PR or SD by the sums of the targets.

    CR here is a sum of zero; nodes that shrank to normal are the caller's to judge.
    """
    rise = current_mm - nadir_mm
    grown = rise >= PROGRESSION_RISE * nadir_mm - _ROUNDING_MM
    if grown and rise >= PROGRESSION_RISE_MM - _ROUNDING_MM:
        return PD
    if current_mm == 0:
        return CR
    limit = (1 - PARTIAL_RESPONSE_FALL) * baseline_mm
    return PR if current_mm <= limit + _ROUNDING_MM else SD


def responses(table: Iterable[LesionAt]) -> tuple[PointResponse, ...]:
    """Evaluate every date of a table, the oldest first; empty for an empty table."""
    rows = sorted(table, key=lambda r: r.date)
    dates = list(dict.fromkeys(r.date for r in rows))
    if not dates:
        return ()
    sized = [r for r in rows if r.role == TARGET and r.size_mm is not None]
    start = sized[0].date if sized else dates[0]
    targets = list(dict.fromkeys(r.lesion for r in sized if r.date == start))
    baseline, found = None, []
    nadir: float | None = None
    for date in dates[dates.index(start) :]:
        here = [r for r in rows if r.date == date]
        total, missing = _sum(here, targets)
        added = tuple(r.lesion for r in here if r.role == TARGET and r.lesion not in targets)
        if date == start:
            baseline = nadir = total
            found.append(replace(_first(date, total, missing), added=added))
            continue
        aims = [r for r in here if r.role != TARGET or r.lesion in targets]
        point = replace(_point(date, aims, total, missing, baseline, nadir), added=added)
        found.append(_after(found, point, aims))
        if total is not None:
            nadir = total if nadir is None else min(nadir, total)
    return tuple(found)


def _after(
    earlier: Sequence[PointResponse], point: PointResponse, here: Sequence[LesionAt]
) -> PointResponse:
    """Return a date in the light of those before it.

    What comes back after a complete response is a progression (RECIST 1.1, appendix III, on
    lesions that disappear and reappear); a node is back once its sum says so. A progression
    is not taken back by what follows.
    """
    progressed = next((p.date for p in earlier if p.overall == PD), "")
    if not any(p.overall == CR for p in earlier):
        return replace(point, progressed_on=progressed)
    back = tuple(r.lesion for r in here if r.role != NEW and _state(r) in (PRESENT, PROGRESSED))
    nodes = {r.lesion for r in here if r.is_node}
    response = PD if set(back) - nodes else point.overall
    return replace(point, overall=response, returned=back, progressed_on=progressed)


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
