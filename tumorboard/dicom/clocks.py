"""When a picture was taken, in seconds."""

from __future__ import annotations

from typing import Final

from tumorboard.dicom.instance import Instance

#: When a picture was taken, the surest first.
CLOCKS: Final = ("AcquisitionDateTime", "FrameAcquisitionDateTime", "AcquisitionTime")


def seconds(i: Instance, *names: str) -> float | None:
    """Return when a picture was taken, in seconds from some day, from the first time there is."""
    marks = dict(i.marks)
    for name in names:
        text = marks.get(name, "")
        if name.endswith("DateTime") and len(text) >= 14:
            day, clock = text[:8], text[8:]
        else:
            day, clock = marks.get("AcquisitionDate", ""), text
        clock = clock.split("+")[0].split("-")[0].replace(":", "")
        try:
            whole = int(clock[0:2]) * 3600 + int(clock[2:4] or 0) * 60 + float(clock[4:] or 0)
        except ValueError:
            continue
        date = int(day) if day.isdigit() and len(day) == 8 else 0
        return _days(date) * 86400.0 + whole
    return None


def _days(date: int) -> int:
    year, month, day = date // 10000, date // 100 % 100, date % 100
    return year * 372 + month * 31 + day
