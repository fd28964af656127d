"""Reports of others on the real window: values of a segment, and open lines that are adopted."""

import numpy as np
import pytest
from pydicom.sr.codedict import codes
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton

from tests.dicom import pet_ct
from tests.dicom.pet_ct import CT, CT_ORIGIN, CT_SPACING, CT_STEP, HOT, ct_ball
from tests.dicom.test_foreign import (
    judgements,
    measurement,
    of_segment,
    report,
    tracking,
    values_of_block,
)
from tests.ui.desk import LEFT
from tumorboard.annotations.measure import measure
from tumorboard.annotations.model import Kind
from tumorboard.reports.measured import other_measurements
from tumorboard.ui.shell.parts import ElidedLabel

Key, Modifier = Qt.Key, Qt.KeyboardModifier
#: Corners in the patient, on the slice through the middle of the ball: 18, 24 and 18 mm long.
OPEN = HOT + [[-9, -12, 0], [9, -12, 0], [9, 12, 0], [-9, 12, 0]]
LENGTH = 18.0 + 24.0 + 18.0


def line_on(images, corners):
    """Return a group of a report that measures along an open line."""
    import highdicom as hd

    slices = np.array([float(d.ImagePositionPatient[2]) for d in images])
    image = images[int(np.abs(slices - corners[0][2]).argmin())]
    pixels = [
        ((x - CT_ORIGIN[0]) / CT_SPACING[1] + 0.5, (y - CT_ORIGIN[1]) / CT_SPACING[0] + 0.5)
        for x, y, _ in corners
    ]
    along = measurement(codes.DCM.PathLength, LENGTH, codes.UCUM.Millimeter, pixels, image)
    return hd.sr.MeasurementsAndQualitativeEvaluations(
        tracking_identifier=tracking("Round the ball"), measurements=[along]
    )


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """A CT with a segmentation and a report on it and on an open line; the report alone."""
    folder = tmp_path_factory.mktemp("values")
    images = pet_ct.sources(pet_ct.write_ct(folder / "ct"))
    seg = pet_ct.write_segmentation(folder / "seg", images)
    group = of_segment(seg, images, 1, "T1", measurements=values_of_block())
    (folder / "sr").mkdir()
    report(folder / "sr", [*images, seg], [group, line_on(images, OPEN)])
    return folder


@pytest.fixture(scope="module")
def slice_study(tmp_path_factory):
    """A CT with a segmentation, and a report on one frame of it that lies at its end."""
    import highdicom as hd

    folder = tmp_path_factory.mktemp("frame")
    images = pet_ct.sources(pet_ct.write_ct(folder / "ct"))
    seg = pet_ct.write_segmentation(folder / "seg", images)
    groups = list(seg.PerFrameFunctionalGroupsSequence)
    places = [np.array(g.PlanePositionSequence[0].ImagePositionPatient, float) for g in groups]
    last = max(range(len(places)), key=lambda n: places[n][2])
    frame = hd.sr.ReferencedSegmentationFrame(
        *(seg.SOPClassUID, seg.SOPInstanceUID, last + 1, 1),
        hd.sr.SourceImageForSegmentation.from_source_image(images[-1]),
    )
    group = hd.sr.PlanarROIMeasurementsAndQualitativeEvaluations(
        tracking_identifier=tracking("T1"),
        referenced_segment=frame,
        measurements=[measurement(codes.SCT.Area, 110.0, codes.UCUM.SquareMillimeter)],
        qualitative_evaluations=judgements(),
    )
    (folder / "sr").mkdir()
    report(folder / "sr", [*images, seg], [group])
    return folder, places[last][2]


def test_values_of_one_slice_lead_to_it_and_tell_what_was_judged(open_desk, slice_study):
    folder, place = slice_study
    desk = open_desk()
    desk.import_paths(folder)
    desk.window.features.series.show(CT, 0)
    desk.settle()
    desk.look_at(HOT)
    panel = desk.window.objects
    shown = texts(panel)
    assert "T1 (on 1 of its slices): Area 110.0 mm²" in shown
    assert "Enhancement: Yes\nMargin: Spiculated" in shown
    (button,) = (b for b in panel.findChildren(QPushButton) if b.objectName()[:7] == "values|")
    button.click()
    assert desk.window.room.active.point[2] == pytest.approx(place)
    assert abs(place - HOT[2]) > CT_STEP  # the middle of the segment lies elsewhere


