"""Wherever a category stands, what qualifies it stands with it: a walk through the places."""

import json
import re
from pathlib import Path

import pytest
from pypdf import PdfReader
from PySide6.QtCore import Qt

import tumorboard
from tests.guidelines.cases import vignettes
from tests.store.samples import ANNA
from tumorboard import cli
from tumorboard.app.board import Board
from tumorboard.app.workspace import Workspace
from tumorboard.case.decision import Decision
from tumorboard.case.meeting import AgendaItem
from tumorboard.guidelines.assessment import Assessment
from tumorboard.guidelines.category_words import (
    SIGN,
    guideline_words,
    qualified_category,
    short_category,
)

DAY = "2026-11-27"
#: What is entered here contradicts itself: "Resectable, contradicted by R-ALT-47: …".
VIGNETTE = "V-26"
CONTRADICTED = "contradicted by R-ALT-47"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A store with one contradicted case on an agenda, signed, and one that nobody signed."""
    folder = tmp_path_factory.mktemp("qualified") / "store"
    workspace = Workspace(folder, "Dr Sample")
    workspace.guidance.make_ready()
    session, board = workspace.session, Board(workspace.session)
    meeting = board.new_meeting(DAY, "14:30", "Room 3")
    for label in ("RP-1", "RP-2"):
        uid = session.new_case(label, ANNA, "Which operation?").uid
        for name, value in vignettes()[VIGNETTE]["inputs"].items():
            session.set_fact(name, value)
        assert isinstance(session.assessment, Assessment)
        assert (session.assessment.category, session.assessment.provisional) == (
            "resectable",
            False,
        )
        meeting = meeting.with_item(AgendaItem(uid))
        meeting = board.keep(meeting)
        if label == "RP-1":
            board.sign(Decision(options=("O-TRIAL",), responsible="Dr Bone"), meeting.uid)
    workspace.close()
    return folder


@pytest.fixture
def desk(open_desk, folder, tmp_path):
    import shutil

    shutil.copytree(folder, tmp_path / "store")
    return open_desk()


def run(folder, *arguments) -> int:
    return cli.main(["--store", str(folder), *(str(a) for a in arguments)])


def said(path: Path) -> str:
    return " ".join(" ".join(p.extract_text() for p in PdfReader(path).pages).split())


def qualified(text: str) -> bool:
    """Whether each category in a text has the contradiction close behind it."""
    places = [m.end() for m in re.finditer(r"(?<![\w?])Resectable\b(?! disease)", text)]
    assert places, text
    return all(CONTRADICTED in text[at : at + 260] for at in places)


@pytest.mark.usefixtures("qapp")
def test_papers_and_files(folder, tmp_path, capsys):
    minutes, report, slides = (tmp_path / f"{n}.pdf" for n in ("minutes", "report", "slides"))
    assert run(folder, "minutes", DAY, "--pdf", minutes) == cli.DONE
    text = said(minutes)
    assert text.count(CONTRADICTED) == 2
    assert qualified(text)
    assert "guideline rps 1.1.0, as it stood when the decision was signed" in text
    assert "guideline rps 1.1.0, as last assessed" in text
    assert run(folder, "report", "RP-1", "--pdf", report) == cli.DONE
    assert run(folder, "slides", "RP-1", "--pdf", slides) == cli.DONE
    for path in (report, slides):
        assert CONTRADICTED in said(path).replace("Contra", "contra"), path
    html = tmp_path / "report.html"
    assert run(folder, "report", "RP-1", "--html", html) == cli.DONE
    assert CONTRADICTED in html.read_text(encoding="utf-8").replace("Contra", "contra")
    capsys.readouterr()


def test_the_command_line(tmp_path, capsys):
    case = tmp_path / "facts.json"
    case.write_text(json.dumps(vignettes()[VIGNETTE]["inputs"]))
    assert cli.main(["assess", str(case)]) == cli.DONE
    assert CONTRADICTED in capsys.readouterr().out


def test_the_window(desk):
    worklist = desk.window.worklist.cases.cases
    index = worklist.index(0)
    Role = Qt.ItemDataRole  # noqa: N806 - a name of Qt
    shown, tip, heard = (
        str(worklist.data(index, role))
        for role in (Role.DisplayRole, Role.ToolTipRole, Role.AccessibleTextRole)
    )
    assert f"{SIGN} Resectable, contradicted" in shown
    assert CONTRADICTED in tip
    assert CONTRADICTED in heard
    assert "rps 1.1.0" in tip


def test_a_qualifier_that_comes_later_is_in_the_list(desk):
    session = desk.workspace.session
    session.open_case(session.cases()[0].uid)
    session.set_fact("histology_confirmed", "no")
    worklist = desk.window.worklist.cases.cases
    told = str(worklist.data(worklist.index(0), Qt.ItemDataRole.AccessibleTextRole))
    assert "provisional" in told


def test_what_older_records_say_is_read_as_well():
    old = {"category": "resectable", "qualifiers": ["contradicted by R-ALT-44"]}
    words = {"resectable": "Resectable"}
    assert qualified_category(old, words) == "Resectable, contradicted by R-ALT-44"
    assert short_category(old, words) == f"{SIGN} Resectable, contradicted"
    assert qualified_category({"category": "resectable", "provisional": True}, words) == (
        "Resectable, provisional: the histology is not confirmed"
    )
    assert qualified_category({}) == short_category({}) == guideline_words({}) == ""
    assert short_category({"category": "resectable", "category_words": []}, words) == "Resectable"


def test_no_module_prints_a_category_and_knows_nothing_of_what_qualifies_it():
    root = Path(tumorboard.__file__).parent
    for path in root.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if re.search(r"\bcategory_text\b|\bcategory_title\b|CATEGORY_WORDS\[", text):
            assert re.search(r"category_words|qualifiers|qualified_category", text), path
