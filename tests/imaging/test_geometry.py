import numpy as np
import pytest
import SimpleITK as sitk
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tests.imaging.volumes import axial_stack, volume_of
from tumorboard.annotations.caveats import gaps as overlay_gaps
from tumorboard.imaging.geometry import (
    Plane,
    SliceStack,
    nearest_plane,
    side_letters,
    turned_degrees,
)
from tumorboard.imaging.mask_model import gap_caveats


def rotation(angles: tuple[float, float, float]) -> np.ndarray:
    a, b, c = angles
    rx = np.array([[1, 0, 0], [0, np.cos(a), -np.sin(a)], [0, np.sin(a), np.cos(a)]])
    ry = np.array([[np.cos(b), 0, np.sin(b)], [0, 1, 0], [-np.sin(b), 0, np.cos(b)]])
    rz = np.array([[np.cos(c), -np.sin(c), 0], [np.sin(c), np.cos(c), 0], [0, 0, 1]])
    return rx @ ry @ rz


def oblique_stack(angles, spacing, step, count=5):
    axes = rotation(angles)
    origins = np.array([10.0, -20.0, 30.0]) + np.outer(np.arange(count) * step, axes[:, 2])
    return SliceStack(origins, axes[:, 0], axes[:, 1], spacing, 7, 9)


@given(
    angles=st.tuples(*[st.floats(-3, 3)] * 3),
    spacing=st.tuples(st.floats(0.3, 3), st.floats(0.3, 3)),
    step=st.floats(0.3, 8),
    index=arrays(np.float64, (4, 3), elements=st.floats(-3, 12)),
)
@settings(max_examples=60, deadline=None)
def test_agrees_with_simpleitk_for_any_orientation_and_spacing(angles, spacing, step, index):
    stack = oblique_stack(angles, spacing, step)
    image = sitk.Image([9, 7, 5], sitk.sitkInt16)
    axes = np.stack([stack.row_direction, stack.column_direction, stack.normal], axis=1)
    image.SetDirection(axes.ravel().tolist())
    image.SetSpacing([spacing[1], spacing[0], step])
    image.SetOrigin(stack.origins[0].tolist())
    ours = stack.to_lps(index)
    theirs = [
        image.TransformContinuousIndexToPhysicalPoint([float(v) for v in i[::-1]]) for i in index
    ]
    np.testing.assert_allclose(ours, theirs, atol=1e-6)
    np.testing.assert_allclose(stack.to_index(ours), index, atol=1e-6)


def test_the_affine_is_the_same_mapping():
    stack = oblique_stack((0.3, -0.2, 0.1), (0.7, 0.9), 2.0)
    assert stack.affine is not None
    index = np.array([3.0, 2.0, 5.0])
    np.testing.assert_allclose((stack.affine @ [*index, 1])[:3], stack.to_lps(index), atol=1e-9)


def test_uneven_slices_keep_their_true_positions():
    positions = np.array([0.0, 5.0, 10.0, 20.0, 25.0])
    stack = axial_stack(positions=positions, slices=5)
    assert not stack.is_even
    assert stack.affine is None
    np.testing.assert_allclose(stack.to_lps([3, 0, 0])[2] - stack.to_lps([2, 0, 0])[2], 10.0)
    assert stack.slice_at(50.0 + 15.0) == pytest.approx(2.5)
    assert stack.slice_at(50.0 - 5.0) == pytest.approx(-1.0)
    assert stack.slice_at(50.0 + 30.0) == pytest.approx(5.0)


@pytest.mark.parametrize(
    ("positions", "gaps"),
    [
        ([0, 2, 4, 6], []),
        ([0, 2, 4, 6.9, 8.9], []),  # 1.45 times
        ([0, 2, 4, 7, 9, 11], [2]),  # exactly 1.5 times
        ([0, 2, 4, 6.999, 9, 11], [2]),  # as a file rounds it
        ([0, 2, 4, 8, 10, 20, 22], [2, 4]),
        ([0, 2], []),
        ([0], []),
    ],
)
def test_what_a_gap_is_is_said_once(positions, gaps):
    stack = axial_stack(positions=np.array(positions, float), slices=len(positions))
    assert list(stack.gaps) == gaps
    # Masks, lines along vessels and the overlay know the same ones.
    told = gap_caveats(stack, 0, len(positions) - 1)
    assert bool(told) is bool(gaps)
    volume = volume_of(stack)
    assert [low for low, _ in overlay_gaps(volume)] == list(stack.positions[gaps])


