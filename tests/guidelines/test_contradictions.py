"""A contradiction names the entries that exclude each other, and only these."""

import pytest

from tests.guidelines.cases import vignette


def told(rule, name, **changes):
    result = vignette(name, **changes)
    (alert,) = [a for a in result.alerts if a.rule == rule]
    (behind,) = [w for w in result.category_words if rule in w] or [""]
    return alert.text, behind


def test_only_vessels_that_count_speak_against_an_absent_criterion():
    contacts = {"aorta": 20, "SMA": 180, "IVC": 360, "renal_vein_L": 300, "iliac_L": 360}
    text, behind = told("R-ALT-47", "V-05", vessel_contacts=contacts)
    for words in (text, behind):
        assert "superior mesenteric artery 180°" in words
        for other in ("IVC 3", "aorta 2", "renal vein", "iliac", "upper end"):
            assert other not in words
    assert "mesenteric root" in text


@pytest.mark.parametrize(("contacts", "named"), [({"aorta": 200}, True), ({}, False)])
def test_the_upper_end_is_named_where_it_speaks_against_it(contacts, named):
    text, behind = told(
        "R-ALT-47",
        "V-05",
        vessel_contacts=contacts,
        ivc_involvement="present",
        ivc_cranial_extent="right_atrium",
        ivc_caudal_extent="infrarenal",
    )
    assert "right atrium" in text
    assert "right atrium" in behind
    assert ("aorta 200°" in text) is named


def test_of_a_free_vein_only_its_own_contact_is_named():
    text, _ = told("R-ALT-48", "V-05", vessel_contacts={"SMA": 10, "IVC": 360})
    assert "IVC 360°" in text
    assert "esenteric" not in text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"adjuvant_rt": "completed"}, "radiotherapy: completed"),
        ({"adjuvant_chemo": "in_progress"}, "chemotherapy: in progress"),
        ({"resection_status": "R1"}, "Resection: R1"),
    ],
)
def test_what_was_done_after_a_primary_in_place_is_named(changes, words):
    text, behind = told("R-ALT-49", "V-05", **changes)
    assert words.lower() in text.lower()
    assert words.split(": ")[1].lower() in behind.lower()


def test_which_treatment_before_surgery_runs_is_named_also_beside_not_resected():
    running = {"preop_chemo": "in_progress"}
    for changes in (running, {**running, "resection_status": "not_resected"}):
        text, behind = told("R-ALT-50", "V-15", **changes)
        assert "chemotherapy: in progress" in text
        assert "chemotherapy: in progress" in behind
        assert ("not resected" in text) is ("resection_status" in changes)


def test_a_deferral_by_a_known_value_speaks_of_no_missing_input():
    option = vignette("V-07", medically_fit_for_major_surgery="no").option("O-SURG-CURATIVE")
    assert (option.status, option.missing) == ("deferred", ())
    assert "missing" not in option.words
    assert "fit" in option.reasons[0].text
