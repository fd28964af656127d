import math

import numpy as np
import pytest

from tests.imaging.volumes import axial_stack, volume_of
from tumorboard.imaging.edges import edge_along, edge_around, sampler
from tumorboard.imaging.geometry import Plane
from tumorboard.imaging.slicing import cut

STACK = axial_stack(slices=3, rows=120, columns=140, spacing=(0.7, 0.7), origin=(0, 0, 0))
CENTRE = np.array([48.0, 41.0, 2.5])
RADIUS = 20.0
RNG = np.random.default_rng(3)


def disc(noise=0.0):
    k, i, j = np.indices(STACK.shape)
    places = STACK.to_lps(np.stack([k, i, j], axis=-1))
    away = np.linalg.norm(places[..., :2] - CENTRE[:2], axis=-1)
    grey = 60 - 160 / (1 + np.exp(-(away - RADIUS) / 0.4))
    return volume_of(STACK, (grey + RNG.normal(0, noise, grey.shape)).astype(np.int16))


def reader(volume):
    return sampler(volume, cut(volume, Plane.AXIAL, CENTRE))


def on_rim(angle, off=0.0):
    way = np.array([np.cos(angle), np.sin(angle), 0.0])
    return CENTRE + (RADIUS + off) * way, way


@pytest.mark.parametrize("off", [-2.5, -1.0, 0.0, 1.7])
@pytest.mark.parametrize("angle", [0.0, 0.6, 2.0, 4.4])
@pytest.mark.parametrize("noise", [0.0, 8.0])
def test_the_end_of_a_caliper_finds_the_rim(off, angle, noise):
    place, way = on_rim(angle, off)
    edge = edge_along(reader(disc(noise)), place, way, 3.0)
    assert np.linalg.norm(np.array(edge.point) - CENTRE) == pytest.approx(RADIUS, abs=0.4)
    assert np.linalg.norm(np.array(edge.point) - place) == pytest.approx(abs(off), abs=0.4)


def test_around_the_pointer_the_steepest_direction_counts():
    place, _ = on_rim(1.0, -1.5)
    edge = edge_around(reader(disc()), place, (1, 0, 0), (0, 1, 0), 3.0)
    assert np.linalg.norm(np.array(edge.point) - CENTRE) == pytest.approx(RADIUS, abs=0.4)


def test_no_edge_is_proposed_where_there_is_none():
    read = reader(disc())
    assert edge_along(read, CENTRE, (1, 0, 0), 3.0) is None  # flat
    place, way = on_rim(0.0)
    assert edge_along(read, place, way, 0.0) is None
    assert edge_along(read, np.array([0.5, 0.5, 2.5]), (1, 0, 0), 3.0) is None  # off the image
    flat = volume_of(STACK)  # a ramp is no edge
    assert edge_along(reader(flat), CENTRE, (1, 0, 0), 3.0) is None


def test_an_edge_is_never_farther_than_the_reach():
    place, way = on_rim(0.3, 2.0)
    edge = edge_along(reader(disc()), place, way, 1.0)
    assert edge is None or np.linalg.norm(np.array(edge.point) - place) <= 1.0 + 1e-9


def step(place, height=100.0, blur=0.8, ramp=0.0):
    """Values that rise by a height across a plane at x = ``place``, blurred by a Gaussian (mm)."""

    def read(points):
        x = points[..., 0] - place
        rise = np.array([math.erf(v / (blur * math.sqrt(2))) for v in np.ravel(x)])
        return height * rise.reshape(x.shape) / 2 + ramp * x

    return read


@pytest.mark.parametrize("place", [-1.9, -0.33, 0.0, 0.07, 0.125, 1.61])
@pytest.mark.parametrize("sense", [1.0, -1.0])
def test_a_blurred_step_is_found_between_samples_with_its_slope(place, sense):
    edge = edge_along(step(place), (0, 0, 0), (3 * sense, 0, 0), 2.5)
    assert edge.point == pytest.approx((place, 0, 0), abs=0.01)
    # Two Gaussians one after the other are one: that of the step and that of the smoothing.
    assert edge.slope == pytest.approx(100 / math.sqrt(2 * math.pi * (0.8**2 + 0.5**2)), rel=0.01)


