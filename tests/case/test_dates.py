from dataclasses import replace
from datetime import date

import pytest

from tumorboard.case.dates import read_date
from tumorboard.case.derive import derive
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
