"""Outlines in three dimensions with a real mouse: paint, grow, outline, undo, sizes, facts."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.ui.conftest import CENTRE, SEMI_AXES
from tests.ui.desk import LEFT, move
from tumorboard.annotations.model import Kind
from tumorboard.app.session import Session
from tumorboard.case.segmentation import Role
from tumorboard.dicom.segmentation import read_segmentation
from tumorboard.imaging.geometry import Plane
from tumorboard.store.database import Store
from tumorboard.store.verify import verify
from tumorboard.tools.toolbox import MASK_TOOLS

Key, Modifier = Qt.Key, Qt.KeyboardModifier
#: Of the ellipsoid.
VOLUME_ML = 4 / 3 * np.pi * SEMI_AXES.prod() / 1000


def outlines(desk):
    return desk.case.segmentations


def mask(desk):
    return desk.workspace.session.mask(outlines(desk)[-1].uid)


def take(desk, name):
    desk.window.actions_by_name[f"tool.{name}"].trigger()
    desk.settle()


def grow(desk, point=CENTRE):
    take(desk, "mask_grow")
    desk.click(Plane.AXIAL, point)
    desk.settle()


def draw_round(desk, plane, centre, radius, axes):
    """Hold the button and draw a circle."""
    view = desk.view(plane)
    turns = np.linspace(0, 2 * np.pi, 18)
    points = [
        centre + radius * (np.cos(t) * np.array(axes[0]) + np.sin(t) * np.array(axes[1]))
        for t in turns
    ]
    places = [QPointF(desk.canvas(plane, p)) for p in points]
    QTest.mousePress(view, LEFT, pos=places[0].toPoint())
    for place in places[1:]:
        move(view, place, LEFT, Modifier.NoModifier)
    QTest.mouseRelease(view, LEFT, pos=places[-1].toPoint())
    desk.settle()


def test_s_paints_and_each_stroke_is_one_step(desk):
    desk.key(Key.Key_S)
    desk.settle()
    assert desk.window.room.tool is MASK_TOOLS[0]
    assert desk.window.tabs.currentWidget() is desk.window.lesions
    assert desk.window.outlines.isVisible()
    desk.drag(Plane.AXIAL, CENTRE, CENTRE + [20, 0, 0])
    (record,) = outlines(desk)
    assert record.label == "Mass 1"
    assert desk.case.index_lesion.uid == record.lesion_uid
    radius = desk.window.room.brush.radius_mm
    area = np.pi * radius**2 + 2 * radius * 20
    assert record.volume_ml == pytest.approx(area * 4 / 1000, rel=0.05)
    desk.drag(Plane.AXIAL, CENTRE - [20, 0, 0], CENTRE - [10, 0, 0])
    second = outlines(desk)[0]
    assert second.uid == record.uid
    assert second.volume_ml > record.volume_ml
    desk.key(Key.Key_Z, Modifier.ControlModifier)
    assert outlines(desk)[0].digest == record.digest
    desk.drag(Plane.AXIAL, CENTRE, CENTRE + [0, 1, 0])  # goes on from what undo left
    assert mask(desk).volume_ml < second.volume_ml
    desk.key(Key.Key_Z, Modifier.ControlModifier)
    desk.key(Key.Key_Z, Modifier.ControlModifier)
    assert outlines(desk) == ()
    assert desk.case.lesions == ()
    desk.key(Key.Key_Z, Modifier.ControlModifier | Modifier.ShiftModifier)
    assert outlines(desk)[0].digest == record.digest


def test_what_is_painted_shows_on_every_plane_while_the_button_is_held(desk):
    desk.key(Key.Key_S)
    desk.settle()
    view = desk.view()
    QTest.mousePress(view, LEFT, pos=desk.canvas(Plane.AXIAL, CENTRE))
    move(view, QPointF(desk.canvas(Plane.AXIAL, CENTRE + [25, 0, 0])), LEFT, Modifier.NoModifier)
    (layer,) = desk.viewer.over.layers
    for plane in Plane:
        section = desk.view(plane).section()
        assert len(layer.layer.lines(section.grid)) == 1, plane
    assert outlines(desk) == ()
    QTest.keyClick(view, Key.Key_Escape)
    assert desk.viewer.over.layers == ()
    QTest.mouseRelease(view, LEFT, pos=desk.canvas(Plane.AXIAL, CENTRE + [25, 0, 0]))
    assert outlines(desk) == ()


def test_the_brush_has_a_size_that_keys_wheel_and_field_change(desk):
    desk.key(Key.Key_S)
    desk.settle()
    room, fields = desk.window.room, desk.window.outlines.brush
    before = room.brush.radius_mm
    desk.key(Key.Key_BracketRight)
    assert room.brush.radius_mm > before
    assert fields.radius.value() == pytest.approx(room.brush.radius_mm)
    assert desk.view().slab_mm == 0.0
    desk.key(Key.Key_BracketLeft)
    assert room.brush.radius_mm == pytest.approx(before, abs=0.2)
    place = QPointF(desk.canvas(Plane.AXIAL, CENTRE))
    event = QWheelEvent(
        *(place, desk.view().mapToGlobal(place), QPoint(), QPoint(120, 0)),
        *(Qt.MouseButton.NoButton, Modifier.AltModifier, Qt.ScrollPhase.NoScrollPhase, False),
    )
    here = desk.viewer.point
    QApplication.sendEvent(desk.view(), event)
    assert room.brush.radius_mm > before
    assert desk.viewer.point == here
    fields.radius.setValue(4.0)
    assert room.brush.radius_mm == 4.0
    desk.key(Key.Key_Escape)
    desk.key(Key.Key_BracketRight)
    assert desk.view().slab_mm > 0


def test_a_slab_paints_several_slices_and_the_eraser_takes_away(desk):
    desk.key(Key.Key_S)
    desk.settle()
    fields = desk.window.outlines.brush
    fields.tip.setCurrentIndex(1)
    fields.slab.setValue(20)
    desk.click(Plane.AXIAL, CENTRE)
    first = mask(desk)
    assert len(first.slices) == 5
    take(desk, "mask_eraser")
    fields.tip.setCurrentIndex(0)
    desk.click(Plane.AXIAL, CENTRE)
    assert len(mask(desk).slices) == 4
    take(desk, "mask_brush")
    desk.click(Plane.CORONAL, CENTRE)
    assert set(mask(desk).slices) >= set(first.slices)


def test_a_click_grows_the_mass_and_the_panel_tells_its_sizes(desk):
    grow(desk)
    (record,) = outlines(desk)
    assert record.volume_ml == pytest.approx(VOLUME_ML, rel=0.02)
    panel = desk.window.outlines
    desk.qtbot.waitUntil(lambda: desk.workspace.session.derived.get("diameters_cm") is not None)
    words = " ".join(panel._content.details.lines)
    assert "between outer voxel edges" in words
    assert "Mean 60 HU" in words
    assert "not from a guideline" in words
    assert panel.volumes[record.uid].text() == "241 mL"
    fact = desk.workspace.session.derived["diameters_cm"]
    assert fact.provenance.annotation_uids == (record.uid,)
    assert "slices" in fact.provenance.note
    assert fact.value == pytest.approx((9.6, 6.0, 8.0), abs=0.45)


def test_the_fact_goes_with_the_outline_and_comes_back(desk):
    grow(desk)
    session = desk.workspace.session
    assert session.derived["diameters_cm"].value
    desk.key(Key.Key_Z, Modifier.ControlModifier)
    desk.settle()
    assert "diameters_cm" not in session.derived
    desk.key(Key.Key_Y, Modifier.ControlModifier)
    desk.settle()
    assert session.derived["diameters_cm"].provenance.annotation_uids == (outlines(desk)[0].uid,)
    # Another start keeps what was measured, and a person's word goes before it.
    with Store(session.store.folder, backup=False) as store:
        other = Session(store, "Dr Other", lambda case: {})
        other.open_case(desk.case.uid)
        assert other.derived["diameters_cm"].value == session.derived["diameters_cm"].value
    session.set_fact("diameters_cm", (1.0, 1.0, 1.0))
    assert session.facts.value("diameters_cm") == (1.0, 1.0, 1.0)


def test_a_fact_from_an_outline_leads_to_where_it_lies(desk):
    grow(desk)
    record = outlines(desk)[0]
    desk.look_at(CENTRE + [0, 0, -40])
    desk.window.facts.jump_requested.emit((record.uid,))
    desk.settle()
    assert np.allclose(desk.viewer.point, CENTRE, atol=2.0)
    assert desk.window.outlines.names[record.uid].isChecked()


def test_sizes_are_taken_as_calipers_that_go_before_the_outline(desk):
    grow(desk)
    desk.window.actions_by_name["outline.sizes"].trigger()
    desk.settle()
    kinds = [a.kind for a in desk.case.annotations]
    assert kinds == [Kind.BIDIRECTIONAL, Kind.CRANIOCAUDAL]
    assert all("outer voxel edges" in a.origin for a in desk.case.annotations)
    fact = desk.workspace.session.derived["diameters_cm"]
    assert set(fact.provenance.annotation_uids) == {a.uid for a in desk.case.annotations}
    assert fact.value == pytest.approx((9.6, 6.0, 8.0), abs=0.45)
    desk.key(Key.Key_Z, Modifier.ControlModifier)
    assert desk.case.annotations == ()


def test_a_click_in_fat_leaks_is_stopped_and_nothing_is_kept(desk):
    desk.window.controller.settings.set("outline.grow_limit_ml", 500)
    grow(desk, CENTRE + [-70, 0, 0])
    assert outlines(desk) == ()
    assert "leaked" in desk.window.notice.text
    assert desk.viewer.over.layers == ()
    fields = desk.window.outlines.brush
    fields.fenced.setChecked(True)
    fields.fence.setValue(2.0)
    desk.click(Plane.AXIAL, CENTRE + [-70, 0, 0])
    desk.settle()
    assert outlines(desk)[0].volume_ml <= 4 / 3 * np.pi * 20**3 / 1000 * 1.05


def test_dragging_widens_the_range_before_it_is_kept(desk):
    take(desk, "mask_grow")
    view = desk.view()
    start = QPointF(desk.canvas(Plane.AXIAL, CENTRE))
    QTest.mousePress(view, LEFT, pos=start.toPoint())
    desk.settle()
    assert outlines(desk) == ()
    assert len(desk.viewer.over.layers) == 1
    assert "HU: 24" in desk.window.status._hint.text()
    move(view, start + QPointF(60, 0), LEFT, Modifier.NoModifier)
    desk.settle()
    QTest.mouseRelease(view, LEFT, pos=(start + QPointF(60, 0)).toPoint())
    desk.settle()
    (record,) = outlines(desk)
    assert record.method.startswith("grown, ")
    assert record.volume_ml == pytest.approx(VOLUME_ML, rel=0.02)


def test_outlines_on_a_few_slices_are_filled_between(desk):
    take(desk, "mask_outline")
    steps = (-32, 0, 32)
    for z in steps:
        desk.look_at(CENTRE + [0, 0, z])
        radius = 30 * np.sqrt(1 - (z / 40) ** 2)
        draw_round(
            desk, Plane.AXIAL, CENTRE + [0, 0, z], 1.0, ([radius * 1.6, 0, 0], [0, radius, 0])
        )
    assert len(mask(desk).slices) == len(steps)
    desk.window.outlines.changes["between"].click()
    desk.settle()
    assert len(mask(desk).slices) == 17
    polygon = 17 / (2 * np.pi) * np.sin(2 * np.pi / 17)  # of a circle, with so many corners
    expected = polygon * np.pi * 48 * 30 * 68 * (1 - (34 / 40) ** 2 / 3) / 1000
    assert mask(desk).volume_ml == pytest.approx(expected, rel=0.05)
    desk.key(Key.Key_Z, Modifier.ControlModifier)
    assert len(mask(desk).slices) == len(steps)


def test_corners_are_clicked_on_another_plane_and_a_part_is_cut_away(desk):
    take(desk, "mask_outline")
    # Between the middles of voxels (1.5 x 4 mm), so that no rounding of a click decides on a row.
    square = ([-20.25, 0, -22], [20.25, 0, -22], [20.25, 0, 22], [-20.25, 0, 22])
    for corner in square:
        desk.click(Plane.CORONAL, CENTRE + corner)
    desk.key(Key.Key_Return, widget=desk.view(Plane.CORONAL))
    desk.settle()
    found = mask(desk)
    assert found.volume_ml == pytest.approx(40.5 * 44 * 1.5 / 1000, rel=0.05)
    assert found.voxels.shape[1] == 1
    desk.window.outlines.brush.cuts.setChecked(True)
    draw_round(desk, Plane.CORONAL, CENTRE, 10.0, ([1, 0, 0], [0, 0, 1]))
    assert mask(desk).volume_ml < found.volume_ml - 0.3


def test_why_nothing_grew_is_said_until_an_outline_is_kept_or_escape(desk):
    notice, refused = desk.window.notice, "Click inside the mass."
    segmenting = desk.window.features.outlines
    segmenting.refuse(refused)
    assert notice.text == refused
    grow(desk)
    assert notice.text == ""
    segmenting.refuse(refused)
    desk.key(Qt.Key.Key_Escape)
    assert notice.text == ""


def test_the_panel_changes_names_hides_splits_and_deletes(desk):
    grow(desk)
    panel, (record,) = desk.window.outlines, outlines(desk)
    panel.boxes[record.uid].click()
    assert desk.viewer.over.layers == ()
    panel.boxes[record.uid].click()
    assert len(desk.viewer.over.layers) == 1
    panel.changes["smooth"].click()
    desk.settle()
    assert outlines(desk)[0].volume_ml == pytest.approx(record.volume_ml, rel=0.01)
    assert "smooth" in outlines(desk)[0].method
    desk.view().setFocus()
    panel.changes["split"].click()
    desk.settle()
    first, second = outlines(desk)
    assert first.volume_ml + second.volume_ml == pytest.approx(record.volume_ml, rel=0.01)
    panel.acted.emit("add", second.uid)
    desk.settle()
    assert outlines(desk)[0].volume_ml == pytest.approx(record.volume_ml, rel=0.01)
    panel.acted.emit("role", Role.SOLID.value)
    assert outlines(desk)[0].role is Role.SOLID
    desk.window.features.outlines._acts.rename(first.uid, "Solid part")
    assert panel.names[first.uid].text() == "Solid part"
    panel.acted.emit("delete", first.uid)
    assert [s.uid for s in outlines(desk)] == [second.uid]


def test_air_another_grid_and_no_case_are_told_in_words(desk, open_desk, tmp_path):
    volume = desk.viewer.volume
    grow(desk)
    record = outlines(desk)[0]
    moved = replace(volume.stack, origins=volume.stack.origins + [1.0, 0, 0])
    other = replace(volume, stack=moved)
    desk.viewer.set_volume(other, desk.viewer.title)
    desk.look_at(CENTRE)
    take(desk, "mask_brush")
    desk.click(Plane.AXIAL, CENTRE)
    assert "another grid" in desk.window.notice.text
    assert outlines(desk)[0].digest == record.digest
    air = replace(volume, voxels=np.full_like(volume.voxels, 24))
    desk.viewer.set_volume(air, desk.viewer.title)
    desk.look_at(CENTRE)
    grow(desk)
    assert "air" in desk.window.notice.text
    empty = open_desk(tmp_path / "other")
    empty.window.actions_by_name["outline.sizes"].trigger()
    assert "no images" in empty.window.notice.text


def test_outlines_are_exported_as_a_dicom_segmentation(desk, tmp_path):
    grow(desk)
    path = tmp_path / "out.dcm"
    desk.window.features.outlines._acts.export_to(path)
    desk.settle()
    (segment,) = read_segmentation(path).segments
    assert segment.name == "Mass 1"
    assert int(segment.mask.sum()) == mask(desk).count
    assert "written" in desk.window.notice.text


def test_the_store_is_whole_after_all_this(desk):
    grow(desk)
    desk.window.outlines.changes["holes"].click()
    desk.settle()
    desk.key(Key.Key_Z, Modifier.ControlModifier)
    report = verify(desk.workspace.session.store)
    assert report.ok, report.problems
