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
    axial_diameter,
    dimensions,
    maximum_diameter,
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
        assert axial_diameter(mask, convention).length_mm == pytest.approx(flat)
        assert maximum_diameter(mask, convention).length_mm == pytest.approx(whole)


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
    ours = maximum_diameter(mask, Convention.CENTRES).length_mm
    assert ours == pytest.approx(filter_.GetFeretDiameter(1), abs=1e-3)
    k = axial_diameter(mask, Convention.CENTRES).slice_index
    filter_.Execute(image[:, :, k])
    ours = axial_diameter(mask, Convention.CENTRES).length_mm
    assert ours == pytest.approx(filter_.GetFeretDiameter(1), abs=1e-3)


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
    for longest, theirs in ((maximum_diameter, in_space), (axial_diameter, in_slice)):
        inner = longest(mask, Convention.CENTRES).length_mm
        outer = longest(mask, Convention.OUTER_EDGES).length_mm
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
