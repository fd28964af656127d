import numpy as np
import pytest
import SimpleITK as sitk
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.imaging.volumes import axial_stack, volume_of
from tumorboard.imaging.geometry import Plane
from tumorboard.imaging.oblique import cut_oblique
from tumorboard.imaging.roi_statistics import (
    ellipse_mask,
    histogram,
    masked_values,
    outline_mask,
    statistics_of,
)
from tumorboard.imaging.slicing import PlaneGrid, cut

RNG = np.random.default_rng(11)
STACK = axial_stack(slices=9, rows=60, columns=70)
VOLUME = volume_of(
    STACK,
    RNG.integers(-1000, 1000, STACK.shape, dtype=np.int16),
    rescale_slope=1.5,
    rescale_intercept=-7.0,
)


def ellipse_statistics(volume, section, axes):
    values = masked_values(volume, section, ellipse_mask(section.grid, axes))
    return None if values is None else statistics_of(values, volume.unit)


@given(
    centre=st.tuples(st.floats(-95, -60), st.floats(-75, -40)),
    half=st.tuples(st.floats(2, 12), st.floats(2, 12)),
    angle=st.floats(0, 3.1),
)
@settings(max_examples=60, deadline=None)
def test_equals_simpleitk_over_the_same_pixels(centre, half, angle):
    middle = np.array([*centre, STACK.positions[4]])
    first = np.array([np.cos(angle), np.sin(angle), 0]) * half[0]
    second = np.array([-np.sin(angle), np.cos(angle), 0]) * half[1]
    section = cut(VOLUME, Plane.AXIAL, middle)
    axes = (middle - first, middle + first, middle - second, middle + second)
    ours = ellipse_statistics(VOLUME, section, axes)
    i, j = np.indices(STACK.shape[1:])
    offset = STACK.to_lps(np.stack([np.full_like(i, 4), i, j], axis=-1)) - middle
    radius = (offset @ first / half[0] ** 2) ** 2 + (offset @ second / half[1] ** 2) ** 2
    assume(np.abs(radius - 1).min() > 1e-9)  # a centre on the line is in or out by rounding
    mask = radius <= 1
    if not mask.any():
        assert ours is None
        return
    filter_ = sitk.LabelStatisticsImageFilter()
    values = sitk.GetImageFromArray(VOLUME.values(VOLUME.voxels[4]))
    filter_.Execute(values, sitk.GetImageFromArray(mask.astype(np.uint8)))
    assert ours.count == filter_.GetCount(1)
    assert ours.mean == pytest.approx(filter_.GetMean(1), abs=1e-6)
    assert (ours.minimum, ours.maximum) == (filter_.GetMinimum(1), filter_.GetMaximum(1))
    if ours.count > 1:
        assert ours.sd == pytest.approx(filter_.GetSigma(1), abs=1e-6)


def test_outside_the_image_there_is_nothing():
    far = np.array([500.0, 500.0, STACK.positions[4]])
    x, y = np.array([5.0, 0, 0]), np.array([0, 5.0, 0])
    section = cut(VOLUME, Plane.AXIAL, far)
    assert ellipse_statistics(VOLUME, section, (far - x, far + x, far - y, far + y)) is None


@pytest.mark.parametrize("limit", [None, -1995.0])
def test_padding_does_not_count(limit):
    """https://github.com/OHIF/Viewers/issues/4449: half a circle lies outside the picture."""
    voxels = VOLUME.voxels.copy()
    voxels[:, :, :35] = RNG.integers(-2000, -1994, (9, 60, 35)) if limit else -2000
    volume = volume_of(STACK, voxels, padding=-2000.0, padding_limit=limit)
    middle = STACK.to_lps([4, 30, 34.5])
    across, down = STACK.row_direction * 6, STACK.column_direction * 6
    section = cut(volume, Plane.AXIAL, middle)
    axes = (middle - across, middle + across, middle - down, middle + down)
    whole = ellipse_statistics(VOLUME, cut(VOLUME, Plane.AXIAL, middle), axes)
    found = ellipse_statistics(volume, section, axes)
    assert found is not None
    assert whole is not None
    assert found.minimum >= -1000
    assert abs(found.count - whole.count / 2) <= 10
    outside = STACK.to_lps([4, 30, 10.0])
    moved = tuple(a - middle + outside for a in axes)
    assert ellipse_statistics(volume, section, moved) is None


