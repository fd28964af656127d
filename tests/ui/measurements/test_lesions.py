"""The lesion panel on a real window, and what it asks of the session."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QMenu, QPushButton

from tests.ui.conftest import CENTRE, SEMI_AXES
from tumorboard.annotations.model import Kind, as_point
from tumorboard.app import annotation_edits
from tumorboard.case.facts import AtLeast
from tumorboard.case.model import SeriesRef
from tumorboard.imaging.geometry import Caveat, Plane

Key = Qt.Key
X, Y, Z = np.eye(3)


@pytest.fixture
def measuring(desk):
    """The joint of panel and session, its panel on show."""
    desk.window.tabs.setCurrentWidget(desk.window.lesions)
    return desk.window.features.measurements


@pytest.fixture
def mass(desk, measuring):
    """A measured mass: the lesion it begins."""
    desk.key(Key.Key_M)
    desk.drag(Plane.AXIAL, CENTRE - SEMI_AXES * X, CENTRE + SEMI_AXES * X)
    desk.drag(Plane.AXIAL, CENTRE - SEMI_AXES * Y, CENTRE + SEMI_AXES * Y)
    desk.key(Key.Key_Escape)
    return desk.case.index_lesion


def fields(desk):
    QApplication.processEvents()
    return desk.window.lesions.editor


def panel_texts(desk):
    QApplication.processEvents()
    return [x.text() for x in desk.window.lesions.findChildren(QLabel) if x.isVisible()]


def button(desk, text, nth=0):
    QApplication.processEvents()
    found = [
        b
        for b in desk.window.lesions.findChildren(QAbstractButton)
        if text in (b.text(), b.accessibleName().split(":")[0]) and b.isVisible()
    ]
    return found[nth]


def undo(desk):
    desk.key(Key.Key_Z, Qt.KeyboardModifier.ControlModifier)


def earlier(desk, days="20200101"):
    """The case with an earlier study, on which the mass was measured as well."""
    case = desk.case
    volume = desk.window.room.active.volume
    ref = SeriesRef("old.1", "old", "CT", "Before", days, 9, 9, 9, "volume")
    drawn = [
        replace(
            a,
            uid=f"old{n}",
            image=replace(
                a.image,
                study_instance_uid="old",
                series_instance_uid="old.1",
                frame_of_reference_uid=volume.frame_of_reference_uid,
            ),
        )
        for n, a in enumerate(case.annotations)
    ]
    return replace(case, series=(ref, *case.series)), drawn


def test_a_lesion_is_edited_by_keys_alone(desk, mass):
    edit = button(desk, "Edit")
    edit.setFocus()
    QTest.keyClick(edit, Key.Key_Space)
    editor = fields(desk)
    assert editor.name.hasFocus()
    QTest.keyClicks(editor.name, "Left mass")
    editor.site.setCurrentText("kidney")
    QTest.keyClick(editor.side, Key.Key_Down)
    QTest.keyClick(editor.role, Key.Key_Down)
    QTest.keyClick(editor.metastasis, Key.Key_Space)
    QTest.keyClick(editor.name, Key.Key_Return)
    lesion = desk.case.lesion(mass.uid)
    assert (lesion.name, lesion.site, lesion.site_code) == ("Left mass", "Kidney", "64033007")
    assert (lesion.laterality, lesion.role) == ("right", "target")
    assert not lesion.is_index  # a distant metastasis is not the index lesion
    assert "Target · Distant metastasis · Kidney, right" in panel_texts(desk)
    assert desk.workspace.session.facts.value("metastasis_count") == AtLeast(1)
    undo(desk)
    assert desk.case.lesion(mass.uid) == mass


def test_escape_leaves_a_lesion_as_it_was(desk, mass):
    button(desk, "Edit").click()
    editor = fields(desk)
    QTest.keyClicks(editor.name, "Another")
    QTest.keyClick(editor.name, Key.Key_Escape)
    assert desk.case.lesion(mass.uid) == mass
    assert "Another" not in panel_texts(desk)


def test_words_that_are_no_place_of_the_list_keep_no_code(desk, mass):
    desk.window.lesions.edit_lesion(mass.uid)
    editor = fields(desk)
    editor.site.setCurrentText("beside the graft")
    editor.keep()
    assert desk.case.lesion(mass.uid).site == "beside the graft"
    assert desk.case.lesion(mass.uid).site_code == ""


def test_deleting_a_lesion_can_be_undone(desk, mass):
    before = desk.case
    button(desk, "Edit").click()
    button(desk, "delete lesion").click()
    assert not desk.case.lesions
    assert not desk.case.annotations
    undo(desk)
    assert desk.case.lesions == before.lesions
    assert desk.case.annotations == before.annotations


def test_the_size_leads_to_its_slice(desk, mass):
    desk.look_at(CENTRE + 30 * Z)
    button(desk, "9.6 cm").click()
    assert desk.view().section().slice_index == 20
    assert desk.window.room.selected_uid == desk.case.annotations[0].uid


def test_a_free_measurement_becomes_one_of_a_lesion_and_free_again(desk, mass):
    desk.key(Key.Key_L)
    desk.drag(Plane.AXIAL, CENTRE - 20 * X, CENTRE + 20 * X)
    uid = next(a.uid for a in desk.case.annotations if a.kind is Kind.LENGTH)
    button(desk, "More", -1).click()
    menu = desk.window.lesions.findChild(QMenu)
    names = [a.text() for a in menu.actions() if not a.isSeparator()]
    assert names == [
        "History: who and when",
        mass.name,
        "New lesion",
        "No lesion: a free measurement",
    ]
    next(a for a in menu.actions() if a.text() == mass.name).trigger()
    menu.close()
    assert desk.case.annotation(uid).lesion_uid == mass.uid
    desk.window.lesions.assign_requested.emit(uid, "new")
    assert len(desk.case.lesions) == 2
    desk.window.lesions.assign_requested.emit(uid, "")
    assert desk.case.annotation(uid).lesion_uid == ""


def test_the_history_says_who_measured_what(desk, measuring):
    desk.key(Key.Key_L)
    desk.drag(Plane.AXIAL, CENTRE - 20 * X, CENTRE + 20 * X)
    desk.key(Key.Key_W)
    desk.drag(Plane.AXIAL, CENTRE + 20 * X, CENTRE + 40 * X)
    uid = desk.case.annotations[0].uid
    desk.window.lesions.history_requested.emit(uid)
    texts = panel_texts(desk)
    assert {"6.0 cm", "4.0 cm"} <= set(texts)
    assert sum(t.startswith("set · Dr Test · ") for t in texts) == 2
    desk.window.lesions.history_requested.emit(uid)
    assert not any(t.startswith("set · Dr Test") for t in panel_texts(desk))


def test_a_copy_is_proposed_shown_and_accepted(desk, mass, measuring, monkeypatch):
    session = desk.workspace.session
    own = desk.case.annotations[0]
    case, drawn = earlier(desk)
    desk.window.lesions.delete_requested.emit(own.uid)
    session.apply(annotation_edits.drawn(session.case, "Earlier", drawn))
    case = replace(session.case, series=case.series)
    monkeypatch.setattr(session._open, "case", case)  # the store has no such files
    desk.window.lesions.set_case(case)
    (wish,) = [
        b for b in desk.window.lesions.findChildren(QPushButton) if b.text().startswith("copy to")
    ]
    wish.click()
    (copy,) = [a for a in session.case.annotations if a.proposed]
    np.testing.assert_allclose(copy.points, own.points, atol=1e-6)
    assert copy.lesion_uid == mass.uid
    assert copy.image.series_instance_uid == own.image.series_instance_uid
    assert "◇ Proposed copy: check it, then accept." in panel_texts(desk)
    desk.key(Qt.Key.Key_A, Qt.KeyboardModifier.ShiftModifier)
    assert not session.case.annotation(copy.uid).proposed
    desk.key(Qt.Key.Key_A, Qt.KeyboardModifier.ShiftModifier)
    assert "Nothing is proposed" in desk.window.notice.text


def test_dates_that_are_not_linked_are_not_guessed(desk, mass, measuring, monkeypatch):
    session = desk.workspace.session
    case, drawn = earlier(desk)
    drawn = [replace(a, image=replace(a.image, frame_of_reference_uid="other")) for a in drawn]
    desk.window.lesions.delete_requested.emit(desk.case.annotations[0].uid)
    session.apply(annotation_edits.drawn(session.case, "Earlier", drawn))
    monkeypatch.setattr(session._open, "case", replace(session.case, series=case.series))
    date = next(s.study_date for s in case.series if s.study_instance_uid != "old")
    measuring.copy(mass.uid, date)
    assert "lock them" in desk.window.notice.text
    assert not any(a.proposed for a in session.case.annotations)


def test_words_are_typed_kept_and_erased(desk, measuring):
    from PySide6.QtWidgets import QInputDialog

    desk.key(Key.Key_T)
    desk.click(Plane.AXIAL, CENTRE)
    dialog = desk.window.findChild(QInputDialog)
    dialog.setTextValue("Capsule")
    dialog.accept()
    (drawn,) = desk.case.annotations
    assert (drawn.kind, drawn.label) == (Kind.TEXT, "Capsule")
    desk.key(Key.Key_X)
    desk.click(Plane.AXIAL, CENTRE)
    assert not desk.case.annotations
    undo(desk)
    assert desk.case.annotations == (drawn,)


def test_every_reservation_can_be_read(desk, measuring):
    desk.key(Key.Key_L)
    desk.drag(Plane.AXIAL, CENTRE - 20 * X, CENTRE + 20 * X)
    (length,) = desk.case.annotations
    many = tuple(Caveat(f"c{n}", f"Reservation {n}.") for n in range(4))
    region = Caveat("ultrasound-region", "Calibrated by the ultrasound machine.")
    case = replace(desk.case, annotations=(replace(length, caveats=(*many, region)),))
    desk.window.lesions.set_case(case)
    said = [t for t in panel_texts(desk) if t.startswith("▲")]
    assert said == [f"▲ {region.text}", "▲ Reservation 0.", "▲ Reservation 1."]
    more = button(desk, "and 2 more")
    more.setFocus()
    QTest.keyClick(more, Key.Key_Space)
    said = [t for t in panel_texts(desk) if t.startswith("▲")]
    assert said[3:] == ["▲ Reservation 2.", "▲ Reservation 3."]


def test_a_size_of_one_axis_is_called_by_its_name(desk, mass, measuring):
    axial = next(a for a in desk.case.annotations if a.kind is Kind.BIDIRECTIONAL)
    ends = tuple(as_point(CENTRE + z * Z) for z in (-70.0, 80.0))
    height = replace(axial, uid="h", kind=Kind.CRANIOCAUDAL, points=ends)
    desk.window.lesions.set_case(replace(desk.case, annotations=(height,)))
    texts = panel_texts(desk)
    place = texts.index("15.0 cm")
    assert texts[place + 1] == "craniocaudal; axial axes not measured"
    desk.window.lesions.set_case(replace(desk.case, annotations=(axial,)))
    assert "axial long × axial short; craniocaudal not measured" in panel_texts(desk)
    desk.window.lesions.set_case(replace(desk.case, annotations=(axial, height)))
    assert "axial long × axial short × craniocaudal" in panel_texts(desk)
