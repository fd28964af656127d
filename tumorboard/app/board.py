"""Meetings and decisions: what may be done with them, and what a signature freezes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from tumorboard.annotations.measure import measure
from tumorboard.annotations.model import new_uid, utc_now
from tumorboard.annotations.serialize import annotation_to_json
from tumorboard.app.session import Session
from tumorboard.case.decision import Decision, lacking
from tumorboard.case.facts import FactSheet, sheet_to_json
from tumorboard.case.meeting import Meeting, carried_over
from tumorboard.case.model import Case
from tumorboard.errors import UserError
from tumorboard.store import decisions, meetings
from tumorboard.store.audit import Stamp
from tumorboard.store.decisions import NewDecision, StoredDecision
from tumorboard.store.jsontext import dumps

#: Raised when a frozen record changes its form.
RECORD_VERSION = 1


def frozen_record(
    case: Case, facts: FactSheet, assessment: Mapping[str, Any], audit_head: str
) -> dict[str, Any]:
    """Return all that a decision rested on, as JSON values; no identity of the patient.

    ``images`` are the SOP Instance UIDs that were measured on, ``audit_head`` stands for
    everything that was stored until then. ``digest`` is the SHA-256 of the rest.
    """
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
        "facts": sheet_to_json(facts),
        "assessment": dict(assessment),
        "audit_head": audit_head,
    }
    return {**record, "digest": hashlib.sha256(dumps(record).encode()).hexdigest()}


class Board:
    """The meetings of a store, and the decisions on its cases.

    The session gives the store and the author; the open case is the one decided on.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    # -- meetings ------------------------------------------------------------------------

    def meetings(self) -> list[Meeting]:
        """Return all meetings, the latest date first."""
        return meetings.all_meetings(self._session.store.connection)

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
            raise UserError(f"“{day}” is not a date.", "Write it as 2026-11-27.") from None
        return self.keep(Meeting(new_uid(), day, start, place))

    def keep(self, meeting: Meeting) -> Meeting:
        """Store a changed meeting and return it as it stands now.

        Raises
        ------
        UserError
            When somebody else changed it since it was read, or the store cannot be written.

        """
        with self._session.store.transaction() as connection:
            return meetings.put(connection, self._stamp(), meeting)

    def carry_over(self, meeting: Meeting, following: Meeting) -> Meeting:
        """Put the deferred cases of a meeting on the agenda of the following one.

        Raises
        ------
        UserError
            When the following one was changed meanwhile.

        """
        deferred = [i.case_uid for i in meeting.items if self._is_deferred(i.case_uid)]
        return self.keep(carried_over(meeting, deferred, following))

    def _is_deferred(self, case_uid: str) -> bool:
        found = decisions.newest(self._session.store.connection, case_uid)
        return found is not None and found.decision.is_deferred

    # -- decisions -----------------------------------------------------------------------

    def decisions(self) -> list[StoredDecision]:
        """Return all savings of the decision on the open case, the oldest first."""
        return decisions.of_case(self._session.store.connection, self._case().uid)

    def draft(self, decision: Decision, meeting_uid: str = "") -> StoredDecision:
        """Keep a decision that is not signed yet; it may still lack things.

        Raises
        ------
        UserError
            When somebody else changed it meanwhile, or it is signed already.

        """
        if (last := self._last()) is not None and last.signed:
            raise UserError(
                "The decision on this case is signed.",
                "Correct it by signing a new version; the signed one is kept.",
            )
        return self._append(decision, meeting_uid, None)

    def sign(self, decision: Decision, meeting_uid: str = "") -> StoredDecision:
        """Close the case with a decision and freeze all that it rests on.

        On a case that is signed already this is a correction: a new version that names the
        one before.

        Raises
        ------
        UserError
            When the decision lacks something, or somebody else changed it meanwhile.

        """
        if missing := lacking(decision):
            raise UserError("The case cannot be closed yet.", " ".join(missing))
        session = self._session
        made = session.assessment
        record = frozen_record(
            self._case(), session.facts, made.to_json() if made else {}, session.audit_head
        )
        return self._append(decision, meeting_uid, record)

    def follow_up(
        self, outcome: str, *, as_recommended: bool, differs_because: str = ""
    ) -> StoredDecision:
        """Add what happened later to a signed decision, as a new version.

        Raises
        ------
        UserError
            When there is no signed decision, or the reason of a difference is lacking.

        """
        last = self._last()
        if last is None or not last.signed:
            raise UserError("There is no signed decision on this case.", "Sign it first.")
        told = replace(
            last.decision,
            outcome=outcome,
            outcome_as_recommended=as_recommended,
            differs_because=differs_because,
        )
        return self.sign(told, last.meeting_uid)

    def _last(self) -> StoredDecision | None:
        found = self.decisions()
        return found[-1] if found else None

    def _append(
        self, decision: Decision, meeting_uid: str, record: Mapping[str, Any] | None
    ) -> StoredDecision:
        last = self._last()
        before = last.sequence if last is not None else 0
        new = NewDecision(self._case().uid, meeting_uid, before, decision, record)
        with self._session.store.transaction() as connection:
            return decisions.append(connection, self._stamp(), new)

    def _case(self) -> Case:
        case = self._session.case
        if case is None:
            raise UserError("No case is open.", "Open a case from the worklist first.")
        return case

    def _stamp(self) -> Stamp:
        return Stamp(self._session.author, utc_now())
