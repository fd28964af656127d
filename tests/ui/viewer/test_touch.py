"""Fingers and a pen on the real views, by the events that a screen sends."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QSizeF, Qt
from PySide6.QtGui import QInputDevice, QPointingDevice, QTabletEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.ui.conftest import CENTRE
from tests.ui.desk import Desk
from tumorboard.annotations.model import Kind
from tumorboard.imaging.geometry import Plane
from tumorboard.ui.viewer import touch
from tumorboard.ui.viewer.touch import Fingers, is_palm

X = np.array([1.0, 0, 0])
NOTHING = Qt.KeyboardModifier.NoModifier


@pytest.fixture(scope="module")
def screen(qapp) -> QPointingDevice:
    return QTest.createTouchDevice()


@pytest.fixture(scope="module")
def pen(qapp) -> QPointingDevice:
    return QPointingDevice(
        "pen",
        77,
        QInputDevice.DeviceType.Stylus,
        QPointingDevice.PointerType.Pen,
        QInputDevice.Capability.Position | QInputDevice.Capability.Pressure,
        1,
        2,
    )


@pytest.fixture(autouse=True)
def no_pen_near(monkeypatch):
    monkeypatch.setattr(Fingers, "pen_seen", -10.0)


class Hand:
    """Lays fingers on a view; each is a list of places that it goes through."""

    def __init__(self, view, screen) -> None:
        self.view, self.screen = view, screen

    def go(self, *fingers: list[tuple[float, float]]) -> None:
        ways = [[QPoint(round(x), round(y)) for x, y in finger] for finger in fingers]
        down = QTest.touchEvent(self.view, self.screen)
        for n, way in enumerate(ways):
            down.press(n, way[0], self.view)
        down.commit()
        for step in range(1, max(map(len, ways))):
            held = QTest.touchEvent(self.view, self.screen)
            for n, way in enumerate(ways):
                held.move(n, way[min(step, len(way) - 1)], self.view)
            held.commit()
        up = QTest.touchEvent(self.view, self.screen)
        for n, way in enumerate(ways):
            up.release(n, way[-1], self.view)
        up.commit()


def write(view, pen, way: list[QPointF], pressures: list[float], button=Qt.MouseButton.LeftButton):
    """Move a pen over a view, pressed all along."""
    kinds = [QEvent.Type.TabletPress, *[QEvent.Type.TabletMove] * (len(way) - 2)]
    for kind, place, pressure in zip(
        [*kinds, QEvent.Type.TabletRelease], way, pressures, strict=True
    ):
        held = Qt.MouseButton.NoButton if kind is QEvent.Type.TabletRelease else button
        changed = Qt.MouseButton.NoButton if kind is QEvent.Type.TabletMove else button
        event = QTabletEvent(
            kind,
            pen,
            place,
            QPointF(view.mapToGlobal(place)),
            *(pressure, 0.0, 0.0, 0.0, 0.0, 0.0),
            NOTHING,
            changed,
            held,
        )
        QApplication.sendEvent(view, event)
        assert event.isAccepted()


def canvas(desk: Desk, point) -> tuple[float, float]:
    place = desk.view().canvas_of(tuple(float(v) for v in point))
    return place.x(), place.y()


def steps(start, end, count=6) -> list[tuple[float, float]]:
    return [tuple(np.array(start) + (np.array(end) - start) * k / count) for k in range(count + 1)]


def lines(desk: Desk):
    return [a for a in desk.case.annotations if a.kind is Kind.LENGTH]


def test_one_finger_scrolls_and_changes_nothing_else(desk: Desk, screen):
    view, before = desk.view(), desk.view().section().slice_index
    window = desk.viewer.window
    Hand(view, screen).go(steps((200, 100), (200, 170), 7))
    assert view.section().slice_index != before
    there = view.section().slice_index
    assert abs(there - before) == pytest.approx(7, abs=1)
    Hand(view, screen).go(steps((200, 170), (200, 100), 7))
    assert view.section().slice_index == pytest.approx(before, abs=1)
    assert desk.viewer.window == window
    assert not desk.case.annotations


def test_a_tap_moves_the_crosshair_and_two_taps_show_a_view_alone(desk: Desk, screen):
    wanted = CENTRE + 15 * X
    Hand(desk.view(), screen).go([canvas(desk, wanted)])
    np.testing.assert_allclose(desk.viewer.point, wanted, atol=1.0)
    assert desk.window.views.alone is None
    Hand(desk.view(), screen).go([canvas(desk, wanted)])
    assert desk.window.views.alone is desk.view()


def test_one_finger_draws_with_the_tool_in_use(desk: Desk, screen):
    desk.window.actions_by_name["tool.length"].trigger()
    ends = canvas(desk, CENTRE - 20 * X), canvas(desk, CENTRE + 20 * X)
    Hand(desk.view(), screen).go(steps(*ends))
    (line,) = lines(desk)
    np.testing.assert_allclose(np.array(line.points), [CENTRE - 20 * X, CENTRE + 20 * X], atol=1.0)
    assert desk.view().section().slice_index == 20


def test_two_fingers_move_the_picture_and_magnify_what_is_between_them(desk: Desk, screen):
    view = desk.view()
    scale = view.projection().pixels_per_mm
    middle = np.array(canvas(desk, CENTRE))
    moved = middle + (30, 20)
    here, there = np.array([-40.0, 0]), np.array([-100.0, 0])
    one = steps(middle + here, moved + there, 10)
    two = steps(middle - here, moved - there, 10)
    Hand(view, screen).go(one, two)
    assert view.projection().pixels_per_mm == pytest.approx(scale * 2.5, rel=0.05)
    np.testing.assert_allclose(canvas(desk, CENTRE), moved, atol=6)
    assert view.section().slice_index == 20
    assert not desk.case.annotations


def test_a_second_finger_takes_back_what_the_first_began(desk: Desk, screen):
    view = desk.view()
    desk.window.actions_by_name["tool.length"].trigger()
    first = QTest.touchEvent(view, screen)
    first.press(0, QPoint(150, 150), view).commit()
    QTest.touchEvent(view, screen).move(0, QPoint(200, 150), view).commit()
    assert desk.window.room.preview
    both = QTest.touchEvent(view, screen)
    both.move(0, QPoint(201, 150), view)
    both.press(1, QPoint(300, 150), view).commit()
    assert not desk.window.room.preview
    assert not desk.window.room.is_drawing
    up = QTest.touchEvent(view, screen)
    up.release(0, QPoint(201, 150), view)
    up.release(1, QPoint(300, 150), view).commit()
    assert not lines(desk)
    assert desk.window.room.tool.name == "length"


@pytest.mark.parametrize("pressures", [(0.05, 0.1, 0.2, 0.1), (1.0, 0.3, 0.9, 0.0)])
def test_a_pen_draws_as_a_mouse_whatever_its_pressure(desk: Desk, pen, pressures):
    desk.window.actions_by_name["tool.length"].trigger()
    ends = canvas(desk, CENTRE - 20 * X), canvas(desk, CENTRE + 20 * X)
    write(desk.view(), pen, [QPointF(*p) for p in steps(*ends, 3)], list(pressures))
    (line,) = lines(desk)
    np.testing.assert_allclose(np.array(line.points), [CENTRE - 20 * X, CENTRE + 20 * X], atol=1e-6)


def test_the_barrel_of_a_pen_is_the_right_button(desk: Desk, pen):
    view = desk.view()
    scale = view.projection().pixels_per_mm
    way = [QPointF(200, 200), QPointF(200, 150), QPointF(200, 120), QPointF(200, 120)]
    write(view, pen, way, [0.5] * 4, Qt.MouseButton.RightButton)
    assert view.projection().pixels_per_mm > scale * 1.2


def test_the_hand_that_holds_a_pen_does_nothing(desk: Desk, screen, pen, monkeypatch):
    view = desk.view()
    desk.window.actions_by_name["tool.length"].trigger()
    ends = canvas(desk, CENTRE - 20 * X), canvas(desk, CENTRE + 20 * X)
    write(view, pen, [QPointF(*p) for p in steps(*ends, 3)], [0.5] * 4)
    before = view.section().slice_index, view.viewport, view.display.point
    Hand(view, screen).go(steps((150, 250), (150, 320)))
    Hand(view, screen).go(steps((150, 250), (150, 320)), steps((250, 250), (300, 320)))
    assert (view.section().slice_index, view.viewport, view.display.point) == before
    assert len(lines(desk)) == 1
    monkeypatch.setattr(touch, "PEN_NEAR_S", 0.0)  # the pen is put away
    Hand(view, screen).go(steps((150, 250), (150, 320)))
    assert len(lines(desk)) == 2


@pytest.mark.parametrize(
    ("size", "palm"), [((0, 0), False), ((24, 40), False), ((60, 150), True), ((140, 90), True)]
)
def test_a_palm_is_no_finger(size, palm):
    assert is_palm(QSizeF(*size)) is palm


def test_another_plane_takes_fingers_too(desk: Desk, screen):
    view = desk.view(Plane.CORONAL)
    before = desk.viewer.point[1]
    Hand(view, screen).go(steps((60, 60), (60, 120)))
    assert desk.viewer.point[1] != before
    assert desk.viewer.point[2] == pytest.approx(CENTRE[2])
