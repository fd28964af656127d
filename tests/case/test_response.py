"""Response over time points, against sums worked out by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tumorboard.case.response import (
    RESPONSE_PERCENTS,
    Candidate,
    LesionAt,
    choose_targets,
    node_class,
    overall,
    recist_response,
    responses,
    target_doubt,
    target_doubts,
)

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


@pytest.mark.parametrize(
    ("baseline", "nadir", "current", "wanted"),
    [
        (100, 100, 70.0, "PR"),
        (100, 100, 70.1, "SD"),
        (100, 60, 72.0, "PD"),
        (100, 60, 71.9, "SD"),
        (80, 60, 71.9, "SD"),
        (100, 20, 24, "PR"),
        (25, 20, 24, "SD"),
        (100, 20, 25, "PD"),
        (100, 100, 0, "CR"),
        (256, 256, 179.2, "PR"),
        (256, 256, 307.2, "PD"),
    ],
)
def test_the_sums_alone(baseline, nadir, current, wanted):
    assert recist_response(baseline, nadir, current) == wanted


@pytest.mark.parametrize(
    ("size", "wanted"),
    [(15, "target"), (14.9, "non-target"), (10, "non-target"), (9.9, "normal")],
)
def test_nodes_by_short_axis(size, wanted):
    assert node_class(size) == wanted
    assert (not target_doubt(Candidate("N", "node", size, is_node=True))) is (wanted == "target")


@pytest.mark.parametrize(
    ("size", "slices", "fits"),
    [(10, None, True), (9.9, None, False), (10, 5.0, True), (14, 7.0, True), (13, 7.0, False)],
)
def test_a_target_is_ten_millimetres_and_twice_a_thick_slice(size, slices, fits):
    assert (not target_doubt(Candidate("L", "liver", size, slice_mm=slices))) is fits


def test_targets_are_the_five_largest_with_two_an_organ():
    sizes = [("retroperitoneum", 79), ("subcutis", 50), ("subcutis", 43), ("muscle", 44)]
    sizes += [("peritoneum", 40), ("pancreas", 15), ("Subcutis", 42)]
    found = [Candidate(f"{organ} {mm}", organ, mm) for organ, mm in sizes]
    found += [Candidate("us", "liver", mm, method="ultrasound") for mm in (30, 25)]
    chosen = choose_targets(found)
    assert [t.size_mm for t in chosen] == [79, 50, 44, 43, 40]
    assert target_doubts(chosen) == ()
    nodes = [
        Candidate(f"N{mm}", place, mm, is_node=True)
        for place, mm in zip("abc", (20, 18, 16), strict=True)
    ]
    assert [t.size_mm for t in choose_targets(nodes)] == [20, 18], "nodes are one organ"
    said = " ".join(target_doubts([*found[:6], *nodes]))
    assert "9 targets; there are 5 at most" in said
    assert "3 targets in one organ (lymph nodes)" in said


def test_a_target_added_later_and_one_that_is_gone():
    rows = [
        LesionAt(DATES[0], "0", "non-target", state="present"),
        LesionAt(DATES[1], "a", "target", 50.0),
        LesionAt(DATES[1], "b", "target", 30.0),
        LesionAt(DATES[2], "a", "target", 40.0),
        LesionAt(DATES[2], "b", "target", 0.0, state="absent"),
        LesionAt(DATES[2], "c", "target", 90.0),
        LesionAt(DATES[3], "a", "target", 0.0, state="absent"),
        LesionAt(DATES[3], "b", "target", 0.0, state="absent"),
        LesionAt(DATES[3], "c", "target", 90.0),
    ]
    first, second, third = responses(rows)
    assert (first.date, first.sum_mm) == (DATES[1], 80), "the baseline is where targets have sizes"
    assert (second.sum_mm, second.from_baseline_percent, second.targets) == (40, -50, "PR")
    assert (second.added, third.added) == (("c",), ("c",))
    assert (third.sum_mm, third.targets) == (0, "CR")


#: RECIST 1.1, appendix III, and the questions answered by the EORTC (recist.eortc.org/faq): what
#: is there again after a complete response.
def test_what_returns_after_a_complete_response_is_progression():
    first, second, third, fourth = course(40.0, 0.0, 4.0, 3.0)
    assert (second.overall, second.returned) == ("CR", ())
    assert (third.overall, third.returned, third.progressed_on) == ("PD", ("1",), "")
    assert (fourth.overall, fourth.progressed_on) == ("PD", DATES[2])
    assert first.returned == ()


def test_a_non_target_that_returns_after_a_complete_response_is_progression():
    rows = [LesionAt(d, "1", "target", s) for d, s in zip(DATES, (40.0, 0.0, 0.0), strict=False)]
    states = ("present", "absent", "present")
    rows += [LesionAt(d, "2", "non-target", state=s) for d, s in zip(DATES, states, strict=False)]
    assert [p.overall for p in responses(rows)] == ["", "CR", "PD"]
    assert responses(rows)[2].returned == ("2",)


def test_a_lesion_that_returns_before_a_complete_response_counts_by_its_size():
    sizes = {"1": (40.0, 0.0, 4.0), "2": (40.0, 30.0, 30.0)}
    rows = [
        LesionAt(d, name, "target", s)
        for name, found in sizes.items()
        for d, s in zip(DATES, found, strict=False)
    ]
    assert [(p.overall, p.returned) for p in responses(rows)] == [("", ()), ("PR", ()), ("PR", ())]


def test_a_node_that_grows_after_a_complete_response_is_named():
    def node(date, short):
        return LesionAt(date, "n", "target", 30.0, short, is_node=True)

    found = responses([node(d, s) for d, s in zip(DATES, (20.0, 8.0, 12.0, 14.0), strict=True)])
    assert [p.overall for p in found] == ["", "CR", "PR", "PD"]  # 8 to 14: 6 mm and 75 %
    assert [p.returned for p in found[2:]] == [("n",), ("n",)]


def test_a_progression_stays_named_at_later_dates():
    rows = [LesionAt(d, "1", "target", 20.0) for d in DATES[:3]]
    rows.append(LesionAt(DATES[1], "2", "new", 12.0))
    third = responses(rows)[2]
    assert (third.overall, third.progressed_on) == ("SD", DATES[1])


def test_twenty_percent_and_five_millimetres_are_both_needed():
    """RECIST 1.1 section 4.3.1: at least 20 % and at least 5 mm above the nadir."""
    assert recist_response(100, 25, 30.0) == "PD"
    assert recist_response(100, 25, 29.9) == "PR"
    assert recist_response(100, 20, 24.9) == "PR"  # a quarter, and less than 5 mm
    assert recist_response(100, 50, 59.9) == "PR"  # 9.9 mm, and less than a fifth
    assert recist_response(10, 0, 5.0) == "PD"
    assert recist_response(10, 0, 4.9) == "PR"


@pytest.mark.parametrize(
    ("node", "size", "gone"),
    [(True, 9.9, True), (True, 10.0, False), (False, 0.0, True), (False, 0.1, False)],
)
def test_a_node_is_gone_below_ten_and_others_at_nothing(node, size, gone):
    axis = "short_mm" if node else "longest_mm"
    rows = [
        LesionAt(DATES[0], "1", "target", is_node=node, **{axis: 40.0}),
        LesionAt(DATES[1], "1", "target", is_node=node, **{axis: size}),
    ]
    assert responses(rows)[1].targets == ("CR" if gone else "PR")


def test_a_sum_of_nothing_beside_a_node_of_normal_size_is_no_complete_response_by_itself():
    rows = [
        LesionAt(DATES[0], "1", "target", 30.0),
        LesionAt(DATES[0], "2", "target", short_mm=20.0, is_node=True),
        LesionAt(DATES[1], "1", "target", 0.0),
        LesionAt(DATES[1], "2", "target", short_mm=12.0, is_node=True),
    ]
    second = responses(rows)[1]
    assert (second.sum_mm, second.targets) == (12.0, "PR")


def test_the_figures_of_a_date_are_against_baseline_and_nadir():
    _, second, third = course(50.0, 40.0, 44.0)
    assert (second.nadir_mm, third.nadir_mm) == (50.0, 40.0)
    assert (third.from_baseline_percent, third.from_nadir_percent) == (-12.0, 10.0)
    assert (second.rise_mm, third.rise_mm) == (-10.0, 4.0)
    first, after = course(0.0, 5.0)
    assert (first.from_baseline_percent, first.rise_mm) == (None, None)
    assert (after.from_baseline_percent, after.from_nadir_percent, after.rise_mm) == (None, None, 5)


def test_an_unknown_sum_leaves_the_nadir_as_it_was():
    rows = [
        LesionAt(d, "1", "target", s) for d, s in zip(DATES, (50.0, 40.0, None, 47.9), strict=True)
    ]
    found = responses(rows)
    assert (found[2].overall, found[2].rise_mm, found[2].from_nadir_percent) == ("NE", None, None)
    assert (found[3].nadir_mm, found[3].overall) == (40.0, "SD")


def test_without_targets_the_other_lesions_alone_are_judged():
    rows = [
        LesionAt(DATES[0], "2", "non-target", state="present"),
        LesionAt(DATES[1], "2", "non-target", state="present"),
        LesionAt(DATES[2], "2", "non-target", state="absent"),
    ]
    found = responses(rows)
    assert [p.targets for p in found] == ["", "", ""]
    assert [p.overall for p in found] == ["", "non-CR/non-PD", "CR"]
    assert [p.sum_mm for p in found] == [None] * 3


def test_a_new_lesion_that_turned_out_to_be_none_is_none():
    def rows(state):
        return [
            LesionAt(DATES[0], "1", "target", 50.0),
            LesionAt(DATES[1], "1", "target", 50.0),
            LesionAt(DATES[1], "9", "new", state=state),
        ]

    assert responses(rows("absent"))[1].overall == "SD"
    assert responses(rows("present"))[1].new_lesions == ("9",)


@pytest.mark.parametrize(
    ("lesion", "words"),
    [
        (Candidate("L", "liver", 9.94), "longest diameter 9.9 mm; a target has 10 mm or more."),
        (Candidate("L", "liver", 9.96), ""),  # shown as 10.0
        (Candidate("N", "node", 14.94, is_node=True), "short axis 14.9 mm; a target has 15 mm"),
        (Candidate("N", "node", 14.96, is_node=True), ""),
        (Candidate("L", "liver", 11.9, slice_mm=6.0), "12 mm or more on slices of 6 mm."),
        (Candidate("L", "liver", 12.0, slice_mm=6.0), ""),
        (Candidate("L", "liver", 10.0, slice_mm=5.0), ""),
        (Candidate("L", "liver", 10.1, slice_mm=5.1), "10.2 mm or more on slices of 5.1 mm."),
        (Candidate("N", "node", 15.0, is_node=True, slice_mm=8.0), ""),
        (Candidate("L", "liver", 90.0, method="US"), "ultrasound gives no size of a target."),
    ],
)
def test_why_a_lesion_is_no_target(lesion, words):
    said = target_doubts([lesion])
    assert words in " ".join(said)
    assert bool(said) is bool(words)
    if words:
        assert "By size the targets would be: none." in said


def test_the_largest_are_named_where_the_reader_chose_otherwise():
    large, small = Candidate("Large", "liver", 50.0), Candidate("Small", "lung", 20.0)
    assert target_doubts([large], [small]) == ("By size the targets would be: Large, Small.",)
    assert target_doubts([small, large]) == ()
    six = [Candidate(f"L{n}", f"organ {n}", 30.0 + n) for n in range(6)]
    assert len(choose_targets(six)) == 5
    assert "6 targets; there are 5 at most." in target_doubts(six)
    assert target_doubts(six[1:]) == ()
    three = [Candidate(f"L{n}", "liver", 30.0 + n) for n in range(3)]
    assert "3 targets in one organ (liver); there are 2 an organ at most." in target_doubts(three)
    assert target_doubts(three[1:]) == ()


@pytest.mark.parametrize(
    ("size", "kind"),
    [(14.96, "target"), (14.94, "non-target"), (9.96, "non-target"), (9.94, "normal")],
)
def test_a_size_counts_as_it_is_shown(size, kind):
    assert node_class(size) == kind


@pytest.mark.parametrize(
    ("lesion", "words"),
    [
        (Candidate("L", "liver", 10.0), ""),
        (Candidate("L", "liver", 9.95), ""),
        (Candidate("L", "liver", 9.9), "L: longest diameter 9.9 mm; a target has 10 mm or more"),
        (Candidate("N", "node", 15.0, is_node=True), ""),
        (
            Candidate("N", "node", 14.9, is_node=True),
            "N: short axis 14.9 mm; a target has 15 mm or more",
        ),
        (Candidate("L", "liver", 9.0, slice_mm=5.0), "L: longest diameter 9.0 mm; a target has "),
        (
            Candidate("L", "liver", 13.0, slice_mm=7.5),
            "L: longest diameter 13.0 mm; a target has 15 mm or more on slices of 7.5 mm",
        ),
        # A node has its own limit, however thick the slices are.
        (Candidate("N", "node", 16.0, is_node=True, slice_mm=10.0), ""),
        (Candidate("L", "liver", 80.0, method="Ultrasound"), "L: ultrasound gives no size of a "),
        (Candidate("L", "liver", 80.0, method="US"), "L: ultrasound gives no size of a target"),
    ],
)
def test_why_a_lesion_is_no_target_is_told_in_words(lesion, words):
    said = target_doubt(lesion)
    assert isinstance(said, str)
    assert said.startswith(words)
    assert bool(said) is bool(words)


def test_the_limits_of_response_are_told_in_percent_as_they_are_applied():
    assert RESPONSE_PERCENTS == (-30.0, 20.0)
