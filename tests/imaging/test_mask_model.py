from dataclasses import replace

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
    filled_box,
    intersect,
    laid_on,
    part_of,
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


def leaning(slices=7, spanned=()):
    """Uneven slices, shifted along rows and columns, with pixels twice as high as wide."""
    z = np.array([0.0, 2, 4, 9, 11, 13, 16])[:slices]
    origins = np.stack([0.3 * z - 5, 7 - 0.4 * z, z + 2], axis=1)
    ways = (np.array([1.0, 0, 0]), np.array([0.0, 1, 0]), (1.6, 0.8))
    return SliceStack(origins, *ways, 10, 12, spanned)


def test_a_part_of_a_stack_puts_every_index_at_its_place():
    stack = leaning(spanned=(1, 2, 5))
    box = (slice(2, 6), slice(3, 9), slice(4, 11))
    part = part_of(stack, box)
    assert part.shape == (4, 6, 7)
    index = np.indices(part.shape).reshape(3, -1).T
    np.testing.assert_allclose(part.to_lps(index), stack.to_lps(index + [2, 3, 4]), atol=1e-9)
    assert part.spanned == (0, 3)


def test_a_mask_tells_of_each_voxel_whether_it_is_filled():
    voxels = np.random.default_rng(1).random(STACK.shape) < 0.3
    voxels[[0, -1]] = False
    mask = Mask.of(voxels, STACK)
    inside = [index for index in np.ndindex(STACK.shape) if mask.contains(index)]
    assert inside == [tuple(index) for index in np.argwhere(voxels).tolist()]
    beyond = ((-1, 3, 3), (6, 3, 3), (3, -1, 3), (3, 7, 3), (3, 3, -1), (3, 3, 8))
    assert not any(mask.contains(index) for index in beyond)


def test_the_middle_of_a_mask_is_weighed_by_what_slices_stand_for():
    stack = axial_stack(slices=4, spacing=(1.0, 2.0), positions=np.array([0.0, 2, 4, 10]))
    voxels = np.zeros(stack.shape, bool)
    voxels[1, 3, 4] = voxels[3, 5, 8] = True  # 2 and 4 mm
    expected = (2 * stack.to_lps([1, 3, 4]) + 4 * stack.to_lps([3, 5, 8])) / 6
    np.testing.assert_allclose(Mask.of(voxels, stack).centroid, expected)


def test_masks_are_the_same_where_they_fill_the_same():
    one = Mask.of(np.ones((2, 2, 2), bool), STACK, (1, 1, 1))
    assert one.same_as(Mask.of(one.dense(), STACK))
    assert not one.same_as(Mask.of(np.ones((2, 2, 2), bool), STACK, (1, 1, 2)))
    assert not one.same_as(Mask.of(np.ones((2, 2, 1), bool), STACK, (1, 1, 1)))
    nothing = Mask.of(np.zeros((2, 2, 2), bool), STACK)
    assert nothing.same_as(Mask.of(np.zeros((1, 1, 1), bool), STACK, (3, 3, 3)))
    assert not nothing.same_as(one)
    assert not one.same_as(nothing)
    assert (nothing.slices, nothing.count) == ((), 0)


@pytest.mark.parametrize(
    ("before", "after"),
    [((0, 2), (3, 5)), ((4, 6), (1, 2)), ((1, 5), (2, 3)), ((2, 3), (0, 6)), ((2, 3), None)],
)
def test_a_canvas_becomes_equal_to_any_mask(before, after):
    def of(ends):
        voxels = np.zeros(STACK.shape, bool)
        if ends is not None:
            voxels[ends[0] : ends[1], 2:5, 3:7] = True
        return Mask.of(voxels, STACK)

    canvas = MaskCanvas(STACK, of(before))
    change = canvas.change_to_mask(of(after), "set")
    canvas.apply(change)
    assert canvas.mask().same_as(of(after))
    assert change.label == "set"
    assert canvas.change_to_mask(of(after), "again") is None


