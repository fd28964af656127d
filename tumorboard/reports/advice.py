"""What the guideline says, in the lines of a report: category, options, alerts, notes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from tumorboard.case.model import Remark
from tumorboard.guidelines.acknowledgement import acknowledgement
from tumorboard.guidelines.assessment import (
    AlertResult,
    Assessment,
    InputRead,
    NoteResult,
    OptionResult,
    Reason,
)
from tumorboard.language import N_, _, number
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
from tumorboard.reports.sources import SILENT, Numbering, all_conflicts, places
from tumorboard.reports.words import local_time, origin_text

_STATES = {"present": N_("present"), "absent": N_("absent"), "not_assessed": N_("not assessed")}
_SEVERITIES = ("critical", "warning", "information")
_FIGURES = {
    "local_recurrence_percent": _("local recurrence"),
    "distant_metastasis_percent": _("distant metastasis"),
    "overall_survival_percent": _("overall survival"),
}


def category_block(
    assessment: Assessment, numbering: Numbering, remarks: Iterable[Remark] = ()
) -> CategoryBlock:
    """Return the category with its reason, qualifiers and why these may stand."""
    held = tuple(remarks)
    open_ones = sum(c.state == "not_assessed" for c in assessment.criteria)
    total = len(assessment.criteria)
    applies = assessment.category != "not_applicable"
    return CategoryBlock(
        assessment.category,
        assessment.category_text,
        (assessment.provisional_reason or _("inputs are missing"))
        if assessment.provisional
        else "",
        tuple(_qualifier(text, assessment, held) for text in assessment.category_words),
        _(
            "{open_ones} of {total} excluding findings not assessed",
            open_ones=open_ones,
            total=total,
        )
        if open_ones and applies
        else "",
        reason_line(assessment.category_reason, numbering),
    )


def _qualifier(text: str, assessment: Assessment, remarks: Iterable[Remark]) -> str:
    """Return a qualifier of the category, with the reason why its contradiction may stand."""
    by = (a for a in assessment.contradictions if a.summary and f"{a.rule}: {a.summary}" in text)
    said = [_acknowledged(alert, remarks) for alert in by]
    return " · ".join(part for part in (text, *said) if part)


def _acknowledged(alert: AlertResult, remarks: Iterable[Remark]) -> str:
    """Return who acknowledged an alert, when and why; empty while nobody has."""
    remark = acknowledgement(alert, remarks)
    if remark is None:
        return ""
    return _(
        "acknowledged by {author}, {time}: {note}",
        author=remark.author,
        time=local_time(remark.time_utc),
        note=remark.note,
    )


def reason_line(reason: Reason, numbering: Numbering) -> ReasonLine:
    """Return one rule's conclusion with its reservations and the numbers of its sources."""
    remarks = [reason.strength, reason.mark, _("outweighed") if reason.lost else ""]
    if reason.missing:
        inputs = ", ".join(m.label for m in reason.missing)
        remarks.append(_("waits for: {inputs}", inputs=inputs))
    return ReasonLine(
        reason.rule,
        reason.text,
        tuple(remark for remark in remarks if remark),
        numbering.of(reason.sources),
        SILENT in places(reason.sources),
        reason.lost,
        reason.scopes,
    )


def criterion_lines(assessment: Assessment) -> tuple[CriterionLine, ...]:
    """Return the excluding findings with state, author and time."""
    return tuple(
        CriterionLine(
            c.label,
            c.state,
            _(_STATES[c.state]),
            origin_text(c.fact.provenance) if c.fact is not None else "",
        )
        for c in assessment.criteria
    )


def alert_lines(
    assessment: Assessment, numbering: Numbering, remarks: Iterable[Remark] = ()
) -> tuple[AlertLine, ...]:
    """Return the alerts: contradictions first, then the most severe; each with why it may stand."""
    held = tuple(remarks)
    ordered = sorted(
        assessment.alerts, key=lambda a: (not a.contradiction, _SEVERITIES.index(a.severity))
    )
    return tuple(_alert(alert, numbering, held) for alert in ordered)


