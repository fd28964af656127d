"""Regions, angles and points drawn with the mouse on the real window."""

import numpy as np
import pytest
from PySide6.QtCore import Qt

from tests.ui.conftest import CENTRE
from tumorboard.annotations.measure import measure
from tumorboard.annotations.model import Kind
from tumorboard.coding import AREA
from tumorboard.imaging.geometry import Plane

Key = Qt.Key
X, Y, Z = np.eye(3)
CORNERS = (-20 * X - 12 * Y, 20 * X - 12 * Y, 20 * X + 12 * Y, -20 * X + 12 * Y)


def clicks(desk, *places):
    for place in places:
        desk.click(Plane.AXIAL, CENTRE + place)


def drawn(desk, kind):
    (found,) = [a for a in desk.case.annotations if a.kind is kind]
    return found


def undo(desk, *more):
    modifiers = Qt.KeyboardModifier.ControlModifier
    for modifier in more:
        modifiers |= modifier
    desk.key(Key.Key_Z, modifiers)


def area(desk, kind):
    found = measure(drawn(desk, kind), desk.window.room.active.volume)
    assert found.statistics.mean == 60
    assert found.statistics.sd == 0
    return next(q.value for q in found.quantities if q.concept == AREA)


def test_every_region_is_drawn_by_its_own_gesture(desk):
    box = 40 * 24
    desk.key(Key.Key_Q)
    desk.drag(Plane.AXIAL, CENTRE + CORNERS[0], CENTRE + CORNERS[2])
    assert area(desk, Kind.RECTANGLE) == pytest.approx(box, rel=0.08)
    desk.key(Key.Key_O)
    desk.drag(Plane.AXIAL, CENTRE, CENTRE + 15 * X)
    assert area(desk, Kind.CIRCLE) == pytest.approx(np.pi * 225, rel=0.1)
    desk.key(Key.Key_P)
    clicks(desk, *(0.8 * c for c in CORNERS))
    assert not [a for a in desk.case.annotations if a.kind is Kind.POLYGON]
    desk.key(Key.Key_Return)
    assert area(desk, Kind.POLYGON) == pytest.approx(0.64 * box, rel=0.1)
    assert len(desk.case.annotations) == 3


def test_a_polygon_is_cancelled_edited_deleted_and_comes_back(desk):
    desk.key(Key.Key_P)
    clicks(desk, *CORNERS[:3])
    desk.key(Key.Key_Escape)
    assert not desk.window.room.preview
    clicks(desk, *CORNERS, CORNERS[0])
    before = drawn(desk, Kind.POLYGON)
    desk.key(Key.Key_Escape)
    for n, corner in enumerate(CORNERS):
        desk.drag(Plane.AXIAL, CENTRE + corner, CENTRE + 0.7 * corner)
        assert drawn(desk, Kind.POLYGON).points[n] == pytest.approx(
            tuple(CENTRE + 0.7 * corner), abs=1.6
        )
    assert area(desk, Kind.POLYGON) == pytest.approx(0.49 * 40 * 24, rel=0.12)
    edited = drawn(desk, Kind.POLYGON)
    desk.key(Key.Key_Delete)
    assert not desk.case.annotations
    undo(desk)
    assert drawn(desk, Kind.POLYGON) == edited
    for _ in CORNERS:
        undo(desk)
    assert drawn(desk, Kind.POLYGON) == before
    undo(desk, Qt.KeyboardModifier.ShiftModifier)
    assert drawn(desk, Kind.POLYGON).points[0] != before.points[0]


def test_an_angle_and_a_probe(desk):
    desk.key(Key.Key_A)
    clicks(desk, 30 * X, 0 * X, 20 * Y)
    assert measure(drawn(desk, Kind.ANGLE)).quantities[0].value == pytest.approx(90, abs=4)
    desk.key(Key.Key_H)
    clicks(desk, 10 * X + 8 * Y)
    shown = measure(drawn(desk, Kind.PROBE), desk.window.room.active.volume).text
    assert shown.startswith("60 HU · L 2")
