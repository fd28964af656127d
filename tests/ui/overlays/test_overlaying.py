"""PET in colours, masks, marks of others, key images, printing: one window, real events."""

from dataclasses import replace

import numpy as np
import pypdf
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QMenu, QPushButton

from tests.dicom.pet_ct import CT, HOT, PET, RADIUS, write_all
from tests.ui.desk import LEFT, move
from tumorboard.imaging.geometry import Plane
from tumorboard.imaging.view_cut import cut_words
from tumorboard.progress import Reporter
from tumorboard.ui.key_images.pictures import paint_saved
from tumorboard.ui.key_images.report import shots_of
from tumorboard.ui.measurements.histogram import Plot
from tumorboard.ui.sharing.board_report import build_report, report_inputs
from tumorboard.ui.viewer.painting import Frame
from tumorboard.ui.viewer.snapshot import snapshot
from tumorboard.ui.viewer.told import place_words

Key, Modifier = Qt.Key, Qt.KeyboardModifier
RIGHT = Qt.MouseButton.RightButton


@pytest.fixture(scope="session")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("petct")
    write_all(folder)
    return folder


@pytest.fixture
def fused(open_desk, study):
    desk = open_desk()
    desk.import_paths(study)
    desk.window.features.series.show(CT, 0)
    desk.settle()
    desk.key(Key.Key_5, Modifier.AltModifier, desk.window.views.main)
    desk.settle()
    desk.window.room.activate(desk.window.room.display(0))
    desk.look_at(HOT)
    return desk


def hover(desk, view, point) -> str:
    """Move the pointer over a place; return what is read there."""
    from tumorboard.ui.viewer import guides
    from tumorboard.ui.viewer.fused import fused_reading

    place = view.canvas_of(tuple(float(v) for v in point))
    move(view, place, Qt.MouseButton.NoButton, Modifier.NoModifier)
    frame = view.frame()
    below = guides.reading(frame.volume, frame.section, frame.projection, view.pointer)
    return f"{fused_reading(frame, frame.over.fusion, view.pointer)} | {below}"


def colour_at(view, point) -> tuple[int, int, int]:
    place = view.canvas_of(tuple(float(v) for v in point))
    ratio = view.devicePixelRatioF()
    pixel = view.grab().toImage().pixelColor(round(place.x() * ratio), round(place.y() * ratio))
    return pixel.red(), pixel.green(), pixel.blue()


def test_a_pet_in_colours_over_each_plane_tells_both_values(fused):
    desk = fused
    room = desk.window.room
    desk.window.features.overlays.toggle(
        tuple(o.key for o in desk.window.features.overlays.found.objects), on=False
    )
    inside, outside = HOT + [4.0, 4.0, 4.0], HOT + [30.0, 20.0, 20.0]
    grey = colour_at(desk.view(), HOT + [6.0, 6.0, 0])
    assert grey[0] == grey[1] == grey[2]
    desk.key(Key.Key_F, Modifier.ShiftModifier)
    desk.settle()
    fusion = room.active.over.fusion
    assert fusion.volume.unit == "SUVbw"
    for plane in Plane:
        view = desk.view(plane)
        assert hover(desk, view, HOT).startswith("SUVbw 5.00 | 60 HU")
        red, _, blue = colour_at(view, view.point_at(view.canvas_of(tuple(inside))))
        assert red > blue
        assert hover(desk, view, outside).startswith("SUVbw 0.50 | ")
    desk.key(Key.Key_Up, Modifier.AltModifier)
    assert room.active.over.fusion.opacity == pytest.approx(0.6)
    panel = desk.window.objects
    assert "PET corrected" in panel._fusion.series.currentText()
    panel._fusion.upper.setValue(4.0)
    assert room.active.over.fusion.window.width == pytest.approx(4.0)
    desk.key(Key.Key_F, Modifier.ShiftModifier)
    assert room.active.over.fusion is None
    # The PET alone is dark on white, and its bar says in which unit.
    desk.window.features.series.show(PET, 0)
    desk.settle()
    assert room.active.inverted
    assert room.active.window.width == pytest.approx(7.0)


def test_a_pet_taken_apart_is_not_laid_over(fused):
    desk = fused
    desk.window.features.series.show(CT, 0)
    volume = desk.viewer.volume
    desk.viewer.set_volume(replace(volume, frame_of_reference_uid="1.2.9.9"), desk.viewer.title)
    desk.key(Key.Key_F, Modifier.ShiftModifier)
    desk.settle()
    assert desk.viewer.over.fusion is None
    assert "not taken together" in desk.window.notice.text


