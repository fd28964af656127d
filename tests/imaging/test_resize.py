"""Pictures of another size beside OpenCV and SimpleITK, and what holds for each of them."""

from fractions import Fraction
from math import floor

import cv2
import numpy as np
import pytest
import SimpleITK as sitk
from hypothesis import given, settings
from hypothesis import strategies as st

from tumorboard.imaging import resize
from tumorboard.imaging.resize import (
    PIXELS,
    Between,
    Levels,
    resized,
    resized_colours,
    resized_grey,
    sampled,
)

SIDES = st.integers(1, 70)
KINDS = st.sampled_from(PIXELS)
SMOOTH = {Between.LINEAR: cv2.INTER_LINEAR, Between.CUBIC: cv2.INTER_CUBIC}


def picture(seed, shape, kind):
    rng = np.random.default_rng(seed)
    if kind == np.float32:
        return rng.normal(0, 500, shape).astype(kind)
    info = np.iinfo(kind)
    values = rng.choice([info.min, info.max, *rng.integers(info.min, info.max, 40)], shape)
    return values.astype(kind)


def view(image, turns):
    """The same pixels, lying otherwise in memory."""
    turned = np.ascontiguousarray(np.rot90(image, turns))
    return np.rot90(turned, -turns)


@given(st.integers(0, 2**32), SIDES, SIDES, SIDES, SIDES, KINDS, st.sampled_from(list(SMOOTH)))
@settings(max_examples=300, deadline=None)
def test_a_picture_that_grows_is_that_of_opencv(seed, rows, columns, more, wider, kind, between):
    image = picture(seed, (rows, columns), kind)
    shape = (rows + more, columns + wider)
    theirs = cv2.resize(image, shape[::-1], interpolation=SMOOTH[between]).reshape(shape)
    ours = resized(view(image, seed % 4), shape, between)
    assert ours.dtype == image.dtype
    # OpenCV has weights of 1/2048 for 8 bits, and tells what lies at one half otherwise.
    most = 0.01 if kind == np.float32 else 1
    assert np.abs(ours.astype(float) - theirs).max() <= most


@given(st.integers(0, 2**32), SIDES, SIDES, SIDES, SIDES, KINDS)
@settings(max_examples=200, deadline=None)
def test_a_picture_that_shrinks_has_the_means_of_opencv(seed, rows, columns, less, narrower, kind):
    image = picture(seed, (rows, columns), kind)
    shape = (max(1, rows - less), max(1, columns - narrower))
    theirs = cv2.resize(image, shape[::-1], interpolation=cv2.INTER_AREA).reshape(shape)
    ours = resized(view(image, seed % 4), shape, Between.CUBIC)
    assert np.abs(ours.astype(float) - theirs).max() <= (0.01 if kind == np.float32 else 1)


@given(st.integers(0, 2**32), SIDES, SIDES, SIDES, SIDES, KINDS)
@settings(max_examples=100, deadline=None)
def test_the_nearest_pixel_is_the_one_whose_square_holds_the_centre(seed, a, b, c, d, kind):
    image = picture(seed, (a, b), kind)
    rows, columns = (
        [floor((Fraction(n) + Fraction(1, 2)) * count / wanted) for n in range(wanted)]
        for count, wanted in ((a, c), (b, d))
    )
    expected = image[np.ix_(rows, columns)]
    np.testing.assert_array_equal(resized(view(image, seed % 4), (c, d), Between.NEAREST), expected)


@given(st.integers(0, 2**32), SIDES, SIDES, SIDES, SIDES)
@settings(max_examples=60, deadline=None)
def test_linear_values_are_those_of_simpleitk(seed, rows, columns, more, wider):
    image = picture(seed, (rows + 1, columns + 1), np.float32)
    shape = (rows + 1 + more, columns + 1 + wider)
    step = [image.shape[1] / shape[1], image.shape[0] / shape[0]]
    theirs = sitk.GetArrayFromImage(
        sitk.Resample(
            sitk.GetImageFromArray(image),
            *(shape[::-1], sitk.Transform(), sitk.sitkLinear, [s / 2 - 0.5 for s in step], step),
        )
    )
    ours = resized(image, shape, Between.LINEAR)
    np.testing.assert_allclose(ours, theirs, atol=0.01)


@given(SIDES, SIDES, SIDES, SIDES, st.sampled_from(list(SMOOTH)))
@settings(max_examples=100, deadline=None)
def test_what_is_even_stays_and_a_slope_stays_a_slope(rows, columns, wanted, wider, between):
    even = np.full((rows, columns), 1234, np.int16)
    assert (resized(even, (wanted, wider), between) == 1234).all()
    slope = np.tile(np.arange(columns, dtype=np.float32) * 7, (rows, 1))
    made = resized(slope, (wanted, columns + wider), Between.LINEAR)
    places = (np.arange(columns + wider) + 0.5) * columns / (columns + wider) - 0.5
    expected = np.clip(places, 0, columns - 1) * 7
    np.testing.assert_allclose(made, np.tile(expected, (wanted, 1)), atol=1e-3)


