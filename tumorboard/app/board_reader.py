"""Reads from the store what a board did in a period; for a worker, as it looks at every case."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tumorboard.app.board_record import (
    ALERT,
    BoardRecord,
    Decided,
    Planned,
    decides_alike,
)
from tumorboard.app.case_repository import CaseRepository, StoredDecision, TalkTime
from tumorboard.app.decision_state import of_meeting
from tumorboard.canonical_json import loads
from tumorboard.case.codec import decode
from tumorboard.case.meeting import Meeting
from tumorboard.case.model import Remark
from tumorboard.language import _
from tumorboard.progress import Reporter
from tumorboard.reports.words import local_day

_DECISIONS, _CASES = _("Reading decisions"), _("Reading cases")


@dataclass(frozen=True)
class Period:
    """A span of days, both included; ``today`` bounds what took place already."""

    first: date
    last: date
    today: date

    def holds(self, day: date | None) -> bool:
        """Whether a day lies in it."""
        return day is not None and self.first <= day <= self.last


def read_board(store: CaseRepository, period: Period, reporter: Reporter) -> BoardRecord:
    """Return what happened in a period.

    Raises
    ------
    CancelledError
        When the reporter was asked to stop.
    UserError
        When the store cannot be read.

    """
    meetings = {meeting.uid: meeting for meeting in store.meetings.all()}
    acknowledged = _Acknowledgements.read(store)
    held = [m for m in meetings.values() if _took_place(m, period)]
    times = store.talk_times.all()
    times_of: dict[str, list[TalkTime]] = defaultdict(list)
    for read in times:
        times_of[read.meeting_uid].append(read)
    signed = store.decisions.signed_cases()
    decided: list[Decided] = []
    elsewhere = outside = 0
    for done, case_uid in enumerate(signed):
        reporter.step(_DECISIONS, done, len(signed))
        found = store.decisions.of_case(case_uid)
        here: list[StoredDecision] = []
        for saving in found:
            if not saving.signed or _signed_here(store, saving):
                here.append(saving)
            else:
                elsewhere += period.holds(local_day(saving.utc))
        for meeting_uid, savings in _by_meeting(here).items():
            meeting = meetings.get(meeting_uid)
            day = _day(meeting) if meeting is not None else local_day(savings[0].utc)
            if day is None or not period.holds(day):
                outside += sum(period.holds(local_day(s.utc)) for s in savings)
                continue
            judged = _first_like_the_last(savings)
            decided.append(
                Decided(
                    *(case_uid, store.cases.label_of(case_uid), day, meeting_uid),
                    decision=savings[-1].decision,
                    assessment=_assessment(judged),
                    first=_assessment(savings[0]),
                    held=acknowledged.in_force(store, judged),
                )
            )
    planned, drafted = [], set()
    for done, meeting in enumerate(held):
        reporter.step(_CASES, done, len(held))
        planned += _planned(meeting, times_of[meeting.uid])
        drafted |= _drafted(store, meeting)
    days = [day for day in (local_day(t.utc) for t in times) if day is not None]
    return BoardRecord(
        *(period.first, period.last, len(held), tuple(planned), tuple(decided)),
        drafted=frozenset(drafted),
        elsewhere=elsewhere,
        outside=outside,
        acknowledged=acknowledged.made_in(period),
        timed_since=min(days, default=None),
    )


def _day(meeting: Meeting) -> date | None:
    try:
        return date.fromisoformat(meeting.date)
    except ValueError:
        return None


def _took_place(meeting: Meeting, period: Period) -> bool:
    day = _day(meeting)
    return day is not None and period.holds(day) and day <= period.today and not meeting.cancelled


# -- decisions -----------------------------------------------------------------------------


def _signed_here(store: CaseRepository, saving: StoredDecision) -> bool:
    """Whether a decision was signed in this store, and did not come with a case bundle.

    It names the head of the audit chain that its author saw, which is a row of this chain; and
    who brought it here, and when, is who signed it.
    """
    link = store.audit.link("decision", str(saving.sequence))
    if link is None or link.utc != saving.utc:
        return False
    head = str(saving.record.get("audit_head", ""))
    return head == link.previous or store.audit.knows(head, link.sequence)


def _by_meeting(found: Sequence[StoredDecision]) -> dict[str, list[StoredDecision]]:
    """Return what each meeting signed on a case, given all savings that were made here.

    One that names no meeting goes on with the one before it, as a correction does.
    """
    signed: dict[str, list[StoredDecision]] = defaultdict(list)
    current = ""
    for saving in found:
        current = saving.meeting_uid or current
        if saving.signed:
            signed[current].append(saving)
    return signed


def _first_like_the_last(signed: Sequence[StoredDecision]) -> StoredDecision:
    """Return the signature under which what stands was first chosen, and chosen ever since."""
    first = signed[-1]
    for saving in reversed(signed):
        if not decides_alike(saving.decision, signed[-1].decision):
            break
        first = saving
    return first


def _assessment(saving: StoredDecision) -> Mapping[str, Any]:
    found = saving.record.get("assessment")
    return found if isinstance(found, dict) else {}


# -- the agenda ----------------------------------------------------------------------------


def _planned(meeting: Meeting, times: Iterable[TalkTime]) -> list[Planned]:
    """Return the cases of a meeting with their times of its day; several talks add up."""
    spent: dict[tuple[str, str], int] = {}
    for read in times:
        day = local_day(read.utc)
        if day is not None and day == _day(meeting):
            spent[read.case_uid, read.talk_uid] = read.seconds
    found = []
    for item in meeting.items:
        of_case = [seconds for (uid, _), seconds in spent.items() if uid == item.case_uid]
        seconds = sum(of_case) if of_case else None
        found.append(Planned(item.case_uid, meeting.uid, item.minutes, seconds))
    return found


def _drafted(store: CaseRepository, meeting: Meeting) -> set[tuple[str, str]]:
    return {
        (item.case_uid, meeting.uid)
        for item in meeting.items
        if of_meeting(store.decisions.of_case(item.case_uid), meeting.uid).state == "draft"
    }


# -- acknowledged alerts -------------------------------------------------------------------


@dataclass(frozen=True)
class _Acknowledgements:
    """What became of the acknowledgements of each case: (step, key, what holds after it)."""

    by_case: Mapping[str, list[tuple[int, str, Remark | None]]] = field(default_factory=dict)
    made_here: frozenset[tuple[str, Remark]] = frozenset()

    @classmethod
    def read(cls, store: CaseRepository) -> _Acknowledgements:
        by_case: dict[str, list[tuple[int, str, Remark | None]]] = defaultdict(list)
        here: set[tuple[str, Remark]] = set()
        brought: set[tuple[str, Remark]] = set()
        for step, change in store.steps.values_named("remark", ALERT):
            after = None if change.after is None else decode("remark", loads(change.after))
            remark = after if isinstance(after, Remark) else None
            by_case[step.case_uid].append((step.sequence, change.name, remark))
            if remark is not None:
                (brought if step.kind == "import" else here).add((step.case_uid, remark))
        return cls(by_case, frozenset(here - brought))

    def in_force(self, store: CaseRepository, saving: StoredDecision) -> Mapping[str, Remark]:
        """Return the acknowledgements that held when a decision was signed, by key."""
        link = store.audit.link("decision", str(saving.sequence))
        last = store.audit.step_before(link.sequence) if link is not None else 0
        held: dict[str, Remark | None] = {}
        for sequence, key, remark in self.by_case.get(saving.case_uid, ()):
            if sequence <= last:
                held[key] = remark
        return {key: remark for key, remark in held.items() if remark is not None}

    def made_in(self, period: Period) -> int:
        """Count those that were made here in a period, also what was taken back since."""
        return sum(period.holds(local_day(remark.time_utc)) for _, remark in self.made_here)
