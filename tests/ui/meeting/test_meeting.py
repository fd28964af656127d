"""The page of meetings: built, ordered and edited by mouse and keys, and what two windows do."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QLineEdit,
    QMessageBox,
    QPushButton,
    QSpinBox,
    QToolButton,
)

from tests.ui.desk import LEFT, move
from tumorboard.app.board import Board
from tumorboard.case.decision import Decision
from tumorboard.case.meeting import AgendaItem, Attendee
from tumorboard.case.model import Patient
from tumorboard.ui.meeting.agenda_model import Column
from tumorboard.ui.meeting.dialogs import NewMeetingDialog

Key, Modifier = Qt.Key, Qt.KeyboardModifier
LABELS = ("RP-1", "RP-2", "RP-3", "RP-4")


def press(desk, key, modifier=Modifier.NoModifier, widget=None) -> None:
    """Press a key in a window that is in front, as shortcuts need it."""
    desk.window.activateWindow()
    desk.qtbot.waitUntil(desk.window.isActiveWindow, timeout=3000)
    desk.key(key, modifier, widget)


def add_cases(desk, labels=LABELS) -> None:
    for number, label in enumerate(labels):
        person = Patient("", "ZZTEST^ANNA", f"Z-77{number}", "19600101", "F")
        desk.workspace.session.new_case(label, person, f"Question of {label}?")


@pytest.fixture
def desk(open_desk):
    made = open_desk()
    add_cases(made)
    return made


@pytest.fixture
def page(desk):
    """The page with all cases on the agenda of one meeting."""
    board = Board(desk.workspace.session)
    meeting = board.new_meeting("2026-11-27", "14:30", "Room 3")
    for summary in desk.workspace.session.cases():
        meeting = meeting.with_item(AgendaItem(summary.uid))
    board.keep(meeting)
    press(desk, Key.Key_F4)
    desk.settle()
    return desk.window.features.meeting.meetings.page


def order(page) -> list[str]:
    return [row.label for row in page.agenda.agenda.rows]


def words(page, column) -> list[str]:
    model = page.agenda.agenda
    return [model.data(model.index(n, column)) for n in range(model.rowCount())]


def stored(desk):
    (meeting, *_) = Board(desk.workspace.session).meetings()
    return meeting


def focused() -> QLineEdit | QSpinBox:
    widget = QApplication.focusWidget()
    assert isinstance(widget, QLineEdit | QSpinBox)
    return widget


def retype(field, text: str) -> None:
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Key.Key_Return)


def test_a_meeting_is_made_and_filled_from_the_list_by_keys(desk):
    press(desk, Key.Key_F4)
    meetings = desk.window.features.meeting.meetings
    assert meetings.is_shown
    assert not desk.window.views.isVisible()
    new = next(b for b in meetings.page.findChildren(QPushButton) if "New" in b.text())
    QTest.mouseClick(new, LEFT)
    dialog = desk.window.findChild(NewMeetingDialog)
    QTest.keyClicks(dialog.day, "27.11.2026")
    QTest.keyClicks(dialog.start, "14.30")
    QTest.keyClicks(dialog.place, "Room 3")
    QTest.keyClick(dialog.place, Key.Key_Return)
    assert (stored(desk).date, stored(desk).start, stored(desk).place) == (
        *("2026-11-27", "14:30"),
        "Room 3",
    )
    cases = desk.window.worklist.cases
    for row, modifier in ((0, Modifier.NoModifier), (2, Modifier.ControlModifier)):
        box = cases.visualRect(cases.cases.index(row))
        QTest.mouseClick(cases.viewport(), LEFT, modifier, box.center())
    press(desk, Key.Key_A, Modifier.ControlModifier | Modifier.ShiftModifier, cases)
    desk.settle()
    assert order(meetings.page) == ["RP-1", "RP-3"]
    assert words(meetings.page, Column.TIME) == ["14:30", "14:33"]
    assert words(meetings.page, Column.QUESTION)[0] == "Question of RP-1?"
    press(desk, Key.Key_Escape, widget=meetings.page.agenda)
    assert not meetings.is_shown
    assert desk.window.views.isVisible()


def drop(view, data, place: QPoint) -> None:
    """Carry something over a view and let it fall."""
    how = (Qt.DropAction.CopyAction, data, LEFT, Modifier.NoModifier)
    for event in (QDragEnterEvent(place, *how), QDragMoveEvent(place, *how)):
        QApplication.sendEvent(view.viewport(), event)
    QApplication.sendEvent(view.viewport(), QDropEvent(QPointF(place), *how))


def test_cases_are_dragged_from_the_list_to_their_place(desk, page):
    add_cases(desk, ("RP-8", "RP-9"))
    desk.window.features.meeting.show_cases()
    cases = desk.window.worklist.cases
    model = cases.cases
    assert model.flags(model.index(0)) & Qt.ItemFlag.ItemIsDragEnabled
    numbers = (5, 0, 4)  # RP-9 and RP-8 are new, RP-1 is on the agenda already
    data = model.mimeData([model.index(n) for n in numbers])
    assert "ZZTEST" not in "".join(bytes(data.data(f)).decode() for f in data.formats())
    view = page.agenda
    place = QPoint(100, view.rowViewportPosition(2) + 4)
    drop(view, data, place)
    assert order(page) == ["RP-2", "RP-1", "RP-8", "RP-9", "RP-3", "RP-4"]
    assert [item.case_uid for item in stored(desk).items] == [
        row.case_uid for row in view.agenda.rows
    ]
    drop(view, QMimeData(), place)
    assert len(order(page)) == 6


def test_without_a_meeting_the_keys_are_on_what_makes_one(desk):
    press(desk, Key.Key_F4)
    button = desk.window.focusWidget()
    assert isinstance(button, QPushButton)
    assert button.text().startswith("New meeting")


def test_what_is_no_date_is_said_in_the_dialog(desk):
    desk.window.actions_by_name["meeting.new"].trigger()
    dialog = desk.window.findChild(NewMeetingDialog)
    retype(dialog.day, "soon")
    assert "not a date" in dialog.problem.text()
    assert Board(desk.workspace.session).meetings() == []
    dialog.reject()


def test_cases_move_by_keys_and_by_dragging(desk, page):
    page.agenda.setFocus()
    page.agenda.go_to(page.agenda.agenda.rows[0].case_uid)
    QTest.keyClick(page.agenda, Key.Key_Down, Modifier.AltModifier)
    assert order(page) == ["RP-2", "RP-1", "RP-3", "RP-4"]
    QTest.keyClick(page.agenda, Key.Key_Down, Modifier.AltModifier)
    QTest.keyClick(page.agenda, Key.Key_Up, Modifier.AltModifier)
    assert order(page) == ["RP-2", "RP-1", "RP-3", "RP-4"]
    drag(page.agenda, 0, 3)
    assert order(page) == ["RP-1", "RP-3", "RP-2", "RP-4"]
    drag(page.agenda, 3, 0)
    assert order(page) == ["RP-4", "RP-1", "RP-3", "RP-2"]
    assert words(page, Column.TIME) == ["14:30", "14:33", "14:36", "14:39"]
    uids = {s.uid: s.label for s in desk.workspace.session.cases()}
    assert [uids[i.case_uid] for i in stored(desk).items] == order(page)


def drag(view, row: int, above: int) -> None:
    """Drag a row to just above another one."""
    from PySide6.QtCore import QPointF

    start = view.visualRect(view.model().index(row, Column.CASE)).center()
    target = view.visualRect(view.model().index(above, Column.CASE))
    end = QPoint(start.x(), target.top() + 4)
    port = view.viewport()
    QTest.mousePress(port, LEFT, pos=start)
    for share in (0.3, 0.7, 1.0):
        step = QPointF(start) + (QPointF(end) - QPointF(start)) * share
        move(port, step, LEFT, Modifier.NoModifier)
    QTest.mouseRelease(port, LEFT, pos=end)


def finish(desk, page) -> None:
    """End an edit as Enter does; the editor closes a moment later."""
    QTest.keyClick(focused(), Key.Key_Return)
    desk.qtbot.waitUntil(lambda: QApplication.focusWidget() is page.agenda, timeout=3000)


def test_minutes_question_and_presenter_are_edited_in_place(desk, page):
    view = page.agenda
    view.setFocus()
    view.go_to(view.agenda.rows[0].case_uid, Column.MINUTES)
    QTest.keyClick(view, Key.Key_F2)
    focused().selectAll()
    QTest.keyClicks(focused(), "7")
    finish(desk, page)
    view.go_to(view.agenda.rows[0].case_uid, Column.QUESTION)
    QTest.keyClick(view, Key.Key_F2)
    QTest.keyClicks(focused(), "Vein graft?")
    finish(desk, page)
    view.go_to(view.agenda.rows[0].case_uid, Column.PRESENTER)
    QTest.keyClick(view, Key.Key_F2)
    QTest.keyClicks(focused(), "Dr B")
    finish(desk, page)
    desk.settle()
    item = stored(desk).items[0]
    assert (item.minutes, item.question, item.presenter) == (7, "Vein graft?", "Dr B")
    assert words(page, Column.TIME)[:2] == ["14:30", "14:37"]
    assert "4 cases · 16 minutes · until 14:46" in page.counts.text()


def test_letters_on_the_agenda_choose_no_tool(desk, page):
    page.agenda.setFocus()
    QTest.keyClick(page.agenda, Key.Key_L)
    assert desk.window.room.tool is None


def test_attendees_are_typed_line_by_line(desk, page):
    people = page.attendees
    name = people.lines[0].name
    name.setFocus()
    QTest.keyClicks(name, "Dr  Example")
    QTest.keyClick(name, Key.Key_Tab)
    assert QApplication.focusWidget() is people.lines[0].role
    QTest.keyClicks(people.lines[0].role, "surgeon")
    QTest.keyClick(people.lines[0].role, Key.Key_Return)
    assert stored(desk).attendees == (Attendee("Dr Example", "surgeon"),)
    QTest.keyClicks(people.lines[1].name, "Dr B")
    QTest.keyClick(people.lines[1].name, Key.Key_Return)
    assert len(people.lines) == 3
    remove = people.lines[0].findChild(QPushButton)
    QTest.mouseClick(remove, LEFT)
    assert stored(desk).attendees == (Attendee("Dr B"),)
    assert [line.name.text() for line in people.lines] == ["Dr B", ""]


def test_a_case_is_opened_from_the_agenda_and_the_next_one_by_a_key(desk, page):
    view = page.agenda
    view.setFocus()
    view.go_to(view.agenda.rows[2].case_uid)
    QTest.keyClick(view, Key.Key_Return)
    desk.settle()
    assert desk.case.label == "RP-3"
    assert desk.window.views.isVisible()
    both = Modifier.ControlModifier | Modifier.ShiftModifier
    press(desk, Key.Key_PageDown, both)
    assert desk.case.label == "RP-4"
    press(desk, Key.Key_PageDown, both)
    assert desk.case.label == "RP-4"
    assert "last case" in desk.window.notice.text
    press(desk, Key.Key_PageUp, both)
    assert desk.case.label == "RP-3"


def test_del_takes_a_case_off_the_agenda_and_nothing_else(desk, page):
    view = page.agenda
    view.setFocus()
    view.go_to(view.agenda.rows[1].case_uid)
    QTest.keyClick(view, Key.Key_Delete)
    assert order(page) == ["RP-1", "RP-3", "RP-4"]
    assert len(desk.workspace.session.cases()) == 4
    assert view.agenda.rows[view.currentIndex().row()].label == "RP-3"


def test_deferred_cases_go_to_the_next_meeting(desk, page):
    session, board = desk.workspace.session, Board(desk.workspace.session)
    session.open_case(page.agenda.agenda.rows[1].case_uid)
    board.sign(Decision(deferred_because="No chest CT yet"), page.meeting.uid)
    carry = desk.window.actions_by_name["meeting.carry"]
    carry.trigger()
    assert "no later meeting" in desk.window.notice.text
    dialog = desk.window.findChild(NewMeetingDialog)
    assert dialog.start.text() == "14:30"
    dialog.reject()
    board.new_meeting("2026-12-04")
    page.meeting_chosen.emit(page.meeting.uid)
    carry.trigger()
    assert (page.meeting.date, order(page)) == ("2026-12-04", ["RP-2"])


def test_of_two_windows_on_one_store_nothing_is_lost(desk, page, open_desk, tmp_path):
    other = open_desk(tmp_path / "store")
    press(other, Key.Key_F4)
    theirs = other.window.features.meeting.meetings.page
    retype(page.place, "Room 5")
    theirs.agenda.setFocus()
    theirs.agenda.go_to(theirs.agenda.agenda.rows[0].case_uid)
    QTest.keyClick(theirs.agenda, Key.Key_Down, Modifier.AltModifier)
    assert "changed in another window" in other.window.notice.text
    assert order(theirs) == ["RP-2", "RP-1", "RP-3", "RP-4"]
    assert theirs.place.text() == "Room 5"
    retype(page.place, "Room 6")
    assert order(page) == order(theirs)
    retype(theirs.place, "Room 7")
    assert "Room 7" in other.window.notice.text
    assert theirs.place.text() == stored(desk).place == "Room 6"


def test_a_light_leads_to_what_is_missing(desk, page):
    view = page.agenda
    view.go_to(view.agenda.rows[0].case_uid)
    rows = {light.key: light for light in view.agenda.rows[0].lights}
    assert rows["histology"].state is False
    way(page, "Reading confirmed").click()
    box = desk.window.findChild(QMessageBox)
    assert "RP-1" in box.text()
    assert "Dr Test" in box.text()
    next(b for b in box.buttons() if b.text() == "Confirm as Dr Test").click()
    desk.settle()
    assert desk.case.label == "RP-1"
    lights = {light.key: light for light in view.agenda.rows[0].lights}
    assert lights["read"].words == "by Dr Test"
    desk.window.activateWindow()
    desk.qtbot.waitUntil(desk.window.isActiveWindow, timeout=3000)
    way(page, "Question to the board").click()
    assert QApplication.focusWidget().placeholderText() == "Question of RP-1?"
    QTest.keyClick(QApplication.focusWidget(), Key.Key_Escape)
    way(page, "Histology").click()
    assert desk.window.tabs.currentWidget() is desk.window.facts
    assert desk.window.facts.isVisible()
    assert desk.window.facts.row("histology").isAncestorOf(QApplication.focusWidget())


def way(page, light: str) -> QPushButton:
    buttons = page.readiness.findChildren(QPushButton)
    return next(b for b in buttons if b.accessibleName().startswith(f"{light}:") and b.isVisible())


def test_files_that_are_gone_put_the_light_out(open_desk, ellipsoid_folder, tmp_path):
    import shutil

    place = tmp_path / "images"
    shutil.copytree(ellipsoid_folder, place)
    desk = open_desk()
    desk.import_paths(place)
    row = desk.window.features.meeting.readying.row
    assert {light.key: light.state for light in row.lights}["current"] is True
    assert "missing" in row.accessibleName()
    shutil.rmtree(place)
    uid = desk.case.uid
    desk.workspace.session.close_case()
    desk.window.controller.open_case(uid)
    desk.settle()
    assert {light.key: light.state for light in row.lights}["current"] is False


def test_a_cancelled_meeting_stays_and_says_so(desk, page):
    page.cancel.click()
    assert stored(desk).cancelled
    assert "cancelled" in page.title.full_text
    page.cancel.click()
    assert not stored(desk).cancelled


@pytest.mark.parametrize("kind", ["agenda", "minutes", "readiness", "decisions", "slides"])
def test_papers_are_written_with_identity_only_when_asked(desk, page, tmp_path, kind):
    from pypdf import PdfReader

    papers = desk.window.features.meeting.papers
    for with_identity in (False, True):
        path = tmp_path / f"{kind} {with_identity}.{'csv' if kind == 'decisions' else 'pdf'}"
        papers.write(kind, page.meeting, path, with_identity=with_identity)
        desk.settle()
        text = (
            path.read_text("utf-8")
            if kind == "decisions"
            else "".join(p.extract_text() for p in PdfReader(path).pages)
        )
        assert "RP-1" in text
        assert ("ZZTEST" in text) is with_identity


def test_a_name_in_the_name_of_the_file_is_refused(desk, page, tmp_path):
    papers = desk.window.features.meeting.papers
    papers.write("agenda", page.meeting, tmp_path / "zztest.pdf", with_identity=False)
    desk.settle()
    assert "name of the file tells" in desk.window.notice.text
    assert list(tmp_path.glob("*.pdf")) == []


def test_a_folder_that_is_only_viewed_has_no_meetings(open_desk):
    desk = open_desk(scratch=True)
    press(desk, Key.Key_F4)
    assert "only being viewed" in desk.window.notice.text
    assert not desk.window.features.meeting.meetings.is_shown


def test_a_case_that_went_does_not_spoil_the_agenda(desk, page):
    board = Board(desk.workspace.session)
    board.keep(replace(stored(desk).with_item(AgendaItem("1.2.3"))))
    page.meeting_chosen.emit(page.meeting.uid)
    desk.settle()
    assert order(page)[-1] == "Case not in the store"


def test_a_case_that_is_archived_says_so_where_it_is_on_an_agenda(desk, page):
    session = desk.workspace.session
    uid, page_meeting = page.agenda.agenda.rows[1].case_uid, page.meeting.uid
    desk.window.controller.open_case(uid)
    board = Board(session)
    board.keep(board.new_meeting("2999-01-04").with_item(AgendaItem(uid)))
    desk.window.actions_by_name["case.archive"].trigger()
    desk.settle()
    assert "archived" in desk.window.notice.text
    assert "4 Jan 2999" in desk.window.notice.text
    press(desk, Key.Key_F4)
    desk.settle()
    desk.window.features.meeting.meetings.choose(page_meeting)
    assert [row.standing for row in page.agenda.agenda.rows] == ["", "archived", "", ""]
    desk.window.actions_by_name["case.archive"].trigger()
    assert "agenda" not in desk.window.notice.text
    assert session.case.remark("archived") is None


def test_archiving_a_case_without_a_meeting_to_come_names_none(desk):
    board = Board(desk.workspace.session)
    board.keep(board.new_meeting("2020-01-02").with_item(AgendaItem(desk.case.uid)))
    desk.window.actions_by_name["case.archive"].trigger()
    assert "archived" in desk.window.notice.text
    assert "agenda" not in desk.window.notice.text


def test_on_the_page_nothing_speaks_of_images(desk, page):
    shown = [b for b in desk.window.tool_bar.findChildren(QToolButton) if b.isVisible()]
    assert {b.text() for b in shown} == {"Undo", "Redo", "Find", "Meetings", "Present"}
    assert "agenda" in desk.window.status.hint
    press(desk, Key.Key_F4)
    shown = [b.text() for b in desk.window.tool_bar.findChildren(QToolButton) if b.isVisible()]
    assert {"Window", "Measure ▾", "Length", "Levels"} <= set(shown)
    assert "agenda" not in desk.window.status.hint


def test_esc_empties_the_search_field(desk, page):
    search = desk.window.worklist.search
    search.setFocus()
    QTest.keyClicks(search, "RP-2")
    QTest.keyClick(search, Key.Key_Escape)
    assert search.text() == ""
    assert desk.window.features.meeting.meetings.is_shown
