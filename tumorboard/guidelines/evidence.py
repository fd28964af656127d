"""What the sources say about one option, for the case at hand: the lines of its card."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tumorboard.case.facts import FactSheet
from tumorboard.guidelines.model import Guideline
from tumorboard.guidelines.parameters import Settings
from tumorboard.guidelines.run import recorded
from tumorboard.guidelines.scope import ScopeOfCase


@dataclass(frozen=True)
class EvidenceLine:
    """A statement of a source with the patients it is about.

    ``scope`` names them in words; ``mark`` says in words how far they are from the case,
    empty when they cover it. ``grade`` is the quality of the evidence or the strength of
    the advice as the source words it, ``effect`` benefit, harm or empty.
    """

    id: str
    text: str
    source: str
    scope: str
    grade: str = ""
    mark: str = ""
    effect: str = ""


@dataclass(frozen=True)
class OptionEvidence:
    """For, against or limiting, figures, and what stands outside the sources."""

    supporting: tuple[EvidenceLine, ...]
    limiting: tuple[EvidenceLine, ...]
    figures: tuple[EvidenceLine, ...]
    outside: tuple[EvidenceLine, ...]

    def __bool__(self) -> bool:
        return any((self.supporting, self.limiting, self.figures, self.outside))

    @property
    def benefits(self) -> tuple[EvidenceLine, ...]:
        """The figures of a benefit."""
        return tuple(line for line in self.figures if line.effect == "benefit")

    @property
    def harms(self) -> tuple[EvidenceLine, ...]:
        """The figures of a harm."""
        return tuple(line for line in self.figures if line.effect == "harm")


def option_evidence(
    option: str, facts: FactSheet, guideline: Guideline, settings: Settings | None = None
) -> OptionEvidence:
    """Return what the sources say about an option; nothing where they are silent.

    A statement about other patients is not hidden: it carries its mark.
    """
    lists = guideline.evidence.get(option)
    if lists is None:
        return OptionEvidence((), (), (), ())
    scope = _scope_of(guideline, settings or guideline.settings, recorded(facts))

    def lines(identifiers: Iterable[str]) -> tuple[EvidenceLine, ...]:
        return tuple(_line(identifier, guideline, scope) for identifier in identifiers)

    parts = (lists.supporting, lists.limiting, lists.figures, lists.outside)
    return OptionEvidence(*(lines(part) for part in parts))


#: Guideline, settings, values and what their scopes cover: all options of one case ask the same,
#: and so does the case again after an edit that states nothing.
_LAST: list[tuple[Guideline, Settings, dict[str, Any], ScopeOfCase]] = []


def _scope_of(guideline: Guideline, settings: Settings, values: dict[str, Any]) -> ScopeOfCase:
    for by, under, of_values, scope in tuple(_LAST):
        if by is guideline and under == settings and of_values == values:
            return scope
    scope = ScopeOfCase(guideline, settings, values)
    _LAST[:] = [(guideline, settings, values, scope)]
    return scope


def _line(identifier: str, guideline: Guideline, scope: ScopeOfCase) -> EvidenceLine:
    catalogue = guideline.catalogue
    cited = catalogue.citation(identifier)
    fact = catalogue.facts.get(identifier)
    if fact is None:
        status = catalogue.references[identifier].status
        return EvidenceLine(identifier, cited.text, cited.source, cited.scope, status)
    mark = scope.mark((identifier,), has_reference=False)
    silent = identifier in guideline.scope_marks.silences
    return EvidenceLine(
        id=identifier,
        text=cited.text,
        source=cited.source,
        scope=cited.scope,
        grade=fact.grade,
        mark="" if silent else mark.text,
        effect=fact.effect,
    )
