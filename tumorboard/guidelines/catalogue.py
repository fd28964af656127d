"""The evidence: facts, public references, conflicts, gaps, and how each is cited."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tumorboard.language import _

_CITE = re.compile(r"(?P<source>\d{3}) (?P<section>.+?)(?: \[(?P<reference>[^\]]+)\])?")
_SILENCE = "silence"
#: The scope of a public reference, which is none of the texts.
OUTSIDE = _("outside the sources")


@dataclass(frozen=True)
class Source:
    """One of the texts. ``short`` is what the reader sees, ``file`` stays in the data."""

    id: str
    short: str
    title: str
    authors: str
    year: str
    file: str
    kind: str
    rank: int
    governs: str

    @property
    def full(self) -> str:
        """Authors, title and year, such as "Lal H, Neyaz Z. Local recurrence (2011)"."""
        authors = f"{self.authors}. " if self.authors else ""
        year = self.year or _("undated")
        return f"{authors}{self.title} ({year})"


@dataclass(frozen=True)
class Cite:
    """A place in a source: its section and the source's own reference number."""

    source: str
    section: str
    reference: str


@dataclass(frozen=True)
class Evidence:
    """A fact of the fact base, in the project's own words.

    ``grade`` is the quality of the evidence as the source words it; ``effect`` says that
    its figures are a benefit or a harm of a treatment.
    """

    id: str
    text: str
    topic: str
    scope: str
    grade: str
    cites: tuple[Cite, ...]
    effect: str = ""


@dataclass(frozen=True)
class PublicReference:
    """A public standard used where the texts are silent."""

    id: str
    title: str
    citation: str
    status: str
    text: str
    figures: tuple[float, ...] = ()


@dataclass(frozen=True)
class Conflict:
    """A disagreement between the texts: both sides, and which one governs."""

    id: str
    title: str
    sides: tuple[str, ...]
    governs: tuple[str, ...]
    why: str


@dataclass(frozen=True)
class Gap:
    """What the texts leave open, and the consequence for the program."""

    id: str
    text: str
    consequence: str


@dataclass(frozen=True)
class Citation:
    """A statement with its source in words, ready to show.

    ``source`` reads like "Sabato et al. 2024, Discussion [4]", ``scope`` names the patients
    that it is about, empty for what is no statement about patients.
    """

    id: str
    source: str
    text: str
    grade: str = ""
    scope: str = ""


@dataclass(frozen=True)
class Catalogue:
    """All evidence by identifier."""

    sources: Mapping[str, Source]
    scopes: Mapping[str, str]
    facts: Mapping[str, Evidence]
    references: Mapping[str, PublicReference]
    conflicts: Mapping[str, Conflict]
    gaps: Mapping[str, Gap]

    def __contains__(self, identifier: object) -> bool:
        tables = (self.facts, self.references, self.conflicts, self.gaps)
        return any(identifier in table for table in tables)

    def source_text(self, identifier: str) -> str:
        """Return where a statement stands, in the reader's words.

        >>> catalogue.source_text("F-040")
        'Sabato et al. 2024, Discussion [4]'

        Raises
        ------
        KeyError
            When nothing has this identifier: a mistake in the guideline.

        """
        if identifier in self.facts:
            return "; ".join(self._cite_text(c) for c in self.facts[identifier].cites)
        if identifier in self.references:
            return _("{citation} (public reference)", citation=self.references[identifier].citation)
        if identifier in self.conflicts:
            return _("Sources differ: {title}", title=self.conflicts[identifier].title)
        return _("Open in the sources: {text}", text=self.gaps[identifier].text)

    def citation(self, identifier: str) -> Citation:
        """Return a statement with its source; KeyError when there is none."""
        source = self.source_text(identifier)
        if identifier in self.facts:
            fact = self.facts[identifier]
            return Citation(identifier, source, fact.text, fact.grade, self.scopes[fact.scope])
        if identifier in self.references:
            text = self.references[identifier].text
            return Citation(identifier, source, text, scope=OUTSIDE)
        if identifier in self.conflicts:
            return Citation(identifier, source, self.conflicts[identifier].why)
        return Citation(identifier, source, self.gaps[identifier].consequence)

    def citations(self, identifiers: Iterable[str]) -> tuple[Citation, ...]:
        """Return several, in order."""
        return tuple(self.citation(i) for i in identifiers)

    def _cite_text(self, cite: Cite) -> str:
        if cite.section == _SILENCE:
            return _("Not stated in the sources")
        reference = f" [{cite.reference}]" if cite.reference else ""
        return f"{self.sources[cite.source].short}, {cite.section}{reference}"


def parse_cite(text: str) -> Cite | None:
    """Read "002 Discussion [4]"; None when it is not of this form."""
    match = _CITE.fullmatch(text)
    if match is None:
        return None
    return Cite(match["source"], match["section"], match["reference"] or "")


def evidence_from_data(topic: str, entry: Mapping[str, Any]) -> Evidence:
    """Build a fact from its entry in the facts file; its cites must be well formed."""
    cites = tuple(c for c in map(parse_cite, entry["cite"]) if c is not None)
    return Evidence(
        id=entry["id"],
        text=entry["text"],
        topic=topic,
        scope=entry["scope"],
        grade=entry.get("grade", ""),
        cites=cites,
        effect=entry.get("effect", ""),
    )
