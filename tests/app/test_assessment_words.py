"""An assessment in words leaves nothing out that a reader needs to check a line."""

from tests.guidelines.cases import run, vignette, vignettes
from tumorboard.app.headless import assessment_words


def words(result):
    return assessment_words(result.to_json())


def test_a_provisional_category_says_so():
    assert "provisional" in words(vignette("V-05", histology_confirmed="no"))
    assert "provisional" not in words(vignette("V-05"))


def test_a_departure_names_its_setting_with_who_and_why_and_has_no_grade():
    inputs = vignettes()["V-08"]["inputs"] | {"mitoses_per_10hpf": 20, "necrosis_percent": 60}
    text = words(run(inputs, {"S-01": [1, 2, 3]}))
    assert "institutional departure from the source (S-01, Dr Lead, 2026-01-05, test)" in text
    assert "Grade 2C" not in text
    assert "C-19" in text
    assert "setting S-01" in text
    assert "wider than the source" in text


def test_a_line_carries_strength_mark_scope_facts_and_what_can_still_change_it():
    text = words(vignette("V-37"))
    assert "one reported case, no general statement" in text
    assert "can still change by: Anticoagulation contraindicated" in text
    assert "Grade 2C" in words(vignette("V-07"))
    assert "F-171" in words(vignette("V-07"))
    assert "about all retroperitoneal sarcomas" in words(vignette("V-07"))
    assert "extrapolated: stated for" in words(vignette("V-14", histology="UPS"))
    assert "can still change by: Grade" in words(vignette("V-10"))


def test_notes_silences_and_contradictions_stand_there():
    text = words(vignette("V-26"))
    assert "contradiction, critical: The vessel criterion is stated absent" in text
    assert "note: Risk of pulmonary embolism at any level" in text
    assert "silent: The sources say nothing about" in text


def test_the_first_line_says_by_which_guideline():
    assert words(vignette("V-05")).splitlines()[0] == "Guideline rps 1.1.0"
