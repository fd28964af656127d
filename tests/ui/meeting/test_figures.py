"""The page of what the board did: by keys and mouse, over any period, as a table, or given up."""

import csv
import threading
from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel

from tests.app.board_store import FRIEDA, MARCH, Hands, chosen, of_a_spring, said
from tumorboard.app import board_reader
from tumorboard.app.board import Board
from tumorboard.case.decision import Agreement
from tumorboard.case.model import Patient
from tumorboard.store.database import Store
from tumorboard.ui.assessment.alerts import AlertLine

Key, Modifier = Qt.Key, Qt.KeyboardModifier


@pytest.fixture
def desk(open_desk, tmp_path):
    with Store(tmp_path / "store") as store:
        of_a_spring(store)
    return open_desk()


def press(desk, key, modifier=Modifier.NoModifier) -> None:
    """Press a key where the keys are now, in a window that is in front."""
    desk.window.activateWindow()
    desk.qtbot.waitUntil(desk.window.isActiveWindow, timeout=3000)
    QTest.keyClick(QApplication.focusWidget() or desk.window, key, modifier)


def begin(desk):
    desk.view().setFocus()
    press(desk, Key.Key_F4, Modifier.ShiftModifier)
    desk.settle()
    return desk.window.features.meeting.figures.page


def typed(desk, first: str, last: str) -> None:
    """Type both days over what stands there, from the field of the first; Enter reads."""
    for text, key in ((first, Key.Key_Tab), (last, Key.Key_Return)):
        press(desk, Key.Key_A, Modifier.ControlModifier)
        QTest.keyClicks(QApplication.focusWidget(), text)
        press(desk, key)
    desk.settle()


def shown(page) -> list[str]:
    """All texts of the page, in their order; what was laid out last shows with the next events."""
    QApplication.processEvents()
    return [label.text() for label in page.findChildren(QLabel) if label.isVisibleTo(page)]


def beside(page, name: str) -> tuple[str, str]:
    """The figure beside a name, and what it says it counts."""
    texts = shown(page)
    at = texts.index(name)
    return texts[at + 1], texts[at + 2]


