"""Who a case is about: told on papers that ask for it, withheld from all others."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from tumorboard.case.model import Patient
from tumorboard.language import MONTHS, _, month_words
from tumorboard.reports.folding import FIRST_UNSPACED, folded
from tumorboard.reports.words import dicom_date, person_name
from tumorboard.text import MARK

#: What stands in the place of a name, an identifier or a date of birth.
WITHHELD: Final = _("[withheld]")

#: How every question about identity is put, and what each paper says of itself.
SWITCH: Final = _("With names, identifiers and dates of birth")
SWITCH_NOTE: Final = _(
    "Without them the cases stand under their labels, and names in questions and "
    "decisions are blanked."
)
NAMED: Final = _("Names patients: confidential")
NAMELESS: Final = _("Without identity")

_SEVERAL: Final = re.compile(rf"{re.escape(WITHHELD)}(?:[\s,;^]+{re.escape(WITHHELD)})+")

#: Shorter identifiers and parts of names would blank ordinary words and numbers.
_SHORTEST_IDENTIFIER: Final = 3
_SHORTEST_NAME: Final = 2
#: Parts of names below this length are looked for with a capital letter only: "Li", not "li".
_SHORT_NAME: Final = 4
#: Numbers with fewer digits may be a count or a size; a year alone tells nobody.
_SHORTEST_NUMBER: Final = 4
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
#: Numbers from this length on are often written in groups.
_GROUPED: Final = 6
#: What joins the pieces of a name: hyphens and apostrophes of all kinds.
_JOINED: Final = re.compile(r"[^\w.]+|_")
#: What may follow a letter when its accent is written out.
_TRANSCRIBED: Final = {"ä": "e?", "ö": "e?", "ü": "e?", "ø": "e?", "å": "a?"}
#: What may follow a letter in a name whose accents may have been lost before it was stored.
_ACCENT_LOST: Final = {"a": "[ae]?", "o": "e?", "u": "e?"}
#: Two letters that may stand for one with an accent.
_TWO_LETTERS: Final = frozenset({"ae", "oe", "ue", "aa"})


def identity_text(patient: Patient) -> str:
    """Return "DOE, JANE · 4711 · born 12 Apr 1959", as far as known."""
    born = dicom_date(patient.birth_date)
    parts = (
        person_name(patient.name),
        patient.patient_id,
        _("born {born}", born=born) if born else "",
    )
    return " · ".join(part for part in parts if part)


def confidentiality(with_identity: bool) -> str:
    """Return what a paper says of itself on each page."""
    return NAMED if with_identity else NAMELESS


class Withholding:
    """Blanks names, identifiers and dates of birth of some patients in free text.

    A text may hold what nobody should have written there: a question that names the patient.
    Names are known in other spellings of theirs: another case, without accents or with "ue" for
    "ü", without apostrophe or hyphen, with the -s of a genitive or plural; identifiers without
    their separators, and by their number alone. Words are compared as a whole; a word of
    ordinary language that is part of a name is blanked as well.
    """

    def __init__(self, patients: Iterable[Patient]) -> None:
        found = {pattern for patient in patients for pattern in _patterns(patient)}
        ordered = sorted(found, key=lambda text: (-len(text), text))
        self._wanted = re.compile("|".join(ordered)) if ordered else None

    def __call__(self, text: str) -> str:
        """Return a text with all of them blanked."""
        if self._wanted is None or not text:
            return text
        compared = folded(text)
        spans = [compared.span(*match.span()) for match in self._wanted.finditer(compared.text)]
        if not spans:
            return text
        kept, end = [], 0
        for first, last in spans:
            kept += [text[end:first], WITHHELD]
            end = last
        return _SEVERAL.sub(WITHHELD, "".join((*kept, text[end:])))


def _patterns(patient: Patient) -> set[str]:
    """Return patterns that find a patient in folded text."""
    parts = re.split(r"[\s^=,]+", unicodedata.normalize("NFC", MARK.sub("", patient.name)))
    found = {pattern for part in parts for pattern in _name_patterns(part)}
    found |= _identifier_patterns(MARK.sub("", patient.patient_id).strip())
    return found | {_whole(f"(?i:{text})") for text in _days(patient.birth_date)}


# -- names ---------------------------------------------------------------------------------


def _name_patterns(part: str) -> set[str]:
    """Return patterns of one word of a name, whole and in the pieces that it is joined of."""
    pieces = [p for p in _JOINED.split(part) if p]
    short = "-" in folded(part).text  # "Li" of "Müller-Li" is a name, "O" of "O'Brien" is none
    found = {_one_name(p) for p in pieces if short or len(folded(p).text) >= _SHORT_NAME}
    if len(pieces) > 1 and sum(map(len, pieces)) >= _SHORT_NAME:
        spelled = r"[-' ]?".join(_spelled(piece) for piece in pieces)
        found.add(_whole(f"(?i:{spelled}{_suffix(part)})"))
    elif pieces:
        found.add(_one_name(pieces[0]))
    return found - {""}


def _one_name(piece: str) -> str:
    """Return the pattern of a name without joints; empty for what would blank ordinary text."""
    plain = folded(piece).text
    if piece[0] >= FIRST_UNSPACED:
        return re.escape(plain) if len(piece) >= _SHORTEST_NAME else ""
    if plain.isdigit():
        return _number(plain)
    if len(plain) >= _SHORT_NAME:
        return _whole(f"(?i:{_spelled(piece)}{_suffix(piece)})")
    if len(plain) < _SHORTEST_NAME:
        return ""
    spellings = {plain, *({_apart(piece)} if _apart(piece) != plain else set())}
    written = {re.escape(w) for p in spellings for w in (p.upper(), p.title())}
    return _whole(f"(?:{'|'.join(sorted(written))})")


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
    """Return what may follow a name: -s, but not where the name ends so already."""
    return "" if folded(name).text[-1:].casefold() in ("s", "x", "z") else "s?"


# -- identifiers ---------------------------------------------------------------------------


def _identifier_patterns(identifier: str) -> set[str]:
    plain = folded(identifier).text
    runs = re.findall(r"\d+|[^\W\d_]+", plain)
    if len(identifier) < _SHORTEST_IDENTIFIER or not runs:
        return set()
    found = {_whole(f"(?i:{re.escape(plain)})")}
    if sum(map(len, runs)) >= _SHORTEST_NUMBER:
        spelled = r"[-\s._/\\#:]{0,3}".join(_run(run) for run in runs)
        found.add(_whole(f"(?i:{spelled})"))
    numbers = [run for run in runs if run.isdigit() and not _YEAR.fullmatch(run)]
    return found | {_number(run) for run in numbers} - {""}


def _run(run: str) -> str:
    """Return the pattern of letters, or of digits: many are read in groups."""
    return r"[-\s]?".join(run) if run.isdigit() and len(run) >= _GROUPED else re.escape(run)


def _number(digits: str) -> str:
    """Return the pattern of a whole number, with or without zeros before it; empty for a short."""
    bare = digits.lstrip("0")
    if len(bare) < _SHORTEST_NUMBER:
        return ""
    return rf"(?<!\d)(?<!\d[.,])0*{_run(bare)}(?!\d)(?![.,]\d)"


def _whole(pattern: str) -> str:
    """Return a pattern that neither begins nor ends inside a word; "_" parts words here."""
    return rf"(?<![^\W_]){pattern}(?![^\W_])"


# -- dates ---------------------------------------------------------------------------------


def _days(value: str) -> list[str]:
    """Return patterns of a DICOM date as people write it: 1959-04-12, 12.4.59, 12 April 1959."""
    try:
        day = datetime.strptime(value, "%Y%m%d").date()
    except ValueError:
        return []
    year, number, month = f"(?:{day.year}|{day.year % 100:02d})", f"0?{day.day}", f"0?{day.month}"
    # In English as files have it, and in the language in which people write here.
    spoken = re.escape(month_words(day.month).rstrip("."))
    name = f"(?:{MONTHS[day.month - 1]}|{spoken})[a-zä]*"
    apart = r"[-./ ]\s?"
    ordinal = r"(?:st|nd|rd|th)?\.?"
    return [
        value,
        f"{day.year}{apart}{month}{apart}{number}",
        f"{number}{apart}{month}{apart}{year}",
        f"{month}{apart}{number}{apart}{year}",
        rf"{number}{ordinal}[- ]{name}\.?,?[- ]{year}",
        rf"{name}\.?[- ]{number}{ordinal},?[- ]{year}",
        f"{number}[- ]?{name}[- ]?{year}",
    ]
