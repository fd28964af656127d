import threading

import numpy as np
import pytest
import SimpleITK as sitk
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.imaging.fields import ORIENTATIONS, UNEVEN, field_volume, inside, linear
from tests.imaging.volumes import axial_stack, volume_of
from tumorboard.errors import CancelledError
from tumorboard.imaging.geometry import Plane, SliceStack
from tumorboard.imaging.oblique import coarser, cut_oblique, plane_through, turned
from tumorboard.imaging.slicing import PlaneGrid, background, cut, plane_axes

RIGHT, DOWN = np.array([2.0, 1.0, -2.0]) / 3, np.array([-2.0, 2.0, -1.0]) / 3
VALUES = np.random.default_rng(5).integers(-1000, 1500, (20, 30, 40)).astype(np.int16)


def pixels(grid):
    return grid.to_lps(np.stack(np.mgrid[0 : grid.shape[0], 0 : grid.shape[1]], axis=-1))


def tilted_grid(stack, size=60, spacing=0.6):
    half = (size - 1) / 2 * spacing
    # Off the centre by no round number, so that no sample falls on the rim of the volume,
    # where inside and outside are a matter of rounding.
    origin = stack.centre - (half + 0.0137) * RIGHT - (half - 0.0071) * DOWN
    return PlaneGrid(origin, RIGHT, DOWN, (spacing, spacing), (size, size))


def resampled(volume, grid):
    """The same plane by SimpleITK, which knows even, unsheared volumes only."""
    stack = volume.stack
    image = sitk.GetImageFromArray(volume.voxels)
    image.SetOrigin(stack.origins[0].tolist())
    image.SetSpacing([stack.pixel_spacing[1], stack.pixel_spacing[0], stack.slice_spacing])
    axes = np.stack([stack.row_direction, stack.column_direction, stack.normal], axis=1)
    image.SetDirection(axes.ravel().tolist())
    turn = np.stack([grid.right, grid.down, grid.normal], axis=1).ravel().tolist()
    done = sitk.Resample(
        image,
        [grid.shape[1], grid.shape[0], 1],
        sitk.Transform(),
        sitk.sitkLinear,
        grid.origin.tolist(),
        [grid.spacing[1], grid.spacing[0], 1.0],
        turn,
        float(background(volume)),
        sitk.sitkFloat64,
    )
    return sitk.GetArrayFromImage(done)[0]


@pytest.mark.parametrize("name", ORIENTATIONS)
@pytest.mark.parametrize("kind", [np.int16, np.float32])
def test_an_even_volume_gives_what_simpleitk_gives(name, kind):
    u, v = (np.array(a, dtype=float) for a in ORIENTATIONS[name])
    origins = np.array([3.0, -5.0, 8.0]) + np.outer(np.arange(20) * 1.5, np.cross(u, v))
    volume = volume_of(SliceStack(origins, u, v, (0.8, 0.7), 30, 40), VALUES.astype(kind))
    grid = tilted_grid(volume.stack)
    ours, theirs = cut_oblique(volume, grid), resampled(volume, grid)
    assert ours.image.dtype == kind
    assert ours.complete
    assert (theirs != background(volume)).mean() > 0.3
    np.testing.assert_allclose(ours.image, theirs, atol=0.51 if kind is np.int16 else 0.05)


@pytest.mark.parametrize("name", ORIENTATIONS)
@pytest.mark.parametrize(
    ("positions", "tilt"), [(None, 0.0), (None, 0.2), (UNEVEN, 0.0), (UNEVEN, -0.3)]
)
def test_every_pixel_stands_where_its_value_says(name, positions, tilt):
    volume = field_volume(name, positions, tilt)
    grid = tilted_grid(volume.stack)
    points = pixels(grid)
    between = inside(volume.stack, points)
    image = cut_oblique(volume, grid).image
    assert between.mean() > 0.05
    np.testing.assert_allclose(image[between], linear(points)[between], atol=0.02)
    outside = ~inside(volume.stack, points, by=-0.501)
    assert (image[outside] == np.float32(background(volume))).all()


