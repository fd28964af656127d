"""One run of the rules: values, statuses so far, and what each rule read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tumorboard.case.facts import (
    FactSheet,
    Provenance,
    definition,
    fact_definitions,
    normalise,
    to_json,
    value_text,
)
from tumorboard.guidelines.assessment import InputRead, MissingInput, Reason
from tumorboard.guidelines.derived_values import FUNCTIONS, Known
from tumorboard.guidelines.logic import Truth, letter
from tumorboard.guidelines.model import Ask, DerivedInfo, Effect, Guideline, Rule
from tumorboard.guidelines.parameters import Settings
from tumorboard.guidelines.rulebuilder import PLACEHOLDER
from tumorboard.guidelines.scope import ScopeMark, ScopeOfCase
from tumorboard.guidelines.tree import Node
from tumorboard.language import N_, _, inside, number

#: Provenance of a value that nobody recorded.
NOT_RECORDED = Provenance(N_("not recorded"))
#: Which way a status points.
DIRECTIONS = {
    "suggest": "for",
    "consider": "for",
    "trial_only": "open",
    "deferred": "open",
    "not_established": "open",
    "discourage": "against",
    "not_offered": "against",
}
#: How the label of an advice begins; other labels of a fact are about its evidence.
ADVICE = ("Grade", "Category")
_CONCLUSIONS = ("category", "follow_up", "prognosis")


@dataclass
class Concluded:
    """What one rule concluded by one effect, before the reasons are written."""

    rule: Rule
    effect: Effect
    reason: Reason


@dataclass
class Run:
    """The state of one evaluation; implements the environment of the conditions."""

    guideline: Guideline
    settings: Settings
    sheet: FactSheet
    values: dict[str, Any] = field(default_factory=dict)
    merged: dict[str, str] = field(default_factory=dict)
    concluded: list[Concluded] = field(default_factory=list)
    outcomes: dict[str, str] = field(default_factory=dict)
    missing: tuple[MissingInput, ...] = ()
    also_missing: tuple[MissingInput, ...] = ()
    stopped: bool = False
    trace: dict[str, Truth] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._rank = {status: i for i, status in enumerate(self.guideline.statuses)}
        self._inputs: dict[tuple[str, str], InputRead] = {}
        self.values.update(recorded(self.sheet))
        self.values.update(category=None, follow_up="none", prognosis="none")
        known = Known(
            self.values, self.settings, self.guideline.tables, self.guideline.lists["criteria"]
        )
        for name in self.guideline.derived:
            self.values[name] = FUNCTIONS[name](known)
        self._scope = ScopeOfCase(self.guideline, self.settings, self.values)

    # the environment of the conditions

    def value(self, name: str) -> Any:
        """Return a value; None when not known."""
        return self.values[name]

    def setting(self, reference: str) -> Any:
        """Return a setting in force."""
        return self.settings.value(reference)

    def status(self, option: str) -> str | None:
        """Return the merged status so far."""
        return self.merged.get(option)

    def fired(self, rule: str) -> bool:
        """Whether the rule fired."""
        return rule in self.outcomes

    def outcome(self, rule: str) -> str:
        """Return T, F or U of a rule that fired, else an empty text."""
        return self.outcomes.get(rule, "")

    def read(self, name: str, truth: Truth) -> None:
        """Note a comparison; where a name is read twice a true one counts."""
        if name not in self.trace or truth is True:
            self.trace[name] = truth

    # rules

    def put(self, rule: Rule) -> bool:
        """Put a rule to the facts; returns whether it fired."""
        self.trace = {}
        if rule.requires is not None and rule.requires.evaluate(self, strict=False) is not True:
            return False
        if rule.when.evaluate(self, strict=False) is not True:
            return False
        answer = "T" if rule.test is None else letter(rule.test.evaluate(self, strict=True))
        self.outcomes.setdefault(rule.id, answer)
        asked_by_rule = self.trace
        for effect in rule.effects.get(answer, ()):
            self.trace = dict(asked_by_rule)
            condition = effect.condition
            if condition is None or condition.evaluate(self, strict=False) is True:
                self._apply(rule, effect, answer)
        return True

    def _apply(self, rule: Rule, effect: Effect, answer: str) -> None:
        if effect.kind == "option":
            old = self.merged.get(effect.target, effect.status)
            self.merged[effect.target] = min(old, effect.status, key=self._rank.__getitem__)
        elif effect.kind in _CONCLUSIONS:
            self.values[effect.kind] = effect.target
        if effect.kind == "category":
            self.missing = self.asked(effect.missing)
            self.also_missing = self.asked(effect.also_missing)
        self.stopped = self.stopped or effect.stop
        self.concluded.append(Concluded(rule, effect, self._reason(rule, effect, answer)))

    def _reason(self, rule: Rule, effect: Effect, answer: str) -> Reason:
        catalogue = self.guideline.catalogue
        facts = rule.facts if effect.facts is None else effect.facts
        scope = ScopeMark()
        if not effect.contradiction:
            scope = self._scope.mark(facts, has_reference=bool(rule.refs))
        said = (self._departure(effect), self._mark(rule, effect), scope.text)
        return Reason(
            rule=rule.id,
            text=self.render(effect.text or rule.text),
            status=effect.status or (effect.target if effect.kind == "alert" else ""),
            inputs=tuple(self.input_read(name, truth) for name, truth in self.trace.items()),
            sources=catalogue.citations((*facts, *rule.background, *rule.refs)),
            settings=rule.settings,
            conflicts=rule.conflicts,
            strength=rule.strength if effect.strength is None else effect.strength,
            mark="; ".join(part for part in said if part),
            missing=self._missing_of(rule, effect, answer),
            scope_mark=scope.code,
            direction=effect.direction or DIRECTIONS.get(effect.status, ""),
            quality=effect.quality or self._quality(effect, facts),
        )

    def _quality(self, effect: Effect, facts: Iterable[str]) -> str:
        """Return how the sources word the quality of the evidence behind an option."""
        if effect.kind != "option":
            return ""
        grades = (self.guideline.catalogue.facts[f].grade for f in facts)
        return ", ".join(dict.fromkeys(g for g in grades if g and not g.startswith(ADVICE)))

    def _departure(self, effect: Effect) -> str:
        """Return who departed from the source by which setting, when and why."""
        changes = {c.id: c for c in self.settings.non_default()}
        said = []
        for setting in effect.departure:
            change = changes.get(setting)
            who = (change.author, change.date, change.reason) if change is not None else ()
            by = ", ".join((setting, *(part for part in who if part)))
            said.append(_("institutional departure from the source ({by})", by=by))
        return "; ".join(said)

    def _mark(self, rule: Rule, effect: Effect) -> str:
        marks = [m for m in (rule.mark, effect.mark) if m is not None]
        return "; ".join(m.text for m in marks if self.holds(m.condition))

    def holds(self, condition: Node | None) -> bool:
        """Answer a side question, which leaves no trace among the reasons."""
        trace, self.trace = self.trace, {}
        answer = condition is None or condition.evaluate(self, strict=False) is True
        self.trace = trace
        return answer

    def _missing_of(self, rule: Rule, effect: Effect, answer: str) -> tuple[MissingInput, ...]:
        """Return what the effect asks for; without a word of its own, what leaves the test open."""
        if effect.kind != "option":
            return ()
        if effect.missing or rule.test is None or answer != "U":
            return self.asked(effect.missing)
        trace, self.trace = self.trace, {}
        open_names = tuple(rule.test.unsettled(self))
        self.trace = trace
        return self.asked(Ask(name) for name in open_names)

    # words

    def asked(self, asks: Iterable[Ask]) -> tuple[MissingInput, ...]:
        """Return the inputs to ask for; a derived value is replaced by what it lacks."""
        found: dict[str, MissingInput] = {}
        for ask in asks:
            if self.holds(ask.condition):
                found.update({item.name: item for item in self._expand(ask.name)})
        return tuple(found.values())

    def _expand(self, name: str) -> tuple[MissingInput, ...]:
        if name == "category":
            return (*self.missing, *self.also_missing)
        info = self.guideline.derived.get(name)
        if info is None:
            return (MissingInput(name, definition(name).label),)
        if self.values[name] is not None:
            return ()
        if info.asked_as:
            return (MissingInput(name, definition(info.asked_as).label, info.asked_as),)
        if info.ask:
            return self.asked(info.ask)
        return self.asked(Ask(n) for n in info.reads if self.values[n] is None)

    def render(self, text: str) -> str:
        """Fill the placeholders of a text with values in words."""
        if "{" not in text:
            return text
        return PLACEHOLDER.sub(lambda match: self._words(match[1]), text)

    def _words(self, name: str) -> str:
        if name == "missing":
            return ", ".join(inside(m.label) for m in self.missing)
        return inside(self.text(name))

    def text(self, name: str) -> str:
        """Return a value in the clinician's words."""
        if name in self.guideline.derived:
            return derived_text(self.guideline.derived[name], self.values[name])
        if name == "category":
            return self.guideline.categories.get(self.values[name], "")
        if name == "follow_up":
            return self.guideline.follow_up_keys[self.values[name]]
        if name == "prognosis":
            return self.guideline.prognosis_keys[self.values[name]]
        return value_text(name, self.values[name])

    def input_read(self, name: str, truth: Truth) -> InputRead:
        """Describe a name that was read."""
        known = truth if self.values[name] is not None else None
        key = (name, letter(known))
        if name in _CONCLUSIONS or key not in self._inputs:
            self._inputs[key] = InputRead(
                name,
                self._label(name),
                self.values[name],
                self.text(name),
                key[1],
                self._provenance(name),
                self._json_value(name),
                self._rests_on(name),
            )
        return self._inputs[key]

    def _json_value(self, name: str) -> Any:
        value = self.values[name]
        if name in fact_definitions():
            return to_json(name, value)
        if value is None and name in self.guideline.derived:
            return self.guideline.derived[name].unknown
        return list(value) if isinstance(value, tuple) else value

    def _rests_on(self, name: str) -> tuple[str, ...]:
        """Return the recorded inputs from which a computed value comes."""
        info = self.guideline.derived.get(name)
        if info is None:
            return ()
        found: dict[str, None] = {}
        for read in info.reads:
            found.update(dict.fromkeys(self._rests_on(read) or (read,)))
        return tuple(found)

    def _label(self, name: str) -> str:
        if name in self.guideline.derived:
            return self.guideline.derived[name].label
        if name in _CONCLUSIONS:
            words = {"category": _("Category"), "follow_up": _("Follow-up")}
            return words.get(name, _("Prognosis"))
        return definition(name).label

    def _provenance(self, name: str) -> Provenance:
        info = self.guideline.derived.get(name)
        if info is not None:
            return Provenance(
                "derived", note=_("{id} from {names}", id=info.id, names=", ".join(info.reads))
            )
        if name in _CONCLUSIONS:
            return Provenance("derived", note=_("concluded by earlier rules"))
        fact = self.sheet.get(name)
        return NOT_RECORDED if fact is None else fact.provenance


def recorded(sheet: FactSheet) -> dict[str, Any]:
    """Return every input: as recorded, else the default of a plan field, else None."""
    values: dict[str, Any] = {}
    for name, info in fact_definitions().items():
        value = normalise(name, sheet.value(name))
        values[name] = info.default if value is None else value
    for fact in sheet:
        definition(fact.name)
    return values


def derived_text(info: DerivedInfo, value: Any) -> str:
    """Return a derived value in words.

    Names of facts in a list become their labels; a stage from an unknown grade is the
    caller's to mark.
    """
    if value is None:
        return _("Not assessed") if info.unknown == "not_assessed" else _("Not known")
    if info.kind == "list":
        labels: Mapping[Any, str] = info.labels
        named = (labels.get(v) or inside(definition(v).label) for v in value)
        return ", ".join(named) or _("None")
    if info.kind == "map":
        labels = info.labels
        degrees = (f"{labels.get(k, k)} {number(v, '.10g')}°" for k, v in value.items())
        return ", ".join(degrees) or _("None")
    if info.kind == "number":
        return f"{number(value, 'g')} {_(info.unit)}".strip()
    return info.labels.get(value, str(value))
