"""The closed list of facts about a case, each a value or not known, with its origin.

The list itself is data: ``resources/terms/facts.yaml``. A value of None means not
assessed (or unknown, or not recorded: the three are one and the same).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tumorboard.case.definitions import (
    AtLeast,
    Choice,
    FactDefinition,
    definition,
    fact_definitions,
    fact_groups,
    normalise,
    to_json,
    value_text,
)
from tumorboard.language import _

__all__ = [
    "AtLeast",
    "Choice",
    "Fact",
    "FactDefinition",
    "FactSheet",
    "FactValue",
    "Provenance",
    "definition",
    "fact_definitions",
    "fact_groups",
    "normalise",
    "sheet_from_json",
    "sheet_to_json",
    "to_json",
    "value_text",
]

FactValue = Any  # str | int | float | tuple | dict | AtLeast | None, as the definition says


@dataclass(frozen=True)
class Place:
    """The picture that was on show when something was stated.

    ``point`` is LPS mm in the frame of the series; ``slice_number`` is counted as the
    viewer counts, from 1; ``instance_number`` is that of its file, 0 where it is not known.
    """

    series_instance_uid: str
    point: tuple[float, float, float]
    slice_number: int
    instance_number: int = 0

    @property
    def words(self) -> str:
        """Which picture it is: "slice 12, instance 40"."""
        if not self.instance_number:
            return _("slice {slice_number}", slice_number=self.slice_number)
        return _(
            "slice {slice_number}, instance {instance}",
            slice_number=self.slice_number,
            instance=self.instance_number,
        )


@dataclass(frozen=True)
class Provenance:
    """Where a value came from.

    ``origin`` is "entered" (a person stated it), "annotation" (derived from what was
    drawn) or "derived" (computed from other facts). ``annotation_uids`` are the
    annotations that it rests on, ``place`` the picture it was stated on.
    """

    origin: str
    author: str = ""
    time_utc: str = ""
    annotation_uids: tuple[str, ...] = ()
    note: str = ""
    place: Place | None = None


@dataclass(frozen=True)
class Fact:
    """A named value with its provenance."""

    name: str
    value: FactValue
    provenance: Provenance


@dataclass(frozen=True)
class FactSheet:
    """The facts recorded for a case; immutable."""

    facts: Mapping[str, Fact] = field(default_factory=dict)

    def get(self, name: str) -> Fact | None:
        """Return the recorded fact or None."""
        return self.facts.get(name)

    def value(self, name: str) -> FactValue:
        """Return the recorded value; None when nothing is recorded."""
        fact = self.facts.get(name)
        return None if fact is None else fact.value

    def with_fact(self, fact: Fact) -> FactSheet:
        """Return a sheet with this fact set."""
        return FactSheet({**self.facts, fact.name: fact})

    def without(self, name: str) -> FactSheet:
        """Return a sheet in which nothing is recorded under this name."""
        return FactSheet({k: v for k, v in self.facts.items() if k != name})

    def __iter__(self) -> Iterator[Fact]:
        return iter(self.facts.values())


def sheet_from_json(values: Mapping[str, Any], provenance: Provenance) -> FactSheet:
    """Build a sheet from a plain JSON object of facts by name.

    Values that mean unknown are left out.

    Raises
    ------
    UserError
        For a name that is not on the list, or a value outside its choices or range.

    """
    facts: dict[str, Fact] = {}
    for name, raw in values.items():
        value = normalise(name, raw)
        if value is not None:
            facts[name] = Fact(name, value, provenance)
    return FactSheet(facts)


def sheet_to_json(sheet: FactSheet) -> dict[str, Any]:
    """Return the recorded facts as a plain JSON object, in the order of the list."""
    return {
        name: to_json(name, sheet.value(name))
        for name in fact_definitions()
        if sheet.value(name) is not None
    }
