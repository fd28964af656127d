"""Dates of follow-up visits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from tumorboard.case.dates import add_months, months_between, weeks_between
from tumorboard.guidelines.schedule import Visit

__all__ = [
    "add_months",
    "months_between",
    "next_visit",
    "visit_dates",
    "weeks_between",
]


def visit_dates(visits: Iterable[Visit], time_zero: date) -> tuple[date, ...]:
    """Return the date of each visit, from the date of surgery."""
    return tuple(add_months(time_zero, visit.month) for visit in visits)


def next_visit(visits: Sequence[Visit], time_zero: date, today: date) -> Visit | None:
    """Return the first visit that is not in the past; None after the last."""
    dated = zip(visits, visit_dates(visits, time_zero), strict=True)
    return next((visit for visit, day in dated if day >= today), None)
