"""An author of rules can look up every name, and the page on conditions tells the truth."""

import re

from tests.architecture.project import ROOT
from tests.guidelines.broken import copied, edit
from tumorboard.case.definitions import fact_definitions
from tumorboard.guidelines import load_folder, load_guideline
from tumorboard.guidelines.authoring.names import asked_names

PAGE = (ROOT / "docs" / "conditions.md").read_text(encoding="utf-8")


def test_every_name_is_listed_once_with_what_it_may_be():
    found = {name.name: name for name in asked_names(load_guideline())}
    assert len(found) == len(asked_names(load_guideline()))
    assert set(fact_definitions()) <= set(found)
    assert set(load_guideline().derived) <= set(found)
    assert found["histology"].text == (
        "histology (choice): Histology; LMS, WDLPS, DDLPS, UPS, MPNST, SFT, other_sarcoma, "
        "non_sarcoma; or unknown"
    )
    assert found["egfr"].values == ("from 0 to 300",)
    assert found["criteria"].kind == "list"
    assert {"S-21", "O-PREOP-RT", "RPS"} <= set(found)


def test_every_example_of_the_page_is_a_condition(tmp_path):
    examples = re.findall(r"^\| `([^`]+)` \|", PAGE, re.MULTILINE)
    assert len(examples) > 15
    folder = copied(tmp_path)
    before = "when: pe is unknown and anticoagulated != yes"
    asked = " and ".join(f"({example})" for example in examples)
    edit(folder, "alerts.yaml", before, f"when: {asked!r}")
    assert load_folder(folder).rule("R-ALT-14") is not None


def test_every_word_of_the_language_is_on_the_page():
    code = (ROOT / "tumorboard" / "guidelines" / "expression.py").read_text(encoding="utf-8")
    grammar = code.split('_GRAMMAR = r"""')[1].split('"""')[0]
    words = set(re.findall(r'"([a-z]+)"', grammar))
    assert {"always", "includes", "fired"} <= words
    assert {word for word in words if not re.search(rf"\b{word}\b", PAGE)} == set()
