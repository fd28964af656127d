"""A real abdominal CT from the folder to the report, with mouse and keys."""

import numpy as np
import pytest
from pypdf import PdfReader
from PySide6.QtCore import Qt

from tests.shared_data import shared_data
from tests.ui.assessment.test_facts_and_assessment import CRITERIA, choose, press
from tumorboard.annotations.model import Kind
from tumorboard.imaging.geometry import Plane

Key = Qt.Key


@pytest.mark.data
def test_from_folder_to_report_and_back(open_desk, tmp_path):
    desk = open_desk()
    desk.import_paths(shared_data("series/ct-abdomen-ircadb17/dicom"))
    assert desk.viewer.volume.voxels.shape == (119, 512, 512)
    assert desk.viewer.volume.loaded.all()

    centre = desk.viewer.volume.stack.centre
    mass = centre + [-60.0, -40.0, 0.0]
    desk.look_at(mass)
    desk.key(Key.Key_M)
    desk.drag(Plane.AXIAL, mass - [30, 0, 0], mass + [30, 0, 0])
    desk.drag(Plane.AXIAL, mass - [0, 20, 0], mass + [0, 20, 0])
    desk.drag(Plane.CORONAL, mass - [0, 0, 25], mass + [0, 0, 25])
    facts = desk.workspace.session.facts
    np.testing.assert_allclose(facts.value("diameters_cm"), (6.0, 4.0, 5.0), atol=0.15)

    desk.key(Key.Key_V)
    marks = (-20, 30, -80, -20, 5, 70, 85)
    for dz in marks:
        place = centre + [-20.0, 0.0, dz]
        desk.look_at(place)
        desk.click(Plane.AXIAL, place)
    facts = desk.workspace.session.facts
    assert facts.value("ivc_caudal_extent") == "renal_vein_confluence"
    assert facts.value("ivc_cranial_extent") == "intrahepatic"

    choose(desk, "site", "Retroperitoneum")
    choose(desk, "disease_phase", "Primary, in place")
    for name in CRITERIA[:-1]:
        press(desk, name, "Absent")
    assert desk.workspace.session.assessment.category_rule == "R-RES-07"
    press(desk, CRITERIA[-1], "Present")
    assert desk.workspace.session.assessment.category_rule == "R-RES-06"

    pdf = tmp_path / "board.pdf"
    desk.window.features.reports.write(pdf)
    desk.settle()
    text = " ".join(" ".join(p.extract_text() for p in PdfReader(pdf).pages).split())
    assert "Unresectable" in text
    assert "R-RES-06" in text
    assert "Not a medical device" in text

    before, uid = desk.case, desk.case.uid
    again = open_desk(tmp_path / "store")
    again.window.controller.open_case(uid)
    again.settle()
    assert again.case == before
    assert len([a for a in again.window.room.annotations if a.kind is Kind.VESSEL_LEVEL]) == 5
    assert again.workspace.session.verify().ok
