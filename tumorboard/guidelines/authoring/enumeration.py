"""Goes through every combination of inputs that a set of rules can tell apart."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tumorboard.case.facts import definition, fact_definitions, value_text
from tumorboard.guidelines.columns import Column, Columns, Mask
from tumorboard.guidelines.dependencies import CONCLUSIONS, conditions, leaves
from tumorboard.guidelines.domains import Domains, cut_points
from tumorboard.guidelines.logic import Truth
from tumorboard.guidelines.model import Guideline, Rule, RuleGroup
from tumorboard.guidelines.parameters import SettingChange, Settings
from tumorboard.guidelines.tree import AboutRun, Connective, Node

#: Combinations that are still gone through one by one.
MOST_ROWS = 5_000_000
_LETTERS = ("", "T", "U", "F")


class TooManyError(ValueError):
    """There are more combinations than can be gone through."""


@dataclass(frozen=True)
class DecisionTable:
    """Every combination of the inputs of a group of rules, and which rules hold in it.

    ``names`` and ``values`` are the inputs and their values (the first is None, not
    known). ``holds`` says for each rule in which combinations its conditions are met,
    ``concludes`` in which of these one of its effects applies.
    """

    names: tuple[str, ...]
    values: tuple[tuple[Any, ...], ...]
    size: int
    holds: tuple[Mask, ...]
    concludes: tuple[Mask, ...]

    def combination(self, row: int) -> dict[str, Any]:
        """Return the values of one combination by name."""
        codes = np.unravel_index(row, [len(v) for v in self.values])
        return {n: v[c] for n, v, c in zip(self.names, self.values, codes, strict=True)}

    def decided(self) -> Mask:
        """Return where the first rule that holds also concludes something."""
        open_rows, decided = np.ones(self.size, bool), np.zeros(self.size, bool)
        for holds, concludes in zip(self.holds, self.concludes, strict=True):
            decided |= open_rows & concludes
            open_rows &= ~holds
        return decided

    def reached(self) -> list[bool]:
        """Return for each rule whether any combination gets to it and fulfils it."""
        open_rows, result = np.ones(self.size, bool), []
        for holds in self.holds:
            result.append(bool((open_rows & holds).any()))
            open_rows = open_rows & ~holds
        return result


def decision_table(guideline: Guideline, group: RuleGroup, settings: Settings) -> DecisionTable:
    """Put every combination of inputs to every rule of a group.

    Computed values are computed from their inputs, so that combinations which cannot
    occur do not appear.

    Raises
    ------
    TooManyError
        When there are more than `MOST_ROWS` combinations.

    """
    nodes = [node for rule in group.rules for node in conditions(rule)]
    inputs, derived = _read(guideline, nodes)
    domains = Domains(guideline, settings, nodes, derived)
    values = tuple((None, *(c.value for c in domains.classes(n))) for n in inputs)
    shape = [len(v) for v in values]
    size = math.prod(shape)
    if size > MOST_ROWS:
        raise TooManyError(f"{size} combinations")
    # each input along an axis of its own: a condition is answered for the inputs it reads only
    recorded = {
        name: Column(
            list(v), np.arange(len(v), dtype=np.uint8).reshape(-1, *(1,) * (len(shape) - axis - 1))
        )
        for axis, (name, v) in enumerate(zip(inputs, values, strict=True))
    }
    columns = Columns(guideline, settings, recorded, derived, frozenset(), (1,) * len(shape))
    met = [columns.holds(rule.when) & columns.holds(rule.requires) for rule in group.rules]
    effects = [_any_effect(columns, rule) for rule in group.rules]
    holds = tuple(_every(mask, shape) for mask in met)
    concludes = tuple(_every(m & e, shape) for m, e in zip(met, effects, strict=True))
    return DecisionTable(inputs, values, size, holds, concludes)


def _every(mask: Mask, shape: Sequence[int]) -> Mask:
    """Return the answer of a mask for each combination, the last input changing fastest."""
    return np.broadcast_to(mask, shape).reshape(-1)


def _any_effect(columns: Columns, rule: Rule) -> Mask:
    masks = [columns.holds(e.condition) for found in rule.effects.values() for e in found]
    result = masks[0]
    for mask in masks[1:]:
        result = result | mask
    return result


def _read(guideline: Guideline, nodes: Sequence[Node]) -> tuple[tuple[str, ...], set[str]]:
    """Return what to vary, and the values to compute from it.

    A computed value whose inputs nothing else reads is varied itself.
    """
    read = {n for node in nodes for leaf in leaves(node) for n in leaf.names()}
    read -= set(CONCLUSIONS)
    behind = {name: _behind(guideline, name) for name in read}
    inputs: set[str] = set()
    derived: set[str] = set()
    for name in read:
        others = set().union(*(behind[n][0] for n in read if n != name))
        if name in guideline.derived and not behind[name][0] & others:
            inputs.add(name)
        else:
            inputs |= behind[name][0]
            derived |= behind[name][1]
    order = (*fact_definitions(), *guideline.derived)
    return tuple(n for n in order if n in inputs), derived


def _behind(guideline: Guideline, name: str) -> tuple[set[str], set[str]]:
    """Return the recorded inputs and the computed values that a name rests on, itself too."""
    if name not in guideline.derived:
        return {name}, set()
    inputs: set[str] = set()
    derived = {name}
    for read in guideline.derived[name].reads:
        more_inputs, more_derived = _behind(guideline, read)
        inputs |= more_inputs
        derived |= more_derived
    return inputs, derived


def setting_variants(guideline: Guideline, group: RuleGroup) -> Iterator[Settings]:
    """Yield the settings with every combination of the choices that a group rests on."""
    nodes = [node for rule in group.rules for node in conditions(rule)]
    _, derived = _read(guideline, nodes)
    used = {s for rule in group.rules for s in rule.settings}
    used |= {s for name in derived for s in guideline.derived[name].settings}
    definitions = guideline.settings.definitions
    chosen = sorted(s for s in used if definitions[s].kind == "choice")
    for values in itertools.product(*(definitions[s].allowed for s in chosen)):
        settings = guideline.settings
        for setting, value in zip(chosen, values, strict=True):
            settings = settings.with_change(SettingChange(setting, value))
        yield settings


# conditions on their own, computed values and conclusions taken as free


@dataclass(frozen=True)
class _Free:
    """An environment in which every name, status and outcome has a given value."""

    guideline: Guideline
    values: dict[str, Any]

    def value(self, name: str) -> Any:
        return self.values[name]

    def setting(self, reference: str) -> Any:
        return self.guideline.settings.value(reference)

    def status(self, option: str) -> str | None:
        status: str | None = self.values[option]
        return status

    def fired(self, rule: str) -> bool:
        return self.outcome(rule) != ""

    def outcome(self, rule: str) -> str:
        letter: str = self.values[rule]
        return letter

    def read(self, name: str, truth: Truth) -> None:
        """Leave no trace."""


def example(guideline: Guideline, nodes: Sequence[Node]) -> dict[str, Any] | None:
    """Return values with which all conditions hold together; None when there are none.

    Computed values, conclusions and earlier rules may take any value here. So None means
    that the conditions can never hold; an example need not be a possible case.
    """
    parts = [part for node in nodes for part in _conjuncts(node)]
    domains = Domains(guideline, guideline.settings, nodes, ())
    free: dict[str, list[Any]] = {}
    for part in parts:
        for name in _mentioned(part):
            if name not in free:
                free[name] = _values_of(guideline, domains, nodes, name)
    order = list(free)
    due: list[list[Node]] = [[] for _ in range(len(order) + 1)]
    for part in parts:  # asked as soon as all that it mentions has a value
        due[max((order.index(n) + 1 for n in _mentioned(part)), default=0)].append(part)
    return _assigned(_Free(guideline, {}), order, free, due)


def _conjuncts(node: Node) -> Iterator[Node]:
    if isinstance(node, Connective) and node.word == "and":
        for part in node.parts:
            yield from _conjuncts(part)
    else:
        yield node


def _mentioned(node: Node) -> Iterator[str]:
    for leaf in leaves(node):
        yield from ([leaf.target] if isinstance(leaf, AboutRun) else leaf.names())


def _assigned(
    env: _Free, order: list[str], free: Mapping[str, list[Any]], due: list[list[Node]]
) -> dict[str, Any] | None:
    """Give the next name each of its values in turn and go on while nothing fails."""
    depth = len(env.values)
    if not all(part.evaluate(env, strict=False) is True for part in due[depth]):
        return None
    if depth == len(order):
        return dict(env.values)
    for value in free[order[depth]]:
        env.values[order[depth]] = value
        found = _assigned(env, order, free, due)
        if found is not None:
            return found
        del env.values[order[depth]]
    return None


def _values_of(
    guideline: Guideline, domains: Domains, nodes: Sequence[Node], name: str
) -> list[Any]:
    if name == "category":
        return [None, *guideline.categories]
    if name in CONCLUSIONS:
        return list(guideline.follow_up_keys if name == "follow_up" else guideline.prognosis_keys)
    if name.startswith("O-"):
        return [None, *guideline.statuses]
    if name.startswith("R-"):
        return list(_LETTERS)
    found = [None, *(c.value for c in domains.classes(name))]
    if len(found) > 1:
        return found
    if name in guideline.derived:  # a list
        labels = tuple(guideline.derived[name].labels) or guideline.criteria
        return [None, (), *((label,) for label in labels), labels]
    info = definition(name)
    keys = tuple(c.value for c in info.choices)
    if info.kind == "set":
        return [None, *((key,) for key in keys), keys]
    cuts = cut_points(guideline, guideline.settings, nodes)
    numbers = sorted({*cuts, *(c + 0.5 for c in cuts)})
    within = [n for n in numbers if n <= (info.maximum or n)]
    return [None, *({key: n} for key in keys for n in within)]


def words(guideline: Guideline, values: Mapping[str, Any]) -> str:
    """Return a combination in words, leaving out what is not known."""
    parts = []
    for name, value in values.items():
        if name in fact_definitions() and value is not None:
            parts.append(f"{definition(name).label}: {value_text(name, value)}")
        elif name in guideline.derived and value is not None:
            parts.append(f"{guideline.derived[name].label}: {value}")
    return "; ".join(parts) or "nothing is recorded"
