"""Vertebrae are named by clicks, the first by its typed name."""

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QInputDialog

from tests.ui.conftest import CENTRE, SEMI_AXES
from tumorboard.annotations.model import Kind
from tumorboard.case.measurement_list import Column, measurement_list
from tumorboard.imaging.geometry import Plane
from tumorboard.ui.viewer.painting import corner_words

Key, Modifier = Qt.Key, Qt.KeyboardModifier
X, Y, Z = np.eye(3)


def names(desk) -> list[str]:
    return [a.label for a in desk.case.annotations if a.kind is Kind.VERTEBRA]


def name_first(desk, typed: str) -> None:
    desk.key(Key.Key_B, Modifier.ShiftModifier)
    desk.click(Plane.SAGITTAL, CENTRE)
    dialog = desk.window.findChild(QInputDialog)
    assert dialog.textValue() == "L5"
    dialog.setTextValue(typed)
    dialog.accept()
    desk.let_go()


def test_each_click_names_the_next_and_each_is_one_step(desk):
    name_first(desk, "l3")
    desk.click(Plane.SAGITTAL, CENTRE + 25 * Z)
    desk.click(Plane.SAGITTAL, CENTRE - 25 * Z)
    assert names(desk) == ["L3", "L2", "L4"]
    desk.click(Plane.SAGITTAL, CENTRE + 10 * Z)
    assert names(desk) == ["L3", "L2", "L4"]
    assert "L2 is named already" in desk.window.status.hint
    desk.key(Key.Key_Z, Modifier.ControlModifier)
    assert names(desk) == ["L3", "L2"]


def test_what_is_measured_and_the_slice_say_at_which_they_lie(desk):
    name_first(desk, "L6")
    desk.click(Plane.SAGITTAL, CENTRE + 30 * Z)
    desk.key(Key.Key_M)
    desk.drag(Plane.AXIAL, CENTRE - SEMI_AXES * X, CENTRE + SEMI_AXES * X)
    desk.drag(Plane.AXIAL, CENTRE - SEMI_AXES * Y, CENTRE + SEMI_AXES * Y)
    desk.drag(Plane.CORONAL, CENTRE - 20 * Z, CENTRE + 35 * Z)
    rows = measurement_list(desk.case, lambda _: None)
    at = {row.words[Column.KIND]: row.words[Column.VERTEBRA] for row in rows}
    assert at["Vertebra: L6"] == "L6"
    assert at["Craniocaudal extent"] == "L5 to L6"
    desk.look_at(CENTRE)
    view = desk.view()
    assert corner_words(view, view.frame())[0][-1].endswith("Axial · at L6")


def test_what_is_no_vertebra_is_refused(desk):
    name_first(desk, "L9")
    assert names(desk) == []
    assert "“L9” is no vertebra" in desk.window.notice.text
