"""A talk as plain data: steps, jumps, the clock, what is drawn."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.store.samples import annotation
from tumorboard.app import talk as talks
from tumorboard.app.presented import initials_and_age, to_begin_with
from tumorboard.app.talk import Page, PageKind, Slot, begun
from tumorboard.case.meeting import AgendaItem, Meeting
from tumorboard.case.model import Case, Patient, Remark, SeriesRef

PICTURE, WORDS = Page(PageKind.PICTURE, "v"), Page(PageKind.ASSESSMENT)
COUNTS = st.lists(st.integers(1, 4), min_size=1, max_size=5)


def talk_of(counts, minutes=3):
    pages = [
        tuple(Page(PageKind.PICTURE, f"{n}.{k}") for k in range(c)) for n, c in enumerate(counts)
    ]
    slots = [Slot(f"case {n}", pages=p, minutes=minutes) for n, p in enumerate(pages)]
    return begun(slots, "Board", 100.0)


@given(COUNTS)
def test_stepping_goes_through_every_page_once_and_back(counts):
    talk = talk_of(counts)
    seen = [talk.here]
    while not talk.is_last:
        assert talks.following(talk)[1] == talks.stepped(talk, 1, 100.0).here
        talk = talks.stepped(talk, 1, 100.0)
        seen.append(talk.here)
    assert len(set(seen)) == len(seen) == sum(counts)
    assert talks.following(talk) is None
    assert talks.stepped(talk, 1, 100.0).here == talk.here
    back = [talk.here]
    while not talk.is_first:
        talk = talks.stepped(talk, -1, 100.0)
        back.append(talk.here)
    assert back == seen[::-1]
    assert talks.stepped(talk, -1, 100.0).here == talk.here


@given(st.lists(st.tuples(st.integers(1, 3), st.booleans()), min_size=1, max_size=6))
def test_archived_cases_are_passed_over_and_only_jumped_to(cases):
    talk = talk_of([count for count, _ in cases], minutes=2)
    slots = tuple(replace(s, archived=a) for s, (_, a) in zip(talk.slots, cases, strict=True))
    shown = [n for n, slot in enumerate(slots) if not slot.archived]
    talk = begun(slots, "Board", 100.0)
    assert talk.case == (shown[0] if shown else 0)
    assert talk.minutes == 2 * len(shown)
    seen = [talk.case]
    while not talk.is_last:
        talk = talks.stepped(talk, 1, 100.0)
        seen.append(talk.case)
    assert sorted(set(seen)) == (shown or [0])
    for number, slot in enumerate(slots):
        there = talks.jumped(talk, number + 1, 100.0)
        assert there.slot == slot
        left = talks.next_case(there, 1, 100.0)
        assert left.case == min((n for n in shown if n > number), default=number)


@given(COUNTS, st.lists(st.tuples(st.integers(0, 9), st.floats(0, 500)), max_size=8))
def test_the_seconds_of_all_cases_are_those_of_the_talk(counts, jumps):
    talk, now = talk_of(counts), 100.0
    for number, seconds in jumps:
        now += seconds
        talk = talks.jumped(talk, number, now)
    others = sum(s for n, s in enumerate(talk.spent) if n != talk.case)
    whole = talks.talk_seconds(talk, now)
    assert others + talks.case_seconds(talk, now) == pytest.approx(whole)


def test_a_talk_is_behind_by_what_its_cases_took_more_than_planned():
    talk = talk_of([1, 1, 1], minutes=2)
    assert talks.behind_seconds(talk, 160.0) == 0
    assert talks.behind_seconds(talk, 100.0 + 150) == 30
    second = talks.jumped(talk, 2, 100.0 + 60)
    assert talks.behind_seconds(second, 100.0 + 60) == -60


def test_digits_make_a_number_that_enter_goes_to():
    talk = talk_of([2] * 14)
    for digit in "13":
        talk = talks.typed(talk, digit)
    gone = talks.entered(talk, 100.0)
    assert (gone.case, gone.typed) == (12, "")
    assert talks.entered(gone, 100.0) == gone
    assert talks.jumped(talk, 99, 100.0).case == 0


def test_a_step_shows_a_blank_screen_again():
    talk = talks.blanked(talk_of([2]), on=True)
    assert talk.blank
    assert not talks.stepped(talk, 1, 100.0).blank


def test_what_was_drawn_is_asked_about_once_the_case_is_left():
    one, two = annotation("one"), annotation("two")
    talk = talks.drew(talks.drew(talk_of([1, 1]), [one]), [two])
    assert (talk.made, talk.asked) == ((one, two), ())
    left = talks.stepped(talk, 1, 110.0)
    assert left.made == ()
    assert [(q.case_uid, q.annotations) for q in left.asked] == [("case 0", (one, two))]
    back = talks.stepped(left, -1, 120.0)
    assert (back.made, back.asked) == ((one, two), ())
    assert talks.undone(back).made == (one,)
    assert talks.undone(back, one.uid).made == (two,)
    assert talks.questions(talks.answered(left, "case 0")) == ()
    assert [q.case_uid for q in talks.questions(back)] == ["case 0"]


def test_a_moved_measurement_takes_the_place_of_its_older_self():
    one = annotation("one")
    moved = replace(one, label="moved")
    assert talks.drew(talks.drew(talk_of([1]), [one]), [moved]).made == (moved,)


def test_initials_are_told_of_one_case_only():
    talk = replace(talk_of([1, 1]), told=True)
    assert not talks.stepped(talk, 1, 100.0).told


def test_pages_that_change_keep_the_one_on_show():
    talk = talks.at_page(talk_of([3]), 2)
    held = talk.here
    fewer = talks.with_pages(talk, "case 0", (PICTURE, held, WORDS))
    assert fewer.here == held
    assert talks.with_pages(talk, "case 0", (PICTURE,)).here == PICTURE


def test_without_a_case_there_is_no_talk():
    with pytest.raises(ValueError, match="case"):
        begun([], "Board", 0.0)


@pytest.mark.parametrize(
    ("days", "open_case", "expected"),
    [
        (["2026-03-27"], "", 0),
        (["2026-03-27"], "a", 0),
        (["2026-03-27"], "elsewhere", None),
        (["2026-04-03", "2026-03-27"], "", None),
        (["2026-04-03", "2026-11-22"], "", 1),
        (["2026-11-22", "2026-11-22"], "", None),
        ([], "a", None),
    ],
)
def test_only_a_meeting_that_is_surely_meant_begins_unasked(days, open_case, expected):
    meetings = [Meeting(str(n), day, items=(AgendaItem("a"),)) for n, day in enumerate(days)]
    found = to_begin_with(meetings, open_case, date(2026, 11, 22))
    assert found == (None if expected is None else meetings[expected])


@pytest.mark.parametrize(
    ("name", "born", "expected"),
    [
        ("Quitzow^Annabel^B", "19610417", "A. Q., 64"),
        ("Li", "", "L."),
        ("Schmidt, Anna", "", "A. S."),
        ("Schmidt^Anna^^Dr.", "", "A. S."),
        ("Anna Schmidt", "", "A. S."),
        ("", "19600101", "66"),
        ("", "", "not known"),
        ("山田^太郎=YAMADA^TARO", "nonsense", "太. 山."),
    ],
)
def test_initials_and_age(name, born, expected):
    assert initials_and_age(Patient("u", name, "1", born, "F"), "20260302") == expected


def test_a_course_without_a_date_is_no_page():
    bare = Case("c", "RP-1", Patient("p"))
    assert [page.kind for page in talks.pages_of(bare)] == [PageKind.PICTURE, PageKind.ASSESSMENT]
    scan = SeriesRef("1.1", "1", "CT", "", "20260301", 10, 8, 8, "volume")
    assert talks.pages_of(replace(bare, series=(scan,)))[-1].kind is PageKind.TIMELINE
    told = Remark("event:biopsy:2026-02-20", "Core biopsy", "", "Dr A", "2026-02-20T08:00:00Z")
    assert talks.pages_of(replace(bare, remarks=(told,)))[-1].kind is PageKind.TIMELINE
