"""The panel of the assessment built piece by piece holds the same as one built at once."""

from PySide6.QtWidgets import QLabel

from tests.ui.desk import Desk


def words(desk: Desk) -> list[str]:
    """What stands in the panel, sorted: the order of making is not that of reading."""
    labels = desk.window.assessment.findChildren(QLabel)
    return sorted(label.text() for label in labels if not label.isHidden())


def opened(desk: Desk, folder) -> Desk:
    desk.import_paths(folder)
    desk.qtbot.wait(50)
    return desk


def test_built_in_steps_the_panel_holds_the_same(open_desk, ellipsoid_folder, tmp_path):
    at_once = opened(open_desk(tmp_path / "a"), ellipsoid_folder)
    in_steps = open_desk(tmp_path / "b")
    in_steps.window.assessment.in_steps = True
    opened(in_steps, ellipsoid_folder)
    in_steps.qtbot.waitUntil(lambda: words(in_steps) == words(at_once), timeout=10_000)
    assert len(words(at_once)) > 20


def test_what_was_taken_back_while_it_waited_is_not_built(open_desk, ellipsoid_folder):
    desk = opened(open_desk(), ellipsoid_folder)
    session = desk.workspace.session
    uid = desk.case.uid
    session.close_case()
    desk.qtbot.wait(20)
    empty = words(desk)
    desk.window.assessment.in_steps = True
    session.open_case(uid)
    session.close_case()
    desk.settle()
    desk.qtbot.wait(50)
    assert words(desk) == empty


def test_a_fact_stated_while_the_panel_is_built_is_what_it_says(open_desk, ellipsoid_folder):
    desk = opened(open_desk(), ellipsoid_folder)
    session, uid = desk.workspace.session, desk.case.uid
    session.close_case()
    desk.window.assessment.in_steps = True
    session.open_case(uid)
    session.set_fact("peritoneal_implants", "present")
    desk.settle()
    waiting = desk.window.assessment._step
    desk.qtbot.waitUntil(lambda: not waiting.isActive(), timeout=10_000)
    shown = words(desk)
    session.assess_anew()
    session.close_case()
    desk.window.assessment.in_steps = False
    session.open_case(uid)
    desk.settle()
    desk.qtbot.wait(50)
    assert words(desk) == shown
