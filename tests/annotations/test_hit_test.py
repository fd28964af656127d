import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.annotations.shapes import annotation
from tumorboard.annotations.hit_test import HANDLE_RADIUS, edge_distance, hit_test
from tumorboard.annotations.kinds import REGIONS
from tumorboard.annotations.kinds.lines import FREEHAND_HANDLES
from tumorboard.annotations.model import Kind
from tumorboard.annotations.shapes import handles, middle, outline

SCALE = 4.0


def to_canvas(points):
    return np.asarray(points)[:, :2] * SCALE + 100


def at(x, y):
    return (x * SCALE + 100, y * SCALE + 100)


CIRCLE = annotation(Kind.CIRCLE, uid="circle")
LINE = annotation(Kind.LENGTH, uid="line", flat=((-40, 14), (40, 14)))
SMALL = annotation(Kind.RECTANGLE, uid="small", flat=((-3, -3), (3, -3), (3, 3), (-3, 3)))


def found(position, *drawn, **more):
    hit = hit_test(drawn, to_canvas, position, **more)
    return None if hit is None else (hit.annotation.uid, hit.handle, hit.body)


@pytest.mark.parametrize("order", [1, -1])
def test_a_handle_comes_before_every_edge_and_an_edge_before_every_inside(order):
    drawn = (CIRCLE, LINE, SMALL)[::order]
    assert found(at(0, 15), *drawn) == ("circle", 3, False)  # on the line as well
    assert found(at(-20, 14), *drawn, bodies=True) == ("line", None, False)
    assert found(at(8, 0), *drawn, bodies=True) == ("circle", None, True)
    assert found(at(0, 0), *drawn, bodies=True) == ("small", None, True)
    assert found(at(8, 0), *drawn) is None


def test_of_two_handles_the_nearer_is_taken():
    other = annotation(Kind.LENGTH, uid="other", flat=((1.5, 15), (60, 60)))
    assert found(at(0.4, 15), CIRCLE, other)[0] == "circle"
    assert found(at(1.2, 15), CIRCLE, other)[0] == "other"


def test_the_reach_of_a_handle_is_in_pixels_of_the_screen():
    end = at(-40, 14)
    assert found((end[0] - HANDLE_RADIUS + 0.1, end[1]), LINE) == ("line", 0, False)
    assert found((end[0] - HANDLE_RADIUS - 0.1, end[1]), LINE) is None


@pytest.mark.parametrize("kind", sorted(REGIONS))
def test_the_lines_of_a_region_are_closed_and_can_be_hit(kind):
    region = annotation(kind)
    (line,) = outline(kind, np.array(region.points))
    assert np.allclose(line[0], line[-1])
    middle = (line[3] + line[4]) / 2
    hit = hit_test([region], to_canvas, to_canvas(middle[None])[0])
    assert hit.annotation is region


def test_a_freehand_line_has_few_handles():
    assert len(handles(annotation(Kind.FREEHAND))) == FREEHAND_HANDLES
    assert handles(annotation(Kind.POLYGON)) == (0, 1, 2, 3, 4)


@given(
    ellipses=st.lists(
        st.tuples(
            *(st.floats(-60, 60), st.floats(-60, 60), st.floats(0.5, 30), st.floats(0.5, 30)),
            st.floats(0, np.pi),
        ),
        min_size=1,
        max_size=6,
    ),
    chosen=st.integers(0, 63),
    place=st.tuples(st.floats(-300, 500), st.floats(-300, 500)),
)
def test_in_a_crowd_is_hit_what_is_hit_alone(ellipses, chosen, place):
    drawn = []
    for n, (x, y, a, b, turn) in enumerate(ellipses):
        first, second = np.array([np.cos(turn), np.sin(turn)]) * a, np.array([0.3, 1.0]) * b
        ends = [(x, y) + d for d in (-first, first, -second, second)]
        drawn.append(annotation(Kind.ELLIPSE, uid=str(n), flat=tuple(map(tuple, ends))))
    line = outline(Kind.ELLIPSE, np.array(drawn[0].points))[0]
    on_it = to_canvas(line[chosen][None])[0]
    assert found(tuple(on_it), *drawn) is not None
    for position in (tuple(on_it), place):
        alone = [hit for one in drawn if (hit := found(position, one)) is not None]
        hit = found(position, *drawn)
        assert hit in alone if alone else hit is None


