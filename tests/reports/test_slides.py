"""Slides hold what the report holds, large enough for the back of the room."""

import io
from dataclasses import replace

import pytest
from pypdf import PdfReader

from tests.reports.made import axes, case, context, height, images, png
from tumorboard.errors import CancelledError, UserError
from tumorboard.progress import Reporter
from tumorboard.reports.content import KeyImage
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


def deck(*cases: CaseSlides, opening=(), all_pages=True) -> Deck:
    return Deck("Slides RP-0147", tuple(opening), cases, "0.1.0", False, all_pages)


def flat(page) -> str:
    return " ".join(page.extract_text().split())


def pages(made: Deck) -> list[str]:
    reader = PdfReader(io.BytesIO(slides_bytes(made)))
    return [flat(page) for page in reader.pages]


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


def placed(page) -> tuple[list[tuple[float, ...]], dict[str, tuple[float, float]]]:
    """Where images (x, y, width, height, from the upper left) and words lie on a page, points."""
    boxes, words, height = [], {}, float(page.mediabox.height)

    def before(operator, _operands, matrix, _tm) -> None:
        if operator == b"Do":
            a, _, _, d, x, y = matrix
            boxes.append((x, height - max(y, y + d), abs(a), abs(d)))

    def text(found, matrix, own, _font, _size) -> None:
        if found.strip():
            x = own[4] * matrix[0] + matrix[4]
            words[" ".join(found.split())] = (x, height - (own[5] * matrix[3] + matrix[5]))

    page.extract_text(visitor_operand_before=before, visitor_text=text)
    return boxes, words


def beside(*series: str, **more) -> KeyImage:
    """A view of several series: the later ones narrower."""
    sizes = [(1280, 1040), (640, 1040), (1040, 1040), (1280, 1040)]
    made = [
        KeyImage(png(*size), "Before and after", 400, 325, name, (f"Long axis on {name}",))
        for size, name in zip(sizes, series, strict=False)
    ]
    return replace(made[0], beside=tuple(made[1:]), **more)


@pytest.mark.parametrize("count", [2, 3, 4])
def test_series_that_were_kept_side_by_side_stand_on_one_page(count):
    series = ["CT 02 Mar 2026", "CT 11 Jun 2026", "MR 12 Jun 2026", "PET 13 Jun 2026"][:count]
    report = context(key_images=[beside(*series), *images(1)])
    reader = PdfReader(io.BytesIO(slides_bytes(deck(CaseSlides(report)))))
    (page,) = [p for p in reader.pages if "Key image 1 of 2" in flat(p)]
    text = flat(page)
    assert "Before and after" in text
    boxes, words = placed(page)
    assert len(boxes) == count
    assert len({(round(y), round(high)) for _, y, _, high in boxes}) == 1
    for (x, y, wide, high), name, after in zip(boxes, series, [*boxes[1:], (960.0,)], strict=True):
        assert 0 < x < x + wide < after[0]
        assert y + high < 500
        left, top = words[name]
        assert (left == pytest.approx(x, abs=2), top > y + high) == (True, True), name
    assert boxes[0][3] > 540 / 4  # as large as the page allows


def test_words_below_pictures_side_by_side_go_on_on_a_further_page():
    many = tuple(f"Measurement number {n}" for n in range(40))
    report = context(key_images=[beside("CT", "MR", measured=many)])
    reader = PdfReader(io.BytesIO(slides_bytes(deck(CaseSlides(report)))))
    found = [p for p in reader.pages if "Key image" in flat(p)]
    assert len(found) > 1
    assert all(len(placed(page)[0]) == 2 for page in found)
    text = " ".join(map(flat, found))
    assert all(words in text for words in many)
