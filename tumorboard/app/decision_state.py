"""How the decision on a case stands, read from all its savings: what is signed, what is not.

What was signed stands until something else is signed. A draft after it, such as a correction
that is being written, is nobody's decision yet and never takes its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tumorboard.app.case_repository import StoredDecision


@dataclass(frozen=True)
class DecisionState:
    """The newest signed saving, and the draft written after it; None where there is none."""

    signed: StoredDecision | None = None
    draft: StoredDecision | None = None

    @property
    def shown(self) -> StoredDecision | None:
        """What stands: the signed one, else the draft."""
        return self.signed or self.draft

    @property
    def state(self) -> str:
        """Return "", "draft", "recommended" or "deferred"."""
        if self.signed is None:
            return "draft" if self.draft is not None else ""
        return "deferred" if self.signed.decision.is_deferred else "recommended"


def stands(found: Sequence[StoredDecision]) -> DecisionState:
    """Return how a decision stands after these savings, the oldest first."""
    signed: StoredDecision | None = None
    draft: StoredDecision | None = None
    for saving in found:
        if saving.signed:
            signed, draft = saving, None
        else:
            draft = None if _says_the_same(saving, signed) else saving
    return DecisionState(signed, draft)


def of_meeting(found: Sequence[StoredDecision], meeting_uid: str) -> DecisionState:
    """Return how the decision that one meeting made stands.

    A saving that names no meeting goes on with the one before it, as a correction does.
    """
    taken_back = stands(found).draft is None and stands(found).signed is not None
    last = max((n for n, s in enumerate(found) if s.signed), default=-1)
    held, current = [], ""
    for number, saving in enumerate(found):
        current = saving.meeting_uid or current
        if current == meeting_uid and not (taken_back and number > last):
            held.append(saving)
    return stands(held)


def in_force(found: Sequence[StoredDecision], meeting_uid: str) -> StoredDecision | None:
    """Return the saving that counts as the decision of a meeting, None without one."""
    return of_meeting(found, meeting_uid).shown


def _says_the_same(saving: StoredDecision, signed: StoredDecision | None) -> bool:
    """Whether a draft takes back what was written after a signature: it repeats the signed one."""
    return (
        signed is not None
        and saving.decision == signed.decision
        and (saving.meeting_uid in ("", signed.meeting_uid))
    )
