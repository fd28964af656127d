"""What a hand draws is kept whole, and what it did not do does not happen."""

from __future__ import annotations

import threading
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from tests.ui.conftest import CENTRE, SPACING
from tests.ui.desk import LEFT, Desk, move
from tumorboard.annotations.model import Kind
from tumorboard.app.annotation_edits import lesion_changed
from tumorboard.errors import UserError
from tumorboard.imaging.geometry import Plane
from tumorboard.imaging.segmentation.grow import grow
from tumorboard.ui.measurements.editor import LesionEditor
from tumorboard.ui.outlines import feature as segmenting
from tumorboard.ui.shell.application import start_qt

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
NONE = Qt.KeyboardModifier.NoModifier


def ring(desk: Desk, count: int, radius_px: float = 90.0) -> list[QPointF]:
    """Places round the middle of the ellipsoid, in the axial view."""
    middle = QPointF(desk.canvas(Plane.AXIAL, CENTRE))
    turns = np.linspace(0, 2 * np.pi, count, endpoint=False)
    return [middle + radius_px * QPointF(np.cos(t), np.sin(t)) for t in turns]


def draw_round(desk: Desk, places: list[QPointF]) -> None:
    view = desk.view()
    QTest.mousePress(view, LEFT, NONE, places[0].toPoint())
    for place in places[1:]:
        move(view, place, LEFT, NONE)
    QTest.mouseRelease(view, LEFT, NONE, places[-1].toPoint())


def test_the_window_asks_for_every_point_of_the_mouse(qapp):
    """Systems that fold moves of the mouse together while a window is busy are told not to."""
    made = start_qt()
    assert made is qapp
    assert not QCoreApplication.testAttribute(
        Qt.ApplicationAttribute.AA_CompressHighFrequencyEvents
    )


@pytest.mark.parametrize("key", [Qt.Key.Key_F, None])
def test_a_line_of_sixty_points_keeps_its_area(desk: Desk, key):
    if key is None:
        desk.key(Qt.Key.Key_E, SHIFT)
    else:
        desk.key(key)
    desk.settle()
    places = ring(desk, 60)
    draw_round(desk, places)
    desk.settle()
    corners = np.array([desk.view().point_at(p) for p in places])[:, :2]
    x, y = corners.T
    wanted = 0.5 * abs(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1)))
    if key is None:
        (record,) = desk.case.segmentations
        mask = desk.workspace.session.mask(record.uid)
        got = np.count_nonzero(mask.voxels) * SPACING[0] * SPACING[1]
        assert got == pytest.approx(wanted, rel=0.02)
    else:
        (drawn,) = [a for a in desk.case.annotations if a.kind is Kind.FREEHAND]
        x, y = np.array(drawn.points)[:, :2].T
        got = 0.5 * abs(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1)))
        assert got == pytest.approx(wanted, rel=0.005)
        assert len(drawn.points) >= 58


@pytest.mark.parametrize("far", [QPoint(4000, 5), QPoint(-4000, 3), QPoint(7, 4000)])
def test_a_length_ends_where_the_image_ends(desk: Desk, far: QPoint):
    desk.key(Qt.Key.Key_L)
    start = desk.canvas(Plane.AXIAL, CENTRE)
    desk.drag_canvas(desk.view(), start, start + far)
    (length,) = desk.case.annotations
    stack = desk.viewer.volume.stack
    for point in length.points:
        _, row, column = stack.to_index(np.array(point))
        assert -0.5 - 1e-6 <= row <= stack.shape[1] - 0.5 + 1e-6
        assert -0.5 - 1e-6 <= column <= stack.shape[2] - 0.5 + 1e-6
    # A handle that is dragged stays inside as well.
    desk.key(Qt.Key.Key_Escape)
    end = desk.canvas(Plane.AXIAL, length.points[0])
    desk.drag_canvas(desk.view(), end, end + QPoint(0, -4000))
    (length,) = desk.case.annotations
    assert all(stack.to_index(np.array(p))[1] >= -0.5 - 1e-6 for p in length.points)


@pytest.mark.parametrize("way", ["Esc", "undo"])
def test_growing_that_is_under_way_can_be_cancelled(desk: Desk, monkeypatch, way: str):
    goes_on, has_begun = threading.Event(), threading.Event()

    def slowly(*arguments, reporter, **more):
        has_begun.set()
        goes_on.wait(20)
        del reporter  # what is computed comes whole, though it was cancelled
        return grow(*arguments, **more)

    monkeypatch.setattr(segmenting, "grow", slowly)
    desk.key(Qt.Key.Key_U, SHIFT)
    desk.qtbot.waitUntil(lambda: desk.window.room.tool.name == "mask_grow")
    desk.click(Plane.AXIAL, CENTRE)
    desk.qtbot.waitUntil(has_begun.is_set, timeout=20_000)
    if way == "Esc":
        desk.key(Qt.Key.Key_Escape)
    else:
        desk.key(Qt.Key.Key_Z, CTRL)
    goes_on.set()
    desk.settle()
    assert not desk.case.segmentations
    assert desk.window.room.tool.name == "mask_grow"  # Esc has cancelled, and no more


