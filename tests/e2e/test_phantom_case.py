"""The first demonstration case, read by simulated hands at its true edges."""

from pathlib import Path

import numpy as np
import pytest
from pypdf import PdfReader
from PySide6.QtCore import Qt

from tests.demo.phantom.small import small
from tests.ui.assessment.test_facts_and_assessment import choose, press
from tumorboard.demo.demonstration import LANDMARKS
from tumorboard.demo.phantom.cases import demonstrations
from tumorboard.demo.phantom.dicom_writer import write_case
from tumorboard.demo.phantom.truth import Truth, load_truth
from tumorboard.imaging.geometry import Plane
from tumorboard.progress import Reporter
from tumorboard.tools.vessel import MARKS

Key = Qt.Key


@pytest.fixture(scope="module")
def phantom(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Truth]:
    """The leiomyosarcoma of RP-0001 on 4 mm slices of 256 x 256."""
    folder = tmp_path_factory.mktemp("phantom")
    (case,) = (c for c in demonstrations() if c.label == "RP-0001")
    spec = small(case.studies[0].spec, slices=96, pixels=256, slice_mm=4.0)
    write_case(spec, folder, Reporter())
    return folder, load_truth(folder)


def measure_the_mass(desk, truth: Truth) -> None:
    axes = truth.mass
    desk.look_at(np.mean(axes.long, axis=0))
    desk.key(Key.Key_M)
    desk.drag(Plane.AXIAL, *axes.long)
    desk.drag(Plane.AXIAL, *axes.short)
    desk.drag(Plane.CORONAL, *axes.craniocaudal)


def mark_the_vein(desk, truth: Truth) -> None:
    levels = {LANDMARKS[name]: point for name, point in truth.vein.levels.items()}
    places = {**truth.vein.tumour_ends, **levels}
    desk.key(Key.Key_V)
    for role in (str(mark) for mark in MARKS):
        desk.look_at(places[role])
        desk.click(Plane.AXIAL, desk.viewer.point)


def test_the_whole_way(open_desk, phantom, tmp_path):
    folder, truth = phantom
    desk = open_desk()
    desk.import_paths(folder)
    assert desk.viewer.volume.loaded.all()

    measure_the_mass(desk, truth)
    facts = desk.workspace.session.facts
    np.testing.assert_allclose(facts.value("diameters_cm"), (10.5, 8.9, 13.2), atol=0.1)

    mark_the_vein(desk, truth)
    facts = desk.workspace.session.facts
    assert facts.value("ivc_caudal_extent") == "renal_vein_confluence"
    assert facts.value("ivc_cranial_extent") == "intrahepatic"

    choose(desk, "site", "Retroperitoneum")
    choose(desk, "disease_phase", "Primary, in place")
    choose(desk, "histology", "Leiomyosarcoma")
    press(desk, "histology_confirmed", "Yes")
    session = desk.workspace.session
    assert (session.assessment.category, session.assessment.category_rule) == (
        "indeterminate",
        "R-RES-07",
    )
    assert session.facts.value("extensive_major_vessel_involvement") is None
    press(desk, "extensive_major_vessel_involvement", "Present")
    assert (session.assessment.category, session.assessment.category_rule) == (
        "unresectable",
        "R-RES-06",
    )

    pdf = tmp_path / "board.pdf"
    desk.window.features.reports.write(pdf)
    desk.settle()
    pages = PdfReader(pdf).pages
    text = " ".join(" ".join(page.extract_text() for page in pages).split())
    assert 1 <= len(pages) <= 4
    for words in ("Unresectable", "R-RES-06", "Renal veins to within the liver", "UpToDate"):
        assert words in text
    assert "Phantom" not in text

    case = desk.case
    desk.window.controller.open_case(case.uid)
    again = open_desk(tmp_path / "store")
    again.window.controller.open_case(case.uid)
    again.settle()
    assert again.case == case
    assert again.workspace.session.assessment.category_rule == "R-RES-06"
    report = again.workspace.session.verify()
    assert report.ok, report.problems


def test_the_true_edges_are_where_the_pixels_change(open_desk, phantom):
    """The picture and its truth agree: inside the ends is tumour, outside is something else."""
    folder, truth = phantom
    desk = open_desk()
    desk.import_paths(folder)
    volume = desk.viewer.volume
    for ends in (truth.mass.long, truth.mass.short):
        a, b = (np.array(end) for end in ends)
        for end, other in ((a, b), (b, a)):
            inward = (other - end) / np.linalg.norm(other - end)
            inside = volume.stack.to_index(end + 5 * inward).round().astype(int)
            assert 20 < volume.value_at(tuple(inside)) < 150
