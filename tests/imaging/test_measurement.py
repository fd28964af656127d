"""Lengths, extents and axes between points of the patient, at places known by hand."""

import numpy as np
import pytest

from tumorboard.imaging.measurement import (
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
