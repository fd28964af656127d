"""Kept curved views as data: what is written is read again, and what is none is refused."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.store import samples
from tumorboard.case.saved_curve import SavedCurve, saved_curve_from_json, saved_curve_to_json
from tumorboard.case.saved_view import saved_view_from_json, saved_view_to_json
from tumorboard.imaging.curved import CurvedMode
from tumorboard.imaging.vessel.centreline import through

MM = st.floats(-500.0, 500.0).map(lambda x: round(x, 4))
CURVES = st.builds(
    lambda points, mode, turn, size: samples.curve(
        line=(*points, (0.0, 0.0, 999.0)), mode=mode, degrees=turn, size_mm=size
    ),
    st.lists(st.tuples(MM, MM, MM), min_size=1, max_size=8).map(tuple),
    st.sampled_from(CurvedMode),
    st.floats(-180.0, 180.0),
    st.tuples(st.floats(1.0, 500.0), st.floats(1.0, 500.0)),
)


@settings(deadline=None)  # the first picture has numpy and its like imported
@given(CURVES)
def test_a_view_is_read_as_it_was_written(curve: SavedCurve):
    view = samples.curved_view("v1", curve=curve)
    assert saved_view_from_json(json.loads(json.dumps(saved_view_to_json(view)))) == view


def test_a_view_without_a_curve_is_written_as_before():
    assert "curve" not in json.dumps(saved_view_to_json(samples.view("v1")))


@pytest.mark.parametrize(
    "change",
    [
        {"line": [[0, 0, 0]]},
        {"line": [[0, 0, 0], [0, 0, 0]]},
        {"line": [[0, 0], [0, 1]]},
        {"line": [[0, 0, 0], [0, 0, float("inf")]]},
        {"line": [[0, 0, n] for n in range(20_001)]},
        {"line": "none"},
        {"line": None},
        {"line": [[0, 0, 0], [0, 0, 1e300]]},
        {"size_mm": [10, 0]},
        {"size_mm": [10]},
        {"degrees": float("nan")},
        {"degrees": None},
        {"position_mm": "here"},
        {"mode": "folded"},
        {"levels": [{"words": "no place"}]},
        {"levels": [3]},
        {"contact": [1.0]},
        {"contact": [1.0, float("inf")]},
        {"measured_from": [["s1"]]},
        {"said": 3},
    ],
)
def test_what_is_no_curved_view_is_refused(change):
    with pytest.raises(ValueError, match="curve"):
        saved_curve_from_json({**saved_curve_to_json(samples.curve()), **change})


@pytest.mark.parametrize("key", ["line", "size_mm", "mode", "vessel_uid"])
def test_a_curved_view_without_what_it_needs_is_refused(key):
    data = saved_curve_to_json(samples.curve())
    del data[key]
    with pytest.raises(ValueError, match=key):
        saved_curve_from_json(data)


def test_the_line_that_was_kept_is_known_again():
    line = through([[0.0, 0.0, 0.0], [5.0, 0.0, 30.0], [0.0, 2.0, 60.0]])
    curve = samples.curve(line=tuple(map(tuple, np.round(line.line, 4))))
    np.testing.assert_allclose(curve.centreline().line, line.line, atol=1e-4)
    assert curve.centreline().length_mm == pytest.approx(line.length_mm, abs=1e-3)
    assert curve.is_on(line)
    assert not curve.is_on(through([[0.0, 0.0, 0.0], [5.0, 0.1, 30.0], [0.0, 2.0, 60.0]]))
    assert not curve.is_on(None)
    moved = tuple(replace(level, arc_mm=level.arc_mm + 1) for level in curve.levels)
    assert curve.has_levels(curve.levels[::-1])
    assert not curve.has_levels(moved)
