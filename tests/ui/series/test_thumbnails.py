"""Every series has its small picture before anybody opens it, also in the next session."""

import numpy as np
from PySide6.QtWidgets import QLabel

from tests.dicom.make import write_slices


def pictured(desk) -> int:
    labels = desk.window.worklist.series.findChildren(QLabel)
    return sum(not label.pixmap().isNull() for label in labels)


def test_series_that_nobody_opened_have_their_pictures(open_desk, tmp_path):
    across = np.linspace(900, 1400, 96)[None, None, :].repeat(40, axis=1)
    folders = []
    for n in range(6):
        folders.append(tmp_path / f"s{n}")
        write_slices(
            folders[-1],
            5,
            values=across.repeat(5, axis=0).astype(np.int16),
            series_uid=f"1.2.3.{n}",
        )
    desk = open_desk()
    desk.import_paths(*folders)
    desk.qtbot.waitUntil(lambda: pictured(desk) == 6, timeout=20_000)
    assert len(desk.window.features.series.shown_keys) < 6
    (case,) = desk.workspace.session.cases()
    desk.window.close()
    for folder in folders:
        for file in folder.iterdir():
            file.unlink()
    again = open_desk()
    again.window.controller.open_case(case.uid)
    again.qtbot.waitUntil(lambda: pictured(again) == 6, timeout=20_000)
