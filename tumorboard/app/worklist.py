"""The worklist: which cases are wanted, and the status that a case has on its way to the board."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tumorboard.app.case_repository import (
    ARCHIVED,
    NEXT_MEETING,
    NO_MEETING,
    STATUS,
    CaseFilter,
    CaseRepository,
    CaseSummary,
)
from tumorboard.app.session import Session
from tumorboard.app.statuses import STATUSES
from tumorboard.case.meeting import Meeting
from tumorboard.language import N_

if TYPE_CHECKING:
    from tumorboard.app.case_repository import CaseRepository

__all__ = [
    "NEXT_MEETING",
    "NO_MEETING",
    "STATUSES",
    "CaseFilter",
    "CaseSummary",
    "find",
    "lines",
    "archived",
    "set_archived",
    "set_status",
]


#: From this many cases on a search takes longer than a window may stand still.
MANY: Final = 1500


def find(session: Session, wanted: CaseFilter) -> list[str]:
    """Return the UIDs of the cases that are wanted."""
    return _find(session.store, wanted)


def has_many(session: Session) -> bool:
    """Whether a search is work for a thread: see `find_elsewhere`."""
    return session.store.folder is not None and session.store.cases.count() >= MANY


def find_elsewhere(folder: Path, wanted: CaseFilter) -> list[str]:
    """Return the UIDs of the cases that are wanted; opens the store anew, for a thread.

    Raises
    ------
    UserError
        When the store cannot be opened.

    """
    with CaseRepository.beside(folder) as store:
        return _find(store, wanted)


def _find(store: CaseRepository, wanted: CaseFilter) -> list[str]:
    if not wanted.meeting:
        return store.cases.wanted(wanted)
    known = store.meetings.all()
    if wanted.meeting == NO_MEETING:
        planned = {item.case_uid for meeting in known for item in meeting.items}
        return [uid for uid in store.cases.wanted(wanted) if uid not in planned]
    if wanted.meeting == NEXT_MEETING:
        chosen = next_meeting(known, date.today())
    else:
        chosen = next((meeting for meeting in known if meeting.uid == wanted.meeting), None)
    uids = frozenset(item.case_uid for item in chosen.items) if chosen is not None else frozenset()
    return store.cases.wanted(replace(wanted, uids=uids))


def next_meeting(known: Sequence[Meeting], today: date) -> Meeting | None:
    """Return the first meeting from today on that takes place; else the latest there was."""
    coming = [m for m in known if m.date >= today.isoformat() and not m.cancelled]
    return coming[-1] if coming else next(iter(known), None)


def lines(session: Session, uids: Sequence[str]) -> list[CaseSummary]:
    """Return what the worklist shows of some cases."""
    return session.store.cases.some(uids)


def archived(session: Session) -> frozenset[str]:
    """Return the UIDs of the cases that were put away."""
    return session.store.cases.archived()


def set_status(session: Session, status: str) -> None:
    """Give the open case a status, as a step that can be undone.

    Raises
    ------
    UserError
        When no case is open or the store cannot be written.

    """
    session.set_remark(STATUS, status, label=f"Status: {status}")


def set_archived(session: Session, *, archived: bool) -> None:
    """Put the open case away, or bring it back; a step that can be undone.

    Raises
    ------
    UserError
        When no case is open or the store cannot be written.

    """
    if archived:
        session.set_remark(ARCHIVED, "yes", label=N_("Archive case"))
    else:
        session.clear_remark(ARCHIVED, label=N_("Bring case back"))
