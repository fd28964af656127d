"""The contact by segment against vessels of known shape, and what is not known named as that."""

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.app.test_vessels import STACK, TUMOUR, VESSEL, case_with, read
from tests.case.test_annotation_facts import BASE
from tests.case.test_involvement import profile
from tests.imaging.phantoms import VesselPhantom
from tumorboard.app.vessel_measures import segment_sentences
from tumorboard.case.contact_segments import (
    contact_by_segment,
    contact_sentences,
    level_heights,
    newest_vessels,
)
from tumorboard.case.facts import Fact, FactSheet, Provenance
from tumorboard.case.model import SeriesRef
from tumorboard.case.radiology_report import radiology_report
from tumorboard.case.report_text import Basis
from tumorboard.case.vessel import Correction

#: The phantom's line runs from -36 to 36 mm, its sleeve of 120 degrees from -20 to 20 mm.
SLEEVE = VesselPhantom(8.0, 80.0, 0.0, 120.0)
LEVELS = {
    "renal veins": (0.0, 0.0, -10.0),
    "entry into the liver": (0.0, 0.0, 5.0),
    "hepatic veins": (0.0, 0.0, 15.0),
}
LEVEL_ARCS = {"renal veins": 20.0, "entry into the liver": 40.0, "hepatic veins": 70.0}


def by_label(found):
    return {part.label: part for part in found}


def test_a_sleeve_of_known_length_is_told_by_the_segments_that_it_passes():
    lumen, sleeve = SLEEVE.masks(STACK)
    found = read(levels=LEVELS, lumen=lumen, masses={"Mass": sleeve})
    parts = by_label(contact_by_segment(found.profile))
    true = {
        "Below the renal veins": (5.0, 21.0),
        "Renal veins": (10.0, 10.0),
        "Between renal veins and liver": (10.0, 10.0),
        "Within the liver": (5.0, 5.0),
        "Hepatic vein ostia": (10.0, 10.0),
    }
    for label, (contact, followed) in true.items():
        assert parts[label].contact_mm == pytest.approx(contact, abs=2.0), label
        assert parts[label].followed_mm == pytest.approx(followed, abs=1.5), label
        assert parts[label].peak.value == pytest.approx(120, abs=15), label
    above = parts[""]
    assert above.contact_mm == pytest.approx(0.0, abs=2.0)
    assert "cavo-atrial junction" in above.doubt


def test_the_parts_are_the_whole_vessel_and_none_has_more_than_it():
    whole = read(levels=LEVELS).profile
    parts = contact_by_segment(whole)
    assert sum(p.contact_mm for p in parts) == pytest.approx(whole.contact_mm)
    assert sum(p.followed_mm for p in parts) == pytest.approx(whole.arc_mm[-1] - whole.arc_mm[0])
    assert max(p.peak.value for p in parts) == whole.most_contact.value


@given(
    st.lists(st.one_of(st.just(np.nan), st.floats(0, 360)), min_size=2, max_size=30),
    st.dictionaries(
        st.sampled_from([*LEVELS, "iliac confluence", "cavo-atrial junction", "right atrium"]),
        st.floats(-20, 320),
    ),
    st.sampled_from(["IVC", "aorta"]),
)
def test_whatever_is_marked_no_contact_is_lost_doubled_or_raised(contact, levels, vessel):
    made = replace(profile(vessel, contact, **levels), contact_degrees=np.array(contact))
    parts = contact_by_segment(made)
    assert sum(p.contact_mm for p in parts) == pytest.approx(made.contact_mm)
    peaks = [p.peak.value for p in parts if p.peak is not None]
    assert (made.most_contact is None) == (not peaks)
    if peaks:
        assert max(peaks) == pytest.approx(made.most_contact.value)
    assert len({(p.label, p.doubt) for p in parts}) == len(parts)


def words(made, heights=None):
    slices = np.arange(len(made.arc_mm), dtype=float)
    return {
        s.label.removeprefix("Measured, "): s.words
        for s in contact_sentences(made, "v", slices, heights or {})
    }


def test_a_vein_without_levels_names_no_segment_and_says_what_to_mark():
    (found,) = [w for label, w in words(profile(contact=(0, 90, 90, 0))).items() if "line" in label]
    assert "contact up to 90°" in found
    assert "between 0.5 cm and 2.5 cm from the lower end of the line, slices 2 to 3" in found
    assert "mark “renal veins” to name the segment" in found


def test_levels_in_an_order_that_cannot_be_name_no_segment():
    turned = profile(contact=(0, 90, 90, 0), **{"renal veins": 30.0, "hepatic veins": 10.0})
    (found,) = words(turned).values()
    assert "check both" in found


def test_what_was_not_followed_or_not_measured_is_not_called_free():
    levels = {"renal veins": 20.0, "entry into the liver": 60.0}
    made = profile(contact=(0, 0, 0, 90, 0, 0), **levels)
    made.contact_degrees[0] = np.nan
    found = words(made)
    assert found["IVC, below the renal veins"].startswith("no contact measured (1.5 cm followed, ")
    assert "not measured on 0.5 cm of it" in found["IVC, below the renal veins"]
    (label,) = [
        k for k, w in found.items() if w == "not assessed, the line does not run through there"
    ]
    assert "right atrium" in label
    nothing = replace(made, contact_degrees=np.full(6, np.nan))
    assert all("no contact" not in w for w in words(nothing).values())
    assert any(w.startswith("contact not assessed") for w in words(nothing).values())


