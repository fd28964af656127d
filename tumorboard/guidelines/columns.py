"""Puts the rules to many hypothetical cases at once, a column for each value.

The meaning of a condition stays where it is defined: each comparison is answered once for
every value that occurs, and the answers are spread over the cases. Truth values are the
numbers 0 (false), 1 (not known) and 2 (true), so that and is the smaller, or the larger.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tumorboard.guidelines.dependencies import CONCLUSIONS
from tumorboard.guidelines.derived_values import FUNCTIONS, Known
from tumorboard.guidelines.domains import SettingsOnly
from tumorboard.guidelines.logic import Truth
from tumorboard.guidelines.model import Effect, Guideline, Rule, RuleGroup
from tumorboard.guidelines.parameters import Settings
from tumorboard.guidelines.tree import (
    OFFERED,
    About,
    AboutRun,
    Connective,
    NameOperand,
    Node,
    Not,
)

Codes = NDArray[np.uint8]
Mask = NDArray[np.bool_]

_FALSE, _UNKNOWN, _TRUE = 0, 1, 2
_LETTERS = {"F": _FALSE, "U": _UNKNOWN, "T": _TRUE}


@dataclass
class Column:
    """One name: the values that occur, and for each case the number of its value."""

    values: list[Any]
    codes: Codes


def _number(truth: Truth) -> int:
    return _UNKNOWN if truth is None else _TRUE if truth else _FALSE


class Columns:
    """The state of one evaluation of ``size`` cases.

    The cases may also lie in a grid whose axes the columns share: ``size`` is then 1 along
    each axis, and an answer spans those axes only that it depends on.

    ``recorded`` holds a column for every input that the rules in use read; ``rules`` are
    the identifiers of the rules in use.
    """

    def __init__(
        self,
        guideline: Guideline,
        settings: Settings,
        recorded: Mapping[str, Column],
        derived: Iterable[str],
        rules: frozenset[str],
        size: int | tuple[int, ...],
    ) -> None:
        self._guideline, self._settings, self._size = guideline, settings, size
        self._rules = rules
        self._ranks = {status: i for i, status in enumerate(guideline.statuses)}
        self._columns = dict(recorded)
        self._cache: dict[tuple[Node, bool], Codes] = {}
        self._fired: dict[str, Mask] = {}
        self._letters: dict[str, Codes] = {}
        self.option_ranks: dict[str, Codes] = {}
        self.category = np.zeros(size, np.uint8)
        self._stopped = np.zeros(size, bool)
        wanted = set(derived)
        for name in guideline.derived:
            if name in wanted:
                self._columns[name] = self._derive(name)
        self._columns["category"] = self._conclusion([None, *guideline.categories], None)
        self._columns["follow_up"] = self._conclusion(list(guideline.follow_up_keys), "none")
        self._columns["prognosis"] = self._conclusion(list(guideline.prognosis_keys), "none")

    def _conclusion(self, values: list[Any], start: Any) -> Column:
        return Column(values, np.full(self._size, values.index(start), np.uint8))

    def _derive(self, name: str) -> Column:
        """Compute a value once for each combination of its inputs that occurs."""
        reads = self._guideline.derived[name].reads
        sizes = [len(self._columns[r].values) for r in reads]
        index = np.zeros(self._size, np.int32)
        for read, size in zip(reads, sizes, strict=True):
            index = index * size + self._columns[read].codes
        seen = np.zeros(math.prod(sizes), bool)
        seen[index] = True
        values: list[Any] = []
        lookup = np.zeros(seen.size, np.uint8)
        for position in np.flatnonzero(seen):
            codes = np.unravel_index(position, sizes)
            chosen = {r: self._columns[r].values[c] for r, c in zip(reads, codes, strict=True)}
            g = self._guideline
            value = FUNCTIONS[name](Known(chosen, self._settings, g.tables, g.criteria))
            if value not in values:
                values.append(value)
            lookup[position] = values.index(value)
        return Column(values, lookup[index])

    # conditions

    def answer(self, node: Node, *, strict: bool) -> Codes:
        """Return the truth value of a condition for every case."""
        if isinstance(node, Connective):
            parts = [self.answer(p, strict=strict) for p in node.parts]
            return _fold(np.minimum if node.word == "and" else np.maximum, parts)
        if isinstance(node, Not):
            return _TRUE - self.answer(node.part, strict=strict)
        if isinstance(node, AboutRun):
            if node.question == "fired":
                mask = self._fired.get(node.target, self._none())
            elif node.question == "outcome":
                fired = self._fired.get(node.target, self._none())
                letters = self._letters.get(node.target, np.zeros(self._size, np.uint8))
                mask = fired & (letters == _LETTERS[node.answer])
            else:
                mask = self._about_option(node)
            return np.where(mask, np.uint8(_TRUE), np.uint8(_FALSE))
        names = tuple(node.names())
        if not names:
            truth = node.evaluate(SettingsOnly(self._settings, {}), strict)
            return np.full(self._size, _number(truth), np.uint8)
        if any(name in CONCLUSIONS for name in names):
            return self._about(node, names, strict)
        key = (node, strict)
        if key not in self._cache:
            self._cache[key] = self._about(node, names, strict)
        return self._cache[key]

    def _about(self, node: Node, names: tuple[str, ...], strict: bool) -> Codes:
        if not isinstance(node, About) or len(names) == 1:
            return self._spread(node, names, strict)
        operand = getattr(node.predicate, "operand", None)
        if isinstance(operand, NameOperand):
            return self._spread(node, names, strict)
        parts = [
            self.answer(About((subject,), "", node.predicate), strict=strict)
            for subject in node.subjects
        ]
        return _fold(np.minimum if node.quantifier == "all" else np.maximum, parts)

    def _spread(self, node: Node, names: Sequence[str], strict: bool) -> Codes:
        """Answer for every combination of values of the names and look the cases up."""
        columns = [self._columns[name] for name in names]
        answers = [
            _number(
                node.evaluate(
                    SettingsOnly(self._settings, dict(zip(names, chosen, strict=True))), strict
                )
            )
            for chosen in itertools.product(*(c.values for c in columns))
        ]
        index: NDArray[Any] = columns[0].codes
        for column in columns[1:]:
            index = index.astype(np.int32) * len(column.values) + column.codes
        found: Codes = np.array(answers, np.uint8)[index]
        return found

    def _about_option(self, node: AboutRun) -> Mask:
        ranks = self.option_ranks.get(node.target)
        if ranks is None:
            return self._none()
        wanted = list(self._ranks) if node.question == "shown" else list(OFFERED)
        if node.question == "status":
            wanted = [node.answer]
        return np.isin(ranks, [self._ranks[status] for status in wanted])

    def _none(self) -> Mask:
        return np.zeros(self._size, bool)

    # rules

    def run(self) -> None:
        """Put all rules in use, in the order of the guideline."""
        for group in self._guideline.groups:
            self._put_group(group)

    def _put_group(self, group: RuleGroup) -> None:
        active = ~self._stopped
        for rule in group.rules:
            if rule.id in self._rules:
                fired = self._put(rule, active)
                if group.first_match:
                    active &= ~fired

    def _put(self, rule: Rule, active: Mask) -> Mask:
        fired = active & self.holds(rule.when)
        if rule.requires is not None:
            fired &= self.holds(rule.requires)
        if not fired.any():
            return fired
        letters = np.full(self._size, _TRUE, np.uint8)
        if rule.test is not None:
            letters = self.answer(rule.test, strict=True)
        before = self._fired.get(rule.id, self._none())
        self._letters[rule.id] = np.where(before, self._letters.get(rule.id, letters), letters)
        self._fired[rule.id] = before | fired
        for letter, effects in rule.effects.items():
            reached = fired if rule.test is None else fired & (letters == _LETTERS[letter])
            for effect in effects:
                self._apply(effect, reached)
        return fired

    def holds(self, condition: Node | None) -> Mask:
        """Return the cases in which a condition holds."""
        if condition is None:
            return np.ones(self._size, bool)
        return np.equal(self.answer(condition, strict=False), _TRUE)

    def _apply(self, effect: Effect, reached: Mask) -> None:
        if effect.kind not in ("option", *CONCLUSIONS):
            return
        if effect.condition is not None:
            reached = reached & self.holds(effect.condition)
        if effect.kind == "option":
            start = np.full(self._size, len(self._ranks), np.uint8)
            old = self.option_ranks.get(effect.target, start)
            new = np.minimum(old, np.uint8(self._ranks[effect.status]))
            self.option_ranks[effect.target] = np.where(reached, new, old)
        else:
            column = self._columns[effect.kind]
            column.codes = np.where(
                reached, np.uint8(column.values.index(effect.target)), column.codes
            )
            if effect.kind == "category":
                first = reached & (self.category == 0)
                self.category = np.where(first, column.codes, self.category)
        self._stopped |= reached & effect.stop


def _fold(combine: np.ufunc, parts: list[Codes]) -> Codes:
    result = parts[0]
    for part in parts[1:]:
        result = combine(result, part)
    return result
