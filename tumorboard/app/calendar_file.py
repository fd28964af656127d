"""The follow-up of a case as a calendar file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from tumorboard.case.dates import date_of
from tumorboard.case.model import Case
from tumorboard.errors import UserError
from tumorboard.guidelines.dates import visit_dates
from tumorboard.guidelines.schedule import Visit
from tumorboard.language import _
from tumorboard.whole_file import write_whole

if TYPE_CHECKING:
    from tumorboard.guidelines.assessment import FollowUp

_PRODUCT = "-//Tumorboard//Follow-up//EN"
_PROVISIONAL = ("003_provisional", "003_R2")


def write_follow_up(path: Path, case: Case, follow_up: FollowUp | None) -> None:
    """Write the visits of a case from its day of surgery, under the label of the case.

    Raises
    ------
    UserError
        When no schedule applies, the day of surgery is not entered, or the file cannot be
        written.

    """
    if follow_up is None or not follow_up.visits:
        raise UserError(
            _("No follow-up schedule applies to what is recorded."),
            _("State the phase, the resection and the histology first."),
        )
    surgery = date_of(case, "date:surgery")
    if surgery is None:
        raise UserError(
            _("The visits cannot be dated."), _("Enter the day of surgery in the facts first.")
        )
    text = follow_up_ics(
        follow_up.visits,
        surgery,
        case_uid=case.uid,
        visit_text=follow_up.visit_text,
        title=_("Follow-up {label}", label=case.label).strip(),
        provisional=follow_up.key in _PROVISIONAL,
    )
    write_whole(path, text.encode())


def follow_up_ics(
    visits: Sequence[Visit],
    time_zero: date,
    *,
    case_uid: str,
    visit_text: str = "",
    title: str = _("Follow-up"),
    provisional: bool = False,
    made: datetime | None = None,
) -> str:
    """Return the schedule as iCalendar text (RFC 5545), one all-day entry a visit.

    The same visit of the same case keeps its UID, so that importing a newer file moves the
    entry instead of doubling it. The text names no patient unless ``title`` does; control
    characters are left out.

    Parameters
    ----------
    time_zero
        The date of surgery.
    made
        When the file was made, with its time zone; without it now.

    """
    from icalendar import Calendar, Event  # here: only who exports needs it

    calendar = Calendar()
    for name, value in (("version", "2.0"), ("prodid", _PRODUCT), ("calscale", "GREGORIAN")):
        calendar.add(name, value)
    for visit, day in zip(visits, visit_dates(visits, time_zero), strict=True):
        chest = _("Chest: {imaging}", imaging=visit.chest) if visit.chest else ""
        about = "\n".join(text for text in (visit_text, chest) if text)
        event = Event()
        event.add("uid", f"{case_uid}-{visit.month}@tumorboard")
        event.add("dtstamp", (made or datetime.now(UTC)).astimezone(UTC))
        event.add("dtstart", day)
        event.add("dtend", day + timedelta(days=1))
        event.add(
            "summary",
            _printable(
                _(
                    "{title}: visit {number}, month {month}",
                    title=title,
                    number=visit.number,
                    month=visit.month,
                )
            ),
        )
        event.add("description", _printable(about))
        event.add("status", "TENTATIVE" if provisional else "CONFIRMED")
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    return str(calendar.to_ical().decode())


def _printable(text: str) -> str:
    """Return a text without control characters; ends of lines stay, in one form."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in unified if c == "\n" or c.isprintable())
