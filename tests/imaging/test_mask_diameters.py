import itertools

import numpy as np
import pytest
import SimpleITK as sitk
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.imaging.phantoms import MassPhantom
from tests.imaging.volumes import axial_stack
from tumorboard.imaging.geometry import SliceStack
from tumorboard.imaging.mask_diameters import (
    Convention,
    dimensions,
    resampled_on,
)
from tumorboard.imaging.mask_model import Mask, face_offsets_mm

STACK = axial_stack(slices=4, rows=5, columns=6, spacing=(0.8, 0.7), step=2.5)


def brute(mask: Mask, half: float) -> tuple[float, float]:
    """Longest distance within a slice and at all, over all corners (or centres)."""
    stack = mask.stack
    index = np.argwhere(mask.dense())
    best_2d = best_3d = 0.0
    points = []
    upper, lower = face_offsets_mm(stack)
    for k, i, j in index:
        for a, b in itertools.product((-half, half), repeat=2):
            place = stack.to_lps([k, i + a, j + b])
            if half:
                points += [
                    (k, place + stack.normal * upper[k]),
                    (k, place - stack.normal * lower[k]),
                ]
            else:
                points.append((k, place))
    for (k, p), (m, q) in itertools.combinations_with_replacement(points, 2):
        apart = float(np.linalg.norm(p - q))
        best_3d = max(best_3d, apart)
        if k == m:
            flat = p - q
            flat = flat - (flat @ stack.normal) * stack.normal
            best_2d = max(best_2d, float(np.linalg.norm(flat)))
    return best_2d, best_3d


VOXELS = st.tuples(st.integers(0, 3), st.integers(0, 4), st.integers(0, 5))


@settings(max_examples=15, deadline=None)
@given(st.sets(VOXELS, min_size=1, max_size=8))
def test_longest_diameters_are_those_of_all_pairs_of_corners(filled):
    voxels = np.zeros(STACK.shape, bool)
    voxels[tuple(np.array(list(filled)).T)] = True
    mask = Mask.of(voxels, STACK)
    for convention, half in ((Convention.OUTER_EDGES, 0.5), (Convention.CENTRES, 0.0)):
        flat, whole = brute(mask, half)
        found = dimensions(mask, convention)
        assert found.long_axis.length_mm == pytest.approx(flat)
        assert found.maximum_3d.length_mm == pytest.approx(whole)


@pytest.mark.parametrize("turn", [0.0, 30.0])
@pytest.mark.parametrize("spacing", [(0.8, 0.8, 2.5), (0.6, 1.0, 3.0)])
def test_an_ellipsoid_keeps_its_dimensions_within_a_voxel_diagonal(turn, spacing):
    phantom = MassPhantom((36.0, 25.0, 30.0), turn)
    mask = phantom.mask(phantom.stack(spacing, (0.3, 0.1, 0.7)))
    found = dimensions(mask)
    diagonal = float(np.linalg.norm(spacing))
    assert found.sizes_mm == pytest.approx(phantom.sizes_mm, abs=diagonal)
    assert found.maximum_3d.length_mm == pytest.approx(phantom.longest_mm, abs=diagonal)
    assert mask.volume_ml == pytest.approx(phantom.volume_ml, rel=0.02)
    long = np.subtract(found.long_axis.end, found.long_axis.start)
    short = np.subtract(found.short_axis.end, found.short_axis.start)
    assert abs(long @ short) < 1e-6 * np.linalg.norm(long) * np.linalg.norm(short)
    assert found.long_axis.slice_index == found.short_axis.slice_index
    assert long[2] == pytest.approx(0)


@pytest.mark.parametrize("turn", [0.0, 30.0])
def test_simpleitk_agrees_on_volume_and_on_the_diameter_between_centres(turn):
    phantom = MassPhantom((24.0, 15.0, 20.0), turn)
    stack = phantom.stack((0.9, 0.7, 2.0), (0.4, 0.2, 0.6))
    mask = phantom.mask(stack)
    image = sitk.GetImageFromArray(mask.dense().astype(np.uint8))
    image.SetSpacing((0.7, 0.9, 2.0))
    filter_ = sitk.LabelShapeStatisticsImageFilter()
    filter_.ComputeFeretDiameterOn()
    filter_.Execute(image)
    assert mask.volume_mm3 == pytest.approx(filter_.GetPhysicalSize(1))
    ours = dimensions(mask, Convention.CENTRES)
    assert ours.maximum_3d.length_mm == pytest.approx(filter_.GetFeretDiameter(1), abs=1e-3)
    filter_.Execute(image[:, :, ours.long_axis.slice_index])
    assert ours.long_axis.length_mm == pytest.approx(filter_.GetFeretDiameter(1), abs=1e-3)


