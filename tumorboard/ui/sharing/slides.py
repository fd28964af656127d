"""Gathers slides in a worker: the pictures of one case, or of all cases of a meeting."""

from __future__ import annotations

from tumorboard import __version__
from tumorboard.app.shared_case import CaseReader, SharedCase
from tumorboard.errors import UserError
from tumorboard.language import _
from tumorboard.progress import Reporter
from tumorboard.reports.deck import CaseSlides, Deck
from tumorboard.reports.meeting_content import Decided
from tumorboard.reports.meeting_sheet import cases_text
from tumorboard.ui.sharing.board_report import (
    ReportInputs,
    build_report,
    opened_shots,
    refuse_burned_in,
)


def case_deck(
    inputs: ReportInputs, decided: Decided | None, reporter: Reporter, *, all_pages: bool = False
) -> Deck:
    """Return the slides of one case; for any thread.

    Raises
    ------
    CancelledError
        When the user cancelled.

    """
    report = build_report(inputs, reporter)
    title = _("Slides {label}", label=report.label)
    cases = (CaseSlides(report, decided),)
    return Deck(title, (), cases, __version__, inputs.with_identity, all_pages)


def stored_inputs(
    reader: CaseReader, shared: SharedCase, *, with_identity: bool = False
) -> ReportInputs:
    """Take what the report of a stored case needs, in the thread of the reader."""
    told = shared.told(with_identity=with_identity)
    shots, fused = opened_shots(told.case, reader.images)
    if not with_identity:
        refuse_burned_in(told.case, shots, fused)
    return ReportInputs(
        *(told.case, told.facts, told.assessment, told.audit_head, told.author),
        *(shots, fused, told.people, told.withheld, with_identity),
    )


def meeting_deck(
    reader: CaseReader,
    meeting_uid: str,
    reporter: Reporter,
    *,
    with_identity: bool = False,
    all_pages: bool = False,
) -> Deck:
    """Return the slides of a meeting, case after case; what each needs is let go after it.

    Raises
    ------
    UserError
        When there is no such meeting, it has no cases, or one cannot be read.
    CancelledError
        When the user cancelled.

    """
    meeting, papers = reader.meeting(meeting_uid, with_identity=with_identity)
    if not papers.cases:
        raise UserError(_("There are no cases on the agenda."), _("Put cases on it first."))
    people = reader.people_of(meeting)
    found = []
    for done, (item, words) in enumerate(zip(meeting.items, papers.cases, strict=True)):
        reporter.step(_("Painting cases"), done, len(papers.cases))
        shared = reader.read(item.case_uid, people)
        inputs = stored_inputs(reader, shared, with_identity=with_identity)
        report = build_report(inputs, reporter.quiet())
        found.append(CaseSlides(report, words.decided, str(words.number), words.question))
        del inputs
        reader.images.forget()
    title = _("Slides {date}", date=papers.date)
    opening = [_("Tumour board"), papers.when_and_where, cases_text(len(papers.cases)), ""]
    for case in papers.cases:
        question = f": {case.question}" if case.question else ""
        opening.append(f"{case.number}  {case.label}{question}")
    return Deck(title, tuple(opening), tuple(found), __version__, with_identity, all_pages)
