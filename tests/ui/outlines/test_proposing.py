"""A mass is proposed from clicks with a real mouse, corrected, kept, dropped and undone."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest

from tests.ui.conftest import CENTRE, SEMI_AXES
from tests.ui.desk import LEFT, move
from tumorboard.imaging.geometry import Plane
from tumorboard.imaging.segmentation.proposal import propose
from tumorboard.ui.outlines import proposals

Key, Modifier = Qt.Key, Qt.KeyboardModifier
VOLUME_ML = 4 / 3 * np.pi * SEMI_AXES.prod() / 1000


def click(desk, point, modifier=Modifier.NoModifier):
    view = desk.view(Plane.AXIAL)
    QTest.mouseClick(view, LEFT, modifier, pos=desk.canvas(Plane.AXIAL, point))
    desk.settle()


@pytest.fixture
def proposing(desk):
    desk.window.actions_by_name["tool.mask_propose"].trigger()
    desk.settle()
    return desk


def test_a_click_proposes_enter_keeps_and_undo_takes_it_back(proposing):
    desk = proposing
    click(desk, CENTRE + [15, 5, 0])
    assert desk.case.segmentations == ()
    assert len(desk.viewer.over.layers) == 1
    desk.key(Key.Key_Return, widget=desk.view(Plane.AXIAL))
    desk.settle()
    (record,) = desk.case.segmentations
    assert record.volume_ml == pytest.approx(VOLUME_ML, rel=0.12)
    assert record.method.startswith("proposed from 1 click inside (LPS mm +(")
    desk.key(Key.Key_Z, Modifier.ControlModifier)
    assert desk.case.segmentations == ()


def test_ctrl_and_a_click_take_away_and_a_click_adds(proposing):
    desk = proposing
    click(desk, CENTRE)
    too_much = CENTRE + [SEMI_AXES[0] - 6, 0, 0]
    click(desk, too_much, Modifier.ControlModifier)
    click(desk, CENTRE - [SEMI_AXES[0] - 3, 0, 0])
    desk.key(Key.Key_Return, widget=desk.view(Plane.AXIAL))
    desk.settle()
    (record,) = desk.case.segmentations
    mask = desk.workspace.session.mask(record.uid)
    stack = mask.stack
    assert "2 clicks inside and 1 outside" in record.method
    index = np.rint(stack.to_index(CENTRE)).astype(int)
    assert mask.contains(index.tolist())
    assert record.volume_ml < VOLUME_ML


def test_escape_drops_it_and_nothing_is_kept(proposing):
    desk = proposing
    click(desk, CENTRE)
    desk.key(Key.Key_Escape)
    desk.settle()
    assert desk.viewer.over.layers == ()
    assert desk.case.segmentations == ()
    desk.key(Key.Key_Return, widget=desk.view(Plane.AXIAL))
    desk.settle()
    assert desk.case.segmentations == ()


def test_a_rough_box_proposes(proposing):
    desk = proposing
    view = desk.view(Plane.AXIAL)
    a, b = (desk.canvas(Plane.AXIAL, CENTRE + s * SEMI_AXES * [1, 1, 0]) for s in (-1.05, 1.05))
    QTest.mousePress(view, LEFT, pos=a)
    move(view, QPointF(a + (b - a) / 2), LEFT, Modifier.NoModifier)
    QTest.mouseRelease(view, LEFT, pos=b)
    desk.settle()
    desk.key(Key.Key_Return, widget=view)
    desk.settle()
    (record,) = desk.case.segmentations
    assert record.volume_ml == pytest.approx(VOLUME_ML, rel=0.2)


def test_another_tool_and_air_keep_nothing(proposing):
    desk = proposing
    click(desk, CENTRE)
    desk.window.actions_by_name["tool.mask_brush"].trigger()
    desk.settle()
    assert desk.viewer.over.layers == ()
    assert desk.case.segmentations == ()


def test_what_leaked_is_not_kept_until_it_is_corrected(proposing, monkeypatch):
    def leaking(*arguments):
        return replace(propose(*arguments), leaked="It reached as far as it may.")

    monkeypatch.setattr(proposals, "propose", leaking)
    desk = proposing
    click(desk, CENTRE)
    assert "It leaked. It reached as far as it may." in desk.window.notice.text
    desk.key(Key.Key_Return, widget=desk.view(Plane.AXIAL))
    desk.settle()
    assert desk.case.segmentations == ()
    click(desk, CENTRE + [SEMI_AXES[0] - 6, 0, 0], Modifier.ControlModifier)
    desk.key(Key.Key_Return, widget=desk.view(Plane.AXIAL))
    desk.settle()
    assert "1 click inside and 1 outside" in desk.case.segmentations[0].method


def test_what_is_unsure_stands_with_the_outline(proposing):
    desk = proposing
    click(desk, CENTRE)
    desk.key(Key.Key_Return, widget=desk.view(Plane.AXIAL))
    desk.settle()
    assert "one click" in " ".join(c.text for c in desk.case.segmentations[0].caveats)
    desk.qtbot.waitUntil(lambda: desk.workspace.session.derived.get("diameters_cm") is not None)
    shown = " ".join(desk.window.outlines._content.details.caveats)
    assert "one click" in shown
