"""Which rules can speak beyond the patients of their sources, over all cases there can be.

Site, histology, its confirmation and the IVC take every value; everything else that a
condition asks is left open. So a mark that is not named here cannot occur in any case.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from typing import Any

from tumorboard.case.facts import definition, fact_definitions
from tumorboard.guidelines.dependencies import conditions, effects, leaves, stops
from tumorboard.guidelines.derived_values import FUNCTIONS, Known
from tumorboard.guidelines.domains import SettingsOnly
from tumorboard.guidelines.logic import Truth, conjunction, disjunction, negation
from tumorboard.guidelines.model import Guideline, Rule, RuleGroup
from tumorboard.guidelines.scope import SCOPED, ScopeOfCase
from tumorboard.guidelines.tree import AboutRun, Connective, Node, Not

_VARIED = ("site", "histology", "histology_confirmed", "ivc_involvement")
#: Kinds of conclusion that can carry a mark.
_MARKED = ("option", "alert", "note")


def possible_marks(guideline: Guideline) -> dict[str, tuple[str, ...]]:
    """Return by rule the codes of the scope marks that its conclusions can carry."""
    if not guideline.scope_marks.words:
        return {}
    domains = [(None, *(c.value for c in definition(name).choices)) for name in _VARIED]
    cases = [_Sketch(guideline, dict(zip(_VARIED, v, strict=True))) for v in product(*domains)]
    found: dict[str, tuple[str, ...]] = {}
    for rule in guideline.rules:
        codes = _marks_over(rule, cases)
        if codes:
            found[rule.id] = tuple(dict.fromkeys((*found.get(rule.id, ()), *codes)))
    return found


def _marks_over(rule: Rule, cases: Iterable[_Sketch]) -> tuple[str, ...]:
    """Return the marks of one rule; cases that its conditions cannot tell apart count once."""
    asked = frozenset(n for node in conditions(rule) for n in _names(node))
    found: dict[str, None] = {}
    seen: set[Any] = set()
    for case in cases:
        key = case.signature(asked)
        if key not in seen:
            seen.add(key)
            found.update(dict.fromkeys(case.codes(rule)))
    return tuple(found)


def _names(node: Node) -> Iterator[str]:
    for leaf in leaves(node):
        yield from ((f"fired {leaf.target}",) if isinstance(leaf, AboutRun) else leaf.names())


class _Sketch:
    """A case of which only a few values are given; the rest may be anything."""

    def __init__(self, guideline: Guideline, given: Mapping[str, Any]) -> None:
        self._guideline = guideline
        self._given = {**given, **self._settled(given)}
        self._scope = ScopeOfCase(guideline, guideline.settings, dict(given))
        found: set[str] = set()
        for group in self._guideline.groups:
            for rule in group.rules if group.first_match else ():
                truth = self._truth(rule.when)
                if truth is not False:
                    found |= {
                        e.target
                        for e in effects(rule)
                        if e.condition is None or self._truth(e.condition) is not False
                    }
                if truth is True:
                    break
        self._categories = found
        self._group = next((g.name for g in guideline.groups if self._ends_in(g)), "")

    def _ends_in(self, group: RuleGroup) -> bool:
        return any(self._truth(r.when) is True for r in group.rules if stops(r))

    def signature(self, names: frozenset[str]) -> Any:
        """Return a key that is the same for cases which these names cannot tell apart."""
        about = (self._given[n] for n in SCOPED)
        runs = any(n.startswith("fired ") for n in names)
        asked = self._given if runs else names
        values = ((n, self._given.get(n)) for n in sorted(asked))
        return (*about, *values, self._group, frozenset(self._categories))

    def _settled(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return the yes-or-no values that follow from what is given, whatever the rest is."""
        values: dict[str, Any] = dict.fromkeys(fact_definitions()) | dict(given)
        known = Known(
            values, self._guideline.settings, self._guideline.tables, self._guideline.criteria
        )
        for name, info in self._guideline.derived.items():
            values[name] = FUNCTIONS[name](known) if set(info.labels) == {"yes", "no"} else None
        return {n: v for n, v in values.items() if v is not None and n not in given}

    def codes(self, rule: Rule) -> Iterator[str]:
        """Yield the marks that the conclusions of a rule carry where they can be drawn."""
        before = [c for c in (rule.requires, rule.when) if c is not None]
        ended = self._group not in ("", rule.group)
        if ended or any(self._truth(c) is False for c in before):
            return
        for effect in effects(rule):
            if effect.kind not in _MARKED or effect.contradiction:
                continue
            if effect.condition is None or self._truth(effect.condition) is not False:
                facts = rule.facts if effect.facts is None else effect.facts
                code = self._scope.mark(facts, has_reference=bool(rule.refs)).code
                if code:
                    yield code

    def _truth(self, node: Node) -> Truth:
        """Answer a condition where what is given settles it; not known otherwise."""
        if isinstance(node, Connective):
            parts = [self._truth(part) for part in node.parts]
            return conjunction(parts) if node.word == "and" else disjunction(parts)
        if isinstance(node, Not):
            return negation(self._truth(node.part))
        if isinstance(node, AboutRun):
            return None if self._may_have_fired(node) else False
        names = set(node.names())
        if names == {"category"}:
            answers = {self._ask(node, {"category": c}) for c in self._categories}
            return answers.pop() if len(answers) == 1 else None
        return self._ask(node, self._given) if names and names <= set(self._given) else None

    def _may_have_fired(self, node: AboutRun) -> bool:
        if node.question not in ("fired", "outcome"):
            return True
        rules = [r for r in self._guideline.rules if r.id == node.target]
        conditions = [[c for c in (r.requires, r.when) if c is not None] for r in rules]
        return any(all(self._truth(c) is not False for c in found) for found in conditions)

    def _ask(self, node: Node, values: Mapping[str, Any]) -> Truth:
        return node.evaluate(SettingsOnly(self._guideline.settings, values), strict=False)
