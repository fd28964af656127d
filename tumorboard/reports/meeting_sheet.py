"""What agenda and minutes share: the head of the first page, sections, lines, page foot."""

from __future__ import annotations

from collections.abc import Sequence

from tumorboard.language import _
from tumorboard.reports.blocks import Block, Hairline, Row, Stack
from tumorboard.reports.identity import confidentiality
from tumorboard.reports.look import ACCENT, BODY, DIM, HASH, HEAD, INK, SMALL, TITLE
from tumorboard.reports.meeting_content import MeetingPapers
from tumorboard.reports.paper import Running
from tumorboard.reports.text import Run, Text
from tumorboard.reports.words import INTENDED_USE

#: Width of the words at the left of a line, in points.
_LABEL = 96


def running(papers: MeetingPapers, kind: str) -> Running:
    """Return the head and foot of each page; ``kind`` is "Agenda" or "Minutes"."""
    confidential = confidentiality(papers.with_identity)
    return Running(
        f"{kind} {papers.date}",
        _("Tumorboard {program_version}", program_version=papers.program_version),
        _(
            "Tumour board {kind} · {day} · {confidential}",
            kind=kind.lower(),
            day=papers.day,
            confidential=confidential,
        ),
        INTENDED_USE,
        _("Audit head {audit_head}", audit_head=papers.audit_head[:12]),
    )


def heading(papers: MeetingPapers, kind: str, about: str) -> list[Block]:
    """Return the title of the paper, when and where, what it holds and who took part."""
    attendees = " · ".join(papers.attendees)
    words = [Run(attendees)] if attendees else [Run(_("Nobody is entered."), BODY, DIM)]
    return [
        Stack(
            [
                Text(Run(_("{kind} of the tumour board", kind=kind), TITLE, bold=True)),
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
    return (
        _("{minutes} minute", minutes=minutes)
        if minutes == 1
        else _("{minutes} minutes", minutes=minutes)
    )


def cases_text(count: int) -> str:
    """Return "1 case" or "12 cases"."""
    return _("{count} case", count=count) if count == 1 else _("{count} cases", count=count)


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
