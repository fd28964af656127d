"""How much a board has to read: words, clicks and room of the panel, on every vignette."""

import sys
from datetime import date
from itertools import pairwise
from statistics import mean

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QScrollArea

from tests.guidelines.cases import run, sheet, vignettes
from tests.ui.assessment.test_assessing import load, words_of
from tests.ui.assessment.test_facts_and_assessment import shown
from tumorboard.case.model import Case, Patient
from tumorboard.guidelines import load_guideline
from tumorboard.guidelines.whatif import what_would_change
from tumorboard.ui.assessment.details import details
from tumorboard.ui.assessment.panel import AssessmentPanel
from tumorboard.ui.assessment.panel_rows import (
    Basis,
    assessment_rows,
    flip_rows,
    option_flip_rows,
)

#: Ordinary cases in which everything is assessed, by the rules.
COMPLETE = ("V-32", "V-33")
MOST_WORDS, MEAN_WORDS = 250, 270


def show(panel, name):
    """Show a vignette as the window does, with nothing unfolded."""
    facts, guideline = sheet(vignettes()[name]["inputs"]), load_guideline()
    assessment = run(vignettes()[name]["inputs"])
    case = Case("1", name, Patient("1"), facts=facts)
    basis = Basis(facts, guideline, guideline.settings, lambda _rule: ())
    panel.set_assessment(assessment_rows(assessment, (), basis))
    panel.set_details(details(assessment, guideline, facts, case, date(2026, 11, 30)))
    found = what_would_change(facts, guideline, guideline.settings)
    panel.set_flips(flip_rows(found), option_flip_rows(found))
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QApplication.processEvents()


def read(panel):
    """Return the words that are to be read: what holds no letter and no digit is none."""
    texts = [w.text() for kind in (QLabel, QPushButton) for w in shown(panel, kind)]
    return [w for text in texts for w in text.split() if any(c.isalnum() for c in w)]


@pytest.fixture
def panel(qtbot):
    made = AssessmentPanel()
    qtbot.addWidget(made)
    made.resize(410, 940)
    made.show()
    return made


def test_words_and_clicks_of_all_vignettes(panel):
    counted, clicks = {}, {}
    for name in sorted(vignettes()):
        show(panel, name)
        counted[name] = len(read(panel))
        clicks[name] = sum(not row.acknowledged for row in panel._shown["alerts"])
    sys.stdout.write(f"\nwords: mean {mean(counted.values()):.0f}, most {max(counted.values())}\n")
    sys.stdout.write(
        f"acknowledgements: mean {mean(clicks.values()):.1f}, most {max(clicks.values())}\n"
    )
    assert mean(counted.values()) <= MEAN_WORDS
    for name in COMPLETE:
        assert counted[name] <= MOST_WORDS, counted[name]
        assert clicks[name] <= 2


@pytest.mark.parametrize("name", COMPLETE)
def test_a_complete_case_fits_one_screen(open_desk, name):
    desk = open_desk()
    desk.window.resize(1920, 1080)
    load(desk, name)
    area = desk.window.assessment.findChild(QScrollArea)
    QApplication.processEvents()
    assert area.widget().height() <= area.viewport().height()
    assert "WHAT WOULD CHANGE IT" not in words_of(area)


@pytest.mark.parametrize("name", sorted(vignettes()))
def test_the_order_of_the_panel(panel, name):
    show(panel, name)
    rows = panel._shown
    labels = [w for w in shown(panel, QLabel) if w.text()]
    heights = {}
    for label in labels:
        heights.setdefault(label.text(), label.mapTo(panel, label.rect().topLeft()).y())
    contradictions = [a.text for a in rows["alerts"] if a.contradiction]
    others = [a.text for a in rows["alerts"] if not a.contradiction]
    options = [o.title for o in rows["options"] if not o.universal]
    universal = [o.title for o in rows["options"] if o.universal]
    silences = [s.text for s in rows["silences"]]
    blocks = [contradictions, others, options, universal, silences]
    tops = [[heights[text] for text in block] for block in blocks if block]
    for above, below in pairwise(tops):
        assert max(above) <= min(below)
    changing = [y for text, y in heights.items() if text.casefold() == "what would change it"]
    settled = run(vignettes()[name]["inputs"]).category != "indeterminate"
    for y in changing:
        assert (y > max(tops[-1])) == settled


def test_nothing_missing_is_named_in_two_places(panel):
    for name in sorted(vignettes()):
        show(panel, name)
        texts = [w.text() for w in shown(panel, QLabel)]
        for origin in panel._shown["missing"] or panel._shown["missing before"] or ():
            assert texts.count(origin.label) == 1


def test_a_line_counts_the_missing_findings_that_stand_by_name_above(panel):
    show(panel, "V-02")
    texts = [w.text() for w in shown(panel, QLabel)]
    missing = run(vignettes()["V-02"]["inputs"]).missing
    assert len(missing) > 1
    assert any(f"Missing: {len(missing)}, each marked" in text for text in texts)
    for each in missing:
        named = [text for text in texts if each.label.casefold() in text.casefold()]
        # What would come of a value names it with the value.
        assert [text for text in named if f"{each.label}: " not in text] == [each.label]
