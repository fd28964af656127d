"""Patients: one row each, never changed; one person where somebody said so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tumorboard.annotations.model import new_uid
from tumorboard.canonical_json import dumps, loads
from tumorboard.case.model import Patient
from tumorboard.store.audit import AuditChain, Stamp
from tumorboard.text import line

if TYPE_CHECKING:
    from sqlite3 import Connection, Row


#: The first parts of a key with an identifier: identifier, name, birth date; then who issued
#: the identifier, and the sex.
_AGREEING: Final = 3
_ISSUER: Final = 3
_SEX: Final = 4
_SEXES: Final = ("M", "F")


def match_key(patient: Patient, own: str) -> str:
    """Return the text by which two records are taken for one patient.

    Identifier, name and birth date must all agree, but for blanks and trailing carets
    of a DICOM name; who issued the identifier and the sex must not contradict each other where
    both are known. Without an identifier nothing proves that two records are one person
    (anonymised data), so the key then holds ``own``: the study, or a UID used once.
    """
    parts = [_clean(p) for p in (patient.patient_id, patient.name, patient.birth_date)]
    if not parts[0]:
        return dumps([*parts, own])
    sex = patient.sex.strip().upper()[:1]
    parts += [_clean(patient.issuer), sex if sex in _SEXES else ""]
    while not parts[-1] and len(parts) > _AGREEING:
        parts.pop()
    return dumps(parts)


@dataclass(frozen=True)
class Patients:
    """The patients of a store."""

    _connection: Connection

    def find(self, key: str) -> str | None:
        """Return the UID of the patient with this key, or of the only one that may be it."""
        row = self._connection.execute(
            """SELECT uid FROM patient WHERE match_key = ?1
            UNION ALL SELECT patient_uid FROM patient_alias WHERE match_key = ?1""",
            (key,),
        ).fetchone()
        if row is not None:
            return str(row["uid"])
        found = {
            uid
            for uid, known in _of_identifier(self._connection, key)
            if _are_one(loads(key), known)
        }
        return found.pop() if len(found) == 1 else None

    def perhaps(self, key: str) -> str | None:
        """Return the UID of the one patient who may be meant by a new key, or None.

        Name and identifier are theirs, and the birth date is missing in one of the two records, or
        the sex differs: only a person can say whether they are one.
        """
        wanted = loads(key)
        found = {
            uid for uid, known in _of_identifier(self._connection, key) if may_be_one(wanted, known)
        }
        return found.pop() if len(found) == 1 else None

    def join(self, stamp: Stamp, patient_uid: str, key: str) -> None:
        """Note a person's answer that records with a key are of a patient; in a transaction."""
        row = (new_uid(), key, patient_uid, str(loads(key)[2]), stamp.author, stamp.utc)
        self._connection.execute("INSERT INTO patient_alias VALUES (?, ?, ?, ?, ?, ?)", row)
        AuditChain(self._connection).append(
            stamp, "same patient", row[0], alias_content(self._connection, row[0]), ""
        )

    def register(self, stamp: Stamp, patient: Patient, key: str) -> str:
        """Return the UID of the patient with this `match_key`, stored if new; in a transaction."""
        found = self.find(key)
        if found is not None:
            return found
        uid = patient.uid or new_uid()
        if self.get(uid) is not None:  # a UID is used for one patient only
            uid = new_uid()
        texts = (patient.patient_id, patient.name, patient.birth_date, patient.sex)
        self._connection.execute(
            "INSERT INTO patient VALUES (?, ?, ?, ?, ?, ?, ?)",
            (uid, key, *(_storable(t) for t in texts), stamp.utc),
        )
        AuditChain(self._connection).append(
            stamp, "patient", uid, content_of(self._connection, uid), ""
        )
        return uid

    def key_of(self, uid: str) -> str:
        """Return the `match_key` of a stored patient."""
        row = self._connection.execute(
            "SELECT match_key FROM patient WHERE uid = ?", (uid,)
        ).fetchone()
        return str(row["match_key"])

    def get(self, uid: str) -> Patient | None:
        """Return the patient with this UID, or None."""
        row = self._connection.execute("SELECT * FROM patient WHERE uid = ?", (uid,)).fetchone()
        return None if row is None else from_row(row)


def _of_identifier(connection: Connection, key: str) -> list[tuple[str, list[str]]]:
    """Return (UID, parts of the key) of the records with the identifier of a key."""
    wanted = loads(key)
    if not wanted[0]:
        return []
    rows = connection.execute(
        """SELECT uid, match_key FROM patient WHERE json_extract(match_key, '$[0]') = ?1
        UNION ALL SELECT patient_uid, match_key FROM patient_alias
        WHERE json_extract(match_key, '$[0]') = ?1""",
        (wanted[0],),
    ).fetchall()
    return [(str(row["uid"]), loads(row["match_key"])) for row in rows]


def _are_one(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether the parts of two keys with an identifier agree in all that both state."""
    same = list(one[:_AGREEING]) == list(other[:_AGREEING])
    return same and not _differ(one, other, _ISSUER) and not _differ(one, other, _SEX)


def _differ(one: Sequence[str], other: Sequence[str], place: int) -> bool:
    """Whether both state a part, and not the same."""
    stated = {parts[place].casefold() for parts in (one, other) if len(parts) > place}
    return len(stated - {""}) > 1


def may_be_one(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether the parts of two keys differ by a missing birth date or the sex alone."""
    same = one[0] == other[0] != "" and one[1].casefold() == other[1].casefold()
    dates = {one[2], other[2]}
    if not same or _differ(one, other, _ISSUER) or len(dates - {""}) > 1:
        return False
    return len(dates) > 1 or _differ(one, other, _SEX)


def alias_content(connection: Connection, uid: str) -> str:
    """Return the canonical text of such an answer, as the audit chain covers it."""
    row = connection.execute("SELECT * FROM patient_alias WHERE uid = ?", (uid,)).fetchone()
    return dumps(list(row))


def from_row(row: Row, uid_column: str = "uid") -> Patient:
    """Read a patient from a row with the columns of the table."""
    return Patient(
        uid=row[uid_column],
        name=line(row["name"]),
        patient_id=line(row["patient_id"]),
        birth_date=line(row["birth_date"]),
        sex=line(row["sex"]),
    )


def content_of(connection: Connection, uid: str) -> str:
    """Return the canonical text of the row, as the audit chain covers it."""
    row = connection.execute("SELECT * FROM patient WHERE uid = ?", (uid,)).fetchone()
    return dumps(list(row))


def _clean(text: str) -> str:
    return _storable(text).rstrip("^ ").strip()


def _storable(text: str) -> str:
    return line(text)
