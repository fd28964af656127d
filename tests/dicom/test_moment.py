"""Dates and times in the forms of files, old ones included (PS3.5 section 6.2).

After https://github.com/CBICA/CaPTk/issues/761.
"""

from datetime import datetime, timedelta

import pytest
from pydicom.dataset import Dataset

from tumorboard.dicom.moment import Moment, date_of, moment, offset_of


@pytest.mark.parametrize(
    ("stated", "read"),
    [
        ("20240201", "20240201"),
        ("2024.02.01", "20240201"),
        ("2024-02-01", "20240201"),
        ("2024/02/01", "20240201"),
        ("01.02.2024", "20240201"),
        ("31.12.1999", "19991231"),
        ("1999.12.31", "19991231"),
        ("19991331", ""),  # no date: it would order as one
        ("1999.12-31", ""),
        ("03/04/2027", ""),
        ("2027", ""),
        ("", ""),
    ],
)
def test_dates_order_as_text(stated: str, read: str) -> None:
    ds = Dataset()
    ds.add_new("StudyDate", "LO", stated)
    assert date_of(ds, "StudyDate") == read


def test_times_keep_their_fractions() -> None:
    assert moment("20240105", "101500.000005") == datetime(2024, 1, 5, 10, 15, 0, 5)
    assert moment("2024.01.05", "10:15:00") == datetime(2024, 1, 5, 10, 15)
    assert moment("20240105", "1015") == datetime(2024, 1, 5, 10, 15)
    assert moment("20240105", "101560") == datetime(2024, 1, 5, 10, 15, 59)
    for date, time in [("20240105", "10"), ("20240105", ""), ("", "1015"), ("20240105", "256000")]:
        assert moment(date, time) is None


def test_a_moment_may_name_its_zone() -> None:
    clock = datetime(2024, 1, 5, 8, 20)
    assert Moment.parse("202401050820") == Moment(clock)
    assert Moment.parse("20240105082000.000000+0530") == Moment(clock, timedelta(hours=5.5))
    assert Moment.parse("20240105082000-0330") == Moment(clock, timedelta(hours=-3.5))
    for wrong in ("2024010508", "20240105082000+1500", "20240105082000+0060", "20240105082000Z"):
        assert Moment.parse(wrong) is None
    assert offset_of("+0100") == timedelta(hours=1)
    assert offset_of("1") is None
