"""The panel of outlines shows all of its words where the window is narrow, whatever is outlined."""

import numpy as np
from PySide6.QtWidgets import QScrollArea

from tests.ui.conftest import CENTRE
from tumorboard.annotations.model import new_uid
from tumorboard.app.annotation_edits import lesion_changed
from tumorboard.app.edits import put_segmentation
from tumorboard.app.outlining import begun
from tumorboard.case.model import Lesion
from tumorboard.imaging.mask_codec import PackedMask
from tumorboard.imaging.mask_model import Mask


def test_nothing_is_cut_off_beside_an_outline_with_its_measures(desk):
    volume, session = desk.viewer.volume, desk.workspace.session
    mass = Lesion(new_uid(), "Retroperitoneal leiomyosarcoma at the right psoas", is_index=True)
    session.apply(lesion_changed(session.case, mass))
    k, i, j = np.rint(volume.stack.to_index(CENTRE)).astype(int)
    for n in range(2):
        record = begun(session.case, volume, mass.uid)
        voxels = np.zeros(volume.stack.shape, bool)
        voxels[k - 3 : k + 3, i - 8 : i + 8, j - 8 + n : j + 8] = True
        packed = PackedMask.of(Mask.of(voxels, volume.stack))
        session.apply(put_segmentation(session.case, record, packed, "Outline"))
    desk.window.resize(1366, 768)
    desk.window.show_outlines()
    desk.window.features.outlines.choose(record.uid)
    desk.settle()
    desk.qtbot.wait(50)
    shown = [a for a in desk.window.outlines.findChildren(QScrollArea) if a.isVisible()]
    assert shown
    for area in shown:
        assert area.widget().width() <= area.viewport().width()
