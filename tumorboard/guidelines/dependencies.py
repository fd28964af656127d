"""What each conclusion depends on: walks the conditions without evaluating them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tumorboard.guidelines.model import Effect, Guideline, Rule, RuleGroup
from tumorboard.guidelines.tree import AboutRun, Connective, Node, Not

#: The values that rules conclude and later rules read.
CONCLUSIONS = ("category", "follow_up", "prognosis")
_OF_OPTIONS = ("offered", "shown", "status")


def leaves(node: Node) -> Iterator[Node]:
    """Yield the comparisons of a condition, from the left."""
    if isinstance(node, Connective):
        for part in node.parts:
            yield from leaves(part)
    elif isinstance(node, Not):
        yield from leaves(node.part)
    else:
        yield node


def conditions(rule: Rule) -> Iterator[Node]:
    """Yield every condition that decides what the rule concludes; not those of marks."""
    for node in (rule.requires, rule.when, rule.test):
        if node is not None:
            yield node
    for effect in effects(rule):
        if effect.condition is not None:
            yield effect.condition


def effects(rule: Rule) -> Iterator[Effect]:
    """Yield the effects under T, U and F."""
    for found in rule.effects.values():
        yield from found


def concludes(rule: Rule, kind: str, target: str = "") -> bool:
    """Whether a rule has an effect of this kind, on this target unless it is empty."""
    return any(e.kind == kind and target in ("", e.target) for e in effects(rule))


def stops(rule: Rule) -> bool:
    """Whether a rule can end the evaluation."""
    return any(e.stop for e in effects(rule))


@dataclass(frozen=True)
class Needs:
    """What a conclusion rests on: recorded inputs, computed values, and rules by id."""

    inputs: frozenset[str]
    derived: frozenset[str]
    rules: frozenset[str]


def needs(guideline: Guideline, targets: Iterable[str]) -> Needs:
    """Return everything that can influence the targets, by the text of the rules.

    A target is ``category``, ``follow_up``, ``prognosis`` or the identifier of an option.
    The set is closed: a rule that a condition asks about, the rules before it in a
    first-match group, and the rules that end the evaluation are in it.
    """
    search = _Search(guideline)
    search.todo = [("stop", ""), *((t if t in CONCLUSIONS else "option", t) for t in targets)]
    return search.run()


def rule_inputs(guideline: Guideline, rule: str) -> frozenset[str]:
    """Return the recorded inputs that can influence whether a rule fires."""
    search = _Search(guideline)
    search.todo = [("rule", rule)]
    return search.run().inputs


class _Search:
    def __init__(self, guideline: Guideline) -> None:
        self._guideline = guideline
        self.todo: list[tuple[str, str]] = []
        self._seen: set[tuple[str, str]] = set()
        self._rules: set[str] = set()
        self._inputs: set[str] = set()
        self._derived: set[str] = set()

    def run(self) -> Needs:
        while self.todo:
            item = self.todo.pop()
            if item not in self._seen:
                self._seen.add(item)
                self._visit(*item)
        return Needs(frozenset(self._inputs), frozenset(self._derived), frozenset(self._rules))

    def _visit(self, kind: str, target: str) -> None:
        if kind == "name":
            if target in CONCLUSIONS:
                self.todo.append((target, target))
            elif target in self._guideline.derived:
                self._derived.add(target)
                self.todo += [("name", read) for read in self._guideline.derived[target].reads]
            else:
                self._inputs.add(target)
            return
        for group in self._guideline.groups:
            for rule in group.rules:
                if self._matters(rule, kind, target):
                    self._add(group, rule)

    def _matters(self, rule: Rule, kind: str, target: str) -> bool:
        if kind == "stop":
            return stops(rule)
        if kind == "rule":
            return rule.id == target
        return concludes(rule, kind, "" if kind in CONCLUSIONS else target)

    def _add(self, group: RuleGroup, rule: Rule) -> None:
        together = group.rules if group.first_match else (rule,)
        for each in together:
            self._rules.add(each.id)
            for node in conditions(each):
                self._add_condition(node)

    def _add_condition(self, node: Node) -> None:
        for leaf in leaves(node):
            self.todo += [("name", name) for name in leaf.names()]
            if isinstance(leaf, AboutRun):
                kind = "option" if leaf.question in _OF_OPTIONS else "rule"
                self.todo.append((kind, leaf.target))
