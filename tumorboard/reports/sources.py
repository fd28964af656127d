"""Numbers the places that a report cites, work by work, so that lines can be short."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from tumorboard.guidelines.assessment import Assessment, ConflictResult, Reason
from tumorboard.guidelines.catalogue import Citation
from tumorboard.language import _
from tumorboard.reports.content import SourceLine, Work

#: How the guideline writes that nothing in the sources says so.
SILENT = _("Not stated in the sources")
_OWN_REFERENCE = re.compile(r" \[([^\]]+)\]$")


def places(citations: Iterable[Citation]) -> tuple[str, ...]:
    """Return every place of some citations once, in order."""
    return tuple(dict.fromkeys(p for c in citations for p in c.source.split("; ")))


def all_reasons(assessment: Assessment) -> list[Reason]:
    """Return every reason that a report of this assessment shows, in its order."""
    return [
        assessment.category_reason,
        *(a.reason for a in assessment.alerts),
        *(r for o in assessment.options for r in o.reasons),
        *(n.reason for n in (*assessment.remarks, *assessment.silences)),
        *assessment.follow_up.reasons,
        *assessment.prognosis.reasons,
    ]


def all_conflicts(assessment: Assessment) -> list[ConflictResult]:
    """Return every disagreement of the sources that a report shows or a line carries."""
    found = {c.id: c for c in (*assessment.conflicts, *assessment.carried.values())}
    return [found[identifier] for identifier in sorted(found)]


class Numbering:
    """The number of each cited place; places of one work follow each other.

    Parameters
    ----------
    cited
        Places as the guideline words them, such as "Sabato et al. 2024, Discussion [4]".
    full_titles
        Full title of a work by its short one; a work that is not there goes by its short one.

    """

    def __init__(self, cited: Iterable[str], full_titles: Mapping[str, str]) -> None:
        by_work: dict[str, dict[str, str]] = {}
        for place in cited:
            if place != SILENT:
                work, inside = _parts(place, full_titles)
                by_work.setdefault(work, {})[place] = inside
        ordered = [place for inside in by_work.values() for place in inside]
        self._numbers = {place: number for number, place in enumerate(ordered, start=1)}
        self.works = tuple(
            Work(work, full_titles.get(work, ""), self._lines(inside))
            for work, inside in by_work.items()
        )

    def _lines(self, inside: Mapping[str, str]) -> tuple[SourceLine, ...]:
        return tuple(SourceLine(self._numbers[place], text) for place, text in inside.items())

    def of(self, citations: Iterable[Citation]) -> tuple[int, ...]:
        """Return the numbers of some citations, ascending."""
        return tuple(sorted(self._numbers[p] for p in places(citations) if p != SILENT))


def number_sources(assessment: Assessment) -> Numbering:
    """Give a number to everything that a report of this assessment cites."""
    citations = [c for r in all_reasons(assessment) for c in r.sources]
    citations += [c for conflict in all_conflicts(assessment) for c in conflict.sides]
    return Numbering(places(citations), assessment.works)


def _parts(place: str, works: Mapping[str, str]) -> tuple[str, str]:
    """Split a place into its work and what is inside; a reference inside is named as such."""
    work = next((w for w in works if place.startswith(f"{w}, ")), "")
    inside = place[len(work) + 2 :] if work else ""
    told = _OWN_REFERENCE.sub(lambda own: f" {_('(its ref. {numbers})', numbers=own[1])}", inside)
    return (work or place), told
