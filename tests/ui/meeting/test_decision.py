"""The decision on a case: typed, kept, signed, corrected and followed up, by mouse and keys."""

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from tumorboard.app.board import Board
from tumorboard.case.decision import Agreement, Decision, Intent
from tumorboard.case.meeting import AgendaItem, Attendee
from tumorboard.case.model import Patient
from tumorboard.ui.meeting import decision as deciding

Key, Modifier = Qt.Key, Qt.KeyboardModifier
ANNA = Patient("", "ZZTEST^ANNA", "Z-771", "19600101", "F")


@pytest.fixture(autouse=True)
def a_short_pause(monkeypatch):
    """What is typed is kept after a pause; here a shorter one."""
    monkeypatch.setattr(deciding, "_PAUSE_MS", 60)


@pytest.fixture
def desk(open_desk):
    made = open_desk()
    session = made.workspace.session
    session.new_case("RP-1", ANNA, "Resectable?")
    session.set_fact("site", "retroperitoneum")
    session.set_fact("histology", "LMS")
    board = Board(session)
    meeting = board.new_meeting("2026-11-27").with_item(AgendaItem(session.case.uid))
    from dataclasses import replace

    board.keep(replace(meeting, attendees=(Attendee("Dr Example", "surgeon"),)))
    activate(made)
    made.key(Key.Key_D, Modifier.ControlModifier)
    made.settle()
    return made


def activate(desk) -> None:
    desk.window.activateWindow()
    desk.qtbot.waitUntil(desk.window.isActiveWindow, timeout=3000)


def form(desk):
    return desk.window.decision.form


def last(desk):
    return Board(desk.workspace.session).decisions()[-1]


def type_into(field, text: str) -> None:
    field.setFocus()
    QTest.keyClicks(field, text)


def press(desk, text: str) -> None:
    buttons = desk.window.decision.findChildren(QPushButton)
    button = next(b for b in buttons if b.text() == text and b.isVisible())
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def pick(rows, letters: str) -> None:
    field = rows.picker.lineEdit()
    field.setFocus()
    QTest.keyClicks(field, letters)
    QTest.keyClick(rows.picker.popup(), Key.Key_Escape)
    QTest.keyClick(field, Key.Key_Return)


def fill(desk) -> None:
    pick(form(desk).options, "core biopsy")
    type_into(form(desk).responsible, "Dr Example")
    desk.settle()


def sign(desk) -> None:
    activate(desk)
    desk.key(Key.Key_Return, Modifier.ControlModifier, desk.window.decision)
    desk.settle()


def test_what_is_typed_is_kept_as_a_draft_without_a_button(desk):
    assert QApplication.focusWidget() in (
        form(desk).options.picker,
        form(desk).options.picker.lineEdit(),
    )
    fill(desk)
    type_into(form(desk).recommendation, "Through the flank")
    desk.settle()
    kept = last(desk)
    assert not kept.signed
    assert kept.decision.options == ("O-BIOPSY",)
    assert kept.decision.recommendation == "Through the flank"
    assert kept.meeting_uid == Board(desk.workspace.session).meetings()[0].uid
    assert "Draft" in desk.window.decision.status.text()
    assert "Suggest" in form(desk).options.picker.itemText(0)


def test_what_is_lacking_is_said_while_one_types(desk):
    panel = desk.window.decision
    assert "what is recommended" in panel.lacking.text()
    assert not panel.sign.isEnabled()
    pick(form(desk).options, "core biopsy")
    assert panel.lacking.text() == "Name the person who carries it out."
    type_into(form(desk).responsible, "Dr Example")
    assert panel.sign.isEnabled()
    pick(form(desk).rejected, "preoperative radio")
    assert "Preoperative radiotherapy" in panel.lacking.text()
    assert "O-PREOP-RT" not in panel.lacking.text()
    type_into(QApplication.focusWidget(), "Bowel in the field")
    press(desk, "Differs")
    assert "differs from the assessment" in panel.lacking.text()
    type_into(form(desk).dissent, "Frail")
    assert panel.sign.isEnabled()
    type_into(form(desk).due, "soon")
    assert "not a date" in form(desk).due_problem.text()
    assert not panel.sign.isEnabled()


