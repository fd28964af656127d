"""Lengths, extents and axes between points of the patient, at places known by hand."""

import numpy as np
import pytest

from tumorboard.imaging.measurement import (
    angle_degrees,
    craniocaudal_extent,
    distance,
    ellipse_area,
    perpendicular_axis,
    upright_in,
)
from tumorboard.imaging.outlines import ellipse_length, outline_length, polyline_length

Z = (0, 0, 1)


def test_distances_and_extents():
    assert distance((1, 2, 3), (4, 6, 15)) == pytest.approx(13)
    assert craniocaudal_extent((1, 2, 3), (40, 6, 15)) == pytest.approx(12)
    assert craniocaudal_extent((1, 2, 15), (40, 6, 3)) == pytest.approx(12)


def test_the_area_of_an_ellipse_is_that_of_its_two_axes():
    assert ellipse_area((-3, 0, 0), (3, 0, 0), (0, 0, -2), (0, 0, 2)) == pytest.approx(6 * np.pi)


def test_lengths_of_lines_and_outlines():
    corners = [(0, 0, 0), (3, 0, 0), (3, 4, 0)]
    assert polyline_length(corners) == pytest.approx(7)
    assert outline_length(corners) == pytest.approx(12)
    aslant = [(1, 2, 3), (2, 4, 5), (4, 8, 9), (4, 4, 6)]
    assert polyline_length(aslant) == pytest.approx(3 + 6 + 5)
    assert outline_length(aslant) == pytest.approx(3 + 6 + 5 + np.sqrt(9 + 4 + 9))


def test_the_way_round_an_ellipse():
    assert ellipse_length(10, 10) == pytest.approx(10 * np.pi)
    assert ellipse_length(10, 0) == pytest.approx(20)  # there and back
    # Half axes 5 and 3, of tables of the elliptic integral (Abramowitz and Stegun 17.1).
    assert ellipse_length(10, 6) == pytest.approx(25.526998863, abs=1e-8)
    assert ellipse_length(6, 10) == ellipse_length(10, 6)


@pytest.mark.parametrize(
    ("through", "to", "ends"),
    [
        ((4, 3, 0), (4, -5, 0), ((4, 3, 0), (4, -5, 0))),
        ((4, 3, 0), (9, -5, 0), ((4, 3, 0), (4, -5, 0))),  # across the foot of the first
        ((-7, 3, 0), (2, -1, 0), ((0, 3, 0), (0, -1, 0))),  # kept between the ends
        ((17, 3, 0), (2, -1, 0), ((10, 3, 0), (10, -1, 0))),
        ((4, 3, 8), (4, 1, 8), ((4, 3, 0), (4, 1, 0))),  # in the plane of the axis
    ],
)
def test_an_axis_across_another_goes_through_the_foot_of_a_point(through, to, ends):
    found = perpendicular_axis((0, 0, 0), (10, 0, 0), Z, through, to)
    np.testing.assert_allclose(found, ends, atol=1e-12)


def test_an_axis_across_one_that_lies_elsewhere_in_the_patient():
    turn = np.linalg.qr(np.random.default_rng(3).normal(size=(3, 3)))[0]
    turn = turn * np.sign(np.linalg.det(turn))
    away = np.array([30.0, -80.0, 400.0])

    def moved(point):
        return turn @ np.array(point, float) + away

    plane = [moved(p) for p in ((0, 0, 0), (10, 0, 0), (4, 3, 0), (9, -5, 0))]
    found = perpendicular_axis(plane[0], plane[1], turn @ np.array(Z, float), *plane[2:])
    np.testing.assert_allclose(found, [moved((4, 3, 0)), moved((4, -5, 0))], atol=1e-9)


def test_an_axis_without_length_gives_one_without_direction():
    found = perpendicular_axis((2, 2, 2), (2, 2, 2), Z, (5, 5, 2), (9, 9, 2))
    np.testing.assert_allclose(found, [(2, 2, 2)] * 2)


def test_in_a_plane_across_the_body_upright_is_straight_above():
    np.testing.assert_allclose(upright_in((1, 2, 3), (9, 9, 7), Z), (1, 2, 7))
    lying = (0.0, np.sin(np.radians(4)), np.cos(np.radians(4)))
    np.testing.assert_allclose(upright_in((1, 2, 3), (9, 9, 7), lying), (1, 2, 7))
    leaning = (0.0, np.sin(np.radians(8)), np.cos(np.radians(8)))
    assert abs(upright_in((1, 2, 3), (9, 9, 7), leaning)[1] - 2) > 10  # along the plane


#: A plane through the patient's axis, one across it, one that leans by 3-4-5, one that nearly lies.
UPRIGHT = [
    ((0, -1, 0), (12, 7, 90)),
    ((1, 0, 0), (12, 7, 90)),
    ((0, 0, 1), (12, 7, 90)),
    ((0, -0.8, 0.6), (12, 7 + 0.75 * 50, 90)),
    ((0.6, 0, 0.8), (12 - 50 * 4 / 3, 7, 90)),
    ((0, np.sin(0.09), np.cos(0.09)), (12, 7, 90)),
    ((0, np.sin(0.11), np.cos(0.11)), (12, 7 - 50 / np.tan(0.11), 90)),
]


@pytest.mark.parametrize(("normal", "wanted"), UPRIGHT)
def test_the_point_above_another_stays_in_its_plane(normal, wanted):
    found = upright_in((12, 7, 40), (500, -300, 90), normal)
    np.testing.assert_allclose(found, wanted, atol=1e-9)


@pytest.mark.parametrize("degrees", [0, 1, 45, 90, 120, 179, 180])
def test_an_angle_is_that_between_its_arms(degrees):
    turn, vertex = np.radians(degrees), np.array([5.0, -7, 300])
    arms = (3 * np.array([1.0, 0, 0]), 8 * np.array([np.cos(turn), 0, -np.sin(turn)]))
    assert angle_degrees(vertex + arms[0], vertex, vertex + arms[1]) == pytest.approx(degrees)


def test_whole_numbers_of_one_byte_are_places_like_others():
    """Differences of such numbers wrap round where they are not widened first."""
    low, high = np.array([10, 200, 0], np.uint8), np.array([250, 3, 90], np.uint8)
    corner, normal = np.array([10, 3, 0], np.uint8), np.array([0, 0, 1], np.uint8)
    assert (
        distance(low, high)
        == distance(high, low)
        == pytest.approx(np.sqrt(240**2 + 197**2 + 90**2))
    )
    assert craniocaudal_extent(high, low) == 90
    assert angle_degrees(low, corner, high) == pytest.approx(90)
    np.testing.assert_allclose(upright_in(low, high, corner - corner + [0, 1, 0]), [10, 200, 90])
    ends = perpendicular_axis(corner, low, normal, high, corner)
    np.testing.assert_allclose(ends, [[250, 3, 0], [10, 3, 0]], atol=1e-9)
