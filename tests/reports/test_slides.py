"""Slides hold what the report holds, large enough for the back of the room."""

import io
from dataclasses import replace

import pytest
from pypdf import PdfReader

from tests.reports.made import axes, case, context, height, images
from tumorboard.errors import CancelledError, UserError
from tumorboard.progress import Reporter
from tumorboard.reports.deck import CaseSlides, Deck
from tumorboard.reports.meeting_content import Decided, Rejected, Signature
from tumorboard.reports.slides import slides_bytes, write_slides

pytestmark = pytest.mark.usefixtures("qapp")

SIGNED = Signature("Dr Bone", "27 Nov 2026 14:05", 1, "d" * 64, "a" * 64)
DECIDED = Decided(
    *(("Resection",), "curative", (Rejected("Radiotherapy", "bowel in the field"),)),
    *("agrees with the assessment", "IIIB", "Leiomyosarcoma", "yes", "Dr Bone", "2026-12-11"),
    *("", "", SIGNED),
)


def deck(*cases: CaseSlides, opening=()) -> Deck:
    return Deck("Slides RP-0147", tuple(opening), cases, "0.1.0", with_identity=False)


def pages(made: Deck) -> list[str]:
    reader = PdfReader(io.BytesIO(slides_bytes(made)))
    return [" ".join(page.extract_text().split()) for page in reader.pages]


def test_a_case_in_the_order_in_which_a_board_reads_it():
    pictures = [
        replace(i, series="CT · portal venous?", measured=("Mass 1: 10.5 cm",)) for i in images(2)
    ]
    report = context(of=case(axes(), height()), key_images=pictures)
    found = pages(deck(CaseSlides(report, DECIDED, "3")))
    assert "3 RP-0147" in found[0]
    assert "Resectable?" in found[0]
    for number, page in enumerate(found[1:3], start=1):
        assert f"Key image {number} of 2" in page
        assert "CT · portal venous?" in page
        assert "Mass 1: 10.5 cm" in page
    text = " ".join(found)
    order = [text.index(w) for w in ("Size of the mass", "Options", "Decision of the board")]
    assert order == sorted(order)
    for words in (report.size.value, report.category.title, "Dr Bone", "11 Dec 2026", "bowel"):
        assert words in text
    for option in report.options:
        assert option.title in text
    for work in report.works:
        assert work.title in text
    assert all("Not a medical device" in page for page in found)
    assert all("Without identity" in page for page in found)


def test_nothing_is_shown_that_was_not_in_the_case():
    found = " ".join(pages(deck(CaseSlides(context()))))
    assert "Key image" not in found
    assert "Decision of the board" not in found


def test_a_meeting_opens_with_its_cases():
    opening = ("Tumour board", "Friday, 27 Nov 2026", "2 cases", "", "1  RP-0147: Resectable?")
    found = pages(deck(CaseSlides(context(), place="1"), opening=opening))
    assert "Tumour board" in found[0]
    assert "1 RP-0147: Resectable?" in found[0]


def test_long_words_go_on_on_a_further_page():
    many = tuple(f"Measurement number {n} of many: {n}.0 cm" for n in range(60))
    report = context(key_images=[replace(images(1)[0], measured=many)])
    found = " ".join(pages(deck(CaseSlides(report))))
    for words in many:
        assert words in found


def test_a_picture_that_cannot_be_read_leaves_its_words():
    broken = replace(images(1)[0], png=b"no picture", caption="Broken one")
    assert "Broken one" in " ".join(pages(deck(CaseSlides(context(key_images=[broken])))))


def test_writing_is_whole_or_not_at_all(tmp_path):
    reporter = Reporter()
    reporter.cancel()
    with pytest.raises(CancelledError):
        write_slides(deck(CaseSlides(context())), tmp_path / "a.pdf", reporter)
    with pytest.raises(UserError, match="folder does not exist"):
        write_slides(deck(CaseSlides(context())), tmp_path / "no" / "a.pdf")
    assert list(tmp_path.iterdir()) == []
