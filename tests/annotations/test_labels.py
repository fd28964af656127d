from hypothesis import given
from hypothesis import strategies as st

from tumorboard.annotations.labels import label_under, leader, place_label

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
    return box[0] >= 0 and box[1] >= 0 and box[0] + box[2] <= 800 and box[1] + box[3] <= 600


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
