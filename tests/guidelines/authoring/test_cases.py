"""Cases with expected answers: each deviation is named, and a bad file by its case."""

import json

import pytest

from tests.guidelines.broken import SHIPPED, copied, edit
from tumorboard.errors import UserError
from tumorboard.guidelines import load_folder, load_guideline
from tumorboard.guidelines.authoring.cases import deviations, read_cases


def test_the_shipped_guideline_gives_every_answer_of_its_cases():
    cases = read_cases(SHIPPED / "cases.json")
    assert len(cases) == 37
    assert list(deviations(load_guideline(), cases)) == []


def test_the_version_before_answers_otherwise_where_the_rules_changed():
    found = {
        d.case for d in deviations(load_guideline("1.0.0"), read_cases(SHIPPED / "cases.json"))
    }
    assert {"V-25", "V-31", "V-34"} <= found
    assert "V-02" not in found


def test_a_changed_rule_is_told_by_the_case_that_notices_it(tmp_path):
    folder = copied(tmp_path)
    edit(folder, "options-primary.yaml", "O-LND, status: discourage", "O-LND, status: not_offered")
    found = [d.text for d in deviations(load_folder(folder), read_cases(folder / "cases.json"))]
    assert any(text.startswith("V-05, options:") for text in found)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "cannot be read as JSON"),
        ("{}", "not a list"),
        ("[1]", "case 1: it is not complete"),
        ('[{"id": "A", "inputs": {}}]', "case 1: it is not complete"),
        ('[{"id": "A", "inputs": {"sight": 1}, "expected": {}}]', "A: "),
        ('[{"id": "A", "inputs": {"site": "moon"}, "expected": {}}]', "A: "),
        ('[{"id": "A", "inputs": {}, "expected": {"categry": "x"}}]', '"categry" is no answer'),
        ('[{"id": "A", "id": "B", "inputs": {}, "expected": {}}]', "cannot be read as JSON"),
    ],
)
def test_a_bad_file_is_one_sentence_with_its_case(tmp_path, text, says):
    path = tmp_path / "cases.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UserError) as caught:
        read_cases(path)
    assert says in caught.value.message


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(UserError, match=r"cases\.json cannot be read"):
        read_cases(tmp_path / "cases.json")


def test_what_is_not_expected_is_not_compared(tmp_path):
    path = tmp_path / "cases.json"
    path.write_text(json.dumps([{"id": "A", "inputs": {}, "expected": {}}]), encoding="utf-8")
    assert list(deviations(load_guideline(), read_cases(path))) == []
