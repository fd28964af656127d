"""Lines that are changed carry what lies on them; what is measured along them, without a window."""

from dataclasses import replace

import numpy as np
import pytest

from tests.case.test_annotation_facts import BASE
from tests.imaging.phantoms import VesselPhantom
from tumorboard.app import vessels
from tumorboard.app.vessel_measures import (
    FACTS,
    ToFollow,
    follow,
    reading_words,
    reservations,
    stated,
    tumour_profile,
)
from tumorboard.case.vessel import Correction, Stretch, VesselPath, Word, centreline_of
from tumorboard.errors import UserError
from tumorboard.imaging.geometry import Calibration
from tumorboard.imaging.mask_model import Mask
from tumorboard.imaging.vessel.contact_profile import ContactSettings
from tumorboard.imaging.vessel.content import touching
from tumorboard.progress import Reporter

PHANTOM = VesselPhantom(8.0, 80.0, 0.0, 120.0, 0.5)
STACK = PHANTOM.stack((1.2, 1.2, 3.0), (0.3, 0.6, 0.2))
VOLUME = PHANTOM.volume(STACK, 4.0)
LUMEN, TUMOUR = PHANTOM.masks(STACK)
ENDS = ((0.0, 0.0, -36.0), (0.0, 0.0, 36.0))
VESSEL = VesselPath("2.25.9", "IVC", "1", "2", "3", ENDS)


def item(vessel=VESSEL, **changes) -> ToFollow:
    base = ToFollow(
        vessel,
        VOLUME,
        LUMEN,
        {"Mass": TUMOUR},
        {},
        {},
        (vessel.uid,),
        ContactSettings(),
        5.0,
    )
    return replace(base, **changes)


def read(vessel=VESSEL, **changes):
    return follow(item(vessel, **changes))(Reporter())


def case_with(*held: VesselPath):
    return replace(BASE, vessels=held)


def test_points_are_placed_from_below_and_a_way_once_found_is_kept():
    empty = replace(VESSEL, anchors=(), traced=True)
    up = vessels.with_point(vessels.with_point(empty, 0, ENDS[1], {}), 1, ENDS[0], {})
    assert up.anchors == ENDS
    way = (ENDS[0], (1.0, 0.0, 0.0), ENDS[1])
    ways = {(ENDS[1], ENDS[0]): way[::-1]}
    assert vessels.ways_missing(up, ways) == ()
    assert vessels.ways_missing(up, {}) == (ENDS,)
    known = vessels.laid(up, up.anchors, ways)
    assert known.pieces == (way,)
    assert vessels.ways_of(known) == {ENDS: way}
    more = vessels.with_point(known, 2, (0.0, 0.0, 50.0), vessels.ways_of(known))
    assert more.pieces[0] == way
    assert vessels.ways_missing(more, ways) == (((ENDS[1]), (0.0, 0.0, 50.0)),)
    assert vessels.without_point(more, 2, ways).pieces == (way,)
    assert vessels.with_point(known, 2, ENDS[1], ways).anchors == ENDS, "the same point twice"


def test_a_changed_line_leaves_levels_corrections_and_words_where_they_were():
    held = replace(
        VESSEL,
        landmarks=(("renal veins", (0.0, 0.0, -16.0)),),
        corrections=(Correction(20.0, 90.0),),
        words=(Stretch(30.0, 50.0, Word.TUMOUR),),
    )
    longer = vessels.with_point(held, 0, (0.0, 0.0, -46.0), {})
    assert longer.landmarks[0][1] == pytest.approx((0, 0, -16), abs=1e-6)
    assert longer.corrections[0].arc_mm == pytest.approx(30.0, abs=0.1)
    assert (longer.words[0].start_mm, longer.words[0].end_mm) == pytest.approx((40, 60), abs=0.1)


def test_a_search_finds_ways_and_says_where_there_is_none():
    found = vessels.search(VOLUME, ((ENDS[0], (0.0, 0.0, -10.0)),), LUMEN)(Reporter())
    ((way),) = found.ways.values()
    assert np.abs(np.array(way)[:, :2]).max() < 4.0
    assert found.problem == ""
    fat = ((22.0, -22.0, 0.0), (0.0, -16.0, 0.0))
    lost = vessels.search(VOLUME, (fat,), LUMEN)(Reporter())
    assert lost.ways == {}
    assert "No way" in lost.problem
    outside = vessels.search(VOLUME, ((ENDS[0], (0.0, 0.0, 900.0)),), None)(Reporter())
    assert "leaves the images" in outside.problem


