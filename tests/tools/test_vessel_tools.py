"""The tools of vessels say what the hand did: points of a line, levels on it."""

import numpy as np
import pytest

from tests.tools.scenes import scene
from tumorboard.tools.centreline import CentrelineTool
from tumorboard.tools.gesture import Phase, Pointer
from tumorboard.tools.landmark import LEVELS, SHORT_LEVELS, LandmarkTool, next_level
from tumorboard.tools.pathing import LevelSet, LineEnded, PathSeen, PointMoved, PointPlaced

PRESS, MOVE, RELEASE, FINISH = Phase.PRESS, Phase.MOVE, Phase.RELEASE, Phase.FINISH
#: A line along x in the plane z = 5, with clicks at its ends and in its middle.
XS = np.linspace(0.0, 40.0, 81)
SEEN = PathSeen(
    ((0.0, 0.0, 5.0), (20.0, 0.0, 5.0), (40.0, 0.0, 5.0)),
    np.stack([XS, 0 * XS, 0 * XS + 5.0], axis=1),
    (XS >= 20.0).astype(float),
    {},
)


def run(tool, events, path=SEEN, state=None):
    """Pass (phase, x, y, z) on; return the acts and the last step."""
    state, acts, step = tool.start() if state is None else state, [], None
    for phase, *place in events:
        step = tool.step(state, Pointer(phase, tuple(map(float, place)), scene(path=path)))
        state = step.state
        acts += [step.path] if step.path is not None else []
    return acts, step


def test_clicks_go_to_the_end_that_is_nearer():
    events = [(PRESS, 50, 3, 5), (RELEASE, 50, 3, 5)]
    acts, step = run(CentrelineTool(), events)
    assert acts == [PointPlaced(3, (50, 3, 5)), PointPlaced(3, (50, 3, 5), ended=True)]
    assert step.state.begun
    assert "Enter" in CentrelineTool().hint(step.state)
    (act, *_), _ = run(CentrelineTool(), [(PRESS, -9, 3, 5)])
    assert act.at == 0
    (act, *_), _ = run(CentrelineTool(), [(PRESS, -9, 3, 5)], PathSeen())
    assert act.at == 0


def test_a_point_is_taken_up_and_keeps_its_distance_from_the_plane():
    # The plane on show lies 2 mm beside the point, the press a pixel beside it.
    events = [(PRESS, 20.5, 0, 7), (MOVE, 24.5, 3, 7), (RELEASE, 25.5, 4, 7)]
    acts, step = run(CentrelineTool(), events)
    assert all(isinstance(a, PointMoved) for a in acts)
    assert [a.at for a in acts] == [1, 1, 1]
    assert [a.ended for a in acts] == [False, False, True]
    assert acts[-1].point == pytest.approx((25.0, 4.0, 5.0))
    assert step.state.held is None


def test_a_click_on_the_line_puts_a_point_between():
    for x, number in ((10, 1), (30, 2)):
        (act, *_), _ = run(CentrelineTool(), [(PRESS, x, 0.5, 5)])
        assert act == PointPlaced(number, (x, 0.5, 5))
    # On a plane far from the line the click is a new end.
    (act, *_), _ = run(CentrelineTool(), [(PRESS, 30, 0.5, 30)])
    assert act.at == 3


def test_enter_ends_and_a_move_alone_does_nothing():
    acts, step = run(CentrelineTool(), [(MOVE, 1, 1, 5), (RELEASE, 1, 1, 5), (FINISH, 1, 1, 5)])
    assert acts == [LineEnded()]
    assert step.state == CentrelineTool().start()
    assert CentrelineTool().claims_handles(step.state)


def test_a_level_goes_to_the_line_and_the_next_one_is_asked_for():
    first, second = list(LEVELS)[:2]
    (act,), step = run(LandmarkTool(), [(PRESS, 12.1, 8, 9), (RELEASE, 12.1, 8, 9)])
    assert act == LevelSet(first, (12.0, 0.0, 5.0))
    assert step.state == second
    assert LEVELS[second] in LandmarkTool().hint(step.state)
    (act,), step = run(LandmarkTool(), [(PRESS, 30, 0, 5)], state="right atrium")
    assert (act.name, step.state) == ("right atrium", first)


def test_levels_need_a_line_and_end_when_all_are_set():
    acts, step = run(LandmarkTool(), [(PRESS, 1, 1, 1)], PathSeen())
    assert acts == []
    assert "centreline first" in step.message
    whole = PathSeen(SEEN.anchors, SEEN.line, SEEN.segments, dict.fromkeys(LEVELS, (0, 0, 0)))
    acts, step = run(LandmarkTool(), [(PRESS, 1, 1, 1)], whole)
    assert acts == []
    assert "All levels" in step.message
    assert next_level({}, list(LEVELS)[-1]) == next(iter(LEVELS))
    assert set(LEVELS) <= set(SHORT_LEVELS)
