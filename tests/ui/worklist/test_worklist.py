"""The worklist: search and filters through the store, status, archive."""

import shutil

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from tumorboard.app import worklist as worklist_work
from tumorboard.app.board import Board
from tumorboard.app.readiness import confirm_reading
from tumorboard.app.worklist import NEXT_MEETING, NO_MEETING, CaseFilter
from tumorboard.app.workspace import Workspace
from tumorboard.case.meeting import AgendaItem
from tumorboard.case.model import Patient

Key, Modifier = Qt.Key, Qt.KeyboardModifier


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """A store of many cases, made once."""
    folder = tmp_path_factory.mktemp("many") / "store"
    workspace = Workspace(folder, "Dr Test")
    add_cases(workspace.session, 150)
    workspace.close()
    return folder


@pytest.fixture
def filled(open_desk, many, tmp_path):
    shutil.copytree(many, tmp_path / "store")
    desk = open_desk()
    session = desk.workspace.session
    session.open_case(session.cases()[-1].uid)
    return desk


@pytest.fixture
def few(open_desk):
    desk = open_desk()
    add_cases(desk.workspace.session, 12)
    return desk


def add_cases(session, count):
    for n in range(count):
        name = "ZZTEST^ODD" if n % 2 else "ZZTEST^EVEN"
        person = Patient("", f"{name}{n}", f"Z-{n}", "19600101", "F")
        session.new_case(f"RP-{n:04d}", person, "Biopsy?" if n % 3 else "Vein?")


def listed(desk) -> list[str]:
    model = desk.window.worklist.cases.cases
    return [model.data(model.index(row)).split(",")[0] for row in range(model.rowCount())]


def test_search_as_one_types_over_all_cases(filled):
    search = filled.window.worklist.search
    assert len(listed(filled)) == 150
    QTest.keyClicks(search, "odd vein")
    assert listed(filled) == [f"RP-{n:04d}" for n in range(150) if n % 2 and n % 3 == 0]
    search.clear()
    QTest.keyClicks(search, "rp-0149")
    assert listed(filled) == ["RP-0149"]
    assert filled.window.worklist.cases._choose(0) is None
    assert filled.case.label == "RP-0149"


def test_a_click_and_the_keys_choose_a_case(filled):
    cases = filled.window.worklist.cases
    box = cases.visualRect(cases.cases.index(2))
    QTest.mouseClick(cases.viewport(), Qt.MouseButton.LeftButton, pos=box.center())
    assert filled.case.label == "RP-0002"
    filled.key(Key.Key_PageDown, Modifier.ControlModifier)
    assert filled.case.label == "RP-0003"
    assert filled.window.worklist.next_case == cases.cases.uids[4]


def test_the_open_case_stays_marked_and_alone_when_keys_with_ctrl_change_it(few):
    cases = few.window.worklist.cases
    few.key(Key.Key_PageUp, Modifier.ControlModifier)
    assert cases.selected_uids() == [few.case.uid]
    few.window.actions_by_name["case.status.ready"].trigger()
    few.key(Key.Key_Z, Modifier.ControlModifier)
    assert cases.selected_uids() == [few.case.uid]


def test_a_case_without_images_says_how_they_come(few):
    shown = [w.text() for w in few.window.worklist.findChildren(QLabel) if w.isVisible()]
    assert any("Press Ctrl+O and choose their folder" in text for text in shown)
    assert few.window.room.empty_text.startswith("RP-0011 has no images yet.")


def test_an_empty_view_speaks_of_the_case_that_is_open_now(desk):
    room, session = desk.window.room, desk.workspace.session
    first = desk.case.uid
    bare = session.new_case("Bare", Patient("", "", "Bare"), "").uid
    desk.settle()
    desk.window.controller.open_case(first)
    desk.settle()
    assert room.empty_text.startswith("No images here.")
    session.open_case(bare)  # assessed before: nothing of the list of cases changes
    assert room.empty_text.startswith("Bare has no images yet.")


def test_series_leave_the_room_that_they_do_not_need_to_the_cases(desk):
    worklist = desk.window.worklist
    desk.qtbot.waitUntil(lambda: worklist.series.height() == worklist.series.maximumHeight())
    assert not worklist.series.verticalScrollBar().isVisible()
    assert worklist.cases.height() > worklist.series.height()


def test_a_status_is_shown_filtered_by_and_undone(filled):
    filled.window.actions_by_name["case.status.ready"].trigger()
    worklist = filled.window.worklist
    model = worklist.cases.cases
    assert "ready" in model.data(model.index(149))
    worklist.filters.toggle.click()
    worklist.filters.status.setCurrentIndex(worklist.filters.status.findData("ready"))
    assert listed(filled) == ["RP-0149"]
    filled.key(Key.Key_Z, Modifier.ControlModifier)
    assert listed(filled) == []
    assert worklist.empty_text == "No case matches."


def test_an_archived_case_leaves_the_list_and_comes_back(filled):
    filled.window.actions_by_name["case.archive"].trigger()
    assert "RP-0149" not in listed(filled)
    filled.window.worklist.filters.archived.setChecked(True)
    assert listed(filled) == ["RP-0149"]
    filled.window.actions_by_name["case.archive"].trigger()
    filled.window.worklist.filters.archived.setChecked(False)
    assert "RP-0149" in listed(filled)


