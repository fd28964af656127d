"""Where a value came from, in words."""

from __future__ import annotations

from datetime import UTC, datetime

from tumorboard.case.facts import Provenance
from tumorboard.language import _, day_words, moment_words

_ORIGINS = {
    "entered": _("stated"),
    "annotation": _("from the images"),
    "derived": _("computed"),
    "tried": _("tried"),
}


def local_time(utc: str) -> str:
    """Return an ISO UTC time as local "12 Nov 2026 14:05", or as it is when unreadable."""
    try:
        moment = datetime.fromisoformat(utc.replace("Z", "+00:00"))
    except ValueError:
        return utc
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment_words(moment.astimezone())


def provenance_text(provenance: Provenance) -> str:
    """Return "stated · Dr Example · 12 Nov 2026 14:05"."""
    parts = [_ORIGINS.get(provenance.origin, provenance.origin)]
    if provenance.author:
        parts.append(provenance.author)
    if provenance.time_utc:
        parts.append(local_time(provenance.time_utc))
    return " · ".join(parts)


def dicom_date(value: str) -> str:
    """Return a DICOM date such as 20261112 as "12 Nov 2026"; other text unchanged.

    Before DICOM 3.0 dates were written as 1994.11.05 (PS3.5 section 6.2), and still are found.
    """
    try:
        day = datetime.strptime(value.replace(".", ""), "%Y%m%d")
    except ValueError:
        return value
    return day_words(day)
