"""Board meetings: every change is a new row, the newest row of a meeting is how it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from tumorboard.canonical_json import dumps, loads
from tumorboard.case.meeting import AgendaItem, Attendee, Meeting
from tumorboard.errors import UserError
from tumorboard.language import _
from tumorboard.store.audit import AuditChain, Stamp
from tumorboard.store.driver import user_errors
from tumorboard.text import all_lines

if TYPE_CHECKING:
    from sqlite3 import Connection

_ONE = "SELECT body FROM meeting WHERE uid = ? ORDER BY sequence DESC LIMIT 1"
_ALL = """SELECT body FROM meeting m WHERE sequence =
    (SELECT max(sequence) FROM meeting WHERE uid = m.uid) ORDER BY date DESC, uid"""


@dataclass(frozen=True)
class Meetings:
    """The meetings as they stand."""

    _connection: Connection

    def put(self, stamp: Stamp, meeting: Meeting) -> Meeting:
        """Store a meeting as it shall be and return it with its new version; in a transaction.

        Raises
        ------
        UserError
            When somebody else changed it since it was read.

        """
        held = self.find(meeting.uid)
        if (held.version if held is not None else 0) != meeting.version:
            raise UserError(
                _("This meeting was changed in another window meanwhile."),
                _("Open it again and repeat the change."),
            )
        kept = replace(all_lines(meeting), version=meeting.version + 1)
        cursor = self._connection.execute(
            "INSERT INTO meeting (uid, version, date, body, author, utc) VALUES (?, ?, ?, ?, ?, ?)",
            (kept.uid, kept.version, kept.date, dumps(asdict(kept)), stamp.author, stamp.utc),
        )
        reference = str(cursor.lastrowid)
        content = content_of(self._connection, int(reference)) or ""
        AuditChain(self._connection).append(stamp, "meeting", reference, content, "")
        return kept

    @user_errors()
    def find(self, uid: str) -> Meeting | None:
        """Return a meeting as it stands, None when there is none with this UID."""
        row = self._connection.execute(_ONE, (uid,)).fetchone()
        return None if row is None else _read(loads(row["body"]))

    @user_errors()
    def all(self) -> list[Meeting]:
        """Return all meetings as they stand, the latest date first."""
        return [_read(loads(row["body"])) for row in self._connection.execute(_ALL)]


def content_of(connection: Connection, sequence: int) -> str | None:
    """Return the canonical text of one row, for the audit chain."""
    row = connection.execute(
        "SELECT uid, version, body, author, utc FROM meeting WHERE sequence = ?", (sequence,)
    ).fetchone()
    return None if row is None else dumps(list(row))


def _read(data: Mapping[str, Any]) -> Meeting:
    attendees = tuple(Attendee(a["name"], a["role"]) for a in data["attendees"])
    items = tuple(
        AgendaItem(i["case_uid"], i["minutes"], i["question"], i["presenter"])
        for i in data["items"]
    )
    return Meeting(
        data["uid"],
        data["date"],
        data["start"],
        data["place"],
        attendees,
        items,
        int(data["version"]),
        bool(data.get("cancelled", False)),
    )
