import numpy as np
import pytest
import SimpleITK as sitk

from tests.imaging.fields import UNEVEN, field_volume, inside, linear, voxel_points
from tests.imaging.volumes import axial_stack, volume_of
from tumorboard.imaging.geometry import Plane, SliceStack
from tumorboard.imaging.slicing import (
    background,
    cut,
    native_plane,
    oriented_slice,
    plane_axes,
    scroll_step,
    section_count,
    section_number,
    within,
)

ORIENTATIONS = {
    "axial to the head": ([1, 0, 0], [0, 1, 0]),
    "axial to the feet": ([1, 0, 0], [0, -1, 0]),
    "axial, feet first": ([-1, 0, 0], [0, 1, 0]),
    "coronal": ([1, 0, 0], [0, 0, -1]),
    "coronal, mirrored": ([-1, 0, 0], [0, 0, -1]),
    "sagittal": ([0, 1, 0], [0, 0, -1]),
    "sagittal, turned": ([0, 0, -1], [0, 1, 0]),
    "axial, a quarter turn": ([0, 1, 0], [1, 0, 0]),
}


def smooth(points: np.ndarray) -> np.ndarray:
    """A linear field in space: its value names the place."""
    return points @ np.array([3.0, 7.0, 11.0])


def volume_in(name: str, positions: np.ndarray | None = None, tilt: float = 0.0):
    u, v = (np.array(a, dtype=float) for a in ORIENTATIONS[name])
    n = np.cross(u, v)
    z = np.arange(12) * 2.5 if positions is None else positions
    origins = np.array([-10.0, -12.0, 5.0]) + np.outer(z, n + tilt * (v - 0.6 * u))
    stack = SliceStack(origins, u, v, (0.8, 0.7), 20, 24)
    index = np.stack(np.meshgrid(*(np.arange(s) for s in stack.shape), indexing="ij"), axis=-1)
    return volume_of(stack, smooth(stack.to_lps(index)).astype(np.float32))


@pytest.mark.parametrize("name", ORIENTATIONS)
@pytest.mark.parametrize("plane", list(Plane))
def test_every_pixel_of_a_cut_stands_where_its_value_says(name, plane):
    volume = volume_in(name)
    section = cut(volume, plane, volume.stack.centre)
    rows, columns = np.mgrid[0 : section.grid.shape[0], 0 : section.grid.shape[1]]
    points = section.grid.to_lps(np.stack([rows, columns], axis=-1))
    np.testing.assert_allclose(section.image, smooth(points), atol=0.01)


@pytest.mark.parametrize("name", ["axial to the head", "axial to the feet", "coronal", "sagittal"])
@pytest.mark.parametrize("plane", list(Plane))
def test_uneven_and_tilted_slices_come_out_true(name, plane):
    positions = np.array([0, 2.5, 5, 10, 12.5, 15, 17.5, 25, 27.5, 30, 32.5, 35])
    volume = volume_in(name, positions, tilt=0.1)
    section = cut(volume, plane, volume.stack.centre)
    rows, columns = np.mgrid[0 : section.grid.shape[0], 0 : section.grid.shape[1]]
    points = section.grid.to_lps(np.stack([rows, columns], axis=-1))
    index = volume.stack.to_index(points)
    inside = ((index >= 0.5) & (index <= np.array(volume.stack.shape) - 1.5)).all(axis=-1)
    assert inside.mean() > 0.5
    np.testing.assert_allclose(section.image[inside], smooth(points)[inside], atol=0.02)


@pytest.mark.parametrize("name", ORIENTATIONS)
def test_radiological_convention_in_every_orientation(name):
    stack = volume_in(name).stack
    for plane, right, down in (
        (Plane.AXIAL, [1, 0, 0], [0, 1, 0]),
        (Plane.CORONAL, [1, 0, 0], [0, 0, -1]),
        (Plane.SAGITTAL, [0, 1, 0], [0, 0, -1]),
    ):
        got_right, got_down = plane_axes(stack, plane)
        np.testing.assert_allclose(got_right, right)
        np.testing.assert_allclose(got_down, down)


@pytest.mark.parametrize("name", ORIENTATIONS)
def test_the_native_cut_is_the_stored_slice_untouched(name):
    volume = volume_in(name)
    plane = native_plane(volume.stack)
    section = cut(volume, plane, volume.stack.to_lps([4, 3, 3]))
    assert section.slice_index == 4
    assert sorted(section.image.ravel()) == sorted(volume.voxels[4].ravel())
    assert np.shares_memory(section.image, volume.voxels)


