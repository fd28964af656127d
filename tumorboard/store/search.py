"""Searching cases as one types: the words of each case in a full-text index.

The index follows from the rows of the store and holds nothing of its own; it is written in
the transaction that changes them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tumorboard.canonical_json import loads
from tumorboard.case.definitions import definition
from tumorboard.case.sites import site_heading

if TYPE_CHECKING:
    from sqlite3 import Connection

#: Facts whose words are searched.
_FACTS: Final = ("histology", "disease_phase", "site", "metastasis_sites")
#: Changes of these families may change the words of a case.
FAMILIES: Final = frozenset({"case", "fact", "lesion", "remark"})

TABLE: Final = """CREATE VIRTUAL TABLE case_text USING fts5(
    text, tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3')"""

_HEAD = """SELECT c.number, c.label, c.question, c.summary, p.name, p.patient_id
    FROM board_case c JOIN patient p ON p.uid = c.patient_uid WHERE c.uid = ?"""
_FORMER = """SELECT p.name, p.patient_id FROM remark r JOIN patient p
    ON p.uid = r.body ->> 'value' WHERE r.case_uid = ? AND r.name = 'former patient'"""
_FACT = "SELECT name, body FROM fact WHERE case_uid = ? AND name IN (?, ?, ?, ?)"
_LESIONS = "SELECT body FROM lesion WHERE case_uid = ?"
_REMARKS = "SELECT body FROM remark WHERE case_uid = ?"
_DECISION = "SELECT body FROM decision WHERE case_uid = ? ORDER BY sequence DESC LIMIT 1"


def refresh(connection: Connection, case_uid: str) -> None:
    """Bring the words of a case up to date; in the transaction that changed them."""
    head = connection.execute(_HEAD, (case_uid,)).fetchone()
    if head is None:
        return
    number, *words = head
    words += [_value(*row) for row in connection.execute(_FACT, (case_uid, *_FACTS))]
    words += [word for row in connection.execute(_FORMER, (case_uid,)) for word in row]
    for row in connection.execute(_LESIONS, (case_uid,)):
        lesion = loads(row[0])
        site = lesion.get("site", "")
        words += [lesion.get("name", ""), *dict.fromkeys((site, site_heading(site)))]
    words += [loads(row[0]).get("note", "") for row in connection.execute(_REMARKS, (case_uid,))]
    for row in connection.execute(_DECISION, (case_uid,)):
        decision = loads(row[0])
        words += [decision.get("recommendation", ""), decision.get("histology", "")]
    text = " ".join(str(word).replace("^", " ").replace("_", " ") for word in words if word)
    connection.execute("DELETE FROM case_text WHERE rowid = ?", (number,))
    connection.execute("INSERT INTO case_text (rowid, text) VALUES (?, ?)", (number, text))


def _value(name: str, body: str) -> str:
    """Return a value as it is stored, and in the words that a clinician would type."""
    value: Any = loads(body).get("value")
    values = value if isinstance(value, list) else [value]
    choice = definition(name).choice_label
    return " ".join(f"{v} {choice(v)}" for v in values if v)


def build(connection: Connection) -> None:
    """Make the index of all cases anew."""
    for row in connection.execute("SELECT uid FROM board_case").fetchall():
        refresh(connection, row[0])


def query_of(typed: str) -> str:
    """Return the full-text query for typed words: each begins a word of the case.

    What was typed is quoted, so that no sign in it is taken for an operator.
    """
    plain = "".join(c if c.isprintable() and c != '"' else " " for c in typed)
    return " ".join(f'"{word}"*' for word in plain.split())
