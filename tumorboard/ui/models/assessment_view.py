"""From an assessment to the rows of the panel; words only, no widgets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tumorboard.ui.models.assessment_rows import (
    AlertRow,
    AssessmentRows,
    CriterionRow,
    FlipRow,
    OptionRow,
    ReasonRow,
)
from tumorboard.ui.models.provenance import provenance_text

if TYPE_CHECKING:
    from tumorboard.guidelines.assessment import (
        AlertResult,
        Assessment,
        CriterionState,
        InputRead,
        OptionResult,
        Reason,
    )
    from tumorboard.guidelines.whatif import WhatIf

_STATES = {"present": "present", "absent": "absent", "not_assessed": "unknown"}
_STATE_WORDS = {"present": "present", "absent": "absent", "not_assessed": "not assessed"}


def assessment_rows(assessment: Assessment) -> AssessmentRows:
    """Return everything the panel shows of an assessment."""
    unassessed = sum(c.state == "not_assessed" for c in assessment.criteria)
    total = len(assessment.criteria)
    counts = f"{unassessed} of {total} excluding findings not assessed" if unassessed else ""
    parts = [*assessment.qualifiers, counts] if total else list(assessment.qualifiers)
    return AssessmentRows(
        category=assessment.category,
        title=assessment.category_text,
        subtitle=" · ".join(part for part in parts if part),
        rule=assessment.category_rule,
        provisional=assessment.provisional_reason if assessment.provisional else "",
        reason=_reason(assessment.category_reason),
        criteria=tuple(_criterion(c) for c in assessment.criteria),
        missing=_also_missing(assessment),
        options=tuple(_option(o) for o in assessment.options),
        alerts=tuple(_alert(a) for a in assessment.alerts),
        guideline=f"Rule set {assessment.guideline_version}, fact base {assessment.fact_base}. "
        "What the sources say about these facts; the board decides.",
    )


#: So many ways to another category are listed; the nearest ones come first.
_FLIPS_SHOWN = 8
#: Categories that no board waits for.
_NO_ANSWER = ("not_applicable", "indeterminate")


def flip_rows(found: WhatIf) -> tuple[FlipRow, ...]:
    """Return the ways to another category that rest on what is not assessed yet.

    Where everything is assessed, the ways that change what was stated.
    """
    answers = [f for f in found.category if f.becomes not in _NO_ANSWER]
    open_ways = [f for f in answers if all(c.was_unassessed for c in f.changes)]
    ways = open_ways or answers
    return tuple(
        FlipRow(f.becomes_text, tuple((c.name, f"{c.label}: {c.value_text}") for c in f.changes))
        for f in ways[:_FLIPS_SHOWN]
    )


def _also_missing(assessment: Assessment) -> tuple[tuple[str, str], ...]:
    """Return what is missing besides the criteria, which are listed on their own."""
    listed = {c.name for c in assessment.criteria}
    wanted = (*assessment.missing, *assessment.also_missing)
    return tuple((m.name, m.label) for m in wanted if m.name not in listed)


def _criterion(criterion: CriterionState) -> CriterionRow:
    provenance = criterion.fact.provenance if criterion.fact is not None else None
    return CriterionRow(
        criterion.name,
        criterion.label,
        _STATES[criterion.state],
        _STATE_WORDS[criterion.state],
        provenance_text(provenance) if provenance is not None else "",
        provenance.annotation_uids if provenance is not None else (),
        provenance.place if provenance is not None else None,
    )


def _option(option: OptionResult) -> OptionRow:
    reasons = tuple(_reason(r) for r in option.reasons)
    return OptionRow(option.id, option.status, option.status_text, option.title, reasons)


def _alert(alert: AlertResult) -> AlertRow:
    return AlertRow(alert.severity, alert.text, _reason(alert.reason))


def _reason(reason: Reason) -> ReasonRow:
    """Return a reason in words; one that was outweighed says so."""
    text = reason.text
    if reason.strength:
        text = f"{text} ({reason.strength})" if text else reason.strength
    for more in (reason.mark, "outweighed by the reason above" if reason.lost else ""):
        text = f"{text} · {more}" if more else text
    if reason.missing:
        text += " Waits for: " + ", ".join(m.label for m in reason.missing) + "."
    cited = (source for c in reason.sources for source in c.source.split("; "))
    sources = tuple(dict.fromkeys(cited))
    return ReasonRow(text, reason.rule, sources, tuple(_input(i) for i in reason.inputs))


def _input(read: InputRead) -> str:
    origin = provenance_text(read.provenance)
    return f"{read.label}: {read.text}" + (f" ({origin})" if origin else "")
