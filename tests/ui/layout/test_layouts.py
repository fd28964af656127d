"""Several series on show: layouts, linked scrolling, turned and thick cuts, pictures."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QApplication

from tests.dicom.make import ct_slice, write_slices
from tests.ui.conftest import CENTRE, COUNT, STEP, _positions, _values
from tests.ui.desk import Desk
from tumorboard.case.mass_size import mass_size
from tumorboard.imaging.geometry import Plane
from tumorboard.ui.layout.cine import cine_interval
from tumorboard.ui.shell.mime import SERIES_MIME
from tumorboard.ui.viewer.painting import corner_words

Key, Modifier = Qt.Key, Qt.KeyboardModifier


def write_prior(folder: Path, frame_uid: str, shift: float) -> Path:
    """The same ellipsoid at an earlier date, its origin moved along the patient."""
    folder.mkdir()
    positions = _positions() + [0.0, 0.0, shift]
    values = _values(_positions())
    write_slices(
        folder,
        COUNT,
        spacing=(1.5, 1.5),
        step=STEP,
        positions=positions,
        values=values,
        study_uid="1.2.77.2",
        series_uid=f"1.2.77.2.{abs(int(shift)) + 1}",
    )
    for path in folder.iterdir():
        dataset = dcmread(path)
        dataset.StudyDate, dataset.FrameOfReferenceUID = "20250101", frame_uid
        dataset.save_as(path)
    return folder


@pytest.fixture(scope="module")
def prior(ellipsoid_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same ellipsoid at an earlier date, in the same frame of reference."""
    uid = dcmread(next(ellipsoid_folder.iterdir())).FrameOfReferenceUID
    return write_prior(tmp_path_factory.mktemp("earlier") / "prior", uid, 0.0)


@pytest.fixture
def pair(desk: Desk, prior: Path) -> Desk:
    """Two series of one frame of reference side by side."""
    desk.import_paths(prior)
    desk.key(Key.Key_2, Modifier.AltModifier)
    desk.settle()
    return desk


def shown(desk: Desk) -> list[str]:
    return [d.volume.series_instance_uid for d in desk.window.room.displays if d.volume]


def test_a_layout_of_two_fills_with_the_two_series(pair):
    assert len(pair.window.views.views) == 2
    assert len(set(shown(pair))) == 2


@pytest.mark.parametrize(("key", "views"), [(Key.Key_1, 1), (Key.Key_4, 4), (Key.Key_6, 4)])
def test_layouts_by_key(desk, key, views):
    desk.key(key, Modifier.AltModifier)
    desk.settle()
    assert len(desk.window.views.shown) == views
    desk.key(Key.Key_5, Modifier.AltModifier, desk.window.views.main)
    assert [v.plane for v in desk.window.views.shown] == list(Plane)


def test_views_of_one_frame_of_reference_scroll_together(pair):
    first, second = pair.window.room.displays[:2]
    pair.window.views.views[0].scroll_by(3)
    assert second.point == pytest.approx(first.point)
    pair.key(Key.Key_L, Modifier.ShiftModifier, pair.window.views.views[0])
    pair.window.views.views[0].scroll_by(2)
    assert abs(second.point[2] - first.point[2]) == pytest.approx(2 * STEP)


def test_another_date_is_locked_as_it_stands(desk, tmp_path):
    desk.import_paths(write_prior(tmp_path / "prior", "1.2.99", 100.0))
    desk.key(Key.Key_2, Modifier.AltModifier)
    desk.settle()
    window = desk.window
    newer = next(d for d in window.room.displays if d.volume.frame_of_reference_uid != "1.2.99")
    older = next(d for d in window.room.displays if d is not newer)
    lead = next(v for v in window.views.views if v.display is newer)
    before = older.point
    lead.scroll_by(1)
    assert older.point == before
    newer.set_point(CENTRE)
    older.set_point(CENTRE + [0, 0, 100.0])
    lead.setFocus()
    desk.key(Key.Key_L, Modifier.ControlModifier, lead)
    newer.set_point(CENTRE + [6.0, 3.0, 8.0])
    np.testing.assert_allclose(older.point, CENTRE + [6.0, 3.0, 108.0], atol=1e-6)


def test_a_series_dropped_on_a_view_is_shown_there(pair):
    view = pair.window.views.views[1]
    wanted = pair.window.room.displays[0].volume.series_instance_uid
    item = next(
        i
        for i in pair.window.worklist.series._entries()
        if i.data(Qt.ItemDataRole.UserRole) == wanted
    )
    data = pair.window.worklist.series.mimeData([item])
    assert bytes(data.data(SERIES_MIME).data()).decode() == wanted
    drop(view, data)
    pair.settle()
    assert pair.window.room.displays[1].volume.series_instance_uid == wanted


