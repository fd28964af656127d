import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.imaging.fields import UNEVEN, field_volume, inside, linear, voxel_points
from tests.imaging.volumes import axial_stack, volume_of
from tumorboard.errors import CancelledError
from tumorboard.imaging.curved import CurvedGrid, CurvedMode, curved_grid, cut_curved
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


WAVE = np.stack(
    [
        8 * np.sin(np.linspace(0, 5, 200)),
        3 * np.cos(np.linspace(0, 4, 200)),
        np.linspace(0, 60, 200),
    ],
    axis=1,
) + [50.0, -70, 300]


@pytest.mark.parametrize("mode", list(CurvedMode))
@pytest.mark.parametrize("degrees", [0.0, 35.0, -120.0])
@pytest.mark.parametrize(("width", "spacing"), [(20.0, 0.5), (7.0, 1.0), (30.0, 0.8)])
def test_the_curve_lies_where_the_picture_says_and_half_the_width_on_either_side(
    mode, degrees, width, spacing
):
    grid = curved_grid(WAVE, width, spacing, mode, degrees=degrees)
    rows = np.arange(grid.shape[0])
    places = grid.to_lps(np.stack([rows, grid.centre], axis=1))
    arc = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(WAVE, axis=0), axis=1))])
    wanted = np.stack([np.interp(grid.arc_mm, arc, WAVE[:, a]) for a in range(3)], axis=1)
    np.testing.assert_allclose(places, wanted, atol=0.02)
    assert (grid.arc_mm[0], grid.arc_mm[-1]) == pytest.approx((0, arc[-1]))
    left = grid.centre.min() * spacing
    right = (grid.shape[1] - 1 - grid.centre.max()) * spacing
    assert left == pytest.approx(right, abs=0.02)
    assert left == pytest.approx(width / 2, abs=spacing / 2 + 0.02)
    assert grid.shape[1] % 2 == 1
    assert grid.spacing[0] <= spacing
    assert grid.spacing[0] > spacing * 0.97
    steps = np.linalg.norm(np.diff(grid.starts, axis=0), axis=1)
    if mode is CurvedMode.STRETCHED:
        # Along the surface rows are as far apart as their spacing says.
        np.testing.assert_allclose(steps, grid.spacing[0], rtol=0.01)


@pytest.mark.parametrize("mode", list(CurvedMode))
def test_at_no_turn_rows_run_to_the_left_and_turn_by_the_right_hand(mode):
    up = [[0.0, 0, 0], [0, 0, 30]]
    for degrees, wanted in (
        (0, (1, 0, 0)),
        (90, (0, 1, 0)),
        (180, (-1, 0, 0)),
        (30, (0.866, 0.5, 0)),
    ):
        grid = curved_grid(up, 10.0, 1.0, mode, degrees=degrees)
        np.testing.assert_allclose(grid.across[7], wanted, atol=1e-3)
        np.testing.assert_allclose(grid.forward[7], (0, 0, 1), atol=1e-9)
        np.testing.assert_allclose(grid.normals[7], np.cross(wanted, (0, 0, 1)), atol=1e-3)
    across = curved_grid([[0.0, 0, 0], [30, 0, 0]], 10.0, 1.0, mode)
    np.testing.assert_allclose(np.abs(across.across[7]), (0, 1, 0), atol=1e-9)


def test_a_loop_is_stretched_along_its_longest_reach():
    """It comes back to its start: no line from end to end to turn about."""
    a = np.linspace(0, 2 * np.pi, 300)
    loop = np.stack([3 * np.sin(a), 0 * a, 20 * (1 - np.cos(a))], axis=1)
    loop[-1] = loop[0] + [0.5, 0, 0]
    grid = curved_grid(loop, 10.0, 0.5, CurvedMode.STRETCHED)
    np.testing.assert_allclose(np.abs(grid.across[0]), (1, 0, 0), atol=2e-3)


@pytest.mark.parametrize("mode", list(CurvedMode))
@pytest.mark.parametrize(
    ("missing", "complete"), [(0, True), (2, False), (5, False), (8, False), (11, True)]
)
def test_a_curved_cut_is_complete_when_the_slices_it_meets_are_there(mode, missing, complete):
    volume = volume_of(axial_stack(12, 40, 40, (1.0, 1.0), 3.0, (0, 0, 0)))
    line = volume.stack.to_lps([[2.0, 20, 20], [8.0, 21, 20]])
    volume.loaded[missing] = False
    assert cut_curved(volume, curved_grid(line, 6.0, 1.0, mode)).complete is complete


def test_a_slab_of_no_thickness_is_the_surface_and_others_are_layers_of_a_voxel():
    stack = axial_stack(12, 40, 40, (1.0, 0.8), 3.0, (0, 0, 0))
    volume = volume_of(stack, linear(voxel_points(stack)).astype(np.float32), unit="")
    line = stack.to_lps([[2.0, 20, 20], [8.0, 20, 20]])
    grid = curved_grid(line, 6.0, 1.0)
    thin = cut_curved(volume, grid).image
    mean = cut_curved(volume, grid, thickness_mm=4.0, mode=SlabMode.MEAN).image
    np.testing.assert_allclose(mean, thin, atol=0.01)
    # Normals run along y, 7 a millimetre: five layers of 0.8 mm, the outer ones 1.6 mm away.
    for mode, sense in ((SlabMode.MAXIMUM, 1), (SlabMode.MINIMUM, -1)):
        thick = cut_curved(volume, grid, thickness_mm=4.0, mode=mode).image
        np.testing.assert_allclose(thick - thin, sense * 7 * 1.6, atol=0.02)
    with pytest.raises(ValueError, match="thickness"):
        cut_curved(volume, grid, thickness_mm=-1.0)