@pytest.mark.parametrize("large", [1, 10**9])
@pytest.mark.parametrize("kind", [np.int16, np.uint16, np.uint8])
def test_grey_levels_are_those_of_the_values(kind, large, monkeypatch):
    monkeypatch.setattr(resize, "_LARGE", large)
    rng = np.random.default_rng(3)
    for shape in ((40, 600), (97, 1100)):
        image = picture(1, (50, 301), kind)
        image[:, :120] = np.iinfo(kind).min
        image[:, 200:] = np.iinfo(kind).max
        count = 2 ** (8 * np.dtype(kind).itemsize)
        values = np.arange(count, dtype=f"u{np.dtype(kind).itemsize}").view(kind).astype(float)
        for table in (
            rng.integers(0, 256, count).astype(np.uint8),
            np.clip(values / 2 - 3, 0, 255).astype(np.uint8),
            np.where(values < 100, 255, 0).astype(np.uint8),
            np.full(count, 7, np.uint8),
        ):
            levels = Levels(table, np.dtype(kind))
            bits = f"u{np.dtype(kind).itemsize}"
            for between in Between:
                expected = table[resized(image, shape, between).view(bits)]
                np.testing.assert_array_equal(resized_grey(image, shape, between, levels), expected)
            np.testing.assert_array_equal(levels(image[:, ::-1]), table[image[:, ::-1].view(bits)])


@given(st.integers(0, 2**32), SIDES, SIDES, SIDES, SIDES, st.sampled_from(list(SMOOTH)))
@settings(max_examples=60, deadline=None)
def test_colours_are_three_pictures(seed, rows, columns, wanted, wider, between):
    image = picture(seed, (rows, columns, 3), np.uint8)[:, ::-1]
    words = resized_colours(image, (wanted, wider), between)
    assert (words >> 24 == 255).all()
    for n in range(3):
        expected = resized(np.ascontiguousarray(image[..., n]), (wanted, wider), between)
        np.testing.assert_array_equal((words >> (16 - 8 * n)) & 255, expected)


def test_what_is_no_number_stays_where_it_is():
    image = np.ones((9, 9), np.float32)
    image[4, 4] = np.nan
    assert np.isnan(resized(image, (9, 9), Between.LINEAR)).sum() == 1
    assert np.isnan(resized(image, (3, 3), Between.CUBIC)).sum() == 1
    grown = resized(image, (36, 36), Between.LINEAR)
    assert not np.isnan(np.delete(grown, np.s_[12:24], axis=0)).any()


@given(st.integers(0, 2**32), SIDES, SIDES, st.sampled_from(list(SMOOTH)))
@settings(max_examples=80, deadline=None)
def test_a_lattice_of_places_is_sampled_as_by_opencv(seed, rows, columns, between):
    rng = np.random.default_rng(seed)
    image = picture(seed, (rows + 8, columns + 8), np.float32)
    # A quarter of a pixel is told exactly by every release of OpenCV.
    down, along = (np.sort(rng.integers(0, 4 * n, 50)) / 4 for n in (rows + 7, columns + 7))
    x, y = np.meshgrid(along.astype(np.float32), down.astype(np.float32))
    theirs = cv2.remap(image, x, y, SMOOTH[between], borderMode=cv2.BORDER_REPLICATE)
    np.testing.assert_allclose(sampled(image, down, along, between), theirs, atol=0.05)


def test_beyond_the_rim_lies_the_last_pixel():
    image = picture(5, (6, 7), np.float32)
    at = np.array([-1e9, -3.0, 0.0, 6.0, 400.0])
    for between in SMOOTH:
        made = sampled(image, at, at, between)
        assert made[0, 0] == made[1, 1] == made[2, 2] == image[0, 0]
        assert made[-1, -1] == image[-1, -1]


PIXEL = np.zeros((4, 5), np.int16)
TABLE = Levels(np.zeros(65536, np.uint8), np.dtype(np.int16))


