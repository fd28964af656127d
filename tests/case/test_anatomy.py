"""Organs around the mass: the checklist, and what stands beside the criteria."""

from pydicom.sr.codedict import codes

from tumorboard.case.anatomy import (
    OTHER_KIDNEY,
    PREFIX,
    Relation,
    as_fact,
    beside_criteria,
    checklist,
    organs,
)
from tumorboard.case.codec import decode, encode
from tumorboard.case.facts import Fact, FactSheet, Place, Provenance
from tumorboard.case.model import Remark
from tumorboard.case.readiness import CRITERIA

PLACE = Place("1.2.3#0", (1.0, 2.0, -3.5), 7)


def said(key: str, value: str, place: Place | None = None) -> Remark:
    return Remark(PREFIX + key, value, "", "Dr A", "2026-03-01T10:00:00Z", place)


def facts(**values: object) -> FactSheet:
    return FactSheet({n: Fact(n, v, Provenance("annotation")) for n, v in values.items()})


def test_the_list_has_each_organ_once_with_codes_that_the_standard_knows():
    keys = [o.key for o in organs()]
    assert len(set(keys)) == len(keys)
    known = {"Kidney", "Colon", "Duodenum", "Pancreas", "Spleen", "Liver", "Diaphragm", "Ureter"}
    ours = {o.code for o in organs()}
    assert {getattr(codes.SCT, name).value for name in known} <= ours
    assert [c.value for c in checklist()[PREFIX + "liver"].choices] == [r.value for r in Relation]
    assert all(d.unknown_label == "Not assessed" for d in checklist().values())


def test_a_statement_keeps_its_picture_through_the_store():
    remark = said("liver", "touched", PLACE)
    assert decode("remark", encode(remark)) == remark
    assert decode("remark", {k: v for k, v in encode(remark).items() if k != "place"}).place is None
    fact = as_fact(remark)
    assert (fact.value, fact.provenance.place, fact.provenance.author) == ("touched", PLACE, "Dr A")


def test_beside_a_criterion_stands_what_was_measured_and_stated_near_it():
    sheet = facts(vessel_contacts={"SMA": 120, "aorta": 0}, ivc_cranial_extent="intrahepatic")
    remarks = [said("kidney-right", "invaded"), said("spine", "free"), said("not-listed", "free")]
    found = beside_criteria(sheet, remarks)
    assert found["bilateral_renal_involvement"] == "Right kidney invaded."
    assert found["extensive_spine_involvement"] == "Spine free."
    assert (
        found["extensive_mesenteric_root_involvement"]
        == "Superior mesenteric artery 120° of contact."
    )
    major = found["extensive_major_vessel_involvement"]
    assert major.startswith("Aorta 0° of contact, superior mesenteric artery 120° of contact, ")
    assert major.endswith("upper end in the IVC: Within the liver.")
    assert "extensive_liver_hilar_involvement" not in found
    assert set(found) <= set(CRITERIA)


def test_nothing_said_is_nothing_shown():
    assert beside_criteria(FactSheet(), [said("other-kidney", "seen")]) == {}
    assert OTHER_KIDNEY in checklist()
    sheet = facts(metastasis_sites=("lung", "peritoneum"))
    assert set(beside_criteria(sheet, [])) == {"peritoneal_implants"}


def test_a_question_of_an_organ_is_a_choice_that_may_stay_open():
    for key, question in checklist().items():
        assert question.name == key
        assert (question.group, question.kind, question.origins) == ("organs", "choice", ("E",))
        assert (question.unknown, question.default, question.lower_bound) == (
            *("not_assessed", None),
            False,
        )
        assert (question.minimum, question.maximum) == (None, None)
        assert (question.min_items, question.max_items) == (0, 0)
        assert (question.unit, question.source) == ("", "")
