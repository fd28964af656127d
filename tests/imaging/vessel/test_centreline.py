import itertools

import numpy as np
import pytest

from tests.imaging.phantoms import VesselPhantom
from tests.imaging.volumes import axial_stack
from tumorboard.errors import UserError
from tumorboard.imaging.vessel.centreline import (
    Centreline,
    check_inside,
    evenly,
    snapped,
    through,
)
from tumorboard.imaging.vessel.path import lumen_field

BENT = VesselPhantom(8.0, 100.0, 80.0)


@pytest.fixture(scope="module")
def bent():
    stack = BENT.stack((0.9, 0.9, 2.0), (0.2, 0.5, 0.1))
    return BENT.volume(stack, 20.0), BENT.masks(stack)[0]


def test_clicks_along_an_arc_give_its_length_and_their_own_places():
    truth = BENT.line()
    clicks = truth[::40]
    line = through(clicks)
    assert line.length_mm == pytest.approx(100.0, abs=0.5)
    for click in clicks:
        assert line.nearest(click)[1] < 0.01
    assert line.at(50.0) == pytest.approx(truth[100], abs=0.3)
    middle = line.directions(50.0)
    assert middle == pytest.approx([0, 0, 1], abs=0.03)


def test_dragging_a_click_changes_only_what_is_near_it():
    clicks = BENT.line()[::20]
    line = through(clicks)
    moved = line.moved(5, clicks[5] + np.array([0, 4.0, 0]))
    same = [a is b for a, b in zip(line.pieces, moved.pieces, strict=True)]
    assert same == [n not in (3, 4, 5, 6) for n in range(10)]
    assert moved.nearest(clicks[5] + np.array([0, 4.0, 0]))[1] < 0.05
    assert moved.length_mm > line.length_mm


def test_a_way_is_found_through_the_lumen_and_again_near_a_dragged_click(bent):
    volume, vessel = bent
    truth = BENT.line()
    for mask in (None, vessel):
        field = lumen_field(volume, [truth[0], truth[-1]], mask)
        line = through([truth[0], truth[-1]], field.trace)
        assert line.length_mm == pytest.approx(100.0, abs=2.0)
        apart = np.linalg.norm(line.line[:, None] - truth[None], axis=2).min(axis=1)
        assert apart.max() < 3.0
    two = through([truth[0], truth[100], truth[-1]], field.trace)
    moved = two.moved(2, truth[-10], field.trace)
    assert moved.pieces[0] is two.pieces[0]
    assert moved.length_mm == pytest.approx(95.5, abs=2.0)


def test_landmarks_snap_to_the_line_in_their_order():
    line = through(BENT.line()[::20])
    marks = [BENT.line()[n] + np.array([0.0, 6.0, 0.0]) for n in (20, 100, 170)]
    assert snapped(line, marks) == pytest.approx((10.0, 50.0, 85.0), abs=0.4)
    assert line.reversed().upwards().line[0] == pytest.approx(line.line[0])


def test_a_line_across_missing_slices_says_so():
    z = np.array([0.0, 2, 4, 6, 14, 16, 18])
    stack = axial_stack(slices=7, positions=z)
    above, below = stack.centre + [0, 0, 7.0], stack.centre - [0, 0, 7.0]
    caveats = through([above, below]).caveats(stack)
    assert [c.code for c in caveats] == ["missing-slices"]
    assert "8.0 mm" in caveats[0].text
    assert through([below, below + [0, 0, 2.0]]).caveats(stack) == ()


def test_bad_lines_are_refused_with_a_sentence(bent):
    volume, _ = bent
    with pytest.raises(UserError, match="One point"):
        through([[0, 0, 0]])
    with pytest.raises(UserError, match="One point"):
        through([[0, 0, 0], [0, 0, 0]])
    with pytest.raises(UserError, match="no place"):
        through([[0, 0, 0], [0, np.nan, 0]])
    with pytest.raises(UserError, match="leaves the images"):
        check_inside(volume.stack, [[0, 0, 0], [0, 0, 900.0]])
    with pytest.raises(UserError, match="leaves the images"):
        lumen_field(volume, [[0, 0, 0], [0, 0, 900.0]])