def test_a_very_long_curve_is_drawn_with_larger_pixels():
    grid = curved_grid([[0.0, 0, 0], [0, 0, 5000]], 10.0, 0.5)
    assert grid.shape[0] == 4096
    assert grid.spacing[0] == pytest.approx(5000 / 4095)
    assert curved_grid([[0.0, 0, 0], [0, 0, 0.2]], 1.0, 0.5).shape == (2, 3)


def test_where_a_curve_turns_back_on_itself_it_goes_on():
    for mode in CurvedMode:
        grid = curved_grid([[0.0, 0, 0], [0, 0, 10], [0, 0, 4]], 4.0, 1.0, mode)
        assert np.isfinite(grid.to_lps([[3.5, 1.0]])).all()
        assert grid.arc_mm[-1] == pytest.approx(16.0)


@pytest.mark.parametrize(("missing", "complete"), [(2, True), (3, False), (7, False), (8, True)])
def test_rows_that_run_across_the_slices_need_those_at_both_their_ends(missing, complete):
    """A curve within slice 5; its rows reach 6 mm, two slices, to either side."""
    volume = volume_of(axial_stack(12, 40, 40, (1.0, 1.0), 3.0, (0, 0, 0)))
    line = volume.stack.to_lps([[5.0, 20, 10], [5.0, 20, 30]])
    grid = curved_grid(line, 12.0, 1.0, CurvedMode.STRETCHED, degrees=90)
    np.testing.assert_allclose(np.abs(grid.across[0]), (0, 0, 1), atol=1e-9)
    volume.loaded[missing] = False
    assert cut_curved(volume, grid).complete is complete


@pytest.mark.parametrize("mode", list(CurvedMode))
@pytest.mark.parametrize("height", [0.0, 2.4, -1.5, 9.0])
def test_a_curve_of_two_rows_maps_both_ways_and_goes_on_straight(mode, height):
    grid = curved_grid(np.array([[0.0, 0, 0], [0, 0, 1.0]]), 8.0, 1.0, mode)
    place = grid.to_lps([[height, 3.0]])
    assert place[0, 2] == pytest.approx(height)
    if 0 <= height <= grid.shape[0] - 1:
        np.testing.assert_allclose(grid.to_pixels(place), [[height, 3.0]], atol=1e-6)


@pytest.mark.parametrize("degrees", [30.0, 100.0, 125.0, 150.0, 170.0])
def test_at_a_sharp_corner_rows_stand_along_the_mean_of_both_ways(degrees):
    """However sharp the corner is, short of turning back."""
    turn = np.radians(degrees)
    corner = np.array([0.0, 0.0, 20.0])
    after = np.array([np.sin(turn), 0.0, np.cos(turn)])
    line = np.array([np.zeros(3), corner, corner + 20 * after])
    grid = curved_grid(line, 8.0, 0.5)
    row = int(np.abs(grid.arc_mm - 20).argmin())
    assert grid.arc_mm[row] == pytest.approx(20.0, abs=0.3)
    mean = np.array([0.0, 0.0, 1.0]) + after
    mean /= np.linalg.norm(mean)
    assert grid.forward[row] @ mean > np.cos(np.radians(3))


def test_a_stretched_picture_runs_down_from_the_first_to_the_last_point():
    """Of few points, whose last step leads far aside."""
    line = np.array([[0.0, 0, 0], [0, 0, 20.0], [25.0, 0, 30.0]])
    grid = curved_grid(line, 10.0, 0.5, CurvedMode.STRETCHED)
    wanted = line[-1] / np.linalg.norm(line[-1])
    across = grid.across / np.linalg.norm(grid.across, axis=1)[:, None]
    assert np.abs(across @ wanted).max() < 1e-6


@pytest.mark.parametrize("mode", list(CurvedMode))
def test_between_two_rows_lies_the_mean_of_both_and_beyond_the_ends_it_goes_on(mode):
    grid = curved_grid(arch(), 10.0, 1.5, mode)
    rows = np.arange(grid.shape[0], dtype=float)
    column = np.full(len(rows), 2.5)
    places = grid.to_lps(np.stack([rows, column], axis=1))
    between = grid.to_lps(np.stack([rows[:-1] + 0.25, column[:-1]], axis=1))
    np.testing.assert_allclose(between, 0.75 * places[:-1] + 0.25 * places[1:], atol=1e-6)
    last = grid.shape[0] - 1
    for row, near, next_ in ((-1.0, 0, 1), (last + 1.0, last, last - 1)):
        (beyond,) = grid.to_lps([[row, 2.5]])
        np.testing.assert_allclose(beyond, 2 * places[near] - places[next_], atol=1e-6)


def test_a_single_row_of_a_curve_maps_both_ways():
    whole = curved_grid(arch(), 10.0, 1.5)
    part = slice(4, 5)
    row = CurvedGrid(
        *(whole.starts[part], whole.across[part], whole.forward[part], whole.arc_mm[part]),
        *(whole.centre[part], whole.spacing, (1, whole.shape[1])),
    )
    for column in (0.0, 2.5, float(whole.shape[1] - 1)):
        place = row.to_lps([[0.0, column]])
        np.testing.assert_allclose(place, whole.to_lps([[4.0, column]]), atol=1e-9)
        np.testing.assert_allclose(row.to_pixels(place), [[0.0, column]], atol=1e-9)
        np.testing.assert_allclose(row.distance(place), 0.0, atol=1e-9)
    off = row.to_lps([[0.0, 2.0]]) + 1.25 * row.normals
    np.testing.assert_allclose(row.distance(off), 1.25, atol=1e-9)
