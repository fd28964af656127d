"""Between outlines: the radius of round things in between, and what leaning slices change."""

import numpy as np
import pytest

from tests.imaging.volumes import axial_stack
from tumorboard.errors import CancelledError, UserError
from tumorboard.imaging.geometry import SliceStack
from tumorboard.imaging.mask_model import Mask
from tumorboard.imaging.segmentation.interpolate import mask_between, mask_from_outlines
from tumorboard.progress import Reporter

STACK = axial_stack(
    slices=16, rows=120, columns=150, spacing=(0.8, 0.5), step=1.5, origin=(0, 0, 0)
)
MIDDLE = np.array([37.3, 47.1, 0.0])


def circle(height, radius, middle=MIDDLE):
    turn = np.linspace(0, 2 * np.pi, 400, endpoint=False)
    flat = np.stack([np.cos(turn), np.sin(turn), 0 * turn], axis=1)
    return middle + [0, 0, height] + radius * flat


def radii(mask: Mask):
    pixel = mask.stack.pixel_spacing[0] * mask.stack.pixel_spacing[1]
    return np.sqrt(mask.dense().sum(axis=(1, 2)) * pixel / np.pi)


@pytest.mark.parametrize("drawn", [(0, 4, 15), (1, 3, 9, 14), (2, 13, 15), (0, 15)])
def test_a_radius_that_follows_a_parabola_does_so_between_the_outlines(drawn):
    """Distances blended by parabolas through neighbours repeat a parabola; by two, a line."""

    def radius(z):
        return 8 + 1.2 * z - 0.02 * z * z if len(drawn) > 2 else 8 + 0.7 * z

    heights = STACK.positions
    outlines = {k: [circle(heights[k], radius(heights[k]))] for k in drawn}
    found = radii(mask_from_outlines(STACK, outlines))
    inside = slice(drawn[0], drawn[-1] + 1)
    np.testing.assert_allclose(found[inside], radius(heights)[inside], atol=0.08)
    assert not np.delete(found, range(drawn[0], drawn[-1] + 1)).any()


def test_uneven_slices_are_blended_by_where_they_lie():
    places = np.array([0.0, 1, 2, 8, 9, 14, 15, 20])
    stack = axial_stack(
        slices=8, rows=120, columns=150, spacing=(0.8, 0.5), positions=places, origin=(0, 0, 0)
    )
    outlines = {k: [circle(places[k], 8 + 0.7 * places[k])] for k in (0, 7)}
    np.testing.assert_allclose(
        radii(mask_from_outlines(stack, outlines)), 8 + 0.7 * places, atol=0.08
    )


@pytest.mark.parametrize("lean", [(0.4, 0.0), (0.0, -0.3), (0.3, 0.25)])
def test_on_slices_of_a_tilted_gantry_an_outline_fills_what_it_encloses(lean):
    heights = np.arange(10) * 2.0
    origins = np.stack([lean[0] * heights, lean[1] * heights, heights], axis=1) + [5, -7, 3]
    stack = SliceStack(origins, np.array([1.0, 0, 0]), np.array([0.0, 1, 0]), (0.8, 0.5), 100, 130)
    # Centres that keep their place in the slices, as what leans with them does.
    middles = stack.to_lps(np.stack([np.arange(10.0), 0 * heights + 45, 0 * heights + 60], axis=1))
    outlines = {k: [circle(0.0, 14.0, middles[k])] for k in (2, 7)}
    mask = mask_from_outlines(stack, outlines)
    assert mask.slices == tuple(range(2, 8))
    for k in (2, 7):
        index = np.indices((100, 130)).reshape(2, -1).T
        places = stack.to_lps(np.column_stack([np.full(len(index), k), index]))
        inside = (np.linalg.norm(places - middles[k], axis=1) <= 14.0).reshape(100, 130)
        assert (mask.dense()[k] != inside).mean() < 0.002
    np.testing.assert_allclose(radii(mask)[2:8], 14.0, atol=0.08)


def test_several_outlines_of_a_slice_are_joined_and_what_has_no_area_is_passed_over():
    apart = [circle(4.5, 6.0, MIDDLE + [side * 15, 0, 0]) for side in (-1, 1)]
    line = np.array([[0.0, 0, 4.5], [9, 9, 4.5]])
    found = mask_from_outlines(STACK, {3: [*apart, line], 5: [line]})
    assert found.slices == (3,)
    assert radii(found)[3] == pytest.approx(6.0 * np.sqrt(2), abs=0.08)


