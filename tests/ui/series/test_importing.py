import math
import threading
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QInputDialog,
    QLabel,
    QPushButton,
    QTableWidget,
)

from tests.dicom.make import Person, write_slices
from tests.ui.conftest import CENTRE
from tumorboard.app.imports import Found, find
from tumorboard.app.preview import is_preview
from tumorboard.imaging.geometry import Plane
from tumorboard.store.series import HASHES, open_body
from tumorboard.ui.shell.table_dialog import TableDialog
from tumorboard.ui.viewer.painting import corner_words


def drop(desk, *paths) -> None:
    """Drop files on the window, as from a file manager."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    how = (data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    enter = QDragEnterEvent(QPoint(300, 300), Qt.DropAction.CopyAction, *how)
    QApplication.sendEvent(desk.window, enter)
    assert enter.isAccepted()
    event = QDropEvent(QPointF(300, 300), Qt.DropAction.CopyAction, *how)
    QApplication.sendEvent(desk.window, event)
    desk.settle()


def test_an_empty_window_says_what_to_do(open_desk):
    desk = open_desk()
    assert desk.window.worklist.cases.count() == 0
    assert "Drop a folder" in desk.window.worklist.empty_text
    assert not desk.window.facts.isEnabled()
    desk.key(Qt.Key.Key_L)
    desk.key(Qt.Key.Key_Down)
    desk.window.grab()


def test_dropping_a_folder_shows_its_images(open_desk, ellipsoid_folder):
    desk = open_desk()
    drop(desk, ellipsoid_folder)
    assert desk.case is not None
    assert desk.viewer.volume.loaded.all()
    assert desk.window.worklist.cases.count() == 1
    assert "1 series added" in desk.window.notice.text


def test_importing_twice_changes_nothing(open_desk, ellipsoid_folder):
    desk = open_desk()
    desk.import_paths(ellipsoid_folder)
    before = desk.workspace.session.case
    desk.import_paths(ellipsoid_folder)
    assert desk.workspace.session.case == before
    assert len(desk.workspace.session.cases()) == 1
    assert "already there" in desk.window.notice.text


def test_broken_files_are_listed_and_the_rest_is_imported(open_desk, tmp_path):
    folder = tmp_path / "mixed"
    files = write_slices(folder, 6)
    files[2].write_bytes(files[2].read_bytes()[:900])
    (folder / "empty.dcm").touch()
    (folder / "letter.dcm").write_text("Dear colleague")
    desk = open_desk()
    desk.import_paths(folder)
    assert desk.viewer.volume.voxels.shape[0] == 5
    assert "3 files left out" in desk.window.notice.text
    desk.window.notice._link.click()
    dialog = desk.window.findChild(TableDialog)
    listed = dialog.findChild(QTableWidget)
    names = {listed.item(i, 0).text() for i in range(listed.rowCount())}
    reasons = [listed.item(i, 1).text() for i in range(listed.rowCount())]
    assert names == {"empty.dcm", "letter.dcm", files[2].name}
    assert all(reason.endswith(".") and str(tmp_path) not in reason for reason in reasons)
    dialog.close()


@pytest.mark.parametrize("content", ["nothing", "text only"])
def test_a_folder_without_images_is_said(open_desk, tmp_path, content):
    folder = tmp_path / "folder"
    folder.mkdir()
    if content == "text only":
        (folder / "a.dcm").write_text("not an image")
    desk = open_desk()
    desk.import_paths(folder)
    assert "No images were found" in desk.window.notice.text
    assert desk.case is None


def test_two_patients_in_one_folder_are_two_cases(open_desk, tmp_path):
    folder = tmp_path / "both"
    write_slices(folder / "a", 4, study_uid="1.2.5", series_uid="1.2.5.1")
    other = Person("T-2", "TEST^TWO", "19700101", "M")
    write_slices(folder / "b", 4, study_uid="1.2.6", series_uid="1.2.6.1", patient=other)
    desk = open_desk()
    desk.import_paths(folder)
    cases = desk.workspace.session.cases()
    assert len({case.patient.uid for case in cases}) == 2
    assert "different patients" in desk.window.notice.text


def test_an_empty_folder_is_said_to_be_empty(open_desk, tmp_path):
    desk = open_desk()
    (tmp_path / "hollow").mkdir()
    desk.import_paths(tmp_path / "hollow")
    assert desk.window.notice.text == "No images were found: the folder “hollow” is empty."


def test_a_missing_folder_is_a_sentence(open_desk, tmp_path):
    desk = open_desk()
    desk.import_paths(tmp_path / "gone")
    assert "“gone” does not exist" in desk.window.notice.text


def test_images_that_vanished_after_import_are_a_sentence(open_desk, tmp_path):
    folder = tmp_path / "moved"
    write_slices(folder, 5)
    desk = open_desk()
    desk.import_paths(folder)
    uid = desk.case.uid
    for file in folder.iterdir():
        file.unlink()
    desk.workspace.images.forget()
    desk.workspace.session.close_case()
    desk.window.controller.open_case(uid)
    desk.settle()
    assert "cannot be shown" in desk.window.notice.text
    assert desk.case.uid == uid


@pytest.fixture
def of_moved_files(open_desk, tmp_path):
    """A window on a case whose files lie elsewhere now, beside those of somebody else."""
    folder = tmp_path / "here"
    write_slices(folder, 5, study_uid="1.2.66.1", series_uid="1.2.66.1.1")
    desk = open_desk()
    desk.import_paths(folder)
    desk.key(Qt.Key.Key_L)
    centre = np.array(desk.viewer.point)
    desk.drag(Plane.AXIAL, centre - [10, 0, 0], centre + [10, 0, 0])
    uid = desk.case.uid
    desk.workspace.session.close_case()
    folder.rename(tmp_path / "elsewhere")
    person = Person("OTHER-1", "Other^One", "19500101", "M")
    write_slices(tmp_path / "other", 5, patient=person, study_uid="1.2.66.2", series_uid="1.2.66.3")
    desk.workspace.images.forget()
    desk.window.controller.open_case(uid)
    desk.settle()
    return desk


def choose(monkeypatch, folder) -> None:
    chosen = staticmethod(lambda *_a: str(folder))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", chosen)


def test_files_that_moved_are_found_again_from_the_notice(of_moved_files, tmp_path, monkeypatch):
    desk = of_moved_files
    uid, drawn = desk.case.uid, desk.case.annotations
    assert "cannot be shown" in desk.window.notice.text
    button = next(b for b in desk.window.notice.findChildren(QPushButton) if "Find" in b.text())
    choose(monkeypatch, tmp_path / "other")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    desk.settle()
    assert desk.window.notice.text == "No images of this case were found in “other”."
    assert len(desk.workspace.session.cases()) == 1
    choose(monkeypatch, tmp_path)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    desk.settle()
    assert desk.window.notice.text == "The files of 1 of 1 series were found again."
    assert not button.isVisible()
    assert desk.viewer.volume.loaded.all()
    assert (desk.case.uid, desk.case.annotations) == (uid, drawn)
    assert len(desk.workspace.session.cases()) == 1
    desk.workspace.images.forget()
    desk.workspace.session.close_case()
    desk.window.controller.open_case(uid)
    desk.settle()
    assert desk.viewer.volume.loaded.all()


def test_with_files_that_moved_everything_else_goes_on(of_moved_files):
    desk = of_moved_files
    desk.workspace.session.set_fact("site", "retroperitoneum")
    desk.window.actions_by_name["case.archive"].trigger()
    assert desk.case.remark("archived") is not None
    assert desk.case.facts.facts


def without_spacing(open_desk, tmp_path):
    """Return a window on images that do not say how large a pixel is."""

    def taken_away(dataset, _number):
        del dataset.PixelSpacing

    values = np.zeros((5, 64, 64), dtype=np.int16)
    write_slices(tmp_path / "plain", 5, values=values, change=taken_away)
    desk = open_desk()
    desk.import_paths(tmp_path / "plain")
    return desk


def test_uncalibrated_images_measure_in_pixels_and_say_so(open_desk, tmp_path):
    desk = without_spacing(open_desk, tmp_path)
    assert not desk.viewer.is_calibrated
    desk.key(Qt.Key.Key_L)
    centre = np.array(desk.viewer.point)
    desk.drag(Plane.AXIAL, centre - [10, 0, 0], centre + [10, 0, 0])
    (drawn,) = desk.case.annotations
    from tumorboard.annotations.measure import measure

    text = measure(drawn).text
    assert text.startswith("20 px")
    assert "uncalibrated" in text
    assert "cm" not in text


def test_a_known_length_gives_the_view_its_scale(open_desk, tmp_path):
    desk = without_spacing(open_desk, tmp_path)
    view = desk.window.views.main
    assert view.scale is None
    assert "pixels" in corner_words(view, view.frame())[2][-1]
    desk.key(Qt.Key.Key_D)
    centre = np.array(desk.viewer.point)
    desk.drag(Plane.AXIAL, centre - [10, 0, 0], centre + [10, 0, 0])
    dialog = desk.window.findChild(QInputDialog)
    dialog.setTextValue("50 mm")
    dialog.accept()
    (known,) = desk.case.annotations
    assert view.scale == pytest.approx(50 / math.dist(*known.points))
    spacing = f"{view.scale:.2f} mm (set by the user)"
    assert spacing in corner_words(view, view.frame())[2]


def test_viewing_stores_nothing_until_something_is_measured(open_desk, ellipsoid_folder, tmp_path):
    desk = open_desk(tmp_path / "later", scratch=True)
    desk.import_paths(ellipsoid_folder)
    assert desk.viewer.volume is not None
    assert not (tmp_path / "later").exists()
    desk.look_at(CENTRE)
    desk.key(Qt.Key.Key_L)
    desk.drag(Plane.AXIAL, CENTRE - [20, 0, 0], CENTRE + [20, 0, 0])
    assert not desk.workspace.is_scratch
    assert len(desk.case.annotations) == 1
    again = open_desk(tmp_path / "later")
    assert len(again.workspace.session.cases()) == 1


def test_the_search_finds_by_name_without_showing_it(open_desk, tmp_path):
    folder = tmp_path / "both"
    write_slices(folder / "a", 4, study_uid="1.2.5", series_uid="1.2.5.1")
    other = Person("T-2", "OTHERWISE^TWO", "19700101", "M")
    write_slices(folder / "b", 4, study_uid="1.2.6", series_uid="1.2.6.1", patient=other)
    desk = open_desk()
    desk.import_paths(folder)
    desk.window.worklist.search.setText("otherwise")
    assert desk.window.worklist.cases.count() == 1
    desk.window.worklist.search.setText("nobody")
    assert desk.window.worklist.cases.count() == 0
    assert desk.window.worklist.empty_text == "No case matches."


def test_images_without_a_position_have_no_sides_and_no_other_planes(open_desk, tmp_path):
    def without_position(dataset, _number):
        del dataset.ImagePositionPatient
        del dataset.ImageOrientationPatient

    folder = tmp_path / "plain"
    write_slices(folder, 4, change=without_position)
    desk = open_desk()
    desk.import_paths(folder)
    assert not desk.viewer.volume.is_placed
    assert [v.isVisible() for v in desk.window.views.views] == [True]
    desk.window.actions_by_name["layout.planes"].trigger()
    assert [v.isVisible() for v in desk.window.views.views] == [True, False, False]
    desk.key(Qt.Key.Key_Return)
    assert [v.isVisible() for v in desk.window.views.views] == [True, False, False]
    desk.window.grab()


def zipped(path, folder):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                out.write(file, f"../../{file.name}")
    return path


def test_an_archive_dropped_on_the_window_shows_its_images(open_desk, ellipsoid_folder, tmp_path):
    desk = open_desk()
    drop(desk, zipped(tmp_path / "disc.zip", ellipsoid_folder))
    assert desk.viewer.volume.loaded.all()
    body = open_body(desk.workspace.session.series_record(desk.case.series[0].series_instance_uid))
    unpacked = {Path(row["path"]).parent.parent for row in body["instances"]}
    assert unpacked == {desk.workspace.unpack_to}
    assert len(body[HASHES]) == desk.case.series[0].slices
    drop(desk, tmp_path / "disc.zip")
    assert "already there" in desk.window.notice.text


def test_an_archive_that_was_only_viewed_leaves_nothing_behind(
    open_desk, ellipsoid_folder, tmp_path
):
    desk = open_desk(scratch=True)
    drop(desk, zipped(tmp_path / "disc.zip", ellipsoid_folder))
    assert desk.viewer.volume.loaded.all()
    place = desk.workspace.unpack_to
    assert place.exists()
    desk.window.close()
    desk.workspace.close()
    assert not place.exists()


def test_the_other_series_of_the_case_are_loaded_ahead(open_desk, tmp_path):
    desk = open_desk()
    for number in (1, 2):
        write_slices(tmp_path / "s", 6, series_uid=f"1.2.3.1.{number}", prefix=f"S{number}")
    desk.import_paths(tmp_path / "s")
    shown = set(desk.window.features.series.shown_keys.values())
    assert len(desk.case.series) == 2
    ahead = {s.series_instance_uid for s in desk.case.series} - shown
    images = desk.workspace.images
    assert all(images._open[key].is_complete for key in ahead)
    assert "Loading" not in desk.window.status.findChild(QLabel).text()


def test_files_that_were_replaced_by_others_are_told(open_desk, tmp_path):
    desk = open_desk()
    files = write_slices(tmp_path / "s", 6)
    desk.import_paths(tmp_path / "s")
    uid = desk.case.uid
    desk.workspace.session.close_case()
    desk.workspace.images.forget()
    write_slices(tmp_path / "other", 6, shape=(20, 20))[2].replace(files[2])
    desk.window.controller.open_case(uid)
    desk.settle()
    assert "no longer fitting" in desk.window.notice.text


def test_the_case_below_the_open_one_is_loaded_ahead(open_desk, tmp_path):
    desk = open_desk()
    for n in "123":
        person = Person(name=f"Person^{n}", patient_id=n)
        write_slices(
            tmp_path / n, 6, patient=person, study_uid=f"1.2.9{n}", series_uid=f"1.2.9{n}.1"
        )
        desk.import_paths(tmp_path / n)
    desk.workspace.session.close_case()
    desk.workspace.images.forget()
    first, second, third = desk.workspace.session.cases()
    desk.window.controller.open_case(first.uid)
    desk.settle()
    assert desk.window.worklist.next_case == second.uid
    held = desk.workspace.images._open
    assert {key for key, opened in held.items() if opened.is_complete} == {"1.2.91.1", "1.2.92.1"}
    desk.window.controller.open_case(third.uid)
    desk.settle()
    assert desk.window.worklist.next_case == ""


def held_scan(monkeypatch) -> threading.Event:
    """Let scans wait until the event is set."""
    go = threading.Event()

    def slowly(paths, reporter, unpack_to=None):
        while not go.wait(0.005):
            reporter.step("Reading files", 3, 40)
        return find(paths, reporter, unpack_to)

    monkeypatch.setattr("tumorboard.ui.series.imports.find", slowly)
    return go


def begin(desk, folder) -> None:
    """Drop a folder and wait for the picture that stands in for it."""
    desk.window.features.imports.start([str(folder)])
    desk.qtbot.waitUntil(lambda: is_preview(desk.viewer.volume), timeout=10_000)


def test_a_preview_gives_way_to_its_series_in_place(open_desk, ellipsoid_folder, monkeypatch):
    go, desk = held_scan(monkeypatch), open_desk()
    begin(desk, ellipsoid_folder)
    desk.qtbot.waitUntil(
        lambda: any("3 of 40 files" in c.text for c in desk.viewer.volume.caveats), timeout=5_000
    )
    picture, window, point = desk.viewer.volume, desk.viewer.window, desk.viewer.point
    assert desk.view(Plane.AXIAL).frame() is not None
    assert desk.view(Plane.CORONAL).frame() is None
    go.set()
    desk.settle()
    volume = desk.viewer.volume
    assert not is_preview(volume)
    assert volume.loaded.all()
    k = volume.stack.nearest_slice(desk.viewer.point)
    assert volume.sop_instance_uids[k] == picture.sop_instance_uids[0]
    assert np.array_equal(volume.voxels[k], picture.voxels[0])
    assert desk.viewer.point == pytest.approx(point, abs=1e-6)
    assert desk.viewer.window == window


def test_nothing_is_measured_on_a_preview(open_desk, ellipsoid_folder, monkeypatch):
    go, desk = held_scan(monkeypatch), open_desk()
    begin(desk, ellipsoid_folder)
    desk.key(Qt.Key.Key_L)
    desk.drag_canvas(desk.view(), QPoint(100, 100), QPoint(200, 160))
    assert desk.window.room.preview == ()
    assert desk.view().scene() is None
    assert desk.window.features.series.place() is None
    go.set()
    desk.settle()
    assert desk.case.annotations == ()


def test_nothing_is_left_of_a_preview_when_no_file_is_taken(
    open_desk, ellipsoid_folder, monkeypatch
):
    desk = open_desk()
    go = threading.Event()

    def refusing(paths, reporter, unpack_to=None):
        go.wait(5)
        return Found((), (), "")

    monkeypatch.setattr("tumorboard.ui.series.imports.find", refusing)
    begin(desk, ellipsoid_folder)
    go.set()
    desk.settle()
    assert desk.viewer.volume is None
    assert desk.workspace.images.preview is None
    assert "No images were found" in desk.window.notice.text


def test_nothing_is_left_of_a_preview_when_reading_is_cancelled(
    open_desk, ellipsoid_folder, monkeypatch
):
    held_scan(monkeypatch)
    desk = open_desk()
    begin(desk, ellipsoid_folder)
    desk.window.status.cancel_requested.emit()
    desk.settle()
    assert desk.viewer.volume is None


def test_beside_an_open_case_there_is_no_preview(open_desk, ellipsoid_folder, tmp_path):
    desk = open_desk()
    desk.import_paths(ellipsoid_folder)
    other = tmp_path / "other"
    write_slices(other, 6, patient=Person(name="Other^Person", patient_id="77"))
    seen = []
    desk.viewer.volume_changed.connect(lambda: seen.append(is_preview(desk.viewer.volume)))
    case, volume = desk.case.uid, desk.viewer.volume
    desk.import_paths(other)
    assert not seen
    assert (desk.case.uid, desk.viewer.volume) == (case, volume)


def test_an_import_beside_an_open_case_offers_itself(open_desk, ellipsoid_folder, tmp_path):
    desk = open_desk()
    desk.import_paths(ellipsoid_folder)
    case, other = desk.case.uid, tmp_path / "other"
    write_slices(other, 6, patient=Person(name="Other^Person", patient_id="77"))
    desk.import_paths(other)
    assert desk.case.uid == case
    assert "1 series added" in desk.window.notice.text
    desk.window.notice.see_more()
    desk.settle()
    assert desk.case.uid != case
    assert desk.viewer.volume.voxels.shape[0] == 6


def test_a_case_opened_meanwhile_takes_the_place_of_the_preview(
    open_desk, ellipsoid_folder, tmp_path, monkeypatch
):
    desk = open_desk()
    desk.import_paths(ellipsoid_folder)
    uid = desk.case.uid
    desk.workspace.session.close_case()
    go, other = held_scan(monkeypatch), tmp_path / "other"
    write_slices(other, 6, patient=Person(name="Other^Person", patient_id="77"))
    begin(desk, other)
    desk.window.controller.open_case(uid)
    assert not is_preview(desk.viewer.volume)
    assert desk.viewer.volume.voxels.shape[0] == 40
    go.set()
    desk.settle()
    assert not is_preview(desk.viewer.volume)
