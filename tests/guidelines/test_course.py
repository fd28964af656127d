"""Response over time points, against sums worked out by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tumorboard.guidelines.course import LesionAt, overall, responses

DATES = ("2026-01-01", "2026-03-01", "2026-05-01", "2026-07-01")


def course(*sizes, **more):
    return responses(
        LesionAt(d, "1", "target", s, **more) for d, s in zip(DATES, sizes, strict=False)
    )


def test_baseline_then_partial_response_then_progression_from_the_nadir():
    first, second, third, fourth = course(100.0, 60.0, 65.0, 72.0)
    assert (first.sum_mm, first.overall) == (100, "")
    assert (second.overall, second.from_baseline_percent) == ("PR", -40)
    assert third.overall == "PR"  # 8 % above the nadir
    assert (fourth.nadir_mm, fourth.rise_mm, fourth.overall) == (60, 12, "PD")
    assert fourth.from_nadir_percent == pytest.approx(20)


def test_twenty_percent_below_five_millimetres_is_no_progression():
    assert [p.overall for p in course(12.0, 16.0)] == ["", "SD"]  # a third more, but 4 mm
    assert [p.overall for p in course(20.0, 25.0)] == ["", "PD"]  # 5 mm and 25 %


def test_a_node_counts_by_its_short_axis_and_is_gone_below_ten():
    def node(date, long, short):
        return LesionAt(date, "n", "target", long, short, is_node=True)

    found = responses([node(DATES[0], 40.0, 20.0), node(DATES[1], 38.0, 9.9)])
    assert (found[0].sum_mm, found[1].sum_mm, found[1].overall) == (20, 9.9, "CR")
    found = responses([node(DATES[0], 40.0, 20.0), node(DATES[1], 38.0, 10.0)])
    assert found[1].overall == "PR"


def test_a_new_lesion_is_progression_whatever_the_sum_says():
    rows = [
        LesionAt(DATES[0], "1", "target", 50.0),
        LesionAt(DATES[1], "1", "target", 20.0),
        LesionAt(DATES[1], "2", "new", 8.0),
    ]
    second = responses(rows)[1]
    assert (second.targets, second.new_lesions, second.overall) == ("PR", ("2",), "PD")


def test_a_target_that_was_not_measured_is_named_and_leaves_the_sum_open():
    rows = [LesionAt(DATES[0], n, "target", 30.0) for n in "12"]
    rows.append(LesionAt(DATES[1], "1", "target", 30.0))
    second = responses(rows)[1]
    assert (second.sum_mm, second.missing, second.overall) == (None, ("2",), "NE")


@pytest.mark.parametrize(
    ("targets", "rest", "answer"),
    [
        ("CR", "CR", "CR"),
        ("CR", "", "CR"),
        ("CR", "non-CR/non-PD", "PR"),
        ("CR", "NE", "PR"),
        ("PR", "NE", "PR"),
        ("SD", "non-CR/non-PD", "SD"),
        ("NE", "non-CR/non-PD", "NE"),
        ("NE", "PD", "PD"),
        ("PD", "CR", "PD"),
        ("", "non-CR/non-PD", "non-CR/non-PD"),
    ],
)
def test_overall_response_as_in_the_published_tables(targets, rest, answer):
    assert overall(targets, rest) == answer
    assert overall(targets, rest, new_lesion=True) == "PD"


def test_non_targets_by_what_is_said_or_measured():
    def rows(state="", longest=None):
        return [
            LesionAt(DATES[0], "1", "target", 50.0),
            LesionAt(DATES[0], "2", "non-target", state="present"),
            LesionAt(DATES[1], "1", "target", 0.0),
            LesionAt(DATES[1], "2", "non-target", longest, state=state),
        ]

    assert responses(rows("absent"))[1].overall == "CR"
    assert responses(rows("present"))[1].overall == "PR"
    assert responses(rows(longest=4.0))[1].non_targets == "non-CR/non-PD"
    assert responses(rows(longest=0.0))[1].overall == "CR"
    assert responses(rows())[1].non_targets == "NE"
    assert responses(rows("progressed"))[1].overall == "PD"


@given(st.lists(st.integers(0, 200), min_size=1, max_size=4), st.randoms())
def test_the_order_of_the_rows_does_not_matter(sizes, random):
    rows = [LesionAt(d, "1", "target", float(s)) for d, s in zip(DATES, sizes, strict=False)]
    mixed = list(rows)
    random.shuffle(mixed)
    assert responses(mixed) == responses(rows)


def test_nothing_measured_gives_nothing():
    assert responses(()) == ()
