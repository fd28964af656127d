"""The classes of values that the rules can tell apart, found in the guideline itself.

Two values of an input belong to one class when no condition and no computed value can
tell them apart. For numbers the candidates are cut at every number that stands in the
tables, in the settings in force and in the conditions; the arithmetic of computed values
has no thresholds of its own, so nothing else can cut. A set or a map has no classes.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tumorboard.case.facts import AtLeast, definition, fact_definitions
from tumorboard.guidelines.dependencies import leaves
from tumorboard.guidelines.derived_values import FUNCTIONS, Known
from tumorboard.guidelines.logic import Truth
from tumorboard.guidelines.model import Guideline
from tumorboard.guidelines.parameters import Settings
from tumorboard.guidelines.tree import (
    About,
    Comparison,
    Constant,
    NameOperand,
    Node,
    Predicate,
    Within,
)

#: Above this many calls of the arithmetic, values are kept apart instead of compared.
_MOST_CALLS = 50_000


@dataclass(frozen=True)
class Interval:
    """Numbers from ``low`` to ``high``; whether the ends belong to it."""

    low: float
    high: float
    low_closed: bool = True
    high_closed: bool = True

    def __contains__(self, number: object) -> bool:
        if not isinstance(number, int | float):
            return False
        above = number >= self.low if self.low_closed else number > self.low
        return above and (number <= self.high if self.high_closed else number < self.high)

    @property
    def inner(self) -> float:
        """A number inside: an end that belongs to it, or the middle."""
        if self.low_closed or self.high_closed:
            return self.low if self.low_closed else self.high
        return (self.low + self.high) / 2


@dataclass(frozen=True)
class ValueClass:
    """Values that no rule tells apart: choices, or an interval of numbers.

    ``value`` stands for all of them, in the one form of the fact.
    """

    value: Any
    members: tuple[Any, ...] = ()
    interval: Interval | None = None

    def holds(self, value: Any) -> bool:
        """Whether a known value belongs to the class; a list of numbers by its largest."""
        if self.interval is None:
            return value in self.members
        return (max(value) if isinstance(value, tuple) else value) in self.interval


class SettingsOnly:
    """An environment in which only settings and the given values can be read."""

    def __init__(self, settings: Settings, values: Mapping[str, Any]) -> None:
        self._settings = settings
        self._values = values

    def value(self, name: str) -> Any:
        """Return a given value."""
        return self._values[name]

    def setting(self, reference: str) -> Any:
        """Return a setting in force."""
        return self._settings.value(reference)

    def status(self, option: str) -> str | None:
        """Return nothing: no rule has run."""
        return None

    def fired(self, rule: str) -> bool:
        """Return false: no rule has run."""
        return False

    def outcome(self, rule: str) -> str:
        """Return nothing: no rule has run."""
        return ""

    def read(self, name: str, truth: Truth) -> None:
        """Leave no trace."""


def numbers_in(data: Any) -> Iterator[float]:
    """Yield every number in nested tables."""
    if isinstance(data, bool):
        return
    if isinstance(data, int | float):
        yield data
    elif isinstance(data, Mapping):
        for value in data.values():
            yield from numbers_in(value)
    elif isinstance(data, list | tuple):
        for value in data:
            yield from numbers_in(value)


def cut_points(
    guideline: Guideline, settings: Settings, nodes: Iterable[Node]
) -> tuple[float, ...]:
    """Return every number at which a rule or a computed value could change, ascending."""
    found = set(numbers_in(guideline.tables))
    found.update(numbers_in([settings.value(s) for s in settings.definitions]))
    for node in nodes:
        for leaf in leaves(node):
            found.update(_constants(getattr(leaf, "predicate", None)))
    return tuple(sorted(found))


def _constants(predicate: Predicate | None) -> Iterator[float]:
    if isinstance(predicate, Comparison) and isinstance(predicate.operand, Constant):
        yield from numbers_in(predicate.operand.value)
    if isinstance(predicate, Within):
        ends = (predicate.low, predicate.high)
        yield from (n for e in ends if isinstance(e, Constant) for n in numbers_in(e.value))


def pieces(cuts: Sequence[float], low: float, high: float, *, whole: bool) -> list[Interval]:
    """Cut [low, high] at every cut point: the points themselves and what lies between."""
    inside = sorted({low, high, *(c for c in cuts if low < c < high)})
    result = [Interval(inside[0], inside[0])]
    for left, right in itertools.pairwise(inside):
        first, last = math.floor(left) + 1, math.ceil(right) - 1
        if not whole:
            result.append(Interval(left, right, low_closed=False, high_closed=False))
        elif first <= last:
            result.append(Interval(first, last))
        if not whole or right == int(right):
            result.append(Interval(right, right))
    return result


class Domains:
    """The classes of each name that a set of conditions reads, under given settings."""

    def __init__(
        self,
        guideline: Guideline,
        settings: Settings,
        nodes: Sequence[Node],
        derived: Iterable[str],
    ) -> None:
        self._guideline, self._settings = guideline, settings
        self._derived = [name for name in guideline.derived if name in set(derived)]
        self._cuts = cut_points(guideline, settings, nodes)
        self._atoms = _atoms(nodes)
        self._env = SettingsOnly(settings, {})
        self._classes: dict[str, tuple[ValueClass, ...]] = {}
        for name in reversed(self._derived):
            self._classes[name] = self._merged(name)

    def classes(self, name: str) -> tuple[ValueClass, ...]:
        """Return the classes of an input or computed value."""
        if name not in self._classes:
            self._classes[name] = self._merged(name)
        return self._classes[name]

    def class_of(self, name: str, value: Any) -> Any:
        """Return the number of the class of a value; None when it is not known.

        A value outside every class, such as a lower bound, stands for itself.
        """
        if value is None or isinstance(value, AtLeast):
            return value
        found = (i for i, c in enumerate(self._classes.get(name, ())) if c.holds(value))
        return next(found, value)

    def _candidates(self, name: str) -> list[ValueClass]:
        if name in fact_definitions():
            info = definition(name)
            if info.kind == "choice":
                return [ValueClass(c.value, (c.value,)) for c in info.choices]
            if info.kind in ("set", "map", "date"):
                return []
            bounds = info.minimum or 0, math.inf if info.maximum is None else info.maximum
            return self._numeric(bounds, info.kind, info.min_items)
        found = self._guideline.derived[name]
        if found.kind == "choice":
            return [ValueClass(v, (v,)) for v in found.labels]
        return self._numeric((0, math.inf), "number", 0) if found.kind == "number" else []

    def _numeric(self, bounds: tuple[float, float], kind: str, items: int) -> list[ValueClass]:
        low, high = bounds
        top = high if math.isfinite(high) else max((low, *self._cuts)) * 2 + 1
        result = []
        for interval in pieces(self._cuts, low, top, whole=kind == "integer"):
            number = interval.inner
            value = (float(number),) * max(1, items) if kind == "numbers" else number
            open_ended = interval.high == top and not math.isfinite(high)
            result.append(
                ValueClass(value, (), replace(interval, high=high) if open_ended else interval)
            )
        return result

    def _merged(self, name: str) -> tuple[ValueClass, ...]:
        candidates = self._candidates(name)
        signatures = self._signatures(name, [c.value for c in candidates])
        if candidates and candidates[0].interval is not None:
            return _joined_runs(candidates, signatures)
        together: dict[Any, list[ValueClass]] = {}
        for candidate, signature in zip(candidates, signatures, strict=True):
            together.setdefault(signature, []).append(candidate)
        return tuple(
            ValueClass(group[0].value, tuple(m for c in group for m in c.members))
            for group in together.values()
        )

    def _signatures(self, name: str, values: list[Any]) -> list[Any]:
        if name in self._atoms.paired:
            return list(range(len(values)))
        columns: list[list[Any]] = []
        for predicate in self._atoms.about.get(name, ()):
            columns.append([self._truths(predicate, v) for v in values])
        for derived in self._derived:
            if name in self._guideline.derived[derived].reads:
                columns.append(self._results(derived, name, values))
        return [tuple(column[i] for column in columns) for i in range(len(values))]

    def _truths(self, predicate: Predicate, value: Any) -> tuple[Truth, Truth]:
        return predicate.holds(value, self._env, True), predicate.holds(value, self._env, False)

    def _results(self, derived: str, name: str, values: list[Any]) -> list[Any]:
        """Return for each value all classes of a computed value, over its other inputs."""
        others = [n for n in self._guideline.derived[derived].reads if n != name]
        domains = [[None, *(c.value for c in self._candidates(n))] for n in others]
        if math.prod(map(len, domains)) * len(values) > _MOST_CALLS or not all(domains):
            return list(range(len(values)))
        function = FUNCTIONS[derived]
        return [
            tuple(
                self._hashable(
                    derived, function, {name: value, **dict(zip(others, c, strict=True))}
                )
                for c in itertools.product(*domains)
            )
            for value in values
        ]

    def _hashable(
        self, derived: str, function: Callable[[Known], Any], values: dict[str, Any]
    ) -> Any:
        known = Known(values, self._settings, self._guideline.tables, self._guideline.criteria)
        return self.class_of(derived, function(known))


def _joined_runs(candidates: list[ValueClass], signatures: list[Any]) -> tuple[ValueClass, ...]:
    """Join neighbouring intervals of one signature."""
    result: list[ValueClass] = []
    last: Any = None
    for candidate, signature in zip(candidates, signatures, strict=True):
        if result and signature == last:
            result[-1] = _joined(result[-1], candidate)
        else:
            result.append(candidate)
        last = signature
    return tuple(result)


def _joined(left: ValueClass, right: ValueClass) -> ValueClass:
    if left.interval is None or right.interval is None:
        return left
    interval = replace(
        left.interval, high=right.interval.high, high_closed=right.interval.high_closed
    )
    use_right = not left.interval.low_closed and interval.high_closed
    return ValueClass(right.value if use_right else left.value, (), interval)


@dataclass(frozen=True)
class _Atoms:
    """Predicates asked about each name, and the names that are compared with another."""

    about: Mapping[str, tuple[Predicate, ...]]
    paired: frozenset[str]


def _atoms(nodes: Iterable[Node]) -> _Atoms:
    about: dict[str, dict[Predicate, None]] = {}
    paired: set[str] = set()
    for node in nodes:
        for leaf in leaves(node):
            if not isinstance(leaf, About):
                continue
            operand = getattr(leaf.predicate, "operand", None)
            if isinstance(operand, NameOperand):
                paired.update(leaf.names())
                continue
            for name in leaf.subjects:
                about.setdefault(name, {})[leaf.predicate] = None
    return _Atoms({k: tuple(v) for k, v in about.items()}, frozenset(paired))
