"""Markup, turned lines and escape sequences act nowhere in the window, wherever they come from."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QLineEdit,
    QMenu,
    QMessageBox,
    QPlainTextEdit,
    QWidget,
)
from shiboken6 import isValid

from tests.planted import HOSTILE, ROOMS, stores_in
from tests.ui.lectern import Lectern
from tests.ui.text_walk import Walk
from tumorboard.text import all_lines, is_inert
from tumorboard.ui.shell.parts import Fold

#: Commands that show something and can be left again; the others act, or ask for a file.
SHOWING = (
    *("case.question", "case.author", "edit.preferences", "help.palette", "help.keys"),
    *("help.about", "layout.protocols", "case.radiology", "case.event", "institution.settings"),
    *("case.read", "case.new", "series.part", "edit.label", "file.print", "meeting.new"),
    *("file.bundle", "view.histogram", "case.timeline", "case.decision", "meeting.page"),
    *("file.slides", "file.report", "meeting.readiness", "case.trial", "view.key_next"),
)


@pytest.fixture(scope="module")
def rooms(tmp_path_factory):
    return stores_in(tmp_path_factory.mktemp("planted"))


@pytest.mark.parametrize("room", ROOMS)
def test_nothing_acts_in_the_window(room, rooms, open_desk, monkeypatch):
    walk = Walk()
    with walk.painted(monkeypatch):
        desk = open_desk(rooms[room])
        show_case(desk)
        for n in range(desk.window.tabs.count()):
            desk.window.tabs.setCurrentIndex(n)
            desk.settle()
            unfold(desk.window)
            desk.window.grab()
            walk.everything()
        for name in SHOWING:
            trigger(desk, name)
            walk.everything()
            leave()
    assert walk.planted > 30, "the text is really there"
    assert walk.seen > 3000
    assert walk.found == {}


def show_case(desk) -> None:
    for summary in desk.workspace.session.cases():
        desk.window.controller.open_case(summary.uid)
        desk.settle()


def unfold(window) -> None:
    """Open what can be opened."""
    for fold in window.findChildren(Fold):
        fold.open()


def trigger(desk, name: str) -> None:
    action = desk.window.actions_by_name[name]
    if action.isEnabled():
        action.trigger()
        QApplication.processEvents()
        for top in QApplication.topLevelWidgets():
            if top.isVisible():
                top.grab()


def leave() -> None:
    """Close what came up."""
    for top in QApplication.topLevelWidgets():
        if isinstance(top, QDialog | QMessageBox | QMenu) and top.isVisible():
            top.close()
    QApplication.processEvents()


@pytest.mark.parametrize("room", ROOMS)
def test_nothing_acts_in_a_talk(room, rooms, open_desk, monkeypatch):
    walk = Walk()
    desk = open_desk(rooms[room])
    lectern = Lectern(desk)
    with walk.painted(monkeypatch):
        show_case(desk)
        lectern.begin(Qt.KeyboardModifier.ShiftModifier)
        for _ in range(5):
            lectern.press(Qt.Key.Key_PageDown)
            lectern.pixels()
            walk.everything()
        lectern.press(Qt.Key.Key_D, modifier=Qt.KeyboardModifier.ControlModifier)
        walk.everything()
        lectern.press(Qt.Key.Key_Escape)
    assert walk.planted > 30, "the text is really there"
    assert walk.found == {}


#: Commands that ask for words.
ASKING = (
    *("case.question", "case.author", "case.new", "case.event", "case.radiology", "meeting.new"),
    *("layout.protocols", "edit.preferences", "institution.settings", "edit.label"),
)


def test_what_is_typed_into_any_field_is_text(open_desk, rooms):
    """Typed and kept: what shows it then acts no more, and the case holds it as text."""
    desk = open_desk(rooms["files and fields"])
    show_case(desk)
    typed = 0
    for n in range(desk.window.tabs.count()):
        desk.window.tabs.setCurrentIndex(n)
        desk.settle()
        unfold(desk.window)
        typed += type_everywhere(desk.window)
    for name in ASKING:
        trigger(desk, name)
        for top in QApplication.topLevelWidgets():
            if isinstance(top, QDialog) and top.isVisible():
                typed += type_everywhere(top)
                top.accept()
        leave()
    trigger(desk, "meeting.page")
    typed += type_everywhere(desk.window)
    desk.settle()
    leave()
    show_case(desk)
    walk = Walk()
    for top in QApplication.topLevelWidgets():
        for widget in (top, *top.findChildren(QWidget)):
            if not isinstance(widget, QLineEdit | QPlainTextEdit):
                walk.widget(widget)
    assert typed > 25
    assert walk.found == {}
    session = desk.workspace.session
    for summary in session.cases():
        case = session.open_case(summary.uid)
        assert all_lines(case) == case
    assert all_lines(session.cases()) == session.cases()
    assert is_inert(session.author)


def type_everywhere(root) -> int:
    """Type the text into every field that can be seen, and leave it; return how many."""
    count = 0
    for field in root.findChildren(QLineEdit) + root.findChildren(QPlainTextEdit):
        if isValid(field) and field.isVisible() and field.isEnabled() and not field.isReadOnly():
            field.setFocus()
            field.selectAll()
            if isinstance(field, QLineEdit):
                field.insert(HOSTILE)
                QTest.keyClick(field, Qt.Key.Key_Return)
            else:
                field.insertPlainText(HOSTILE)
            if isValid(field):
                field.clearFocus()
            count += 1
    return count