def drop(view, data: QMimeData) -> None:
    action, button, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Modifier.NoModifier
    enter = QDragEnterEvent(QPoint(20, 20), action, data, button, none)
    QApplication.sendEvent(view, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(view, QDropEvent(QPointF(20, 20), action, data, button, none))


def test_the_chosen_series_goes_to_the_view_in_use(pair):
    view = pair.window.views.views[1]
    view.setFocus()
    assert pair.viewer is pair.window.room.displays[1]
    pair.key(Key.Key_PageUp, widget=view)
    pair.key(Key.Key_PageDown, widget=view)
    pair.settle()
    assert pair.window.room.displays[0].volume is not None


def test_a_plane_of_ones_own_choice(desk):
    desk.key(Key.Key_1, Modifier.AltModifier)
    view = desk.window.views.main
    desk.key(Key.Key_F7, widget=view)
    assert view.plane is Plane.CORONAL
    assert view.section().slice_index is None
    desk.key(Key.Key_F6, widget=view)
    assert view.section().slice_index is not None


def picture_value(view, point) -> int:
    """The red of the pixel of the painted view at an LPS point."""
    view.room.overlays_visible = False
    view.update()
    place = view.canvas_of(point)
    image = view.grab().toImage()
    ratio = image.devicePixelRatio()
    return image.pixelColor(int(place.x() * ratio), int(place.y() * ratio)).red()


EDGE_RIGHT = CENTRE - [46.0, 0, 0]
EDGE_LEFT = CENTRE + [50.0, 0, 0]


#: To where the right of the screen goes after quarter turns, plain and mirrored: a mirrored
#: picture turns clockwise on the screen all the same.
PLAIN = ([1, 0, 0], [0, -1, 0], [-1, 0, 0], [0, 1, 0])
MIRRORED = ([-1, 0, 0], [0, -1, 0], [1, 0, 0], [0, 1, 0])


def test_turned_and_mirrored_pictures_keep_their_places(desk):
    view = desk.view()
    for mirrored, directions in ((False, PLAIN), (True, MIRRORED)):
        for turns, expected in enumerate(directions):
            if mirrored:
                desk.key(Key.Key_H, Modifier.ShiftModifier)
            for _ in range(turns):
                desk.key(Key.Key_R, Modifier.ShiftModifier)
            assert picture_value(view, EDGE_RIGHT) > picture_value(view, EDGE_LEFT) + 60
            right, _ = view.projection().screen_directions()
            np.testing.assert_allclose(right, expected, atol=1e-9)
            desk.window.room.overlays_visible = True
            desk.key(Key.Key_R)
            ahead = view.projection().screen_directions()[0]
            np.testing.assert_allclose(ahead, [1, 0, 0], atol=1e-9)


def test_measuring_on_a_turned_and_mirrored_picture_is_the_same(desk):
    desk.key(Key.Key_V, Modifier.ShiftModifier)
    desk.key(Key.Key_R, Modifier.ShiftModifier)
    desk.key(Key.Key_L)
    desk.drag(Plane.AXIAL, CENTRE - [48, 0, 0], CENTRE + [48, 0, 0])
    (drawn,) = desk.case.annotations
    length = np.linalg.norm(np.subtract(*drawn.points))
    assert length == pytest.approx(96.0, abs=1.5)


def refined(desk: Desk, view) -> None:
    desk.qtbot.waitUntil(lambda: view.section() is not None and view.is_idle, timeout=60_000)


def test_a_slab_shows_the_mean_of_its_thickness(desk):
    """Half of a slab of 40 mm at the lower end of the ellipsoid lies in fat."""
    view = desk.view()
    desk.look_at(CENTRE - [0, 0, 40.0])
    thin = view.section().image
    for _ in range(5):
        desk.key(Key.Key_BracketRight)
    assert view.slab_mm == 40.0
    refined(desk, view)
    thick = view.section().image
    assert thick.shape == thin.shape
    row, column = (int(v) for v in np.rint(view.section().grid.to_pixels(CENTRE)))
    assert thick[row, column] == 60 + 1024
    desk.key(Key.Key_Backslash)
    refined(desk, view)
    assert view.section().image[row, column] == -100 + 1024  # the lowest value
    desk.key(Key.Key_Backslash)
    refined(desk, view)
    mean = int(view.section().image[row, column])
    assert -100 + 1024 < mean < 60 + 1024


def test_dragging_a_ring_turns_the_other_planes(desk):
    axial, coronal = desk.view(), desk.view(Plane.CORONAL)
    desk.key(Key.Key_O, Modifier.ShiftModifier)
    from tumorboard.ui.viewer.guides import turn_handles

    rings = turn_handles(axial.display, axial.spec, axial.projection())
    centre = axial.canvas_of(desk.viewer.point)
    ring = max(rings, key=lambda p: p.x() - centre.x())
    reach = ring.x() - centre.x()
    angle = np.radians(30)
    end = QPointF(centre.x() + reach * np.cos(angle), centre.y() + reach * np.sin(angle))
    desk.drag_canvas(axial, ring.toPoint(), end.toPoint())
    assert desk.viewer.is_turned
    assert not axial.spec.is_turned
    normal = np.cross(coronal.spec.right, coronal.spec.down)
    turned = np.degrees(np.arccos(abs(normal[1])))
    assert turned == pytest.approx(30.0, abs=1.5)
    assert abs(normal[2]) < 1e-6
    refined(desk, coronal)
    beside = CENTRE + 12 * (np.array(coronal.spec.right) + np.array(coronal.spec.down))
    assert picture_value(coronal, beside) > 120  # beside the cross and its handles
    desk.key(Key.Key_R)
    assert not desk.viewer.is_turned


def test_axes_drawn_on_a_turned_plane_are_not_called_axial(desk):
    axial = desk.view()
    axial.display.turn(Plane.CORONAL, 40.0)
    refined(desk, axial)
    right = np.array(axial.display.axes(Plane.AXIAL)[0])
    desk.key(Key.Key_M)
    desk.drag(Plane.AXIAL, CENTRE - right * 30, CENTRE + right * 30)
    desk.drag(Plane.AXIAL, CENTRE - [0, 15.0, 0], CENTRE + [0, 15.0, 0])
    (drawn,) = desk.case.annotations
    assert [c.text for c in drawn.caveats if c.code == "turned-plane"] == [
        "Drawn on a plane turned by 40° from the axial one."
    ]
    size = mass_size(desk.case.annotations)
    assert "axial" not in size.words
    assert "turned plane long" in size.words


def test_the_copied_picture_shows_the_mass_and_no_words_of_the_case(desk):
    desk.key(Key.Key_C, Modifier.ControlModifier)
    image = QGuiApplication.clipboard().image()
    view = desk.view()
    assert image.width() == view.width() * 2
    place = view.canvas_of(EDGE_RIGHT + [3.0, 4.0, 0.0])  # beside the cross
    assert image.pixelColor(int(place.x() * 2), int(place.y() * 2)).red() > 120
    corner = [image.pixelColor(x, y).red() for x in range(16, 400, 2) for y in range(10, 90, 2)]
    assert max(corner) < 140  # nothing written where the series and the case stand on the screen


def test_cine_runs_and_turns_at_the_end(desk):
    assert cine_interval(replace(desk.viewer.volume, frame_ms=5.0)) == 83  # slices have no rate
    desk.key(Key.Key_End)
    desk.key(Key.Key_C)
    heights = set()

    def moved() -> bool:
        heights.add(desk.viewer.point[2])
        return len(heights) > 3

    desk.qtbot.waitUntil(moved, timeout=5000)
    desk.key(Key.Key_C)
    assert not desk.window.features.layout.is_running


def write_run(folder: Path, count: int) -> Path:
    """Ultrasound pictures in the order of time, without a place in the patient."""
    folder.mkdir()
    values = np.zeros((24, 30), dtype=np.int16)
    dataset = ct_slice(values, (0, 0, 0))
    for name in ("ImagePositionPatient", "ImageOrientationPatient", "FrameOfReferenceUID"):
        delattr(dataset, name)
    dataset.SOPClassUID = dataset.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.3.1"
    dataset.Modality, dataset.NumberOfFrames = "US", count
    dataset.FrameTime = "40"
    dataset.PixelData = b"".join((values + 50 * k).tobytes() for k in range(count))
    dataset.save_as(folder / "run.dcm")
    return folder


def test_pictures_in_time_go_forward_and_begin_again(open_desk, tmp_path):
    desk = open_desk(tmp_path / "store")
    desk.import_paths(write_run(tmp_path / "run", 4))
    view = desk.window.views.main
    seen: list[int] = []
    desk.viewer.moved.connect(lambda: seen.append(round(desk.viewer.point[2])))
    desk.key(Key.Key_Home, widget=view)
    frame = view.frame()
    assert corner_words(view, frame)[1][0] == "Image 1 / 4"
    assert cine_interval(frame.volume) == 40
    assert frame.section.image.max() == frame.volume.voxels[0].max()
    desk.key(Key.Key_C, widget=view)
    desk.qtbot.waitUntil(lambda: len(seen) > 6, timeout=5000)
    desk.key(Key.Key_C, widget=view)
    steps = np.diff(seen[: seen.index(3) + 1])
    assert (steps == 1).all()
    after = seen[seen.index(3) :]
    assert 2 not in after[: after.index(0)]


@pytest.mark.parametrize(
    ("key", "modifier"), [(Key.Key_G, Modifier.NoModifier), (Key.Key_Z, Modifier.NoModifier)]
)
def test_the_hand_can_pan_and_zoom(desk, key, modifier):
    desk.key(key, modifier)
    before = desk.view().projection()
    desk.drag_canvas(desk.view(), QPoint(200, 200), QPoint(230, 150))
    after = desk.view().projection()
    assert after.target != before.target or after.rows != before.rows
    desk.key(Key.Key_Escape)
    window = desk.viewer.window
    desk.drag_canvas(desk.view(), QPoint(40, 40), QPoint(40, 90))
    assert desk.viewer.window != window


def test_the_magnifying_glass_shows_what_is_under_it(desk):
    desk.key(Key.Key_N)
    view = desk.view()
    plain = view.grab().toImage()
    from PySide6.QtTest import QTest

    place = view.canvas_of(EDGE_LEFT + [6.0, 0, 0]).toPoint()
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=place)
    glass = view.grab().toImage()
    assert glass != plain
    assert glass.pixelColor(place).red() == pytest.approx(plain.pixelColor(place).red(), abs=12)
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=place)
    assert not view.magnifies


