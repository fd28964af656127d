"""A guideline as loaded: rules, options, settings, tables, evidence. All frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tumorboard.guidelines.catalogue import Catalogue
from tumorboard.guidelines.parameters import Settings
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

    ``kind`` is option, note, alert, category, conflicts, follow_up or prognosis;
    ``target`` the option, severity, category or key; ``status`` only for an option.
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


@dataclass(frozen=True)
class Rule:
    """One rule: when, then, and on what it rests.

    Without a ``test`` the effects stand under "T"; with one under T, U and F.
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
class DerivedInfo:
    """A computed value: where it comes from and how it reads."""

    name: str
    id: str
    label: str
    kind: str
    labels: Mapping[Any, str]
    unit: str
    unknown: str
    reads: tuple[str, ...]
    ask: tuple[Ask, ...]
    sources: tuple[str, ...]
    settings: tuple[str, ...]


@dataclass(frozen=True)
class Guideline:
    """Everything in force for an assessment."""

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
    catalogue: Catalogue = field(repr=False)

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
