import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tumorboard.imaging.measurement import angle_degrees, upright_in
from tumorboard.imaging.outlines import (
    contains,
    covers_itself,
    crosses_itself,
    longest_perpendicular,
    mask_of,
    outline_area,
    simplified,
)

Z = (0.0, 0.0, 1.0)


def flat(points):
    return np.array([(x, y, 0.0) for x, y in points])


def width(corners, a, b):
    low, high = longest_perpendicular(corners, a, b, Z)
    return float(np.linalg.norm(high - low))


def test_the_short_axis_of_an_ellipse_is_its_short_axis():
    t = np.linspace(0, 2 * np.pi, 721)[:-1]
    ellipse = flat(zip(30 * np.cos(t), 18 * np.sin(t), strict=True))
    assert width(ellipse, (-30, 0, 0), (30, 0, 0)) == pytest.approx(36, abs=1e-6)


def test_the_longest_perpendicular_need_not_be_in_the_middle():
    kite = flat([(0, 0), (10, 12), (40, 0), (10, -8)])
    low, high = longest_perpendicular(kite, (0, 0, 0), (40, 0, 0), Z)
    assert np.linalg.norm(high - low) == pytest.approx(20)
    assert low[0] == pytest.approx(10, abs=1e-6)


def test_in_a_hollow_outline_the_chord_stays_inside():
    horseshoe = flat([(0, 0), (30, 0), (30, 20), (20, 20), (20, 8), (10, 8), (10, 20), (0, 20)])
    assert width(horseshoe, (0, 4, 0), (30, 4, 0)) == pytest.approx(20)
    assert width(horseshoe, (12, 4, 0), (18, 4, 0)) == pytest.approx(8)


def test_an_outline_beside_the_axis_gives_none():
    assert (
        longest_perpendicular(flat([(50, 0), (60, 0), (55, 9)]), (0, 0, 0), (40, 0, 0), Z) is None
    )


@given(
    corners=st.lists(st.tuples(st.floats(-2, 14), st.floats(-2, 14)), min_size=3, max_size=9),
)
@settings(max_examples=80, deadline=None)
def test_the_mask_says_of_each_centre_what_is_said_of_the_point(corners):
    mask = mask_of(corners, (12, 13))
    for row in range(12):
        for column in range(13):
            assert mask[row, column] == contains(corners, (row, column))


def test_area_does_not_depend_on_the_plane():
    square = np.array([[0, 0, 0], [10, 0, 0], [10, 10, 0], [0, 10, 0]], float)
    turn = np.linalg.qr(np.random.default_rng(1).normal(size=(3, 3)))[0]
    assert outline_area(square @ turn.T + [5, -90, 300]) == pytest.approx(100)


def test_crossing_sides_are_found():
    assert crosses_itself(flat([(0, 0), (9, 9), (9, 0), (0, 9)]))
    assert not crosses_itself(flat([(0, 0), (9, 0), (9, 9), (0, 9)]))
    assert not crosses_itself(flat([(0, 0), (9, 0), (9, 9)]))


@given(corners=st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=4, max_size=8))
def test_crossing_is_what_any_two_sides_say(corners):
    points = np.array(corners, float) + np.random.default_rng(7).normal(0, 0.01, (len(corners), 2))
    sides = [(points[n], points[(n + 1) % len(points)]) for n in range(len(points))]

    def turn(a, b, c):
        return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])

    expected = any(
        turn(a, b, c) * turn(a, b, d) < 0 and turn(c, d, a) * turn(c, d, b) < 0
        for n, (a, b) in enumerate(sides)
        for c, d in sides[:n]
        if b is not c and d is not a
    )
    assert crosses_itself(flat(points)) == expected


def test_a_line_keeps_its_shape_with_fewer_points():
    t = np.linspace(0, 2 * np.pi, 400)
    line = flat(zip(25 * np.cos(t), 25 * np.sin(t), strict=True))
    kept = simplified(line, 0.1)
    assert len(kept) < 80
    assert outline_area(kept) == pytest.approx(np.pi * 625, rel=0.01)


def test_angles_near_the_ends_are_exact():
    assert angle_degrees((1, 0, 0), (0, 0, 0), (1, 1e-7, 0)) == pytest.approx(np.degrees(1e-7))
    assert angle_degrees((1, 0, 0), (0, 0, 0), (-1, 0, 0)) == 180
    assert angle_degrees((1, 0, 0), (0, 0, 0), (0, 3, 0)) == pytest.approx(90)


@given(lean=st.floats(-40, 40), height=st.floats(-100, 100), aside=st.floats(-30, 30))
def test_an_upright_line_stays_in_its_plane_and_keeps_its_height(lean, height, aside):
    c, s = np.cos(np.radians(lean)), np.sin(np.radians(lean))
    normal, up = np.array([0.0, c, s]), np.array([0.0, -s, c])
    start = np.array([3.0, 7.0, -2.0])
    end = start + height * up + aside * np.array([1.0, 0, 0])
    top = upright_in(start, end, normal)
    assert abs((top - start) @ normal) < 1e-9
    assert top[2] == pytest.approx(end[2])
    assert top[0] == pytest.approx(start[0])