@given(
    turn=st.floats(-180, 180),
    lean=st.floats(-180, 180),
    step=st.floats(0.2, 3.0),
    gaps=st.lists(st.floats(0.3, 9.0), min_size=3, max_size=8),
    tilt=st.floats(-0.5, 0.5),
)
@settings(max_examples=60, deadline=None)
def test_any_plane_through_any_slices_is_true(turn, lean, step, gaps, tilt):
    volume = field_volume("oblique", np.cumsum([0.0, *gaps] + [1.0] * (11 - len(gaps))), tilt)
    right = turned(turned([1.0, 0, 0], [0, 0, 1.0], turn), [0.6, 0.8, 0], lean)
    down = turned(turned([0, 1.0, 0], [0, 0, 1.0], turn), [0.6, 0.8, 0], lean)
    grid = plane_through(volume.stack, volume.stack.centre, right, down, spacing=step)
    points = pixels(grid)
    image = cut_oblique(volume, grid).image
    between = inside(volume.stack, points, by=1e-4)
    assert between.any()
    np.testing.assert_allclose(image[between], linear(points)[between], atol=0.05)


@pytest.mark.parametrize("plane", list(Plane))
def test_a_plane_along_the_voxels_is_the_orthogonal_cut(plane):
    volume = volume_of(axial_stack(), VALUES)
    section = cut(volume, plane, volume.stack.to_lps([7, 11, 13]))
    np.testing.assert_array_equal(cut_oblique(volume, section.grid).image, section.image)


def test_one_slice_reaches_half_a_millimetre_to_either_side():
    volume = volume_of(axial_stack(slices=1), VALUES[:1])
    origin = volume.stack.to_lps([0, 10, 0]) - [0, 0, 1.0]
    grid = PlaneGrid(origin, np.array([1.0, 0, 0]), np.array([0, 0, 1.0]), (0.2, 0.7), (11, 40))
    image = cut_oblique(volume, grid).image
    np.testing.assert_array_equal(image[3:8], np.broadcast_to(VALUES[0, 10], (5, 40)))
    assert (image[:2] == -1024).all()
    assert (image[9:] == -1024).all()


def test_padding_is_never_mixed_with_tissue():
    values = np.full((20, 30, 40), 50, np.int16)
    values[:, :, :9] = -2000
    volume = volume_of(axial_stack(), values, padding=-2000.0, padding_limit=-1990.0)
    image = cut_oblique(volume, tilted_grid(volume.stack)).image
    assert set(np.unique(image)) == {-2000, 50}
    assert (image == 50).sum() > 500


@pytest.mark.parametrize("kind", [np.uint16, np.int32])
def test_the_whole_range_of_a_type_survives(kind):
    info = np.iinfo(kind)
    low, high = max(info.min, -(2**23)), min(info.max, 2**23)
    values = np.where(VALUES > 0, high, low).astype(kind)
    volume = volume_of(axial_stack(), values, unit="")
    image = cut_oblique(volume, tilted_grid(volume.stack)).image
    theirs = resampled(volume, tilted_grid(volume.stack))
    assert image.dtype == (kind if info.bits <= 16 else np.float32)
    np.testing.assert_allclose(image, theirs, atol=(high - low) * 1e-4 + 0.51)


def test_a_coarse_cut_covers_the_same_rectangle():
    volume = field_volume("oblique")
    grid = tilted_grid(volume.stack)
    section = cut_oblique(volume, grid, every=4)
    assert section.grid.shape == (15, 15)
    for corner in ([-0.5, -0.5], [59.5, 59.5]):
        own = np.array(corner) / 4 + np.array([-0.375, -0.375])
        np.testing.assert_allclose(grid.to_lps(corner), section.grid.to_lps(own), atol=1e-9)
    points = pixels(section.grid)
    between = inside(volume.stack, points)
    assert between.any()
    np.testing.assert_allclose(section.image[between], linear(points)[between], atol=0.02)
    assert coarser(grid, 1) is grid


