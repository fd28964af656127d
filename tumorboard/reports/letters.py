"""Letters that no font of this computer has: a paper says why boxes stand in their place."""

from __future__ import annotations

import unicodedata
from typing import Final

from PySide6.QtGui import QFontMetrics

from tumorboard.language import _
from tumorboard.reports.look import BODY, font
from tumorboard.text import changed

#: How the names of letters begin that only fonts of East Asia have (Unicode character names).
_EAST_ASIA: Final = (
    "CJK",
    "HANGUL",
    "HIRAGANA",
    "KATAKANA",
    "IDEOGRAPHIC",
    "FULLWIDTH",
    "BOPOMOFO",
)


def lacking_letters(paper: object) -> str:
    """Return in a sentence which letters of a paper stand as boxes; empty when none do.

    ``paper`` is the frozen record of what it says. Needs a QGuiApplication, runs in any thread.
    """
    letters: set[str] = set()

    def look_at(text: str) -> str:
        letters.update(text)
        return text

    changed(paper, look_at)
    metrics = QFontMetrics(font(BODY))
    lacking = {
        letter
        for letter in letters
        if unicodedata.category(letter)[0] in "LN" and not metrics.inFontUcs4(ord(letter))
    }
    if not lacking:
        return ""
    if any(unicodedata.name(letter, "").startswith(_EAST_ASIA) for letter in lacking):
        return _(
            "Boxes stand for letters that no font of this computer has: install a font with "
            "Chinese, Japanese and Korean, on Debian and Ubuntu the package fonts-noto-cjk."
        )
    return _(
        "Boxes stand for letters that no font of this computer has: install a font with them, on "
        "Debian and Ubuntu the package fonts-noto-core."
    )
