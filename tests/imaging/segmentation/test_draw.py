"""What is drawn round on any plane is filled, and nothing beside it."""

import numpy as np
import pytest

from tests.imaging.volumes import axial_stack
from tumorboard.errors import UserError
from tumorboard.imaging.mask_model import Mask
from tumorboard.imaging.segmentation.draw import ball, fill_outline

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
