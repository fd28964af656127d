"""A reservation of several measurements is read once; each of them carries its sign."""

import pytest
from PySide6.QtWidgets import QLabel

from tests.ui.conftest import CENTRE
from tumorboard.annotations.model import Kind
from tumorboard.imaging.geometry import Plane


def labels(panel) -> list[str]:
    return [label.text() for label in panel.findChildren(QLabel)]


@pytest.fixture
def overlapping(desk):
    """A window on slices that overlap, as the measurements say."""
    from dataclasses import replace

    from tumorboard.imaging.geometry import Caveat

    display = desk.viewer
    told = (Caveat("lossy", "The images were compressed with loss."),)
    display.volume = replace(display.volume, caveats=told)
    return desk


def test_a_shared_reservation_stands_once(overlapping):
    desk = overlapping
    x, y, z = CENTRE
    for offset in (-10, 10):
        desk.window.actions_by_name["tool.length"].trigger()
        desk.drag(Plane.AXIAL, (x - 20, y + offset, z), (x + 20, y + offset, z))
    lines = [a for a in desk.case.annotations if a.kind is Kind.LENGTH]
    assert len(lines) == 2
    assert all("lossy" in {c.code for c in a.caveats} for a in lines)
    desk.window.tabs.setCurrentWidget(desk.window.lesions)
    texts = labels(desk.window.lesions)
    assert len([t for t in texts if "compressed with loss" in t]) == 1
    assert len([t for t in texts if t.startswith("▲ ") and "cm" in t]) == 2


def test_a_reservation_of_one_measurement_stands_with_it(overlapping):
    desk = overlapping
    x, y, z = CENTRE
    desk.window.actions_by_name["tool.length"].trigger()
    desk.drag(Plane.AXIAL, (x - 20, y, z), (x + 20, y, z))
    desk.window.tabs.setCurrentWidget(desk.window.lesions)
    texts = labels(desk.window.lesions)
    assert len([t for t in texts if "compressed with loss" in t]) == 1
    assert "HOLDS FOR SEVERAL MEASUREMENTS" not in texts
