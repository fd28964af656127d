"""What leaves the window about a case: asked whether it names the patient, written in a job."""

import io
import zipfile
from dataclasses import replace
from functools import cache
from pathlib import Path

import pptx
import pytest
from pypdf import PdfReader
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QFileDialog, QMessageBox

from tests.dicom.make import Person, write_slices
from tests.store.samples import annotation
from tumorboard.annotations.model import ImageReference, Kind, as_point, new_uid
from tumorboard.case.model import Lesion
from tumorboard.imaging.geometry import Plane
from tumorboard.reports import slide_choice
from tumorboard.ui.shell.share_dialog import ShareDialog

SECRETS = ("quixfict", "frieda", "pid-77-31", "19590412", "12.04.1959")
FRIEDA = Person("PID-77-31", "QUIXFICT^FRIEDA", "19590412")
NAMED = "Frieda Quixfict, PID-77-31, 12.04.1959"


@pytest.fixture
def images(tmp_path):
    folder = tmp_path / "images"
    write_slices(
        folder,
        8,
        spacing=(3.0, 3.0),
        step=5.0,
        patient=FRIEDA,
        study_uid="1.2.9",
        series_uid="1.2.9.1",
    )
    return folder


@pytest.fixture
def named_desk(open_desk, images):
    """A case in which the name stands wherever a person can write, with a measured key image."""
    desk = open_desk()
    desk.import_paths(images)
    session = desk.workspace.session
    session.set_detail("question", f"Is {NAMED} resectable?")
    session.set_detail("label", "RP-1 Quixfict")
    session.put_lesion(Lesion("2.25.41", f"Mass of {NAMED}", is_index=True))
    draw(desk)
    desk.window.actions_by_name["view.keep"].trigger()
    desk.settle()
    desk.window.features.key_images.rename(session.case.views[0].uid, NAMED)
    session.set_fact("site", "retroperitoneum", note=NAMED)
    desk.settle()
    return desk


def draw(desk) -> None:
    volume = desk.viewer.volume
    start = volume.stack.centre
    k = volume.stack.nearest_slice(volume.stack.centre)
    start = as_point(volume.stack.to_lps((k, 4, 4)))
    end = (start[0] + 20.0, start[1], start[2])
    sop = volume.sop_instance_uids[k]
    image = ImageReference("1.2.9", "1.2.9.1", (sop,), volume.frame_of_reference_uid, Plane.AXIAL)
    drawn = annotation(
        new_uid(),
        kind=Kind.LENGTH,
        points=(start, end),
        image=image,
        label=NAMED,
        lesion_uid="2.25.41",
    )
    words = replace(drawn, uid=new_uid(), kind=Kind.TEXT, points=(start,), lesion_uid="")
    desk.look_at(start)
    for one in (drawn, words):
        desk.workspace.session.put_annotation(one)


def dialog_of(kind):
    found = [w for w in QApplication.topLevelWidgets() if isinstance(w, kind) and w.isVisible()]
    assert len(found) == 1
    return found[0]


def export(desk, command: str, path: Path, *, with_identity: bool) -> str:
    """Go through the dialogs of a command as a person does; return the proposed name."""
    desk.window.actions_by_name[command].trigger()
    question = dialog_of(ShareDialog)
    assert not question.identity.isChecked()
    if with_identity:
        QTest.keyClick(question.identity, Qt.Key.Key_Space)
    buttons = question.findChild(QDialogButtonBox)
    buttons.button(QDialogButtonBox.StandardButton.Save).click()
    files = dialog_of(QFileDialog)
    proposed = Path(files.selectedFiles()[0]).name
    files.fileSelected.emit(str(path))
    files.close()
    desk.settle()
    return proposed


@cache
def words_of(data: bytes) -> str:
    """Everything readable in a file: text of a PDF with its metadata, or the bytes."""
    if not data.startswith(b"%PDF"):
        return data.decode("utf-8", "replace").lower()
    reader = PdfReader(io.BytesIO(data))
    pages = " ".join(page.extract_text() for page in reader.pages)
    streams = b" ".join(
        o.get_object().get_data() for o in [reader.root_object["/Metadata"]]
    ).decode("utf-8", "replace")
    return " ".join(f"{pages} {dict(reader.metadata)} {streams}".split()).lower()


def told(text: str) -> list[str]:
    tight = "".join(text.split())
    return [s for s in SECRETS if s in text or s in tight]


COMMANDS = {"file.report": "pdf", "file.slides": "pdf", "file.bundle": "zip"}


