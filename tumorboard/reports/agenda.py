"""The agenda of a meeting as PDF: order, times, questions, who presents, what is not ready."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Final

from tumorboard.language import N_, _, inside
from tumorboard.reports.blocks import Block, Hairline, Row, Stack
from tumorboard.reports.look import AMBER, BODY, DIM, INK, SMALL
from tumorboard.reports.meeting_content import MeetingCase, MeetingPapers
from tumorboard.reports.meeting_sheet import (
    cases_text,
    colophon,
    heading,
    minutes_text,
    running,
)
from tumorboard.reports.paper import paginate, paper_bytes, write_paper
from tumorboard.reports.text import Run, Text

_KIND = N_("Agenda")
#: Time, minutes, case and question, presenter, readiness: points above 1, else shares.
_SHARES: Final = (46, 30, 0.38, 0.2, 0.42)
_HEADS: Final = (_("Time"), _("Min"), _("Case and question"), _("Presented by"), _("Readiness"))
_STATES: Final = (
    (False, _("Missing"), AMBER),
    (None, _("Not known"), AMBER),
    (True, _("Ready"), DIM),
)


def write_agenda(papers: MeetingPapers, path: Path, paper: str = "A4") -> None:
    """Write the agenda, whole or not at all; needs a QGuiApplication, runs in any thread.

    Raises
    ------
    UserError
        When the paper is not known or the file cannot be written.

    """
    write_paper(path, partial(agenda_pages, papers), running(papers, _KIND), paper)


def agenda_bytes(papers: MeetingPapers, paper: str = "A4") -> bytes:
    """Return the agenda as the bytes of a PDF file."""
    return paper_bytes(partial(agenda_pages, papers), running(papers, _KIND), paper)


def agenda_pages(papers: MeetingPapers, width: float, room: float) -> list[Block]:
    """Deal the agenda out on pages; lengths in tenths of a point."""
    return paginate(agenda_sheet(papers), width, room)


def agenda_sheet(papers: MeetingPapers) -> Stack:
    """Return the agenda as one stack, a row a case in their order."""
    about = _(
        "{cases} · {minutes} planned",
        cases=cases_text(len(papers.cases)),
        minutes=minutes_text(papers.minutes),
    )
    heads = [Text(Run(words, SMALL, DIM, bold=True)) for words in _HEADS]
    rows = [_case(case) for case in papers.cases] or [Text(Run(_("No cases yet."), BODY, DIM))]
    return Stack(
        [
            *heading(papers, _KIND, about),
            Row(heads, _SHARES, 8, bind=True),
            *rows,
            colophon(papers),
        ],
        6,
    )


def _case(case: MeetingCase) -> Block:
    who = case.identity.text
    about = Stack(
        [
            Text(Run(f"{case.number}  {case.label}", BODY + 1, bold=True)),
            *([Text(Run(who, BODY, bold=True))] if who else []),
            _or_dim(case.question, _("no question written")),
        ],
        1,
    )
    # What is missing, then what nobody can tell, then what is there.
    found: list[Block] = []
    for state, title, colour in _STATES:
        these = [r for r in case.readiness if r.state is state and (r.expected or r.state)]
        words = "; ".join(f"{inside(light.label)} ({light.words})" for light in these)
        if these:
            ink = DIM if state else INK
            found.append(Text(Run(f"{title}: ", SMALL, colour, bold=True), Run(words, SMALL, ink)))
    cells = [
        Text(Run(case.starts, BODY, bold=True)),
        Text(Run(str(case.minutes))),
        about,
        _or_dim(case.presenter, _("not named")),
        Stack(found, 1),
    ]
    return Stack([Hairline(2.4), Row(cells, _SHARES, 8)], keep=True)


def _or_dim(words: str, otherwise: str) -> Text:
    return Text(Run(words)) if words else Text(Run(otherwise, BODY, DIM))