def test_stage_and_histology_are_proposed_and_taken_over_by_a_person(desk):
    fill(desk)
    assert last(desk).decision.histology == ""
    histology = form(desk).histology
    assert histology.take.isVisible()
    QTest.mouseClick(histology.take, Qt.MouseButton.LeftButton)
    desk.settle()
    assert last(desk).decision.histology == "Leiomyosarcoma"
    assert not histology.take.isVisible()


def test_a_deferral_needs_its_reason_and_no_recommendation(desk):
    press(desk, "Defers the case")
    assert not form(desk).options.isVisible()
    desk.settle()
    assert form(desk).deferred.isVisible()
    type_into(form(desk).deferred, "No chest CT yet")
    sign(desk)
    assert last(desk).signed
    assert last(desk).decision == Decision(deferred_because="No chest CT yet")
    assert desk.case.remark("status").value == "deferred"


def test_the_arrows_go_through_a_choice_and_tab_goes_on(desk):
    chosen = next(
        b for b in form(desk).intent.findChildren(QPushButton) if b.text() == "Not stated"
    )
    chosen.setFocus()
    QTest.keyClick(chosen, Key.Key_Left)
    QTest.keyClick(QApplication.focusWidget(), Key.Key_Left)
    assert form(desk).intent.value is Intent.NOT_STATED  # an arrow chooses nothing
    QTest.keyClick(QApplication.focusWidget(), Key.Key_Space)
    assert form(desk).intent.value is Intent.DIAGNOSTIC
    form(desk).recommendation.setFocus()
    order = []
    for _ in range(9):
        QTest.keyClick(QApplication.focusWidget(), Key.Key_Tab)
        order.append(QApplication.focusWidget().accessibleName())
    assert order == [
        "Intent: Diagnostic",
        "Add an option that was not taken",
        "Assessment panel: Not stated",
        "Stage as discussed",
        "Histology as discussed",
        "Take over: Histology as discussed",
        "Trial considered: Not stated",
        "Carried out by",
        "By",
    ]


def test_a_signature_freezes_and_a_correction_is_a_new_version(desk):
    fill(desk)
    sign(desk)
    panel = desk.window.decision
    first = last(desk)
    assert first.signed
    assert "Signed by Dr Test" in panel.status.text()
    assert not panel.form.isVisible()
    assert "Image-guided core biopsy" in texts(panel.record)
    press(desk, "Correct this decision")
    press(desk, "Agrees")
    assert f"version {first.version} stands until this is signed" in panel.status.text()
    desk.settle()
    kept = last(desk)
    assert not kept.signed
    assert kept.decision.agreement is Agreement.AGREES
    sign(desk)
    after = last(desk)
    assert (after.predecessor, after.signed) == (kept.sequence, True)
    assert after.decision.agreement is Agreement.AGREES
    assert after.record["follows"]["digest"] == first.record["digest"]
    assert f"follows version {first.version}" in panel.status.text()


def test_a_correction_outlasts_the_window_and_can_be_left(desk, open_desk, tmp_path):
    fill(desk)
    sign(desk)
    signed = last(desk)
    press(desk, "Correct this decision")
    type_into(form(desk).recommendation, "At once")
    desk.settle()
    other = open_desk(tmp_path / "store")
    other.window.controller.open_case(desk.case.uid)
    activate(other)
    other.key(Key.Key_D, Modifier.ControlModifier)
    other.settle()
    assert form(other).recommendation.value == "At once"
    assert "Not signed yet" in other.window.decision.status.text()
    press(other, "Leave the correction")
    assert not form(other).isVisible()
    assert "Signed by Dr Test" in other.window.decision.status.text()
    now = Board(desk.workspace.session).stands()
    assert (now.signed, now.draft) == (signed, None)


