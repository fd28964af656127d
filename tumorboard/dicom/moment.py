"""Dates and times of a header, the old forms of DICOM's forerunner included.

PS3.5 section 6.2 (DA, TM, DT): a date is YYYYMMDD, of old YYYY.MM.DD; a time is HHMMSS with
a fraction, of old HH:MM:SS.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from pydicom.dataset import Dataset

from tumorboard.dicom import attributes as at

_DATE: Final = re.compile(r"(\d{4})([.\-/]?)(\d{2})\2(\d{2})")
_DAY_FIRST: Final = re.compile(r"(\d{2})[.](\d{2})[.](\d{4})")
_TIME: Final = re.compile(r"(\d{2}):?(\d{2}):?(\d{2})?(?:\.(\d{1,6})\d*)?")
_STAMP: Final = re.compile(r"(\d{8})(\d{4}(?:\d{2}(?:\.\d*)?)?)([+-]\d{4})?")
_OFFSET: Final = re.compile(r"([+-])(\d{2})(\d{2})")

#: Offsets from UTC that there are (PS3.5 section 6.2, DT).
_FARTHEST: Final = (timedelta(hours=-12), timedelta(hours=14))


def date_of(dataset: Dataset, keyword: str) -> str:
    """Return a date as YYYYMMDD, so that dates order as text; empty where it is none."""
    stated = at.text(dataset, keyword)
    found = _DATE.fullmatch(stated)
    parts = (found[1], found[3], found[4]) if found else ()
    if not found and (day_first := _DAY_FIRST.fullmatch(stated)):
        parts = (day_first[3], day_first[2], day_first[1])
    text = "".join(parts)
    return text if _is_date(text) else ""


def _is_date(text: str) -> bool:
    try:
        datetime.strptime(text, "%Y%m%d")
    except ValueError:
        return False
    return True


def moment(date: str, time: str) -> datetime | None:
    """Return a DICOM date and time on its own clock; None when they are not valid.

    A time needs its minutes: one of hours alone is off by up to an hour.
    """
    found, day = _TIME.fullmatch(time), _DATE.fullmatch(date)
    if found is None or day is None:
        return None
    hours, minutes, seconds, fraction = found.groups()
    try:
        return datetime(
            int(day[1]),
            int(day[3]),
            int(day[4]),
            int(hours),
            int(minutes),
            59 if seconds == "60" else int(seconds or 0),  # 60 is a leap second
            int((fraction or "0").ljust(6, "0")),
        )
    except ValueError:
        return None


@dataclass(frozen=True)
class Moment:
    """A date and time on its ``clock``, and how far that is ahead of UTC, None: not said."""

    clock: datetime
    offset: timedelta | None = None

    @classmethod
    def parse(cls, text: str) -> Moment | None:
        """Return what a DT says, to the minute at least; None when it is not valid."""
        found = _STAMP.fullmatch(text)
        clock = moment(found[1], found[2]) if found else None
        if found is None or clock is None:
            return None
        offset = offset_of(found[3] or "")
        return None if found[3] and offset is None else cls(clock, offset)


def offset_of(text: str) -> timedelta | None:
    """Return an offset from UTC as "+0100"; None when it is not valid."""
    found = _OFFSET.fullmatch(text)
    if found is None or int(found[3]) > 59:
        return None
    size = timedelta(hours=int(found[2]), minutes=int(found[3]))
    offset = -size if found[1] == "-" else size
    return offset if _FARTHEST[0] <= offset <= _FARTHEST[1] else None


def zone_of(dataset: Dataset) -> timedelta | None:
    """Return Timezone Offset From UTC (0008,0201); None where the file states none."""
    return offset_of(at.text(dataset, "TimezoneOffsetFromUTC"))