def test_below_the_confluence_is_no_vena_cava():
    levels = {"iliac confluence": 25.0, "renal veins": 60.0}
    found = by_label(contact_by_segment(profile(contact=(90,) * 9, **levels)))
    assert found["below “iliac confluence”"].followed_mm == pytest.approx(25.0)
    assert found["Below the renal veins"].followed_mm == pytest.approx(30.0)


def test_another_vessel_is_parted_by_its_own_levels_and_told_by_the_height_of_those_of_the_vein():
    aorta = profile("aorta", (0, 90, 90, 0, 0))
    heights = level_heights(
        case_with(replace(VESSEL, landmarks=tuple(LEVELS.items()))), VESSEL.frame_of_reference_uid
    )
    assert {str(k): v for k, v in heights.items()} == {n: p[2] for n, p in LEVELS.items()}
    (found,) = words(aorta, {k: v + 11 for k, v in heights.items()}).values()
    assert "at the height between “renal veins” and “hepatic veins” of the IVC" in found
    assert "height" not in next(iter(words(aorta).values()))
    assert level_heights(case_with(replace(VESSEL, landmarks=tuple(LEVELS.items()))), "9.9") == {}
    own = words(profile("aorta", (0, 90, 90, 0, 0), **{"renal veins": 15.0}))
    assert list(own) == ["aorta, below “renal veins”", "aorta, above “renal veins”"]


def test_arcs_set_by_hand_are_told_as_such():
    set_here = Correction(36.0, 200.0)
    vessel = replace(VESSEL, corrections=(set_here,))
    (sentence, *_) = segment_sentences(case_with(vessel), [read(vessel)])
    assert "up to 200°" in sentence.words
    assert "set by hand" in sentence.words


def test_the_report_has_each_segment_once_and_leads_to_the_vessel():
    made = case_with(VESSEL)
    basis = Basis(FactSheet({}), segments=segment_sentences(made, [read(levels=LEVELS)]))
    found = radiology_report(made, basis)
    mine = [s for s in found.sentences if re.match("Measured, IVC, ", s.label)]
    assert len(mine) == len({s.label for s in mine}) == len(basis.segments)
    assert all(s.origin.annotation_uids == (VESSEL.uid,) for s in mine)
    assert "by segment: not measured here" not in found.text


def test_a_vessel_that_is_not_on_show_or_was_never_followed_is_not_assessed_by_segment():
    stated = Fact("vessel_contacts", {"SMA": 200.0}, Provenance("entered", "Dr A"))
    said = radiology_report(BASE, Basis(FactSheet({stated.name: stated}))).text
    assert "by segment not assessed: superior mesenteric artery; no line was laid along." in said
    text = radiology_report(case_with(VESSEL), Basis(FactSheet({}))).text
    assert "Measured, IVC, by segment: not measured here; show its images in the window." in text
    no_tumour = segment_sentences(case_with(VESSEL), [read(masses={}, inside={})])
    assert [s.words for s in no_tumour] == ["not assessed; no outline of tumour to measure against"]


def test_tumour_in_the_lumen_is_told_by_segment_only_where_it_was_outlined():
    inside = read(levels=LEVELS, inside={"Thrombus": TUMOUR})
    found = {s.label: s.words for s in segment_sentences(case_with(VESSEL), [inside])}
    assert "tumour in the lumen, up to" in found["Measured, IVC, renal veins"]
    outside = {
        s.label: s.words for s in segment_sentences(case_with(VESSEL), [read(levels=LEVELS)])
    }
    assert "tumour in the lumen" not in outside["Measured, IVC, renal veins"]


def test_of_a_vessel_followed_on_two_dates_the_newest_is_told():
    def series(uid, date):
        return SeriesRef(uid, "1.2", "CT", "ab", date, 90, 512, 512, "volume")

    old, new = VESSEL, replace(VESSEL, uid="new", series_instance_uid="later")
    case = replace(
        BASE,
        vessels=(old, new),
        series=(series(old.series_instance_uid, "20260101"), series("later", "20260301")),
    )
    assert newest_vessels(case) == (new,)
    assert segment_sentences(case, [read(old)]) == ()
    text = radiology_report(case, Basis(FactSheet({}))).text
    assert text.count("by segment: not measured here") == 1


@pytest.mark.parametrize(("end", "says"), [(90.8, "not assessed"), (97.0, "no contact")])
def test_a_segment_that_the_line_only_touches_is_not_called_free(end, says):
    levels = {**LEVEL_ARCS, "cavo-atrial junction": 90.5}
    made = profile(contact=(0, 90, 90, 0, 0, 0, 0, 0, 0, 0, 0), **levels)
    made = replace(made, arc_mm=np.append(made.arc_mm[:-1], end))
    (told,) = [w for label, w in words(made).items() if "right atrium" in label]
    assert told.startswith(says)
