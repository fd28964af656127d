"""The tables, built by named steps that are each applied once, in order, in a transaction.

A step is never changed after a release: a change of the tables is a new step.
``PRAGMA user_version`` holds the number of steps, so that an older program can tell that a
store is newer than itself without knowing the newer steps.
"""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from tumorboard.errors import UserError
from tumorboard.language import _
from tumorboard.store import driver, pictures, search

if TYPE_CHECKING:
    from sqlite3 import Connection

#: Marks a file as ours (``PRAGMA application_id``): the letters TumB.
APPLICATION_ID = 0x54756D42

#: The number of steps below.
SCHEMA = 10

_PATIENTS = (
    """CREATE TABLE patient (
        uid TEXT PRIMARY KEY, match_key TEXT NOT NULL UNIQUE, patient_id TEXT NOT NULL,
        name TEXT NOT NULL, birth_date TEXT NOT NULL, sex TEXT NOT NULL,
        created_utc TEXT NOT NULL) STRICT, WITHOUT ROWID""",
    """CREATE TABLE board_case (
        uid TEXT PRIMARY KEY, patient_uid TEXT NOT NULL REFERENCES patient(uid),
        number INTEGER NOT NULL UNIQUE, label TEXT NOT NULL, question TEXT NOT NULL,
        summary TEXT NOT NULL, created_utc TEXT NOT NULL, changed_utc TEXT NOT NULL,
        last_step INTEGER NOT NULL) STRICT, WITHOUT ROWID""",
    "CREATE INDEX board_case_patient ON board_case(patient_uid)",
)

_IMAGES = (
    """CREATE TABLE study (
        uid TEXT PRIMARY KEY, patient_uid TEXT NOT NULL REFERENCES patient(uid),
        study_date TEXT NOT NULL) STRICT, WITHOUT ROWID""",
    "CREATE INDEX study_patient ON study(patient_uid)",
    """CREATE TABLE series (
        uid TEXT PRIMARY KEY, study_uid TEXT NOT NULL REFERENCES study(uid),
        modality TEXT NOT NULL, description TEXT NOT NULL, kind TEXT NOT NULL,
        slices INTEGER NOT NULL, imported_utc TEXT NOT NULL, body BLOB NOT NULL) STRICT""",
    "CREATE INDEX series_study ON series(study_uid)",
)

#: What holds now, one row a thing; every row follows from the steps.
_CURRENT = (
    """CREATE TABLE case_series (
        case_uid TEXT NOT NULL REFERENCES board_case(uid),
        name TEXT NOT NULL REFERENCES series(uid), ordinal INTEGER NOT NULL,
        body TEXT NOT NULL, PRIMARY KEY (case_uid, name)) STRICT""",
    """CREATE TABLE lesion (
        case_uid TEXT NOT NULL REFERENCES board_case(uid), name TEXT NOT NULL,
        ordinal INTEGER NOT NULL, body TEXT NOT NULL,
        PRIMARY KEY (case_uid, name)) STRICT""",
    """CREATE TABLE annotation (
        case_uid TEXT NOT NULL REFERENCES board_case(uid), name TEXT NOT NULL,
        ordinal INTEGER NOT NULL, body TEXT NOT NULL,
        kind TEXT AS (body ->> '$.kind') VIRTUAL,
        series_uid TEXT AS (body ->> '$.image.series_instance_uid') VIRTUAL,
        lesion_uid TEXT AS (body ->> '$.lesion_uid') VIRTUAL,
        PRIMARY KEY (case_uid, name)) STRICT""",
    """CREATE TABLE fact (
        case_uid TEXT NOT NULL REFERENCES board_case(uid), name TEXT NOT NULL,
        ordinal INTEGER NOT NULL, body TEXT NOT NULL,
        PRIMARY KEY (case_uid, name)) STRICT""",
    """CREATE TABLE derived_fact (
        case_uid TEXT NOT NULL REFERENCES board_case(uid), name TEXT NOT NULL,
        ordinal INTEGER NOT NULL, body TEXT NOT NULL,
        PRIMARY KEY (case_uid, name)) STRICT""",
)

#: What happened: rows are only ever added.
_HISTORY = (
    """CREATE TABLE step (
        sequence INTEGER PRIMARY KEY AUTOINCREMENT,
        case_uid TEXT NOT NULL REFERENCES board_case(uid), kind TEXT NOT NULL
        CHECK (kind IN ('create', 'import', 'edit', 'undo', 'redo', 'derive')),
        label TEXT NOT NULL, author TEXT NOT NULL, utc TEXT NOT NULL,
        target INTEGER REFERENCES step(sequence)) STRICT""",
    "CREATE INDEX step_case ON step(case_uid)",
    """CREATE TABLE change (
        step INTEGER NOT NULL REFERENCES step(sequence), number INTEGER NOT NULL,
        entity TEXT NOT NULL, name TEXT NOT NULL, position INTEGER NOT NULL,
        before TEXT, after TEXT, PRIMARY KEY (step, number)) STRICT""",
    "CREATE INDEX change_name ON change(entity, name)",
    """CREATE TABLE assessment (
        sequence INTEGER PRIMARY KEY AUTOINCREMENT,
        case_uid TEXT NOT NULL REFERENCES board_case(uid), input_hash TEXT NOT NULL,
        guideline_version TEXT NOT NULL, category TEXT NOT NULL, utc TEXT NOT NULL,
        result TEXT NOT NULL) STRICT""",
    "CREATE INDEX assessment_case ON assessment(case_uid, sequence)",
    """CREATE TABLE audit (
        sequence INTEGER PRIMARY KEY AUTOINCREMENT, utc TEXT NOT NULL, author TEXT NOT NULL,
        action TEXT NOT NULL, case_uid TEXT NOT NULL, reference TEXT NOT NULL,
        content TEXT NOT NULL, previous TEXT NOT NULL, hash TEXT NOT NULL) STRICT""",
    "CREATE INDEX audit_reference ON audit(action, reference)",
)