def test_reformats_agree_with_simpleitk():
    stack = axial_stack(slices=15)
    rng = np.random.default_rng(5)
    voxels = rng.integers(-500, 500, stack.shape, dtype=np.int16)
    volume = volume_of(stack, voxels)
    image = sitk.GetImageFromArray(voxels)
    image.SetSpacing([0.7, 0.8, 2.5])
    image.SetOrigin(stack.origins[0].tolist())
    for plane in Plane:
        section = cut(volume, plane, stack.to_lps([7, 11, 13]))
        rows, columns = np.mgrid[0 : section.grid.shape[0], 0 : section.grid.shape[1]]
        points = section.grid.to_lps(np.stack([rows, columns], axis=-1)).reshape(-1, 3)
        theirs = [image.EvaluateAtPhysicalPoint(p.tolist(), sitk.sitkLinear) for p in points]
        np.testing.assert_allclose(section.image.ravel(), theirs, atol=1e-3)


def test_scrolling_walks_through_every_cut_once():
    stack = axial_stack()
    for plane in Plane:
        step = scroll_step(stack, plane)
        count = section_count(stack, plane)
        corner = stack.to_lps([0, 0, 0])
        far = stack.to_lps([19, 29, 39])
        ends = [corner, far] if step @ (far - corner) > 0 else [far, corner]
        numbers = [section_number(stack, plane, ends[0] + step * k) for k in range(count)]
        assert numbers == list(range(1, count + 1))
    assert scroll_step(stack, Plane.AXIAL)[2] == pytest.approx(-2.5)


def test_a_single_slice_is_a_volume_too():
    volume = volume_of(axial_stack(slices=1))
    for plane in Plane:
        section = cut(volume, plane, volume.stack.centre)
        assert section.image.size > 0


def test_a_cut_is_incomplete_while_its_slices_are_loading():
    volume = volume_of(axial_stack())
    volume.loaded[3] = False
    assert not cut(volume, Plane.AXIAL, volume.stack.to_lps([3, 0, 0])).complete
    assert cut(volume, Plane.AXIAL, volume.stack.to_lps([4, 0, 0])).complete
    assert not cut(volume, Plane.CORONAL, volume.stack.centre).complete


@pytest.mark.parametrize(
    ("kind", "changes", "value"),
    [
        (np.int16, {"unit": "HU"}, -1024),
        (np.int16, {"unit": "HU", "rescale_slope": 2.0, "rescale_intercept": -24.0}, -500),
        (np.uint16, {"unit": "HU", "rescale_intercept": -1024.0}, 0),
        (np.uint16, {"unit": "HU"}, 0),  # no lower value there is
        (np.uint8, {"unit": "HU", "rescale_intercept": -3000.0}, 255),
        (np.int16, {"unit": ""}, 0),
        (np.float32, {"unit": ""}, 0),
        (np.float32, {"unit": "HU"}, -1024),
        (np.float32, {"unit": "SUVbw"}, 0),
        (np.int16, {"unit": "HU", "padding": -2000.0}, -2000),
        (np.int16, {"unit": "HU", "rescale_slope": 0.0}, -1024),
    ],
)
def test_where_there_is_no_voxel_lies_air_or_padding_or_nothing(kind, changes, value):
    stack = axial_stack(slices=2)
    assert background(volume_of(stack, np.zeros(stack.shape, kind), **changes)) == value


def test_numbers_of_cuts_stay_within_those_that_there_are():
    stack = axial_stack(slices=5, rows=6, columns=7, spacing=(1.0, 1.0), step=2.0, origin=(0, 0, 0))
    assert [section_count(stack, p) for p in (Plane.AXIAL, Plane.CORONAL, Plane.SAGITTAL)] == [
        5,
        6,
        7,
    ]
    for plane, axis, count in ((Plane.AXIAL, 2, 5), (Plane.CORONAL, 1, 6), (Plane.SAGITTAL, 0, 7)):
        far = np.eye(3)[axis] * 500
        ends = (section_number(stack, plane, -far), section_number(stack, plane, far))
        assert ends == ((count, 1) if plane is Plane.AXIAL else (1, count))
    assert section_number(stack, Plane.CORONAL, (0, 2.4, 0)) == 3
    assert section_number(stack, Plane.SAGITTAL, (3.6, 0, 0)) == 5
    assert section_number(stack, Plane.AXIAL, (0, 0, 2.9)) == 4


