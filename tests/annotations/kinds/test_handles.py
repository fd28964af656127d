"""Where the points of each kind lie after one was moved."""

import numpy as np
import pytest

from tests.annotations.shapes import FLAT
from tumorboard.annotations.kinds import SPECS
from tumorboard.annotations.model import Kind

#: A plane that leans, so that no direction of it is one of the body.
RIGHT, DOWN = np.array([0.6, 0.0, 0.8]), np.array([0.0, 1.0, 0.0])
NORMAL = np.cross(RIGHT, DOWN)
MIDDLE = np.array([12.0, -30.0, 55.0])


def placed(flat):
    return [MIDDLE + a * RIGHT + b * DOWN for a, b in flat]


def moved(kind, index, to, flat=None):
    """Return the points in the plane after the one of an index was moved to a place in it."""
    points = placed(flat or FLAT[kind])
    after = SPECS[kind].handle_moved(tuple(NORMAL), points, index, placed([to])[0])
    places = np.array(after) - MIDDLE
    np.testing.assert_allclose(places @ NORMAL, 0.0, atol=1e-9)
    return np.stack([places @ RIGHT, places @ DOWN], axis=1)


#: Kind, which point, where to, and where all points lie afterwards; the shapes are those of
#: `FLAT`. Worked out by hand.
MOVES = [
    (Kind.LENGTH, 1, (7, 2), ((-30, 0), (7, 2))),
    (Kind.ANGLE, 1, (2, -3), ((20, 0), (2, -3), (10, 10 * 3**0.5))),
    (Kind.POLYGON, 3, (1, 2), ((-20, -10), (20, -10), (20, 10), (1, 2), (-20, 10))),
    # The opposite corner stays; the sides keep their directions.
    (Kind.RECTANGLE, 0, (-25, -13), ((-25, -13), (20, -13), (20, 10), (-25, 10))),
    (Kind.RECTANGLE, 1, (30, -4), ((-20, -4), (30, -4), (30, 10), (-20, 10))),
    (Kind.RECTANGLE, 2, (12, 40), ((-20, -10), (12, -10), (12, 40), (-20, 40))),
    (Kind.RECTANGLE, 3, (-7, 3), ((-7, -10), (20, -10), (20, 3), (-7, 3))),
    (Kind.RECTANGLE, 2, (-30, 15), ((-20, -10), (-30, -10), (-30, 15), (-20, 15))),
    # The other end stays, the other axis goes along with the middle.
    (Kind.ELLIPSE, 0, (-26, 5), ((-26, 0), (20, 0), (-3, -12), (-3, 12))),
    (Kind.ELLIPSE, 1, (10, 5), ((-20, 0), (10, 0), (-5, -12), (-5, 12))),
    (Kind.ELLIPSE, 2, (9, -20), ((-20, -4), (20, -4), (0, -20), (0, 12))),
    (Kind.ELLIPSE, 3, (-3, 4), ((-20, -4), (20, -4), (0, -12), (0, 4))),
    # The centre stays and the handle is where the hand is.
    (Kind.CIRCLE, 0, (-3, 4), ((-3, 4), (3, -4), (-4, -3), (4, 3))),
    (Kind.CIRCLE, 1, (6, 8), ((-6, -8), (6, 8), (8, -6), (-8, 6))),
    (Kind.CIRCLE, 2, (0, 10), ((10, 0), (-10, 0), (0, 10), (0, -10))),
    (Kind.CIRCLE, 3, (5, 0), ((0, 5), (0, -5), (-5, 0), (5, 0))),
    # The short axis crosses at the same share of the long one, and reaches as far.
    (Kind.BIDIRECTIONAL, 1, (90, 0), ((-30, 0), (90, 0), (40, -12), (40, 18))),
    (Kind.BIDIRECTIONAL, 0, (30, -60), ((30, -60), (30, 0), (42, -25), (12, -25))),
    (Kind.BIDIRECTIONAL, 2, (-4, -20), ((-30, 0), (30, 0), (-4, -20), (-4, 18))),
    (Kind.BIDIRECTIONAL, 3, (-4, 7), ((-30, 0), (30, 0), (-4, -12), (-4, 7))),
    (Kind.BIDIRECTIONAL, 3, (50, 7), ((-30, 0), (30, 0), (30, -12), (30, 7))),
    (Kind.BIDIRECTIONAL, 2, (-50, -7), ((-30, 0), (30, 0), (-30, -7), (-30, 18))),
    (Kind.PROBE, 0, (8, 9), ((8, 9),)),
    (Kind.TUMOUR_END, 0, (8, 9), ((8, 9),)),
]


