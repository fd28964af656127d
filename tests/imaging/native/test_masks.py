"""Kernels of masks against sets, plain arithmetic and SimpleITK."""

import numpy as np
import pytest
import SimpleITK as sitk

from tumorboard.imaging import mask_kernels as kernels
from tumorboard.imaging.isolines import borders, trace
from tumorboard.imaging.native.arrays import TYPES

EVERYWHERE = 1e30


def filled_from(voxels, seed, values, limits=(10**9, EVERYWHERE, 10**9), allowed=None):
    filled = np.zeros(voxels.shape, np.uint8)
    queue = np.zeros(min(limits[0], voxels.size), np.int64)
    filled[seed] = 1
    queue[0] = np.ravel_multi_index(seed, voxels.shape)
    state = np.array([0, 1])
    squares = tuple(
        (np.arange(n, dtype=np.float64) - s) ** 2 for n, s in zip(voxels.shape, seed, strict=True)
    )
    result = kernels.GROWING
    while result == kernels.GROWING:
        result = kernels.flood(voxels, allowed, values, filled, queue, state, squares, limits)
    return filled.astype(bool), result


@pytest.mark.parametrize("kind", TYPES, ids=str)
def test_a_flood_fills_what_simpleitk_connects(kind):
    rng = np.random.default_rng(kind.num)
    voxels = (rng.random((12, 17, 15)) * 100).astype(kind)
    seed = (6, 8, 7)
    voxels[seed] = 50
    image = sitk.GetImageFromArray(voxels.astype(np.float64))
    wanted = sitk.GetArrayFromImage(sitk.ConnectedThreshold(image, [seed[::-1]], 20.0, 80.0))
    for shown in (voxels, np.asfortranarray(voxels), np.repeat(voxels, 2, axis=2)[:, :, ::2]):
        filled, result = filled_from(shown, seed, (20.0, 80.0), (10**9, EVERYWHERE, 7))
        assert result == kernels.DONE
        assert np.array_equal(filled, wanted.astype(bool))


def test_a_flood_stays_where_it_is_allowed_and_tells_where_it_was_stopped():
    voxels = np.zeros((9, 9, 9), np.int16)
    allowed = np.zeros(voxels.shape, bool)
    allowed[4, 2:7, 2:7] = True
    filled, result = filled_from(voxels, (4, 4, 4), (0.0, 0.0), allowed=allowed)
    assert result == kernels.DONE
    assert np.array_equal(filled, allowed)
    filled, result = filled_from(voxels, (4, 4, 4), (0.0, 0.0), (100, EVERYWHERE, 10**9))
    assert (result, filled.sum()) == (kernels.TOO_LARGE, 100)
    filled, result = filled_from(voxels, (4, 4, 4), (0.0, 0.0), (10**9, 9.0, 10**9))
    assert result == kernels.TOO_FAR


def test_what_is_no_number_is_never_filled():
    voxels = np.zeros((3, 3, 3), np.float32)
    voxels[1, 1, 2] = np.nan
    filled, _ = filled_from(voxels, (1, 1, 1), (-1.0, 1.0))
    assert filled.sum() == 26
    assert not filled[1, 1, 2]