def cells(table) -> list[list[str]]:
    model = table.model()
    return [
        [model.index(row, column).data() for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def test_a_period_is_typed_and_each_figure_says_what_it_is_of(desk):
    page = begin(desk)
    assert QApplication.focusWidget() is page.first
    assert page.last.text() == date.today().isoformat()
    typed(desk, "2022-03-01", "31.5.2022")
    assert (page.first.text(), page.last.text()) == ("2022-03-01", "2022-05-31")
    figure, of = beside(page, "In agreement")
    assert figure == "1 of 4 · not known: 3"
    assert "Counted: those whose every option was suggested" in of
    assert "Among: signed recommendations whose options can be compared" in of
    assert beside(page, "Overridden, critical")[0] == "1 of 2"
    assert beside(page, "Complete")[0] == "3 of 7 · not known: 1"
    assert beside(page, "Median")[0] == "4.0 min · 2 of 10 · not known: 8"
    reasons, overridden = page.tables
    assert [row[1:] for row in cells(reasons)] == [
        ["RP-2", "Radiotherapy (Discouraged)", "=[withheld] wishes so"],
        ["RP-3", "O-SILENT (not mentioned)", "no reason stated"],
        ["RP-5", "Radiotherapy (Discouraged)", "no reason stated"],
    ]
    assert [row[1:] for row in cells(overridden)] == [
        ["RP-1", "critical: It bleeds", "Embolised yesterday"]
    ]
    everything = " ".join(shown(page)).lower()
    assert "quixfict" not in everything
    assert FRIEDA.patient_id.lower() not in everything


def test_a_period_without_anything_says_what_to_do(desk):
    page = begin(desk)
    typed(desk, "2022-03-11", "2022-05-04")
    assert "plan a meeting (F4)" in page.state.text()
    assert not page.csv.isEnabled()
    assert page.tables == []


@pytest.mark.parametrize(
    ("first", "last", "sentence"),
    [
        ("soon", "2022-05-04", "“soon” is not a date."),
        ("2022-05-05", "2022-05-04", "before it begins"),
        ("2022-02-30", "2022-05-04", "is not a date"),
    ],
)
def test_days_that_make_no_period_are_said_and_nothing_old_stays(desk, first, last, sentence):
    page = begin(desk)
    typed(desk, "2022-03-01", "2022-05-31")
    page.first.setFocus()
    typed(desk, first, last)
    assert sentence in page.state.text()
    assert page.tables == []
    assert not page.csv.isEnabled()
    assert page.first.text() == first


def test_the_mouse_brings_the_last_twelve_months_back(desk):
    page = begin(desk)
    usual = (page.first.text(), page.last.text())
    typed(desk, "2022-03-01", "2022-05-31")
    QTest.mouseClick(page.usual, Qt.MouseButton.LeftButton)
    desk.settle()
    assert (page.first.text(), page.last.text()) == usual
    page.first.setText("2022-03-10")
    page.last.setText("2022-03-10")
    QTest.mouseClick(page.show_button, Qt.MouseButton.LeftButton)
    desk.settle()
    assert beside(page, "Meetings held")[0] == "1"


def test_keys_scroll_while_a_day_has_them_and_esc_goes_back(desk):
    desk.window.resize(1024, 600)
    page = begin(desk)
    typed(desk, "2022-03-01", "2022-05-31")
    bar = page._area.verticalScrollBar()
    desk.qtbot.waitUntil(lambda: bar.maximum() > 0)
    press(desk, Key.Key_PageDown)
    assert bar.value() > 0
    press(desk, Key.Key_PageUp)
    assert bar.value() == 0
    actions = desk.window.actions_by_name
    assert actions["meeting.figures"].isChecked()
    press(desk, Key.Key_F4)
    assert desk.window.features.meeting.meetings.is_shown
    assert (actions["meeting.figures"].isChecked(), actions["meeting.page"].isChecked()) == (
        False,
        True,
    )
    press(desk, Key.Key_F4, Modifier.ShiftModifier)
    assert not desk.window.features.meeting.meetings.is_shown
    assert not actions["meeting.page"].isChecked()
    press(desk, Key.Key_Escape)
    assert desk.view().isVisible()
    assert not actions["meeting.figures"].isChecked()
    desk.settle()


def test_counting_is_given_up_and_can_be_asked_again(desk, monkeypatch):
    page = begin(desk)
    goes_on = threading.Event()
    signed_here = board_reader._signed_here

    def slow(*arguments):
        assert goes_on.wait(20)
        return signed_here(*arguments)

    monkeypatch.setattr(board_reader, "_signed_here", slow)
    page.first.setText("2022-03-01")
    page.last.setText("2022-05-31")
    press(desk, Key.Key_Return)
    assert "Counting" in page.state.text()
    QTest.mouseClick(page.cancel, Qt.MouseButton.LeftButton)
    goes_on.set()
    desk.settle()
    assert "cancelled" in page.state.text()
    assert page.cancel.isHidden()
    assert page.tables == []
    page.first.setFocus()
    press(desk, Key.Key_Return)
    desk.settle()
    assert beside(page, "Meetings held")[0] == "2"


def test_of_two_periods_the_later_one_is_shown(desk):
    page = begin(desk)
    page.wanted.emit("2022-03-01", "2022-05-31")
    page.wanted.emit("2022-05-01", "2022-05-31")
    desk.settle()
    assert page.first.text() == "2022-05-01"
    assert beside(page, "Meetings held")[0] == "1"


def test_the_table_holds_what_the_page_shows(desk, tmp_path):
    page = begin(desk)
    typed(desk, "2022-03-01", "2022-05-31")
    QTest.mouseClick(page.csv, Qt.MouseButton.LeftButton)
    (dialog,) = desk.window.findChildren(QFileDialog)
    assert dialog.selectedFiles()[0].endswith("board figures 2022-03-01 to 2022-05-31.csv")
    dialog.fileSelected.emit(str(tmp_path / "Quixfict.csv"))
    desk.settle()
    assert "who the patient is" in desk.window.notice.text
    dialog.fileSelected.emit(str(tmp_path / "figures.csv"))
    dialog.reject()
    desk.settle()
    with open(tmp_path / "figures.csv", encoding="utf-8-sig", newline="") as file:
        rows = {row["Line"]: row for row in csv.DictReader(file) if row["Count"]}
    for name in ("In agreement", "Deviating", "Complete", "Overridden, all", "Draft, not signed"):
        told = f"{rows[name]['Count']} of {rows[name]['Of']}"
        assert beside(page, name)[0].startswith(told)
    assert not (tmp_path / "Quixfict.csv").exists()


def test_what_people_wrote_is_text(open_desk, tmp_path):
    with Store(tmp_path / "store") as store:
        hands = Hands(store)
        label = "<b>RP</b> & \u202eevil"
        hands.case(label, Patient("", "ZZTEST^ANNA", "Z-1", "19600101", "F"))
        march = hands.meeting(MARCH, label)
        why = "<img src=x> &amp; \u05d0\u05d1 10 x 9"
        decision = chosen("O-B", agreement=Agreement.DISSENTS, dissent_reason=why)
        hands.sign(label, march.uid, decision, said())
    desk = open_desk()
    page = begin(desk)
    typed(desk, "2022-03-01", "2022-05-31")
    ((_, case, what, words),) = cells(page.tables[0])
    assert case.startswith("<b>RP</b> & ")
    assert "\u202e" not in case
    assert words.startswith("<img src=x> &amp; ")
    assert what == "Radiotherapy (Discouraged)"
    tips = [
        page.tables[0].model().index(0, column).data(Qt.ItemDataRole.ToolTipRole)
        for column in range(4)
    ]
    assert not any(text.startswith("<img") for text in tips)


def test_what_is_only_viewed_has_no_figures(open_desk):
    desk = open_desk(scratch=True)
    desk.window.controller.run("meeting.figures")
    assert "only being viewed" in desk.window.notice.text
    assert not desk.window.actions_by_name["meeting.figures"].isChecked()


def test_the_page_reads_anew_what_was_signed_meanwhile(desk):
    page = begin(desk)
    typed(desk, "2022-03-01", "2022-05-31")
    assert beside(page, "Draft, not signed")[0] == "1 of 10"
    session = desk.workspace.session
    board = Board(session)
    case = next(c for c in session.cases() if c.label == "RP-6")
    session.open_case(case.uid)
    march = next(m for m in board.meetings() if m.date == MARCH)
    board.sign(chosen("O-A"), march.uid)
    page.first.setFocus()
    press(desk, Key.Key_Return)
    desk.settle()
    assert beside(page, "Draft, not signed")[0] == "0 of 10"


def test_what_is_acknowledged_and_signed_in_the_window_is_counted(open_desk):
    """The shipped guideline, an alert of the panel, a decision: the words of all fit together."""
    desk = open_desk()
    session = desk.workspace.session
    desk.workspace.guidance.make_ready()
    session.new_case("V-1", Patient("", "ZZTEST^ANNA", "Z-1", "19600101", "F"))
    session.set_fact("site", "retroperitoneum")
    session.set_fact("histology", "LMS")
    desk.window.tabs.setCurrentWidget(desk.window.assessment)
    desk.settle()
    lines = desk.window.assessment.findChildren(AlertLine)
    row = next(line.row for line in lines if line.row.severity == "warning")
    desk.window.assessment.acknowledge_requested.emit(row.key, row.stands_for, "Booked")
    assessment = session.assessment
    offered = next(o for o in assessment.options if o.status == "suggest")
    Board(session).sign(chosen(offered.id))
    page = begin(desk)
    typed(desk, "2000-01-01", date.today().isoformat())
    warnings = sum(a.severity == "warning" for a in assessment.alerts)
    assert beside(page, "Overridden, warning")[0] == f"1 of {warnings}"
    assert beside(page, "In agreement")[0] == "1 of 1"
    assert beside(page, "Complete")[0] == "0 of 1"
    for asked in assessment.missing:
        assert beside(page, f"Asked for: {asked.label}")[0] == "1 of 1"
    assert cells(page.tables[-1])[0][2:] == [row.stands_for, "Booked"]
