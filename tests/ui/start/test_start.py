"""What a window without a case offers: ways to begin, a place to drop, what was last."""

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from tests.demo.phantom.small import small_demonstrations
from tumorboard.app.recent import CASES, FOLDERS, newest_first, with_newest
from tumorboard.demo import in_store
from tumorboard.errors import CancelledError
from tumorboard.progress import Reporter


@pytest.fixture(autouse=True)
def small_images(monkeypatch, tmp_path):
    """The demonstration on small series, in a folder of the test."""
    monkeypatch.setattr(in_store, "demonstrations", lambda: small_demonstrations()[:2])
    monkeypatch.setattr(
        "tumorboard.demo.demonstration.demonstration_folder", lambda: tmp_path / "images"
    )


def press(button) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def texts(page) -> list[str]:
    buttons = page.cases.findChildren(QPushButton) + page.folders.findChildren(QPushButton)
    return [b.text() for b in buttons if b.isVisibleTo(page)]


def run(desk, name: str) -> None:
    desk.window.actions_by_name[name].trigger()
    desk.settle()


def test_an_empty_window_offers_ways_to_begin_to_the_keys(open_desk):
    desk = open_desk()
    page = desk.window.start
    assert page.isVisible()
    assert page.rect() == desk.window.views.rect()
    assert [b.text() for b in page.buttons.values()] == [
        "Open folder…",
        "Open files…",
        "Demonstration cases",
    ]
    desk.window.activateWindow()
    desk.qtbot.waitUntil(lambda: QApplication.focusWidget() is page.buttons["file.folder"])
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is page.buttons["file.files"]
    assert texts(page) == []


def drop(page, path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    actions, button, key = (
        Qt.DropAction.CopyAction,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(page, QDragEnterEvent(QPoint(9, 9), actions, data, button, key))
    event = QDropEvent(QPointF(9, 9), actions, data, button, key)
    QApplication.sendEvent(page, event)
    assert event.isAccepted()


def test_a_folder_that_falls_on_it_is_imported_and_offered_again(open_desk, ellipsoid_folder):
    desk = open_desk()
    page = desk.window.start
    drop(page, ellipsoid_folder)
    desk.settle()
    assert desk.case is not None
    assert page.isHidden()
    run(desk, "file.close")
    assert desk.case is None
    assert page.isVisible()
    assert desk.viewer.volume is None
    label = desk.workspace.session.cases()[0].label
    (case, folder) = texts(page)
    assert case.startswith(label)
    assert folder == ellipsoid_folder.name


def test_a_case_of_the_last_time_opens_again(desk):
    desk.look_at((0.0, 0.0, 40.0))
    uid = desk.case.uid
    run(desk, "file.close")
    page = desk.window.start
    press(page.cases.findChildren(QPushButton)[0])
    desk.settle()
    assert desk.case.uid == uid
    assert page.isHidden()
    assert desk.viewer.point[2] == pytest.approx(40.0)


def test_names_are_listed_only_where_they_may_be_seen(desk):
    run(desk, "file.close")
    (listed,) = texts(desk.window.start)
    name = desk.workspace.session.cases()[0].patient.name.split("^")[0]
    assert name
    assert name in listed
    run(desk, "view.identity")
    assert not any(name in text for text in texts(desk.window.start))
    run(desk, "view.identity")


def test_what_is_no_longer_there_is_not_offered(desk, tmp_path):
    settings = desk.window.controller.settings
    settings.set(FOLDERS, {"1": str(tmp_path / "gone"), "2": str(tmp_path), "x": "odd"})
    settings.set(CASES, {"1": "1.2.3 of another store", "2": desk.case.uid})
    desk.window.features.worklist.archive()
    run(desk, "file.close")
    assert texts(desk.window.start) == [tmp_path.name]


def test_the_demonstration_comes_marked_and_goes_again(open_desk):
    desk = open_desk()
    session = desk.workspace.session
    press(desk.window.start.buttons["file.demonstration"])
    desk.settle()
    cases = session.cases()
    assert [c.label for c in cases] == ["Demonstration RP-0001", "Demonstration RP-0002"]
    assert desk.window.worklist.cases.count() == 2
    assert "2 demonstration cases" in desk.window.notice.text
    run(desk, "file.demonstration")
    assert len(session.cases()) == 2
    assert "already" in desk.window.notice.text
    desk.window.controller.open_case(cases[0].uid)
    desk.settle()
    assert desk.case.remark(in_store.MARK).value == "RP-0001"
    assert desk.case.annotations
    run(desk, "file.no_demonstration")
    assert desk.case is None
    assert desk.window.worklist.cases.count() == 0
    assert desk.window.start.isVisible()
    run(desk, "file.demonstration")
    assert desk.window.worklist.cases.count() == 2
    assert session.verify().problems == ()


def test_a_cancelled_demonstration_leaves_no_half_case(open_desk, tmp_path):
    desk = open_desk()

    class Stops(Reporter):
        def step(self, label: str, done: int, total: int) -> None:
            if label == "Demonstration cases" and done == 1:
                self.cancel()
            super().step(label, done, total)

    with pytest.raises(CancelledError):
        in_store.put_demonstration(tmp_path / "store", tmp_path / "images", Stops())
    (case,) = desk.workspace.session.cases()
    opened = desk.workspace.session.open_case(case.uid)
    assert opened.annotations
    run(desk, "file.demonstration")
    assert len(desk.workspace.session.cases()) == 2


def test_a_work_of_a_reader_is_no_demonstration(desk):
    run(desk, "file.no_demonstration")
    assert desk.case is not None
    assert "no demonstration" in desk.window.notice.text


def test_images_that_are_only_viewed_are_not_closed(open_desk, ellipsoid_folder, tmp_path):
    desk = open_desk(scratch=True)
    desk.import_paths(ellipsoid_folder)
    run(desk, "file.close")
    assert desk.case is not None
    assert "only viewed" in desk.window.notice.text
    assert newest_first(desk.window.controller.settings.table(FOLDERS)) == ()


def test_the_newest_stands_first_once():
    table: dict[str, str] = {}
    for value in ("a", "b", "a", "c"):
        table = with_newest(table, value)
    assert newest_first(table) == ("c", "a", "b")
    assert len(with_newest({str(n): str(n) for n in range(1, 40)}, "new")) == 20


def test_a_search_without_a_match_is_taken_back_by_one_press(desk):
    worklist = desk.window.worklist
    worklist.search.setText("nobody of this name")
    assert worklist.cases.count() == 0
    assert worklist.show_all.isVisible()
    press(worklist.show_all)
    assert worklist.cases.count() == 1
    assert worklist.search.text() == ""
    assert worklist.show_all.isHidden()


def test_panels_without_a_case_say_what_comes_first(open_desk):
    window = open_desk().window
    for panel in (window.facts, window.lesions, window.objects, window.assessment, window.decision):
        window.tabs.setCurrentWidget(panel)
        said = [label.text() for label in panel.findChildren(type(window.notice._text))]
        assert any(text.startswith("Open a case") for text in said), panel
