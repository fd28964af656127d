"""An acknowledgement holds while the alert says the same, and about the same values."""

from tests.guidelines.cases import vignette
from tumorboard.case.model import Remark
from tumorboard.guidelines.acknowledgement import acknowledgement, remark_key


def alert(found, rule):
    return next(a for a in found.alerts if a.rule == rule)


def remark(made):
    return Remark(remark_key(made.rule), made.stands_for, "why", "Dr Two", "2026-01-06")


def test_of_a_contradiction_it_ends_with_any_value_that_was_read():
    made = alert(vignette("V-26"), "R-ALT-47")
    held = (remark(made),)
    assert acknowledgement(made, held) == held[0]
    same = alert(vignette("V-26", age_years=71), "R-ALT-47")
    assert acknowledgement(same, held) == held[0]
    for change in ({"ivc_cranial_extent": "suprahepatic"}, {"vessel_contacts": {"SMA": 200}}):
        assert acknowledgement(alert(vignette("V-26", **change), "R-ALT-47"), held) is None


def test_of_another_alert_it_ends_with_its_words():
    made = alert(vignette("V-01"), "R-ALT-04")
    assert made.stands_for == f"{made.severity}: {made.text}"
    assert acknowledgement(made, (remark(made),)) is not None
    assert acknowledgement(made, ()) is None


def test_a_record_says_what_an_acknowledgement_of_each_alert_refers_to():
    found = vignette("V-26")
    details = found.to_json()["alert_details"]
    assert {a.rule: a.stands_for for a in found.alerts} == {
        rule: told["stands_for"] for rule, told in details.items()
    }
