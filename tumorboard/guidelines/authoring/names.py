"""What a condition may name: facts, computed values, lists, settings, scopes and options."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tumorboard.case.definitions import FactDefinition, fact_definitions
from tumorboard.guidelines.model import Guideline


@dataclass(frozen=True)
class AskedName:
    """A name of the language of conditions.

    ``kind`` is that of the value (choice, number, set, map, ...) or list, setting, scope or
    option; ``values`` are those that a choice may have, the members of a list, or the range of a
    number; ``unknown`` is how a file writes that nothing is recorded.
    """

    name: str
    kind: str
    label: str
    values: tuple[str, ...] = ()
    unit: str = ""
    unknown: str = ""

    @property
    def text(self) -> str:
        """One line, such as "histology (choice): Histology; LMS, WDLPS; or unknown"."""
        values = ", ".join(self.values)
        parts = (f"{self.label} [{self.unit}]" if self.unit else self.label, values)
        said = "; ".join(part for part in parts if part)
        unknown = f"; or {self.unknown}" if self.unknown else ""
        return f"{self.name} ({self.kind}): {said}{unknown}"


def asked_names(guideline: Guideline) -> tuple[AskedName, ...]:
    """Return all that conditions of a guideline may name, facts first, in the order of the form."""
    return (*_facts(), *_of_guideline(guideline))


def _facts() -> Iterator[AskedName]:
    for fact in fact_definitions().values():
        values = tuple(str(choice.value) for choice in fact.choices) or _range(fact)
        yield AskedName(fact.name, fact.kind, fact.label, values, fact.unit, fact.unknown)


def _range(fact: FactDefinition) -> tuple[str, ...]:
    ends = [("from", fact.minimum), ("to", fact.maximum)]
    said = " ".join(f"{word} {end:g}" for word, end in ends if end is not None)
    return (said,) if said else ()


def _of_guideline(guideline: Guideline) -> Iterator[AskedName]:
    for value in guideline.derived.values():
        yield AskedName(
            *(value.name, f"computed {value.kind}", value.label, tuple(map(str, value.labels))),
            *(value.unit, value.unknown),
        )
    for name, members in guideline.lists.items():
        yield AskedName(name, "list", "any of or all of these", members)
    for setting in guideline.settings.definitions.values():
        yield AskedName(setting.id, "setting", setting.title, (str(setting.default),), setting.unit)
    for scope, words in guideline.catalogue.scopes.items():
        yield AskedName(scope, "scope of a fact", words)
    for option in guideline.options.values():
        yield AskedName(option.id, "option", option.title)
