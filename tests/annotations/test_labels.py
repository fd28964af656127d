import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tumorboard.annotations.labels import (
    box_around,
    label_under,
    leader,
    overlaps,
    place_label,
)

CANVAS = (0.0, 0.0, 800.0, 600.0)
SIZE = (120.0, 16.0)
SHAPES = st.tuples(
    st.floats(0, 700), st.floats(0, 500), st.floats(1, 200), st.floats(1, 160)
)  # left, top, width, height


def overlap(a, b):
    width = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    height = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    return max(width, 0) * max(height, 0)


def on_canvas(box):
    """Whether a rectangle lies on the canvas, four pixels from its rim, to the last digit."""
    near, right, bottom = 4 - 1e-9, 796 + 1e-9, 596 + 1e-9
    ends = box[0] + box[2], box[1] + box[3]
    return box[0] >= near and box[1] >= near and ends[0] <= right and ends[1] <= bottom


@given(shape=SHAPES)
def test_the_label_never_covers_what_it_names(shape):
    box = place_label(SIZE, shape, [shape], [], CANVAS)
    assert overlap(box, shape) == 0
    assert on_canvas(box)


@given(shapes=st.lists(SHAPES, min_size=1, max_size=4))
def test_labels_keep_off_one_another_and_off_all_shapes_while_there_is_room(shapes):
    small = [(x, y, w / 4, h / 4) for x, y, w, h in shapes]
    taken = []
    for shape in small:
        box = place_label(SIZE, shape, small, taken, CANVAS)
        assert on_canvas(box)
        assert all(overlap(box, other) == 0 for other in (*taken, *small))
        taken.append(box)


def test_a_shape_that_fills_the_canvas_leaves_the_label_on_it():
    assert on_canvas(place_label(SIZE, CANVAS, [CANVAS], [], CANVAS))


def test_a_moved_label_stands_where_the_reader_put_it():
    shape = (300.0, 300.0, 50.0, 50.0)
    box = place_label(SIZE, shape, [shape], [], CANVAS, wanted=(325.0, 100.0))
    assert (box[0] + box[2] / 2, box[1] + box[3] / 2) == (325.0, 100.0)
    assert on_canvas(place_label(SIZE, shape, [shape], [], CANVAS, wanted=(-50.0, 900.0)))


def test_a_label_far_away_is_joined_with_what_it_names():
    shape = (300.0, 300.0, 50.0, 50.0)
    near = place_label(SIZE, shape, [shape], [], CANVAS)
    assert leader(near, shape) is None
    start, end = leader((100.0, 100.0, *SIZE), shape)
    assert start == (220.0, 116.0)
    assert end == (300.0, 300.0)


def test_the_label_under_the_pointer_is_the_one_drawn_last():
    labels = [("a", (0.0, 0.0, 50.0, 20.0)), ("b", (30.0, 0.0, 50.0, 20.0))]
    assert label_under(labels, (40.0, 10.0)) == "b"
    assert label_under(labels, (10.0, 10.0)) == "a"
    assert label_under(labels, (90.0, 10.0)) == ""


#: Left, top, width, height of what stands at the rim of a view, and of labels to be placed.
TAKEN = st.tuples(st.floats(0, 700), st.floats(0, 560), st.floats(10, 200), st.floats(5, 60))
SIZES = st.tuples(st.floats(20, 260), st.floats(16, 46))


def has_room(size, taken, canvas=CANVAS, rim=4.0):
    """Whether a free place must be left: what is taken forbids no more than its widened area."""
    places = (canvas[2] - 2 * rim - size[0]) * (canvas[3] - 2 * rim - size[1])
    return sum((w + size[0] + 1) * (h + size[1] + 1) for _, _, w, h in taken) < places


@given(
    drawn=st.lists(st.tuples(SHAPES, SIZES, st.booleans()), min_size=1, max_size=14),
    taken=st.lists(TAKEN, max_size=5),
)
def test_no_label_covers_another_or_what_is_taken_while_there_is_any_room(drawn, taken):
    shapes = [shape for shape, _, _ in drawn]
    held = list(taken)
    for shape, size, moved in drawn:
        wanted = (shape[0], shape[1]) if moved else None
        room = has_room(size, held)
        box = place_label(size, shape, shapes, held, CANVAS, wanted)
        assert on_canvas(box)
        assert box[2:] == size
        assert not room or all(overlap(box, other) == 0 for other in held)
        held.append(box)


def test_a_crowd_leaves_one_hole_and_the_label_finds_it():
    walls = [(0.0, 0.0, 800.0, 400.0), (0.0, 420.0, 800.0, 180.0), (0.0, 400.0, 300.0, 20.0)]
    shape = (700.0, 50.0, 20.0, 20.0)
    box = place_label(SIZE, shape, [shape], walls, CANVAS)
    assert all(overlap(box, wall) == 0 for wall in walls)


