"""A talk on two virtual screens: keys of a clicker, tools, screens that come and go."""

import os
import shutil
import subprocess
import sys

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog

from tests.dicom.make import Person
from tests.ui.desk import move
from tests.ui.lectern import DESK, NO_BUTTON, NO_KEY, WALL, Lectern, plan, store_of, write_case
from tumorboard.app.board import Board
from tumorboard.app.presented import NOTES
from tumorboard.app.talk import PageKind
from tumorboard.ui.presenter.questions import DrawnQuestion, EventQuestion, MeetingChoice
from tumorboard.ui.presenter.stage import GONE
from tumorboard.ui.shell.discreet import Discreet

Key, Modifier = Qt.Key, Qt.KeyboardModifier
ANNA = Person("PID-77121", "Quitzow^Annabel", "19610417", "F")
BERT = Person("PID-99343", "Zwirner^Bertram", "19550909", "M")


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """Two cases on the agenda of one meeting: the folder of their images and their store."""
    folder = tmp_path_factory.mktemp("talk")
    cases = [write_case(folder / f"ct{n}", n, p) for n, p in ((1, ANNA), (2, BERT))]
    return store_of(folder / "store", *cases)


@pytest.fixture
def two_cases(open_desk, tmp_path, prepared):
    """A window on a store of their own with both cases."""
    desk = open_desk(shutil.copytree(prepared, tmp_path / "store"))
    desk.workspace.guidance.make_ready()
    desk.qtbot.waitUntil(desk.window.isActiveWindow)
    return desk


@pytest.fixture
def lectern(two_cases):
    made = Lectern(two_cases)
    made.begin()
    yield made
    if made.talks.running is not None:
        made.running.stop()


def case_of(desk, label):
    uid = next(c.uid for c in desk.workspace.session.cases() if c.label == label)
    return desk.workspace.session.open_case(uid)


def labels(desk):
    return [c.label for c in desk.workspace.session.cases()]


def dialogs(kind):
    return [w for w in QApplication.topLevelWidgets() if isinstance(w, kind) and w.isVisible()]


# -- windows and steps -----------------------------------------------------------------------


def test_f5_gives_each_window_its_screen(lectern):
    assert lectern.audience.geometry() == WALL.area
    assert lectern.presenter.size() == DESK.area.size()
    assert lectern.audience.windowTitle() == "Presentation"
    assert lectern.view.section() is not None
    assert lectern.talk.slot.label == labels(lectern.desk)[0]


def test_a_clicker_steps_over_pages_and_cases(lectern):
    seen = [(lectern.talk.case, lectern.talk.here.kind)]
    for key in (Key.Key_PageDown, Key.Key_Right, Key.Key_Space, Key.Key_Down):
        lectern.press(key)
        seen.append((lectern.talk.case, lectern.talk.here.kind))
    pages = [PageKind.PICTURE, PageKind.ASSESSMENT, PageKind.TIMELINE]
    assert seen == [*((0, p) for p in pages), *((1, p) for p in pages[:2])]
    lectern.press(Key.Key_PageUp, Key.Key_PageUp, window=lectern.audience)
    assert (lectern.talk.case, lectern.talk.here.kind) == (0, PageKind.TIMELINE)
    assert lectern.audience.content.timeline.isVisible()
    assert not lectern.running.stage.area.isVisible()


def test_digits_and_enter_jump_to_a_case(lectern):
    lectern.press(Key.Key_2)
    assert lectern.talk.case == 0
    lectern.press(Key.Key_Return)
    assert (lectern.talk.case, lectern.talk.page) == (1, 0)
    assert not lectern.presenter.typed.text()


def test_digits_stand_before_the_presenter_and_a_number_without_a_case_is_said(lectern):
    before = lectern.pixels()
    lectern.press(Key.Key_1, Key.Key_2)
    assert lectern.presenter.typed.text() == "Go to case 12"
    assert lectern.presenter.typed.isVisible()
    assert lectern.pixels() == before
    lectern.press(Key.Key_Return)
    assert lectern.talk.case == 0
    assert not lectern.presenter.typed.text()
    assert lectern.presenter.said.text() == "There is no case 12 on this agenda."
    assert lectern.pixels() == before
    lectern.press(Key.Key_2, Key.Key_Return)
    assert lectern.talk.case == 1
    assert not lectern.presenter.said.text()


