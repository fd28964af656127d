"""Room for images: parts fold by keys and handles, full screen, and the window comes back."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QScrollArea, QToolButton

from tests.ui.desk import LEFT, Desk
from tumorboard.app.commands import COMMANDS
from tumorboard.app.keymap import conflicts, keymap
from tumorboard.app.settings import Settings
from tumorboard.ui.shell.status_strip import INTENDED_USE_LINE
from tumorboard.ui.shell.window_place import note_place, open_as_left
from tumorboard.ui.viewer.image_view import ImageView

Key, Modifier = Qt.Key, Qt.KeyboardModifier
NONE, SHIFT = Modifier.NoModifier, Modifier.ShiftModifier


def sized(desk: Desk, width: int, height: int) -> Desk:
    desk.window.resize(width, height)
    QApplication.processEvents()
    assert (desk.window.width(), desk.window.height()) == (width, height)
    return desk


def share(desk: Desk) -> float:
    """The share of the window's area that views with images have."""
    window = desk.window
    views = [v for v in window.findChildren(ImageView) if v.isVisible() and v.display.volume]
    area = 0
    for view in views:
        place = view.mapTo(window, QPoint(0, 0))
        assert window.rect().contains(place)
        assert window.rect().contains(place + view.rect().bottomRight())
        area += view.width() * view.height()
    return area / (window.width() * window.height())


def keep_a_key_image(desk: Desk) -> None:
    desk.key(Key.Key_K)
    desk.settle()


def on_a_screen_of(desk: Desk, monkeypatch: pytest.MonkeyPatch, width: int, height: int) -> None:
    """Let full screen mean this size: the platform of the tests has one screen of its own."""
    monkeypatch.setattr(desk.window, "showFullScreen", lambda: desk.window.resize(width, height))


def test_images_have_the_most_of_a_small_screen(desk: Desk, monkeypatch):
    keep_a_key_image(desk)
    assert share(sized(desk, 1366, 768)) >= 0.60
    on_a_screen_of(desk, monkeypatch, 1366, 768)
    desk.key(Key.Key_F11)
    assert share(sized(desk, 1366, 768)) >= 0.95


def test_full_screen_gives_images_the_screen_that_is_there(desk: Desk):
    desk.key(Key.Key_F11)
    QApplication.processEvents()
    assert desk.window.size() == desk.window.screen().size()
    assert share(desk) >= 0.95


def test_on_a_screen_of_twice_the_density_too(desk: Desk, monkeypatch):
    """1366 x 768 pixels at scale 2 are 683 x 384 logical ones."""
    assert share(sized(desk, 683, 384)) >= 0.60
    on_a_screen_of(desk, monkeypatch, 683, 384)
    desk.key(Key.Key_F11)
    assert share(sized(desk, 683, 384)) >= 0.90


PARTS = {
    "screen.list": (Key.Key_F3, NONE, lambda w: w.worklist),
    "screen.panel": (Key.Key_F12, NONE, lambda w: w.tabs),
    "screen.key_images": (Key.Key_F3, SHIFT, lambda w: w.key_strip),
    "screen.tools": (Key.Key_F12, SHIFT, lambda w: w.tool_bar),
}


@pytest.mark.parametrize("name", PARTS)
def test_a_part_folds_by_its_key_and_by_its_handle(desk: Desk, name: str):
    keep_a_key_image(desk)
    sized(desk, 1440, 900)
    key, modifier, find = PARTS[name]
    part, before = find(desk.window), share(desk)
    assert part.isVisible()
    desk.key(key, modifier)
    QApplication.processEvents()
    assert not part.isVisible()
    assert share(desk) > before
    action = desk.window.actions_by_name[name]
    assert not action.isChecked()
    button = next(
        b
        for b in desk.window.status.findChildren(QToolButton)
        if b.defaultAction() is action and b.isVisible()
    )
    QTest.mouseClick(button, LEFT)
    QApplication.processEvents()
    assert part.isVisible()
    assert action.isChecked()
    desk.qtbot.waitUntil(lambda: share(desk) == pytest.approx(before, abs=0.001))
    assert desk.view().hasFocus()


def test_the_rail_and_the_handle_open_what_is_folded(desk: Desk):
    window = sized(desk, 1366, 768).window
    assert window.rail.isVisible()
    assert not window.worklist.isVisible()
    cases = next(b for b in window.rail.findChildren(QToolButton) if b.toolTip() == "Cases")
    QTest.mouseClick(cases, LEFT)
    assert window.worklist.isVisible()
    assert not window.rail.isVisible()
    desk.key(Key.Key_F12)
    assert not window.tabs.isVisible()
    QTest.mouseClick(window.handle, LEFT)
    assert window.tabs.isVisible()
    assert not window.handle.isVisible()


