"""Assessments: each stored with the hash of its inputs and the guideline version, for good."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tumorboard.canonical_json import Json, dumps, loads
from tumorboard.store.audit import AuditChain, Stamp
from tumorboard.store.driver import user_errors

if TYPE_CHECKING:
    from sqlite3 import Connection, Row


@dataclass(frozen=True)
class StoredAssessment:
    """An assessment as it was made; ``result`` is its JSON."""

    sequence: int
    case_uid: str
    input_hash: str
    guideline_version: str
    category: str
    utc: str
    result: Json


@dataclass(frozen=True)
class NewAssessment:
    """An assessment to store; ``result`` as JSON values, its category read from it."""

    case_uid: str
    input_hash: str
    guideline_version: str
    result: Mapping[str, Any]


@dataclass(frozen=True)
class Assessments:
    """The assessments of cases, each for good."""

    _connection: Connection

    def append(self, stamp: Stamp, new: NewAssessment) -> bool:
        """Store an assessment unless it repeats the newest of the case; in a transaction."""
        last = self._connection.execute(
            """SELECT input_hash, guideline_version FROM assessment WHERE case_uid = ?
            ORDER BY sequence DESC LIMIT 1""",
            (new.case_uid,),
        ).fetchone()
        if last is not None and tuple(last) == (new.input_hash, new.guideline_version):
            return False
        cursor = self._connection.execute(
            """INSERT INTO assessment
            (case_uid, input_hash, guideline_version, category, utc, result)
            VALUES (?, ?, ?, ?, ?, ?)""",
            (
                new.case_uid,
                new.input_hash,
                new.guideline_version,
                str(new.result.get("category") or ""),
                stamp.utc,
                dumps(dict(new.result)),
            ),
        )
        sequence = int(cursor.lastrowid or 0)
        content = content_of(self._connection, sequence)
        AuditChain(self._connection).append(
            stamp, "assessment", str(sequence), content, new.case_uid
        )
        return True

    @user_errors()
    def of_case(self, case_uid: str) -> list[StoredAssessment]:
        """Return the assessments of a case, the oldest first."""
        found = self._connection.execute(
            "SELECT * FROM assessment WHERE case_uid = ? ORDER BY sequence", (case_uid,)
        )
        return [_read(row) for row in found]

    @user_errors()
    def newest(self, case_uid: str) -> StoredAssessment | None:
        """Return the newest assessment of a case, None without any."""
        row = self._connection.execute(
            "SELECT * FROM assessment WHERE case_uid = ? ORDER BY sequence DESC LIMIT 1",
            (case_uid,),
        ).fetchone()
        return None if row is None else _read(row)


def content_of(connection: Connection, sequence: int) -> str:
    """Return the canonical text of an assessment's row, as the audit chain covers it."""
    row = connection.execute("SELECT * FROM assessment WHERE sequence = ?", (sequence,)).fetchone()
    return dumps(list(row))


def _read(row: Row) -> StoredAssessment:
    return StoredAssessment(**{**dict(row), "result": loads(row["result"])})
