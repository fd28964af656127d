"""A curved view kept as a key image: the same picture again, wherever it is shown."""

from dataclasses import replace

import numpy as np
import pytest
import SimpleITK
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.ui.lectern import Lectern
from tests.ui.vessel.test_vessels import LINE, write
from tumorboard.annotations.model import as_point
from tumorboard.app import vessels
from tumorboard.app.layouts import layout_named
from tumorboard.case.saved_curve import CURVED
from tumorboard.imaging.curved import CurvedMode
from tumorboard.progress import Reporter
from tumorboard.ui.key_images.pictures import paint_saved
from tumorboard.ui.key_images.report import shots_of
from tumorboard.ui.sharing.board_report import build_report, report_inputs
from tumorboard.ui.vessel.curved_picture import box_of, lay_out
from tumorboard.ui.vessel.kept import look_of, scene_of

Key, Modifier, LEFT = Qt.Key, Qt.KeyboardModifier, Qt.MouseButton.LeftButton


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write(tmp_path_factory.mktemp("kept") / "ct")


@pytest.fixture
def desk(open_desk, folder):
    """A case with a vena cava laid as a spline, in the layout of vessels."""
    built = open_desk()
    built.import_paths(folder)
    case, volume = built.case, built.viewer.volume
    begun = vessels.begun(case, volume, "IVC", traced=False)
    anchors = [as_point(LINE[n]) for n in (20, 120, len(LINE) - 20)]
    laid = vessels.laid(begun, anchors, {})
    level = vessels.with_level(laid, "right renal vein", as_point(LINE[150]))
    built.workspace.session.put_vessel(level, "Lay")
    built.key(Key.Key_7, Modifier.AltModifier)
    built.settle()
    page = built.window.vessel_page
    built.qtbot.waitUntil(lambda: page.curved.visible_mm is not None, timeout=60_000)
    return built