@pytest.mark.parametrize("k", [-1, 16])
def test_an_outline_on_a_slice_that_is_not_there_is_refused(k):
    with pytest.raises(UserError, match="outside the images"):
        mask_from_outlines(STACK, {k: [circle(0.0, 5.0)]})


@pytest.mark.parametrize("away", [(200, 0, 0), (-200, 0, 0), (0, 200, 0), (0, -200, 0)])
def test_an_outline_beside_the_pixels_is_refused_and_one_at_the_rim_is_cut(away):
    with pytest.raises(UserError, match="outside the images"):
        mask_from_outlines(STACK, {3: [circle(4.5, 5.0) + away]})
    edges = np.where(np.array(away) > 0, (74.75, 95.6, 0.0), (-0.25, -0.4, 0.0))
    rim = np.where(np.array(away) == 0, MIDDLE, edges)
    found = mask_from_outlines(STACK, {3: [circle(4.5, 8.0, rim)]})
    assert radii(found)[3] == pytest.approx(8.0 / np.sqrt(2), abs=0.5)


def test_it_tells_how_far_it_is_and_stops_when_asked():
    reporter, told = Reporter(), []
    reporter.step = lambda label, done, most: told.append((done, most))
    mask_from_outlines(STACK, {2: [circle(3.0, 9.0)], 5: [circle(7.5, 9.0)]}, reporter)
    assert told == [(0, 4), (1, 4), (2, 4), (3, 4)]
    stopped = Reporter()
    stopped.cancel()
    with pytest.raises(CancelledError):
        mask_from_outlines(STACK, {2: [circle(3.0, 9.0)]}, stopped)


def boxes(**sides):
    """Squares of so many pixels to each side of a middle pixel, by slice."""
    voxels = np.zeros(STACK.shape, bool)
    for name, side in sides.items():
        voxels[int(name[1:]), 60 - side : 61 + side, 70 - side : 71 + side] = True
    return Mask.of(voxels, STACK)


def test_between_two_squares_lies_the_one_of_mean_size():
    """The larger one fills its box: what lies round it counts as outside all the same."""
    found = mask_between(boxes(k2=10, k6=20)).dense()
    wanted = boxes(k4=15).dense()
    assert (found[4] != wanted[4]).sum() <= 0.05 * wanted[4].sum()
    for k, side in ((2, 10), (6, 20)):
        np.testing.assert_array_equal(found[k], boxes(**{f"k{k}": side}).dense()[k])


def test_only_the_slices_named_are_kept_as_they_are():
    drawn = boxes(k2=10, k4=3, k6=10)
    kept = mask_between(drawn, (2, 6)).dense()
    np.testing.assert_array_equal(kept[4], kept[2])
    whole = mask_between(drawn).dense()
    np.testing.assert_array_equal(whole[4], drawn.dense()[4])
    assert mask_between(drawn, (9,)) is drawn  # nothing lies there
    alone = mask_between(boxes(k4=3))
    assert alone.same_as(boxes(k4=3))


def test_a_square_at_the_corner_of_the_picture_keeps_its_shape():
    voxels = np.zeros(STACK.shape, bool)
    voxels[[2, 4], :20, 130:] = True
    found = mask_between(Mask.of(voxels, STACK)).dense()
    np.testing.assert_array_equal(found[3], voxels[2])


def test_an_outline_of_three_corners_is_filled():
    corners = [(0.0, 0.0), (9.0, 0.0), (0.0, 9.0)]
    places = [
        STACK.origins[3] + (8 + a) * STACK.column_direction + (9 + b) * STACK.row_direction
        for a, b in corners
    ]
    found = mask_from_outlines(STACK, {3: [np.array(places)]})
    assert list(found.slices) == [3]
    # With the pixels on its sides: half a pixel more all round.
    pixel = STACK.pixel_spacing[0] * STACK.pixel_spacing[1]
    assert 40.5 <= found.count * pixel <= 40.5 + 0.5 * 0.8 * (18 + 9 * 2**0.5)
    two = {3: [np.array(places[:2])]}
    with pytest.raises(UserError, match="encloses"):
        mask_from_outlines(STACK, two)