_APPEND_ONLY = ("step", "change", "assessment", "audit")

_TRIGGER = """CREATE TRIGGER TABLE_no_VERB BEFORE VERB ON TABLE BEGIN
    SELECT RAISE(ABORT, 'rows of TABLE are never changed'); END"""


def first_tables(db: Any) -> None:
    """Patients, cases, studies, series, what holds now and what happened."""
    for statement in (*_PATIENTS, *_IMAGES, *_CURRENT, *_HISTORY):
        db.conn.execute(statement)
    for table in _APPEND_ONLY:
        for verb in ("UPDATE", "DELETE"):
            db.conn.execute(_TRIGGER.replace("TABLE", table).replace("VERB", verb))


def remarks(db: Any) -> None:
    """Add what persons note about a case itself: acknowledged alerts, dates."""
    db.conn.execute(
        """CREATE TABLE remark (
            case_uid TEXT NOT NULL REFERENCES board_case(uid), name TEXT NOT NULL,
            ordinal INTEGER NOT NULL, body TEXT NOT NULL,
            PRIMARY KEY (case_uid, name)) STRICT"""
    )


def arrangements(db: Any) -> None:
    """How each case was last laid out on the screen."""
    db.conn.execute(
        """CREATE TABLE arrangement (
            case_uid TEXT PRIMARY KEY REFERENCES board_case(uid),
            body TEXT NOT NULL) STRICT, WITHOUT ROWID"""
    )


def saved_views(db: Any) -> None:
    """Add the views that readers keep as key images."""
    db.conn.execute(
        """CREATE TABLE saved_view (
            case_uid TEXT NOT NULL REFERENCES board_case(uid), name TEXT NOT NULL,
            ordinal INTEGER NOT NULL, body TEXT NOT NULL,
            PRIMARY KEY (case_uid, name)) STRICT"""
    )


def meetings(db: Any) -> None:
    """Add board meetings and decisions; their rows are never changed."""
    db.conn.execute(
        """CREATE TABLE meeting (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT, uid TEXT NOT NULL,
            version INTEGER NOT NULL, date TEXT NOT NULL, body TEXT NOT NULL,
            author TEXT NOT NULL, utc TEXT NOT NULL, UNIQUE (uid, version)) STRICT"""
    )
    db.conn.execute(
        """CREATE TABLE decision (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            case_uid TEXT NOT NULL REFERENCES board_case(uid), meeting_uid TEXT NOT NULL,
            version INTEGER NOT NULL, predecessor INTEGER NOT NULL, signed INTEGER NOT NULL,
            body TEXT NOT NULL, record TEXT NOT NULL, author TEXT NOT NULL,
            utc TEXT NOT NULL, UNIQUE (case_uid, version)) STRICT"""
    )
    for table in ("meeting", "decision"):
        for verb in ("UPDATE", "DELETE"):
            db.conn.execute(_TRIGGER.replace("TABLE", table).replace("VERB", verb))


def case_text(db: Any) -> None:
    """Add the index by which cases are searched, and fill it."""
    db.conn.execute(search.TABLE)
    search.build(db.conn)


def masks_and_vessels(db: Any) -> None:
    """Add outlines in three dimensions, vessels, and the voxels that outlines name."""
    for table in ("segmentation", "vessel_path"):
        db.conn.execute(
            """CREATE TABLE TABLE (
                case_uid TEXT NOT NULL REFERENCES board_case(uid), name TEXT NOT NULL,
                ordinal INTEGER NOT NULL, body TEXT NOT NULL,
                PRIMARY KEY (case_uid, name)) STRICT""".replace("TABLE TABLE", f"TABLE {table}")
        )
    db.conn.execute("CREATE TABLE mask_voxels (digest TEXT PRIMARY KEY, body BLOB NOT NULL) STRICT")
    for verb in ("UPDATE", "DELETE"):
        db.conn.execute(_TRIGGER.replace("TABLE", "mask_voxels").replace("VERB", verb))


def words_of_facts(db: Any) -> None:
    """Fill the index again: facts are found by their words too, LMS as leiomyosarcoma."""
    search.build(db.conn)


