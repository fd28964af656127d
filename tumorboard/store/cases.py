"""Cases: creating, listing and loading them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, cast

from tumorboard.annotations.model import Annotation
from tumorboard.canonical_json import dumps, loads
from tumorboard.case.codec import decode
from tumorboard.case.facts import Fact, FactSheet
from tumorboard.case.model import Case, Lesion, Patient, Remark, SeriesRef
from tumorboard.case.readiness import CRITERIA, FIRST, IMAGES, OPERATION, TREATED
from tumorboard.case.saved_view import SavedView
from tumorboard.case.segmentation import Segmentation
from tumorboard.case.vessel import VesselPath
from tumorboard.errors import UserError
from tumorboard.language import _
from tumorboard.store import patients, pictures, search, state, steps
from tumorboard.store.audit import AuditChain, Stamp
from tumorboard.store.driver import user_errors
from tumorboard.store.patients import Patients
from tumorboard.store.series import SeriesRecords
from tumorboard.store.steps import Steps
from tumorboard.text import line, lines

if TYPE_CHECKING:
    from sqlite3 import Connection, Row


@dataclass(frozen=True)
class CaseSummary:
    """One line of the worklist.

    ``category`` is that of the newest assessment, or empty; ``reading`` the part of its result that
    says what stands behind the category, and by which guideline. ``study_date`` (DICOM) and
    ``modality`` are those of the newest study, empty without one.
    """

    uid: str
    label: str
    question: str
    patient: Patient
    series: int
    created_utc: str
    changed_utc: str
    category: str
    status: str = ""
    phase: str = ""
    reading: Mapping[str, Any] = field(default_factory=dict)
    study_date: str = ""
    modality: str = ""


@dataclass(frozen=True)
class CaseFilter:
    """Which cases are wanted; empty words ask for all.

    ``typed`` are beginnings of words of the case, ``missing`` one of `MISSING`, ``meeting``
    the UID of a meeting or one of `NEXT_MEETING` and `NO_MEETING`, which `app.worklist` turns
    into ``uids``: the cases that come into question, None for all. Archived cases show only
    when asked for.
    """

    typed: str = ""
    category: str = ""
    status: str = ""
    phase: str = ""
    archived: bool = False
    uids: frozenset[str] | None = None
    missing: str = ""
    meeting: str = ""


NEXT_MEETING, NO_MEETING = "next", "none"

#: The remarks by which a case has a status and is put away.
STATUS, ARCHIVED = "status", "archived"
#: The remark that names the patient of a case before it was handed over.
FORMER_PATIENT = "former patient"

#: Returns one row: a thread that fetches thousands gives its turn away at each of them.
_WANTED = """
    SELECT json_group_array(uid) FROM (SELECT c.uid FROM AMONG
    (?2 = '' OR ?2 = (SELECT a.category FROM assessment a WHERE a.case_uid = c.uid
        ORDER BY a.sequence DESC LIMIT 1))
    AND (?3 = '' OR ?3 = (SELECT r.body ->> 'value' FROM remark r
        WHERE r.case_uid = c.uid AND r.name = 'status'))
    AND (?4 = '' OR ?4 = (SELECT f.body ->> 'value' FROM fact f
        WHERE f.case_uid = c.uid AND f.name = 'disease_phase'))
    AND ?5 = (c.uid IN (SELECT case_uid FROM remark WHERE name = 'archived'))
    AND (?6 IS NULL OR c.uid IN (SELECT value FROM json_each(?6)))
    AND (LACKS)
    ORDER BY ORDINAL)
