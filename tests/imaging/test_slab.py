import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.imaging.fields import UNEVEN, field_volume, inside, linear
from tests.imaging.test_oblique import DOWN, RIGHT, VALUES, pixels, tilted_grid
from tests.imaging.volumes import axial_stack, volume_of
from tumorboard.errors import CancelledError
from tumorboard.imaging.geometry import Plane, SliceStack
from tumorboard.imaging.oblique import cut_oblique
from tumorboard.imaging.sampling import SlabMode
from tumorboard.imaging.slab import cut_slab, equal_layers, slab_layers
from tumorboard.imaging.slicing import PlaneGrid, background, cut


@pytest.mark.parametrize("plane", list(Plane))
@pytest.mark.parametrize("mode", [SlabMode.MAXIMUM, SlabMode.MINIMUM])
def test_along_the_voxels_it_is_the_extreme_of_whole_voxels(plane, mode):
    volume = volume_of(axial_stack(), VALUES)
    stack = volume.stack
    axis, size = {Plane.AXIAL: (0, 2.5), Plane.CORONAL: (1, 0.8), Plane.SAGITTAL: (2, 0.7)}[plane]
    section = cut(volume, plane, stack.to_lps([9, 9, 9]))
    numpy_extreme = np.max if mode is SlabMode.MAXIMUM else np.min
    lines = numpy_extreme(np.take(VALUES, range(7, 12), axis=axis), axis=axis)
    expected = lines if plane is Plane.AXIAL else lines[::-1]
    found = cut_slab(volume, section.grid, 4 * size, mode).image
    np.testing.assert_array_equal(found, expected)


def test_the_mean_along_the_slices_is_that_of_the_interpolated_volume():
    volume = volume_of(axial_stack(), VALUES.astype(np.float32))
    grid = cut(volume, Plane.AXIAL, volume.stack.to_lps([9, 0, 0])).grid
    v = VALUES.astype(float)
    expected = (v[7] / 2 + v[8] + v[9] + v[10] + v[11] / 2) / 4
    found = cut_slab(volume, grid, 10.0, SlabMode.MEAN).image
    np.testing.assert_allclose(found, expected, atol=0.01)


def test_the_mean_across_a_gap_weighs_by_millimetres():
    positions = np.array([0.0, 1.0, 2.0, 12.0, 13.0])
    values = np.zeros((5, 30, 40), np.float32)
    values[3:] = 100
    volume = volume_of(axial_stack(slices=5, positions=positions), values)
    grid = cut(volume, Plane.AXIAL, volume.stack.origins[2]).grid
    grid = PlaneGrid(grid.origin + [0, 0, 5.0], grid.right, grid.down, grid.spacing, grid.shape)
    np.testing.assert_allclose(cut_slab(volume, grid, 10.0, SlabMode.MEAN).image, 50, atol=0.01)


@pytest.mark.parametrize(("positions", "tilt"), [(None, 0.0), (UNEVEN, 0.2)])
@pytest.mark.parametrize("thickness", [0.5, 3.0, 6.0])
def test_in_a_linear_field_each_mode_is_known(positions, tilt, thickness):
    volume = field_volume("oblique", positions, tilt)
    grid = tilted_grid(volume.stack)
    points = pixels(grid)
    rise = abs(linear(grid.normal)) * thickness / 2
    deep = inside(volume.stack, points + grid.normal * thickness / 2)
    deep &= inside(volume.stack, points - grid.normal * thickness / 2)
    middle = linear(points)[deep]
    assert deep.any()
    mean = cut_slab(volume, grid, thickness, SlabMode.MEAN).image[deep]
    np.testing.assert_allclose(mean, middle, atol=0.02)
    most = cut_slab(volume, grid, thickness, SlabMode.MAXIMUM).image[deep]
    # The outermost layer is read in its middle, at most half a voxel from the face.
    half_layer = abs(linear(grid.normal)) * 0.5
    assert (most <= middle + rise + 0.02).all()
    assert (most >= middle + rise - half_layer - 0.02).all()
    least = cut_slab(volume, grid, thickness, SlabMode.MINIMUM).image[deep]
    np.testing.assert_allclose(most - middle, middle - least, atol=0.02)


@given(thickness=st.floats(0.01, 40.0), along=st.booleans())
@settings(max_examples=40, deadline=None)
def test_least_mean_and_most_are_in_order_and_widen_with_thickness(thickness, along):
    volume = volume_of(axial_stack(), VALUES)
    grid = tilted_grid(volume.stack, size=24, spacing=1.5)
    if along:
        grid = cut(volume, Plane.CORONAL, volume.stack.centre).grid
    least, mean, most = (
        cut_slab(volume, grid, thickness, mode).image.astype(int)
        for mode in (SlabMode.MINIMUM, SlabMode.MEAN, SlabMode.MAXIMUM)
    )
    assert (least <= mean).all()
    assert (mean <= most).all()
    if along:
        thicker = cut_slab(volume, grid, thickness + 2, SlabMode.MAXIMUM).image
        assert (thicker >= most).all()


def test_no_thickness_is_the_plane_itself():
    volume = volume_of(axial_stack(), VALUES)
    grid = tilted_grid(volume.stack)
    for mode in SlabMode:
        image = cut_slab(volume, grid, 0.0, mode).image
        np.testing.assert_array_equal(image, cut_oblique(volume, grid).image)


