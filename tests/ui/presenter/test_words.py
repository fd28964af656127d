"""What an audience reads of a size: which axes there are, and a change in centimetres."""

from datetime import date

import pytest

from tumorboard.app.timeline import Track
from tumorboard.ui.presenter.words import growth


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