@pytest.mark.parametrize(
    ("semi_axes", "turn", "spacing", "in_space", "in_slice"),
    [
        ((24.0, 15.0, 20.0), 0.0, (0.9, 0.7, 2.0), 48.11, 47.91),
        ((24.0, 15.0, 20.0), 30.0, (0.9, 0.7, 2.0), 48.24, 48.08),
        ((45.0, 30.0, 38.0), 30.0, (0.8, 0.8, 2.5), 90.53, 90.41),
        ((60.0, 22.0, 70.0), 30.0, (1.0, 1.0, 5.0), 141.96, 120.07),
    ],
)
def test_pyradiomics_lies_between_our_two_conventions(semi_axes, turn, spacing, in_space, in_slice):
    """Its Maximum3DDiameter and Maximum2DDiameterSlice (3.0.1), as it gave them for these masks.

    It measures on a mesh halfway between voxels in and out.
    """
    phantom = MassPhantom(semi_axes, turn)
    mask = phantom.mask(phantom.stack(spacing, (0.4, 0.2, 0.6)))
    centres, edges = (dimensions(mask, c) for c in (Convention.CENTRES, Convention.OUTER_EDGES))
    for name, theirs in (("maximum_3d", in_space), ("long_axis", in_slice)):
        inner, outer = (getattr(found, name).length_mm for found in (centres, edges))
        assert inner < theirs < outer
        assert outer - inner < 1.1 * np.linalg.norm(spacing)


def test_coronal_slices_are_measured_on_true_axial_ones():
    phantom = MassPhantom((30.0, 20.0, 25.0), 0.0, (0.0, 0.0, 0.0))
    axial = phantom.mask(phantom.stack((1.0, 1.0, 1.0), (0.0, 0.0, 0.0)))
    origins = np.array([-40.0, 30.0, 35.0]) - np.outer(np.arange(16) * 4.0, [0, 1.0, 0])
    coronal = SliceStack(
        origins[::-1], np.array([1.0, 0, 0]), np.array([0, 0, -1.0]), (1.0, 1.0), 71, 81
    )
    found = dimensions(resampled_on(axial, coronal))
    assert found.resampled
    assert found.long_axis.slice_index is None
    assert found.sizes_mm == pytest.approx(phantom.sizes_mm, abs=4.3)


def test_the_short_axis_is_the_longest_width_wherever_it_is():
    # A drop: its widest place lies away from the middle of the long axis.
    stack = axial_stack(slices=1, rows=30, columns=60, spacing=(1.0, 1.0))
    voxels = np.zeros(stack.shape, bool)
    voxels[0, 14:16, 5:55] = True
    voxels[0, 10:20, 40:44] = True
    found = dimensions(Mask.of(voxels, stack))
    assert found.long_axis.length_mm == pytest.approx(np.hypot(50, 2))
    assert found.short_axis.length_mm == pytest.approx(10, abs=0.3)


def test_an_empty_mask_has_no_dimensions():
    with pytest.raises(ValueError, match="empty"):
        dimensions(Mask.of(np.zeros(STACK.shape, bool), STACK))


#: Slices that lean and are uneven, pixels twice as high as wide, far from the origin.
TURN = np.radians(20)
AXES = (np.array([np.cos(TURN), np.sin(TURN), 0.0]), np.array([-np.sin(TURN), np.cos(TURN), 0.0]))
LEANING = SliceStack(
    np.array([[100 + 0.2 * z, -300 - 0.3 * z, 500 + z] for z in (0.0, 2, 4, 7, 9, 11)]),
    *AXES,
    (1.6, 0.8),
    30,
    40,
)


def block() -> Mask:
    """Slices 1 to 4, rows 5 to 14 (16 mm), columns 7 to 36 (24 mm)."""
    voxels = np.zeros(LEANING.shape, bool)
    voxels[1:5, 5:15, 7:37] = True
    return Mask.of(voxels, LEANING)


