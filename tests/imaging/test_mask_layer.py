"""A mask being edited is drawn as the same mask that stands, on slices and across them."""

import numpy as np
import pytest

from tests.store.samples import blob, uneven_stack
from tumorboard.imaging.mask_layer import CanvasLayer, joined_boxes, mask_layer
from tumorboard.imaging.mask_model import Mask, MaskCanvas
from tumorboard.imaging.slicing import PlaneGrid


def grids(stack):
    """A slice, and a plane across the slices."""
    size = np.array(stack.pixel_spacing)
    along = PlaneGrid(
        stack.origins[2], stack.row_direction, stack.column_direction, tuple(size), (20, 24)
    )
    middle = stack.origins[0] + stack.column_direction * 8 * size[0]
    across = PlaneGrid(middle, stack.row_direction, np.array([0.0, 0, 1]), (0.5, 0.8), (36, 24))
    return along, across


def area(lines):
    total = 0.0
    for p, closed in lines:
        assert closed
        q = np.roll(p, -1, axis=0)
        total += abs((p[:, 0] * q[:, 1] - p[:, 1] * q[:, 0]).sum()) / 2
    return total


@pytest.mark.parametrize("which", [0, 1])
def test_editing_looks_as_the_mask_that_is_kept(which):
    mask = blob()
    grid = grids(mask.stack)[which]
    canvas = MaskCanvas(mask.stack, mask)
    editing = CanvasLayer.over(canvas, mask.box)
    standing = mask_layer(mask)
    assert area(standing.lines(grid)) > 0
    assert area(editing.lines(grid)) == pytest.approx(area(standing.lines(grid)), rel=1e-6)
    wide = CanvasLayer.over(canvas, tuple(slice(0, n) for n in mask.stack.shape))
    assert area(wide.lines(grid)) == pytest.approx(area(editing.lines(grid)), rel=1e-6)
    assert editing.volume_ml == pytest.approx(mask.volume_ml)


def test_nothing_is_drawn_of_nothing():
    stack = uneven_stack()
    empty = Mask.of(np.zeros(stack.shape), stack)
    layer = CanvasLayer.over(MaskCanvas(stack), empty.box)
    for grid in grids(stack):
        assert layer.lines(grid) == []
        assert mask_layer(empty).lines(grid) == []
    assert layer.box() is None


def test_the_corners_of_what_may_be_filled():
    mask = blob()
    corners = CanvasLayer.over(MaskCanvas(mask.stack, mask), mask.box).box()
    index = [(k, i, j) for k in (1, 5) for i in (4, 11) for j in (5, 14)]
    np.testing.assert_allclose(corners, mask.stack.to_lps(np.array(index, float)))


@pytest.mark.parametrize("k", [0, 1, 5, 6])
def test_a_slice_shows_what_lies_on_it_at_its_place(k):
    """A block on slices 1 to 5; its line runs half a pixel outside the outermost centres."""
    mask = blob()
    stack = mask.stack
    grid = PlaneGrid(
        stack.origins[k], stack.row_direction, stack.column_direction, stack.pixel_spacing, (20, 24)
    )
    editing = CanvasLayer.over(MaskCanvas(stack, mask), mask.box)
    lines = editing.lines(grid)
    if k in (0, 6):
        assert lines == []
        return
    ((line, closed),) = lines
    assert closed
    np.testing.assert_allclose(line.min(axis=0), (3.5, 4.5), atol=1e-6)
    np.testing.assert_allclose(line.max(axis=0), (11.5, 14.5), atol=1e-6)
    thick = editing.lines(grid, 4.0)
    assert area(thick) == pytest.approx(8 * 10, rel=0.05)  # the bite of a slice is covered


def test_boxes_join():
    none = (slice(0, 0), slice(0, 0), slice(0, 0))
    one, other = (slice(1, 2),) * 3, (slice(5, 7),) * 3
    assert joined_boxes(none, one) == joined_boxes(one, none) == one
    assert joined_boxes(one, other) == joined_boxes(other, one) == (slice(1, 7),) * 3
    assert joined_boxes((slice(1, 9),) * 3, other) == (slice(1, 9),) * 3
    mixed = (slice(0, 3), slice(4, 6), slice(2, 9))
    assert joined_boxes(mixed, other) == (slice(0, 7), slice(4, 7), slice(2, 9))


def test_a_box_without_slices_counts_for_nothing_whatever_its_sides():
    one = (slice(1, 2), slice(3, 4), slice(5, 6))
    for slices in (slice(7, 7), slice(9, 3)):
        empty = (slices, slice(0, 40), slice(0, 50))
        assert joined_boxes(empty, one) == joined_boxes(one, empty) == one


def test_a_layer_without_a_canvas_shows_nothing():
    layer = CanvasLayer(None)
    assert layer.box() is None
    for grid in grids(uneven_stack()):
        assert layer.lines(grid) == layer.lines(grid, 5.0) == []