def test_two_vessels_that_do_not_meet_have_no_way(bent):
    volume, _ = bent
    ends = [BENT.line()[100], BENT.line()[100] + np.array([0, 22.0, 0])]
    walled = volume.voxels.copy()
    walled[:, round(float(volume.stack.to_index(ends[1])[1])) - 3 :] = 180
    walled[:, : round(float(volume.stack.to_index(ends[0])[1])) - 12] = -100
    from tests.imaging.volumes import volume_of

    field = lumen_field(volume_of(volume.stack, walled), ends)
    with pytest.raises(UserError, match="No way"):
        field.trace(np.array(ends[0]), np.array(ends[1]))
    with pytest.raises(UserError, match="leaves the region"):
        field.trace(np.array(ends[0]), np.array([0, 0, 9999.0]))


def test_a_spline_is_that_of_barry_and_goldman():
    """Its points by the pyramid of the paper, with knots by the root of the chords."""
    clicks = np.array([[0.0, 0, 0], [3, 1, 8], [2, 6, 20], [-4, 5, 31]])
    piece = through(clicks).pieces[1]
    steps = np.sqrt(np.linalg.norm(np.diff(clicks, axis=0), axis=1))
    knots = np.concatenate([[0.0], np.cumsum(steps)])

    def blend(p, q, a, b, t):
        return ((knots[b] - t) * p + (t - knots[a]) * q) / (knots[b] - knots[a])

    def pyramid(t):
        low = [blend(clicks[n], clicks[n + 1], n, n + 1, t) for n in range(3)]
        middle = [blend(low[n], low[n + 1], n, n + 2, t) for n in range(2)]
        return blend(*middle, 1, 2, t)

    t = np.linspace(knots[1], knots[2], len(piece))
    np.testing.assert_allclose(piece, [pyramid(x) for x in t], atol=1e-9)
    np.testing.assert_allclose(piece[[0, -1]], clicks[[1, 2]], atol=1e-9)


def test_beyond_its_ends_the_spline_goes_on_straight():
    two = through([[0.0, 0, 0], [3, 4, 12]])
    apart = np.linalg.norm(np.cross(two.line, np.array([3, 4, 12.0]) / 13), axis=1)
    assert apart.max() < 1e-9
    assert two.length_mm == pytest.approx(13.0)
    assert len(two.pieces[0]) == 27  # at most half a millimetre apart
    turn = through([[0.0, 0, 0], [0, 0, 20], [15, 0, 30]])
    assert turn.directions(0.0) == pytest.approx([-0.05, 0, 1], abs=0.06)


def test_the_points_of_a_line_are_even_and_near():
    line = through(BENT.line()[::40])
    steps = np.linalg.norm(np.diff(line.line, axis=0), axis=1)
    assert steps.max() <= 0.5 + 1e-9
    assert steps.min() > 0.45
    assert line.arc_mm[-1] == pytest.approx(line.length_mm)
    np.testing.assert_allclose(np.diff(line.arc_mm), steps)


def test_places_along_a_line_and_back():
    line = through([[0.0, 0, 0], [0, 0, 10], [0, 0, 30]])
    np.testing.assert_allclose(
        line.at([0.0, 7.3, 30.0, 99.0]), [[0, 0, z] for z in (0, 7.3, 30, 30)]
    )
    for z, off in ((7.3, 4.0), (0.0, 2.0), (30.0, 1.0)):
        assert line.nearest([off, 0, z]) == pytest.approx((z, off))
    assert line.nearest([3.0, 0, -4]) == pytest.approx((0.0, 5.0))
    assert line.nearest([0.0, 3, 34]) == pytest.approx((30.0, 5.0))


