"""Which slides a case has: all of it, or at most six with what a board needs most.

Of a longer case the slides keep category, findings, key images, options, alerts and decision; the
last one counts what stands in the report alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from tumorboard.language import _, ngettext
from tumorboard.reports.content import FactGroup, KeyImage, ReportContext
from tumorboard.reports.deck import MOST, CaseSlides, Deck
from tumorboard.reports.slide_pages import NOTE, Slide, picture_slides, sheet_slides
from tumorboard.reports.slide_parts import (
    Detail,
    assessment_sheet,
    brief_sheet,
    decision_sheet,
    facts_sheet,
    opening_sheet,
    title_sheet,
)

#: The pages that the assessment of a case may take of its slides, and its decision.
_ADVICE, _DECISION = 2, 2
#: Key images that share a page at most.
_TOGETHER: Final = 3
_HEEDED: Final = ("critical", "warning")


def deck_slides(deck: Deck) -> Iterator[Slide]:
    """Yield the pages of a deck in their order."""
    if deck.opening:
        yield from sheet_slides("", "", opening_sheet(deck.opening))
    for case in deck.cases:
        whole = _whole(case)
        yield from whole if deck.all_pages or len(whole) <= MOST else _Choice(case).slides()


def _whole(case: CaseSlides) -> list[Slide]:
    """Return every page of a case."""
    pictures = [(image,) for image in case.report.images]
    return [
        *sheet_slides("", "", title_sheet(case)),
        *_pictures(case, pictures, len(pictures)),
        *sheet_slides(case.name, _("Facts"), facts_sheet(case.report)),
        *sheet_slides(case.name, _("Assessment"), assessment_sheet(case.report)),
        *_decision(case),
    ]


def _decision(case: CaseSlides, spared: float = 0.0) -> list[Slide]:
    if case.decided is None:
        return []
    sheet = decision_sheet(case.decided)
    return sheet_slides(case.name, _("Decision of the board"), sheet, spared)


_Groups = Sequence[Sequence[KeyImage]]


def _pictures(case: CaseSlides, groups: _Groups, count: int) -> Iterator[Slide]:
    """Yield the pages of key images, those of a group together; ``count`` are there in all."""
    number = 1
    for group in groups:
        yield from picture_slides(case.name, _which(number, len(group), count), group)
        number += len(group)


def _which(first: int, together: int, count: int) -> str:
    if count == 1:
        return _("Key image")
    if together == 1:
        return _("Key image {number} of {count}", number=first, count=count)
    last = first + together - 1
    return _("Key images {first} to {last} of {count}", first=first, last=last, count=count)


@dataclass(frozen=True)
class _LeftOut:
    """How much of a case stands in its report and on none of its slides."""

    facts: int = 0
    images: int = 0
    measurements: int = 0
    options: int = 0
    alerts: int = 0
    reasons: int = 0
    sources: int = 0
    parts: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """Return "Only in the report: 12 facts, 3 measurements."; empty where nothing is."""
        told = (
            (self.facts, ngettext("{count} fact", "{count} facts", self.facts)),
            (self.images, ngettext("{count} key image", "{count} key images", self.images)),
            (
                self.measurements,
                ngettext("{count} measurement", "{count} measurements", self.measurements),
            ),
            (self.options, ngettext("{count} option", "{count} options", self.options)),
            (self.alerts, ngettext("{count} alert", "{count} alerts", self.alerts)),
            (self.reasons, ngettext("{count} reason", "{count} reasons", self.reasons)),
            (self.sources, ngettext("{count} source", "{count} sources", self.sources)),
        )
        found = [*self.parts, *(words for count, words in told if count)]
        return _("Only in the report: {things}.", things=", ".join(found)) if found else ""


class _Choice:
    """The slides of a case that has more than there is room for."""

    def __init__(self, case: CaseSlides) -> None:
        self._case = case
        self._left = _LeftOut()

    def slides(self) -> list[Slide]:
        """Return them, the last one with what was left out."""
        case, count = self._case, len(self._case.report.images)
        title = self._title()
        decision = _decision(case, NOTE)
        if len(decision) > _DECISION:
            self._part(_("the end of the decision"))
        decision = decision[:_DECISION]
        free = MOST - len(title) - len(decision)
        advice = self._advice(self._room_of_advice(free))
        groups = self._groups(free - len(advice))
        pictures = list(_pictures(case, groups, count))
        facts = self._facts(free - len(advice) - len(pictures))
        self._count_measurements(groups)
        found = [*title, *pictures, *facts, *advice, *decision]
        return [*found[:-1], replace(found[-1], note=self._left.words)]

    def _part(self, words: str) -> None:
        self._left = replace(self._left, parts=(*self._left.parts, words))

    def _title(self) -> list[Slide]:
        """Return the first page, without the summary where there is no room for it."""
        case = self._case
        found = sheet_slides("", "", title_sheet(case))
        if len(found) > 1 and case.report.summary:
            self._part(_("the summary"))
            bare = replace(case, report=replace(case.report, summary=""))
            found = sheet_slides("", "", title_sheet(bare))
        if len(found) > 1:
            self._part(_("the end of the question"))
        return found[:1]

    def _advice(self, most: int) -> list[Slide]:
        """Return the pages of the assessment: as much of it as there is room for.

        First the sources go, then the reasons of options, alerts that only inform, and at last
        options and alerts from the end of their lists.
        """
        report = self._case.report
        slides: list[Slide] = []
        shorter, detail = report, Detail.REASONED
        for shorter, detail in _shorter(report):
            sheet = brief_sheet(shorter, detail)
            slides = sheet_slides(self._case.name, _("Assessment"), sheet, NOTE)
            if len(slides) <= most:
                break
        else:
            self._part(_("the end of the assessment"))
        reasons = [r for option in report.options for r in option.reasons]
        shown = 0
        if detail is Detail.REASONED:
            shown = sum(any(not r.lost for r in o.reasons) for o in shorter.options)
        self._left = replace(
            self._left,
            options=len(report.options) - len(shorter.options),
            alerts=len(report.alerts) - len(shorter.alerts),
            reasons=len(reasons) - shown,
            sources=len(report.works) - len(shorter.works),
        )
        return slides[:most]

    def _room_of_advice(self, free: int) -> int:
        """Return how many pages the assessment may take: one where key images need the others."""
        report = self._case.report
        if len(report.images) <= free - _ADVICE:
            return _ADVICE
        sheet = brief_sheet(_heeded(replace(report, works=())), Detail.TITLES)
        return 1 if len(sheet_slides("", "", sheet, NOTE)) == 1 else min(_ADVICE, free - 1)

    def _groups(self, most: int) -> _Groups:
        """Return key images that share a page; those of views of several series stand alone."""
        images = self._case.report.images
        groups: list[list[KeyImage]] = []
        for together in range(1, _TOGETHER + 1):
            groups = _grouped(images, together)
            if len(groups) <= most:
                break
        kept = groups[:most]
        left = len(images) - sum(map(len, kept))
        self._left = replace(self._left, images=left)
        return [_on_one_page(group) for group in kept]

    def _facts(self, most: int) -> list[Slide]:
        """Return as many recorded facts as there is room for, in their order."""
        report = replace(self._case.report, criteria=())
        count = sum(len(group.lines) for group in report.facts)
        found: list[Slide] = []
        kept, low, high = 0, 1, count if most else 0
        while low <= high:
            tried = (low + high + 1) // 2
            sheet = facts_sheet(replace(report, facts=_first(report.facts, tried)))
            slides = sheet_slides(self._case.name, _("Facts"), sheet)
            if len(slides) <= most:
                found, kept, low = slides, tried, tried + 1
            else:
                high = tried - 1
        self._left = replace(self._left, facts=count - kept)
        return found

    def _count_measurements(self, groups: _Groups) -> None:
        """Count the values of the report that stand beside none of the pictures shown."""
        report = self._case.report
        shown = _measured(image for group in groups for image in group)
        told = set(_measured(report.images)) - set(shown)
        more = {m.value for m in report.measurements if not any(m.value in w for w in shown)}
        others = [words for words in told if not any(value in words for value in more)]
        self._left = replace(self._left, measurements=len(more) + len(others))


def _shorter(report: ReportContext) -> Iterator[tuple[ReportContext, Detail]]:
    """Yield a report with less and less of its advice."""
    yield report, Detail.REASONED
    report = replace(report, works=())
    yield report, Detail.REASONED
    yield report, Detail.TITLES
    yield (report := _heeded(report)), Detail.TITLES
    while report.options or report.alerts:
        if len(report.options) > len(report.alerts):
            report = replace(report, options=report.options[:-1])
        else:
            report = replace(report, alerts=report.alerts[:-1])
        yield report, Detail.TITLES


def _heeded(report: ReportContext) -> ReportContext:
    """Return a report without the alerts that only inform."""
    return replace(report, alerts=tuple(a for a in report.alerts if a.severity in _HEEDED))


def _grouped(images: Sequence[KeyImage], together: int) -> list[list[KeyImage]]:
    groups: list[list[KeyImage]] = []
    for image in images:
        last = groups[-1] if groups else []
        if last and len(last) < together and not image.beside and not last[0].beside:
            last.append(image)
        else:
            groups.append([image])
    return groups


def _on_one_page(group: Sequence[KeyImage]) -> Sequence[KeyImage]:
    """Return key images with as many of their values as leave them on one page."""
    most = max(len(one.measured) for image in group for one in image.pictures)
    kept = list(group)
    for count in range(most, -1, -1):
        kept = [_with_measured(image, count) for image in group]
        if len(picture_slides("", "", kept)) == 1:
            return kept
    return [replace(image, caption="", series="") for image in kept]


def _with_measured(image: KeyImage, count: int) -> KeyImage:
    beside = tuple(_with_measured(one, count) for one in image.beside)
    return replace(image, measured=image.measured[:count], beside=beside)


def _measured(images: Iterator[KeyImage] | Sequence[KeyImage]) -> list[str]:
    return [words for image in images for one in image.pictures for words in one.measured]


def _first(groups: Sequence[FactGroup], count: int) -> tuple[FactGroup, ...]:
    """Return the groups with so many lines in all."""
    found = []
    for group in groups:
        if count > 0:
            found.append(replace(group, lines=group.lines[:count]))
        count -= len(group.lines)
    return tuple(found)