@pytest.mark.parametrize("name", ORIENTATIONS)
@pytest.mark.parametrize(
    ("plane", "axis", "sense"),
    [(Plane.AXIAL, 2, -1), (Plane.CORONAL, 1, 1), (Plane.SAGITTAL, 0, 1)],
)
def test_a_notch_goes_to_the_feet_to_posterior_and_to_the_left(name, plane, axis, sense):
    stack = volume_in(name).stack
    step = scroll_step(stack, plane)
    spacing = {
        abs(round(float(d @ np.eye(3)[axis]))): s
        for d, s in ((stack.normal, 2.5), (stack.column_direction, 0.8), (stack.row_direction, 0.7))
    }[1]
    np.testing.assert_allclose(step, sense * spacing * np.eye(3)[axis], atol=1e-9)


@pytest.mark.parametrize("away", [-500.0, 500.0])
def test_a_cut_beside_the_volume_is_the_nearest_one_that_there_is(away):
    volume = volume_in("axial to the head")
    for plane, axis in ((Plane.AXIAL, 2), (Plane.CORONAL, 1), (Plane.SAGITTAL, 0)):
        point = volume.stack.centre + away * np.eye(3)[axis]
        image = cut(volume, plane, point).image
        last = {2: 0, 1: 1, 0: 2}[axis]
        edge = np.take(volume.voxels, -1 if away > 0 else 0, axis=last)
        np.testing.assert_array_equal(image, edge if plane is Plane.AXIAL else edge[::-1])


@pytest.mark.parametrize("tilt", [(0.3, 0.0), (0.0, 0.3), (-0.25, 0.2)])
@pytest.mark.parametrize("plane", [Plane.CORONAL, Plane.SAGITTAL])
def test_beyond_the_slices_of_a_tilted_gantry_there_is_air(tilt, plane):
    """Near an edge the upright plane leaves some slices: nothing is painted there."""
    z = np.arange(15) * 2.0
    origins = np.stack([tilt[0] * z, tilt[1] * z, z], axis=1)
    stack = SliceStack(origins, np.array([1.0, 0, 0]), np.array([0, 1.0, 0]), (0.8, 0.7), 20, 24)
    places = stack.to_lps(np.moveaxis(np.indices(stack.shape), 0, -1))
    volume = volume_of(stack, smooth(places).astype(np.float32), unit="HU")
    for share in (0.05, 0.5, 0.95):
        index = [7.0, 19 * share, 23 * share]
        section = cut(volume, plane, stack.to_lps(index))
        pixels = np.moveaxis(np.indices(section.grid.shape), 0, -1)
        points = section.grid.to_lps(pixels)
        inside = stack.to_index(points)
        limits = np.array(stack.shape) - 1
        deep = ((inside >= 0.05) & (inside <= limits - 0.05)).all(axis=-1)
        np.testing.assert_allclose(section.image[deep], smooth(points)[deep], atol=0.05)
        across = inside[..., 1 if plane is Plane.CORONAL else 2]
        most = limits[1 if plane is Plane.CORONAL else 2]
        beyond = (across < -0.6) | (across > most + 0.6)
        np.testing.assert_allclose(section.image[beyond], background(volume), atol=1e-3)


@pytest.mark.parametrize("seed", range(24))
def test_a_slice_of_any_lie_is_turned_as_its_plane_is_shown(seed):
    """Directions that are of unit length to the last digit only, as those of real headers."""
    random = np.random.default_rng(seed)
    axes = np.linalg.qr(random.normal(size=(3, 3)))[0] * (1 - 1e-9)
    normal = np.cross(axes[0], axes[1])
    origins = random.normal(0, 50, 3) + np.outer(np.arange(4) * 3.0, normal)
    stack = SliceStack(origins, axes[0], axes[1], (0.7, 0.9), 6, 9)
    volume, plane = volume_of(stack), native_plane(stack)
    section = cut(volume, plane, stack.to_lps([2.0, 3, 4]))
    np.testing.assert_array_equal(section.image, oriented_slice(stack, plane, volume.voxels[2]))
    places = np.moveaxis(np.indices(section.image.shape), 0, -1)
    index = np.rint(stack.to_index(section.grid.to_lps(places))).astype(int)
    np.testing.assert_array_equal(section.image, volume.voxels[tuple(np.moveaxis(index, -1, 0))])
    right, down = plane_axes(stack, plane)
    np.testing.assert_allclose(section.grid.right, right, atol=1e-8)
    np.testing.assert_allclose(section.grid.down, down, atol=1e-8)


