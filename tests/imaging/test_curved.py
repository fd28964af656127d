import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.imaging.fields import UNEVEN, field_volume, inside, linear, voxel_points
from tests.imaging.volumes import axial_stack, volume_of
from tumorboard.errors import CancelledError
from tumorboard.imaging.curved import CurvedMode, curved_grid, cut_curved
from tumorboard.imaging.oblique import cut_oblique, turned
from tumorboard.imaging.sampling import SlabMode
from tumorboard.imaging.slicing import PlaneGrid

RADIUS, RISE = 12.0, 14.0


def helix(turns=1.5, count=400):
    """A helix about the origin, its true length, and its points."""
    a = np.linspace(0, turns * 2 * np.pi, count)
    points = np.stack([RADIUS * np.cos(a), RADIUS * np.sin(a), RISE * a / 2 / np.pi], axis=1)
    return points, float(a[-1] * np.hypot(RADIUS, RISE / 2 / np.pi))


def arch(count=200, radius=15.0):
    """A quarter circle in the plane y = 0, rising from the origin to the patient's left."""
    a = np.linspace(0, np.pi / 2, count)
    return np.stack([radius * (1 - np.cos(a)), np.zeros(count), radius * np.sin(a)], axis=1)


def tube(radius_at, points):
    """A volume of 300 inside a tube about a curve and 0 outside, its rim soft over 1 mm."""
    stack = axial_stack(60, 90, 90, (0.6, 0.6), 0.6, (-26.7, -26.7, -7.0))
    voxels = voxel_points(stack).reshape(-1, 3)
    best = np.full(len(voxels), np.inf)
    radius = np.zeros(len(voxels))
    for n, point in enumerate(points):
        distance = np.linalg.norm(voxels - point, axis=1)
        nearer = distance < best
        best[nearer], radius[nearer] = distance[nearer], radius_at(n / (len(points) - 1))
    values = 300 * np.clip(radius - best + 0.5, 0, 1)
    return volume_of(stack, values.reshape(stack.shape).astype(np.int16))


@pytest.fixture(scope="module")
def vessel():
    points, _ = helix(count=125)
    return tube(lambda share: 2.0 + 1.5 * share, points)


@pytest.mark.parametrize("degrees", [0, 35, 90, 200])
def test_a_straightened_tube_runs_down_the_middle_with_its_true_width(vessel, degrees):
    points, length = helix()
    grid = curved_grid(points, 16.0, 0.25, degrees=degrees)
    image = cut_curved(vessel, grid).image.astype(float)
    assert grid.arc_mm[-1] == pytest.approx(length, rel=1e-4)
    width = (image > 150).sum(axis=1) * 0.25
    expected = 2 * (2.0 + 1.5 * grid.arc_mm / grid.arc_mm[-1])
    middle = slice(20, -20)
    np.testing.assert_allclose(width[middle], expected[middle], atol=0.5)
    columns = np.arange(image.shape[1])
    centroid = (image * columns).sum(axis=1) / image.sum(axis=1)
    np.testing.assert_allclose(centroid[middle], grid.centre[middle], atol=1.2)


def test_a_stretched_tube_follows_its_centre(vessel):
    points, length = helix()
    grid = curved_grid(points, 10.0, 0.25, CurvedMode.STRETCHED)
    image = cut_curved(vessel, grid).image
    rows = np.arange(20, grid.shape[0] - 20)
    assert (image[rows, np.rint(grid.centre[rows]).astype(int)] > 250).all()
    steps = np.hypot(np.diff(grid.centre) * 0.25, grid.spacing[0])
    assert steps.sum() == pytest.approx(length, rel=0.02)
    assert grid.arc_mm[-1] == pytest.approx(length, rel=1e-3)


@pytest.mark.parametrize("mode", list(CurvedMode))
@pytest.mark.parametrize("degrees", [0.0, 60.0])
@pytest.mark.parametrize(("positions", "tilt"), [(None, 0.0), (UNEVEN, 0.2)])
def test_every_pixel_stands_where_its_value_says(mode, degrees, positions, tilt):
    volume = field_volume("oblique", positions, tilt)
    line = volume.stack.to_lps([[1, 5, 5], [4, 9, 8], [7, 12, 13], [10, 14, 18]])
    grid = curved_grid(line, 8.0, 0.4, mode, degrees=degrees)
    section = cut_curved(volume, grid)
    points = grid.to_lps(np.stack(np.mgrid[0 : grid.shape[0], 0 : grid.shape[1]], axis=-1))
    between = inside(volume.stack, points)
    assert section.complete
    assert between.mean() > 0.2
    np.testing.assert_allclose(section.image[between], linear(points)[between], atol=0.02)


@pytest.mark.parametrize("mode", list(CurvedMode))
@given(row=st.floats(0, 1), column=st.floats(0.3, 0.7), degrees=st.floats(-180, 180))
@settings(max_examples=60, deadline=None)
def test_pixels_and_points_map_both_ways(mode, row, column, degrees):
    grid = curved_grid(arch(), 6.0, 0.5, mode, degrees=degrees)
    pixel = np.array([row, column]) * (np.array(grid.shape) - 1)
    point = grid.to_lps(pixel)
    np.testing.assert_allclose(grid.to_pixels(point), pixel, atol=0.02)
    assert abs(float(grid.distance(point))) < 0.01


