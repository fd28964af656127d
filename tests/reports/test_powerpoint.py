"""The presentation for PowerPoint has the pages, words, places and pixels of the PDF."""

import io
import shutil
import subprocess
import zipfile
from collections import Counter
from dataclasses import replace

import numpy as np
import pptx
import pytest
from pptx.enum.shapes import MSO_SHAPE_TYPE
from pptx.util import Pt
from pypdf import PdfReader
from PySide6.QtGui import QFont, QFontMetricsF, QImage

from tests.reports.made import axes, case, context, height, images, vein_marks
from tests.reports.test_slides import DECIDED, beside, deck, flat
from tumorboard.errors import CancelledError
from tumorboard.progress import Reporter
from tumorboard.reports.deck import CaseSlides
from tumorboard.reports.powerpoint import presentation_bytes
from tumorboard.reports.slides import slides_bytes, write_slides

pytestmark = pytest.mark.usefixtures("qapp")

#: A page in English Metric Units.
SIZE = (12_192_000, 6_858_000)


def opened(made):
    return pptx.Presentation(io.BytesIO(presentation_bytes(made)))


@pytest.fixture(autouse=True)
def every_letter_has_a_font(monkeypatch):
    """Which letters no font here has is said on the PDF alone: another computer has other fonts."""
    monkeypatch.setattr("tumorboard.reports.slides.lacking_letters", lambda _deck: "")


@pytest.fixture(scope="module")
def board(qapp):
    """Two cases: one whose words are long, and one with a view of two series."""
    pictures = [
        replace(i, series="CT · portal venous?", measured=("Mass 1: 10.5 cm",)) for i in images(2)
    ]
    pictures.append(beside("CT 02 Mar 2026", "CT 11 Jun 2026"))
    of = case(axes(), height(), *vein_marks(), summary="A mass found by chance. " * 12)
    first = CaseSlides(context(of=of, key_images=pictures), DECIDED, "1")
    long = replace(case(axes()), question="Is it ≥ 5 cm, and 漢字 or \u202bשלום\u202c? " * 3)
    second = CaseSlides(context("V-15", of=long, key_images=images(1)), None, "2")
    opening = ("Tumour board", "Friday, 27 Nov 2026", "2 cases", "", "1  RP-0147: Resectable?")
    return deck(first, second, opening=opening)


@pytest.fixture(scope="module")
def made(board):
    return opened(board)


def frames(slide):
    """Every text of a page with the width and height that it has, in points."""
    for shape in slide.shapes:
        if shape.has_text_frame and shape.text_frame.text:
            yield shape.text_frame, shape.width / 12700, shape.height / 12700
        if shape.has_table:
            widths = [column.width / 12700 for column in shape.table.columns]
            for row in shape.table.rows:
                for cell, width in zip(row.cells, widths, strict=True):
                    yield cell.text_frame, width - cell.margin_right / 12700, row.height / 12700


def letters(text) -> Counter:
    return Counter(letter for letter in text if not letter.isspace())


def test_each_page_says_what_the_pdf_says(board, made):
    pages = [flat(page) for page in PdfReader(io.BytesIO(slides_bytes(board))).pages]
    assert len(pages) == len(made.slides) > 12
    for page, slide in zip(pages, made.slides, strict=True):
        said = " ".join(frame.text for frame, *_ in frames(slide))
        latin = {a: n for a, n in letters(said).items() if a < "\u0500"}
        assert {a: n for a, n in letters(page).items() if a in latin} == latin
        assert all(word in page for word in said.split() if word.isascii() and word.isalnum())


def test_nothing_leaves_the_page_and_no_text_its_box(made):
    assert (made.slide_width, made.slide_height) == SIZE
    for slide in made.slides:
        for shape in slide.shapes:
            assert shape.left >= 0
            assert shape.top >= 0
            assert shape.left + shape.width <= SIZE[0]
            assert shape.top + shape.height <= SIZE[1]
        for frame, width, room in frames(slide):
            needed = sum(
                lines_of(p, width) * p.line_spacing.pt + above(p) for p in frame.paragraphs
            )
            assert needed - above(frame.paragraphs[0]) <= room + 0.5, frame.text


def above(paragraph) -> float:
    return paragraph.space_before.pt if paragraph.space_before is not None else 0.0


def lines_of(paragraph, width) -> int:
    """How many lines the words of a paragraph need: greedily, by the widths of its letters."""
    if not paragraph.runs:
        return 0
    parts = []
    for run in paragraph.runs:
        font = QFont(run.font.name)
        font.setPixelSize(round(run.font.size.pt * 10))
        font.setWeight(QFont.Weight.DemiBold if run.font.bold else QFont.Weight.Normal)
        advance = QFontMetricsF(font).horizontalAdvance
        parts += [(advance(letter) / 10, letter) for letter in run.text]
    lines, used, word = 1, 0.0, 0.0
    for wide, letter in [*parts, (0.0, " ")]:
        word += wide
        if letter in " -":
            if used + word - (wide if letter == " " else 0) > width and used:
                lines, used = lines + 1, 0.0
            used, word = used + word, 0.0
            while used > width + 12:
                lines, used = lines + 1, used - width
    return lines