def test_a_moved_label_gives_way_to_a_value_that_stands_there():
    value = (280.0, 90.0, 90.0, 16.0)
    shape = (300.0, 300.0, 50.0, 50.0)
    box = place_label(SIZE, shape, [shape], [value], CANVAS, wanted=(325.0, 100.0))
    assert overlap(box, value) == 0
    assert abs(box[1] + box[3] / 2 - 100.0) <= 16.0


SHAPE = (300.0, 200.0, 60.0, 40.0)
#: Where a label of 120 x 16 goes in turn: ten pixels away, in the middle of a side; then aslant.
IN_TURN = [
    (270.0, 250.0),  # below
    (270.0, 174.0),  # above
    (370.0, 212.0),  # right
    (170.0, 212.0),  # left
    (210.0, 250.0),  # below, to the left
    (330.0, 250.0),
    (210.0, 174.0),  # above, to the left
    (330.0, 174.0),
    (270.0, 267.0),  # below, a step of 17 farther
]


@pytest.mark.parametrize("count", range(len(IN_TURN)))
def test_the_places_round_a_shape_are_tried_in_turn(count):
    """Specks are taken that lie in all earlier places and not in the next one."""
    wanted = (*IN_TURN[count], *SIZE)
    specks = [(x + 0.5, y + 0.5, 1.0, 1.0) for x in range(160, 500, 4) for y in range(170, 300, 4)]
    taken = [speck for speck in specks if overlap(speck, wanted) == 0 and count]
    assert place_label(SIZE, SHAPE, [SHAPE], taken, CANVAS) == wanted


@pytest.mark.parametrize(
    ("shape", "place"),
    [
        ((0.0, 200.0, 20.0, 20.0), (4.0, 230.0)),  # kept four pixels from the edge
        ((780.0, 200.0, 20.0, 20.0), (676.0, 230.0)),
        ((300.0, 570.0, 20.0, 20.0), (250.0, 544.0)),  # above, as below there is no room
    ],
)
def test_near_an_edge_the_label_stays_on_the_canvas(shape, place):
    assert place_label(SIZE, shape, [shape], [], CANVAS) == (*place, *SIZE)


def test_a_canvas_that_begins_elsewhere_is_kept_to():
    canvas = (1000.0, 500.0, 200.0, 100.0)
    shape = (1000.0, 520.0, 10.0, 10.0)
    assert place_label(SIZE, shape, [shape], [], canvas) == (1004.0, 540.0, *SIZE)
    wide = place_label((400.0, 16.0), shape, [shape], [], canvas)
    assert wide[:2] == (1004.0, 540.0)  # one too wide begins at the left
    moved = place_label(SIZE, shape, [shape], [], canvas, wanted=(0.0, 9999.0))
    assert moved == (1004.0, 580.0, *SIZE)


def test_of_places_that_all_cover_a_shape_the_one_that_covers_least_is_taken():
    others = [SHAPE, (0.0, 0.0, 800.0, 170.0), (0.0, 170.0, 800.0, 430.0)]
    box = place_label(SIZE, SHAPE, [*others, (0.0, 240.0, 800.0, 360.0)], [], CANVAS)
    assert overlap(box, SHAPE) == 0
    assert box[1] + box[3] <= 240.0


@given(
    first=st.tuples(*[st.integers(0, 12)] * 2, *[st.integers(1, 8)] * 2),
    second=st.tuples(*[st.integers(0, 12)] * 2, *[st.integers(1, 8)] * 2),
)
def test_rectangles_overlap_where_they_share_area(first, second):
    assert overlaps(first, second) == (overlap(first, second) > 0)


def test_the_rectangle_round_points_is_widened_on_all_sides():
    points = np.array([[3.0, 9.0], [7.0, -2.0], [5.0, 1.0]])
    assert box_around(points) == (3.0, -2.0, 4.0, 11.0)
    assert box_around(points, 1.5) == (1.5, -3.5, 7.0, 14.0)


def test_a_moved_label_goes_to_the_nearest_free_place():
    shape = (300.0, 300.0, 50.0, 50.0)
    wall = (0.0, 90.0, 800.0, 30.0)  # across the canvas, 90 to 120
    box = place_label(SIZE, shape, [shape], [wall], CANVAS, wanted=(400.0, 100.0))
    assert box == (340.0, 73.5, *SIZE)  # half a pixel above it
    box = place_label(SIZE, shape, [shape], [wall], CANVAS, wanted=(400.0, 115.0))
    assert box == (340.0, 120.5, *SIZE)
    pillar = (200.0, 0.0, 60.0, 600.0)
    box = place_label(SIZE, shape, [shape], [pillar], CANVAS, wanted=(150.0, 300.0))
    assert box == (79.5, 292.0, *SIZE)
    box = place_label(SIZE, shape, [shape], [pillar], CANVAS, wanted=(310.0, 300.0))
    assert box == (260.5, 292.0, *SIZE)


