"""The whole mass in three drags: the plane of the height comes to the mass by itself."""

import numpy as np
import pytest
from PySide6.QtCore import Qt

from tests.ui.conftest import CENTRE, SEMI_AXES
from tumorboard.annotations.model import Kind
from tumorboard.imaging.geometry import Plane

Key, Alt = Qt.Key, Qt.KeyboardModifier.AltModifier
X, Y, Z = np.eye(3)
#: Where the mass is not cut by the crosshair before it is measured.
BESIDE = CENTRE + 40 * Y + 50 * X


def axes(desk) -> int:
    """Press M and draw both axes in the axial view; return how many acts that took."""
    desk.key(Key.Key_M)
    desk.drag(Plane.AXIAL, CENTRE - SEMI_AXES * X, CENTRE + SEMI_AXES * X)
    desk.drag(Plane.AXIAL, CENTRE - SEMI_AXES * Y, CENTRE + SEMI_AXES * Y)
    return 3


def measured_cm(desk):
    return desk.workspace.session.facts.value("diameters_cm")


def test_the_mass_is_whole_after_one_key_and_three_drags(desk):
    desk.look_at(BESIDE)
    acts = axes(desk)
    assert desk.view(Plane.CORONAL).hasFocus()
    assert desk.viewer.point[1] == pytest.approx(CENTRE[1], abs=2)
    desk.drag(Plane.CORONAL, CENTRE - SEMI_AXES * Z, CENTRE + SEMI_AXES * Z)
    assert acts + 1 == 4
    np.testing.assert_allclose(measured_cm(desk), (9.6, 6.0, 8.0), atol=0.15)
    kinds = [a.kind for a in desk.case.annotations]
    assert sorted(kinds) == sorted([Kind.BIDIRECTIONAL, Kind.CRANIOCAUDAL])
    assert len({a.lesion_uid for a in desk.case.annotations}) == 1
    assert desk.view(Plane.AXIAL).hasFocus()


def test_where_only_one_view_is_on_show_it_turns_and_comes_back(desk):
    desk.key(Key.Key_1, Alt)
    desk.settle()
    (view,) = desk.window.views.shown
    desk.look_at(CENTRE)
    view.zoom(1.2)
    zoomed = view.viewport
    axes(desk)
    assert view.plane is Plane.CORONAL
    desk.drag(Plane.CORONAL, CENTRE - SEMI_AXES * Z, CENTRE + SEMI_AXES * Z)
    assert view.plane is Plane.AXIAL
    assert view.viewport == zoomed
    np.testing.assert_allclose(measured_cm(desk), (9.6, 6.0, 8.0), atol=0.15)


def test_escape_brings_the_turned_view_back_and_keeps_the_axes(desk):
    desk.key(Key.Key_1, Alt)
    desk.settle()
    (view,) = desk.window.views.shown
    desk.look_at(CENTRE)
    axes(desk)
    desk.key(Key.Key_Escape, widget=view)
    assert view.plane is Plane.AXIAL
    assert [a.kind for a in desk.case.annotations] == [Kind.BIDIRECTIONAL]


def test_a_plane_that_the_reader_chose_meanwhile_stays(desk):
    desk.key(Key.Key_1, Alt)
    desk.settle()
    (view,) = desk.window.views.shown
    desk.look_at(CENTRE)
    axes(desk)
    desk.key(Key.Key_F8, widget=view)
    desk.drag(Plane.SAGITTAL, CENTRE - SEMI_AXES * Z, CENTRE + SEMI_AXES * Z)
    assert view.plane is Plane.SAGITTAL
    np.testing.assert_allclose(measured_cm(desk), (9.6, 6.0, 8.0), atol=0.15)
