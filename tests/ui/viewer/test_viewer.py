import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

from tests.ui.conftest import CENTRE, COUNT, STEP
from tumorboard.imaging.geometry import Plane
from tumorboard.imaging.view_cut import make_cut
from tumorboard.ui.viewer import cutter

Key, Modifier, Button = Qt.Key, Qt.KeyboardModifier, Qt.MouseButton


def wheel(view, notches: int, modifier=Modifier.NoModifier, place: QPointF | None = None) -> None:
    position = place or QPointF(view.width() / 2, view.height() / 2)
    event = QWheelEvent(
        position,
        QPointF(view.mapToGlobal(position)),
        QPoint(0, 0),
        QPoint(0, -120 * notches),
        Button.NoButton,
        modifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view, event)


def test_one_notch_is_one_slice_towards_the_feet(desk):
    before = desk.viewer.point[2]
    wheel(desk.view(), 1)
    assert before - desk.viewer.point[2] == pytest.approx(STEP)
    wheel(desk.view(), -3)
    assert desk.viewer.point[2] - before == pytest.approx(2 * STEP)


@pytest.mark.parametrize(
    ("key", "modifier", "slices"),
    [
        (Key.Key_Down, Modifier.NoModifier, -1),
        (Key.Key_Up, Modifier.NoModifier, 1),
        (Key.Key_Down, Modifier.ShiftModifier, -10),
    ],
)
def test_keys_step_through_slices(desk, key, modifier, slices):
    before = desk.viewer.point[2]
    desk.key(key, modifier)
    assert desk.viewer.point[2] - before == pytest.approx(slices * STEP)


def test_home_and_end_stop_at_the_first_and_last_slice(desk):
    desk.key(Key.Key_Home)
    assert desk.viewer.point[2] == pytest.approx(-20 + (COUNT - 1) * STEP)
    desk.key(Key.Key_End)
    assert desk.viewer.point[2] == pytest.approx(-20)


def test_dragging_without_a_tool_windows_and_down_is_brighter(desk):
    desk.window.room.select("")
    start = QPoint(40, 40)
    desk.drag_canvas(desk.view(), start, QPoint(40, 90))
    assert desk.viewer.window.centre < 40
    assert desk.viewer.window.width == pytest.approx(400)
    desk.drag_canvas(desk.view(), start, QPoint(90, 40))
    assert desk.viewer.window.width > 400


def test_a_click_moves_the_crosshair_of_all_views(desk):
    target = CENTRE + [12.0, 9.0, 0.0]
    desk.click(Plane.AXIAL, target)
    np.testing.assert_allclose(desk.viewer.point[:2], target[:2], atol=1.0)
    coronal = desk.view(Plane.CORONAL).section()
    assert abs(coronal.grid.distance(target)) < 1.5
    deeper = CENTRE + [0.0, 0.0, -16.0]
    desk.click(Plane.CORONAL, np.array([target[0], target[1], deeper[2]]))
    assert desk.view(Plane.AXIAL).section().slice_index == round((deeper[2] + 20) / STEP)


def test_ctrl_wheel_zooms_about_the_pointer(desk):
    view = desk.view()
    place = QPointF(150.0, 220.0)
    before = view.point_at(place)
    scale = view.projection().pixels_per_mm
    wheel(view, -3, Modifier.ControlModifier, place)
    assert view.projection().pixels_per_mm > 1.3 * scale
    np.testing.assert_allclose(view.point_at(place), before, atol=1.0)


def test_the_middle_button_pans_and_the_right_one_zooms(desk):
    view = desk.view()
    grabbed = view.point_at(QPointF(200, 200))
    desk.drag_canvas(view, QPoint(200, 200), QPoint(260, 230), Button.MiddleButton)
    np.testing.assert_allclose(view.point_at(QPointF(260, 230)), grabbed, atol=1.5)
    scale = view.projection().pixels_per_mm
    desk.drag_canvas(view, QPoint(200, 300), QPoint(200, 200), Button.RightButton)
    assert view.projection().pixels_per_mm > 1.5 * scale
    desk.key(Key.Key_R)
    assert view.projection().pixels_per_mm == pytest.approx(scale, rel=0.02)


