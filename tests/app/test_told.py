"""What may be told of a case: neutral labels, and words that a person decides on."""

from dataclasses import replace

import pytest

from tests.app.bundles import NAMED, SECRETS, planted
from tests.app.test_session import derive
from tumorboard import cli
from tumorboard.app.board import Board
from tumorboard.app.bundle import data_members
from tumorboard.app.guidance import Guidance
from tumorboard.app.meeting_papers import Request, meeting_papers
from tumorboard.app.session import Session
from tumorboard.app.shared_case import CaseReader
from tumorboard.app.told import (
    doubts_of,
    keep_choice,
    refuse_doubts,
    told_case,
    told_label,
    withholding_of,
)
from tumorboard.case.meeting import AgendaItem
from tumorboard.case.model import Patient
from tumorboard.errors import UserError
from tumorboard.reports.identity import UNDECIDED, WITHHELD, Choice
from tumorboard.resources import resource_path
from tumorboard.store.database import Store

MAY = Patient("", "May^Annabel", "PID-77121", "19610417", "F")
ASKED = "Seen in May 2025 by all. No spread. May came with Annabel."


@pytest.fixture
def session(tmp_path):
    with Store(tmp_path) as store:
        made = Session(store, "Dr May", derive)
        made.new_case("RP-1", MAY, ASKED, "No spread on CT")
        yield made


def test_the_sentences_of_the_own_case_are_named_with_their_field_and_nothing_else(session):
    doubts = doubts_of(session.store, session.case)
    assert [(d.case_label, d.field, d.sentence) for d in doubts] == [
        ("RP-1", "Question to the board", "Seen in May 2025 by all."),
        ("RP-1", "Question to the board", "May came with Annabel."),
    ]


def test_an_answer_is_kept_with_the_case_and_not_asked_for_again(session):
    store = session.store
    word, name = doubts_of(store, session.case)
    waiting = told_case(store, session.case, withholding_of(store, session.case))
    assert waiting.question == f"{UNDECIDED} No spread. {UNDECIDED}"
    keep_choice(session, word, Choice.KEEP)
    keep_choice(session, name, Choice.BLANK)
    case = store.cases.load(session.case.uid)
    assert doubts_of(store, case) == ()
    told = told_case(store, case, withholding_of(store, case))
    assert told.question == (
        f"Seen in May 2025 by all. No spread. {WITHHELD} came with {WITHHELD}."
    )
    assert told.summary == "No spread on CT"
    assert not any("came" in str(row) for row in store.audit.rows())
    assert session.verify().problems == ()


def test_an_answer_stays_here_when_the_case_is_shared(session, tmp_path):
    for doubt in doubts_of(session.store, session.case):
        keep_choice(session, doubt, Choice.KEEP)
    with CaseReader(tmp_path, Guidance(tmp_path), "Dr Sample") as reader:
        shared = reader.read(session.case.uid)
        data = data_members(reader.store, shared, with_identity=False)
    assert b'"word:' not in data["case.json"]
    assert b"Seen in May 2025" in data["case.json"]


def test_without_a_window_such_a_paper_waits_for_an_answer(session):
    with pytest.raises(UserError, match=r"RP-1, Question to the board: “Seen in May 2025") as told:
        refuse_doubts(session.store, [session.case.uid], None)
    assert "--words-that-are-names" in str(told.value)
    refuse_doubts(session.store, [session.case.uid], Choice.KEEP)


def test_the_command_line_takes_the_answer(session, tmp_path, capsys):
    session.store.close()
    command = ["--store", str(tmp_path), "report", "RP-1", "--radiology"]
    assert cli.main(command) != 0
    assert "Seen in May 2025 by all." in capsys.readouterr().err
    assert cli.main([*command, "--words-that-are-names", "blank"]) == 0


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("RP-7", "RP-7"),
        ("Annabel's knee", "Case 2 (label withheld)"),
        ("PID 77121", "Case 2 (label withheld)"),
        ("Talk in May", "Case 2 (label withheld)"),
    ],
)
def test_a_label_that_names_its_patient_is_told_by_its_number(session, label, expected):
    case = session.new_case(label, MAY, "")
    assert told_label(session.store, case, withholding_of(session.store, case)) == expected


def test_where_an_adopted_mark_came_from_names_nobody_in_a_bundle(tmp_path):
    guidance = Guidance(tmp_path)
    with Store(tmp_path) as store:
        session = Session(store, "Dr Sample", derive, guidance.assess)
        uid = planted(session)
        session.open_case(uid)
        drawn = replace(session.case.annotations[0], origin=f"Adopted from a report by {NAMED}")
        session.put_annotation(drawn)
    with CaseReader(tmp_path, guidance, "Dr Sample") as reader:
        data = data_members(reader.store, reader.read(uid), with_identity=False)
    told = data["case.json"].decode()
    assert "Adopted from a report by [withheld]" in told
    assert not [name for name in SECRETS if name in told.lower()]
    # What the program says of its own steps stays.
    assert '"label": "New case"' in told


def test_papers_of_a_meeting_say_of_a_case_the_same_whoever_else_is_on_the_agenda(session):
    listed = resource_path("terms", "names_that_are_words.txt").read_text("utf-8").splitlines()
    names = [row.title() for row in listed if row and not row.startswith("#")]
    said = (
        "No spread on CT. Extensive major vessel involvement on 12 May 2025; long, deep. "
        "Kein Rezidiv, klein. Ewing sarcoma."
    )
    zoe = Patient("", "Quitzow^Zoe", "PID-1234", "19700101", "F")
    first = session.new_case("RP-9", zoe, said, said).uid
    board = Board(session)
    meeting = board.new_meeting("2026-11-27").with_item(AgendaItem(first, 5, said))
    alone = meeting_papers(session.store, meeting, Request({})).cases[0]
    assert alone.question == said
    # As many names of as many words as a patient may have: five on each of sixty cases.
    for number in range(60):
        called = "^".join(" ".join(names[part * 60 + number :: 300][:3]) for part in range(5))
        other = session.new_case(f"RP-1{number}", Patient("", called, f"PID-8{number:03d}"), "")
        meeting = meeting.with_item(AgendaItem(other.uid))
    full = meeting_papers(session.store, meeting, Request({})).cases[0]
    assert full == alone
