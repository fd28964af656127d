"""Kept curved views as data: what is written is read again, and what is none is refused."""

import json
from dataclasses import replace
from functools import cached_property

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.store import samples
from tumorboard.case.saved_curve import (
    Level,
    SavedCurve,
    saved_curve_from_json,
    saved_curve_to_json,
)
from tumorboard.case.saved_view import saved_view_from_json, saved_view_to_json
from tumorboard.imaging.curved import CurvedMode
from tumorboard.imaging.vessel.centreline import Centreline, through
from tumorboard.imaging.vessel.contact_profile import Extent as ProfileExtent

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


LINE = tuple((0.0, 0.0, float(n)) for n in range(20))


def laid(points) -> Centreline:
    """A line of these points, whole millimetres apart."""

    class Laid(Centreline):
        @cached_property
        def line(self):
            return np.array(points)

    return Laid(np.array(points)[[0, -1]], (np.array(points),))


@pytest.mark.parametrize(
    ("off", "same"), [(0.0, True), (9e-4, True), (1.1e-3, False), (3.0, False)]
)
@pytest.mark.parametrize("at", [0, 7, 19])
@pytest.mark.parametrize("axis", [0, 1, 2])
def test_a_line_is_the_kept_one_to_a_thousandth_of_a_millimetre_at_every_point(off, same, at, axis):
    points = np.array(LINE)
    points[at, axis] += off
    assert samples.curve(line=LINE).is_on(laid(points)) is same
    assert not samples.curve(line=LINE).is_on(laid(points[:-1]))


def test_all_that_was_measured_along_a_curve_is_read_as_it_was_written():
    full = samples.curve(
        levels=(Level("Renal veins", 25.0, short="RV"), Level("Cranial end", 40.0, is_end=True)),
        contact=ProfileExtent(1.0, 2.0),
        involvement=ProfileExtent(3.0, 44.0),
        said=("one", "two"),
        measured_from=(("s1", "d"), ("s2", "e")),
    )
    assert saved_curve_from_json(json.loads(json.dumps(saved_curve_to_json(full)))) == full
    bare = saved_curve_to_json(full)
    for key in ("levels", "contact", "involvement", "said", "measured_from"):
        del bare[key]
    read = saved_curve_from_json(bare)
    assert (read.levels, read.contact, read.involvement) == ((), None, None)
    assert (read.said, read.measured_from) == ((), ())
    plain = saved_curve_from_json({**bare, "levels": [{"words": "Renal veins", "arc_mm": 25}]})
    assert plain.levels == (Level("Renal veins", 25.0, False, ""),)


def test_levels_are_the_kept_ones_to_a_hundredth_of_a_millimetre():
    curve = samples.curve(levels=(Level("Renal veins", 25.0),))
    assert curve.has_levels([Level("Renal veins", 25.004, short="RV")])
    assert not curve.has_levels([Level("Renal veins", 25.006)])
    assert not curve.has_levels([Level("Hepatic veins", 25.0)])
    assert not curve.has_levels([])


@pytest.mark.parametrize(
    ("room", "words"), [(99, "Renal veins"), (11, "Renal veins"), (10, "RV"), (2, "RV"), (1, "")]
)
def test_a_level_is_named_as_its_room_allows(room, words):
    assert Level("Renal veins", 25.0, short="RV").fitting(room, len) == words
    alone = Level("Renal veins", 25.0).fitting(room, len)
    assert alone == ("Renal veins" if room >= 11 else "")


@pytest.mark.parametrize(
    ("change", "taken"),
    [
        ({"line": [[0, 0, n / 100] for n in range(20_000)]}, True),
        ({"line": [[0, 0, 0], [0, 0, 1]]}, True),
        ({"line": [[0, 0, 0], [0, 0, 9_999.9]]}, True),
        ({"line": [[0, 0, 0], [0, 0, 10_000]]}, False),
        ({"line": [[-10_000, 0, 0], [0, 0, 5]]}, False),
        ({"position_mm": 9_999.9}, True),
        ({"position_mm": 10_000}, False),
        ({"degrees": -10_000}, False),
        ({"size_mm": [10, 10_000]}, False),
        ({"size_mm": [1e-3, 10]}, True),
        ({"size_mm": [0, 10]}, False),
        ({"size_mm": [10, -1]}, False),
        ({"contact": [0, 10_000]}, False),
        ({"involvement": [-10_000, 0]}, False),
        ({"levels": [{"words": "x", "arc_mm": 10_000}]}, False),
    ],
)
def test_numbers_that_no_patient_has_are_refused(change, taken):
    data = {**saved_curve_to_json(samples.curve()), **change}
    if taken:
        assert saved_curve_from_json(data)
    else:
        with pytest.raises(ValueError, match="curved view with"):
            saved_curve_from_json(data)