def test_a_word_replaces_what_it_covers_and_a_correction_joins_the_one_beside():
    said = vessels.with_word(VESSEL, (10.0, 50.0), Word.TUMOUR, "Dr A")
    said = vessels.with_word(said, (20.0, 30.0), Word.BLAND, "Dr B")
    assert [(w.start_mm, w.end_mm, w.word) for w in said.words] == [
        (10.0, 20.0, Word.TUMOUR),
        (20.0, 30.0, Word.BLAND),
        (30.0, 50.0, Word.TUMOUR),
    ]
    assert vessels.with_word(said, (0.0, 60.0), Word.NOT_ASSESSED, "Dr A").words == ()
    corners = ((8.0, 0.0, 0.0), (0.0, 8.0, 0.0), (-8.0, 0.0, 0.0))
    fixed = vessels.with_correction(VESSEL, Correction(30.0, None, corners), "Dr A", 5.0)
    fixed = vessels.with_correction(fixed, Correction(32.0, 90.0), "Dr A", 5.0)
    (both,) = fixed.corrections
    assert (both.arc_mm, both.degrees, both.outline) == (30.0, 90.0, corners)
    less = vessels.without_correction(fixed, 31.0, 5.0, arc=True)
    assert (less.corrections[0].degrees, less.corrections[0].outline) == (None, corners)
    assert vessels.without_correction(less, 31.0, 5.0, arc=False).corrections == ()


def test_contact_is_of_the_mass_and_occlusion_of_all_tumour():
    outside = TUMOUR.voxels & ~LUMEN.cropped(TUMOUR.origin, [s.stop for s in TUMOUR.box])
    mass = replace(TUMOUR, voxels=outside)
    found = read(masses={"Mass": mass}, inside={"Thrombus": TUMOUR})
    middle = np.abs(found.profile.arc_mm - 36.0) < 10
    assert found.profile.contact_degrees[middle] == pytest.approx(120.0, abs=10)
    assert found.profile.occluded_percent[middle] == pytest.approx(50.0, abs=5)
    n = found.at(36.0)
    touched = touching(found.outlines, n, found.mass, 1.0)
    assert touched.mean() * 360 == pytest.approx(found.profile.contact_degrees[n], abs=6)
    # HU of what fills the lumen, and of the blood beside it.
    assert found.content.tumour[n] == pytest.approx(60.0, abs=6)
    assert found.content.lumen[n] == pytest.approx(180.0, abs=6)


def test_what_was_not_outlined_is_not_absent():
    nothing = read(masses={})
    assert np.isnan(nothing.profile.contact_degrees).all()
    assert np.isnan(nothing.profile.occluded_percent).all()
    assert stated(case_with(VESSEL), [nothing], ()) == ()
    assert "no outline of tumour" in reading_words(nothing)[0]
    plug = read(masses={}, inside={"Thrombus": TUMOUR})
    words = " ".join(reading_words(plug))
    assert "contact is not measured" in words
    assert "tumour in the lumen over" in words
    facts = {f.name for m in stated(case_with(VESSEL), [plug], ()) for f in m.facts}
    assert facts == {"ivc_involvement"}


def test_a_mass_that_laps_over_the_wall_is_no_tumour_in_the_lumen():
    grown = Mask.of(np.ones(STACK.shape, bool), STACK)
    for mass in (TUMOUR, grown):
        found = read(masses={"Mass": mass})
        assert np.isnan(found.profile.occluded_percent).all()
        facts = {f.name for m in stated(case_with(VESSEL), [found], ()) for f in m.facts}
        assert facts == {"vessel_contacts"}
        assert "tumour in the lumen is not assessed" in " ".join(reading_words(found))
    assert "covers up to 100 % of the lumen" in " ".join(reading_words(found))
    lapping = replace(PHANTOM, occlusion=0.0).masks(STACK)[1]
    # One voxel further in all round: over the wall, no deeper than tolerance and voxel.
    wide = lapping.cropped((0, 0, 0), STACK.shape)
    for axis in (1, 2):
        wide = wide | np.roll(wide, 1, axis) | np.roll(wide, -1, axis)
    found = read(masses={"Mass": Mask.of(wide, STACK)})
    assert np.nanmax(found.profile.covered_percent) > found.profile.settings.least_percent
    assert "covers" not in " ".join(reading_words(found))