def test_runs_keep_weight_size_and_colour(made):
    title = made.slides[1].shapes.title.text_frame.paragraphs[0].runs[0]
    assert (title.text, title.font.bold, title.font.size) == ("1  RP-0147", True, Pt(44))
    runs = [r for s in made.slides for f, *_ in frames(s) for p in f.paragraphs for r in p.runs]
    assert {str(r.font.color.rgb) for r in runs} >= {"E8EDF2", "A9B6C2", "5CC3EA", "F0B75A"}
    assert min(r.font.size for r in runs) >= Pt(12)
    assert {r.font.bold for r in runs} == {True, False}


def test_facts_options_and_alerts_are_tables(made):
    tables = [s.table for slide in made.slides for s in slide.shapes if s.has_table]
    rows = [tuple(cell.text for cell in row.cells) for t in tables for row in t.rows]
    assert ("Histology", "Leiomyosarcoma") in rows
    assert any(status == "Suggested" and "Clinical trial" in said for status, said in rows)
    assert any(severity == "Warning" for severity, _said in rows)


def test_every_page_has_a_title_and_none_has_notes(made):
    for slide in made.slides:
        assert slide.shapes.title.text_frame.text
        assert not slide.has_notes_slide
    assert made.slides[0].shapes.title.text_frame.text == "Tumour board"


def pictures(slides):
    found = [s for slide in slides for s in slide.shapes]
    return [s for s in found if s.shape_type == MSO_SHAPE_TYPE.PICTURE]


def test_pictures_keep_their_pixels_and_say_what_they_show(board, made):
    views = [image for c in board.cases for image in c.report.images]
    wanted = [one for view in views for one in view.pictures]
    found = pictures(made.slides)
    assert [s.image.blob for s in found] == [one.png for one in wanted]
    for shape, one in zip(found, wanted, strict=True):
        told = shape._element.nvPicPr.cNvPr.get("descr")
        assert all(part in told for part in (one.caption, one.series, *one.measured))
        read = QImage.fromData(shape.image.blob)
        ratio = shape.width / shape.height
        assert ratio == pytest.approx(read.width() / read.height(), rel=0.01)


def test_a_picture_that_cannot_be_read_leaves_its_words():
    broken = replace(images(1)[0], png=b"no picture", caption="Broken one")
    made = opened(deck(CaseSlides(context(key_images=[broken]))))
    assert pictures(made.slides) == []
    assert any("Broken one" in frame.text for s in made.slides for frame, *_ in frames(s))


def test_the_properties_name_the_program_and_nobody(board):
    data = presentation_bytes(board)
    held = pptx.Presentation(io.BytesIO(data)).core_properties
    assert (held.title, held.author, held.last_modified_by) == (
        *("Slides RP-0147", "Tumorboard 0.1.0", "Tumorboard 0.1.0"),
    )
    assert held.created is not None
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = archive.namelist()
        text = "".join(archive.read(n).decode() for n in names if n.endswith((".xml", ".rels")))
    assert not [n for n in names if "thumbnail" in n or "printer" in n or "notes" in n.lower()]
    for secret in ("Canny", "FICTION", "PID-77-31", "1959", "Dr Author"):
        assert secret not in text


def test_a_person_is_named_where_that_was_asked_for():
    told = context(with_identity=True)
    made = opened(replace(deck(CaseSlides(told)), with_identity=True))
    said = " ".join(frame.text for s in made.slides for frame, *_ in frames(s))
    assert "FICTION, FRIEDA" in said
    assert "Names patients: confidential" in said
    assert "FICTION" not in made.core_properties.title


def test_the_ending_of_the_name_says_the_format(tmp_path):
    one = deck(CaseSlides(context()))
    for name in ("a.pdf", "b.PPTX"):
        write_slides(one, tmp_path / name)
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF")
    assert len(pptx.Presentation(tmp_path / "b.PPTX").slides) > 2
    reporter = Reporter()
    reporter.cancel()
    with pytest.raises(CancelledError):
        write_slides(one, tmp_path / "c.pptx", reporter)
    assert not (tmp_path / "c.pptx").exists()


# -- in another program --------------------------------------------------------------------


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not here")
@pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="pdftoppm is not here")
@pytest.mark.parametrize("all_pages", [True, False])
def test_libreoffice_shows_the_pages_of_the_pdf(board, tmp_path, all_pages):
    """Page for page, the same brightness in each of 32 x 18 fields."""
    wanted = replace(board, all_pages=all_pages)
    ours, theirs = tmp_path / "ours.pdf", tmp_path / "theirs.pptx"
    for path in (ours, theirs):
        write_slides(wanted, path)
    home = f"-env:UserInstallation={(tmp_path / 'home').as_uri()}"
    command = ["soffice", home, "--headless", "--convert-to", "pdf", "--outdir", tmp_path, theirs]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    seen = [fields(tmp_path, path) for path in (ours, theirs.with_suffix(".pdf"))]
    assert len(seen[0]) == len(seen[1])
    for one, other in zip(*seen, strict=True):
        assert np.abs(one - other).max() < 24
        assert np.abs(one - other).mean() < 2.5


def fields(folder, path):
    command = ["pdftoppm", "-gray", "-r", "48", path, folder / path.stem]
    subprocess.run(command, check=True, timeout=60)
    found = []
    for name in sorted(folder.glob(f"{path.stem}-*.pgm")):
        image = QImage(str(name)).convertToFormat(QImage.Format.Format_Grayscale8)
        rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
        grey = rows[:360, :640].astype(float)
        found.append(grey.reshape(18, 20, 32, 20).mean(axis=(1, 3)))
    return found
