"""Words around the pictures of a talk: the question in full, the caption of a key image."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetricsF

from tests.dicom.make import Person
from tests.ui.lectern import Lectern, plan, write_case
from tumorboard.app import edits
from tumorboard.ui.presenter.pages import folded_lines
from tumorboard.ui.shell.discreet import sized

Key = Qt.Key
QUESTION = (
    "Upfront resection with the right kidney and a patch of the vena cava, or radiotherapy "
    "before it, as the posterior margin touches the psoas over six centimetres and the "
    "patient has a single kidney on the other side, a stent in the left anterior descending "
    "artery, and asks for as short a stay as can be had?"
)


@pytest.fixture
def lectern(open_desk, tmp_path):
    """A talk on one case with a key image."""
    desk = open_desk(tmp_path / "store")
    desk.import_paths(
        write_case(tmp_path / "ct", 1, Person("P-1", "Quitzow^Anna", "19610417", "F"))
    )
    desk.key(Key.Key_K, widget=desk.window.views.main)
    desk.settle()
    plan(desk.workspace)
    return Lectern(desk)


def captioned(lectern, caption):
    session = lectern.desk.workspace.session
    session.apply(edits.put_view(session.case, replace(session.case.views[0], caption=caption)))


def begin(lectern, question=QUESTION):
    item = replace(plan(lectern.desk.workspace).items[0], question=question)
    heard: list[str] = []
    lectern.talks.begin((item,), "Board")
    lectern.settle()
    lectern.running.stage.room.discreet.listener = heard.append
    lectern.running.windows.content.grab()
    return heard


def test_the_question_is_read_in_full_where_a_case_begins(lectern):
    heard = begin(lectern)
    top = lectern.running.windows.content.top
    lines = [t for t in heard if t and t in QUESTION and t != QUESTION]
    assert len(dict.fromkeys(lines)) == 3
    assert " ".join(dict.fromkeys(lines)) == QUESTION
    tall = top.height()
    heard.clear()
    lectern.press(Key.Key_PageDown)
    lectern.running.windows.content.grab()
    assert top.height() < tall
    assert any(t.endswith("…") and QUESTION.startswith(t[:40]) for t in heard)


def test_a_caption_and_its_series_stand_below_the_picture(lectern):
    captioned(lectern, "Height of the mass beside the vena cava")
    heard = begin(lectern, "Resect?")
    content = lectern.running.windows.content
    assert content.caption.isVisible()
    assert "Height of the mass beside the vena cava" in heard
    assert "Abdomen" in heard
    area = lectern.running.stage.area.geometry()
    assert not area.intersects(content.caption.geometry())
    lectern.press(Key.Key_PageDown)
    assert not content.caption.isVisible()


def test_a_name_in_a_caption_is_withheld(lectern):
    captioned(lectern, "Anna Quitzow, before radiotherapy " * 6)
    heard = begin(lectern, "Resect?")
    assert any("before radiotherapy" in text for text in heard)
    assert not any("quitzow" in text.lower() for text in heard)


def test_only_the_last_line_of_a_folded_text_is_cut(qapp):
    font = sized(20)
    lines = folded_lines(QUESTION, font, 400.0, 3)
    assert len(lines) == 3
    assert lines[-1].endswith("…")
    assert QUESTION.startswith(" ".join(lines[:2]))
    assert all(QFontMetricsF(font).horizontalAdvance(line) <= 400 for line in lines)
    assert folded_lines("Resect?", font, 400.0, 3) == ["Resect?"]
    assert folded_lines("", font, 400.0, 3) == []
