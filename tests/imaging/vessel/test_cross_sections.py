"""Planes across a line and outlines on them: places, corners and blends known by formula."""

from dataclasses import replace

import numpy as np
import pytest

from tests.imaging.phantoms import LUMEN, VesselPhantom
from tests.imaging.volumes import axial_stack, volume_of
from tumorboard.imaging.geometry import SliceStack
from tumorboard.imaging.mask_model import Mask
from tumorboard.imaging.vessel.centreline import evenly, through
from tumorboard.imaging.vessel.cross_sections import (
    Outlines,
    across,
    cast,
    mask_volume,
    outlines_of_mask,
    outlines_of_values,
    picture,
    rays_of,
)

#: A line that leans, so that no plane across it is one of the body.
LINE = through(np.outer(np.linspace(0, 60, 7), [0.6, 0.0, 0.8]) + [5.0, -3, 10])
SECTIONS = across(LINE, [10.0, 20.0, 40.0])


def test_planes_stand_across_the_line_with_their_sides_to_the_left():
    np.testing.assert_allclose(SECTIONS.forward, [[0.6, 0, 0.8]] * 3, atol=1e-9)
    np.testing.assert_allclose(SECTIONS.right, [[0.8, 0, -0.6]] * 3, atol=1e-9)
    np.testing.assert_allclose(SECTIONS.down, [[0, 1, 0]] * 3, atol=1e-9)
    places = np.array([5.0, -3, 10]) + np.outer([10, 20, 40], [0.6, 0, 0.8])
    np.testing.assert_allclose(SECTIONS.centres, places, atol=1e-9)
    assert len(SECTIONS) == 3


def test_rays_go_round_from_right_towards_down():
    rays = rays_of(SECTIONS, 8)
    assert rays.shape == (3, 8, 3)
    half = np.sqrt(0.5)
    right, down = SECTIONS.right[1], SECTIONS.down[1]
    wanted = [right, half * (right + down), down, half * (down - right), -right]
    np.testing.assert_allclose(rays[1, :5], wanted, atol=1e-9)


def test_values_are_read_every_half_millimetre_along_the_rays():
    stack = axial_stack(
        slices=60, rows=70, columns=90, spacing=(1.0, 1.0), step=1.5, origin=(-20, -40, -10)
    )
    slope = np.array([3.0, -2.0, 5.0])
    places = stack.to_lps(np.moveaxis(np.indices(stack.shape), 0, -1))
    volume = volume_of(stack, (places @ slope).astype(np.float32), unit="")
    found = cast(volume, SECTIONS, SECTIONS.centres, 12, 7.2)
    assert found.shape == (3, 12, 16)
    wanted = SECTIONS.centres[:, None, None] + (
        rays_of(SECTIONS, 12)[:, :, None] * (0.5 * np.arange(16))[:, None]
    )
    np.testing.assert_allclose(found, wanted @ slope, atol=0.02)


def ellipse(n, middle=(2.0, -1.0), axes=(9.0, 5.0)):
    turn = np.linspace(0, 2 * np.pi, 720, endpoint=False)
    x, y = middle[0] + axes[0] * np.cos(turn), middle[1] + axes[1] * np.sin(turn)
    s = SECTIONS
    return s.centres[n] + x[:, None] * s.right[n] + y[:, None] * s.down[n]


def none():
    return Outlines(SECTIONS, SECTIONS.centres, np.zeros((3, 180)), np.zeros(3, bool))


@pytest.mark.parametrize("sense", [1, -1])
def test_an_outline_by_hand_is_kept_as_radii_round_its_centroid(sense):
    drawn = none().with_polygon(1, ellipse(1)[::sense])
    s = SECTIONS
    np.testing.assert_allclose(
        drawn.centres[1], s.centres[1] + 2 * s.right[1] - s.down[1], atol=1e-3
    )
    turn = 2 * np.pi * np.arange(180) / 180
    wanted = 45 / np.hypot(5 * np.cos(turn), 9 * np.sin(turn))
    np.testing.assert_allclose(drawn.radii[1], wanted, atol=0.01)
    assert drawn.found.tolist() == drawn.corrected.tolist() == [False, True, False]
    corners = drawn.polygon(1)
    flat = (corners - drawn.centres[1]) @ np.stack([s.right[1], s.down[1]]).T
    np.testing.assert_allclose((flat / [9, 5] ** np.array(1.0)) ** 2 @ [1, 1], 1.0, atol=0.01)
    assert none().found.tolist() == [False] * 3


def test_a_polygon_of_few_corners_keeps_its_corners():
    """A square of 8 mm: its middle of a side is 4 mm away, its corner 5.66."""
    s = SECTIONS
    corners = [
        s.centres[0] + x * s.right[0] + y * s.down[0]
        for x, y in ((-4, -4), (4, -4), (4, 4), (-4, 4))
    ]
    radii = none().with_polygon(0, corners).radii[0]
    turn = 2 * np.pi * np.arange(180) / 180
    wanted = 4 / np.maximum(np.abs(np.cos(turn)), np.abs(np.sin(turn)))
    np.testing.assert_allclose(radii, wanted, atol=1e-6)


