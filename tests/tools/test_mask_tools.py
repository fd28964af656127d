"""The tools of outlines say what the hand did: nothing of voxels, everything in LPS."""

from dataclasses import replace

import numpy as np
import pytest

from tests.tools.scenes import scene
from tumorboard.imaging.segmentation.brush import Brush, Tip
from tumorboard.tools.gesture import Phase, Pointer
from tumorboard.tools.mask_brush import MaskBrushTool, MaskEraserTool
from tumorboard.tools.mask_grow import MaskGrowTool
from tumorboard.tools.mask_outline import MaskOutlineTool
from tumorboard.tools.masking import GivenUp, Outline, Seed, Stroke


def run(tool, events, **changes):
    """Pass (phase, x, y) on; return the acts and the last step."""
    state, acts, step = tool.start(), [], None
    here = replace(scene(), **changes)
    for phase, x, y in events:
        step = tool.step(state, Pointer(phase, (float(x), float(y), 5.0), here))
        state = step.state
        acts += [step.mask] if step.mask is not None else []
    return acts, step


PRESS, MOVE, RELEASE, FINISH = Phase.PRESS, Phase.MOVE, Phase.RELEASE, Phase.FINISH


@pytest.mark.parametrize(("tool", "erases"), [(MaskBrushTool(), False), (MaskEraserTool(), True)])
def test_a_stroke_is_told_in_parts_that_join(tool, erases):
    brush = Brush(7.0, Tip.SLAB, 12.0)
    events = [(MOVE, 0, 0), (PRESS, 1, 1), (MOVE, 5, 1), (RELEASE, 9, 2), (MOVE, 20, 20)]
    acts, step = run(tool, events, brush=brush)
    assert [a.points for a in acts] == [
        ((1, 1, 5),),
        ((1, 1, 5), (5, 1, 5)),
        ((5, 1, 5), (9, 2, 5)),
    ]
    assert [a.ended for a in acts] == [False, False, True]
    assert all(isinstance(a, Stroke) for a in acts)
    assert {a.brush for a in acts} == {replace(brush, erases=erases)}
    assert step.state == tool.start()
    assert tool.claims_handles(step.state)
    assert "undone" in tool.hint(step.state)


def test_an_outline_is_drawn_with_the_button_held():
    turns = np.linspace(0, 2 * np.pi, 30)
    way = [(MOVE, 20 * np.cos(t), 20 * np.sin(t)) for t in turns]
    (act,), step = run(MaskOutlineTool(), [(PRESS, 20, 0), *way, (RELEASE, 20, 0)])
    assert isinstance(act, Outline)
    points = np.array(act.points)
    assert np.linalg.norm(points[:, :2], axis=1) == pytest.approx(20, abs=0.5)
    assert act.normal == scene().normal
    assert not act.cuts
    assert step.state == MaskOutlineTool().start()


@pytest.mark.parametrize("end", [(FINISH, 0, 0), (PRESS, 0.5, 0.5), (PRESS, 0, 30)])
def test_an_outline_is_clicked_corner_after_corner(end):
    corners = [(0, 0), (30, 0), (30, 30), (0, 30)]
    events = [(phase, x, y) for x, y in corners for phase in (PRESS, RELEASE)]
    (act,), _ = run(MaskOutlineTool(), [*events, (MOVE, 3, 3), end], cuts=True)
    assert act.cuts
    assert {p[:2] for p in act.points} == set(corners)


def test_two_corners_enclose_nothing():
    events = [(PRESS, 0, 0), (RELEASE, 0, 0), (PRESS, 9, 9), (RELEASE, 9, 9), (FINISH, 0, 0)]
    acts, step = run(MaskOutlineTool(), events)
    assert acts == []
    assert step.state == MaskOutlineTool().start()


def test_the_range_widens_to_the_right_of_the_screen():
    tool = MaskGrowTool()
    events = [(PRESS, 0, 0), (MOVE, -80, 0), (MOVE, -80, 5), (RELEASE, -160, 0)]
    acts, step = run(tool, events, right=(-1.0, 0.0, 0.0), scale=1.0)
    assert [round(a.widen, 2) for a in acts] == [1.0, 2.0, 4.0]
    assert [a.ended for a in acts] == [False, False, True]
    assert {a.point for a in acts} == {(0, 0, 5)}
    assert all(isinstance(a, Seed) for a in acts)
    assert step.state == tool.start()
    acts, _ = run(tool, [(PRESS, 0, 0), (RELEASE, 900, 0)], right=(1.0, 0, 0))
    assert acts[-1].widen == 5.0
    acts, _ = run(tool, [(PRESS, 0, 0), (FINISH, 0, 0)])
    assert isinstance(acts[-1], GivenUp)
