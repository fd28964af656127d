"""Each tool as a reader uses it: events in, annotations out."""

import numpy as np
import pytest

from tests.annotations.shapes import annotation
from tests.tools.scenes import Hand, scene
from tumorboard.annotations.kinds import REGIONS
from tumorboard.annotations.measure import measure
from tumorboard.annotations.model import Kind
from tumorboard.errors import UserError
from tumorboard.imaging.geometry import Calibration, Plane
from tumorboard.imaging.measurement import distance
from tumorboard.tools.calibrate import known_length_mm
from tumorboard.tools.gesture import Phase
from tumorboard.tools.toolbox import TOOLS, tool_named

CURSORS = {"cross", "text", "erase", "probe"}


def hand(name, **more):
    return Hand(tool_named(name), scene(**more))


def only(using):
    (drawn,) = using.committed
    return drawn


@pytest.mark.parametrize("tool", TOOLS, ids=lambda t: t.name)
def test_a_tool_has_a_hint_of_one_line_and_a_cursor(tool):
    hint = tool.hint(tool.start())
    assert "\n" not in hint
    assert 10 < len(hint) < 100
    assert tool.cursor in CURSORS


@pytest.mark.parametrize("name", ["angle", "polygon", "freehand", "length", "circle", "rectangle"])
def test_one_click_draws_nothing(name):
    using = hand(name)
    using.click(3, 4)
    assert not using.committed


@pytest.mark.parametrize("tool", TOOLS, ids=lambda t: t.name)
def test_enter_before_anything_is_drawn_does_nothing(tool):
    using = Hand(tool, scene())
    using(Phase.FINISH, 0, 0)
    assert not using.committed
    assert not using.last.erase


def test_an_angle_by_three_clicks():
    using = hand("angle")
    using.click(20, 0)
    assert using(Phase.MOVE, 10, 0).preview[0].kind is Kind.LENGTH
    using.click(0, 0)
    assert using(Phase.MOVE, 10, 10).preview[0].kind is Kind.ANGLE
    using.click(0, 30)
    assert measure(only(using)).text == "90°"
    assert using.state == using.tool.start()


def test_an_angle_by_a_drag_and_a_click():
    using = hand("angle")
    using.drag((20, 0), (8, 0), (0, 0))
    using.click(20, 20)
    assert measure(only(using)).text == "45°"


def test_a_double_click_makes_no_angle_without_an_arm():
    using = hand("angle")
    using.click(20, 0)
    using.click(20, 0)
    using.click(0, 0)
    assert not using.committed
    using.click(0, 9)
    assert measure(only(using)).text == "90°"


CORNERS = ((0, 0), (30, 0), (30, 20), (0, 20))


@pytest.mark.parametrize("closing", ["first corner", "enter", "double click"])
def test_a_polygon_closes(closing):
    using = hand("polygon")
    for corner in CORNERS:
        using.click(*corner)
        using(Phase.MOVE, corner[0] + 1, corner[1])
    assert using.last.preview[0].kind is Kind.POLYGON
    if closing == "enter":
        using(Phase.FINISH, 3, 3)
    else:
        using.click(*((0.5, 0.5) if closing == "first corner" else (0.1, 20.1)))
    assert len(only(using).points) == 4
    assert measure(only(using)).text == "6.0 cm²"


def test_a_polygon_needs_three_corners():
    using = hand("polygon")
    using.click(0, 0)
    using.click(30, 0)
    step = using(Phase.FINISH, 30, 0)
    assert "three corners" in step.message
    assert not using.committed
    assert len(using.state.placed) == 2


def test_freehand_closes_on_release_and_keeps_the_area():
    using = hand("freehand")
    t = np.linspace(0, 2 * np.pi, 300)
    using.drag(*zip(20 * np.cos(t), 20 * np.sin(t), strict=True))
    drawn = only(using)
    assert len(drawn.points) < 100
    assert measure(drawn).quantities[0].value == pytest.approx(np.pi * 400, rel=0.01)


def test_a_circle_is_drawn_from_its_centre():
    using = hand("circle")
    using.drag((10, 10), (15, 14), (16, 18))
    found = measure(only(using))
    assert found.text.startswith("⌀ 2.0 cm")