def test_identity_is_told_only_when_asked(named_desk, tmp_path):
    pixels = {}
    for command, ending in COMMANDS.items():
        for with_identity in (False, True):
            path = tmp_path / f"{with_identity}.{ending}"
            proposed = export(named_desk, command, path, with_identity=with_identity)
            assert bool(told(proposed.lower())) is with_identity
            files = {"index.html": path.read_bytes()}
            if ending == "zip":
                with zipfile.ZipFile(path) as archive:
                    files = {name: archive.read(name) for name in archive.namelist()}
                pixels[with_identity] = files["images/01.png"]
            spoken = {name: told(words_of(data)) for name, data in files.items()}
            assert any(spoken.values()) is with_identity, spoken
            assert ("quixfict" in words_of(files["index.html"])) is with_identity
    assert pixels[True] != pixels[False]  # what was written on the picture is painted anew
    check_slides(zipfile.Path(tmp_path / "False.zip", "slides.pdf").read_bytes())


def test_slides_for_powerpoint_with_every_page(named_desk, tmp_path, monkeypatch):
    monkeypatch.setattr(slide_choice, "MOST", 2)
    counts = []
    for every in (False, True):
        named_desk.window.actions_by_name["file.slides"].trigger()
        question = dialog_of(ShareDialog)
        if every:
            QTest.keyClick(question.more, Qt.Key.Key_Space)
        buttons = question.findChild(QDialogButtonBox)
        buttons.button(QDialogButtonBox.StandardButton.Save).click()
        files = dialog_of(QFileDialog)
        files.filterSelected.emit(next(f for f in files.nameFilters() if "PowerPoint" in f))
        assert Path(files.selectedFiles()[0]).name == "slides RP-1.pptx"
        path = tmp_path / f"{every}.pptx"
        files.fileSelected.emit(str(path))
        files.close()
        named_desk.settle()
        counts.append(len(pptx.Presentation(path).slides))
        with zipfile.ZipFile(path) as archive:
            said = b" ".join(map(archive.read, archive.namelist())).decode("utf-8", "replace")
        assert told(said.lower()) == []
    assert counts[0] < counts[1]


def check_slides(data: bytes) -> None:
    """Slides are wide, and nothing on them is below 24 pixels of 1080."""
    reader = PdfReader(io.BytesIO(data))
    sizes: set[float] = set()

    def look(text, current, matrix, _font, size):
        if text.strip():
            sizes.add(round(abs(size * matrix[3] * current[3]), 1))

    for page in reader.pages:
        assert (float(page.mediabox.width), float(page.mediabox.height)) == (960, 540)
        page.extract_text(visitor_text=look)
    assert min(sizes) >= 12
    first, second = (" ".join(page.extract_text().split()) for page in reader.pages[:2])
    assert "Case 1 (label withheld)" in first  # the label names the patient
    assert "Measured here" in second
    assert "2.0 cm" in second


def test_what_cannot_be_written_or_read_is_said_in_one_sentence(named_desk, tmp_path):
    features, notice = named_desk.window.features, named_desk.window.notice
    for write in (features.reports.write, features.bundles.write):
        write(tmp_path / "Quixfict.zip")
        named_desk.settle()
        assert "name of the file tells" in notice.text
    features.bundles.write(tmp_path / "b.zip")
    named_desk.window.controller.jobs.cancel_all()
    named_desk.settle()
    assert list(tmp_path.glob("*.zip")) == []
    path = tmp_path / "b.zip"
    features.bundles.write(path, with_identity=True)
    named_desk.settle()
    check_asked_about(named_desk, path)
    (tmp_path / "b.zip").write_bytes((tmp_path / "b.zip").read_bytes()[:2000])
    drop(named_desk, tmp_path / "b.zip")
    assert "not complete" in notice.text
    assert len(named_desk.workspace.session.cases()) == 2


def check_asked_about(named_desk, path: Path) -> None:
    """A case that is here already comes in a second time only when a person says so."""
    features = named_desk.window.features
    features.bundles.read(path)
    named_desk.settle()
    box = dialog_of(QMessageBox)
    assert "in the store already" in box.text()
    box.defaultButton().click()
    assert len(named_desk.workspace.session.cases()) == 1
    features.bundles.read(path)
    named_desk.settle()
    box = dialog_of(QMessageBox)
    next(b for b in box.buttons() if "second time" in b.text()).click()
    named_desk.settle()
    labels = sorted(case.label for case in named_desk.workspace.session.cases())
    assert labels == ["RP-1 Quixfict", "RP-1 Quixfict (2)"]


def drop(desk, *paths: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    event = QDropEvent(
        QPointF(5, 5),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    desk.window.dropEvent(event)
    desk.settle()


def test_a_dropped_bundle_opens_as_a_case_and_its_images_follow(
    named_desk, open_desk, images, tmp_path
):
    path = tmp_path / "b.zip"
    named_desk.window.features.bundles.write(path, with_identity=True)
    named_desk.settle()
    other = open_desk(tmp_path / "other")
    drop(other, path)
    assert other.case.uid == named_desk.case.uid
    assert "not here yet" in other.window.notice.text
    assert other.case.annotations == named_desk.case.annotations
    other.import_paths(images)
    assert other.case.uid == named_desk.case.uid
    assert other.viewer.volume is not None
    assert len(other.workspace.session.cases()) == 1
