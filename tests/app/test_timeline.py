"""The course of a patient: what stands on the strip, and in which order."""

import time
from dataclasses import replace
from datetime import date, timedelta

import pytest

from tumorboard.app.presented import still_to_present
from tumorboard.app.timeline import (
    EventKind,
    check_event,
    day_of,
    event_key,
    new_event_key,
    timeline,
)
from tumorboard.case.decision import Decision
from tumorboard.case.model import Case, Patient, Remark, SeriesRef
from tumorboard.errors import UserError
from tumorboard.store.decisions import StoredDecision


def series(uid, day, modality="CT", slices=100, kind="volume"):
    return SeriesRef(uid, f"study {day}", modality, "", day, slices, 512, 512, kind)


def remark(key, value):
    return Remark(key, value, "", "Dr Test", "2026-03-01T10:00:00+00:00")


def decision(day, *, signed=True, deferred="", meeting="m"):
    made = Decision(deferred_because=deferred)
    return StoredDecision(1, "c", meeting, 1, 0, signed, made, {}, "Dr Test", f"{day}T12:00:00")


def test_events_of_every_kind_stand_in_the_order_of_their_days():
    case = replace(
        bare(),
        series=(
            series("small", "20260302", slices=10),
            series("large", "20260302", slices=200),
            series("pet", "20260302", "PT"),
            series("old", "20250101"),
            series("undated", ""),
            series("report", "20260302", "SR", kind="document"),
        ),
        remarks=(
            remark(event_key(EventKind.BIOPSY, date(2026, 3, 5)), "core biopsy"),
            remark("date:surgery", "2025-02-01"),
            remark("date:board", "2026-03-27"),
            remark("event:scan:2026-01-01", "nobody enters scans"),
            remark("event:biopsy:someday", "no day"),
        ),
    )
    shown = timeline(case, [decision("2026-03-27"), decision("2026-03-28", signed=False)])
    assert [(e.kind.value, e.day.isoformat(), e.series_uid) for e in shown.events] == [
        ("scan", "2025-01-01", "old"),
        ("operation", "2025-02-01", ""),
        ("scan", "2026-03-02", "large"),
        ("scan", "2026-03-02", "pet"),
        ("biopsy", "2026-03-05", ""),
        ("decision", "2026-03-27", ""),
    ]
    assert shown.span == (date(2025, 1, 1), date(2026, 3, 27))


def test_a_deferral_says_so_and_a_correction_adds_nothing():
    saved = [decision("2026-03-27", deferred="no histology"), decision("2026-04-02")]
    shown = timeline(bare(), saved)
    assert [(e.words, e.day.isoformat()) for e in shown.events] == [("Deferred", "2026-03-27")]


def bare():
    return Case("c", "RP-1", Patient("p"))


def test_nothing_is_an_empty_strip():
    shown = timeline(bare())
    assert (shown.events, shown.tracks, shown.span) == ((), (), None)


@pytest.mark.parametrize("text", ["", "someday", "2026-13-01", "20261301"])
def test_what_is_no_day_is_none(text):
    assert day_of(text) is None


def test_an_event_needs_words_and_a_kind_that_is_entered():
    check_event(EventKind.THERAPY, "apixaban begun")
    for kind, words in ((EventKind.THERAPY, " "), (EventKind.SCAN, "CT")):
        with pytest.raises(UserError):
            check_event(kind, words)


@pytest.fixture
def clock(monkeypatch):
    """The clock of the place where the program runs."""

    def set_zone(name):
        monkeypatch.setenv("TZ", name)
        time.tzset()

    yield set_zone
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("zone", "utc", "day"),
    [
        ("Asia/Tokyo", "2026-11-30T23:15:00Z", "2026-12-01"),
        ("America/Los_Angeles", "2026-12-01T03:15:00Z", "2026-11-30"),
        ("UTC", "2026-11-30T23:15:00Z", "2026-11-30"),
        ("Pacific/Kiritimati", "2026-12-31T10:00:00+00:00", "2027-01-01"),
    ],
)
def test_a_decision_stands_on_the_day_of_the_board(clock, zone, utc, day):
    clock(zone)
    saved = replace(decision("2026-11-30"), utc=utc)
    assert [e.day.isoformat() for e in timeline(bare(), [saved]).events] == [day]
    held = Remark("status", "deferred", "", "Dr Test", utc)
    assert not still_to_present(held, day)
    after = (date.fromisoformat(day) + timedelta(days=1)).isoformat()
    assert still_to_present(held, after)


def test_several_events_of_one_day_are_kept_apart():
    case, day = bare(), date(2026, 2, 20)
    for words in ("mass, CT", "liver, ultrasound", "mass, CT", "skin"):
        key = new_event_key(case, EventKind.BIOPSY, day, words)
        others = tuple(r for r in case.remarks if r.key != key)
        case = replace(case, remarks=(*others, remark(key, words)))
    shown = [(e.day, e.words) for e in timeline(case).events]
    assert shown == [(day, "liver, ultrasound"), (day, "mass, CT"), (day, "skin")]
