"""Text as it is compared: without accents, and with one kind of apostrophe, dash and digit."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Final

from tumorboard.text import MARK, MARK_BEGIN

#: From here on scripts write words without spaces between them; they are compared as they are.
FIRST_UNSPACED: Final = "\u2e80"
_FULL_WIDTH: Final = ("\uff01", "\uff5e")

#: Letters that no decomposition takes to the letters they are written with elsewhere.
_LETTERS: Final = {
    **{"ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O"},
    **{"ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "þ": "th", "Þ": "TH"},
    **{"ı": "i", "ħ": "h", "Ħ": "H"},
}
_APOSTROPHES: Final = frozenset("'`´‘’‚‛′ʹʻʼʽˈ＇")
_DASHES: Final = frozenset("-‐‑‒–—―−﹘﹣－")


@dataclass(frozen=True)
class Folded:
    """A text as it is compared; ``places`` are the index of each character in the original."""

    text: str
    places: tuple[int, ...]
    original: str

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where characters from ``start`` to before ``end`` stand in the original."""
        first, last = self.places[start], self.places[end - 1] + 1
        while last < len(self.original) and not folded_letter(self.original[last]):
            last += 1  # an accent that is written as a character of its own
        return first, last


def folded(text: str) -> Folded:
    """Fold a text; case is kept."""
    if text.isascii() and MARK_BEGIN not in text:
        plain = text.replace("`", "'")
        return Folded(plain, tuple(range(len(text))), text)
    parts = [folded_letter(letter) for letter in text]
    for mark in MARK.finditer(text):  # what does not show hides no name
        parts[mark.start() : mark.end()] = [""] * len(mark[0])
    places = tuple(n for n, part in enumerate(parts) for _ in part)
    return Folded("".join(parts), places, text)


@cache
def folded_letter(letter: str) -> str:
    """Return what a character is compared as; nothing for accents and invisible characters."""
    if letter in _APOSTROPHES:
        return "'"
    if letter in _DASHES:
        return "-"
    if letter in _LETTERS:
        return _LETTERS[letter]
    if unicodedata.category(letter) == "Cf":
        return ""
    if letter >= FIRST_UNSPACED and not _FULL_WIDTH[0] <= letter <= _FULL_WIDTH[1]:
        return letter
    parts = unicodedata.normalize("NFKD", letter)
    return "".join(_LETTERS.get(p, p) for p in parts if not unicodedata.combining(p))
