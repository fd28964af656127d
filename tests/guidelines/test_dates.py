"""Dates of follow-up."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.guidelines.cases import vignette
from tumorboard.errors import UserError
from tumorboard.guidelines.dates import (
    add_months,
    months_between,
    next_visit,
    visit_dates,
    weeks_between,
)

DAYS = st.dates(date(1950, 1, 1), date(2100, 12, 31))


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2027, 12, 31), 2, date(2028, 2, 29)),
        (date(2026, 10, 15), 3, date(2027, 1, 15)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 1, 1), 120, date(2036, 1, 1)),
    ],
)
def test_months_later(start, months, end):
    assert add_months(start, months) == end


def test_outside_the_calendar():
    with pytest.raises(UserError, match="outside the calendar"):
        add_months(date(9999, 6, 1), 12)


@pytest.mark.parametrize(
    ("start", "end", "weeks", "months"),
    [
        (date(2026, 1, 1), date(2026, 1, 1), 0, 0),
        (date(2026, 1, 1), date(2026, 1, 29), 4, 0.9),
        (date(2026, 1, 1), date(2026, 2, 12), 6, 1.4),
        (date(2026, 1, 31), date(2026, 2, 28), 4, 1),
        (date(2025, 3, 15), date(2026, 3, 15), 52.1, 12),
    ],
)
def test_weeks_and_months_from_dates(start, end, weeks, months):
    assert (weeks_between(start, end), months_between(start, end)) == (weeks, months)


@given(DAYS, st.integers(0, 400))
def test_months_there_and_back(start, months):
    assert months_between(start, add_months(start, months)) == months


@given(DAYS, st.integers(0, 5000), st.integers(0, 60))
def test_a_later_day_is_never_fewer_months(start, days, more):
    earlier, later = start + timedelta(days), start + timedelta(days + more)
    assert months_between(start, earlier) <= months_between(start, later)


@given(DAYS, DAYS)
def test_the_wrong_way_round(one, other):
    if one == other:
        return
    with pytest.raises(UserError, match="lies before"):
        weeks_between(max(one, other), min(one, other))


def test_the_next_visit():
    visits = vignette("V-03").follow_up.visits
    zero = date(2026, 1, 1)
    days = visit_dates(visits, zero)
    assert list(days) == sorted(days)
    assert next_visit(visits, zero, zero) == visits[0]
    assert next_visit(visits, zero, days[0]) == visits[0]
    assert next_visit(visits, zero, days[0] + timedelta(1)) == visits[1]
    assert next_visit(visits, zero, days[-1] + timedelta(1)) is None