def texts(panel) -> list[str]:
    labels = panel.findChildren(QLabel)
    return [w.full_text if isinstance(w, ElidedLabel) else w.text() for w in labels]


def test_values_of_a_segment_stand_below_it_and_lead_to_its_middle(open_desk, study):
    desk = open_desk()
    desk.import_paths(study)
    desk.window.features.series.show(CT, 0)
    desk.settle()
    panel, room = desk.window.objects, desk.window.room
    (item,) = desk.window.features.overlays.found.objects
    shown = texts(panel)
    words = "T1 · Neoplasm: Volume 4200.0 mm³, Attenuation Coefficient (Mean) 41.2 HU, "
    assert words + "Sphericity 0.735" in shown
    assert "Structured report · Ann Elder · read-only" in shown
    assert desk.case.annotations == desk.case.segmentations == ()  # theirs, never ours
    desk.look_at(HOT + [30.0, 10.0, -24.0])
    panel.boxes[item.key].click()
    assert room.active.over.layers == ()
    button = next(b for b in panel.findChildren(QPushButton) if b.objectName()[:7] == "values|")
    desk.window.tabs.setCurrentWidget(panel)  # what is not shown takes no key
    button.setFocus()
    assert button.hasFocus()
    desk.key(Key.Key_Space, widget=button)
    filled = np.flatnonzero(ct_ball().any(axis=(1, 2)))
    away = np.abs(np.array(room.active.point) - [*HOT[:2], filled.mean() * CT_STEP])
    assert (away <= [CT_SPACING[1], CT_SPACING[0], CT_STEP / 2 + 1e-6]).all()
    assert [layer.key for layer in room.active.over.layers] == [item.key]
    assert panel.boxes[item.key].isChecked()


def test_values_say_when_their_segmentation_is_not_there(open_desk, study, tmp_path):
    desk = open_desk()
    desk.import_paths(study / "ct", study / "sr")
    desk.settle()
    shown = texts(desk.window.objects)
    assert any(t.startswith("T1 · Neoplasm: Volume 4200.0 mm³") for t in shown)
    (note,) = [t for t in shown if t.startswith("Not drawn:")]
    assert "the segmentation that it measures is not in this case; import it" in note
    assert not [
        b
        for b in desk.window.objects.findChildren(QPushButton)
        if b.objectName().startswith("values|")
    ]
    desk.import_paths(study / "seg")
    desk.settle()
    assert not [t for t in texts(desk.window.objects) if t.startswith("Not drawn:")]


def test_an_open_line_is_adopted_edited_undone_kept_and_reported(open_desk, study, tmp_path):
    desk = open_desk()
    desk.import_paths(study)
    desk.window.features.series.show(CT, 0)
    desk.settle()
    (mark,) = desk.window.features.overlays.found.marks
    button = desk.window.objects.findChild(QPushButton, f"adopt|{mark.uid}")
    button.click()
    (mine,) = desk.case.annotations
    assert (mine.kind, mine.author) == (Kind.PATH, "Dr Test")
    assert measure(mine).quantities[0].value == pytest.approx(LENGTH, abs=1e-3)
    desk.window.features.series.go_to(mine)
    desk.settle()
    view = desk.view()
    end = view.canvas_of(mine.points[3])
    aside = view.canvas_of(tuple(np.array(mine.points[3]) - [9.0, 0.0, 0.0]))
    desk.drag_canvas(view, end.toPoint(), aside.toPoint(), LEFT)
    (edited,) = desk.case.annotations
    pixel = 1 / view.projection().pixels_per_mm
    assert measure(edited).quantities[0].value == pytest.approx(LENGTH + 9, abs=2 * pixel + 0.1)
    assert edited.points[:3] == mine.points[:3]
    desk.key(Key.Key_Z, Modifier.ControlModifier)
    assert desk.case.annotations == (mine,)
    (line,) = other_measurements(desk.case)
    assert (line.name, line.value) == ("Round the ball", "polyline length 6.0 cm")
    desk.key(Key.Key_Z, Modifier.ControlModifier)
    assert desk.case.annotations == ()
    assert desk.viewer.over.marks == (mark,)
    desk.key(Key.Key_Z, Modifier.ControlModifier | Modifier.ShiftModifier)
    uid = desk.case.uid
    again = open_desk(tmp_path / "store")
    again.window.controller.open_case(uid)
    again.settle()
    assert again.case.annotations == (mine,)