def test_an_archived_case_is_passed_over_until_it_is_jumped_to(two_cases):
    desk = two_cases
    case_of(desk, labels(desk)[0])
    desk.workspace.session.set_remark("archived", "yes")
    lectern = Lectern(desk)
    lectern.begin()
    assert lectern.talk.case == 1
    assert "archived" in lectern.presenter.agenda.item(0).text()
    assert "archived" not in lectern.presenter.agenda.item(1).text()
    lectern.press(Key.Key_PageUp)
    assert lectern.talk.case == 1
    lectern.press(Key.Key_1, Key.Key_Return)
    assert lectern.talk.case == 0
    lectern.press(Key.Key_Escape)


@pytest.mark.parametrize("key", [Key.Key_Period, Key.Key_B])
def test_the_screen_goes_black_and_comes_back(lectern, key):
    lectern.press(key)
    image = lectern.audience.grab().toImage()
    points = [(x, y) for x in range(5, image.width(), 97) for y in range(5, image.height(), 61)]
    assert {image.pixelColor(x, y).lightness() for x, y in points} == {0}
    lectern.press(key)
    assert any(lectern.audience.grab().toImage().pixelColor(x, y).lightness() for x, y in points)


def test_escape_puts_the_tool_away_first_and_then_ends(lectern):
    lectern.press(Key.Key_L)
    assert lectern.running.stage.room.tool.name == "length"
    lectern.press(Key.Key_Escape)
    assert lectern.running.stage.room.tool is None
    lectern.press(Key.Key_Escape)
    assert lectern.talks.running is None
    assert lectern.desk.window.isVisible()


