"""On paper a key image says what the audience reads on it: levels, labels, place, letters."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from tests.dicom.make import Person
from tests.ui.lectern import Lectern, store_of, write_case
from tumorboard.annotations.model import (
    Annotation,
    ImageReference,
    Kind,
    Landmark,
    TumourEnd,
    as_point,
    new_uid,
)
from tumorboard.imaging.geometry import Calibration, Plane
from tumorboard.progress import Reporter
from tumorboard.ui.sharing import board_report
from tumorboard.ui.viewer import ahead, letters

ANNA = Person("PID-77121", "Quitzow^Annabel", "19610417", "F")


@pytest.fixture
def desk(open_desk, tmp_path):
    built = open_desk(store_of(tmp_path / "store", write_case(tmp_path / "ct", 1, ANNA)))
    built.workspace.guidance.make_ready()
    uid = built.workspace.session.cases()[0].uid
    built.window.controller.open_case(uid)
    built.settle()
    draw(built)
    return built


def draw(desk) -> None:
    """Two levels, the ends of the tumour, and lengths on the axial and the coronal cut."""
    middle = desk.viewer.volume.stack.centre
    session = desk.workspace.session

    def put(kind, *points, plane=Plane.AXIAL, **more) -> None:
        volume = desk.viewer.volume
        places = [as_point(middle + point) for point in points]
        here = volume.stack.nearest_slice(places[0])
        uids = (volume.sop_instance_uids[here],)
        image = ImageReference(
            *(volume.study_instance_uid, volume.series_instance_uid, uids),
            *(volume.frame_of_reference_uid, plane, Calibration.PIXEL_SPACING),
        )
        normal = (0.0, 0.0, 1.0) if plane is Plane.AXIAL else (0.0, 1.0, 0.0)
        made = Annotation(new_uid(), kind, tuple(places), normal, image, "Dr Test", "2026-01-05")
        session.put_annotation(replace(made, **more))

    roles = ((Landmark.RENAL_VEINS, -12.0), (Landmark.HEPATIC_VEINS, 14.0))
    for role, z in roles:
        put(Kind.VESSEL_LEVEL, [0.0, 0.0, z], role=str(role))
    for role, z in ((TumourEnd.CAUDAL, -6.0), (TumourEnd.CRANIAL, 8.0)):
        put(Kind.TUMOUR_END, [4.0, 0.0, z], role=str(role))
    put(Kind.LENGTH, [-20.0, 0.0, 0.0], [20.0, 0.0, 0.0], label="Mass across")
    put(Kind.LENGTH, [-20.0, 0.0, 0.0], [-20.0, 0.0, 15.0], plane=Plane.CORONAL, label="Height")
    desk.look_at(as_point(middle))
    desk.settle()


def keep(desk, plane: Plane) -> None:
    view = desk.view(plane)
    view.setFocus()
    QApplication.processEvents()
    desk.key(Qt.Key.Key_K, widget=view)
    desk.settle()


def told_to_the_audience(desk, monkeypatch, count: int) -> list[list[str]]:
    """What is written on the picture that was worked in, page for page."""
    monkeypatch.setattr(ahead.Ahead, "sheet", lambda *_: None)  # words of a sheet lie there ready
    lectern = Lectern(desk)
    lectern.begin()
    found = []
    try:
        for number in range(count):
            stage, heard = lectern.running.stage, []
            main = desk.case.views[number].main
            views = [v for v in stage.area.views if v.isVisible()]
            (view,) = [v for v in views if v.spec.plane is main.spec.plane]
            stage.room.discreet.listener = heard.append
            view.grab()
            stage.room.discreet.listener = None
            found.append(sorted({text for text in heard if text}))
            lectern.press(Qt.Key.Key_PageDown)
    finally:
        lectern.running.stop()
    return found


def told_on_paper(desk, monkeypatch) -> list[list[str]]:
    """What is written on each picture of the report."""
    heard, found = [], []
    real = letters.label_image

    def listening(text, *more):
        heard.append(text)
        return real(text, *more)

    paint = board_report.picture

    def painted(*arguments):
        heard.clear()
        image = paint(*arguments)
        found.append(sorted({text for text in heard if text}))
        return image

    monkeypatch.setattr(letters, "label_image", listening)
    monkeypatch.setattr(board_report, "picture", painted)
    board_report.build_report(board_report.report_inputs(desk.workspace), Reporter())
    return found


def test_paper_says_what_the_audience_reads(desk, monkeypatch):
    planes = (Plane.AXIAL, Plane.CORONAL, Plane.SAGITTAL)
    for plane in planes:
        keep(desk, plane)
    assert [v.main.spec.plane for v in desk.case.views] == list(planes)
    paper = told_on_paper(desk, monkeypatch)
    audience = told_to_the_audience(desk, monkeypatch, len(planes))
    for ours, theirs, plane in zip(paper, audience, planes, strict=True):
        assert without_bar(ours) == without_bar(theirs), plane
        assert any(text.startswith(plane.value.capitalize()) for text in ours)
    assert any("Mass across" in text for text in paper[0])
    assert any("Height" in text for text in paper[1])
    for named in paper[1:]:
        assert sum("veins" in text.lower() for text in named) == 2


def without_bar(texts: list[str]) -> list[str]:
    """Words without those of the scale bar, which is as long as there is room for."""
    return [text for text in texts if text not in {f"{n:g} cm" for n in (0.5, 1, 2, 5, 10)}]


def test_a_view_kept_without_marks_has_none_on_paper(desk, monkeypatch):
    desk.key(Qt.Key.Key_Space, widget=desk.view(Plane.CORONAL))
    keep(desk, Plane.CORONAL)
    assert not desk.case.views[0].marks
    (paper,) = told_on_paper(desk, monkeypatch)
    assert not [text for text in paper if "Height" in text or "veins" in text.lower()]
    assert {"R", "L", "H", "F"} & set(paper)
