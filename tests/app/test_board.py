"""Meetings and decisions in the store: kept for good, signed with all they rest on."""

import hashlib
from dataclasses import replace

import pytest

from tests.app.test_session import Result, derive
from tests.store.samples import ANNA, BERT, annotation
from tumorboard.app.board import Board
from tumorboard.app.session import Session
from tumorboard.canonical_json import dumps
from tumorboard.case.decision import Agreement, Considered, Decision, Intent, RejectedOption
from tumorboard.case.meeting import AgendaItem, Attendee
from tumorboard.errors import UserError
from tumorboard.store.database import Store
from tumorboard.store.driver import DatabaseError
from tumorboard.store.verify import verify

FULL = Decision(
    options=("O-RESECT", "O-TRIAL"),
    recommendation="Resection with the right kidney",
    intent=Intent.CURATIVE,
    rejected=(RejectedOption("O-RT", "Bowel in the field"),),
    agreement=Agreement.DISSENTS,
    dissent_reason="The vein can be replaced here",
    stage="IIIB",
    histology="Leiomyosarcoma",
    trial=Considered.YES,
    responsible="Dr Example",
    due="2026-12-11",
)


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path) as opened:
        yield opened
        report = verify(opened)
        assert report.ok, report.problems


@pytest.fixture
def session(store):
    made = Session(store, "Dr Sample", derive, Result)
    made.new_case("RP-1", ANNA, "Resectable?")
    made.put_annotation(annotation("a1"))
    made.set_fact("site", "retroperitoneum")
    return made


@pytest.fixture
def board(session):
    return Board(session)


def test_a_meeting_comes_back_as_it_was_kept(board, session):
    made = board.new_meeting("2026-11-27", "14:30", "Room 3")
    uid = session.case.uid
    full = replace(
        made.with_item(AgendaItem(uid, 5, "Resectable?", "Dr B")),
        attendees=(Attendee("Dr B", "surgeon"), Attendee("Dr C")),
    )
    kept = board.keep(full)
    assert board.meetings() == [kept]
    assert kept == replace(full, version=2)
    board.new_meeting("2026-12-04")
    assert [m.date for m in board.meetings()] == ["2026-12-04", "2026-11-27"]


def test_of_two_who_change_a_meeting_the_second_is_told(board):
    made = board.new_meeting("2026-11-27")
    board.keep(replace(made, place="Room 1"))
    with pytest.raises(UserError, match="another window"):
        board.keep(replace(made, place="Room 2"))
    assert board.meetings()[0].place == "Room 1"


@pytest.mark.parametrize("day", ["27.11.2026", "", "2026-13-01"])
def test_a_meeting_needs_a_date(board, day):
    with pytest.raises(UserError, match="not a date"):
        board.new_meeting(day)
    assert board.meetings() == []


def test_deferred_cases_go_to_the_following_meeting(board, session):
    first = session.case.uid
    session.new_case("RP-2", BERT)
    second = session.case.uid
    meeting = board.new_meeting("2026-11-27")
    meeting = board.keep(meeting.with_item(AgendaItem(first)).with_item(AgendaItem(second, 6)))
    board.sign(Decision(deferred_because="No chest CT"), meeting.uid)
    following = board.carry_over(meeting, board.new_meeting("2026-12-04"))
    assert following.items == (AgendaItem(second, 6),)


def test_a_draft_may_lack_things_and_a_signature_may_not(board):
    draft = board.draft(Decision(recommendation="Biopsy"))
    assert not draft.signed
    with pytest.raises(UserError, match="cannot be closed") as told:
        board.sign(draft.decision)
    assert "Name the person" in str(told.value)
    assert [d.signed for d in board.decisions()] == [False]


def test_what_is_signed_is_frozen_with_all_it_rested_on(board, session):
    head = session.store.head
    signed = board.sign(FULL, "meeting-1")
    assert signed.decision == FULL
    record = signed.record
    assert record["audit_head"] == head
    assert record["images"] == ["1.2.3.4.5"]
    assert record["measurements"][0]["value"].startswith("1.0 cm")
    assert record["facts"] == {"site": "retroperitoneum", "metastasis_count": 1}
    assert record["assessment"]["category"] == "resectable"
    content = {key: value for key, value in record.items() if key != "digest"}
    assert record["digest"] == hashlib.sha256(dumps(content).encode()).hexdigest()
    session.delete_annotation("a1")
    session.set_fact("site", "uterus")
    assert board.decisions()[-1].record == record


