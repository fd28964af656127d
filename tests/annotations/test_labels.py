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
