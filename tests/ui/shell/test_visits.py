"""Visits against the days of images: kept, missed, overdue, next."""

from datetime import date

from tumorboard.ui.assessment.details import mark_visits

MONTHS = (3, 6, 9, 12)
SURGERY = date(2026, 1, 31)


def states(today: date, *images: date, tolerance: int = 1) -> list[str]:
    return [state for _, state, _ in mark_visits(MONTHS, SURGERY, images, today, tolerance)]


def test_without_images_what_is_past_its_tolerance_is_overdue():
    assert states(date(2026, 5, 30)) == ["", "next", "", ""]
    assert states(date(2026, 5, 31)) == ["overdue", "next", "", ""]
    assert states(date(2026, 5, 31), tolerance=2) == ["", "next", "", ""]


def test_a_visit_left_out_before_a_kept_one_is_missed():
    assert states(date(2026, 8, 20), date(2026, 8, 2)) == ["missed", "done", "next", ""]


def test_images_before_surgery_or_soon_after_count_for_no_visit():
    found = states(date(2026, 6, 30), date(2026, 1, 15), date(2026, 2, 14))
    assert found == ["overdue", "next", "", ""]


def test_the_day_is_the_last_of_a_short_month():
    days = [day for day, _, _ in mark_visits(MONTHS, SURGERY, (), date(2026, 2, 1), 1)]
    assert days == ["2026-04-30", "2026-07-31", "2026-10-31", "2027-01-31"]