def test_a_search_opens_the_list_for_the_time_being(desk: Desk):
    window = sized(desk, 1366, 768).window
    window.activateWindow()
    desk.qtbot.waitUntil(window.isActiveWindow)
    desk.key(Key.Key_F, Modifier.ControlModifier)
    assert window.worklist.search.hasFocus()
    QTest.keyClicks(window.worklist.search, "TE")
    session = desk.workspace.session
    session.new_case("RP-9", desk.case.patient, "")
    window.controller.open_case(next(c.uid for c in session.cases() if c.uid != desk.case.uid))
    assert not window.worklist.isVisible()
    assert window.views.active_view().hasFocus()


def test_a_folded_panel_comes_for_what_is_asked_of_it(desk: Desk):
    window = desk.window
    desk.key(Key.Key_F12)
    assert not window.tabs.isVisible()
    window.facts.go_to("peritoneal_implants")
    window.actions_by_name["case.decision"].trigger()
    assert window.tabs.isVisible()
    assert window.tabs.currentWidget() is window.decision


def test_without_a_case_the_list_is_there_to_choose_one(open_desk):
    desk = sized(open_desk(), 1366, 768)
    assert desk.window.worklist.isVisible()
    assert not desk.window.rail.isVisible()


def test_the_page_of_meetings_has_no_panel_and_gives_it_back(desk: Desk):
    window = desk.window
    desk.key(Key.Key_F4)
    assert not window.tabs.isVisible()
    assert not window.handle.isVisible()
    window.actions_by_name["screen.panel"].trigger()
    assert not window.tabs.isVisible()
    window.actions_by_name["meeting.page"].trigger()
    assert not window.tabs.isVisible()
    assert window.handle.isVisible()
    QTest.mouseClick(window.handle, LEFT)
    assert window.tabs.isVisible()


def test_full_screen_and_back_by_the_same_key_and_by_esc(desk: Desk):
    window = desk.window
    for back in (Key.Key_F11, Key.Key_Escape):
        desk.key(Key.Key_F11)
        QApplication.processEvents()
        assert window.isFullScreen()
        assert not window.header.isVisible()
        assert not window.rail.isVisible()
        desk.key(back)
        QApplication.processEvents()
        assert not window.isFullScreen()
        assert window.header.isVisible()
        assert window.tool_bar.isVisible()


def test_esc_puts_a_tool_away_before_it_leaves_full_screen(desk: Desk):
    window = desk.window
    desk.key(Key.Key_F11)
    desk.key(Key.Key_L)
    desk.key(Key.Key_Escape)
    assert window.room.tool is None
    assert window.isFullScreen()
    window.controller.say("Something was said.")
    desk.key(Key.Key_Escape)
    assert not window.notice.isVisible()
    assert window.isFullScreen()
    desk.key(Key.Key_Escape)
    assert not window.isFullScreen()


def test_a_part_can_be_had_in_full_screen_for_the_time_being(desk: Desk):
    window = desk.window
    desk.key(Key.Key_F11)
    assert not window.tabs.isVisible()
    desk.key(Key.Key_F12)
    assert window.tabs.isVisible()
    desk.key(Key.Key_F11)
    desk.key(Key.Key_F11)
    assert not window.tabs.isVisible()
    desk.key(Key.Key_F11)


def test_what_was_folded_stays_folded_in_the_next_window(desk: Desk, open_desk, tmp_path):
    for name in ("screen.panel", "screen.tools"):
        desk.window.actions_by_name[name].trigger()
    again = open_desk(tmp_path / "other")
    sized(again, 1440, 900)
    assert not again.window.tabs.isVisible()
    assert not again.window.tool_bar.isVisible()
    assert again.window.worklist.isVisible()
    again.window.actions_by_name["screen.panel"].trigger()
    again.window.actions_by_name["screen.tools"].trigger()
    assert "panel" not in Settings().table("window.state")  # as usual again: nothing to keep


def test_the_next_window_opens_as_this_one_was_left(desk: Desk, open_desk, tmp_path):
    window = desk.window
    window.tabs.setCurrentWidget(window.lesions)
    window.setGeometry(20, 30, 700, 500)
    QApplication.processEvents()
    note_place(window)
    again = open_desk(tmp_path / "other").window
    assert again.tabs.currentWidget() is again.lesions
    open_as_left(again)
    QApplication.processEvents()
    assert (again.width(), again.height()) == (700, 500)
    desk.key(Key.Key_F11)
    note_place(window)
    third = open_desk(tmp_path / "third").window
    open_as_left(third)
    QApplication.processEvents()
    assert third.isFullScreen()
    assert not third.header.isVisible()
    third.actions_by_name["screen.full"].trigger()
    assert not third.isFullScreen()


def test_a_maximised_window_comes_back_maximised(desk: Desk, open_desk, tmp_path):
    desk.window.showMaximized()
    QApplication.processEvents()
    note_place(desk.window)
    again = open_desk(tmp_path / "other").window
    open_as_left(again)
    QApplication.processEvents()
    assert again.isMaximized()
    again.actions_by_name["screen.full"].trigger()
    assert again.isFullScreen()
    again.actions_by_name["screen.full"].trigger()
    assert again.isMaximized()