"""

#: With words typed the index of words comes first: it names few cases of many.
_TYPED = """case_text f CROSS JOIN board_case c ON c.number = f.rowid
    WHERE f.case_text MATCH ?1 AND"""
_ANY = "board_case c WHERE ?1 = '' AND"
_KNOWN = """(SELECT name FROM fact f WHERE f.case_uid = c.uid UNION
    SELECT name FROM derived_fact d WHERE d.case_uid = c.uid)"""
#: The phase of the disease: what a person stated comes before what was derived.
_PHASE = """(SELECT body ->> 'value' FROM
    (SELECT 0 AS rank, f.body FROM fact f WHERE f.case_uid = c.uid AND f.name = 'disease_phase'
    UNION ALL SELECT 1, d.body FROM derived_fact d
    WHERE d.case_uid = c.uid AND d.name = 'disease_phase') ORDER BY rank LIMIT 1)"""
_OPERATED = """EXISTS (SELECT 1 FROM remark r
    WHERE r.case_uid = c.uid AND instr(r.name, 'OPERATION') = 1)""".replace("OPERATION", OPERATION)


def _listed(names: Iterable[str]) -> str:
    """Return words of the program as a list of SQL."""
    return "(" + ", ".join(f"'{name}'" for name in names) + ")"


#: Earlier images are missed where something says that there must be some, and only there.
_NO_EARLIER = (
    """(SELECT count(DISTINCT s.body ->> 'study_date') FROM case_series s
        WHERE s.case_uid = c.uid AND s.body ->> 'kind' IN IMAGES) < 2
        AND coalesce(PHASE, '') <> 'FIRST' AND (PHASE IN TREATED OR OPERATED)""".replace(
        "IMAGES", _listed(IMAGES)
    )
    .replace("FIRST", FIRST)
    .replace("TREATED", _listed(TREATED))
    .replace("OPERATED", _OPERATED)
    .replace("PHASE", _PHASE)
)
#: What a case can lack, as the lights of `case.readiness` but for the files themselves.
MISSING: Final[Mapping[str, str]] = {
    "images": "NOT EXISTS (SELECT 1 FROM case_series s WHERE s.case_uid = c.uid)",
    "prior": _NO_EARLIER,
    "read": """NOT EXISTS (SELECT 1 FROM remark r
        WHERE r.case_uid = c.uid AND r.name = 'read')""",
    "histology": f"'histology' NOT IN {_KNOWN}",
    "criteria": " OR ".join(f"'{name}' NOT IN {_KNOWN}" for name in CRITERIA),
    "question": "trim(c.question) = ''",
    "decision": """NOT EXISTS (SELECT 1 FROM decision d
        WHERE d.case_uid = c.uid AND d.signed = 1)""",
}

#: What of a result says what stands behind its category.
_READING: Final = (
    "category",
    "category_text",
    "category_words",
    "qualifiers",
    "provisional",
    "guideline",
)
_LIST = """
    SELECT c.uid AS case_uid, c.label, c.question, c.created_utc, c.changed_utc, c.patient_uid,
        p.name, p.patient_id, p.birth_date, p.sex,
        (SELECT count(*) FROM case_series s WHERE s.case_uid = c.uid) AS series,
        (SELECT json_array(s.body ->> 'study_date', s.body ->> 'modality') FROM case_series s
            WHERE s.case_uid = c.uid ORDER BY s.body ->> 'study_date' DESC LIMIT 1) AS newest,
        a.category, json_extract(a.result, READING) AS reading,
        (SELECT r.body ->> 'value' FROM remark r
            WHERE r.case_uid = c.uid AND r.name = 'status') AS status,
        (SELECT f.body ->> 'value' FROM fact f
            WHERE f.case_uid = c.uid AND f.name = 'disease_phase') AS phase
    FROM board_case c JOIN patient p ON p.uid = c.patient_uid
    LEFT JOIN assessment a ON a.sequence =
        (SELECT max(n.sequence) FROM assessment n WHERE n.case_uid = c.uid)
    WHERE THESE ORDER BY c.number
"""
_LIST = _LIST.replace("READING", ", ".join(f"'$.{name}'" for name in _READING))
_ALL_CASES = _LIST.replace("THESE", "TRUE")
_FORMER = """
    SELECT DISTINCT h.after ->> 'value' AS before FROM change h
    JOIN step s ON s.sequence = h.step JOIN board_case c ON c.uid = s.case_uid
    WHERE h.entity = 'remark' AND h.name = ?1 AND h.after IS NOT NULL AND c.patient_uid = ?2
