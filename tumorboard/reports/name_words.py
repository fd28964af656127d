"""Which names are words too: of a list of common names, and of the program's own vocabulary."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Final

from tumorboard.reports.folding import folded
from tumorboard.resources import resource_path

#: Names of works and their authors stand in these: none of their words is a word for that.
_NAMES_OF_PEOPLE: Final = frozenset({"sources", "references"})
_WORD: Final = re.compile(r"[^\W\d_]+")
_WRITTEN_OUT: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_SENTENCE_ID: Final = re.compile(r'^msg(?:id|str)\S*\s+"(.*)"$|^"(.*)"$', re.MULTILINE)


def is_word(name: str) -> bool:
    """Whether a name, as it is written, is a word of a language as well."""
    plain = unicodedata.normalize("NFC", name).casefold()
    return plain in _listed() or plain in _vocabulary()


@cache
def _listed() -> frozenset[str]:
    path = resource_path("terms", "names_that_are_words.txt")
    rows = path.read_text("utf-8").splitlines()
    return frozenset(_spellings(row.strip() for row in rows if row and not row.startswith("#")))


@cache
def _vocabulary() -> frozenset[str]:
    """Return the words of the program: of its code, its terms, its guidelines, its catalogues.

    A word that stands with a capital letter only may be somebody's name, and is none here; so
    that the nouns of German count, a catalogue gives all of its words.
    """
    found: set[str] = set()
    for text in _texts():
        found.update(w for w in _WORD.findall(text) if w.islower())
    for path in sorted(resource_path("language").rglob("*.po")):
        for match in _SENTENCE_ID.finditer(path.read_text("utf-8")):
            found.update(_WORD.findall(match[1] or match[2] or ""))
    return frozenset(_spellings(word.casefold() for word in found))


def _spellings(words: Iterable[str]) -> Iterator[str]:
    """Yield words as they are written, with an umlaut left out and as two letters."""
    for word in words:
        yield word.casefold()
        yield folded(word).text.casefold()
        yield folded(word.translate(_WRITTEN_OUT)).text.casefold()


def _texts() -> Iterator[str]:
    for folder in ("terms", "guidelines"):
        for path in sorted(resource_path(folder).rglob("*.yaml")):
            if path.stem not in _NAMES_OF_PEOPLE:
                yield path.read_text("utf-8")
