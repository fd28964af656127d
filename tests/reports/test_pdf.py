"""The PDF report, read back with another library and looked at as pixels."""

import os
import resource
import threading
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader
from PySide6.QtGui import QColor, QImage, QPainter

from tests.reports.made import (
    HEAD,
    assessment,
    axes,
    case,
    context,
    facts,
    height,
    images,
    png,
    spoken,
    with_note,
)
from tests.reports.test_slides import DECIDED, deck
from tumorboard.case.model import Remark
from tumorboard.case.radiology_report import radiology_report
from tumorboard.case.report_text import Basis
from tumorboard.errors import UserError
from tumorboard.reports.blocks import Columns, Frame, Gap, Row, Stack
from tumorboard.reports.context import KeyImage
from tumorboard.reports.deck import CaseSlides
from tumorboard.reports.pdf import board_pages, paginate, pdf_bytes, write_pdf
from tumorboard.reports.slide_choice import deck_slides
from tumorboard.reports.text import Run, Text

pytestmark = pytest.mark.usefixtures("qapp")


def squeezed(text):
    """Text without any white space: where lines break is not what is tested."""
    return "".join(text.split())


def read(path):
    reader = PdfReader(path)
    return reader, [page.extract_text() for page in reader.pages]


@pytest.fixture(scope="module")
def board(qapp, tmp_path_factory):
    of = case(axes(), height())
    path = tmp_path_factory.mktemp("pdf") / "board.pdf"
    report = context(of=of, key_images=images(3))
    write_pdf(report, path)
    return report, *read(path)


def test_everything_is_in_the_text(board):
    report, _, pages = board
    text = squeezed("".join(pages))
    for wanted in spoken(assessment()):
        assert squeezed(wanted).lower() in text.lower()
    for work in report.works:
        assert squeezed(work.full or work.title) in text
        for place in work.places:
            assert squeezed(f"[{place.number}]{place.place}") in text
    for group in report.facts:
        for line in group.lines:
            assert squeezed(line.label) in text
            assert squeezed(line.value) in text
    for image in report.images:
        assert squeezed(image.caption) in text
    assert "10.5×8.9×13.2cm" in text
    assert squeezed(report.ivc.extent) in text
    assert report.colophon.input_hash in text
    assert HEAD in text


def test_letters_stay_apart_so_that_copied_text_can_be_searched(board):
    _, _, pages = board
    assert "c0ffee" in "".join(pages)
    assert not set("ﬀﬁﬂﬃﬄ") & set("".join(pages))


def test_at_most_four_pages_each_with_its_head_and_foot(board):
    _, _, pages = board
    assert 1 <= len(pages) <= 4
    for number, page in enumerate(pages, start=1):
        text = squeezed(page)
        assert f"Page{number}of{len(pages)}" in text
        assert "RP-0147" in text
        assert squeezed("Supports the board, decides nothing. Not a medical device.") in text
        assert squeezed("Guideline rps 1.1.0") in text
        assert HEAD[:12] in text


def test_pictures_keep_their_pixels(board):
    _, reader, _ = board
    found = reader.pages[0]["/Resources"]["/XObject"].values()
    sizes = [(x.get_object()["/Width"], x.get_object()["/Height"]) for x in found]
    assert sizes.count((1280, 1040)) == 3


def test_fonts_are_embedded(board):
    _, reader, _ = board
    for font in reader.pages[0]["/Resources"]["/Font"].values():
        descendant = font.get_object()["/DescendantFonts"][0].get_object()
        assert "/FontFile2" in descendant["/FontDescriptor"].get_object()


def test_metadata_name_the_case_and_nobody(board):
    _, reader, pages = board
    assert reader.metadata.title == "Board report RP-0147"
    everything = str(dict(reader.metadata)) + "".join(pages)
    for secret in ("FICTION", "FRIEDA", "PID-77-31", "1959"):
        assert secret not in everything


def test_identity_on_paper_but_not_in_the_metadata_when_asked():
    from io import BytesIO

    reader, pages = read(BytesIO(pdf_bytes(context(with_identity=True))))
    assert "FICTION,FRIEDA" in squeezed(pages[0])
    assert "FICTION" not in str(dict(reader.metadata))


@pytest.mark.parametrize(("paper", "size"), [("A4", (595, 842)), ("Letter", (612, 792))])
def test_paper_sizes(paper, size, tmp_path):
    path = tmp_path / "r.pdf"
    write_pdf(context(key_images=images(3)), path, paper)
    pages = PdfReader(path).pages
    box = pages[0].mediabox
    assert (round(float(box.width)), round(float(box.height))) == size
    assert len(pages) <= 4


def test_unknown_paper_is_refused(tmp_path):
    with pytest.raises(UserError, match="A4 or Letter"):
        write_pdf(context(), tmp_path / "r.pdf", "A5")


