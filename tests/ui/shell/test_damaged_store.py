"""A damaged store is said before any work, and what to do is one button."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from tests.store.samples import ANNA
from tumorboard import cli
from tumorboard.app.settings import Settings
from tumorboard.app.workspace import Workspace
from tumorboard.errors import UserError
from tumorboard.ui.shell import application
from tumorboard.ui.shell.damaged_store import DamagedStoreDialog

NAME = "tumorboard.sqlite"


@pytest.fixture
def folder(tmp_path):
    """A store with a case, a good copy, and then damage."""
    place = tmp_path / "store"
    for n in range(2):
        workspace = Workspace(place, "Reader")
        if n == 0:
            workspace.session.new_case("RP-7", ANNA, "Resectable?")
        workspace.close()
    content = bytearray((place / NAME).read_bytes())
    content[4096:12288] = b"\xff" * 8192
    (place / NAME).write_bytes(content)
    return place


def opened(qapp, monkeypatch, folder, button: str) -> Workspace:
    """Open the store as the window does, and press a button of the question."""
    monkeypatch.setattr(application, "has_display", lambda: True)
    seen = []

    def press() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, DamagedStoreDialog)
        seen.append(dialog.informativeText())
        getattr(dialog, button).click()

    QTimer.singleShot(0, press)
    try:
        return application.opened_workspace(folder, Settings(), scratch=False)
    finally:
        assert len(seen) == 1
        assert "with 1 case." in seen[0]


def labels(workspace: Workspace) -> list[str]:
    return [case.label for case in workspace.session.cases()]


def test_the_newest_good_copy_is_put_back_by_one_button(qapp, monkeypatch, folder):
    (folder / f"{NAME}-wal").write_bytes(b"left over")  # belongs to the damaged file alone
    workspace = opened(qapp, monkeypatch, folder, "restore")
    try:
        assert labels(workspace) == ["RP-7"]
        assert workspace.reservation == ""
        assert "The damaged file is in the folder damaged-" in workspace.restored
        assert "own guidelines here are as in the copy." in workspace.restored
        workspace.session.new_case("RP-8", ANNA)
    finally:
        workspace.close()
    (aside,) = folder.glob("damaged-*")
    assert (aside / NAME).is_file()
    assert not (folder / f"{NAME}-wal").exists()


def test_it_can_be_read_without_being_changed(qapp, monkeypatch, folder):
    content = bytearray((folder / NAME).read_bytes())
    workspace = opened(qapp, monkeypatch, folder, "read")
    try:
        assert "reading only" in workspace.reservation
        with pytest.raises(UserError, match="reading only"):
            workspace.session.new_case("RP-8", ANNA)
    finally:
        workspace.close()
    assert (folder / NAME).read_bytes() == content


def test_leaving_changes_nothing(qapp, monkeypatch, folder):
    content = (folder / NAME).read_bytes()
    with pytest.raises(UserError, match="damaged"):
        opened(qapp, monkeypatch, folder, "leave")
    assert (folder / NAME).read_bytes() == content


def test_a_sound_store_asks_nothing(qapp, tmp_path):
    workspace = application.opened_workspace(tmp_path / "new", Settings(), scratch=False)
    assert workspace.reservation == ""
    workspace.close()


def test_a_copy_that_cannot_be_written_is_said(qapp, tmp_path):
    folder = tmp_path / "store"
    for n in range(2):
        workspace = application.opened_workspace(folder, Settings(), scratch=False)
        workspace.session.new_case(f"RP-{n}", ANNA)
        said = workspace.reservation
        workspace.close()
        if n == 0:
            (folder / "backups").write_text("in the way")
    assert "safety copy of the store cannot be written" in said


def test_the_commands_tell_and_put_back(folder, capsys):
    assert cli.main(["--store", str(folder), "verify"]) == cli.INCOMPLETE
    assert "damaged" in capsys.readouterr().out
    assert cli.main(["--store", str(folder), "restore"]) == cli.DONE
    assert "with 1 case." in capsys.readouterr().out
    assert cli.main(["--store", str(folder), "verify"]) == cli.DONE
    capsys.readouterr()
    assert cli.main(["--store", str(folder), "restore"]) == cli.FAILED
    assert "is whole" in capsys.readouterr().err
