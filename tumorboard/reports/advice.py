"""What the guideline says, in the lines of a report: category, options, alerts, notes."""

from __future__ import annotations

from tumorboard.guidelines.assessment import Assessment, NoteResult, OptionResult, Reason
from tumorboard.reports.content import (
    AlertLine,
    CategoryBlock,
    ConflictLine,
    CriterionLine,
    NoteLine,
    OptionLine,
    Plan,
    ReasonLine,
)
from tumorboard.reports.sources import SILENT, Numbering, places
from tumorboard.reports.words import origin_text

_STATES = {"present": "present", "absent": "absent", "not_assessed": "not assessed"}
_SEVERITIES = ("critical", "warning", "information")
_FIGURES = {
    "local_recurrence_percent": "local recurrence",
    "distant_metastasis_percent": "distant metastasis",
    "overall_survival_percent": "overall survival",
}


def category_block(assessment: Assessment, numbering: Numbering) -> CategoryBlock:
    """Return the category with its reason and its reservations."""
    open_ones = sum(c.state == "not_assessed" for c in assessment.criteria)
    total = len(assessment.criteria)
    applies = assessment.category != "not_applicable"
    return CategoryBlock(
        assessment.category,
        assessment.category_text,
        (assessment.provisional_reason or "inputs are missing") if assessment.provisional else "",
        assessment.category_words,
        f"{open_ones} of {total} excluding findings not assessed" if open_ones and applies else "",
        reason_line(assessment.category_reason, numbering),
    )


def reason_line(reason: Reason, numbering: Numbering) -> ReasonLine:
    """Return one rule's conclusion with its reservations and the numbers of its sources."""
    remarks = [reason.strength, reason.mark, "outweighed" if reason.lost else ""]
    if reason.missing:
        remarks.append("waits for: " + ", ".join(m.label for m in reason.missing))
    return ReasonLine(
        reason.rule,
        reason.text,
        tuple(remark for remark in remarks if remark),
        numbering.of(reason.sources),
        SILENT in places(reason.sources),
        reason.lost,
    )


def criterion_lines(assessment: Assessment) -> tuple[CriterionLine, ...]:
    """Return the excluding findings with state, author and time."""
    return tuple(
        CriterionLine(
            c.label,
            c.state,
            _STATES[c.state],
            origin_text(c.fact.provenance) if c.fact is not None else "",
        )
        for c in assessment.criteria
    )


def alert_lines(assessment: Assessment, numbering: Numbering) -> tuple[AlertLine, ...]:
    """Return the alerts: contradictions first, then the most severe."""
    ordered = sorted(
        assessment.alerts, key=lambda a: (not a.contradiction, _SEVERITIES.index(a.severity))
    )
    return tuple(
        AlertLine(a.severity, a.severity_text, reason_line(a.reason, numbering)) for a in ordered
    )


def option_lines(assessment: Assessment, numbering: Numbering) -> tuple[OptionLine, ...]:
    """Return every option in the guideline's order, with every reason and its notes."""
    return tuple(_option(assessment, option, numbering) for option in assessment.options)


def _option(assessment: Assessment, option: OptionResult, numbering: Numbering) -> OptionLine:
    notes = tuple(_note(n, numbering) for n in assessment.remarks if n.about == option.id)
    reasons = tuple(reason_line(r, numbering) for r in option.reasons)
    return OptionLine(option.status, option.words, option.title, reasons, notes)


def _note(note: NoteResult, numbering: Numbering) -> NoteLine:
    return NoteLine(reason_line(note.reason, numbering))


def note_lines(assessment: Assessment, numbering: Numbering) -> tuple[NoteLine, ...]:
    """Return what the sources say nothing about, and the notes that belong to no option."""
    shown = {o.id for o in assessment.options}
    free = (n for n in assessment.remarks if n.about not in shown)
    return tuple(_note(n, numbering) for n in (*assessment.silences, *free))


def conflict_lines(assessment: Assessment, numbering: Numbering) -> tuple[ConflictLine, ...]:
    """Return where the sources differ, with the side that governs."""
    return tuple(
        ConflictLine(
            c.title,
            c.why,
            c.rule,
            numbering.of(c.sides),
            numbering.of(side for side in c.sides if side.id in c.governs),
        )
        for c in assessment.conflicts
    )


def plans(assessment: Assessment, numbering: Numbering) -> tuple[Plan, ...]:
    """Return follow-up and group figures, where the guideline has any."""
    found = []
    follow_up, prognosis = assessment.follow_up, assessment.prognosis
    if follow_up.visits:
        months = ", ".join(str(v.month) for v in follow_up.visits)
        lines = (follow_up.visit_text, f"Months after time zero: {months}")
        reasons = tuple(reason_line(r, numbering) for r in follow_up.reasons)
        found.append(Plan(f"Follow-up: {follow_up.title}", lines, reasons))
    if prognosis.figures:
        figures = [f"{_FIGURES.get(k, k)} {v:g} %" for k, v in prognosis.figures.items()]
        lines = (f"At 8 years: {', '.join(figures)}", prognosis.label)
        reasons = tuple(reason_line(r, numbering) for r in prognosis.reasons)
        found.append(Plan(f"Group figures: {prognosis.title}", lines, reasons))
    return tuple(found)
