"""The sheet of keys holds what can be called now, on one page, searched; the table of keys."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest

from tumorboard.app.commands import COMMANDS
from tumorboard.app.key_presets import key_presets
from tumorboard.app.keymap import changes, conflicts, keymap
from tumorboard.ui.shell.key_sheet import KeySheet, key_lines
from tumorboard.ui.shell.key_table import KeyTable


def texts(sheet):
    return [sheet.list.item(n).text() for n in range(sheet.list.count())]


def all_lines(**changes):
    return key_lines(keymap({}), **{"on_images": True, "can": lambda _name: True, **changes})


@pytest.mark.parametrize("size", [(1860, 960), (1320, 740)])
def test_everything_stands_on_one_sheet(qtbot, size):
    sheet = KeySheet(all_lines(), "")
    qtbot.addWidget(sheet)
    sheet.resize(*size)
    sheet.show()
    QTest.qWait(50)
    shown = texts(sheet)
    for command in COMMANDS:
        if command.keys:
            assert f"{', '.join(command.keys)}    {command.label}" in shown
    bars = (sheet.list.horizontalScrollBar(), sheet.list.verticalScrollBar())
    assert [bar.maximum() for bar in bars] == [0, 0]


def test_the_search_leaves_what_matches_with_its_head(qtbot):
    sheet = KeySheet(all_lines(), "")
    qtbot.addWidget(sheet)
    sheet.field.setText("flip left")
    assert texts(sheet) == ["VIEW", "Shift+H    Flip left and right"]
    sheet.field.setText("ctrl+shift+t")
    assert texts(sheet) == ["VIEW", "Ctrl+Shift+T    DICOM tags of the picture…"]
    sheet.field.setText("nothing of the kind")
    assert texts(sheet) == []
    assert not sheet.none.isHidden()


def test_the_page_of_meetings_has_its_own_keys():
    heads = {line.head for line in all_lines(on_images=False)}
    assert "Agenda" in heads
    assert heads.isdisjoint({"Tools", "View", "Outline", "Vessel", "Layout", "Mouse and views"})
    only = all_lines(can=lambda name: name == "tool.length")
    assert [line.does for line in only if not line.head.startswith("Mouse")] == ["Length"]


def test_the_question_mark_shows_the_keys_in_force(desk):
    desk.window.controller.settings.set("keys.changed", {"tool.length": "Ctrl+9"})
    desk.window.features.questions.apply_settings()
    desk.window.features.questions.keys()
    (sheet,) = desk.window.findChildren(KeySheet)
    assert "Ctrl+9    Length" in texts(sheet)
    assert not [line for line in texts(sheet) if line.startswith("F2, Del")]
    sheet.close()


@pytest.fixture
def table(qtbot):
    found = KeyTable({})
    qtbot.addWidget(found)
    return found


def give(table, name, key):
    table.tree.setCurrentItem(table.rows[name])
    table.field.setKeySequence(QKeySequence(key))
    table.use.click()


def test_a_key_of_another_command_is_refused_and_given_once_it_is_free(table):
    give(table, "tool.length", "I")
    assert table.keymap["tool.length"] == ("L",)
    assert "“Invert”" in table.warning.text()
    table.tree.setCurrentItem(table.rows["view.invert"])
    table.none.click()
    give(table, "tool.length", "I")
    assert table.keymap["tool.length"] == ("I",)
    assert table.warning.text() == ""
    table.tree.setCurrentItem(table.rows["view.invert"])
    table.usual.click()  # its usual key is another's by now
    assert table.keymap["view.invert"] == ()
    assert "“Length”" in table.warning.text()


def test_a_preset_is_taken_whole_and_a_change_makes_it_ones_own(table):
    for name in ("OHIF", "Weasis", "Horos", "Slicer", "Tumorboard"):
        table.presets.setCurrentText(name)
        table.presets.activated.emit(table.presets.currentIndex())
        assert table.presets.currentText() == name
        assert conflicts(table.keymap) == {}
    assert table.keymap == keymap({})
    give(table, "tool.length", "Ctrl+9")
    assert table.presets.currentText() == "Keys of your own"


def test_the_table_is_grouped_and_searched_by_command_menu_and_key(table):
    assert {"File", "View", "Tools", "Case"} <= table.groups.keys()
    table.search.setText("magnif")
    shown = [name for name, row in table.rows.items() if not row.isHidden()]
    assert shown == ["tool.magnify"]
    assert [menu for menu, group in table.groups.items() if not group.isHidden()] == ["Tools"]
    table.search.setText("ctrl+shift+t")
    assert [n for n, row in table.rows.items() if not row.isHidden()] == ["view.tags"]


def test_a_settings_file_with_a_key_for_two_commands_is_told(qtbot):
    found = KeyTable({"tool.length": "I"})
    qtbot.addWidget(found)
    assert "I stands for" in found.warning.text()
    assert found.rows["view.invert"].text(1).startswith("▲")
    assert found.rows["view.invert"].flags() & Qt.ItemFlag.ItemIsEnabled


def test_keys_of_another_viewer_do_in_the_views_what_they_do_there(desk):
    (ohif,) = [preset for preset in key_presets() if preset.name == "OHIF"]
    desk.window.controller.settings.set("keys.changed", changes(ohif.keymap))
    desk.window.features.questions.apply_settings()
    view = desk.view()
    desk.key(Qt.Key.Key_H)
    assert view.viewport.flip_horizontal
    desk.key(Qt.Key.Key_R)
    assert view.quarter_turns != 0
    desk.key(Qt.Key.Key_Space)
    assert view.quarter_turns == 0
    desk.key(Qt.Key.Key_2)
    assert (desk.viewer.window.centre, desk.viewer.window.width) == (-600, 1500)
    desk.key(Qt.Key.Key_Right)
    assert desk.window.focusWidget() in set(desk.window.views.shown) - {view}
