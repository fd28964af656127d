"""Arrows, Home and End go to the images that the pointer was moved onto; Esc leaves a field."""

from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.ui.desk import move
from tumorboard.imaging.geometry import Plane
from tumorboard.ui.viewer.painting import corner_words

Key, Nothing = Qt.Key, Qt.MouseButton.NoButton


def point_at(view, x=60.0) -> None:
    move(view, QPointF(x, 70.0), Nothing, Qt.KeyboardModifier.NoModifier)


def press(key) -> None:
    QTest.keyClick(QApplication.focusWidget(), key)


def test_the_view_under_the_pointer_moves_not_the_one_clicked_last(desk):
    axial, coronal = desk.view(Plane.AXIAL), desk.view(Plane.CORONAL)
    axial.setFocus()
    z, y = desk.viewer.point[2], desk.viewer.point[1]
    point_at(coronal)
    press(Key.Key_Down)
    assert desk.viewer.point[1] != y
    assert desk.viewer.point[2] == z
    assert coronal.hasFocus()


def test_a_list_keeps_its_arrows_until_the_pointer_comes_to_the_images(desk):
    axial, cases = desk.view(Plane.AXIAL), desk.window.worklist.cases
    point_at(axial)
    desk.window.controller.run("screen.list")
    cases.setFocus()
    before = desk.viewer.point
    press(Key.Key_End)
    assert desk.viewer.point == before
    assert cases.hasFocus()
    point_at(axial, 90.0)
    press(Key.Key_End)
    assert desk.viewer.point != before
    assert axial.hasFocus()


def test_words_that_are_typed_keep_their_keys(desk):
    search = desk.window.worklist.search
    desk.window.controller.run("edit.search")
    search.setText("abc")
    point_at(desk.view(), 90.0)
    before = desk.viewer.point
    press(Key.Key_Home)
    assert search.cursorPosition() == 0
    assert desk.viewer.point == before


def test_escape_empties_a_search_and_then_leaves_it(desk):
    search = desk.window.worklist.search
    desk.window.controller.run("edit.search")
    search.setText("abc")
    assert search.hasFocus()
    press(Key.Key_Escape)
    assert search.text() == ""
    press(Key.Key_Escape)
    assert not search.hasFocus()
    assert desk.view().hasFocus()


def test_a_slice_says_its_number_and_that_of_its_file(desk):
    desk.key(Key.Key_Home)
    axial, coronal = desk.view(Plane.AXIAL), desk.view(Plane.CORONAL)
    number = desk.viewer.volume.instance_numbers[axial.section().slice_index]
    assert number > 0
    words = corner_words(axial, axial.frame())[1][0]
    assert words == f"Slice 1 / 40 · instance {number}"
    assert corner_words(coronal, coronal.frame())[1][0].startswith("Cut ")
    place = desk.window.features.series.place()
    assert place.words == f"slice 1, instance {number}"
