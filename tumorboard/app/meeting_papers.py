"""The papers of a meeting as the store holds it: agenda, minutes, table of decisions.

Reading only: nothing here changes a case or its history.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

from tumorboard import __version__
from tumorboard.annotations.model import utc_now
from tumorboard.app.case_repository import CaseRepository
from tumorboard.app.decision_state import in_force
from tumorboard.app.file_names import tells
from tumorboard.app.guideline_choice import guideline_in_force
from tumorboard.app.headless import must_hold_store
from tumorboard.app.identity import names_of
from tumorboard.app.meeting_words import (
    Words,
    day_in_words,
    decided_words,
    planned_starts,
)
from tumorboard.app.readiness import case_lights
from tumorboard.app.told import refuse_doubts, told_label, withholding_of
from tumorboard.case.meeting import AgendaItem, Meeting
from tumorboard.case.model import Case, Patient
from tumorboard.errors import UserError
from tumorboard.guidelines.category_words import category_title, guideline_words, qualifiers
from tumorboard.language import _
from tumorboard.reports.identity import Choice, Withholding
from tumorboard.reports.meeting_content import (
    Identity,
    MeetingCase,
    MeetingPapers,
    Readiness,
    Reading,
)
from tumorboard.reports.words import dicom_date, local_time_with_zone, person_name, plain_all


@dataclass(frozen=True)
class Request:
    """How the papers are wanted.

    ``titles`` are the options of the catalogue by identifier; ``with_identity`` has names,
    identifiers and dates of birth told, which are otherwise blanked wherever people wrote them.
    ``answers`` is what holds for every word that may be a name, where nobody can be asked.
    """

    titles: Mapping[str, str]
    author: str = ""
    with_identity: bool = False
    answers: Choice | None = None


def find_meeting(store: CaseRepository, day: str, start: str = "") -> Meeting:
    """Return the one meeting on an ISO date; ``start`` (14:30) tells several apart.

    Raises
    ------
    UserError
        When that is no date, or there is no meeting or more than one.

    """
    try:
        wanted = date.fromisoformat(day).isoformat()
    except ValueError:
        raise UserError(
            _("“{day}” is not a date.", day=day), _("Write it as 2026-11-27.")
        ) from None
    known = store.meetings.all()
    on_day = [meeting for meeting in known if meeting.date == wanted]
    found = [meeting for meeting in on_day if start in ("", meeting.start)]
    if len(found) == 1:
        return found[0]
    starts = ", ".join(sorted(meeting.start or _("no time") for meeting in on_day))
    if not on_day:
        dates = ", ".join(dict.fromkeys(meeting.date for meeting in known[:8])) or _("none")
        raise UserError(
            _("There is no meeting on {day} in the store.", day=wanted),
            _("Meetings: {days}.", days=dates),
        )
    if not found:
        raise UserError(
            _("No meeting on {day} starts at {start}.", day=wanted, start=start),
            _("They start at: {starts}.", starts=starts),
        )
    raise UserError(
        _("There are {count} meetings on {day}.", count=len(found), day=wanted),
        _("Say which with --start; they start at: {starts}.", starts=starts),
    )


def meeting_papers(store: CaseRepository, meeting: Meeting, request: Request) -> MeetingPapers:
    """Return all that the papers of a meeting say.

    Raises
    ------
    UserError
        When a case cannot be read.

    """
    found = [store.cases.load(item.case_uid) for item in meeting.items]
    people = _people(store, found)

    def read(item: AgendaItem, case: Case) -> MeetingCase:
        """Return what the papers say of a case; its place in the order comes later."""
        withheld = Withholding(())
        if not request.with_identity:
            withheld = withholding_of(store, case, people, request.answers)
        words = Words(withheld, _staff(meeting), request.titles)
        return _Reader(store, meeting, words).case(item, case)

    papers = MeetingPapers(
        date=meeting.date,
        day=day_in_words(meeting.date),
        start=meeting.start,
        place=meeting.place,
        attendees=tuple(f"{a.name} ({_(a.role)})" if a.role else a.name for a in meeting.attendees),
        minutes=meeting.minutes,
        cases=tuple(
            replace(
                read(item, case),
                number=number,
                starts=starts,
                identity=_identity(case) if request.with_identity else Identity(),
            )
            for number, item, case, starts in zip(
                count(1), meeting.items, found, planned_starts(meeting), strict=False
            )
        ),
        author=request.author,
        created=local_time_with_zone(utc_now()),
        program_version=__version__,
        audit_head=store.head,
        with_identity=request.with_identity,
    )
    return plain_all(papers)


def names_a_patient(store: CaseRepository, meeting: Meeting, text: str) -> bool:
    """Whether a text, such as the name of a file, tells who a case is about."""
    found = [store.cases.load(item.case_uid) for item in meeting.items]
    return tells(_people(store, found), text)


def _people(store: CaseRepository, found: Iterable[Case]) -> list[Patient]:
    return [who for case in found for who in names_of(store, case)]


def _staff(meeting: Meeting) -> frozenset[str]:
    presenters = {item.presenter for item in meeting.items}
    return frozenset({attendee.name for attendee in meeting.attendees} | presenters)


def _identity(case: Case) -> Identity:
    patient = case.patient
    return Identity(person_name(patient.name), patient.patient_id, dicom_date(patient.birth_date))


@dataclass(frozen=True)
class _Reader:
    """Reads a case of a meeting from the store, in the words of that case."""

    store: CaseRepository
    meeting: Meeting
    words: Words

    def case(self, item: AgendaItem, case: Case) -> MeetingCase:
        """Return what the papers say of a case; its place in the order comes later."""
        question = item.question.strip() or case.question.strip()
        found = self.store.decisions.of_case(case.uid)
        saving = in_force(found, self.meeting.uid)
        return MeetingCase(
            number=0,
            starts="",
            minutes=item.minutes,
            label=told_label(self.store, case, self.words.blanked),
            question=self.words.free(question),
            presenter=self.words.person(item.presenter),
            readiness=self._readiness(replace(case, question=question)),
            decided=None if saving is None else decided_words(saving, self.words),
            reading=self._reading(case.uid, {} if saving is None else saving.record),
        )

    def _reading(self, case_uid: str, record: Mapping[str, Any]) -> Reading | None:
        """Return the category that a signed decision froze, else the newest one stored."""
        result = record.get("assessment") or {}
        frozen = bool(record)
        if not record:
            stored = self.store.assessments.newest(case_uid)
            result = {} if stored is None else stored.result
        title = category_title(result)
        if not title:
            return None
        return Reading(title, qualifiers(result), guideline_words(result), frozen)

    def _readiness(self, case: Case) -> tuple[Readiness, ...]:
        return tuple(
            # The question itself stands beside its light already.
            Readiness(
                light.label,
                light.state,
                _("written") if light.key == "question" and light.state else light.words,
                light.expected,
            )
            for light in case_lights(self.store, case)
        )


@dataclass(frozen=True)
class Wanted:
    """Which meeting, and the files that its papers go to; see `stored_papers`."""

    day: str
    start: str = ""
    files: tuple[Path, ...] = ()
    with_identity: bool = False
    answers: Choice | None = None


def stored_papers(folder: Path, wanted: Wanted, author: str) -> MeetingPapers:
    """Return the papers of a meeting in the store that lies in a folder.

    Raises
    ------
    UserError
        When there is no store, no such meeting or more than one, or, where identity is not
        wanted, the name of a file tells who a case is about or a word may be a name.

    """
    must_hold_store(folder)
    options = guideline_in_force(folder).guideline.options
    request = Request(
        {o.id: o.title for o in options.values()}, author, wanted.with_identity, wanted.answers
    )
    with CaseRepository.to_read(folder) as store:
        meeting = find_meeting(store, wanted.day, wanted.start)
        for file in wanted.files:
            if not wanted.with_identity and names_a_patient(store, meeting, file.name):
                raise UserError(
                    _("The name of a file tells who a patient is."),
                    _("Choose another name, or add --identity."),
                )
        if not wanted.with_identity:
            uids = [item.case_uid for item in meeting.items]
            refuse_doubts(store, uids, wanted.answers, meeting.items)
        return meeting_papers(store, meeting, request)


def papers_of(folder: Path, meeting_uid: str, request: Request, file: Path) -> MeetingPapers:
    """Return the papers of a meeting for a file; opens the store anew, for a worker thread.

    Raises
    ------
    UserError
        When there is no such meeting, or the name of the file tells who a case is about
        though identity is not wanted.

    """
    with CaseRepository.beside(folder) as store:
        meeting = store.meetings.find(meeting_uid)
        if meeting is None:
            raise UserError(_("This meeting is not in the store."), _("Choose one from the list."))
        if not request.with_identity and names_a_patient(store, meeting, file.name):
            raise UserError(
                _("The name of the file tells who a patient is."),
                _("Choose another name, or have identity on the paper."),
            )
        return meeting_papers(store, meeting, request)