@pytest.mark.parametrize(
    ("convention", "half"), [(Convention.OUTER_EDGES, 0.5), (Convention.CENTRES, 0.0)]
)
def test_calipers_lie_where_the_mass_does(convention, half):
    found = dimensions(block(), convention)
    rows, columns = (5 - half, 14 + half), (7 - half, 36 + half)
    corners = [(i, j) for i in rows for j in columns]

    def pixel(caliper):
        index = LEANING.to_index([caliper.start, caliper.end])
        return index[:, 0], [tuple(np.round(p, 6)) for p in index[:, 1:]]

    slices, ends = pixel(found.long_axis)
    assert found.long_axis.length_mm == pytest.approx(
        np.hypot(1.6 * (rows[1] - rows[0]), 0.8 * (columns[1] - columns[0]))
    )
    np.testing.assert_allclose(slices, found.long_axis.slice_index, atol=1e-6)
    opposite = {(i, rows.index(i) ^ 1) for i in rows}
    assert opposite
    assert set(ends) <= set(corners)
    assert ends[0][0] != ends[1][0]
    assert ends[0][1] != ends[1][1]
    # The short axis crosses the block at right angles: its ends lie on the sides.
    slices, ends = pixel(found.short_axis)
    np.testing.assert_allclose(slices, found.long_axis.slice_index, atol=1e-6)
    for i, j in ends:
        on_row = min(abs(i - r) for r in rows) < 1e-6
        on_column = min(abs(j - c) for c in columns) < 1e-6
        assert on_row or on_column
        assert rows[0] - 1e-6 <= i <= rows[1] + 1e-6
        assert columns[0] - 1e-6 <= j <= columns[1] + 1e-6
    # Along the patient: faces halfway to the neighbours, through the middle of the mass.
    low, high = np.array(found.craniocaudal.start), np.array(found.craniocaudal.end)
    faces = (500 + 1.0, 500 + 10.0) if half else (502.0, 509.0)
    assert (low[2], high[2]) == pytest.approx(faces)
    np.testing.assert_allclose(low[:2], block().centroid[:2], atol=1e-6)
    np.testing.assert_allclose(high[:2], low[:2])
    longest = found.maximum_3d
    assert {round(longest.start[2], 6), round(longest.end[2], 6)} == {round(f, 6) for f in faces}
    assert not found.resampled


def test_slices_from_feet_and_to_feet_measure_alike():
    """The same block on a stack whose normal points down."""
    turned = SliceStack(LEANING.origins[::-1], AXES[0], -AXES[1], (1.6, 0.8), 30, 40)
    voxels = np.zeros(turned.shape, bool)
    voxels[1:5, 5:15, 7:37] = True
    found = dimensions(Mask.of(voxels, turned))
    assert found.craniocaudal.length_mm == pytest.approx(9.0)
    assert found.craniocaudal.start[2] < found.craniocaudal.end[2]
    assert found.sizes_mm[:2] == pytest.approx(dimensions(block()).sizes_mm[:2])


def test_one_voxel_is_as_large_as_it_is():
    voxels = np.zeros(LEANING.shape, bool)
    voxels[2, 9, 9] = True
    one = dimensions(Mask.of(voxels, LEANING))
    assert one.sizes_mm[0] == pytest.approx(np.hypot(1.6, 0.8))
    assert one.craniocaudal.length_mm == pytest.approx(2.5)  # half of 2 and half of 3 mm
    centre = dimensions(Mask.of(voxels, LEANING), Convention.CENTRES)
    assert centre.sizes_mm == (0.0, 0.0, 0.0)
    np.testing.assert_allclose(centre.short_axis.start, LEANING.to_lps([2.0, 9, 9]))


def test_the_first_of_equal_slices_counts():
    voxels = np.zeros(STACK.shape, bool)
    voxels[1:4, 1:3, 1:3] = True
    assert dimensions(Mask.of(voxels, STACK)).long_axis.slice_index == 1


def test_a_mask_of_nothing_has_no_dimensions():
    with pytest.raises(ValueError, match="empty"):
        dimensions(Mask.of(np.zeros(STACK.shape, bool), STACK))


@pytest.mark.parametrize(("slices", "columns"), [(12, 3), (3, 12)])
def test_more_slices_than_columns_are_measured_like_fewer(slices, columns):
    """A bar one column wide, between the centres of its outermost voxels and to their rims."""
    stack = axial_stack(slices=slices, rows=6, columns=columns, spacing=(2.0, 0.5), step=3.0)
    voxels = np.zeros(stack.shape, bool)
    voxels[:, 1:5, 1] = True
    for convention, rim in ((Convention.CENTRES, 0), (Convention.OUTER_EDGES, 1)):
        found = dimensions(Mask.of(voxels, stack), convention)
        assert found.craniocaudal.length_mm == pytest.approx(3.0 * (slices - 1 + rim))
        assert found.long_axis.length_mm == pytest.approx(np.hypot(2.0 * (3 + rim), 0.5 * rim))