def test_what_is_no_number_does_not_count():
    voxels = VOLUME.voxels.astype(np.float32)
    voxels[:, :, ::2] = np.nan
    volume = volume_of(STACK, voxels, unit="")
    middle = STACK.to_lps([4, 30, 34.0])
    across, down = STACK.row_direction * 6, STACK.column_direction * 6
    axes = (middle - across, middle + across, middle - down, middle + down)
    found = ellipse_statistics(volume, cut(volume, Plane.AXIAL, middle), axes)
    assert found is not None
    assert np.isfinite([found.mean, found.minimum, found.median]).all()


def test_what_a_reformat_paints_beyond_the_volume_has_no_value():
    volume = volume_of(STACK, np.full(STACK.shape, 50, np.int16))
    right, down = np.array([2.0, 1.0, -2.0]) / 3, np.array([-2.0, 2.0, -1.0]) / 3
    corner = STACK.to_lps([4, 30, 1.0])
    grid = PlaneGrid(corner - 20 * right - 20 * down, right, down, (0.6, 0.6), (66, 66))
    section = cut_oblique(volume, grid)
    axes = (corner - 12 * right, corner + 12 * right, corner - 6 * down, corner + 6 * down)
    found = ellipse_statistics(volume, section, axes)
    assert found is not None
    assert (found.minimum, found.maximum) == (50.0, 50.0)
    assert found.count < np.pi * 12 * 6 / 0.36 * 0.8


@pytest.mark.parametrize("at", [(0, 0, 0), (8, 59, 69), (0, 59, 35), (8, 0, 1)])
def test_of_a_reformat_each_pixel_counts_whose_centre_lies_in_a_voxel(at):
    """Through a corner or rim of the volume, where most of the region lies outside."""
    volume = volume_of(STACK, np.full(STACK.shape, 50, np.int16))
    right, down = np.array([2.0, 1.0, -2.0]) / 3, np.array([-2.0, 2.0, -1.0]) / 3
    corner = STACK.to_lps(np.array(at, float))
    grid = PlaneGrid(corner - 15.03 * right - 15.02 * down, right, down, (0.5, 0.5), (61, 61))
    whole = (slice(0, 61), slice(0, 61), np.ones((61, 61), bool))
    values = masked_values(volume, cut_oblique(volume, grid), whole)
    places = grid.to_lps(np.moveaxis(np.mgrid[0:61, 0:61], 0, -1)).reshape(-1, 3)
    x, y, z = ((places - STACK.origins[0]) / [0.7, 0.8, 2.5]).T
    inside = (x >= -0.5) & (x <= 69.5) & (y >= -0.5) & (y <= 59.5) & (z >= -0.5) & (z <= 8.5)
    assert 0 < inside.sum() < inside.size
    assert values.size == inside.sum()
    assert set(values.tolist()) == {50.0}


def test_an_outline_at_the_rim_of_the_image_counts_what_is_there():
    section = cut(VOLUME, Plane.AXIAL, STACK.to_lps([4, 0, 0]))
    corner = [(-3.5, -2.5), (-3.5, 9.5), (5.5, 9.5), (5.5, -2.5)]
    values = masked_values(
        VOLUME, section, outline_mask(section.grid, section.grid.to_lps(np.array(corner)))
    )
    np.testing.assert_array_equal(values, VOLUME.values(VOLUME.voxels[4, :6, :10]).ravel())


def test_while_slices_are_loading_there_are_no_values():
    volume = volume_of(STACK, VOLUME.voxels)
    volume.loaded[4] = False
    middle = STACK.to_lps([4, 30, 34])
    across, down = STACK.row_direction * 6, STACK.column_direction * 6
    axes = (middle - across, middle + across, middle - down, middle + down)
    assert ellipse_statistics(volume, cut(volume, Plane.AXIAL, middle), axes) is None