def test_another_meeting_decides_anew_and_not_by_a_correction(desk):
    press(desk, "Defers the case")
    type_into(form(desk).deferred, "No chest CT yet")
    sign(desk)
    board, session = Board(desk.workspace.session), desk.workspace.session
    first = board.meetings()[0]
    board.carry_over(first, board.new_meeting("2026-12-04"))
    desk.window.features.meeting.meetings.choose(board.meetings()[0].uid)
    desk.window.features.meeting.deciding.refresh()
    press(desk, "Decide anew: Friday, 4 Dec 2026")
    assert not form(desk).deferred.isVisible()
    fill(desk)
    assert board.decision_states([session.case.uid], first.uid)[session.case.uid] == "deferred"
    sign(desk)
    uid = session.case.uid
    assert last(desk).meeting_uid == board.meetings()[0].uid
    assert board.decision_states([uid], board.meetings()[0].uid)[uid] == "recommended"
    assert board.decision_states([uid], first.uid)[uid] == "deferred"


def texts(widget) -> str:
    from PySide6.QtWidgets import QLabel

    return "\n".join(label.text() for label in widget.findChildren(QLabel))


def test_earlier_versions_can_be_read(desk):
    fill(desk)
    sign(desk)
    panel = desk.window.decision
    panel.versions.toggle()
    lines = [b for b in panel.versions.findChildren(QPushButton) if "signed" in b.text()]
    shown = []
    panel.version_requested.connect(shown.append)
    lines[0].click()
    assert "Recommendation: Image-guided core biopsy" in shown[0].text
    assert "Audit head" in shown[0].text


def test_an_outcome_is_signed_later_and_a_difference_needs_a_reason(desk):
    fill(desk)
    sign(desk)
    follow = desk.window.decision.follow_up
    type_into(follow.outcome, "Observed")
    press(desk, "Otherwise")
    assert "why" in follow.problem.text()
    type_into(follow.because, "Declined")
    press(desk, "Sign the outcome")
    desk.settle()
    told = last(desk).decision
    assert (told.outcome, told.outcome_as_recommended, told.differs_because) == (
        *("Observed", False),
        "Declined",
    )
    assert desk.case.remark("status").value == "followed up"


def test_what_was_typed_last_is_kept_when_another_case_is_opened(desk):
    first = desk.case.uid
    pick(form(desk).options, "core biopsy")
    desk.workspace.session.new_case("RP-2", ANNA, "")
    desk.window.controller.open_case(desk.case.uid)
    assert form(desk).options.options == ()
    assert Board(desk.workspace.session).decisions() == []
    desk.window.controller.open_case(first)
    assert form(desk).options.options == ("O-BIOPSY",)
    type_into(form(desk).recommendation, "At once")
    desk.workspace.session.close_case()
    desk.workspace.session.open_case(first)
    assert last(desk).decision.recommendation == "At once"


def test_coming_back_to_a_window_shows_what_was_written_in_another(desk, open_desk, tmp_path):
    other = open_desk(tmp_path / "store")
    other.window.controller.open_case(desk.case.uid)
    other.settle()
    fill(desk)
    assert form(other).options.options == ()
    QApplication.sendEvent(other.window, QEvent(QEvent.Type.WindowActivate))
    assert form(other).options.options == ("O-BIOPSY",)


@pytest.mark.parametrize("mine", [True, False])
def test_of_two_who_write_at_once_a_person_chooses(desk, open_desk, tmp_path, mine):
    other = open_desk(tmp_path / "store")
    other.window.controller.open_case(desk.case.uid)
    other.settle()
    other.window.actions_by_name["case.decision"].trigger()
    fill(desk)
    type_into(form(other).recommendation, "Observe")
    other.settle()
    panel = other.window.decision
    assert panel.clash.isVisible()
    assert "Dr Test changed this decision" in texts(panel.clash)
    assert form(other).recommendation.value == "Observe"
    assert not panel.sign.isEnabled()
    (panel.clash.keep if mine else panel.clash.theirs).click()
    other.settle()
    assert not panel.clash.isVisible()
    assert last(other).decision.recommendation == ("Observe" if mine else "")
    assert form(other).options.options == (() if mine else ("O-BIOPSY",))


def real_keys(*keys) -> None:
    """Press keys where the window system would send them: to what is open, else to the focus."""
    for key in keys:
        popup = QApplication.activePopupWidget()
        target = popup.focusWidget() or popup if popup else QApplication.focusWidget()
        if isinstance(key, str):
            QTest.keyClicks(target, key[:1])
            if key[1:]:
                real_keys(key[1:])  # the first letter may have opened something
        else:
            QTest.keyClick(target, key)
        QApplication.processEvents()


