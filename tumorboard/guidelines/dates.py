"""Dates of follow-up: visit dates and iCalendar text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta

from tumorboard.case.dates import add_months, months_between, weeks_between
from tumorboard.guidelines.schedule import Visit

__all__ = [
    "add_months",
    "follow_up_ics",
    "months_between",
    "next_visit",
    "visit_dates",
    "weeks_between",
]

#: Longest line in octets without the line break (RFC 5545, section 3.1).
_LINE_OCTETS = 75
_PRODUCT = "-//Tumorboard//Follow-up//EN"


def visit_dates(visits: Iterable[Visit], time_zero: date) -> tuple[date, ...]:
    """Return the date of each visit, from the date of surgery."""
    return tuple(add_months(time_zero, visit.month) for visit in visits)


def next_visit(visits: Sequence[Visit], time_zero: date, today: date) -> Visit | None:
    """Return the first visit that is not in the past; None after the last."""
    dated = zip(visits, visit_dates(visits, time_zero), strict=True)
    return next((visit for visit, day in dated if day >= today), None)


def follow_up_ics(
    visits: Sequence[Visit],
    time_zero: date,
    *,
    case_uid: str,
    visit_text: str = "",
    title: str = "Follow-up",
    provisional: bool = False,
    made: datetime | None = None,
) -> str:
    """Return the schedule as iCalendar text (RFC 5545), one all-day entry a visit.

    Lines end in CR LF and are folded at 75 octets. The same visit of the same case keeps
    its UID, so that importing a newer file moves the entry instead of doubling it. The text
    names no patient unless ``title`` does.

    Parameters
    ----------
    time_zero
        The date of surgery.
    made
        When the file was made, with its time zone; without it now.

    """
    stamp = (made or datetime.now(UTC)).astimezone(UTC)
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{_PRODUCT}", "CALSCALE:GREGORIAN"]
    for visit, day in zip(visits, visit_dates(visits, time_zero), strict=True):
        chest = f"Chest: {visit.chest}" if visit.chest else ""
        about = "\n".join(text for text in (visit_text, chest) if text)
        lines += [
            "BEGIN:VEVENT",
            f"UID:{_escaped(case_uid)}-{visit.month}@tumorboard",
            f"DTSTAMP:{stamp:%Y%m%dT%H%M%SZ}",
            f"DTSTART;VALUE=DATE:{_basic(day)}",
            f"DTEND;VALUE=DATE:{_basic(day + timedelta(days=1))}",
            f"SUMMARY:{_escaped(f'{title}: visit {visit.number}, month {visit.month}')}",
            f"DESCRIPTION:{_escaped(about)}",
            f"STATUS:{'TENTATIVE' if provisional else 'CONFIRMED'}",
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))


def _basic(day: date) -> str:
    return f"{day.year:04}{day.month:02}{day.day:02}"


def _escaped(text: str) -> str:
    """Escape a text value (RFC 5545, section 3.3.11); control characters are left out."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    printable = "".join(c for c in unified if c == "\n" or c.isprintable())
    for sign in ("\\", ";", ","):
        printable = printable.replace(sign, "\\" + sign)
    return printable.replace("\n", "\\n")


def _folded(line: str) -> Iterator[str]:
    """Yield the physical lines; a continuation begins with a space, characters stay whole."""
    current, octets = "", 0
    for character in line:
        width = len(character.encode())
        if octets + width > _LINE_OCTETS:
            yield current
            current, octets = " ", 1
        current += character
        octets += width
    yield current
