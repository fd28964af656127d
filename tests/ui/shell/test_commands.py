"""Commands by name, and preferences: keys and mouse of one's own."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QKeySequence, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QDialogButtonBox,
    QPlainTextEdit,
    QPushButton,
)

from tumorboard.app.commands import COMMANDS
from tumorboard.ui.shell.palette import Palette
from tumorboard.ui.shell.preferences import Preferences
from tumorboard.ui.viewer.hands import Hand

Key, Modifier = Qt.Key, Qt.KeyboardModifier


def opened(desk, kind):
    desk.qtbot.waitUntil(lambda: bool(desk.window.findChildren(kind)), timeout=3000)
    return desk.window.findChildren(kind)[0]


def test_a_command_is_found_by_letters_and_called_by_enter(desk):
    desk.key(Key.Key_K, Modifier.ControlModifier)
    palette = opened(desk, Palette)
    QTest.keyClicks(palette.field, "lung")
    assert palette.list.count() == 1
    QTest.keyClick(palette.field, Key.Key_Return)
    desk.qtbot.waitUntil(lambda: desk.viewer.window.width == 1500, timeout=3000)


def test_arrows_move_in_the_list(desk):
    desk.key(Key.Key_K, Modifier.ControlModifier)
    palette = opened(desk, Palette)
    QTest.keyClick(palette.field, Key.Key_Down)
    QTest.keyClick(palette.field, Key.Key_Down)
    assert palette.list.currentRow() == 2
    QTest.keyClicks(palette.field, "no such thing")
    assert palette.list.count() == 0
    QTest.keyClick(palette.field, Key.Key_Escape)


def test_a_command_is_found_by_another_word_and_says_where_it_stands(desk):
    desk.key(Key.Key_K, Modifier.ControlModifier)
    palette = opened(desk, Palette)
    QTest.keyClicks(palette.field, "caliper")
    texts = [palette.list.item(n).text() for n in range(palette.list.count())]
    assert any(text.startswith("Length") and text.endswith("Tools") for text in texts)
    QTest.keyClick(palette.field, Key.Key_Escape)


def test_another_key_for_a_tool_works_at_once_and_next_time(desk, open_desk, tmp_path):
    desk.key(Key.Key_Comma, Modifier.ControlModifier)
    dialog = opened(desk, Preferences)
    keys = dialog.keys
    row = keys.rows["tool.length"]
    keys.tree.setCurrentItem(row)
    before = row.text(1)
    for taken, says in (("B", "B is the key of “"), ("Up", "slice back")):
        keys.field.setKeySequence(QKeySequence(taken))
        button(dialog, "Use this key").click()
        assert says in keys.warning.text()
        assert row.text(1) == before
    dialog.keys.field.setKeySequence(QKeySequence("Ctrl+9"))
    button(dialog, "Use this key").click()
    assert dialog.keys.warning.text() == ""
    save(dialog)
    desk.window.activateWindow()
    desk.qtbot.waitUntil(desk.window.isActiveWindow, timeout=3000)
    desk.key(Key.Key_9, Modifier.ControlModifier)
    assert desk.window.room.tool.name == "length"
    again = open_desk(tmp_path / "other")
    assert again.window.actions_by_name["tool.length"].shortcut() == QKeySequence("Ctrl+9")


def button(dialog, text):
    return next(b for b in dialog.findChildren(QPushButton) if b.text() == text)


def save(dialog) -> None:
    box = dialog.findChildren(QDialogButtonBox)[0]
    box.button(QDialogButtonBox.StandardButton.Save).click()
    QApplication.processEvents()


def test_the_right_button_and_the_direction_of_the_window_can_be_chosen(desk):
    desk.key(Key.Key_Comma, Modifier.ControlModifier)
    dialog = opened(desk, Preferences)
    dialog.editors["viewer.right_button"].setCurrentText("window")
    dialog.editors["viewer.drag_down_is_brighter"].setChecked(False)
    save(dialog)
    before = desk.viewer.window.centre
    desk.drag_canvas(desk.view(), QPoint(60, 60), QPoint(60, 100), Qt.MouseButton.RightButton)
    assert desk.viewer.window.centre > before  # dragging down darkens now


def test_the_left_button_and_the_wheel_can_be_chosen_too(desk):
    desk.key(Key.Key_Comma, Modifier.ControlModifier)
    dialog = opened(desk, Preferences)
    dialog.editors["viewer.left_button"].setCurrentText("scroll")
    dialog.editors["viewer.wheel"].setCurrentText("zoom")
    save(dialog)
    view, window, point = desk.view(), desk.viewer.window, desk.viewer.point
    desk.drag_canvas(view, QPoint(60, 60), QPoint(60, 120))
    assert desk.viewer.point != point
    assert desk.viewer.window == window
    point, zoom = desk.viewer.point, view.projection().pixels_per_mm
    turn_wheel(view, Modifier.NoModifier)
    assert view.projection().pixels_per_mm != zoom
    assert desk.viewer.point == point
    turn_wheel(view, Modifier.ControlModifier)
    assert desk.viewer.point != point
    desk.window.controller.run("tool.window")
    desk.drag_canvas(view, QPoint(60, 60), QPoint(60, 120))
    assert desk.viewer.window != window  # W is for once
    desk.window.controller.run("cancel")
    assert desk.window.room.hand is Hand.SCROLL


def turn_wheel(view, modifier) -> None:
    place = QPointF(80, 80)
    event = QWheelEvent(
        *(place, view.mapToGlobal(place), QPoint(), QPoint(0, -120)),
        *(Qt.MouseButton.NoButton, modifier, Qt.ScrollPhase.NoScrollPhase, False),
    )
    QApplication.sendEvent(view, event)


@pytest.mark.parametrize("name", ["reader.name", "viewer.memory_mb"])
def test_a_setting_is_kept(desk, name):
    desk.window.features.questions.preferences()
    dialog = opened(desk, Preferences)
    editor = dialog.editors[name]
    editor.setText("Dr Other") if name == "reader.name" else editor.setValue(4096)
    save(dialog)
    assert desk.window.controller.settings[name] in ("Dr Other", 4096)
    if name == "reader.name":
        assert desk.window.room.author == desk.workspace.session.author == "Dr Other"


def test_another_look_applies_at_once(desk):
    from tumorboard.ui.shell.theme import COLOURS, apply_theme

    usual = COLOURS["text"]
    desk.window.features.questions.preferences()
    dialog = opened(desk, Preferences)
    dialog.editors["look"].setCurrentText("presentation")
    save(dialog)
    try:
        assert COLOURS["text"] == "#ffffff"
        assert "#ffffff" in QApplication.instance().styleSheet()
    finally:
        apply_theme(QApplication.instance())
    assert COLOURS["text"] == usual


def test_no_menu_is_higher_than_a_low_screen_allows(desk):
    menus = [a.menu() for a in desk.window.menuBar().actions()]
    menus += [a.menu() for menu in list(menus) for a in menu.actions() if a.menu() is not None]
    assert {menu.title() for menu in menus} >= {"View", "Window", "Key images"}
    assert max(menu.sizeHint().height() for menu in menus) <= 600
    listed = {a for menu in menus for a in menu.actions()}
    for entry in COMMANDS:
        action = desk.window.actions_by_name.get(entry.name)
        assert action is None or not entry.menu or action in listed, entry.name


def test_a_long_question_is_written_in_a_box_of_several_lines(desk):
    desk.window.actions_by_name["case.question"].trigger()
    (dialog,) = [d for d in desk.window.findChildren(QDialog) if d.isVisible()]
    field = dialog.findChild(QPlainTextEdit)
    assert field.width() > 500
    assert field.height() >= 3 * field.fontMetrics().lineSpacing()
    QTest.keyClicks(field, "Is the vein involved?")
    QTest.keyClick(field, Key.Key_Return)
    QTest.keyClicks(field, "Resectable?")
    QTest.keyClick(field, Key.Key_Return, Modifier.ControlModifier)
    assert desk.case.question == "Is the vein involved? Resectable?"
    desk.window.actions_by_name["case.question"].trigger()
    (dialog,) = [d for d in desk.window.findChildren(QDialog) if d.isVisible()]
    QTest.keyClicks(dialog.findChild(QPlainTextEdit), "Nothing")
    QTest.keyClick(dialog.findChild(QPlainTextEdit), Key.Key_Escape)
    assert desk.case.question == "Is the vein involved? Resectable?"


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("file.report", "Open a case first: a board report is about one case."),
        ("file.slides", "Open a case first: slides are about one case."),
    ],
)
def test_papers_without_a_case_are_refused_in_a_sentence(open_desk, name, sentence):
    desk = open_desk()
    desk.window.actions_by_name[name].trigger()
    assert desk.window.notice.text == sentence
