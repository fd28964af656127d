"""What the panel keeps folded: staging, follow-up, disagreements, outcome, pitfalls."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from tumorboard.case.dates import date_of
from tumorboard.case.facts import FactSheet, definition, value_text
from tumorboard.case.model import Case
from tumorboard.guidelines.dates import add_months
from tumorboard.guidelines.derived_values import mitoses_score, necrosis_score
from tumorboard.language import _, number
from tumorboard.ui.assessment.origins import Origins
from tumorboard.ui.assessment.panel_rows import conflict_row
from tumorboard.ui.assessment.rows import ConflictRow, Origin

if TYPE_CHECKING:
    from tumorboard.guidelines.assessment import Assessment, DerivedValue, Reason
    from tumorboard.guidelines.model import Guideline

#: Images on a day within this share of the way to the neighbouring visits count for a visit.
_HALF = 2
_SCORES = {"mitoses_per_10hpf": mitoses_score, "necrosis_percent": necrosis_score}
_STAGING = ("ajcc_stage", "ajcc_T", "m_status", "grade", "grade_computed", "longest_diameter_cm")
_CLOSED_TOPIC = _("Pitfalls")
_IMAGING = ("CT", "MR", "PT")
_FIGURES = {
    "local_recurrence_percent": _("Local recurrence"),
    "distant_metastasis_percent": _("Distant metastasis"),
    "overall_survival_percent": _("Alive"),
}


@dataclass(frozen=True)
class StageRow:
    """A computed value, the parts it was computed from, and the table it follows."""

    label: str
    text: str
    parts: tuple[tuple[str, str], ...]
    source: str


@dataclass(frozen=True)
class VisitRow:
    """A visit; ``state`` is done, missed, overdue, next or empty."""

    number: int
    month: int
    day: str
    state: str
    words: str


@dataclass(frozen=True)
class NoteRow:
    """A statement with the rule or fact to look up, its scope and where it stands.

    ``origin`` is the value that it rests on, None where it holds in every case.
    """

    id: str
    text: str
    source: str
    origin: Origin | None = None


@dataclass(frozen=True)
class FollowUpRows:
    """The schedule that applies; ``surgery`` is the ISO date it counts from, or empty."""

    title: str
    visit_text: str
    surgery: str
    reasons: tuple[NoteRow, ...]
    visits: tuple[VisitRow, ...]
    variants: tuple[tuple[str, tuple[int, ...]], ...]


@dataclass(frozen=True)
class Details:
    """Everything that the panel keeps folded."""

    staging: tuple[StageRow, ...]
    notes: tuple[NoteRow, ...]
    follow_up: FollowUpRows
    conflicts: tuple[ConflictRow, ...]
    prognosis: str
    figures: tuple[tuple[str, str], ...]
    prognosis_notes: tuple[NoteRow, ...]
    pitfalls: tuple[NoteRow, ...]
    settings: tuple[str, ...]


def details(
    assessment: Assessment, guideline: Guideline, facts: FactSheet, case: Case, today: date
) -> Details:
    """Return what is folded of an assessment."""
    about = {o.id for o in assessment.options}
    outcome = [n for n in assessment.displays if n.rule.startswith("R-PRG")]
    free = [n for n in assessment.displays if n.about not in about and n not in outcome]
    figures = assessment.prognosis
    note = partial(_note, origins=Origins(assessment, facts, guideline))
    derived = assessment.derived
    rows = []
    for name in _STAGING:
        value = derived.get(name)
        if value is None:
            continue
        reads = guideline.derived[name].reads
        parts = tuple(_part(read, derived.get(read), facts, guideline) for read in reads)
        source = "; ".join(dict.fromkeys(c.source for c in value.sources))
        text = value.text if value.value is not None else _("Cannot be computed yet")
        rows.append(StageRow(value.label, text, parts, source))
    return Details(
        staging=tuple(rows),
        notes=tuple(note(n.reason) for n in free if not n.rule.startswith("R-FU")),
        follow_up=_follow_up(assessment, case, today, note),
        conflicts=tuple(conflict_row(c) for c in assessment.conflicts),
        prognosis=" ".join(part for part in (figures.title, figures.label) if part),
        figures=tuple((_FIGURES[k], f"{number(v, 'g')} %") for k, v in figures.figures.items()),
        prognosis_notes=tuple(note(r) for r in (*figures.reasons, *(n.reason for n in outcome))),
        pitfalls=pitfalls(guideline),
        settings=tuple(
            f"{c.id} {guideline.settings.definitions[c.id].title}: {c.value} "
            f"({c.author}, {c.date}: {c.reason})"
            f"{_against_source(assessment, c.id)}"
            for c in assessment.changed_settings
        ),
    )


def _against_source(assessment: Assessment, setting: str) -> str:
    words = assessment.settings_against_source.get(setting, "")
    return f" · {words}" if words else ""


def pitfalls(guideline: Guideline) -> tuple[NoteRow, ...]:
    """Return what the sources say is never to be done; reachable whatever is recorded."""
    catalogue = guideline.catalogue
    return tuple(
        NoteRow(f.id, f.text, f"{catalogue.scopes[f.scope]} · {catalogue.source_text(f.id)}")
        for f in catalogue.facts.values()
        if f.topic == _CLOSED_TOPIC
    )


def _note(reason: Reason, origins: Origins) -> NoteRow:
    text = f"{reason.text} · {reason.mark}" if reason.mark else reason.text
    sources = "; ".join(dict.fromkeys(f"{c.id}, {c.scope}: {c.source}" for c in reason.sources))
    return NoteRow(reason.rule, text, sources, origins.first(reason))


def _part(
    name: str, value: DerivedValue | None, facts: FactSheet, guideline: Guideline
) -> tuple[str, str]:
    """Return a part with its value, and its score where the grade is made of it."""
    if value is not None:
        return value.label, value.text
    recorded = facts.value(name)
    text = value_text(name, recorded)
    if name in _SCORES and recorded is not None:
        text += _(", score {score}", score=_SCORES[name](recorded, guideline.tables["fnclcc"]))
    return definition(name).label, text


def _follow_up(
    assessment: Assessment, case: Case, today: date, note: Callable[[Reason], NoteRow]
) -> FollowUpRows:
    plan = assessment.follow_up
    surgery = date_of(case, "date:surgery")
    months = [v.month for v in plan.visits]
    chest = {v.month: v.chest for v in plan.visits}
    tolerance = int(float(assessment.hashed.get("settings", {}).get("S-10", 1)))
    marked = mark_visits(months, surgery, _image_dates(case), today, tolerance) if surgery else None
    rows = []
    for i, visit in enumerate(plan.visits):
        day, state, words = marked[i] if marked else ("", "", "")
        said = _("Chest: {how}", how=chest[visit.month]) if chest[visit.month] else ""
        rows.append(
            VisitRow(
                visit.number, visit.month, day, state, " · ".join(p for p in (said, words) if p)
            )
        )
    beside = [n.reason for n in assessment.displays if n.rule.startswith("R-FU")]
    reasons = tuple(note(r) for r in (*plan.reasons, *beside))
    return FollowUpRows(
        plan.title,
        plan.visit_text,
        surgery.isoformat() if surgery else "",
        reasons,
        tuple(rows),
        tuple(plan.variants.items()),
    )


def _image_dates(case: Case) -> tuple[date, ...]:
    """Return the days on which there are cross-sectional images, the oldest first."""
    found = set()
    for series in case.series:
        text = series.study_date
        if series.modality in _IMAGING and len(text) == len("20260101") and text.isdigit():
            found.add(date(int(text[:4]), int(text[4:6]), int(text[6:])))
    return tuple(sorted(found))


def mark_visits(
    months: Sequence[int],
    surgery: date,
    images: Iterable[date],
    today: date,
    tolerance_months: int,
) -> tuple[tuple[str, str, str], ...]:
    """Return (day, state, words) of each visit.

    Images count for the visit that they are nearest to, those before surgery for none. A visit
    without images is overdue when its day and the tolerance have passed and no later visit
    was kept, missed when one was; the first that is not past is the next.
    """
    days = [add_months(surgery, m) for m in months]
    kept: dict[int, date] = {}
    for image in images:
        if image > surgery and days:
            nearest = min(range(len(days)), key=lambda i: abs((days[i] - image).days))
            early = (image - surgery).days * _HALF < (days[0] - surgery).days
            if not early:
                kept.setdefault(nearest, image)
    last = max(kept, default=-1)
    upcoming = next((i for i, day in enumerate(days) if day >= today and i not in kept), -1)
    rows = []
    for i, day in enumerate(days):
        state, words = "", ""
        if i in kept:
            state, words = "done", _("images of {day}", day=kept[i].isoformat())
        elif i < last:
            state, words = "missed", _("no images here")
        elif add_months(day, tolerance_months) < today:
            state, words = "overdue", _("overdue: no images here")
        elif i == upcoming:
            state, words = "next", _("next")
        rows.append((day.isoformat(), state, words))
    return tuple(rows)
