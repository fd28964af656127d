"""Who a case is about: told on papers that ask for it, withheld from all others."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import Final

from tumorboard.case.model import Patient
from tumorboard.reports.words import MONTHS, dicom_date, person_name

#: What stands in the place of a name, an identifier or a date of birth.
WITHHELD: Final = "[withheld]"

#: How every question about identity is put, and what each paper says of itself.
SWITCH: Final = "With names, identifiers and dates of birth"
SWITCH_NOTE: Final = (
    "Without them the cases stand under their labels, and names in questions and "
    "decisions are blanked."
)
NAMED: Final = "Names patients: confidential"
NAMELESS: Final = "Without identity"

_SEVERAL: Final = re.compile(rf"{re.escape(WITHHELD)}(?:[\s,;^]+{re.escape(WITHHELD)})+")

#: Shorter identifiers and parts of names would blank ordinary words and numbers.
_SHORTEST_IDENTIFIER: Final = 3
_SHORTEST_NAME: Final = 2
#: Parts of names below this length are looked for with a capital letter only: "Li", not "li".
_SHORT_NAME: Final = 4
#: From here on scripts write words without spaces between them.
_FIRST_UNSPACED: Final = "\u2e80"


def identity_text(patient: Patient) -> str:
    """Return "DOE, JANE · 4711 · born 12 Apr 1959", as far as known."""
    born = dicom_date(patient.birth_date)
    parts = (person_name(patient.name), patient.patient_id, f"born {born}" if born else "")
    return " · ".join(part for part in parts if part)


def confidentiality(with_identity: bool) -> str:
    """Return what a paper says of itself on each page."""
    return NAMED if with_identity else NAMELESS


class Withholding:
    """Blanks names, identifiers and dates of birth of some patients in free text.

    A text may hold what nobody should have written there: a question that names the patient.
    Words are compared as a whole; a word of ordinary language that is part of a name is
    blanked as well.
    """

    def __init__(self, patients: Iterable[Patient]) -> None:
        found = {pattern for patient in patients for pattern in _patterns(patient)}
        ordered = sorted(found, key=lambda text: (-len(text), text))
        self._wanted = re.compile("|".join(ordered)) if ordered else None

    def __call__(self, text: str) -> str:
        """Return a text with all of them blanked."""
        if self._wanted is None:
            return text
        return _SEVERAL.sub(WITHHELD, self._wanted.sub(WITHHELD, text))


def _patterns(patient: Patient) -> set[str]:
    parts = [p for p in re.split(r"[\s^=,]+", patient.name) if len(p) >= _SHORTEST_NAME]
    parts += [p for part in parts for p in part.split("-") if len(p) >= _SHORTEST_NAME]
    found = {_name(part) for part in parts}
    if len(patient.patient_id.strip()) >= _SHORTEST_IDENTIFIER:
        found.add(_whole(f"(?i:{re.escape(patient.patient_id.strip())})"))
    return found | {_whole(f"(?i:{text})") for text in _days(patient.birth_date)}


def _name(part: str) -> str:
    escaped = re.escape(part)
    if part[0] >= _FIRST_UNSPACED:
        return escaped
    if len(part) >= _SHORT_NAME:
        return _whole(f"(?i:{escaped})")
    written = {re.escape(p) for p in (part, part.upper(), part.title())}
    return _whole(f"(?:{'|'.join(sorted(written))})")


def _whole(pattern: str) -> str:
    """Return a pattern that neither begins nor ends inside a word; "_" parts words here."""
    return rf"(?<![^\W_]){pattern}(?![^\W_])"


def _days(value: str) -> list[str]:
    """Return patterns of a DICOM date as people write it: 1959-04-12, 12.4.59, 12 April 1959."""
    try:
        day = datetime.strptime(value, "%Y%m%d").date()
    except ValueError:
        return []
    year, number, month = _year(day), f"0?{day.day}", f"0?{day.month}"
    name = f"{MONTHS[day.month - 1]}[a-z]*"
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


def _year(day: date) -> str:
    return f"(?:{day.year}|{day.year % 100:02d})"
