"""What is drawn round on any plane is filled, and nothing beside it."""

import numpy as np
import pytest

from tests.imaging.volumes import axial_stack, volume_of
from tumorboard.errors import UserError
from tumorboard.imaging.geometry import SliceStack
from tumorboard.imaging.mask_model import Mask
from tumorboard.imaging.segmentation.draw import ball, fill_outline, within_values

STACK = axial_stack(40, 80, 80, (1.0, 1.0), 2.0, (-40.0, -40.0, -40.0))


def circle(right, down, radius=20.0, centre=(0.0, 0.0, 0.0)):
    t = np.linspace(0, 2 * np.pi, 200, endpoint=False)[:, None]
    flat = np.cos(t) * np.array(right) + np.sin(t) * np.array(down)
    return np.array(centre) + radius * flat


@pytest.mark.parametrize(
    ("right", "down", "depth"),
    [
        ((1, 0, 0), (0, 1, 0), 2.0),
        ((1, 0, 0), (0, 0, 1), 1.0),
        ((0, 1, 0), (0, 0, 1), 1.0),
        ((0.8, 0, 0.6), (0, 1, 0), 1.6),
        ((0.6, 0.8, 0), (0, 0, 1), 0.8),
    ],
)
def test_a_circle_on_a_plane_is_filled_one_voxel_thick(right, down, depth):
    normal = np.cross(right, down)
    centre = (0.2, 0.3, 0.0)
    found = fill_outline(STACK, circle(right, down, centre=centre), normal)
    assert found.volume_mm3 == pytest.approx(np.pi * 20**2 * depth, rel=0.06)
    index = np.argwhere(found.voxels) + np.array(found.origin)
    places = STACK.to_lps(index) - centre
    assert np.abs(places @ normal).max() <= 1.0 + 1e-9
    assert np.linalg.norm(places, axis=1).max() < 21.5


def test_an_outline_beside_the_images_is_refused():
    with pytest.raises(UserError):
        fill_outline(STACK, circle((1, 0, 0), (0, 0, 1), centre=(500, 0, 0)), (0, 1, 0))
    with pytest.raises(UserError):
        fill_outline(STACK, circle((1, 0, 0), (0, 1, 0), centre=(500, 0, 0)), (0, 0, 1))


@pytest.mark.parametrize("centre", [(0.0, 0.0, 0.0), (38.0, -39.0, 35.0)])
def test_a_ball_holds_the_voxels_within_its_radius(centre):
    found = ball(STACK, centre, 12.0)
    index = np.indices(STACK.shape).reshape(3, -1).T
    expected = np.linalg.norm(STACK.to_lps(index) - centre, axis=1) <= 12.0
    assert found.same_as(Mask.of(expected.reshape(STACK.shape), STACK))


@pytest.mark.parametrize("lean", [(0.3, 0.0), (0.0, -0.4), (-0.25, 0.35)])
@pytest.mark.parametrize("radius", [0.4, 2.9, 8.7])
def test_a_ball_is_a_ball_on_leaning_slices_of_unlike_pixels(lean, radius):
    heights = np.arange(20) * 1.7
    origins = np.stack([lean[0] * heights, lean[1] * heights, heights], axis=1) - [15, 15, 15]
    stack = SliceStack(origins, np.array([1.0, 0, 0]), np.array([0.0, 1, 0]), (0.9, 0.6), 40, 60)
    for centre in ((1.2, -2.3, 0.7), tuple(stack.to_lps([0.0, 39, 59]))):
        index = np.indices(stack.shape).reshape(3, -1).T
        expected = np.linalg.norm(stack.to_lps(index) - centre, axis=1) <= radius
        assert ball(stack, centre, radius).same_as(Mask.of(expected.reshape(stack.shape), stack))
    assert ball(stack, (500.0, 0, 0), radius).is_empty