def test_lines_are_read_only_where_they_are_seen(filled):
    worklist = filled.window.worklist
    read: list[int] = []
    source = worklist.cases.cases._read
    worklist.cases.set_source(lambda uids: (read.append(len(uids)), source(uids))[1])
    worklist.show_cases()
    worklist.cases.grab()
    assert 0 < sum(read) <= 120


def choose(few, box, data) -> None:
    worklist = few.window.worklist
    if not worklist.filters.toggle.isChecked():
        worklist.filters.toggle.click()
    box.setCurrentIndex(box.findData(data))
    few.settle()


def test_cases_of_a_meeting_and_those_on_no_agenda(few):
    filters = few.window.worklist.filters
    board = Board(few.workspace.session)
    uids = few.window.worklist.cases.cases.uids
    meeting = board.new_meeting("2126-11-27").with_item(AgendaItem(uids[3]))
    kept = board.keep(meeting.with_item(AgendaItem(uids[7])))
    few.window.features.show_cases()
    for data in (NEXT_MEETING, kept.uid):
        choose(few, filters.meeting, data)
        assert listed(few) == ["RP-0003", "RP-0007"]
    choose(few, filters.meeting, NO_MEETING)
    assert len(listed(few)) == 10
    assert "RP-0003" not in listed(few)


def test_cases_that_lack_something(few):
    filters, session = few.window.worklist.filters, few.workspace.session
    session.set_fact("histology", "LMS")
    session.set_detail("question", "")
    confirm_reading(session)
    choose(few, filters.missing, "question")
    assert listed(few) == ["RP-0011"]
    for lacking in ("histology", "read"):
        choose(few, filters.missing, lacking)
        assert len(listed(few)) == 11
        assert "RP-0011" not in listed(few)
    for lacking in ("images", "criteria", "decision"):
        choose(few, filters.missing, lacking)
        assert len(listed(few)) == 12
    # Nothing tells that there are earlier images of any case, until something does.
    choose(few, filters.missing, "prior")
    assert listed(few) == []
    session.set_fact("disease_phase", "recurrence")
    few.window.features.show_cases()
    assert listed(few) == ["RP-0011"]


def test_chosen_cases_go_on_the_agenda_by_the_menu_of_the_list(few):
    board, cases = Board(few.workspace.session), few.window.worklist.cases
    board.new_meeting("2126-11-27")
    for row, modifier in ((1, Modifier.NoModifier), (3, Modifier.ShiftModifier)):
        box = cases.visualRect(cases.cases.index(row))
        QTest.mouseClick(cases.viewport(), Qt.MouseButton.LeftButton, modifier, box.center())
    assert few.case.label == "RP-0001"
    menu = few.window.features.meeting.meetings.menu()
    opened, put = menu.actions()
    assert not opened.isEnabled()
    assert put.text().endswith("27 Nov 2126")
    put.trigger()
    menu.close()
    assert [i.case_uid for i in board.meetings()[0].items] == list(cases.cases.uids[1:4])


def test_of_many_cases_the_newest_wish_wins_though_the_search_runs_elsewhere(few, monkeypatch):
    monkeypatch.setattr(worklist_work, "MANY", 5)
    search = few.window.worklist.search
    QTest.keyClicks(search, "odd vein")
    few.settle()
    assert listed(few) == [f"RP-{n:04d}" for n in range(12) if n % 2 and n % 3 == 0]
    QTest.keyClicks(search, " nobody")
    search.clear()
    QTest.keyClicks(search, "rp-0011")
    few.settle()
    assert listed(few) == ["RP-0011"]


def test_a_filter_is_kept_under_a_name_without_typed_words(few, open_desk, tmp_path):
    filters = few.window.worklist.filters
    choose(few, filters.missing, "histology")
    choose(few, filters.status, "ready")
    QTest.keyClicks(few.window.worklist.search, "zztest")
    few.window.features.worklist.save_filter("To prepare")
    assert "zztest" not in str(few.window.controller.settings.table("worklist.filters")).lower()
    again = open_desk(tmp_path / "other").window.worklist.filters
    entry = next(a for a in again.saved.menu().actions() if a.text() == "To prepare")
    entry.trigger()
    assert (again.wanted("").missing, again.wanted("").status) == ("histology", "ready")
    next(a for a in again.saved.menu().actions() if a.text() == "No filter").trigger()
    assert again.wanted("") == CaseFilter()
    forget = next(a for a in again.saved.menu().actions() if a.text() == "Forget")
    forget.menu().actions()[0].trigger()
    assert not any(a.text() == "To prepare" for a in again.saved.menu().actions())


def test_what_stands_below_a_label_is_chosen(few):
    columns = {a.text(): a for a in few.window.worklist.filters.columns.menu().actions()}
    model = few.window.worklist.cases.cases
    assert "no images" in model.data(model.index(1))
    columns["Question to the board"].trigger()
    columns["Images"].trigger()
    assert model.data(model.index(1)).endswith("Biopsy?")