def test_the_direction_is_that_over_three_millimetres():
    """A corner of a right angle: 1.5 mm before it the line still runs straight."""
    corner = np.array([[0.0, 0, 0], [0, 0, 10], [10, 0, 10]])
    line = Centreline(corner[[0, 2]], (corner,))
    half = np.sqrt(0.5)
    np.testing.assert_allclose(line.directions([0.0, 8.4]), [[0, 0, 1]] * 2, atol=1e-9)
    np.testing.assert_allclose(line.directions(10.0), [half, 0, half], atol=1e-9)
    np.testing.assert_allclose(line.directions([11.6, 20.0]), [[1, 0, 0]] * 2, atol=1e-9)
    mixed = line.directions(9.0)  # two and a half before, half a millimetre behind
    np.testing.assert_allclose(mixed, np.array([0.5, 0, 2.5]) / np.hypot(0.5, 2.5), atol=1e-9)
    short = Centreline(corner[:2], (np.array([[0.0, 0, 0], [0, 2, 0]]),))
    np.testing.assert_allclose(short.directions([0.0, 1.0, 2.0]), [[0, 1, 0]] * 3, atol=1e-9)


def test_a_line_that_turns_back_has_some_direction():
    there = Centreline(np.zeros((2, 3)), (np.array([[0.0, 0, 0], [0, 0, 3.0], [0, 0, 0.0]]),))
    assert np.linalg.norm(there.directions(3.0)) == pytest.approx(1.0)


def test_a_way_found_from_voxel_to_voxel_is_smoothed_between_its_ends():
    z = np.arange(0, 80.5, 0.5)
    stairs = np.stack([np.where(np.arange(161) % 8 < 4, 0.8, -0.8), 0 * z, z], axis=1)
    stairs[[0, -1]] = [[0.0, 0, 0], [0, 0, 80]]
    stairs += [40.0, -70, 300]  # far from the origin
    rough = Centreline(stairs[[0, -1]], (stairs,))
    smooth = Centreline(stairs[[0, -1]], (stairs,), traced=True)
    assert rough.length_mm > 100
    assert smooth.length_mm == pytest.approx(80.0, abs=0.5)
    np.testing.assert_allclose(smooth.line[[0, -1]], stairs[[0, -1]], atol=0.05)
    assert np.abs(smooth.line[20:-20, 0] - 40).max() < 0.1
    # A slow bend is kept: of an arc of 60 mm the smoothing takes less than its sagitta over 6 mm.
    a = np.linspace(0, 1.2, 145)
    arc = 60 * np.stack([1 - np.cos(a), 0 * a, np.sin(a)], axis=1)
    bent = Centreline(arc[[0, -1]], (arc,), traced=True)
    assert bent.length_mm == pytest.approx(72.0, abs=0.5)
    away = np.abs(np.hypot(bent.line[:, 0] - 60, bent.line[:, 2]) - 60)
    assert away.max() < 0.6


def test_a_line_from_the_other_end_and_upwards():
    line = through([[0.0, 0, 50], [2, 0, 20], [0, 0, 0]])
    up = line.upwards()
    np.testing.assert_allclose(up.line, line.line[::-1], atol=1e-9)
    np.testing.assert_allclose(up.anchors, line.anchors[::-1])
    assert up.upwards() is up
    level = through([[0.0, 0, 5], [9, 0, 5]])
    assert level.upwards() is level


@pytest.mark.parametrize(
    ("step", "most", "count"), [(1.0, 2000, 31), (4.0, 2000, 9), (0.5, 20, 20), (99.0, 20, 2)]
)
def test_planes_are_even_along_a_line_with_both_ends(step, most, count):
    line = through([[0.0, 0, 0], [0, 0, 30]])
    found = evenly(line, step, most)
    assert len(found) == count
    np.testing.assert_allclose(found, np.linspace(0, 30, count))
    assert len(evenly(line)) == 31  # a millimetre, unless it is said


