"""The HTML report, parsed as a browser would."""

import base64
from dataclasses import asdict, replace
from html.parser import HTMLParser

import pytest

from tests.guidelines.cases import vignettes
from tests.reports.made import (
    assessment,
    axes,
    case,
    context,
    facts,
    height,
    images,
    spoken,
    with_note,
)
from tumorboard.errors import UserError
from tumorboard.reports.html import render_html, write_html

VOID = {"meta", "img", "br", "hr", "link"}


class Page(HTMLParser):
    """Collects text, tags and attributes, and checks that tags close in order."""

    def __init__(self, html):
        super().__init__()
        self.open, self.tags, self.attributes, self.parts = [], [], [], []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.parts.append(data)

    @property
    def text(self):
        return " ".join("".join(self.parts).split())


@pytest.mark.parametrize("name", sorted(vignettes()))
def test_everything_is_on_the_page(name):
    report = context(name)
    text = Page(render_html(report)).text
    for wanted in spoken(assessment(name)):
        assert wanted in text
    for work in report.works:
        assert (work.full or work.title) in text
        for place in work.places:
            assert f"[{place.number}] {place.place}".strip() in text
    for group in report.facts:
        for line in group.lines:
            assert f"{line.label}" in text
            assert f"{line.value}" in text
    assert report.colophon.input_hash in text
    assert report.colophon.intended_use in text


def test_the_measured_size_with_its_caveats():
    of = case(axes(), height())
    page = Page(render_html(context(of=of)))
    assert "10.5 × 8.9 × 13.2 cm" in page.text
    assert "pixel spacing" in page.text


def test_states_have_a_shape_and_a_word():
    text = Page(render_html(context("V-05"))).text
    assert text.count("○") == 6
    assert "○ Peritoneal implants absent" in text
    text = Page(render_html(context())).text
    assert (text.count("■"), text.count("◌")) == (1, 5)


def test_one_file_that_asks_nobody_for_anything():
    pictures = images(2)
    page = Page(render_html(context(key_images=pictures)))
    assert not {"script", "link", "iframe", "object", "form"} & set(page.tags)
    for tag, name, value in page.attributes:
        assert not name.startswith("on")
        if name in {"src", "href"}:
            assert (tag, value.split(",")[0]) == ("img", "data:image/png;base64")
            assert base64.b64decode(value.split(",")[1]) == pictures[0].png
    assert "url(" not in render_html(context())


def test_hostile_text_stays_text():
    attack = "<script>alert('x')</script>\"><img src=x onerror=alert(1)>"
    of = replace(case(), label=attack, question=attack, summary=attack)
    sheet = with_note(facts(), "pe", attack)
    page = Page(render_html(context(of=of, facts=sheet, author=attack, audit_head=attack)))
    assert "script" not in page.tags
    assert "img" not in page.tags
    assert page.text.count("<script>alert('x')</script>") >= 5


def test_no_identity_unless_asked():
    hidden = render_html(context())
    assert "FICTION" not in hidden
    assert "PID-77-31" not in hidden
    assert "FICTION, FRIEDA" in render_html(context(with_identity=True))


def test_the_file_is_the_page(tmp_path):
    path = tmp_path / "report.html"
    write_html(context(), path)
    assert path.read_text(encoding="utf-8") == render_html(context())
    assert [p.name for p in tmp_path.iterdir()] == ["report.html"]


def test_a_missing_folder_is_named_by_a_sentence(tmp_path):
    with pytest.raises(UserError, match=r"“r\.html” cannot be written: the folder does not exist"):
        write_html(context(), tmp_path / "none" / "r.html")


def test_a_report_of_nothing_is_a_page_too():
    from tests.guidelines.cases import run
    from tumorboard.case.facts import FactSheet

    empty = context(facts=FactSheet(), assessment=run({}))
    text = Page(render_html(empty)).text
    assert "Not measured" in text
    assert asdict(empty)["size"] is None


def test_pictures_of_one_view_stand_in_one_figure_each_with_its_series():
    series = ("CT · portal venous? · 02 Mar 2026", "CT · portal venous? · 11 Jun 2026")
    first, second = (replace(i, series=s) for i, s in zip(images(2), series, strict=True))
    page = Page(render_html(context(key_images=[replace(first, beside=(second,)), *images(1)])))
    assert (page.tags.count("figure"), page.tags.count("img")) == (2, 3)
    assert all(page.text.count(words) == 1 for words in series)
    assert page.text.count(first.caption) == 2
