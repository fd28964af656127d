"""The text on the vena cava says what was drawn and stated, and names what was not."""

from dataclasses import replace

import pytest

from tests.annotations.shapes import annotation
from tumorboard.annotations.model import Kind, TumourEnd
from tumorboard.case.annotation_facts import ends_turned
from tumorboard.case.facts import Fact, FactSheet, Place, Provenance
from tumorboard.case.ivc_report import extent_words, ivc_report, outdated
from tumorboard.case.model import Case, Lesion, Patient, Remark
from tumorboard.case.report_text import Basis, difference, slice_words


def facts(**values: object) -> FactSheet:
    return FactSheet({n: Fact(n, v, Provenance("entered")) for n, v in values.items()})


def case(*annotations, remarks=()) -> Case:
    return Case("c", "RP-1", Patient("p"), annotations=annotations, remarks=tuple(remarks))


def end(role: TumourEnd, z: float):
    return annotation(Kind.TUMOUR_END, (0.0, 0.0, z), role=role, uid=f"end {role}")


def test_with_nothing_recorded_everything_is_not_assessed():
    lines = ivc_report(case(), Basis(FactSheet())).splitlines()
    said = [line for line in lines if line]
    assert "Mass: not assessed." in said
    assert "IVC involvement: not assessed." in said
    assert "Peritoneal implants: not assessed." in said
    assert all("not assessed" in line.lower() for line in said)


def test_an_absent_involvement_is_one_line():
    text = ivc_report(case(), Basis(facts(ivc_involvement="absent")))
    assert "Inferior vena cava: not involved." in text
    assert "caudal" not in text


def test_ends_are_named_with_their_slices_and_their_distance():
    drawn = case(end(TumourEnd.CAUDAL, -20.0), end(TumourEnd.CRANIAL, 74.0))
    numbers = {"end caudal": 12, "end cranial": 59}
    basis = Basis(
        facts(ivc_involvement="present", ivc_cranial_extent="intrahepatic"),
        level="II (renal veins to liver)",
        dates=("CT 2 Mar 2026",),
    )
    text = ivc_report(drawn, basis, lambda a: (numbers[a.uid], 0) if a.uid in numbers else None)
    assert "IVC: cranial end of the tumour: within the liver (slice 59)." in text
    assert "IVC: caudal end of the tumour: not assessed (slice 12)." in text
    assert "Craniocaudal distance of the two ends: 9.4 cm." in text
    assert "Level: II (renal veins to liver)." in text
    assert text.startswith("Images: CT 2 Mar 2026.")


def test_organs_are_named_with_their_slice_and_the_others_as_not_assessed():
    place = Place("1.2", (0.0, 0.0, 0.0), 84)
    remark = Remark("organ|liver", "touched", "", "Dr A", "2026-01-01T00:00:00Z", place)
    text = ivc_report(case(remarks=[remark]), Basis(FactSheet()))
    assert "Liver: touched (slice 84)." in text
    (rest,) = [line for line in text.splitlines() if line.startswith("Not assessed:")]
    assert "liver" not in rest
    assert "other kidney" in rest


@pytest.mark.parametrize("vessels", [(), ("IVC: contact up to 90 degrees.",)])
def test_measured_vessels_take_the_place_of_the_plain_list(vessels):
    basis = Basis(facts(vessel_contacts={"IVC": 90}), vessels=vessels)
    text = ivc_report(case(), basis)
    assert ("Contact with vessels" in text) == (not vessels)
    assert all(sentence in text for sentence in vessels)


def test_what_changed_since_is_shown_line_by_line():
    assert difference("A.\nB.\n", "A.\nC.\n") == ("- B.", "+ C.")
    assert difference("A.", "A.") == ()


def test_what_is_outdated_is_named_by_its_label_and_slices_do_not_count():
    drawn = case(end(TumourEnd.CAUDAL, -20.0), end(TumourEnd.CRANIAL, 74.0))
    basis = Basis(facts(ivc_cranial_extent="intrahepatic"), "II", ("IVC: contact 90°.",))
    before = ivc_report(drawn, basis, lambda _: (12, 40))
    assert outdated(before, ivc_report(drawn, Basis(basis.facts, "II"))) == ()
    less = case(end(TumourEnd.CAUDAL, -20.0))
    assert outdated(before, ivc_report(less, Basis(facts()))) == (
        "IVC: cranial end of the tumour",
        "Craniocaudal distance of the two ends",
        "Level",
    )


