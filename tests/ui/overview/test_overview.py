"""The window of the overview: what is shown, turned, let through, saved; its painter stands in."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest

from tests.ui.conftest import CENTRE
from tests.ui.desk import move
from tumorboard.app.edits import put_segmentation
from tumorboard.app.outlining import begun
from tumorboard.errors import UserError
from tumorboard.imaging.mask_codec import PackedMask
from tumorboard.imaging.mask_model import Mask


class Paints:
    """A painter whose picture tells from where it was asked."""

    def __init__(self) -> None:
        self.scenes, self.asked, self.problem = [], [], ""

    def show(self, scene) -> None:
        if self.problem:
            raise UserError(self.problem, "Install it.")
        self.scenes.append(scene)

    def picture(self, look, size):
        self.asked.append((look, size))
        return np.full((size[1], size[0], 3), round(look.azimuth) % 256, np.uint8)

    def close(self) -> None:
        self.asked.clear()


@pytest.fixture
def outlined(desk):
    """A case with an outlined mass, and a painter that stands in."""
    volume, session = desk.viewer.volume, desk.workspace.session
    record = begun(desk.case, volume, "")
    voxels = np.zeros(volume.stack.shape, bool)
    k, i, j = np.rint(volume.stack.to_index(CENTRE)).astype(int)
    voxels[k - 3 : k + 3, i - 8 : i + 8, j - 8 : j + 8] = True
    packed = PackedMask.of(Mask.of(voxels, volume.stack))
    session.apply(put_segmentation(session.case, record, packed, "Outline"))
    desk.window.features.overview.painter = Paints()
    return desk


def opened(desk):
    desk.key(Qt.Key.Key_D, Qt.KeyboardModifier.ShiftModifier)
    desk.settle()
    return desk.window.features.overview


def test_the_outline_is_shown_and_turned_by_hand_and_keys(outlined, tmp_path):
    joint = opened(outlined)
    paints, window = joint.painter, joint.window
    ((shape,),) = [scene.shapes for scene in paints.scenes]
    assert shape.mask.count == 6 * 16 * 16
    assert list(window.sliders) == [shape.name]
    assert window.table.picture is not None
    QTest.mousePress(window.table, Qt.MouseButton.LeftButton, pos=QPoint(100, 100))
    move(window.table, QPointF(40, 100), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    QTest.mouseRelease(window.table, Qt.MouseButton.LeftButton, pos=QPoint(40, 100))
    outlined.settle()
    assert window.table.look.azimuth == 30
    QTest.keyClick(window.table, Qt.Key.Key_Right)
    outlined.settle()
    assert paints.asked[-1][0].azimuth == 40
    window.sliders[shape.name].setValue(25)
    outlined.settle()
    assert paints.asked[-1][0].opacity(shape.name) == 0.25
    whole = (window.table.width(), window.table.height())
    outlined.qtbot.waitUntil(lambda: paints.asked[-1][1] == whole)
    outlined.settle()
    joint.save_as(str(tmp_path / "board.png"))
    saved = QImage(str(tmp_path / "board.png"))
    assert (saved.width(), saved.height()) == whole
    assert saved.pixelColor(5, 5).red() == 40
    QTest.keyClick(window, Qt.Key.Key_Escape)
    outlined.qtbot.waitUntil(lambda: joint.window is None)


def test_what_cannot_be_painted_is_said_in_the_window(outlined):
    outlined.window.features.overview.painter.problem = "It is not installed."
    joint = opened(outlined)
    assert "It is not installed." in joint.window.table.message
    assert not joint.window.save.isEnabled()
    joint.window.close()


def test_with_nothing_outlined_the_way_to_it_is_said(desk):
    joint = opened(desk)
    assert joint.window is None
    assert "Outline the mass" in desk.window.notice.text