def test_what_the_picture_leaves_free_is_black(desk):
    """Around a picture dragged to a side nothing of the one before remains."""
    view = desk.view()
    desk.window.room.overlays_visible = False
    view.grab()
    desk.drag_canvas(
        view, QPoint(100, 100), QPoint(100 + view.width() // 2, 160), Qt.MouseButton.MiddleButton
    )
    image = view.grab().toImage()
    left = view.projection().target[0]
    assert left > 40
    free = {image.pixelColor(x, y).name() for x in range(4, left - 2, 3) for y in range(4, 400, 9)}
    assert free == {"#000000"}


def test_the_window_comes_from_a_rectangle_that_is_dragged(desk):
    """Across the rim of the ellipsoid the values go from -100 to 60 HU; within it all are 60."""
    desk.key(Key.Key_W, Modifier.ShiftModifier)
    low, high = (desk.canvas(Plane.AXIAL, CENTRE + d) for d in ([-80, -8, 0], [0, 8, 0]))
    desk.drag_canvas(desk.view(), low, high)
    window = desk.viewer.window
    assert (window.centre, window.width) == pytest.approx((-20, 160), abs=2)
    assert desk.viewer.window_name == "region"
    assert desk.view().rubber is None
    desk.key(Key.Key_Escape)
    assert desk.window.room.hand.value == "window"


def test_two_fingers_zoom(desk):
    from PySide6.QtGui import QNativeGestureEvent, QPointingDevice

    view = desk.view()
    before = view.projection().pixels_per_mm
    place = QPointF(120, 130)
    event = QNativeGestureEvent(
        Qt.NativeGestureType.ZoomNativeGesture,
        QPointingDevice.primaryPointingDevice(),
        2,
        place,
        place,
        QPointF(view.mapToGlobal(place)),
        0.25,
        QPointF(0, 0),
    )
    QApplication.sendEvent(view, event)
    assert view.projection().pixels_per_mm == pytest.approx(1.25 * before, rel=0.02)


def test_images_acquired_in_another_plane_stand_in_the_large_view(open_desk, tmp_path):
    coronal = (1.0, 0.0, 0.0, 0.0, 0.0, -1.0)
    positions = np.array([[-40.0, 10.0 * k, 60.0] for k in range(8)])
    write_slices(tmp_path / "mr", 8, orientation=coronal, step=10.0, positions=positions)
    desk = open_desk()
    desk.import_paths(tmp_path / "mr")
    shown_planes = [view.plane for view in desk.window.views.shown]
    assert shown_planes == [Plane.CORONAL, Plane.AXIAL, Plane.SAGITTAL]
    assert desk.window.views.main.section().slice_index is not None
