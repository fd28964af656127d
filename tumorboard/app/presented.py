"""The cases of a talk as the store holds them: read without opening them, changed by asking."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from tumorboard.annotations.model import Annotation, utc_now
from tumorboard.app import edits
from tumorboard.app.annotation_edits import drawn
from tumorboard.app.board import Board
from tumorboard.app.case_repository import ARCHIVED, STATUS, CaseRepository, Stamp, TalkTime
from tumorboard.app.edits import Edit
from tumorboard.app.identity import names_of
from tumorboard.app.meeting_words import day_in_words
from tumorboard.app.open_case import OpenCase
from tumorboard.app.talk import Slot, pages_of
from tumorboard.app.timeline import Timeline, timeline
from tumorboard.app.told import told, told_case, withholding_of
from tumorboard.case.annotation_facts import derive
from tumorboard.case.dates import age_at
from tumorboard.case.facts import FactSheet
from tumorboard.case.meeting import AgendaItem, Meeting
from tumorboard.case.model import Case, Patient, Remark
from tumorboard.errors import UserError
from tumorboard.language import N_, _
from tumorboard.progress import Reporter
from tumorboard.reports.identity import Withholding
from tumorboard.reports.words import local_day

if TYPE_CHECKING:
    from tumorboard.app.workspace import Workspace
    from tumorboard.guidelines.assessment import Assessment

#: The remark that holds what the presenter means to say.
NOTES = "notes"
#: The action under which it is written down that an audience was told who a case is about.
TOLD = "told who"


@dataclass(frozen=True, eq=False)
class Presented:
    """A case as a talk shows it; ``assessment`` is None while the rules are being read."""

    case: Case
    facts: FactSheet
    assessment: Assessment | None
    timeline: Timeline

    @property
    def notes(self) -> str:
        """What the presenter means to say."""
        remark = self.case.remark(NOTES)
        return remark.value if remark is not None else ""


class Presentation:
    """Reads the cases of a talk and writes what comes of it.

    A case is read once and kept until `forget`; the session's open case stays what it is.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._known: dict[str, Presented] = {}
        self._told: dict[str, tuple[Presented, Presented]] = {}
        self._people: tuple[Patient, ...] = ()

    # -- what to present ---------------------------------------------------------------

    def meetings(self) -> list[Meeting]:
        """Return the meetings that have cases, the latest date first."""
        return [m for m in Board(self._workspace.session).meetings() if m.items]

    def slots(self, items: Sequence[AgendaItem]) -> tuple[Slot, ...]:
        """Return the places of the agenda; a case that cannot be read keeps one page."""
        slots = tuple(self._slot(item) for item in items)
        self._people = self.patients(slots)
        self._told.clear()
        return slots

    def _slot(self, item: AgendaItem) -> Slot:
        words = (item.minutes, item.question, item.presenter)
        try:
            case = self.of(item.case_uid).case
        except UserError:
            return Slot(item.case_uid, _("case that cannot be read"), *words)
        question = item.question.strip() or case.question.strip()
        away = case.remark(ARCHIVED) is not None
        return Slot(
            item.case_uid, case.label, item.minutes, question, words[2], pages_of(case), away
        )

    def patients(self, slots: Sequence[Slot]) -> tuple[Patient, ...]:
        """Return who the cases are about, by all their names, as far as they can be read."""
        found: list[Patient] = []
        store = self._workspace.session.store
        for slot in slots:
            try:
                found += names_of(store, self.of(slot.case_uid).case)
            except UserError:
                continue
        return tuple(found)

    # -- what an audience may see ------------------------------------------------------

    def told(self, uid: str) -> Presented:
        """Return a case as an audience may see it: who it is about is blanked in its words.

        The errors are those of `of`.
        """
        known = self.of(uid)
        held = self._told.get(uid)
        if held is None or held[0] is not known:
            store, word = self._workspace.session.store, self._withholding(known.case)
            case = told_case(store, known.case, word)
            made = timeline(case, store.decisions.of_case(uid))
            shown = Presented(case, told(known.facts, word), told(known.assessment, word), made)
            self._told[uid] = held = (known, shown)
        return held[1]

    def told_drawn(self, uid: str, drawn: Sequence[Annotation]) -> tuple[Annotation, ...]:
        """Return what was drawn in a talk as an audience may see it; the errors are those above."""
        return told(tuple(drawn), self._withholding(self.of(uid).case))

    def told_question(self, slot: Slot) -> str:
        """Return a question as an audience may see it; none of a case that cannot be read."""
        try:
            return self._withholding(self.of(slot.case_uid).case)(slot.question)
        except UserError:
            return ""

    def told_title(self, title: str) -> str:
        """Return the title of the talk as an audience may see it."""
        return Withholding((), self._people)(title)

    def _withholding(self, case: Case) -> Withholding:
        return withholding_of(self._workspace.session.store, case, self._people)

    # -- reading -----------------------------------------------------------------------

    def of(self, uid: str) -> Presented:
        """Return a case with what follows from it.

        Raises
        ------
        UserError
            When it is not in the store or cannot be read.

        """
        held = self._known.get(uid)
        if held is None or held.assessment is None:
            store = self._workspace.session.store
            case = store.cases.load(uid)
            derived = derive(case, measured=store.cases.load_derived(uid).values())
            facts = FactSheet({**derived, **case.facts.facts})
            made = timeline(case, store.decisions.of_case(uid))
            self._known[uid] = held = Presented(
                case, facts, self._workspace.guidance.assess_if_ready(facts), made
            )
        return held

    def forget(self, uid: str = "") -> None:
        """Read a case, or all of them, anew when they are next asked for."""
        if uid:
            self._known.pop(uid, None)
        else:
            self._known.clear()

    # -- writing -----------------------------------------------------------------------

    def keep_drawn(self, uid: str, annotations: Sequence[Annotation]) -> None:
        """Keep with a case what was drawn on it during a talk, as one step.

        Raises
        ------
        UserError
            When it cannot be stored, or another window has changed the case.

        """
        self._apply(uid, lambda case: drawn(case, N_("Measured before the board"), annotations))

    def keep_notes(self, uid: str, text: str) -> str:
        """Keep what the presenter means to say about a case; the errors are those above.

        When somebody else wrote notes meanwhile both are kept. Returns the notes that stand.
        """
        seen = self.of(uid).notes
        if text == seen:
            return text
        self.forget(uid)
        theirs = self.of(uid).notes
        both = text if theirs in ("", seen, text) else f"{theirs}\n\n{text}"
        remark = Remark(NOTES, both, "", self._workspace.session.author, utc_now())
        self._apply(uid, lambda case: edits.put_remark(case, remark, N_("Notes for the talk")))
        return both

    def set_status(self, uid: str, status: str) -> None:
        """Give a case its status; the errors are those above."""
        remark = Remark(STATUS, status, "", self._workspace.session.author, utc_now())
        self._apply(uid, lambda case: edits.put_remark(case, remark, f"Status: {status}"))

    def mark_presented(self, read: TalkTime, day: str) -> None:
        """Keep how long a case was shown at the meeting of an ISO date, and that it was.

        It gets the status presented, unless it has another. The errors are those above.
        """
        session, uid = self._workspace.session, read.case_uid
        _keep_time(session.store, read, session.author)
        if still_to_present(session.store.cases.whole_remark(uid, STATUS), day):
            self.set_status(uid, "presented")

    def marking(self, read: TalkTime, day: str) -> Callable[[Reporter], None] | None:
        """Return `mark_presented` as work for a thread; None where it has to be done here.

        That is where the case is open in the window, or its store is in memory alone.
        """
        session, uid = self._workspace.session, read.case_uid
        folder, author = session.store.folder, session.author
        if folder is None or (session.case is not None and session.case.uid == uid):
            return None

        def work(_reporter: Reporter) -> None:
            with CaseRepository.beside(folder) as store:
                _keep_time(store, read, author)
                _mark(store, uid, day, author)

        return work

    def marked(self, uid: str) -> None:
        """Take note that a thread has written to a case."""
        self.forget(uid)
        self._workspace.session.cases_changed.emit()

    def log_told(self, uid: str) -> None:
        """Write down that an audience was told initials and age of a case.

        Raises
        ------
        UserError
            When it cannot be written; then nothing may be told.

        """
        session = self._workspace.session
        stamp = Stamp(session.author, utc_now())
        with session.store.transaction():
            session.store.audit.append(stamp, TOLD, uid, "initials and age", uid)

    def _apply(self, uid: str, make: Callable[[Case], Edit]) -> None:
        """Change a case as it stands, also when another window has changed it meanwhile."""
        session = self._workspace.session
        if session.case is not None and session.case.uid == uid:
            try:
                session.apply(make(session.case))
            except UserError:
                session.apply(make(session.open_case(uid)))
        else:
            opened = OpenCase(session.store, uid, derive)
            opened.commit("edit", make(opened.case), session.author)
            session.cases_changed.emit()
        self.forget(uid)


