"""The papers of a meeting from the store: content, identity, and the command that writes them."""

import csv
import io
import os
from dataclasses import replace
from pathlib import Path

import pytest
from pypdf import PdfReader

from tests.app.test_session import Result, derive
from tests.demo.phantom.small import demonstration_store_in
from tests.store.samples import incoming
from tumorboard import cli
from tumorboard.app.board import Board
from tumorboard.app.decision_state import in_force
from tumorboard.app.meeting_papers import (
    Request,
    Wanted,
    find_meeting,
    meeting_papers,
    stored_papers,
)
from tumorboard.app.meeting_words import planned_starts
from tumorboard.app.session import Session
from tumorboard.case.decision import Agreement, Considered, Decision, Intent, RejectedOption
from tumorboard.case.meeting import AgendaItem, Attendee, Meeting
from tumorboard.case.model import Patient
from tumorboard.case.readiness import READ
from tumorboard.demo.demonstration import MEETING_DATE
from tumorboard.errors import UserError
from tumorboard.reports.agenda import agenda_bytes
from tumorboard.reports.decisions_csv import decisions_csv
from tumorboard.reports.meeting_content import Readiness
from tumorboard.reports.minutes import minutes_bytes
from tumorboard.store.database import Store
from tumorboard.store.decisions import StoredDecision

DAY = "2026-11-27"
FRIEDA = Patient("", "QUIXFICT^FRIEDA-MARIA", "PID-77-31", "19590412", "F")
HUGO = Patient("", "ZORBLATT^HUGO", "88123456", "19610809", "M")
#: Every way in which the patients above must not show.
SECRETS = (
    *("quixfict", "frieda", "maria", "zorblatt", "hugo", "pid-77-31", "88123456"),
    *("19590412", "12.04.1959", "12 apr 1959", "april 12, 1959"),
    *("19610809", "1961-08-09", "9 aug 1961", "9.8.61"),
)
TITLES = {"O-RESECT": "Resection", "O-RT": "Radiotherapy", "O-TRIAL": "Clinical trial"}
FULL = Decision(
    options=("O-RESECT", "O-TRIAL"),
    recommendation="With the right kidney, as Frieda wishes",
    intent=Intent.CURATIVE,
    rejected=(RejectedOption("O-RT", "Bowel in the field of Mrs Quixfict"),),
    agreement=Agreement.DISSENTS,
    dissent_reason="The vein can be replaced in PID-77-31",
    stage="IIIB (born 12.04.1959)",
    histology="Leiomyosarcoma",
    trial=Considered.YES,
    responsible="Dr Bone",
    due="2026-12-11",
)


def planted(session: Session) -> Meeting:
    """A meeting of three cases with identities where nobody should write them."""
    board = Board(session)
    meeting = board.new_meeting(DAY, "14:30", "Room 3")
    cases = (
        ("RP-1 Quixfict", FRIEDA, "Is Frieda Quixfict, born April 12, 1959, resectable?"),
        ("RP-2", HUGO, "Hugo ZORBLATT (88123456, *9.8.61): biopsy first?"),
        ("RP-3", Patient(""), "Seen before as HUGO?"),
    )
    uids = [session.new_case(*case, summary="FRIEDA").uid for case in cases]
    items = (
        AgendaItem(uids[0], 5, "", "Dr Bone"),
        AgendaItem(uids[1], 3, "", "Dr Cut"),
        AgendaItem(uids[2], 4),
    )
    staff = (Attendee("Dr Bone", "surgeon"), Attendee("Dr Cut"))
    meeting = board.keep(replace(meeting, attendees=staff, items=items))
    session.open_case(uids[0])
    board.sign(FULL, meeting.uid)
    session.open_case(uids[1])
    board.sign(Decision(deferred_because="=Zorblatt's chest CT of 1961-08-09"), meeting.uid)
    return meeting


@pytest.fixture
def session(tmp_path):
    with Store(tmp_path / "store") as store:
        yield Session(store, "Dr Sample", derive, Result)


@pytest.fixture
def meeting(session):
    return planted(session)


def papers(session, meeting, *, with_identity=False):
    request = Request(TITLES, "Dr Author", with_identity)
    return meeting_papers(session.store, meeting, request)


def pdf_text(data: bytes) -> str:
    """The words of a PDF and of its metadata, in small letters with single spaces."""
    reader = PdfReader(io.BytesIO(data))
    pages = " ".join(page.extract_text() for page in reader.pages)
    extended = reader.root_object["/Metadata"].get_object().get_data().decode()
    metadata = f"{dict(reader.metadata or {})} {extended}"
    return " ".join(f"{pages} {metadata}".split()).lower()


