"""Handles, whole shapes and keys: what stays lawful when something is moved."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.annotations.shapes import annotation
from tumorboard.annotations.measure import measure
from tumorboard.annotations.model import Kind, as_point
from tumorboard.annotations.shapes import handles, middle
from tumorboard.imaging.measurement import angle_degrees, distance
from tumorboard.tools.edit import handle_moved, label_moved, moved, nudge

PLACES = st.tuples(st.floats(-60, 60), st.floats(-60, 60))
FRAME = np.linalg.qr(np.random.default_rng(2).normal(size=(3, 3)))[0]
RIGHT, DOWN = FRAME[:, 0], FRAME[:, 1]
ORIGIN = np.array([30.0, -80.0, 400.0])
SHAPED = [k for k in Kind if k is not Kind.CRANIOCAUDAL]


def drawn(kind):
    return annotation(kind, ORIGIN, RIGHT, DOWN)


def place(x, y):
    return as_point(ORIGIN + x * RIGHT + y * DOWN)


@given(kind=st.sampled_from(SHAPED), to=PLACES, data=st.data())
def test_a_shape_never_leaves_its_plane(kind, to, data):
    shape = drawn(kind)
    index = data.draw(st.sampled_from(handles(shape)))
    changed = handle_moved(shape, index, place(*to))
    away = (np.array(changed.points) - ORIGIN) @ np.array(shape.normal)
    assert np.abs(away).max() < 1e-6
    assert len(changed.points) == len(shape.points)
    assert (changed.uid, changed.kind, changed.image) == (shape.uid, kind, shape.image)


@given(to=PLACES, index=st.integers(0, 3))
def test_a_rectangle_stays_right_angled_and_its_opposite_corner_fixed(to, index):
    changed = handle_moved(drawn(Kind.RECTANGLE), index, place(*to)).points
    fixed = (index + 2) % 4
    assert changed[fixed] == pytest.approx(drawn(Kind.RECTANGLE).points[fixed])
    for n in range(4):
        corner = angle_degrees(changed[n - 1], changed[n], changed[(n + 1) % 4])
        assert corner == pytest.approx(90, abs=1e-3)


@given(to=PLACES, index=st.integers(0, 3))
def test_a_circle_stays_round_about_its_centre(to, index):
    if np.hypot(*to) < 0.1:
        return
    a, b, c, d = handle_moved(drawn(Kind.CIRCLE), index, place(*to)).points
    assert distance(a, b) == pytest.approx(distance(c, d)) == pytest.approx(2 * np.hypot(*to))
    assert (np.array(a) + b) / 2 == pytest.approx(ORIGIN)
    moved_to = (a, b, c, d)[index]
    assert moved_to == pytest.approx(place(*to), abs=1e-9)


def test_a_freehand_handle_takes_its_neighbours_along():
    shape = drawn(Kind.FREEHAND)
    index = handles(shape)[2]
    changed = handle_moved(shape, index, as_point(np.array(shape.points[index]) + 5 * RIGHT))
    shifts = np.linalg.norm(np.array(changed.points) - np.array(shape.points), axis=1)
    assert shifts[index] == pytest.approx(5)
    assert 0 < shifts[index + 1] < 5
    assert shifts[[handles(shape)[1], handles(shape)[3]]] == pytest.approx(0)
    assert not np.any(shifts[handles(shape)[3] :])


@pytest.mark.parametrize("kind", SHAPED)
def test_one_key_moves_a_handle_by_a_tenth_of_a_pixel(kind):
    shape = drawn(kind)
    changed = nudge(shape, None, 7 * RIGHT, 0.8)
    np.testing.assert_allclose(
        np.array(changed.points) - np.array(shape.points), [0.08 * RIGHT] * len(shape.points)
    )


def test_ten_keys_move_an_end_by_a_pixel():
    line = drawn(Kind.LENGTH)
    for _ in range(10):
        line = nudge(line, 1, -DOWN, 0.7)
    shift = np.array(line.points[1]) - np.array(drawn(Kind.LENGTH).points[1])
    np.testing.assert_allclose(shift, -0.7 * DOWN, atol=1e-9)
    assert line.points[0] == drawn(Kind.LENGTH).points[0]


@pytest.mark.parametrize("kind", Kind)
def test_moving_the_whole_changes_no_value(kind):
    shape = drawn(kind)
    before, after = measure(shape), measure(moved(shape, np.array([3.0, -40, 7])))
    assert [q.concept for q in before.quantities] == [q.concept for q in after.quantities]
    for a, b in zip(before.quantities, after.quantities, strict=True):
        assert a.value == pytest.approx(b.value)


def test_a_moved_label_keeps_its_place_beside_what_it_names():
    shape = drawn(Kind.CIRCLE)
    changed = label_moved(shape, 10 * RIGHT, (0.0, 0.0, 0.0))
    np.testing.assert_allclose(changed.label_offset, 10 * RIGHT)
    further = moved(changed, np.array([5.0, 0, 0]))
    assert further.label_offset == changed.label_offset
    np.testing.assert_allclose(middle(further) - middle(changed), [5.0, 0, 0])


@pytest.mark.parametrize("lean", [0, 15, -30])
def test_the_extent_of_a_mass_stays_on_the_plane_that_leans(lean):
    c, s = np.cos(np.radians(lean)), np.sin(np.radians(lean))
    down = (0.0, s, -c)
    height = annotation(Kind.CRANIOCAUDAL, ORIGIN, (1.0, 0.0, 0.0), down)
    target = ORIGIN + 9 * np.array([1.0, 0, 0]) - 50 * np.array(down)
    changed = handle_moved(height, 1, as_point(target))
    away = (np.array(changed.points) - ORIGIN) @ np.array(height.normal)
    assert np.abs(away).max() < 1e-6
    expected = abs(target[2] - height.points[0][2])
    assert measure(changed).quantities[0].value == pytest.approx(expected)
    assert changed.points[0][0] == pytest.approx(changed.points[1][0])
