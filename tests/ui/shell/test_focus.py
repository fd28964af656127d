"""Keys alone: Tab reaches every control in order, nothing holds it, and one sees where it is."""

from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QScrollArea, QTabBar, QWidget

from tests.ui.rounds import called, in_sight, opened, reached_by_tab, rounds
from tests.ui.shell.demonstration_desk import board, demonstration
from tumorboard.app.commands import COMMANDS
from tumorboard.app.menus import MENUS, Submenu
from tumorboard.ui.shell.theme import LOOKS, apply_theme
from tumorboard.ui.viewer.image_view import ImageView

__all__ = ["board", "demonstration"]

#: WCAG 2.2, 1.4.11 and 2.4.13: what tells the focus stands out against what was there before.
LEAST = 3.0


def luminance(picture: QPixmap) -> np.ndarray:
    """Return the relative luminance of each pixel."""
    image = picture.toImage().convertToFormat(QImage.Format.Format_RGB32)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1, 4)
    parts = rows[:, : image.width(), 2::-1] / 255
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return linear @ np.array([0.2126, 0.7152, 0.0722])


def ring(root: QWidget, widget: QWidget) -> float:
    """Return how much of what is round a widget stands out since the focus came; -1: none came.

    1 is as much as half of its outline: the pixels that changed by 3:1. Two pixels round it are
    looked at as well. A table gives the focus to the cell in use, of tabs the one in front is
    marked.
    """
    area = QRect(widget.mapTo(root, QPoint(0, 0)), widget.size()).adjusted(-2, -2, 2, 2)
    if focus := QApplication.focusWidget():
        focus.clearFocus()
    QApplication.processEvents()
    before = luminance(root.grab(area))
    widget.setFocus(Qt.FocusReason.TabFocusReason)
    QApplication.processEvents()
    focus = QApplication.focusWidget()
    if focus is None or not (focus is widget or widget.isAncestorOf(focus)):
        return -1
    after = luminance(root.grab(area))
    high, low = np.maximum(before, after), np.minimum(before, after)
    changed = int(((high + 0.05) / (low + 0.05) >= LEAST).sum())
    whole = 100 if isinstance(focus, QTabBar) else focus.width() + focus.height()
    return changed / whole


@pytest.mark.parametrize("look", list(LOOKS))
def test_the_focus_is_seen_on_everything_that_takes_it(board, look):
    apply_theme(QApplication.instance(), look)
    unseen, looked_at = {}, set()
    try:
        for place, root in rounds(board):
            activate(board, root)
            for widget in reached_by_tab(root):
                kind = called(widget).split("'")[0], getattr(widget, "isChecked", bool)()
                if kind in looked_at or not in_sight(widget):
                    continue
                looked_at.add(kind)
                if (found := ring(root, widget)) < 1:
                    unseen[kind] = f"{place}: {found:.2f}"
    finally:
        apply_theme(QApplication.instance())
    assert len(looked_at) > 30
    assert not unseen


def activate(desk, root: QWidget) -> None:
    root.activateWindow()
    desk.qtbot.waitUntil(root.isActiveWindow)


def walked(part: QWidget, first: QWidget, key: Qt.Key, limit: int = 400) -> list[QWidget]:
    """Press Tab, or Backtab, until it leaves a part or comes back; return what had the focus."""
    first.setFocus(Qt.FocusReason.TabFocusReason)
    seen: list[QWidget] = []
    while (focus := QApplication.focusWidget()) is not None and focus not in seen:
        if not part.isAncestorOf(focus):
            break
        seen.append(focus)
        assert len(seen) < limit, "it never comes back"
        QTest.keyClick(focus, key)
    return seen


