from dataclasses import replace

import numpy as np
import pytest

from tests.case.test_annotation_facts import AXES, BASE, drawn, with_all
from tests.imaging.volumes import axial_stack, volume_of
from tumorboard.annotations.model import Kind, Landmark
from tumorboard.case.annotation_facts import derive
from tumorboard.case.involvement import (
    Evidence,
    contact_facts,
    ivc_facts,
    levels_along,
    mass_facts,
    misplaced_levels,
    vein_ends,
    vessel_words,
)
from tumorboard.imaging.geometry import Calibration
from tumorboard.imaging.mask_mass import measure_mass
from tumorboard.imaging.mask_model import Mask
from tumorboard.imaging.vessel.contact_profile import Extent, VesselProfile

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


def test_the_reading_says_what_was_found_of_a_vessel():
    found = profile(occluded=[0] * 8 + [40, 62.4] + [40] * 10 + [0] * 5, **LEVELS)
    assert vessel_words(found) == [
        "IVC: no contact measured.",
        "IVC: tumour in the lumen over 12.0 cm, filling up to 62 % of it.",
        "Lower end 2.5 cm below “renal veins”: Below the renal veins.",
        "Upper end 2.5 cm above “hepatic veins”; mark “cavo-atrial junction” to name the segment.",
    ]
    aorta = replace(found, vessel="aorta")
    assert vessel_words(aorta)[2:] == [
        "Lower end 2.5 cm below “renal veins”.",
        "Upper end 2.5 cm above “hepatic veins”.",
    ]
    bare = vessel_words(profile("aorta", occluded=(0, 9, 0)))
    assert bare[2:] == ["Lower end: no level is marked.", "Upper end: no level is marked."]


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (20.0, " at “renal”"),
        (20.49, " at “renal”"),
        (20.51, " 0.1 cm below “renal”"),
        (5.0, " 1.5 cm above “renal”"),
    ],
)
def test_a_place_is_told_from_the_nearest_level(at, words):
    found = profile("aorta", (0, 0, 90, 0, 0), renal=at, iliac=-500.0)
    assert vessel_words(found)[0] == f"Aorta: contact up to 90 degrees{words}, over 1.0 cm."


def covered(share, contact=(0, 0, 0), **changes):
    """A vessel of 20 mm, nothing outlined inside, under the outline of a mass by a share."""
    found = profile("aorta", contact)
    unknown = np.full(len(found.arc_mm), np.nan)
    area = np.full(len(found.arc_mm), np.pi * 100)
    return replace(
        found,
        occluded_percent=unknown,
        lumen_mm2=area,
        covered_percent=np.array(share, float),
        voxel_mm=np.full(len(found.arc_mm), 1.0),
        **changes,
    )


#: One millimetre of tolerance and one of a voxel lap over half the wall of a lumen of 10 mm
#: radius: of its area half of 1 - 0.8 squared.
LAP = 18.0


@pytest.mark.parametrize(
    ("share", "told"),
    [((0, 0, 0), False), ((0, LAP - 0.1, 0), False), ((0, LAP + 0.1, 3), True), ((0, 60, 3), True)],
)
def test_an_outline_that_reaches_into_the_lumen_is_told_and_one_that_laps_over_is_not(share, told):
    (contact, inside) = vessel_words(covered(share))
    assert contact == "Aorta: no contact measured."
    assert inside.startswith("Aorta: tumour in the lumen is not assessed, none is outlined")
    assert (f"covers up to {max(share):.0f} % of the lumen" in inside) is told
    assert inside.endswith("say what it is." if told else "none is outlined.")


@pytest.mark.parametrize("share", [(), (np.nan,) * 3])
def test_where_nothing_was_told_apart_nothing_is_said_of_a_share(share):
    assert vessel_words(covered(share))[1].endswith("none is outlined.")


def test_a_narrow_vessel_is_lapped_over_as_a_whole():
    narrow = replace(covered((0, 49.0, 0)), lumen_mm2=np.full(3, np.pi))
    assert vessel_words(narrow)[1].endswith("none is outlined.")
    beyond = replace(narrow, covered_percent=np.array([0, 51.0, 0]))
    assert "51 %" in vessel_words(beyond)[1]


def with_range(vessel, contact, low, high):
    found = profile(vessel, contact)
    arcs = np.stack([found.contact_degrees + low, found.contact_degrees + high], axis=1)
    return replace(found, contact_range=np.where(found.contact_degrees[:, None] > 0, arcs, 0))


def test_a_contact_is_told_with_the_range_that_it_lies_in():
    found = with_range("aorta", (0, 120, 120, 0), -15, 22)
    assert vessel_words(found)[0].startswith("Aorta: contact up to 120 degrees (105 to 142), ")
    (fact,) = contact_facts([(found, EVIDENCE), (profile("IVC", (0, 30)), EVIDENCE)])
    assert fact.provenance.note == (
        "measured on planes across the vessels, reached over 2 mm; Aorta 120° (105 to 142); "
        "slices 12 to 40"
    )


