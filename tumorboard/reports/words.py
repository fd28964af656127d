"""Words on paper: plain text, dates, origins."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Final, TypeVar

from tumorboard.case.facts import Provenance
from tumorboard.language import N_, _, day_words, moment_words
from tumorboard.text import changed, line

T = TypeVar("T")

INTENDED_USE: Final = _("Supports the board, decides nothing. Not a medical device.")

_ORIGINS: Final = {
    "entered": N_("stated"),
    "annotation": N_("from the images"),
    "derived": N_("computed"),
}


def plain_all(value: T) -> T:
    """Return a frozen dataclass, tuple or text with every text in it on one plain line.

    Names and notes come from files: what is left can neither turn the line round nor
    break the page (`tumorboard.text.line`).
    """
    return changed(value, line)


def _moment(utc: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(utc.replace("Z", "+00:00"))
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def local_time(utc: str) -> str:
    """Return an ISO UTC time as local "12 Nov 2026 14:05"; other text as it is."""
    moment = _moment(utc)
    if moment is None:
        return utc
    return moment_words(moment.astimezone())


def local_day(utc: str) -> date | None:
    """Return the day of an ISO UTC time where the program runs; None when it is none.

    A board's morning may still be the day before in UTC, and its evening the day after.
    """
    moment = _moment(utc)
    return None if moment is None else moment.astimezone().date()


def local_time_with_zone(utc: str) -> str:
    """Return `local_time` with the distance to UTC, such as "12 Nov 2026 14:05 (UTC+01:00)"."""
    moment = _moment(utc)
    if moment is None:
        return utc
    offset = f"{moment.astimezone():%z}"
    zone = f"UTC{offset[:3]}:{offset[3:5]}" if offset.strip("+-0") else "UTC"
    return f"{local_time(utc)} ({zone})"


def dicom_date(value: str) -> str:
    """Return a DICOM date such as 20261112 as "12 Nov 2026"; other text unchanged."""
    try:
        day = datetime.strptime(value, "%Y%m%d")
    except ValueError:
        return value
    return day_words(day)


def iso_date(text: str) -> str:
    """Return an ISO date such as 2026-11-12 as "12 Nov 2026"; other text unchanged."""
    try:
        return dicom_date(date.fromisoformat(text).strftime("%Y%m%d"))
    except ValueError:
        return text


def origin_text(provenance: Provenance) -> str:
    """Return "stated · Dr Example · 12 Nov 2026 14:05 · note"."""
    parts = (
        _(_ORIGINS.get(provenance.origin, provenance.origin)),
        provenance.author,
        local_time(provenance.time_utc),
        provenance.note,
    )
    return " · ".join(part for part in parts if part)


def person_name(name: str) -> str:
    """Return a DICOM person name "DOE^JANE" as "DOE, JANE"."""
    parts = [part.strip() for part in name.split("=", maxsplit=1)[0].split("^")]
    return ", ".join(part for part in parts if part)
