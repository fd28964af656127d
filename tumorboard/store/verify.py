"""Whether the store is whole: the file, its references, the audit chain and the history."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tumorboard.canonical_json import digest, dumps
from tumorboard.errors import UserError
from tumorboard.language import _
from tumorboard.progress import Reporter
from tumorboard.store import (
    assessments,
    audit,
    cases,
    decisions,
    masks,
    meetings,
    patients,
    series,
    state,
    steps,
    talk_times,
)
from tumorboard.store.audit import AuditChain
from tumorboard.store.driver import DatabaseError
from tumorboard.store.file import StoreFile
from tumorboard.store.pictures import Pictures
from tumorboard.store.steps import ChangeRow, Steps

if TYPE_CHECKING:
    from sqlite3 import Connection

#: (case, family) -> names and bodies in their order.
_Rows = dict[tuple[str, str], dict[str, str]]


@dataclass(frozen=True)
class VerifyReport:
    """What a check found: each problem in a sentence, and how much was looked at.

    ``doubts`` are no damage: what nobody can tell for certain of what older versions stored.
    """

    problems: tuple[str, ...]
    cases: int
    steps: int
    audit_rows: int
    head: str
    doubts: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems


def verify(store: StoreFile, reporter: Reporter | None = None) -> VerifyReport:
    """Check the whole store; changes nothing.

    Raises
    ------
    CancelledError
        When the user has asked to stop.

    """
    connection, report = store.connection, reporter or Reporter()
    checks: tuple[Callable[[Connection], Iterator[str]], ...] = (
        _file_problems,
        audit.chain_problems,
        _content_problems,
        _replay_problems,
        masks.problems,
    )
    problems: list[str] = []
    for number, check in enumerate(checks):
        report.step(_("Checking the store"), number, len(checks))
        try:
            problems.extend(check(connection))
        except (DatabaseError, UserError) as error:
            problems.append(_("the file cannot be read: {error}", error=error))
    return VerifyReport(tuple(problems), *_totals(connection), _doubts(connection))


def _doubts(connection: Connection) -> tuple[str, ...]:
    try:
        return tuple(f"{d.label}: {d.text}" for d in Pictures(connection).doubts())
    except (DatabaseError, UserError):
        return ()


def _totals(connection: Connection) -> tuple[int, int, int, str]:
    counts = (
        "SELECT count(*) FROM board_case",
        "SELECT count(*) FROM step",
        "SELECT count(*) FROM audit",
    )
    try:
        cases_, steps_, rows = (connection.execute(sql).fetchone()[0] for sql in counts)
        return cases_, steps_, rows, AuditChain(connection).head()
    except (DatabaseError, UserError):
        return 0, 0, 0, ""


def _file_problems(connection: Connection) -> Iterator[str]:
    for row in connection.execute("PRAGMA integrity_check(20)").fetchall():
        if row[0] != "ok":
            yield _("the file is damaged: {reason}", reason=row[0])
    for row in connection.execute("PRAGMA foreign_key_check").fetchall():
        yield _("a row of {table} points to a missing row of {other}", table=row[0], other=row[2])


#: Gives the text of the row that an audit row speaks of.
_Content = Callable[["Connection", str], str | None]

#: What the audit chain covers: the rows there are, and the text of one.
_COVERED: dict[str, tuple[str, _Content]] = {
    "patient": ("SELECT uid FROM patient", patients.content_of),
    "same patient": ("SELECT uid FROM patient_alias", patients.alias_content),
    "case": ("SELECT uid FROM board_case", cases.content_of),
    "study": ("SELECT uid FROM study", series.study_content),
    "series": ("SELECT uid FROM series", series.content_of),
    "step": ("SELECT sequence FROM step", lambda c, r: steps.content_of(c, int(r))),
    "assessment": (
        "SELECT sequence FROM assessment",
        lambda c, r: assessments.content_of(c, int(r)),
    ),
    "meeting": ("SELECT sequence FROM meeting", lambda c, r: meetings.content_of(c, int(r))),
    "decision": ("SELECT sequence FROM decision", lambda c, r: decisions.content_of(c, int(r))),
    "talk time": (
        "SELECT sequence FROM talk_time",
        lambda c, r: talk_times.content_of(c, int(r)),
    ),
}


def _content_problems(connection: Connection) -> Iterator[str]:
    for action, (sql, content_of) in _COVERED.items():
        written = {r.reference: r for r in AuditChain(connection).rows() if r.action == action}
        present = {str(row[0]) for row in connection.execute(sql)}
        for reference in sorted(present - written.keys()):
            yield _(
                "{action} {reference} is not in the audit chain", action=action, reference=reference
            )
        for reference, row in written.items():
            if reference not in present:
                yield _(
                    "{action} {reference} is missing (audit row {sequence})",
                    action=action,
                    reference=reference,
                    sequence=row.sequence,
                )
            elif _digest(connection, content_of, reference) != row.content:
                yield _(
                    "{action} {reference} was changed after audit row {sequence}",
                    action=action,
                    reference=reference,
                    sequence=row.sequence,
                )


def _digest(connection: Connection, content_of: _Content, reference: str) -> str:
    try:
        return digest(content_of(connection, reference) or "")
    except ValueError:
        return "unreadable"


def _replay_problems(connection: Connection) -> Iterator[str]:
    rows: _Rows = defaultdict(dict)
    for step, changes in Steps(connection).replay():
        for change in changes:
            if not _replay(rows, step.case_uid, change):
                yield _("step {sequence} does not fit the steps before it", sequence=step.sequence)
    for case in connection.execute("SELECT uid, label, last_step FROM board_case").fetchall():
        yield from _compare(connection, rows, case["uid"])


def _replay(rows: _Rows, case_uid: str, change: ChangeRow) -> bool:
    held = rows[case_uid, change.entity]
    empty = dumps("") if change.entity == "case" else None
    fits = held.get(change.name, empty) == change.before
    if change.after is None:
        held.pop(change.name, None)
    elif change.name in held or not 0 <= change.position < len(held):
        held[change.name] = change.after
    else:
        items = list(held.items())
        items.insert(change.position, (change.name, change.after))
        rows[case_uid, change.entity] = dict(items)
    return fits


def _compare(connection: Connection, rows: _Rows, case_uid: str) -> Iterator[str]:
    for entity in state.TABLES:
        held = list(rows[case_uid, entity].items())
        if held != state.items(connection, case_uid, entity):
            yield _(
                "the {entity} rows of case {case_uid} do not follow from its steps",
                entity=entity,
                case_uid=case_uid,
            )
    for detail in state.DETAILS:
        expected = rows[case_uid, "case"].get(detail, dumps(""))
        if state.body(connection, case_uid, "case", detail) != expected:
            yield _(
                "the {detail} of case {case_uid} does not follow from its steps",
                detail=detail,
                case_uid=case_uid,
            )