def test_tab_reaches_every_control_of_a_panel_from_its_top(board):
    window = board.window
    checked = 0
    for place, root in rounds(board):
        if root is not window:
            continue
        page = window.stack.currentWidget()
        middle = (page,) if window.stack.currentIndex() else (window.key_room, window.start)
        sides = (window.tabs, window.worklist, window.tool_bar, window.status)
        for part in (*sides, *middle):
            wanted = [w for w in reached_by_tab(window) if part.isAncestorOf(w)]
            if not wanted:
                continue
            checked += 1
            first = walked(part, wanted[0], Qt.Key.Key_Backtab)[-1]
            seen = walked(part, first, Qt.Key.Key_Tab)
            missed = [called(w) for w in wanted if w not in seen]
            assert not missed, f"{place}: Tab passes over {missed[:5]}"
            assert_in_order([w for w in seen if w in wanted], place)
    assert checked > 15


def test_tab_goes_from_view_to_view_also_of_a_vessel(board):
    window = board.window
    window.actions_by_name["layout.vessel"].trigger()
    board.settle()
    views = {*window.views.shown, *(c for c in window.vessel_page.canvases if c.isVisible())}
    window.views.main.setFocus()
    seen = set()
    for _ in range(len(views)):
        seen.add(QApplication.focusWidget())
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    assert len(views) > 3
    assert seen == views
    assert QApplication.focusWidget() is window.views.main


def assert_in_order(seen: list[QWidget], place: str) -> None:
    """Within what scrolls as one column, no control comes before one that stands above it."""
    columns: dict[QWidget, list[QWidget]] = {}
    for widget in seen:
        home = widget.parentWidget()
        while home is not None and not isinstance(home, QScrollArea):
            home = home.parentWidget()
        if home is not None:
            columns.setdefault(home, []).append(widget)
    for inside in columns.values():
        for one, other in pairwise(inside):
            above = top_of(other) + other.height() <= top_of(one)
            assert not above, f"{place}: {called(one)} before {called(other)}"


def top_of(widget: QWidget) -> int:
    return widget.mapTo(widget.window(), QPoint(0, 0)).y()


def test_tab_goes_round_each_dialog(board):
    dialogs = 0
    for place, root in rounds(board):
        if root is board.window:
            continue
        activate(board, root)
        wanted = reached_by_tab(root)
        if not wanted:
            continue
        dialogs += 1
        seen = walked(root, wanted[0], Qt.Key.Key_Tab)
        missed = [called(w) for w in wanted if w not in seen and not any(map(w.isAncestorOf, seen))]
        assert not missed, f"{place}: Tab passes over {missed[:5]}"
    assert dialogs > 10


def test_a_key_leads_out_of_the_images_and_round_the_window(board):
    window = board.window
    board.view().setFocus()
    seen: list[str] = []
    for _ in range(12):
        focus = QApplication.focusWidget()
        parts = {
            "images": window.views,
            "panel": window.tabs,
            "status": window.status,
            "tools": window.tool_bar,
            "header": window.header,
            "rail": window.rail,
            "cases": window.worklist,
        }
        seen += [name for name, part in parts.items() if part.isAncestorOf(focus)]
        QTest.keyClick(focus, Qt.Key.Key_F6, Qt.KeyboardModifier.ControlModifier)
        if isinstance(QApplication.focusWidget(), ImageView):
            break
    assert seen == ["images", "panel", "status", "header", "tools", "cases"]
    back = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_F6, back)
    assert window.worklist.isAncestorOf(QApplication.focusWidget())


def test_every_command_has_a_menu_or_a_key_and_is_found_by_its_word(board):
    listed = {
        name
        for sections in MENUS.values()
        for section in sections
        for entry in section
        for name in (entry.names if isinstance(entry, Submenu) else (entry,))
    }
    for command in COMMANDS:
        assert command.name in listed or command.keys, command.name
    board.window.actions_by_name["help.palette"].trigger()
    (palette,) = opened(board.window)
    shown = {palette.list.item(n).text().split("    ")[0] for n in range(palette.list.count())}
    actions = board.window.actions_by_name
    usable = {a.text() for n, a in actions.items() if a.isEnabled() and n != "help.palette"}
    assert usable <= shown
    palette.close()
