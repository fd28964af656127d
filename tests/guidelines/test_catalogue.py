"""The evidence is complete, and every citation leads somewhere."""

import re

import pytest

from tumorboard.guidelines import load_guideline
from tumorboard.guidelines.catalogue import parse_cite

GUIDELINE = load_guideline()
CATALOGUE = GUIDELINE.catalogue

#: Ranges of the fact numbers; the numbering has gaps on purpose.
FACTS = (
    "1-16 20-22 30-35 40-50 60-78 80-94 105-110 120-126 128-142 145-154 160-165 170-173 "
    "175-185 190-208 210-221 225-231 235-245 250-254 256 258 260-267 273-281 290-317 320-337 "
    "341 350-351 360-375 380-386 390-401"
)
RULES = {
    "GATE": range(3),
    "GEN": range(1, 4),
    "RES": range(1, 12),
    "SUR": range(1, 4),
    "PRT": range(1, 10),
    "HYP": range(1, 2),
    "NAC": range(1, 3),
    "CRT": range(1, 2),
    "IVC": range(1, 7),
    "BOR": range(1, 2),
    "OBS": range(1, 2),
    "SYS": range(1, 4),
    "PAL": range(1, 3),
    "MET": range(1, 2),
    "ADJ": range(1, 5),
    "R2": range(1, 5),
    "REC": range(1, 4),
    "UT": range(1, 5),
    "STS": range(1, 4),
    "FU": range(1, 9),
    "PRG": range(1, 9),
    "ALT": (*range(1, 15), *range(16, 64)),
    "CFL": range(1, 10),
    "SIL": range(1, 9),
}


def _numbers(text):
    for part in text.split():
        first, _, last = part.partition("-")
        yield from range(int(first), int(last or first) + 1)


def test_every_fact_is_there():
    assert set(CATALOGUE.facts) == {f"F-{n:03}" for n in _numbers(FACTS)}


@pytest.mark.parametrize(
    ("table", "letter", "last"),
    [("references", "X", 25), ("conflicts", "C", 30), ("gaps", "G", 19)],
)
def test_every_reference_conflict_and_gap_is_there(table, letter, last):
    assert set(getattr(CATALOGUE, table)) == {f"{letter}-{n:02}" for n in range(1, last + 1)}


def test_every_rule_is_there():
    wanted = {f"R-{group}-{n:02}" for group, numbers in RULES.items() for n in numbers}
    assert {r.id for r in GUIDELINE.rules} == wanted


def test_the_reader_sees_title_year_section_and_reference():
    assert CATALOGUE.source_text("F-040") == "Sabato et al. 2024, Discussion [4]"
    assert CATALOGUE.source_text("F-129") == "UpToDate 2024, Determining resectability"
    assert CATALOGUE.source_text("F-281") == "Not stated in the sources"
    assert "public reference" in CATALOGUE.source_text("X-05")


def test_no_file_name_or_number_of_a_text_is_shown():
    for identifier in (*CATALOGUE.facts, *CATALOGUE.references):
        shown = CATALOGUE.source_text(identifier)
        assert not re.search(r"\.txt|\b00\d\b", shown)


def test_a_fact_keeps_grade_and_scope():
    fact = CATALOGUE.facts["F-171"]
    assert (fact.grade, fact.scope) == ("Grade 2C", "RP-LPS")
    assert CATALOGUE.citation("F-171").grade == "Grade 2C"


@pytest.mark.parametrize(
    ("identifier", "figures"),
    [
        ("F-193", "4.5 5.0 1.01 0.71 1.44"),
        ("F-194", "77 79 1.16 0.65 2.05"),
        ("F-197", "0.73 1.21 1.69"),
        ("F-201", "321 0.61 0.42 0.89"),
        ("F-202", "266 0.63 0.40 0.97"),
        ("F-328", "1007 48 37 35 10"),
        ("F-329", "50 32 9 0"),
        ("F-330", "85 50 30 45"),
        ("F-350", "60 8 4 3"),
        ("F-382", "10.5 8.9 13.2"),
    ],
)
def test_figures_are_those_of_the_source(identifier, figures):
    found = re.findall(r"\d+(?:\.\d+)?", CATALOGUE.facts[identifier].text)
    assert set(figures.split()) <= set(found)


def test_prognosis_figures_agree_with_the_facts():
    figures = GUIDELINE.prognosis["figures"]
    for fact, key in (
        ("F-328", "local_recurrence_percent"),
        ("F-329", "distant_metastasis_percent"),
        ("F-330", "overall_survival_percent"),
    ):
        found = {int(n) for n in re.findall(r"(\d+) %", CATALOGUE.facts[fact].text)}
        assert found == {entry[key] for entry in figures.values()}


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("002 Discussion [4]", ("002", "Discussion", "4")),
        ("003 Complete (R0 or R1) resection", ("003", "Complete (R0 or R1) resection", "")),
    ],
)
def test_reading_a_citation(text, parts):
    cite = parse_cite(text)
    assert (cite.source, cite.section, cite.reference) == parts


def test_a_malformed_citation():
    assert parse_cite("Discussion 4") is None
