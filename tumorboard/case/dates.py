"""Weeks and months between dates, and the facts that follow from dates entered once."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from tumorboard.case.facts import Fact, Provenance
from tumorboard.case.model import Case
from tumorboard.errors import UserError
from tumorboard.language import _

MONTHS_PER_YEAR = 12
_DAYS_PER_WEEK = 7
_FIRST_YEAR = 1900
_OLDEST = 130


@dataclass(frozen=True)
class DateDefinition:
    """A date that is entered once; ``fact`` is the duration that follows from it."""

    key: str
    label: str
    fact: str
    unit: str


#: Counted to the day of the board when that is entered, else to today.
BOARD = DateDefinition("date:board", _("Day of the board"), "", "")
DATES = (
    DateDefinition(
        "date:preop_rt_end", _("Last day of radiotherapy"), "weeks_since_preop_rt_end", "weeks"
    ),
    DateDefinition("date:surgery", _("Day of surgery"), "months_since_surgery", "months"),
    DateDefinition(
        "date:last_imaging", _("Day of the last images"), "months_since_last_imaging", "months"
    ),
    BOARD,
)


def iso_date(text: str) -> str:
    """Return a DICOM date as ISO, empty when it is none."""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return ""


def age_at(born: str, day: str) -> int | None:
    """Return the whole years from a DICOM date of birth to another date.

    None where one of them is not known, or the years are none of a person: a placeholder.
    """
    if not iso_date(born) or not iso_date(day):
        return None
    years = int(day[:4]) - int(born[:4]) - (day[4:] < born[4:])
    return years if 0 <= years <= _OLDEST else None


def read_date(text: str) -> date:
    """Read a date such as 2026-03-01 or 1.3.2026.

    Raises
    ------
    UserError
        When it is none, or lies before 1900: a year of two digits is no year.

    """
    typed = text.strip()
    hint = _("Write it as 2026-03-01 or 1.3.2026.")
    try:
        if "." in typed:
            day, month, year = (int(part) for part in typed.split("."))
            found = date(year, month, day)
        else:
            found = date.fromisoformat(typed)
    except ValueError:
        raise UserError(_("“{typed}” is not a date.", typed=typed), hint) from None
    if found.year < _FIRST_YEAR:
        raise UserError(_("“{typed}” is in the year {year}.", typed=typed, year=found.year), hint)
    return found


def date_of(case: Case, key: str) -> date | None:
    """Return a date that was entered for a case, or None."""
    remark = case.remark(key)
    return None if remark is None else date.fromisoformat(remark.value)


def facts_from_dates(case: Case, today: date) -> Iterator[Fact]:
    """Yield the durations up to the day of the board, or ``today``; none to an earlier day."""
    end = date_of(case, BOARD.key) or today
    for entry in DATES:
        start = date_of(case, entry.key)
        remark = case.remark(entry.key)
        if not entry.fact or start is None or remark is None or start > end:
            continue
        if start.year < _FIRST_YEAR:  # typed with two digits, in an older version
            continue
        count = weeks_between if entry.unit == "weeks" else months_between
        note = _("{start} to {end}", start=start.isoformat(), end=end.isoformat())
        origin = Provenance("derived", remark.author, remark.time_utc, (), note)
        yield Fact(entry.fact, count(start, end), origin)


def weeks_between(start: date, end: date) -> float:
    """Return the weeks from one date to a later one, to one decimal.

    Raises
    ------
    UserError
        When the end lies before the start.

    """
    _check_order(start, end)
    return round((end - start).days / _DAYS_PER_WEEK, 1)


def months_between(start: date, end: date) -> float:
    """Return the months from one date to a later one, to one decimal.

    Whole calendar months count as such; the days left over count as a share of the month
    that they lie in. The errors are those of `weeks_between`.
    """
    _check_order(start, end)
    months = (end.year - start.year) * MONTHS_PER_YEAR + end.month - start.month
    if add_months(start, months) > end:
        months -= 1
    last, following = add_months(start, months), add_months(start, months + 1)
    return round(months + (end - last).days / (following - last).days, 1)


def _check_order(start: date, end: date) -> None:
    if end < start:
        raise UserError(
            _("{end} lies before {start}.", end=end.isoformat(), start=start.isoformat()),
            _("Check the two dates."),
        )


def add_months(start: date, months: int) -> date:
    """Return the same day some months later; the last day of a month that is too short.

    Raises
    ------
    UserError
        When there is no such year in the calendar.

    """
    year, month = divmod(start.year * MONTHS_PER_YEAR + start.month - 1 + months, MONTHS_PER_YEAR)
    if not date.min.year <= year <= date.max.year:
        raise UserError(_("This date lies outside the calendar."), _("Check the date of surgery."))
    days = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(start.day, days))