def test_nothing_is_hit_of_nothing_and_arrows_and_texts_can_be():
    assert hit_test((), to_canvas, (0.0, 0.0)) is None
    arrow = annotation(Kind.ARROW, uid="arrow")
    assert found(at(10, 10), arrow) == ("arrow", None, False)
    assert found(at(20, 20), arrow) == ("arrow", 1, False)
    text = annotation(Kind.TEXT, uid="text")
    assert found(at(3, 4), text) == ("text", 0, False)
    assert found(at(9, 9), text, bodies=True) is None
    assert outline(Kind.TEXT, np.array(text.points)) == []
    assert outline(Kind.PROBE, np.array(text.points)) == []


@pytest.mark.parametrize(
    ("away", "is_hit"), [(5.9, True), (6.1, False), (-5.9, True), (-6.1, False)]
)
def test_an_edge_is_hit_within_six_pixels(away, is_hit):
    x, y = at(5, 14)
    assert (found((x, y + away), LINE) is not None) is is_hit


def test_of_two_insides_the_smaller_is_taken_and_outside_none():
    large = annotation(
        Kind.RECTANGLE, uid="large", flat=((-30, -30), (30, -30), (30, 30), (-30, 30))
    )
    for order in ((large, SMALL), (SMALL, large)):
        assert found(at(0, 0), *order, bodies=True) == ("small", None, True)
        assert found(at(15, 15), *order, bodies=True) == ("large", None, True)
    assert found(at(45, 0), large, bodies=True) is None
    angle = annotation(Kind.ANGLE, uid="angle")
    assert found(at(14, 6), angle, bodies=True) is None  # it encloses nothing
    assert found(at(10, 0), angle) == ("angle", None, False)


def test_of_handles_at_one_place_that_of_the_last_drawn_is_taken():
    one = annotation(Kind.LENGTH, uid="one", flat=((0, 0), (60, 0)))
    two = annotation(Kind.LENGTH, uid="two", flat=((0, 0), (0, 60)))
    assert found(at(0, 0), one, two)[0] == "two"
    assert found(at(0, 0), two, one)[0] == "one"
    assert found((at(0, 0)[0] + 9.0, at(0, 0)[1]), one, two)[0] in {"one", "two"}


@pytest.mark.parametrize(("kind", "count"), [(Kind.FREEHAND, 48), (Kind.PATH, 24)])
def test_handles_are_spread_along_a_line(kind, count):
    taken = handles(annotation(kind))
    assert taken[0] == 0
    assert len(taken) == FREEHAND_HANDLES
    if kind is Kind.PATH:
        assert taken[-1] == count - 1
        assert set(np.diff(taken)) <= {3, 4}
    else:
        assert set(np.diff(taken)) == {count // FREEHAND_HANDLES}
    few = annotation(kind, flat=tuple((n, n * n) for n in range(FREEHAND_HANDLES)))
    assert handles(few) == tuple(range(FREEHAND_HANDLES))


def test_the_line_of_an_ellipse_and_the_middle_of_a_drawing():
    ellipse = annotation(Kind.ELLIPSE)
    (line,) = outline(Kind.ELLIPSE, np.array(ellipse.points))
    assert len(line) == 65
    np.testing.assert_allclose((line[:, 0] / 20) ** 2 + (line[:, 1] / 12) ** 2, 1.0)
    np.testing.assert_allclose(line[0], line[-1], atol=1e-9)
    np.testing.assert_allclose(middle(annotation(Kind.LENGTH)), (-10, 15, 0))
    two = outline(Kind.BIDIRECTIONAL, np.array(annotation(Kind.BIDIRECTIONAL).points))
    assert [len(p) for p in two] == [2, 2]
    np.testing.assert_allclose(two[1][:, 0], 5)


def test_of_several_lines_the_nearest_counts():
    """The two axes of a bidirectional cross; both of them can be taken hold of."""
    axes = annotation(Kind.BIDIRECTIONAL, uid="axes")
    for place in (at(-15, 0.5), at(4.5, -6), at(5.5, 9)):
        assert found(place, axes) == ("axes", None, False)
    points = to_canvas(axes.points)
    for x, y, away in ((-20, 3, 3), (7, -9, 2), (2, 12, 3), (40, 0, 10), (5, 30, 12)):
        assert edge_distance(axes, points, np.array(at(x, y))) == pytest.approx(away * SCALE)
    nothing = annotation(Kind.TEXT)
    assert edge_distance(nothing, to_canvas(nothing.points), np.zeros(2)) == np.inf
