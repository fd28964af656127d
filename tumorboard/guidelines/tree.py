"""The tree of a condition and how it is evaluated."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from tumorboard.case.facts import AtLeast
from tumorboard.guidelines.logic import Truth, conjunction, disjunction, negation

#: Statuses of an option that count as offered.
OFFERED = ("suggest", "consider")


class Environment(Protocol):
    """What a condition can read."""

    def value(self, name: str) -> Any:
        """Return the value of an input or derived value; None when not known."""

    def setting(self, reference: str) -> Any:
        """Return a setting, or one entry of it ("S-17.min_grade")."""

    def status(self, option: str) -> str | None:
        """Return the merged status of an option; None when no rule mentions it."""

    def fired(self, rule: str) -> bool:
        """Whether a rule fired."""

    def outcome(self, rule: str) -> str:
        """Return T, F or U of a rule's test; empty when it was not put."""

    def read(self, name: str, truth: Truth) -> None:
        """Note that a name was read and what the comparison gave."""


class Node(Protocol):
    """A part of a condition."""

    def evaluate(self, env: Environment, strict: bool) -> Truth:
        """Evaluate; ``strict`` is three-valued, otherwise the recorded value counts."""

    def names(self) -> Iterable[str]:
        """Return the names that it reads."""

    def unsettled(self, env: Environment) -> Iterable[str]:
        """Return the names whose missing values keep a test from an answer; none when it has one.

        Only parts that are themselves not known are looked into: a name below a part that
        is already true or false can change nothing.
        """


class Operand(Protocol):
    """The right side of a comparison."""

    def get(self, env: Environment) -> Any:
        """Return the value; None when not known."""


@dataclass(frozen=True)
class Constant:
    """A fixed word or number."""

    value: Any

    def get(self, env: Environment) -> Any:
        """Return the value."""
        return self.value


@dataclass(frozen=True)
class NameOperand:
    """Another input or derived value."""

    name: str

    def get(self, env: Environment) -> Any:
        """Return its value and note that it was read."""
        value = env.value(self.name)
        env.read(self.name, None if value is None else True)
        return value


@dataclass(frozen=True)
class SettingOperand:
    """An institutional setting."""

    reference: str

    def get(self, env: Environment) -> Any:
        """Return its value."""
        return env.setting(self.reference)


class Predicate(Protocol):
    """What is asked about one value."""

    def holds(self, value: Any, env: Environment, strict: bool) -> Truth:
        """Answer for a value, None being not known."""


_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def compare(left: Any, sign: str, right: Any) -> Truth:
    """Compare two known values; a lower bound answers only where every larger count would."""
    if isinstance(left, AtLeast):
        if sign in (">", ">="):
            return True if _ORDER[sign](left.count, right) else None
        if sign in ("<", "<="):
            return None if _ORDER[sign](left.count, right) else False
        never_equal = left.count > right
        if not never_equal:
            return None
        return sign == "!="
    if sign == "=":
        return bool(left == right)
    if sign == "!=":
        return bool(left != right)
    return _ORDER[sign](left, right)


@dataclass(frozen=True)
class Comparison:
    """``= != < <= > >=`` with an operand."""

    sign: str
    operand: Operand

    def holds(self, value: Any, env: Environment, strict: bool) -> Truth:
        """Compare; see the module on unknown values."""
        right = self.operand.get(env)
        known = value is not None and right is not None
        if known:
            return compare(value, self.sign, right)
        if strict or self.sign not in ("=", "!="):
            return None
        if isinstance(self.operand, NameOperand):
            return False  # comparing two inputs needs both
        return self.sign == "!="


@dataclass(frozen=True)
class Membership:
    """``in { }`` or ``not in { }``; a single operand stands for a whole set."""

    operands: tuple[Operand, ...]
    inside: bool

    def holds(self, value: Any, env: Environment, strict: bool) -> Truth:
        """Answer whether the value is one of the set."""
        if value is None:
            return None if strict else not self.inside
        return (value in members(self.operands, env)) == self.inside


@dataclass(frozen=True)
class Within:
    """``in [low, high]``, ``in [low, high)`` or ``in (low, high)``."""

    low: Operand
    high: Operand
    closed: bool
    low_closed: bool = True

    def holds(self, value: Any, env: Environment, strict: bool) -> Truth:
        """Answer whether the number lies in the interval."""
        if value is None:
            return None
        low = compare(value, ">=" if self.low_closed else ">", self.low.get(env))
        high = compare(value, "<=" if self.closed else "<", self.high.get(env))
        return conjunction((low, high))


@dataclass(frozen=True)
class Includes:
    """Whether a list holds one of the members."""

    operands: tuple[Operand, ...]

    def holds(self, value: Any, env: Environment, strict: bool) -> Truth:
        """Answer whether the list and the set meet."""
        if value is None:
            return None if strict else False
        return bool(set(value) & set(members(self.operands, env)))


@dataclass(frozen=True)
class Known:
    """``is known`` or ``is unknown``; itself always known."""

    known: bool

    def holds(self, value: Any, env: Environment, strict: bool) -> Truth:
        """Answer whether a value is recorded."""
        return (value is not None) == self.known


@dataclass(frozen=True)
class Empty:
    """``is empty`` or ``is not empty``: a list without members, or none recorded."""

    empty: bool

    def holds(self, value: Any, env: Environment, strict: bool) -> Truth:
        """Answer whether there is nothing in the list."""
        return (not value) == self.empty


def members(operands: tuple[Operand, ...], env: Environment) -> tuple[Any, ...]:
    """Return the members of a set; an operand that is itself a set gives all of its own."""
    result: list[Any] = []
    for operand in operands:
        value = operand.get(env)
        result.extend(value if isinstance(value, tuple | list | frozenset) else (value,))
    return tuple(result)


