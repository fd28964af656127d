"""The worklist: search and filters through the store, status, archive."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tumorboard.case.model import Patient

Key, Modifier = Qt.Key, Qt.KeyboardModifier


@pytest.fixture
def filled(open_desk):
    desk = open_desk()
    for n in range(150):
        name = "ZZTEST^ODD" if n % 2 else "ZZTEST^EVEN"
        person = Patient("", f"{name}{n}", f"Z-{n}", "19600101", "F")
        desk.workspace.session.new_case(f"RP-{n:04d}", person, "Biopsy?" if n % 3 else "Vein?")
    return desk


def listed(desk) -> list[str]:
    model = desk.window.worklist.cases.cases
    return [model.data(model.index(row)).split(",")[0] for row in range(model.rowCount())]


def test_search_as_one_types_over_all_cases(filled):
    search = filled.window.worklist.search
    assert len(listed(filled)) == 150
    QTest.keyClicks(search, "odd vein")
    assert listed(filled) == [f"RP-{n:04d}" for n in range(150) if n % 2 and n % 3 == 0]
    search.clear()
    QTest.keyClicks(search, "rp-0149")
    assert listed(filled) == ["RP-0149"]
    assert filled.window.worklist.cases._choose(0) is None
    assert filled.case.label == "RP-0149"


def test_a_click_and_the_keys_choose_a_case(filled):
    cases = filled.window.worklist.cases
    box = cases.visualRect(cases.cases.index(2))
    QTest.mouseClick(cases.viewport(), Qt.MouseButton.LeftButton, pos=box.center())
    assert filled.case.label == "RP-0002"
    filled.key(Key.Key_PageDown, Modifier.ControlModifier)
    assert filled.case.label == "RP-0003"
    assert filled.window.worklist.next_case == cases.cases.uids[4]


def test_a_status_is_shown_filtered_by_and_undone(filled):
    filled.window.actions_by_name["case.status.ready"].trigger()
    worklist = filled.window.worklist
    model = worklist.cases.cases
    assert "ready" in model.data(model.index(149))
    worklist.filters.toggle.click()
    worklist.filters.status.setCurrentIndex(worklist.filters.status.findData("ready"))
    assert listed(filled) == ["RP-0149"]
    filled.key(Key.Key_Z, Modifier.ControlModifier)
    assert listed(filled) == []
    assert worklist.empty_text == "No case matches."


def test_an_archived_case_leaves_the_list_and_comes_back(filled):
    filled.window.actions_by_name["case.archive"].trigger()
    assert "RP-0149" not in listed(filled)
    filled.window.worklist.filters.archived.setChecked(True)
    assert listed(filled) == ["RP-0149"]
    filled.window.actions_by_name["case.archive"].trigger()
    filled.window.worklist.filters.archived.setChecked(False)
    assert "RP-0149" in listed(filled)


def test_lines_are_read_only_where_they_are_seen(filled):
    worklist = filled.window.worklist
    read: list[int] = []
    source = worklist.cases.cases._read
    worklist.cases.set_source(lambda uids: (read.append(len(uids)), source(uids))[1])
    worklist.show_cases()
    worklist.cases.grab()
    assert 0 < sum(read) <= 120