@pytest.mark.parametrize("every", [2, 3, 7])
def test_coarse_pixels_are_as_many_times_as_large_each_way(every):
    fine = PlaneGrid(np.array([3.0, -4, 5]), *np.eye(3)[:2], (0.5, 2.0), (13, 40))
    found = coarser(fine, every)
    assert found.spacing == (0.5 * every, 2.0 * every)
    assert found.shape == (int(np.ceil(13 / every)), int(np.ceil(40 / every)))
    # The outer corner of the first pixel stays.
    np.testing.assert_allclose(found.to_lps([-0.5, -0.5]), [3.0 - 1.0, -4 - 0.25, 5], atol=1e-9)
    assert (found.right is fine.right) is (found.down is fine.down) is True


def test_a_plane_covers_all_the_volume_and_meets_its_point():
    stack = field_volume("oblique", UNEVEN, 0.4).stack
    point = stack.to_lps([3, 4, 5])
    grid = plane_through(stack, point, RIGHT, DOWN)
    np.testing.assert_allclose(grid.distance(point), 0, atol=1e-9)
    place = grid.to_pixels(point)
    np.testing.assert_allclose(place, np.rint(place), atol=1e-9)
    n, rows, columns = stack.shape
    ends = [[k, i, j] for k in (0, n - 1) for i in (0, rows - 1) for j in (0, columns - 1)]
    corners = grid.to_pixels(stack.to_lps(ends))
    assert (corners > -1).all()
    assert (corners < np.array(grid.shape)).all()


def test_a_very_fine_plane_is_made_coarser():
    stack = axial_stack(slices=100, step=10.0)
    grid = plane_through(stack, stack.centre, [1, 0, 0], [0, 0, -1], spacing=0.05)
    assert max(grid.shape) <= 2048
    assert grid.spacing[0] * grid.shape[0] >= 990


def test_a_cut_is_complete_when_the_slices_it_meets_are_there():
    volume = volume_of(axial_stack(), VALUES)
    right, down = plane_axes(volume.stack, Plane.AXIAL)
    grid = plane_through(volume.stack, volume.stack.to_lps([4.5, 10, 10]), right, down)
    volume.loaded[:] = False
    volume.loaded[4] = True
    assert not cut_oblique(volume, grid).complete
    volume.loaded[5] = True
    assert cut_oblique(volume, grid).complete


def test_a_cut_stops_when_asked():
    volume = volume_of(axial_stack(), VALUES)
    asked = []
    with pytest.raises(CancelledError):
        cut_oblique(volume, tilted_grid(volume.stack), stop=lambda: bool(asked.append(1) or True))
    assert asked == [1]