def test_half_a_voxel_beyond_the_images_is_still_inside():
    stack = axial_stack(slices=5, rows=6, columns=7, spacing=(1.0, 1.0), step=2.0, origin=(0, 0, 0))
    ends = [(-0.49, 0, 0), (0, 5.49, 0), (6.49, 5, 0), (0, 0, 8.98), (0, 0, -0.98)]
    check_inside(stack, ends)
    for x, y, z in ((-0.51, 0, 0), (0, 5.51, 0), (6.51, 0, 0), (0, 0, 9.02), (0, 0, -1.02)):
        with pytest.raises(UserError, match="The curve leaves the images"):
            check_inside(stack, [(3, 3, 3), (x, y, z)], "The curve")


def test_a_dragged_click_of_a_traced_line_is_traced_again_on_both_sides():
    calls = []

    def tracer(a, b):
        calls.append((tuple(a), tuple(b)))
        return np.stack([a, (a + b) / 2, b])

    clicks = np.array([[0.0, 0, z] for z in (0, 10, 20, 30)])
    line = through(clicks, tracer)
    assert (len(calls), line.traced) == (3, True)
    calls.clear()
    moved = line.moved(1, [5.0, 0, 10], tracer)
    assert calls == [((0, 0, 0), (5, 0, 10)), ((5, 0, 10), (0, 0, 20))]
    assert moved.pieces[2] is line.pieces[2]
    assert line.anchors[1].tolist() == [0, 0, 10]  # the old line is as it was
    calls.clear()
    drag = line.moved(1, [5.0, 0, 10])  # splines until the button is let go
    assert calls == []
    assert drag.pieces[2] is line.pieces[2]
    assert len(drag.pieces[0]) > 3
    ends = line.moved(0, [5.0, 0, 0], tracer)
    assert (ends.pieces[1] is line.pieces[1], len(calls)) == (True, 1)
    with pytest.raises(UserError, match="no place"):
        line.moved(1, [np.nan, 0, 0])


def test_points_that_repeat_count_once():
    line = through([[0, 0, 0], [0, 0, 0], [0, 0, 10], [0, 0, 10.0000001], [0, 0, 20]])
    assert len(line.anchors) == 3


def test_near_its_ends_the_direction_is_that_of_the_last_three_millimetres():
    """A corner a millimetre from either end: one part along it and two parts beyond."""
    corner = np.array([[1.0, 0, 0], [0, 0, 0], [0, 0, 10], [0, 1, 10]])
    line = Centreline(corner[[0, -1]], (corner,))
    for arc in (0.0, 0.7, 1.5):
        np.testing.assert_allclose(line.directions(arc), np.array([-1, 0, 2]) / 5**0.5, atol=1e-9)
        back = line.directions(12.0 - arc)
        np.testing.assert_allclose(back, np.array([0, 1, 2]) / 5**0.5, atol=1e-9)


@pytest.mark.parametrize("count", [2, 3, 5, 12, 40, 80])
def test_a_found_way_is_smoothed_as_by_a_gaussian_of_six_millimetres(count):
    """Point by point: the line goes on beyond its ends turned about them, as far as it is long."""
    steps = np.full((count - 1, 3), [0.0, 0.0, 0.5])
    rough = np.concatenate([[[7.0, -3, 20]], [7.0, -3, 20] + np.cumsum(steps, axis=0)])
    rough[1:-1, 0] += 0.02 * np.random.default_rng(count).normal(size=count - 2)
    arc = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(rough, axis=0), axis=1))])
    number = max(2, int(np.ceil(arc[-1] / 0.5)) + 1)
    at = np.linspace(0, arc[-1], number)
    fine = np.stack([np.interp(at, arc, rough[:, a]) for a in range(3)], axis=1)
    reach = min(36, number - 1)
    far = np.arange(-reach, reach + 1)
    weights = np.exp(-0.5 * (far / 12.0) ** 2)

    def point(n):
        if n < 0:
            return 2 * fine[0] - fine[-n]
        return fine[n] if n < number else 2 * fine[-1] - fine[2 * number - 2 - n]

    smooth = np.array(
        [sum(w * point(n + k) for w, k in zip(weights, far, strict=True)) for n in range(number)]
    )
    smooth /= weights.sum()
    line = Centreline(rough[[0, -1]], (rough,), traced=True).line
    np.testing.assert_allclose(line[[0, -1]], rough[[0, -1]], atol=1e-9)
    apart = [
        min(
            np.linalg.norm(a + np.clip((p - a) @ (b - a) / ((b - a) @ (b - a)), 0, 1) * (b - a) - p)
            for a, b in itertools.pairwise(smooth)
        )
        for p in line
    ]
    assert max(apart) < 1e-9


