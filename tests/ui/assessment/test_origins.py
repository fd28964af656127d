"""Every line of the panel leads to where its values were entered: a field or a picture."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from tests.guidelines.cases import run, sheet, vignettes
from tests.ui.assessment.test_assessing import button, load, words_of
from tests.ui.assessment.test_facts_and_assessment import choose, press, shown
from tests.ui.conftest import CENTRE
from tumorboard.case.definitions import fact_definitions
from tumorboard.guidelines import load_guideline
from tumorboard.imaging.geometry import Plane
from tumorboard.ui.assessment.alerts import AlertLine
from tumorboard.ui.assessment.panel_rows import Basis, assessment_rows

LEFT = Qt.MouseButton.LeftButton
#: Rules that hold in every case: there is nothing they were read from. By the text of the rules.
UNCONDITIONAL = {"R-GEN-01", "R-GEN-03", "R-PRG-08"}


def rows_of(name, **changes):
    inputs = {**vignettes()[name]["inputs"], **changes}
    guideline = load_guideline()
    basis = Basis(sheet(inputs), guideline, guideline.settings, lambda _rule: ())
    return assessment_rows(run(inputs), (), basis)


@pytest.mark.parametrize("name", sorted(vignettes()))
def test_no_line_is_without_a_way(name):
    rows = rows_of(name)
    reasons = [rows.reason, *rows.notes, *rows.silences, *(a.reason for a in rows.alerts)]
    reasons += [r for o in rows.options for r in (*o.reasons, *o.cards)]
    for reason in reasons:
        if reason.rule not in UNCONDITIONAL:
            assert reason.first is not None, reason.rule
            assert reason.first.field in fact_definitions(), reason.rule
    for origin in (*rows.missing, *(m for o in rows.options for m in o.missing)):
        assert origin.field in fact_definitions()
    for qualifier in rows.qualifiers:
        assert qualifier.origin is not None, qualifier.text


@pytest.mark.parametrize("name", sorted(vignettes()))
def test_a_contradiction_names_two_things_and_who_entered_them(name):
    for alert in rows_of(name).alerts:
        if alert.contradiction:
            assert len(alert.values) >= 2
            told = [o.words for o in alert.values if "not recorded" not in o.words]
            assert all("Dr Reader" in text for text in told)
            assert len(told) >= 2 or alert.key == "alert:R-ALT-52"  # the histology is missing


def test_a_missing_grade_leads_to_the_field_in_which_it_is_stated():
    rows = rows_of("V-08", grade_entered=None, differentiation_score=None)
    assert "grade_entered" in {origin.field for origin in rows.missing}


def test_an_alert_leads_to_its_field_with_one_click(open_desk):
    desk = open_desk()
    load(desk, "V-01")
    line = next(x for x in desk.window.assessment.findChildren(AlertLine) if "04" in x.row.key)
    QTest.mouseClick(button(line, "field"), LEFT)
    assert desk.window.tabs.currentWidget() is desk.window.facts
    assert desk.window.facts.row("chest_ct").isAncestorOf(desk.window.focusWidget())


def test_inputs_that_are_missing_stand_once_and_are_counted_elsewhere(open_desk):
    desk = open_desk()
    load(desk, "V-10")
    panel, rows = desk.window.assessment, desk.window.assessment._options
    waiting = next(row for row in rows if row.missing)
    count = f"{len(waiting.missing)} input{'s' * (len(waiting.missing) > 1)} missing"
    text = words_of(panel)
    assert count in text
    for origin in waiting.missing:
        assert [line for line in text.splitlines() if line == origin.label] == [origin.label]
    link = next(b for b in shown(panel, QPushButton) if b.text() == count)
    QTest.mouseClick(link, LEFT)
    row = desk.window.facts.row(waiting.missing[0].field)
    assert row.isAncestorOf(desk.window.focusWidget())


def test_both_values_of_a_contradiction_lead_to_their_places(desk):
    choose(desk, "site", "Retroperitoneum")
    choose(desk, "disease_phase", "Primary, in place")
    desk.key(Qt.Key.Key_V)
    levels = (("caudal", 32.0), ("cranial", 60.0), ("iliac", 0.0), ("renal", 32.0))
    for _name, z in (*levels, ("liver", 48.0), ("hepatic", 84.0), ("atrium", 100.0)):
        place = [CENTRE[0], CENTRE[1], z]
        desk.look_at(place)
        desk.click(Plane.AXIAL, place)
    desk.settle()
    desk.look_at([CENTRE[0], CENTRE[1], 12.0])
    desk.window.features.facts._overrule("ivc_involvement", "absent", "thrombus only")
    desk.settle()
    panel = desk.window.assessment
    desk.window.tabs.setCurrentWidget(panel)
    line = next(x for x in panel.findChildren(AlertLine) if "R-ALT-48" in x.row.key)
    said, marked = (
        next(o for o in line.row.values if o.field == name)
        for name in ("ivc_involvement", "ivc_cranial_extent")
    )
    assert "Dr Test" in said.told
    assert "thrombus only" in said.told
    stated, measured = (
        next(b for b in shown(line, QPushButton) if b.accessibleName() == f"Go to {o.label}")
        for o in (said, marked)
    )
    QTest.mouseClick(measured, LEFT)
    assert desk.viewer.point[2] == pytest.approx(60.0)
    QTest.mouseClick(stated, LEFT)
    assert desk.viewer.point[2] == pytest.approx(12.0)


def test_a_finding_keeps_the_slice_on_which_it_was_stated(desk):
    desk.look_at([CENTRE[0], CENTRE[1], CENTRE[2] + 8])
    press(desk, "distant_metastasis_read", "Present")
    press(desk, "chest_ct", "Done")
    facts = desk.workspace.session.facts
    place = facts.get("distant_metastasis_read").provenance.place
    assert place.point[2] == pytest.approx(CENTRE[2] + 8)
    assert facts.get("chest_ct").provenance.place is None