@pytest.mark.parametrize("plane", [Plane.CORONAL, Plane.SAGITTAL])
@pytest.mark.parametrize("lean", [(0.25, -0.1), (-0.05, 0.3), (0.2, 0.2)])
def test_slices_that_lean_both_ways_are_cut_true(plane, lean):
    z = np.arange(14) * 2.0
    origins = np.outer(z, [*lean, 1.0]) + [-20.0, 15, 40]
    stack = SliceStack(origins, np.array([1.0, 0, 0]), np.array([0, 1.0, 0]), (0.9, 0.6), 50, 60)
    places = stack.to_lps(np.moveaxis(np.indices(stack.shape), 0, -1))
    slope = np.array([30.0, -20.0, 11.0])
    volume = volume_of(stack, np.rint(places @ slope).astype(np.int16))
    section = cut(volume, plane, stack.centre)
    pixels = np.moveaxis(np.indices(section.image.shape), 0, -1)
    at = section.grid.to_lps(pixels)
    index = stack.to_index(at)
    held = ((index >= 0.5) & (index <= np.array(stack.shape) - 1.5)).all(axis=-1)
    assert held.mean() > 0.4
    # A cut goes through the middles of voxels: half of one aside at most.
    aside = 0.51 * max(30 * 0.6, 20 * 0.9)
    np.testing.assert_allclose(section.image[held], (at @ slope)[held], atol=aside + 1)
    along = 0 if plane is Plane.CORONAL else 1
    slopes = np.diff(section.image.astype(float), axis=1)[held[:, 1:] & held[:, :-1]]
    assert np.median(slopes) == pytest.approx(
        slope[along] * section.grid.spacing[1] * np.sign(section.grid.right[along]), abs=1.5
    )


@pytest.mark.parametrize("plane", [Plane.CORONAL, Plane.SAGITTAL])
@pytest.mark.parametrize("index", [(6, 5, 19.3), (2, 9.4, 11), (9.5, 3, 15.25), (0.2, 18, 22)])
@pytest.mark.parametrize("uneven", [False, True])
def test_a_plane_across_leaning_slices_goes_through_its_point_and_is_true_there(
    plane, index, uneven
):
    volume = field_volume("axial to the head", UNEVEN if uneven else None, tilt=0.3)
    point = volume.stack.to_lps(np.array(index, float))
    section = cut(volume, plane, point)
    assert section.grid.distance(point) == pytest.approx(0.0, abs=1e-6)
    row, column = section.grid.to_pixels(point)
    near = np.array([[np.floor(row), np.floor(column)], [np.ceil(row), np.ceil(column)]])
    places = section.grid.to_lps(near)
    values = section.image[tuple(near.astype(int).T)]
    np.testing.assert_allclose(values, linear(places), atol=0.02)


@pytest.mark.parametrize("name", sorted(ORIENTATIONS))
@pytest.mark.parametrize("tilt", [0.0, 0.35, -0.6])
def test_no_slice_of_a_tilted_gantry_leaves_the_picture(name, tilt):
    """Slices are shifted against each other: what lies beyond the first one is shown as well."""
    volume = volume_in(name, None, tilt)
    stack = volume.stack
    points = voxel_points(stack)
    centre = stack.to_lps([5, 10, 12])
    for plane in Plane:
        if plane is native_plane(stack):
            continue
        section = cut(volume, plane, centre)
        near = np.abs(section.grid.distance(points)) < 0.3
        pixels = section.grid.to_pixels(points[near])
        assert (pixels > -0.51).all()
        assert (pixels < np.array(section.grid.shape) - 0.49).all()
        every = np.stack(np.indices(section.grid.shape), axis=-1).reshape(-1, 2)
        here = section.grid.to_lps(every)
        inner = inside(stack, here, 0.02)
        assert inner.sum() > 0.5 * near.sum()
        assert np.allclose(section.image.reshape(-1)[inner], smooth(here)[inner], atol=0.05)


def leaning(lean=(0.4, -0.25), uneven=False) -> tuple[SliceStack, np.ndarray]:
    """A stack whose slices reach far beyond each other, and its values without any pattern."""
    z = np.cumsum([0, *([2.0, 3.0] * 7 if uneven else [2.5] * 14)])
    origins = np.outer(z, [*lean, 1.0]) + [-20.0, 15, 40]
    stack = SliceStack(origins, np.array([1.0, 0, 0]), np.array([0, 1.0, 0]), (0.9, 0.6), 24, 30)
    return stack, np.random.default_rng(3).normal(0, 300, stack.shape).astype(np.float32)