def test_masks_and_outlines_show_on_every_plane_and_by_their_box(fused):
    desk = fused
    panel = desk.window.objects
    found = desk.window.features.overlays.found
    assert sorted(o.name for o in found.objects) == ["Hot ball", "Margin"]
    ball = next(o for o in found.objects if o.name == "Hot ball")
    assert ball.layer.volume_ml == pytest.approx(4 / 3 * np.pi * RADIUS**3 / 1000, rel=0.03)
    slanting = {
        Plane.AXIAL: np.array([0.8, 0.6, 0]),
        Plane.CORONAL: np.array([0.8, 0, 0.6]),
        Plane.SAGITTAL: np.array([0, 0.8, 0.6]),
    }
    for plane, way in slanting.items():
        reach = np.arange(2 * RADIUS - 3, 2 * RADIUS + 3, 0.1)  # finer than a pixel: a thin line
        seen = [colour_at(desk.view(plane), HOT + r * way) for r in reach]
        assert any(r > 200 and b < 90 for r, _, b in seen), plane
    margin = next(o for o in found.objects if o.name == "Margin")
    panel.boxes[margin.key].click()
    assert [x.name for x in desk.viewer.over.layers] == ["Hot ball"]
    elsewhere = {"series_instance_uid": "x", "part_of": "x", "frame_of_reference_uid": "1.9"}
    moved = replace(desk.viewer.volume, **elsewhere)
    desk.viewer.set_volume(moved, desk.viewer.title)
    assert desk.viewer.over.layers == ()
    assert not panel.boxes[ball.key].isEnabled()
    assert "frame of reference" in panel.boxes[ball.key].toolTip()


def test_a_mark_of_another_is_adopted_from_panel_and_menu(fused):
    desk = fused
    overlaying = desk.window.features.overlays
    (mark,) = overlaying.found.marks
    assert desk.viewer.over.marks == (mark,)
    view = desk.view()
    rim = mark.lines[0].points[0]
    desk.look_at(rim)
    place = view.canvas_of(rim).toPoint()
    QTest.mouseClick(view, RIGHT, pos=place)
    menu = view.findChild(QMenu)
    assert menu is not None
    adopt = next(a for a in menu.actions() if a.text().startswith("Adopt"))
    adopt.trigger()
    menu.close()
    (mine,) = desk.case.annotations
    assert mine.author == "Dr Test"
    assert mine.origin.startswith("Adopted from a structured report by Ann Elder")
    assert desk.viewer.over.marks == ()
    desk.workspace.session.undo()
    assert desk.case.annotations == ()
    assert desk.viewer.over.marks == (mark,)
    button = desk.window.objects.findChild(QPushButton, f"adopt|{mark.uid}")
    QTest.mouseClick(button, LEFT)
    assert len(desk.case.annotations) == 1
    # A drag of the right button zooms and opens nothing.
    before = view.projection().pixels_per_mm
    desk.drag_canvas(view, QPoint(200, 200), QPoint(200, 260), RIGHT)
    assert view.projection().pixels_per_mm != pytest.approx(before)
    desk.window.room.select(desk.case.annotations[0].uid)
    desk.key(Key.Key_G, Modifier.ShiftModifier)
    dialog = desk.window.findChild(Plot).window()
    assert dialog.windowTitle() == "Histogram of the region"
    assert not dialog.grab().isNull()
    dialog.close()


def visible(view) -> np.ndarray:
    """The LPS points at the corners of what is certainly visible: the middle and its scale."""
    frame: Frame = view.frame()
    size = np.array([view.width(), view.height()])
    return frame.projection.to_lps(np.array([[0, 0], size]))


def test_key_images_are_kept_shown_again_reordered_and_undone(fused, open_desk, tmp_path):
    desk = fused
    view = desk.view()
    desk.key(Key.Key_K)
    assert "key image 1" in desk.window.status.hint
    QApplication.processEvents()  # the strip takes its room
    desk.key(Key.Key_F, Modifier.ShiftModifier)
    desk.settle()
    view.setFocus()
    view.zoom(2.3)
    view.flip(horizontal=True)
    desk.view(Plane.CORONAL).thicken(2)
    desk.key(Key.Key_K)
    plain, kept = desk.case.views
    before, point = visible(view), desk.viewer.point
    fraction = paint_saved(desk.viewer.volume, desk.case, kept.main, (200, 160), 1.0)
    assert (fraction.width(), fraction.height()) == (200, 160)
    desk.window.views.reset()
    desk.look_at(HOT + [0, 0, 9.0])
    desk.key(Key.Key_F, Modifier.ShiftModifier)
    strip = desk.window.key_strip
    strip.setFocus()
    QTest.mouseClick(strip.viewport(), LEFT, pos=strip.visualItemRect(strip.item(1)).center())
    desk.settle()
    np.testing.assert_allclose(desk.viewer.point, point)
    np.testing.assert_allclose(visible(view), before, atol=0.5)
    assert view.viewport.flip_horizontal
    slabs = {p.spec.plane.value: p.spec.slab_mm for p in kept.pictures}
    assert desk.view(Plane.CORONAL).slab_mm == slabs["coronal"] > 0 == slabs["sagittal"]
    assert desk.viewer.over.fusion is not None
    desk.window.activateWindow()
    desk.qtbot.waitUntil(desk.window.isActiveWindow)
    desk.key(Key.Key_F2, widget=strip)
    editor = desk.window.focusWidget()
    assert isinstance(editor, QLineEdit)
    editor.setText("The hot one")
    QTest.keyClick(editor, Key.Key_Return)
    desk.qtbot.waitUntil(lambda: desk.case.views[1].caption == "The hot one")
    strip.moved.emit(kept.uid, 0)
    assert [v.caption for v in desk.case.views] == ["The hot one", plain.caption]
    assert shots_of(desk.case)[0].saved == kept.pictures[0]
    desk.workspace.session.undo()
    assert desk.case.views[1].uid == kept.uid
    # In another window of another size all that was visible is visible.
    uid = desk.case.uid
    again = open_desk(tmp_path / "store")
    again.window.resize(1100, 640)
    again.window.controller.open_case(uid)
    again.settle()
    again.window.features.key_images.show(kept.uid)
    again.settle()
    QApplication.processEvents()
    other = again.view()
    now, extent = visible(other), kept.main.extent
    assert abs(now[1] - now[0])[0] >= extent.width_mm - 0.5
    assert abs(now[1] - now[0])[1] >= extent.height_mm - 0.5
    np.testing.assert_allclose(now.mean(axis=0)[:2], extent.centre[:2], atol=0.5)