@dataclass(frozen=True)
class About:
    """A predicate about one name, or about each of a list of names."""

    subjects: tuple[str, ...]
    quantifier: str  # "", "any" or "all"
    predicate: Predicate

    def evaluate(self, env: Environment, strict: bool) -> Truth:
        """Ask about each name and combine."""
        answers = []
        for name in self.subjects:
            truth = self._ask(name, env, strict)
            env.read(name, truth)
            answers.append(truth)
        return conjunction(answers) if self.quantifier == "all" else disjunction(answers)

    def _ask(self, name: str, env: Environment, strict: bool) -> Truth:
        return self.predicate.holds(env.value(name), env, strict)

    def names(self) -> Iterable[str]:
        """Return the subjects and the name on the right side, if there is one."""
        operand = getattr(self.predicate, "operand", None)
        return (*self.subjects, *((operand.name,) if isinstance(operand, NameOperand) else ()))

    def unsettled(self, env: Environment) -> Iterable[str]:
        """Return the subjects without an answer, or the other side where that is not known."""
        if self.evaluate(env, strict=True) is not None:
            return ()
        operand = getattr(self.predicate, "operand", None)
        other = (operand.name,) if isinstance(operand, NameOperand) else ()
        unknown_other = tuple(name for name in other if env.value(name) is None)
        asked = (n for n in self.subjects if self._ask(n, env, strict=True) is None)
        return (*(n for n in asked if not unknown_other or env.value(n) is None), *unknown_other)


@dataclass(frozen=True)
class AboutEntries:
    """A predicate about any or all of the numbers in a map such as the vessel contacts.

    With ``among`` only the entries of these keys are asked.
    """

    name: str
    quantifier: str
    predicate: Predicate
    among: tuple[Operand, ...] = ()

    def evaluate(self, env: Environment, strict: bool) -> Truth:
        """Ask about each number and combine; an empty map is not known in a test."""
        entries: Mapping[str, float] | None = env.value(self.name)
        if entries is None and strict:
            truth: Truth = None
        else:
            keys = members(self.among, env) if self.among else tuple(entries or ())
            asked = [v for key, v in (entries or {}).items() if key in keys]
            answers = [self.predicate.holds(v, env, strict) for v in asked]
            truth = conjunction(answers) if self.quantifier == "all" else disjunction(answers)
        env.read(self.name, truth)
        return truth

    def names(self) -> Iterable[str]:
        """Return the name of the map."""
        return (self.name,)

    def unsettled(self, env: Environment) -> Iterable[str]:
        """Return the map while it leaves the question open."""
        return (self.name,) if self.evaluate(env, strict=True) is None else ()


@dataclass(frozen=True)
class AboutSetting:
    """A predicate about a setting."""

    reference: str
    predicate: Predicate

    def evaluate(self, env: Environment, strict: bool) -> Truth:
        """Ask about the setting."""
        return self.predicate.holds(env.setting(self.reference), env, strict)

    def names(self) -> Iterable[str]:
        """Return nothing: no input is read."""
        return ()

    def unsettled(self, env: Environment) -> Iterable[str]:
        """Return nothing: the answer is always known."""
        return ()


@dataclass(frozen=True)
class AboutRun:
    """A question about what earlier rules concluded."""

    question: str  # "offered", "shown", "status", "fired", "outcome"
    target: str
    answer: str = ""

    def evaluate(self, env: Environment, strict: bool) -> Truth:
        """Answer from the run so far."""
        if self.question == "fired":
            return env.fired(self.target)
        if self.question == "outcome":
            return env.outcome(self.target) == self.answer
        status = env.status(self.target)
        if self.question == "offered":
            return status in OFFERED
        return status is not None if self.question == "shown" else status == self.answer

    def names(self) -> Iterable[str]:
        """Return nothing: no input is read."""
        return ()

    def unsettled(self, env: Environment) -> Iterable[str]:
        """Return nothing: the answer is always known."""
        return ()


@dataclass(frozen=True)
class Always:
    """Always true."""

    def evaluate(self, env: Environment, strict: bool) -> Truth:
        """Return true."""
        return True

    def names(self) -> Iterable[str]:
        """Return nothing."""
        return ()

    def unsettled(self, env: Environment) -> Iterable[str]:
        """Return nothing: the answer is always known."""
        return ()


@dataclass(frozen=True)
class Not:
    """The opposite of a part."""

    part: Node

    def evaluate(self, env: Environment, strict: bool) -> Truth:
        """Return the Kleene negation."""
        return negation(self.part.evaluate(env, strict))

    def names(self) -> Iterable[str]:
        """Return the names of the part."""
        return self.part.names()

    def unsettled(self, env: Environment) -> Iterable[str]:
        """Return what leaves the part open."""
        return self.part.unsettled(env)


@dataclass(frozen=True)
class Connective:
    """``and`` or ``or`` of parts; every part is evaluated, for the trace."""

    word: str
    parts: tuple[Node, ...]

    def evaluate(self, env: Environment, strict: bool) -> Truth:
        """Return the Kleene conjunction or disjunction."""
        answers = [part.evaluate(env, strict) for part in self.parts]
        return conjunction(answers) if self.word == "and" else disjunction(answers)

    def names(self) -> Iterable[str]:
        """Return the names of all parts."""
        return tuple(name for part in self.parts for name in part.names())

    def unsettled(self, env: Environment) -> Iterable[str]:
        """Return what leaves the open parts open, when they leave the whole open."""
        if self.evaluate(env, strict=True) is not None:
            return ()
        return tuple(name for part in self.parts for name in part.unsettled(env))