@given(z=st.floats(20, 90), x=st.floats(-120, 0), y=st.floats(-90, 0))
@settings(max_examples=60, deadline=None)
def test_index_and_back_with_gaps_and_tilt(z, x, y):
    positions = np.array([0.0, 5.0, 10.0, 20.0, 25.0])
    origins = np.array([-100.0, -80.0, 50.0]) + np.outer(positions, [0.0, 0.33, 1.0])
    stack = SliceStack(origins, np.array([1.0, 0, 0]), np.array([0.0, 1, 0]), (0.8, 0.7), 30, 40)
    assert stack.is_sheared
    point = np.array([x, y, z])
    np.testing.assert_allclose(stack.to_lps(stack.to_index(point)), point, atol=1e-6)


@pytest.mark.parametrize(
    ("direction", "letters"),
    [
        ((1, 0, 0), "L"),
        ((-1, 0, 0), "R"),
        ((0, 1, 0), "P"),
        ((0, -1, 0), "A"),
        ((0, 0, 1), "H"),
        ((0, 0, -1), "F"),
        ((1, 1, 0), "LP"),
        ((0.1, 0, -1), "F"),
        ((0.5, 0, -0.8), "FL"),
    ],
)
def test_side_letters(direction, letters):
    assert side_letters(direction) == letters


def test_planes_and_how_far_cuts_are_turned_from_them():
    assert nearest_plane((0, 0, -1)) is Plane.AXIAL
    assert nearest_plane((0, 1, 0.2)) is Plane.CORONAL
    assert nearest_plane((1, 0, 0)) is Plane.SAGITTAL
    tilted = rotation((np.radians(18.5), 0, 0)) @ np.array([0, 0, 1])
    assert turned_degrees(tilted, Plane.AXIAL) == pytest.approx(18.5)
    assert turned_degrees(-3 * tilted, Plane.AXIAL) == pytest.approx(18.5)
    assert turned_degrees(tilted, Plane.SAGITTAL) == pytest.approx(90.0)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"row_direction": np.array([2.0, 0, 0])}, "unit"),
        ({"column_direction": np.array([0.8, 0.6, 0])}, "perpendicular"),
        ({"pixel_spacing": (0.0, 1.0)}, "positive"),
        ({"pixel_spacing": (float("nan"), 1.0)}, "positive"),
        ({"origins": np.zeros((3, 3))}, "order"),
        ({"origins": np.zeros((0, 3))}, "shape"),
    ],
)
def test_impossible_geometry_is_refused(changes, words):
    values = {
        "origins": np.array([[0.0, 0, 0], [0, 0, 1]]),
        "row_direction": np.array([1.0, 0, 0]),
        "column_direction": np.array([0.0, 1, 0]),
        "pixel_spacing": (1.0, 1.0),
        "rows": 4,
        "columns": 4,
    }
    values.update(changes)
    with pytest.raises(ValueError, match=words):
        SliceStack(**values)


def directions(u=(1.0, 0, 0), v=(0, 1.0, 0)):
    return np.array(u, float), np.array(v, float)


def test_one_slice_alone_goes_on_along_its_normal_by_a_millimetre():
    stack = axial_stack(slices=1, origin=(10, 20, 30))
    assert (stack.is_even, stack.is_sheared, stack.slice_spacing) == (True, False, 1.0)
    np.testing.assert_allclose(stack.to_lps([2.0, 0, 0]), (10, 20, 32))
    np.testing.assert_allclose(stack.to_index((10, 20, 28.5)), (-1.5, 0, 0))
    np.testing.assert_allclose(stack.affine[:3, 0], (0, 0, 1))
    assert stack.in_plane_shift.tolist() == [[0.0, 0.0]]


def test_two_slices_are_even_whatever_lies_between_them():
    stack = axial_stack(slices=2, step=7.5)
    assert stack.is_even
    assert stack.slice_spacing == 7.5
    np.testing.assert_allclose(stack.affine[:3, 0], (0, 0, 7.5))


@pytest.mark.parametrize(("step", "is_even"), [(4.009, True), (4.011, False), (3.991, True)])
def test_slices_are_even_to_a_hundredth_of_a_millimetre(step, is_even):
    stack = axial_stack(slices=3, positions=np.array([0.0, 2.0, step]))
    assert stack.is_even is is_even
    assert (stack.affine is not None) is is_even


@pytest.mark.parametrize(("share", "is_sheared"), [(0.09, False), (0.11, True), (-0.11, True)])
@pytest.mark.parametrize("axis", [0, 1])
def test_slices_are_shifted_from_a_tenth_of_a_pixel_on(share, is_sheared, axis):
    spacing = (0.8, 0.5)
    way = np.zeros(3)
    way[1 - axis] = share * spacing[axis]  # rows grow along y, columns along x
    origins = np.array([[0.0, 0, 0], [0, 0, 2.0], way + [0, 0, 4.0]])
    stack = SliceStack(origins, *directions(), spacing, 9, 9)
    assert stack.is_sheared is is_sheared
    assert stack.in_plane_shift[2, axis] == pytest.approx(share)
    assert stack.in_plane_shift[2, 1 - axis] == pytest.approx(0)


