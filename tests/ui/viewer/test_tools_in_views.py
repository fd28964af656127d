"""Each tool by real mouse events, at any zoom, pixel ratio and turn of the picture.

What was drawn lies where the mouse was, to half a screen pixel; each handle is where it is
dragged to; deletion and undo leave the store as the screen shows it.
"""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QInputDialog

from tests.ui.conftest import CENTRE
from tests.ui.desk import Desk, move
from tumorboard.annotations.shapes import handles
from tumorboard.imaging.geometry import Plane
from tumorboard.imaging.viewport import Viewport

Key, Modifier, LEFT = Qt.Key, Qt.KeyboardModifier, Qt.MouseButton.LeftButton

#: Zoom of the picture against its fit, pixel ratio, quarter turns and mirrored: three of each
#: in all pairs that matter.
STATES = [
    (0.3, 1.0, 0, False),
    (1.0, 1.5, 1, False),
    (7.0, 2.0, 2, True),
    (0.3, 2.0, 3, True),
    (1.0, 2.0, 0, True),
    (7.0, 1.0, 1, False),
]
#: Tool, its gesture (drags or clicks in canvas pixels from the middle), kind.
DRAG = {
    "length": [((-40, -10), (40, 20))],
    "ellipse": [((-40, -20), (40, 20))],
    "circle": [((0, 0), (30, 25))],
    "rectangle": [((-40, -20), (40, 20))],
    "arrow": [((-30, 10), (30, -20))],
    "bidirectional": [((-40, 0), (40, 0)), ((5, -25), (5, 30))],
}
CLICK = {
    "angle": [(-40, 0), (0, 0), (0, -40)],
    "polygon": [(-40, -30), (40, -30), (10, 30)],
    "probe": [(10, 12)],
}


def set_up(view, zoom: float, ratio: float, turns: int, mirrored: bool) -> None:
    view.devicePixelRatioF = lambda: ratio  # the offscreen screen has one fixed ratio
    view.viewport, view.quarter_turns = Viewport(), 0
    for _ in range(turns):
        view.rotate()
    if mirrored:
        view.flip(horizontal=True)
    view.zoom(zoom)


