"""What an option opens: for, against, figures and what stands outside, each with its scope."""

import pytest

from tests.guidelines.cases import sheet, vignettes
from tumorboard.guidelines import load_guideline
from tumorboard.guidelines.evidence import option_evidence

GUIDELINE = load_guideline()


def card(option, name, **changes):
    return option_evidence(option, sheet({**vignettes()[name]["inputs"], **changes}), GUIDELINE)


def by_id(lines):
    return {line.id: line for line in lines}


def test_the_trials_stand_at_radiotherapy_before_surgery():
    found = card("O-PREOP-RT", "V-08")
    assert {"F-195", "F-201", "F-202"} <= set(by_id(found.supporting))
    assert {"F-193", "F-194", "F-203"} <= set(by_id(found.limiting))
    strass = by_id(found.figures)["F-194"]
    assert "77 % with, 79 % without" in strass.text
    assert "0.65 to 2.05" in strass.text
    assert (strass.scope, strass.grade, strass.mark) == (
        "all retroperitoneal sarcomas",
        "phase III RCT",
        "",
    )
    assert {"F-195", "F-196"} <= {line.id for line in found.benefits}
    assert "F-204" in {line.id for line in found.harms}
    assert by_id(found.outside)["X-08"].scope == "outside the sources"


def test_a_statement_about_other_patients_is_marked_and_not_hidden():
    of_liposarcoma = card("O-PREOP-RT", "V-08")
    of_leiomyosarcoma = card("O-PREOP-RT", "V-05")
    assert by_id(of_liposarcoma.supporting)["F-171"].mark == ""
    other = by_id(of_leiomyosarcoma.supporting)["F-171"]
    assert other.mark == (
        "extrapolated: stated for retroperitoneal liposarcoma, not for leiomyosarcoma"
    )
    lay = by_id(of_leiomyosarcoma.supporting)["F-184"]
    assert lay.mark == "lay overview without references (000)"
    unknown = card("O-PREOP-RT", "V-05", histology="unknown")
    assert "histology not recorded" in by_id(unknown.supporting)["F-171"].mark


@pytest.mark.parametrize("option", sorted(GUIDELINE.evidence))
def test_every_line_has_words_source_and_scope(option):
    found = card(option, "V-05")
    assert found
    for line in (*found.supporting, *found.limiting, *found.figures, *found.outside):
        assert line.text
        assert line.source
        assert line.scope


def test_an_option_without_lists_has_an_empty_card():
    assert not option_evidence("O-PREOP-RT", sheet({}), load_guideline("1.0.0"))


def test_every_option_has_a_card_and_every_fact_a_place():
    assert set(GUIDELINE.evidence) == set(GUIDELINE.options)
    shown = {i for lists in GUIDELINE.evidence.values() for i in lists}
    shown |= {i for place in GUIDELINE.places.values() for i in place}
    assert set(GUIDELINE.catalogue.facts) <= shown
