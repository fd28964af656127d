import pytest

from tumorboard.guidelines import load_guideline
from tumorboard.guidelines.schedule import offsets, variants, visits

SCHEDULES = load_guideline().schedules
LATE = [72, 84, 96, 108, 120]


@pytest.mark.parametrize(
    ("interval", "years", "wanted"),
    [
        (3, 3, [*range(3, 37, 3), 42, 48, 54, 60, *LATE]),
        (3, 2, [*range(3, 25, 3), 30, 36, 42, 48, 60, *LATE]),
        (6, 3, [6, 12, 18, 24, 30, 36, 42, 48, 54, 60, *LATE]),
        (6, 2, [6, 12, 18, 24, 30, 36, 42, 48, 60, *LATE]),
        (4, 3, [*range(4, 37, 4), 42, 48, 54, 60, *LATE]),
        (5, 2, [5, 10, 15, 20, 24, 30, 36, 42, 48, 60, *LATE]),
    ],
)
def test_after_complete_resection(interval, years, wanted):
    assert list(offsets(SCHEDULES["003"], interval, years)) == wanted


@pytest.mark.parametrize("years", [2, 3])
@pytest.mark.parametrize("interval", [3, 4, 5, 6])
def test_every_permitted_choice_ends_at_ten_years_without_a_long_gap(interval, years):
    months = offsets(SCHEDULES["003"], interval, years)
    assert months[-1] == 120
    assert 12 * years in months
    assert all(0 < b - a <= 12 for a, b in zip((0, *months), months, strict=False))


def test_counts_of_the_sources():
    assert {k: len(v) for k, v in variants(SCHEDULES).items()} == {
        "Most intensive": 21,
        "Least intensive": 14,
        "Any site, closest": 21,
        "Any site, widest": 18,
        "At least yearly CT": 10,
    }
    assert offsets(SCHEDULES["004"]) == tuple(range(12, 121, 12))


def test_the_chest_study_can_start_with_a_radiograph():
    phase = {"interval_months": 3, "years": 3}
    planned = visits("003_WDLPS", SCHEDULES, phase, "radiograph")
    assert [v.chest for v in planned[:3]] == ["radiograph", "CT", "radiograph"]
    assert [v.number for v in planned] == list(range(1, 22))


def test_no_schedule_no_visits():
    assert visits("none", SCHEDULES, {}, "CT") == ()
