"""How long cases were spoken of before a board: each reading of the clock is a row for good."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tumorboard.canonical_json import dumps
from tumorboard.store.audit import AuditChain, Stamp
from tumorboard.store.driver import user_errors
from tumorboard.text import line

if TYPE_CHECKING:
    from sqlite3 import Connection

_ONE = "SELECT * FROM talk_time WHERE sequence = ?"
_ALL = "SELECT talk_uid, meeting_uid, case_uid, seconds, utc FROM talk_time ORDER BY sequence"


@dataclass(frozen=True)
class TalkTime:
    """The clock of a case as it was left in a talk.

    ``seconds`` are all that this talk has given to the case until ``utc``: of several rows of
    one talk and case the last one holds. ``utc`` is given by the store when it is read.
    """

    talk_uid: str
    meeting_uid: str
    case_uid: str
    seconds: int
    utc: str = ""


@dataclass(frozen=True)
class TalkTimes:
    """The times of talks before meetings."""

    _connection: Connection

    def append(self, stamp: Stamp, read: TalkTime) -> None:
        """Store the clock of a case as it was left; runs inside a transaction."""
        cursor = self._connection.execute(
            """INSERT INTO talk_time (talk_uid, meeting_uid, case_uid, seconds, author, utc)
            VALUES (?, ?, ?, ?, ?, ?)""",
            (
                *(read.talk_uid, read.meeting_uid, read.case_uid),
                *(read.seconds, stamp.author, stamp.utc),
            ),
        )
        reference = str(cursor.lastrowid)
        content = content_of(self._connection, int(reference)) or ""
        AuditChain(self._connection).append(stamp, "talk time", reference, content, read.case_uid)

    @user_errors()
    def all(self) -> list[TalkTime]:
        """Return every reading of the clock, in the order in which they were stored."""
        return [
            TalkTime(
                *(row["talk_uid"], row["meeting_uid"], row["case_uid"]),
                *(int(row["seconds"]), line(row["utc"])),
            )
            for row in self._connection.execute(_ALL)
        ]


def content_of(connection: Connection, sequence: int) -> str | None:
    """Return the canonical text of one row, for the audit chain."""
    row = connection.execute(_ONE, (sequence,)).fetchone()
    return None if row is None else dumps(list(row))
