from tests.guidelines.cases import sheet, vignettes
from tumorboard.app.guidance import Guidance
from tumorboard.app.guideline_files import OVERLAY_NAME
from tumorboard.app.guideline_tools import save_change
from tumorboard.guidelines.evaluate import assess
from tumorboard.guidelines.parameters import SettingChange

FACTS = sheet(vignettes()["V-08"]["inputs"])


def test_the_settings_of_the_institution_count(tmp_path):
    shipped = Guidance(tmp_path)
    assert shipped.assess(FACTS).option("O-PREOP-RT").status == "suggest"
    change = SettingChange("S-01", (1,), "Dr Lead", "2026-01-05", "Board decision")
    save_change(tmp_path, change, shipped.guideline)
    changed = Guidance(tmp_path)
    result = changed.assess(FACTS)
    assert result.option("O-PREOP-RT").status == "not_established"
    assert [c.id for c in result.changed_settings] == ["S-01"]
    assert changed.problem == ""


def test_settings_that_cannot_be_used_are_said_and_do_not_count(tmp_path):
    (tmp_path / OVERLAY_NAME).write_text("settings: [not, for, this]")
    guidance = Guidance(tmp_path)
    assert guidance.assess(FACTS).option("O-PREOP-RT").status == "suggest"
    assert OVERLAY_NAME in guidance.problem


def test_what_if_and_evidence_speak_of_the_same_guideline(tmp_path):
    guidance = Guidance(tmp_path)
    assert guidance.what_if(FACTS).category
    assert "R-RES-06" in guidance.evidence().entries


def test_an_assessment_that_is_kept_is_that_of_its_facts_and_settings(tmp_path):
    guidance = Guidance(tmp_path)
    of_facts = {name: sheet(vignettes()[name]["inputs"]) for name in sorted(vignettes())[:6]}
    for name in (*of_facts, *reversed(of_facts), *of_facts):
        expected = assess(of_facts[name], guidance.guideline)
        assert guidance.assess(of_facts[name]).to_json() == expected.to_json()
    assert guidance.assess(FACTS).option("O-PREOP-RT").status == "suggest"
    guidance.change(SettingChange("S-01", (1,), "Dr Lead", "2026-01-05", "Board decision"))
    assert guidance.assess(FACTS).option("O-PREOP-RT").status == "not_established"
