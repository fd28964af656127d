"""What is half drawn stays with the images it was begun on."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from tests.dicom.make import Person
from tests.ui.lectern import write_case
from tumorboard.imaging.geometry import Plane


@pytest.fixture
def two_cases(open_desk, tmp_path):
    desk = open_desk(tmp_path / "store")
    for number in (1, 2):
        desk.import_paths(
            write_case(tmp_path / f"ct{number}", number, Person(f"P{number}", f"N{number}", "", ""))
        )
    return desk


def test_points_of_one_case_do_not_go_to_another(two_cases):
    desk = two_cases
    first, second = (case.uid for case in desk.workspace.session.cases())
    desk.window.controller.open_case(first)
    desk.settle()
    desk.key(Qt.Key.Key_A)
    middle = desk.view().rect().center()
    QTest.mouseClick(desk.view(), Qt.MouseButton.LeftButton, pos=middle)
    QTest.mouseClick(desk.view(), Qt.MouseButton.LeftButton, pos=middle + QPoint(40, 0))
    room = desk.window.room
    assert room.is_drawing
    desk.window.controller.open_case(second)
    desk.settle()
    assert not room.is_drawing
    assert room.preview == ()
    assert room.tool is not None  # still in hand, at its beginning
    QTest.mouseClick(desk.view(), Qt.MouseButton.LeftButton, pos=middle)
    assert desk.case.annotations == ()
    for step in (QPoint(40, 0), QPoint(40, 40)):
        QTest.mouseClick(desk.view(), Qt.MouseButton.LeftButton, pos=middle + step)
    (drawn,) = desk.case.annotations
    assert drawn.image.series_instance_uid == desk.viewer.volume.series_instance_uid
    assert len(drawn.points) == 3
    assert Plane(drawn.image.plane) is Plane.AXIAL


def test_what_was_said_of_a_case_ends_with_it(two_cases):
    desk = two_cases
    first, second = (case.uid for case in desk.workspace.session.cases())
    desk.window.controller.open_case(first)
    desk.settle()
    desk.key(Qt.Key.Key_K, widget=desk.window.views.main)
    desk.settle()
    assert "Kept as key image 1" in desk.window.status.hint
    desk.window.controller.open_case(second)
    assert "Kept" not in desk.window.status.hint
