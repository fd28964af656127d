"""A board meeting: when, where, who, and the cases in their order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Final

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

    One that does not take place is ``cancelled``; it stays, with all that was planned.

    ``version`` counts the changes, so that two who change it at once notice each other.
    """

    uid: str
    date: str
    start: str = ""
    place: str = ""
    attendees: tuple[Attendee, ...] = ()
    items: tuple[AgendaItem, ...] = ()
    version: int = 0
    cancelled: bool = False

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


#: What a meeting says of itself and of each case: the pieces that two may change apart.
_HEAD: Final = ("date", "start", "place", "attendees", "cancelled")
_PIECES: Final = ("minutes", "question", "presenter")


@dataclass(frozen=True)
class Clash:
    """A piece that two changed at once to something else; ``wanted`` is what did not hold.

    ``case_uid`` is empty for what the meeting says of itself.
    """

    piece: str
    wanted: object
    case_uid: str = ""


def merged(base: Meeting, mine: Meeting, theirs: Meeting) -> tuple[Meeting, tuple[Clash, ...]]:
    """Return theirs with all that was changed from base to mine, and where both changed one piece.

    Of such a piece theirs holds. A case that one removed and the other changed stays.
    """
    clashes: list[Clash] = []
    head = {
        name: _either(getattr(base, name), getattr(mine, name), getattr(theirs, name))
        for name in _HEAD
    }
    clashes += [Clash(n, getattr(mine, n)) for n in _HEAD if _differ(base, mine, theirs, n)]
    items: dict[str, AgendaItem] = {}
    # All cases of both, in the order of the one who changed it; of both, in mine.
    before, first, second = ([i.case_uid for i in m.items] for m in (base, mine, theirs))
    common = [uid for uid in before if uid in first]
    if second != before and [uid for uid in first if uid in common] == common:
        first, second = second, first
    for uid in list(dict.fromkeys([*first, *second])):
        found, lost = _merged_item(base.item(uid), mine.item(uid), theirs.item(uid))
        clashes += lost
        if found is not None:
            items[uid] = found
    return replace(theirs, **head, items=tuple(items.values())), tuple(clashes)


def _either(base: Any, mine: Any, theirs: Any) -> Any:
    return mine if theirs == base else theirs


def _differ(base: object, mine: object, theirs: object, name: str) -> bool:
    """Whether both changed a piece, and to something else."""
    b, m, t = (getattr(part, name) for part in (base, mine, theirs))
    return b not in (m, t) and m != t


def _merged_item(
    base: AgendaItem | None, mine: AgendaItem | None, theirs: AgendaItem | None
) -> tuple[AgendaItem | None, tuple[Clash, ...]]:
    if len({base, mine, theirs}) < 3:
        return _either(base, mine, theirs), ()
    if mine is None or theirs is None:
        return mine or theirs, ()
    origin = base or AgendaItem(mine.case_uid)
    pieces = {n: _either(getattr(origin, n), getattr(mine, n), getattr(theirs, n)) for n in _PIECES}
    lost = tuple(
        Clash(n, getattr(mine, n), mine.case_uid)
        for n in _PIECES
        if _differ(origin, mine, theirs, n)
    )
    return replace(theirs, **pieces), lost
