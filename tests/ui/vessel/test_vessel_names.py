"""Names along a vessel stand apart, whatever the size of their view."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tumorboard.ui.vessel.scene import spread

PLACES = st.lists(st.floats(-50, 400), min_size=1, max_size=8).map(sorted)


@given(PLACES, st.data())
def test_neighbours_keep_their_gaps_between_the_bounds(places, data):
    gaps = data.draw(st.lists(st.floats(1, 60), min_size=len(places) - 1, max_size=len(places) - 1))
    high = data.draw(st.floats(sum(gaps) + 1, 900))
    found = spread(np.array(places), gaps, 0.0, high)
    assert (np.diff(found) >= np.array(gaps) - 1e-9).all()
    assert found[0] >= -1e-9
    assert found[-1] <= high + 1e-9


@given(PLACES)
def test_what_stands_apart_already_stays(places):
    inside = np.array(sorted({round(p / 10) * 10.0 for p in places}))
    assert spread(inside, 10.0, -100.0, 500.0) == pytest.approx(inside)


def test_the_first_is_not_pushed_onto_the_second():
    assert spread(np.array([2.0, 18.0, 60.0]), 15.0, 10.0, 100.0).tolist() == [10.0, 25.0, 60.0]


def test_what_does_not_fit_is_shortened_alike():
    assert spread(np.array([0.0, 1.0, 2.0]), 30.0, 0.0, 40.0).tolist() == [0.0, 20.0, 40.0]
