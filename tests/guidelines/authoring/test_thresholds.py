"""The numbers by which rules decide stand in what the rules rest on, and can decide at all."""

import pytest

from tests.guidelines.institution import own_guideline
from tumorboard.app.guideline_versions import versions
from tumorboard.guidelines.authoring.condition_text import condition_text
from tumorboard.guidelines.authoring.lint import lint
from tumorboard.guidelines.authoring.wording import figures
from tumorboard.guidelines.dependencies import conditions, leaves
from tumorboard.guidelines.loader import load_guideline

RULE = "additions/anaesthesia.yaml"


def said(folder, when, **changes):
    """What lint says of the rule of the recipe with another condition."""
    file = folder / RULE
    text = file.read_text(encoding="utf-8")
    for old, new in {"longest_diameter_cm > 20": when, **changes}.items():
        assert old in text
        text = text.replace(old, new)
    file.write_text(text, encoding="utf-8")
    return [(f.severity, f.text) for f in lint(folder) if "R-OWN-01" in f.text]


@pytest.fixture
def own(tmp_path):
    return own_guideline(tmp_path / "rules")


def test_the_rule_of_the_recipe_decides_by_what_its_source_says(own):
    assert said(own, "longest_diameter_cm > 20") == []


@pytest.mark.parametrize("number", ["25", "2.5", "20.5", "200"])
def test_a_threshold_that_no_source_has_is_an_error(own, number):
    ((level, text),) = said(own, f"longest_diameter_cm > {number}")
    assert level == "error"
    assert f"“longest_diameter_cm > {number}” decides by {number}, which stands in no" in text
    assert "F-901" in text


def test_a_threshold_that_stands_in_a_setting_the_rule_does_not_name_is_told(own):
    ((level, text),) = said(own, "longest_diameter_cm > 12")
    assert level == "warning"
    assert "has it)" in text


def test_a_threshold_of_another_input_is_looked_at_too(own):
    ((level, text),) = said(own, "longest_diameter_cm > 20 and egfr < 45")
    assert level == "error"
    assert "“egfr < 45” decides by 45" in text


@pytest.mark.parametrize(
    ("when", "words"),
    [
        ("egfr < 301", "holds for every value"),
        ("egfr >= 0", "holds for every value"),
        ("egfr < 0", "holds for no value"),
        ("egfr > 300", "holds for no value"),
    ],
)
def test_a_comparison_that_cannot_decide_says_the_range(own, when, words):
    found = " ".join(text for _, text in said(own, f"longest_diameter_cm > 20 and {when}"))
    assert words in found
    assert "is 0 to 300" in found


def test_ten_years_are_a_hundred_and_twenty_months(own):
    months = {"Before an operation": "Ten (10) years before an operation", "[20]": "[10, 20]"}
    found = said(own, "longest_diameter_cm > 20 and months_since_surgery >= 120", **months)
    assert [level for level, _ in found if level == "error"] == []


def test_no_shipped_rule_decides_by_a_number_without_a_source():
    for version in versions(None):
        errors = [f.text for f in lint(version.folder) if f.severity == "error"]
        assert errors == [], version


def test_numbers_of_a_unit_are_no_figures():
    assert figures("Below 30 mL/min/1.73 m² and 4.5 x 10⁹/L.") == ("30", "4.5")
    assert figures("A filtration of 1.73 stands for itself.") == ("1.73",)


def test_every_condition_can_be_written_and_names_what_it_asks():
    guideline = load_guideline()
    found = {leaf for r in guideline.rules for node in conditions(r) for leaf in leaves(node)}
    assert len(found) > 150
    for leaf in found:
        text = condition_text(leaf, guideline.lists)
        asked = set(leaf.names())
        listed = {n for name, members in guideline.lists.items() if name in text for n in members}
        assert all(name in text or name in listed for name in asked), text


def test_the_condition_of_a_message_is_that_of_the_file(own):
    when = "metastasis_count in {3, 7} and not (egfr is unknown)"
    texts = " ".join(text for _, text in said(own, f"longest_diameter_cm > 20 and {when}"))
    assert "“metastasis_count in {3, 7}” decides by 3" in texts


def test_a_misspelt_name_is_answered_with_those_near_it(own):
    file = own / RULE
    text = file.read_text(encoding="utf-8").replace("longest_diameter_cm > 20", "eGFR < 20")
    file.write_text(text, encoding="utf-8")
    (found,) = [f.text for f in lint(own)]
    assert 'unknown name "eGFR" (near: egfr' in found
