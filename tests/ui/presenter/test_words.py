"""What an audience reads of a size: which axes there are, and a change in centimetres."""

from datetime import date

import pytest

from tests.guidelines.cases import run, vignettes
from tumorboard.app.timeline import Track
from tumorboard.case.model import Case, Patient, Remark
from tumorboard.guidelines.acknowledgement import remark_key
from tumorboard.ui.presenter.words import conclusions, growth


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (143.0, "Longest axis +3.8 cm since 2 Mar 2025"),
        (92.0, "Longest axis −1.3 cm since 2 Mar 2025"),
        (105.3, "Longest axis ±0.0 cm since 2 Mar 2025"),
    ],
)
def test_a_change_is_told_in_centimetres(now, words):
    sizes = ((date(2025, 3, 2), 105.0), (date(2026, 3, 2), now))
    assert growth(Track("Mass", sizes, True)) == words
    assert growth(Track("Mass", sizes[:1], True)) == ""


def test_an_audience_reads_what_contradicts_the_category_and_why_it_may_stand():
    found = run(vignettes()["V-26"]["inputs"])
    (alert,) = found.contradictions
    said = Remark(remark_key(alert.rule), alert.stands_for, "seen on site", "Dr Two", "2026-01-06")

    class Shown:
        assessment = found
        case = Case("1", "RP", Patient("1"), remarks=(said,))

    texts = [line.text for line in conclusions(Shown())]
    assert texts[1] == "Resectable"
    assert texts[2].startswith("Contradicted by R-ALT-47: vessel criterion absent")
    assert "seen on site" in texts[3]
