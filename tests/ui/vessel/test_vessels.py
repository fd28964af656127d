"""Vessels with a real mouse: a line laid, edited, measured, and what follows for the case."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.dicom.make import write_slices
from tests.imaging.phantoms import VesselPhantom
from tests.ui.desk import LEFT, Desk, move
from tumorboard.annotations.model import as_point
from tumorboard.app.outlining import begun
from tumorboard.case.segmentation import Role
from tumorboard.case.vessel import Word, centreline_of
from tumorboard.imaging.curved import CurvedMode
from tumorboard.imaging.geometry import Plane
from tumorboard.imaging.mask_model import Mask
from tumorboard.store.verify import verify

Key, Modifier = Qt.Key, Qt.KeyboardModifier
#: A vein of 9 mm radius on an arc; the sleeve and the plug lie on its middle half.
PHANTOM = VesselPhantom(9.0, 120.0, 150.0, 140.0, 0.6)
STACK = PHANTOM.stack((1.2, 1.2, 3.0), (0.3, 0.6, 0.2))
LINE = PHANTOM.line()


def write(folder: Path, **changes) -> Path:
    folder.mkdir()
    volume = PHANTOM.volume(STACK, 6.0)
    write_slices(
        folder,
        STACK.shape[0],
        spacing=STACK.pixel_spacing,
        step=3.0,
        positions=STACK.origins,
        values=volume.voxels + np.int16(1024),
        study_uid="1.2.81.1",
        series_uid="1.2.81.1.1",
        **changes,
    )
    return folder


@pytest.fixture(scope="session")
def vein_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("vein") / "ct")


@pytest.fixture
def desk(open_desk, vein_folder) -> Desk:
    built = open_desk()
    built.import_paths(vein_folder)
    return built


def joint(desk):
    return desk.window.features.vessel


def vessel(desk):
    (found,) = desk.case.vessels
    return found


def at(share: float) -> np.ndarray:
    """A point of the true line, 0 to 1 from below."""
    return LINE[round(share * (len(LINE) - 1))]


def rest(desk) -> None:
    desk.settle()
    desk.qtbot.waitUntil(lambda: joint(desk).is_idle)
    desk.settle()


def click_along(desk, *shares: float) -> None:
    for share in shares:
        desk.look_at(at(share))
        desk.click(Plane.AXIAL, at(share))
        desk.qtbot.waitUntil(lambda: desk.window.controller.jobs.is_idle, timeout=60_000)


def lay(desk, *shares: float) -> None:
    desk.key(Key.Key_C, Modifier.ShiftModifier)
    desk.settle()
    click_along(desk, *(shares or (0.05, 0.35, 0.65, 0.95)))
    desk.key(Key.Key_Return)


def outline(desk, *, with_lumen: bool = True) -> None:
    """Outline the lumen and the tumour from the truth."""
    session, volume = desk.workspace.session, desk.viewer.volume
    lumen, tumour = PHANTOM.masks(volume.stack)
    plug = lumen.cropped((0, 0, 0), STACK.shape) & tumour.cropped((0, 0, 0), STACK.shape)
    parts = [(Role.MASS, tumour), (Role.TUMOUR_IN_LUMEN, Mask.of(plug, volume.stack))]
    parts += [(Role.LUMEN, lumen)] if with_lumen else []
    for role, mask in parts:
        record = begun(session.case, volume, "", role)
        record = replace(record, lesion_uid="", label=role.value, vessel="")
        session.put_mask(record, mask, "Outline")
    desk.settle()


def farthest(line: np.ndarray) -> float:
    """Return how far a line lies from the true one at most, mm."""
    return max(float(np.linalg.norm(LINE - p, axis=1).min()) for p in line[::5])


def test_a_line_is_clicked_found_through_the_lumen_edited_and_undone(desk):
    desk.key(Key.Key_C, Modifier.ShiftModifier)
    desk.settle()
    assert desk.window.vessels.isVisible()
    click_along(desk, 0.95, 0.05)  # downwards: it is turned to run upwards
    record = vessel(desk)
    assert record.vessel == "IVC"
    assert record.anchors[0][2] < record.anchors[1][2]
    assert record.traced
    # A straight line would leave the vein, 9.6 mm off; tumour fills one side of it.
    assert farthest(centreline_of(record).line) < 7.0
    assert len(desk.viewer.over.paths) == 1
    # A click on the line puts a point between; the drag that follows moves it.
    middle = centreline_of(record).at(centreline_of(record).length_mm / 2)
    desk.look_at(middle)
    desk.click(Plane.AXIAL, middle)
    desk.settle()
    assert len(vessel(desk).anchors) == 3
    before = vessel(desk)
    held = np.array(before.anchors[1])
    aside = held + [4.0, 0.0, 0.0]
    view = desk.view()
    QTest.mousePress(view, LEFT, pos=desk.canvas(Plane.AXIAL, held))
    move(view, QPointF(desk.canvas(Plane.AXIAL, aside)), LEFT, Modifier.NoModifier)
    (shown,) = desk.viewer.over.paths
    assert np.linalg.norm(shown.line - aside, axis=1).min() < 1.0, "shown while it is dragged"
    assert vessel(desk) == before, "and kept when the button is let go"
    QTest.mouseRelease(view, LEFT, pos=desk.canvas(Plane.AXIAL, aside))
    desk.settle()
    assert vessel(desk).anchors[1] == pytest.approx(as_point(aside), abs=0.8)
    desk.key(Key.Key_Delete)
    desk.settle()
    assert len(vessel(desk).anchors) == 2
    for count in (3, 3, 2, 1):
        desk.key(Key.Key_Z, Modifier.ControlModifier)
        assert len(vessel(desk).anchors) == count
    desk.key(Key.Key_Z, Modifier.ControlModifier)
    assert desk.case.vessels == ()
    desk.key(Key.Key_Z, Modifier.ControlModifier | Modifier.ShiftModifier)
    assert len(vessel(desk).anchors) == 1
    QTest.keyClick(desk.view(), Key.Key_Escape)
    QTest.keyClick(desk.view(), Key.Key_Escape)
    assert desk.window.room.tool is None


def test_an_escape_gives_a_drag_up_and_a_spline_is_a_choice(desk):
    panel = desk.window.vessels
    desk.key(Key.Key_C, Modifier.ShiftModifier)
    desk.settle()
    panel.way.click()
    click_along(desk, 0.05, 0.5, 0.95)
    record = vessel(desk)
    assert not record.traced
    assert record.pieces == ()
    view, held = desk.view(), np.array(record.anchors[2])
    QTest.mousePress(view, LEFT, pos=desk.canvas(Plane.AXIAL, held))
    move(view, QPointF(desk.canvas(Plane.AXIAL, held + 6)), LEFT, Modifier.NoModifier)
    QTest.keyClick(view, Key.Key_Escape)
    QTest.mouseRelease(view, LEFT, pos=desk.canvas(Plane.AXIAL, held + 6))
    desk.settle()
    assert vessel(desk).anchors == record.anchors
    desk.window.actions_by_name["vessel.traced"].trigger()
    desk.settle()
    assert vessel(desk).traced
    assert len(vessel(desk).pieces) == 2
    desk.key(Key.Key_Z, Modifier.ControlModifier)
    assert not vessel(desk).traced


def test_arc_occlusion_lengths_and_level_agree_with_the_truth(desk):
    outline(desk)
    lay(desk)
    desk.window.actions_by_name["tool.landmark"].trigger()
    # Confluence, right and left renal vein, entry into the liver, hepatic veins.
    click_along(desk, 0.08, 0.28, 0.28, 0.55, 0.9)
    rest(desk)
    record = vessel(desk)
    assert [name for name, _ in record.landmarks][:3] == [
        "iliac confluence",
        "right renal vein",
        "left renal vein",
    ]
    reading = joint(desk).measures.readings()[record.uid]
    found, line = reading.profile, reading.line
    assert line.length_mm == pytest.approx(0.9 * 120, abs=2.0)
    middle = np.abs(found.arc_mm - line.length_mm / 2) < 15
    # The plug touches the wall too, over the angle beyond its chord.
    plug = 2 * np.degrees(np.arccos(PHANTOM.chord / PHANTOM.radius))
    assert np.median(found.contact_degrees[middle]) == pytest.approx(max(140.0, plug), abs=10)
    assert np.median(found.occluded_percent[middle]) == pytest.approx(60.0, abs=5)
    assert found.diameter_mm[middle] == pytest.approx(18.0, abs=1.0)
    assert found.involvement.length_mm == pytest.approx(60.0, abs=4.0)
    derived = desk.workspace.session.derived
    assert derived["vessel_contacts"].value["IVC"] == pytest.approx(max(140, plug), abs=12)
    assert derived["ivc_involvement"].value == "present"
    assert derived["ivc_caudal_extent"].value == "renal_vein_confluence"
    assert derived["ivc_cranial_extent"].value == "intrahepatic"
    provenance = derived["vessel_contacts"].provenance
    assert provenance.annotation_uids[0] == record.uid
    assert "slices" in provenance.note
    words = " ".join(desk.window.vessels.lines)
    assert "right renal vein" in words
    assert "IVC level: II" in words
    # It prompts, and states no criterion.
    session = desk.workspace.session
    session.set_fact("site", "retroperitoneum")
    session.set_fact("disease_phase", "primary_unresected")
    assert "R-ALT-36" in {alert.rule for alert in session.assessment.alerts}
    assert "extensive_major_vessel_involvement" not in derived
    # The fact leads to its place, and the text on the vena cava has the sentences.
    desk.look_at(at(0.02))
    desk.window.facts.jump_requested.emit(provenance.annotation_uids)
    desk.settle()
    assert abs(desk.viewer.point[2]) < 32
    assert "tumour in the lumen over" in " ".join(joint(desk).sentences())
    # What a person states goes before.
    desk.workspace.session.set_fact("vessel_contacts", {"IVC": 20})
    assert desk.workspace.session.facts.value("vessel_contacts")["IVC"] == 20
    # All comes back with the case, also before anything is measured anew.
    uid = desk.case.uid
    desk.workspace.session.close_case()
    desk.workspace.session.open_case(uid)
    assert vessel(desk) == record
    assert desk.workspace.session.derived["ivc_cranial_extent"].value == "intrahepatic"
    report = verify(desk.workspace.session.store)
    assert report.ok, report.problems


def shown_page(desk):
    outline(desk)
    lay(desk)
    desk.key(Key.Key_7, Modifier.AltModifier)
    rest(desk)
    page = desk.window.vessel_page
    assert page.isVisible()
    desk.qtbot.waitUntil(lambda: page.curved._picture() is not None)
    return page


def test_the_curved_view_and_the_planes_follow_one_another(desk):
    page = shown_page(desk)
    line = joint(desk).measures.readings()[vessel(desk).uid].line
    desk.look_at(line.at(30.0))
    assert page.position == pytest.approx(30.0, abs=0.6)
    # A click on the curved view brings the planes to that point.
    for mode in CurvedMode:
        assert page.curved.mode is mode
        aim = line.at(70.0)
        place = page.curved.canvas_of(as_point(aim))
        QTest.mouseClick(page.curved, LEFT, pos=place.toPoint())
        assert np.linalg.norm(np.array(desk.viewer.point) - aim) < 2.0
        desk.look_at(line.at(30.0))
        desk.window.actions_by_name["vessel.mode"].trigger()
    # Turned by a right angle it is another picture of the same line.
    before = page.curved.grab().toImage()
    desk.drag_canvas(page.curved, QPoint(60, 120), QPoint(150, 120), Qt.MouseButton.RightButton)
    assert page.curved.degrees == pytest.approx(54.0, abs=1.0)
    QTest.keyClick(page.curved, Key.Key_Right)
    assert page.curved.degrees == pytest.approx(59.0, abs=1.0)
    assert page.curved.grab().toImage() != before
    # The wheel goes along the vessel, the strip and the profile lead to their places.
    place = QPointF(60, 120)
    event = QWheelEvent(
        *(place, page.curved.mapToGlobal(place), QPoint(), QPoint(0, 240)),
        *(Qt.MouseButton.NoButton, Modifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False),
    )
    here = page.position
    QApplication.sendEvent(page.curved, event)
    assert page.position == pytest.approx(here + 4.0, abs=0.6)
    QTest.mouseClick(page.strip, LEFT, pos=QPoint(page.strip.width() - 5, 20))
    assert page.position == pytest.approx(line.length_mm, abs=1.0)
    page.plot.grab()
    QTest.mouseClick(page.plot, LEFT, pos=page.plot.names["occlusion"].center().toPoint())
    peak = joint(desk).measures.readings()[vessel(desk).uid].profile.most_occlusion
    assert page.position == pytest.approx(peak.arc_mm, abs=0.6)
    QTest.mouseClick(page.plot, LEFT, pos=QPoint(round(page.plot.x_of(12.0)), 60))
    assert page.position == pytest.approx(12.0, abs=0.8)
    # The window of the display is that of the pictures.
    dark = page.cross.grab().toImage()
    desk.window.actions_by_name["window.6"].trigger()
    assert page.cross.grab().toImage() != dark
    # A case that is opened again shows its vessels once their images are there.
    uid, controller = desk.case.uid, desk.window.controller
    desk.window.features.hanging.remember()
    desk.workspace.session.close_case()
    desk.workspace.images.forget()
    desk.settle()
    controller.open_case(uid)
    desk.settle()
    desk.qtbot.waitUntil(lambda: bool(joint(desk).measures.readings()))
    assert page.isVisible()
    assert page.curved.scene.reading is not None


def test_what_a_reader_sets_by_hand_counts_and_is_taken_back(desk):
    page, panel = shown_page(desk), desk.window.vessels
    record = vessel(desk)
    readings = joint(desk).measures.readings
    line = readings()[record.uid].line
    half = line.length_mm / 2
    desk.look_at(line.at(half))
    # An arc, for the planes within some millimetres.
    panel.degrees.setValue(300)
    panel.acted.emit("arc", "300")
    rest(desk)
    found = readings()[record.uid].profile
    assert found.most_contact.value == 300
    assert found.most_contact.arc_mm == pytest.approx(half, abs=5.5)
    assert vessel(desk).corrections[0].author == "Dr Test"
    assert "by hand" in " ".join(panel.lines)
    assert desk.workspace.session.derived["vessel_contacts"].value["IVC"] == 300
    panel.acted.emit("no arc", "")
    rest(desk)
    assert readings()[record.uid].profile.most_contact.value < 250
    # The outline is drawn round on the plane across: half as wide, a quarter of the area.
    centre = line.at(half)
    n = joint(desk).showing.scene.section_at(half)
    sections = joint(desk).showing.scene.sections
    turns = np.linspace(0, 2 * np.pi, 24)
    ring = [
        centre + 4.5 * (np.cos(t) * sections.right[n] + np.sin(t) * sections.down[n]) for t in turns
    ]
    places = [QPointF(*map(float, page.cross.canvas_of(p))) for p in ring]
    QTest.mousePress(page.cross, LEFT, pos=places[0].toPoint())
    for place in places[1:]:
        move(page.cross, place, LEFT, Modifier.NoModifier)
    QTest.mouseRelease(page.cross, LEFT, pos=places[-1].toPoint())
    rest(desk)
    reading = readings()[record.uid]
    assert reading.profile.diameter_mm[reading.at(half)] == pytest.approx(9.0, abs=0.7)
    assert reading.profile.diameter_mm[reading.at(half + 12)] == pytest.approx(18.0, abs=1.0)
    # A pull at its edge widens it there.
    corner = page.cross.canvas_of(reading.outlines.polygon(reading.at(half))[0])
    start, away = QPointF(*map(float, corner)), QPointF(14, 0)
    desk.drag_canvas(page.cross, start.toPoint(), (start + away).toPoint())
    rest(desk)
    wider = readings()[record.uid].profile.diameter_mm[reading.at(half)]
    assert wider > reading.profile.diameter_mm[reading.at(half)] + 0.3
    panel.acted.emit("no outline", "")
    rest(desk)
    # The reader's word for what fills it, with the HU beside it; bland is no tumour.
    panel.acted.emit("word", Word.BLAND.value)
    rest(desk)
    words = " ".join(panel.lines)
    assert "Bland thrombus over" in words
    assert "(Dr Test), mean" in words
    assert "ivc_involvement" not in desk.workspace.session.derived
    desk.key(Key.Key_Z, Modifier.ControlModifier)
    rest(desk)
    assert desk.workspace.session.derived["ivc_involvement"].value == "present"


def test_trouble_is_one_sentence(desk, open_desk, tmp_path):
    said = desk.window.notice
    # One point: nothing is measured, and the panel says why.
    desk.key(Key.Key_C, Modifier.ShiftModifier)
    desk.settle()
    click_along(desk, 0.3)
    rest(desk)
    assert "one point makes no line" in " ".join(desk.window.vessels.lines)
    # A level without a line.
    desk.window.actions_by_name["tool.landmark"].trigger()
    desk.click(Plane.AXIAL, at(0.3))
    assert "Lay the centreline first" in desk.window.status._hint.text()
    # Beside the images.
    desk.window.actions_by_name["tool.centreline"].trigger()
    desk.view().zoom(0.3)
    corner = QPoint(3, desk.view().height() // 2)
    QTest.mouseClick(desk.view(), LEFT, pos=corner)
    desk.settle()
    assert "leaves the images" in said.text
    assert len(vessel(desk).anchors) == 1
    desk.view().reset()
    # No way through the lumen to a point in fat: a spline stands there, and that is said.
    far = at(0.5) + [0.0, 24.0, 0.0]
    desk.look_at(far)
    desk.click(Plane.AXIAL, far)
    desk.settle()
    assert "spline" in said.text or len(vessel(desk).anchors) == 2
    # A mask on another grid is left out, and named.
    outline(desk)
    session = desk.workspace.session
    mass = next(s for s in session.case.segmentations if s.role is Role.MASS)
    mask = session.mask_of(mass)
    shifted = replace(mask, stack=replace(mask.stack, origins=mask.stack.origins + [0.4, 0, 0]))
    session.put_mask(mass, shifted, "Other grid")
    rest(desk)
    words = " ".join(desk.window.vessels.lines)
    assert "another grid" in words
    assert "vessel_contacts" not in session.derived
    # Without a case nothing happens but a sentence.
    empty = open_desk(tmp_path / "other")
    empty.window.actions_by_name["vessel.contact"].trigger()
    assert "Follow one first" in empty.window.notice.text


def test_the_text_waits_for_what_is_being_measured_again(desk):
    outline(desk)
    lay(desk)
    rest(desk)
    session = desk.workspace.session
    (record,) = (s for s in session.case.segmentations if s.role is Role.TUMOUR_IN_LUMEN)
    less = session.mask_of(record).cropped((0, 0, 0), STACK.shape)
    less[: STACK.shape[0] // 2] = False
    session.put_mask(record, Mask.of(less, desk.viewer.volume.stack), "Brush")
    first = desk.window.features.measured_first
    told = []
    first.do(lambda: told.append(desk.window.features.radiology.made(session.case).text))
    assert not told
    assert not first.is_idle
    desk.qtbot.waitUntil(lambda: bool(told), timeout=60_000)
    assert "tumour in the lumen over" in told[0]
    assert "Measured, vessels: IVC, reservation: Lengths along it are known to 3 mm" in told[0]
    # With another case open nothing is written, and that is said.
    session.put_mask(record, Mask.of(less[:], desk.viewer.volume.stack), "Brush")
    joint(desk).measures.soon()
    first.do(lambda: told.append(""))
    session.close_case()
    rest(desk)
    desk.qtbot.waitUntil(lambda: first.is_idle)
    assert len(told) == 1
