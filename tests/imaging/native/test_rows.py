"""Rows of samples against plain arithmetic in float64."""

import numpy as np
import pytest

from tumorboard.imaging.kernels import (
    MAXIMUM,
    MEAN,
    MINIMUM,
    carry_frames,
    even_lines,
    image_type,
    row_sampler,
)
from tumorboard.imaging.native.arrays import TYPES

NONE = (1.0, 0.0)
THIN = (np.zeros(1), np.ones(1), MEAN)


def nearest_edge(place, count):
    return np.clip(place, 0.0, count - 1.0)


def value_at(voxels, place, padding):
    """Trilinear value at one (slice, row, column), None outside: as the guide of cuts says."""
    shape = voxels.shape
    if not all(-0.5 <= p <= n - 0.5 for p, n in zip(place, shape, strict=True)):
        return None
    place = [nearest_edge(p, n) for p, n in zip(place, shape, strict=True)]
    low, high = padding
    total, near_padding = 0.0, False
    for corner in np.ndindex(2, 2, 2):
        weight, index = 1.0, []
        for p, n, side in zip(place, shape, corner, strict=True):
            base = int(p)
            weight *= (p - base) if side else 1 - (p - base)
            index.append(min(base + side, n - 1))
        value = float(voxels[tuple(index)])
        near_padding |= weight > 0 and low <= value <= high
        total += weight * value
    if near_padding:
        alone = float(voxels[tuple(int(p + 0.5) for p in place)])
        return None if low <= alone <= high else alone
    return total


def to_index(table, place):
    """From (position, row, column) to (slice, row, column) among slices with their own places."""
    if table is None:
        return place
    positions = table[:, 0]
    if not positions[0] <= place[0] <= positions[-1]:
        return None
    m = int(np.clip(np.searchsorted(positions, place[0], side="right") - 1, 0, len(table) - 2))
    t = (place[0] - positions[m]) / (positions[m + 1] - positions[m])
    shift = table[m] + t * (table[m + 1] - table[m])
    return np.array([m - 1 + t, place[1] - shift[1], place[2] - shift[2]])


def expected(voxels, table, lines, slab, padding, fill, shape):
    """Return the picture in float64, and where a float32 may have fallen to either side."""
    image = np.empty(shape)
    for r, c in np.ndindex(shape):
        found, weights = [], []
        for offset, weight in zip(slab[0], slab[1], strict=True):
            place = lines[0][r] + c * lines[1][r] + offset * lines[2][r]
            index = to_index(table, place)
            value = None if index is None else value_at(voxels, index, padding)
            if value is not None:
                found.append(value)
                weights.append(weight)
        if not found:
            image[r, c] = fill
        elif len(slab[0]) == 1 or slab[2] != MEAN:
            image[r, c] = min(found) if slab[2] == MINIMUM else max(found)
        else:
            image[r, c] = np.average(found, weights=weights)
    return image


def some_voxels(rng, kind, shape):
    if kind.kind == "f":
        return rng.uniform(-1000, 1000, shape).astype(kind)
    info = np.iinfo(kind)
    return rng.integers(max(info.min, -2000), min(info.max, 3000), shape, endpoint=True).astype(
        kind
    )


def some_lines(rng, shape, table, rows):
    middle = np.array([*shape]) / 2
    if table is not None:
        middle[0] = table[:, 0].mean()
    starts = middle + rng.normal(size=(rows, 3)) * np.array([*shape])
    steps = (middle - starts + rng.normal(size=(rows, 3))) / 73.7
    return starts, steps, rng.normal(size=(rows, 3))