def test_a_lesion_goes_with_its_last_drawing_and_comes_back(desk: Desk):
    desk.key(Qt.Key.Key_M)
    desk.drag(Plane.AXIAL, CENTRE - [48, 0, 0], CENTRE + [48, 0, 0])
    desk.drag(Plane.AXIAL, CENTRE - [0, 30, 0], CENTRE + [0, 30, 0])
    (lesion,) = desk.case.lesions
    assert lesion.site == ""  # nobody has said where
    (drawn,) = desk.case.annotations
    desk.window.room.select(drawn.uid)
    desk.key(Qt.Key.Key_Escape)
    desk.key(Qt.Key.Key_Escape)
    desk.window.room.select(drawn.uid)
    desk.key(Qt.Key.Key_Delete)
    assert not desk.case.annotations
    assert not desk.case.lesions
    desk.key(Qt.Key.Key_Z, CTRL)
    assert desk.case.lesions == (lesion,)
    assert [a.uid for a in desk.case.annotations] == [drawn.uid]


def test_an_outline_that_undo_brings_back_is_worked_on_again(desk: Desk):
    desk.key(Qt.Key.Key_E, SHIFT)
    desk.settle()
    draw_round(desk, ring(desk, 40))
    desk.settle()
    (record,) = desk.case.segmentations
    host = desk.window.features.outlines
    assert host.active == record.uid
    host._acts.act("delete", record.uid)
    assert not desk.case.segmentations
    assert not desk.case.lesions
    desk.key(Qt.Key.Key_Z, CTRL)
    assert [s.uid for s in desk.case.segmentations] == [record.uid]
    assert len(desk.case.lesions) == 1
    assert host.active == record.uid


def test_a_lesion_is_not_index_and_metastasis_at_once(desk: Desk):
    desk.key(Qt.Key.Key_M)
    desk.drag(Plane.AXIAL, CENTRE - [48, 0, 0], CENTRE + [48, 0, 0])
    desk.drag(Plane.AXIAL, CENTRE - [0, 30, 0], CENTRE + [0, 30, 0])
    (lesion,) = desk.case.lesions
    with pytest.raises(UserError, match="not both"):
        lesion_changed(desk.case, replace(lesion, is_index=True, is_metastasis=True))
    editor = LesionEditor(replace(lesion, is_index=True))
    desk.qtbot.addWidget(editor)
    for box, held in ((editor.metastasis, (False, True)), (editor.index, (True, False))):
        box.setChecked(True)
        assert (editor.lesion().is_index, editor.lesion().is_metastasis) == held


def test_nothing_moves_when_a_notice_comes_or_goes(desk: Desk):
    """Neither a short nor a long sentence moves the images under a hand that draws."""
    notice, view = desk.window.notice, desk.view()
    notice.hide()
    desk.qtbot.wait(1)
    stood = view.mapTo(desk.window, QPoint(0, 0)), view.size()
    desk.key(Qt.Key.Key_L)
    start = desk.canvas(Plane.AXIAL, CENTRE)
    QTest.mousePress(view, LEFT, NONE, start)
    for sentence in ("Short.", "A long sentence that needs more than one line. " * 8):
        desk.window.controller.say(sentence)
        desk.qtbot.wait(1)
        assert notice.isVisible()
        assert notice._text.height() >= notice._text.heightForWidth(notice._text.width())
        assert (view.mapTo(desk.window, QPoint(0, 0)), view.size()) == stood
    move(view, QPointF(start + QPoint(60, 0)), LEFT, NONE)
    QTest.mouseRelease(view, LEFT, NONE, start + QPoint(60, 0))
    (length,) = desk.case.annotations
    drawn = np.array(desk.view().point_at(QPointF(start))) - np.array(length.points[0])
    assert np.linalg.norm(drawn) < SPACING[0]
    notice.hide()
    desk.qtbot.wait(1)
    assert (view.mapTo(desk.window, QPoint(0, 0)), view.size()) == stood


def test_a_notice_of_a_case_ends_with_it(desk: Desk):
    session, controller = desk.workspace.session, desk.window.controller
    controller.say("The outline leaked.", state="warning")
    first = desk.case.uid
    session.new_case("RP-9", desk.case.patient, "")
    other = next(c.uid for c in session.cases() if c.uid != first)
    controller.open_case(other)
    assert desk.case.uid == other
    assert "leaked" not in desk.window.notice.text