def test_between_two_outlines_lies_the_one_that_the_way_along_the_line_says():
    drawn = (
        none()
        .with_polygon(0, ellipse(0, (3, 0), (8, 8)))
        .with_polygon(2, ellipse(2, (0, 6), (5, 5)))
    )
    blended = drawn.between()
    # At 20 of 10 to 40 mm: a third of the way.
    np.testing.assert_allclose(blended.radii[1], 7.0, atol=0.01)
    s = SECTIONS
    middle = s.centres[1] + 2 * s.right[1] + 2 * s.down[1]
    np.testing.assert_allclose(blended.centres[1], middle, atol=0.01)
    assert blended.corrected.tolist() == [True, False, True]
    np.testing.assert_array_equal(blended.radii[[0, 2]], drawn.radii[[0, 2]])
    same = drawn.between([0])
    np.testing.assert_array_equal(same.radii, drawn.radii)
    np.testing.assert_allclose(none().between([0, 2]).radii, 0.0)


def test_a_picture_has_the_line_in_its_middle_and_its_width():
    stack = axial_stack(
        slices=60, rows=70, columns=90, spacing=(1.0, 1.0), step=1.5, origin=(-20, -40, -10)
    )
    section = picture(volume_of(stack), SECTIONS, 1, 30.0, 0.75)
    assert section.grid.shape == (41, 41)
    np.testing.assert_allclose(section.grid.to_lps([20, 20]), SECTIONS.centres[1])
    np.testing.assert_allclose(section.grid.right, SECTIONS.right[1])
    np.testing.assert_allclose(section.grid.down, SECTIONS.down[1])
    assert section.grid.spacing == (0.75, 0.75)


@pytest.mark.parametrize(
    "box", [((1, 4), (2, 6), (3, 8)), ((0, 2), (0, 3), (0, 3)), ((5, 7), (9, 10), (10, 12))]
)
def test_a_mask_becomes_values_at_their_places_with_room_round_them(box):
    z = np.array([0.0, 2, 4, 9, 11, 13, 16])
    origins = np.stack([0.3 * z - 5, 7 - 0.4 * z, z + 2], axis=1)
    ways = (np.array([1.0, 0, 0]), np.array([0.0, 1, 0]), (1.6, 0.8))
    stack = SliceStack(origins, *ways, 10, 12)
    voxels = np.zeros(stack.shape, bool)
    voxels[tuple(slice(a, b) for a, b in box)] = True
    made = mask_volume(Mask.of(voxels, stack))
    places = made.stack.to_lps(np.argwhere(made.voxels > 100))
    wanted = stack.to_lps(np.argwhere(voxels))
    assert len(places) == len(wanted)
    np.testing.assert_allclose(places, wanted, atol=1e-6)
    assert set(np.unique(made.voxels)) <= {0, 200}
    for axis, (a, b) in enumerate(box):  # two voxels on each side where the grid has them
        assert made.voxels.shape[axis] == min(b + 2, stack.shape[axis]) - max(a - 2, 0)


@pytest.mark.parametrize(("slope", "intercept"), [(1.0, 0.0), (2.0, -300.0), (0.5, 1000.0)])
def test_a_lumen_is_found_by_its_values_whatever_they_are_stored_as(slope, intercept):
    phantom = VesselPhantom(7.0, 60.0)
    stack = phantom.stack((0.8, 0.8, 2.0), (0.3, 0.6, 0.2))
    plain = phantom.volume(stack, 10.0)
    stored = np.rint((plain.voxels - intercept) / slope).astype(np.int16)
    volume = volume_of(stack, stored, rescale_slope=slope, rescale_intercept=intercept)
    line = through(phantom.line()[::40] + [1.5, -1.0, 0])  # clicks beside the middle
    found = outlines_of_values(volume, across(line, evenly(line, 10.0)))
    assert found.by_values
    np.testing.assert_allclose(np.median(found.radii, axis=1), 7.0, atol=0.5)
    # Round the middle of the lumen, not round the clicks.
    np.testing.assert_allclose(found.centres[:, :2], 0.0, atol=0.4)
    assert LUMEN > 100


def test_an_outline_of_a_mask_lies_round_its_own_middle():
    phantom = VesselPhantom(7.0, 60.0, tilt_degrees=25.0)
    stack = phantom.stack((0.7, 0.7, 1.2), (0.3, 0.6, 0.2))
    vessel, _ = phantom.masks(stack)
    line = through(phantom.line()[::40] + [2.0, -1.5, 0])
    found = outlines_of_mask(across(line, evenly(line, 10.0)), vessel)
    assert not found.by_values
    np.testing.assert_allclose(found.radii.mean(axis=1), 7.0, atol=0.4)
    truth = through(phantom.line()[::40])
    apart = [truth.nearest(c)[1] for c in found.centres[1:-1]]
    assert max(apart) < 0.3
    far = outlines_of_mask(across(line, [30.0]), vessel, reach_mm=4.0)
    assert far.radii.max() <= 4.5


def test_what_encloses_nothing_is_refused():
    for corners in ([SECTIONS.centres[0]] * 3, ellipse(0)[:2]):
        with pytest.raises(ValueError, match="nothing"):
            none().with_polygon(0, corners)
    replace(none(), by_values=True)


def test_of_a_mask_without_a_voxel_there_is_no_outline():
    stack = VesselPhantom(7.0, 60.0).stack((0.8, 0.8, 2.0), (0.3, 0.6, 0.2))
    empty = Mask.of(np.zeros((0, 0, 0), bool), stack)
    found = outlines_of_mask(across(LINE, [10.0]), empty)
    assert not found.found.any()
