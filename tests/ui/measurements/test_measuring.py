import numpy as np
import pytest
from PySide6.QtCore import Qt

from tests.ui.conftest import CENTRE, SEMI_AXES, SPACING
from tumorboard.annotations.measure import measure
from tumorboard.annotations.model import Kind
from tumorboard.imaging.geometry import Plane

Key = Qt.Key
X, Y, Z = np.eye(3)
#: A click lands on a whole canvas pixel: half of one at the zoom of the tests.
CLICK_MM = 0.8


def only(desk, kind):
    found = [a for a in desk.case.annotations if a.kind is kind]
    assert len(found) == 1
    return found[0]


def test_length_along_the_long_axis(desk):
    desk.key(Key.Key_L)
    desk.drag(Plane.AXIAL, CENTRE - SEMI_AXES * X, CENTRE + SEMI_AXES * X)
    value = measure(only(desk, Kind.LENGTH)).quantities[0]
    assert value.value == pytest.approx(96.0, abs=2 * CLICK_MM)
    assert value.text == "9.6 cm"


def test_length_on_a_reformat_is_in_patient_space(desk):
    desk.key(Key.Key_L)
    desk.drag(Plane.SAGITTAL, CENTRE - SEMI_AXES * Z, CENTRE + SEMI_AXES * Z)
    value = measure(only(desk, Kind.LENGTH)).quantities[0].value
    assert value == pytest.approx(80.0, abs=2 * CLICK_MM)


def test_bidirectional_stays_perpendicular(desk):
    desk.key(Key.Key_B)
    desk.drag(Plane.AXIAL, CENTRE - SEMI_AXES * X, CENTRE + SEMI_AXES * X)
    assert not desk.case.annotations
    skewed = 6 * X
    desk.drag(Plane.AXIAL, CENTRE - SEMI_AXES * Y - skewed, CENTRE + SEMI_AXES * Y + skewed)
    drawn = only(desk, Kind.BIDIRECTIONAL)
    a, b, c, d = (np.array(p) for p in drawn.points)
    assert abs((b - a) @ (d - c)) < 1e-6 * 96 * 60
    assert measure(drawn).text == "9.6 × 6.0 cm"


def test_ellipse_statistics(desk):
    desk.key(Key.Key_E)
    half = 12 * X + 12 * Y
    desk.drag(Plane.AXIAL, CENTRE - half, CENTRE + half)
    drawn = only(desk, Kind.ELLIPSE)
    found = measure(drawn, desk.viewer.volume)
    assert found.quantities[0].value == pytest.approx(np.pi * 144, rel=0.08)
    assert found.statistics.mean == 60
    assert found.statistics.sd == 0
    pixel = SPACING[0] * SPACING[1]
    assert found.statistics.count * pixel == pytest.approx(found.quantities[0].value, rel=0.05)


def test_a_handle_can_be_dragged_and_the_whole_moved(desk):
    desk.key(Key.Key_L)
    desk.drag(Plane.AXIAL, CENTRE - 20 * X, CENTRE + 20 * X)
    desk.key(Key.Key_W)
    desk.drag(Plane.AXIAL, CENTRE + 20 * X, CENTRE + 40 * X)
    assert measure(only(desk, Kind.LENGTH)).quantities[0].value == pytest.approx(60, abs=2)
    before = np.array(only(desk, Kind.LENGTH).points)
    desk.drag(Plane.AXIAL, CENTRE + 5 * X, CENTRE + 5 * X + 15 * Y)
    after = np.array(only(desk, Kind.LENGTH).points)
    np.testing.assert_allclose(after - before, np.array([15 * Y, 15 * Y]), atol=CLICK_MM * 2)