def test_no_identity_is_in_a_frozen_record(board):
    text = dumps(board.sign(FULL).record)
    assert not any(word in text for word in ("ZZTEST", "ANNA", "Z-1", "19600101"))


def test_a_correction_is_a_new_version_that_names_the_one_before(board):
    first = board.sign(FULL)
    second = board.sign(replace(FULL, stage="IIIA"))
    assert (second.version, second.predecessor) == (2, first.sequence)
    assert [d.decision.stage for d in board.decisions()] == ["IIIB", "IIIA"]


def test_the_draft_of_a_correction_is_kept_and_does_not_take_the_place_of_what_is_signed(board):
    first = board.sign(FULL, "m")
    uid = first.case_uid
    kept = board.draft(replace(FULL, deferred_because="Wait", stage="IIIA"), "m")
    assert (board.stands().signed, board.stands().draft) == (first, kept)
    assert board.decision_states([uid], "m") == {uid: "recommended"}
    second = board.sign(replace(FULL, stage="IIIA"), "m")
    assert (second.version, second.predecessor) == (3, kept.sequence)
    assert second.record["follows"] == {"version": 1, "digest": first.record["digest"]}
    assert board.stands().draft is None


def test_a_correction_that_is_taken_back_leaves_what_was_signed(board):
    first = board.sign(FULL, "m")
    board.draft(replace(FULL, stage="IIIA"), "m")
    board.take_back(first.case_uid)
    assert (board.stands().signed, board.stands().draft) == (first, None)
    count = len(board.decisions())
    board.take_back(first.case_uid)
    assert len(board.decisions()) == count


def test_each_meeting_has_its_own_decision_on_a_case(board, session):
    uid = session.case.uid
    board.sign(Decision(deferred_because="No chest CT"), "first")
    assert board.decision_states([uid], "second") == {uid: ""}
    board.draft(FULL, "second")
    assert board.decision_states([uid], "first") == {uid: "deferred"}
    assert board.decision_states([uid], "second") == {uid: "draft"}
    board.take_back(uid)
    assert board.decision_states([uid], "second") == {uid: ""}
    board.sign(FULL, "second")
    assert board.decision_states([uid], "first") == {uid: "deferred"}
    assert board.decision_states([uid], "second") == {uid: "recommended"}


def test_the_outcome_is_added_later_and_a_difference_needs_a_reason(board):
    with pytest.raises(UserError, match="no signed decision"):
        board.follow_up("Resected", as_recommended=True)
    board.sign(FULL)
    with pytest.raises(UserError, match="not done as recommended"):
        board.follow_up("Observed", as_recommended=False)
    told = board.follow_up("Observed", as_recommended=False, differs_because="Declined")
    assert told.decision.outcome == "Observed"
    assert told.version == 2


def test_of_two_who_decide_on_a_case_the_second_is_told(board, store, session):
    other = Session(store, "Dr Other", derive, Result)
    other.open_case(session.case.uid)
    seen = Board(other)
    before = seen.decisions()
    board.draft(Decision(recommendation="Biopsy"))
    assert before == []
    assert seen.draft(Decision(recommendation="Scan")).version == 2  # it had looked again
    assert [d.author for d in board.decisions()] == ["Dr Sample", "Dr Other"]


@pytest.mark.parametrize("table", ["meeting", "decision"])
@pytest.mark.parametrize("change", ["UPDATE {} SET body = '{{}}'", "DELETE FROM {}"])
def test_what_was_kept_cannot_be_changed_or_deleted(board, store, table, change):
    board.new_meeting("2026-11-27")
    board.sign(FULL)
    with pytest.raises(DatabaseError, match="never changed"):
        store.connection.execute(change.format(table))


def test_a_changed_row_breaks_the_chain(tmp_path):
    with Store(tmp_path) as store:
        session = Session(store, "Dr Sample", derive, Result)
        session.new_case("RP-1", ANNA)
        Board(session).sign(FULL)
        for name in ("decision_no_UPDATE", "meeting_no_UPDATE"):
            store.connection.execute(f"DROP TRIGGER {name}")
        store.connection.execute("UPDATE decision SET body = '{}'")
        assert any("decision 1 was changed" in p for p in verify(store).problems)
