"""Tidying a mask, at the rim of the grid as well: by counting, and against SimpleITK."""

import numpy as np
import pytest
import SimpleITK as sitk

from tests.imaging.volumes import axial_stack
from tumorboard.imaging.mask_model import Mask
from tumorboard.imaging.segmentation.clean import (
    components,
    fill_holes,
    largest,
    main_body,
    opened,
    part_at,
    smooth,
)
from tumorboard.imaging.segmentation.distance import FAR_MM, signed_distance, signed_distance_2d

STACK = axial_stack(slices=12, rows=30, columns=34, spacing=(0.9, 1.3), step=2.1)
EMPTY = Mask.of(np.zeros((0, 0, 0), bool), STACK)


def boxes(*ranges) -> Mask:
    voxels = np.zeros(STACK.shape, bool)
    for box in ranges:
        voxels[tuple(slice(a, b) for a, b in box)] = True
    return Mask.of(voxels, STACK)


def test_nothing_stays_nothing():
    for made in (smooth(EMPTY), fill_holes(EMPTY), largest(EMPTY), main_body(EMPTY)):
        assert made.is_empty
    assert components(EMPTY) == ()
    assert part_at(EMPTY, (0, 0, 0)).is_empty


@pytest.mark.parametrize("width", [0.0, -1.0, float("nan")])
def test_smoothing_needs_a_width(width):
    with pytest.raises(ValueError, match="positive"):
        smooth(boxes(((2, 5), (5, 9), (5, 9))), width)


def test_a_tube_is_filled_slice_by_slice_and_a_hollow_in_space():
    tube = boxes(((2, 9), (5, 20), (5, 20))).dense()
    tube[2:9, 9:14, 9:14] = False
    open_ = Mask.of(tube, STACK)
    assert fill_holes(open_).same_as(open_)
    assert fill_holes(open_, in_slices=True).count == 7 * 15 * 15
    tube[[2, 8], 9:14, 9:14] = True
    closed = fill_holes(Mask.of(tube, STACK))
    assert closed.same_as(boxes(((2, 9), (5, 20), (5, 20))))


def test_a_hollow_at_the_edge_of_the_grid_is_open():
    shell = boxes(((0, 6), (0, 10), (0, 10))).dense()
    shell[0:4, 3:7, 3:7] = False  # open towards the first slice
    assert fill_holes(Mask.of(shell, STACK)).count == shell.sum()


def test_parts_are_those_that_share_a_face_and_the_largest_volume_comes_first():
    uneven = axial_stack(slices=6, rows=30, columns=34, positions=np.array([0.0, 1, 2, 3, 4, 14]))
    voxels = np.zeros(uneven.shape, bool)
    voxels[0:2, 2:5, 2:5] = True  # 18 voxels of 1 mm
    voxels[2:4, 5:7, 5:7] = True  # touches by a corner: 8 voxels
    voxels[5, 20:22, 20:22] = True  # 4 voxels that reach half of 10 mm and half a step
    parts = components(Mask.of(voxels, uneven))
    assert [p.count for p in parts] == [4, 18, 8]
    assert parts[0].volume_mm3 > parts[1].volume_mm3 > parts[2].volume_mm3
    assert [p.count for p in components(Mask.of(voxels, uneven), parts[1].volume_ml)] == [4, 18]
    assert part_at(Mask.of(voxels, uneven), (3, 6, 5)).count == 8
    assert part_at(Mask.of(voxels, uneven), (3, 6, 7)).is_empty


def test_the_largest_part_is_that_of_most_voxels():
    mask = boxes(((1, 3), (1, 4), (1, 4)), ((6, 9), (10, 14), (10, 14)))
    assert largest(mask).same_as(boxes(((6, 9), (10, 14), (10, 14))))


def test_the_main_body_hangs_together_by_corners():
    mask = boxes(((1, 4), (1, 6), (1, 6)), ((4, 6), (6, 8), (6, 8)), ((8, 10), (20, 23), (20, 24)))
    assert main_body(mask).same_as(boxes(((1, 4), (1, 6), (1, 6)), ((4, 6), (6, 8), (6, 8))))
    whole = boxes(((1, 4), (1, 6), (1, 6)), ((4, 6), (6, 8), (6, 8)))
    assert main_body(whole) is whole


