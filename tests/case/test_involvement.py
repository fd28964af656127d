from dataclasses import replace

import numpy as np

from tests.case.test_derive import AXES, BASE, drawn, with_all
from tests.imaging.volumes import axial_stack, volume_of
from tumorboard.annotations.model import Kind
from tumorboard.case.derive import derive
from tumorboard.case.involvement import (
    Evidence,
    contact_facts,
    ivc_facts,
    mass_facts,
    misplaced_levels,
    vessel_words,
)
from tumorboard.imaging.geometry import Calibration
from tumorboard.imaging.mask_mass import measure_mass
from tumorboard.imaging.mask_model import Mask
from tumorboard.imaging.vessel.profile import VesselProfile

EVIDENCE = Evidence(("2.25.1", "2.25.2"), "Dr A", "2026-11-01T08:00:00Z", (12, 40))
LEVELS = {"renal veins": 100.0, "entry into the liver": 130.0, "hepatic veins": 170.0}


def profile(vessel="IVC", contact=(0,), occluded=(0,), first=0.0, **landmarks) -> VesselProfile:
    """A profile with a position every 10 mm, from ``first``."""
    count = max(len(contact), len(occluded))
    arc = first + 10.0 * np.arange(count)
    filled = [np.pad(np.array(v, float), (0, count - len(v))) for v in (contact, occluded)]
    points = np.stack([0 * arc, 0 * arc, arc], axis=1)
    area = np.full(count, 300.0)
    return VesselProfile(vessel, arc, filled[0], area, filled[1], points, landmarks)


def mass(**changes):
    stack = axial_stack(slices=30, rows=60, columns=60, spacing=(1.0, 1.0), step=2.0)
    voxels = np.zeros(stack.shape, bool)
    voxels[5:25, 10:50, 15:45] = True
    return measure_mass(volume_of(stack, **changes), Mask.of(voxels, stack), "mass")


def test_a_mask_gives_the_diameters_with_what_they_rest_on():
    (fact,) = mass_facts(mass(), EVIDENCE)
    assert fact.value == (5.0, 3.8, 4.0)
    assert fact.provenance.annotation_uids == EVIDENCE.uids
    assert "outer voxel edges" in fact.provenance.note
    assert "slices 12 to 40" in fact.provenance.note
    assert mass_facts(mass(calibration=Calibration.NONE), EVIDENCE) == []


def test_what_a_person_drew_goes_before_what_a_mask_says():
    measured = mass_facts(mass(), EVIDENCE)
    assert derive(BASE, measured=measured)["diameters_cm"].value == (5.0, 3.8, 4.0)
    by_hand = with_all(BASE, drawn("a", Kind.BIDIRECTIONAL, *AXES, lesion_uid="m"))
    assert derive(by_hand, measured=measured)["diameters_cm"].value == (10.5, 8.9)


def test_contacts_are_whole_degrees_of_the_vessels_on_the_list():
    found = [
        (profile("IVC", (0, 40.4, 20)), EVIDENCE),
        (profile("aorta", (0, 0)), EVIDENCE),
        (profile("aorta", (179.6,)), replace(EVIDENCE, uids=("2.25.3",))),
        (profile("hepatic veins", (90,)), EVIDENCE),
    ]
    (fact,) = contact_facts(found)
    assert fact.value == {"IVC": 40, "aorta": 180}
    assert fact.provenance.annotation_uids == ("2.25.1", "2.25.2", "2.25.3")
    nothing = replace(profile("IVC", (0,)), contact_degrees=np.array([np.nan]))
    assert contact_facts([(nothing, EVIDENCE)]) == []
    assert "contact is not measured" in vessel_words(nothing)[0]
    no_lumen = replace(nothing, lumen_mm2=np.array([np.nan]))
    assert "nothing is measured" in vessel_words(no_lumen)[0]


def test_tumour_in_the_lumen_gives_involvement_and_the_ends_by_the_marked_levels():
    occluded = [0] * 8 + [40] * 12 + [0] * 5
    found = {f.name: f.value for f in ivc_facts(profile(occluded=occluded, **LEVELS), EVIDENCE)}
    assert found["ivc_involvement"] == "present"
    assert "ivc_cranial_extent" not in found  # above the hepatic veins, the atrium unmarked
    assert found["ivc_caudal_extent"] == "infrarenal"
    junction = {**LEVELS, "cavo-atrial junction": 190.0}
    higher = {f.name: f.value for f in ivc_facts(profile(occluded=occluded, **junction), EVIDENCE)}
    assert higher["ivc_cranial_extent"] == "right_atrium"


def test_no_number_ever_sets_absence_a_criterion_or_the_degree_of_occlusion():
    none = profile(contact=(360,) * 5, occluded=(0,) * 5, **LEVELS)
    assert ivc_facts(none, EVIDENCE) == []
    full = profile(contact=(360,) * 5, occluded=(100,) * 5, **LEVELS)
    names = {f.name for f in [*ivc_facts(full, EVIDENCE), *contact_facts([(full, EVIDENCE)])]}
    assert names <= {
        "ivc_involvement",
        "ivc_caudal_extent",
        "ivc_cranial_extent",
        "vessel_contacts",
    }
    assert ivc_facts(profile("aorta", occluded=(50,)), EVIDENCE) == []


def test_one_landmark_alone_names_what_it_can_and_asks_for_the_next():
    found = profile(occluded=(0, 0, 40, 40, 40, 40, 0), first=80.0, **{"renal veins": 92.0})
    values = {f.name: f.value for f in ivc_facts(found, EVIDENCE)}
    assert values == {"ivc_involvement": "present", "ivc_caudal_extent": "renal_vein_confluence"}
    words = "\n".join(vessel_words(found))
    assert "mark “entry into the liver”" in words
    assert "above “renal veins”" in words
    assert "no level is marked" in "\n".join(vessel_words(profile(occluded=(9, 9))))


def test_two_ostia_of_one_level_count_at_their_middle_and_wrong_order_is_said():
    marks = {"left renal vein": 96.0, "right renal vein": 104.0}
    found = profile(occluded=(0, 0, 50, 50), first=80.0, **marks)
    values = {f.name: f.value for f in ivc_facts(found, EVIDENCE)}
    assert values["ivc_caudal_extent"] == "renal_vein_confluence"
    assert misplaced_levels(found) == ""
    wrong = profile(**{"renal veins": 100.0, "iliac confluence": 120.0})
    assert "iliac confluence” lies above “renal veins" in misplaced_levels(wrong)


def test_words_name_contact_length_and_place():
    text = vessel_words(profile("aorta", (0, 0, 120, 140, 0), renal=10.0))
    assert text[0] == "Aorta: contact up to 140 degrees 2.0 cm above “renal”, over 2.0 cm."
    assert text[1] == "Aorta: no tumour measured in the lumen."
    assert vessel_words(profile("aorta", (0, 0)))[0] == "Aorta: no contact measured."