def test_beyond_the_ends_a_sheared_stack_goes_on_as_it_was_going():
    origins = np.array([[0.0, 0, 0], [1.0, -2, 4], [2, -4, 8]])
    stack = SliceStack(origins, *directions(), (1.0, 1.0), 9, 9)
    np.testing.assert_allclose(stack.to_lps([[4.0, 0, 0], [-1, 0, 0]]), [[4, -8, 16], [-1, 2, -4]])
    np.testing.assert_allclose(stack.to_index([[4.0, -8, 16], [-1, 2, -4]])[:, 0], [4, -1])


def test_the_middle_and_the_nearest_slice():
    stack = axial_stack(
        slices=5, rows=11, columns=21, spacing=(2.0, 0.5), step=3.0, origin=(1, 2, 3)
    )
    np.testing.assert_allclose(stack.centre, (1 + 10 * 0.5, 2 + 5 * 2.0, 3 + 2 * 3.0))
    heights = [(-99, 0), (4.4, 0), (4.6, 1), (14.9, 4), (999, 4)]
    assert [stack.nearest_slice((77, 88, z)) for z, _ in heights] == [k for _, k in heights]
    assert [stack.contains_slice(k) for k in (-1, 0, 4, 5)] == [False, True, True, False]
    assert stack.shape == (5, 11, 21)


@pytest.mark.parametrize(
    ("degrees", "letters"),
    [(14.9, "L"), (15.1, "LP"), (44, "LP"), (46, "PL"), (74.9, "PL"), (75.1, "P")],
)
def test_a_part_counts_from_fifteen_degrees_on_and_the_larger_comes_first(degrees, letters):
    turn = np.radians(degrees)
    assert side_letters((5 * np.cos(turn), 5 * np.sin(turn), 0)) == letters


def test_sides_of_no_direction_and_of_whole_numbers():
    assert side_letters((0, 0, 0)) == ""
    assert side_letters([0, 0, -3]) == "F"
    assert side_letters((3, 2, 2)) == "LP"  # two letters at most


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"row_direction": (1.0009, 0, 0)}, False),
        ({"row_direction": (1.0011, 0, 0)}, True),
        ({"column_direction": (0, 0.9989, 0)}, True),
        ({"column_direction": (0.0009, 1.0, 0)}, False),
        ({"column_direction": (0.0011, 1.0, 0)}, True),
        ({"column_direction": (-0.0011, 1.0, 0)}, True),
        ({"pixel_spacing": (1.0, -0.1)}, True),
        ({"pixel_spacing": (1.0, float("inf"))}, True),
        ({"origins": [[0.0, 0, 0], [0, 0, 0]]}, True),
        ({"origins": [0.0, 0, 0]}, True),
        ({"origins": [[0.0, 0], [0, 1]]}, True),
    ],
)
def test_rounded_cosines_are_taken_and_wrong_ones_refused(changes, refused):
    values = {
        "origins": [[0.0, 0, 0], [0, 0, 1]],
        "row_direction": (1.0, 0, 0),
        "column_direction": (0, 1.0, 0),
        "pixel_spacing": (1.0, 1.0),
    }
    made = {**values, **changes}
    if refused:
        with pytest.raises(ValueError):  # noqa: PT011 - each has its own words, tested above
            SliceStack(**made, rows=4, columns=4)
    else:
        assert np.linalg.norm(SliceStack(**made, rows=4, columns=4).normal) == pytest.approx(1)


def test_what_is_given_is_kept_apart_from_what_it_was_made_of():
    origins = np.array([[0.0, 0, 0], [0, 0, 1]])
    stack = SliceStack(origins, *directions(), (1.0, 1.0), 4, 4)
    origins[:] = 9
    assert stack.origins[0, 0] == 0
    with pytest.raises(ValueError, match="read-only"):
        stack.origins[0] = 1


def test_places_and_directions_in_whole_numbers_are_kept_as_any_others():
    whole = SliceStack(
        np.array([[200, 0, 0], [200, 0, 3]], np.uint8),
        np.array([1, 0, 0], np.int8),
        np.array([0, 1, 0], np.int8),
        (1.0, 2.0),
        200,
        200,
    )
    assert whole.origins.dtype == whole.row_direction.dtype == whole.column_direction.dtype == float
    np.testing.assert_allclose(whole.to_lps([1, 100, 199]), [200 + 398, 100, 3])
    assert not whole.origins.flags.writeable