@pytest.mark.parametrize(("count", "at"), [(161, 80), (161, 20), (161, 150), (11, 5), (11, 2)])
def test_the_smoothing_is_a_gaussian_of_six_millimetres_mirrored_at_the_ends(count, at):
    """One point off a straight line by so little that its length does not change."""
    off = 1e-4
    stairs = np.zeros((count, 3))
    stairs[:, 2] = 0.4999 * np.arange(count)  # so that it needs no point more for the detour
    stairs[at, 0] = off
    found = Centreline(stairs[[0, -1]], (stairs,), traced=True).line
    reach = min(36, count - 1)  # three widths of twelve points, as far as the line has them
    whole = sum(np.exp(-(n**2) / (2 * 12**2)) for n in range(-reach, reach + 1))

    def weight(n):
        return np.exp(-(n**2) / (2 * 12**2)) / whole if abs(n) <= reach else 0.0

    # What is mirrored through an end lies on the other side of the line.
    last = count - 1
    wanted = [weight(n - at) - weight(n + at) - weight(n - (2 * last - at)) for n in range(count)]
    np.testing.assert_allclose(found[:, 0], off * np.array(wanted), atol=off * 1e-4)
    np.testing.assert_allclose(found[:, 2], stairs[:, 2], atol=1e-6)


@pytest.mark.parametrize(
    ("length", "count"), [(0.2, 2), (0.5, 2), (0.51, 3), (7.0, 15), (7.01, 16)]
)
def test_a_piece_has_points_at_most_half_a_millimetre_apart_and_both_ends(length, count):
    piece = through([[0.0, 0, 0], [0, 0, length]]).pieces[0]
    assert len(piece) == count
    np.testing.assert_allclose(piece[:, 2], np.linspace(0, length, count), atol=1e-9)


def test_whole_numbers_of_one_byte_are_places_and_lengths_like_others():
    line = through(np.array([[200, 10, 10], [10, 200, 10]], np.uint8))
    assert line.length_mm == pytest.approx(190 * np.sqrt(2))
    assert line.nearest(np.array([200, 10, 250], np.uint8)) == pytest.approx((0.0, 240.0))
    lengths = np.array([0, 200], np.uint8)
    np.testing.assert_allclose(line.at(lengths), line.at([0.0, 200.0]))
    np.testing.assert_allclose(line.directions(lengths), [[-np.sqrt(0.5), np.sqrt(0.5), 0]] * 2)


@pytest.mark.parametrize(
    ("low", "high", "crosses"),
    [(0, 15, True), (-1, 6.0, False), (14, 21, False), (0, 6.5, True), (6.2, 13.5, True)],
)
def test_a_line_says_which_missing_slices_it_crosses_whichever_way_it_runs(low, high, crosses):
    stack = axial_stack(
        slices=8, positions=np.array([0.0, 2, 4, 6, 14, 16, 18, 20]), origin=(0, 0, 0)
    )
    ends = [[5.0, 5, low], [5, 5, high]]
    for line in (through(ends), through(ends[::-1])):
        assert bool(line.caveats(stack)) is crosses