def all_texts(found) -> dict[str, str]:
    return {
        "minutes": pdf_text(minutes_bytes(found)),
        "agenda": pdf_text(agenda_bytes(found)),
        "table": decisions_csv(found).decode("utf-8-sig").lower(),
    }


def test_without_identity_nobody_is_told_in_any_paper(session, meeting, qapp):
    for kind, text in all_texts(papers(session, meeting)).items():
        assert "rp-2" in text
        assert "[withheld]" in text
        tight = "".join(text.split())
        found = [s for s in SECRETS if s in text or "".join(s.split()) in tight]
        assert not found, (kind, found)


def test_with_identity_everybody_is_told_in_each_paper(session, meeting, qapp):
    for text in all_texts(papers(session, meeting, with_identity=True)).values():
        assert "[withheld]" not in text
        for told in ("quixfict, frieda-maria", "pid-77-31", "12 apr 1959", "zorblatt, hugo"):
            assert told in text


def test_even_with_identity_the_metadata_tell_nobody(session, meeting, qapp):
    found = papers(session, meeting, with_identity=True)
    for data in (minutes_bytes(found), agenda_bytes(found)):
        metadata = str(dict(PdfReader(io.BytesIO(data)).metadata)).lower()
        assert DAY in metadata
        assert not [secret for secret in SECRETS if secret in metadata]


def test_a_decision_reads_in_the_words_of_the_catalogue(session, meeting):
    first, second, third = papers(session, meeting).cases
    decided = first.decided
    assert decided.recommendation[:2] == ("Resection", "Clinical trial")
    assert decided.intent == "curative"
    assert decided.rejected[0].title == "Radiotherapy"
    assert decided.agreement.startswith("differs from the assessment: The vein")
    assert (decided.responsible, decided.due, decided.trial) == ("Dr Bone", "2026-12-11", "yes")
    assert second.decided.deferred_because.startswith("=[withheld]")
    assert third.decided is None


def test_the_signature_names_the_frozen_record(session, meeting):
    found = papers(session, meeting).cases[0].decided.signature
    session.open_case(meeting.items[0].case_uid)
    record = Board(session).decisions()[-1].record
    assert found.author == "Dr Sample"
    assert (found.digest, found.audit_head) == (record["digest"], record["audit_head"])
    assert f"record {record['digest'][:12]} · audit head {record['audit_head'][:12]}" in found.text


def test_a_correction_and_an_outcome_show_with_their_version(session, meeting):
    session.open_case(meeting.items[0].case_uid)
    board = Board(session)
    board.sign(replace(FULL, stage="IIIA"))
    board.follow_up("Observed", as_recommended=False, differs_because="Declined")
    decided = papers(session, meeting).cases[0].decided
    assert decided.stage == "IIIA"
    assert decided.outcome == "Observed (not as recommended: Declined)"
    assert "version 3 · follows version 2" in decided.signature.text


def test_reading_the_papers_changes_nothing(session, meeting):
    head = session.store.head
    papers(session, meeting)
    assert session.store.head == head


def test_the_lights_follow_the_case(session, meeting):
    uid = meeting.items[2].case_uid
    session.open_case(uid)
    before = {x.label: x.state for x in papers(session, meeting).cases[2].readiness}
    session.set_remark(READ, "yes")
    session.set_fact("histology", "LMS")
    after = {x.label: x for x in papers(session, meeting).cases[2].readiness}
    assert not before["Reading confirmed"]
    assert not before["Histology"]
    assert after["Reading confirmed"].state
    assert after["Reading confirmed"].words == "by Dr Sample"
    assert after["Histology"].state
    assert not after["Current images"].state
    assert after["Question to the board"].words == "written"


def test_images_whose_record_tells_nothing_are_not_known(session, meeting):
    session.add_series([incoming(7, HUGO)], meeting.items[1].case_uid)
    found = {x.label: x.state for x in papers(session, meeting).cases[1].readiness}
    assert found["Current images"] is None


def saving(number: int, meeting_uid: str) -> StoredDecision:
    before = number - 1
    made = Decision(recommendation=str(number))
    return StoredDecision(number, "c", meeting_uid, number, before, True, made, {}, "a", "")


