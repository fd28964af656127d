"""Days, times and sums of meetings in words; no widgets."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tumorboard import language
from tumorboard.case.meeting import Meeting
from tumorboard.errors import UserError
from tumorboard.language import _, ngettext, weekday_words


@dataclass(frozen=True)
class NewMeeting:
    """What a new meeting begins with; ``day`` is ISO, ``start`` 14:30 or empty."""

    day: str
    start: str
    place: str


def meeting_lines(meeting: Meeting, today: date) -> tuple[str, str]:
    """Return "Fri 27 Nov 2026" and "14:30 · 12 cases"."""
    count = len(meeting.items)
    cases = ngettext("{count} case", "{count} cases", count)
    state = _("cancelled") if meeting.cancelled else ""
    if meeting.date == today.isoformat() and not state:
        state = _("today")
    return day_words(meeting.date), " · ".join(p for p in (state, meeting.start, cases) if p)


def day_words(iso: str) -> str:
    """Return an ISO date as "Fri 27 Nov 2026"; other text as it is."""
    try:
        day = date.fromisoformat(iso)
    except ValueError:
        return iso
    return _("{weekday} {day}", weekday=weekday_words(day), day=language.day_words(day))


def read_time(text: str) -> str:
    """Return a clock time as 09:05, empty for none.

    Raises
    ------
    UserError
        When it is no time of the day.

    """
    plain = text.strip().replace(".", ":").replace("h", ":").rstrip(":")
    if not plain:
        return ""
    for pattern in ("%H:%M", "%H"):
        try:
            return f"{datetime.strptime(plain, pattern):%H:%M}"
        except ValueError:
            continue
    raise UserError(_("“{text}” is not a time.", text=text.strip()), _("Write it as 14:30."))


def agenda_words(meeting: Meeting) -> str:
    """Return "12 cases · 48 minutes · until 15:18"."""
    count = len(meeting.items)
    parts = [
        ngettext("{count} case", "{count} cases", count),
        ngettext("{count} minute", "{count} minutes", meeting.minutes),
    ]
    with suppress(ValueError):  # a start in words
        begin = datetime.strptime(meeting.start, "%H:%M")
        if meeting.items:
            parts.append(_("until {time:%H:%M}", time=begin + timedelta(minutes=meeting.minutes)))
    return " · ".join(parts)