def test_a_point_on_an_edge_belongs_to_one_side_only():
    """Left and upper edges are inside, right and lower ones outside."""
    square = [(2, 3), (2, 7), (6, 7), (6, 3)]
    inside = {(2, 3), (2, 5), (4, 3)}
    outside = {(6, 3), (6, 5), (2, 7), (4, 7), (6, 7)}
    assert all(contains(square, p) for p in inside)
    assert not any(contains(square, p) for p in outside)
    assert contains(square, (4, 5))
    assert not contains(square, (4, 2))
    assert not contains(square, (1, 5))
    ring = [(0, 0), (0, 9), (9, 9), (9, 0)]
    assert contains(ring, (0, 0))


def test_the_mask_is_cut_to_the_picture():
    mask = mask_of([(-3, -3), (-3, 4.5), (2.5, 4.5), (2.5, -3)], (6, 8))
    assert mask.sum() == 3 * 5
    assert mask[:3, :5].all()
    beyond = mask_of([(3.5, 5.5), (3.5, 50), (50, 50), (50, 5.5)], (6, 8))
    assert beyond.sum() == 2 * 2
    assert beyond[4:, 6:].all()
    assert not mask_of([(20, 20), (20, 30), (30, 30)], (6, 8)).any()


@pytest.mark.parametrize("turn", [0.0, 0.7, 2.1])
@pytest.mark.parametrize("away", [(0, 0, 0), (40, -90, 300)])
def test_the_ends_of_a_chord_lie_on_the_outline_wherever_it_is(turn, away):
    """A kite in a plane that leans: known by hand before it was turned."""
    c, s = np.cos(turn), np.sin(turn)
    axes = np.array([[c, s, 0], [-0.6 * s, 0.6 * c, 0.8]])
    normal = np.cross(axes[0], axes[1])

    def placed(points):
        return np.array(points, float) @ axes + away

    kite = placed([(0, 0), (10, 12), (40, 0), (10, -8)])
    a, b = placed([(0, 0), (40, 0)])
    found = longest_perpendicular(kite, a, b, normal)
    wanted = placed([(10, -8), (10, 12)])
    np.testing.assert_allclose(found, wanted, atol=1e-5)
    found = longest_perpendicular(kite, a, b, -5 * normal)
    np.testing.assert_allclose(found, wanted[::-1], atol=1e-5)
    part = placed([(20, 0), (40, 0)])
    np.testing.assert_allclose(
        longest_perpendicular(kite, *part, normal), placed([(20, -8 / 1.5), (20, 8)]), atol=1e-5
    )
    assert longest_perpendicular(kite, a, a, normal) is None


def test_a_line_keeps_what_is_farther_than_the_tolerance():
    line = flat([(0, 0), (5, 0.9), (10, 0), (15, 0), (20, 0)])
    assert simplified(line, 0.95)[:, 0].tolist() == [0, 20]
    assert simplified(line, 0.85)[:, 0].tolist() == [0, 5, 20]
    assert simplified(line, 0.5)[:, 0].tolist() == [0, 5, 10, 20]
    assert simplified(line[:2], 9.0).tolist() == line[:2].tolist()
    # From a segment and not its line: a point beyond the end counts by its distance from it.
    hook = flat([(0, 0), (30, 0.1), (10, 0)])
    assert len(simplified(hook, 5.0)) == 3
    back = flat([(0, 0), (3, 4), (0, 0)])
    assert len(simplified(back, 4.9)) == 3
    assert len(simplified(back, 5.1)) == 2


def test_sides_that_only_touch_do_not_cross():
    assert not crosses_itself(flat([(0, 0), (9, 0), (4, 4), (9, 9), (0, 9), (4, 4)]))
    assert crosses_itself([(0, 0, 5), (0, 9, 9), (0, 9, 0), (0, 0, 12)])


@given(
    st.lists(
        st.tuples(st.floats(-50, 50), st.floats(-50, 50), st.floats(-50, 50)),
        min_size=1,
        max_size=12,
    ),
    st.floats(0.0, 30.0),
)
def test_a_simpler_line_has_the_same_ends_and_stays_within_the_tolerance(points, tolerance):
    line = np.array(points)
    kept = simplified(line, tolerance)
    np.testing.assert_array_equal(kept[0], line[0])
    np.testing.assert_array_equal(kept[-1], line[-1])
    assert len(kept) <= len(line)
    for point in line:
        best = np.linalg.norm(kept - point, axis=1).min()
        for a, b in itertools.pairwise(kept):
            t = np.clip((point - a) @ (b - a) / max(float((b - a) @ (b - a)), 1e-18), 0, 1)
            best = min(best, float(np.linalg.norm(a + t * (b - a) - point)))
        assert best <= tolerance + 1e-9


def test_a_triangle_never_crosses_itself_and_a_bow_tie_does():
    assert not crosses_itself(flat([(0, 0), (9, 0), (4, 4)]))
    assert not crosses_itself(flat([(0, 0), (9, 0)]))
    assert crosses_itself(flat([(0, 0), (9, 9), (9, 0), (0, 9)]))


