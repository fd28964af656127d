"""Searching the evidence, who cites what, the marks, and the list for a clinician."""

from pathlib import Path

import pytest

from tumorboard.guidelines import load_guideline
from tumorboard.guidelines.authoring.review import review_text
from tumorboard.guidelines.browser import KINDS, MARKS, Browser, cited_by, search

GUIDELINE = load_guideline()
BROWSER = Browser(GUIDELINE)
REVIEW = Path(__file__).parents[2] / "docs" / "clinical-review.md"


def test_everything_the_guideline_holds_can_be_found():
    catalogue = GUIDELINE.catalogue
    wanted = {r.id for r in GUIDELINE.rules} | set(GUIDELINE.settings.definitions)
    wanted |= {d.id for d in GUIDELINE.derived.values()}
    for table in (catalogue.facts, catalogue.references, catalogue.conflicts, catalogue.gaps):
        wanted |= set(table)
    wanted |= set(catalogue.sources)
    assert {e.id for e in search("")} == wanted
    for identifier in wanted:
        assert search(identifier)[0].id == identifier


def test_each_entry_says_what_it_is_and_where_it_stands():
    for entry in BROWSER:
        assert entry.kind in KINDS
        assert entry.title
        assert entry.text
        assert entry.source
        assert set(entry.marks) <= set(MARKS)
        assert all(cited in BROWSER.entries for cited in entry.cites)


@pytest.mark.parametrize("text", ["hyperthermia", "HYPERTHERMIA", "  hyperthermia trial "])
def test_words_are_found_in_any_case(text):
    found = search(text)
    assert found
    for entry in found:
        whole = f"{entry.title} {entry.text} {entry.source}".casefold()
        assert all(word in whole for word in text.casefold().split())


def test_accents_and_order_do_not_matter():
    assert search("coeliac trunk") == search("trunk cœliac".replace("œ", "oe"))
    assert search("résection") == search("resection")


def test_a_word_that_nothing_holds():
    assert search("zygomatic moonbeam") == ()


def test_only_some_kinds():
    found = BROWSER.search("resection", kinds=("gap", "conflict"))
    assert {e.kind for e in found} <= {"gap", "conflict"}


def test_from_a_fact_to_what_cites_it():
    citing = cited_by("F-129")
    rules = {r.id for r in GUIDELINE.rules if "F-129" in r.facts}
    assert {e.id for e in citing if e.kind == "rule"} == rules
    assert {"R-RES-07", "R-RES-11"} <= rules
    assert citing[0].kind == "rule"


def test_from_a_setting_a_conflict_and_a_source():
    assert "R-MET-01" in {e.id for e in cited_by("S-07")}
    assert "D-07" in {e.id for e in cited_by("S-12")}
    assert {e.kind for e in cited_by("C-18")} == {"rule"}
    assert {e.kind for e in cited_by("003")} == {"fact"}
    assert cited_by("F-000") == ()


def test_the_marks_stand_where_the_rules_have_them():
    marks = {e.id: set(BROWSER.marks(e)) for e in BROWSER}
    assert "extrapolated" in marks["R-IVC-01"]
    assert {"inference", "extrapolated"} <= marks["R-ALT-11"]
    assert {"one reported case", "public guidance"} <= marks["R-IVC-03"]
    assert "lay text" in marks["R-REC-01"]
    assert "inference" in marks["S-20"]
    assert "public guidance" in marks["R-IVC-03"]
    assert all("to be confirmed" in marks[s] for s in ("S-09", "S-10", "S-11"))
    assert "to be confirmed" in marks["R-FU-04"]
    assert marks["R-RES-11"] == set()


def test_every_mark_of_a_rule_is_one_of_the_known():
    for rule in GUIDELINE.rules:
        marks = [rule.mark, *(e.mark for found in rule.effects.values() for e in found)]
        for mark in marks:
            if mark is not None:
                assert any(known in mark.text for known in MARKS), mark.text


def test_the_list_for_sign_off_is_that_of_the_data():
    """When it is not: write review_text(load_guideline()) into the file and read the change."""
    assert REVIEW.read_text(encoding="utf-8") == review_text(GUIDELINE)


def test_the_list_names_every_marked_point():
    text = review_text(GUIDELINE)
    for entry in BROWSER:
        assert text.count(f"| {entry.id} |") >= len(BROWSER.marks(entry))


def test_background_cards_hold_the_conflicts_that_stand_on_no_line():
    cards = {title: {e.id for e in entries} for title, entries in BROWSER.places.items()}
    assert {"C-01", "C-02", "C-03", "F-001"} <= cards["Who gets it"]
    assert {"C-25", "F-030"} <= cards["Presentation"]
    carried = {c.conflict for c in GUIDELINE.carried} | set().union(*cards.values())
    assert set(GUIDELINE.catalogue.conflicts) <= carried