def test_points_off_the_surface_say_how_far():
    grid = curved_grid([[0, 0, 0], [0, 0, 30.0]], 10.0, 0.5)
    points = np.array([[2.0, 3.0, 12.0], [-1.0, -4.0, 7.25]])
    np.testing.assert_allclose(grid.distance(points) * grid.normals[0, 1], [3, -4], atol=1e-9)
    middle = (grid.shape[1] - 1) / 2
    expected = [[24, middle + 4], [14.5, middle - 2]]
    np.testing.assert_allclose(grid.to_pixels(points), expected, atol=1e-9)


def test_what_lies_beyond_the_ends_belongs_to_the_ends():
    grid = curved_grid(arch(), 6.0, 0.5)
    pixels = grid.to_pixels(np.array([[0, 0, -9.0], [40.0, 0, 15.0]]))
    np.testing.assert_allclose(pixels[:, 0], [0, grid.shape[0] - 1], atol=1e-6)


@pytest.mark.parametrize("degrees", [0.0, 40.0])
def test_along_a_straight_line_both_are_the_plane_through_it(degrees):
    volume = field_volume("axial to the head")
    line = volume.stack.to_lps([[1, 9, 11], [10, 9, 11]])
    right = turned([1.0, 0, 0], [0, 0, 1.0], degrees)
    for mode in CurvedMode:
        grid = curved_grid(line, 8.0, 0.5, mode, degrees=degrees)
        down = np.array([0, 0, 1.0])
        plane = PlaneGrid(grid.starts[0], right, down, grid.spacing, grid.shape)
        np.testing.assert_allclose(
            cut_curved(volume, grid).image, cut_oblique(volume, plane).image, atol=0.01
        )


def test_frames_do_not_twist_on_a_plane_curve():
    grid = curved_grid(arch(), 6.0, 0.5, degrees=90)
    np.testing.assert_allclose(np.abs(grid.across[:, 1]), 1.0, atol=1e-9)


def test_frames_twist_on_a_helix_by_its_torsion_alone():
    points, length = helix(turns=1.0, count=2000)
    grid = curved_grid(points, 6.0, 0.05)
    a = grid.arc_mm / length * 2 * np.pi
    inward = -np.stack([np.cos(a), np.sin(a), np.zeros_like(a)], axis=1)
    binormal = np.cross(grid.forward, inward)
    angle = np.unwrap(
        np.arctan2((grid.across * binormal).sum(axis=1), (grid.across * inward).sum(axis=1))
    )
    pitch = RISE / 2 / np.pi
    torsion = pitch / (RADIUS**2 + pitch**2)
    assert abs(angle[-1] - angle[0]) == pytest.approx(torsion * length, rel=2e-3)


@given(
    st.lists(
        st.tuples(*[st.floats(-80, 80, allow_nan=False, width=32)] * 3), min_size=2, max_size=8
    ),
    st.sampled_from(list(CurvedMode)),
    st.floats(-180, 180),
)
@settings(max_examples=80, deadline=None)
def test_any_curve_has_a_layout(points, mode, degrees):
    chords = np.linalg.norm(np.diff(np.array(points), axis=0), axis=1)
    assume(chords.max() > 0.01)
    grid = curved_grid(points, 20.0, 1.0, mode, degrees=degrees)
    np.testing.assert_allclose(np.linalg.norm(grid.across, axis=1), 1, atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(grid.forward, axis=1), 1, atol=1e-6)
    assert np.abs((grid.across * grid.forward).sum(axis=1)).max() < 1e-6
    assert grid.arc_mm[0] == 0
    assert grid.arc_mm[-1] == pytest.approx(chords.sum(), abs=1e-3)
    assert (np.diff(grid.arc_mm) >= 0).all()
    assert np.isfinite(grid.to_lps([[0.5, 0.5]])).all()


def test_a_row_is_found_by_the_length_along_the_curve():
    grid = curved_grid([[0, 0, 0], [0, 0, 30.0]], 10.0, 0.5)
    np.testing.assert_allclose(grid.row_at([0.0, 12.25, 30.0]), [0, 24.5, 60])


def test_a_thick_curved_cut_shows_what_lies_beside_the_surface():
    stack = axial_stack(20, 40, 40, (0.5, 0.5), 1.0, (-10.0, -10.0, 0.0))
    values = np.zeros(stack.shape, np.int16)
    values[:, 26, 20] = 400  # 3 mm behind the curve
    volume = volume_of(stack, values)
    grid = curved_grid([[0, 0, 2.0], [0, 0, 17.0]], 8.0, 0.5)
    assert cut_curved(volume, grid).image.max() == 0
    thick = cut_curved(volume, grid, thickness_mm=8.0).image
    assert (thick[:, 8] >= 200).all()
    assert (thick[:, 10:] == 0).all()
    mean = cut_curved(volume, grid, thickness_mm=8.0, mode=SlabMode.MEAN).image
    np.testing.assert_allclose(mean[:, 8], 400 * 0.5 / 8.0, atol=1.0)


def test_it_stops_when_asked(vessel):
    with pytest.raises(CancelledError):
        cut_curved(vessel, curved_grid(arch(), 6.0, 0.5), stop=lambda: True)


@pytest.mark.parametrize(
    ("points", "width", "spacing"),
    [
        ([[1.0, 2, 3]], 5, 1),
        ([[1.0, 2, 3], [1.0, 2, 3]], 5, 1),
        ([[1.0, 2], [3, 4]], 5, 1),
        ([[1.0, 2, np.nan], [3, 4, 5]], 5, 1),
        ([[1.0, 2, 3], [3, 4, 5]], 0, 1),
        ([[1.0, 2, 3], [3, 4, 5]], 5, -1),
    ],
)
def test_what_is_no_curve_is_refused(points, width, spacing):
    with pytest.raises(ValueError, match=r"curve|positive"):
        curved_grid(points, width, spacing)