def numbers_from_edge_to_edge(stack, plane):
    """The numbers of all cuts, scrolled to as a wheel does, and the points that they go through."""
    step, point = scroll_step(stack, plane), within(stack, stack.centre)
    for _ in range(2 * section_count(stack, plane)):
        point = within(stack, point - step)
    numbers, points = [], []
    for _ in range(2 * section_count(stack, plane)):
        if points and np.allclose(point, points[-1]):
            break
        numbers.append(section_number(stack, plane, point))
        points.append(point)
        point = within(stack, point + step)
    return numbers, points


@pytest.mark.parametrize("plane", [Plane.CORONAL, Plane.SAGITTAL])
@pytest.mark.parametrize("lean", [(0.4, -0.25), (-0.3, 0.5), (0.0, 0.3), (0.0, 0.0)])
@pytest.mark.parametrize("uneven", [False, True])
def test_planes_across_leaning_slices_scroll_over_every_voxel(plane, lean, uneven):
    stack, _ = leaning(lean, uneven)
    axis = {Plane.CORONAL: 1, Plane.SAGITTAL: 0}[plane]
    spacing = {Plane.CORONAL: 0.9, Plane.SAGITTAL: 0.6}[plane]
    true = voxel_points(stack)[..., axis]
    numbers, points = numbers_from_edge_to_edge(stack, plane)
    places = np.array(points)[:, axis]
    assert places.min() <= true.min() + spacing
    assert places.max() >= true.max() - spacing
    assert np.abs(np.diff(places)).max() <= spacing + 1e-6
    assert numbers[0] == 1
    assert numbers[-1] == section_count(stack, plane)
    assert sorted(set(numbers)) == list(range(1, section_count(stack, plane) + 1))


@pytest.mark.parametrize("plane", [Plane.CORONAL, Plane.SAGITTAL])
def test_a_plane_has_one_number_whichever_slice_its_point_lies_on(plane):
    stack, _ = leaning()
    axis = {Plane.CORONAL: 1, Plane.SAGITTAL: 0}[plane]
    centre = stack.centre
    found = set()
    for z in stack.positions:
        point = np.array(centre)
        point[2] = z
        assert within(stack, point)[axis] == pytest.approx(centre[axis])
        found.add(section_number(stack, plane, within(stack, point)))
    assert len(found) == 1


@pytest.mark.parametrize("plane", [Plane.CORONAL, Plane.SAGITTAL])
def test_every_plane_across_leaning_slices_agrees_with_simpleitk(plane):
    """Resampled with an affine map, at the heights of slices: between them both interpolate."""
    stack, values = leaning()
    volume = volume_of(stack, values)
    # SimpleITK has the voxels in index space and is led there by the inverse of the affine.
    image = sitk.GetImageFromArray(values)
    lps_of = np.eye(4)
    lps_of[:3, :3] = stack.affine[:3, [2, 1, 0]]
    lps_of[:3, 3] = stack.affine[:3, 3]
    index_of = np.linalg.inv(lps_of)
    seen = 0
    for point in numbers_from_edge_to_edge(stack, plane)[1]:
        section = cut(volume, plane, point)
        assert section.grid.distance(point) == pytest.approx(0.0, abs=1e-6)
        pixels = np.moveaxis(np.indices(section.grid.shape), 0, -1).reshape(-1, 2)
        at = section.grid.to_lps(pixels) @ index_of[:3, :3].T + index_of[:3, 3]
        # At the height of a slice both are bilinear within that slice.
        held = np.abs(at[:, 2] - np.rint(at[:, 2])) < 1e-6
        held &= (at[:, :2] >= 0.01).all(axis=1) & (at[:, :2] <= [28.99, 22.99]).all(axis=1)
        shown = section.image.reshape(-1)[held]
        clipped = at[held].copy()
        clipped[:, 2] = np.rint(clipped[:, 2])
        theirs = [image.EvaluateAtContinuousIndex(p.tolist(), sitk.sitkLinear) for p in clipped]
        np.testing.assert_allclose(shown, theirs, atol=0.5)
        seen += int(held.sum())
    assert seen > 0.8 * values.size
