"""Studies and series: what was imported, with references to the files where they lie."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from tumorboard.annotations.model import new_uid
from tumorboard.canonical_json import Json, dumps, loads_exactly, may_act, pack_text, unpack
from tumorboard.case.model import SeriesRef
from tumorboard.errors import UserError
from tumorboard.language import _
from tumorboard.store.audit import AuditChain, Stamp
from tumorboard.store.driver import user_errors
from tumorboard.text import all_lines

if TYPE_CHECKING:
    from sqlite3 import Connection


@dataclass(frozen=True)
class SeriesRecords:
    """The studies and series that were imported."""

    _connection: Connection

    def study_owner(self, study_uid: str) -> str | None:
        """Return the UID of the patient whose study this is, or None for a new one."""
        row = self._connection.execute(
            "SELECT patient_uid FROM study WHERE uid = ?", (study_uid,)
        ).fetchone()
        return None if row is None else str(row["patient_uid"])

    def add_study(self, stamp: Stamp, study_uid: str, patient_uid: str, date: str) -> None:
        """Store a study if it is new; runs inside a transaction."""
        if self.study_owner(study_uid) is not None:
            return
        self._connection.execute(
            "INSERT INTO study VALUES (?, ?, ?)", (study_uid, patient_uid, date)
        )
        AuditChain(self._connection).append(
            stamp, "study", study_uid, study_content(self._connection, study_uid), ""
        )

    def stored_size(self, series_uid: str) -> tuple[str, int] | None:
        """Return (study UID, number of slices) of a stored series, or None."""
        row = self._connection.execute(
            "SELECT study_uid, slices FROM series WHERE uid = ?", (series_uid,)
        ).fetchone()
        return None if row is None else (row["study_uid"], row["slices"])

    def put(self, stamp: Stamp, ref: SeriesRef, body: Mapping[str, Any] | PackedBody) -> bool:
        """Store a series or what is new about it; return whether anything changed.

        ``body`` is whatever the reader of the files needs to open it again, as JSON values. The
        hashes of files are no difference: they stay while the rest does, else they come anew.
        Runs inside a transaction.
        """
        packed = body if isinstance(body, PackedBody) else PackedBody.of(body)
        with contextlib.suppress(ValueError):  # a damaged record is replaced by the new one
            if (
                _without_hashes(content_of(self._connection, ref.series_instance_uid))
                == packed.text
            ):
                return False
        self._connection.execute(
            """INSERT INTO series (uid, study_uid, modality, description, kind, slices,
                imported_utc, body, whole_uid) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (uid) DO UPDATE SET modality = excluded.modality, body = excluded.body,
            description = excluded.description, kind = excluded.kind, slices = excluded.slices,
            whole_uid = excluded.whole_uid""",
            (
                ref.series_instance_uid,
                ref.study_instance_uid,
                ref.modality,
                ref.description.encode("utf-8", "replace").decode("utf-8"),
                ref.kind,
                ref.slices,
                stamp.utc,
                packed.blob,
                ref.whole_uid,
            ),
        )
        AuditChain(self._connection).append(
            stamp, "series", ref.series_instance_uid, packed.text, ""
        )
        return True

    def replace_body(self, stamp: Stamp, series_uid: str, old: bytes, new: PackedBody) -> bool:
        """Store what a worker found out about the files of a series; runs inside a transaction.

        ``old`` is the record that the worker read. One that was replaced meanwhile stays.
        """
        done = self._connection.execute(
            "UPDATE series SET body = ? WHERE uid = ? AND body = ?", (new.blob, series_uid, old)
        )
        if done.rowcount != 1:
            return False
        AuditChain(self._connection).append(stamp, "series", series_uid, new.text, "")
        return True

    def packed_of(self, series_uid: str) -> bytes | None:
        """Return what `body_of` reads as it lies here, for another thread to `open_body`."""
        row = self._connection.execute(
            "SELECT body FROM series WHERE uid = ?", (series_uid,)
        ).fetchone()
        return None if row is None else bytes(row["body"])

    def is_awaited(self, series_uid: str) -> bool:
        """Whether a series is known only from what was said of it: its images have not come."""
        packed = self.packed_of(series_uid)
        return packed is not None and _says_nothing(packed)

    def awaiting(self, case_uid: str) -> bool:
        """Whether no images have come for the patient of a case; also of a case without series."""
        found = self._connection.execute(_OF_CASE, (case_uid,))
        return not any(row["own"] and not _says_nothing(bytes(row["body"])) for row in found)

    def move_studies(self, stamp: Stamp, case_uid: str, patient_uid: str) -> None:
        """Give the studies that the patient of a case awaits to another; in a transaction."""
        found = self._connection.execute(_OF_CASE, (case_uid,)).fetchall()
        for uid in dict.fromkeys(row["study"] for row in found if row["own"]):
            self._connection.execute(
                "UPDATE study SET patient_uid = ? WHERE uid = ?", (patient_uid, uid)
            )
            AuditChain(self._connection).append(
                stamp, "study", uid, study_content(self._connection, uid), case_uid
            )

    def parts_of(self, study_uid: str, whole_uid: str) -> dict[str, bytes]:
        """Return what is stored of the parts of a series, by name, as `packed_of` returns it."""
        found = self._connection.execute(
            "SELECT uid, body FROM series WHERE whole_uid = ? AND study_uid = ? ORDER BY rowid",
            (whole_uid, study_uid),
        )
        return {row["uid"]: bytes(row["body"]) for row in found}

    def drawn_pictures(self, series_uid: str) -> frozenset[str]:
        """Return the SOP Instance UIDs that cases name of a series, by drawings or as samples."""
        drawn = self._connection.execute(
            """SELECT DISTINCT j.value FROM annotation a,
            json_each(a.body, '$.image.sop_instance_uids') j WHERE a.series_uid = ?""",
            (series_uid,),
        ).fetchall()
        listed = self._connection.execute(
            """SELECT DISTINCT j.value FROM case_series c, json_each(c.body, '$.samples') j
            WHERE c.name = ?""",
            (series_uid,),
        ).fetchall()
        return frozenset(str(row[0]).partition(" ")[0] for row in (*drawn, *listed))

    def index_parts(self, whole_uid: str) -> None:
        """Note which part of a series holds which picture, if it has several; in a transaction."""
        found = self._connection.execute(
            "SELECT uid, body FROM series WHERE whole_uid = ?", (whole_uid,)
        ).fetchall()
        for row in found:
            self._connection.execute("DELETE FROM part_picture WHERE series_uid = ?", (row["uid"],))
        if len(found) < 2:
            return
        for row in found:
            with contextlib.suppress(ValueError):  # a damaged record names none
                rows = [
                    (*picture, row["uid"])
                    for picture in pictures_in(loads_exactly(unpack(row["body"])))
                ]
                self._connection.executemany(
                    "INSERT OR IGNORE INTO part_picture VALUES (?, ?, ?)", rows
                )

    def names_here(
        self, arriving: Iterable[tuple[SeriesRef, frozenset[tuple[str, int]]]]
    ) -> dict[str, str]:
        """Return the name here for each arriving series that has another one, by its name there.

        The part that holds one of its pictures is it; where the name is taken by other pictures and
        none holds them, it gets a new one.
        """
        found: dict[str, str] = {}
        for ref, pictures in arriving:
            held = {
                name: frozenset(pictures_in(body))
                for name, record in self.parts_of(ref.study_instance_uid, ref.whole_uid).items()
                if "instances" in (body := open_body(record))
            }
            name = ref.series_instance_uid
            homes = [n for n, theirs in held.items() if pictures & theirs]
            if not pictures or name in homes:
                continue
            if len(homes) == 1:
                found[name] = homes[0]
            elif name in held:
                found[name] = new_uid()
        return found

    @user_errors()
    def body_of(self, series_uid: str) -> Json | None:
        """Return what was stored to open a series again, or None when it is not known.

        Raises
        ------
        UserError
            When the record is damaged.

        """
        packed = self.packed_of(series_uid)
        return None if packed is None else open_body(packed)


def study_content(connection: Connection, uid: str) -> str:
    """Return the canonical text of a study's row, as the audit chain covers it."""
    row = connection.execute("SELECT * FROM study WHERE uid = ?", (uid,)).fetchone()
    return dumps(list(row))