def winding(corners, places):
    """How often an outline goes round each place, by the sum of the angles of its sides."""
    a = corners[None] - places[:, None]
    b = np.roll(corners, -1, axis=0)[None] - places[:, None]
    cross, dot = a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0], (a * b).sum(axis=-1)
    return np.rint(np.arctan2(cross, dot).sum(axis=1) / (2 * np.pi))


TURN = np.linspace(0, 2 * np.pi, 120, endpoint=False)
WOUND = {
    "a circle": 20 * np.stack([np.cos(TURN), np.sin(TURN)], axis=1),
    "a bean": (16 + 7 * np.cos(2 * TURN) + 3 * np.sin(3 * TURN))[:, None]
    * np.stack([np.cos(TURN), np.sin(TURN)], axis=1),
    "a circle gone round twice": 20 * np.stack([np.cos(2 * TURN), np.sin(2 * TURN)], axis=1),
    "a loop within": (10 + 20 * np.cos(TURN))[:, None]
    * np.stack([np.cos(TURN), np.sin(TURN)], axis=1),
    "a larger loop within": (6 + 20 * np.cos(TURN))[:, None]
    * np.stack([np.cos(TURN), np.sin(TURN)], axis=1),
    "a figure of eight": np.stack([25 * np.sin(TURN), 12 * np.sin(2 * TURN)], axis=1),
    "a pentagram": np.stack([np.cos(TURN[::24] * 2), np.sin(TURN[::24] * 2)], axis=1) * 20,
    "there and back": np.array(
        [(0.0, 0), (20, 0), (20, 10), (35, 10), (20, 10), (20, 20), (0, 20)]
    ),
    "a triangle": np.array([(0.0, 0), (20, 0), (4, 12)]),
    "a square": np.array([(0.0, 0), (20, 0), (20, 20), (0, 20)]),
}


@pytest.mark.parametrize("name", WOUND)
@pytest.mark.parametrize("sense", [1, -1])
@pytest.mark.parametrize("lean", [0.0, 37.0, 110.0])
def test_an_outline_covers_itself_where_its_formula_counts_other_areas_than_it_goes_round(
    name, sense, lean
):
    """By the winding of points all over it, on any plane and either way round."""
    flat_line = WOUND[name][::sense]
    low, high = flat_line.min(axis=0), flat_line.max(axis=0)
    steps = [np.linspace(a, b, 90) + 1e-3 for a, b in zip(low, high, strict=True)]
    around = winding(flat_line, np.stack(np.meshgrid(*steps), axis=-1).reshape(-1, 2))
    twice = abs(np.abs(around.sum()) - (around != 0).sum()) > 0.02 * (around != 0).sum()
    c, s = np.cos(np.radians(lean)), np.sin(np.radians(lean))
    right, down = np.array([c, 0.3 * s, s * 0.91**0.5]), np.array([0.0, 0.91**0.5, -0.3])
    right /= np.linalg.norm(right)
    down = np.cross(np.cross(right, down), right)
    down /= np.linalg.norm(down)
    line = np.array([40.0, -70, 110]) + flat_line[:, :1] * right + flat_line[:, 1:] * down
    assert covers_itself(line) is bool(twice)
    assert twice == (name not in {"a circle", "a bean", "there and back", "a triangle", "a square"})


@pytest.mark.parametrize("seed", range(30))
def test_the_longest_perpendicular_is_that_of_a_scan_over_the_axis(seed):
    """Of ragged outlines, some of which the line across meets in several parts."""
    random = np.random.default_rng(seed)
    turn = np.sort(random.uniform(0, 2 * np.pi, 14))
    ragged = random.uniform(4, 30, 14)[:, None] * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    a, b = random.uniform(-15, 15, (2, 2))
    along = (b - a) / np.linalg.norm(b - a)
    side = np.array([-along[1], along[0]])
    flat_line = (ragged - a) @ np.stack([along, side], axis=1)
    longest = 0.0
    for place in np.linspace(0, np.linalg.norm(b - a), 4001)[1:-1]:
        met = [
            p[1] + (place - p[0]) / (q[0] - p[0]) * (q[1] - p[1])
            for p, q in zip(flat_line, np.roll(flat_line, -1, axis=0), strict=True)
            if (p[0] < place) != (q[0] < place)
        ]
        parts = np.sort(met).reshape(-1, 2)
        longest = max([longest, *(parts[:, 1] - parts[:, 0])])
    found = longest_perpendicular(
        np.column_stack([ragged, np.full(14, 5.0)]), (*a, 5.0), (*b, 5.0), (0, 0, 1)
    )
    if longest == 0:
        assert found is None
        return
    start, end = found
    assert np.linalg.norm(end - start) == pytest.approx(longest, abs=0.15)
    assert np.linalg.norm(end - start) >= longest - 1e-4
    assert abs(float((end - start)[:2] @ along)) < 1e-6
    for point in (start, end):
        assert -1e-6 <= float((point[:2] - a) @ along) <= np.linalg.norm(b - a) + 1e-6
