"""What holds now for a case: ordered rows of JSON, one table a family.

A row is (case, name, ordinal, body): ``name`` is a UID or the name of a fact, ``ordinal``
its place among its like, dense from 0, ``body`` canonical JSON. Only `put` and `remove`
write here, and only `tumorboard.store.steps` calls them, so that every row follows from
the steps.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tumorboard.canonical_json import dumps, loads

if TYPE_CHECKING:
    from sqlite3 import Connection

#: The families and the tables that hold them.
TABLES = {
    "series": "case_series",
    "lesion": "lesion",
    "annotation": "annotation",
    "fact": "fact",
    "derived": "derived_fact",
    "remark": "remark",
    "view": "saved_view",
    "segmentation": "segmentation",
    "vessel": "vessel_path",
}

#: The words of a case that are changed by steps too: columns of its own row.
DETAILS = ("label", "question", "summary")


@dataclass(frozen=True)
class _Statements:
    one: str
    all: str
    count: str
    replace: str
    insert: str
    delete: str
    move: str


def _statements(table: str) -> _Statements:
    texts = (
        "SELECT ordinal, body FROM TABLE WHERE case_uid = ? AND name = ?",
        "SELECT name, body FROM TABLE WHERE case_uid = ? ORDER BY ordinal",
        "SELECT count(*) FROM TABLE WHERE case_uid = ?",
        "UPDATE TABLE SET body = ? WHERE case_uid = ? AND name = ?",
        "INSERT INTO TABLE (case_uid, name, ordinal, body) VALUES (?, ?, ?, ?)",
        "DELETE FROM TABLE WHERE case_uid = ? AND name = ?",
        "UPDATE TABLE SET ordinal = ordinal + ? WHERE case_uid = ? AND ordinal >= ?",
    )
    return _Statements(*(text.replace("TABLE", table) for text in texts))


_SQL = {entity: _statements(table) for entity, table in TABLES.items()}

_DETAIL_READ = {d: "SELECT X FROM board_case WHERE uid = ?".replace("X", d) for d in DETAILS}
_DETAIL_WRITE = {d: "UPDATE board_case SET X = ? WHERE uid = ?".replace("X", d) for d in DETAILS}


def items(connection: Connection, case_uid: str, entity: str) -> list[tuple[str, str]]:
    """Return (name, body) of a family in their order."""
    found = connection.execute(_SQL[entity].all, (case_uid,))
    return [(row["name"], row["body"]) for row in found]


def body(connection: Connection, case_uid: str, entity: str, name: str) -> str | None:
    """Return the body that holds now, or None."""
    if entity == "case":
        row = connection.execute(_DETAIL_READ[name], (case_uid,)).fetchone()
        return dumps(row[0])
    row = connection.execute(_SQL[entity].one, (case_uid, name)).fetchone()
    return None if row is None else str(row["body"])


def put(
    connection: Connection, case_uid: str, entity: str, name: str, text: str, position: int = -1
) -> None:
    """Replace a row where it stands, or insert it at a position (-1: at the end)."""
    if entity == "case":
        connection.execute(_DETAIL_WRITE[name], (loads(text), case_uid))
        return
    sql = _SQL[entity]
    if connection.execute(sql.replace, (text, case_uid, name)).rowcount:
        return
    count = connection.execute(sql.count, (case_uid,)).fetchone()[0]
    ordinal = count if position < 0 else min(position, count)
    if ordinal < count:
        connection.execute(sql.move, (1, case_uid, ordinal))
    connection.execute(sql.insert, (case_uid, name, ordinal, text))


def remove(connection: Connection, case_uid: str, entity: str, name: str) -> None:
    """Take a row away; those after it move up.

    Raises
    ------
    ValueError
        When a detail of the case itself is to be removed.

    """
    if entity == "case":
        raise ValueError("a detail of a case cannot be removed")
    sql = _SQL[entity]
    row = connection.execute(sql.one, (case_uid, name)).fetchone()
    if row is not None:
        connection.execute(sql.delete, (case_uid, name))
        connection.execute(sql.move, (-1, case_uid, row["ordinal"]))