def test_without_any_room_a_label_stands_where_it_was_wanted():
    full = [(0.0, 0.0, 800.0, 600.0)]
    shape = (300.0, 300.0, 50.0, 50.0)
    box = place_label(SIZE, shape, [shape], full, CANVAS, wanted=(400.0, 100.0))
    assert box == (340.0, 92.0, *SIZE)
    below = place_label(SIZE, shape, [shape], full, CANVAS)
    assert below == (265.0, 360.0, *SIZE)
    aside = (500.0, 130.0, 80.0, 30.0)
    assert place_label(SIZE, aside, [aside], full, CANVAS) == (480.0, 170.0, *SIZE)


@pytest.mark.parametrize(
    ("label", "line"),
    [
        ((300.0, 368.5, 50.0, 16.0), None),  # 18.5 away
        ((300.0, 369.0, 50.0, 16.0), ((325.0, 369.0), (325.0, 350.0))),
        ((100.0, 310.0, 120.0, 16.0), ((220.0, 325.0), (300.0, 325.0))),
        ((500.0, 100.0, 120.0, 16.0), ((500.0, 116.0), (350.0, 300.0))),
        ((310.0, 310.0, 20.0, 10.0), None),  # on the shape
    ],
)
def test_a_line_joins_the_nearest_points_of_what_lies_apart(label, line):
    assert leader(label, (300.0, 300.0, 50.0, 50.0)) == line


def test_the_edges_of_a_label_belong_to_it():
    labels = [("a", (10.0, 20.0, 50.0, 20.0))]
    assert [label_under(labels, p) for p in ((10, 20), (60, 40), (35, 30))] == ["a"] * 3
    beyond = ((9.9, 30), (60.1, 30), (35, 19.9), (35, 40.1))
    assert [label_under(labels, p) for p in beyond] == [""] * 4


@pytest.mark.parametrize("shape", [(420.0, 130.0, 90.0, 30.0), (150.0, 480.0, 10.0, 70.0)])
@pytest.mark.parametrize(("x", "y"), [(20.0, 40.0), (660.0, 30.0), (30.0, 570.0), (640.0, 560.0)])
def test_a_line_goes_from_a_label_to_the_nearest_point_towards_the_middle_of_its_shape(shape, x, y):
    start, end = leader((x, y, *SIZE), shape)
    middle = (shape[0] + shape[2] / 2, shape[1] + shape[3] / 2)
    assert start == tuple(np.clip(middle, (x, y), (x + SIZE[0], y + SIZE[1])))
    assert end == tuple(np.clip(start, shape[:2], (shape[0] + shape[2], shape[1] + shape[3])))


@pytest.mark.parametrize("canvas", [(0.0, 0.0, 300.0, 200.0), (70.0, -40.0, 300.0, 200.0)])
@pytest.mark.parametrize(("x", "y"), [(150, 8), (150, 192), (8, 100), (292, 100), (292, 192)])
def test_a_label_pushed_to_the_rim_stays_four_pixels_from_it(canvas, x, y):
    """What is taken leaves only a band along one side of the canvas."""
    left, top, width, height = canvas
    size = (40.0, 16.0)
    wall = (left + 45.0, top + 21.0, width - 90.0, height - 42.0)
    wanted = (left + x, top + y)
    shape = (left + 140.0, top + 90.0, 20.0, 20.0)
    box = place_label(size, shape, [shape], [wall], canvas, wanted)
    assert overlap(box, wall) == 0
    assert box[0] >= left + 4
    assert box[1] >= top + 4
    assert box[0] + box[2] <= left + width - 4
    assert box[1] + box[3] <= top + height - 4
    inner = (left + 30.0, top + 10.0, width - 60.0, height - 20.0)
    crowd = place_label(size, shape, [shape], [inner], canvas, wanted)
    # Nowhere is a free place four pixels from the rim: it stays where it was wanted.
    assert crowd[:2] == (
        min(max(wanted[0] - 20, left + 4), left + width - 44),
        min(max(wanted[1] - 8, top + 4), top + height - 20),
    )


#: A wall that leaves a strip at one edge of the canvas as wide as a label and its rim, and where
#: the label then has to lie.
STRIPS = [
    ((0.0, 0.0, 676.0, 600.0), 0, 676.0),
    ((124.0, 0.0, 676.0, 600.0), 0, 4.0),
    ((0.0, 0.0, 800.0, 580.0), 1, 580.0),
    ((0.0, 20.0, 800.0, 580.0), 1, 4.0),
]


@pytest.mark.parametrize(("wall", "axis", "place"), STRIPS)
def test_a_strip_just_as_wide_as_the_label_is_found(wall, axis, place):
    shape = (380.0, 280.0, 40.0, 40.0)
    box = place_label((120.0, 16.0), shape, [shape], [wall], CANVAS)
    assert box[axis] == place
    assert overlap(box, wall) == 0
