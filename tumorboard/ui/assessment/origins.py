"""Where the values behind a line were entered: the field, or the picture they were taken from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from tumorboard.case.definitions import fact_definitions, value_text
from tumorboard.case.facts import FactSheet
from tumorboard.language import _
from tumorboard.ui.assessment.rows import Origin
from tumorboard.ui.shell.provenance import provenance_text

if TYPE_CHECKING:
    from tumorboard.guidelines.assessment import Assessment, InputRead, MissingInput, Reason
    from tumorboard.guidelines.model import Guideline

#: What a case is about: read by nearly every rule, and seldom what a line is about.
_CONTEXT = ("site", "disease_phase", "histology_confirmed")
_NOT_RECORDED = _("not recorded")


class Origins:
    """Finds the origins of what the lines of an assessment rest on."""

    def __init__(self, assessment: Assessment, facts: FactSheet, guideline: Guideline) -> None:
        self._assessment, self._facts, self._guideline = assessment, facts, guideline

    def of_field(self, name: str) -> Origin:
        """Return the origin of a recorded or missing input."""
        known = fact_definitions()[name]
        fact = self._facts.get(name)
        if fact is None:
            return Origin(name, known.label, known.unknown_label, _NOT_RECORDED)
        made = fact.provenance
        told = " · ".join(part for part in (provenance_text(made), made.note) if part)
        label, value = fact_definitions()[fact.name].label, value_text(fact.name, fact.value)
        return Origin(fact.name, label, value, told, made.annotation_uids, made.place)

    def of_missing(self, missing: MissingInput) -> Origin:
        """Return where something that is missing is stated."""
        found = self.of_field(missing.field or missing.name)
        return Origin(found.field, missing.label, found.value, found.told)

    def of_reason(self, reason: Reason) -> tuple[Origin, ...]:
        """Return the origins of all that a rule read, in its order.

        A rule that asks about other conclusions rests on what these read. Nothing for a rule
        that holds in every case.
        """
        found = {o.field: o for read in reason.inputs for o in self._of_read(read, reason)}
        if not found:
            from tumorboard.guidelines.dependencies import rule_inputs

            names = rule_inputs(self._guideline, reason.rule)
            found = {n: self.of_field(n) for n in fact_definitions() if n in names}
        return tuple(found.values())

    def first(self, reason: Reason) -> Origin | None:
        """Return the origin that a line leads to: what is missing, or from a picture, or last.

        What the case is about (site, phase) counts only where nothing else was read.
        """
        asked = [self.of_missing(m) for m in reason.missing]
        read = self.of_reason(reason)
        telling = [o for o in read if o.field not in _CONTEXT] or list(read)
        unknown = {i.name for i in reason.inputs if i.truth == "U"}
        open_ones = [o for o in telling if o.field in unknown]
        on_pictures = [o for o in telling if o.on_picture]
        ordered = (*asked, *open_ones, *on_pictures, *reversed(telling))
        return ordered[0] if ordered else None

    def of_contradiction(self, reason: Reason) -> tuple[Origin, ...]:
        """Return the recorded values that exclude each other, or one and what it lacks."""
        held = {
            o.field: o for i in reason.inputs if i.truth != "F" for o in self._of_read(i, reason)
        }
        told = [o for o in held.values() if o.field != "site"]
        recorded = [o for o in told if self._facts.get(o.field) is not None]
        return tuple(recorded if len(recorded) > 1 else told)

    def of_qualifier(self, text: str) -> Origin | None:
        """Return where a qualifier of the category is settled, None where it is no input's."""
        from tumorboard.guidelines.dependencies import effects, leaves

        guideline = self._guideline
        rules = [r for r in guideline.rules if r.id == self._assessment.category_rule]
        own = [q for r in rules for e in effects(r) for q in e.qualifiers]
        marks = [q for q in (*guideline.qualifiers, *own) if q.text == text]
        conditions = [q.condition for q in marks if q.condition is not None]
        names = [n for c in conditions for leaf in leaves(c) for n in leaf.names()]
        found = [self.of_field(i) for n in names for i in self._inputs(n) if i not in _CONTEXT]
        missing = [o for o in found if self._facts.get(o.field) is None]
        return next(iter((*missing, *found)), None)

    def _inputs(self, name: str) -> Iterator[str]:
        info = self._guideline.derived.get(name)
        if info is not None:
            for read in info.reads:
                yield from self._inputs(read)
        elif name in fact_definitions():
            yield name

    def _of_read(self, read: InputRead, by: Reason) -> Iterator[Origin]:
        if read.name in fact_definitions():
            yield self.of_field(read.name)
        elif read.rests_on:
            yield from self._computed(read.rests_on)
        else:
            # A conclusion of earlier rules: it comes from what these read, not from itself.
            for reason in self._concluding(read.name):
                for each in reason.inputs if reason is not by else ():
                    if each.name != read.name:
                        yield from self._of_read(each, reason)

    def _concluding(self, name: str) -> tuple[Reason, ...]:
        assessment = self._assessment
        return {
            "category": (assessment.category_reason,),
            "follow_up": assessment.follow_up.reasons,
            "prognosis": assessment.prognosis.reasons,
        }.get(name, ())

    def _computed(self, rests_on: Iterable[str]) -> Iterator[Origin]:
        """Yield the recorded inputs of a computed value; without any, the first of them."""
        names = tuple(rests_on)
        recorded = [n for n in names if self._facts.get(n) is not None]
        yield from (self.of_field(n) for n in recorded or names[:1])
