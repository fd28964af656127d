"""Meetings and decisions: what may be done with them, and what a signature freezes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from tumorboard.annotations.measure import measure
from tumorboard.annotations.model import new_uid, utc_now
from tumorboard.annotations.serialize import annotation_to_json
from tumorboard.app.case_repository import STATUS, NewDecision, Stamp, StoredDecision
from tumorboard.app.decision_state import DecisionState, of_meeting, stands
from tumorboard.app.session import AssessmentLike, Session
from tumorboard.canonical_json import dumps
from tumorboard.case.decision import Decision, lacking
from tumorboard.case.facts import FactSheet, sheet_to_json
from tumorboard.case.meeting import Attendee, Clash, Meeting, carried_over, merged
from tumorboard.case.model import Case
from tumorboard.errors import UserError
from tumorboard.language import N_, _
from tumorboard.text import all_lines

__all__ = ["Board", "Kept", "DecisionState", "StoredDecision", "Subject", "frozen_record"]

#: Raised when a frozen record changes its form. 2: names the signed version it follows.
RECORD_VERSION = 2


@dataclass(frozen=True)
class Kept:
    """A meeting as it stands after a change; ``told`` says what somebody else did meanwhile."""

    meeting: Meeting
    told: str = ""


@dataclass(frozen=True)
class Subject:
    """What is decided on: a case with its facts in force and what the guideline says."""

    case: Case
    facts: FactSheet
    assessment: AssessmentLike | None


def frozen_record(
    on: Subject, audit_head: str, before: StoredDecision | None = None
) -> dict[str, Any]:
    """Return all that a decision rested on, as JSON values; no identity of the patient.

    ``images`` are the SOP Instance UIDs that were measured on, ``audit_head`` stands for
    everything that was stored until then, ``follows`` is the signed version ``before`` that
    this one corrects or carries on. ``digest`` is the SHA-256 of the rest.
    """
    case, assessment = on.case, on.assessment.to_json() if on.assessment is not None else {}
    seen = {uid for a in case.annotations for uid in a.image.sop_instance_uids}
    record = {
        "record_version": RECORD_VERSION,
        "case": case.label,
        "question": case.question,
        "series": [series.series_instance_uid for series in case.series],
        "images": sorted(seen),
        "measurements": [
            {**annotation_to_json(a), "value": measure(a).text} for a in case.annotations
        ],
        "facts": sheet_to_json(on.facts),
        "assessment": assessment,
        "follows": {} if before is None else _named(before),
        "audit_head": audit_head,
    }
    return {**record, "digest": hashlib.sha256(dumps(record).encode()).hexdigest()}


def _named(before: StoredDecision) -> dict[str, Any]:
    return {"version": before.version, "digest": str(before.record.get("digest", ""))}


class Board:
    """The meetings of a store, and the decisions on its cases.

    The session gives the store and the author; the open case is the one decided on.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    # -- meetings ------------------------------------------------------------------------

    def meetings(self) -> list[Meeting]:
        """Return all meetings, the latest date first."""
        return self._session.store.meetings.all()

    def new_meeting(self, day: str, start: str = "", place: str = "") -> Meeting:
        """Create a meeting on an ISO date.

        Raises
        ------
        UserError
            When that is no date, or the store cannot be written.

        """
        try:
            date.fromisoformat(day)
        except ValueError:
            raise UserError(
                _("“{day}” is not a date.", day=day), _("Write it as 2026-11-27.")
            ) from None
        return self.keep(Meeting(new_uid(), day, start, place))

    def keep(self, meeting: Meeting) -> Meeting:
        """Store a changed meeting and return it as it stands now.

        Raises
        ------
        UserError
            When somebody else changed it since it was read, or the store cannot be written.

        """
        with self._session.store.transaction():
            return self._session.store.meetings.put(self._stamp(), meeting)

    def meeting(self, uid: str) -> Meeting | None:
        """Return a meeting as it stands, None when there is none with this UID."""
        return self._session.store.meetings.find(uid)

    def change(self, seen: Meeting, wanted: Meeting) -> Kept:
        """Store what was changed from a meeting as it was seen to what is wanted.

        When somebody else changed it meanwhile both changes hold; of a piece that both
        changed theirs holds, and ``told`` repeats what was wanted.

        Raises
        ------
        UserError
            When the store cannot be written.

        """
        store = self._session.store
        with store.transaction():
            newest = store.meetings.find(seen.uid)
            if newest is None or newest.version == seen.version:
                return Kept(store.meetings.put(self._stamp(), wanted))
            both, clashes = merged(seen, wanted, newest)
            told = _met(clashes, store.cases.label_of)
            if both == newest:
                return Kept(newest, told)
            return Kept(store.meetings.put(self._stamp(), both), told)

    def carry_over(self, meeting: Meeting, following: Meeting) -> Meeting:
        """Put the deferred cases of a meeting on the agenda of the following one.

        Raises
        ------
        UserError
            When the following one was changed meanwhile.

        """
        return self.keep(carried_over(meeting, self.deferred(meeting), following))

    def deferred(self, meeting: Meeting) -> tuple[str, ...]:
        """Return the cases of a meeting that were put off, by decision or by their status."""
        return tuple(i.case_uid for i in meeting.items if self._is_deferred(i.case_uid))

    def _is_deferred(self, case_uid: str) -> bool:
        found = self.stands(case_uid).shown
        if found is None:
            return self._session.store.cases.remark_of(case_uid, STATUS) == "deferred"
        return found.decision.is_deferred

    # -- decisions -----------------------------------------------------------------------

    def decisions(self, case_uid: str = "") -> list[StoredDecision]:
        """Return all savings of the decision on a case, by default the open one; oldest first."""
        return self._session.store.decisions.of_case(case_uid or self._case().uid)

    def stands(self, case_uid: str = "") -> DecisionState:
        """Return what is signed on a case, by default the open one, and what is a draft."""
        return stands(self.decisions(case_uid))

    def decision_states(self, case_uids: Iterable[str], meeting_uid: str) -> dict[str, str]:
        """Return how far a meeting is with each case: "", "draft", "recommended", "deferred"."""
        store = self._session.store
        return {
            uid: of_meeting(store.decisions.of_case(uid), meeting_uid).state for uid in case_uids
        }

    def draft(
        self,
        decision: Decision,
        meeting_uid: str = "",
        after: int | None = None,
        case_uid: str = "",
    ) -> StoredDecision:
        """Keep a decision that is not signed yet; it may still lack things.

        On a case that is signed already it is the draft of a correction: the signed one
        stands until this is signed. ``after`` is the number of the newest saving that its
        author saw, 0 for none; None takes whatever is newest now. ``case_uid`` is the case,
        by default the open one.

        Raises
        ------
        UserError
            When somebody else changed it meanwhile.

        """
        return self._append(
            NewDecision(case_uid or self._case().uid, meeting_uid, 0, decision), after
        )

    def take_back(self, case_uid: str, after: int | None = None) -> None:
        """Take back what was written after a signature and not signed; nothing without it.

        Nothing is deleted: the signed decision is repeated as the newest draft. ``after`` and
        the error are as for `draft`.
        """
        found = self.stands(case_uid)
        if found.signed is not None and found.draft is not None:
            signed = found.signed
            new = NewDecision(case_uid, signed.meeting_uid, 0, signed.decision)
            self._append(new, after)

    def sign(
        self,
        decision: Decision,
        meeting_uid: str = "",
        after: int | None = None,
        on: Subject | None = None,
    ) -> StoredDecision:
        """Close a case with a decision and freeze all that it rests on.

        On a case that is signed already this is a correction: a new version that names the
        one before. ``after`` is as for `draft`; ``on`` is the case with what it rests on, by
        default the open one.

        Raises
        ------
        UserError
            When the decision lacks something, or somebody else changed it meanwhile.

        """
        if missing := lacking(decision):
            raise UserError(_("The case cannot be closed yet."), " ".join(missing))
        session = self._session
        on = on or Subject(self._case(), session.facts, session.assessment)
        record = frozen_record(on, session.store.head, self.stands(on.case.uid).signed)
        return self._append(NewDecision(on.case.uid, meeting_uid, 0, decision, record), after)

    def follow_up(
        self,
        outcome: str,
        *,
        as_recommended: bool,
        differs_because: str = "",
        on: Subject | None = None,
    ) -> StoredDecision:
        """Add what happened later to a signed decision, as a new version; ``on`` as for `sign`.

        Raises
        ------
        UserError
            When there is no signed decision, or the reason of a difference is lacking.

        """
        last = self.stands(on.case.uid if on is not None else "").signed
        if last is None:
            raise UserError(_("There is no signed decision on this case."), _("Sign it first."))
        told = replace(
            last.decision,
            outcome=outcome,
            outcome_as_recommended=as_recommended,
            differs_because=differs_because,
        )
        return self.sign(told, last.meeting_uid, on=on)

    def _append(self, new: NewDecision, after: int | None) -> StoredDecision:
        """Store a decision after the saving that its author saw, by default the newest."""
        found = self.decisions(new.case_uid)
        newest = found[-1].sequence if found else 0
        said = all_lines(new.decision)
        new = replace(new, decision=said, predecessor=newest if after is None else after)
        with self._session.store.transaction():
            return self._session.store.decisions.append(self._stamp(), new)

    def _case(self) -> Case:
        case = self._session.case
        if case is None:
            raise UserError(_("No case is open."), _("Open a case from the worklist first."))
        return case

    def _stamp(self) -> Stamp:
        return Stamp(self._session.author, utc_now())


