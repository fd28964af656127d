"""Pictures into which words are burned: named, and neither copied, printed, shown nor on paper."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage

from tests.dicom.make import Person, write_slices
from tests.ui.lectern import Lectern, plan
from tumorboard.errors import UserError
from tumorboard.ui.presenter.stage import BURNED
from tumorboard.ui.sharing.board_report import report_inputs

Key = Qt.Key


@pytest.fixture
def desk(open_desk, tmp_path):
    def burn(ds, _k) -> None:
        ds.BurnedInAnnotation = "YES"

    write_slices(tmp_path / "ct", 4, patient=Person("PID-7", "Quitzow^Anna"), change=burn)
    made = open_desk(tmp_path / "store")
    made.import_paths(tmp_path / "ct")
    made.key(Key.Key_K, widget=made.window.views.main)
    made.settle()
    return made


def test_the_series_says_so(desk):
    assert any("burned into" in caveat for caveat in desk.case.series[0].caveats)


def test_such_a_picture_is_not_copied(desk):
    held = QImage(2, 2, QImage.Format.Format_RGB32)
    held.fill(Qt.GlobalColor.red)
    QGuiApplication.clipboard().setImage(held)
    desk.window.views.main.setFocus()
    desk.key(Key.Key_C, Qt.KeyboardModifier.ControlModifier, widget=desk.window.views.main)
    assert QGuiApplication.clipboard().image().size() == held.size()


def test_no_paper_without_identity_shows_it(desk):
    with pytest.raises(UserError, match="Words are burned into pictures of CT"):
        report_inputs(desk.workspace)
    assert report_inputs(desk.workspace, with_identity=True).shots


def test_the_audience_does_not_see_it(desk):
    plan(desk.workspace)
    lectern = Lectern(desk)
    lectern.begin()
    room = lectern.running.stage.room
    assert room.display(0).volume is None
    assert room.said[room.display(0)] == BURNED
    lectern.press(Key.Key_Escape)