def test_statistics_of_numbers_known_by_hand():
    found = statistics_of(np.arange(101.0)[::-1], "HU")
    assert (found.count, found.mean, found.minimum, found.maximum) == (101, 50.0, 0.0, 100.0)
    assert (found.p5, found.median, found.p95) == pytest.approx((5.0, 50.0, 95.0))
    # Variance of 0 to n over n + 1 numbers with n in the denominator: (n + 1)(n + 2) / 12.
    assert found.sd == pytest.approx(np.sqrt(101 * 102 / 12))
    assert statistics_of(np.array([7.0]), "").sd == 0.0
    assert statistics_of(np.array([7.0, 9.0]), "").sd == pytest.approx(np.sqrt(2))


def test_whole_numbers_get_bins_of_whole_width():
    found = histogram(np.array([3.0, 3.0, 4.0, 6.0]), "HU", 32)
    assert found.edges == (2.5, 3.5, 4.5, 5.5, 6.5)
    assert found.counts == (2, 1, 0, 1)
    wide = histogram(np.arange(100.0), "HU", 16)
    assert wide.edges[:2] == (-0.5, 6.5)  # a hundred numbers on sixteen bins: seven each
    assert wide.counts == (7,) * 14 + (2,)


def test_other_numbers_are_counted_between_least_and_greatest():
    found = histogram(np.array([0.0, 0.24, 0.26, 0.5, 1.0]), "", 4)
    assert found.edges == pytest.approx((0.0, 0.25, 0.5, 0.75, 1.0))
    assert found.counts == (2, 1, 1, 1)
    assert histogram(np.array([0.0, 1.0, 2.5]), "").edges[-1] == 2.5
    assert len(histogram(np.array([0.0, 1.0, 2.5]), "").counts) == 32


@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize("sense", [-1.0, 1.0])
@pytest.mark.parametrize("beyond", [1.5, 4.0, 900.0])
def test_a_region_beside_the_picture_has_no_pixel_and_no_rows_beyond_it(axis, sense, beyond):
    """On each of the four sides, near the rim and far from it."""
    section = cut(volume_of(axial_stack()), Plane.AXIAL, (-90.0, -70.0, 60.0))
    grid = section.grid
    middle = (np.array(grid.shape) - 1) / 2
    half = np.array(grid.shape) / 2
    middle[axis] += sense * (half[axis] + beyond + 1.0)
    ways = ((1.0, 0), (0, 1.0), (-1.0, 0), (0, -1.0))
    ends = grid.to_lps(middle + np.array(ways))
    ellipse = ellipse_mask(grid, (ends[0], ends[2], ends[1], ends[3]))
    for rows, columns, inside in (ellipse, outline_mask(grid, ends)):
        assert not inside.any()
        assert 0 <= rows.start <= rows.stop <= grid.shape[0]
        assert 0 <= columns.start <= columns.stop <= grid.shape[1]
        assert inside.shape == (rows.stop - rows.start, columns.stop - columns.start)


@pytest.mark.parametrize("half", [(0.55, 0.35), (0.21, 0.9), (3.1, 0.45)])
@pytest.mark.parametrize("turn", [0.0, 35.0, 90.0])
def test_an_ellipse_smaller_than_a_millimetre_has_the_pixels_inside_it(half, turn):
    stack = axial_stack(slices=3, rows=60, columns=60, spacing=(0.1, 0.15), origin=(0, 0, 0))
    section = cut(volume_of(stack), Plane.AXIAL, stack.centre)
    c, s = np.cos(np.radians(turn)), np.sin(np.radians(turn))
    middle = np.array([4.02, 3.03, 2.5])
    one, other = np.array([c, s, 0.0]) * half[0], np.array([-s, c, 0.0]) * half[1]
    rows, columns, inside = ellipse_mask(
        section.grid, (middle - one, middle + one, middle - other, middle + other)
    )
    found = np.zeros(section.image.shape, bool)
    found[rows, columns] = inside
    places = section.grid.to_lps(np.moveaxis(np.indices(found.shape), 0, -1)) - middle
    u = places @ np.array([c, s, 0.0]) / half[0]
    v = places @ np.array([-s, c, 0.0]) / half[1]
    np.testing.assert_array_equal(found, u * u + v * v <= 1)
    assert found.any()