def test_a_long_note_is_printed_whole(tmp_path):
    note = " ".join(f"word{n}" for n in range(600))
    assert len(note) > 5000 - 500
    path = tmp_path / "r.pdf"
    write_pdf(context(facts=with_note(facts(), "pe", note)), path)
    text = squeezed("".join(read(path)[1]))
    for n in range(600):
        assert f"word{n}" in text


def test_hostile_text_is_only_text(tmp_path):
    attack = "<script>alert(1)</script><b>bold</b>\u202egnp.exe"
    path = tmp_path / "r.pdf"
    write_pdf(context(of=replace(case(), question=attack)), path)
    text = squeezed("".join(read(path)[1]))
    assert "<script>alert(1)</script><b>bold</b>[U+202E]gnp.exe" in text


def ink_outside(report, width=5150.0, room=7580.0, margin=300):
    """Paint each page on a larger sheet; return how many pixels lie outside its room."""
    outside = 0
    scale = 0.1
    size = (int((width + 2 * margin) * scale), int((room + 2 * margin) * scale))
    for page in board_pages(report, width, room):
        image = QImage(*size, QImage.Format.Format_Grayscale8)
        image.fill(QColor("white"))
        painter = QPainter(image)
        painter.scale(scale, scale)
        page.paint(painter, margin, margin, width)
        painter.end()
        pixels = np.frombuffer(image.constBits(), np.uint8).reshape(size[1], -1)[:, : size[0]]
        inside = int(margin * scale) - 1
        dark = pixels < 128
        assert dark.any()
        dark[inside:-inside, inside:-inside] = False
        outside += int(dark.sum())
    return outside


@pytest.mark.parametrize(
    "text", ["W" * 5000, "wide " * 1000, "漢字" * 1200, "𝔘" * 900, "a-" * 2500, "ي" * 3000]
)
def test_no_text_leaves_its_room(text):
    of = replace(case(axes(), height()), question=text, summary=text, label=text[:120])
    report = context(of=of, facts=with_note(facts(), "pe", text), key_images=images(1))
    assert ink_outside(report) == 0


def test_a_kept_radiology_report_stands_whole_in_the_pdf(tmp_path):
    of = case(axes(), height())
    made = radiology_report(of, Basis(facts(), assessment().ivc_level_text))
    text = f"{made.text}\nLast words of the reader {'wide ' * 60}"
    kept = Remark("radiology-report", text, made.text, "Dr A", "2026-11-12T09:00:00Z")
    report = context(of=replace(of, remarks=(kept,)), key_images=images(3))
    assert ink_outside(report) == 0
    path = tmp_path / "r.pdf"
    write_pdf(report, path)
    pages = read(path)[1]
    found = squeezed("".join(pages))
    for line in text.splitlines():
        assert squeezed(line) in found
    assert squeezed("Radiology report").upper() in found.upper()
    assert "Changedinthecase" not in found


def test_no_ink_outside_an_ordinary_page():
    assert ink_outside(context("V-15", key_images=images(4))) == 0


def test_a_tall_picture_and_a_broken_one(tmp_path):
    tall = KeyImage(png(100, 4000), "Tall", 640, 520)
    broken = KeyImage(b"not a picture", "Broken", 640, 520)
    report = context(key_images=[tall, broken])
    assert ink_outside(report) == 0
    path = tmp_path / "r.pdf"
    write_pdf(report, path)
    assert "Broken:thepicturecannotberead" in squeezed("".join(read(path)[1]))


def test_it_can_be_written_by_a_worker(tmp_path):
    path = tmp_path / "r.pdf"
    report = context(key_images=images(1))
    worker = threading.Thread(target=write_pdf, args=(report, path))
    worker.start()
    worker.join(timeout=30)
    assert len(PdfReader(path).pages) >= 1


@pytest.mark.parametrize("place", ["none/r.pdf", "file/r.pdf", "folder"])
def test_a_place_that_cannot_be_written(place, tmp_path):
    (tmp_path / "file").write_text("in the way")
    (tmp_path / "folder").mkdir()
    with pytest.raises(UserError) as caught:
        write_pdf(context(), tmp_path / place)
    assert place.split("/")[-1] in caught.value.message
    assert str(tmp_path) not in str(caught.value)
    assert {p.name for p in tmp_path.iterdir()} == {"file", "folder"}


