"""A board meeting: when, where, who, and the cases in their order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

#: Minutes planned for a case unless somebody says otherwise.
USUAL_MINUTES = 3


@dataclass(frozen=True)
class Attendee:
    """Who takes part, and as what (surgeon, radiologist ...)."""

    name: str
    role: str = ""


@dataclass(frozen=True)
class AgendaItem:
    """A case on the agenda: how long, what is asked, who presents."""

    case_uid: str
    minutes: int = USUAL_MINUTES
    question: str = ""
    presenter: str = ""


@dataclass(frozen=True)
class Meeting:
    """A meeting; ``date`` is ISO (2026-11-27), ``start`` a local time such as 14:30.

    ``version`` counts the changes, so that two who change it at once notice each other.
    """

    uid: str
    date: str
    start: str = ""
    place: str = ""
    attendees: tuple[Attendee, ...] = ()
    items: tuple[AgendaItem, ...] = ()
    version: int = 0

    @property
    def minutes(self) -> int:
        """Minutes planned in all."""
        return sum(item.minutes for item in self.items)

    def item(self, case_uid: str) -> AgendaItem | None:
        """Return the agenda item of a case, or None."""
        return next((item for item in self.items if item.case_uid == case_uid), None)

    def with_item(self, item: AgendaItem) -> Meeting:
        """Return the meeting with a case added at the end, or its item replaced."""
        if self.item(item.case_uid) is None:
            return replace(self, items=(*self.items, item))
        kept = tuple(item if old.case_uid == item.case_uid else old for old in self.items)
        return replace(self, items=kept)

    def without_item(self, case_uid: str) -> Meeting:
        """Return the meeting without a case."""
        return replace(self, items=tuple(i for i in self.items if i.case_uid != case_uid))

    def moved(self, case_uid: str, place: int) -> Meeting:
        """Return the meeting with a case at another place, counted from 0."""
        item = self.item(case_uid)
        if item is None:
            return self
        others = [old for old in self.items if old.case_uid != case_uid]
        others.insert(min(max(place, 0), len(others)), item)
        return replace(self, items=tuple(others))

    def offsets(self) -> tuple[int, ...]:
        """Return the planned start of each case, in minutes from the start of the meeting."""
        starts, at = [], 0
        for item in self.items:
            starts.append(at)
            at += item.minutes
        return tuple(starts)


def carried_over(meeting: Meeting, deferred: Iterable[str], following: Meeting) -> Meeting:
    """Return the following meeting with the deferred cases of one, in their order, at its end.

    Cases that it has already stay as they are.
    """
    wanted = set(deferred)
    for item in meeting.items:
        if item.case_uid in wanted and following.item(item.case_uid) is None:
            following = following.with_item(item)
    return following
