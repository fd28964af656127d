"""Figures and binding words: what a text says has to stand in what it cites."""

import pytest

from tests.guidelines.broken import copied, edit
from tumorboard.guidelines.authoring.lint import lint
from tumorboard.guidelines.authoring.wording import figures


def errors(folder):
    return [f for f in lint(folder) if f.severity == "error"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("50.4 Gy in 28 fractions (F-175), R0 and R1", ("50.4", "28")),
        ("four to six weeks; ten years or more", ("4", "6", "10")),
        ("HR 1.16 (0.65 to 2.05), 5-year survival 77 %", ("1.16", "0.65", "2.05", "5", "77")),
        ("all six criteria, one reported case, {vessel_contacts}, T1, PMC9454716", ()),
        ("a 30-day mortality of 3 %, under 50 %.", ("30", "3", "50")),
        ("", ()),
    ],
)
def test_figures_of_a_text(text, found):
    assert figures(text) == found


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("options-primary.yaml", "years 77 % with", "years 53 % with", "R-PRT-01: 53 stands in no"),
        ("options-ivc.yaml", "78 to 100 %", "87 to 100 %", "R-IVC-02: 87 stands in no"),
        ("notes.yaml", "50.4 Gy in 28", "54.0 Gy in 28", "R-PRT-04: 54 stands in no"),
        ("notes.yaml", "weeks four to six after", "weeks four to nine after", "R-PRT-07: 9 stands"),
        (
            "prognosis.yaml",
            "LMS: {local_recurrence_percent: 10",
            "LMS: {local_recurrence_percent: 53",
            "figures of LMS: 53",
        ),
        (
            "prognosis.yaml",
            "dna_aneuploidy: 4",
            "dna_aneuploidy: 14",
            "relative_risks of dna_aneuploidy: 14",
        ),
        (
            "facts.yaml",
            "alive at 5 years 77 % with",
            "alive at 5 years 53 % with",
            "F-194: the text says 5, 53, 79",
        ),
        (
            "references.yaml",
            "831 patients, 202",
            "831 patients, 220",
            "X-08: the text says 831, 220",
        ),
        ("facts.yaml", "figures: [50, 25, 50.4, 28", "figures: [50, 25, 50.4, 82", "82"),
    ],
)
def test_a_changed_figure_is_an_error_in_its_line(tmp_path, file, old, new, says):
    folder = copied(tmp_path)
    line = edit(folder, file, old, new)
    found = errors(folder)
    assert any(says in f.text and f.file == file for f in found), found
    assert line in {f.line for f in found if f.file == file} or file == "prognosis.yaml"


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("facts.yaml", "is the only opportunity for cure", "cures", "F-145 must say"),
        (
            "facts.yaml",
            "is the only opportunity for cure",
            "is the only opportunity and cures",
            "F-145 must not say 'cures'",
        ),
        ("facts.yaml", "more than 60 %", "about 60 %", "F-040 must say"),
        (
            "options-primary.yaml",
            "is the only opportunity for cure;",
            "is the way to cure;",
            "R-SUR-01 must not say 'way to cure'",
        ),
        (
            "options-after-resection.yaml",
            "After R2 resection it is discouraged",
            "After R2 resection it is strongly discouraged",
            "R-ADJ-01 must not say 'strongly'",
        ),
    ],
)
def test_words_that_carry_the_strength_are_kept(tmp_path, file, old, new, says):
    folder = copied(tmp_path)
    edit(folder, file, old, new)
    assert any(says in f.text for f in errors(folder))


def test_a_word_that_one_fact_refuses_may_come_from_another(tmp_path):
    """R2 is not said of the guidelines' advice, but stands beside it where both are cited."""
    folder = copied(tmp_path)
    edit(
        folder,
        "options-after-resection.yaml",
        "facts: [F-215, F-214, F-218]",
        "facts: [F-215, F-214]",
    )
    assert any("must not say 'R2' (F-215)" in f.text for f in errors(folder))


def test_figures_of_settings_tables_and_conditions_need_no_fact(tmp_path):
    folder = copied(tmp_path)
    old = "text: The grade is missing."
    edit(folder, "alerts.yaml", old, "text: The grade is missing; 180 is not a grade.")
    assert any("R-ALT-07: 180 stands in no text" in f.text for f in errors(folder))
    edit(
        folder,
        "alerts.yaml",
        "facts: [F-076, F-106]",
        "facts: [F-076, F-106]\n        settings: [S-02]",
    )
    assert errors(folder) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        (
            "options-after-resection.yaml",
            "surveillance alone is suggested for most patients",
            "surveillance alone is the right course",
            "R-ADJ-02 must say 'most' (F-256)",
        ),
        (
            "options-primary.yaml",
            "is the only opportunity for cure",
            "offers a cure",
            "R-SUR-01 must say 'only opportunity'",
        ),
        (
            "options-primary.yaml",
            " is suggested for selected patients",
            " is suggested",
            "R-PRT-01 must say 'selected' (F-171)",
        ),
        (
            "options-after-resection.yaml",
            "it is suggested for some patients, if feasible",
            "it is suggested for the patient, if feasible",
            "R-R2-04 must say 'some' (F-251)",
        ),
    ],
)
def test_a_rule_keeps_the_words_of_the_facts_it_states(tmp_path, file, old, new, says):
    folder = copied(tmp_path)
    edit(folder, file, old, new)
    assert any(says in f.text and f.file == file for f in errors(folder))


def test_a_figure_of_outcome_stays_approximate(tmp_path):
    folder = copied(tmp_path)
    path = folder / "prognosis.yaml"
    path.write_text(path.read_text("utf-8").replace("approximately ", ""), "utf-8")
    found = [f.text for f in errors(folder)]
    for rule in ("R-PRG-01", "R-PRG-02", "R-PRG-03", "R-PRG-04"):
        assert any(text.startswith(f"{rule} must say 'approximately'") for text in found)
