"""The decision is written beside the mirror during the talk; the audience sees none of it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.dicom.make import Person
from tests.ui.lectern import DESK, WALL, Lectern, store_of, write_case
from tumorboard.app import presented
from tumorboard.app.board import Board
from tumorboard.app.presented import still_to_present
from tumorboard.case.model import Remark
from tumorboard.errors import UserError
from tumorboard.store.verify import verify

Key, Modifier = Qt.Key, Qt.KeyboardModifier
CONTROL, NONE = Modifier.ControlModifier, Modifier.NoModifier
ANNA = Person("PID-77121", "Quitzow^Annabel", "19610417", "F")
BERT = Person("PID-99343", "Zwirner^Bertram", "19550909", "M")


@pytest.fixture
def lectern(open_desk, tmp_path):
    folders = [write_case(tmp_path / f"ct{n}", n, p) for n, p in ((1, ANNA), (2, BERT))]
    desk = open_desk(store_of(tmp_path / "store", *folders))
    desk.workspace.guidance.make_ready()
    board = Board(desk.workspace.session)
    (meeting,) = board.meetings()
    board.keep(replace(meeting, date=date.today().isoformat()))
    desk.qtbot.waitUntil(desk.window.isActiveWindow)
    made = Lectern(desk)
    made.begin()
    yield made
    if made.talks.running is not None:
        made.running.stop()


def stored(lectern, number=0):
    uid = lectern.talk.slots[number].case_uid
    return Board(lectern.desk.workspace.session).stands(uid)


def status(lectern, number=0):
    store = lectern.desk.workspace.session.store
    return store.cases.remark_of(lectern.talk.slots[number].case_uid, "status")


def defer(lectern, why):
    """Choose to defer the case and type why."""
    form = lectern.presenter.decision.form
    form.kind.set_value("deferred")
    form.kind.edited.emit()
    form.deferred.setFocus()
    QTest.keyClicks(QApplication.focusWidget(), why)


def test_a_decision_is_written_and_signed_during_the_talk(lectern):
    before = lectern.pixels()
    lectern.press(Key.Key_D, modifier=CONTROL)
    assert lectern.presenter.decision.isVisible()
    assert not lectern.presenter.notes.isVisible()
    defer(lectern, "No chest CT, b. 2")
    lectern.settle()
    assert stored(lectern).draft.decision.deferred_because == "No chest CT, b. 2"
    assert stored(lectern).signed is None
    assert lectern.pixels() == before
    assert not lectern.talk.blank
    field = QApplication.focusWidget()
    lectern.press(Key.Key_Return, window=field, modifier=CONTROL)
    assert stored(lectern).signed.decision.is_deferred
    assert stored(lectern).signed.meeting_uid
    assert status(lectern) == "deferred"
    assert lectern.pixels() == before
    lectern.press(Key.Key_Escape, window=lectern.presenter.decision.correct)
    assert not lectern.presenter.decision.isVisible()
    assert lectern.presenter.notes.isVisible()
    assert lectern.talks.running is not None


def test_a_clicker_steps_on_while_one_writes_and_each_case_keeps_its_own(lectern):
    lectern.press(Key.Key_D, modifier=CONTROL)
    defer(lectern, "First")
    for _ in range(3):
        lectern.press(Key.Key_PageDown, window=QApplication.focusWidget())
    assert lectern.talk.case == 1
    assert lectern.presenter.decision.form.deferred.value == ""
    assert stored(lectern, 0).draft.decision.deferred_because == "First"
    assert stored(lectern, 1).draft is None
    lectern.press(Key.Key_PageUp, window=lectern.presenter.decision)
    assert lectern.presenter.decision.form.deferred.value == "First"


def test_on_one_screen_the_decision_comes_before_a_blank_audience_and_goes_again(
    open_desk, tmp_path
):
    desk = open_desk(store_of(tmp_path / "one", write_case(tmp_path / "ct9", 9, ANNA)))
    desk.qtbot.waitUntil(desk.window.isActiveWindow)
    lectern = Lectern(desk, DESK)
    lectern.begin()
    lectern.press(Key.Key_PageDown, window=lectern.audience)
    before, page = lectern.pixels(), lectern.talk.page
    for back, typed in ((Key.Key_Escape, "No chest"), (Key.Key_F5, " CT"), (Key.Key_D, "")):
        lectern.press(Key.Key_D, window=lectern.audience, modifier=CONTROL)
        presenter = lectern.presenter
        assert presenter.isVisible()
        assert presenter.size() == DESK.area.size()
        assert (presenter.decision.isVisible(), presenter.notes.isVisible()) == (True, False)
        assert "Esc or F5" in presenter.said.text()
        image = lectern.audience.grab().toImage()
        assert {image.pixelColor(x, 300).lightness() for x in range(5, image.width(), 97)} == {0}
        if typed == "No chest":
            defer(lectern, typed)
        elif typed:
            presenter.decision.form.deferred.setFocus()
            QTest.keyClicks(QApplication.focusWidget(), typed)
        field = QApplication.focusWidget() if typed else presenter
        lectern.press(back, window=field, modifier=CONTROL if back == Key.Key_D else NONE)
        assert not lectern.presenter.isVisible()
        assert lectern.talk.page == page
        assert lectern.pixels() == before
    assert stored(lectern).draft.decision.deferred_because == "No chest CT"
    # With no field in hand Esc goes back as well, and only the next one ends the talk.
    lectern.press(Key.Key_D, window=lectern.audience, modifier=CONTROL)
    lectern.press(Key.Key_Escape)
    assert lectern.pixels() == before
    # A screen that is plugged in meanwhile takes the audience; the decision stays beside it.
    lectern.press(Key.Key_D, window=lectern.audience, modifier=CONTROL)
    lectern.screens.plug(DESK, WALL)
    lectern.settle()
    assert lectern.presenter.decision.isVisible()
    assert lectern.audience.geometry() == WALL.area
    assert not lectern.audience.cover.isVisible()
    lectern.press(Key.Key_Escape, Key.Key_Escape)
    assert lectern.talks.running is None


def test_what_was_shown_is_presented_and_what_was_passed_is_not(lectern):
    lectern.running._clock = lambda: now[0]
    now = [lectern.talk.started + 60]
    lectern.press(Key.Key_PageDown, modifier=CONTROL)
    now[0] += 1
    lectern.press(Key.Key_PageUp, modifier=CONTROL)
    assert (status(lectern, 0), status(lectern, 1)) == ("presented", "")


def test_how_long_a_case_was_shown_is_stored_each_time_it_is_left(lectern):
    """An hour for the first case in two visits, the second passed: rows are added, none changed."""
    lectern.running._clock = lambda: now[0]
    now, first = [lectern.talk.started + 1800], lectern.talk.slots[0].case_uid
    lectern.press(Key.Key_PageDown, modifier=CONTROL)
    now[0] += 2
    lectern.press(Key.Key_PageUp, modifier=CONTROL)
    now[0] += 1799.6
    lectern.press(Key.Key_Escape)
    lectern.desk.settle()
    store = lectern.desk.workspace.session.store
    read = store.talk_times.all()
    (meeting,) = store.meetings.all()
    assert [(t.case_uid, t.seconds) for t in read] == [(first, 1800), (first, 3600)]
    assert {t.meeting_uid for t in read} == {meeting.uid}
    assert len({t.talk_uid for t in read}) == 1
    assert verify(store).ok


def test_a_case_that_is_open_in_the_window_is_marked_there(lectern):
    desk, now = lectern.desk, [lectern.talk.started + 60]
    desk.window.controller.open_case(lectern.talk.slots[0].case_uid)
    lectern.settle()
    lectern.running._clock = lambda: now[0]
    lectern.press(Key.Key_PageDown, modifier=CONTROL)
    assert desk.case.remark("status").value == "presented"
    desk.workspace.session.set_remark("status", "ready", label="Status: ready")
    assert status(lectern, 0) == "ready"


def test_a_store_that_refuses_the_status_says_so_and_the_talk_goes_on(lectern, monkeypatch):
    def refuse(*_):
        raise UserError("The disk that holds the store is full.", "Make room on it.")

    monkeypatch.setattr(presented, "_mark", refuse)
    now = [lectern.talk.started + 60]
    lectern.running._clock = lambda: now[0]
    lectern.press(Key.Key_PageDown, modifier=CONTROL)
    assert lectern.talk.case == 1
    assert "is full" in lectern.presenter.said.text()
    assert status(lectern, 0) == ""


def test_a_rehearsal_presents_nothing(lectern):
    desk = lectern.desk
    lectern.running.stop()
    board = Board(desk.workspace.session)
    (meeting,) = board.meetings()
    later = date.today() + timedelta(days=1)
    lectern.talks.present(board.keep(replace(meeting, date=later.isoformat())))
    lectern.settle()
    now = [lectern.talk.started + 60]
    lectern.running._clock = lambda: now[0]
    lectern.press(Key.Key_PageDown, modifier=CONTROL)
    assert status(lectern, 0) == ""


@pytest.mark.parametrize(
    ("value", "day", "expected"),
    [
        ("", "", True),
        ("ready", "2026-11-27", True),
        ("in preparation", "2026-11-27", True),
        ("deferred", "2026-11-20", True),
        ("deferred", "2026-11-27", False),
        ("followed up", "2026-11-20", False),
    ],
)
def test_a_status_that_somebody_set_for_afterwards_stays(value, day, expected):
    held = Remark("status", value, "", "Dr Test", f"{day}T10:00:00Z") if value else None
    assert still_to_present(held, "2026-11-27") is expected
