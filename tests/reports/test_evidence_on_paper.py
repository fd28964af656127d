"""What a board must not overlook stands on every paper: contradictions, departures, scopes."""

import pytest

from tests.guidelines.cases import run, sheet, vignettes
from tests.reports.made import case, context
from tumorboard.case.model import Remark
from tumorboard.guidelines.acknowledgement import remark_key
from tumorboard.reports.blocks import Block
from tumorboard.reports.html import render_html
from tumorboard.reports.sheet import board_sheet
from tumorboard.reports.slide_parts import assessment_sheet
from tumorboard.reports.text import Text


def of(name, settings=None, remarks=(), **changes):
    inputs = {**vignettes()[name]["inputs"], **changes}
    return context(
        name,
        case(remarks=remarks),
        facts=sheet(inputs),
        assessment=run(inputs, settings),
    )


def words(block: Block) -> str:
    """Return all text below a block, found through its attributes."""
    found, todo, seen = [], [block], set()
    while todo:
        each = todo.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        if isinstance(each, Text):
            found.append("".join(run.text for run in each._runs))
        for value in vars(each).values() if hasattr(each, "__dict__") else ():
            parts = value if isinstance(value, list | tuple) else (value,)
            todo += [part for part in parts if isinstance(part, Block)]
    return "\n".join(found)


PAPERS = {
    "html": render_html,
    "pdf": lambda report: words(board_sheet(report)),
    "slides": lambda report: words(assessment_sheet(report)),
}


@pytest.mark.parametrize("paper", PAPERS)
def test_a_contradiction_stands_behind_the_category_with_the_reason_it_may_stand(paper):
    found = run(vignettes()["V-26"]["inputs"])
    (alert,) = found.contradictions
    told = Remark(
        remark_key(alert.rule), alert.stands_for, "seen with the surgeon", "Dr Two", "2026-01-06"
    )
    text = PAPERS[paper](of("V-26", remarks=(told,)))
    assert "contradicted by R-ALT-47" in text.replace("Contradicted", "contradicted")
    assert text.count("seen with the surgeon") >= 2
    assert "Extensive major vessel involvement: Absent" in text
    assert "Dr Reader" in text
    unsaid = PAPERS[paper](of("V-26"))
    assert "seen with the surgeon" not in unsaid


@pytest.mark.parametrize("paper", PAPERS)
def test_a_departure_says_who_when_and_why(paper):
    text = PAPERS[paper](of("V-08", {"S-01": [1, 2, 3]}, grade_entered=3))
    assert "Institutional departure from the source: S-01 set by Dr Lead, 2026-01-05: test" in text
    assert "Grade 2C" not in text


@pytest.mark.parametrize("paper", PAPERS)
def test_scope_reservation_equal_alternative_and_conflict_stand_at_the_line(paper):
    text = PAPERS[paper](of("V-08"))
    assert "all retroperitoneal sarcomas" in text
    assert "Sources differ: C-19, C-27, C-29" in text
    assert "Equal alternative: Surgery without preoperative radiotherapy" in text
    marked = PAPERS[paper](of("V-33"))
    assert "one reported case, no general statement" in marked


@pytest.mark.parametrize("paper", ["html", "pdf"])
def test_every_carried_conflict_has_its_sides_and_the_one_that_governs(paper):
    found = run(vignettes()["V-05"]["inputs"])
    text = PAPERS[paper](of("V-05")).replace("&#39;", "'")
    assert found.carried
    for conflict in found.carried.values():
        assert (
            f"{conflict.id}  {conflict.title}" in text or f"{conflict.id} {conflict.title}" in text
        )
        for side in conflict.sides:
            assert side.scope in text
            governs = "governs: " if side.id in conflict.governs else ""
            assert f"{governs}{side.text} ({side.id}" in text.replace("&lt;", "<").replace(
                "&gt;", ">"
            )


@pytest.mark.parametrize("paper", ["html", "pdf"])
def test_silences_are_printed(paper):
    found = run(vignettes()["V-33"]["inputs"])
    assert found.silences
    assert all(s.text in PAPERS[paper](of("V-33")) for s in found.silences)
