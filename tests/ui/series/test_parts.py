"""Two phases under one series in the window: each has its own drawings, pictures and numbers."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication, QInputDialog, QMessageBox

from tests.app.test_growth import circle, put_outline
from tests.dicom.make import Person, write_slices
from tests.dicom.test_phases import of, write_phases
from tumorboard.annotations.measure import measure
from tumorboard.annotations.model import Kind, new_uid
from tumorboard.app.annotation_edits import drawn
from tumorboard.case.model import Lesion
from tumorboard.reports.measured import series_words
from tumorboard.ui.key_images.report import measured_on, picture, shots_of


@pytest.fixture
def desk(open_desk, tmp_path):
    desk = open_desk()
    write_phases(tmp_path / "images", (0, 0), of("AcquisitionNumber", 1, 2), count=8)
    desk.import_paths(tmp_path / "images")
    return desk


def parts(desk):
    """Load both parts and return their volumes."""
    volumes = []
    for ref in desk.case.series:
        desk.window.features.series.show(ref.series_instance_uid, 0)
        desk.settle()
        volumes.append(desk.viewer.volume)
    return volumes


def dialog_of(kind):
    (found,) = [w for w in QApplication.topLevelWidgets() if isinstance(w, kind) and w.isVisible()]
    return found


def test_a_circle_shows_on_its_own_phase_alone(desk):
    first, second = parts(desk)
    session, loading = desk.workspace.session, desk.window.features.series
    session.put_annotation(circle(first, 3))
    seen = []
    for volume in (first, second):
        loading.show(volume.series_instance_uid, 0)
        desk.look_at(volume.stack.origins[3])
        seen.append(len(desk.view().visible_annotations(desk.view().section())))
    assert seen == [1, 0]


def test_an_outline_shows_on_its_own_phase_alone(desk):
    """Near https://github.com/OHIF/Viewers/issues/4768"""
    first, second = parts(desk)
    put_outline(desk.workspace.session, first)
    layers = desk.window.features.outlines._layers
    (own,), (other,) = layers.placed(first), layers.placed(second)
    assert own[0] is not None
    assert other[0] is None
    assert "another part" in other[1][1]


def test_the_report_shows_the_phase_that_was_drawn_on(desk):
    """Near https://github.com/OHIF/Viewers/issues/4768"""
    _, second = parts(desk)
    session = desk.workspace.session
    one = circle(second, 3)
    a, b, c, d = one.points
    axes = replace(one, uid=new_uid(), kind=Kind.BIDIRECTIONAL, points=(a, b, c, d))
    lesion = Lesion(new_uid(), "Mass 1", is_index=True)
    session.put_lesion(lesion)
    session.apply(drawn(session.case, "Mass", [replace(axes, lesion_uid=lesion.uid), one]))
    (shot,) = shots_of(session.case)
    assert shot.series_key == second.series_instance_uid
    shown = desk.workspace.images.open(shot.series_key).volume
    assert shown.sop_instance_uids == second.sop_instance_uids
    assert len(measured_on(shown, session.case, shot)) == 2
    assert measure(one, shown).statistics.mean == -1023.0
    assert not picture(shown, session.case, shot).isNull()
    assert "part 2 of 2" in series_words(session.case, shot.series_key)


def test_a_key_image_names_the_phase_on_show(desk):
    _, second = parts(desk)
    desk.window.actions_by_name["view.keep"].trigger()
    desk.settle()
    (view,) = desk.case.views
    assert {p.series_key for p in view.pictures} == {second.series_instance_uid}


def test_a_series_is_parted_by_a_command(desk):
    first, _ = parts(desk)
    desk.window.features.series.show(first.series_instance_uid, 0)
    desk.window.actions_by_name["series.part"].trigger()
    dialog = dialog_of(QInputDialog)
    texts = dialog.comboBoxItems()
    assert "Every other slice: 4 and 4 pictures" in texts
    dialog.setTextValue("Every other slice: 4 and 4 pictures")
    dialog.accept()
    desk.settle()
    assert sorted(r.slices for r in desk.case.series) == [4, 4, 8]
    assert desk.viewer.volume.voxels.shape[0] == 4
    assert "2 parts" in desk.window.notice.text


@pytest.mark.parametrize(("answer", "cases"), [("One person", 1), ("Two persons", 2)])
def test_a_missing_birth_date_is_asked_about(open_desk, tmp_path, answer, cases):
    """Near https://github.com/nroduit/Weasis/issues/712"""
    desk = open_desk()
    write_slices(tmp_path / "a", 4)
    other = Person(birth_date="")
    study = "1.2.3.1" if cases == 1 else "1.2.3.2"
    write_slices(tmp_path / "b", 5, patient=other, study_uid=study, series_uid="1.2.3.1.2")
    desk.window.features.imports.start([str(tmp_path)])
    desk.qtbot.waitUntil(lambda: any(_boxes()), timeout=20_000)
    box = dialog_of(QMessageBox)
    assert "birth date" in box.text()
    next(b for b in box.buttons() if b.text() == answer).click()
    desk.settle()
    found = desk.workspace.session.cases()
    assert len(found) == cases
    counts = [len(desk.workspace.session.series_of(c.uid)) for c in found]
    assert sorted(counts) == ([2] if cases == 1 else [1, 1])
    desk.import_paths(tmp_path)  # the answer is kept
    assert not any(_boxes())
    assert len(desk.workspace.session.cases()) == cases
    assert desk.workspace.session.verify().ok


def _boxes() -> list[bool]:
    return [isinstance(w, QMessageBox) and w.isVisible() for w in QApplication.topLevelWidgets()]


def test_slices_that_come_later_show_when_asked_for(open_desk, tmp_path):
    desk = open_desk()
    files = write_slices(tmp_path / "one", 12)
    (tmp_path / "two").mkdir()
    for file in files[6:]:
        file.rename(tmp_path / "two" / file.name)
    desk.import_paths(tmp_path / "one")
    before = desk.viewer.volume
    desk.workspace.session.put_annotation(circle(before, 2))
    put_outline(desk.workspace.session, before)
    desk.import_paths(tmp_path / "two")
    assert desk.viewer.volume is before
    assert "1 series grew by 6 images." in desk.window.notice.text
    desk.window.notice.see_more()
    desk.settle()
    now = desk.viewer.volume
    assert now.voxels.shape[0] == 12
    assert len(desk.case.annotations) == 1
    segmenting = desk.window.features.outlines
    ((layer, _),) = segmenting._layers.placed(now)
    assert layer is not None
    (record,) = desk.case.segmentations
    mask = segmenting.current(record, now)
    assert mask is not None
    assert mask.stack.shape == (12, 12, 16)
    assert np.isclose(mask.volume_mm3, record.volume_mm3)


def test_a_case_that_is_opened_again_shows_the_slices_that_came(open_desk, tmp_path):
    desk = open_desk()
    files = write_slices(tmp_path / "one", 12)
    (tmp_path / "two").mkdir()
    for file in files[1::2]:
        file.rename(tmp_path / "two" / file.name)
    desk.import_paths(tmp_path / "one")
    put_outline(desk.workspace.session, desk.viewer.volume)
    desk.import_paths(tmp_path / "two")
    assert len(desk.viewer.volume.loaded) == 6
    desk.window.controller.open_case(desk.case.uid)
    desk.settle()
    assert len(desk.viewer.volume.loaded) == 12
    assert [s.volume_mm3 for s in desk.case.segmentations] == [None]
