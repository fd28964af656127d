"""Patients: one row each, never changed; one person where somebody said so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tumorboard.annotations.model import new_uid
from tumorboard.case.model import Patient
from tumorboard.store import audit
from tumorboard.store.audit import Stamp
from tumorboard.store.jsontext import dumps, loads

if TYPE_CHECKING:
    from sqlite3 import Connection, Row


def match_key(patient: Patient, own: str) -> str:
    """Return the text by which two records are taken for one patient.

    Identifier, name and birth date must all agree, but for blanks and trailing carets
    of a DICOM name. Without an identifier nothing proves that two records are one person
    (anonymised data), so the key then holds ``own``: the study, or a UID used once.
    """
    parts = [_clean(p) for p in (patient.patient_id, patient.name, patient.birth_date)]
    return dumps(parts if parts[0] else [*parts, own])


def find(connection: Connection, key: str) -> str | None:
    """Return the UID of the patient with this key, or None."""
    row = connection.execute(
        """SELECT uid FROM patient WHERE match_key = ?1
        UNION ALL SELECT patient_uid FROM patient_alias WHERE match_key = ?1""",
        (key,),
    ).fetchone()
    return None if row is None else str(row["uid"])


def perhaps(connection: Connection, key: str) -> str | None:
    """Return the UID of the one patient who may be meant by a new key, or None.

    Name and identifier are theirs, and the birth date is missing in one of the two records:
    only a person can say whether they are one.
    """
    wanted = loads(key)
    if not wanted[0]:
        return None
    rows = connection.execute(
        """SELECT uid, match_key FROM patient WHERE json_extract(match_key, '$[0]') = ?""",
        (wanted[0],),
    ).fetchall()
    found = [row["uid"] for row in rows if may_be_one(wanted, loads(row["match_key"]))]
    return str(found[0]) if len(found) == 1 else None


def may_be_one(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two lists of identifier, name and birth date differ by a missing date alone."""
    same = one[0] == other[0] != "" and one[1].casefold() == other[1].casefold()
    return same and one[2] != other[2] and "" in (one[2], other[2])


def join(connection: Connection, stamp: Stamp, patient_uid: str, key: str) -> None:
    """Note a person's answer that records with a key are of a patient; in a transaction."""
    row = (new_uid(), key, patient_uid, str(loads(key)[2]), stamp.author, stamp.utc)
    connection.execute("INSERT INTO patient_alias VALUES (?, ?, ?, ?, ?, ?)", row)
    audit.append(connection, stamp, "same patient", row[0], alias_content(connection, row[0]), "")


def alias_content(connection: Connection, uid: str) -> str:
    """Return the canonical text of such an answer, as the audit chain covers it."""
    row = connection.execute("SELECT * FROM patient_alias WHERE uid = ?", (uid,)).fetchone()
    return dumps(list(row))


def register(connection: Connection, stamp: Stamp, patient: Patient, key: str) -> str:
    """Return the UID of the patient with this `match_key`, stored if new; in a transaction."""
    found = find(connection, key)
    if found is not None:
        return found
    uid = patient.uid or new_uid()
    if get(connection, uid) is not None:  # a UID is used for one patient only
        uid = new_uid()
    texts = (patient.patient_id, patient.name, patient.birth_date, patient.sex)
    connection.execute(
        "INSERT INTO patient VALUES (?, ?, ?, ?, ?, ?, ?)",
        (uid, key, *(_storable(t) for t in texts), stamp.utc),
    )
    audit.append(connection, stamp, "patient", uid, content_of(connection, uid), "")
    return uid


def key_of(connection: Connection, uid: str) -> str:
    """Return the `match_key` of a stored patient."""
    row = connection.execute("SELECT match_key FROM patient WHERE uid = ?", (uid,)).fetchone()
    return str(row["match_key"])


def get(connection: Connection, uid: str) -> Patient | None:
    """Return the patient with this UID, or None."""
    row = connection.execute("SELECT * FROM patient WHERE uid = ?", (uid,)).fetchone()
    return None if row is None else from_row(row)


def from_row(row: Row, uid_column: str = "uid") -> Patient:
    """Read a patient from a row with the columns of the table."""
    return Patient(
        uid=row[uid_column],
        name=row["name"],
        patient_id=row["patient_id"],
        birth_date=row["birth_date"],
        sex=row["sex"],
    )


def content_of(connection: Connection, uid: str) -> str:
    """Return the canonical text of the row, as the audit chain covers it."""
    row = connection.execute("SELECT * FROM patient WHERE uid = ?", (uid,)).fetchone()
    return dumps(list(row))


def _clean(text: str) -> str:
    return _storable(text).rstrip("^ ").strip()


def _storable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")
