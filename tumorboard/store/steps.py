"""What happened to a case: steps of changes, only ever added.

A step and the rows of `tumorboard.store.state` that it changes are written in one
transaction. Undo and redo are steps of their own that name the step they concern.
Steps are ordered by their number, never by a clock.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tumorboard.canonical_json import dumps, loads
from tumorboard.errors import UserError
from tumorboard.language import _
from tumorboard.store import masks, search, state
from tumorboard.store.audit import AuditChain, Stamp
from tumorboard.store.driver import user_errors
from tumorboard.store.masks import Masks
from tumorboard.text import line

if TYPE_CHECKING:
    from sqlite3 import Connection, Row

    from tumorboard.imaging.mask_codec import Packed


@dataclass(frozen=True)
class ChangeRow:
    """One thing that changed: canonical JSON before and after, None for not there.

    ``entity`` is a family of `state.TABLES`, or ``case`` with ``name`` one of
    `state.DETAILS`. ``position`` is the place at which a removed thing comes back.
    """

    entity: str
    name: str
    before: str | None
    after: str | None
    position: int = -1


@dataclass(frozen=True)
class Step:
    """One committed step of a case.

    ``kind`` is create, import, edit, undo, redo or derive; ``target`` the number of the
    step that an undo or redo concerns.
    """

    sequence: int
    case_uid: str
    kind: str
    label: str
    author: str
    utc: str
    target: int | None = None


@dataclass(frozen=True)
class NewStep:
    """A step to write: its words, who and when, and its changes in their order.

    ``voxels`` are those that the changes name and that may not be stored yet.
    """

    case_uid: str
    kind: str
    label: str
    stamp: Stamp
    changes: tuple[ChangeRow, ...]
    target: int | None = None
    voxels: tuple[Packed, ...] = ()


@dataclass(frozen=True)
class Steps:
    """The steps of cases."""

    _connection: Connection

    def write(self, new: NewStep, expected_last: int | None = None) -> int:
        """Write a step and what it changes; return its number. Runs inside a transaction.

        Parameters
        ----------
        expected_last
            The number of the last step that the writer has seen, to notice another writer.

        Raises
        ------
        UserError
            When somebody else has changed the case meanwhile.
        ValueError
            When a change does not fit what holds now: our bug.

        """
        if expected_last is not None and self.last_step(new.case_uid) != expected_last:
            raise UserError(
                _("The case was changed in another window of the program."),
                _("Open the case again and repeat the last step."),
            )
        cursor = self._connection.execute(
            """INSERT INTO step (case_uid, kind, label, author, utc, target)
            VALUES (?, ?, ?, ?, ?, ?)""",
            (new.case_uid, new.kind, new.label, new.stamp.author, new.stamp.utc, new.target),
        )
        sequence = int(cursor.lastrowid or 0)
        Masks(self._connection).put(new.voxels)
        for number, change in enumerate(new.changes):
            _write_change(self._connection, sequence, number, new.case_uid, change)
        self._connection.execute(
            "UPDATE board_case SET last_step = ?, changed_utc = ? WHERE uid = ?",
            (sequence, new.stamp.utc, new.case_uid),
        )
        content = content_of(self._connection, sequence)
        AuditChain(self._connection).append(new.stamp, "step", str(sequence), content, new.case_uid)
        if any(change.entity in search.FAMILIES for change in new.changes):
            search.refresh(self._connection, new.case_uid)
        return sequence

    def last_step(self, case_uid: str) -> int:
        """Return the number of the last step of a case."""
        row = self._connection.execute(
            "SELECT last_step FROM board_case WHERE uid = ?", (case_uid,)
        ).fetchone()
        return int(row["last_step"]) if row else 0

    @user_errors()
    def of_case(self, case_uid: str) -> list[Step]:
        """Return the steps of a case in their order."""
        found = self._connection.execute(
            "SELECT * FROM step WHERE case_uid = ? ORDER BY sequence", (case_uid,)
        )
        return [_step(row) for row in found]

    @user_errors()
    def changes(self, sequence: int) -> tuple[ChangeRow, ...]:
        """Return the changes of a step in their order."""
        found = self._connection.execute(
            "SELECT * FROM change WHERE step = ? ORDER BY number", (sequence,)
        )
        return tuple(_change(row) for row in found)

    @user_errors()
    def values_of(self, case_uid: str, entity: str, name: str) -> list[tuple[Step, ChangeRow]]:
        """Return every change of one thing, the oldest first: no value is ever lost."""
        found = self._connection.execute(
            """SELECT step.*, entity, name, position, before, after FROM change
            JOIN step ON step.sequence = change.step
            WHERE entity = ? AND name = ? AND case_uid = ? ORDER BY step.sequence, number""",
            (entity, name, case_uid),
        )
        return [(_step(row), _change(row)) for row in found]

    @user_errors()
    def values_named(self, entity: str, prefix: str) -> list[tuple[Step, ChangeRow]]:
        """Return every change in all cases of things whose name begins so, the oldest first."""
        found = self._connection.execute(
            """SELECT step.*, entity, name, position, before, after FROM change
            JOIN step ON step.sequence = change.step
            WHERE entity = ? AND substr(name, 1, ?) = ? ORDER BY step.sequence, number""",
            (entity, len(prefix), prefix),
        )
        return [(_step(row), _change(row)) for row in found]

    def replay(self) -> Iterator[tuple[Step, tuple[ChangeRow, ...]]]:
        """Yield every step of the store with its changes, in their order."""
        for row in self._connection.execute("SELECT * FROM step ORDER BY sequence"):
            step = _step(row)
            yield step, self.changes(step.sequence)


def _write_change(
    connection: Connection, sequence: int, number: int, case_uid: str, change: ChangeRow
) -> None:
    held = state.body(connection, case_uid, change.entity, change.name)
    if (held is None) != (change.before is None):
        raise ValueError(f"stale change of a {change.entity}")
    if change.entity == masks.FAMILY and change.after is not None:
        masks.check_named(connection, loads(change.after))
    connection.execute(
        "INSERT INTO change VALUES (?, ?, ?, ?, ?, ?, ?)",
        (sequence, number, change.entity, change.name, change.position, held, change.after),
    )
    if change.after is None:
        state.remove(connection, case_uid, change.entity, change.name)
    else:
        state.put(connection, case_uid, change.entity, change.name, change.after, change.position)


def content_of(connection: Connection, sequence: int) -> str:
    """Return the canonical text of a step and its changes, as the audit chain covers it."""
    row = connection.execute("SELECT * FROM step WHERE sequence = ?", (sequence,)).fetchone()
    found = connection.execute("SELECT * FROM change WHERE step = ? ORDER BY number", (sequence,))
    return dumps([list(row), [list(change) for change in found]])


def _step(row: Row) -> Step:
    told = {name: row[name] for name in Step.__dataclass_fields__}
    return Step(**{**told, **{name: line(told[name]) for name in ("label", "author", "utc")}})


def _change(row: Row) -> ChangeRow:
    return ChangeRow(**{name: row[name] for name in ChangeRow.__dataclass_fields__})


def row_of(
    entity: str, name: str, before: object | None, after: object | None, position: int = -1
) -> ChangeRow:
    """Build a change row from JSON values; None means not there."""
    texts: Sequence[str | None] = [None if v is None else dumps(v) for v in (before, after)]
    return ChangeRow(entity, name, texts[0], texts[1], position)
