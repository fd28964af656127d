"""What is half drawn stays on its cut and goes point by point, whatever the tool."""

import pytest

from tests.tools.scenes import Hand, scene
from tumorboard.imaging.geometry import Plane
from tumorboard.tools.gesture import Phase, Pointer
from tumorboard.tools.half_drawn import begun_by, elsewhere, is_half_drawn, one_less, plane_point
from tumorboard.tools.toolbox import MASK_TOOLS, TOOLS, VESSEL_TOOLS, tool_named

EVERY = (*TOOLS, *MASK_TOOLS, *VESSEL_TOOLS)
#: Tools that a press alone stores something with, or that do all of it on release.
AT_ONCE = {"vessel", "level_pass", "landmark", "spine", "text"}
#: Tools whose gesture may cross slices.
ACROSS = {"centreline", "eraser", "probe", "mask_grow", "mask_propose"}


@pytest.mark.parametrize("tool", EVERY, ids=lambda t: t.name)
def test_nothing_is_half_drawn_at_the_start(tool):
    assert not is_half_drawn(tool.start())
    assert plane_point(tool.start()) is None


@pytest.mark.parametrize("tool", EVERY, ids=lambda t: t.name)
def test_a_press_begins_something_that_can_be_taken_back(tool):
    using = Hand(tool, scene())
    using(Phase.PRESS, 1, 2, 3)
    assert is_half_drawn(using.state) is (tool.name not in AT_ONCE)
    assert (plane_point(using.state) == (1, 2, 3)) is (tool.name not in AT_ONCE | ACROSS)
    rest = one_less(using.state)
    assert rest is None or not is_half_drawn(rest)


def clicked(name: str, *places: tuple[float, float]) -> Hand:
    using = Hand(tool_named(name), scene())
    for place in places:
        using.click(*place)
    return using


@pytest.mark.parametrize("name", ["polygon", "mask_outline"])
def test_corners_go_one_by_one(name):
    state = clicked(name, (0, 0), (20, 0), (20, 20)).state
    left = []
    while state is not None:
        left.append(len(state.placed if name == "polygon" else state.points))
        state = one_less(state)
    assert left == [3, 2, 1]


def test_the_short_axis_goes_before_the_long_one():
    using = Hand(tool_named("mass"), scene(lesion_uid="L"))
    using.drag((0, 0), (40, 0))
    using(Phase.PRESS, 20, 10)
    once = one_less(using.state)
    assert once.axes.long.finished
    assert once.axes.short is None
    assert not is_half_drawn(one_less(once))


def test_the_height_of_a_mass_has_no_slice_of_its_own():
    using = Hand(tool_named("mass"), scene(Plane.CORONAL))
    using(Phase.PRESS, 0, 0, 10)
    assert is_half_drawn(using.state)
    assert plane_point(using.state) is None


def event(z: float, plane: Plane = Plane.AXIAL) -> Pointer:
    return Pointer(Phase.PRESS, (5.0, 6.0, z), scene(plane, place=lambda _: "slice 12"))


@pytest.mark.parametrize(
    ("there", "why"),
    [
        (event(3.0), ""),
        (event(3.0 + 1e-4), ""),
        (event(3.5), "Go back to slice 12 to finish the angle, or press Esc."),
        (event(3.0, Plane.CORONAL), "Finish the angle on the axial view first."),
    ],
)
def test_another_cut_is_refused_in_a_sentence(there, why):
    assert elsewhere(begun_by(event(3.0), "the angle"), there) == why
