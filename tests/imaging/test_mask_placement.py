"""Segmentations of others come onto the grid of the images voxel by voxel, or not at all."""

from dataclasses import replace

import numpy as np
import pytest

from tests.imaging.volumes import axial_stack
from tumorboard.imaging.geometry import SliceStack
from tumorboard.imaging.mask_placement import mask_on, placed_on
from tumorboard.imaging.overlay import Segment

STACK = axial_stack(slices=10, rows=8, columns=9, spacing=(0.8, 0.7), step=2.0)
#: A turn of a sixth of a degree: at the rim of a large image half a millimetre.
C, S = np.cos(0.003), np.sin(0.003)
RANDOM = np.random.default_rng(2).random(STACK.shape) < 0.4


def segment(mask, stack, step=None):
    return Segment(1, "Mass", (255, 0, 0), mask, stack, step=step)


def grid(**changes):
    return replace(STACK, **changes)


def placed(mask, stack, step=None):
    found = placed_on(segment(mask, stack, step), STACK)
    return None if found is None else found.dense()


@pytest.mark.parametrize("flips", [(), (1,), (2,), (1, 2)])
def test_rows_and_columns_may_run_the_other_way(flips):
    origins, right, down = STACK.origins, STACK.row_direction, STACK.column_direction
    if 1 in flips:
        origins, down = origins + 7 * 0.8 * down, -down
    if 2 in flips:
        origins, right = origins + 8 * 0.7 * right, -right
    # Both turned the normal stays; with one it points down, and so do the slices.
    order = slice(None, None, -1 if len(flips) == 1 else 1)
    stack = SliceStack(origins[order], right, down, STACK.pixel_spacing, 8, 9)
    np.testing.assert_array_equal(placed(np.flip(RANDOM, flips)[order], stack), RANDOM)


def test_slices_go_to_those_of_the_images_at_their_place_in_any_number():
    part = grid(origins=STACK.origins[[2, 3, 7]])
    expected = np.zeros_like(RANDOM)
    expected[[2, 3, 7]] = RANDOM[[2, 3, 7]]
    np.testing.assert_array_equal(placed(RANDOM[[2, 3, 7]], part), expected)


def test_two_slices_at_one_place_are_joined():
    stack = grid(origins=STACK.origins[[4, 4]] + [[0, 0, -0.04], [0, 0, 0.04]])
    expected = np.zeros_like(RANDOM)
    expected[4] = RANDOM[0] | RANDOM[1]
    np.testing.assert_array_equal(placed(RANDOM[:2], stack), expected)


@pytest.mark.parametrize(
    ("stack", "fits"),
    [
        (grid(origins=STACK.origins + [0.09, 0.0, 0.0]), True),
        (grid(origins=STACK.origins + [0.11, 0.0, 0.0]), False),
        (grid(origins=STACK.origins + [0.0, 0.0, 0.11]), False),
        (grid(pixel_spacing=(0.80009, 0.7)), True),
        (grid(pixel_spacing=(0.8002, 0.7)), False),
        (grid(pixel_spacing=(0.8, 0.7002)), False),
        (grid(row_direction=[C, S, 0.0], column_direction=[-S, C, 0.0]), False),
        (grid(row_direction=[C, 0.0, S]), False),
        (grid(column_direction=[0.0, C, S]), False),
    ],
)
def test_a_grid_that_differs_is_another_one(stack, fits):
    assert (placed(RANDOM, stack) is not None) is fits


def test_other_rows_or_columns_are_another_grid():
    assert placed(RANDOM[:, :7], grid(rows=7)) is None
    assert placed(RANDOM[:, :, :7], grid(columns=7)) is None


@pytest.mark.parametrize(("step", "fits"), [(None, True), (2.0, True), (3.0, True), (3.1, False)])
def test_thicker_slices_fill_more_than_those_that_they_lie_on(step, fits):
    part = grid(origins=STACK.origins[[1, 4, 7]])
    assert (placed(RANDOM[[1, 4, 7]], part, step) is not None) is fits


def test_what_does_not_fit_comes_by_the_nearest_voxel():
    block = np.zeros((10, 16, 18), bool)
    block[2:5, 4:10, 6:14] = True
    fine = SliceStack(
        STACK.origins - [0.7 / 4, 0.8 / 4, 0.0],
        *(STACK.row_direction, STACK.column_direction, (0.4, 0.35), 16, 18),
    )
    found = mask_on(segment(block, fine), STACK).dense()
    expected = np.zeros_like(RANDOM)
    expected[2:5, 2:5, 3:7] = True
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize(
    ("slices", "step", "filled"),
    [
        # Slices 4 mm apart that stand for 4 mm, on images 2 mm apart: two each, whatever their
        # number; the lower one counts where a slice of the images lies in the middle.
        ([2, 4], None, [1, 2, 3, 4]),
        ([2, 4], 4.0, [1, 2, 3, 4]),
        ([2, 4, 6], 4.0, [1, 2, 3, 4, 5, 6]),
        ([2, 4], 2.0, [2, 4]),  # thinner than they are apart
        ([2, 4], 7.9, [1, 2, 3, 4, 5]),  # thicker
        ([2, 8], 4.0, [1, 2, 7, 8]),  # a gap stays one
        ([5], None, [5]),
        ([5], 6.0, [4, 5, 6]),  # one slice alone stands for what its file says
        ([5], 8.0, [3, 4, 5, 6]),
    ],
)
def test_a_slice_fills_as_far_as_its_file_says(slices, step, filled):
    thick = SliceStack(
        STACK.origins[slices],
        *(STACK.row_direction, STACK.column_direction, (0.8, 0.35), 8, 18),
    )
    found = segment(np.ones((len(slices), 8, 18), bool), thick, step).on(STACK)
    assert np.flatnonzero(found.any(axis=(1, 2))).tolist() == filled
    assert found[filled].all()


def test_thin_slices_reach_no_farther_onto_thick_ones_than_they_are():
    thin = axial_stack(
        slices=5, rows=8, columns=9, spacing=(0.8, 0.7), step=0.5, origin=(-100, -80, 51.5)
    )
    found = segment(np.ones((5, 8, 9), bool), thin).on(STACK)
    assert np.flatnonzero(found.any(axis=(1, 2))).tolist() == [1]  # 1.25 to 3.75 mm holds 2 alone


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("away", [-3.0, 3.0])
def test_a_segment_on_a_grid_that_reaches_beyond_it_fills_no_voxel_there(axis, away):
    """A whole block on a grid moved by three voxels along one axis."""
    stack = axial_stack(slices=8, rows=9, columns=10, spacing=(1.0, 1.0), step=2.0)
    segment = Segment(1, "block", (0, 0, 0), np.ones(stack.shape, bool), stack)
    ways = (2.0 * stack.normal, stack.column_direction, stack.row_direction)
    other = replace(stack, origins=stack.origins + away * ways[axis])
    found = segment.on(other)
    index = np.indices(stack.shape)[axis] + away
    np.testing.assert_array_equal(found, (index >= 0) & (index < stack.shape[axis]))


def test_a_segment_holds_all_or_nothing_of_a_voxel_unless_it_is_said():
    segment = Segment(1, "block", (0, 0, 0), np.ones(STACK.shape, bool), STACK)
    assert (segment.fractional, segment.frames, segment.step) == (False, (), None)
