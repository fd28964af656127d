"""The course of a patient below the images, and two dates beside each other."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from tests.dicom.make import write_slices


@pytest.fixture
def dated_desk(open_desk, tmp_path):
    """A case with a current and a prior CT of another kernel and thickness."""
    made = (("20260209", "B30f", 2.0), ("20250512", "B70f", 5.0))
    for n, (date, kernel, step) in enumerate(made):

        def change(ds, _k, date=date, kernel=kernel, step=step):
            ds.StudyDate, ds.ConvolutionKernel, ds.SliceThickness = date, kernel, step

        uid = f"1.2.8{n}"
        write_slices(
            tmp_path / f"images{n}",
            6,
            step=step,
            study_uid=uid,
            series_uid=f"{uid}.1",
            change=change,
        )
    desk = open_desk()
    desk.import_paths(*(tmp_path / f"images{n}" for n in range(2)))
    return desk


def test_two_dates_side_by_side_say_what_differs(dated_desk):
    desk = dated_desk
    strip = desk.window.features.comparison.strip
    assert strip.text == ""
    desk.window.actions_by_name["layout.compare"].trigger()
    desk.settle()
    assert "kernel: B30f and B70f" in strip.text
    assert "slice thickness: 2 mm and 5 mm" in strip.text
    assert "phase of contrast not known" in strip.text
    desk.window.features.series.show("1.2.80.1", 1)
    desk.settle()
    assert strip.text == ""
    desk.window.actions_by_name["layout.single"].trigger()
    assert strip.text == ""


def test_the_timeline_opens_the_scan_that_is_clicked(dated_desk):
    desk = dated_desk
    view = desk.window.features.timeline.view
    assert view.isHidden()
    desk.key(Qt.Key.Key_Y)
    assert view.isVisible()
    assert desk.window.actions_by_name["case.timeline"].isChecked()
    assert "12 May 2025" in view.accessibleDescription()
    keys = desk.window.features.series.shown_keys
    assert keys[0] == "1.2.80.1"
    view.grab()
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=place_of(view, "1.2.81.1"))
    desk.settle()
    assert desk.window.features.series.shown_key == "1.2.81.1"
    QTest.keyClick(view, Qt.Key.Key_Right)
    QTest.keyClick(view, Qt.Key.Key_Return)
    desk.settle()
    assert desk.window.features.series.shown_key == "1.2.80.1"
    desk.workspace.session.set_remark("event:biopsy:2026-02-20", "Core biopsy")
    assert "Core biopsy" in view.accessibleDescription()
    QTest.keyClick(view, Qt.Key.Key_Y)
    assert view.isHidden()
    assert not desk.window.actions_by_name["case.timeline"].isChecked()


def place_of(view, series_uid: str) -> QPoint:
    """Where the mouse meets a scan."""
    for x in range(0, view.width(), 3):
        for y in range(0, view.height(), 6):
            if found(view, x, y) == series_uid:
                return QPoint(x, y)
    raise AssertionError(series_uid)


def found(view, x: int, y: int) -> str:
    n = view.scan_at(QPoint(x, y).toPointF())
    return view._places[n].event.series_uid if n >= 0 else ""
