"""The card of the index mass in the window follows what is drawn and stated, and leads there."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from tests.ui.conftest import CENTRE, SEMI_AXES
from tumorboard.imaging.geometry import Plane

Key = Qt.Key


def shown(desk, kind=QLabel):
    QApplication.processEvents()
    return [w for w in desk.window.lesions.findChildren(kind) if w.isVisible()]


def named(desk, name):
    return next(b for b in shown(desk, QPushButton) if b.accessibleName().startswith(name))


def measure_mass(desk):
    x, y, z = CENTRE
    a, b, c = SEMI_AXES
    desk.key(Key.Key_M)
    desk.drag(Plane.AXIAL, (x - a, y, z), (x + a, y, z))
    desk.drag(Plane.AXIAL, (x, y - b, z), (x, y + b, z))
    desk.drag(Plane.CORONAL, (x, y, z - c), (x, y, z + c))
    desk.settle()


@pytest.mark.parametrize("key", [Key.Key_L, Key.Key_B, Key.Key_M, Key.Key_E, Key.Key_V])
def test_a_measuring_tool_opens_the_list_of_what_it_draws(desk, key):
    window = desk.window
    window.tabs.setCurrentWidget(window.evidence)
    desk.key(key)
    assert window.tabs.currentWidget() is window.lesions
    assert window.lesions.isVisible()


@pytest.mark.parametrize("key", [Key.Key_W, Key.Key_G, Key.Key_X])
def test_a_tool_that_draws_nothing_leaves_the_panel_as_it_is(desk, key):
    window = desk.window
    window.tabs.setCurrentWidget(window.evidence)
    desk.key(key)
    assert window.tabs.currentWidget() is window.evidence


def test_the_size_stands_on_the_card_and_on_the_images_it_was_measured_on(desk):
    assert desk.window.room.total_on(desk.viewer) == ""
    measure_mass(desk)
    a, b, c = (2 * v / 10 for v in SEMI_AXES)
    long, short = max(a, b), min(a, b)
    total = desk.window.room.total_on(desk.viewer)
    assert total.endswith(" cm")
    numbers = [float(n) for n in total.removesuffix(" cm").split(" × ")]
    assert numbers == pytest.approx([long, short, c], abs=0.15)
    assert total in [label.text() for label in shown(desk)]
    desk.key(Key.Key_Space)  # hides what is drawn over the pictures
    assert desk.window.room.total_on(desk.viewer) == ""


def test_a_size_that_is_overruled_says_so_at_once(desk):
    measure_mass(desk)
    drawn = desk.window.room.total_on(desk.viewer)
    desk.workspace.session.set_fact("diameters_cm", (11.0, 9.0, 13.0), note="by the surgeon")
    desk.settle()
    texts = [label.text() for label in shown(desk)]
    assert "11.0 × 9.0 × 13.0 cm" in texts
    assert any(t.startswith(f"drawn on the images: {drawn}") for t in texts)
    # A number that nobody measured on these pictures does not stand on them.
    assert desk.window.room.total_on(desk.viewer) == ""


def test_a_line_that_is_not_assessed_leads_to_its_field(desk):
    measure_mass(desk)
    named(desk, "Contact: state").click()
    assert desk.window.tabs.currentWidget() is desk.window.facts


def test_the_size_leads_to_its_slice(desk):
    measure_mass(desk)
    x, y, z = CENTRE
    desk.look_at((x, y, z + 40))
    named(desk, "the size: show").click()
    desk.settle()
    assert desk.viewer.point[2] == pytest.approx(z, abs=3)


def test_what_does_not_concern_the_card_does_not_build_it_anew(desk):
    measure_mass(desk)
    before = {id(label) for label in shown(desk)}
    desk.workspace.session.set_fact("biopsy_in_planned_trajectory", "yes")
    desk.settle()
    assert {id(label) for label in shown(desk)} == before
