"""The window of DICOM elements follows the picture on show and finds, folds and copies rows."""

import pydicom
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from tests.ui.conftest import CENTRE, STEP
from tests.ui.lectern import DESK as DESK_PLACE
from tests.ui.lectern import WALL, TwoScreens
from tumorboard.app.tags import TagRow
from tumorboard.ui.tags.rows import ROOT, count_words, tag_tree

BOTH = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


def opened(desk):
    desk.key(Qt.Key.Key_T, BOTH)
    desk.settle()
    return desk.window.features.tags.dialog


def file_on_show(desk, folder):
    volume = desk.viewer.volume
    uid = volume.sop_instance_uids[volume.stack.nearest_slice(desk.viewer.point)]
    (found,) = [f for f in map(pydicom.dcmread, folder.glob("**/*.dcm")) if f.SOPInstanceUID == uid]
    return found


def shown(dialog, parent=None):
    """Return the rows as they stand on the screen, those below folded ones too."""
    model, found = dialog.model, []
    count = model.rowCount(parent) if parent is not None else model.rowCount()
    for number in range(count):
        index = model.index(number, 0, parent) if parent is not None else model.index(number, 0)
        cells = [index.siblingAtColumn(c).data() for c in range(model.columnCount())]
        found += [cells, *shown(dialog, index)]
    return found


def test_the_elements_are_those_of_the_picture_on_show_and_follow_it(desk, ellipsoid_folder):
    dialog = opened(desk)
    for offset in (0, 3 * STEP):
        desk.look_at(CENTRE + [0, 0, offset])
        QTest.qWait(200)
        desk.settle()
        file = file_on_show(desk, ellipsoid_folder)
        rows = {cells[2]: cells[3] for cells in shown(dialog)}
        assert rows["SOPInstanceUID"] == file.SOPInstanceUID
        assert rows["InstanceNumber"] == str(file.InstanceNumber)
        assert rows["PatientName"] == str(file.PatientName)
        assert len(shown(dialog)) == len(file.file_meta) + len(file)
        assert " of 40" in dialog.about.text()


def test_a_search_shows_hits_by_number_keyword_and_value(desk):
    dialog = opened(desk)
    for text, hit in (
        ("0028,0010", "Rows"),
        ("(00280010)".strip("()"), "Rows"),
        ("pixelspac", "PixelSpacing"),
        ("20260302", "StudyDate"),
    ):
        dialog.field.setText(text)
        QTest.qWait(250)
        desk.settle()
        (cells,) = shown(dialog)
        assert cells[2] == hit
        assert cells[0].startswith("•")
        assert dialog.count.text().startswith("1 found in ")
    dialog.field.setText("no such thing")
    QTest.qWait(250)
    desk.settle()
    assert shown(dialog) == []
    assert dialog.count.text().startswith("Nothing found")


def test_a_marked_row_is_copied_as_one_line(desk):
    dialog = opened(desk)
    dialog.field.setText("modality")
    QTest.qWait(250)
    desk.settle()
    QTest.keyClick(dialog.rows, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "(0008,0060) Modality = CT"


def test_the_marked_row_stays_marked_on_the_next_picture(desk):
    dialog = opened(desk)
    row = next(n for n, r in enumerate(dialog.model.tree.rows) if r.keyword == "SliceThickness")
    dialog.rows.setCurrentIndex(dialog.model.index_of(row))
    desk.look_at(CENTRE + [0, 0, 2 * STEP])
    QTest.qWait(200)
    desk.settle()
    assert dialog.rows.currentIndex().siblingAtColumn(2).data() == "SliceThickness"


def test_a_file_that_is_gone_is_one_sentence_and_the_next_picture_shows(desk, monkeypatch):
    from tumorboard.dicom import tags
    from tumorboard.dicom.gate import RefusedError

    def refuse(*_args, **_kwargs):
        raise RefusedError("Its header is damaged.")

    with monkeypatch.context() as patch:
        patch.setattr(tags, "read_header", refuse)
        dialog = opened(desk)
        assert dialog.problem.text() == "The elements cannot be shown. Its header is damaged."
        assert shown(dialog) == []
    desk.look_at(CENTRE + [0, 0, STEP])
    QTest.qWait(200)
    desk.settle()
    assert dialog.problem.isHidden()
    assert shown(dialog)


def test_no_audience_sees_identifiers(desk):
    talks = desk.window.features.talks
    talks.screens = TwoScreens(DESK_PLACE, WALL)
    assert opened(desk) is not None
    talks.start_case()
    desk.settle()
    assert desk.window.features.tags.dialog is None
    desk.window.features.tags.show()
    assert desk.window.features.tags.dialog is None
    assert "during a talk" in desk.window.notice.text
    talks.running.end()
    desk.settle()
    desk.window.features.tags.show()
    desk.settle()
    assert desk.window.features.tags.dialog is not None


def test_without_images_it_says_so(open_desk):
    desk = open_desk()
    desk.window.features.tags.show()
    assert desk.window.features.tags.dialog is None


ROWS = (
    TagRow("(0008,0060)", "CS", "Modality", "Modality", "CT", 0),
    TagRow("(0040,A730)", "SQ", "ContentSequence", "Content Sequence", "2 items", 0),
    TagRow("", "", "", "Item 1 of 2", "", 1),
    TagRow("(0040,A30A)", "DS", "NumericValue", "Numeric Value", "12.5", 2),
    TagRow("", "", "", "Item 2 of 2", "", 1),
    TagRow("(0040,A30A)", "DS", "NumericValue", "Numeric Value", "13.5", 2),
    TagRow("(0029,1008)", "CS", "", "CSA Image Header Type", "IMAGE", 0, "SIEMENS CSA HEADER"),
)


def test_rows_lie_below_the_sequence_and_item_they_are_in():
    tree = tag_tree(ROWS)
    assert tree.parents == [ROOT, ROOT, 1, 2, 1, 4, ROOT]
    assert tree.children[ROOT] == [0, 1, 6]
    assert tree.children[1] == [2, 4]
    assert tree.path(5) == ("(0040,A730)", "Item 2", "(0040,A30A)")
    assert count_words(tree, 0, "") == "5 elements"


@pytest.mark.parametrize(
    ("search", "hits", "there"),
    [
        ("13.5", (5,), {1, 4, 5}),
        ("contentsequence", (1,), {1, 2, 3, 4, 5}),
        ("siemens", (6,), {6}),
        ("numeric 12", (3,), {1, 2, 3}),
        ("   ", (), set(range(7))),
    ],
)
def test_a_hit_stands_with_what_it_is_in(search, hits, there):
    tree = tag_tree(ROWS, search)
    assert tree.hits == hits
    assert {n for n, place in enumerate(tree.places) if place is not None} == there


def test_a_tree_of_a_hundred_thousand_rows_is_made_in_time(qtbot):
    many = tuple(
        TagRow("(0008,0060)", "CS", "Modality", "Modality", str(n), 0) for n in range(100_000)
    )
    tree = tag_tree(many, "99999")
    assert tree.hits == (99_999,)
