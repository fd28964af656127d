"""Dates of follow-up and their iCalendar text, read back by a reader of its own."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.guidelines.cases import vignette
from tumorboard.errors import UserError
from tumorboard.guidelines.dates import (
    add_months,
    follow_up_ics,
    months_between,
    next_visit,
    visit_dates,
    weeks_between,
)
from tumorboard.guidelines.schedule import Visit

MADE = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)
DAYS = st.dates(date(1950, 1, 1), date(2100, 12, 31))
AWKWARD = st.text(st.sampled_from("a\\;,\n\r ß漢😀\"':\t\x00"), max_size=120)


def read(text):
    """A small reader of iCalendar text: unfold, split, unescape."""
    assert text.endswith("\r\n")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert "\n" not in text.replace("\r\n", "")
    lines = text.replace("\r\n ", "").split("\r\n")[:-1]
    assert (lines[0], lines[-1]) == ("BEGIN:VCALENDAR", "END:VCALENDAR")
    events = []
    for line in lines[1:-1]:
        name, _, value = line.partition(":")
        if line == "BEGIN:VEVENT":
            events.append({})
        elif events and line != "END:VEVENT":
            assert name.partition(";")[0] not in events[-1]
            events[-1][name.partition(";")[0]] = unescaped(value)
    return events


def unescaped(value):
    result, rest = "", iter(value)
    for sign in rest:
        if sign != "\\":
            assert sign not in ";,"
            result += sign
            continue
        escaped = next(rest)
        assert escaped in "\\;,nN"
        result += "\n" if escaped in "nN" else escaped
    return result


def test_the_schedule_of_a_resected_case():
    follow_up = vignette("V-03").follow_up
    text = follow_up_ics(
        follow_up.visits, date(2026, 1, 31), case_uid="1.2.3", made=MADE, visit_text="CT; chest"
    )
    events = read(text)
    assert len(events) == len(follow_up.visits) > 5
    assert events[0]["DTSTART"] == "20260430"
    assert events[0]["DTEND"] == "20260501"
    assert events[0]["DTSTAMP"] == "20260105T093000Z"
    assert events[0]["DESCRIPTION"].startswith("CT; chest")
    assert len({e["UID"] for e in events}) == len(events)


@given(AWKWARD, AWKWARD)
def test_any_text_comes_back_whole(title, about):
    (event,) = read(
        follow_up_ics(
            [Visit(1, 3, "")],
            date(2026, 1, 1),
            case_uid="1",
            title=title,
            visit_text=about,
            made=MADE,
        )
    )
    kept = "".join(
        c for c in about.replace("\r\n", "\n").replace("\r", "\n") if c == "\n" or c.isprintable()
    )
    assert event["DESCRIPTION"] == kept
    assert event["SUMMARY"].endswith(": visit 1, month 3")


def test_a_provisional_schedule_is_tentative():
    visits = [Visit(1, 6, "CT")]
    (event,) = read(
        follow_up_ics(visits, date(2026, 1, 1), case_uid="1", provisional=True, made=MADE)
    )
    assert event["STATUS"] == "TENTATIVE"
    assert event["DESCRIPTION"] == "Chest: CT"


def test_no_visits_give_an_empty_calendar():
    assert read(follow_up_ics([], date(2026, 1, 1), case_uid="1", made=MADE)) == []


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
