"""A case has at most six slides; the last one counts what stands in the report alone."""

import io
import re
from dataclasses import replace

import pytest
from pypdf import PdfReader

from tests.reports.made import axes, case, context, height, images
from tests.reports.test_slides import DECIDED, beside, deck, flat
from tumorboard.reports.content import MeasurementLine
from tumorboard.reports.deck import CaseSlides
from tumorboard.reports.slide_choice import deck_slides
from tumorboard.reports.slides import slides_bytes

pytestmark = pytest.mark.usefixtures("qapp")

ONLY = re.compile(r"Only in the report: ([^.]*)\.")


def short(*cases) -> list[str]:
    made = deck(*cases, all_pages=False)
    return [flat(page) for page in PdfReader(io.BytesIO(slides_bytes(made))).pages]


def left_out(pages) -> dict[str, int]:
    """What the last page counts: by noun in the singular."""
    assert not any(ONLY.search(page) for page in pages[:-1])
    found = ONLY.search(pages[-1])
    parts = found[1].split(", ") if found else []
    counted = [part.split(" ", 1) for part in parts if part[0].isdigit()]
    return {noun.removesuffix("s"): int(count) for count, noun in counted}


def told(parts, text) -> int:
    return sum(part in text for part in parts)


@pytest.mark.parametrize("vignette", ["V-01", "V-04", "V-10", "V-15"])
@pytest.mark.parametrize(("pictures", "decided"), [(0, True), (3, True), (9, False), (20, True)])
def test_six_slides_and_a_count_of_the_rest(vignette, pictures, decided):
    numbered = [replace(i, caption=f"View ({n})") for n, i in enumerate(images(pictures))]
    report = context(vignette, of=case(axes(), height()), key_images=numbered)
    pages = short(CaseSlides(report, DECIDED if decided else None))
    assert len(pages) <= 6
    text, counts = " ".join(pages), left_out(pages)
    assert report.category.title in text
    assert all(criterion.label in text for criterion in report.criteria)
    assert all(alert.reason.text in text for alert in report.alerts if alert.severity == "critical")
    assert ("Decision of the board" in text) is decided
    captions = [image.caption for image in report.images]
    assert told(captions, text) == pictures - counts.get("key image", 0)
    assert told(captions, text) >= min(pictures, 6)
    titles = {option.title for option in report.options}
    assert told(titles, text) == len(titles) - counts.get("option", 0)
    if pictures > 0:
        facts = sum(len(group.lines) for group in report.facts)
        left = counts.get("fact", 0)
        assert any("Facts" in page for page in pages) is (left < facts)


def test_measurements_of_pictures_that_are_left_out_are_counted():
    numbered = [
        replace(i, caption=f"View ({n})", measured=(f"Node {n}: {n}.0 mm",))
        for n, i in enumerate(images(30))
    ]
    report = context(key_images=numbered)
    lines = tuple(MeasurementLine(f"Node {n}", f"{n}.0 mm", "", "", ()) for n in (0, 29))
    pages = short(CaseSlides(replace(report, measurements=lines), DECIDED))
    shown = sum(f"Node {n}:" in " ".join(pages) for n in range(30))
    assert left_out(pages)["measurement"] == 30 - shown
    assert shown > 0


def test_a_short_case_stays_as_it_is():
    report = replace(context(), facts=(), options=(), alerts=(), works=())
    whole, brief = (
        list(deck_slides(deck(CaseSlides(report), all_pages=every))) for every in (True, False)
    )
    assert len(whole) <= 6
    assert [s.section for s in whole] == [s.section for s in brief]
    assert not any(s.note for s in brief)


def test_words_without_end_leave_six_slides():
    long = "A sentence of a person who writes much. " * 300
    decided = replace(DECIDED, recommendation=(long,), deferred_because=long)
    pictures = [beside("CT", "MR", measured=tuple(f"Value {n}" for n in range(90)))]
    pictures += [replace(i, caption=long, measured=(long, long)) for i in images(2)]
    report = context(of=replace(case(), question=long, summary=long), key_images=pictures)
    pages = short(CaseSlides(report, decided))
    assert len(pages) == 6
    words = ONLY.search(pages[-1])[1]
    for part in ("the summary", "the end of the question", "the end of the decision"):
        assert part in words


def test_each_case_of_a_meeting_has_its_own_six():
    one = CaseSlides(context(key_images=images(9)), DECIDED, "1")
    slides = list(
        deck_slides(deck(one, replace(one, place="2"), opening=("Board",), all_pages=False))
    )
    assert len(slides) <= 1 + 2 * 6
    assert sum(bool(slide.note) for slide in slides) == 2