def test_a_drawn_mass_is_told_with_its_axes_and_slices():
    lesion = Lesion("m", "Mass", is_index=True)
    axes = annotation(Kind.BIDIRECTIONAL, uid="axes", lesion_uid="m")
    height = annotation(
        Kind.CRANIOCAUDAL, uid="height", lesion_uid="m", points=((0, 0, 0), (0, 0, 77))
    )
    numbers = {"axes": 30, "height": 12}
    with_all = replace(case(axes, height), lesions=(lesion,))
    text = ivc_report(
        with_all, Basis(FactSheet()), lambda a: (numbers[a.uid], 0) if a.uid in numbers else None
    )
    assert (
        "Mass: 6.0 × 3.0 × 7.7 cm, axial long × axial short × craniocaudal (slices 12, 30)." in text
    )
    part = replace(case(axes), lesions=(lesion,))
    text = ivc_report(
        part, Basis(FactSheet()), lambda a: (numbers[a.uid], 0) if a.uid in numbers else None
    )
    assert (
        "Mass: 6.0 × 3.0 cm, axial long × axial short; craniocaudal not measured (slice 30)."
        in text
    )
    assert "(slice" not in ivc_report(part, Basis(FactSheet()))


def test_a_measured_mass_takes_the_place_of_a_drawn_one():
    text = ivc_report(case(), Basis(facts(diameters_cm=(5.0, 3.75))))
    assert "Mass: 5.0 × 3.8 cm." in text


def test_one_end_alone_has_no_distance():
    text = ivc_report(case(end(TumourEnd.CAUDAL, -20.0)), Basis(facts(ivc_involvement="present")))
    assert "distance" not in text
    swapped = case(end(TumourEnd.CAUDAL, 74.0), end(TumourEnd.CRANIAL, -20.0))
    basis = Basis(facts(ivc_involvement="present"))
    assert "9.4 cm" not in ivc_report(swapped, basis)  # the upper end marked below the lower


def test_paragraphs_are_parted_and_words_stand_small_within_a_sentence():
    text = ivc_report(case(), Basis(facts(ivc_involvement="present", peritoneal_implants="absent")))
    assert "IVC involvement: present." in text
    assert "Peritoneal implants: absent." in text
    parts = text.split("\n\n")
    assert [p.splitlines()[0].split(":")[0] for p in parts][:2] == ["Mass", "IVC involvement"]
    assert len(parts) == 5
    assert text.splitlines()[-1].endswith("not assessed.")
    (rest,) = [line for line in text.splitlines() if line.startswith("Not assessed:")]
    assert rest.endswith("other kidney.") or "other kidney" in rest
    assert difference("A.\n\nB.", "A.\n\n\nB.") == ()


LOW, HIGH = "renal_vein_confluence", "intrahepatic"


@pytest.mark.parametrize(
    ("low", "high", "stated", "words"),
    [
        (None, None, None, ""),
        (None, None, "present", "Involved"),
        (None, None, "absent", "Not involved"),
        (LOW, HIGH, None, "Renal veins to within the liver"),
        (LOW, HIGH, "present", "Renal veins to within the liver"),
        ("infrarenal", "right_atrium", None, "Below the renal veins to right atrium"),
        (HIGH, HIGH, None, "Within the liver"),
        (LOW, None, None, "Renal veins to not known"),
        (None, HIGH, "present", "Not known to within the liver"),
        (
            LOW,
            HIGH,
            "absent",
            "Not involved; marked on the images: renal veins to within the liver",
        ),
    ],
)
def test_the_extent_in_the_vein_is_told_in_words(low, high, stated, words):
    values = {"ivc_caudal_extent": low, "ivc_cranial_extent": high, "ivc_involvement": stated}
    assert extent_words(facts(**{k: v for k, v in values.items() if v})) == words


def test_ends_marked_the_wrong_way_round_are_doubted_in_place_of_their_distance():
    caudal, cranial = end(TumourEnd.CAUDAL, 74.0), end(TumourEnd.CRANIAL, -20.0)
    doubt = ends_turned((caudal, cranial))
    assert doubt
    lines = ivc_report(case(caudal, cranial), Basis(facts(ivc_involvement="present"))).splitlines()
    assert doubt in lines
    straight = case(end(TumourEnd.CAUDAL, -20.0), end(TumourEnd.CRANIAL, 74.0))
    text = ivc_report(straight, Basis(facts(ivc_involvement="present")))
    assert doubt not in text
    assert "Craniocaudal distance of the two ends: 9.4 cm." in text.splitlines()


def test_the_instance_number_stands_beside_the_slice():
    marks = (end(TumourEnd.CAUDAL, -20.0), end(TumourEnd.CRANIAL, 74.0))
    numbers = {"end caudal": (1, 41), "end cranial": (2, 42)}
    assert slice_words(marks, lambda a: numbers[a.uid]) == " (slices 1, 2; instances 41, 42)"
    assert slice_words(marks[:1], lambda _: (12, 0)) == " (slice 12)"