def test_a_copy_of_the_canvas_does_not_follow_it():
    canvas = MaskCanvas(STACK, Mask.of(np.ones(STACK.shape, bool), STACK))
    kept = canvas.mask()
    canvas.apply(canvas.change_to(np.zeros((2, 2, 2), bool), (1, 1, 1), "cut"))
    assert kept.count == np.prod(STACK.shape)
    assert canvas.mask().count == kept.count - 8
    empty = MaskCanvas(STACK)
    assert empty.mask().is_empty
    assert empty.change_to_mask(empty.mask(), "nothing") is None


def test_the_box_of_what_is_filled():
    voxels = np.zeros((5, 6, 7), bool)
    assert filled_box(voxels) == (slice(0, 0),) * 3
    voxels[1, 4, 2] = voxels[3, 2, 5] = True
    assert filled_box(voxels) == (slice(1, 4), slice(2, 5), slice(2, 6))


@pytest.mark.parametrize(
    ("changes", "same"),
    [
        ({"origins": leaning().origins + [0.009, 0, 0]}, True),
        ({"origins": leaning().origins + [0, 0.011, 0]}, False),
        ({"origins": leaning().origins + np.outer([0, 0, 0, 0.02, 0, 0, 0], [1, 0, 0])}, False),
        ({"pixel_spacing": (1.602, 0.8)}, False),  # a corner is 0.018 mm off
        ({"pixel_spacing": (1.601, 0.8)}, True),  # 0.009 mm
        ({"pixel_spacing": (1.6, 0.8012)}, False),
        ({"rows": 11}, False),
        ({"origins": leaning().origins[:6]}, False),
    ],
)
def test_two_grids_are_one_where_every_index_lies_at_one_place(changes, same):
    assert same_grid(leaning(), replace(leaning(), **changes)) is same
    assert same_grid(replace(leaning(), **changes), leaning()) is same


def test_on_another_grid_masks_do_not_combine():
    one = Mask.of(np.ones((2, 2, 2), bool), leaning())
    moved = replace(leaning(), origins=leaning().origins + 0.02)
    with pytest.raises(ValueError, match="different grids"):
        union(one, Mask.of(np.ones((2, 2, 2), bool), moved))
    near = replace(leaning(), origins=leaning().origins + 0.001)
    assert union(one, Mask.of(np.ones((2, 2, 2), bool), near)).count == 8


@pytest.mark.parametrize(
    "changes",
    [
        {"rows": 11},
        {"columns": 11},
        {"pixel_spacing": (1.602, 0.8)},
        {"pixel_spacing": (1.6, 0.802)},
        {"origins": leaning().origins + [0.02, 0, 0]},
    ],
)
def test_a_mask_is_not_laid_on_other_pixels(changes):
    mask = Mask.of(np.ones((2, 3, 3), bool), leaning(), (1, 1, 1))
    assert laid_on(mask, replace(leaning(), **changes)) is None
    assert laid_on(mask, leaning()) is mask


def test_a_mask_is_laid_on_fewer_slices_where_its_own_are_among_them():
    mask = Mask.of(np.ones((2, 3, 3), bool), leaning(), (1, 4, 5))
    part = replace(leaning(), origins=leaning().origins[1:4])
    laid = laid_on(mask, part)
    assert (laid.origin, laid.count) == ((0, 4, 5), 18)
    assert laid_on(mask, replace(leaning(), origins=leaning().origins[2:6])) is None
    nothing = Mask.of(np.zeros((0, 0, 0), bool), leaning())
    assert laid_on(nothing, part).is_empty


def test_a_gap_counts_where_the_mask_lies_on_both_sides_of_it():
    def codes(first, last):
        voxels = np.zeros(leaning().shape, bool)
        voxels[first : last + 1, 2, 2] = True
        return [c.code for c in Mask.of(voxels, leaning()).caveats]

    assert [codes(2, 3), codes(1, 5), codes(1, 2), codes(3, 5)] == [
        ["missing-slices"],
        ["missing-slices"],
        [],
        [],
    ]
    one = axial_stack(slices=1)
    assert [c.code for c in Mask.of(np.ones(one.shape, bool), one).caveats] == ["single-slice"]
