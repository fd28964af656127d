from dataclasses import replace
from datetime import date, timedelta

import pytest

from tumorboard.case.annotation_facts import derive
from tumorboard.case.dates import (
    add_months,
    age_at,
    months_between,
    read_date,
    weeks_between,
)
from tumorboard.case.model import Case, Patient, Remark
from tumorboard.errors import UserError

TODAY = date(2026, 11, 22)


def case(**dates: str) -> Case:
    remarks = [Remark(f"date:{k}", v, "", "Dr A", "2026-11-01T10:00:00Z") for k, v in dates.items()]
    return replace(Case("1", "RP-1", Patient("p")), remarks=tuple(remarks))


def test_dates_entered_once_give_weeks_and_months():
    facts = derive(case(surgery="2026-02-22", preop_rt_end="2025-12-28"), TODAY)
    assert facts["months_since_surgery"].value == 9.0
    assert facts["weeks_since_preop_rt_end"].value == 47.0
    provenance = facts["months_since_surgery"].provenance
    assert (provenance.origin, provenance.author) == ("derived", "Dr A")
    assert provenance.note == "2026-02-22 to 2026-11-22"


def test_the_day_of_the_board_counts_before_today():
    facts = derive(case(preop_rt_end="2026-10-01", board="2026-11-05"), TODAY)
    assert facts["weeks_since_preop_rt_end"].value == 5.0


def test_a_day_in_the_future_gives_nothing():
    assert derive(case(surgery="2026-12-01"), TODAY) == {}


def test_dates_are_read_as_people_write_them():
    assert read_date(" 2026-03-01 ") == read_date("1.3.2026") == date(2026, 3, 1)
    for wrong in ("", "yesterday", "31.2.2026", "2026-13-01"):
        with pytest.raises(UserError, match="not a date"):
            read_date(wrong)
    for two_digits in ("1.3.26", "0026-03-01"):
        with pytest.raises(UserError, match="in the year 26"):
            read_date(two_digits)


def test_a_year_of_two_digits_from_an_older_version_gives_no_months():
    assert "months_since_surgery" not in derive(case(surgery="0026-03-01"), TODAY)


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        ("2026-01-15", "2026-01-15", 0.0),
        ("2026-01-31", "2026-02-28", 1.0),  # the last day of a month that is too short
        ("2026-01-15", "2026-02-14", 1.0),  # 30 of 31 days
        ("2026-01-15", "2026-01-30", 0.5),  # 15 of 31
        ("2026-02-15", "2026-03-01", 0.5),  # 14 of 28
        ("2025-12-15", "2026-01-15", 1.0),
        ("2024-02-29", "2025-02-28", 12.0),
        ("2024-03-01", "2026-03-01", 24.0),
        ("2026-03-20", "2026-05-10", 1.7),  # a month, and 20 of 30 days
        ("2026-01-20", "2026-02-07", 0.6),  # 18 of the 31 days of January, not 28 of February
        ("2025-12-20", "2026-02-07", 1.6),
        ("2026-02-20", "2026-03-05", 0.5),  # 13 of 28: 0.46
        ("2024-02-20", "2024-03-05", 0.5),  # 14 of 29
    ],
)
def test_months_are_those_of_the_calendar_and_a_share_of_the_last(start, end, months):
    found = months_between(date.fromisoformat(start), date.fromisoformat(end))
    assert found == pytest.approx(months, abs=1e-9)


@pytest.mark.parametrize(("days", "weeks"), [(0, 0.0), (7, 1.0), (10, 1.4), (365, 52.1)])
def test_weeks_have_seven_days(days, weeks):
    assert weeks_between(date(2026, 1, 1), date(2026, 1, 1) + timedelta(days)) == weeks


def test_an_end_before_its_start_and_a_year_that_is_none_are_refused():
    for between in (weeks_between, months_between):
        with pytest.raises(UserError, match="2026-01-01 lies before 2026-01-02"):
            between(date(2026, 1, 2), date(2026, 1, 1))
    assert add_months(date(2026, 8, 31), 6) == date(2027, 2, 28)
    assert add_months(date(2026, 3, 31), -1) == date(2026, 2, 28)
    assert add_months(date(9999, 11, 30), 1) == date(9999, 12, 30)
    assert add_months(date(1, 2, 5), -1) == date(1, 1, 5)
    for start, months in ((date(9999, 12, 1), 1), (date(1, 1, 1), -1)):
        with pytest.raises(UserError, match="outside the calendar"):
            add_months(start, months)


def test_a_day_that_is_that_of_the_board_counts_nothing():
    facts = derive(case(surgery="2026-11-05", board="2026-11-05"), TODAY)
    assert facts["months_since_surgery"].value == 0.0
    assert facts["months_since_surgery"].provenance.time_utc == "2026-11-01T10:00:00Z"
    imaging = derive(case(last_imaging="2026-08-22"), TODAY)
    assert imaging["months_since_last_imaging"].value == 3.0


@pytest.mark.parametrize(
    ("born", "day", "years"),
    [
        ("19610417", "20260416", 64),
        ("19610417", "20260417", 65),
        ("20260101", "20260102", 0),
        ("18000101", "20260102", None),
        ("99991231", "20260102", None),
        ("18960102", "20260102", 130),
        ("18950102", "20260102", None),
        ("", "20260102", None),
        ("19610417", "2026", None),
    ],
)
def test_the_age_is_that_of_a_person_or_not_known(born, day, years):
    assert age_at(born, day) == years