def parts_of_series(db: Any) -> None:
    """Tell which pictures the parts of a series hold: what is drawn belongs to pictures."""
    db.conn.execute("ALTER TABLE series ADD COLUMN whole_uid TEXT NOT NULL DEFAULT ''")
    db.conn.execute("CREATE INDEX series_whole ON series(whole_uid)")
    db.conn.execute(
        """CREATE TABLE part_picture (
            sop_instance_uid TEXT NOT NULL, frame INTEGER NOT NULL,
            series_uid TEXT NOT NULL REFERENCES series(uid),
            PRIMARY KEY (sop_instance_uid, frame, series_uid)) STRICT, WITHOUT ROWID"""
    )
    db.conn.execute("CREATE INDEX part_picture_series ON part_picture(series_uid)")
    db.conn.execute(
        """CREATE TABLE doubt (
            sequence INTEGER PRIMARY KEY, case_uid TEXT NOT NULL REFERENCES board_case(uid),
            entity TEXT NOT NULL, name TEXT NOT NULL, text TEXT NOT NULL,
            seen_utc TEXT NOT NULL) STRICT"""
    )
    db.conn.execute(
        """CREATE TABLE patient_alias (
            uid TEXT PRIMARY KEY, match_key TEXT NOT NULL UNIQUE,
            patient_uid TEXT NOT NULL REFERENCES patient(uid), birth_date TEXT NOT NULL,
            author TEXT NOT NULL, created_utc TEXT NOT NULL) STRICT, WITHOUT ROWID"""
    )
    for verb in ("UPDATE", "DELETE"):
        db.conn.execute(_TRIGGER.replace("TABLE", "patient_alias").replace("VERB", verb))
    pictures.find_parts(db.conn)


def talk_times(db: Any) -> None:
    """Add how long cases were spoken of before a board; its rows are never changed."""
    db.conn.execute(
        """CREATE TABLE talk_time (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT, talk_uid TEXT NOT NULL,
            meeting_uid TEXT NOT NULL, case_uid TEXT NOT NULL REFERENCES board_case(uid),
            seconds INTEGER NOT NULL, author TEXT NOT NULL, utc TEXT NOT NULL) STRICT"""
    )
    for verb in ("UPDATE", "DELETE"):
        db.conn.execute(_TRIGGER.replace("TABLE", "talk_time").replace("VERB", verb))


class Steps:
    """The steps in their order; the library that keeps account of them comes when needed."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._steps: list[Callable[[Any], None]] = []

    def __call__(self) -> Callable[[Callable[[Any], None]], Callable[[Any], None]]:
        """Return a decorator that adds a step; its name stays for ever."""

        def add(step: Callable[[Any], None]) -> Callable[[Any], None]:
            self._steps.append(step)
            return step

        return add

    def pending(self, database: Any) -> list[Any]:
        """Return the steps that a database lacks."""
        return list(self._kept().pending(database))

    def apply(self, database: Any) -> None:
        """Apply the steps that a database lacks, and note them in it."""
        self._kept().apply(database)

    def build(self, connection: Connection) -> None:
        """Apply all steps to an empty database that nobody will open again."""
        for step in self._steps:
            step(SimpleNamespace(conn=connection))

    def _kept(self) -> Any:
        kept = driver.sqlite_utils.Migrations(self._name)
        for step in self._steps:
            kept()(step)
        return kept


migrations = Steps("tumorboard")
migrations()(first_tables)
migrations()(remarks)
migrations()(arrangements)
migrations()(saved_views)
migrations()(meetings)
migrations()(case_text)
migrations()(masks_and_vessels)
migrations()(words_of_facts)
migrations()(parts_of_series)
migrations()(talk_times)


def check_origin(connection: Connection) -> None:
    """Refuse a file of another program or of a newer version.

    Raises
    ------
    UserError
        With what to do about it.

    """
    identity = connection.execute("PRAGMA application_id").fetchone()[0]
    tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if identity != APPLICATION_ID and (identity or tables):
        raise UserError(
            _("The file tumorboard.sqlite was made by another program."),
            _("Choose another folder with --store."),
        )
    if connection.execute("PRAGMA user_version").fetchone()[0] > SCHEMA:
        raise UserError(
            _("The store was written by a newer version of this program."),
            _("Install that version or a later one; nothing in the store was changed."),
        )


def is_pending(connection: Connection) -> bool:
    """Whether the store lacks a step of this program."""
    return bool(connection.execute("PRAGMA user_version").fetchone()[0] < SCHEMA)


def migrate(connection: Connection) -> None:
    """Apply the missing steps, all or none.

    Raises
    ------
    UserError
        When the disk is full or cannot be written.

    """
    with driver.transaction(connection):
        connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
        database = driver.sqlite_utils.Database(
            connection, strict=True, execute_plugins=False, recursive_triggers=False
        )
        migrations.apply(database)
        connection.execute(f"PRAGMA user_version={SCHEMA}")


def build_scratch(connection: Connection) -> None:
    """Build all tables of a store in memory, which needs no account of the steps."""
    with driver.transaction(connection):
        connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
        migrations.build(connection)
        connection.execute(f"PRAGMA user_version={SCHEMA}")