@pytest.mark.parametrize("mode", list(SlabMode))
def test_what_lies_outside_or_is_padding_counts_for_nothing(mode):
    values = np.full((20, 30, 40), 80, np.int16)
    values[:, :10] = -2000
    volume = volume_of(axial_stack(), values, padding=-2000.0)
    # Half of the slab is above the head, and of the rest a part is padding.
    top = volume.stack.to_lps([19, 0, 0])
    grid = PlaneGrid(top, np.array([1.0, 0, 0]), np.array([0, 1.0, 0]), (0.8, 0.7), (30, 40))
    image = cut_slab(volume, grid, 30.0, mode).image
    assert (image[10:] == 80).all()
    assert (image[:10] == background(volume)).all()
    assert background(volume) == -2000


@pytest.mark.parametrize("thickness", [-1.0, np.inf, np.nan])
def test_a_senseless_thickness_is_refused(thickness):
    volume = volume_of(axial_stack(), VALUES)
    with pytest.raises(ValueError, match="thickness"):
        cut_slab(volume, tilted_grid(volume.stack), thickness, SlabMode.MEAN)
    with pytest.raises(ValueError, match="thickness"):
        slab_layers(volume.stack, tilted_grid(volume.stack), thickness, SlabMode.MEAN)


def test_a_thick_coarse_cut_can_be_stopped_and_finished():
    volume = volume_of(axial_stack(), VALUES)
    half = PlaneGrid(volume.stack.centre, RIGHT, DOWN, (0.5, 0.5), (40, 40))
    with pytest.raises(CancelledError):
        cut_slab(volume, half, 8.0, SlabMode.MAXIMUM, stop=lambda: True)
    section = cut_slab(volume, half, 8.0, SlabMode.MAXIMUM, every=2, stop=lambda: False)
    assert section.image.shape == (20, 20)
    assert section.complete


@pytest.mark.parametrize(
    ("thickness", "finest", "count"), [(4.0, 1.0, 4), (4.1, 1.0, 5), (0.3, 1.0, 1), (1e6, 1.0, 600)]
)
def test_equal_layers_fill_the_thickness_and_are_read_in_their_middle(thickness, finest, count):
    layers = equal_layers(thickness, finest, SlabMode.MEAN)
    each = thickness / count
    np.testing.assert_allclose(layers.offsets, -thickness / 2 + each * (np.arange(count) + 0.5))
    np.testing.assert_allclose(layers.weights, 1 / count)
    assert layers.mode is SlabMode.MEAN


@pytest.mark.parametrize(
    ("right", "down", "step"),
    [((1, 0, 0), (0, 1, 0), 2.5), ((1, 0, 0), (0, 0, -1), 0.8), ((0, 1, 0), (0, 0, -1), 0.7)],
)
@pytest.mark.parametrize("away", [0.0, 0.3])
def test_along_the_voxels_a_slab_is_read_at_their_centres_and_at_its_faces(right, down, step, away):
    stack = axial_stack()
    normal = np.cross(right, down)
    place = stack.to_lps([9.0, 15, 20]) + away * step * normal
    grid = PlaneGrid(place, np.array(right, float), np.array(down, float), (1.0, 1.0), (4, 4))
    layers = slab_layers(stack, grid, 3.0 * step, SlabMode.MAXIMUM)
    wanted = np.array([-1.5, -1 - away, -away, 1 - away, 1.5]) * step
    np.testing.assert_allclose(layers.offsets, wanted, atol=1e-9)
    gaps = np.diff(wanted)
    weights = (np.concatenate([[0], gaps]) + np.concatenate([gaps, [0]])) / 2
    np.testing.assert_allclose(layers.weights / layers.weights.sum(), weights / weights.sum())


def test_slices_that_lean_are_no_layers_across_and_a_thick_slab_is_read_coarsely():
    z = np.arange(20) * 2.5
    origins = np.stack([0.4 * z, 0 * z, z], axis=1)
    stack = SliceStack(origins, np.array([1.0, 0, 0]), np.array([0, 1.0, 0]), (0.8, 0.7), 30, 40)
    axial = PlaneGrid(origins[9], np.array([1.0, 0, 0]), np.array([0, 1.0, 0]), (1, 1), (4, 4))
    count = len(slab_layers(stack, axial, 10.0, SlabMode.MEAN).offsets)
    assert count == 4  # equal layers of a slice each
    middle = stack.to_lps([9.0, 15, 20])
    coronal = PlaneGrid(middle, np.array([1.0, 0, 0]), np.array([0, 0, -1.0]), (1, 1), (4, 4))
    rows = slab_layers(stack, coronal, 4.0, SlabMode.MEAN).offsets
    assert len(rows) == 7  # rows do not lean: five centres and two faces
    sagittal = PlaneGrid(middle, np.array([0, 1.0, 0]), np.array([0, 0, -1.0]), (1, 1), (4, 4))
    columns = slab_layers(stack, sagittal, 3.5, SlabMode.MEAN).offsets
    assert len(columns) == 5  # columns do: equal layers
    np.testing.assert_allclose(np.diff(columns), 0.7)
    fine = axial_stack(slices=700, step=0.1)
    grid = PlaneGrid(
        fine.origins[350], np.array([1.0, 0, 0]), np.array([0, 1.0, 0]), (1, 1), (4, 4)
    )
    assert len(slab_layers(fine, grid, 65.0, SlabMode.MEAN).offsets) == 600
    assert len(slab_layers(fine, grid, 50.0, SlabMode.MEAN).offsets) == 501