def test_what_has_other_values_is_taken_out_of_a_mask():
    stack = axial_stack(slices=4, rows=5, columns=6)
    volume = volume_of(stack, rescale_slope=2.0, rescale_intercept=-50.0)
    voxels = np.zeros(stack.shape, bool)
    voxels[1:3, 1:4, 2:5] = True
    mask = Mask.of(voxels, stack)
    values = volume.values(volume.voxels)
    low, high = float(values[1, 2, 3]), float(values[2, 1, 4])
    wanted = voxels & (values >= low) & (values <= high)
    found = within_values(volume, mask, low, high)
    np.testing.assert_array_equal(found.dense(), wanted)
    assert found.contains((1, 2, 3))
    assert found.contains((2, 1, 4))
    volume.loaded[2] = False
    wanted[2] = False
    np.testing.assert_array_equal(within_values(volume, mask, low, high).dense(), wanted)
    assert within_values(volume, mask, low, low).count == 1
    with pytest.raises(UserError, match="ends before"):
        within_values(volume, mask, high, low)
    with pytest.raises(ValueError, match="another grid"):
        within_values(volume_of(axial_stack(slices=4, rows=5, columns=7)), mask, low, high)


def test_the_length_of_a_normal_does_not_matter():
    one, other = (
        fill_outline(STACK, circle((1, 0, 0), (0, 0, 1)), np.array([0, 1.0, 0]) * n) for n in (1, 7)
    )
    assert one.same_as(other)


def test_on_a_plane_across_the_slices_it_fills_the_voxels_that_the_plane_goes_through():
    """A square on a coronal plane: each voxel by where its centre lies."""
    corners = np.array([(-9.3, 0.2, -14.5), (9.6, 0.2, -14.5), (9.6, 0.2, 7.9), (-9.3, 0.2, 7.9)])
    found = fill_outline(STACK, corners, (0, 1, 0))
    index = np.indices(STACK.shape).reshape(3, -1).T
    x, y, z = STACK.to_lps(index).T
    wanted = (x > -9.3) & (x < 9.6) & (np.abs(y - 0.2) < 0.5) & (z > -14.5) & (z < 7.9)
    assert found.same_as(Mask.of(wanted.reshape(STACK.shape), STACK))


def test_a_slanting_side_is_followed_on_a_plane_across_the_slices():
    """A triangle on a coronal plane: x from -9.3 to where its long side is at that height."""
    corners = np.array([(-9.3, 0.2, -14.5), (17.9, 0.2, -14.5), (-9.3, 0.2, 21.3)])
    found = fill_outline(STACK, corners, (0, 1, 0))
    x, y, z = STACK.to_lps(np.indices(STACK.shape).reshape(3, -1).T).T
    side = -9.3 + 27.2 * (21.3 - z) / 35.8
    wanted = (x > -9.3) & (x < side) & (np.abs(y - 0.2) < 0.5) & (z > -14.5)
    assert found.same_as(Mask.of(wanted.reshape(STACK.shape), STACK))
    three = STACK.to_lps([[3.0, 5, 5], [3.0, 5, 40], [3.0, 60, 5]])
    assert fill_outline(STACK, three, (0, 0, 1)).count == pytest.approx(36 * 56 / 2, rel=0.01)


@pytest.mark.parametrize("centre", [(0.0, 0.0, 0.0), (17.3, -11.2, 9.0), (-20.4, 14.1, -12.5)])
@pytest.mark.parametrize("turn", [0.0, 25.0, 70.0])
def test_on_a_coronal_plane_a_triangle_fills_the_centres_inside_it(centre, turn):
    """By half-planes, wherever it lies."""
    angles = np.radians(turn + np.array([0.0, 140.0, 250.0]))
    flat = 14.0 * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    y = round(centre[1])
    corners = np.column_stack(
        [centre[0] + flat[:, 0], np.full(3, float(y)), centre[2] + flat[:, 1]]
    )
    found = fill_outline(STACK, corners, (0.0, 1.0, 0.0))
    places = STACK.to_lps(np.moveaxis(np.indices(STACK.shape), 0, -1))
    inside = np.abs(places[..., 1] - y) < 0.5
    for a, b in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        side = (b[0] - a[0]) * (places[..., 2] - a[2]) - (b[2] - a[2]) * (places[..., 0] - a[0])
        inside &= side > 0
    assert found.same_as(Mask.of(inside, STACK))
