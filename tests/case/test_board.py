"""Meetings, decisions and readiness of cases, as plain data."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tumorboard.case.decision import Agreement, Decision, RejectedOption, lacking
from tumorboard.case.facts import Fact, FactSheet, Provenance
from tumorboard.case.meeting import AgendaItem, Attendee, Meeting, carried_over, merged
from tumorboard.case.model import Case, Patient, Remark, SeriesRef
from tumorboard.case.readiness import CRITERIA, READ, lights

MEETING = Meeting("m", "2026-11-27", "14:30")
UIDS = st.lists(st.sampled_from("abcdefgh"), unique=True, max_size=8)


def agenda(uids) -> Meeting:
    return replace(
        MEETING, items=tuple(AgendaItem(uid, minutes=n + 1) for n, uid in enumerate(uids))
    )


def order(meeting: Meeting) -> list[str]:
    return [item.case_uid for item in meeting.items]


@given(UIDS, st.integers(-3, 12))
def test_moving_a_case_keeps_all_cases_and_the_order_of_the_others(uids, place):
    meeting = agenda(uids)
    for uid in uids:
        moved = meeting.moved(uid, place)
        assert sorted(order(moved)) == sorted(uids)
        assert [u for u in order(moved) if u != uid] == [u for u in uids if u != uid]
        assert order(moved).index(uid) == min(max(place, 0), len(uids) - 1)


@given(UIDS)
def test_each_case_starts_when_those_before_it_are_through(uids):
    meeting = agenda(uids)
    starts = meeting.offsets()
    assert len(starts) == len(uids)
    assert all(
        b - a == item.minutes for a, b, item in zip(starts, starts[1:], meeting.items, strict=False)
    )
    assert meeting.minutes == sum(range(1, len(uids) + 1))


def test_a_case_is_once_on_an_agenda():
    meeting = agenda("ab").with_item(AgendaItem("a", 7, "Resectable?"))
    assert order(meeting) == ["a", "b"]
    assert meeting.item("a").minutes == 7
    assert order(meeting.without_item("a")) == ["b"]
    assert meeting.moved("z", 0) == meeting


@given(UIDS, UIDS, UIDS)
def test_deferred_cases_come_to_the_end_of_the_next_meeting(now, deferred, later):
    following = carried_over(agenda(now), deferred, agenda(later))
    wanted = [uid for uid in now if uid in deferred and uid not in later]
    assert order(following) == [*later, *wanted]


@given(UIDS, UIDS, UIDS)
def test_of_two_changes_of_an_agenda_all_cases_that_either_added_are_there(base, mine, theirs):
    both, clashes = merged(*map(agenda_of, (base, mine, theirs)))
    added = (set(mine) | set(theirs)) - set(base)
    kept = set(base) & set(mine) & set(theirs)
    assert set(order(both)) == added | kept
    assert clashes == ()


def agenda_of(uids) -> Meeting:
    """An agenda whose items say the same wherever they stand."""
    return replace(MEETING, items=tuple(AgendaItem(uid) for uid in uids))


@given(UIDS, UIDS)
def test_a_change_that_nobody_else_met_holds_as_it_is(base, mine):
    first, second = agenda_of(base), agenda_of(mine)
    assert merged(first, second, first) == (second, ())
    both, clashes = merged(first, first, second)
    assert (both, clashes) == (second, ())


def test_the_order_of_the_one_who_moved_cases_holds():
    base, mine = agenda_of("abc"), agenda_of("cab")
    theirs = agenda_of("abcd")
    assert order(merged(base, mine, theirs)[0]) == ["c", "a", "b", "d"]
    assert order(merged(base, theirs, mine)[0]) == ["c", "a", "b", "d"]


def test_of_one_piece_that_two_changed_theirs_holds_and_mine_is_told():
    base = agenda_of("ab")
    mine = replace(base.with_item(AgendaItem("a", 9, "Mine?")), place="Room 1")
    theirs = replace(
        base.with_item(AgendaItem("a", 3, "Theirs?", "Dr B")),
        place="Room 2",
        attendees=(Attendee("Dr C"),),
        version=4,
    )
    both, clashes = merged(base, mine, theirs)
    assert both.item("a") == AgendaItem("a", 9, "Theirs?", "Dr B")
    assert (both.place, both.attendees, both.version) == ("Room 2", (Attendee("Dr C"),), 4)
    assert [(c.piece, c.wanted, c.case_uid) for c in clashes] == [
        *[("place", "Room 1", "")],
        ("question", "Mine?", "a"),
    ]


def test_a_case_that_one_removed_and_the_other_changed_stays():
    base = agenda_of("ab")
    changed = base.with_item(AgendaItem("a", 9))
    for mine, theirs in ((base.without_item("a"), changed), (changed, base.without_item("a"))):
        assert merged(base, mine, theirs)[0].item("a") == AgendaItem("a", 9)


RECOMMENDED = Decision(options=("O-RESECT",), responsible="Dr Example")


def test_a_case_is_closed_by_a_recommendation_or_a_reason_to_defer():
    assert lacking(RECOMMENDED) == ()
    assert lacking(Decision(deferred_because="No chest CT yet")) == ()
    assert len(lacking(Decision())) == 1
    assert len(lacking(replace(RECOMMENDED, deferred_because="x"))) == 1
    assert "person" in lacking(replace(RECOMMENDED, responsible=" "))[0]


def test_dissent_rejected_options_and_another_outcome_need_a_reason():
    dissent = replace(RECOMMENDED, agreement=Agreement.DISSENTS)
    assert len(lacking(dissent)) == 1
    assert lacking(replace(dissent, dissent_reason="Frail")) == ()
    rejected = replace(RECOMMENDED, rejected=(RejectedOption("O-RT", ""),))
    assert "O-RT" in lacking(rejected)[0]
    other = replace(RECOMMENDED, outcome="Observed", outcome_as_recommended=False)
    assert len(lacking(other)) == 1
    assert lacking(replace(other, differs_because="Declined")) == ()


def series(key: str, date: str, phase: str = "portal venous") -> SeriesRef:
    return SeriesRef(key, "st" + date, "CT", "", date, 100, 512, 512, "volume", phase=phase)


def case(**more) -> Case:
    return Case("c", "RP-1", Patient("p"), **more)


def states(found) -> dict[str, bool | None]:
    return {light.key: light.state for light in found}


def test_an_empty_case_is_ready_in_nothing_and_each_light_says_where_to_go():
    found = lights(case(), FactSheet(), lambda _key: True)
    assert {key for key, state in states(found).items() if state is not False} == {"prior"}
    assert all(light.words and light.goes_to for light in found)


def test_a_prepared_case_is_ready_in_everything():
    told = Provenance("entered", "Dr A", "2026-11-20T10:00:00Z")
    names = dict.fromkeys(CRITERIA, "absent") | {"histology": "leiomyosarcoma"}
    sheet = FactSheet({n: Fact(n, v, told) for n, v in names.items()})
    prepared = case(
        question="Resectable?",
        series=(series("a", "20261112"), series("b", "20260601")),
        remarks=(Remark(READ, "yes", "", "Dr A", "2026-11-20T10:00:00Z"),),
    )
    found = lights(prepared, sheet, lambda _key: True)
    assert set(states(found).values()) == {True}
    unseen = lights(prepared, sheet, lambda _key: None)
    assert states(unseen)["current"] is None
    gone = lights(prepared, sheet, lambda key: key != "a")
    assert states(gone)["current"] is False
    older_gone = lights(prepared, sheet, lambda key: key != "b")
    assert states(older_gone)["current"] is True


@pytest.mark.parametrize(
    ("phase", "remark", "state", "words"),
    [
        (None, "", None, "only one date; nothing tells of earlier ones"),
        ("primary_unresected", "", None, "only one date; a primary in place"),
        ("post_resection", "", False, "only one date, though it was resected"),
        ("recurrence", "", False, "only one date, though it is a recurrence"),
        (
            None,
            "event:operation:2025-03-01",
            False,
            "only one date, though an operation is recorded",
        ),
        (
            "primary_unresected",
            "event:operation:2025-03-01",
            None,
            "only one date; a primary in place",
        ),
        (None, "event:therapy:2025-03-01", None, "only one date; nothing tells of earlier ones"),
    ],
)
def test_earlier_images_are_missed_only_where_something_tells_of_them(phase, remark, state, words):
    told = Provenance("entered", "Dr A", "2026-11-20T10:00:00Z")
    facts = FactSheet({"disease_phase": Fact("disease_phase", phase, told)} if phase else {})
    noted = (Remark(remark, "yes", "", "Dr A", "2026-11-20T10:00:00Z"),) if remark else ()
    one = case(series=(series("a", "20261112"),), remarks=noted)
    (light,) = (x for x in lights(one, facts, lambda _key: True) if x.key == "prior")
    assert (light.state, light.words) == (state, words)
    assert light.is_missing is (state is False)
    assert not light.is_open
    two = replace(one, series=(*one.series, series("b", "20250101")))
    (light,) = (x for x in lights(two, facts, lambda _key: True) if x.key == "prior")
    assert light.state


def test_an_unknown_phase_is_not_a_missing_date():
    found = lights(case(series=(series("a", "20261112", ""),)), FactSheet(), lambda _key: True)
    assert states(found)["dated"] is None


@pytest.mark.parametrize("known", [(), (0,), (0, 1), (1, 2), tuple(range(len(CRITERIA) - 1))])
def test_the_light_of_the_criteria_leads_to_the_first_that_is_missing(known):
    told = Provenance("entered", "Dr A", "2026-11-20T10:00:00Z")
    names = [CRITERIA[n] for n in known]
    sheet = FactSheet({n: Fact(n, "absent", told) for n in names})
    (light,) = [x for x in lights(case(), sheet, lambda _key: True) if x.key == "criteria"]
    assert light.goes_to == next(n for n in CRITERIA if n not in names)
    assert light.words == f"{len(names)} of {len(CRITERIA)} assessed"
    assert light.state is False


def test_when_all_criteria_are_known_their_light_leads_to_the_first():
    told = Provenance("entered", "Dr A", "2026-11-20T10:00:00Z")
    sheet = FactSheet({n: Fact(n, "absent", told) for n in CRITERIA})
    (light,) = [x for x in lights(case(), sheet, lambda _key: True) if x.key == "criteria"]
    assert (light.goes_to, light.state) == (CRITERIA[0], True)


def test_the_first_case_begins_with_the_meeting():
    items = tuple(AgendaItem(uid, minutes) for uid, minutes in (("a", 3), ("b", 10), ("c", 1)))
    assert Meeting("m", "2026-11-27", items=items).offsets() == (0, 3, 13)
    assert Meeting("m", "2026-11-27").offsets() == ()
