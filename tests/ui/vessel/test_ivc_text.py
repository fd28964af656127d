"""The text on the vena cava: made, changed, kept, and what changed since is shown."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tumorboard.case.ivc_report import REMARK
from tumorboard.ui.vessel.ivc_text_dialog import IvcTextDialog

CTRL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


def opened(desk) -> IvcTextDialog:
    desk.window.activateWindow()
    desk.qtbot.waitUntil(desk.window.isActiveWindow)
    desk.key(Qt.Key.Key_I, CTRL_SHIFT)
    (dialog,) = [d for d in desk.window.findChildren(IvcTextDialog) if d.isVisible()]
    return dialog


def closed(desk, dialog) -> None:
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    desk.qtbot.waitUntil(lambda: not any(w is dialog for w in QApplication.topLevelWidgets()))


def test_the_text_is_changed_kept_compared_and_written_anew(desk):
    session = desk.workspace.session
    session.set_fact("ivc_involvement", "present")
    session.set_remark("organ|liver", "touched", place=desk.window.features.series.place())
    dialog = opened(desk)
    text = dialog.field.toPlainText()
    assert "IVC involvement: present." in text
    assert "Liver: touched (slice " in text
    assert not dialog.note.isVisible()
    closed(desk, dialog)
    assert desk.case.remark(REMARK) is None, "reading alone keeps nothing"

    dialog = opened(desk)
    QTest.keyClicks(dialog.field, "Seen with Dr B. ")
    closed(desk, dialog)
    assert desk.case.remark(REMARK).value.startswith("Seen with Dr B. ")

    session.set_fact("ivc_occlusion", "total")
    dialog = opened(desk)
    assert dialog.field.toPlainText().startswith("Seen with Dr B. ")
    assert dialog.note.isVisible()
    QTest.mouseClick(dialog.copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == dialog.field.toPlainText()
    QTest.mouseClick(dialog.again, Qt.MouseButton.LeftButton)
    assert not dialog.note.isVisible()
    QTest.keyClicks(dialog.field, "!")
    closed(desk, dialog)
    held = desk.case.remark(REMARK)
    assert "Seen with" not in held.value
    assert held.value.endswith("!") or held.value.startswith("!")
    assert "total" in held.note

    dialog = opened(desk)
    assert not dialog.note.isVisible()
    closed(desk, dialog)


def test_a_text_that_still_holds_is_not_asked_about_again(desk):
    session = desk.workspace.session
    dialog = opened(desk)
    QTest.keyClicks(dialog.field, "Mine. ")
    closed(desk, dialog)
    session.set_fact("ivc_involvement", "absent")
    dialog = opened(desk)
    QTest.mouseClick(dialog.mine, Qt.MouseButton.LeftButton)
    closed(desk, dialog)
    dialog = opened(desk)
    assert dialog.field.toPlainText().startswith("Mine. ")
    assert not dialog.note.isVisible()
    closed(desk, dialog)
