"""A case opens as it was left; protocols and their editor."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialogButtonBox, QPushButton

from tests.ui.conftest import CENTRE
from tests.ui.layout.test_layouts import write_prior
from tumorboard.app import hanging
from tumorboard.imaging.geometry import Plane
from tumorboard.imaging.volume import Window
from tumorboard.ui.layout.hanging_editor import HangingEditor

Key, Modifier = Qt.Key, Qt.KeyboardModifier


@pytest.fixture(autouse=True)
def own_folder(monkeypatch, tmp_path):
    monkeypatch.setattr(hanging, "own_file", lambda: tmp_path / "config" / "hanging.yaml")


@pytest.fixture
def two_dates(desk, tmp_path):
    desk.import_paths(write_prior(tmp_path / "prior", "1.2.99", 100.0))
    return desk


def test_a_case_opens_as_it_was_left(two_dates, open_desk, tmp_path):
    desk = two_dates
    desk.key(Key.Key_2, Modifier.AltModifier)
    desk.settle()
    first, second = desk.window.room.displays[:2]
    desk.window.room.set_linked(linked=False)
    first.set_point(CENTRE)
    second.set_point(CENTRE + [4.5, 3.0, 60.0])
    second.set_window(Window(90, 150), "liver")
    places = first.point, second.point
    uid = desk.case.uid
    desk.window.features.hanging.remember()
    again = open_desk(tmp_path / "store")
    again.window.controller.open_case(uid)
    again.settle()
    displays = again.window.room.displays[:2]
    assert len(again.window.views.views) == 2
    np.testing.assert_allclose([d.point for d in displays], places, atol=1e-6)
    assert (displays[1].window, displays[1].window_name) == (Window(90, 150), "liver")
    assert not again.window.room.linked


def test_an_alignment_is_kept_with_the_case_and_undone_as_a_step(two_dates, open_desk, tmp_path):
    desk = two_dates
    desk.key(Key.Key_2, Modifier.AltModifier)
    desk.settle()
    newer = next(
        d for d in desk.window.room.displays if d.volume.frame_of_reference_uid != "1.2.99"
    )
    older = next(d for d in desk.window.room.displays if d is not newer)
    older.set_point(CENTRE + [0, 0, 100.0])
    newer.set_point(CENTRE)
    next(v for v in desk.window.views.views if v.display is newer).setFocus()
    desk.window.features.layout.align()
    assert desk.workspace.session.undo_label == "Align two dates"
    again = open_desk(tmp_path / "store")
    again.window.controller.open_case(desk.case.uid)
    again.settle()
    uid = newer.volume.frame_of_reference_uid
    offset = again.window.room.alignment.offset(uid, "1.2.99")
    np.testing.assert_allclose(offset, [0, 0, 100.0], atol=4.1)
    np.testing.assert_allclose(again.window.room.alignment.offset("1.2.99", uid), -offset)
    desk.workspace.session.undo()
    assert desk.window.room.alignment.offset(uid, "1.2.99") is None


def test_protocols_by_one_key(two_dates):
    desk = two_dates
    seen = set()
    for _ in range(4):
        desk.key(Key.Key_F9, widget=desk.window.views.main)
        desk.settle()
        seen.add(desk.window.views.shape.name)
        assert "Hanging protocol:" in desk.window.notice.text
    assert {"planes", "compare"} <= seen


def test_a_protocol_of_ones_own_is_used_when_a_case_opens(
    two_dates, open_desk, tmp_path, ellipsoid_folder
):
    desk = two_dates
    desk.window.features.hanging.edit()
    dialog = desk.window.findChildren(HangingEditor)[0]
    row = next(r for r in range(dialog.list.count()) if "previous" in dialog.list.item(r).text())
    dialog.list.setCurrentRow(row)
    dialog.automatic.setChecked(True)
    dialog.name.setText("Always compare")
    while dialog.list.currentRow() > 0:
        button(dialog, "Up").click()
    box = dialog.findChildren(QDialogButtonBox)[0]
    box.button(QDialogButtonBox.StandardButton.Save).click()
    assert hanging.protocols()[0][0].name == "Always compare"
    again = open_desk(tmp_path / "fresh")
    again.import_paths(ellipsoid_folder, tmp_path / "prior")
    assert len(again.case.series) == 2
    assert again.window.views.shape.name == "compare"
    assert all(d.volume is not None for d in again.window.room.displays[:2])


def button(dialog, text):
    return next(b for b in dialog.findChildren(QPushButton) if b.text() == text)


def test_a_plane_is_chosen_in_the_editor_and_hung(desk):
    desk.window.features.hanging.edit()
    (dialog,) = desk.window.findChildren(HangingEditor)
    names = [dialog.list.item(n).text() for n in range(dialog.list.count())]
    QTest.mouseClick(button(dialog, "Add"), Qt.MouseButton.LeftButton)
    dialog.name.setText("Coronal first")
    planes = dialog.table.cellWidget(0, 3)
    assert planes.itemText(0) == "as acquired"
    planes.setCurrentText("coronal")
    for _ in names:
        QTest.mouseClick(button(dialog, "Up"), Qt.MouseButton.LeftButton)
    QTest.mouseClick(button(dialog, "Down"), Qt.MouseButton.LeftButton)
    box = dialog.findChildren(QDialogButtonBox)[0]
    box.button(QDialogButtonBox.StandardButton.Save).click()
    assert [p.name for p in hanging.protocols()[0][:2]] == [names[0], "Coronal first"]
    for _ in names:
        desk.key(Key.Key_F9, widget=desk.window.views.main)
        desk.settle()
        if "Coronal first" in desk.window.notice.text:
            break
    assert "Coronal first" in desk.window.notice.text
    assert desk.window.views.main.plane is Plane.CORONAL