def test_outlines_on_single_slices_are_one_body_where_most_stand_alone():
    every_third = boxes(*(((k, k + 1), (5, 9), (5, 9)) for k in (1, 4, 7, 10)))
    assert main_body(every_third).same_as(every_third)
    pairs = boxes(((1, 3), (5, 9), (5, 9)), ((6, 8), (5, 10), (5, 9)), ((10, 11), (5, 9), (5, 9)))
    assert main_body(pairs).same_as(boxes(((6, 8), (5, 10), (5, 9))))
    # Two alone of four filled slices: as many stand beside each other, so slices count as apart.
    even = boxes(((1, 3), (5, 9), (5, 9)), ((6, 7), (5, 9), (5, 9)), ((9, 10), (5, 9), (5, 9)))
    assert main_body(even).same_as(boxes(((1, 3), (5, 9), (5, 9))))


def test_smoothing_is_a_blur_cut_where_the_volume_stays():
    mask = boxes(((2, 9), (6, 22), (6, 20)))
    found = smooth(mask, 2.0)
    image = sitk.GetImageFromArray(mask.dense().astype(np.float32))
    image.SetSpacing((1.3, 0.9, 2.1))
    blurred = sitk.GetArrayFromImage(sitk.DiscreteGaussian(image, 4.0, maximumKernelWidth=128))
    threshold = np.sort(blurred.ravel())[-mask.count]
    inside = blurred >= threshold
    assert (found.dense() != inside).sum() <= 0.002 * mask.count
    assert abs(found.count - mask.count) <= 16  # as many as share the last value


def test_a_mass_at_the_rim_of_the_images_is_smoothed_within_them():
    mask = boxes(((0, 5), (0, 12), (0, 12)))
    found = smooth(mask, 1.5)
    assert found.contains((0, 5, 5))
    assert found.count == pytest.approx(mask.count, abs=0.05 * mask.count)


@pytest.mark.parametrize("radius", [1.5, 3.0])
def test_opening_takes_away_what_no_ball_fits_into(radius):
    voxels = boxes(((2, 10), (8, 24), (8, 22))).dense()
    voxels[5:7, 15:17, 22:32] = True  # a bridge less than 3 mm wide
    found = opened(Mask.of(voxels, STACK), radius)
    assert not found.dense()[:, :, 26:].any()
    middle = boxes(((3, 9), (10, 22), (10, 20))).dense()
    assert found.dense()[middle].all()
    assert not (found.dense() & ~voxels).any()
    assert opened(boxes(((5, 6), (15, 17), (5, 30))), radius).is_empty


def test_opening_at_the_rim_of_the_grid_keeps_its_place():
    mask = boxes(((0, 9), (0, 14), (0, 12)))
    found = opened(mask, 2.0)
    assert found.dense()[0:5, 0:10, 0:8].sum() > 0.85 * 5 * 10 * 8
    assert not (found.dense() & ~mask.dense()).any()


def test_distances_from_the_edge_of_nothing_and_of_everything():
    for distance, shape, spacing in (
        (signed_distance, (3, 4, 5), (1.0, 1.0, 1.0)),
        (signed_distance_2d, (4, 5), (1.0, 1.0)),
    ):
        assert (distance(np.zeros(shape, bool), spacing) == FAR_MM).all()
        assert (distance(np.ones(shape, bool), spacing) == -FAR_MM).all()


def test_the_edge_runs_midway_between_voxels_in_and_out():
    line = np.zeros((3, 4, 20), bool)
    line[:, :, 8:] = True
    found = signed_distance(line, (2.0, 3.0, 0.5))
    np.testing.assert_allclose(found[1, 2], (7.5 - np.arange(20)) * 0.5, atol=1e-6)
    flat = signed_distance_2d(line[:, 0].T, (0.5, 2.0))
    np.testing.assert_allclose(flat[:, 1], (7.5 - np.arange(20)) * 0.5, atol=1e-6)