@pytest.mark.parametrize("depth", [np.inf, 0.4, 3.0])
@pytest.mark.parametrize("fills", [True, False])
def test_a_stroke_marks_what_lies_within_its_radius(depth, fills):
    rng = np.random.default_rng(5)
    for _ in range(20):
        present = (rng.random((8, 14, 13)) < 0.4)[:, 1:-1, ::-1]
        places = rng.normal(size=(8, 3)) + np.outer(np.arange(8), [0.1, 0.0, 2.0]) - 8
        steps = (np.array([0.1, 0.9, 0.0]), np.array([0.7, 0.0, 0.1]))
        start, end = rng.normal(size=(2, 3)) * 3
        normal = rng.normal(size=3)
        normal /= np.linalg.norm(normal)
        flipped = np.zeros(present.shape, bool)
        kernels.stroke(flipped, present, places, steps, (start, end), normal, (3.3, depth, fills))
        k, i, j = np.indices(present.shape)
        points = places[k] + i[..., None] * steps[0] + j[..., None] * steps[1] - start
        way, off = end - start, points @ normal
        if np.isfinite(depth):
            points = points - off[..., None] * normal
            way = way - (way @ normal) * normal
        share = np.clip(points @ way / (way @ way), 0, 1)
        near = np.linalg.norm(points - share[..., None] * way, axis=-1) <= 3.3
        if np.isfinite(depth):
            near &= np.abs(off) <= depth
        assert np.array_equal(flipped, near & (present != fills))


def test_a_dab_without_a_way_is_a_ball():
    present = np.zeros((9, 9, 9), bool)
    flipped = present.copy()
    places = np.outer(np.arange(9.0), [0, 0, 1.0])
    middle = np.full(3, 4.0)
    steps = (np.array([0, 1.0, 0]), np.array([1.0, 0, 0]))
    up = np.array([0, 0, 1.0])
    kernels.stroke(flipped, present, places, steps, (middle, middle), up, (2.0, np.inf, True))
    k, i, j = np.indices(present.shape) - 4
    assert np.array_equal(flipped, k**2 + i**2 + j**2 <= 4)


def test_distances_from_an_outline_are_those_to_its_nearest_side():
    rng = np.random.default_rng(2)
    for _ in range(10):
        corners = rng.uniform(-2, 14, (rng.integers(3, 9), 2))
        field = np.full((11, 15), np.inf)
        kernels.distance_to_outline(corners, field, (0.9, 0.7))
        for i, j in np.ndindex(field.shape):
            place, best, inside = np.array([i * 0.9, j * 0.7]), np.inf, False
            for p, q in zip(np.roll(corners, 1, axis=0), corners, strict=True):
                side = q - p
                share = np.clip((place - p) @ side / (side @ side), 0, 1)
                best = min(best, float(np.linalg.norm(place - p - share * side)))
                if (p[0] <= place[0]) != (q[0] <= place[0]):
                    along = p[1] + (place[0] - p[0]) / side[0] * side[1]
                    inside ^= bool(place[1] < along)
            assert field[i, j] == pytest.approx(-best if inside else best, abs=1e-9)


def test_outlines_join_as_a_union():
    square = np.array([[0.0, 0], [0, 4], [4, 4], [4, 0]])
    field = np.full((10, 10), np.inf)
    kernels.distance_to_outline(square, field, (1.0, 1.0))
    once = field.copy()
    kernels.distance_to_outline(square + 5, field, (1.0, 1.0))
    assert (field <= once).all()
    assert field[2, 2] == -2.0
    assert field[7, 7] == -2.0


@pytest.mark.parametrize("half", [0.0, 0.5])
def test_a_hull_holds_all_pixels_turns_one_way_and_is_as_wide_as_the_mask(half):
    rng = np.random.default_rng(11)
    for _ in range(40):
        whole = rng.random((20, 24)) < rng.choice([0.02, 0.3])
        mask = whole[rng.integers(0, 6) :: rng.choice([1, 2]), ::-1]
        empty, hull = kernels.hulls_of_slices(
            np.stack([np.zeros_like(mask), mask]), (0.8, 0.6), half
        )
        assert empty.shape == (0, 2)
        (again,) = kernels.hulls_of_slices(mask[None], (0.8, 0.6), half)
        assert np.array_equal(again, hull)
        places = np.argwhere(mask)
        if not len(places):
            assert hull.shape == (0, 2)
            continue
        ends = np.array([[y, x] for y in (-half, half) for x in (-half, half)])
        points = (places[:, None] + ends).reshape(-1, 2) * [0.8, 0.6]
        # The farthest pair of all corners is a pair of corners of the hull.
        apart = ((points[:, None] - points[None]) ** 2).sum(axis=-1).max()
        assert kernels.farthest_in(hull)[0] == pytest.approx(apart, rel=1e-12)
        sides = np.roll(hull, -1, axis=0) - hull
        to = points[:, None] - hull
        turns = sides[:, 0] * to[..., 1] - sides[:, 1] * to[..., 0]
        assert (turns <= 1e-9).all() or (turns >= -1e-9).all()