"""
#: Apart from the above, so that the index is used.
_SOME_CASES = _LIST.replace("THESE", "c.uid IN (SELECT value FROM json_each(?1))")


@dataclass(frozen=True)
class NewCase:
    """The words of a case to create; an empty label is replaced by a running number."""

    uid: str
    patient_uid: str
    label: str = ""
    question: str = ""
    summary: str = ""


@dataclass(frozen=True)
class Cases:
    """The cases of a store."""

    _connection: Connection

    def create(self, stamp: Stamp, new: NewCase) -> int:
        """Store a new case; return the number of its first step. Runs inside a transaction."""
        number = self.insert(stamp, new.uid, new.patient_uid)
        words = {
            "label": line(new.label) or automatic_label(number),
            "question": lines(new.question),
            "summary": lines(new.summary),
        }
        changes = tuple(steps.row_of("case", k, "", v) for k, v in words.items() if v)
        return Steps(self._connection).write(
            steps.NewStep(new.uid, "create", "New case", stamp, changes), expected_last=0
        )

    def insert(self, stamp: Stamp, uid: str, patient_uid: str) -> int:
        """Store a case without words yet and return its running number; in a transaction."""
        row = self._connection.execute(
            "SELECT coalesce(max(number), 0) + 1 FROM board_case"
        ).fetchone()
        self._connection.execute(
            "INSERT INTO board_case VALUES (?, ?, ?, '', '', '', ?, ?, 0)",
            (uid, patient_uid, row[0], stamp.utc, stamp.utc),
        )
        AuditChain(self._connection).append(
            stamp, "case", uid, content_of(self._connection, uid), uid
        )
        return int(row[0])

    def hand_over(self, stamp: Stamp, uid: str, patient_uid: str) -> str:
        """Give a case without images to another patient, return the one before; in a transaction.

        For a case that was entered by hand before there were images: a person has said that the
        images of this patient belong to it. Both patients stay as they are, and the audit chain
        tells of the change.

        Raises
        ------
        UserError
            When the case has images: they are proof of whose it is.

        """
        if not SeriesRecords(self._connection).awaiting(uid):
            raise UserError(
                _("The case has images of its patient already."),
                _("Import the new images as a case of their own."),
            )
        before = self.patient_of(uid) or ""
        SeriesRecords(self._connection).move_studies(stamp, uid, patient_uid)
        self._connection.execute(
            "UPDATE board_case SET patient_uid = ? WHERE uid = ?", (patient_uid, uid)
        )
        AuditChain(self._connection).append(
            stamp, "case", uid, content_of(self._connection, uid), uid
        )
        return before

    @user_errors()
    def former_patients(self, patient_uid: str) -> tuple[Patient, ...]:
        """Return how a patient was entered before cases were handed over, each once.

        From the steps, which stay: whoever takes the remark away does not take back the name.
        """
        rows = self._connection.execute(_FORMER, (FORMER_PATIENT, patient_uid))
        found = (Patients(self._connection).get(row["before"]) for row in rows if row["before"])
        return tuple(patient for patient in found if patient is not None)

    def number_of(self, uid: str) -> int:
        """Return the running number of a case."""
        row = self._connection.execute(
            "SELECT number FROM board_case WHERE uid = ?", (uid,)
        ).fetchone()
        return int(row["number"])

    def patient_of(self, uid: str) -> str | None:
        """Return the UID of a case's patient, or None when there is no such case."""
        row = self._connection.execute(
            "SELECT patient_uid FROM board_case WHERE uid = ?", (uid,)
        ).fetchone()
        return None if row is None else str(row["patient_uid"])

    def label_of(self, uid: str) -> str:
        """Return the label of a case, empty when there is no such case."""
        row = self._connection.execute(
            "SELECT label FROM board_case WHERE uid = ?", (uid,)
        ).fetchone()
        return "" if row is None else line(row["label"])

    def remark_of(self, uid: str, key: str) -> str:
        """Return the value of a remark on a case, empty without one."""
        body = state.body(self._connection, uid, "remark", key)
        return "" if body is None else str(loads(body).get("value", ""))

    def whole_remark(self, uid: str, key: str) -> Remark | None:
        """Return a remark on a case with who wrote it and when, None without one."""
        body = state.body(self._connection, uid, "remark", key)
        return None if body is None else cast("Remark", decode("remark", loads(body)))

    def archived(self) -> frozenset[str]:
        """Return the UIDs of the cases that were put away."""
        return frozenset(self.remarked(ARCHIVED))

    @user_errors()
    def remarked(self, key: str) -> dict[str, str]:
        """Return the values of a remark, by the UIDs of the cases that have it."""
        rows = self._connection.execute(
            "SELECT case_uid, body ->> 'value' AS value FROM remark WHERE name = ?", (key,)
        )
        return {row["case_uid"]: str(row["value"] or "") for row in rows}

    @user_errors()
    def summaries(self) -> list[CaseSummary]:
        """Return all cases in the order in which they were created."""
        return [_summary(row) for row in self._connection.execute(_ALL_CASES)]

    @user_errors()
    def wanted(self, filter_: CaseFilter) -> list[str]:
        """Return the UIDs of the cases that a filter asks for, in the order of their creation."""
        query = search.query_of(filter_.typed)
        among = None if filter_.uids is None else dumps(sorted(filter_.uids))
        values = (
            query,
            filter_.category,
            filter_.status,
            filter_.phase,
            int(filter_.archived),
            among,
        )
        source, ordinal = (_TYPED, "f.rowid") if query else (_ANY, "c.number")
        sql = _WANTED.replace("AMONG", source).replace("ORDINAL", ordinal)
        sql = sql.replace("LACKS", MISSING.get(filter_.missing, "TRUE"))
        return list(loads(self._connection.execute(sql, values).fetchone()[0]))

    @user_errors()
    def count(self) -> int:
        """Return how many cases there are."""
        return int(self._connection.execute("SELECT count(*) FROM board_case").fetchone()[0])

    @user_errors()
    def some(self, uids: Sequence[str]) -> list[CaseSummary]:
        """Return the lines of some cases, in the order of their creation."""
        return [
            _summary(row) for row in self._connection.execute(_SOME_CASES, (dumps(list(uids)),))
        ]

    def of_patient(self, patient_uid: str) -> list[str]:
        """Return the UIDs of a patient's cases, the oldest first."""
        found = self._connection.execute(
            "SELECT uid FROM board_case WHERE patient_uid = ? ORDER BY number", (patient_uid,)
        )
        return [row["uid"] for row in found]

    @user_errors()
    def load(self, uid: str) -> Case:
        """Return a case as it stands; its facts are those that persons stated.

        Raises
        ------
        UserError
            When there is no such case, or a record in it cannot be read.

        """
        row = self._connection.execute("SELECT * FROM board_case WHERE uid = ?", (uid,)).fetchone()
        patient = None if row is None else Patients(self._connection).get(row["patient_uid"])
        if row is None or patient is None:
            raise UserError(
                _("This case is not in the store."), _("Choose a case from the worklist.")
            )
        try:
            found = cast("tuple[Annotation, ...]", _parts(self._connection, uid, "annotation"))
            homes = pictures.Homes(self._connection)
            return Case(
                uid=uid,
                label=line(row["label"]),
                patient=patient,
                question=lines(row["question"]),
                summary=lines(row["summary"]),
                created_utc=line(row["created_utc"]),
                series=cast("tuple[SeriesRef, ...]", _parts(self._connection, uid, "series")),
                lesions=cast("tuple[Lesion, ...]", _parts(self._connection, uid, "lesion")),
                annotations=tuple(homes.placed(annotation) for annotation in found),
                facts=FactSheet(_facts(self._connection, uid, "fact")),
                remarks=cast("tuple[Remark, ...]", _parts(self._connection, uid, "remark")),
                views=cast("tuple[SavedView, ...]", _parts(self._connection, uid, "view")),
                segmentations=cast(
                    "tuple[Segmentation, ...]", _parts(self._connection, uid, "segmentation")
                ),
                vessels=cast("tuple[VesselPath, ...]", _parts(self._connection, uid, "vessel")),
            )
        except (ValueError, KeyError, TypeError) as error:
            raise UserError(
                _("The case {label} holds a record that cannot be read.", label=line(row["label"])),
                _("Check the store with the command verify."),
                details=type(error).__name__,
            ) from error

    @user_errors()
    def load_derived(self, uid: str) -> dict[str, Fact]:
        """Return the facts of a case that were derived, by name."""
        return dict(_facts(self._connection, uid, "derived"))


