"""The list of measurements sorts by value, filters, leads to the picture, copies and exports."""

import csv
import io

import openpyxl
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from tests.ui.conftest import CENTRE, STEP
from tumorboard.annotations.measure import measure
from tumorboard.case.measurement_list import Column, ListedMeasurement
from tumorboard.imaging.geometry import Plane
from tumorboard.imaging.view_cut import CutSpec
from tumorboard.ui.measurements.list_dialog import sort_key
from tumorboard.ui.viewer.references import place_words

BOTH = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
LENGTHS = (20, 6, 35)


@pytest.fixture
def measured(desk):
    """Three lengths on three slices."""
    x, y, z = CENTRE
    for n, length in enumerate(LENGTHS):
        desk.look_at((x, y, z + n * STEP))
        desk.key(Qt.Key.Key_L)
        desk.drag(Plane.AXIAL, (x - length, y, z + n * STEP), (x + length, y, z + n * STEP))
    desk.settle()
    return desk


def opened(desk):
    desk.key(Qt.Key.Key_M, BOTH)
    desk.settle()
    return desk.window.features.listed.dialog


def column(dialog, wanted):
    return [row.text(wanted) for row in dialog.shown]


def test_it_sorts_by_number_and_keeps_empty_cells_last(measured):
    dialog = opened(measured)
    number = list(Column).index(Column.LENGTH)
    expected = sorted(measure(a).quantities[0].value for a in measured.case.annotations)
    dialog.table.sortByColumn(number, Qt.SortOrder.AscendingOrder)
    found = [row.numbers[Column.LENGTH] for row in dialog.shown]
    assert found == expected
    dialog.table.sortByColumn(number, Qt.SortOrder.DescendingOrder)
    assert [row.numbers[Column.LENGTH] for row in dialog.shown] == expected[::-1]
    empty = ListedMeasurement("none", {}, {Column.KIND: "Angle"})
    rows = (empty, *dialog.model.rows[:2], empty)
    for order in Qt.SortOrder:
        dialog.show_rows(rows, 0)
        dialog.table.sortByColumn(number, order)
        assert [bool(t) for t in column(dialog, Column.LENGTH)] == [True, True, False, False]
    assert sort_key(empty, Column.LENGTH) is None


def test_slices_are_those_of_the_corner_of_the_view(measured):
    dialog = opened(measured)
    for row in dialog.shown:
        drawn = measured.case.annotation(row.uid)
        volume = measured.viewer.volume
        k = volume.sop_instance_uids.index(drawn.image.sop_instance_uids[0])
        # Counted from the head: the file highest in the body is the first.
        assert row.text(Column.SLICE) == str(len(volume.sop_instance_uids) - k)


def test_a_cut_across_the_slices_has_the_number_of_its_view(desk):
    x, y, z = CENTRE
    for depth in (-20, 11):
        desk.look_at((x, y + depth, z))
        desk.key(Qt.Key.Key_L, widget=desk.view(Plane.CORONAL))
        desk.drag(Plane.CORONAL, (x - 20, y + depth, z), (x + 20, y + depth, z))
    desk.settle()
    volume = desk.viewer.volume
    for row in opened(desk).shown:
        drawn = desk.case.annotation(row.uid)
        words = place_words(volume, CutSpec(Plane.CORONAL), drawn.points[0])
        assert (f"slice {row.text(Column.SLICE)}", row.text(Column.PLANE)) == (words, "coronal")


def test_a_double_click_shows_the_picture_and_a_change_is_followed(measured):
    dialog = opened(measured)
    dialog.table.sortByColumn(list(Column).index(Column.LENGTH), Qt.SortOrder.AscendingOrder)
    shortest = dialog.shown[0].uid
    dialog.table.doubleClicked.emit(dialog.table.model().index(0, 0))
    drawn = measured.case.annotation(shortest)
    assert measured.viewer.point[2] == pytest.approx(drawn.points[0][2])
    assert measured.window.room.selected_uid == shortest
    measured.window.features.measurements.delete(shortest)
    measured.settle()
    assert shortest not in [row.uid for row in dialog.shown]
    assert dialog.count.text() == "2 measurements"


def test_the_filter_decides_what_is_exported(measured, tmp_path):
    dialog = opened(measured)
    wanted = dialog.shown[1]
    dialog.field.setText(wanted.text(Column.LENGTH))
    assert [row.uid for row in dialog.shown] == [wanted.uid]
    assert dialog.count.text() == "1 of 3 measurements"
    feature = measured.window.features.listed
    for ending in ("csv", "xlsx"):
        feature.write(dialog.shown, tmp_path / f"list.{ending}")
        measured.settle()
    (told,) = csv.DictReader(
        io.StringIO((tmp_path / "list.csv").read_text("utf-8-sig"), newline="")
    )
    sheet = openpyxl.load_workbook(tmp_path / "list.xlsx").active
    typed = dict(zip(*[[c.value for c in row] for row in sheet.iter_rows()], strict=True))
    value = measure(measured.case.annotation(wanted.uid)).quantities[0].value
    assert float(told["Length (mm)"]) == pytest.approx(value, abs=0.005001)
    assert typed["Length (mm)"] == pytest.approx(value, abs=0.005001)


def test_marked_rows_go_to_the_clipboard_as_text_and_table(measured):
    dialog = opened(measured)
    kind = dialog.table.model().index(1, list(Column).index(Column.KIND))
    place = dialog.table.visualRect(kind).center()
    QTest.mouseClick(dialog.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert [row.uid for row in dialog.marked] == [dialog.shown[1].uid]
    QTest.keyClick(dialog.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    data = QGuiApplication.clipboard().mimeData()
    heads, row = data.text().split("\n")
    assert heads.split("\t") == [c.value for c in Column]
    assert dialog.shown[1].text(Column.LENGTH) in row.split("\t")
    assert data.html().count("<tr>") == 2


def test_the_name_of_the_file_names_nobody(measured, tmp_path):
    dialog = opened(measured)
    name = measured.case.patient.name.replace("^", " ")
    measured.window.features.listed.write(dialog.shown, tmp_path / f"{name}.csv")
    measured.settle()
    assert list(tmp_path.glob("*.csv")) == []
    assert "who the patient is" in measured.window.notice.text
    measured.window.features.listed.write(dialog.shown, tmp_path / "list.ods")
    measured.settle()
    assert "neither CSV nor XLSX" in measured.window.notice.text


def test_without_a_case_it_says_so(open_desk):
    desk = open_desk()
    desk.window.features.listed.show()
    assert desk.window.features.listed.dialog is None