PRESETS = {
    Key.Key_2: (40, 400),
    Key.Key_3: (60, 360),
    Key.Key_4: (90, 150),
    Key.Key_5: (-600, 1500),
    Key.Key_6: (350, 2000),
    Key.Key_7: (170, 600),
}


def test_presets(desk):
    for key, window in PRESETS.items():
        desk.viewer.auto()
        desk.key(key)
        assert (desk.viewer.window.centre, desk.viewer.window.width) == window


def test_auto_as_sent_invert_and_overlays(desk):
    desk.key(Key.Key_0)
    assert desk.viewer.window.width == pytest.approx(160, abs=2)
    desk.key(Key.Key_1)
    assert desk.viewer.window.width == 400
    desk.key(Key.Key_I)
    assert desk.viewer.inverted
    desk.key(Key.Key_Space)
    assert not desk.window.room.overlays_visible


def test_double_click_shows_one_view_alone_and_all_again(desk):
    from PySide6.QtTest import QTest

    coronal = desk.view(Plane.CORONAL)
    QTest.mouseDClick(coronal, Button.LeftButton, pos=QPoint(50, 50))
    assert coronal.isVisible()
    assert not desk.view(Plane.AXIAL).isVisible()
    QTest.mouseDClick(coronal, Button.LeftButton, pos=QPoint(50, 50))
    assert all(view.isVisible() for view in desk.window.views.views)


def test_tab_goes_from_view_to_view(desk):
    desk.view().setFocus()
    seen = []
    for _ in range(3):
        seen.append(desk.window.views.active_view().plane)
        desk.key(Key.Key_Tab, widget=desk.window.views.active_view())
    assert seen == [Plane.AXIAL, Plane.CORONAL, Plane.SAGITTAL]


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_the_picture_shows_the_mass_where_the_geometry_says(desk, ratio):
    """Bright pixels on the canvas lie inside the ellipse of the mass, at any pixel ratio."""
    from PySide6.QtGui import QColor, QImage

    view = desk.view()
    view.devicePixelRatioF = lambda: ratio  # the offscreen screen has one fixed ratio
    desk.window.room.overlays_visible = False
    view.update()
    image = QImage(
        int(view.width() * ratio), int(view.height() * ratio), QImage.Format.Format_RGB32
    )
    image.setDevicePixelRatio(ratio)
    image.fill(QColor("black"))
    view.render(image)
    edge = view.projection().to_canvas(CENTRE + np.array([48.0, 0, 0]))
    inside, outside = edge - [4.0, 0], edge + [4.0, 0]
    bright = image.pixelColor(*(int(v * ratio) for v in inside)).red()
    dark = image.pixelColor(*(int(v * ratio) for v in outside)).red()
    assert bright > dark + 60


def test_slices_that_come_while_a_cut_is_made_are_shown(desk, monkeypatch):
    """A picture of the cut without them is not kept as if they were in it."""
    view, volume = desk.view(Plane.CORONAL), desk.viewer.volume
    desk.qtbot.waitUntil(lambda: view.is_idle)
    view.room.overlays_visible = False
    desk.viewer.turn(Plane.AXIAL, 30.0)
    place = (view.canvas_of(CENTRE) * view.devicePixelRatioF()).toPoint()
    whole = volume.voxels.copy()
    volume.voxels[:], volume.loaded[:] = whole.min(), False

    def come_meanwhile(*args, **kwargs):
        made = make_cut(*args, **kwargs)
        volume.voxels[:], volume.loaded[:] = whole, True
        return made

    def brightness() -> int:
        return view.grab().toImage().pixelColor(place).red()

    with monkeypatch.context() as patch:
        patch.setattr(cutter, "make_cut", come_meanwhile)
        assert brightness() < 60
    assert brightness() > 120
