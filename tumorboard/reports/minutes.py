"""The minutes of a meeting as PDF: what was recommended for each case, by whom it is done."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from tumorboard.language import N_, _
from tumorboard.reports.blocks import Block, Frame, Hairline, Stack
from tumorboard.reports.look import ACCENT, AMBER, BODY, DIM, FAINT, INK, PANEL, SMALL, VALUE
from tumorboard.reports.meeting_content import Decided, MeetingCase, MeetingPapers, Reading
from tumorboard.reports.meeting_sheet import (
    cases_text,
    colophon,
    head,
    heading,
    line,
    lines,
    running,
)
from tumorboard.reports.paper import paginate, paper_bytes, write_paper
from tumorboard.reports.text import Run, Text
from tumorboard.reports.words import iso_date

_KIND = N_("Minutes")


def write_minutes(papers: MeetingPapers, path: Path, paper: str = "A4") -> None:
    """Write the minutes, whole or not at all; needs a QGuiApplication, runs in any thread.

    Raises
    ------
    UserError
        When the paper is not known or the file cannot be written.

    """
    write_paper(path, partial(minutes_pages, papers), running(papers, _KIND), paper)


def minutes_bytes(papers: MeetingPapers, paper: str = "A4") -> bytes:
    """Return the minutes as the bytes of a PDF file."""
    return paper_bytes(partial(minutes_pages, papers), running(papers, _KIND), paper)


def minutes_pages(papers: MeetingPapers, width: float, room: float) -> list[Block]:
    """Deal the minutes out on pages; lengths in tenths of a point."""
    return paginate(minutes_sheet(papers), width, room)


def minutes_sheet(papers: MeetingPapers) -> Stack:
    """Return the minutes as one stack, case after case."""
    open_ = len(papers.cases) - papers.decided - papers.deferred
    counts = (
        cases_text(len(papers.cases)),
        _("{count} with a signed recommendation", count=papers.decided) if papers.decided else "",
        _("{count} deferred", count=papers.deferred) if papers.deferred else "",
        _("{count} without a signed decision", count=open_) if open_ else "",
    )
    about = " · ".join(part for part in counts if part)
    return Stack([*heading(papers, _KIND, about), *map(_case, papers.cases), colophon(papers)], 10)


def _case(case: MeetingCase) -> Block:
    """Return one case: who and what was asked, the decision, how it came about, the signature."""
    decided = case.decided
    top = [
        Hairline(),
        Text(Run(f"{case.number}  {case.label}", VALUE, bold=True), bind=True),
        *(
            [Text(Run(case.identity.text, BODY, bold=True), bind=True)]
            if case.identity.text
            else []
        ),
        line(_("Question"), case.question),
        *([_reading(case.reading)] if case.reading is not None else []),
    ]
    if decided is None:
        none = Text(Run(_("No decision was recorded in this meeting."), BODY, AMBER, bold=True))
        return Stack([*top, Frame(none, PANEL, FAINT, dashed=True)], 3, keep=True)
    found = [lines(_("Options not taken"), _rejected(decided))] if decided.rejected else []
    found.append(line(_("Assessment panel"), decided.agreement))
    found.append(line(_("Trial considered"), decided.trial))
    if not decided.deferred_because or decided.responsible:
        found.append(line(_("Carried out by"), decided.responsible))
    if not decided.deferred_because or decided.due:
        found.append(line(_("By"), iso_date(decided.due)))
    if decided.outcome:
        found.append(line(_("Outcome"), decided.outcome))
    return Stack(
        [
            *top,
            line(_("Stage as discussed"), decided.stage),
            line(_("Histology as discussed"), decided.histology),
            _decision(decided),
            *found,
            _signature(decided),
        ],
        3,
        keep=True,
    )


def _reading(reading: Reading) -> Block:
    """Return the category; what qualifies it stands in the same line, before its guideline."""
    qualified = f", {'; '.join(reading.qualifiers)}" if reading.qualifiers else ""
    return lines(
        _("Category by the guideline"),
        [
            Text(
                Run(reading.category, BODY, bold=True),
                Run(qualified, BODY, AMBER, bold=True),
                Run(f" · {reading.source}", SMALL, DIM),
            )
        ],
    )


def _decision(decided: Decided) -> Block:
    """Return what was recommended or why not, framed; a draft has a dashed bar."""
    draft = decided.signature is None
    said: list[Block] = []
    if decided.recommendation or not decided.deferred_because:
        words = [Text(Run(text, BODY + 1, INK, bold=True)) for text in decided.recommendation]
        intent = _("Intent: {intent}", intent=decided.intent or _("not stated"))
        said += [head(_("Recommendation")), *(words or [Text(Run(_("Nothing yet."), BODY, DIM))])]
        said += [Text(Run(intent, BODY, DIM))]
    if decided.deferred_because:
        said += [head(_("Deferred")), Text(Run(decided.deferred_because, BODY + 1, INK, bold=True))]
    bar = AMBER if decided.deferred_because else ACCENT
    return Frame(Stack(said, 1.5), PANEL, bar, dashed=draft)


def _rejected(decided: Decided) -> list[Block]:
    return [
        Text(
            Run(rejected.title),
            Run(f": {rejected.reason or _('no reason stated')}", BODY, DIM),
        )
        for rejected in decided.rejected
    ]


def _signature(decided: Decided) -> Block:
    if decided.signature is None:
        return Text(Run(_("Not signed: this is a draft."), SMALL, AMBER, bold=True))
    return Text(Run(decided.signature.text, SMALL, DIM))
