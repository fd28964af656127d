import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.imaging.volumes import axial_stack
from tumorboard.imaging.geometry import SliceStack
from tumorboard.imaging.mask_model import (
    Mask,
    MaskCanvas,
    change_of,
    intersect,
    laid_on,
    same_grid,
    slice_extents_mm,
    subtract,
    union,
)

STACK = axial_stack(slices=6, rows=7, columns=8)


def masks():
    return st.binary(min_size=42, max_size=42).map(
        lambda bits: np.unpackbits(np.frombuffer(bits, np.uint8)).astype(bool).reshape(6, 7, 8)
    )


@given(masks(), masks())
def test_a_change_applied_twice_leaves_everything_as_it_was(before, after):
    canvas = MaskCanvas(STACK, Mask.of(before, STACK))
    change = canvas.change_to(after, (0, 0, 0), "edit")
    if change is None:
        assert np.array_equal(before, after)
        return
    canvas.apply(change)
    assert np.array_equal(canvas.voxels, after)
    assert canvas.volume_ml == pytest.approx(Mask.of(after, STACK).volume_ml)
    canvas.apply(change)
    assert np.array_equal(canvas.voxels, before)
    assert canvas.volume_ml == pytest.approx(Mask.of(before, STACK).volume_ml)


@given(masks(), masks())
def test_sets_of_voxels_combine_like_sets(a, b):
    one, other = Mask.of(a, STACK), Mask.of(b, STACK)
    assert np.array_equal(union(one, other).dense(), a | b)
    assert np.array_equal(subtract(one, other).dense(), a & ~b)
    assert np.array_equal(intersect(one, other).dense(), a & b)


@given(masks())
def test_a_mask_keeps_its_voxels_and_nothing_around_them(voxels):
    mask = Mask.of(voxels, STACK)
    assert np.array_equal(mask.dense(), voxels)
    assert mask.count == voxels.sum()
    assert np.array_equal(mask.cropped((-2, -1, -3), (8, 9, 10))[2:8, 1:8, 3:11], voxels)
    canvas = MaskCanvas(STACK)
    change = canvas.change_to_mask(mask, "fill")
    if change is not None:
        canvas.apply(change)
    assert canvas.mask().same_as(mask)


def test_uneven_slices_count_by_their_true_extent():
    stack = axial_stack(slices=4, spacing=(1.0, 1.0), positions=np.array([0.0, 2.0, 4.0, 10.0]))
    assert slice_extents_mm(stack).tolist() == [2.0, 2.0, 4.0, 4.0]
    voxels = np.zeros(stack.shape, bool)
    voxels[:, 3, 4] = True
    mask = Mask.of(voxels, stack)
    assert mask.volume_mm3 == pytest.approx(12.0)
    assert [c.code for c in mask.caveats] == ["missing-slices", "image-edge"]
    assert "6.0 mm" in mask.caveats[0].text


def test_a_tilted_gantry_changes_no_volume():
    straight = axial_stack(slices=5, step=3.0, spacing=(1.0, 1.0))
    origins = straight.origins + np.outer(np.arange(5), [0.0, 1.3, 0.0])
    tilted = SliceStack(
        origins, straight.row_direction, straight.column_direction, (1.0, 1.0), 30, 40
    )
    voxels = np.zeros(straight.shape, bool)
    voxels[1:4, 5:9, 5:9] = True
    assert Mask.of(voxels, tilted).volume_mm3 == pytest.approx(Mask.of(voxels, straight).volume_mm3)
    assert not same_grid(tilted, straight)


def test_nothing_changed_is_no_change_and_a_large_change_is_small():
    assert change_of(np.zeros((3, 3, 3), bool), (0, 0, 0), "x") is None
    flipped = np.ones((100, 200, 200), bool)
    change = change_of(flipped, (0, 0, 0), "all")
    assert change is not None
    assert len(change.bits) < flipped.size / 100


def test_a_box_beyond_the_grid_is_refused():
    with pytest.raises(ValueError, match="beyond"):
        Mask.of(np.ones((2, 2, 2), bool), STACK, (5, 0, 0))


def longer(stack: SliceStack, before: int, after: int) -> SliceStack:
    """The stack with slices below and above it."""
    step = stack.origins[1] - stack.origins[0]
    below = [stack.origins[0] - step * n for n in range(before, 0, -1)]
    above = [stack.origins[-1] + step * n for n in range(1, after + 1)]
    origins = np.array([*below, *stack.origins, *above])
    rows = (stack.row_direction, stack.column_direction, stack.pixel_spacing)
    return SliceStack(origins, *rows, stack.rows, stack.columns)


@given(before=st.integers(0, 3), after=st.integers(0, 3), seed=st.integers(0, 99))
def test_slices_that_come_beside_leave_every_voxel_at_its_place(before, after, seed):
    stack = axial_stack(5, 6, 7)
    voxels = np.random.default_rng(seed).random((3, 2, 4)) < 0.6
    mask = Mask.of(voxels, stack, (1, 2, 3))
    laid = laid_on(mask, longer(stack, before, after))
    assert laid is not None
    assert laid.stack.shape == (5 + before + after, 6, 7)
    places = [
        {tuple(np.round(p, 6)) for p in m.stack.to_lps(np.argwhere(m.dense()))}
        for m in (mask, laid)
    ]
    assert places[0] == places[1]


def test_slices_between_those_filled_are_nobody_s_to_fill():
    stack = axial_stack(5, 6, 7)
    mask = Mask.of(np.ones((3, 2, 2), bool), stack, (1, 1, 1))
    middle = (stack.origins[1] + stack.origins[2]) / 2
    origins = np.insert(stack.origins, 2, middle, axis=0)
    rows = (stack.row_direction, stack.column_direction, stack.pixel_spacing)
    assert laid_on(mask, SliceStack(origins, *rows, 6, 7)) is None
    assert laid_on(mask, SliceStack(stack.origins + 0.5, *rows, 6, 7)) is None