def test_many_cuts_at_once_give_what_one_gives():
    volume = volume_of(axial_stack(), VALUES)
    grid = tilted_grid(volume.stack, size=200, spacing=0.2)
    expected = cut_oblique(volume, grid).image
    found = []
    threads = [
        threading.Thread(target=lambda: found.append(cut_oblique(volume, grid).image))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert all((image == expected).all() for image in found)


@given(st.floats(-720, 720))
def test_turning_keeps_length_and_axis(degrees):
    axis = np.array([1.0, 2.0, 2.0]) / 3
    both = turned([[1.0, 0, 0], axis], axis, degrees)
    np.testing.assert_allclose(np.linalg.norm(both, axis=1), 1)
    np.testing.assert_allclose(both[1], axis, atol=1e-12)
    np.testing.assert_allclose(turned(both, axis, -degrees), [[1.0, 0, 0], axis], atol=1e-9)


def test_a_quarter_turn_follows_the_right_hand():
    np.testing.assert_allclose(turned([1.0, 0, 0], [0, 0, 1.0], 90), [0, 1, 0], atol=1e-12)


@pytest.mark.parametrize("missing", [0, 3, 6, 9, 19])
def test_only_the_slices_that_a_leaning_cut_meets_have_to_be_there(missing):
    """A plane from slice 3 to slice 9, and a slab that reaches one farther."""
    volume = volume_of(axial_stack(), VALUES)
    volume.loaded[missing] = False
    low, high = volume.stack.to_lps([3.0, 5, 20]), volume.stack.to_lps([9.0, 25, 20])
    down = (high - low) / np.linalg.norm(high - low)
    length = float(np.linalg.norm(high - low))
    grid = PlaneGrid(low, np.array([1.0, 0, 0]), down, (length / 20, 0.7), (21, 10))
    assert cut_oblique(volume, grid).complete is (not 3 <= missing <= 9)


@pytest.mark.parametrize("bend", [0.0, 0.019, 0.1])
def test_slices_that_do_not_lie_on_one_line_are_read_where_they_lie(bend):
    """Even slices whose shifts wander by a part of a pixel: straight or not, values are true."""
    z = np.arange(12) * 2.0
    drift = np.stack([0.3 * z, -0.2 * z, z], axis=1)
    drift[5] += [bend * 0.7, 0, 0]
    stack = SliceStack(drift, np.array([1.0, 0, 0]), np.array([0, 1.0, 0]), (0.8, 0.7), 30, 40)
    places = stack.to_lps(np.moveaxis(np.indices(stack.shape), 0, -1))
    volume = volume_of(stack, linear(places).astype(np.float32), unit="")
    middle = stack.to_lps([5.0, 15, 20])
    grid = plane_through(stack, middle, (1, 0, 0), (0, 1, 0), spacing=0.7)
    image = cut_oblique(volume, grid).image
    near = np.linalg.norm(pixels(grid) - middle, axis=-1) < 6
    np.testing.assert_allclose(image[near], linear(pixels(grid))[near], atol=0.05)


def test_a_plane_covers_leaning_slices_to_their_outer_corners():
    """Half a voxel beyond the outermost centres on every side, whatever the spacing."""
    stack = axial_stack(
        slices=5, rows=10, columns=20, spacing=(2.0, 1.0), step=3.0, origin=(0, 0, 0)
    )
    grid = plane_through(stack, (4.0, 6.0, 6.0), (1, 0, 0), (0, 1, 0), spacing=0.5)
    assert grid.spacing == (0.5, 0.5)
    first = grid.origin
    last = grid.to_lps([grid.shape[0] - 1, grid.shape[1] - 1])
    np.testing.assert_allclose(first, (-0.5, -1.0, 6), atol=0.26)
    np.testing.assert_allclose(last, (19.5, 19.0, 6), atol=0.26)
    upright = plane_through(stack, (4.0, 6.0, 6.0), (1, 0, 0), (0, 0, -1), spacing=0.5)
    assert upright.origin[2] == pytest.approx(13.5, abs=0.26)
    assert upright.to_lps([upright.shape[0] - 1, 0])[2] == pytest.approx(-1.5, abs=0.26)
    assert plane_through(stack, (4.0, 6.0, 6.0), (2, 0, 0), (0, 5, 0)).spacing == (1.0, 1.0)


@given(
    turn=st.tuples(st.floats(-180, 180), st.floats(-180, 180), st.floats(-180, 180)),
    shape=st.tuples(st.integers(1, 5), st.integers(1, 5)),
    missing=st.integers(0, 19),
)
def test_a_cut_needs_the_slices_between_its_outermost_pixels_and_no_others(turn, shape, missing):
    """Few pixels of 6 mm on slices 2.5 mm apart: each corner decides of several slices."""
    volume = volume_of(axial_stack(), VALUES)
    volume.loaded[missing] = False
    axes = np.eye(3)
    for axis, degrees in zip(np.eye(3), turn, strict=True):
        axes = turned(axes, axis, degrees)
    middle = volume.stack.to_lps([9.6, 15.0, 20.0])
    grid = PlaneGrid(middle, axes[0], axes[1], (6.0, 6.0), shape)
    k = volume.stack.slice_at(grid.to_lps(np.moveaxis(np.indices(shape), 0, -1)) @ [0, 0, 1.0])
    low, high = (min(max(v, 0.0), 19.0) for v in (k.min(), k.max()))
    met = np.floor(low) <= missing <= np.ceil(high)
    assert cut_oblique(volume, grid).complete is not bool(met)
