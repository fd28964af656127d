"""What agenda and minutes share: the head of the first page, sections, lines, page foot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tumorboard.language import N_, _, ngettext
from tumorboard.reports.blocks import Block, Hairline, Row, Stack
from tumorboard.reports.identity import confidentiality
from tumorboard.reports.letters import lacking_letters
from tumorboard.reports.look import ACCENT, BODY, DIM, HASH, HEAD, INK, SMALL, TITLE
from tumorboard.reports.meeting_content import MeetingPapers
from tumorboard.reports.paper import Running
from tumorboard.reports.text import Run, Text
from tumorboard.reports.words import INTENDED_USE

#: Width of the words at the left of a line, in points.
_LABEL = 96

#: How each kind of paper is called at its top, and in the line that runs over every page.
_TITLES: Final = {
    "Agenda": N_("Agenda of the tumour board"),
    "Minutes": N_("Minutes of the tumour board"),
    "Readiness": N_("Readiness of the tumour board"),
}
_RUNNING: Final = {
    "Agenda": N_("Tumour board agenda"),
    "Minutes": N_("Tumour board minutes"),
    "Readiness": N_("Tumour board readiness"),
}


def running(papers: MeetingPapers, kind: str) -> Running:
    """Return the head and foot of each page; ``kind`` is a key of `_TITLES`."""
    return Running(
        f"{_(kind)} {papers.date}",
        _("Tumorboard {program_version}", program_version=papers.program_version),
        f"{_(_RUNNING[kind])} · {papers.day} · {confidentiality(papers.with_identity)}",
        INTENDED_USE,
        _("Audit head {audit_head}", audit_head=papers.audit_head[:12]),
        lacking_letters(papers),
    )


def heading(papers: MeetingPapers, kind: str, about: str) -> list[Block]:
    """Return the title of the paper, when and where, what it holds and who took part."""
    attendees = " · ".join(papers.attendees)
    words = [Run(attendees)] if attendees else [Run(_("Nobody is entered."), BODY, DIM)]
    return [
        Stack(
            [
                Text(Run(_(_TITLES[kind]), TITLE, bold=True)),
                Text(Run(papers.when_and_where, 12.0)),
                Text(Run(about, BODY, DIM)),
            ],
            2,
        ),
        Stack([head(_("Taking part")), Text(*words)], 3, keep=True),
    ]


def head(words: str) -> Text:
    """Return the head of a section."""
    return Text(Run(words.upper(), HEAD, ACCENT, bold=True, spaced=True), bind=True)


def line(label: str, words: str, *, colour: str = INK) -> Block:
    """Return a line of a case; nothing stated is said so."""
    said = Run(words, BODY, colour) if words else Run(_("not stated"), BODY, DIM)
    return Row([Text(Run(label, BODY, DIM)), Text(said)], (_LABEL, 1.0), 8, keep=False)


def lines(label: str, said: Sequence[Block]) -> Block:
    """Return a line of a case that holds several pieces."""
    return Row([Text(Run(label, BODY, DIM)), Stack(said, 1)], (_LABEL, 1.0), 8, keep=False)


def minutes_text(minutes: int) -> str:
    """Return "1 minute" or "12 minutes"."""
    return ngettext("{count} minute", "{count} minutes", minutes)


def cases_text(count: int) -> str:
    """Return "1 case" or "12 cases"."""
    return ngettext("{count} case", "{count} cases", count)


def colophon(papers: MeetingPapers) -> Block:
    """Return who wrote the paper, when, and the head of the audit chain."""
    parts = (
        _("Written {created}", created=papers.created),
        _("by {author}", author=papers.author) if papers.author else "",
        _("Tumorboard {program_version}", program_version=papers.program_version),
    )
    return Stack(
        [
            Hairline(),
            Text(Run(" · ".join(part for part in parts if part), SMALL, DIM)),
            Text(Run(_("Audit head {audit_head}", audit_head=papers.audit_head), HASH, DIM)),
        ],
        0.5,
        keep=True,
    )