@pytest.mark.parametrize("name", ["rectangle", "ellipse"])
def test_a_box_follows_the_sides_of_a_turned_view(name):
    turn = np.radians(30)
    right = (float(np.cos(turn)), float(np.sin(turn)), 0.0)
    across = (-right[1], right[0])
    using = hand(name, right=right)
    end = tuple(30 * np.array(right[:2]) + 12 * np.array(across))
    using.drag((0, 0), (5, 5), end)
    expected = {"rectangle": 360, "ellipse": np.pi / 4 * 360}[name]
    assert measure(only(using)).quantities[0].value == pytest.approx(expected)


def test_a_rectangle_lies_in_the_plane_of_a_reformat():
    using = Hand(tool_named("rectangle"), scene(Plane.CORONAL))
    for phase, place in ((Phase.PRESS, (0, 7, 0)), (Phase.RELEASE, (20, 7, 30))):
        using(phase, *place)
    assert {p[1] for p in only(using).points} == {7.0}
    assert measure(only(using)).text == "6.0 cm²"


def test_an_arrow_points_at_where_the_drag_began():
    using = hand("arrow")
    using.drag((4, 5), (20, 25))
    assert only(using).points[0] == (4, 5, 0)


def test_text_is_asked_for_and_then_drawn():
    using = hand("text")
    ask = using.click(4, 5).ask
    (drawn,) = ask.finish("  Capsule \n breached  ").commit
    assert (drawn.kind, drawn.label, drawn.points) == (Kind.TEXT, "Capsule breached", ((4, 5, 0),))
    with pytest.raises(UserError):
        ask.finish(" \n ")


def test_the_probe_follows_while_held_and_stays_where_it_is_let_go():
    using = hand("probe")
    assert not using(Phase.MOVE, 1, 1).preview
    using(Phase.PRESS, 1, 1)
    assert using(Phase.MOVE, 2, 1).preview[0].points == ((2, 1, 0),)
    using(Phase.RELEASE, 3, 1)
    assert only(using).points == ((3, 1, 0),)


def test_the_eraser_takes_what_it_sweeps_over_as_one():
    drawn = (
        annotation(Kind.LENGTH, uid="near", flat=((0, 0), (20, 0))),
        annotation(Kind.CIRCLE, uid="round", origin=(50.0, 0.0, 0.0)),
        annotation(Kind.LENGTH, uid="far", flat=((0, 40), (20, 40))),
        annotation(Kind.LENGTH, uid="other slice", origin=(0, 0, 12.0), flat=((0, 0), (20, 0))),
    )
    using = hand("eraser", existing=drawn)
    using(Phase.PRESS, 10, 0.5)
    assert using.last.highlight == ("near",)
    using(Phase.MOVE, 35, 0)
    using(Phase.MOVE, 35.2, 0)
    step = using(Phase.RELEASE, 35.2, 0)
    assert step.erase == ("near", "round")
    assert using.state == using.tool.start()
    assert not using(Phase.MOVE, 10, 40).highlight


def test_a_known_length_is_asked_for_and_calibrates_what_follows():
    using = hand("calibration", source=Calibration.NONE)
    ask = using.drag((0, 0), (30, 0), (100, 0)).ask
    (known,) = ask.finish("25 mm").commit
    assert measure(known).text == "2.5 cm"
    line = Hand(tool_named("length"), scene(source=Calibration.NONE, existing=(known,)))
    line.drag((0, 0), (40, 0))
    assert measure(only(line)).text == "1.0 cm"
    assert only(line).image.calibration is Calibration.USER
    again = Hand(tool_named("calibration"), scene(source=Calibration.NONE, existing=(known,)))
    (changed,) = again.drag((0, 0), (50, 0)).ask.finish("2,5 cm").commit
    assert changed.uid == known.uid


def test_calibrated_images_are_left_as_they_are():
    step = hand("calibration").drag((0, 0), (100, 0))
    assert "already" in step.message
    assert step.ask is None


