"""Names as people write them: the patterns that find them in folded text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from tumorboard.reports.folding import FIRST_UNSPACED, folded
from tumorboard.reports.name_words import is_word
from tumorboard.text import MARK

#: Shorter parts of names would blank ordinary words.
_SHORTEST_NAME: Final = 2
#: Parts of names below this length are looked for with a capital letter only: "Li", not "li".
_SHORT_NAME: Final = 4
#: What joins the pieces of a name: hyphens and apostrophes of all kinds.
_JOINED: Final = re.compile(r"[^\w.]+|_")
#: What stands before, in or behind a name without being one, where more stands beside it.
_NO_NAMES: Final = frozenset(
    {
        *("dr", "med", "prof", "dipl", "ing", "phd", "md", "mr", "mrs", "ms", "miss", "jr", "sr"),
        *("herr", "frau", "von", "van", "vom", "zu", "zum", "zur", "der", "den", "dem", "des"),
        *("de", "del", "della", "di", "da", "do", "dos", "das", "du", "la", "le", "les", "el"),
        *("al", "bin", "ben", "ter", "ten", "te", "und", "and", "y", "ibn", "abu", "san", "st"),
        *("geb", "nee", "born", "geborene"),
    }
)
#: What may follow a letter when its accent is written out.
_TRANSCRIBED: Final = {"ä": "e?", "ö": "e?", "ü": "e?", "ø": "e?", "å": "a?"}
#: What may follow a letter in a name whose accents may have been lost before it was stored.
_ACCENT_LOST: Final = {"a": "[ae]?", "o": "e?", "u": "e?"}
#: Two letters that may stand for one with an accent.
_TWO_LETTERS: Final = frozenset({"ae", "oe", "ue", "aa"})


def name_patterns(name: str) -> set[str]:
    """Return patterns of all parts of a DICOM person name, words of a language among them."""
    parts = list(_parts(name))
    return {pattern for part in parts for pattern in _part_patterns(part)} | _unspaced(name)


def distinctive_patterns(name: str) -> set[str]:
    """Return patterns of the parts of a name that hardly stand for anything else.

    They have four letters or more and are no word and no month.
    """
    found = _unspaced(name)
    for part in _parts(name):
        pieces = [p for p in _JOINED.split(part) if p]
        telling = [p for p in pieces if _is_distinctive(p)]
        found |= {_one_name(p) for p in telling}
        if telling and len(pieces) > 1:
            found.add(_joined_pattern(pieces, part))
    return found - {""}


def _is_distinctive(piece: str) -> bool:
    if piece[0] >= FIRST_UNSPACED:
        return len(piece) > _SHORTEST_NAME
    plain = folded(piece).text
    return len(plain) >= _SHORT_NAME and not plain.isdigit() and not is_word(piece)


def _parts(name: str) -> Iterator[str]:
    """Yield the parts of a name; what only joins or titles it is left out where more is there."""
    for group in re.split(r"[\^=,]+", unicodedata.normalize("NFC", MARK.sub("", name))):
        parts = group.split()
        names = [p for p in parts if p.casefold().strip(".") not in _NO_NAMES]
        yield from names or ([] if _is_title(parts) else parts)


def _is_title(parts: list[str]) -> bool:
    return all(p.casefold().strip(".") in {"dr", "prof", "mr", "mrs", "ms", "jr"} for p in parts)


def _unspaced(name: str) -> set[str]:
    """Return the patterns of whole names in scripts that put no space between words."""
    plain = unicodedata.normalize("NFC", MARK.sub("", name))
    groups = ([p for p in re.split(r"[\s^]+", g) if p] for g in plain.split("="))
    return {
        r"\s?".join(re.escape(p) for p in parts)
        for parts in groups
        if len(parts) > 1 and all(p[0] >= FIRST_UNSPACED for p in parts)
    }


def _part_patterns(part: str) -> set[str]:
    """Return patterns of one word of a name, whole and in the pieces that it is joined of."""
    pieces = [p for p in _JOINED.split(part) if p]
    short = "-" in folded(part).text  # "Li" of "Müller-Li" is a name, "O" of "O'Brien" is none
    found = {_one_name(p) for p in pieces if short or len(folded(p).text) >= _SHORT_NAME}
    if len(pieces) > 1 and sum(map(len, pieces)) >= _SHORT_NAME:
        found.add(_joined_pattern(pieces, part))
    elif pieces:
        found.add(_one_name(pieces[0]))
    return found - {""}


def _joined_pattern(pieces: list[str], part: str) -> str:
    spelled = r"[-' ]?".join(_spelled(piece) for piece in pieces)
    return whole(f"(?i:{spelled}{_suffix(part)})")


def _one_name(piece: str) -> str:
    """Return the pattern of a name without joints; empty for what would blank ordinary text."""
    plain = folded(piece).text
    if piece[0] >= FIRST_UNSPACED:
        return re.escape(plain) if len(piece) >= _SHORTEST_NAME else ""
    if plain.isdigit():
        return whole(plain) if len(plain) >= _SHORT_NAME else ""
    if len(plain) >= _SHORT_NAME:
        return whole(f"(?i:{_spelled(piece)}{_suffix(piece)})")
    if len(plain) < _SHORTEST_NAME:
        return ""
    spellings = {plain, *({_apart(piece)} if _apart(piece) != plain else set())}
    written = {re.escape(w) for p in spellings for w in (p.upper(), p.title())}
    return whole(f"(?:{'|'.join(sorted(written))})")


def _spelled(piece: str) -> str:
    """Return the pattern of a name in its spellings: Müller, Mueller and Muller find each other.

    Each may be what was stored: devices that know no accents leave them out or write them as two
    letters. In short names only accents that are there are spelled otherwise.
    """
    is_long = len(folded(piece).text) > _SHORT_NAME
    found, before = "", ""
    for letter in piece:
        plain = folded(letter).text
        is_second = is_long and f"{before}{plain.casefold()}" in _TWO_LETTERS
        lost = _ACCENT_LOST.get(plain.casefold(), "") if is_long else ""
        found += re.escape(plain) + ("?" if is_second else "")
        found += _TRANSCRIBED.get(letter.casefold(), lost)
        before = plain.casefold()
    return found


def _apart(piece: str) -> str:
    """Return a name with its accents transcribed: "Baer" for Bär."""
    return "".join(
        folded(letter).text + _TRANSCRIBED.get(letter.casefold(), "").rstrip("?")
        for letter in piece
    )


def _suffix(name: str) -> str:
    """Return what may follow a name: -s, "'sche"; no further -s where the name ends so already."""
    ends_so = folded(name).text[-1:].casefold() in ("s", "x", "z")
    return "(?:'?sche[mnrs]?)?" if ends_so else "(?:s|'?sche[mnrs]?)?"


def whole(pattern: str) -> str:
    """Return a pattern that neither begins nor ends inside a word; "_" parts words here."""
    return rf"(?<![^\W_]){pattern}(?![^\W_])"
