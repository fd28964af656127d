"""Shares of pixels inside closed lines and under drawn ones, and lines with fewer corners."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tumorboard.imaging import polygons
from tumorboard.imaging.polygons import coverage, fewer_corners, lay_colour, line_coverage


def some_lines(seed):
    rng = np.random.default_rng(seed)
    return [rng.uniform(-6, 30, (rng.integers(1, 12), 2)) for _ in range(rng.integers(1, 5))]


def fine(shape, parts=16):
    """Places inside each pixel, shape (rows * parts, columns * parts)."""
    rows, columns = ((np.arange(n * parts) + 0.5) / parts - 0.5 for n in shape)
    return np.meshgrid(rows, columns, indexing="ij")


def means(image, shape, parts=16):
    return image.reshape(shape[0], parts, shape[1], parts).mean((1, 3)) * 255


@given(st.integers(0, 2**32), st.sampled_from([1, 50, 1 << 20]))
@settings(max_examples=40, deadline=None)
def test_a_pixel_has_the_share_of_its_places_inside_an_odd_number_of_lines(seed, most):
    lines, shape = some_lines(seed), (17, 23)
    y, x = fine(shape)
    inside = np.zeros(y.shape, bool)
    for line in lines:
        for (a, b), (c, d) in zip(np.roll(line, 1, axis=0), line, strict=True):
            with np.errstate(all="ignore"):
                inside ^= ((a <= y) != (c <= y)) & (x < b + (y - a) / (c - a) * (d - b))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(polygons, "_MOST_CROSSINGS", most)
        made = coverage(lines, shape).astype(float)
    off = np.abs(made - means(inside, shape))
    assert off.mean() < 2
    assert off.max() < 40


@pytest.mark.parametrize("shift", [0.0, 0.25, 0.5])
def test_a_rectangle_covers_its_area(shift):
    line = np.array([[2, 3], [2, 9], [7, 9], [7, 3]]) + shift
    made = coverage([line, line[::-1] + 100], (12, 14)) / 255
    assert made.sum() == pytest.approx(30, rel=2e-3)
    twice = coverage([line, line[::-1]], (12, 14))
    assert not twice.any()


@given(st.integers(0, 2**32), st.floats(0.5, 5))
@settings(max_examples=30, deadline=None)
def test_a_line_covers_what_is_no_further_than_half_its_width(seed, width):
    rng, shape = np.random.default_rng(seed), (19, 25)
    lines = [(rng.uniform(-6, 30, (3, 2)), bool(rng.integers(2)))]
    y, x = fine(shape, 8)
    nearest = np.full(y.shape, np.inf)
    for line, closed in lines:
        ends = np.concatenate([line, line[:1]]) if closed else line
        for a, b in itertools.pairwise(ends):
            way = b - a
            t = np.clip(((y - a[0]) * way[0] + (x - a[1]) * way[1]) / (way @ way), 0, 1)
            nearest = np.minimum(nearest, np.hypot(y - a[0] - t * way[0], x - a[1] - t * way[1]))
    made = line_coverage(lines, width, shape).astype(float)
    distance = nearest[4::8, 4::8]
    assert (made[distance < width / 2 - 0.75] == 255).all()
    assert (made[distance > width / 2 + 0.75] == 0).all()
    off = made - means(nearest <= width / 2, shape, 8)
    assert np.abs(off).mean() < 8


def test_a_colour_takes_the_place_of_what_was_there_by_its_share():
    pixels = np.full((2, 9, 4), 100, np.uint8)
    share = np.zeros((2, 9), np.uint8)
    share[0, 0], share[0, 1], share[1, 8] = 255, 128, 51
    lay_colour(pixels, share, (0, 200, 100, 255))
    assert pixels[0, 0].tolist() == [0, 200, 100, 255]
    assert pixels[0, 1].tolist() == [50, 150, 100, 178]
    assert pixels[1, 8].tolist() == [80, 120, 100, 131]
    assert (pixels[share == 0] == 100).all()


@given(st.integers(0, 2**32), st.integers(2, 200), st.floats(0.05, 3))
@settings(max_examples=60, deadline=None)
def test_fewer_corners_pass_none_by_further_than_told(seed, count, tolerance):
    line = np.cumsum(np.random.default_rng(seed).normal(size=(count, 2)), axis=0)
    fewer = fewer_corners(line, tolerance)
    np.testing.assert_array_equal(fewer[[0, -1]], line[[0, -1]])
    place = [int(np.flatnonzero((line == p).all(axis=1))[0]) for p in fewer]
    assert place == sorted(place)
    for first, last in itertools.pairwise(place):
        a, way = line[first], line[last] - line[first]
        t = np.clip((line[first : last + 1] - a) @ way / (way @ way), 0, 1)
        off = np.linalg.norm(line[first : last + 1] - a - t[:, None] * way, axis=1)
        assert off.max() <= tolerance + 1e-9


def test_a_straight_line_has_two_corners_and_a_turn_of_its_own_stays():
    assert len(fewer_corners(np.column_stack([np.arange(90.0), np.arange(90.0)]), 0.1)) == 2
    back = np.array([[0, 0], [0, 9], [0, 0]], float)
    np.testing.assert_array_equal(fewer_corners(back, 0.1), back)


CORNERS = np.array([[0.0, 0.0], [1.0, 3.0], [2.0, 0.0]])


@pytest.mark.parametrize(
    "call",
    [
        lambda: coverage([CORNERS], (0, 4)),
        lambda: coverage([CORNERS], (1 << 20, 1 << 20)),
        lambda: coverage([CORNERS.T], (4, 4)),
        lambda: coverage([CORNERS * np.nan], (4, 4)),
        lambda: coverage([np.full((3, 2), np.inf)], (4, 4)),
        lambda: line_coverage([(CORNERS, True)], -1.0, (4, 4)),
        lambda: line_coverage([(CORNERS, True)], np.nan, (4, 4)),
        lambda: line_coverage([(CORNERS, True)], 1.0, (4, -4)),
        lambda: lay_colour(np.zeros((4, 4, 3), np.uint8), np.zeros((4, 4), np.uint8), (0, 0, 0, 0)),
        lambda: lay_colour(np.zeros((4, 5, 4), np.uint8), np.zeros((4, 4), np.uint8), (0, 0, 0, 0)),
        lambda: lay_colour(np.zeros((4, 4, 4), np.int8), np.zeros((4, 4), np.uint8), (0, 0, 0, 0)),
        lambda: fewer_corners(np.zeros((4, 3)), 1.0),
        lambda: fewer_corners(np.full((4, 2), np.nan), 1.0),
    ],
)
def test_what_is_no_line_is_refused(call):
    with pytest.raises((TypeError, ValueError)):
        call()


def test_lines_far_away_leave_nothing():
    assert not coverage([CORNERS + 1e12, CORNERS - 1e12], (4, 4)).any()
    assert not line_coverage([(CORNERS * 1e12 + 1e12, False)], 2.0, (4, 4)).any()


@pytest.mark.parametrize(
    ("share", "colour"),
    [
        (np.zeros(16, np.uint8), (1, 2, 3, 4)),
        (np.zeros((4, 4, 1), np.uint8), (1, 2, 3, 4)),
        (np.zeros((4, 4), np.uint8), (1, 2, 3)),
        (np.zeros((4, 4), np.uint8), (1, 2, 3, 4, 5)),
    ],
)
def test_shares_and_a_colour_of_another_shape_are_refused(share, colour):
    with pytest.raises(ValueError, match="four parts"):
        lay_colour(np.zeros((4, 4, 4), np.uint8), share, colour)


@pytest.mark.parametrize("shape", [(1, 1), (1, 7), (7, 1)])
def test_a_picture_of_one_row_or_column_is_covered(shape):
    line = np.array([[-1.0, -1], [-1, 9], [9, 9], [9, -1]])
    assert (coverage([line], shape) == 255).all()
    for wrong in ((0, 3), (3, 0), (-1, 3)):
        with pytest.raises(ValueError, match="a picture of shape"):
            coverage([line], wrong)