def test_of_several_profiles_of_a_vessel_the_largest_counts_with_its_own_range():
    wide, small = with_range("aorta", (0, 120, 0), -15, 22), with_range("aorta", (0, 80, 0), -5, 5)
    for order in ((wide, small), (small, wide)):
        (fact,) = contact_facts([(p, EVIDENCE) for p in order])
        assert fact.value == {"aorta": 120}
        assert "120° (105 to 142)" in fact.provenance.note
        assert "80°" not in fact.provenance.note
    (equal,) = contact_facts([(profile("aorta", (0, 0)), EVIDENCE)])
    assert equal.value == {"aorta": 0}


def test_what_rests_on_several_measurements_names_all_and_the_newest_author():
    old = Evidence(("1", "2"), "Dr Old", "2026-01-01T00:00:00Z", (30, 5), ("a gap",))
    new = Evidence(("2", "3"), "Dr New", "2026-02-01T00:00:00Z", (7,), ("a gap", "thick"))
    for order in ((old, new), (new, old)):
        (fact,) = contact_facts([(profile("aorta", (0, 9)), e) for e in order])
        said = fact.provenance
        assert set(said.annotation_uids) == {"1", "2", "3"}
        assert len(said.annotation_uids) == 3
        assert (said.author, said.time_utc) == ("Dr New", "2026-02-01T00:00:00Z")
        assert "slices 5 to 30" in said.note
        assert said.note.count("a gap") == said.note.count("thick") == 1


def test_a_mass_that_measures_nothing_gives_no_size():
    found = mass()
    zero = replace(found.dimensions.long_axis, end=found.dimensions.long_axis.start)
    flat = replace(found.dimensions, long_axis=zero, short_axis=zero, craniocaudal=zero)
    assert mass_facts(replace(found, dimensions=flat), EVIDENCE) == []
    part = replace(found, dimensions=replace(found.dimensions, short_axis=zero))
    (fact,) = mass_facts(part, EVIDENCE)
    assert fact.value == (5.0, 4.0)


@pytest.mark.parametrize(
    ("marks", "wrong"),
    [
        ({"renal veins": 100.0, "hepatic veins": 170.0}, ""),
        (
            {"renal veins": 100.0, "hepatic veins": 100.0},
            "“renal veins” lies above “hepatic veins”",
        ),
        ({"hepatic veins": 170.0, "right atrium": 160.0}, "“hepatic veins” lies above “cavo"),
        (
            {"hepatic veins": 170.0, "right atrium": 160.0, "cavo-atrial junction": 190.0},
            "",  # a mark in the atrium gives way to the junction itself
        ),
        ({" Renal Veins ": 100.0, "iliac confluence": 20.0}, ""),
        ({"liver": 1.0, "renal veins": 100.0}, ""),
    ],
)
def test_levels_follow_each_other_upwards(marks, wrong):
    assert wrong in misplaced_levels(profile(**marks))
    assert bool(misplaced_levels(profile(**marks))) is bool(wrong)


@pytest.mark.parametrize(
    ("name", "level"),
    [
        ("left hepatic vein", Landmark.HEPATIC_VEINS),
        ("middle hepatic vein", Landmark.HEPATIC_VEINS),
        ("right hepatic vein", Landmark.HEPATIC_VEINS),
        ("left renal vein", Landmark.RENAL_VEINS),
        ("right renal vein", Landmark.RENAL_VEINS),
        ("right atrium", Landmark.CAVOATRIAL_JUNCTION),
        *((str(mark), mark) for mark in Landmark),
    ],
)
def test_marks_by_other_names_stand_for_a_level(name, level):
    assert levels_along(profile(**{name: 33.0})) == {level: 33.0}


def test_no_contact_goes_more_than_all_round():
    (fact,) = contact_facts([(profile("aorta", (0, 400.0, 400.0)), EVIDENCE)])
    assert fact.value == {"aorta": 360}


def test_marks_in_the_wrong_order_name_no_segment_and_say_so_of_both_ends():
    marks = {"renal veins": 100.0, "iliac confluence": 120.0}
    found = profile(occluded=(0, 0, 50, 50), first=80.0, **marks)
    values = {f.name: f.value for f in ivc_facts(found, EVIDENCE)}
    assert values == {"ivc_involvement": "present"}
    ends = vein_ends(found, found.involvement)
    for end in (ends.caudal, ends.cranial):
        assert end.segment is None
        assert end.doubt == "The mark “iliac confluence” lies above “renal veins”: check both."


@pytest.mark.parametrize(
    ("start", "stop", "tolerance", "wanted"),
    [
        (95.0, 150.0, 5.0, ("renal_vein_confluence", "intrahepatic")),
        (94.9, 125.0, 5.0, ("infrarenal", "suprarenal_subhepatic")),
        (105.1, 165.0, 5.0, ("suprarenal_subhepatic", "hepatic_vein_ostia")),
        (105.1, 175.0, 6.0, ("renal_vein_confluence", "hepatic_vein_ostia")),
        (130.0, 180.0, 5.0, ("intrahepatic", "suprahepatic")),
        (20.0, 190.1, 5.0, ("infrarenal", "right_atrium")),
        (20.0, 190.0, 5.0, ("infrarenal", "suprahepatic")),
    ],
)
def test_each_end_lies_in_the_segment_of_its_place(start, stop, tolerance, wanted):
    found = profile(**{**LEVELS, "cavo-atrial junction": 190.0})
    ends = vein_ends(found, Extent(start, stop), tolerance)
    assert (ends.caudal.segment, ends.cranial.segment) == wanted
