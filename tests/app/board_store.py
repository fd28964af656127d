"""A store in which a board did what a test counts by hand."""

from __future__ import annotations

from dataclasses import replace

from tests.app.test_session import derive
from tumorboard.app.board import Board, Subject
from tumorboard.app.case_repository import Stamp, TalkTime
from tumorboard.app.session import Session
from tumorboard.case.decision import Agreement, Decision
from tumorboard.case.meeting import AgendaItem, Meeting
from tumorboard.case.model import Patient
from tumorboard.store.database import Store

MARCH, MAY, CANCELLED, LATER = "2022-03-10", "2022-05-05", "2022-04-01", "2022-12-24"
FRIEDA = Patient("", "QUIXFICT^FRIEDA", "PID-77-31", "19590412", "F")
CRITERIA = {"aorta": "absent", "spine": "absent"}
OPTIONS = {
    "O-A": {"title": "Resection", "status": "suggest", "status_text": "Suggested"},
    "O-B": {"title": "Radiotherapy", "status": "discourage", "status_text": "Discouraged"},
    "O-EQ": {
        "title": "Other resection",
        "status": "not_established",
        "status_text": "Not established",
        "equal_with": "O-A",
    },
    "O-LATER": {"title": "Chemotherapy", "status": "deferred", "status_text": "Later"},
}
BLEEDING = {"severity": "C", "text": "It bleeds"}
OLD = {"severity": "W", "text": "Images are old"}


class Said:
    """An assessment with the words of a test."""

    guideline_version, input_hash, category = "1", "0", "resectable"

    def __init__(self, **said):
        self.said = said

    def to_json(self):
        return self.said


def said(missing=(), criteria=None, options=None, **alerts) -> Said:
    """Return an assessment that asks for inputs and has alerts, by their rule."""
    return Said(
        missing=list(missing),
        also_missing=[],
        criteria=criteria or CRITERIA,
        options=OPTIONS if options is None else options,
        alerts=sorted(alerts),
        alert_details=alerts,
    )


class Hands:
    """Does in a store what a board does."""

    def __init__(self, store: Store) -> None:
        self.session = Session(store, "Dr Sample", derive, lambda facts: said())
        self.board = Board(self.session)
        self.uids: dict[str, str] = {}

    def case(self, label: str, patient: Patient | None = None) -> str:
        uid = self.session.new_case(label, patient or Patient(""), "?").uid
        self.uids[label] = uid
        return uid

    def meeting(self, day: str, *labels: str, minutes: int = 3) -> Meeting:
        made = self.board.new_meeting(day)
        items = tuple(AgendaItem(self.uids[label], minutes) for label in labels)
        return self.board.keep(replace(made, items=items))

    def acknowledge(self, label: str, rule: str, stands_for: str, reason: str) -> None:
        self.session.open_case(self.uids[label])
        self.session.set_remark(f"alert:{rule}", stands_for, reason)

    def sign(self, label: str, meeting: str, decision: Decision, on: Said | None) -> None:
        case = self.session.open_case(self.uids[label])
        subject = Subject(case, self.session.facts, on)
        self.board.sign(decision, meeting, on=subject)

    def spoke(self, talk: str, meeting: Meeting, label: str, seconds: int, utc: str) -> None:
        store = self.session.store
        with store.transaction():
            read = TalkTime(talk, meeting.uid, self.uids[label], seconds)
            store.talk_times.append(Stamp("Dr Sample", utc), read)


def chosen(*options: str, **more) -> Decision:
    return Decision(options=options, responsible="Dr Cut", **more)


def of_a_spring(store: Store) -> Hands:
    """Fill a store: see the counts in `test_board_figures.py`."""
    hands = Hands(store)
    for number in range(1, 11):
        hands.case(f"RP-{number}", FRIEDA if number == 2 else None)
    march = hands.meeting(MARCH, *(f"RP-{n}" for n in range(1, 9)), minutes=4)
    may = hands.meeting(MAY, "RP-5", "RP-9")
    cancelled = hands.meeting(CANCELLED, "RP-1")
    hands.board.keep(replace(cancelled, cancelled=True))
    hands.meeting(LATER, "RP-3")
    old = hands.meeting("2020-01-10", "RP-10")
    # RP-1: as suggested; one alert overridden, one not.
    hands.acknowledge("RP-1", "R-1", "critical: It bleeds", "Embolised yesterday")
    with_alerts = {"R-1": BLEEDING, "R-2": OLD}
    hands.sign("RP-1", march.uid, chosen("O-A", agreement=Agreement.AGREES), said(**with_alerts))
    hands.session.clear_remark("alert:R-1")  # after the signature: it was overridden all the same
    # RP-2: against the assessment; what was acknowledged said something else.
    hands.acknowledge("RP-2", "R-1", "critical: It bled", "Seen")
    reason = "=Frieda Quixfict wishes so"
    hands.sign(
        *("RP-2", march.uid),
        chosen("O-A", "O-B", agreement=Agreement.DISSENTS, dissent_reason=reason),
        said(("grade",), {**CRITERIA, "aorta": "not_assessed"}, **{"R-1": BLEEDING}),
    )
    # RP-3: an option that the rules are silent on, without a reason; the alert is taken later.
    hands.sign("RP-3", march.uid, chosen("O-SILENT"), said(("grade", "aorta"), **{"R-2": OLD}))
    hands.acknowledge("RP-3", "R-2", "warning: Images are old", "New ones are booked")
    words = Decision(recommendation="Second opinion", responsible="Dr Cut")
    hands.sign("RP-4", march.uid, words, said())
    # RP-5: deferred, then decided, corrected against the assessment, and followed up.
    hands.sign("RP-5", march.uid, Decision(deferred_because="No CT"), said(("grade",)))
    hands.sign("RP-5", may.uid, chosen("O-EQ"), said(("grade",)))
    against = chosen("O-B")
    hands.sign("RP-5", may.uid, against, said(**{"R-2": OLD}))
    fine = {**OPTIONS, "O-B": {**OPTIONS["O-A"], "title": "Radiotherapy"}}
    told = replace(against, outcome="Done", outcome_as_recommended=True)
    hands.sign("RP-5", may.uid, told, said(options=fine))
    hands.session.open_case(hands.uids["RP-6"])
    hands.board.draft(chosen("O-A"), march.uid)
    hands.sign("RP-7", march.uid, chosen("O-A"), None)
    only_later = {"O-LATER": OPTIONS["O-LATER"]}
    hands.sign("RP-8", march.uid, chosen("O-LATER"), said(options=only_later))
    hands.sign("RP-10", old.uid, chosen("O-B"), said(**{"R-1": BLEEDING}))
    # 90 s in one talk, read twice, and 30 s in another; RP-2 on another day than the meeting.
    hands.spoke("T1", march, "RP-1", 60, f"{MARCH}T12:00:00Z")
    hands.spoke("T1", march, "RP-1", 90, f"{MARCH}T12:10:00Z")
    hands.spoke("T2", march, "RP-1", 30, f"{MARCH}T12:20:00Z")
    hands.spoke("T3", march, "RP-2", 600, "2022-03-11T12:00:00Z")
    hands.spoke("T2", march, "RP-3", 360, f"{MARCH}T12:30:00Z")
    return hands