def test_the_farthest_of_all_slices_is_that_of_all_pairs():
    rng = np.random.default_rng(4)
    for _ in range(30):
        counts = rng.integers(0, 7, 6)
        first = np.concatenate([[0], np.cumsum(counts)])
        points = rng.normal(size=(first[-1], 2)) * 3
        lower = np.arange(6.0) * 1.5
        upper = lower + 1.5
        circles = np.zeros((6, 3))
        circles[:, 2] = np.linalg.norm(points, axis=1).max(initial=0.0)
        of = np.repeat(np.arange(6), counts)
        best = max(
            (
                float(((points[a] - points[b]) ** 2).sum() + (upper[of[b]] - lower[of[a]]) ** 2)
                for a in range(len(points))
                for b in range(len(points))
                if of[a] <= of[b]
            ),
            default=-1.0,
        )
        square, one, other = kernels.farthest_between(points, first, (upper, lower), circles)
        assert square == pytest.approx(best)
        if best > 0:
            rise = upper[of[other]] - lower[of[one]]
            assert ((points[one] - points[other]) ** 2).sum() + rise**2 == pytest.approx(best)


def test_of_no_points_none_are_far():
    assert kernels.farthest_in(np.empty((0, 2))) == (-1.0, 0, 0)
    assert kernels.farthest_between(
        np.empty((0, 2)), np.zeros(1, np.int64), (np.empty(0), np.empty(0)), np.empty((0, 3))
    ) == (-1.0, 0, 0)


def area(line):
    y, x = line.T
    return abs(float(y @ np.roll(x, 1) - x @ np.roll(y, 1))) / 2


@pytest.mark.parametrize("side", [1, 2, 7, 8, 9, 64, 65])
def test_the_border_of_a_rectangle_lies_half_a_pixel_outside(side):
    mask = np.zeros((side + 30, side + 21), np.uint8)
    mask[13 : 13 + side, 9 : 9 + side] = 255
    (line,) = borders(mask)
    assert line[:, 0].min() == 12.5
    assert line[:, 0].max() == 12.5 + side
    assert line[:, 1].min() == 8.5
    assert area(line) == pytest.approx(side**2 - 0.5)  # a corner is cut


def test_borders_part_inside_from_outside():
    """Each pixel is inside as many nested lines as its value says."""
    rng = np.random.default_rng(8)
    for density in (0.1, 0.5, 0.9):
        mask = (rng.random((25, 40)) < density).astype(np.uint8) * 255
        inside = np.zeros(mask.shape, int)
        y, x = np.indices(mask.shape)
        for line in borders(mask):
            for p, q in zip(np.roll(line, 1, axis=0), line, strict=True):
                crosses = (p[0] <= y) != (q[0] <= y)
                along = p[1] + (y - p[0]) / (q[0] - p[0] or 1) * (q[1] - p[1])
                inside += crosses & (x < along)
        assert np.array_equal(inside % 2 == 1, mask == 255)


def test_a_border_that_runs_off_the_image_ends_there():
    image = np.zeros((6, 6), np.uint8)
    image[:, :3] = 255
    points, ends = trace(image, 127.5)
    assert len(points) == ends[-1]
    assert (points[:, 1] == 2.5).all()
    for shape in ((0, 0), (1, 9), (9, 1)):
        points, ends = trace(np.full(shape, 255, np.uint8), 127.5)
        assert (len(points), len(ends)) == (0, 0)
