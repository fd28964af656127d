"""A case made by hand, and the images that come for it later: a person says whose they are."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialogButtonBox, QMessageBox

from tests.dicom.make import Person, write_slices
from tumorboard.app.board import Board
from tumorboard.app.meeting_papers import Request, meeting_papers
from tumorboard.case.meeting import AgendaItem
from tumorboard.case.model import Patient
from tumorboard.store.verify import verify
from tumorboard.ui.meeting.new_cases import NewCaseDialog


@pytest.fixture
def desk(open_desk):
    made = open_desk()
    made.window.actions_by_name["case.new"].trigger()
    dialog = made.window.findChild(NewCaseDialog)
    create = dialog.buttons.button(QDialogButtonBox.StandardButton.Ok)
    assert not create.isEnabled()
    QTest.keyClicks(dialog.label, "RP-77")
    QTest.keyClicks(dialog.name, "QX")
    QTest.keyClicks(dialog.question, "Resectable?")
    QTest.mouseClick(create, Qt.MouseButton.LeftButton)
    return made


@pytest.fixture
def images(tmp_path):
    folder = tmp_path / "images"
    folder.mkdir()
    write_slices(folder, 4, patient=Person("Z-771", "ZZTEST^ANNA", "19600101", "F"))
    return folder


def answer(desk, words: str) -> QMessageBox:
    desk.qtbot.waitUntil(lambda: bool(desk.window.findChildren(QMessageBox)), timeout=3000)
    box = desk.window.findChildren(QMessageBox)[0]
    text = box.text()
    next(b for b in box.buttons() if b.text() == words).click()
    desk.settle()
    return text


def test_a_case_is_made_in_three_fields(desk):
    assert (desk.case.label, desk.case.patient.name, desk.case.question) == (
        *("RP-77", "QX"),
        "Resectable?",
    )
    assert desk.case.series == ()
    assert desk.window.worklist.cases.count() == 1


def test_its_label_stands_on_papers_as_it_was_typed(desk):
    session, board = desk.workspace.session, Board(desk.workspace.session)
    second = session.new_case("RP-78", Patient("", "QY")).uid
    named = session.new_case("QZ at RP-79", Patient("", "QZ")).uid
    first = next(s.uid for s in session.cases() if s.label == "RP-77")
    meeting = board.new_meeting("2026-11-27")
    for uid in (first, second, named):
        meeting = meeting.with_item(AgendaItem(uid))
    papers = meeting_papers(session.store, board.keep(meeting), Request({}))
    # One that names its patient is told by its number, and says so.
    labels = ["RP-77", "RP-78", "Case 3 (label withheld)"]
    assert [case.label for case in papers.cases] == labels


def test_images_of_another_identity_come_into_the_case_only_when_a_person_says_so(desk, images):
    uid = desk.case.uid
    desk.import_paths(images)
    assert desk.case.series == ()
    text = answer(desk, "They belong to RP-77")
    assert "ZZTEST, ANNA" in text
    assert "QX" in text
    assert desk.case.uid == uid
    assert len(desk.case.series) == 1
    assert desk.case.patient.name == "ZZTEST^ANNA"
    assert desk.case.question == "Resectable?"
    store = desk.workspace.session.store
    (former,) = store.cases.former_patients(desk.case.patient.uid)
    assert former.name == "QX"
    report = verify(desk.workspace.session.store)
    assert report.ok, report.problems


def test_a_later_scan_of_the_same_person_goes_into_the_same_case_without_a_question(
    desk, images, tmp_path
):
    desk.import_paths(images)
    answer(desk, "They belong to RP-77")
    later = tmp_path / "later"
    later.mkdir()
    person = Person("Z-771", "ZZTEST^ANNA", "19600101", "F")
    write_slices(later, 4, patient=person, study_uid="1.2.88", series_uid="1.2.88.1")
    desk.import_paths(later)
    assert len(desk.case.series) == 2
    assert desk.window.worklist.cases.count() == 1


def test_without_the_word_of_a_person_two_patients_stay_two_cases(desk, images):
    desk.import_paths(images)
    answer(desk, "A case of their own")
    assert desk.window.worklist.cases.count() == 2
    by_label = {s.label: s for s in desk.workspace.session.cases()}
    assert by_label["RP-77"].series == 0
    assert by_label["RP-77"].patient.name == "QX"


def test_nothing_is_imported_when_it_is_not_known(desk, images):
    desk.import_paths(images)
    answer(desk, "Import nothing")
    assert desk.window.worklist.cases.count() == 1
    assert desk.case.series == ()


def test_images_of_several_patients_are_never_offered_to_one_case(desk, images, tmp_path):
    other = tmp_path / "images" / "bert"
    other.mkdir()
    person = Person("Z-772", "ZZTEST^BERT", "19610101", "M")
    write_slices(other, 4, patient=person, study_uid="1.2.89", series_uid="1.2.89.1")
    desk.import_paths(images)
    assert not desk.window.findChildren(QMessageBox)
    assert desk.window.worklist.cases.count() == 3


def test_what_was_entered_by_hand_is_withheld_and_found_as_well(desk, images):
    desk.import_paths(images)
    answer(desk, "They belong to RP-77")
    session, board = desk.workspace.session, Board(desk.workspace.session)
    meeting = board.new_meeting("2026-11-27")
    item = AgendaItem(desk.case.uid, question="Is QX (Anna) fit for surgery?")
    papers = meeting_papers(session.store, board.keep(meeting.with_item(item)), Request({}))
    assert "QX" not in papers.cases[0].question
    assert "Anna" not in papers.cases[0].question
    QTest.keyClicks(desk.window.worklist.search, "qx")
    assert desk.window.worklist.cases.count() == 1
