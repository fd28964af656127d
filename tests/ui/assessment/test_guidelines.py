"""The list of guidelines in the window: installed, previewed, chosen, retired; mouse and keys."""

import pytest
import yaml
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from tests.guidelines.institution import own_guideline
from tests.ui.assessment.test_assessing import load, words_of
from tumorboard.app import guideline_change as change
from tumorboard.app.guidance import Guidance
from tumorboard.app.guideline_choice import CHOICE_NAME, Signature
from tumorboard.app.guideline_files import OVERLAY_NAME
from tumorboard.app.guideline_install import install as install_folder
from tumorboard.app.guideline_versions import find_version
from tumorboard.guidelines.parameters import SettingChange
from tumorboard.ui.assessment.guidelines import Guidelines
from tumorboard.ui.assessment.guidelines_dialog import GuidelinesDialog
from tumorboard.ui.assessment.settings_dialog import SettingsDialog

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def opened(open_desk):
    """The dialog over a case of more than 20 cm, with what opens it."""
    desk = open_desk()
    load(desk, "V-07")
    desk.window.controller.run("institution.guidelines")
    desk.settle()
    return desk, desk.window.findChild(GuidelinesDialog)


def rows(dialog):
    return [dialog.list.item(i).text() for i in range(dialog.list.count())]


def words_of_hidden(widget):
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.text())


def install(desk, dialog, folder):
    desk.window.findChild(Guidelines).install(folder)
    desk.settle()


def choose(desk, dialog, name, reason="Board of 5 January"):
    row = next(i for i, text in enumerate(rows(dialog)) if text.startswith(name))
    dialog.list.setCurrentRow(row)
    QTest.keyClicks(dialog.reason, reason)
    QTest.mouseClick(dialog.choose, LEFT)
    desk.settle()


def test_an_institution_goes_over_to_its_own_rules_and_back(opened, tmp_path):
    desk, dialog = opened
    assert rows(dialog) == ["rps 1.0.0   can be chosen", "rps 1.1.0   in force"]
    install(desk, dialog, own_guideline(tmp_path / "mine"))
    assert rows(dialog)[2] == "rps-example 1.0.0   can be chosen"
    dialog.list.setCurrentRow(2)
    assert "in the store" in words_of(dialog)
    QTest.mouseClick(dialog.preview, LEFT)
    desk.settle()
    assert "V-07: Over 20 cm; the anaesthetist sees the patient before the operation" in (
        words_of(dialog)
    )
    session = desk.workspace.session
    assert "R-OWN-01" not in {a.rule for a in session.assessment.alerts}
    QTest.mouseClick(dialog.choose, LEFT)
    desk.settle()
    assert "has no reason" in words_of(dialog)
    choose(desk, dialog, "rps-example")
    assert "In force: rps-example 1.0.0" in words_of(dialog)
    assert "R-OWN-01" in {a.rule for a in session.assessment.alerts}
    assert session.assessment.guideline_id == "rps-example"
    stored = session.assessments()
    assert [s.result["guideline"]["id"] for s in stored[-2:]] == ["rps", "rps-example"]
    assert rows(dialog)[2] == "rps-example 1.0.0   in force"
    desk.window.evidence.look_up("F-901")
    assert "Before an operation on a mass over 20 cm" in words_of_hidden(desk.window.evidence)
    assert not dialog.retire.isEnabled()
    choose(desk, dialog, "rps 1.1.0", "Back")
    assert "R-OWN-01" not in {a.rule for a in session.assessment.alerts}
    assert "Before an operation" not in words_of_hidden(desk.window.evidence)
    acts = yaml.safe_load((desk.workspace.folder / CHOICE_NAME).read_text())["acts"]
    assert [(a["guideline"], a["author"], a["reason"]) for a in acts] == [
        ("rps-example", "Dr Test", "Board of 5 January"),
        ("rps", "Dr Test", "Back"),
    ]
    dialog.close()
    desk.settle()


def test_a_version_is_retired_and_let_in_again_with_keys_alone(opened):
    desk, dialog = opened
    dialog.list.setFocus()
    QTest.keyClick(dialog.list, Qt.Key.Key_Home)
    assert dialog.entry.version.version == "1.0.0"
    reached = []
    while dialog.focusWidget() is not dialog.retire:
        assert len(reached) < 20, reached
        QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Tab)
        reached.append(dialog.focusWidget())
        if dialog.focusWidget() is dialog.reason:
            QTest.keyClicks(dialog.reason, "Superseded")
    assert {dialog.install, dialog.author, dialog.date, dialog.preview, dialog.choose} <= set(
        reached
    )
    QTest.keyClick(dialog.retire, Qt.Key.Key_Space)
    desk.settle()
    assert rows(dialog)[0] == "rps 1.0.0   retired"
    assert "rps 1.0.0 retired · Dr Test · " in words_of(dialog)
    assert not dialog.choose.isEnabled()
    assert dialog.retire.text() == "Let it be chosen again"
    QTest.keyClicks(dialog.reason, "Wanted for comparison")
    QTest.mouseClick(dialog.retire, LEFT)
    desk.settle()
    assert rows(dialog)[0] == "rps 1.0.0   can be chosen"
    dialog.close()
    desk.settle()