@pytest.mark.parametrize(
    "call",
    [
        lambda: resized(PIXEL, (0, 5), Between.LINEAR),
        lambda: resized(PIXEL, (5, -1), Between.NEAREST),
        lambda: resized(PIXEL, (5, 1 << 30), Between.LINEAR),
        lambda: resized(PIXEL[:0], (5, 5), Between.LINEAR),
        lambda: resized(PIXEL[0], (5, 5), Between.LINEAR),
        lambda: resized(PIXEL[None], (5, 5), Between.LINEAR),
        lambda: resized(np.zeros((4, 5, 3), np.uint8), (90, 90), Between.LINEAR),
        lambda: resized(np.zeros((4, 5, 3), np.uint8), (90, 90), Between.NEAREST),
        lambda: resized_grey(PIXEL[..., None], (90, 90), Between.CUBIC, TABLE),
        lambda: resized(PIXEL.astype(np.int32), (5, 5), Between.LINEAR),
        lambda: resized(PIXEL.astype(np.float64), (5, 5), Between.NEAREST),
        lambda: resized(PIXEL.astype(">i2"), (5, 5), Between.CUBIC),
        lambda: resized(PIXEL.astype(complex), (5, 5), Between.CUBIC),
        lambda: resized(
            np.zeros(41, np.int8)[1:].view(np.int16).reshape(4, 5), (5, 5), Between.CUBIC
        ),
        lambda: resized_grey(PIXEL.astype(np.uint16), (5, 5), Between.LINEAR, TABLE),
        lambda: resized_colours(np.zeros((4, 5), np.uint8), (5, 5), Between.LINEAR),
        lambda: resized_colours(np.zeros((4, 5, 4), np.uint8), (5, 5), Between.LINEAR),
        lambda: resized_colours(np.zeros((4, 5, 3), np.int8), (5, 5), Between.LINEAR),
        lambda: resized_colours(np.zeros((4, 5, 3), np.uint8), (5, 5), Between.NEAREST),
        lambda: Levels(np.zeros(256, np.uint8), np.dtype(np.int16)),
        lambda: Levels(np.zeros(65536, np.int8), np.dtype(np.int16)),
        lambda: Levels(np.zeros(65536, np.uint8), np.dtype(np.float32)),
        lambda: TABLE(PIXEL.astype(np.uint16)),
        lambda: sampled(PIXEL, np.arange(3.0), np.arange(3.0), Between.LINEAR),
        lambda: sampled(PIXEL.astype(np.float32), np.arange(3.0), np.zeros(0), Between.LINEAR),
        lambda: sampled(PIXEL.astype(np.float32), -np.arange(3.0), np.arange(3.0), Between.CUBIC),
        lambda: sampled(PIXEL.astype(np.float32), np.array([np.nan]), np.zeros(1), Between.CUBIC),
    ],
)
def test_what_is_no_picture_is_refused(call):
    with pytest.raises((TypeError, ValueError)):
        call()


def test_what_is_wanted_in_place_of_other_colours_is_said():
    with pytest.raises(TypeError, match="colours of int8 where uint8 is wanted"):
        resized_colours(np.zeros((4, 5, 3), np.int8), (5, 5), Between.LINEAR)


@pytest.mark.parametrize(
    "change",
    [
        {"image": np.zeros((3, 4, 2), np.float32)},
        {"image": np.zeros((3, 4), np.float64)},
        {"between": Between.NEAREST},
        {"rows": np.array([1.0, 0.5])},
        {"columns": np.array([0.0, np.nan])},
        {"rows": np.zeros((2, 2))},
        {"rows": np.zeros(0)},
    ],
)
def test_a_lattice_that_is_none_is_refused(change):
    given = {
        "image": np.zeros((3, 4), np.float32),
        "rows": np.array([0.0, 1.0, 1.0]),
        "columns": np.array([0.5]),
        "between": Between.LINEAR,
    }
    assert sampled(**given).shape == (3, 1)
    with pytest.raises((TypeError, ValueError)):
        sampled(**{**given, **change})


def test_beyond_the_rim_lies_the_last_pixel_again():
    image = np.arange(12, dtype=np.float32).reshape(3, 4)
    at = np.array([-50.0, -1.0, -0.4, 0.0, 1.5, 2.0, 2.4, 3.0, 99.0])
    made = sampled(image, at, np.array([0.0, 3.0, 3.4, 80.0]), Between.LINEAR)
    rows = np.clip(at, 0, 2)
    np.testing.assert_allclose(made[:, 0], 4 * rows, atol=1e-5)
    np.testing.assert_allclose(made[:, 1:], (4 * rows + 3)[:, None] * np.ones(3), atol=1e-5)


@pytest.mark.parametrize("shape", [(0, 4), (4, 0), (-1, 4), ((1 << 20) + 1, 1), (1, (1 << 20) + 1)])
def test_a_side_that_is_empty_or_too_long_is_refused(shape):
    with pytest.raises(ValueError, match="shape"):
        resized(np.zeros((2, 2), np.uint8), shape, Between.LINEAR)


def test_one_level_for_all_values_is_a_table_too():
    for kind in (np.uint8, np.int16, np.uint16):
        count = 1 << 8 * np.dtype(kind).itemsize
        flat = Levels(np.full(count, 77, np.uint8), np.dtype(kind))
        info = np.iinfo(kind)
        values = np.array([[info.min, 0, 1, info.max]], kind)
        assert flat(values).tolist() == [[77] * 4]
        assert (resized_grey(values, (3, 9), Between.LINEAR, flat) == 77).all()
        for at in (info.min, info.max):
            table = np.zeros(count, np.uint8)
            table[np.array(at, kind).view(f"u{np.dtype(kind).itemsize}")] = 9
            one = Levels(table, np.dtype(kind))
            wanted = np.where(values == at, 9, 0)
            np.testing.assert_array_equal(one(values), wanted)
            np.testing.assert_array_equal(
                resized_grey(values, (1, 4), Between.NEAREST, one), wanted
            )


@pytest.mark.parametrize("kind", [np.float32, np.int32, np.uint32])
def test_a_table_is_for_whole_numbers_of_two_bytes_at_most(kind):
    with pytest.raises(TypeError, match="no table"):
        Levels(np.zeros(256, np.uint8), np.dtype(kind))
    with pytest.raises(ValueError, match="shape"):
        Levels(np.zeros(256, np.uint8), np.dtype(np.int16))
