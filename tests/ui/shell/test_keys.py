"""Who gets a key: every key of every command, whatever holds the focus, on every page.

The rule stands here once more as data, read off the guide: what each holder of the focus keeps,
and what may reach a command from there. What is pressed goes to the widget with the focus, as a
keyboard would send it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QKeySequence, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QToolButton, QWidget

from tests.dicom.make import Person
from tests.ui.desk import LEFT, Desk
from tests.ui.lectern import Lectern, store_of, write_case
from tumorboard.app.board import Board
from tumorboard.app.commands import COMMANDS, PRESENTING
from tumorboard.case.meeting import AgendaItem
from tumorboard.ui.facts.row import FactRow

NONE, CTRL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
SHIFT, ALT = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.AltModifier

#: Keys that no command has, and what lies on a keyboard beside them.
MORE_KEYS = (
    *"U;'9",
    *("Shift+N", "Shift+P", "Home", "End", "Up", "Down", "Left", "Right", "PgUp", "PgDown"),
    *("Shift+Up", "Shift+Down", "Backspace", "Ctrl+A", "Ctrl+V", "Ctrl+Left", "Shift+Tab"),
)
KEYS = tuple(dict.fromkeys([*(key for c in COMMANDS for key in c.keys), *MORE_KEYS]))
IN_VIEWS_ONLY = ("view.overlays", "view.next", "view.maximise", "view.copy", "edit.delete")

TEXT = frozenset({"letter", "space", "move", "enter", "tab", "erase", "edit"})
PICKS = frozenset({"space", "move", "enter", "tab", "erase"})


def kind_of(key: str) -> str:
    """Say what sort of key it is, from its name alone."""
    *held, name = key.split("+") if key != "+" else ["+"]
    with_ctrl, with_alt = "Ctrl" in held, "Alt" in held
    if with_ctrl and not with_alt:
        edits = ("A", "C", "V", "X", "Y", "Z", "Left", "Right")
        shifted = ("Z",) if "Shift" in held else edits
        return "edit" if name in shifted else "chord"
    if with_alt:
        return "row" if name in ("Up", "Down") else "chord"
    named = {"Space": "space", "Return": "enter", "Tab": "tab", "Del": "erase", "Esc": "esc"}
    named |= dict.fromkeys(("Up", "Down", "Left", "Right", "Home", "End"), "move")
    named |= {"PgUp": "move", "PgDown": "move", "Backspace": "erase", "F2": "rename"}
    return named.get(name, "letter" if len(name) == 1 else "chord")


@dataclass(frozen=True)
class Holder:
    """Something that can hold the focus: how it gets it, and what it keeps."""

    find: Callable[[Desk], QWidget]
    keeps: frozenset[str]
    #: What it keeps may change the case: one writes there, or presses a button one looks at.
    writes: bool = False
    is_view: bool = False


def _tab(desk: Desk, panel: QWidget) -> None:
    desk.window.tabs.setCurrentWidget(panel)
    QApplication.processEvents()


def _row(name: str, *, answering: bool = False) -> Callable[[Desk], QWidget]:
    def find(desk: Desk) -> QWidget:
        form = desk.window.facts
        _tab(desk, form)
        (form.answer if answering else form.go_to)(name)
        widget = QApplication.focusWidget()
        assert form.row(name).isAncestorOf(widget)
        assert bool(form.answered) is answering
        return widget

    return find


def _in_decision(pick: Callable[[QWidget], QWidget]) -> Callable[[Desk], QWidget]:
    def find(desk: Desk) -> QWidget:
        _tab(desk, desk.window.decision)
        return pick(desk.window.decision.form)

    return find


def _checked(form: QWidget) -> QWidget:
    return next(b for b in form.intent.findChildren(QPushButton) if b.isChecked())


def _spin(desk: Desk) -> QWidget:
    _tab(desk, desk.window.lesions)
    desk.window.lesions.show_outlines(shown=True)
    return desk.window.outlines.brush.radius


def _date(desk: Desk) -> QWidget:
    _tab(desk, desk.window.facts)
    return desk.window.facts.date_row("date:board").line


def _strip(desk: Desk) -> QWidget:
    if desk.window.key_strip.isHidden():  # Del has taken the one off
        desk.workspace.session.undo()
        desk.settle()
    return desk.window.key_strip


def _agenda(desk: Desk) -> QWidget:
    meetings = desk.window.features.meeting.meetings
    if not meetings.is_shown:  # Enter has opened the case
        meetings.show()
    return meetings.page.agenda


ROW, ANSWER = frozenset({"move", "enter", "tab"}), (TEXT | {"esc"}) - {"edit"}
PANELS = {
    "search": Holder(lambda d: d.window.worklist.search, TEXT, writes=True),
    "cases": Holder(lambda d: d.window.worklist.cases, PICKS),
    "series": Holder(lambda d: d.window.worklist.series, PICKS),
    "tab bar": Holder(lambda d: d.window.tabs.tabBar(), PICKS),
    "tool": Holder(lambda d: d.window.tool_bar.findChildren(QToolButton)[0], PICKS, writes=True),
    "choice of the form": Holder(_row("peritoneal_implants"), ROW),
    "list of the form": Holder(_row("site"), ROW),
    "line of the form": Holder(_row("age_years"), ROW),
    "set of the form": Holder(_row("metastasis_sites"), ROW),
    "organ of the form": Holder(_row("organ|liver"), ROW),
    "answered choice": Holder(_row("peritoneal_implants", answering=True), ANSWER, writes=True),
    "answered list": Holder(_row("site", answering=True), ANSWER, writes=True),
    "answered line": Holder(_row("age_years", answering=True), ANSWER | {"edit"}, writes=True),
    "date": Holder(_date, TEXT, writes=True),
    "option": Holder(_in_decision(lambda f: f.options.picker), TEXT, writes=True),
    "words": Holder(_in_decision(lambda f: f.recommendation), TEXT, writes=True),
    "choice of the decision": Holder(_in_decision(_checked), PICKS, writes=True),
    "size of the brush": Holder(_spin, TEXT, writes=True),
}
AT_IMAGES = {
    "axial view": Holder(lambda d: d.view(), frozenset(), is_view=True),
    "key images": Holder(_strip, PICKS | {"rename"}),
    **PANELS,
}
AT_VESSEL = {
    "curved view": Holder(lambda d: d.window.vessel_page.curved, frozenset()),
    "profile": Holder(lambda d: d.window.vessel_page.plot, frozenset()),
    "vessels": Holder(lambda d: d.window.vessel_page.findChildren(QPushButton)[0], PICKS),
    "axial view": AT_IMAGES["axial view"],
    "choice of the form": PANELS["choice of the form"],
}
AT_MEETINGS = {
    "agenda": Holder(_agenda, PICKS | {"rename", "row", "letter"}),
    "meetings": Holder(lambda d: d.window.stack.currentWidget().meetings, PICKS | {"letter"}),
    "day": Holder(lambda d: d.window.stack.currentWidget().day, TEXT, writes=True),
    "cancel": Holder(lambda d: d.window.stack.currentWidget().cancel, PICKS, writes=True),
    "search": PANELS["search"],
    "cases": Holder(PANELS["cases"].find, PICKS | {"letter"}),
}
PAGES = {"images": AT_IMAGES, "vessel": AT_VESSEL, "meetings": AT_MEETINGS}
#: Commands that mean something in the views of a vessel.
ON_VESSELS = ("window.", "layout.", "vessel.", "view.key", "case.")
ON_VESSELS_TOO = (
    *("view.keep", "view.invert", "view.overview", "tool.centreline", "tool.landmark"),
    "edit.accept",
    "view.next",
)


def needs_images(name: str, menu: str) -> bool:
    return menu in ("Tools", "Outline", "Vessel", "View", "Layout") or name in (
        *("edit.delete", "edit.accept", "edit.label", "case.timeline"),
    )


def expected(key: str, holder_name: str, holder: Holder, page: str) -> str:
    """Return the command that a key must call, empty for none: the oracle."""
    command = next((c for c in COMMANDS if key in c.keys), None)
    if command is None or kind_of(key) in holder.keeps:
        return ""
    if needs_images(command.name, command.menu):
        on_vessel = holder_name in ("curved view", "profile")
        is_view = holder.is_view or (on_vessel and command.name == "view.next")
        if page == "meetings" or (command.name in IN_VIEWS_ONLY and not is_view):
            return ""
        fits = command.name.startswith(ON_VESSELS) or command.name in ON_VESSELS_TOO
        if on_vessel and not fits:
            return ""
    return command.name


def press(key: str, widget: QWidget) -> None:
    combination = QKeySequence(key)[0]
    QTest.keyClick(widget, combination.key(), combination.keyboardModifiers())


def record(desk: Desk) -> list[str]:
    """Let commands be noted instead of carried out."""
    called: list[str] = []
    for name, action in desk.window.actions_by_name.items():
        action.triggered.disconnect()
        action.setEnabled(action.isEnabled() or name in ("edit.undo", "edit.redo"))
        action.triggered.connect(lambda _on=False, name=name: called.append(name))
    return called


def stated(desk: Desk):
    """All that a person can have stated of a case."""
    board = Board(desk.workspace.session)
    case = desk.case
    savings = [s for m in board.meetings() for s in board.decision_states([case.uid], m.uid)]
    return case.facts, case.lesions, case.annotations, case.remarks, savings


def press_and_close(key: str, widget: QWidget) -> None:
    press(key, widget)
    popup = QApplication.activePopupWidget()
    while popup is not None:
        popup.close()
        popup = QApplication.activePopupWidget()
        QApplication.processEvents()


@pytest.fixture
def prepared(desk: Desk) -> Iterator[Desk]:
    """A case with a key image, on the agenda of a meeting, and a window in front."""
    board = Board(desk.workspace.session)
    board.keep(board.new_meeting("2026-12-11", "14:30").with_item(AgendaItem(desk.case.uid)))
    desk.window.activateWindow()
    desk.qtbot.waitUntil(desk.window.isActiveWindow)
    desk.key(Qt.Key.Key_K)
    desk.settle()
    desk.qtbot.waitUntil(desk.window.key_strip.isVisible, timeout=3000)
    return desk


def show(desk: Desk, page: str) -> None:
    if page == "vessel":
        desk.key(Qt.Key.Key_7, ALT)
    elif page == "meetings":
        desk.key(Qt.Key.Key_F4)
    desk.settle()


def pressed(
    desk: Desk, called: list[str], page: str, name: str, keys: tuple[str, ...]
) -> list[str]:
    """Press keys while something holds the focus; return what the oracle says otherwise."""
    before, holder, wrong = stated(desk), PAGES[page][name], []
    for key in keys:
        desk.window.activateWindow()
        desk.qtbot.waitUntil(desk.window.isActiveWindow)
        widget = holder.find(desk)
        widget.setFocus()
        assert QApplication.focusWidget() in (widget, widget.focusProxy()), name
        called.clear()
        press_and_close(key, QApplication.focusWidget())
        wanted = expected(key, name, holder, page)
        asked = kind_of(key) != "esc" or "esc" in holder.keeps  # else the field may have it
        asked &= not (kind_of(key) in holder.keeps and name == "tool")  # it is pressed
        if asked and called != ([wanted] if wanted else []):
            wrong.append(f"{page}, {name}, {key}: {called}, not {wanted or 'nothing'}")
        if not holder.writes and stated(desk) != before:
            wrong.append(f"{page}, {name}, {key} changed the case")
            before = stated(desk)
    return wrong


ALL = [(page, name) for page, holders in PAGES.items() for name in holders]
#: In one window one after the other: what writes comes last, so that it changes nothing for others.
IN_TURN = {
    page: sorted(holders, key=lambda name: holders[name].writes) for page, holders in PAGES.items()
}
#: One key of each kind, with and without a command, for images and for the window.
ONE_OF_EACH = (
    *("2", "X", "P", "Shift+A", "U", "?", "Space", "Return", "Tab", "Del", "F2", "F6", "Up"),
    *("Ctrl+P", "Ctrl+C", "Ctrl+Z", "Alt+Up", "Alt+5", "Left", "Esc", "]", "Ctrl+Left", "Y"),
)


@pytest.mark.parametrize("page", PAGES)
def test_a_key_of_each_kind_reaches_who_owns_it(prepared: Desk, page: str):
    show(prepared, page)
    called = record(prepared)
    wrong = [
        w for name in IN_TURN[page] for w in pressed(prepared, called, page, name, ONE_OF_EACH)
    ]
    assert not wrong


@pytest.mark.slow
@pytest.mark.parametrize(("page", "name"), ALL)
def test_every_key_reaches_who_owns_it(prepared: Desk, page: str, name: str):
    show(prepared, page)
    assert not pressed(prepared, record(prepared), page, name, KEYS)


# -- what a hand does -------------------------------------------------------------------


def wheel(view: QWidget, notches: int = 1) -> None:
    place = QPointF(view.width() / 2, view.height() / 2)
    phase, button = Qt.ScrollPhase.NoScrollPhase, Qt.MouseButton.NoButton
    turn = QPoint(0, -120 * notches)
    everywhere = QPointF(view.mapToGlobal(place))
    event = QWheelEvent(place, everywhere, QPoint(), turn, button, NONE, phase, False)
    QApplication.sendEvent(view, event)


def assess(desk: Desk) -> FactRow:
    """Follow the link of the first criterion."""
    window = desk.window
    window.features.facts.set_fact("site", "retroperitoneum")
    window.features.facts.set_fact("disease_phase", "primary_in_situ")
    window.tabs.setCurrentWidget(window.assessment)
    links = window.assessment.findChildren(QPushButton)
    QTest.mouseClick(next(b for b in links if b.text() == "assess"), LEFT)
    return window.facts.row("peritoneal_implants")


def in_front(desk: Desk) -> Desk:
    desk.window.activateWindow()
    desk.qtbot.waitUntil(desk.window.isActiveWindow)
    return desk


@pytest.mark.parametrize("scrolls", [False, True])
def test_a_window_preset_after_assess_states_nothing(desk: Desk, scrolls: bool):
    row = assess(in_front(desk))
    assert row.isAncestorOf(QApplication.focusWidget())
    if scrolls:
        wheel(desk.view())
        assert desk.view().hasFocus()
    for key in ("2", "P", "A", "N", "1", "0"):
        press(key, QApplication.focusWidget())
    assert desk.workspace.session.facts.get("peritoneal_implants") is None
    press("2", QApplication.focusWidget())
    assert desk.viewer.window_name == "soft tissue"


@pytest.mark.parametrize("way", ["wheel", "click", "Esc", "header", "tab", "case"])
def test_answering_by_keys_is_entered_and_left_visibly(desk: Desk, way: str):
    row = assess(in_front(desk))
    form, session = desk.window.facts, desk.workspace.session
    press("Return", QApplication.focusWidget())
    assert form.answered == "peritoneal_implants"
    assert row.property("answering") is True
    assert "1 Present · 2 Absent · 0 Not assessed" in row._keys.text()
    press("2", QApplication.focusWidget())
    assert session.facts.value("peritoneal_implants") == "absent"
    second = form.answered
    assert second == "bilateral_renal_involvement"
    if way == "wheel":
        wheel(desk.view())
    elif way == "click":
        QTest.mouseClick(desk.view(), LEFT)
    elif way == "Esc":
        press("Esc", QApplication.focusWidget())
    elif way == "header":
        QTest.mouseClick(desk.window.header, LEFT)
    elif way == "tab":
        desk.window.tabs.setCurrentWidget(desk.window.lesions)
    else:
        session.new_case("RP-9", desk.case.patient, "")
        desk.window.controller.open_case(session.cases()[0].uid)
    assert not form.answered
    assert not form.row(second).property("answering")
    for key in ("2", "P", "1"):
        press(key, QApplication.focusWidget() or desk.window)
    assert session.facts.get(second) is None


def test_a_number_half_typed_is_not_stored_when_the_images_are_scrolled(desk: Desk):
    in_front(desk)
    form = desk.window.facts
    desk.window.tabs.setCurrentWidget(form)
    form.answer("age_years")
    QTest.keyClicks(QApplication.focusWidget(), "5")
    wheel(desk.view())
    press("2", QApplication.focusWidget())
    assert desk.workspace.session.facts.get("age_years") is None
    row = form.row("age_years")
    assert "not stored" in row.editor._problem.text()
    assert not row.editor.findChild(QLineEdit).text()


def test_words_that_one_writes_go_on_while_one_scrolls(desk: Desk):
    in_front(desk)
    desk.window.tabs.setCurrentWidget(desk.window.decision)
    field = desk.window.decision.form.recommendation
    QTest.mouseClick(field.viewport(), LEFT)
    QTest.keyClicks(QApplication.focusWidget(), "Seen on ")
    wheel(desk.view())
    QTest.keyClicks(QApplication.focusWidget(), "slice 2")
    assert field.value == "Seen on slice 2"
    assert desk.window.room.tool is None


def test_a_click_on_a_button_leaves_the_keys_where_they_were(desk: Desk):
    """Space after a click on a panel hides the overlays; it presses nothing again."""
    in_front(desk)
    desk.key(Qt.Key.Key_L)
    assert desk.window.room.tool.name == "length"
    shown = desk.window.room.overlays_visible
    for button in desk.window.findChildren(QPushButton):
        unsafe = button.menu() is not None or button.property("role") == "choice"
        if button.isVisible() and button.isEnabled() and not unsafe:
            button.clicked.disconnect()  # what it does is not the question
            QTest.mouseClick(button, LEFT)
            assert desk.view().hasFocus(), button.text()
    press("Space", QApplication.focusWidget())
    assert desk.window.room.overlays_visible is not shown


def test_tools_rest_on_the_page_of_meetings(prepared: Desk):
    show(prepared, "meetings")
    for key in ("X", "S", "Shift+U", "F7", "Alt+2"):
        press(key, QApplication.focusWidget())
    assert prepared.window.room.tool is None
    assert not prepared.window.actions_by_name["tool.length"].isEnabled()
    press("Esc", QApplication.focusWidget())
    press("L", QApplication.focusWidget())
    assert prepared.window.room.tool.name == "length"


# -- a talk -----------------------------------------------------------------------------


@pytest.fixture
def lectern(open_desk, tmp_path) -> Iterator[Lectern]:
    """A talk on one case, on two screens."""
    person = Person("Z-7", "ZZTEST^ANNA", "19600101", "F")
    case = write_case(tmp_path / "ct", 4, person)
    desk = in_front(open_desk(store_of(tmp_path / "store-of-a-talk", case)))
    built = Lectern(desk)
    built.begin()
    yield built
    if built.talks.running is not None:
        built.running.end()


WISHES = tuple(dict.fromkeys(key for c in PRESENTING for key in c.keys))
IN_A_TALK = {
    "nothing": (lambda p: p, frozenset()),
    "notes": (lambda p: p.notes, TEXT),
    "button": (lambda p: p.buttons["pointer"], frozenset({"space", "enter", "tab"})),
    "option": (lambda p: p.decision.form.options.picker, TEXT),
    "words": (lambda p: p.decision.form.recommendation, TEXT),
    "choice": (lambda p: _checked(p.decision.form), PICKS),
}
DECIDING = ("option", "words", "choice")


def wish_expected(key: str, name: str) -> str:
    """Return what a key must ask of the talk: the oracle."""
    wish = next((c.name for c in PRESENTING if key in c.keys), "")
    if key in ("PgUp", "PgDown", "Ctrl+D", "Ctrl+Return"):
        return wish
    if key == "Esc":
        return {"notes": ""}.get(name, "decide" if name in DECIDING else wish)
    if kind_of(key) in IN_A_TALK[name][1]:
        return ""
    if key == "Ctrl+I" and name in ("notes", "option", "words"):
        return ""  # who the case is about is not shown to an audience while the presenter writes
    plain = kind_of(key) in ("letter", "space", "move", "erase")
    return "" if name in DECIDING and plain else wish


def check_talk(lectern: Lectern, name: str, keys: tuple[str, ...]) -> None:
    presenter = lectern.presenter
    presenter.activateWindow()
    lectern.desk.qtbot.waitUntil(presenter.isActiveWindow)
    if name in DECIDING:
        press("Ctrl+D", presenter)
    asked: list[str] = []
    presenter.wished.disconnect()
    presenter.wished.connect(asked.append)
    wrong = []
    for key in keys:
        presenter.activateWindow()
        lectern.desk.qtbot.waitUntil(presenter.isActiveWindow)
        widget = IN_A_TALK[name][0](presenter)
        if name == "nothing":
            if QApplication.focusWidget() is not None:
                QApplication.focusWidget().clearFocus()
        else:
            widget.setFocus()
        asked.clear()
        presses = name == "button" and kind_of(key) in ("space", "enter")
        press_and_close(key, QApplication.focusWidget() or presenter)
        wanted = wish_expected(key, name)
        if not presses and asked != ([wanted] if wanted else []):
            wrong.append(f"{key}: {asked}, not {wanted or 'nothing'}")
    assert not wrong, f"{name}: {wrong}"


@pytest.mark.parametrize("name", IN_A_TALK)
def test_a_key_of_each_kind_in_a_talk(lectern: Lectern, name: str):
    check_talk(lectern, name, ("PgDown", "Right", "Space", "B", "I", "Ctrl+I", "Ctrl+Z", "Esc"))


@pytest.mark.slow
@pytest.mark.parametrize("name", IN_A_TALK)
def test_every_key_in_a_talk(lectern: Lectern, name: str):
    check_talk(lectern, name, tuple(dict.fromkeys([*WISHES, *"ABCDEFGHIJKLMNOPQRSTUVWXYZ/"])))


@pytest.mark.parametrize("window", ["presenter", "audience"])
def test_no_letter_shows_the_audience_who_it_is(lectern: Lectern, window: str):
    for key in (*"ABCDEFGHIJKLMNOPQRSTUVWXYZ.,;/", "Shift+I", "Space", "F2", "F4", "Return"):
        press(key, getattr(lectern, window))
        assert not lectern.talk.told, key
        assert not lectern.audience.content.top.told, key
    assert lectern.talks.running is not None
    press("Ctrl+I", getattr(lectern, window))
    assert lectern.talk.told
