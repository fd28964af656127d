"""The course of a patient on one strip: scans, biopsies, treatment, decisions, and sizes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from tumorboard.app.case_repository import StoredDecision
from tumorboard.case.dates import DATES
from tumorboard.case.lesions import lesion_table
from tumorboard.case.model import Case, Remark
from tumorboard.case.response import TARGET
from tumorboard.errors import UserError
from tumorboard.language import _
from tumorboard.reports.words import local_day

#: The remarks that hold events begin so; kind and ISO date follow, and a number from the second
#: of a day on: "event:biopsy:2026-02-20", "event:biopsy:2026-02-20:2".
EVENT: Final = "event:"
_IMAGES: Final = ("volume", "stack", "image")


class EventKind(StrEnum):
    """What happened."""

    SCAN = "scan"
    BIOPSY = "biopsy"
    OPERATION = "operation"
    THERAPY = "therapy"
    EVENT = "event"
    DECISION = "decision"


#: Kinds that a person enters.
ENTERED: Final = (EventKind.BIOPSY, EventKind.OPERATION, EventKind.THERAPY, EventKind.EVENT)
_OF_DATES: Final = {"date:surgery": EventKind.OPERATION, "date:preop_rt_end": EventKind.THERAPY}


@dataclass(frozen=True)
class Event:
    """Something on a day; ``series_uid`` is the series that a click on a scan opens."""

    kind: EventKind
    day: date
    words: str
    series_uid: str = ""


@dataclass(frozen=True)
class Track:
    """The size of one lesion over time: days and mm, the oldest first."""

    name: str
    sizes: tuple[tuple[date, float], ...]
    is_index: bool = False
    is_target: bool = False


@dataclass(frozen=True)
class Timeline:
    """Events in the order of their days, and the sizes of the lesions measured."""

    events: tuple[Event, ...] = ()
    tracks: tuple[Track, ...] = ()

    @property
    def span(self) -> tuple[date, date] | None:
        """The first and the last day, None without any."""
        days = [event.day for event in self.events]
        return (min(days), max(days)) if days else None


def timeline(case: Case, saved: Sequence[StoredDecision] = ()) -> Timeline:
    """Return the course of a case; things without a date are left out."""
    order = list(EventKind)
    found = [*_scans(case), *_entered(case), *_decisions(saved)]
    events = sorted(found, key=lambda e: (e.day, order.index(e.kind), e.words))
    return Timeline(tuple(events), tuple(_tracks(case)))


def has_course(case: Case) -> bool:
    """Whether anything of a case has a date, apart from decisions of boards."""
    return any(True for _ in _scans(case)) or any(True for _ in _entered(case))


def event_key(kind: EventKind, day: date) -> str:
    """Return the key of the remark that holds an event that a person enters."""
    return f"{EVENT}{kind}:{day.isoformat()}"


def new_event_key(case: Case, kind: EventKind, day: date, words: str) -> str:
    """Return the key for an event that a person enters: one of its own, whatever the day holds.

    An event that is there already, in the same words, keeps its key.
    """
    first = key = event_key(kind, day)
    number = 1
    while (held := case.remark(key)) is not None and held.value.strip() != words.strip():
        number += 1
        key = f"{first}:{number}"
    return key


def day_of(text: str) -> date | None:
    """Return the day of a DICOM or ISO date, None when it is none."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def _scans(case: Case) -> Iterator[Event]:
    """Yield one event a day and modality; the largest series of it is the one to open."""
    by_day: dict[tuple[date, str], list[tuple[int, str]]] = {}
    for series in case.series:
        day = day_of(series.study_date)
        if day is not None and series.kind in _IMAGES:
            key = (day, series.modality)
            by_day.setdefault(key, []).append((series.slices, series.series_instance_uid))
    for (day, modality), series_of_day in by_day.items():
        yield Event(EventKind.SCAN, day, modality, max(series_of_day)[1])


def _entered(case: Case) -> Iterator[Event]:
    labels = {entry.key: entry.label for entry in DATES}
    for remark in case.remarks:
        if remark.key.startswith(EVENT):
            yield from _event(remark)
        elif remark.key in _OF_DATES and (day := day_of(remark.value)):
            yield Event(_OF_DATES[remark.key], day, labels[remark.key])


def _event(remark: Remark) -> Iterator[Event]:
    kind, _, text = remark.key.removeprefix(EVENT).partition(":")
    day = day_of(text.partition(":")[0])
    if day is not None and kind in set(ENTERED):
        yield Event(EventKind(kind), day, remark.value)


def _decisions(saved: Sequence[StoredDecision]) -> Iterator[Event]:
    """Yield the first signature of each decision: a later version corrects or follows up."""
    seen: set[str] = set()
    for stored in saved:
        day = local_day(stored.utc)
        if stored.signed and day is not None and stored.meeting_uid not in seen:
            seen.add(stored.meeting_uid)
            words = _("Deferred") if stored.decision.is_deferred else _("Board decision")
            yield Event(EventKind.DECISION, day, words)


def _tracks(case: Case) -> Iterator[Track]:
    table = lesion_table(case)
    days = [day_of(point.date) for point in table.timepoints]
    rows = sorted(table.rows, key=lambda row: not row.lesion.is_index)
    for row in rows:
        pairs = zip(days, row.sizes, strict=True)
        sizes = tuple((d, s.mm) for d, s in pairs if d is not None and s is not None)
        if sizes:
            target = row.lesion.role == TARGET
            yield Track(row.lesion.name, sizes, row.lesion.is_index, target)


def check_event(kind: EventKind, words: str) -> None:
    """Refuse what no event can be.

    Raises
    ------
    UserError
        When there are no words, or the kind is one that follows from other things.

    """
    if kind not in ENTERED:
        raise UserError(_("Scans and decisions come from the store."), _("Enter another kind."))
    if not words.strip():
        raise UserError(_("Say what happened."), _("For example: core biopsy under CT."))
