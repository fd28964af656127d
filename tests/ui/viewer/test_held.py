"""What the mouse holds or has half drawn: it stays where it began, and can be taken back."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QInputDialog

from tests.dicom.make import Person, write_slices
from tests.ui.conftest import CENTRE
from tests.ui.desk import LEFT, move
from tests.ui.lectern import write_case
from tumorboard.annotations.model import Kind
from tumorboard.imaging.geometry import Plane
from tumorboard.imaging.slicing import section_number
from tumorboard.ui.viewer import cutter as cutting
from tumorboard.ui.viewer.painting import corner_words

Key, NONE, CTRL = Qt.Key, Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def two_cases(open_desk, tmp_path):
    """Two patients of one series each; the first is open."""
    desk = open_desk(tmp_path / "store")
    for number in (1, 2):
        person = Person(f"P{number}", f"N{number}", "", "")
        desk.import_paths(write_case(tmp_path / f"ct{number}", number, person))
    desk.window.controller.open_case(desk.workspace.session.cases()[0].uid)
    desk.settle()
    return desk


def other_case(desk):
    return next(c.uid for c in desk.workspace.session.cases() if c.uid != desk.case.uid)


def tool(desk, name):
    desk.window.actions_by_name[f"tool.{name}"].trigger()


def line(desk):
    """Draw a length through the middle of the axial view and take the hand again."""
    view, middle = desk.view(), desk.view().rect().center()
    tool(desk, "length")
    desk.drag_canvas(view, middle - QPoint(60, 0), middle + QPoint(60, 0))
    desk.window.room.set_tool(None)
    return desk.case.annotations[-1]


def press_and_move(view, start: QPoint, by: QPoint) -> QPoint:
    QTest.mousePress(view, LEFT, NONE, start)
    for share in (0.5, 1.0):
        move(view, QPointF(start) + QPointF(by) * share, LEFT, NONE)
    return start + by


def let_go(view, place: QPoint) -> None:
    move(view, QPointF(place), LEFT, NONE)
    QTest.mouseRelease(view, LEFT, NONE, place)


def wheel(view, place: QPoint, notches: int, held=LEFT) -> None:
    where = QPointF(place)
    event = QWheelEvent(
        *(where, view.mapToGlobal(where), QPoint(), QPoint(0, -120 * notches)),
        *(held, NONE, Qt.ScrollPhase.NoScrollPhase, False),
    )
    QApplication.sendEvent(view, event)


def button_event(view, kind, place: QPoint, button, buttons) -> None:
    """Press or let go a button beside others, which QTest does not do."""
    where = QPointF(place)
    event = QMouseEvent(kind, where, view.mapToGlobal(where), button, buttons, NONE)
    QApplication.sendEvent(view, event)


def held_place(desk, annotation, what: str) -> QPoint:
    """Return where a handle, the edge or the label of an annotation is pressed."""
    view = desk.view()
    if what == "label":
        (label,) = view.labels()
        left, top, width, height = label[2]
        return QPoint(round(left + width / 2), round(top + height / 2))
    ends = [view.canvas_of(p) for p in annotation.points[:2]]
    place = ends[1] if what == "handle" else ends[0] + (ends[1] - ends[0]) * 0.3
    return place.toPoint()


@pytest.mark.parametrize("what", ["handle", "edge", "label"])
def test_a_drag_across_a_change_of_case_stores_nothing(two_cases, what):
    desk = two_cases
    drawn, view = line(desk), desk.view()
    place = press_and_move(view, held_place(desk, drawn, what), QPoint(30, 40))
    assert desk.window.room.preview
    first = desk.case.uid
    desk.window.controller.open_case(other_case(desk))
    desk.settle()
    assert desk.window.room.preview == ()
    let_go(view, place + QPoint(5, 5))
    assert desk.case.annotations == ()
    desk.window.controller.open_case(first)
    assert desk.case.annotations == (drawn,)


def test_words_and_strokes_do_not_cross_to_another_case(two_cases):
    desk = two_cases
    view, middle = desk.view(), desk.view().rect().center()
    for name in ("text", "mask_brush", "centreline"):
        tool(desk, name)
        desk.settle()
        place = press_and_move(view, middle, QPoint(20, 10))
        desk.window.controller.open_case(other_case(desk))
        desk.settle()
        let_go(view, place)
        desk.settle()
        assert not desk.window.findChildren(QInputDialog), name
        case = desk.case
        assert (case.annotations, case.segmentations, case.vessels) == ((), (), ()), name


@pytest.mark.parametrize("what", ["handle", "edge", "label"])
@pytest.mark.parametrize("key", [(Key.Key_Escape, NONE), (Key.Key_Z, CTRL)], ids=["Esc", "Undo"])
def test_escape_and_undo_put_back_what_is_dragged(desk, what, key):
    drawn, view = line(desk), desk.view()
    place = press_and_move(view, held_place(desk, drawn, what), QPoint(30, 40))
    QTest.keyClick(view, *key)
    assert desk.window.room.preview == ()
    let_go(view, place + QPoint(5, 5))
    assert desk.case.annotations == (drawn,)
    assert "as it was before" in desk.window.status.hint


def test_an_end_dragged_onto_the_other_stores_no_line_without_length(desk):
    drawn, view = line(desk), desk.view()
    ends = [view.canvas_of(p).toPoint() for p in drawn.points]
    desk.drag_canvas(view, ends[1], ends[0] + QPoint(1, 0))
    assert desk.case.annotations == (drawn,)
    assert desk.window.room.preview == ()
    assert "Both ends lay on one place" in desk.window.status.hint


def test_a_second_button_does_not_end_what_the_first_holds(desk):
    drawn, view = line(desk), desk.view()
    place = press_and_move(view, held_place(desk, drawn, "handle"), QPoint(30, 40))
    right, zoom = Qt.MouseButton.RightButton, view.viewport
    button_event(view, QEvent.Type.MouseButtonPress, place, right, LEFT | right)
    move(view, QPointF(place) + QPointF(0, 30), LEFT | right, NONE)
    button_event(view, QEvent.Type.MouseButtonRelease, place + QPoint(0, 30), right, LEFT)
    assert view.viewport == zoom
    assert desk.case.annotations == (drawn,)
    let_go(view, place)
    (after,) = desk.case.annotations
    there = desk.canvas(Plane.AXIAL, after.points[1])
    assert (there - place).manhattanLength() <= 2
    assert desk.window.room.preview == ()


def test_undo_takes_back_point_after_point_before_any_stored_step(desk):
    drawn, view = line(desk), desk.view()
    middle, room = view.rect().center(), desk.window.room
    tool(desk, "polygon")
    for step in ((0, 0), (50, 0), (50, 50)):
        QTest.mouseClick(view, LEFT, NONE, middle + QPoint(*step))
    for left in (2, 1, 0):
        assert desk.window.actions_by_name["edit.undo"].text() == "Undo: the last point"
        QTest.keyClick(view, Key.Key_Z, CTRL)
        assert len(room.tool_state.placed) == left
        assert bool(room.preview) is bool(left)
    assert desk.case.annotations == (drawn,)
    QTest.keyClick(view, Key.Key_Z, CTRL)
    assert desk.case.annotations == ()


def test_undo_in_a_drag_drops_it_also_where_nothing_is_stored(desk):
    view, middle = desk.view(), desk.view().rect().center()
    action = desk.window.actions_by_name["edit.undo"]
    assert not action.isEnabled()
    for name in ("length", "freehand", "angle", "bidirectional", "mass"):
        tool(desk, name)
        place = press_and_move(view, middle, QPoint(60, 20))
        assert action.isEnabled(), name
        QTest.keyClick(view, Key.Key_Z, CTRL)
        assert desk.window.room.preview == (), name
        let_go(view, place)
        assert not desk.window.room.is_half_drawn, name
        assert not action.isEnabled(), name
    assert desk.case.annotations == ()


def test_the_two_axes_stay_on_the_view_of_the_first(desk):
    tool(desk, "bidirectional")
    desk.drag(Plane.AXIAL, CENTRE - [40.0, 0, 0], CENTRE + [40.0, 0, 0])
    for plane, sentence in (
        (Plane.CORONAL, "Finish the two axes on the axial view first."),
        (Plane.SAGITTAL, "Finish the two axes on the axial view first."),
    ):
        desk.click(plane, CENTRE + [5.0, 5.0, 20.0])
        assert desk.case.annotations == ()
        assert desk.window.status.hint == sentence
    desk.click(Plane.AXIAL, CENTRE + [0, 20.0, 0])
    (drawn,) = desk.case.annotations
    assert drawn.kind is Kind.BIDIRECTIONAL
    assert np.ptp(np.array(drawn.points)[:, 2]) == pytest.approx(0, abs=1e-9)


CORNERS = ((-40, -30), (40, -30), (40, 30))


@pytest.mark.parametrize("name", ["polygon", "angle"])
@pytest.mark.parametrize("plane", [Plane.AXIAL, Plane.CORONAL])
def test_clicks_on_another_slice_take_no_point(desk, name, plane):
    view = desk.view(plane)
    middle, room = view.rect().center(), desk.window.room
    tool(desk, name)
    for corner in CORNERS[:2]:
        QTest.mouseClick(view, LEFT, NONE, middle + QPoint(*corner))
    begun = room.tool_state
    number = section_number(desk.viewer.volume.stack, plane, desk.viewer.point)
    wheel(view, middle, 3, held=Qt.MouseButton.NoButton)
    QTest.mouseClick(view, LEFT, NONE, middle + QPoint(*CORNERS[2]))
    assert room.tool_state.placed == begun.placed
    wanted = f"Go back to slice {number} to finish the {name}, or press Esc."
    assert desk.window.status.hint == wanted
    QTest.keyClick(view, Key.Key_Return)
    assert desk.case.annotations == ()
    wheel(view, middle, -3, held=Qt.MouseButton.NoButton)
    QTest.mouseClick(view, LEFT, NONE, middle + QPoint(*CORNERS[2]))
    if name == "polygon":
        QTest.keyClick(view, Key.Key_Return)
    (drawn,) = desk.case.annotations
    off = (np.array(drawn.points) - np.array(drawn.points[0])) @ np.array(drawn.normal)
    np.testing.assert_allclose(off, 0, atol=1e-6)


@pytest.mark.parametrize("name", ["length", "ellipse", "rectangle", "freehand", "bidirectional"])
def test_the_wheel_and_the_arrows_rest_while_something_is_drawn(desk, name):
    view, middle = desk.view(), desk.view().rect().center()
    point = desk.viewer.point
    tool(desk, name)
    QTest.mousePress(view, LEFT, NONE, middle - QPoint(40, 20))
    for place in (QPoint(40, -20), QPoint(40, 20), QPoint(-40, 20)):
        move(view, QPointF(middle + place), LEFT, NONE)
        wheel(view, middle + place, 2)
        QTest.keyClick(view, Key.Key_Down)
        assert desk.viewer.point == point
        assert "Let go of the button first" in desk.window.status.hint
    let_go(view, middle + QPoint(40, 20))
    if name == "bidirectional":
        QTest.mouseClick(view, LEFT, NONE, middle + QPoint(-10, 30))
    (drawn,) = desk.case.annotations
    np.testing.assert_allclose(np.array(drawn.points)[:, 2], point[2], atol=1e-6)
    wheel(view, middle, 1, held=Qt.MouseButton.NoButton)
    assert desk.viewer.point != point


def test_the_height_of_a_mass_may_cross_slices(desk):
    tool(desk, "mass")
    view = desk.view(Plane.CORONAL)
    top, bottom = (desk.canvas(Plane.CORONAL, CENTRE + [0, 0, z]) for z in (30.0, -30.0))
    QTest.mousePress(view, LEFT, NONE, top)
    move(view, QPointF(bottom) - QPointF(0, 10), LEFT, NONE)
    before = desk.viewer.point
    wheel(view, bottom, 4)
    assert desk.viewer.point != before
    let_go(view, bottom)
    (drawn,) = desk.case.annotations
    assert drawn.kind is Kind.CRANIOCAUDAL
    assert abs(drawn.points[0][2] - drawn.points[1][2]) == pytest.approx(60, abs=1.5)


def test_a_handle_dragged_on_a_cut_beside_its_own_stays_in_its_plane(desk):
    view, middle = desk.view(Plane.CORONAL), desk.view(Plane.CORONAL).rect().center()
    tool(desk, "length")
    desk.drag_canvas(view, middle - QPoint(60, 0), middle + QPoint(60, 0))
    desk.window.room.set_tool(None)
    (drawn,) = desk.case.annotations
    wheel(view, middle, 1, held=Qt.MouseButton.NoButton)  # 1.5 mm on: still shown
    end = view.canvas_of(drawn.points[1]).toPoint()
    desk.drag_canvas(view, end, end + QPoint(-20, 30))
    (after,) = desk.case.annotations
    assert after.points != drawn.points
    assert after.points[1][1] == pytest.approx(drawn.points[0][1], abs=1e-9)


def test_what_is_hidden_is_shown_again_when_drawing_begins(desk):
    room, view = desk.window.room, desk.view()
    drawn, middle = line(desk), desk.view().rect().center()
    desk.key(Key.Key_Space)
    assert not room.overlays_visible
    tool(desk, "length")
    assert not room.overlays_visible  # only a tool in hand: nothing is drawn yet
    place = press_and_move(view, middle + QPoint(0, 60), QPoint(60, 20))
    assert room.overlays_visible
    assert "is shown again" in desk.window.status.hint
    let_go(view, place)
    assert len(desk.case.annotations) == 2
    desk.key(Key.Key_Space)
    tool(desk, "eraser")
    on_line = desk.canvas(Plane.AXIAL, drawn.points[1])
    QTest.mouseClick(view, LEFT, NONE, on_line)  # not seen: shown, not erased
    assert len(desk.case.annotations) == 2
    QTest.mouseClick(view, LEFT, NONE, on_line)
    assert len(desk.case.annotations) == 1


def test_reset_ends_the_slab(desk):
    view = desk.view()
    for _ in range(3):
        desk.key(Key.Key_BracketRight)
    desk.key(Key.Key_Backslash)
    assert view.slab_mm > 0
    mode = view.slab_mode
    desk.key(Key.Key_R)
    assert view.slab_mm == 0
    assert view.spec.is_plain
    assert view.slab_mode is not mode


def test_keys_that_find_nothing_say_so(desk):
    desk.key(Key.Key_Delete)
    assert "Nothing is selected" in desk.window.status.hint
    mode = desk.view().slab_mode
    desk.key(Key.Key_Backslash)
    assert "There is no slab here" in desk.window.status.hint
    assert desk.view().slab_mode is mode


def test_keys_that_need_a_case_say_so(open_desk, tmp_path):
    desk = open_desk(tmp_path / "none")
    desk.qtbot.waitUntil(desk.window.isActiveWindow)
    view, notice = desk.window.views.main, desk.window.notice
    for key, modifier in ((Key.Key_D, CTRL), (Key.Key_Y, NONE)):
        desk.key(key, modifier, view)
        assert notice.text.startswith("Open a case first"), key
        notice.hide()
    assert desk.window.features.timeline.view.isHidden()
    assert not desk.window.actions_by_name["case.timeline"].isChecked()
    desk.key(Key.Key_C, CTRL, view)
    assert notice.text == "There is no picture to copy."
    desk.key(Key.Key_T, Qt.KeyboardModifier.ShiftModifier, view)
    assert desk.window.status.hint.startswith("The next centreline")


def test_a_length_that_cannot_be_is_refused_in_words(open_desk, tmp_path):
    def bare(ds, _k) -> None:
        del ds.PixelSpacing

    write_slices(tmp_path / "bare", 1, shape=(96, 96), change=bare)
    desk = open_desk(tmp_path / "store")
    desk.import_paths(tmp_path / "bare")
    view, middle = desk.window.views.main, desk.window.views.main.rect().center()
    for typed, sentence in (("0", "more than zero"), ("abc", "is not a number"), ("", "No length")):
        tool(desk, "calibration")
        desk.drag_canvas(view, middle - QPoint(60, 0), middle + QPoint(60, 0))
        dialog = desk.window.findChildren(QInputDialog)[-1]
        dialog.setTextValue(typed)
        dialog.accept()
        assert sentence in desk.window.notice.text
        assert desk.window.notice.isVisible()
        QApplication.sendPostedEvents(dialog, 0)
    assert desk.case.annotations == ()


def test_the_zoom_named_is_that_of_the_whole_cut_also_in_haste(desk, monkeypatch):
    view = desk.view()
    for _ in range(3):
        desk.key(Key.Key_BracketRight)
    desk.qtbot.waitUntil(lambda: view.section() is not None and view.is_idle, timeout=60_000)
    whole = corner_words(view, view.frame())
    monkeypatch.setattr(cutting, "quick_step", lambda *_: 3)
    monkeypatch.setattr(view._cutter, "_start", lambda *_: None)
    view.scroll_by(1)
    frame = view.frame()
    assert frame.section.grid.spacing[0] == pytest.approx(3 * 1.5)
    assert corner_words(view, frame)[2] == whole[2]


def test_values_drawn_on_a_slab_say_whose_they_are(desk):
    view, middle = desk.view(), desk.view().rect().center()
    for _ in range(4):
        desk.key(Key.Key_BracketRight)
    desk.qtbot.waitUntil(lambda: view.section() is not None, timeout=60_000)
    slab = view.slab_mm
    for name in ("ellipse", "length"):
        tool(desk, name)
        desk.drag_canvas(view, middle - QPoint(30, 20), middle + QPoint(30, 20))
    region, length = desk.case.annotations
    sentence = f"Values of the 4 mm slice, not of the {slab:g} mm slab on show"
    assert [c.text for c in region.caveats] == [sentence]
    assert length.caveats == ()
    desk.key(Key.Key_R)
    tool(desk, "ellipse")
    desk.drag_canvas(view, middle - QPoint(30, 20), middle + QPoint(30, 20))
    assert desk.case.annotations[-1].caveats == ()