def automatic_label(number: int) -> str:
    """Return the label of a case that was given none; it tells nothing about the patient."""
    return f"TB-{number:04d}"


def content_of(connection: Connection, uid: str) -> str:
    """Return the canonical text of what never changes in a case, for the audit chain."""
    row = connection.execute(
        "SELECT uid, patient_uid, number, created_utc FROM board_case WHERE uid = ?", (uid,)
    ).fetchone()
    return dumps(list(row))


def _summary(row: Row) -> CaseSummary:
    study_date, modality = loads(row["newest"]) if row["newest"] else ("", "")
    return CaseSummary(
        uid=row["case_uid"],
        label=line(row["label"]),
        question=lines(row["question"]),
        patient=patients.from_row(row, "patient_uid"),
        series=row["series"],
        created_utc=line(row["created_utc"]),
        changed_utc=line(row["changed_utc"]),
        category=line(row["category"] or ""),
        status=line(row["status"] or ""),
        phase=line(row["phase"] or ""),
        reading=_reading(row["reading"]),
        study_date=line(study_date or ""),
        modality=line(modality or ""),
    )


def _reading(found: str | None) -> Mapping[str, Any]:
    """Return the named parts of a result from the list that the query gives of them."""
    return {} if found is None else dict(zip(_READING, loads(found), strict=True))


def _parts(connection: Connection, uid: str, entity: str) -> tuple[object, ...]:
    found = state.items(connection, uid, entity)
    return tuple(decode(entity, loads(body)) for _, body in found)


def _facts(connection: Connection, uid: str, entity: str) -> Mapping[str, Fact]:
    found = cast("tuple[Fact, ...]", _parts(connection, uid, entity))
    return {fact.name: fact for fact in found}
