import numpy as np
import pytest
import SimpleITK as sitk
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.imaging.volumes import axial_stack, volume_of
from tumorboard.imaging.geometry import Plane
from tumorboard.imaging.oblique import cut_oblique
from tumorboard.imaging.roi_statistics import ellipse_statistics
from tumorboard.imaging.slicing import PlaneGrid, cut

RNG = np.random.default_rng(11)
STACK = axial_stack(slices=9, rows=60, columns=70)
VOLUME = volume_of(
    STACK,
    RNG.integers(-1000, 1000, STACK.shape, dtype=np.int16),
    rescale_slope=1.5,
    rescale_intercept=-7.0,
)


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