@pytest.mark.parametrize(("typed", "mm"), [("25", 25), ("25.4 mm", 25.4), (" 2,5 CM ", 25)])
def test_a_typed_length(typed, mm):
    assert known_length_mm(typed) == pytest.approx(mm)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "No length was typed."),
        ("abc", "“abc” is not a number."),
        ("5 kg", "“5 kg” is not in mm."),
        ("-3", "A length is more than zero."),
        ("0", "A length is more than zero."),
        ("nan", "“nan” is not a number."),
        ("inf", "“inf” is not a number."),
        ("1000000000", "No body is longer than 3 m."),
        ("1,500", "“1,500” can be read in two ways: write 1500 or 1.5000."),
    ],
)
def test_what_is_no_length_is_refused_in_a_sentence(typed, sentence):
    with pytest.raises(UserError, match="Nothing was calibrated") as refused:
        known_length_mm(typed)
    assert refused.value.message == sentence


def test_a_freehand_line_without_area_says_so():
    using = hand("freehand")
    step = using.drag((0, 0), (20, 0), (40, 0))
    assert not using.committed
    assert "encloses nothing" in step.message


# The short axis


def test_the_short_axis_follows_the_pointer_until_a_click():
    using = hand("bidirectional")
    using.drag((0, 0), (20, 0), (40, 0))
    assert not using.committed
    shown = using(Phase.MOVE, 10, 9).preview[0]
    assert shown.kind is Kind.BIDIRECTIONAL
    assert measure(shown).text == "4.0 × 1.8 cm"
    using.click(10, 8)
    assert measure(only(using)).text == "4.0 × 1.6 cm"


def test_enter_takes_the_short_axis_on_show():
    using = hand("bidirectional")
    using.drag((0, 0), (40, 0))
    using(Phase.MOVE, 10, 9)
    using(Phase.FINISH, 10, 9)
    assert measure(only(using)).text == "4.0 × 1.8 cm"


def test_a_click_on_the_long_axis_itself_is_no_short_axis():
    using = hand("bidirectional")
    using.drag((0, 0), (40, 0))
    using.click(20, 0.1)
    assert not using.committed


@pytest.mark.parametrize("kind", sorted(REGIONS))
def test_inside_an_outline_one_drag_gives_both_axes(kind):
    around = annotation(kind, lesion_uid="L")
    using = hand("bidirectional", existing=(around,))
    using.drag((-18, 0), (0, 0), (18, 0))
    drawn = only(using)
    expected = {"ellipse": 24, "circle": 30, "rectangle": 20, "polygon": 35, "freehand": 28}[kind]
    assert distance(*drawn.points[2:]) == pytest.approx(expected, abs=0.2)
    assert drawn.lesion_uid == "L"


def test_an_outline_on_another_slice_does_not_count():
    around = annotation(Kind.CIRCLE, origin=(0.0, 0.0, 5.0))
    using = hand("bidirectional", existing=(around,))
    using.drag((-18, 0), (18, 0))
    assert not using.committed


def disc(points):
    """Values of a bright ellipse with half axes of 20 and 12 mm and a soft rim."""
    radius = np.hypot(points[..., 0] / 20, points[..., 1] / 12)
    return 60 - 160 / (1 + np.exp(-(radius - 1) * 25))


def test_with_assist_ends_go_to_the_edges_and_are_shown_first():
    using = hand("length", assist=True, sample=disc)
    using(Phase.PRESS, -18.7, 0)
    step = using(Phase.MOVE, 18.9, 0)
    assert np.linalg.norm(step.snap) == pytest.approx(20, abs=0.3)
    shown = measure(step.preview[0]).quantities[0].value
    using(Phase.RELEASE, 18.9, 0)
    assert measure(only(using)).quantities[0].value == pytest.approx(shown)
    assert shown == pytest.approx(40, abs=0.5)


def test_without_assist_nothing_moves():
    using = hand("length", sample=disc)
    using.drag((-18.7, 0), (18.9, 0))
    assert measure(only(using)).quantities[0].value == pytest.approx(37.6)
    assert using.last.snap is None


def test_with_assist_one_drag_measures_both_axes_of_a_mass():
    using = hand("bidirectional", assist=True, sample=disc)
    using.drag((-19, 0), (19, 0.0))
    drawn = only(using)
    assert distance(*drawn.points[:2]) == pytest.approx(40, abs=0.6)
    assert distance(*drawn.points[2:]) == pytest.approx(24, abs=0.8)


def test_with_assist_and_no_edges_the_reader_draws_the_short_axis():
    using = hand("bidirectional", assist=True, sample=lambda p: np.zeros(p.shape[:-1]))
    using.drag((-19, 0), (19, 0))
    assert not using.committed