def test_the_first_frame_is_dark(lectern):
    """Nothing of the window of the audience is bright before its first page."""
    from tumorboard.ui.presenter.audience import AudienceWindow
    from tumorboard.ui.presenter.pointer import Trail
    from tumorboard.ui.presenter.stage import Stage

    controller = lectern.desk.window.controller
    stage = Stage(controller.workspace, controller.jobs, lectern.talks)
    window = AudienceWindow(stage, Trail(0.1))
    window.resize(640, 360)
    image = window.grab().toImage().scaled(64, 36)
    window.deleteLater()
    stage.deleteLater()
    bright = [image.pixelColor(n % 64, n // 64).lightness() for n in range(64 * 36)]
    assert sum(value > 60 for value in bright) < len(bright) // 50


def test_the_clock_runs_for_case_and_meeting(lectern):
    now = [lectern.talk.started]
    lectern.running._clock = lambda: now[0]
    now[0] += 150
    lectern.running._show_clock()
    assert lectern.presenter.case_time.text == "2:30 of 2:00 · over by 0:30"
    assert lectern.presenter.talk_time.text == "2:30 of 4:00 · in time"
    now[0] += 100
    lectern.running._show_clock()
    assert "2 min behind" in lectern.presenter.talk_time.text


# -- what is begun ---------------------------------------------------------------------------


def test_without_a_meeting_the_open_case_is_presented(desk):
    lectern = Lectern(desk)
    lectern.begin()
    assert [slot.label for slot in lectern.talk.slots] == [desk.case.label]
    lectern.press(Key.Key_Escape)


def test_of_several_meetings_one_is_asked_for_in_the_main_window(two_cases):
    other = Board(two_cases.workspace.session).new_meeting("2026-04-03")
    Board(two_cases.workspace.session).keep(other.with_item(plan(two_cases.workspace).items[0]))
    lectern = Lectern(two_cases)
    QTest.keyClick(two_cases.window, Key.Key_F5)
    (dialog,) = dialogs(MeetingChoice)
    assert dialog.parent() is two_cases.window
    lectern.settle()
    QTest.keyClick(dialog.list, Key.Key_Return)
    lectern.settle()
    assert lectern.talk.title == "Board · Friday, 3 Apr 2026"
    lectern.press(Key.Key_Escape)


def test_nothing_to_present_is_said(open_desk):
    desk = open_desk()
    desk.window.actions_by_name["present.start"].trigger()
    assert "F5" in desk.window.notice.text


# -- working during the talk -----------------------------------------------------------------


def measure(lectern):
    lectern.press(Key.Key_L)
    middle = lectern.view.rect().center()
    lectern.drag(middle - QPoint(90, 20), middle + QPoint(60, 40))
    assert len(lectern.talk.made) == 1


def test_what_is_measured_is_asked_about_once_and_kept(lectern):
    desk, label = lectern.desk, labels(lectern.desk)[0]
    before = len(case_of(desk, label).annotations)
    measure(lectern)
    assert len(case_of(desk, label).annotations) == before
    lectern.press(Key.Key_2, Key.Key_Return)
    bar = lectern.presenter.question_bar
    assert bar.isVisible()
    assert "1 measurement was made" in bar.text.text()
    assert not dialogs(DrawnQuestion)
    bar.keep.click()
    lectern.settle()
    assert not bar.isVisible()
    assert len(case_of(desk, label).annotations) == before + 1


def test_what_is_thrown_away_leaves_no_trace(lectern):
    desk, label = lectern.desk, labels(lectern.desk)[0]
    before = case_of(desk, label).annotations
    measure(lectern)
    lectern.press(Key.Key_2, Key.Key_Return)
    lectern.presenter.question_bar.throw.click()
    assert case_of(desk, label).annotations == before
    lectern.press(Key.Key_1, Key.Key_Return)
    assert lectern.talk.made == ()


def test_at_the_end_the_main_window_asks(lectern):
    desk, label = lectern.desk, labels(lectern.desk)[0]
    before = len(case_of(desk, label).annotations)
    measure(lectern)
    lectern.press(Key.Key_Escape, Key.Key_Escape)
    (dialog,) = dialogs(DrawnQuestion)
    assert dialog.parent() is desk.window
    dialog.accept()
    assert len(case_of(desk, label).annotations) == before + 1


def hold(lectern, away: int = 60) -> QPoint:
    """Press with the tool for lengths and move, the button held; return where it is."""
    middle = lectern.view.rect().center()
    QTest.mousePress(lectern.view, Qt.MouseButton.LeftButton, NO_KEY, middle - QPoint(90, 20))
    move(lectern.view, QPointF(middle), Qt.MouseButton.LeftButton, NO_KEY)
    return middle + QPoint(away, 40)


@pytest.mark.parametrize("keys", [(Key.Key_2, Key.Key_Return), (Key.Key_PageDown,)])
def test_what_is_half_drawn_does_not_go_on_to_another_page(lectern, keys):
    lectern.press(Key.Key_L)
    end = hold(lectern)
    lectern.press(*keys)
    lectern.press(Key.Key_1, Key.Key_Return) if keys == (Key.Key_PageDown,) else None
    move(lectern.view, QPointF(end), Qt.MouseButton.LeftButton, NO_KEY)
    QTest.mouseRelease(lectern.view, Qt.MouseButton.LeftButton, NO_KEY, end)
    assert lectern.talk.made == ()
    assert lectern.running.stage.room.preview == ()
    assert lectern.running.stage.room.tool is not None
    lectern.drag(end - QPoint(150, 60), end)
    (drawn,) = lectern.talk.made
    shown = lectern.view.display.volume
    assert drawn.image.series_instance_uid == shown.series_instance_uid


def test_a_drag_of_what_was_drawn_ends_with_its_page(lectern):
    measure(lectern)
    lectern.press(Key.Key_Escape)
    (drawn,) = lectern.talk.made
    view = lectern.view
    place = view.canvas_of(drawn.points[0])
    start = QPoint(round(place.x()), round(place.y()))
    QTest.mousePress(view, Qt.MouseButton.LeftButton, NO_KEY, start)
    move(view, QPointF(start + QPoint(30, 30)), Qt.MouseButton.LeftButton, NO_KEY)
    assert lectern.running.stage.room.preview
    lectern.press(Key.Key_PageDown, Key.Key_PageUp)
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, NO_KEY, start + QPoint(60, 60))
    assert lectern.talk.made == (drawn,)


@pytest.mark.parametrize("keep", [True, False])
def test_closing_the_main_window_asks_before_the_talk_and_the_program_end(lectern, keep):
    desk, label = lectern.desk, labels(lectern.desk)[0]
    before = len(case_of(desk, label).annotations)
    measure(lectern)
    desk.window.close()
    assert desk.window.isVisible()
    assert lectern.talks.running is None
    (dialog,) = dialogs(DrawnQuestion)
    assert dialog.parent() is desk.window
    dialog.boxes[0][1].setChecked(keep)
    dialog.go_on.click()
    assert not desk.window.isVisible()
    assert len(case_of(desk, label).annotations) == before + keep


def test_closing_the_main_window_and_its_question_loses_nothing(lectern):
    desk, label = lectern.desk, labels(lectern.desk)[0]
    before = len(case_of(desk, label).annotations)
    measure(lectern)
    desk.window.close()
    (dialog,) = dialogs(DrawnQuestion)
    QTest.keyClick(dialog, Key.Key_Escape)
    assert not desk.window.isVisible()
    assert len(case_of(desk, label).annotations) == before + 1


def test_control_z_takes_back_what_was_drawn_in_the_talk(lectern):
    measure(lectern)
    lectern.press(Key.Key_Z, modifier=Modifier.ControlModifier)
    assert lectern.talk.made == ()


def test_the_mouse_works_in_the_mirror(lectern):
    mirror = lectern.presenter.mirror
    lectern.press(Key.Key_P)
    display = lectern.view.display
    before = display.point
    box = mirror.box()
    place = QPointF(box.left() + box.width() * 0.3, box.center().y())
    lectern.wheel(mirror, place, 2)
    assert display.point != before
    move(mirror, place, NO_BUTTON, NO_KEY)
    spot = lectern.running.windows.trail.head
    assert (spot.x, spot.y) == (pytest.approx(0.3, abs=0.01), pytest.approx(0.5, abs=0.01))
    assert lectern.audience.pointer.isVisible()


def test_notes_are_kept_with_the_case(lectern):
    notes = lectern.presenter.notes
    notes.setFocus()
    QTest.keyClicks(notes, "2 words")
    assert lectern.talk.typed == ""
    lectern.press(Key.Key_PageDown, Key.Key_PageDown, Key.Key_PageDown, window=notes)
    assert lectern.talk.case == 1
    assert case_of(lectern.desk, labels(lectern.desk)[0]).remark(NOTES).value == "2 words"
    assert notes.toPlainText() == ""
    lectern.press(Key.Key_1, Key.Key_Return)
    assert notes.toPlainText() == "2 words"


# -- screens ---------------------------------------------------------------------------------


def test_with_one_screen_the_audience_has_it(two_cases):
    lectern = Lectern(two_cases, DESK)
    lectern.begin()
    assert lectern.audience.geometry() == DESK.area
    assert not lectern.presenter.isVisible()
    lectern.press(Key.Key_PageDown, window=lectern.audience)
    assert lectern.talk.page == 1
    lectern.press(Key.Key_Escape, window=lectern.audience)
    assert lectern.talks.running is None


def test_an_unplugged_screen_blanks_and_comes_back(lectern):
    lectern.screens.plug(DESK)
    assert not lectern.audience.isVisible()
    assert lectern.talk.blank
    assert "gone" in lectern.presenter.said.text()
    lectern.press(Key.Key_PageDown)
    assert (lectern.presenter.isVisible(), lectern.talk.page) == (True, 1)
    lectern.screens.plug(DESK, WALL)
    assert lectern.audience.isVisible()
    assert lectern.audience.geometry() == WALL.area
    assert not lectern.talk.blank
    assert not lectern.audience.cover.isVisible()


_ON_TWO = """
import sys
from pathlib import Path
from tumorboard.ui.shell.application import start_qt
application = start_qt()
from tumorboard.app.settings import Settings
from tumorboard.app.workspace import Workspace
from tumorboard.ui.shell.window import MainWindow
workspace = Workspace(Path(sys.argv[1]), "Dr Test")
window = MainWindow(workspace, Settings())
window.show()
window.actions_by_name["present.start"].trigger()
talk = window.features.talks.running.windows
for one in (talk.audience, talk.presenter):
    box = one.geometry()
    print(one.screen().name(), one.isFullScreen(), box.x(), box.width(), box.height())
window.close()
workspace.close()
"""


def test_the_screens_of_the_system_are_used(two_cases, tmp_path):
    """In a process of its own, on two screens that Qt itself knows."""
    shape = '{{"name":"{}","x":{},"y":0,"width":{},"height":{},"logicalDpi":96,'
    shape += '"logicalBaseDpi":96,"dpr":1}}'
    both = shape.format("desk", 0, 1366, 768), shape.format("wall", 1366, 1920, 1080)
    head = '{"synchronousWindowSystemEvents":false,"windowFrameMargins":false,"screens":['
    (tmp_path / "screens.json").write_text(head + ",".join(both) + "]}")
    platform = f"offscreen:configfile={tmp_path / 'screens.json'}"
    done = subprocess.run(
        [sys.executable, "-c", _ON_TWO, str(two_cases.workspace.folder)],
        env={**os.environ, "QT_QPA_PLATFORM": platform},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr.count("Error") == 0, done.stderr
    assert done.stdout.splitlines() == ["wall True 1366 1920 1080", "desk True 0 1366 768"]


# -- trouble ---------------------------------------------------------------------------------


@pytest.fixture
def moved(prepared):
    """The files of the first case are not where they were, until they are moved back."""
    there, elsewhere = prepared.parent / "ct1", prepared.parent / "elsewhere"
    there.rename(elsewhere)
    yield lambda: elsewhere.rename(there)
    if elsewhere.exists():
        elsewhere.rename(there)


def test_moved_files_are_said_and_everything_else_goes_on(moved, two_cases):
    lectern = Lectern(two_cases)
    heard = []
    lectern.begin()
    lectern.running.stage.room.discreet.listener = heard.append
    lectern.audience.grab()
    assert GONE in heard
    assert not [text for text in heard if "slices" in text]
    assert "slices cannot be shown" in lectern.presenter.said.text()
    lectern.press(Key.Key_PageDown)
    assert lectern.audience.content.words.isVisible()
    lectern.press(Key.Key_2, Key.Key_Return)
    heard.clear()
    lectern.audience.grab()
    assert GONE not in heard
    assert lectern.presenter.said.text() == ""
    moved()
    lectern.press(Key.Key_1, Key.Key_Return)
    heard.clear()
    lectern.audience.grab()
    assert GONE not in heard
    lectern.press(Key.Key_Escape)


def test_a_disk_that_is_removed_in_mid_talk_is_said_and_the_talk_goes_on(two_cases, prepared):
    """The first case is in memory and stays; the second one says what is wrong, once."""
    two_cases.workspace.images.prefetch = lambda _keys: lambda _reporter: None  # no case ahead
    lectern = Lectern(two_cases)
    lectern.begin()
    shown, disk, away = lectern.pixels(), prepared.parent / "ct2", prepared.parent / "away"
    disk.rename(away)
    try:
        lectern.press(Key.Key_2, Key.Key_Return)
        said = lectern.presenter.said.text()
        assert "slices cannot be shown" in said
        assert not dialogs(QDialog)
        lectern.press(Key.Key_PageDown)
        assert lectern.audience.content.words.isVisible()
        lectern.press(Key.Key_1, Key.Key_Return)
        assert lectern.pixels() == shown
        assert lectern.presenter.said.text() == ""
    finally:
        away.rename(disk)
    lectern.press(Key.Key_2, Key.Key_Return)
    assert lectern.view.section() is not None
    assert "cannot be shown" not in lectern.presenter.said.text()
    lectern.press(Key.Key_Escape)


def test_two_who_present_from_one_store_lose_nothing(lectern, open_desk):
    """Both have the first case open, measure on it and write notes: everything is there."""
    other = open_desk(lectern.desk.workspace.folder)
    case_of(other, labels(other)[0])
    case_of(lectern.desk, labels(other)[0])
    other.window.activateWindow()
    other.qtbot.waitUntil(other.window.isActiveWindow)
    second = Lectern(other)
    second.begin()
    for talk, words in ((lectern, "Ask about pain"), (second, "Show the vein")):
        talk.presenter.notes.setFocus()
        QTest.keyClicks(talk.presenter.notes, words)
        measure(talk)
        talk.presenter.flush_notes()
    assert "both are kept" in second.presenter.said.text()
    assert second.presenter.notes.toPlainText() == "Ask about pain\n\nShow the vein"
    for talk in (lectern, second):
        talk.press(Key.Key_2, Key.Key_Return)
        talk.presenter.question_bar.keep.click()
        assert not talk.presenter.question_bar.isVisible()
    case = case_of(other, labels(other)[0])
    assert len(case.annotations) == 2
    assert case.remark(NOTES).value == "Ask about pain\n\nShow the vein"
    second.running.stop()


def test_an_event_that_is_entered_stands_on_the_timeline(lectern):
    desk = lectern.desk
    case_of(desk, labels(desk)[0])
    desk.window.actions_by_name["case.event"].trigger()
    (dialog,) = dialogs(EventQuestion)
    QTest.keyClicks(dialog.day, "1.2.2026")
    QTest.keyClicks(dialog.text, "core biopsy")
    dialog._take()
    assert not dialog.isVisible()
    words = lectern.audience.content.timeline.accessibleDescription()
    assert "1 Feb 2026 Biopsy core biopsy" in words
    assert isinstance(lectern.running.stage.room.discreet, Discreet)
