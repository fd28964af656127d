"""Studies and series: what was imported, with references to the files where they lie."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tumorboard.case.model import SeriesRef
from tumorboard.errors import UserError
from tumorboard.store import audit
from tumorboard.store.audit import Stamp
from tumorboard.store.driver import user_errors
from tumorboard.store.jsontext import Json, dumps, loads, pack, unpack

if TYPE_CHECKING:
    from sqlite3 import Connection


def study_owner(connection: Connection, study_uid: str) -> str | None:
    """Return the UID of the patient whose study this is, or None for a new one."""
    row = connection.execute("SELECT patient_uid FROM study WHERE uid = ?", (study_uid,)).fetchone()
    return None if row is None else str(row["patient_uid"])


def add_study(
    connection: Connection, stamp: Stamp, study_uid: str, patient_uid: str, date: str
) -> None:
    """Store a study if it is new; runs inside a transaction."""
    if study_owner(connection, study_uid) is not None:
        return
    connection.execute("INSERT INTO study VALUES (?, ?, ?)", (study_uid, patient_uid, date))
    audit.append(connection, stamp, "study", study_uid, study_content(connection, study_uid), "")


def study_content(connection: Connection, uid: str) -> str:
    """Return the canonical text of a study's row, as the audit chain covers it."""
    row = connection.execute("SELECT * FROM study WHERE uid = ?", (uid,)).fetchone()
    return dumps(list(row))


def stored_size(connection: Connection, series_uid: str) -> tuple[str, int] | None:
    """Return (study UID, number of slices) of a stored series, or None."""
    row = connection.execute(
        "SELECT study_uid, slices FROM series WHERE uid = ?", (series_uid,)
    ).fetchone()
    return None if row is None else (row["study_uid"], row["slices"])


def put_series(
    connection: Connection, stamp: Stamp, ref: SeriesRef, body: Mapping[str, Any]
) -> bool:
    """Store a series or what is new about it; return whether anything changed.

    ``body`` is whatever the reader of the files needs to open it again, as JSON values.
    Runs inside a transaction.
    """
    with contextlib.suppress(ValueError):  # a damaged record is replaced by the new one
        if content_of(connection, ref.series_instance_uid) == dumps(dict(body)):
            return False
    connection.execute(
        """INSERT INTO series VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (uid) DO UPDATE SET modality = excluded.modality, body = excluded.body,
        description = excluded.description, kind = excluded.kind, slices = excluded.slices""",
        (
            ref.series_instance_uid,
            ref.study_instance_uid,
            ref.modality,
            ref.description.encode("utf-8", "replace").decode("utf-8"),
            ref.kind,
            ref.slices,
            stamp.utc,
            pack(body),
        ),
    )
    content = content_of(connection, ref.series_instance_uid)
    audit.append(connection, stamp, "series", ref.series_instance_uid, content or "", "")
    return True


@user_errors()
def body_of(connection: Connection, series_uid: str) -> Json | None:
    """Return what was stored to open a series again, or None when it is not known.

    Raises
    ------
    UserError
        When the record is damaged.

    """
    try:
        text = content_of(connection, series_uid)
        return None if text is None else dict(loads(text))
    except ValueError as error:
        raise UserError(
            "The record of this series in the store is damaged.",
            "Import the folder of the series again.",
        ) from error


def content_of(connection: Connection, series_uid: str) -> str | None:
    """Return the canonical text of the stored body, or None; ValueError when damaged."""
    row = connection.execute("SELECT body FROM series WHERE uid = ?", (series_uid,)).fetchone()
    return None if row is None else unpack(row["body"])
