"""A guideline as loaded: rules, options, settings, tables, evidence. All frozen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tumorboard.guidelines.catalogue import Catalogue
from tumorboard.guidelines.parameters import Settings
from tumorboard.guidelines.translation import Spoken
from tumorboard.guidelines.tree import Node


@dataclass(frozen=True)
class Ask:
    """An input to ask for, when ``condition`` holds (always without one)."""

    name: str
    condition: Node | None = None


@dataclass(frozen=True)
class Mark:
    """A reservation on a conclusion, such as "extrapolated from leiomyosarcoma"."""

    text: str
    condition: Node | None = None


@dataclass(frozen=True)
class Effect:
    """What a rule concludes when it fires and ``condition`` holds.

    ``kind`` is option, alert, note, display, silence, category, conflicts, follow_up or
    prognosis; ``target`` the option, severity, category or key. ``strength`` and ``facts``
    are None where those of the rule hold.

    Only for an option: ``status``, ``direction`` (for, against or open) and ``quality`` of
    the evidence where they are not those of the status and of the facts, ``state`` (a word
    that stands for the status on screen), ``equal_with`` (the option that is its equal
    alternative) and ``departure`` (settings by which it says more than its source). Only
    for an alert: ``contradiction`` (two recorded values exclude each other),
    ``touches_category`` (the category line names it, in the
    words of ``summary``).
    """

    kind: str
    target: str
    status: str = ""
    condition: Node | None = None
    text: str = ""
    mark: Mark | None = None
    missing: tuple[Ask, ...] = ()
    also_missing: tuple[Ask, ...] = ()
    qualifiers: tuple[Mark, ...] = ()
    conflicts: tuple[str, ...] = ()
    stop: bool = False
    strength: str | None = None
    facts: tuple[str, ...] | None = None
    state: str = ""
    equal_with: str = ""
    departure: tuple[str, ...] = ()
    direction: str = ""
    quality: str = ""
    contradiction: bool = False
    touches_category: bool = False
    summary: str = ""


@dataclass(frozen=True)
class Rule:
    """One rule: when, then, and on what it rests.

    Without a ``test`` the effects stand under "T"; with one under T, U and F. ``background``
    are facts that are shown beside those it rests on.
    """

    id: str
    part: str
    group: str
    requires: Node | None
    when: Node
    test: Node | None
    effects: Mapping[str, tuple[Effect, ...]]
    text: str
    strength: str
    facts: tuple[str, ...]
    background: tuple[str, ...]
    refs: tuple[str, ...]
    settings: tuple[str, ...]
    conflicts: tuple[str, ...]
    mark: Mark | None
    file: str
    line: int


@dataclass(frozen=True)
class RuleGroup:
    """The rules of one file, in order; ``first_match`` stops at the first that fires."""

    name: str
    first_match: bool
    rules: tuple[Rule, ...]


@dataclass(frozen=True)
class OptionInfo:
    """An entry of the option catalogue."""

    id: str
    title: str
    universal: bool


@dataclass(frozen=True)
class Carried:
    """A conflict of the sources, and the lines that carry it while ``condition`` holds.

    ``lines`` are identifiers of options and rules, and names of the criteria.
    """

    conflict: str
    lines: tuple[str, ...]
    condition: Node | None = None


@dataclass(frozen=True)
class EvidenceLists:
    """What the sources say about one option: identifiers of facts and references."""

    supporting: tuple[str, ...] = ()
    limiting: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[str]:
        yield from (*self.supporting, *self.limiting, *self.figures, *self.outside)


@dataclass(frozen=True)
class ScopeMarks:
    """The words of the marks that say how far a conclusion reaches beyond its sources.

    ``words`` is a template by the code of the mark; ``covers`` the condition under which a
    scope covers a case; ``silences`` are facts that state a silence and therefore carry no
    conclusion; ``lay`` are the sources without references.
    """

    words: Mapping[str, str] = field(default_factory=dict)
    covers: Mapping[str, Node] = field(default_factory=dict)
    silences: frozenset[str] = frozenset()
    lay: frozenset[str] = frozenset()


@dataclass(frozen=True)
class DerivedInfo:
    """A computed value: where it comes from and how it reads.

    ``asked_as`` is the input in which it is stated, where the value itself stands for
    what is missing (a grade, whatever it comes from).
    """

    name: str
    id: str
    label: str
    kind: str
    labels: Mapping[Any, str]
    unit: str
    unknown: str
    reads: tuple[str, ...]
    ask: tuple[Ask, ...]
    asked_as: str
    sources: tuple[str, ...]
    settings: tuple[str, ...]


@dataclass(frozen=True)
class Guideline:
    """Everything in force for an assessment.

    ``qualifiers`` stand behind the category while their condition holds, ``contradicted``
    is the wording for a contradiction that touches it (empty: none is named there).
    ``governing`` says which side of a conflict governs in which case, for those where that
    depends on it; ``against_source`` says of a setting when it is narrower or wider than its
    source. ``equal_words`` and ``states`` stand on screen for the status of an option.
    ``evidence`` is what the sources say by option, ``places`` the facts that stand elsewhere,
    ``spoken`` in which language its texts are.
    """

    id: str
    title: str
    version: str
    fact_base: str
    intended_use: str
    groups: tuple[RuleGroup, ...]
    lists: Mapping[str, tuple[str, ...]]
    categories: Mapping[str, str]
    statuses: Mapping[str, str]
    severities: Mapping[str, str]
    follow_up_keys: Mapping[str, str]
    prognosis_keys: Mapping[str, str]
    options: Mapping[str, OptionInfo]
    derived: Mapping[str, DerivedInfo]
    tables: Mapping[str, Any]
    settings: Settings
    schedules: Mapping[str, Any]
    prognosis: Mapping[str, Any]
    qualifiers: tuple[Mark, ...]
    contradicted: str
    equal_words: str
    states: Mapping[str, str]
    scope_marks: ScopeMarks
    carried: tuple[Carried, ...]
    against_source: Mapping[str, tuple[Mark, ...]]
    governing: Mapping[str, tuple[tuple[Node, tuple[str, ...]], ...]]
    evidence: Mapping[str, EvidenceLists]
    places: Mapping[str, tuple[str, ...]]
    catalogue: Catalogue = field(repr=False)
    spoken: Spoken = field(default_factory=Spoken)

    @property
    def rules(self) -> tuple[Rule, ...]:
        """All rules in the order of evaluation."""
        return tuple(rule for group in self.groups for rule in group.rules)

    def rule(self, identifier: str) -> Rule | None:
        """Return the first part of a rule, or None."""
        return next((r for r in self.rules if r.id == identifier), None)

    @property
    def criteria(self) -> tuple[str, ...]:
        """The six excluding findings, by name of the fact."""
        return self.lists["criteria"]