@pytest.mark.parametrize(("kind", "index", "to", "wanted"), MOVES)
def test_a_moved_handle_leaves_the_shape_lawful(kind, index, to, wanted):
    np.testing.assert_allclose(moved(kind, index, to), wanted, atol=1e-9)


@pytest.mark.parametrize("index", [0, 1, 2, 3])
def test_a_rectangle_and_an_ellipse_never_lose_their_sides(index):
    """Drawn onto the opposite point there is still a thousandth of a millimetre to hold."""
    corners, axes = FLAT[Kind.RECTANGLE], FLAT[Kind.ELLIPSE]
    after = moved(Kind.RECTANGLE, index, corners[(index + 2) % 4])
    sides = np.linalg.norm(np.diff([*after, after[0]], axis=0), axis=1)
    np.testing.assert_allclose(sides, 1e-3, rtol=1e-6)
    after = moved(Kind.ELLIPSE, index, axes[index + 1 - 2 * (index % 2)])
    assert np.linalg.norm(after[index] - after[index + 1 - 2 * (index % 2)]) == pytest.approx(1e-3)


def test_a_circle_drawn_onto_its_centre_stays_as_it_was():
    np.testing.assert_allclose(moved(Kind.CIRCLE, 0, (0, 0)), FLAT[Kind.CIRCLE], atol=1e-9)
    np.testing.assert_allclose(moved(Kind.CIRCLE, 2, (0, 5e-4)), FLAT[Kind.CIRCLE], atol=1e-9)


@pytest.mark.parametrize("index", [0, 1])
def test_the_extent_of_a_mass_stays_upright(index):
    """In a coronal plane: beside the old end, and straight above or below the new one."""
    normal, points = (0.0, -1.0, 0.0), [np.array([5.0, 9, 40]), np.array([5.0, 9, -10])]
    to = np.array([17.0, 9.0, 33.0])
    after = SPECS[Kind.CRANIOCAUDAL].handle_moved(normal, points, index, to)
    np.testing.assert_allclose(after[index], to)
    np.testing.assert_allclose(after[1 - index], [17.0, 9.0, points[1 - index][2]], atol=1e-9)


def fading(count, at, before, behind):
    """Return how far each point goes along: a half wave of the cosine to the handles beside it."""
    share = np.zeros(count)
    share[at] = 1.0
    for reach, way in ((before, -1), (behind, 1)):
        for step in range(1, reach):
            share[(at + way * step) % count] = (1 + np.cos(np.pi * step / reach)) / 2
    return share


@pytest.mark.parametrize("kind", [Kind.FREEHAND, Kind.PATH])
@pytest.mark.parametrize("count", [9, 24, 41])
def test_points_beside_a_moved_handle_go_along_and_fade_to_rest(kind, count):
    flat = tuple((3.0 * n, 2.0 * np.sin(n)) for n in range(count))
    held = SPECS[kind].handles(count)
    assert len(held) == 8
    closed = kind is Kind.FREEHAND
    assert held == (
        tuple(int(n * count / 8) for n in range(8))
        if closed
        else tuple(round(n * (count - 1) / 7) for n in range(8))
    )
    for place, index in enumerate(held):
        before = (index - held[place - 1]) % count if closed or place else 0
        behind = (held[(place + 1) % 8] - index) % count if closed or place < 7 else 0
        delta = np.array([1.5, -7.0])
        after = moved(kind, index, np.array(flat[index]) + delta, flat)
        wanted = np.array(flat) + fading(count, index, before, behind)[:, None] * delta
        np.testing.assert_allclose(after, wanted, atol=1e-9)


@pytest.mark.parametrize("kind", [Kind.FREEHAND, Kind.PATH])
def test_a_line_of_few_points_moves_point_by_point(kind):
    for count in (3, 8):
        assert SPECS[kind].handles(count) == tuple(range(count))
        flat = tuple((3.0 * n, 2.0 * np.sin(n)) for n in range(count))
        for index in range(count):
            wanted = np.array(flat)
            wanted[index] = 50, 60
            np.testing.assert_allclose(moved(kind, index, (50, 60), flat), wanted, atol=1e-9)


@pytest.mark.parametrize("kind", [Kind.FREEHAND, Kind.PATH])
def test_a_point_between_handles_moves_alone(kind):
    flat = tuple((3.0 * n, 2.0 * np.sin(n)) for n in range(24))
    assert 1 not in SPECS[kind].handles(24)
    wanted = np.array(flat)
    wanted[1] = 50, 60
    np.testing.assert_allclose(moved(kind, 1, (50, 60), flat), wanted, atol=1e-9)
