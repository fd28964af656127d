"""Cine: its speed, its way, what the view says of it, and that Esc stops it."""

import pytest
from PySide6.QtCore import Qt

from tumorboard.ui.viewer.painting import corner_words

Key = Qt.Key


def said(desk) -> list[str]:
    view = desk.view()
    return [words for words in corner_words(view, view.frame())[1] if "/s" in words]


@pytest.fixture
def cine(desk):
    return desk.window.features.layout.cine


def test_the_view_says_that_it_runs_and_escape_stops_it_before_all_else(desk, cine):
    desk.key(Key.Key_L)
    assert not said(desk)
    desk.key(Key.Key_C)
    assert said(desk) == ["▶ 12/s ⇄ · Esc stops"]
    desk.key(Key.Key_Escape)
    assert not cine.is_running
    assert not said(desk)
    assert desk.window.room.tool is not None
    desk.key(Key.Key_Escape)
    assert desk.window.room.tool is None


def test_keys_change_the_speed_and_it_is_kept(desk, cine):
    desk.key(Key.Key_C)
    desk.key(Key.Key_Period)
    assert said(desk) == ["▶ 15/s ⇄ · Esc stops"]
    for _ in range(2):
        desk.key(Key.Key_Comma)
    assert said(desk) == ["▶ 10/s ⇄ · Esc stops"]
    desk.key(Key.Key_C)
    desk.key(Key.Key_C)
    assert said(desk) == ["▶ 10/s ⇄ · Esc stops"]
    assert desk.window.controller.settings["viewer.cine_rate"] == 10


def test_round_begins_again_with_the_first(desk, cine):
    desk.window.controller.run("view.cine_round")
    desk.key(Key.Key_End)
    last = desk.view().section().slice_index
    seen = []
    desk.viewer.moved.connect(lambda: seen.append(desk.view().section().slice_index))
    desk.key(Key.Key_C)
    assert said(desk) == ["▶ 12/s ↻ · Esc stops"]
    desk.qtbot.waitUntil(lambda: len(seen) > 3, timeout=5000)
    desk.key(Key.Key_Escape)
    moved = [k for k in seen if k != last]
    assert abs(moved[0] - last) > 30
    assert abs(moved[1] - moved[0]) == 1
