"""Papers in German: read back, with the days, decimals and words of one language."""

import json
import os
import subprocess
import sys

import pytest
from pypdf import PdfReader

from tumorboard.resources import resource_path

pytestmark = pytest.mark.skipif(
    not (resource_path("language") / "de" / "LC_MESSAGES" / "tumorboard.mo").is_file(),
    reason="the German catalogue is not made yet: make words",
)

#: Writes the board report of a case in a process that speaks German.
WRITER = """
import sys
from dataclasses import replace
from pathlib import Path

from PySide6.QtGui import QGuiApplication

from tests.reports.made import axes, case, context, height, images
from tumorboard.app.command_search import ranked
from tumorboard.app.commands import COMMANDS
from tumorboard.case.model import Patient
from tumorboard.reports.html import write_html
from tumorboard.reports.pdf import write_pdf

application = QGuiApplication(["test"])
who = Patient("1", "Иванов^Пётр", "4711", "19590412", "M")
of = replace(case(axes(), height()), question="هل يمكن استئصاله؟", patient=who)
views = [replace(view, caption="Ansicht") for view in images(1)]
report = context(of=of, key_images=views, with_identity=True)
write_pdf(report, Path(sys.argv[1]))
write_html(report, Path(sys.argv[2]))
labels = {command.name: command.label for command in COMMANDS}
found = {wanted: ranked(labels, wanted) for wanted in sys.argv[3:]}
print(__import__("json").dumps(found))
"""


@pytest.fixture(scope="module")
def german(tmp_path_factory):
    """The text of the PDF, the HTML, and which commands some words find."""
    folder = tmp_path_factory.mktemp("german")
    pdf, html = folder / "bericht.pdf", folder / "bericht.html"
    done = subprocess.run(
        [sys.executable, "-c", WRITER, str(pdf), str(html), "lineal", "caliper", "Undo", "Ansicht"],
        env={**os.environ, "TUMORBOARD_LANGUAGE": "de", "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=True,
    )
    pages = [page.extract_text() for page in PdfReader(pdf).pages]
    text = " ".join("\n".join(pages).split())
    return text, html.read_text(encoding="utf-8"), json.loads(done.stdout.splitlines()[-1])


def test_sizes_have_a_decimal_comma_and_days_their_german_months(german):
    text, html, _ = german
    for paper in (text, html):
        assert "10,5 × 8,9 × 13,2 cm" in paper
        assert "12. Nov. 2026" in paper
        assert "10.5 ×" not in paper
        assert "12 Nov 2026" not in paper


def test_heads_and_page_numbers_are_german(german):
    text, html, _ = german
    assert "Seite 1 von" in text
    assert "Page" not in text
    assert "Nicht beurteilt" in text
    assert '<html lang="de">' in html
    assert "Größe der Raumforderung" in html
    assert "Size of the mass" not in html


def test_names_in_other_scripts_stay_as_they_are(german):
    text, html, _ = german
    assert "Иванов, Пётр · 4711 · geb. 12. Apr. 1959" in text
    assert "Иванов, Пётр" in html
    assert "هل يمكن استئصاله؟" in html


def test_commands_are_found_by_german_and_by_english_words(german):
    found = german[2]
    assert "tool.length" in found["lineal"]
    assert "tool.length" in found["caliper"]
    assert "edit.undo" in found["Undo"]
    assert "view.reset" in found["Ansicht"]
