"""Questions for files begin where one of their kind was answered last, in the next session too."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog

from tumorboard.app.settings import Settings
from tumorboard.ui.shell import file_dialogs


@pytest.fixture
def asked(monkeypatch):
    """Where the questions of the system began; each is answered with what stands first."""
    began, answers = [], []

    def folder(_parent, _title, start=""):
        began.append(start)
        return str(answers.pop(0))

    def files(_parent, _title, start=""):
        began.append(start)
        return [str(answers.pop(0))], ""

    def save(_parent, _title, name, _kinds):
        began.append(name)
        return str(answers.pop(0)), ""

    monkeypatch.setattr(QFileDialog, "getExistingDirectory", staticmethod(folder))
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", staticmethod(files))
    monkeypatch.setattr(QFileDialog, "getSaveFileName", staticmethod(save))
    return began, answers


def test_the_next_folder_is_asked_for_beside_the_last_one(desk, tmp_path, asked):
    began, answers = asked
    host = desk.window.controller
    (tmp_path / "cd" / "first").mkdir(parents=True)
    answers += [tmp_path / "cd" / "first", "", tmp_path / "cd" / "IM1"]
    assert file_dialogs.ask_folder(host, "Open") == tmp_path / "cd" / "first"
    assert file_dialogs.ask_folder(host, "Open") is None
    assert file_dialogs.ask_files(host, "Open") == [str(tmp_path / "cd" / "IM1")]
    assert began == ["", str(tmp_path / "cd"), str(tmp_path / "cd")]
    assert Settings().table("folders.last") == {"images": str(tmp_path / "cd")}


def test_papers_go_elsewhere_than_images_come_from(desk, tmp_path, asked):
    began, answers = asked
    host = desk.window.controller
    papers, images = tmp_path / "papers", tmp_path / "images"
    papers.mkdir()
    images.mkdir()
    answers += [papers / "a.png", images, papers / "b.png"]
    file_dialogs.ask_save(host, "Save", "a.png", "Pictures (*.png)")
    file_dialogs.ask_folder(host, "Open")
    file_dialogs.ask_save(host, "Save", "b.png", "Pictures (*.png)")
    assert began == ["a.png", "", str(papers / "b.png")]


def test_a_folder_that_is_gone_is_not_begun_at(desk, tmp_path, asked):
    began, answers = asked
    host = desk.window.controller
    answers += [tmp_path / "gone" / "x", ""]
    file_dialogs.ask_folder(host, "Open")
    file_dialogs.ask_folder(host, "Open")
    assert began == ["", ""]


def test_a_paper_gets_its_ending_and_the_dialog_remembers(desk, tmp_path):
    host, taken = desk.window.controller, []
    dialog = file_dialogs.open_save(host, "Save", "agenda.pdf", "Agenda (*.pdf)", taken.append)
    assert dialog.defaultSuffix() == "pdf"
    assert Path(dialog.selectedFiles()[0]).name == "agenda.pdf"
    dialog.fileSelected.emit(str(tmp_path / "agenda.pdf"))
    dialog.close()
    assert taken == [tmp_path / "agenda.pdf"]
    assert Settings().table("folders.last") == {"papers": str(tmp_path)}
    again = file_dialogs.open_file(host, "Open", "Bundles (*.zip)", taken.append)
    assert Path(again.directory().absolutePath()) == tmp_path
    again.close()
