"""A second window of images, with a layout of its own, linked with the first."""

import json
import os
import subprocess
import sys

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.architecture.project import ROOT
from tests.ui.conftest import CENTRE
from tests.ui.desk import Desk
from tumorboard.annotations.model import Kind
from tumorboard.app.layouts import SECOND
from tumorboard.app.screens import KEPT, SecondWindow, arrangement, kept_in
from tumorboard.imaging.geometry import Plane


@pytest.fixture
def second(desk: Desk):
    """The second window, beside the first one."""
    desk.window.actions_by_name["screen.second"].trigger()
    desk.settle()
    return desk.window.features.second.window


def view_of(window, plane: Plane):
    return next(view for view in window.views.views if view.plane is plane)


def use(desk: Desk, view) -> None:
    view.window().activateWindow()
    view.setFocus()
    desk.qtbot.waitUntil(view.hasFocus)


def test_it_shows_the_case_in_its_own_planes(desk: Desk, second):
    assert second.isVisible()
    assert second.windowTitle() == "Second image window"
    assert {view.plane for view in second.views.views} == set(Plane)
    shown = desk.window.features.series.shown_keys
    assert shown[SECOND] == shown[0]
    assert desk.window.actions_by_name["screen.second"].isChecked()


def test_both_go_to_the_same_place(desk: Desk, second):
    desk.look_at(CENTRE + (0, 0, 12.0))
    assert second.views.views[0].display.point == pytest.approx(desk.viewer.point)
    there = view_of(second, Plane.AXIAL)
    use(desk, there)
    there.scroll_by(3)
    assert desk.view().display.point == pytest.approx(there.display.point)


def test_layouts_are_those_of_the_window_in_use(desk: Desk, second):
    first = desk.window.views.shape.name
    use(desk, view_of(second, Plane.AXIAL))
    QTest.keyClick(view_of(second, Plane.AXIAL), Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier)
    assert second.views.shape.name == "single"
    assert desk.window.views.shape.name == first
    use(desk, desk.view())
    desk.window.actions_by_name["layout.pair"].trigger()
    assert desk.window.views.shape.name == "pair"
    assert second.views.shape.name == "single"
    assert second.views.views[0].display.volume is not None


def test_a_tool_draws_there_and_the_line_shows_in_both(desk: Desk, second):
    there = view_of(second, Plane.AXIAL)
    use(desk, there)
    QTest.keyClick(there, Qt.Key.Key_L)
    ends = [there.canvas_of(tuple(CENTRE + (x, 0, 0))).toPoint() for x in (-20.0, 20.0)]
    desk.drag_canvas(there, *ends)
    (line,) = [a for a in desk.case.annotations if a.kind is Kind.LENGTH]
    for view in (desk.view(), there):
        assert line in view.visible_annotations(view.section())


def test_keys_act_on_the_view_in_use(desk: Desk, second):
    there = view_of(second, Plane.CORONAL)
    use(desk, there)
    QTest.keyClick(there, Qt.Key.Key_H, Qt.KeyboardModifier.ShiftModifier)
    assert there.viewport.flip_horizontal
    assert not any(v.viewport.flip_horizontal for v in desk.window.views.views)
    QTest.keyClick(there, Qt.Key.Key_Return)
    assert second.views.alone is there
    assert desk.window.views.alone is None


def test_it_closes_cleanly_and_comes_again_as_it_was(desk: Desk, second):
    use(desk, view_of(second, Plane.AXIAL))
    desk.window.actions_by_name["layout.single"].trigger()
    second.close()
    desk.let_go()
    assert desk.window.features.second.window is None
    assert not desk.window.actions_by_name["screen.second"].isChecked()
    assert SECOND not in desk.window.features.series.shown_keys
    assert desk.window.room.display(SECOND).volume is None
    assert desk.viewer.volume is not None
    desk.look_at(CENTRE)
    desk.window.actions_by_name["screen.second"].trigger()
    desk.settle()
    again = desk.window.features.second.window
    assert again.views.shape.name == "single"
    assert again.views.views[0].display.volume is not None


def test_it_follows_to_another_case_and_is_away_in_a_talk(desk: Desk, second):
    desk.window.actions_by_name["file.close"].trigger()
    assert all(view.display.volume is None for view in second.views.views)
    desk.window.controller.open_case(desk.workspace.session.cases()[0].uid)
    desk.settle()
    assert all(view.display.volume is not None for view in second.views.views)
    desk.window.features.second.hide_in_talk(True)
    assert not second.isVisible()
    desk.window.features.second.hide_in_talk(False)
    assert second.isVisible()


def test_what_is_kept_is_read_again_and_what_is_odd_is_not():
    left, right = ("A", 0, 0, 1920, 1080), ("B", 1920, 0, 2560, 1440)
    assert arrangement([left, right]) == arrangement([right, left])
    assert arrangement([left]) != arrangement([left, right])
    kept = SecondWindow(True, "pair", "DP 2")
    assert kept_in({"here": kept.text}, "here") == kept
    assert kept_in({"here": "open nonsense"}, "here").layout == "planes"
    assert kept_in({}, "here") == SecondWindow()


#: Two screens of the platform without a display; what is printed is looked at.
_SCREENS = [
    {"name": "left", "x": 0, "y": 0, "width": 1366, "height": 768, "logicalDpi": 96, "dpr": 1},
    {"name": "right", "x": 1366, "y": 0, "width": 1920, "height": 1080, "logicalDpi": 96, "dpr": 1},
]
_PROGRAM = """
import sys
from pathlib import Path
from PySide6.QtWidgets import QApplication
from tumorboard.ui.shell.application import start_qt
application = start_qt()
from tumorboard.app.settings import Settings
from tumorboard.app.workspace import Workspace
from tumorboard.ui.shell.window import MainWindow
for turn in range(2):
    workspace = Workspace(Path(sys.argv[1]), "Dr Test")
    window = MainWindow(workspace, Settings(Path(sys.argv[2])))
    window.setGeometry(0, 0, 1366, 768)
    window.show()
    for _ in range(50):
        application.processEvents()
    second = window.features.second
    print("open" if second.window else "shut")
    if second.window is None:
        window.actions_by_name["screen.second"].trigger()
        application.processEvents()
    print(second.window.screen().name(), second.window.geometry().getRect())
    window.close()
    window.deleteLater()
    application.processEvents()
    print([w.objectName() for w in QApplication.topLevelWidgets() if w.objectName() == "second"])
    workspace.close()
"""


def test_it_takes_the_other_of_two_screens_and_is_there_at_the_next_start(tmp_path):
    screens = tmp_path / "screens.json"
    screens.write_text(json.dumps({"screens": _SCREENS}))
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, str(tmp_path / "store"), str(tmp_path / "settings.yaml")],
        env={**os.environ, "QT_QPA_PLATFORM": f"offscreen:configfile={screens}"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "shut"
    assert lines[3] == "open"
    for line in (lines[1], lines[4]):
        assert line.startswith("right (13")  # without the frame of a window
        assert line.endswith(", 1916, 1076)")
    assert lines[2] == lines[5] == "[]"
    assert KEPT in (tmp_path / "settings.yaml").read_text()
    assert QApplication.instance() is not None