def middle(view) -> QPoint:
    return QPoint(view.width() // 2, view.height() // 2)


def at(view, offset) -> QPoint:
    return middle(view) + QPoint(*offset)


def lps(view, place: QPoint) -> np.ndarray:
    return np.array(view.point_at(place.toPointF()))


def perform(desk: Desk, view, name: str) -> list[QPoint]:
    """Draw with a tool; return the canvas places that were pressed or released."""
    desk.window.actions_by_name[f"tool.{name}"].trigger()
    places: list[QPoint] = []
    for start, end in DRAG.get(name, []):
        places += [at(view, start), at(view, end)]
        desk.drag_canvas(view, *places[-2:])
    for offset in CLICK.get(name, []):
        places.append(at(view, offset))
        move(view, places[-1].toPointF(), Qt.MouseButton.NoButton, Modifier.NoModifier)
        QTest.mouseClick(view, LEFT, Modifier.NoModifier, places[-1])
    if name == "polygon":
        QTest.keyClick(view, Key.Key_Return)
    return places


def half_pixel(view) -> float:
    """Half a screen pixel in mm: the mouse cannot be placed more finely."""
    return 0.5 / view.projection().pixels_per_mm + 1e-6


#: Tools whose points are the places of the mouse themselves.
EXACT = ("length", "arrow", "angle", "polygon", "probe")


def test_what_is_drawn_lies_where_the_mouse_was(desk):
    """One tool after the other; each leaves the case as it was."""
    view, session = desk.view(), desk.workspace.session
    for name, state in itertools.product([*DRAG, *CLICK], STATES):
        set_up(view, *state)
        places = perform(desk, view, name)
        assert len(desk.case.annotations) == 1, (name, state)
        (drawn,) = desk.case.annotations
        points, limit = np.array(drawn.points), half_pixel(view)
        if name in EXACT:
            wanted = [lps(view, place) for place in places]
            np.testing.assert_allclose(points, wanted, atol=limit, err_msg=f"{name} {state}")
        else:
            check_box(view, name, points, places, limit)
        assert (np.abs((points - CENTRE) @ drawn.normal) < 1e-6).all()
        drag_each_handle(desk, view, drawn.uid)
        QTest.keyClick(view, Key.Key_Escape)
        desk.window.room.select(drawn.uid)
        view.setFocus()
        QTest.keyClick(view, Key.Key_Delete)
        assert desk.case.annotations == ()
        session.undo()
        assert [a.uid for a in desk.case.annotations] == [drawn.uid]
        while session.undo_label:
            session.undo()
        assert desk.case.annotations == desk.window.room.annotations == ()


def check_box(view, name: str, points: np.ndarray, places: list[QPoint], limit: float) -> None:
    a, b = lps(view, places[0]), lps(view, places[1])
    if name == "bidirectional":
        np.testing.assert_allclose(points[:2], [a, b], atol=limit)
        short = points[3] - points[2]
        assert abs(short @ (b - a)) < 1e-6 * np.linalg.norm(b - a) * np.linalg.norm(short) + 1e-6
        assert np.linalg.norm(short) == pytest.approx(
            np.linalg.norm(lps(view, places[3]) - lps(view, places[2])), abs=4 * limit
        )
    elif name == "circle":
        np.testing.assert_allclose(points.mean(axis=0), a, atol=limit)
        radii = np.linalg.norm(points - a, axis=1)
        np.testing.assert_allclose(radii, np.linalg.norm(b - a), atol=2 * limit)
    else:
        low, high = np.minimum(a, b), np.maximum(a, b)
        np.testing.assert_allclose(points.min(axis=0), low, atol=limit)
        np.testing.assert_allclose(points.max(axis=0), high, atol=limit)


def drag_each_handle(desk: Desk, view, uid: str) -> None:
    """Each handle, dragged by the mouse, goes where the mouse goes or as near as its shape may."""
    desk.window.room.set_tool(None)
    for index in handles(desk.case.annotation(uid)):
        before = desk.case.annotation(uid)
        start = view.canvas_of(before.points[index]).toPoint()
        outward = start - middle(view)
        step = QPoint(9 if outward.x() >= 0 else -9, 7 if outward.y() >= 0 else -7)
        desk.drag_canvas(view, start, start + step)
        after = desk.case.annotation(uid)
        assert after != before, (before.kind, index)
        moved = np.subtract(after.points[index], before.points[index])
        wanted = lps(view, start + step) - lps(view, start)
        assert moved @ wanted > 0, (before.kind, index)


def test_a_freehand_line_follows_the_mouse(desk):
    view = desk.view()
    for state in STATES[:3]:
        set_up(view, *state)
        desk.window.actions_by_name["tool.freehand"].trigger()
        angles = np.linspace(0, 2 * np.pi, 40)
        rim = [at(view, (round(50 * np.cos(a)), round(50 * np.sin(a)))) for a in angles]
        QTest.mousePress(view, LEFT, Modifier.NoModifier, rim[0])
        for place in rim[1:]:
            move(view, place.toPointF(), LEFT, Modifier.NoModifier)
        QTest.mouseRelease(view, LEFT, Modifier.NoModifier, rim[-1])
        (drawn,) = desk.case.annotations
        scale = view.projection().pixels_per_mm
        radii = np.linalg.norm(np.array(drawn.points) - lps(view, middle(view)), axis=1) * scale
        np.testing.assert_allclose(radii, 50, atol=1.8)
        desk.workspace.session.undo()


def test_escape_drops_what_is_half_drawn(desk):
    view = desk.view()
    for name in ("angle", "polygon"):
        desk.window.actions_by_name[f"tool.{name}"].trigger()
        QTest.mouseClick(view, LEFT, Modifier.NoModifier, at(view, (0, 0)))
        move(view, at(view, (20, 0)).toPointF(), Qt.MouseButton.NoButton, Modifier.NoModifier)
        assert desk.window.room.is_drawing
        QTest.keyClick(view, Key.Key_Escape)
        assert not desk.window.room.is_drawing
        assert desk.window.room.tool is not None
        assert desk.case.annotations == ()


def test_a_double_click_closes_a_polygon_and_loses_no_corner(desk):
    view = desk.view()
    desk.window.actions_by_name["tool.polygon"].trigger()
    for offset in ((-40, -30), (40, -30), (40, 30)):
        QTest.mouseClick(view, LEFT, Modifier.NoModifier, at(view, offset))
    QTest.mouseClick(view, LEFT, Modifier.NoModifier, at(view, (-40, 30)))
    QTest.mouseDClick(view, LEFT, Modifier.NoModifier, at(view, (-40, 30)))
    (drawn,) = desk.case.annotations
    assert len(drawn.points) == 4


def test_text_is_typed_where_the_mouse_clicked_and_erased_by_a_sweep(desk):
    view = desk.view()
    desk.window.actions_by_name["tool.text"].trigger()
    QTest.mouseClick(view, LEFT, Modifier.NoModifier, at(view, (12, -8)))
    dialog = desk.window.findChildren(QInputDialog)[0]
    dialog.setTextValue("  necrosis\n here ")
    dialog.accept()
    (drawn,) = desk.case.annotations
    assert drawn.label == "necrosis here"
    desk.window.actions_by_name["tool.length"].trigger()
    desk.drag_canvas(view, at(view, (-60, 40)), at(view, (60, 40)))
    assert len(desk.case.annotations) == 2
    desk.window.actions_by_name["tool.eraser"].trigger()
    desk.drag_canvas(view, at(view, (0, 20)), at(view, (0, 60)))
    assert [a.uid for a in desk.case.annotations] == [drawn.uid]
    desk.workspace.session.undo()
    assert len(desk.case.annotations) == 2


def test_arrows_with_ctrl_move_the_held_handle_by_a_tenth_of_a_pixel(desk):
    view = desk.view()
    perform(desk, view, "length")
    (drawn,) = desk.case.annotations
    desk.window.room.set_tool(None)
    end = view.canvas_of(drawn.points[1]).toPoint()
    QTest.mouseClick(view, LEFT, Modifier.NoModifier, end)
    QTest.keyClick(view, Key.Key_Right, Modifier.ControlModifier)
    QTest.keyClick(view, Key.Key_Down, Modifier.ControlModifier)
    (after,) = desk.case.annotations
    np.testing.assert_allclose(np.subtract(after.points[0], drawn.points[0]), 0, atol=1e-9)
    step = np.subtract(after.points[1], drawn.points[1])
    np.testing.assert_allclose(step, [0.15, 0.15, 0.0], atol=1e-9)  # a tenth of 1.5 mm


def test_a_label_can_be_dragged_off_and_keeps_its_place(desk):
    view = desk.view()
    perform(desk, view, "length")
    desk.window.room.set_tool(None)
    (label,) = view.labels()
    left, top, width, height = label[2]
    centre = QPoint(int(left + width / 2), int(top + height / 2))
    desk.drag_canvas(view, centre, centre + QPoint(30, 45))
    (moved_label,) = view.labels()
    assert moved_label[2][0] - left == pytest.approx(30, abs=2)
    assert moved_label[2][1] - top == pytest.approx(45, abs=2)
    (after,) = desk.case.annotations
    assert after.points == label[0].points
    assert after.author == label[0].author


def test_an_end_goes_to_the_edge_only_with_assist(desk):
    """The ellipsoid's edge lies 48 mm from its centre; the mouse lets go 3 mm short of it."""
    view = desk.view()
    set_up(view, 1.0, 1.0, 0, False)
    start, short = CENTRE - [20.0, 0, 0], CENTRE + [45.0, 0, 0]
    for assist, expected in ((False, 45.0), (True, 48.0)):
        desk.window.room.assist = assist
        desk.window.actions_by_name["tool.length"].trigger()
        desk.drag(Plane.AXIAL, start, short)
        (drawn,) = desk.case.annotations
        assert drawn.points[1][0] - CENTRE[0] == pytest.approx(expected, abs=0.9)
        desk.workspace.session.undo()
