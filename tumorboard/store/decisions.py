"""Decisions of boards: each saving is a row for good, a signed one with all it rested on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

from tumorboard.canonical_json import Json, dumps, loads, loads_exactly
from tumorboard.case.decision import Agreement, Considered, Decision, Intent, RejectedOption
from tumorboard.errors import UserError
from tumorboard.language import _
from tumorboard.store import search
from tumorboard.store.audit import AuditChain, Stamp
from tumorboard.store.driver import user_errors
from tumorboard.text import line

if TYPE_CHECKING:
    from sqlite3 import Connection, Row


_BY_SEQUENCE = "SELECT * FROM decision WHERE sequence = ?"
_OF_CASE = "SELECT * FROM decision WHERE case_uid = ? ORDER BY sequence"

_SIGNED_IN = """SELECT case_uid FROM decision WHERE signed = 1
AND json_extract(record, '$.assessment.category') = ?
AND json_extract(record, '$.facts.histology') = ?
GROUP BY case_uid ORDER BY max(sequence) DESC"""


@dataclass(frozen=True)
class StoredDecision:
    """One saving of the decision on a case.

    ``predecessor`` is the sequence number of the saving before, 0 for the first.
    ``record`` is what a signed one froze (see `tumorboard.app.board`), empty for a draft.
    """

    sequence: int
    case_uid: str
    meeting_uid: str
    version: int
    predecessor: int
    signed: bool
    decision: Decision
    record: Json
    author: str
    utc: str


@dataclass(frozen=True)
class NewDecision:
    """A decision to store; ``predecessor`` is the newest one that its author saw, 0 for none."""

    case_uid: str
    meeting_uid: str
    predecessor: int
    decision: Decision
    record: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Decisions:
    """The decisions on cases, every saving of them."""

    _connection: Connection

    def append(
        self, stamp: Stamp, new: NewDecision, written: Stamp | None = None
    ) -> StoredDecision:
        """Store a decision; with a record it is signed. Runs inside a transaction.

        ``written`` says who brings it here and when, where that is not who made it: the audit
        chain names them.

        Raises
        ------
        UserError
            When somebody else stored one for the case since its author looked.

        """
        last = self.newest(new.case_uid)
        if (last.sequence if last is not None else 0) != new.predecessor:
            raise UserError(
                _("The decision on this case was changed in another window meanwhile."),
                _("Open it again; what was written there is kept."),
            )
        version = 1 if last is None else last.version + 1
        cursor = self._connection.execute(
            """INSERT INTO decision
            (case_uid, meeting_uid, version, predecessor, signed, body, record, author, utc)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)""",
            (
                new.case_uid,
                new.meeting_uid,
                version,
                new.predecessor,
                int(new.record is not None),
                dumps(asdict(new.decision)),
                dumps(dict(new.record or {})),
                stamp.author,
                stamp.utc,
            ),
        )
        sequence = int(cursor.lastrowid or 0)
        content = content_of(self._connection, sequence) or ""
        who = written or stamp
        AuditChain(self._connection).append(who, "decision", str(sequence), content, new.case_uid)
        search.refresh(self._connection, new.case_uid)
        return _stored(self._connection.execute(_BY_SEQUENCE, (sequence,)).fetchone())

    @user_errors()
    def of_case(self, case_uid: str) -> list[StoredDecision]:
        """Return all savings for a case, the oldest first."""
        rows = self._connection.execute(_OF_CASE, (case_uid,))
        return [_stored(row) for row in rows]

    @user_errors()
    def signed_cases(self) -> list[str]:
        """Return the UIDs of the cases with a signed decision, in the order of the first."""
        rows = self._connection.execute(
            """SELECT case_uid FROM decision WHERE signed = 1
            GROUP BY case_uid ORDER BY min(sequence)"""
        )
        return [str(row["case_uid"]) for row in rows]

    @user_errors()
    def signed_in(self, category: str, histology: str) -> list[str]:
        """Return the UIDs of cases of which a decision was signed in this category and histology.

        Category and histology are those of the frozen record: what held when it was signed.
        """
        rows = self._connection.execute(_SIGNED_IN, (category, histology))
        return [row[0] for row in rows]

    def newest(self, case_uid: str) -> StoredDecision | None:
        """Return the decision on a case as it stands, None without one."""
        found = self.of_case(case_uid)
        return found[-1] if found else None


def content_of(connection: Connection, sequence: int) -> str | None:
    """Return the canonical text of one row, for the audit chain."""
    row = connection.execute(_BY_SEQUENCE, (sequence,)).fetchone()
    return None if row is None else dumps(list(row))


def _stored(row: Row) -> StoredDecision:
    return StoredDecision(
        row["sequence"],
        row["case_uid"],
        row["meeting_uid"],
        row["version"],
        row["predecessor"],
        bool(row["signed"]),
        read_decision(loads(row["body"])),
        loads_exactly(row["record"]),
        line(row["author"]),
        line(row["utc"]),
    )


def read_decision(data: Mapping[str, Any]) -> Decision:
    """Read a decision from JSON values; unknown keys are passed over."""
    known = {field.name for field in fields(Decision)}
    values = {key: value for key, value in data.items() if key in known}
    rejected = tuple(RejectedOption(r["option"], r["reason"]) for r in values.pop("rejected", ()))
    return Decision(
        **{
            **values,
            "options": tuple(values.get("options", ())),
            "rejected": rejected,
            "intent": Intent(values.get("intent", Intent.NOT_STATED)),
            "agreement": Agreement(values.get("agreement", Agreement.NOT_STATED)),
            "trial": Considered(values.get("trial", Considered.NOT_STATED)),
        }
    )
