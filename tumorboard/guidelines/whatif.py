"""The smallest changes to what is recorded that would change a conclusion; exact.

A change gives one input another known value. A set of at most three changes is listed
for a conclusion when it leads to a result other than the present one and no part of it
leads to that same result. Values that no rule tells apart count as one. Recording nothing
where something was recorded is no change, and sets or maps are not varied (no rule on the
category or on an option reads one).
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tumorboard.case.facts import AtLeast, FactSheet, definition, fact_definitions, value_text
from tumorboard.guidelines.columns import Column, Columns
from tumorboard.guidelines.dependencies import Needs, conditions, needs
from tumorboard.guidelines.domains import Domains, Interval, ValueClass
from tumorboard.guidelines.model import Guideline
from tumorboard.guidelines.parameters import Settings
from tumorboard.guidelines.run import recorded
from tumorboard.language import _, inside, number

Indices = NDArray[np.intp]

CATEGORY = "category"
#: What an option becomes when no rule speaks of it any more.
NOT_SHOWN = ""
_CATEGORY_WORDS = {"not_applicable": _("Resectability would not apply")}
_NOT_VARIED = ("set", "map", "date")
#: Answers kept: undo, and a case that is opened again, ask what was asked before.
_MOST_KEPT = 32


@dataclass(frozen=True)
class Change:
    """One input with another value; ``value`` stands for all that read alike.

    ``was_unassessed`` says that nothing is recorded now.
    """

    name: str
    label: str
    value: Any
    value_text: str
    was_unassessed: bool


@dataclass(frozen=True)
class Flip:
    """A smallest set of changes, and what the category or the option becomes by it.

    ``becomes`` is the category or status, empty when the option would not be shown.
    """

    changes: tuple[Change, ...]
    becomes: str
    becomes_text: str

    @property
    def text(self) -> str:
        """The sentence, such as "Would become resectable if chest CT is done"."""
        parts = [
            _("{fact} is {value}", fact=inside(c.label), value=inside(c.value_text))
            for c in self.changes
        ]
        return _(
            "{becomes} if {changes}", becomes=self.becomes_text, changes=_(" and ").join(parts)
        )


@dataclass(frozen=True)
class WhatIf:
    """What would change the category, and what each option by its identifier."""

    category: tuple[Flip, ...]
    options: Mapping[str, tuple[Flip, ...]]


def what_would_change(
    facts: FactSheet, guideline: Guideline, settings: Settings | None = None
) -> WhatIf:
    """Return every smallest set of at most three changes that alters a conclusion.

    Sets that only fill in what is not assessed come first, then the smaller ones; within
    these the order of the facts form.

    Raises
    ------
    UserError
        For a fact that is not on the list, or a value outside its choices or range.

    """
    return _explorer(guideline, settings or guideline.settings).explore(facts)


_last: list[Explorer] = []


def _explorer(guideline: Guideline, settings: Settings) -> Explorer:
    """Return the explorer used last when nothing has changed: it is costly to make."""
    if not (_last and _last[0].guideline is guideline and _last[0].settings == settings):
        _last[:] = [Explorer(guideline, settings)]
    return _last[0]


@dataclass(frozen=True)
class _Literal:
    """One possible change: which input, and the number of its value in the column."""

    name: str
    code: int
    change: Change


class Explorer:
    """Finds what would change a case, for one guideline and its settings.

    An answer follows from these two, which never change, and from the values of ``inputs``
    alone; the last answers are kept under those values.
    """

    def __init__(self, guideline: Guideline, settings: Settings) -> None:
        self.guideline, self.settings = guideline, settings
        self.targets = (CATEGORY, *guideline.options)
        self._needs: dict[str, Needs] = {t: needs(guideline, [t]) for t in self.targets}
        self._all = needs(guideline, self.targets)
        nodes = [n for r in guideline.rules if r.id in self._all.rules for n in conditions(r)]
        self._domains = Domains(guideline, settings, nodes, self._all.derived)
        self.inputs = tuple(n for n in fact_definitions() if n in self._all.inputs)
        for name in self.inputs:
            self._domains.classes(name)
        self._kept: dict[str, WhatIf] = {}
        self._lock = threading.Lock()

    @cached_property
    def _membership(self) -> dict[str, int]:
        """For each input the targets that it can influence, as bits."""
        return {
            name: sum(
                1 << bit for bit, t in enumerate(self.targets) if name in self._needs[t].inputs
            )
            for name in self.inputs
        }

    def explore(self, facts: FactSheet) -> WhatIf:
        """Return the smallest changes for a case; the last answers are kept."""
        values = {name: value for name, value in recorded(facts).items() if name in self.inputs}
        key = repr(values)
        with self._lock:
            found = self._kept.get(key)
        if found is None:
            found = self._explored(values)
        with self._lock:
            self._kept.pop(key, None)  # so that it stands last: the first is forgotten first
            self._kept[key] = found
            if len(self._kept) > _MOST_KEPT:
                del self._kept[next(iter(self._kept))]
        return found

    def _explored(self, values: Mapping[str, Any]) -> WhatIf:
        """Return the smallest changes for these values; it is given nothing else to read."""
        literals, columns = self._literals(values)
        bits = np.array([self._membership[x.name] for x in literals], np.int64)
        owner = np.array([self.inputs.index(x.name) for x in literals], np.intp)
        sets = _Sets(bits, owner)
        results = self._results(columns, literals, sets)
        found = {
            target: self._flips(bit, target, results[target], literals, sets)
            for bit, target in enumerate(self.targets)
        }
        return WhatIf(found.pop(CATEGORY), MappingProxyType(found))

    def _literals(self, values: Mapping[str, Any]) -> tuple[list[_Literal], dict[str, list[Any]]]:
        literals: list[_Literal] = []
        columns: dict[str, list[Any]] = {}
        for name in self.inputs:
            now = values[name]
            columns[name] = [now]
            if definition(name).kind in _NOT_VARIED:
                continue
            for each in self._domains.classes(name):
                if now is None or isinstance(now, AtLeast) or not each.holds(now):
                    columns[name].append(each.value)
                    text = class_text(name, each)
                    change = Change(name, definition(name).label, each.value, text, now is None)
                    literals.append(_Literal(name, len(columns[name]) - 1, change))
        return literals, columns

    def _results(
        self, values: Mapping[str, list[Any]], literals: list[_Literal], sets: _Sets
    ) -> dict[str, NDArray[np.uint8]]:
        """Return the number of the result of every target for every set of changes."""
        size = len(sets.rows)
        columns = {n: Column(v, np.zeros(size, np.uint8)) for n, v in values.items()}
        of_literal = np.array([x.code for x in literals], np.uint8)
        position = {name: i for i, name in enumerate(self.inputs)}
        codes = np.zeros((len(self.inputs), size), np.uint8)
        of_name = np.array([position[x.name] for x in literals], np.intp)
        for k in range(3):
            here = np.flatnonzero(sets.rows[:, k] >= 0)
            chosen = sets.rows[here, k]
            codes[of_name[chosen], here] = of_literal[chosen]
        for name, i in position.items():
            columns[name].codes = codes[i]
        run = Columns(
            self.guideline, self.settings, columns, self._all.derived, self._all.rules, size
        )
        run.run()
        silent = np.full(size, len(self.guideline.statuses), np.uint8)
        options = {o: run.option_ranks.get(o, silent) for o in self.guideline.options}
        return {CATEGORY: run.category, **options}

    def _flips(
        self,
        bit: int,
        target: str,
        result: NDArray[np.uint8],
        literals: list[_Literal],
        sets: _Sets,
    ) -> tuple[Flip, ...]:
        rows = sets.smallest(bit, result)
        changes = [[literals[i] for i in sets.rows[row] if i >= 0] for row in rows]
        order = sorted(
            range(len(rows)),
            key=lambda i: (
                sum(not x.change.was_unassessed for x in changes[i]),
                len(changes[i]),
                tuple(sets.rows[rows[i]]),
            ),
        )
        words = {code: self._becomes(target, code) for code in np.unique(result[rows]).tolist()}
        return tuple(
            Flip(tuple(x.change for x in changes[i]), *words[int(result[rows[i]])]) for i in order
        )

    def _becomes(self, target: str, code: int) -> tuple[str, str]:
        if target == CATEGORY:
            category = list(self.guideline.categories)[code - 1]
            text = inside(self.guideline.categories[category])
            words = _CATEGORY_WORDS.get(category) or _("Would become {category}", category=text)
            return category, words
        statuses = list(self.guideline.statuses)
        if code == len(statuses):
            return NOT_SHOWN, _("Would no longer be shown")
        text = self.guideline.statuses[statuses[code]]
        return statuses[code], _("Would change to “{text}”", text=text)


class _Sets:
    """All sets of none to three changes that one target could depend on as a whole.

    ``rows`` holds the numbers of the changes of each set, ascending, filled up with -1;
    row 0 is the case as it is.
    """

    def __init__(self, bits: NDArray[np.int64], owner: Indices) -> None:
        count = len(bits)
        a, b = np.triu_indices(count, 1)
        together = (owner[a] != owner[b]) & ((bits[a] & bits[b]) != 0)
        a, b = a[together], b[together]
        # each pair is continued by every later change of another input
        more = count - 1 - b
        first = np.repeat(np.arange(len(a)), more)
        start = np.repeat(np.cumsum(more) - more, more)
        c = b[first] + 1 + np.arange(len(first)) - start
        shared = (bits[a] & bits[b])[first] & bits[c]
        kept = (shared != 0) & (owner[c] != owner[b[first]])
        first, c = first[kept], c[kept]
        pairs, triples = len(a), len(c)
        self.rows = np.full((1 + count + pairs + triples, 3), -1, np.intp)
        self.rows[1 : 1 + count, 0] = np.arange(count)
        self.rows[1 + count : 1 + count + pairs, :2] = np.stack([a, b], axis=1)
        self.rows[1 + count + pairs :] = np.stack([a[first], b[first], c], axis=1)
        self._bits = np.concatenate([np.array([-1]), bits, bits[a] & bits[b], shared[kept]])
        self._pair = np.zeros((count, count), np.intp)
        self._pair[a, b] = 1 + count + np.arange(pairs)
        self._singles, self._pairs = 1 + count, 1 + count + pairs

    def smallest(self, bit: int, result: NDArray[np.uint8]) -> Indices:
        """Return the rows that differ from row 0 and of which no part gives the same."""
        differs = result != result[0]
        rows = np.flatnonzero(differs & ((self._bits >> bit) & 1).astype(bool))
        singles = rows[rows < self._singles]
        pairs = rows[(rows >= self._singles) & (rows < self._pairs)]
        triples = rows[rows >= self._pairs]
        return np.concatenate(
            [
                singles,
                self._without_part(pairs, result, [(0,), (1,)]),
                self._without_part(triples, result, [(0,), (1,), (2,), (0, 1), (0, 2), (1, 2)]),
            ]
        )

    def _without_part(
        self, rows: Indices, result: NDArray[np.uint8], parts: list[tuple[int, ...]]
    ) -> Indices:
        for part in parts:
            members = self.rows[rows]
            if len(part) == 1:
                index = 1 + members[:, part[0]]
            else:
                index = self._pair[members[:, part[0]], members[:, part[1]]]
            rows = rows[result[index] != result[rows]]
        return rows


def class_text(name: str, each: ValueClass) -> str:
    """Return a class of values in words, such as "5 cm or less"."""
    if each.interval is None:
        first, *more = (value_text(name, m) for m in each.members)
        if not more:
            return first
        *others, last = map(inside, more)
        return _("{values} or {last}", values=", ".join([first, *others]), last=last)
    info = definition(name)
    text = interval_text(each.interval, info.minimum, info.maximum)
    return f"{text} {info.unit_words}".strip()


def interval_text(interval: Interval, minimum: float | None, maximum: float | None) -> str:
    """Return an interval in words; the ends of the possible range are left out."""
    low, high = number(interval.low, "g"), number(interval.high, "g")
    if interval.low == interval.high:
        return low
    from_start = interval.low_closed and interval.low == (minimum or 0)
    to_end = interval.high_closed and maximum is not None and interval.high == maximum
    if to_end:
        return _("{low} or more", low=low) if interval.low_closed else _("more than {low}", low=low)
    upper = _("up to {high}", high=high) if interval.high_closed else _("below {high}", high=high)
    if from_start:
        return upper
    lower = _("from {low}", low=low) if interval.low_closed else _("above {low}", low=low)
    return f"{lower}, {upper}"
