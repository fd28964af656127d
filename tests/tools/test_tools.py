import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tumorboard.annotations.measure import measure
from tumorboard.annotations.model import Annotation, ImageReference, Kind, Landmark, TumourEnd
from tumorboard.imaging.geometry import Plane
from tumorboard.imaging.measurement import distance
from tumorboard.tools.edit import handle_moved, moved
from tumorboard.tools.gesture import Phase, Pointer, Scene, Step
from tumorboard.tools.toolbox import TOOLS, tool_named
from tumorboard.tools.vessel import MARKS

NORMALS = {Plane.AXIAL: (0, 0, 1), Plane.CORONAL: (0, 1, 0), Plane.SAGITTAL: (1, 0, 0)}


def scene(plane=Plane.AXIAL, **changes) -> Scene:
    values = {
        "plane": plane,
        "normal": NORMALS[plane],
        "reference": lambda points: ImageReference("1", "2", ("3",), "4", plane),
        "author": "Dr A",
        "now_utc": "2026-11-01T08:00:00Z",
    }
    return Scene(**{**values, **changes})


def drag(tool, state, start, end, where: Scene) -> tuple[object, tuple[Annotation, ...], Step]:
    step = tool.step(state, Pointer(Phase.PRESS, start, where))
    step = tool.step(step.state, Pointer(Phase.MOVE, end, where))
    step = tool.step(step.state, Pointer(Phase.RELEASE, end, where))
    return step.state, step.commit, step


def test_each_tool_has_its_own_name_and_key():
    assert len({t.name for t in TOOLS}) == len({t.key for t in TOOLS}) == len(TOOLS)
    for tool in TOOLS:
        assert tool_named(tool.name) is tool
        assert tool.hint(tool.start())
    assert tool_named("no such") is None


def test_bidirectional_short_axis_is_perpendicular_wherever_it_is_dragged():
    tool, where = tool_named("bidirectional"), scene()
    state, commit, step = drag(tool, tool.start(), (0, 0, 5), (40, 30, 5), where)
    assert not commit
    assert [a.kind for a in step.preview] == [Kind.LENGTH]
    _, commit, _ = drag(tool, state, (30, 0, 5), (0, 28, 5), where)
    (drawn,) = commit
    a, b, c, d = (np.array(p) for p in drawn.points)
    assert abs((b - a) @ (d - c)) < 1e-9
    assert drawn.points[0][2] == drawn.points[3][2] == 5


def test_the_mass_is_one_lesion_with_an_upright_extent():
    tool = tool_named("mass")
    state, _, _ = drag(tool, tool.start(), (0, 0, 0), (105, 0, 0), scene())
    state, (axial,), _ = drag(tool, state, (50, -40, 0), (52, 49, 0), scene())
    state, (height,), _ = drag(tool, state, (50, 0, -60), (56, 0, 72), scene(Plane.CORONAL))
    assert axial.lesion_uid == height.lesion_uid != ""
    assert measure(axial).text == "10.5 × 8.9 cm"
    assert measure(height).text == "13.2 cm"
    assert height.points[0][:2] == height.points[1][:2]


def test_the_mass_asks_for_the_axial_view_while_its_axes_are_open():
    tool = tool_named("mass")
    state, _, _ = drag(tool, tool.start(), (0, 0, 0), (105, 0, 0), scene())
    after, commit, step = drag(tool, state, (0, 0, 0), (0, 0, 50), scene(Plane.SAGITTAL))
    assert not commit
    assert "axial" in step.message
    assert after == state


def test_the_vessel_tool_walks_through_the_marks_and_corrects():
    tool, existing = tool_named("vessel"), ()
    state = tool.start()
    roles = []
    for i in range(len(MARKS)):
        step = tool.step(state, Pointer(Phase.PRESS, (0, 0, i), scene(existing=existing)))
        state, existing = step.state, (*existing, *step.commit)
        roles.append(step.commit[0].role)
    assert roles == [str(mark) for mark in MARKS]
    assert state == ""
    step = tool.step(state, Pointer(Phase.PRESS, (0, 0, 0), scene(existing=existing)))
    assert not step.commit
    assert step.message
    again = tool.step(
        str(Landmark.RENAL_VEINS), Pointer(Phase.PRESS, (0, 0, 99), scene(existing=existing))
    )
    old = next(a for a in existing if a.role == Landmark.RENAL_VEINS)
    assert again.commit[0].uid == old.uid
    assert again.commit[0].points == ((0, 0, 99),)
    assert {a.kind for a in existing if a.role in {str(e) for e in TumourEnd}} == {Kind.TUMOUR_END}


