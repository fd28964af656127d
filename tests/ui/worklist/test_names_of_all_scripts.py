"""Names in Arabic, Hebrew, Cyrillic and Chinese letters list and show where a font has them."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QTextLayout
from PySide6.QtWidgets import QApplication

from tests.dicom.make import Person
from tests.ui.lectern import write_case
from tumorboard.text import sided
from tumorboard.ui.shell.controller import Controller
from tumorboard.ui.shell.fonts import EAST_ASIAN_FONTS, OTHER_FONTS, lacking_fonts
from tumorboard.ui.viewer.painting import rim_at

#: Two names of the same length in each script, which are told apart by their letters alone.
NAMES = {
    "Arabic": ("محمود^سالم", "يوسفي^كريم"),
    "Hebrew": ("כהנים^דויד", "לוייה^משהו"),
    "Cyrillic": ("Петров^Илья", "Жукова^Анна"),
    "Chinese": ("张伟明^李", "王小红^陈"),
}


def glyphs_missing(text: str) -> int:
    """Return how many letters would show as boxes."""
    layout = QTextLayout(text, QApplication.font())
    layout.beginLayout()
    layout.createLine()
    layout.endLayout()
    return sum(run.glyphIndexes().count(0) for run in layout.glyphRuns())


def pixels_of(widget) -> np.ndarray:
    picture = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    bits = np.frombuffer(picture.constBits(), np.uint8)
    return bits.reshape(picture.height(), picture.bytesPerLine()).copy()


@pytest.mark.parametrize("script", NAMES)
def test_a_name_lists_and_shows_in_its_letters(script, open_desk, tmp_path):
    if package := lacking_fonts("".join(NAMES[script])):
        pytest.skip(f"{script} letters need {package}")
    lists, images = [], []
    for number, name in enumerate(NAMES[script]):
        desk = open_desk(tmp_path / f"store {number}")
        person = Person("PID-1", name, "19610417", "F")
        desk.import_paths(write_case(tmp_path / f"ct {number}", 1, person))
        desk.settle()
        family, given = name.split("^")
        cases = desk.window.worklist.cases
        index = cases.cases.index(0)
        said = str(cases.cases.data(index, Qt.ItemDataRole.AccessibleTextRole))
        view = desk.window.views.main
        words = [word.text for word in rim_at(view, view.frame()).words]
        (who,) = (word for word in words if family in word)
        assert family in said
        assert given in said
        assert glyphs_missing(sided(who)) == 0
        lists.append(pixels_of(cases))
        images.append(pixels_of(view))
    assert not np.array_equal(*lists), "boxes look alike, letters do not"
    assert not np.array_equal(*images)


def test_a_name_from_right_to_left_turns_nothing_else(open_desk, tmp_path):
    desk = open_desk()
    person = Person("4711", NAMES["Arabic"][0], "19610417", "F")
    desk.import_paths(write_case(tmp_path / "ct", 1, person))
    desk.settle()
    view = desk.window.views.main
    (who,) = (w.text for w in rim_at(view, view.frame()).words if "4711" in w.text)
    shown = sided(who)
    assert shown.index("4711") > shown.index("\u2069"), "the number stands outside of the isolate"


def test_letters_without_a_font_name_the_package_once(open_desk, tmp_path, monkeypatch):
    monkeypatch.setattr(
        "tumorboard.ui.shell.fonts.QFontMetrics.inFontUcs4", lambda _metrics, _letter: False
    )
    assert lacking_fonts("Müller, Zoë") == ""
    assert lacking_fonts("张伟") == lacking_fonts("ひろ") == EAST_ASIAN_FONTS
    assert lacking_fonts("สมชาย") == OTHER_FONTS
    told = []
    monkeypatch.setattr(Controller, "say", lambda _host, text, **_more: told.append(text))
    desk = open_desk()
    person = Person("PID-1", NAMES["Chinese"][0], "19610417", "F")
    desk.import_paths(write_case(tmp_path / "ct", 1, person))
    desk.settle()
    desk.window.controller.open_case(desk.case.uid)
    assert sum(EAST_ASIAN_FONTS in text for text in told) == 1