@pytest.mark.parametrize("kind", TYPES, ids=str)
@pytest.mark.parametrize("even", [True, False])
@pytest.mark.parametrize("mode", [None, MEAN, MAXIMUM, MINIMUM])
def test_every_type_and_slab_is_what_arithmetic_says(kind, even, mode):
    rng = np.random.default_rng([kind.num, even, mode or 0])
    shape = (7, 9, 12)
    voxels = some_voxels(rng, kind, shape)
    positions = np.cumsum(rng.uniform(0.5, 4.0, shape[0] + 2))
    table = None if even else np.column_stack([positions, rng.normal(size=(len(positions), 2))])
    lines = some_lines(rng, shape, table, 6)
    slab = THIN if mode is None else (np.array([-1.1, 0.2, 1.3]), np.array([0.2, 0.5, 0.3]), mode)
    image = np.empty((6, 150), image_type(kind))
    row_sampler(voxels, table, lines, slab, NONE, 7.0, image)(0, 6)
    wanted = expected(voxels, table, lines, slab, NONE, 7.0, image.shape)
    apart = np.abs(image.astype(np.float64) - wanted)
    assert (image != 7).mean() > 0.2
    most = 0.51 if image.dtype.kind in "iu" else 0.02
    # A sample that lies on the very rim may fall to either side of it.
    assert (apart > most).sum() <= 2


@pytest.mark.parametrize("kind", ["int16", "uint8", "float32"])
def test_padding_is_never_mixed_in(kind):
    rng = np.random.default_rng(3)
    voxels = some_voxels(rng, np.dtype(kind), (6, 8, 70))
    voxels[rng.random(voxels.shape) < 0.2] = 100
    lines = some_lines(rng, voxels.shape, None, 8)
    image = np.empty((8, 200), image_type(voxels.dtype))
    row_sampler(voxels, None, lines, THIN, (100.0, 100.0), 100.0, image)(0, 8)
    wanted = expected(voxels, None, lines, THIN, (100.0, 100.0), 100.0, image.shape)
    assert (np.abs(image.astype(np.float64) - wanted) > 0.51).sum() <= 2


def test_values_at_the_end_of_a_type_do_not_wrap():
    voxels = np.full((2, 2, 2), 32767, np.int16)
    voxels[:, :, 0] = -32768
    lines = (np.array([[0.5, 0.5, 0.0]]), np.array([[0.0, 0.0, 0.125]]), np.zeros((1, 3)))
    image = np.empty((1, 9), np.int16)
    row_sampler(voxels, None, lines, THIN, NONE, 0.0, image)(0, 1)
    assert image[0, 0] == -32768
    assert image[0, -1] == 32767
    assert (np.diff(image[0].astype(int)) > 0).all()


def test_a_background_beyond_the_type_is_its_end():
    image = np.empty((1, 3), np.uint8)
    away = (np.full((1, 3), 50.0), np.zeros((1, 3)), np.zeros((1, 3)))
    for fill, seen in ((-1024.0, 0), (3000.0, 255), (7.0, 7)):
        row_sampler(np.ones((1, 1, 1), np.uint8), None, away, THIN, NONE, fill, image)(0, 1)
        assert (image == seen).all()


@pytest.mark.parametrize("wild", [np.nan, np.inf, -np.inf, 1e300, -1e300, 1e15, 3e9])
@pytest.mark.parametrize("even", [True, False])
def test_a_wild_geometry_shows_the_background_and_reads_nothing_beyond(wild, even):
    voxels = np.full((5, 6, 7), 9, np.int16)
    table = None if even else np.column_stack([np.arange(7.0), np.zeros((7, 2))])
    image = np.empty((3, 100), np.int16)
    for part in range(3):
        for axis in range(3):
            lines = [np.full((3, 3), 2.0), np.full((3, 3), 0.01), np.ones((3, 3))]
            lines[part][1, axis] = wild
            slab = (np.array([-1.0, 1.0]), np.ones(2), MEAN)
            row_sampler(voxels, table, tuple(lines), slab, NONE, -5.0, image)(0, 3)
            assert set(np.unique(image)) <= {9, -5}


def test_the_table_itself_may_be_wild():
    voxels = np.full((5, 6, 7), 9, np.int16)
    lines = (np.full((1, 3), 2.0), np.full((1, 3), 0.01), np.zeros((1, 3)))
    image = np.empty((1, 64), np.int16)
    for values in (np.nan, np.inf, 0.0, 1e300):
        row_sampler(voxels, np.full((7, 3), values), lines, THIN, NONE, -5.0, image)(0, 1)
        assert set(np.unique(image)) <= {9, -5}