def annotation(kind: Kind, *points) -> Annotation:
    image = ImageReference("1", "2", ("3",), "4", Plane.AXIAL)
    return Annotation("u", kind, points, (0, 0, 1), image, "Dr A", "2026-11-01T08:00:00Z")


COORDINATE = st.floats(-80, 80)
PLACE = st.tuples(COORDINATE, COORDINATE, st.just(5.0))


@given(index=st.integers(0, 3), to=PLACE)
@settings(max_examples=100, deadline=None)
def test_any_handle_of_a_bidirectional_keeps_the_axes_perpendicular(index, to):
    drawn = annotation(
        Kind.BIDIRECTIONAL, (-40.0, 0, 5), (40.0, 0, 5), (10.0, -20, 5), (10.0, 25, 5)
    )
    fixed = drawn.points[1 - index] if index < 2 else None
    if fixed is not None and distance(fixed, to) < 1:
        return
    changed = handle_moved(drawn, index, to)
    a, b, c, d = (np.array(p) for p in changed.points)
    assert abs((b - a) @ (d - c)) <= 1e-6 * max(distance(a, b) * distance(c, d), 1)
    if fixed is not None:
        np.testing.assert_allclose(changed.points[index], to)
        assert changed.points[1 - index] == pytest.approx(fixed)
        assert distance(c, d) == pytest.approx(45)


@given(index=st.integers(0, 3), to=PLACE)
@settings(max_examples=60, deadline=None)
def test_any_handle_of_an_ellipse_leaves_the_opposite_end(index, to):
    drawn = annotation(Kind.ELLIPSE, (-30.0, 0, 5), (30.0, 0, 5), (0.0, -20, 5), (0.0, 20, 5))
    changed = handle_moved(drawn, index, to)
    opposite = index + 1 if index % 2 == 0 else index - 1
    np.testing.assert_allclose(changed.points[opposite], drawn.points[opposite], atol=1e-9)
    a, b, c, d = (np.array(p) for p in changed.points)
    np.testing.assert_allclose((a + b) / 2, (c + d) / 2, atol=1e-9)


def test_a_craniocaudal_extent_stays_upright():
    drawn = annotation(Kind.CRANIOCAUDAL, (0.0, 0, 0), (0.0, 0, 100))
    changed = handle_moved(drawn, 1, (7.0, 3.0, 120.0))
    assert changed.points == ((7.0, 3.0, 0.0), (7.0, 3.0, 120.0))


def test_moving_the_whole_keeps_the_values():
    drawn = annotation(Kind.LENGTH, (0.0, 0, 0), (30.0, 40, 0))
    changed = moved(drawn, np.array([5.0, -6, 7]))
    assert changed.points[0] == (5.0, -6.0, 7.0)
    assert measure(changed).quantities[0].value == pytest.approx(50)


@pytest.mark.parametrize("height_there", [True, False])
def test_axes_drawn_again_say_that_the_height_is_from_before(height_there):
    tool = tool_named("mass")
    state, (height,), _ = drag(tool, tool.start(), (0, 0, 0), (0, 0, 50), scene(Plane.CORONAL))
    where = scene(existing=(height,) if height_there else (), lesion_uid=height.lesion_uid)
    state, _, _ = drag(tool, tool.start(), (-40, 0, 0), (40, 0, 0), where)
    state, (axes,), _ = drag(tool, state, (0, -20, 0), (0, 20, 0), where)
    assert axes.lesion_uid == height.lesion_uid
    said = "the height 5.0 cm is from before" in tool.hint(state)
    assert said is height_there
    again = scene(Plane.CORONAL, existing=(height, axes), lesion_uid=height.lesion_uid)
    state, (new,), _ = drag(tool, state, (0, 0, 0), (0, 0, 60), again)
    assert (new.uid == height.uid, measure(new).text) == (True, "6.0 cm")
    assert "from before" not in tool.hint(state)


@pytest.mark.parametrize("name", ["vessel", "mass"])
def test_pictures_without_a_place_take_no_levels_and_no_axes_of_a_mass(name):
    tool, where = tool_named(name), scene(is_placed=False)
    state, drawn, _ = drag(tool, tool.start(), (0, 0, 0), (30, 0, 0), where)
    _, again, _ = drag(tool, state, (10, -5, 0), (10, 5, 0), where)
    assert drawn == again == ()
    said = tool.step(tool.start(), Pointer(Phase.PRESS, (0, 0, 0), where)).message
    assert "do not say where they lie" in said
