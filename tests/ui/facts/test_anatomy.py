"""The checklist of organs in the form, by keyboard, with the slice of each answer."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from tests.ui.conftest import CENTRE

LIVER, KIDNEY = "organ|liver", "organ|kidney-right"


def answer(desk, key: str, typed: str) -> None:
    desk.window.tabs.setCurrentWidget(desk.window.facts)
    desk.window.facts.answer(key)
    QTest.keyClicks(QApplication.focusWidget(), typed)


def test_an_organ_is_answered_by_one_key_kept_shown_on_its_slice_and_undone(desk):
    form, session = desk.window.facts, desk.workspace.session
    answer(desk, LIVER, "2")
    remark = desk.case.remark(LIVER)
    assert (remark.value, remark.author) == ("touched", "Dr Test")
    assert remark.place.point == tuple(CENTRE)
    desk.look_at(CENTRE + [0, 0, 40.0])
    link = next(
        b for b in form.row(LIVER).findChildren(QPushButton) if b.text().startswith("slice")
    )
    QTest.mouseClick(link, Qt.MouseButton.LeftButton)
    assert desk.viewer.point == tuple(CENTRE)
    answer(desk, LIVER, "i")
    assert desk.case.remark(LIVER).value == "invaded"
    assert [line.split(" · ")[0] for line in form.history(LIVER)] == ["Invaded", "Touched"]
    session.undo()
    assert desk.case.remark(LIVER).value == "touched"
    answer(desk, LIVER, "0")
    assert desk.case.remark(LIVER) is None


def test_the_next_organ_takes_the_focus_and_the_criterion_shows_what_was_said(desk):
    form = desk.window.facts
    answer(desk, KIDNEY, "4")
    assert form.row("organ|kidney-left").isAncestorOf(QApplication.focusWidget())
    shown = [w.text() for w in form.row("bilateral_renal_involvement").findChildren(QLabel)]
    assert "Right kidney invaded." in shown
    assert desk.case.facts.value("bilateral_renal_involvement") is None
