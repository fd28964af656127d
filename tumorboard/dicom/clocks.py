"""When a picture was taken, in seconds."""

from __future__ import annotations

from datetime import date
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
        return (_days(day) or 0) * 86400.0 + whole
    return None


def is_dated(i: Instance) -> bool:
    """Whether a picture says on which day it was taken, so that its seconds count from one."""
    marks = dict(i.marks)
    days = (marks.get("AcquisitionDateTime", ""), marks.get("FrameAcquisitionDateTime", ""))
    stamps = [d[:8] for d in days if len(d) >= len("YYYYMMDDHHMMSS")]
    return _days((*stamps, marks.get("AcquisitionDate", ""))[0]) is not None


def _days(text: str) -> int | None:
    try:
        return date.fromisoformat(text).toordinal() if text.isdigit() else None
    except ValueError:
        return None
