"""Letters that no font of this computer has: they would show as boxes, all alike."""

from __future__ import annotations

import unicodedata

from PySide6.QtGui import QFontMetrics, QGuiApplication

#: The first words of the Unicode names of letters that stand in a package of their own.
_EAST_ASIAN = ("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO", "IDEOGRAPHIC")
#: Debian's names of the packages.
EAST_ASIAN_FONTS, OTHER_FONTS = "fonts-noto-cjk", "fonts-noto-core"
#: Letters up to here stand in every font that the set-up asks for.
_LAST_LATIN = "\u024f"


def lacking_fonts(text: str) -> str:
    """Return the package with the font that a text needs here, empty where all of it shows."""
    rare = {c for c in text if c > _LAST_LATIN and unicodedata.category(c)[0] in "LM"}
    metrics = QFontMetrics(QGuiApplication.font())
    unshown = sorted(c for c in rare if not metrics.inFontUcs4(ord(c)))
    if not unshown:
        return ""
    name = unicodedata.name(unshown[0], "")
    return EAST_ASIAN_FONTS if name.startswith(_EAST_ASIAN) else OTHER_FONTS
