"""Who is ready for a meeting, as PDF: for each case what is there and what is missing."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Final

from tumorboard.language import N_, _
from tumorboard.reports.blocks import Block, Hairline, Row, Stack
from tumorboard.reports.look import AMBER, BODY, DIM, INK, SMALL
from tumorboard.reports.meeting_content import MeetingCase, MeetingPapers, Readiness
from tumorboard.reports.meeting_sheet import cases_text, colophon, heading, running
from tumorboard.reports.paper import paginate, paper_bytes, write_paper
from tumorboard.reports.text import Run, Text

_KIND = N_("Readiness")
#: Name of the light and its state: points above 1, else shares.
_SHARES: Final = (130, 70, 1.0)
_STATES: Final = {
    True: (_("ready"), DIM),
    False: (_("MISSING"), AMBER),
    None: (_("not known"), AMBER),
}
_NOT_EXPECTED: Final = (_("none expected"), DIM)


def write_readiness(papers: MeetingPapers, path: Path, paper: str = "A4") -> None:
    """Write the list, whole or not at all; needs a QGuiApplication, runs in any thread.

    Raises
    ------
    UserError
        When the paper is not known or the file cannot be written.

    """
    write_paper(path, partial(readiness_pages, papers), running(papers, _KIND), paper)


def readiness_bytes(papers: MeetingPapers, paper: str = "A4") -> bytes:
    """Return the list as the bytes of a PDF file."""
    return paper_bytes(partial(readiness_pages, papers), running(papers, _KIND), paper)


def readiness_pages(papers: MeetingPapers, width: float, room: float) -> list[Block]:
    """Deal the list out on pages; lengths in tenths of a point."""
    return paginate(readiness_sheet(papers), width, room)


def readiness_sheet(papers: MeetingPapers) -> Stack:
    """Return the list as one stack, case after case in the order of the agenda."""
    ready = sum(is_ready(case) for case in papers.cases)
    about = _("{cases} · {ready} ready", cases=cases_text(len(papers.cases)), ready=ready)
    found = [_case(case) for case in papers.cases] or [Text(Run(_("No cases yet."), BODY, DIM))]
    return Stack([*heading(papers, _KIND, about), *found, colophon(papers)], 8)


def is_ready(case: MeetingCase) -> bool:
    """Whether nothing is missing and nothing unknown."""
    return all(light.state or not light.expected for light in case.readiness)


def _case(case: MeetingCase) -> Block:
    who = case.identity.text
    presenter = _("presented by {presenter}", presenter=case.presenter) if case.presenter else ""
    return Stack(
        [
            Hairline(),
            Text(Run(f"{case.number}  {case.label}", BODY + 1, bold=True), bind=True),
            *([Text(Run(who, BODY, bold=True), bind=True)] if who else []),
            Text(Run(" · ".join(p for p in (case.starts, presenter) if p), SMALL, DIM), bind=True),
            *map(_light, case.readiness),
        ],
        2,
        keep=True,
    )


def _light(light: Readiness) -> Block:
    word, colour = _STATES[light.state] if light.expected or light.state else _NOT_EXPECTED
    cells = [
        Text(Run(light.label, BODY, INK)),
        Text(Run(word, SMALL, colour, bold=light.expected and not light.state)),
        Text(Run(light.words, BODY, DIM)),
    ]
    return Row(cells, _SHARES, 8, keep=False)