def test_long_sides_keep_to_the_voxels():
    """Where float32 no longer tells a hundredth of a voxel, at 65,535 of them."""
    voxels = np.zeros((2, 2, 65_535), np.uint8)
    voxels[..., -1] = 200
    starts = np.array([[0.5, 0.5, 65_534.0], [0.5, 0.5, 0.0]])
    steps = np.array([[0.0, 0.0, -0.37], [0.0, 0.0, 65_534.0 / 9999]])
    image = np.empty((2, 10_000), np.uint8)
    row_sampler(voxels, None, (starts, steps, np.zeros((2, 3))), THIN, NONE, 7.0, image)(0, 2)
    assert image[0, 0] == 200
    assert image[1, -1] == 200
    assert (image[:, 5:-5] == 0).all()


def test_rows_are_filled_by_parts_and_others_left():
    image = np.full((6, 4), 77, np.int16)
    lines = (np.zeros((6, 3)), np.zeros((6, 3)), np.zeros((6, 3)))
    fill = row_sampler(np.ones((1, 1, 1), np.int16), None, lines, THIN, NONE, 0.0, image)
    fill(2, 4)
    assert image[:, 0].tolist() == [77, 77, 1, 1, 77, 77]
    fill(3, 3)


def test_a_picture_without_rows_or_columns_is_one():
    for shape in ((0, 5), (5, 0)):
        lines = tuple(np.zeros((shape[0], 3)) for _ in range(3))
        image = np.empty(shape, np.int16)
        row_sampler(np.ones((1, 1, 1), np.int16), None, lines, THIN, NONE, 0.0, image)(0, shape[0])


def test_a_direction_is_carried_round_a_circle_without_twist():
    turn = np.linspace(0, 2 * np.pi, 200)
    points = np.column_stack([np.cos(turn), np.sin(turn), np.zeros(200)]) * 30
    tangents = np.column_stack([-np.sin(turn), np.cos(turn), np.zeros(200)])
    across = carry_frames(points, tangents, np.array([0.0, 0.0, 1.0]))
    assert np.allclose(across, [0, 0, 1])
    inward = carry_frames(points, tangents, np.array([1.0, 0.0, 0.0]))
    assert np.allclose(inward, points / 30, atol=1e-12)
    assert carry_frames(np.empty((0, 3)), np.empty((0, 3)), np.zeros(3)).shape == (0, 3)


@pytest.mark.parametrize("kind", [np.int8, np.uint8, np.int16, np.uint16, np.float32])
@pytest.mark.parametrize("shape", [(1, 1), (1, 30), (7, 1), (9, 40)])
def test_even_lines_lie_between_the_given_ones(kind, shape):
    rng = np.random.default_rng(4)
    lines = rng.integers(0, 120, shape).astype(kind)
    places = np.concatenate([rng.uniform(-2, shape[0] + 1, 40), [0.0, shape[0] - 1.0, 1e12]])
    drifts = np.concatenate([rng.normal(scale=9, size=40), [0.0, 0.5, -1e12]])
    made = even_lines(lines, places, drifts)
    assert made.dtype == kind
    for line, place, drift in zip(made, places, drifts, strict=True):
        columns = np.clip(np.arange(shape[1]) - drift, 0, shape[1] - 1)
        along = [np.interp(columns, np.arange(shape[1]), row) for row in lines.astype(float)]
        at = min(max(place, 0.0), shape[0] - 1.0)
        low = int(at)
        high = min(low + 1, shape[0] - 1)
        exact = along[low] * (1 - at + low) + along[high] * (at - low)
        most = 1e-3 if kind == np.float32 else 0.501
        assert np.abs(line.astype(float) - exact).max() <= most


def test_arrays_with_gaps_give_what_whole_ones_give():
    random = np.random.default_rng(4)
    points = np.cumsum(random.normal(size=(12, 3)), axis=0)
    tangents = random.normal(size=(12, 3))
    tangents /= np.linalg.norm(tangents, axis=1)[:, None]
    first = np.cross(tangents[0], [0.3, 1.0, 0.2])
    wanted = carry_frames(points, tangents, first)
    wide = np.zeros((24, 6))
    wide[::2, ::2] = points
    twice = np.repeat(first, 2)
    found = carry_frames(wide[::2, ::2], np.asfortranarray(tangents), twice[::2])
    np.testing.assert_array_equal(found, wanted)
