"""Letters that no font has: the paper says so, and which package has them."""

from dataclasses import replace

import pytest
from pypdf import PdfReader
from PySide6.QtGui import QFontMetrics

from tests.reports.made import case, context
from tumorboard.reports import letters
from tumorboard.reports.letters import lacking_letters
from tumorboard.reports.pdf import write_pdf

pytestmark = pytest.mark.usefixtures("qapp")


class OnlyLatin(QFontMetrics):
    """A computer whose fonts hold nothing beyond Latin."""

    def inFontUcs4(self, letter):  # noqa: N802 - a name of Qt
        return letter < 0x250


@pytest.fixture
def only_latin(monkeypatch):
    monkeypatch.setattr(letters, "QFontMetrics", OnlyLatin)


@pytest.mark.parametrize("words", ["王小明", "山田たろう", "한국어"])
def test_east_asian_letters_name_their_package(only_latin, words):
    assert "fonts-noto-cjk" in lacking_letters(("Case", words))


def test_other_letters_name_the_package_that_has_most(only_latin):
    assert "fonts-noto-core" in lacking_letters({"question": "ጤና"})


@pytest.mark.parametrize(
    "words", ["Zoë Ångström, 10.5 × 8.9 cm · “x”", "", "\N{COMBINING ACUTE ACCENT}"]
)
def test_nothing_is_said_where_nothing_lacks(only_latin, words):
    assert lacking_letters(words) == ""


def test_letters_that_a_font_has_are_not_named(qapp):
    assert lacking_letters("Иванов محمد") == ""


def test_the_sentence_stands_on_every_page(only_latin, tmp_path):
    path = tmp_path / "board.pdf"
    write_pdf(context(of=replace(case(), question="可以切除吗")), path)
    for page in PdfReader(path).pages:
        assert "fonts-noto-cjk" in page.extract_text()