def test_what_a_reader_calls_tumour_thrombus_is_tumour_in_the_lumen():
    said = replace(VESSEL, words=(Stretch(0.0, 40.0, Word.TUMOUR, "Dr A"),))
    found = read(said)
    facts = {f.name for m in stated(case_with(said), [found], ()) for f in m.facts}
    assert facts == {"vessel_contacts", "ivc_involvement"}
    assert found.profile.involvement.end_mm == pytest.approx(40.0, abs=1.0)


def test_an_arc_by_hand_counts_also_without_a_mass():
    said = replace(VESSEL, corrections=(Correction(36.0, 200.0, author="Dr A"),))
    found = read(said, masses={})
    facts = {f.name: f.value for m in stated(case_with(said), [found], ()) for f in m.facts}
    assert facts == {"vessel_contacts": {"IVC": 200}}
    assert found.profile.contact.length_mm == pytest.approx(10.0, abs=2.0)
    peak = found.profile.most_contact
    assert (peak.value, peak.low, peak.high) == (200.0, None, None)
    lower = read(replace(said, corrections=(Correction(36.0, 40.0),))).profile.most_contact
    assert lower.low < lower.value < lower.high
    assert "by hand" in " ".join(reservations(found))


def test_bland_thrombus_is_no_tumour_and_mr_has_no_hu():
    said = replace(VESSEL, words=(Stretch(0.0, 72.0, Word.BLAND, "Dr A"),))
    found = read(said)
    assert found.profile.involvement is not None
    assert tumour_profile(found).involvement is None
    facts = {f.name for m in stated(case_with(said), [found], ()) for f in m.facts}
    assert facts == {"vessel_contacts"}
    assert "mean 6" in " ".join(reading_words(found))
    on_mr = read(said, volume=replace(VOLUME, unit="", modality="MR"))
    assert "HU not given on MR" in " ".join(reading_words(on_mr))


def test_vessels_whose_images_are_not_on_show_keep_what_was_measured():
    aorta = replace(VESSEL, uid="2.25.10", vessel="aorta")
    case = case_with(VESSEL, aorta)
    both = stated(case, [read(), read(aorta)], ())
    again = stated(case, [read()], both)
    (contacts,) = (f.value for m in again for f in m.facts if f.name == FACTS[0])
    assert set(contacts) == {"IVC", "aorta"}
    moved = case_with(VESSEL, replace(aorta, anchors=aorta.anchors[::-1]))
    (contacts,) = (
        f.value for m in stated(moved, [read()], both) for f in m.facts if f.name == FACTS[0]
    )
    assert set(contacts) == {"IVC"}


def test_bad_input_is_one_sentence():
    with pytest.raises(UserError, match="one point makes no line"):
        read(replace(VESSEL, anchors=ENDS[:1]))
    with pytest.raises(UserError, match="leaves the images"):
        read(replace(VESSEL, anchors=(ENDS[0], (0.0, 0.0, 900.0))))
    with pytest.raises(UserError, match="not calibrated"):
        read(volume=replace(VOLUME, calibration=Calibration.NONE))
    elsewhere = replace(TUMOUR, stack=replace(STACK, origins=STACK.origins + [0.3, 0, 0]))
    assert "another grid" in " ".join(reservations(read(masses={"Mass": elsewhere})))
    one = read(inside={"Thrombus": TUMOUR}, levels={"renal veins": (0.0, 0.0, -20.0)})
    words = " ".join(reading_words(one))
    assert "“renal veins”" in words
    assert "mark “entry into the liver” to name the segment" in words
    wrong = read(levels={"renal veins": (0, 0, 20.0), "iliac confluence": (0, 0, 30.0)})
    assert "check both" in " ".join(reservations(wrong))
    assert centreline_of(replace(VESSEL, anchors=ENDS[:1])) is None