_PIECES = {
    "date": N_("The date stays as it was changed there; yours was “{said}”."),
    "start": N_("The start stays as it was changed there; yours was “{said}”."),
    "place": N_("The place stays as it was changed there; yours was “{said}”."),
    "attendees": N_("The list of attendees stays as it was changed there; yours was “{said}”."),
    "minutes": N_("The time planned{whose} stays as it was changed there; yours was “{said}”."),
    "question": N_("The question{whose} stays as it was changed there; yours was “{said}”."),
    "presenter": N_("The presenter{whose} stays as it was changed there; yours was “{said}”."),
}
_STATE = N_("The state stays as it was changed there; yours was “{said}”.")


def _met(clashes: Iterable[Clash], label: Callable[[str], str]) -> str:
    """Say that somebody else changed a meeting, and what did not hold because of it."""
    told = [_("This meeting was changed in another window meanwhile; it stands here as it is now.")]
    for clash in clashes:
        whose = _(" of {label}", label=label(clash.case_uid)) if clash.case_uid else ""
        told.append(_(_PIECES.get(clash.piece, _STATE), whose=whose, said=_said(clash)))
    return " ".join(told)


def _said(clash: Clash) -> str:
    if not isinstance(clash.wanted, tuple):
        return str(clash.wanted)
    return ", ".join(a.name for a in clash.wanted if isinstance(a, Attendee))