def test_a_page_states_its_scale_and_no_name_unless_asked(fused, tmp_path):
    desk = fused
    printing = desk.window.features.printout
    desk.view().setFocus()
    for named in (False, True):
        page = printing.page(all_views=True, named=named)
        assert len(page.panels) == 3
        printing.write(page, tmp_path / f"{named}.pdf")
        (sheet,) = pypdf.PdfReader(tmp_path / f"{named}.pdf").pages
        text = " ".join(sheet.extract_text().split())
        assert "cm in the patient" in text
        assert ("T-1" in text) is named
        assert len(sheet.images) == 3
    # Free words of others may hold a name: they are drawn on the screen alone.
    view = desk.view()
    lines = snapshot(view)
    desk.viewer.lay_over(
        replace(
            desk.viewer.over,
            marks=tuple(replace(m, words="X" * 9, by="Y" * 9) for m in desk.viewer.over.marks),
        )
    )
    assert desk.viewer.over.marks
    assert snapshot(view) == lines
    desk.key(Key.Key_P, Modifier.ControlModifier | Modifier.ShiftModifier)
    dialog = desk.window.findChild(QDialog)
    assert not dialog.named.isChecked()
    dialog.reject()


def test_nothing_is_said_where_there_is_nothing(desk):
    desk.window.features.overlays.fusion.toggle()
    assert "no PET" in desk.window.notice.text
    place = QPointF(20, 20)
    menu = desk.window.features.menus.menu(desk.view(), place)
    assert "Copy picture without identity" in [a.text() for a in menu.actions()]
    menu.close()


def test_a_mask_of_others_is_adopted_as_an_own_outline(fused):
    desk = fused
    found = desk.window.features.overlays.found
    ball = next(o for o in found.objects if o.name == "Hot ball")
    desk.window.objects.acted.emit("adopt_mask", ball.key)
    desk.settle()
    (record,) = desk.case.segmentations
    assert (record.label, record.lesion_uid) == ("Hot ball", "")
    assert record.method.startswith("adopted from a segmentation")
    assert record.series_instance_uid == desk.viewer.volume.series_instance_uid
    assert record.volume_ml == pytest.approx(4 / 3 * np.pi * RADIUS**3 / 1000, rel=0.1)
    mask = desk.workspace.session.mask(record.uid)
    assert np.linalg.norm(mask.centroid - HOT) < 2.0
    desk.key(Key.Key_Z, Modifier.ControlModifier)
    assert desk.case.segmentations == ()


def test_page_and_key_image_say_how_the_picture_was_cut(fused):
    desk = fused
    case = desk.case
    view = desk.view()
    view.display.turn(Plane.CORONAL, 40.0)
    view.setFocus()
    view.thicken(3)
    view.next_slab_mode()
    QApplication.processEvents()
    said = cut_words(view.display.volume, view.spec)
    assert said.startswith("Oblique, nearest axial · MinIP ")
    (panel,) = desk.window.features.printout.page(all_views=False, named=False).panels
    title = view.display.title
    for words in (said, title.description, title.date):
        assert words in panel.words
    desk.key(Key.Key_K)
    desk.settle()
    (kept,) = [v for v in desk.case.views if v not in case.views]
    assert kept.caption.startswith(said)
    # A caption that a reader wrote says nothing of the cut; the report does.
    desk.window.features.key_images.rename(kept.uid, "The hot one")
    desk.settle()
    desk.workspace.guidance.make_ready()
    inputs = report_inputs(desk.workspace)
    images = build_report(inputs, Reporter()).images
    told = [f"{p.caption} {p.series}" for image in images for p in image.pictures]
    assert any("The hot one" in t and said in t for t in told)


def test_what_an_audience_sees_is_told_with_its_thickness(fused):
    view = fused.view()
    view.setFocus()
    view.thicken(3)
    QApplication.processEvents()
    spec = view.spec
    assert spec.slab_mm > 0
    said = place_words(view.display.volume, view.frame().spec, view.display.point, "")
    assert f"{spec.mode.value} {spec.slab_mm:g} mm" in said
    assert said.startswith("Axial ")
