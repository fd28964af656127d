"""Open lines: their length along the points, where they can be taken hold of, how they move."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.annotations.shapes import annotation
from tumorboard.annotations.hit_test import hit_test
from tumorboard.annotations.kinds.lines import FREEHAND_HANDLES
from tumorboard.annotations.measure import measure
from tumorboard.annotations.model import Kind, as_point
from tumorboard.annotations.shapes import handles, outline
from tumorboard.coding import LENGTH, PATH_LENGTH
from tumorboard.imaging.geometry import Calibration
from tumorboard.imaging.measurement import distance
from tumorboard.tools.edit import handle_moved

FRAME = np.linalg.qr(np.random.default_rng(4).normal(size=(3, 3)))[0]
ORIGIN = np.array([30.0, -80.0, 400.0])
COUNTS = st.integers(3, 60)


def line(flat, **changes):
    return annotation(Kind.PATH, ORIGIN, FRAME[:, 0], FRAME[:, 1], flat=flat, **changes)


def length(drawn) -> float:
    (value,) = measure(drawn).quantities
    assert (value.concept, value.unit) == (PATH_LENGTH, "mm")
    return value.value


def arc(radius: float, angle: float, count: int):
    t = np.linspace(0, angle, count)
    return tuple(zip(radius * np.cos(t), radius * np.sin(t), strict=True))


@given(radius=st.floats(1, 200), angle=st.floats(0.1, 6.2), count=COUNTS)
def test_an_arc_is_as_long_as_its_chords(radius, angle, count):
    drawn = line(arc(radius, angle, count))
    chords = (count - 1) * 2 * radius * np.sin(angle / (count - 1) / 2)
    assert length(drawn) == pytest.approx(chords, rel=1e-9)
    assert length(drawn) <= radius * angle * (1 + 1e-9)
    assert length(drawn) >= distance(drawn.points[0], drawn.points[-1]) * (1 - 1e-9)


@given(steps=st.lists(st.floats(0.01, 50), min_size=2, max_size=40))
def test_stairs_are_as_long_as_their_steps_and_no_piece_is_counted_twice(steps):
    corners = np.zeros((len(steps) + 1, 2))
    for n, step in enumerate(steps):
        corners[n + 1] = corners[n] + np.eye(2)[n % 2] * step
    assert length(line(corners.tolist())) == pytest.approx(sum(steps))
    assert length(line(corners[::-1].tolist())) == pytest.approx(sum(steps))


def test_its_value_says_that_it_is_along_the_line():
    drawn = annotation(Kind.PATH)  # 12 slanting steps of 5 mm and 11 even ones of 3 mm
    assert measure(drawn).text == "polyline length 9.3 cm"
    assert measure(drawn).value_mm(LENGTH) is None  # never taken for a caliper
    bare = replace(drawn, image=replace(drawn.image, calibration=Calibration.NONE))
    assert measure(bare).text == "polyline length 93 px · uncalibrated"
    known = replace(drawn, image=replace(drawn.image, scale=2.0))
    assert measure(known).text == "polyline length 18.6 cm"


def to_canvas(points):
    return np.asarray(points)[:, :2]


def test_it_stays_open_and_is_hit_on_its_line_alone():
    drawn = annotation(Kind.PATH, flat=((0, 0), (100, 0), (100, 100), (0, 100)))
    (shown,) = outline(drawn.kind, np.array(drawn.points))
    np.testing.assert_array_equal(shown, drawn.points)
    hits = {p: hit_test([drawn], to_canvas, p, bodies=True) for p in ((50, 3), (0, 50), (50, 50))}
    assert hits[(50, 3)].annotation is drawn
    assert hits[(50, 3)].handle is None
    assert hits[(0, 50)] is None  # between its ends there is no line
    assert hits[(50, 50)] is None
    assert hit_test([drawn], to_canvas, (2, 101)).handle == 3


@given(count=st.integers(FREEHAND_HANDLES + 1, 300))
def test_a_long_line_has_few_handles_its_ends_among_them(count):
    held = handles(line(arc(40, 3, count)))
    assert len(set(held)) == FREEHAND_HANDLES
    assert (held[0], held[-1]) == (0, count - 1)


@given(count=st.integers(3, 80), data=st.data())
def test_a_moved_handle_leaves_all_beyond_its_neighbours(count, data):
    drawn = line(arc(40, 3, count))
    held = handles(drawn)
    place = data.draw(st.integers(0, len(held) - 1))
    to = as_point(np.array(drawn.points[held[place]]) + 5 * FRAME[:, 0])
    moved = handle_moved(drawn, held[place], to)
    shifts = np.linalg.norm(np.array(moved.points) - np.array(drawn.points), axis=1)
    assert shifts[held[place]] == pytest.approx(5)
    low = held[place - 1] if place else 0
    high = held[place + 1] if place + 1 < len(held) else count - 1
    inside = np.zeros(count, bool)
    inside[low + (place > 0) : high + (place + 1 == len(held))] = True
    assert (shifts[inside] > 0).all()
    assert not shifts[~inside].any()