def test_a_folder_with_a_mistake_is_refused_with_file_and_line(opened, tmp_path):
    desk, dialog = opened
    mine = own_guideline(tmp_path / "mine")
    file = mine / "additions" / "anaesthesia.yaml"
    text = file.read_text()
    file.write_text(text.replace("facts: [F-901]", "facts: [F-902]"))
    line = text[: text.index("facts: [F-901]")].count("\n") + 1
    install(desk, dialog, mine)
    assert f"additions/anaesthesia.yaml, line {line}: F-902 does not exist" in words_of(dialog)
    assert not any((desk.workspace.folder / "guidelines").iterdir())
    dialog.close()
    desk.settle()


def test_a_preview_can_be_stopped_and_the_dialog_closed_over_work(opened):
    desk, dialog = opened
    dialog.list.setCurrentRow(0)
    QTest.mouseClick(dialog.preview, LEFT)
    assert not dialog.cancel.isHidden()
    assert not dialog.choose.isEnabled()
    QTest.mouseClick(dialog.cancel, LEFT)
    desk.settle()
    assert "Cancelled." in words_of(dialog)
    assert dialog.cancel.isHidden()
    QTest.mouseClick(dialog.preview, LEFT)
    dialog.close()
    desk.settle()
    desk.qtbot.waitUntil(lambda: desk.window.findChild(GuidelinesDialog) is None)


def test_what_was_chosen_and_changed_since_is_said_in_the_window(open_desk, tmp_path):
    store = tmp_path / "store"
    version = install_folder(store, own_guideline(tmp_path / "mine"))
    change.choose(store, version, Signature("Dr Lead", "2026-01-05", "Board"))
    alerts = version.folder / "alerts.yaml"
    alerts.write_text(alerts.read_text() + "\n# changed\n")
    desk = open_desk(store)
    load(desk, "V-08")
    notice = words_of(desk.window.notice)
    assert "rps-example 1.0.0, which was chosen here, cannot be used" in notice
    assert "In force is rps 1.1.0" in notice
    assert desk.workspace.session.assessment.guideline_id == "rps"


def test_a_newer_version_beside_the_settings_of_an_older_is_said_and_changes_nothing(
    open_desk, tmp_path
):
    store = tmp_path / "store"
    store.mkdir()
    (store / OVERLAY_NAME).write_text("guideline: rps\nversion: 1.0.0\nchanges: []\n")
    desk = open_desk(store)
    load(desk, "V-08")
    assert desk.workspace.session.assessment.guideline_version == "1.0.0"
    desk.window.controller.run("institution.guidelines")
    desk.settle()
    dialog = desk.window.findChild(GuidelinesDialog)
    assert "rps 1.1.0 is here too; rps 1.0.0 stays in force until it is chosen" in words_of(dialog)
    choose(desk, dialog, "rps 1.1.0")
    assert desk.workspace.session.assessment.guideline_version == "1.1.0"
    dialog.close()
    desk.settle()


def test_a_choice_signed_in_another_window_is_told_and_shown(opened):
    desk, dialog = opened
    folder = desk.workspace.folder
    other = Signature("Dr Other", "2026-01-05", "Their board")
    change.choose(folder, find_version(folder, "1.0.0"), other)
    choose(desk, dialog, "rps 1.1.0")
    said = words_of(dialog)
    assert "Signed meanwhile in another window: rps 1.0.0 chosen · Dr Other" in said
    assert rows(dialog)[0].startswith("rps 1.0.0   in force")
    assert desk.workspace.session.assessment.guideline_version == "1.0.0"
    choose(desk, dialog, "rps 1.1.0", "Ours")
    assert "In force: rps 1.1.0" in words_of(dialog)


def test_a_setting_signed_in_another_window_is_told_and_shown(opened):
    desk, dialog = opened
    dialog.close()
    desk.window.controller.run("institution.settings")
    settings = desk.window.findChild(SettingsDialog)
    settings.choose("S-02")
    other = SettingChange("S-02", 150, "Dr Other", "2026-01-05", "Their board")
    Guidance(desk.workspace.folder).change(other)
    QTest.keyClicks(settings.reason, "Ours")
    QTest.mouseClick(settings.save, LEFT)
    said = words_of(settings)
    assert "Signed meanwhile in another window: S-02 150 · Dr Other" in said
    assert "150 · Dr Other · 2026-01-05 · Their board" in said
    assert settings.editor.value == 150