@pytest.mark.parametrize(("place", "found"), [(1.05, True), (1.2, False), (-1.2, False)])
def test_a_step_beyond_the_reach_is_at_most_met_at_its_end(place, found):
    edge = edge_along(step(place, blur=0.4), (0, 0, 0), (1, 0, 0), 1.1)
    if found:
        assert edge.point[0] == pytest.approx(place, abs=0.02)
    else:
        assert abs(edge.point[0]) == pytest.approx(1.1, abs=0.15)


@pytest.mark.parametrize(
    ("times", "found"), [(1.1, False), (1.2, False), (1.35, True), (2.0, True)]
)
def test_an_edge_is_a_quarter_steeper_than_what_lies_beside_it(times, found):
    """A step on a slope: at its place ``times`` as steep as at the ends of the profile."""
    slope = 10.0
    height = (times - 1) * slope * math.sqrt(2 * math.pi * (0.8**2 + 0.5**2))
    edge = edge_along(step(0.0, height, ramp=slope), (0, 0, 0), (1, 0, 0), 4.0)
    assert (edge is not None) is found


@pytest.mark.parametrize("degrees", [0, 22.5, 45, 90, 135, 157.5])
def test_around_a_point_the_direction_across_the_edge_is_found(degrees):
    way = np.array([math.cos(math.radians(degrees)), math.sin(math.radians(degrees)), 0.0])

    def read(points):
        return step(1.5)(np.stack([points @ way] * 3, axis=-1))

    edge = edge_around(read, (0, 0, 0), (1, 0, 0), (0, 1, 0), 3.0)
    np.testing.assert_allclose(edge.point, 1.5 * way, atol=0.02)
    assert edge_around(lambda p: 0 * p[..., 0], (0, 0, 0), (1, 0, 0), (0, 1, 0), 3.0) is None


def test_two_levels_in_noise_are_an_edge_and_noise_alone_is_none():
    random = np.random.default_rng(8)

    def noisy(height):
        return lambda p: step(0.0, height, 0.4)(p) + random.normal(0, 20, len(p))

    assert all(edge_along(noisy(200.0), (0, 0, 0), (1, 0, 0), 3.0) for _ in range(20))
    assert not any(edge_along(noisy(0.0), (0, 0, 0), (1, 0, 0), 3.0) for _ in range(20))


def test_a_direction_without_length_and_a_reach_without_one_give_nothing():
    assert edge_along(step(0.0), (0, 0, 0), (0, 0, 0), 3.0) is None
    assert edge_along(step(0.0), (0, 0, 0), (1, 0, 0), -1.0) is None


def test_a_cut_is_read_between_its_pixels_and_not_beyond_them():
    import SimpleITK as sitk

    stack = axial_stack(slices=1, rows=5, columns=4, spacing=(0.8, 0.7), origin=(0, 0, 0))
    voxels = RNG.integers(-500, 500, stack.shape).astype(np.int16)
    volume = volume_of(stack, voxels, rescale_slope=2.0, rescale_intercept=-10.0)
    read = sampler(volume, cut(volume, Plane.AXIAL, (0, 0, 0)))
    image = sitk.GetImageFromArray(2.0 * voxels[0] - 10.0)
    row, column = (a.ravel() for a in np.mgrid[0:4:17j, 0:3:13j])
    wanted = [
        image.EvaluateAtContinuousIndex([float(x), float(y)], sitk.sitkLinear)
        for y, x in zip(row, column, strict=True)
    ]
    places = stack.to_lps(np.stack([0 * row, row, column], axis=1))
    np.testing.assert_allclose(read(places), wanted, atol=1e-9)
    beyond = stack.to_lps([[0, -0.01, 1], [0, 4.01, 1], [0, 2, -0.01], [0, 2, 3.01]])
    assert np.isnan(read(beyond)).all()