def _keep_time(store: CaseRepository, read: TalkTime, author: str) -> None:
    with store.transaction():
        store.talk_times.append(Stamp(author, utc_now()), read)


def _mark(store: CaseRepository, uid: str, day: str, author: str) -> None:
    """Give a case the status presented, unless it has another that holds."""
    if still_to_present(store.cases.whole_remark(uid, STATUS), day):
        opened = OpenCase(store, uid, derive)
        remark = Remark(STATUS, "presented", "", author, utc_now())
        edit = edits.put_remark(opened.case, remark, "Status: presented")
        opened.commit("edit", edit, author)


def still_to_present(status: Remark | None, day: str) -> bool:
    """Whether a status was set for what comes before a talk on an ISO date, not for after it."""
    if status is None or status.value in ("in preparation", "ready"):
        return True
    set_on = local_day(status.time_utc)
    return status.value == "deferred" and set_on is not None and set_on.isoformat() < day


def title_of(meeting: Meeting) -> str:
    """Return "Board · Friday, 27 Mar 2026": day and place, nobody's name."""
    return _("Board · {day}", day=day_in_words(meeting.date)) if meeting.date else _("Board")


def to_begin_with(meetings: Sequence[Meeting], case_uid: str, today: date) -> Meeting | None:
    """Return the meeting that is surely meant; None where a person has to say.

    The one of today, else the only one there is, when the open case is on its agenda or no
    case is open.
    """
    fitting = [m for m in meetings if not case_uid or m.item(case_uid) is not None]
    of_today = [m for m in fitting if m.date == today.isoformat()]
    for found in (of_today, fitting if len(meetings) == 1 else []):
        if len(found) == 1:
            return found[0]
    return None


def initials_and_age(patient: Patient, newest: str) -> str:
    """Return "A. P., 64": initials of given and family name, whole years at a DICOM date."""
    name = patient.name.split("=", maxsplit=1)[0]
    # As files write it, as people list it, or as it is spoken.
    family, __, given = name.partition("^" if "^" in name or "," not in name else ",")
    if not given.strip() and "^" not in name:
        given, __, family = family.strip().rpartition(" ")
    names = (given.strip(" ^,").split("^", maxsplit=1)[0].strip(), family.strip(" ,"))
    letters = " ".join(f"{name[0].upper()}." for name in names if name)
    years = age_at(patient.birth_date, newest)
    age = "" if years is None else str(years)
    return ", ".join(part for part in (letters, age) if part) or _("not known")
