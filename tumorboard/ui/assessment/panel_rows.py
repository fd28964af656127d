"""From an assessment to the rows of the panel; words only, no widgets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tumorboard.case.facts import FactSheet
from tumorboard.case.model import Remark
from tumorboard.guidelines.acknowledgement import acknowledgement, remark_key
from tumorboard.language import _, ngettext
from tumorboard.ui.assessment.card_rows import card_of
from tumorboard.ui.assessment.origins import Origins
from tumorboard.ui.assessment.rows import (
    AlertRow,
    AssessmentRows,
    ConflictRow,
    CriterionRow,
    FlipRow,
    OptionRow,
    Origin,
    QualifierRow,
    ReasonRow,
    SideRow,
)
from tumorboard.ui.shell.provenance import local_time, provenance_text

if TYPE_CHECKING:
    from tumorboard.guidelines.assessment import (
        AlertResult,
        Assessment,
        ConflictResult,
        CriterionState,
        OptionResult,
        Reason,
    )
    from tumorboard.guidelines.model import Guideline
    from tumorboard.guidelines.parameters import Settings
    from tumorboard.guidelines.whatif import Flip, WhatIf

MarksOf = Callable[[str], tuple[str, ...]]

_STATES = {"present": "present", "absent": "absent", "not_assessed": "unknown"}
_STATE_WORDS = {"present": _("present"), "absent": _("absent"), "not_assessed": _("not assessed")}


@dataclass(frozen=True)
class Basis:
    """What an assessment was made of; ``marks_of`` gives the reservations of a rule."""

    facts: FactSheet
    guideline: Guideline
    settings: Settings
    marks_of: MarksOf


def assessment_rows(
    assessment: Assessment, remarks: Iterable[Remark] = (), basis: Basis | None = None
) -> AssessmentRows:
    """Return what is shown of an assessment; ``remarks`` hold the acknowledged alerts.

    Without a ``basis`` there are only words: no line says where its values come from, and no
    option has a card.
    """
    words = _Words(assessment, tuple(remarks), basis)
    unassessed = sum(c.state == "not_assessed" for c in assessment.criteria)
    total = len(assessment.criteria)
    return AssessmentRows(
        category=assessment.category,
        title=assessment.category_text,
        qualifiers=tuple(words.qualifier(text) for text in assessment.category_words),
        unassessed=_(
            "{unassessed} of {total} excluding findings not assessed",
            unassessed=unassessed,
            total=total,
        )
        if unassessed
        else "",
        rule=assessment.category_rule,
        provisional=assessment.provisional_reason if assessment.provisional else "",
        reason=words.reason(assessment.category_reason),
        criteria=tuple(_criterion(c, assessment) for c in assessment.criteria),
        missing=words.missing(),
        options=tuple(words.option(o) for o in assessment.options),
        alerts=tuple(words.alert(a) for a in assessment.alerts),
        notes=tuple(words.reason(n.reason) for n in assessment.notes if not n.about),
        # That the sources are silent rests on no source; a mark that says so says nothing.
        silences=tuple(replace(words.reason(n.reason), marks=()) for n in assessment.silences),
        guideline=_rule_set(assessment, basis),
    )


def _rule_set(assessment: Assessment, basis: Basis | None) -> str:
    """Return by which rules it was assessed, and in which language they speak."""
    named = _(
        "Rule set {guideline_id} {guideline_version}, facts {fact_base}; the board decides.",
        guideline_id=assessment.guideline_id,
        guideline_version=assessment.guideline_version,
        fact_base=assessment.fact_base,
    )
    return f"{named} {basis.guideline.spoken.words}".rstrip() if basis is not None else named


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


def conflict_row(conflict: ConflictResult) -> ConflictRow:
    """Return a disagreement of the sources with both sides."""
    sides = tuple(
        SideRow(s.id, s.text, s.scope, s.source, s.id in conflict.governs) for s in conflict.sides
    )
    return ConflictRow(conflict.id, conflict.title, sides, conflict.why)


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
        tuple(conflict_row(c) for c in assessment.carried_by(criterion.carried)),
        any(i.name == criterion.name for a in assessment.contradictions for i in a.reason.inputs),
    )


#: Which statuses speak for an option; the others speak against it, or wait.
_FOR = ("suggest", "consider", "trial_only")
#: The rule itself says in its reason whether this holds in the case.
_SAID_BY_CASE = ("extrapolated", "inference", _("one reported case"), _("lay text"))


class _Words:
    """Puts conclusions into words, each with the reservations of its rule."""

    def __init__(
        self, assessment: Assessment, remarks: tuple[Remark, ...], basis: Basis | None
    ) -> None:
        self._assessment, self._remarks, self._basis = assessment, remarks, basis
        self._origins = None if basis is None else Origins(assessment, basis.facts, basis.guideline)

    def qualifier(self, text: str) -> QualifierRow:
        """Return a qualifier of the category; that of a contradiction with its reason."""
        by = [a for a in self._assessment.contradictions if a.summary and a.summary in text]
        if not by:
            origin = None if self._origins is None else self._origins.of_qualifier(text)
            return QualifierRow(text, origin)
        alert = next((a for a in by if a.rule in text), by[0])
        return QualifierRow(text, next(iter(self._values(alert)), None), self._said(alert))

    def missing(self) -> tuple[Origin, ...]:
        """Return what is missing besides the criteria, which are listed on their own."""
        assessment, origins = self._assessment, self._origins
        if origins is None:
            return ()
        wanted = [*assessment.missing, *assessment.also_missing]
        wanted += [m for o in assessment.options for m in o.missing]
        found = {o.field: o for o in map(origins.of_missing, wanted)}
        listed = {c.name for c in assessment.criteria}
        return tuple(o for name, o in found.items() if name not in listed)

    def option(self, option: OptionResult) -> OptionRow:
        """Return an option with its reasons, those that hold first, and its card."""
        assessment, basis, origins = self._assessment, self._basis, self._origins
        partner = assessment.option(option.equal_with)
        return OptionRow(
            id=option.id,
            status=option.status,
            status_words=option.status_text,
            title=option.title,
            reasons=tuple(self.reason(r) for r in sorted(option.reasons, key=lambda r: r.lost)),
            cards=tuple(self.reason(n.reason) for n in assessment.remarks if n.about == option.id),
            group=option.status if partner is None else partner.status,
            own_words="" if option.words == option.status_text else option.words,
            conflicts=tuple(conflict_row(c) for c in assessment.carried_by(option.carried)),
            equal_with=option.equal_with,
            universal=option.universal,
            missing=() if origins is None else tuple(map(origins.of_missing, option.missing)),
            departures=assessment.departures(option),
            card=card_of(
                option,
                assessment,
                *(() if basis is None else (basis.facts, basis.guideline, basis.settings)),
            ),
        )

    def alert(self, alert: AlertResult) -> AlertRow:
        """Return an alert; it counts as acknowledged while it says the same."""
        reason = self.reason(alert.reason)
        return AlertRow(
            severity=alert.severity,
            text=self._counted(alert.text),
            # A contradiction rests on what was recorded: its sources show what is at stake.
            reason=replace(reason, marks=()) if alert.contradiction else reason,
            key=remark_key(alert.rule),
            stands_for=alert.stands_for,
            acknowledged=self._said(alert),
            contradiction=alert.contradiction,
            conflicts=tuple(conflict_row(c) for c in self._assessment.carried_by(alert.carried)),
            values=self._values(alert),
        )

    def reason(self, reason: Reason) -> ReasonRow:
        """Return a reason in words; one that was outweighed says so."""
        marks = [reason.mark] if reason.mark else []
        if self._basis is not None:
            marks += [m for m in self._basis.marks_of(reason.rule) if m not in _SAID_BY_CASE]
        origins = self._origins
        return ReasonRow(
            text=self._counted(reason.text),
            rule=reason.rule,
            sources=tuple(dict.fromkeys(p for c in reason.sources for p in c.source.split("; "))),
            facts=_by_scope(reason),
            origins=() if origins is None else origins.of_reason(reason),
            first=None if origins is None else origins.first(reason),
            side="for" if reason.status in _FOR else "waits" if reason.missing else "against",
            marks=tuple(dict.fromkeys(m for m in marks if m)),
            strength=reason.strength,
            lost=reason.lost,
        )

    def _counted(self, text: str) -> str:
        """Return a text that counts what is missing where it would name it a second time."""
        assessment = self._assessment
        if self._basis is None:
            return text
        unassessed = [c.label for c in assessment.criteria if c.state == "not_assessed"]
        for labels in ([m.label for m in assessment.missing], unassessed):
            named = ", ".join(f"{label[:1].lower()}{label[1:]}" for label in labels)
            if named:
                text = text.replace(f": {named}.", _where_marked(len(labels)))
        return text

    def _values(self, alert: AlertResult) -> tuple[Origin, ...]:
        if not alert.contradiction or self._origins is None:
            return ()
        return self._origins.of_contradiction(alert.reason)

    def _said(self, alert: AlertResult) -> str:
        remark = acknowledgement(alert, self._remarks)
        if remark is None:
            return ""
        when = local_time(remark.time_utc)
        return _(
            "Acknowledged by {author}, {when}: {note}",
            author=remark.author,
            when=when,
            note=remark.note,
        )


def _where_marked(count: int) -> str:
    """Return what stands in place of the names of inputs that are marked as missing."""
    return ngettext(
        ": {count}, marked where it stands.", ": {count}, each marked where it stands.", count
    )


def _by_scope(reason: Reason) -> tuple[str, ...]:
    """Return the statements that a reason rests on, by the patients that they are about."""
    return tuple(
        f"{scope}: {', '.join(c.id for c in reason.sources if c.scope == scope)}"
        for scope in reason.scopes
    )