def test_a_full_disk_leaves_the_old_report(tmp_path):
    path = tmp_path / "r.pdf"
    path.write_bytes(b"the old one")
    data = context()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, limits[1]))
    try:
        with pytest.raises(UserError, match=r"“r\.pdf” cannot be written"):
            write_pdf(data, path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert path.read_bytes() == b"the old one"
    assert os.listdir(tmp_path) == ["r.pdf"]


paragraphs = st.lists(st.text("ab -", min_size=1, max_size=600), min_size=1, max_size=12)


@settings(deadline=None, max_examples=40)
@given(paragraphs, st.integers(300, 3000), st.integers(600, 4000))
def test_dealing_out_loses_no_line_and_keeps_to_the_page(texts, width, room):
    blocks = [Text(Run(t)) for t in texts]
    blocks += [Row([Text(Run(t)), Text(Run(t))], (0.5, 0.5)) for t in texts]
    blocks += [Frame(Text(Run(texts[0])), "#ffffff", "#000000")]
    lines = sum(round(b.height(width) / 111.52) for b in blocks[: len(texts)])
    pages = paginate(Stack(blocks, 2), float(width), float(room))
    assert all(page.height(width) <= room + 1 for page in pages)
    shown = sum(
        round(b.height(width) / 111.52)
        for page in pages
        for b in page.blocks
        if isinstance(b, Text)
    )
    assert shown == lines


def gaps_in(block):
    inside = getattr(block, "blocks", getattr(block, "cells", ()))
    return [block] if isinstance(block, Gap) else [g for b in inside for g in gaps_in(b)]


@settings(deadline=None, max_examples=40)
@given(st.lists(st.integers(1, 60), min_size=1, max_size=30), st.integers(700, 3000))
def test_columns_deal_out_all_their_pieces_in_order(heights, room):
    columns = Columns([Gap(h) for h in heights])
    pages = paginate(Stack([columns]), 1000.0, float(room))
    shown = [b.height(0) / 10 for page in pages for b in gaps_in(page)]
    assert shown == heights
    assert all(page.height(1000.0) <= room + 1 for page in pages)


words = st.integers(1, 60).map(lambda count: "word " * count)
pieces = st.one_of(
    words.map(lambda text: Text(Run(text))),
    words.map(lambda text: Stack([Text(Run("Head"), bind=True), Text(Run(text))])),
    words.map(lambda text: Row([Text(Run("Label")), Text(Run(text))], (0.3, 0.7))),
    words.map(lambda text: Stack([Text(Run(text)), Text(Run("And one"))], keep=True)),
    words.map(lambda text: Columns([Text(Run(w)) for w in text.split()])),
)


@settings(deadline=None, max_examples=150)
@given(st.lists(pieces, min_size=1, max_size=24), st.sampled_from([0.0, 4.0]))
def test_no_page_has_one_line_alone(blocks, gap):
    """Pages of at least twenty lines, as paper and slides have them."""
    width, room = 3000.0, 20 * 111.52
    sheet = Stack(blocks, gap)
    pages = paginate(sheet, width, room)
    assert all(page.height(width) <= room + 1 for page in pages)
    assert sum(len(written(page, width)) for page in pages) == len(written(sheet, width))
    if len(pages) > 1:
        assert min(page.lines(width) for page in pages) > 1


@settings(deadline=None, max_examples=6)
@given(st.integers(1, 900), st.integers(1, 120), st.booleans())
def test_no_page_of_report_and_slides_has_one_line_alone(summary, note, is_cut):
    report = context(key_images=images(1), facts=with_note(facts(), "pe", "word " * note))
    report = replace(report, summary="word " * summary)
    width, room = 5150.0, 7580.0
    pages = board_pages(report, width, room)
    assert min(page.lines(width) for page in pages) > 1
    slides = list(deck_slides(deck(CaseSlides(report, DECIDED), all_pages=not is_cut)))
    for before, after in pairwise(slides):
        if before.section == after.section:
            (block, box) = after.parts[-1]
            assert block.lines(box.width()) > 1


def written(block, width):
    """The words of a piece, in their order."""
    found = []
    for piece in block.placed(0.0, 0.0, width):
        wide = piece.box.width()
        if isinstance(piece.block, Row):
            for cell, _left, own in piece.block.places(0.0, wide):
                found += written(cell, own)
        else:
            found += [word for run in piece.block.runs(wide) for word in run.text.split()]
    return found


def test_a_head_never_stands_alone_at_the_foot():
    blocks = [Gap(60), Text(Run("Head"), bind=True), Gap(30)]
    first, second = paginate(Stack(blocks), 1000.0, 750.0)
    assert len(first.blocks) == 1
    assert len(second.blocks) == 2


def test_pictures_of_one_view_stand_side_by_side_in_a_row_of_their_own(tmp_path):
    series = ("CT · portal venous? · 02 Mar 2026", "CT · portal venous? · 11 Jun 2026")
    first, second = (replace(i, series=s) for i, s in zip(images(2), series, strict=True))
    report = context(key_images=[images(1)[0], replace(first, beside=(second,))])
    path = tmp_path / "beside.pdf"
    write_pdf(report, path)
    page = PdfReader(path).pages[0]
    boxes = []

    def before(operator, _operands, m, _tm) -> None:
        if operator == b"Do":
            boxes.append((m[4], m[5], abs(m[0]), abs(m[3])))

    text = squeezed(page.extract_text(visitor_operand_before=before))
    assert all(squeezed(words) in text for words in series)
    alone, left, right = boxes
    assert left[1] == right[1] < alone[1]
    assert left[0] + left[2] < right[0]
    assert right[0] + right[2] < float(page.mediabox.width)
