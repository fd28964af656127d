"""Who a case is about: told on papers that ask for it, withheld from all others."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final

from tumorboard.case.model import Patient
from tumorboard.language import MONTHS, _, month_words
from tumorboard.reports.folding import folded
from tumorboard.reports.name_patterns import distinctive_patterns, name_patterns
from tumorboard.reports.name_patterns import whole as _whole
from tumorboard.reports.name_words import is_word
from tumorboard.reports.words import dicom_date, person_name
from tumorboard.text import MARK

#: What stands in the place of a name, an identifier or a date of birth.
WITHHELD: Final = _("[withheld]")
#: What stands in the place of a sentence in which a word may be a name, while nobody has said so.
UNDECIDED: Final = _("[sentence withheld: a word in it may be a name]")

#: How every question about identity is put, and what each paper says of itself.
SWITCH: Final = _("With names, identifiers and dates of birth")
SWITCH_NOTE: Final = _(
    "Without them the cases stand under their labels, and names in questions and "
    "decisions are blanked."
)
NAMED: Final = _("Names patients: confidential")
NAMELESS: Final = _("Without identity")

#: Where one sentence ends and another begins; what parts them is kept.
_PARTED: Final = re.compile(r"((?<=[^\W\d_][^\W\d_][.!?;])\s+|\s*\n\s*)")
_SEVERAL: Final = re.compile(rf"{re.escape(WITHHELD)}(?:[\s,;^]+{re.escape(WITHHELD)})+")

#: Shorter identifiers would blank ordinary numbers.
_SHORTEST_IDENTIFIER: Final = 3
#: Numbers with fewer digits may be a count or a size; a year alone tells nobody.
_SHORTEST_NUMBER: Final = 4
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
#: Numbers from this length on are often written in groups.
_GROUPED: Final = 6
#: A number of so many digits is written in one group or as thousands: "47 112".
_THOUSANDS: Final = 5
_ROMAN: Final = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")


#: What a case is called whose label names its patient, where its number is not known.
NEUTRAL_LABEL: Final = _("Case (label withheld)")


class Choice(StrEnum):
    """What a person said of a sentence in which a word may be a name."""

    BLANK = "blank"
    KEEP = "keep"


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
    """Blanks who cases are about in what people and devices wrote, one text after the other.

    Names are known in other spellings of theirs: another case, without accents or with "ue" for
    "ü", without apostrophe or hyphen, with the -s of a genitive or plural; identifiers without
    their separators, and by their number alone; days of birth as people write them. Words are
    compared as a whole.

    ``own`` are the names of the case that a text belongs to, ``others`` those of cases beside it,
    of which only parts count that are no word of any language of the program, no month, and have
    four letters or more. Part of an own name that is a word too is never blanked by itself: of
    its sentence a person says whether to blank it. ``choices`` are the answers, by the digest of
    the sentence (`sentence_digest`); a sentence without one is withheld whole, and says so.
    """

    def __init__(
        self,
        own: Iterable[Patient],
        others: Iterable[Patient] = (),
        choices: Mapping[str, Choice] | None = None,
    ) -> None:
        mine, theirs = tuple(own), tuple(others)
        numbers = {text for who in (*mine, *theirs) for text in _number_patterns(who)}
        self._numbers = _any_of(numbers)
        self._own = _any_of({text for who in mine for text in name_patterns(who.name)})
        self._others = _any_of({text for who in theirs for text in distinctive_patterns(who.name)})
        self._choices = choices or {}

    @property
    def is_idle(self) -> bool:
        """Whether nothing is withheld at all."""
        return not (self._numbers or self._own or self._others)

    def __call__(self, text: str) -> str:
        """Return what somebody wrote with all of them blanked."""
        if not text or self.is_idle:
            return text
        if not self.doubtful(text):
            return self._blanked(text, words_too=False)
        pieces = _PARTED.split(text)
        return "".join(p if n % 2 else self._sentence(p) for n, p in enumerate(pieces))

    def of_staff(self, name: str) -> str:
        """Return the name of somebody who works here; a word in it is no name of a patient."""
        return self._blanked(name, words_too=False) if name else name

    def doubtful(self, text: str) -> tuple[str, ...]:
        """Return the sentences in which part of an own name stands that is a word as well."""
        if self._own is None or not text or not self._finds_word(text):
            return ()
        return tuple(p for p in _PARTED.split(text)[::2] if self._finds_word(p))

    def undecided(self, text: str) -> tuple[str, ...]:
        """Return the doubtful sentences that nobody has decided on."""
        return tuple(s for s in self.doubtful(text) if sentence_digest(s) not in self._choices)

    def _sentence(self, text: str) -> str:
        if not self._finds_word(text):
            return self._blanked(text, words_too=False)
        choice = self._choices.get(sentence_digest(text))
        if choice is None:
            return UNDECIDED
        return self._blanked(text, words_too=choice is Choice.BLANK)

    def _finds_word(self, text: str) -> bool:
        compared = folded(text)
        spans = (compared.span(*match.span()) for match in _found(self._own, compared.text))
        return any(is_word(text[first:last]) for first, last in spans)

    def _blanked(self, text: str, *, words_too: bool) -> str:
        compared = folded(text)

        def of(wanted: re.Pattern[str] | None) -> list[tuple[int, int]]:
            """Return where in the text something stands."""
            return [compared.span(*match.span()) for match in _found(wanted, compared.text)]

        spans = of(self._numbers)
        spans += [(a, b) for a, b in of(self._own) if words_too or not is_word(text[a:b])]
        spans += [(a, b) for a, b in of(self._others) if not is_word(text[a:b])]
        if not spans:
            return text
        kept, end = [], 0
        for first, last in sorted(spans):
            if first >= end:
                kept += [text[end:first], WITHHELD]
            end = max(end, last)
        return _SEVERAL.sub(WITHHELD, "".join((*kept, text[end:])))


def sentence_digest(sentence: str) -> str:
    """Return what names a sentence without telling it."""
    return hashlib.sha256(" ".join(sentence.split()).encode()).hexdigest()[:24]


def _any_of(patterns: Iterable[str]) -> re.Pattern[str] | None:
    ordered = sorted(patterns, key=lambda text: (-len(text), text))
    return re.compile("|".join(ordered)) if ordered else None


def _found(wanted: re.Pattern[str] | None, text: str) -> Iterator[re.Match[str]]:
    return iter(()) if wanted is None else wanted.finditer(text)


def _number_patterns(patient: Patient) -> set[str]:
    """Return patterns of identifier and date of birth in folded text."""
    days = {_whole(f"(?i:{text})") for text in _days(patient.birth_date)}
    return days | _identifier_patterns(MARK.sub("", patient.patient_id).strip())


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
    if run.isdigit() and len(run) == _THOUSANDS:
        return rf"{run[:-3]}\s?{run[-3:]}"
    return r"[-\s]?".join(run) if run.isdigit() and len(run) >= _GROUPED else re.escape(run)


def _number(digits: str) -> str:
    """Return the pattern of a whole number, with or without zeros before it; empty for a short."""
    bare = digits.lstrip("0")
    if len(bare) < _SHORTEST_NUMBER:
        return ""
    return rf"(?<!\d)(?<!\d[.,])0*{_run(bare)}(?!\d)(?![.,]\d)"


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
        rf"{number}[-. ]\s?{_ROMAN[day.month - 1]}[-. ]\s?{year}",
    ]
