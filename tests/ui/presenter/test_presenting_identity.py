"""Nobody in the room learns who the patient is, unless that is asked for and written down."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest

from tests.dicom.make import Person
from tests.ui.lectern import Lectern, plan, write_case
from tumorboard.annotations.model import Kind, new_uid
from tumorboard.app import edits
from tumorboard.app.commands import PRESENTING
from tumorboard.app.presented import NOTES, TOLD
from tumorboard.case.saved_view import SavedView
from tumorboard.ui.shell.discreet import Discreet

Key, Modifier = Qt.Key, Qt.KeyboardModifier
ANNA = Person("PID-77121", "Quitzow^Annabel", "19610417", "F")
NOBODY = Person("", "", "", "")
PLANTED = ("quitzow", "annabel", "77121", "1961", "17.4.61", "17 apr")


def talk_on(open_desk, folder, person, tmp_path, *, words="Abdomen") -> Lectern:
    """A talk on one case with a key image."""
    desk = open_desk(folder)
    desk.import_paths(write_case(tmp_path / f"ct-{folder.name}", 1, person, words))
    desk.key(Key.Key_K, widget=desk.window.views.main)
    desk.settle()
    plan(desk.workspace)
    return Lectern(desk)


def plant(lectern: Lectern) -> None:
    """Write the name where nobody should write it."""
    session = lectern.desk.workspace.session
    lectern.desk.window.features.key_images.rename(session.case.views[0].uid, "CT of Quitzow")
    session.set_detail("question", "Can Annabel Quitzow (born 17.4.61) be operated on?")
    session.set_remark("event:biopsy:2026-02-01", "the Quitzows, pid 77121, PID77121, 77121")
    session.set_remark(NOTES, "Ms Quitzow will ask.")
    view = session.case.views[0]
    lectern.running_case = session.case.uid
    session.apply(edits.put_view(session.case, replace(view, caption="Annabel, 1961-04-17")))


def draw_words(lectern: Lectern) -> None:
    """A text beside the mass that names the patient, on the slice of the key image."""
    desk = lectern.desk
    desk.window.features.measurements.choose_tool("length")
    view = desk.window.views.main
    middle = view.rect().center()
    lectern.desk.drag_canvas(view, middle, middle + middle / 4)
    drawn = desk.case.annotations[-1]
    words = replace(
        drawn, uid=new_uid(), kind=Kind.TEXT, points=drawn.points[:1], label="QUITZOW here"
    )
    desk.workspace.session.put_annotation(words)


def pages(lectern: Lectern) -> list[bytes]:
    found = [lectern.pixels()]
    while not lectern.talk.is_last:
        lectern.press(Key.Key_PageDown)
        found.append(lectern.pixels())
    return found


def test_planted_names_reach_no_text_of_the_audience(open_desk, tmp_path):
    lectern = talk_on(open_desk, tmp_path / "named", ANNA, tmp_path, words="QUITZOW abdomen")
    plant(lectern)
    draw_words(lectern)
    desk = lectern.desk
    meeting_item = replace(plan(desk.workspace).items[0], question="Quitzow^Annabel: resect?")
    heard: list[str] = []
    lectern.talks.begin((meeting_item,), "Board for Annabel Quitzow")
    lectern.settle()
    lectern.running.stage.room.discreet.listener = heard.append
    pages(lectern)
    told = " | ".join(heard).lower()
    assert "[withheld]" in told
    assert "here" in told  # the words beside the mass are written, without the name
    assert [name for name in PLANTED if name in told] == []
    window = lectern.audience
    names = [w.accessibleName() + w.accessibleDescription() + w.toolTip() for w in _all(window)]
    spoken = (" | ".join(names) + window.windowTitle()).lower()
    assert [name for name in PLANTED if name in spoken] == []
    lectern.press(Key.Key_Escape)


def _all(window):
    from PySide6.QtWidgets import QWidget

    return [window, *window.findChildren(QWidget)]


def test_pixels_are_the_same_with_and_without_a_patient(open_desk, tmp_path):
    """The same images and the same work for somebody and for nobody: equal to the byte."""
    found = []
    for name, person in (("named", ANNA), ("nobody", NOBODY)):
        lectern = talk_on(open_desk, tmp_path / name, person, tmp_path)
        lectern.begin()
        found.append(pages(lectern))
        lectern.press(Key.Key_Escape)
    assert len(found[0]) == 3
    assert found[0] == found[1]
    assert len(set(found[0])) == 3


def test_initials_and_age_are_told_on_request_and_written_down(open_desk, tmp_path):
    lectern = talk_on(open_desk, tmp_path / "named", ANNA, tmp_path)
    lectern.begin()
    store = lectern.desk.workspace.session.store
    before = lectern.pixels()
    assert not [r for r in store.audit.rows() if r.action == TOLD]
    lectern.press(Key.Key_I)
    assert lectern.pixels() == before  # a letter alone tells nobody anything
    lectern.press(Key.Key_I, modifier=Qt.KeyboardModifier.ControlModifier)
    (row,) = [r for r in store.audit.rows() if r.action == TOLD]
    assert (row.author, row.case_uid) == ("Dr Test", lectern.talk.slot.case_uid)
    assert lectern.audience.content.top.told.startswith("A. Q.")
    assert lectern.pixels() != before
    lectern.press(Key.Key_I, modifier=Qt.KeyboardModifier.ControlModifier)
    assert lectern.pixels() == before
    assert lectern.desk.workspace.session.verify().problems == ()
    lectern.press(Key.Key_Escape)


def test_notes_stay_with_the_presenter(open_desk, tmp_path):
    lectern = talk_on(open_desk, tmp_path / "named", ANNA, tmp_path)
    lectern.begin()
    before = lectern.pixels()
    lectern.presenter.notes.setPlainText("Ms Quitzow will ask.")
    lectern.settle()
    assert lectern.pixels() == before
    lectern.press(Key.Key_Escape)


@pytest.mark.parametrize("text", ["Quitzow", "<b>QUITZOW</b>", "\u202eannabel", "pid-77121"])
def test_what_is_written_is_blanked_before_it_is_shown(text):
    from tumorboard.case.model import Patient
    from tumorboard.reports.identity import Withholding

    withheld = Withholding([Patient("u", ANNA.name, ANNA.patient_id, ANNA.birth_date, "F")])
    shown = Discreet()(withheld(f"About {text}, now")).lower()
    assert not [name for name in PLANTED if name in shown]
    assert shown.startswith("about")


def test_a_caption_does_not_decide_what_is_kept(open_desk, tmp_path):
    """Key images stand in the strip with their whole caption, whatever its length."""
    lectern = talk_on(open_desk, tmp_path / "named", ANNA, tmp_path)
    desk, strip = lectern.desk, lectern.desk.window.key_strip
    uid = desk.case.views[0].uid
    low = strip.height()
    long = "Largest section of the mass with the vein that it has grown into, portal venous phase"
    desk.window.features.key_images.rename(uid, long)
    held: SavedView = desk.case.views[0]
    assert held.caption == long
    box = strip.visualItemRect(strip.item(0))
    assert strip.height() >= low
    assert box.height() <= strip.viewport().height()
    from tumorboard.ui.key_images.strip import PREVIEW, caption_size

    width, height = caption_size(f"1  {long}")
    assert box.width() >= width > PREVIEW[0]
    assert box.height() >= PREVIEW[1] + height


def test_no_key_changes_what_the_audience_sees_while_the_presenter_writes(open_desk, tmp_path):
    """Every key of a talk, pressed in the notes; but a clicker turns pages wherever one writes."""
    lectern = talk_on(open_desk, tmp_path / "named", ANNA, tmp_path)
    lectern.begin()
    notes, before = lectern.presenter.notes, lectern.pixels()
    notes.setFocus()
    turning, leaving = {"PgDown", "PgUp"}, {"decide", "sign", "end"}
    pressed = [
        key
        for command in PRESENTING
        for key in command.keys
        if key not in turning and command.name not in leaving
    ]
    assert {"Ctrl+I", "Ctrl+PgDown", "B", "Ctrl+Z"} <= set(pressed)
    for key in pressed:
        stroke = QKeySequence(key)[0]
        QTest.keyClick(notes, stroke.key(), stroke.keyboardModifiers())
        lectern.settle()
        assert lectern.pixels() == before, key
    store = lectern.desk.workspace.session.store
    assert not [row for row in store.audit.rows() if row.action == TOLD]
    lectern.press(Key.Key_Escape)
