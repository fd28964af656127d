"""The worklist: which cases are wanted, and the status that a case has on its way to the board."""

from __future__ import annotations

from collections.abc import Sequence

from tumorboard.app.session import Session
from tumorboard.app.statuses import STATUSES
from tumorboard.store import cases
from tumorboard.store.cases import ARCHIVED, STATUS, CaseFilter, CaseSummary

__all__ = ["STATUSES", "CaseFilter", "find", "lines", "set_archived", "set_status"]


def find(session: Session, wanted: CaseFilter) -> list[str]:
    """Return the UIDs of the cases that are wanted."""
    return cases.wanted(session.store.connection, wanted)


def lines(session: Session, uids: Sequence[str]) -> list[CaseSummary]:
    """Return what the worklist shows of some cases."""
    return cases.some(session.store.connection, uids)


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
        session.set_remark(ARCHIVED, "yes", label="Archive case")
    else:
        session.clear_remark(ARCHIVED, label="Bring case back")
