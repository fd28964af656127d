"""What differs between two guidelines, and in which cases it shows."""

from tests.guidelines.broken import SHIPPED, copied, edit
from tumorboard.guidelines import load_folder, load_guideline
from tumorboard.guidelines.authoring.cases import read_cases
from tumorboard.guidelines.authoring.version_diff import answer_changes, guideline_changes


def changes(before, after):
    return {(c.about, c.id): c for c in guideline_changes(before, after)}


def test_a_guideline_does_not_differ_from_its_copy(tmp_path):
    assert guideline_changes(load_guideline(), load_folder(copied(tmp_path))) == ()


def test_what_the_new_version_brought():
    found = changes(load_guideline("1.0.0"), load_guideline("1.1.0"))
    assert found["rule", "R-ALT-15"].how == "removed"
    assert found["rule", "R-ALT-44"].how == "added"
    assert found["fact", "F-323"].how == "added"
    assert found["setting", "S-21"].how == "added"
    assert "only opportunity" in found["text", "R-SUR-01"].words
    assert found["source", "R-CFL-04"].words == "- F-326 + F-323 + F-329"
    assert ("rule", "R-RES-02") not in found
    back = changes(load_guideline("1.1.0"), load_guideline("1.0.0"))
    assert back["rule", "R-ALT-15"].how == "added"
    assert back["fact", "F-323"].how == "removed"


def test_a_single_change_is_told_alone(tmp_path):
    folder = copied(tmp_path)
    edit(folder, "options-primary.yaml", "O-LND, status: discourage", "O-LND, status: not_offered")
    found = guideline_changes(load_guideline(), load_folder(folder))
    assert [c.text for c in found] == [
        "rule R-SUR-03 changed: - T: option O-LND discourage; + T: option O-LND not_offered;"
    ]
    answers = dict(
        answer_changes(load_guideline(), load_folder(folder), read_cases(SHIPPED / "cases.json"))
    )
    assert answers["V-05"] == "Extended lymph node dissection: Discouraged, now Not offered"
    assert "V-01" not in answers


def test_a_number_that_changed_and_a_rule_that_came_are_told_whole():
    found = changes(load_guideline("1.0.0"), load_guideline("1.1.0"))
    assert found["rule", "R-ALT-13"].words == (
        "- when: ivc_cranial_extent = intrahepatic; "
        "+ when: ivc_cranial_extent = intrahepatic and hepatic_vein_ostia_clear != yes;"
    )
    assert found["rule", "R-ALT-44"].words.startswith("when: ")
    assert "T: alert " in found["rule", "R-ALT-44"].words


def test_rules_that_only_moved_are_the_same(tmp_path):
    folder = copied(tmp_path)
    edit(folder, "options-primary.yaml", "group: options", "\n\n# moved down\ngroup: options")
    assert guideline_changes(load_guideline(), load_folder(folder)) == ()
