"""What is measured in a talk is not lost when the store refuses it."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.dicom.make import Person
from tests.ui.lectern import Lectern, store_of, write_case
from tumorboard.ui.presenter.questions import DrawnQuestion

Key = Qt.Key
ANNA = Person("PID-77121", "Quitzow^Annabel", "19610417", "F")
BERT = Person("PID-99343", "Zwirner^Bertram", "19550909", "M")


@pytest.fixture
def lectern(open_desk, tmp_path):
    folders = [write_case(tmp_path / f"ct{n}", n, p) for n, p in ((1, ANNA), (2, BERT))]
    desk = open_desk(store_of(tmp_path / "store", *folders))
    desk.workspace.guidance.make_ready()
    desk.qtbot.waitUntil(desk.window.isActiveWindow)
    made = Lectern(desk)
    made.begin()
    yield made
    refuse(desk, on=False)
    if made.talks.running is not None:
        made.running.stop()


def refuse(desk, *, on: bool) -> None:
    """Let the store refuse to be written, as a disk does that is gone or full."""
    desk.workspace.session.store.connection.execute(f"PRAGMA query_only = {int(on)}")


def measure(lectern) -> None:
    lectern.press(Key.Key_L)
    middle = lectern.view.rect().center()
    lectern.drag(middle - QPoint(90, 20), middle + QPoint(60, 40))
    lectern.press(Key.Key_Escape)


def kept(desk) -> list[int]:
    session = desk.workspace.session
    return [len(session.open_case(case.uid).annotations) for case in session.cases()]


def question() -> DrawnQuestion:
    """The one question that is open."""
    shown = [w for w in QApplication.topLevelWidgets() if isinstance(w, DrawnQuestion)]
    (dialog,) = [w for w in shown if w.isVisible()]
    return dialog


def measured_and_ended(lectern) -> DrawnQuestion:
    """Measure on both cases and end the talk while nothing can be stored."""
    measure(lectern)
    lectern.press(Key.Key_2, Key.Key_Return)
    measure(lectern)
    refuse(lectern.desk, on=True)
    lectern.press(Key.Key_Escape)
    assert lectern.talks.running is None
    return question()


def test_what_cannot_be_kept_is_said_and_tried_again_in_the_same_question(lectern):
    desk = lectern.desk
    dialog = measured_and_ended(lectern)
    assert not dialog.later.isVisible()
    QTest.mouseClick(dialog.go_on, Qt.MouseButton.LeftButton)
    assert dialog.isVisible()
    assert dialog.problem.isVisible()
    assert dialog.problem.text().endswith(".")
    assert (dialog.go_on.text(), len(dialog.boxes)) == ("Try again", 2)
    assert len(lectern.talks.drawn.held) == 2
    refuse(desk, on=False)
    dialog.boxes[0][1].setChecked(False)
    QTest.mouseClick(dialog.go_on, Qt.MouseButton.LeftButton)
    assert not dialog.isVisible()
    assert lectern.talks.drawn.held == ()
    assert sorted(kept(desk)) == [0, 1]


def test_later_holds_them_and_the_notice_leads_back(lectern):
    desk = lectern.desk
    dialog = measured_and_ended(lectern)
    dialog.go_on.click()
    dialog.later.click()
    assert "2 measurements of the talk could not be stored" in desk.window.notice.text
    desk.window.notice.see_more()
    assert len(question().boxes) == 2
    refuse(desk, on=False)
    question().go_on.click()
    assert kept(desk) == [1, 1]


def test_closing_the_question_throws_nothing_away_and_the_next_talk_asks_again(lectern):
    desk = lectern.desk
    QTest.keyClick(measured_and_ended(lectern), Key.Key_Escape)
    assert "could not be stored" in desk.window.notice.text
    refuse(desk, on=False)
    desk.window.actions_by_name["present.start"].trigger()
    lectern.settle()
    measure(lectern)
    lectern.press(Key.Key_Escape)
    dialog = question()
    assert [len(q.annotations) for q, _ in dialog.boxes] == [2, 1]
    assert "2 measurements were made" in dialog.boxes[0][1].text()
    QTest.keyClick(dialog, Key.Key_Escape)
    assert sorted(kept(desk)) == [1, 2]


def test_when_the_program_ends_what_is_held_is_kept(lectern):
    QTest.keyClick(measured_and_ended(lectern), Key.Key_Escape)
    refuse(lectern.desk, on=False)
    lectern.talks.stop()
    assert kept(lectern.desk) == [1, 1]


def test_during_the_talk_the_bar_goes_on_asking(lectern):
    desk, bar = lectern.desk, lectern.presenter.question_bar
    measure(lectern)
    lectern.press(Key.Key_2, Key.Key_Return)
    refuse(desk, on=True)
    bar.keep.click()
    assert bar.isVisible()
    assert lectern.presenter.said.text()
    refuse(desk, on=False)
    bar.keep.click()
    assert not bar.isVisible()
    assert sorted(kept(desk)) == [0, 1]
