"""How a case was last looked at: layout, series and places. A convenience, not a record."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlite3 import Connection


@dataclass(frozen=True)
class Arrangements:
    """How each case was last looked at."""

    _connection: Connection

    def keep(self, case_uid: str, body: dict[str, Any]) -> None:
        """Remember the arrangement of a case; in a transaction."""
        self._connection.execute(
            """INSERT INTO arrangement (case_uid, body) VALUES (?, ?)
            ON CONFLICT (case_uid) DO UPDATE SET body = excluded.body""",
            (case_uid, json.dumps(body, sort_keys=True)),
        )

    def find(self, case_uid: str) -> dict[str, Any] | None:
        """Return the arrangement of a case, None when it was never looked at."""
        row = self._connection.execute(
            "SELECT body FROM arrangement WHERE case_uid = ?", (case_uid,)
        ).fetchone()
        if row is None:
            return None
        try:
            body = json.loads(row[0])
        except ValueError:
            return None
        return body if isinstance(body, dict) else None
