"""Levels of the vena cava in one pass: proposed, shifted, left out and confirmed by keys."""

import pytest
from PySide6.QtCore import Qt

from tests.ui.conftest import CENTRE
from tumorboard.annotations.model import Kind, Landmark
from tumorboard.imaging.geometry import Plane

Key = Qt.Key


def levels(desk) -> dict[str, float]:
    drawn = [a for a in desk.case.annotations if a.kind is Kind.VESSEL_LEVEL]
    return {a.role: a.points[0][2] for a in drawn}


def hint(desk) -> str:
    return desk.window.status.hint


def test_one_key_and_five_confirmations_mark_all_levels_from_below(desk):
    desk.key(Key.Key_U)
    assert not desk.case.annotations
    assert "Iliac confluence (1 of 5), guess from the scan's range" in hint(desk)
    acts = 1
    for _ in Landmark:
        desk.key(Key.Key_Return)
        acts += 1
    assert acts == 6
    found = levels(desk)
    assert list(found) == [str(mark) for mark in Landmark]
    assert sorted(found.values()) == list(found.values())
    assert desk.window.room.tool is None
    assert "5 levels marked" in desk.window.notice.text


def test_a_proposal_is_nothing_before_it_is_confirmed(desk):
    desk.key(Key.Key_U)
    (shown,) = desk.window.room.preview
    assert shown.proposed
    assert [c.text for c in shown.caveats][-1] == (
        "proposed (guess from the scan's range); a height, not a place in the vein"
    )
    desk.key(Key.Key_Escape)
    assert not desk.case.annotations
    assert not desk.window.room.preview
    assert desk.window.room.tool is None
    assert "0 levels marked, 5 not assessed" in desk.window.notice.text
    desk.key(Key.Key_Space)
    assert not desk.window.room.overlays_visible


@pytest.mark.parametrize("key", [Key.Key_Space, Key.Key_N])
def test_a_level_that_is_left_out_is_not_marked(desk, key):
    desk.key(Key.Key_U)
    desk.key(key)
    assert "Renal veins (2 of 5)" in hint(desk)
    desk.key(Key.Key_Return)
    assert list(levels(desk)) == [Landmark.RENAL_VEINS]
    assert desk.window.room.overlays_visible


def test_arrows_shift_and_a_shifted_level_carries_no_word_of_the_proposal(desk):
    desk.key(Key.Key_U)
    before = desk.viewer.point[2]
    desk.key(Key.Key_Up)
    moved = desk.viewer.point[2]
    assert moved != before
    assert desk.window.room.preview[0].points[0][2] == moved
    desk.key(Key.Key_Return)
    (drawn,) = [a for a in desk.case.annotations if a.role == Landmark.ILIAC_CONFLUENCE]
    assert drawn.points[0][2] == moved
    assert not drawn.caveats
    assert "Renal veins" in hint(desk)


def test_a_level_confirmed_where_it_was_proposed_says_where_that_came_from(desk):
    desk.key(Key.Key_U)
    desk.key(Key.Key_Return)
    (drawn,) = desk.case.annotations
    assert [c.code for c in drawn.caveats] == ["proposed-level"]


def test_a_click_marks_the_vein_there_and_goes_on_above_it(desk):
    desk.key(Key.Key_U)
    x, y = CENTRE[0] + 12, CENTRE[1] - 9
    z = desk.viewer.point[2]
    desk.click(Plane.AXIAL, (x, y, z))
    (drawn,) = desk.case.annotations
    assert drawn.points[0] == pytest.approx((x, y, z), abs=1)
    assert desk.viewer.point[:2] == pytest.approx((x, y), abs=1)
    assert desk.viewer.point[2] > z
    assert "Renal veins" in hint(desk)


def test_what_is_marked_is_not_asked_again(desk):
    for _ in range(2):
        desk.key(Key.Key_U)
        desk.key(Key.Key_Return)
        desk.key(Key.Key_Escape)
    assert list(levels(desk)) == [Landmark.ILIAC_CONFLUENCE, Landmark.RENAL_VEINS]
    assert "Vena cava: 1 level marked, 3 not assessed." in desk.window.notice.text


def test_another_tool_ends_the_pass_and_gets_its_keys_back(desk):
    desk.key(Key.Key_U)
    desk.key(Key.Key_L)
    desk.key(Key.Key_N)
    assert desk.window.room.hand.value == "magnify"
    assert not desk.case.annotations


def test_each_level_is_one_step_that_undo_takes_back(desk):
    desk.key(Key.Key_U)
    desk.key(Key.Key_Return)
    desk.key(Key.Key_Return)
    desk.key(Key.Key_Escape)
    desk.key(Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert list(levels(desk)) == [Landmark.ILIAC_CONFLUENCE]
    assert desk.workspace.session.facts.value("ivc_involvement") is None