@dataclass(frozen=True)
class PackedBody:
    """The body of a series ready to be stored: canonical text, and its compressed form.

    Made in a worker thread, so that the one who stores it waits for the disk alone.
    """

    text: str
    blob: bytes

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> PackedBody:
        """Pack a body."""
        text = dumps(dict(body))
        return cls(text, pack_text(text))


#: Under this name a body carries the SHA-256 of its files, which come later than the rest.
HASHES = "hashes"


def open_body(packed: bytes) -> Json:
    """Return the body of a series from `packed_of`; needs no connection.

    Raises
    ------
    UserError
        When the record is damaged.

    """
    try:
        text = unpack(packed)
        body = dict(loads_exactly(text))
    except ValueError as error:
        raise _damaged() from error
    return _inert(body) if may_act(text) else body


#: Where a body names files, as the file system writes them.
_PATH: Final = "path"
_FILES: Final = frozenset({"files", HASHES})


def _inert(body: Json) -> Json:
    """Return a body whose words are text; the names of its files stay as they are."""
    told = {key: item if key in _FILES else all_lines(item) for key, item in body.items()}
    if isinstance(body.get("common"), dict):
        told["common"] |= {k: v for k, v in body["common"].items() if k == _PATH}
    for own, row in zip(told.get("instances", ()), body.get("instances", ()), strict=True):
        if isinstance(row, dict) and _PATH in row:
            own[_PATH] = row[_PATH]
    return told


#: The body of a series that a case speaks of and whose images have not come yet.
AWAITED: Json = {}
#: No body of a series with images is packed as small as this (bytes).
_SMALLEST = 64

_OF_CASE = """SELECT s.uid, s.body, t.uid AS study, t.patient_uid = k.patient_uid AS own
    FROM case_series c JOIN series s ON s.uid = c.name JOIN study t ON t.uid = s.study_uid
    JOIN board_case k ON k.uid = c.case_uid WHERE c.case_uid = ?"""


def pictures_in(body: Json) -> list[tuple[str, int]]:
    """Return (SOP Instance UID, frame) of the pictures that the body of a series names."""
    rows = [{**body.get("common", {}), **row} for row in body.get("instances", ())]
    return [(str(r["sop_instance_uid"]), int(r.get("frame", 1))) for r in rows]


def _says_nothing(packed: bytes) -> bool:
    return len(packed) < _SMALLEST and open_body(packed) == AWAITED


def _without_hashes(text: str | None) -> str | None:
    if text is None or f'"{HASHES}":' not in text:
        return text
    body = dict(loads_exactly(text))
    body.pop(HASHES, None)
    return dumps(body)


def _damaged() -> UserError:
    return UserError(
        _("The record of this series in the store is damaged."),
        _("Import the folder of the series again."),
    )


def content_of(connection: Connection, series_uid: str) -> str | None:
    """Return the canonical text of the stored body, or None; ValueError when damaged."""
    row = connection.execute("SELECT body FROM series WHERE uid = ?", (series_uid,)).fetchone()
    return None if row is None else unpack(row["body"])