def titles(desk) -> list[str]:
    picker = form(desk).options.picker
    told = {picker.itemData(n): picker.itemText(n) for n in range(picker.count())}
    return [told[key] for key in form(desk).options.options]


def matches(desk) -> list[str]:
    model = form(desk).options.picker.matches.completionModel()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


WAYS = {
    "the first that is lit": (("chemo", Key.Key_Down, Key.Key_Return), 0),
    "the second that is lit": (("radio", Key.Key_Down, Key.Key_Down, Key.Key_Return), 1),
    "back up to the first": (
        ("radio", Key.Key_Down, Key.Key_Down, Key.Key_Up, Key.Key_Enter),
        0,
    ),
    "tab takes what is lit": (("radio", Key.Key_Down, Key.Key_Down, Key.Key_Tab), 1),
    "enter without one lit": (("radio", Key.Key_Return), 0),
    "more letters after a look": (("ra", Key.Key_Down, Key.Key_Escape, "dio", Key.Key_Return), 0),
}


@pytest.mark.parametrize("way", WAYS)
def test_one_choice_adds_one_option_and_empties_the_field(desk, way):
    keys, wanted = WAYS[way]
    picker = form(desk).options.picker
    picker.field().setFocus()
    real_keys("".join(k for k in keys if isinstance(k, str)))
    offered = matches(desk)
    real_keys(Key.Key_Escape)
    picker.field().clear()
    real_keys(*keys)
    assert titles(desk) == [offered[wanted]]
    assert picker.field().text() == ""
    assert QApplication.activePopupWidget() is None


def test_what_is_looked_at_is_not_chosen(desk):
    picker = form(desk).options.picker
    picker.field().setFocus()
    real_keys("radio", Key.Key_Down, Key.Key_Escape)
    assert picker.field().text() == "radio"
    assert QApplication.activePopupWidget() is None
    real_keys(Key.Key_Tab)
    assert titles(desk) == []
    picker.field().setFocus()
    picker.field().clear()
    real_keys(Key.Key_Up, Key.Key_PageDown)
    assert titles(desk) == []


def test_down_in_the_empty_field_opens_the_list_and_enter_takes_one_of_it(desk):
    picker = form(desk).options.picker
    picker.field().setFocus()
    real_keys(Key.Key_Down)
    assert picker.view().isVisible()
    assert titles(desk) == []
    real_keys(Key.Key_Escape)
    assert titles(desk) == []
    real_keys(Key.Key_Down, Key.Key_Down, Key.Key_Down)
    lit = picker.view().currentIndex().data()
    real_keys(Key.Key_Return)
    assert titles(desk) == [lit]
    assert picker.field().text() == ""


def test_an_option_written_out_in_full_is_added_once(desk):
    picker = form(desk).options.picker
    full = picker.itemText(3)
    picker.field().setFocus()
    real_keys(full, Key.Key_Tab)
    assert titles(desk) == []
    picker.field().setFocus()
    real_keys(Key.Key_Return)
    assert titles(desk) == [full]
    assert picker.field().text() == ""


def test_a_click_on_a_match_and_on_the_list_each_add_one(desk):
    picker = form(desk).options.picker
    picker.field().setFocus()
    real_keys("radio")
    popup = picker.popup()
    assert popup.viewport().width() >= popup.sizeHintForColumn(0)
    row = popup.model().index(1, 0)
    first = row.data()
    QTest.mouseClick(
        popup.viewport(), Qt.MouseButton.LeftButton, pos=popup.visualRect(row).center()
    )
    assert titles(desk) == [first]
    assert picker.field().text() == ""
    QTest.qWait(QApplication.doubleClickInterval() + 50)  # so as not to be one double click
    picker.showPopup()
    view = picker.view()
    row = view.model().index(2, 0)
    second = row.data()
    place = view.visualRect(row).center()
    QTest.mouseMove(view.viewport(), place)
    QTest.qWait(QApplication.doubleClickInterval() + 50)  # a list ignores the click that opens it
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert titles(desk) == [first, second]
    assert picker.field().text() == ""
