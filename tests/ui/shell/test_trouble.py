"""What the outside world spoils while the window is open."""

import numpy as np
from PySide6.QtCore import Qt

from tests.ui.conftest import CENTRE
from tumorboard.errors import UserError
from tumorboard.imaging.geometry import Plane
from tumorboard.ui.shell.faults import catch_faults

Key = Qt.Key


def fill_the_disk(desk) -> None:
    connection = desk.workspace.session._store.connection
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages}")


def test_a_full_disk_is_said_and_costs_nothing_that_was_stored(desk, open_desk, tmp_path):
    desk.key(Key.Key_L)
    desk.drag(Plane.AXIAL, CENTRE - [20, 0, 0], CENTRE + [20, 0, 0])
    kept = desk.case.annotations
    fill_the_disk(desk)
    for _ in range(200):
        kept_now = desk.case.annotations
        desk.key(Key.Key_Down)
        centre = np.array(desk.viewer.point)
        desk.key(Key.Key_L)
        desk.drag(Plane.AXIAL, centre - [20, 0, 0], centre + [20, 0, 0])
        if "full" in desk.window.notice.text.lower():
            break
    assert "full" in desk.window.notice.text.lower()
    assert desk.case.annotations == kept_now
    assert kept_now[: len(kept)] == kept
    desk.key(Key.Key_Down)
    uid = desk.case.uid
    again = open_desk(tmp_path / "store")
    again.window.controller.open_case(uid)
    again.settle()
    assert again.case.annotations == kept_now


def test_a_fault_of_ours_is_a_sentence_with_a_number_and_the_window_lives(
    desk, monkeypatch, caplog
):
    import sys

    monkeypatch.setattr(sys, "excepthook", sys.__excepthook__)
    said = []
    catch_faults(said.append)
    sys.excepthook(ZeroDivisionError, ZeroDivisionError("SECRET"), None)
    assert len(said) == 1
    assert "reference" in said[0]
    assert "SECRET" not in said[0]
    desk.key(Key.Key_Down)


def test_a_view_that_cannot_be_painted_says_so(desk, monkeypatch, caplog):
    view = desk.view()

    def broken(*_):
        raise RuntimeError("broken")

    monkeypatch.setattr(view, "frame", broken)
    view.grab()
    assert "painting a view failed" in caplog.text
    monkeypatch.undo()
    view.grab()


def test_a_second_window_on_the_same_case_cannot_overwrite(desk, open_desk, tmp_path):
    other = open_desk(tmp_path / "store")
    other.window.controller.open_case(desk.case.uid)
    other.settle()
    other.look_at(CENTRE)
    desk.window.features.measurements.choose_tool("length")
    desk.drag(Plane.AXIAL, CENTRE - [20, 0, 0], CENTRE + [20, 0, 0])
    other.window.features.measurements.choose_tool("length")
    other.drag(Plane.AXIAL, CENTRE - [0, 20, 0], CENTRE + [0, 20, 0])
    assert "open the case again" in other.window.notice.text.lower()
    other.window.controller.open_case(other.case.uid)
    np.testing.assert_equal(len(other.case.annotations), 1)


def test_a_turned_cut_that_cannot_be_made_says_why_and_straight_ones_go_on(desk, monkeypatch):
    def broken(*_arguments, **_more):
        raise UserError("The compiled part of the program is missing.", "Install it again.")

    monkeypatch.setattr("tumorboard.imaging.sampling.row_sampler", broken)
    view = desk.view()
    before = view.grab().toImage()
    for _ in range(3):
        desk.key(Key.Key_BracketRight)
    assert view.slab_mm > 0
    assert view.section() is None
    assert view._cutter.problem == "The compiled part of the program is missing. Install it again."
    assert view.grab().toImage() != before
    for _ in range(3):
        desk.key(Key.Key_BracketLeft)
    assert view.slab_mm == 0
    assert view.section() is not None
