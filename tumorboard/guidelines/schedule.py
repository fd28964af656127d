"""Dates of follow-up in months after time zero, from the schedules in the data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tumorboard.language import _

MONTHS_PER_YEAR = 12
WITH_ALTERNATING_CHEST = "003_WDLPS"


@dataclass(frozen=True)
class Visit:
    """One visit: its number from 1, months after time zero, and the chest study."""

    number: int
    month: int
    chest: str


def offsets(
    schedule: Mapping[str, Any], interval: int | None = None, years: int | None = None
) -> tuple[int, ...]:
    """Return the months of all visits of a schedule.

    Parameters
    ----------
    schedule
        Phases with ``interval`` and ``years``, and ``end`` in months.
    interval, years
        Months between visits and length of the first phase; without them as printed.
        When the length is no multiple of the interval its end is added.

    """
    first = schedule.get("first_phase", {})
    interval = interval or first.get("interval")
    years = years or first.get("years", 0)
    months: list[int] = []
    start = 0
    if interval is not None and years:
        start = MONTHS_PER_YEAR * years
        months += [*range(interval, start, interval), start]
    second = schedule.get("second_phase")
    if second is not None:
        stop = start + MONTHS_PER_YEAR * second["years"]
        months += range(start + second["interval"], stop + 1, second["interval"])
        start = stop
    third = schedule.get("third_phase")
    if third is not None:
        months += range(start + third["interval"], schedule["end"] + 1, third["interval"])
    return tuple(months)


def visits(
    key: str, schedules: Mapping[str, Any], phase_one: Mapping[str, int], first_chest: str
) -> tuple[Visit, ...]:
    """Return the visits of a follow-up key; none for the key "none".

    ``phase_one`` is the institution's choice (S-08) for the retroperitoneum, ``first_chest``
    (S-11) the chest study that alternation begins with.
    """
    if key == "none":
        return ()
    if key == "001":
        months = offsets(schedules["001"])
    else:
        months = offsets(schedules["003"], phase_one["interval_months"], phase_one["years"])
    return tuple(
        Visit(number, month, _chest(key, number, first_chest))
        for number, month in enumerate(months, start=1)
    )


def _chest(key: str, number: int, first_chest: str) -> str:
    if key == "001":
        return ""
    if key != WITH_ALTERNATING_CHEST:
        return "CT"
    other = "radiograph" if first_chest == "CT" else "CT"
    return first_chest if number % 2 else other


def variants(schedules: Mapping[str, Any]) -> dict[str, tuple[int, ...]]:
    """Return the schedules of the sources side by side, by a short name."""
    governing, generic = schedules["003"], schedules["001"]
    longest = generic["first_phase"]["longest_interval"]
    return {
        _("Most intensive"): offsets(governing, 3, 3),
        _("Least intensive"): offsets(governing, 6, 2),
        _("Any site, closest"): offsets(generic),
        _("Any site, widest"): offsets(generic, longest),
        _("At least yearly CT"): offsets(schedules["004"]),
    }