def _alert(alert: AlertResult, numbering: Numbering, remarks: tuple[Remark, ...]) -> AlertLine:
    line = reason_line(alert.reason, numbering)
    values = [origin_line(i) for i in alert.reason.inputs if i.truth != "F"]
    said = [*(values if alert.contradiction else []), _acknowledged(alert, remarks)]
    said += (
        [_("sources differ: {points}", points=", ".join(alert.carried))] if alert.carried else []
    )
    told = (*line.remarks, *(part for part in said if part))
    return AlertLine(alert.severity, alert.severity_text, replace(line, remarks=told))


def origin_line(read: InputRead) -> str:
    """Return a value that was read, and who entered it: "IVC involvement: Absent (stated …)"."""
    return f"{read.label}: {read.text} ({origin_text(read.provenance)})"


def option_lines(assessment: Assessment, numbering: Numbering) -> tuple[OptionLine, ...]:
    """Return every option in the guideline's order, with every reason and its notes."""
    return tuple(_option(assessment, option, numbering) for option in assessment.options)


def _option(assessment: Assessment, option: OptionResult, numbering: Numbering) -> OptionLine:
    notes = tuple(_note(n, numbering) for n in assessment.remarks if n.about == option.id)
    reasons = tuple(reason_line(r, numbering) for r in option.reasons)
    partner = assessment.partner(option)
    return OptionLine(
        option.status,
        option.words,
        option.title,
        reasons,
        notes,
        departures=assessment.departures(option),
        differs=option.carried,
        equal="" if partner is None else partner.title,
    )


def _note(note: NoteResult, numbering: Numbering) -> NoteLine:
    return NoteLine(reason_line(note.reason, numbering))


def note_lines(assessment: Assessment, numbering: Numbering) -> tuple[NoteLine, ...]:
    """Return what the sources say nothing about, and the notes that belong to no option."""
    shown = {o.id for o in assessment.options}
    free = (n for n in assessment.remarks if n.about not in shown)
    return tuple(_note(n, numbering) for n in (*assessment.silences, *free))


def conflict_lines(assessment: Assessment, numbering: Numbering) -> tuple[ConflictLine, ...]:
    """Return where the sources differ, those that lines carry included, by their number."""
    return tuple(
        ConflictLine(
            c.id,
            c.title,
            c.why,
            tuple(
                _("governs: {side}", side=f"{s.text} ({s.id}, {s.scope})")
                if s.id in c.governs
                else f"{s.text} ({s.id}, {s.scope})"
                for s in c.sides
            ),
            numbering.of(c.sides),
            numbering.of(side for side in c.sides if side.id in c.governs),
        )
        for c in all_conflicts(assessment)
    )


def plans(assessment: Assessment, numbering: Numbering) -> tuple[Plan, ...]:
    """Return follow-up and group figures, where the guideline has any."""
    found = []
    follow_up, prognosis = assessment.follow_up, assessment.prognosis
    if follow_up.visits:
        months = ", ".join(str(v.month) for v in follow_up.visits)
        lines = (follow_up.visit_text, _("Months after time zero: {months}", months=months))
        reasons = tuple(reason_line(r, numbering) for r in follow_up.reasons)
        found.append(Plan(_("Follow-up: {title}", title=follow_up.title), lines, reasons))
    if prognosis.figures:
        figures = [f"{_FIGURES.get(k, k)} {number(v, 'g')} %" for k, v in prognosis.figures.items()]
        lines = (_("At 8 years: {figures}", figures=", ".join(figures)), prognosis.label)
        reasons = tuple(reason_line(r, numbering) for r in prognosis.reasons)
        found.append(Plan(_("Group figures: {title}", title=prognosis.title), lines, reasons))
    return tuple(found)
