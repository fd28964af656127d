"""Slides and bundles from the command line: written, taken in elsewhere, nobody told unasked."""

import zipfile

import pptx
import pytest
from pypdf import PdfReader

from tests.app import bundles
from tests.app.bundles import DECIDED, SECRETS, members_of
from tumorboard import cli
from tumorboard.app.board import Board
from tumorboard.app.guidance import Guidance
from tumorboard.case.meeting import AgendaItem
from tumorboard.case.model import Patient
from tumorboard.reports import slide_choice
from tumorboard.store.database import Store

DAY = "2026-11-27"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A store with a planted case, and one that names its patient, on one agenda."""
    folder = tmp_path_factory.mktemp("store")
    with Store(folder) as store:
        session = bundles.session_on(store, Guidance(folder))
        first = bundles.planted(session)
        session.set_detail("label", "RP-1")
        second = session.new_case("RP-2", Patient(""), "As in Frieda Quixfict?").uid
        board = Board(session)
        meeting = board.new_meeting(DAY, "14:30", "Room 3")
        for uid in (first, second):
            meeting = meeting.with_item(AgendaItem(uid))
        meeting = board.keep(meeting)
        board.sign(DECIDED, meeting.uid)
    return folder


def run(folder, *arguments) -> int:
    return cli.main(["--store", str(folder), *(str(a) for a in arguments)])


def words(path) -> str:
    """All that a file says, in words, metadata and alternative texts."""
    if path.suffix == ".pptx":
        with zipfile.ZipFile(path) as archive:
            parts = [archive.read(name) for name in archive.namelist() if name.endswith(".xml")]
        return " ".join(part.decode() for part in parts).lower()
    reader = PdfReader(path)
    text = " ".join(page.extract_text() for page in reader.pages)
    return " ".join(f"{text} {dict(reader.metadata)}".split()).lower()


@pytest.mark.usefixtures("qapp")
def test_slides_of_a_case_and_of_a_meeting(folder, tmp_path, capsys):
    for what in (("RP-1",), ("--meeting", DAY)):
        for told in (False, True):
            files = [tmp_path / f"{len(what)} {told}.{ending}" for ending in ("pdf", "pptx")]
            extra = ["--identity"] if told else []
            wanted = ("--pdf", files[0], "--pptx", files[1])
            assert run(folder, "slides", *what, *wanted, *extra) == cli.DONE
            for text in map(words, files):
                assert "rp-1" in text
                assert ("rp-2" in text) is (len(what) == 2)
                assert bool([s for s in SECRETS if s in text]) is told
    assert "Written" in capsys.readouterr().out


@pytest.mark.usefixtures("qapp")
def test_a_case_is_short_unless_all_pages_are_asked_for(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(slide_choice, "MOST", 5)  # this one fits on six
    path = tmp_path / "a.pptx"
    assert run(folder, "slides", "RP-1", "--pptx", path) == cli.DONE
    assert len(pptx.Presentation(path).slides) < 6
    assert run(folder, "slides", "RP-1", "--pptx", path, "--all-pages") == cli.DONE
    assert len(pptx.Presentation(path).slides) == 6


@pytest.mark.usefixtures("qapp")
def test_a_bundle_goes_out_and_comes_in_elsewhere(folder, tmp_path, capsys):
    path = tmp_path / "b.zip"
    assert run(folder, "bundle", "RP-1", "--out", path) == cli.DONE
    members = members_of(path)
    assert {"index.html", "report.pdf", "slides.pdf", "case.json"} <= set(members)
    page = members["index.html"].decode()
    assert "default-src 'none'" in page
    assert "http:" not in page.replace("http-equiv", "")
    assert "https:" not in page
    assert "<script" not in page
    assert 'href="slides.pdf"' in page
    other = tmp_path / "other"
    capsys.readouterr()
    assert run(other, "import", path) == cli.DONE
    assert "patient of its own" in capsys.readouterr().out
    assert run(other, "import", path) == cli.FAILED
    assert "in the store already" in capsys.readouterr().err
    assert run(other, "import", "--beside", path) == cli.DONE
    assert run(other, "verify") == cli.DONE


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("slides", "--pdf", "x.pdf"), "of a case or of a meeting"),
        (("slides", "RP-9", "--pdf", "x.pdf"), "There is no case “RP-9”"),
        (("slides", "RP-1", "--pdf", "Quixfict.pdf"), "tells who the patient is"),
        (("slides", "RP-1", "--pptx", "Quixfict.pptx"), "tells who the patient is"),
        (("slides", "RP-1", "--pptx", "a.ppt"), "Let it end in .pptx."),
        (("slides", "RP-1"), "Add --pdf FILE or --pptx FILE."),
        (("bundle", "RP-1", "--out", "PID-77-31.zip"), "tells who the patient is"),
        (("report", "RP-1", "--pdf", "Quixfict.pdf"), "tells who the patient is"),
    ],
)
def test_what_cannot_be_is_said(folder, tmp_path, capsys, monkeypatch, arguments, words):
    monkeypatch.chdir(tmp_path)
    assert run(folder, *arguments) == cli.FAILED
    assert words in capsys.readouterr().err
    logs = tmp_path / "xdg_state_home"  # the log of the program, which belongs to no share
    assert [f for f in tmp_path.iterdir() if f != logs] == []
