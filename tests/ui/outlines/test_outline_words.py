"""What the panel of outlines says, and what it leaves open."""

from dataclasses import replace

import numpy as np
import pytest

from tests.imaging.volumes import axial_stack
from tests.store.samples import segmentation
from tumorboard.app.outlining import PALETTE, begun, colour_of, index_facts
from tumorboard.case.model import Case, Lesion, Patient, SeriesRef
from tumorboard.case.segmentation import Role
from tumorboard.imaging.geometry import Calibration
from tumorboard.imaging.mask_mass import measure_mass
from tumorboard.imaging.mask_model import Mask
from tumorboard.imaging.volume import Volume
from tumorboard.ui.outlines.rows import growth_lines, outline_details, outline_rows


def volume(unit="HU", calibration=Calibration.PIXEL_SPACING):
    stack = axial_stack(10, 20, 20, (1.0, 1.0), 2.0, (0.0, 0.0, 0.0))
    voxels = np.full(stack.shape, 40, np.int16)
    modality = "CT" if unit == "HU" else "MR"
    loaded = np.ones(10, bool)
    head = (voxels, loaded, stack, 1.0, 0.0, unit, calibration, modality)
    return Volume(*head, "1", "s1", "f", ("",) * 10)


def box(stack):
    voxels = np.zeros(stack.shape, bool)
    voxels[2:7, 3:13, 4:12] = True
    return Mask.of(voxels, stack)


def ref(uid, date):
    return SeriesRef(uid, f"s{uid}", "CT", "", date, 10, 5, 5, "volume")


def outline(uid, on, volume_mm3):
    return segmentation(uid, series_instance_uid=on, slices=(0, 3), volume_mm3=volume_mm3)


CASE = Case(
    "c",
    "A",
    Patient("p"),
    series=(ref("1", "20260101"), ref("2", "20260411")),
    lesions=(Lesion("L1", "Mass 1", is_index=True),),
    segmentations=(outline("a", "1", 100e3), outline("b", "2", 200e3)),
)


def words(case, record, images):
    return outline_details(case, record, measure_mass(images, box(images.stack)))


def test_sizes_values_and_shares_are_told_with_their_convention():
    text = "\n".join(words(CASE, CASE.segmentations[0], volume()).lines)
    assert "between outer voxel edges" in text
    assert "Mean 40 HU (SD 0)" in text
    assert "Fat 0 % (-190 to -30 HU)" in text
    assert "not from a guideline" in text


def test_mr_has_no_shares_and_says_why():
    text = "\n".join(words(CASE, CASE.segmentations[0], volume("")).lines)
    assert "no Hounsfield units" in text
    assert "Fat" not in text


def test_uncalibrated_images_give_no_size():
    details = words(CASE, CASE.segmentations[0], volume(calibration=Calibration.NONE))
    assert "cm" not in "\n".join(details.lines)
    assert not details.can_measure
    assert any("not calibrated" in c for c in details.caveats)


def test_growth_is_told_when_both_volumes_exist():
    (line,) = growth_lines(CASE, CASE.segmentations[1])
    assert line == "+100 mL (+100 %) since 1 Jan 2026; doubling time 100 days"
    assert growth_lines(CASE, CASE.segmentations[0]) == []
    no_volume = replace(CASE.segmentations[0], volume_mm3=None)
    case = replace(CASE, segmentations=(no_volume, CASE.segmentations[1]))
    assert growth_lines(case, case.segmentations[1]) == []


def test_the_list_names_lesion_role_and_date():
    rows = outline_rows(CASE, "b", frozenset({"a"}), {"a": "lies elsewhere"})
    assert [r.volume for r in rows] == ["100 mL", "200 mL"]
    assert rows[0].detail == "Mass 1 · mass · 1 Jan 2026"
    assert (rows[0].visible, rows[0].active, rows[0].why_not) == (False, False, "lies elsewhere")
    assert (rows[1].visible, rows[1].active) == (True, True)


@pytest.mark.parametrize("role", list(Role))
def test_a_new_outline_has_a_name_and_a_colour_of_its_own(role):
    first = begun(CASE, volume(), "L1", role)
    case = replace(CASE, segmentations=(*CASE.segmentations, first))
    second = begun(case, volume(), "L1", role)
    assert first.label != second.label
    assert colour_of(first) != colour_of(second)
    assert colour_of(first) in PALETTE
    assert begun(CASE, volume(), "").lesion_uid not in ("", "L1")


def test_only_the_outline_of_the_index_lesion_gives_a_fact():
    images = volume()
    found = {"b": measure_mass(images, box(images.stack))}
    (measured,) = index_facts(CASE, found)
    (fact,) = measured.facts
    assert fact.name == "diameters_cm"
    assert fact.value == pytest.approx((1.28, 1.02, 1.0), abs=0.06)
    assert fact.provenance.annotation_uids == ("b",)
    assert "slices 3 to 7" in fact.provenance.note
    assert index_facts(CASE, {}) is None
    assert index_facts(replace(CASE, lesions=()), found) == ()
