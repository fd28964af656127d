"""The audit chain: what was written, by whom, in an order that cannot be changed unseen.

Each row holds the digest of what was written and the hash of the row before it, so that a
change of any earlier row, or of what it speaks of, breaks every later hash. Rows hold no
patient data, only UIDs. Cutting rows off the end leaves a whole chain: that is why the
head hash is printed on every record that leaves the program.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from tumorboard.canonical_json import digest, dumps
from tumorboard.language import _
from tumorboard.store.driver import user_errors

if TYPE_CHECKING:
    from sqlite3 import Connection

#: What stands before the first row.
GENESIS = "0" * 64


@dataclass(frozen=True)
class Stamp:
    """Who wrote something and when (UTC, ISO 8601)."""

    author: str
    utc: str


@dataclass(frozen=True)
class AuditRow:
    """One link of the chain.

    ``action`` and ``reference`` name what was written (``step`` 17, ``series`` <UID> ...),
    ``content`` is its SHA-256, ``previous`` the hash of the row before.
    """

    sequence: int
    utc: str
    author: str
    action: str
    case_uid: str
    reference: str
    content: str
    previous: str
    hash: str = ""

    def computed(self) -> str:
        """Return the hash that this row should carry."""
        fields = asdict(self)
        del fields["hash"], fields["previous"]
        return digest(self.previous + dumps(fields))


@dataclass(frozen=True)
class AuditChain:
    """The chain of all that was written."""

    _connection: Connection

    def append(
        self, stamp: Stamp, action: str, reference: str, content: str, case_uid: str
    ) -> None:
        """Add a link for ``content``, the canonical text of what was written; in a transaction.

        Raises
        ------
        ValueError
            Outside a transaction, where a link could stand without what it speaks of: our bug.

        """
        if not self._connection.in_transaction:
            raise ValueError("written outside a transaction of the store")
        last = self._connection.execute(
            "SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1"
        ).fetchone()
        sequence, previous = (last["sequence"] + 1, last["hash"]) if last else (1, GENESIS)
        who, what = (stamp.utc, stamp.author), (action, case_uid, reference, digest(content))
        row = AuditRow(sequence, *who, *what, previous)
        self._connection.execute(
            "INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*list(asdict(row).values())[:-1], row.computed()),
        )

    @user_errors()
    def head(self) -> str:
        """Return the hash of the last row: it stands for everything written so far."""
        row = self._connection.execute(
            "SELECT hash FROM audit ORDER BY sequence DESC LIMIT 1"
        ).fetchone()
        return str(row["hash"]) if row else GENESIS

    @user_errors()
    def link(self, action: str, reference: str) -> AuditRow | None:
        """Return the link that says when something was written, None without one."""
        row = self._connection.execute(
            "SELECT * FROM audit WHERE action = ? AND reference = ?", (action, reference)
        ).fetchone()
        return None if row is None else AuditRow(**dict(row))

    @user_errors()
    def knows(self, head: str, before: int) -> bool:
        """Whether a hash is that of a row of this chain before another, given by its number."""
        found = self._connection.execute(
            "SELECT 1 FROM audit WHERE sequence < ? AND hash = ? ORDER BY sequence DESC LIMIT 1",
            (before, head),
        ).fetchone()
        return found is not None

    @user_errors()
    def step_before(self, sequence: int) -> int:
        """Return the number of the last step that was written before a row, 0 without one."""
        row = self._connection.execute(
            # The sign keeps the search on the order of the chain: it ends at the first row.
            """SELECT reference FROM audit WHERE sequence < ? AND +action = 'step'
            ORDER BY sequence DESC LIMIT 1""",
            (sequence,),
        ).fetchone()
        return int(row["reference"]) if row else 0

    def rows(self) -> Iterator[AuditRow]:
        """Yield the chain from its first row."""
        for row in self._connection.execute("SELECT * FROM audit ORDER BY sequence"):
            yield AuditRow(**dict(row))


def chain_problems(connection: Connection) -> Iterator[str]:
    """Name each row whose hash or predecessor is not what it should be."""
    previous, expected = GENESIS, 1
    for row in AuditChain(connection).rows():
        if row.sequence != expected:
            yield _(
                "audit rows {expected} to {sequence} are missing",
                expected=expected,
                sequence=row.sequence - 1,
            )
        elif row.previous != previous:
            yield _(
                "audit row {sequence} does not follow from the row before it", sequence=row.sequence
            )
        if row.hash != row.computed():
            yield _("audit row {sequence} was changed after it was written", sequence=row.sequence)
        previous, expected = row.hash, row.sequence + 1
    if expected != _ever_written(connection) + 1:
        yield _("audit rows from {expected} on are missing", expected=expected)


def _ever_written(connection: Connection) -> int:
    row = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'audit'").fetchone()
    return int(row["seq"]) if row else 0
