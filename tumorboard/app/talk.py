"""A talk before the board as plain data: which case, which page, what was drawn, the clock.

Every function returns another talk; nothing here knows a window or a store. Times are seconds
of a clock that never goes back, given by the caller.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from tumorboard.annotations.model import Annotation
from tumorboard.app.timeline import has_course
from tumorboard.case.meeting import USUAL_MINUTES
from tumorboard.case.model import Case

_MOST_DIGITS: Final = 3
_SECONDS: Final = 60


class PageKind(StrEnum):
    """What a page shows."""

    PICTURE = "picture"
    ASSESSMENT = "assessment"
    TIMELINE = "timeline"


@dataclass(frozen=True)
class Page:
    """One page of a case; ``view_uid`` names the key image, empty for the newest images."""

    kind: PageKind
    view_uid: str = ""


@dataclass(frozen=True)
class Slot:
    """A case in its place on the agenda, with its pages in their order.

    One that is ``archived`` is passed over: it is shown only when it is jumped to.
    """

    case_uid: str
    label: str = ""
    minutes: int = USUAL_MINUTES
    question: str = ""
    presenter: str = ""
    pages: tuple[Page, ...] = (Page(PageKind.PICTURE),)
    archived: bool = False


@dataclass(frozen=True)
class Question:
    """What was drawn on a case that was left: to be kept with it, or thrown away."""

    case_uid: str
    label: str
    annotations: tuple[Annotation, ...]


@dataclass(frozen=True)
class Talk:
    """A talk as it stands.

    ``case`` and ``page`` are indices from 0. ``typed`` are digits not acted upon yet.
    ``spent`` are the seconds given to each case before it was last come to, at ``since``.
    ``made`` is what was drawn on the case on show, ``asked`` what was drawn on those left.
    ``told`` tells that initials and age of the case on show were asked for.
    """

    slots: tuple[Slot, ...]
    title: str = ""
    case: int = 0
    page: int = 0
    blank: bool = False
    pointer: bool = False
    told: bool = False
    typed: str = ""
    started: float = 0.0
    since: float = 0.0
    spent: tuple[float, ...] = ()
    made: tuple[Annotation, ...] = ()
    asked: tuple[Question, ...] = ()

    @property
    def slot(self) -> Slot:
        """The case on show."""
        return self.slots[self.case]

    @property
    def here(self) -> Page:
        """The page on show."""
        return self.slot.pages[min(self.page, len(self.slot.pages) - 1)]

    @property
    def is_first(self) -> bool:
        """Whether nothing comes before."""
        return self.page == 0 and beside(self, -1) is None

    @property
    def is_last(self) -> bool:
        """Whether nothing comes after."""
        return self.page >= len(self.slot.pages) - 1 and beside(self, 1) is None

    @property
    def minutes(self) -> int:
        """Minutes planned in all, but for cases that are passed over."""
        return _planned(self.slots)


def pages_of(case: Case) -> tuple[Page, ...]:
    """Return the pages of a case: its key images, or its newest images; then those of words.

    A course of which nothing has a date makes no page.
    """
    pictures = tuple(Page(PageKind.PICTURE, view.uid) for view in case.views)
    course = (Page(PageKind.TIMELINE),) if has_course(case) else ()
    words = (Page(PageKind.ASSESSMENT), *course)
    return (*(pictures or (Page(PageKind.PICTURE),)), *words)


def begun(slots: Sequence[Slot], title: str, now: float) -> Talk:
    """Return a talk at the first page of the first case that is not archived, else of the first.

    Raises
    ------
    ValueError
        When there is no case.

    """
    if not slots:
        raise ValueError("a talk needs a case")
    spent = (0.0,) * len(slots)
    at = next((n for n, slot in enumerate(slots) if not slot.archived), 0)
    return Talk(tuple(slots), title, at, started=now, since=now, spent=spent)


# -- steps ---------------------------------------------------------------------------------


def stepped(talk: Talk, by: int, now: float) -> Talk:
    """Go on or back by pages, over the ends of cases; a blank screen shows again."""
    talk = replace(talk, typed="", blank=False)
    page = talk.page + by
    if 0 <= page < len(talk.slot.pages):
        return replace(talk, page=page)
    case = beside(talk, by)
    if case is None:
        return talk
    return _at(talk, case, 0 if by > 0 else len(talk.slots[case].pages) - 1, now)


def beside(talk: Talk, by: int) -> int | None:
    """Return the index of the next case, or of the one before; archived ones are passed over."""
    ways = range(talk.case + 1, len(talk.slots)) if by > 0 else range(talk.case - 1, -1, -1)
    return next((n for n in ways if not talk.slots[n].archived), None)


def next_case(talk: Talk, by: int, now: float) -> Talk:
    """Go to the first page of the next case, or of the one before."""
    case = beside(talk, by)
    if case is None:
        return replace(talk, typed="", blank=False)
    return jumped(talk, case + 1, now)


def jumped(talk: Talk, number: int, now: float) -> Talk:
    """Go to the first page of a case, counted from 1; nothing where there is none."""
    talk = replace(talk, typed="", blank=False)
    if not 1 <= number <= len(talk.slots):
        return talk
    return _at(talk, number - 1, 0, now)


def at_page(talk: Talk, page: int) -> Talk:
    """Go to a page of the case on show, counted from 0."""
    return replace(talk, page=min(max(page, 0), len(talk.slot.pages) - 1), blank=False)


def typed(talk: Talk, digit: str) -> Talk:
    """Take a digit of the number of a case."""
    return replace(talk, typed=(talk.typed + digit)[-_MOST_DIGITS:])


def entered(talk: Talk, now: float) -> Talk:
    """Go to the case whose number was typed."""
    return jumped(talk, int(talk.typed), now) if talk.typed else talk


def blanked(talk: Talk, *, on: bool) -> Talk:
    """Blank the screen of the audience, or show it again."""
    return replace(talk, blank=on)


def with_pages(talk: Talk, case_uid: str, pages: tuple[Page, ...]) -> Talk:
    """Take the pages of a case as they are now; the page on show stays where it can."""
    slots = tuple(replace(s, pages=pages) if s.case_uid == case_uid else s for s in talk.slots)
    held, talk = talk.here, replace(talk, slots=slots)
    if talk.slot.case_uid != case_uid:
        return talk
    page = pages.index(held) if held in pages else min(talk.page, len(pages) - 1)
    return replace(talk, page=page)


def following(talk: Talk) -> tuple[Slot, Page] | None:
    """Return what comes next, None at the end."""
    after = stepped(talk, 1, talk.since)
    return None if talk.is_last else (after.slot, after.here)


def _at(talk: Talk, case: int, page: int, now: float) -> Talk:
    if case == talk.case:
        return replace(talk, page=page)
    held = case_seconds(talk, now)
    left = replace(
        talk,
        spent=tuple(held if n == talk.case else s for n, s in enumerate(talk.spent)),
        since=now,
        asked=_left(talk),
    )
    there = replace(left, case=case, page=page, told=False, made=())
    uid = there.slot.case_uid
    made = tuple(a for q in there.asked if q.case_uid == uid for a in q.annotations)
    return replace(there, made=made, asked=tuple(q for q in there.asked if q.case_uid != uid))


# -- the clock -----------------------------------------------------------------------------


def case_seconds(talk: Talk, now: float) -> float:
    """Return how long the case on show was spoken of, in seconds."""
    return talk.spent[talk.case] + max(0.0, now - talk.since)


def talk_seconds(talk: Talk, now: float) -> float:
    """Return how long the talk lasts already, in seconds."""
    return max(0.0, now - talk.started)


def behind_seconds(talk: Talk, now: float) -> float:
    """Return by how much the talk is behind its plan; negative when there is time to spare.

    The plan gives each case its minutes; the case on show has begun, so that it counts as
    far as it has used its own.
    """
    before = _planned(talk.slots[: talk.case]) * _SECONDS
    here = min(case_seconds(talk, now), talk.slot.minutes * _SECONDS)
    return talk_seconds(talk, now) - before - here


def _planned(slots: Iterable[Slot]) -> int:
    return sum(slot.minutes for slot in slots if not slot.archived)


# -- what is drawn during the talk ---------------------------------------------------------


def drew(talk: Talk, annotations: Iterable[Annotation]) -> Talk:
    """Take what was drawn; an older self of the same annotation gives way."""
    fresh = tuple(annotations)
    uids = {a.uid for a in fresh}
    return replace(talk, made=(*(a for a in talk.made if a.uid not in uids), *fresh))


def undone(talk: Talk, uid: str = "") -> Talk:
    """Take something that was drawn in the talk away, by default the newest."""
    wanted = uid or (talk.made[-1].uid if talk.made else "")
    return replace(talk, made=tuple(a for a in talk.made if a.uid != wanted))


def answered(talk: Talk, case_uid: str) -> Talk:
    """Ask no more about a case."""
    return replace(talk, asked=tuple(q for q in talk.asked if q.case_uid != case_uid))


def questions(talk: Talk) -> tuple[Question, ...]:
    """Return what is to be asked when the talk ends now, the case on show last."""
    return _left(talk)


def _left(talk: Talk) -> tuple[Question, ...]:
    if not talk.made:
        return talk.asked
    slot = talk.slot
    return (*talk.asked, Question(slot.case_uid, slot.label, talk.made))
