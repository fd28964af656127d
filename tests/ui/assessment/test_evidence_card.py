"""The card of an option: both sides, figures, equal alternatives, departures, earlier decisions."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFrame, QLabel, QPushButton

from tests.guidelines.cases import run, sheet, vignettes
from tests.ui.assessment.test_assessing import button, fold, load, words_of
from tests.ui.assessment.test_facts_and_assessment import shown
from tumorboard.app.board import Board
from tumorboard.case.decision import Decision
from tumorboard.case.model import Remark
from tumorboard.guidelines import SettingChange, assess, load_guideline
from tumorboard.ui.assessment.card_rows import card_of
from tumorboard.ui.assessment.panel_rows import Basis, assessment_rows
from tumorboard.ui.shell.flow import TwoColumns

LEFT = Qt.MouseButton.LeftButton
RT = "Preoperative radiotherapy"


@pytest.fixture
def desk(open_desk):
    return open_desk()


def rows_of(inputs, settings=None):
    guideline = load_guideline()
    chosen = guideline.settings
    for key, value in (settings or {}).items():
        chosen = chosen.with_change(SettingChange(key, value, "Dr Lead", "2026-01-05", "our trial"))
    facts = sheet(inputs)
    basis = Basis(facts, guideline, chosen, lambda _rule: ())
    return assessment_rows(assess(facts, guideline, chosen), (), basis)


def test_the_trials_stand_on_both_sides_with_scope_source_and_reservation(desk):
    load(desk, "V-08")
    text = words_of(fold(desk, RT))
    assert "strength as the source has it: Grade 2C" in text
    assert "quality of the evidence as the source has it: phase III RCT, pooled" in text
    before, after = text.split("SPEAKS FOR IT")[1].split("SPEAKS AGAINST IT")
    facts = load_guideline().catalogue.facts
    for identifier, side in (("F-195", before), ("F-201", before), ("F-194", after)):
        assert facts[identifier].text in side
    assert "0.65 to 2.05" in after
    assert "all retroperitoneal sarcomas · phase III RCT" in text
    assert {"F-194", "F-195", "F-201", "F-202"} <= set(text.splitlines())
    assert "benefit" in text.splitlines()
    assert "harm" in text.splitlines()
    assert "OUTSIDE THE SOURCES" in text


def test_statements_about_others_carry_a_chip(desk):
    load(desk, "V-05")
    text = words_of(fold(desk, RT))
    assert "lay text" in text
    assert "other histology" in text


def test_each_statement_stands_once_on_a_card_and_none_is_left_out():
    guideline = load_guideline()
    for name in sorted(vignettes()):
        inputs = vignettes()[name]["inputs"]
        found = run(inputs)
        for option in found.options:
            card = card_of(option, found, sheet(inputs), guideline, guideline.settings)
            told = {e.id for e in (*card.supporting, *card.limiting, *card.figures, *card.outside)}
            assert told == set(option.evidence)
            assert all(e.scope and e.source and e.text for e in card.supporting + card.limiting)


def test_an_option_without_a_statement_says_that_there_is_none(desk, monkeypatch):
    from tumorboard.guidelines import evidence

    empty = evidence.option_evidence("O-NONE", sheet({}), load_guideline())
    monkeypatch.setattr(evidence, "option_evidence", lambda *_args: empty)
    load(desk, "V-08")
    assert "Nothing in the sources." in words_of(fold(desk, RT))


def test_equal_alternatives_stand_beside_each_other_and_lead_to_each_other(desk):
    load(desk, "V-08")
    panel = desk.window.assessment
    (box,) = [f for f in shown(panel, QFrame) if f.property("role") == "equal"]
    titles = (RT, "Surgery without preoperative radiotherapy")
    places = [
        next(w for w in shown(box, QLabel) if w.text() == title).mapTo(panel, box.rect().topLeft())
        for title in titles
    ]
    assert places[0].y() == places[1].y()
    assert places[0].x() < places[1].x()
    fold(desk, RT)
    QTest.mouseClick(button(box, f"Open the card: {titles[1]}"), LEFT)
    assert words_of(panel).count("Equal alternative: the source calls both appropriate") == 2


def test_both_sides_stand_beside_each_other_where_there_is_room(desk):
    load(desk, "V-08")
    card = fold(desk, RT)
    (sides,) = [s for s in card.findChildren(TwoColumns) if s.isVisibleTo(card)]
    assert not sides.side_by_side
    sides.resize(700, 900)
    assert sides.side_by_side


def test_a_departure_says_who_when_and_why_and_borrows_no_grade():
    inputs = {**vignettes()["V-08"]["inputs"], "grade_entered": 3}
    rows = rows_of(inputs, {"S-01": [1, 2, 3]})
    option = next(o for o in rows.options if o.id == "O-PREOP-RT")
    assert option.departures == (
        "Institutional departure from the source: S-01 set by Dr Lead, 2026-01-05: our trial",
    )
    assert (option.card.strength, option.card.quality) == ("", "")
    assert option.card.equal == ("", "")
    assert "F-202" in {e.id for e in (*option.card.supporting, *option.card.limiting)}


def test_the_sides_of_a_conflict_are_one_click_away_with_the_one_that_governs(desk):
    load(desk, "V-05")
    card = fold(desk, RT)
    conflict = desk.workspace.session.assessment.carried["C-11"]
    assert all(
        side.text not in words_of(card).split("SOURCES DIFFER")[1] for side in conflict.sides
    )
    inner = fold(desk, f"C-11  {conflict.title}")
    assert all(side.text in words_of(inner) for side in conflict.sides)
    assert "● Governs: " in words_of(inner)
    assert all(side.scope in words_of(inner) for side in conflict.sides)


def test_what_is_missing_is_stated_from_the_card(desk):
    load(desk, "V-10")
    waiting = next(row for row in desk.window.assessment._options if row.missing)
    card = fold(desk, waiting.title)
    QTest.mouseClick(button(card, "State it"), LEFT)
    row = desk.window.facts.row(waiting.missing[0].field)
    assert row.isAncestorOf(desk.window.focusWidget())


def decide(desk, name: str, label: str, **decision) -> None:
    load(desk, name)
    desk.workspace.session.set_detail("label", label)
    made = Decision(**{"responsible": "Dr Test", **decision})
    Board(desk.workspace.session).sign(made)


def test_what_this_board_decided_before_in_like_cases(desk):
    load(desk, "V-08")
    text = words_of(fold(desk, RT))
    assert "No like case yet (category Resectable" in text
    decide(desk, "V-08", "first", options=("O-PREOP-RT",))
    decide(desk, "V-08", "second", options=("O-SURG-CURATIVE",))
    decide(desk, "V-08", "third", deferred_because="the biopsy is repeated")
    decide(desk, "V-06", "of another histology", options=("O-PREOP-RT",))
    Board(desk.workspace.session).draft(Decision(options=("O-LND",)))
    load(desk, "V-08")
    text = words_of(fold(desk, RT))
    assert "3 like cases (category Resectable, " in text
    assert "this was recommended in 1." in text
    assert "Resection with R0 or R1 intent 1" in text
    assert "deferred 1" in text
    card = fold(desk, RT)
    QTest.mouseClick(
        next(
            f
            for f in card.findChildren(QPushButton)
            if "Show" in f.accessibleName() and "Show the" not in f.accessibleName()
        ),
        LEFT,
    )
    assert "Deferred: the biopsy is repeated" in words_of(card)
    QTest.mouseClick(button(card, "first"), LEFT)
    assert desk.workspace.session.case.label == "first"


def test_a_contradiction_is_acknowledged_with_a_reason_that_stays_until_a_value_changes(desk):
    load(desk, "V-26")
    session, panel = desk.workspace.session, desk.window.assessment
    (alert,) = session.assessment.contradictions
    session.set_remark(f"alert:{alert.rule}", alert.stands_for, "seen with the surgeon")
    text = words_of(panel)
    assert alert.text in text  # it stays in its place
    assert text.count("seen with the surgeon") == 2  # behind the qualifier and the alert
    assert "1 acknowledged" not in text
    session.set_fact("vessel_contacts", {"IVC": 200, "SMA": 360})
    desk.settle()
    assert "seen with the surgeon" not in words_of(panel)
    assert any(a.rule == alert.rule for a in session.assessment.contradictions)


def test_an_acknowledgement_without_the_values_does_not_count_for_a_contradiction():
    found = run(vignettes()["V-26"]["inputs"])
    (alert,) = found.contradictions
    said = Remark(f"alert:{alert.rule}", f"{alert.severity}: {alert.text}", "why", "Dr", "")
    rows = assessment_rows(found, (said,))
    assert not any(a.acknowledged for a in rows.alerts)