def test_delete_undo_redo(desk):
    desk.key(Key.Key_L)
    desk.drag(Plane.AXIAL, CENTRE - 20 * X, CENTRE + 20 * X)
    drawn = only(desk, Kind.LENGTH)
    assert desk.window.room.selected_uid == drawn.uid
    desk.key(Key.Key_Delete)
    assert not desk.case.annotations
    desk.key(Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert only(desk, Kind.LENGTH) == drawn
    desk.key(Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert not desk.case.annotations
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    desk.key(Key.Key_Z, both)
    assert only(desk, Kind.LENGTH) == drawn


def test_escape_drops_what_is_half_drawn_then_the_tool(desk):
    desk.key(Key.Key_B)
    desk.drag(Plane.AXIAL, CENTRE - 20 * X, CENTRE + 20 * X)
    assert desk.window.room.preview
    desk.key(Key.Key_Escape)
    assert not desk.window.room.preview
    assert desk.window.room.tool is not None
    desk.key(Key.Key_Escape)
    assert desk.window.room.tool is None
    assert not desk.case.annotations


def test_a_click_without_a_drag_draws_nothing(desk):
    desk.key(Key.Key_L)
    desk.click(Plane.AXIAL, CENTRE)
    assert not desk.case.annotations


def test_the_list_jumps_to_the_slice(desk):
    from PySide6.QtWidgets import QAbstractButton

    desk.key(Key.Key_L)
    desk.drag(Plane.AXIAL, CENTRE - 20 * X, CENTRE + 20 * X)
    desk.look_at(CENTRE + 30 * Z)
    assert desk.view().section().slice_index != 20
    buttons = desk.window.lesions.findChildren(QAbstractButton)
    show = [b for b in buttons if b.accessibleName().startswith("Show: ")][-1]
    show.click()
    assert desk.view().section().slice_index == 20
    assert desk.window.room.selected_uid == only(desk, Kind.LENGTH).uid


def test_three_axes_of_a_mass_are_one_lesion(desk):
    desk.key(Key.Key_M)
    desk.drag(Plane.AXIAL, CENTRE - SEMI_AXES * X, CENTRE + SEMI_AXES * X)
    desk.drag(Plane.AXIAL, CENTRE - SEMI_AXES * Y, CENTRE + SEMI_AXES * Y)
    assert "coronal or sagittal" in desk.window.status.hint
    desk.drag(Plane.CORONAL, CENTRE - SEMI_AXES * Z, CENTRE + SEMI_AXES * Z + 3 * X)
    axial, height = only(desk, Kind.BIDIRECTIONAL), only(desk, Kind.CRANIOCAUDAL)
    assert axial.lesion_uid == height.lesion_uid == desk.case.index_lesion.uid
    facts = desk.workspace.session.facts
    np.testing.assert_allclose(facts.value("diameters_cm"), (9.6, 6.0, 8.0), atol=0.1)
    assert set(facts.get("diameters_cm").provenance.annotation_uids) == {axial.uid, height.uid}


def test_drawing_the_axes_again_corrects_them(desk):
    for share in (0.9, 1.0):
        desk.key(Key.Key_M)
        desk.drag(Plane.AXIAL, CENTRE - SEMI_AXES * X * share, CENTRE + SEMI_AXES * X * share)
        desk.drag(Plane.AXIAL, CENTRE - SEMI_AXES * Y, CENTRE + SEMI_AXES * Y)
    assert measure(only(desk, Kind.BIDIRECTIONAL)).text == "9.6 × 6.0 cm"
    assert len(desk.case.lesions) == 1


def test_everything_is_there_after_reopening(desk, open_desk, tmp_path):
    desk.key(Key.Key_L)
    desk.drag(Plane.AXIAL, CENTRE - 20 * X, CENTRE + 20 * X)
    drawn, uid = only(desk, Kind.LENGTH), desk.case.uid
    again = open_desk(tmp_path / "store")
    again.window.controller.open_case(uid)
    again.settle()
    assert again.case.annotations == (drawn,)
    assert again.window.room.annotations == (drawn,)


def test_a_measurement_can_be_labelled(desk):
    from PySide6.QtWidgets import QInputDialog

    desk.key(Key.Key_F2)
    assert "Select a measurement" in desk.window.notice.text
    desk.key(Key.Key_L)
    desk.drag(Plane.AXIAL, CENTRE - 20 * X, CENTRE + 20 * X)
    desk.key(Key.Key_F2)
    dialog = desk.window.findChild(QInputDialog)
    dialog.setTextValue("  Node at the\n hilum ")
    dialog.accept()
    assert only(desk, Kind.LENGTH).label == "Node at the hilum"
    desk.key(Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert only(desk, Kind.LENGTH).label == ""
