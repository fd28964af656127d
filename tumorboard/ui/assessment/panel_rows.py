"""From an assessment to the rows of the panel; words only, no widgets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from tumorboard.case.model import Remark
from tumorboard.ui.assessment.rows import (
    AlertRow,
    AssessmentRows,
    ConflictRow,
    CriterionRow,
    FlipRow,
    OptionRow,
    ReasonRow,
)
from tumorboard.ui.shell.provenance import local_time, provenance_text

if TYPE_CHECKING:
    from tumorboard.guidelines.assessment import (
        AlertResult,
        Assessment,
        ConflictResult,
        CriterionState,
        InputRead,
        OptionResult,
        Reason,
    )
    from tumorboard.guidelines.whatif import Flip, WhatIf

MarksOf = Callable[[str], tuple[str, ...]]

_STATES = {"present": "present", "absent": "absent", "not_assessed": "unknown"}
_STATE_WORDS = {"present": "present", "absent": "absent", "not_assessed": "not assessed"}


def no_marks(_rule: str) -> tuple[str, ...]:
    """Return no reservations: for where the evidence is not read yet."""
    return ()


def assessment_rows(
    assessment: Assessment, marks_of: MarksOf = no_marks, remarks: Iterable[Remark] = ()
) -> AssessmentRows:
    """Return what the panel shows of an assessment.

    ``marks_of`` gives the reservations of a rule, ``remarks`` the acknowledged alerts.
    """
    words = _Words(marks_of)
    held = {r.key: r for r in remarks}
    unassessed = sum(c.state == "not_assessed" for c in assessment.criteria)
    total = len(assessment.criteria)
    counts = f"{unassessed} of {total} excluding findings not assessed" if unassessed else ""
    parts = [*assessment.category_words, counts] if total else list(assessment.category_words)
    return AssessmentRows(
        category=assessment.category,
        title=assessment.category_text,
        subtitle=" · ".join(part for part in parts if part),
        rule=assessment.category_rule,
        provisional=assessment.provisional_reason if assessment.provisional else "",
        reason=words.reason(assessment.category_reason),
        criteria=tuple(_criterion(c, assessment) for c in assessment.criteria),
        missing=_also_missing(assessment),
        options=tuple(words.option(o, assessment) for o in assessment.options),
        alerts=tuple(words.alert(a, held, assessment) for a in assessment.alerts),
        notes=tuple(words.reason(n.reason) for n in assessment.notes if not n.about),
        silences=tuple(words.reason(n.reason) for n in assessment.silences),
        guideline=f"Rule set {assessment.guideline_id} {assessment.guideline_version}, "
        f"fact base {assessment.fact_base}. "
        "What the sources say about these facts; the board decides.",
    )


#: So many ways to another category are listed; the nearest ones come first.
_FLIPS_SHOWN = 8
_OPTION_FLIPS_SHOWN = 4
#: Categories that no board waits for.
_NO_ANSWER = ("not_applicable", "indeterminate")


def flip_rows(found: WhatIf) -> tuple[FlipRow, ...]:
    """Return the ways to another category that rest on what is not assessed yet.

    Where everything is assessed, the ways that change what was stated.
    """
    return _nearest([f for f in found.category if f.becomes not in _NO_ANSWER], _FLIPS_SHOWN)


def option_flip_rows(found: WhatIf) -> Mapping[str, tuple[FlipRow, ...]]:
    """Return the nearest ways to another status of each option, by its identifier."""
    return {
        name: _nearest([f for f in flips if f.becomes] or flips, _OPTION_FLIPS_SHOWN)
        for name, flips in found.options.items()
    }


def _nearest(flips: Iterable[Flip], count: int) -> tuple[FlipRow, ...]:
    answers = list(flips)
    open_ways = [f for f in answers if all(c.was_unassessed for c in f.changes)]
    return tuple(
        FlipRow(
            f.becomes_text,
            tuple((c.name, f"{c.label}: {c.value_text}") for c in f.changes),
            tuple((c.name, c.value) for c in f.changes),
        )
        for f in (open_ways or answers)[:count]
    )


def _also_missing(assessment: Assessment) -> tuple[tuple[str, str], ...]:
    """Return what is missing besides the criteria, which are listed on their own."""
    listed = {c.name for c in assessment.criteria}
    wanted = (*assessment.missing, *assessment.also_missing)
    return tuple((m.field or m.name, m.label) for m in wanted if m.name not in listed)


def conflict_row(conflict: ConflictResult) -> ConflictRow:
    """Return a disagreement of the sources with both sides."""
    sides = tuple((s.text, s.source, s.id in conflict.governs) for s in conflict.sides)
    return ConflictRow(conflict.id, conflict.title, sides, conflict.why)


def _conflict_rows(assessment: Assessment, carried: Iterable[str]) -> tuple[ConflictRow, ...]:
    return tuple(conflict_row(c) for c in assessment.carried_by(carried))


def _criterion(criterion: CriterionState, assessment: Assessment) -> CriterionRow:
    provenance = criterion.fact.provenance if criterion.fact is not None else None
    return CriterionRow(
        criterion.name,
        criterion.label,
        _STATES[criterion.state],
        _STATE_WORDS[criterion.state],
        provenance_text(provenance) if provenance is not None else "",
        provenance.annotation_uids if provenance is not None else (),
        provenance.place if provenance is not None else None,
        _conflict_rows(assessment, criterion.carried),
    )


#: Which statuses speak for an option; the others speak against it, or wait.
_FOR = ("suggest", "consider", "trial_only")
ALERT_KEY = "alert:"
#: The rule itself says in its reason whether this holds in the case.
_SAID_BY_CASE = ("extrapolated", "inference")


class _Words:
    """Puts conclusions into words, each with the reservations of its rule."""

    def __init__(self, marks_of: MarksOf) -> None:
        self._marks_of = marks_of

    def option(self, option: OptionResult, assessment: Assessment) -> OptionRow:
        """Return an option with its reasons, those that hold first, and its cards."""
        reasons = tuple(self.reason(r) for r in sorted(option.reasons, key=lambda r: r.lost))
        cards = tuple(self.reason(n.reason) for n in assessment.remarks if n.about == option.id)
        partner = assessment.option(option.equal_with)
        return OptionRow(
            id=option.id,
            status=option.status,
            status_words=option.status_text,
            title=option.title,
            reasons=reasons,
            cards=cards,
            group=option.status if partner is None else partner.status,
            own_words="" if option.words == option.status_text else option.words,
            conflicts=_conflict_rows(assessment, option.carried),
        )

    def alert(
        self, alert: AlertResult, held: Mapping[str, Remark], assessment: Assessment
    ) -> AlertRow:
        """Return an alert; it counts as acknowledged while it says the same."""
        key, stands_for = f"{ALERT_KEY}{alert.rule}", f"{alert.severity}: {alert.text}"
        remark = held.get(key)
        said = ""
        if remark is not None and remark.value == stands_for:
            when = local_time(remark.time_utc)
            said = f"Acknowledged by {remark.author}, {when}: {remark.note}"
        reason = self.reason(alert.reason)
        return AlertRow(
            severity=alert.severity,
            text=alert.text,
            reason=reason,
            key=key,
            stands_for=stands_for,
            acknowledged=said,
            contradiction=alert.contradiction,
            conflicts=_conflict_rows(assessment, alert.carried),
        )

    def reason(self, reason: Reason) -> ReasonRow:
        """Return a reason in words; one that was outweighed says so."""
        text = reason.text
        if reason.strength:
            text = f"{text} ({reason.strength})" if text else reason.strength
        for more in (reason.mark, "outweighed by another reason" if reason.lost else ""):
            text = f"{text} · {more}" if more else text
        if reason.missing:
            text += " Waits for: " + ", ".join(m.label for m in reason.missing) + "."
        cited = (source for c in reason.sources for source in c.source.split("; "))
        return ReasonRow(
            text,
            reason.rule,
            tuple(dict.fromkeys(cited)),
            tuple(_input(i) for i in reason.inputs),
            "for" if reason.status in _FOR else "waits" if reason.missing else "against",
            tuple(m for m in self._marks_of(reason.rule) if m not in (*_SAID_BY_CASE, reason.mark)),
        )


def _input(read: InputRead) -> str:
    origin = provenance_text(read.provenance)
    return f"{read.label}: {read.text}" + (f" ({origin})" if origin else "")
