"""The follow-up as iCalendar text, read back by a reader of its own."""

from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from tests.guidelines.cases import vignette
from tumorboard.app.calendar_file import follow_up_ics
from tumorboard.guidelines.schedule import Visit

MADE = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)
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