@pytest.mark.parametrize("shape", [(1, 6), (6, 1), (1, 1)])
def test_a_picture_one_pixel_wide_can_be_read(shape):
    stack = axial_stack(slices=1, rows=shape[0], columns=shape[1], spacing=(1.0, 1.0))
    volume = volume_of(stack, np.full(stack.shape, 9, np.int16))
    read = sampler(volume, cut(volume, Plane.AXIAL, stack.centre))
    assert read(stack.to_lps([[0.0, 0.0, 0.0], [0, shape[0] - 1, shape[1] - 1]])).tolist() == [9, 9]


def test_short_reaches_and_directions_will_do():
    assert edge_along(step(0.2), (0, 0, 0), (0.1, 0, 0), 0.6).point[0] == pytest.approx(
        0.2, abs=0.01
    )


@pytest.mark.parametrize("side", [1.0, -1.0])
def test_a_slope_on_one_side_alone_hides_an_edge_too(side):
    """Far to one side values rise more steeply than at the step in the middle."""

    def read(points):
        x = points[..., 0] * side
        return step(0.0, 60.0)(np.stack([x] * 3, axis=-1)) + 40 * np.maximum(x - 5.2, 0)

    assert edge_along(read, (0, 0, 0), (1, 0, 0), 1.0) is not None
    assert edge_along(read, (0, 0, 0), (1, 0, 0), 4.5) is None


@pytest.mark.parametrize("side", [1.0, -1.0])
@pytest.mark.parametrize(("spread", "found"), [(0.998, True), (1.002, False)])
def test_two_levels_are_an_edge_until_their_spread_is_half_of_what_parts_them(spread, found, side):
    """Beside a step of 100 samples lie by turns above and below: what they spread is known.

    Half the step is the limit. The sample in the middle belongs to neither side.
    """

    def read(points):
        n = np.rint(points[..., 0] * side / 0.25).astype(int)
        by_turns = np.where(n % 2 == 1, 1.0, -1.0) * np.sign(n) * spread * 50.0
        return np.where(n == 0, 50.0, np.where(n > 0, 100.0, 0.0) + by_turns)

    # Both sides have an even number of samples, so that their means are the levels.
    assert (edge_along(read, (0, 0, 0), (1, 0, 0), 2.25) is not None) is found


@pytest.mark.parametrize("around", [(0.0, 0.0), (0.0, 3.0), (4.0, 0.0), (4.0, 3.0)])
def test_the_outermost_pixels_of_a_cut_are_read_themselves(around):
    stack = axial_stack(slices=1, rows=5, columns=4, spacing=(1.0, 1.0), origin=(0, 0, 0))
    voxels = RNG.integers(-500, 500, stack.shape).astype(np.int16)
    read = sampler(volume_of(stack, voxels), cut(volume_of(stack, voxels), Plane.AXIAL, (0, 0, 0)))
    row, column = around
    assert read(np.array([[column, row, 0.0]])) == [voxels[0, int(row), int(column)]]


def test_far_beyond_a_cut_there_is_nothing_to_read():
    stack = axial_stack(slices=1, rows=5, columns=4, spacing=(1.0, 1.0), origin=(0, 0, 0))
    volume = volume_of(stack)
    read = sampler(volume, cut(volume, Plane.AXIAL, (0, 0, 0)))
    far = [(-9.0, 2, 0), (3.5, 2, 0), (4.0, 2, 0), (90, 2, 0), (2, -9, 0), (2, 5, 0), (2, 90, 0)]
    assert np.isnan(read(np.array(far))).all()
    assert not np.isnan(read(np.array([(2.0, 2, 0)]))).any()