@pytest.mark.parametrize(
    ("meetings", "expected"),
    [
        ((), None),
        (("other",), None),
        (("", "here"), 2),
        (("here", ""), 2),
        (("here", "other", ""), 1),
        (("here", "other", "here", ""), 4),
    ],
)
def test_the_decision_of_a_meeting_is_the_last_one_it_made(meetings, expected):
    found = in_force([saving(n, uid) for n, uid in enumerate(meetings, start=1)], "here")
    assert (found.sequence if found else None) == expected


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("14:58", ("14:58", "15:03")),
        ("23:58", ("23:58", "00:03")),
        ("", ("+0 min", "+5 min")),
        ("after lunch", ("+0 min", "+5 min")),
    ],
)
def test_planned_times_follow_the_minutes(start, expected):
    items = (AgendaItem("a", 5), AgendaItem("b", 3))
    assert planned_starts(Meeting("m", DAY, start, items=items)) == expected


def test_meetings_are_found_by_date_and_start(session, meeting):
    store = session.store
    assert find_meeting(store, DAY) == meeting
    with pytest.raises(UserError, match="not a date"):
        find_meeting(store, "27.11.2026")
    with pytest.raises(UserError, match="no meeting on 2026-11-28") as told:
        find_meeting(store, "2026-11-28")
    assert DAY in str(told.value)
    other = Board(session).new_meeting(DAY, "16:00")
    with pytest.raises(UserError, match="2 meetings") as told:
        find_meeting(store, DAY)
    assert "14:30, 16:00" in str(told.value)
    assert find_meeting(store, DAY, "16:00") == other
    with pytest.raises(UserError, match="starts at 17:00"):
        find_meeting(store, DAY, "17:00")


# The command


@pytest.fixture
def folder(tmp_path) -> Path:
    place = tmp_path / "board"
    with Store(place) as store:
        planted(Session(store, "Dr Sample", derive, Result))
    return place


def minutes(folder, *arguments):
    return cli.main(["--store", str(folder), "minutes", *map(str, arguments)])


def test_the_command_writes_all_three(folder, tmp_path, capsys, qapp):
    names = ("m.pdf", "d.csv", "a.pdf")
    pdf, table, agenda = (tmp_path / name for name in names)
    code = minutes(folder, DAY, "--pdf", pdf, "--csv", table, "--agenda", agenda)
    assert code == cli.DONE, capsys.readouterr().err
    assert "no decision was recorded" in pdf_text(pdf.read_bytes())
    assert "14:35 3 2 rp-2" in pdf_text(agenda.read_bytes())
    rows = list(csv.DictReader(io.StringIO(table.read_text("utf-8-sig"))))
    assert [row["State"] for row in rows] == ["recommended", "deferred", "no decision"]
    assert rows[1]["Deferred because"].startswith("'=")
    written = b"".join(path.read_bytes() for path in (pdf, table, agenda)).lower()
    assert not [secret for secret in ("quixfict", "zorblatt") if secret.encode() in written]
    minutes(folder, DAY, "--csv", table, "--identity")
    rows = list(csv.DictReader(io.StringIO(table.read_text("utf-8-sig"))))
    assert rows[0]["Name"] == "QUIXFICT, FRIEDA-MARIA"
    assert rows[1]["Date of birth"] == "9 Aug 1961"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((DAY,), "No file to write was named"),
        (("2026-11-28", "--csv", "x.csv"), "There is no meeting on 2026-11-28"),
        (("tomorrow", "--csv", "x.csv"), "“tomorrow” is not a date"),
        ((DAY, "--csv", "none/x.csv"), "“x.csv” cannot be written: the folder does not exist"),
        ((DAY, "--pdf", "none/x.pdf"), "“x.pdf” cannot be written: the folder does not exist"),
        ((DAY, "--csv", "zorblatt.csv"), "The name of a file tells who a patient is"),
    ],
)
def test_what_cannot_be_written_is_one_sentence(
    arguments, sentence, folder, tmp_path, monkeypatch, capsys, qapp
):
    monkeypatch.chdir(tmp_path)
    before = set(os.listdir(tmp_path))
    assert minutes(folder, *arguments) == cli.FAILED
    told = capsys.readouterr().err
    assert sentence in told
    assert "Traceback" not in told
    assert set(os.listdir(tmp_path)) - before <= {"xdg_state_home"}


def test_a_folder_without_a_store_is_a_sentence(tmp_path, capsys):
    assert minutes(tmp_path / "none", DAY, "--csv", tmp_path / "x.csv") == cli.FAILED
    assert "There is no store in this folder" in capsys.readouterr().err


def test_images_that_are_gone_are_missing_on_the_agenda(tmp_path):
    folder = demonstration_store_in(tmp_path / "demo", count=1)
    wanted = Wanted(MEETING_DATE)

    def current() -> Readiness:
        (case,) = stored_papers(folder, wanted, "").cases
        return next(light for light in case.readiness if light.label == "Current images")

    assert current().state is True
    (folder / "images").rename(folder / "elsewhere")
    assert current().state is False
    assert current().words == "files of 1 series are not there"
