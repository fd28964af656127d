"""The card of the index mass: each number with what limits it."""

from dataclasses import replace

from tests.case.test_lesions import axes
from tests.case.test_lesions import case as dated_case
from tumorboard.case.facts import Fact, FactSheet, Provenance
from tumorboard.case.mass_card import mass_card
from tumorboard.case.model import Case, Lesion, Patient
from tumorboard.case.report_text import Basis
from tumorboard.case.segmentation import Role, Segmentation
from tumorboard.imaging.geometry import Caveat

MASS = Lesion("m", "Psoas mass", is_index=True, role="target")
FIRST, SECOND = "20260101", "20260401"


def card(case, **values):
    notes = values.pop("notes", {})
    sheet = FactSheet(
        {n: Fact(n, v, Provenance("entered", note=notes.get(n, ""))) for n, v in values.items()}
    )
    return mass_card(case, Basis(sheet))


def values(found):
    return {line.name: line.value for line in found.lines}


def two_dates(*outlines, drawn=()):
    made = dated_case(*drawn, lesions=(MASS,), dates=(FIRST, SECOND))
    return replace(made, segmentations=outlines)


def outline(case, date, ml, **changes):
    series = next(s for s in case.series if s.study_date == date)
    return Segmentation(
        **{
            **{"uid": f"o{date}", "label": "Mass", "study_instance_uid": "1"},
            **{"series_instance_uid": series.series_instance_uid, "frame_of_reference_uid": "f"},
            **{"lesion_uid": "m", "role": Role.MASS, "slices": (1, 2), "volume_mm3": ml * 1000},
            **changes,
        }
    )


def test_an_empty_case_says_that_nothing_is_assessed():
    found = card(Case("c", "RP-1", Patient("p")))
    assert (found.name, found.size, found.axes, found.total) == ("", "", "", "")
    assert values(found) == {
        "Volume": "not outlined",
        "IVC": "not assessed",
        "Contact": "not assessed",
    }


def test_size_volume_and_change_stand_together():
    made = two_dates()
    drawn = (axes(FIRST, "m", 80.0, 60.0), axes(SECOND, "m", 98.0, 70.0))
    made = two_dates(outline(made, FIRST, 500.0), outline(made, SECOND, 655.0), drawn=drawn)
    found = card(made)
    assert found.size == "9.8 × 7.0 cm"
    assert found.axes == "axial long × axial short; craniocaudal not measured"
    assert found.total == "9.8 × 7.0 cm · 655 mL"
    assert values(found)["Volume"] == "655 mL"
    assert values(found)["Since 2026-01-01"] == "+1.8 cm longest diameter · +31 % volume"
    assert values(found)["RECIST 1.1"] == "progressive disease · sum 9.8 cm (2026-04-01)"
    uids = found.line("Since 2026-01-01").origin.annotation_uids
    assert {drawn[0].uid, drawn[1].uid, f"o{FIRST}", f"o{SECOND}"} == set(uids)


def test_a_smaller_mass_has_a_minus_and_the_same_one_no_sign():
    shrunk = two_dates(drawn=(axes(FIRST, "m", 98.0, 60.0), axes(SECOND, "m", 80.0, 60.0)))
    assert values(card(shrunk))["Since 2026-01-01"] == "−1.8 cm longest diameter"
    same = two_dates(drawn=(axes(FIRST, "m", 80.0, 60.0), axes(SECOND, "m", 80.02, 60.0)))
    assert values(card(same))["Since 2026-01-01"] == "±0.0 cm longest diameter"


def test_a_volume_of_earlier_images_says_so():
    made = two_dates()
    made = two_dates(outline(made, FIRST, 500.0))
    line = card(made).line("Volume")
    assert line.value == "500 mL"
    assert line.doubts == ("Of images of 2026-01-01; those of 2026-04-01 are not outlined.",)


def test_an_outline_without_a_volume_gives_none_and_its_reason():
    made = two_dates()
    why = Caveat("uncalibrated", "Nothing says how large a pixel is.")
    made = two_dates(outline(made, SECOND, 1.0, volume_mm3=None, caveats=(why,)))
    found = card(made)
    assert (found.line("Volume").value, found.line("Volume").doubts) == (
        "not measured",
        (why.text,),
    )
    assert found.total == ""


def test_what_a_person_stated_goes_before_what_was_drawn():
    made = two_dates(drawn=(axes(SECOND, "m", 98.0, 70.0),))
    found = card(made, diameters_cm=(11.0, 9.0, 13.0), notes={"diameters_cm": "by the surgeon"})
    assert found.size == "11.0 × 9.0 × 13.0 cm"
    assert found.axes.startswith("drawn on the images: 9.8 × 7.0 cm, axial long × axial short")
    assert found.axes.endswith("by the surgeon")
    assert found.total == ""


def test_vein_and_contact_are_the_facts_in_force():
    found = card(
        two_dates(),
        ivc_caudal_extent="renal_vein_confluence",
        ivc_cranial_extent="intrahepatic",
        vessel_contacts={"IVC": 187.0, "aorta": 0.0},
        notes={"vessel_contacts": "over 2 mm"},
    )
    assert values(found)["IVC"] == "Renal veins to within the liver"
    assert values(found)["Contact"] == "IVC 187° · Aorta none"
    assert found.line("Contact").doubts == ("over 2 mm",)
    absent = card(two_dates(), ivc_involvement="absent")
    assert values(absent)["IVC"] == "Not involved"
    assert absent.line("IVC").origin.fact == "ivc_involvement"