def turn_and_look(desk) -> None:
    """Turn the vessel, magnify, go along it, and darken the picture, by hand."""
    curved = desk.window.vessel_page.curved
    QTest.mouseClick(curved, LEFT, pos=QPoint(curved.width() // 2, curved.height() // 3))
    for _ in range(7):
        QTest.keyClick(curved, Key.Key_Right)
    wheel(curved, 360, Modifier.ControlModifier)
    wheel(curved, 240)
    desk.window.actions_by_name["window.6"].trigger()
    desk.settle()
    keep(desk)  # the strip has its room from now on


def wheel(view, angle: int, modifier=Modifier.NoModifier) -> None:
    place = QPointF(60, 120)
    event = QWheelEvent(
        *(place, view.mapToGlobal(place), QPoint(), QPoint(0, angle)),
        *(Qt.MouseButton.NoButton, modifier, Qt.ScrollPhase.NoScrollPhase, False),
    )
    QApplication.sendEvent(view, event)


def keep(desk):
    desk.key(Key.Key_K, widget=desk.window.vessel_page.curved)
    desk.settle()
    QApplication.processEvents()
    return desk.case.views[-1]


def seen(view) -> QImage:
    """The picture without the frame of the focus."""
    return view.grab(view.rect().adjusted(3, 3, -3, -3)).toImage()


def pixels(image: QImage) -> np.ndarray:
    grey = image.convertToFormat(QImage.Format.Format_RGB32)
    rows = np.frombuffer(grey.constBits(), np.uint8).reshape(grey.height(), -1)
    return rows.astype(np.int16)


def click_in_strip(desk, n: int) -> None:
    QApplication.processEvents()
    strip = desk.window.key_strip
    QTest.mouseClick(strip.viewport(), LEFT, pos=strip.visualItemRect(strip.item(n)).center())
    desk.settle()
    QApplication.processEvents()


def changed_line(desk) -> None:
    (vessel,) = desk.case.vessels
    moved = (vessel.anchors[0], as_point(LINE[120] + [14.0, 0, 0]), vessel.anchors[2])
    desk.workspace.session.put_vessel(vessels.laid(vessel, moved, {}), "Move point")
    desk.settle()


def held(desk):
    """The curved view at a size that notices and captions do not change."""
    curved = desk.window.vessel_page.curved
    curved.setFixedSize(190, 300)
    QApplication.processEvents()
    return curved


def test_a_curved_view_is_kept_and_shown_again_as_it_was(desk):
    curved = held(desk)
    turn_and_look(desk)
    kept = keep(desk)
    assert "key image 2" in desk.window.status.hint
    assert [p.plane for p in kept.pictures] == ["axial", CURVED]
    curve, main = kept.main.curve, kept.main
    assert (curve.degrees, curve.mode) == (35.0, CurvedMode.STRAIGHTENED)
    assert curve.vessel_uid == desk.case.vessels[0].uid
    assert "IVC" in kept.caption or "vena cava" in kept.caption.lower()
    assert (main.window.centre, main.window.width) == (desk.viewer.window.centre, 2000)
    assert [level.words for level in curve.levels] == ["Right renal vein"]
    before, size = seen(curved), curved.visible_mm
    # All else is changed, and the layout too.
    for key in (Key.Key_Left, Key.Key_Left, Key.Key_End):
        QTest.keyClick(curved, key)
    desk.window.actions_by_name["vessel.mode"].trigger()
    desk.window.actions_by_name["window.2"].trigger()
    desk.window.views.set_layout(layout_named("single"))
    desk.settle()
    click_in_strip(desk, 1)
    assert desk.window.vessel_page.isVisible()
    assert curved.position == pytest.approx(curve.position_mm, abs=0.01)
    assert curved.visible_mm == pytest.approx(size)
    assert np.abs(pixels(seen(curved)) - pixels(before)).max() <= 1
    # In the strip it is painted from the same data, and keeping it again keeps the same.
    desk.qtbot.waitUntil(lambda: desk.window.key_strip.has_preview(kept.uid), timeout=20_000)
    again = keep(desk).main.curve
    assert again.size_mm == pytest.approx(curve.size_mm)
    assert replace(again, size_mm=curve.size_mm, position_mm=curve.position_mm) == curve
    # With the axial view worked in, that alone is kept.
    desk.view().setFocus()
    desk.key(Key.Key_K, widget=desk.view())
    assert [p.curve for p in desk.case.views[-1].pictures] == [None]


def test_after_a_reload_all_of_it_shows_in_a_window_of_any_size(desk, open_desk, tmp_path):
    turn_and_look(desk)
    kept, uid = keep(desk), desk.case.uid
    desk.workspace.session.undo()
    assert len(desk.case.views) == 1
    desk.workspace.session.redo()
    again = open_desk(tmp_path / "store")
    again.window.resize(1100, 640)
    again.window.controller.open_case(uid)
    again.settle()
    assert again.case.views[1] == kept
    click_in_strip(again, 1)
    curved, curve = again.window.vessel_page.curved, kept.main.curve
    again.qtbot.waitUntil(lambda: curved.visible_mm is not None, timeout=60_000)
    for wide, high in ((1100, 640), (1366, 768), (1000, 700)):
        again.window.resize(wide, high)
        QApplication.processEvents()
        now = curved.visible_mm
        assert now[0] >= curve.size_mm[0] - 0.01
        assert now[1] >= curve.size_mm[1] - 0.01
        assert min(now[0] / curve.size_mm[0], now[1] / curve.size_mm[1]) < 1.001
    assert curved.degrees == curve.degrees
    assert again.window.room.active.window == kept.main.window
    # Magnified on, it goes on from what was visible.
    before = curved.visible_mm
    wheel(curved, 120, Modifier.ControlModifier)
    assert curved.visible_mm[1] == pytest.approx(before[1] / 1.15, rel=0.02)


def test_a_line_that_was_changed_shows_as_it_was_kept_and_says_so(desk):
    held(desk)
    turn_and_look(desk)
    page = desk.window.vessel_page
    kept, before = keep(desk), seen(page.curved)
    painted = paint_saved(desk.viewer.volume, desk.case, kept.main, (300, 400), 1.0, words=False)
    changed_line(desk)
    assert np.abs(pixels(seen(page.curved)) - pixels(before)).max() > 40
    click_in_strip(desk, 1)
    assert page.curved.scene.note == "Line changed since this was kept"
    now, then = pixels(seen(page.curved)), pixels(before)
    words = round(45 * page.curved.devicePixelRatioF())
    assert np.abs(now[words:] - then[words:]).max() <= 1
    assert np.abs(now[:words] - then[:words]).max() > 100
    volume = desk.viewer.volume
    again = paint_saved(volume, desk.case, kept.main, (300, 400), 1.0, words=False)
    assert again == painted
    told = paint_saved(volume, desk.case, kept.main, (300, 400), 1.0)
    assert told != paint_saved(volume, undone(desk), kept.main, (300, 400), 1.0)
    # Choosing the vessel shows its line as it is.
    page.vessels.activated.emit(0)
    desk.settle()
    assert page.curved.scene.note == ""
    assert not kept.main.curve.is_on(page.curved.scene.line)
    desk.workspace.session.delete_vessel(desk.case.vessels[0].uid)
    click_in_strip(desk, 0)
    assert page.curved.scene.note == "Line deleted since this was kept"


def undone(desk):
    """The case as it was before its last step."""
    session = desk.workspace.session
    session.undo()
    case = session.case
    session.redo()
    return case


def test_the_picture_holds_the_values_along_the_line(desk):
    """Oracle: trilinear values at the points of the kept line, through the kept window."""
    kept, volume = keep(desk), desk.viewer.volume
    scene, window = scene_of(desk.case, kept.main.curve, volume), kept.main.window
    table = desk.viewer.table()
    picture = lay_out(scene, look_of(kept.main.curve), table, box_of((400, 500)), 1.0)
    row = np.arange(*picture.rows)
    points = scene.line.at(picture.grid.arc_mm[row])
    image = SimpleITK.GetImageFromArray(volume.voxels.astype(np.float64))
    stored = np.array(
        [image.EvaluateAtContinuousIndex(tuple(i[::-1])) for i in volume.stack.to_index(points)]
    )
    real = stored * volume.rescale_slope + volume.rescale_intercept
    wanted = np.clip((real - (window.centre - 0.5)) / (window.width - 1) + 0.5, 0, 1) * 255
    column = np.round(picture.grid.centre[row]).astype(int)
    found = picture.owner[::-1][row - picture.rows[0], column]
    assert np.abs(found - wanted).max() < 4


def test_the_audience_sees_it_beside_the_axial_view_and_papers_hold_both(desk):
    turn_and_look(desk)
    kept = keep(desk)
    desk.workspace.guidance.make_ready()
    report = build_report(report_inputs(desk.workspace), Reporter())
    assert [shot.saved.plane for shot in shots_of(desk.case)] == 2 * ["axial", CURVED]
    assert [len(view.pictures) for view in report.images] == [2, 2]
    assert report.images[1].beside[0].measured == kept.main.curve.said
    assert report.images[1].caption == kept.caption
    lectern = Lectern(desk)
    lectern.begin()
    try:
        stage = lectern.running.stage
        desk.qtbot.waitUntil(lambda: stage.curve.visible_mm is not None, timeout=60_000)
        assert stage.curve.isVisible()
        assert stage.area.geometry().right() < stage.curve.geometry().left()
        told = []
        lectern.running.stage.room.discreet.listener = told.append
        before = seen(stage.curve)
        assert any("straightened" in words for words in told)
        assert stage.curve.look.degrees == 35.0
        now, then = stage.curve.visible_mm, desk.case.views[0].main.curve.size_mm
        assert min(now[0] / then[0], now[1] / then[1]) == pytest.approx(1.0, abs=0.001)
        # Live under the mouse: the wheel goes along the vessel, the axial view follows.
        point = stage.room.display(0).point
        mirror = lectern.presenter.mirror
        place = stage.curve.mapTo(lectern.audience.content, stage.curve.rect().center())
        box, content = mirror.box(), lectern.audience.content
        on_mirror = QPointF(
            box.left() + place.x() / content.width() * box.width(),
            box.top() + place.y() / content.height() * box.height(),
        )
        lectern.wheel(mirror, on_mirror, -3)
        lectern.settle()
        assert stage.room.display(0).point[2] != point[2]
        assert seen(stage.curve) != before
        lectern.press(Key.Key_PageDown, Key.Key_PageDown)
        assert not stage.curve.isVisible()
        lectern.press(Key.Key_PageUp)
        lectern.press(Key.Key_PageUp)
        assert seen(stage.curve) == before
    finally:
        lectern.running.stop()