def test_what_is_kept_is_told_where_the_strip_is_folded(desk: Desk):
    sized(desk, 1366, 768)
    keep_a_key_image(desk)
    assert not desk.window.key_strip.isVisible()
    buttons = desk.window.status.findChildren(QToolButton)
    told = next(b for b in buttons if "Shift+F3" in b.toolTip())
    assert told.text() == "1"
    QTest.mouseClick(told, LEFT)
    assert desk.window.key_strip.isVisible()


@pytest.mark.parametrize("kept", ["", "-4000 9000 9000 9000", "700 700 500 400", "nonsense"])
def test_a_window_is_never_larger_than_its_screen(open_desk, kept: str):
    if kept:
        Settings().set("window.state", {"place": kept, "screen": "one that is gone"})
    window = open_desk().window
    open_as_left(window)
    QApplication.processEvents()
    area = window.screen().availableGeometry()
    assert window.width() <= area.width()
    assert window.height() <= area.height()
    assert area.intersects(window.geometry())


def test_the_keys_of_the_parts_are_free_and_told(desk: Desk):
    usual = keymap({})
    assert not conflicts(usual)
    told = {key for command in COMMANDS for key in usual[command.name]}
    for key in ("F3", "F12", "Shift+F3", "Shift+F12", "F11"):
        assert key in told, key


def test_titles_without_room_are_listed_by_name(desk: Desk):
    tabs = sized(desk, 1366, 768).window.tabs
    titles = [tabs.tabText(n) for n in range(tabs.count())]
    bar = tabs.tabBar()
    shown = [n for n in range(tabs.count()) if tabs.isTabVisible(n)]
    assert tabs.hidden
    assert {tabs.tabText(n) for n in shown} | set(tabs.hidden) == set(titles)
    for n in shown:
        assert bar.tabRect(n).right() < tabs.width()
        needed = bar.fontMetrics().horizontalAdvance(tabs.tabText(n))
        assert bar.tabRect(n).width() >= needed  # no title is cut
    assert not [b for b in bar.findChildren(QToolButton) if b.isVisible()]  # no blank arrows
    for title in tabs.hidden:
        menu = tabs.more.menu()
        menu.aboutToShow.emit()
        assert [a.text() for a in menu.actions()] == list(tabs.hidden)
        next(a for a in menu.actions() if a.text() == title).trigger()
        assert tabs.tabText(tabs.currentIndex()) == title
        assert tabs.isTabVisible(tabs.currentIndex())
    sized(desk, 1920, 1000)
    assert not tabs.hidden
    assert not tabs.more.isVisible()


def test_panels_show_all_of_their_words_in_a_narrow_window(desk: Desk):
    """Nothing is cut off at the right: what has no room beside stands below."""
    window = sized(desk, 1366, 768).window
    desk.key(Key.Key_M)
    for n in range(window.tabs.count()):
        window.tabs.setCurrentIndex(n)
        pages = (0, 1, 2) if window.tabs.currentWidget() is window.lesions else (0,)
        for page in pages:
            if len(pages) > 1:
                window.lesions._show_page(page)
            desk.qtbot.wait(20)
            for area in window.tabs.currentWidget().findChildren(QScrollArea):
                if area.isVisible():
                    assert area.widget().width() <= area.viewport().width(), (n, page)


def test_the_page_of_meetings_shows_the_cases_to_choose_from(desk: Desk):
    window = sized(desk, 1366, 768).window
    assert not window.worklist.isVisible()
    desk.key(Key.Key_F4)
    assert window.worklist.isVisible()
    sized(desk, 900, 700)  # the page needs all of it
    assert not window.worklist.isVisible()
    window.actions_by_name["meeting.page"].trigger()
    assert not window.worklist.isVisible()


def test_the_line_at_the_bottom_leaves_the_hint_room(desk: Desk):
    status = sized(desk, 683, 384).window.status
    desk.key(Key.Key_L)
    assert status._hint.width() >= 200
    told = [label.text() for label in status.findChildren(QLabel) if label.isVisible()]
    assert "Not a medical device" in told
    sized(desk, 1366, 768)
    told = [label.text() for label in status.findChildren(QLabel) if label.isVisible()]
    assert INTENDED_USE_LINE in told


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1366, 768), (1024, 768), (683, 384)])
def test_a_notice_covers_no_image(desk: Desk, width: int, height: int):
    window = sized(desk, width, height).window
    long = "3 files could not be read and were left out; the rest of the series was imported now."
    for full in (False, True):
        if full:
            desk.key(Key.Key_F11)
            QApplication.processEvents()
        for sentence in ("Short.", long):
            window.controller.say(sentence, more=lambda: None)
            desk.qtbot.wait(1)
            notice = window.notice
            assert notice.isVisible()
            assert notice._text.height() >= notice._text.heightForWidth(notice._text.width())
            corner = notice.mapTo(window, QPoint(0, 0))
            assert window.rect().contains(corner)
            assert window.rect().contains(corner + notice.rect().bottomRight())
            for view in window.views.shown:
                place = view.mapTo(window, QPoint(0, 0))
                assert (
                    not view.rect().translated(place).intersects(notice.rect().translated(corner))
                )
        window.notice.hide()
