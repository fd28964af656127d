"""Whatever is changed behind the program's back is found and named."""

import hashlib
import json

import pytest

from tests.store.samples import ANNA, BERT, annotation, incoming
from tumorboard.app.session import Session
from tumorboard.case.model import Lesion
from tumorboard.errors import CancelledError, UserError
from tumorboard.progress import Reporter
from tumorboard.store import driver
from tumorboard.store.audit import Stamp
from tumorboard.store.database import Store
from tumorboard.store.talk_times import TalkTime
from tumorboard.store.verify import verify


class Result:
    """An assessment as the session sees one."""

    guideline_version = "1.0.0"

    def __init__(self, facts):
        self._said = sorted(f.name for f in facts)
        self.input_hash = hashlib.sha256(repr(self._said).encode()).hexdigest()

    def to_json(self):
        return {"category": "indeterminate", "read": self._said}


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path) as opened:
        session = Session(opened, "Dr Sample", assess=Result)
        session.add_series([incoming(1), incoming(2), incoming(1, BERT, study=2)])
        session.open_case(session.cases()[0].uid)
        session.put_lesion(Lesion("L1", "Mass", is_index=True))
        for n in range(4):
            session.put_annotation(annotation(str(n), lesion_uid="L1"))
        session.delete_annotation("1")
        session.undo()
        session.set_fact("site", "retroperitoneum")
        session.set_detail("question", "Resectable?")
        session.undo()
        with opened.transaction():
            read = TalkTime("T", "M", session.cases()[0].uid, 90)
            opened.talk_times.append(Stamp("Dr Sample", "2026-03-10T12:00:00Z"), read)
        yield opened


def test_a_store_in_use_is_whole(store):
    report = verify(store)
    assert report.problems == ()
    assert report.ok
    assert (report.cases, report.steps) == (2, 14)
    assert report.head == store.head
    assert len(report.head) == 64
    assert report.audit_rows > report.steps


@pytest.mark.parametrize("table", ["audit", "step", "change", "assessment", "talk_time"])
@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM TABLE",
        "UPDATE TABLE SET rowid = rowid",
        "INSERT OR REPLACE INTO TABLE SELECT * FROM TABLE",
    ],
)
def test_what_happened_cannot_be_changed(store, table, sql):
    with pytest.raises(driver.DatabaseError, match="never changed"):
        store.connection.execute(sql.replace("TABLE", table))
    assert verify(store).ok


def tamper(store: Store, *statements: str) -> tuple[str, ...]:
    """Change rows as somebody with a database tool would, then verify."""
    for (name,) in store.connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    ).fetchall():
        store.connection.execute(f"DROP TRIGGER {name}")
    store.connection.execute("PRAGMA foreign_keys=OFF")
    for statement in statements:
        assert store.connection.execute(statement).rowcount != 0, statement
    return verify(store).problems


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("UPDATE audit SET author = 'Somebody' WHERE sequence = 7", "audit row 7 was changed"),
        ("UPDATE audit SET content = previous WHERE sequence = 7", "audit row 7 was changed"),
        ("DELETE FROM audit WHERE sequence = 7", "audit rows 7 to 7 are missing"),
        ("DELETE FROM audit WHERE sequence > 20", "audit rows from 21 on are missing"),
        ("UPDATE step SET author = 'Somebody' WHERE sequence = 6", "step 6 was changed"),
        ("UPDATE step SET utc = '2020-01-01T00:00:00Z' WHERE sequence = 6", "step 6 was changed"),
        ("UPDATE change SET after = before WHERE step = 9", "step 9 was changed"),
        ("DELETE FROM change WHERE step = 6", "step 6 was changed"),
        ("DELETE FROM step WHERE sequence = 6", "step 6 is missing"),
        ("UPDATE assessment SET category = 'resectable'", "assessment 1 was changed"),
        ("DELETE FROM assessment WHERE sequence = 1", "assessment 1 is missing"),
        ("UPDATE talk_time SET seconds = 60", "talk time 1 was changed"),
        ("DELETE FROM talk_time", "talk time 1 is missing"),
        ("UPDATE patient SET name = 'X' WHERE patient_id = 'Z-1'", "patient 2.25."),
        ("UPDATE series SET body = zeroblob(9) WHERE uid = '1.2.1.1'",
         "series 1.2.1.1 was changed"),
        ("UPDATE study SET study_date = '20250101' WHERE uid = '1.2.1'", "study 1.2.1 was changed"),
        ("UPDATE board_case SET patient_uid = (SELECT max(uid) FROM patient)", "case 2.25."),
        ("UPDATE board_case SET label = 'Another'", "the label of case"),
        ("UPDATE annotation SET body = replace(body, '2.0', '9.0') WHERE name = '2'",
         "the annotation rows of case"),
        ("DELETE FROM annotation WHERE name = '2'", "the annotation rows of case"),
        ("UPDATE annotation SET ordinal = 9 WHERE name = '0'", "the annotation rows of case"),
        ("DELETE FROM fact", "the fact rows of case"),
        ("DELETE FROM lesion", "the lesion rows of case"),
        ("DELETE FROM case_series WHERE name = '1.2.1.1'", "the series rows of case"),
        ("DELETE FROM study WHERE uid = '1.2.2'", "a row of series points to a missing row"),
    ],
)  # fmt: skip
def test_each_change_behind_its_back_is_named(store, statement, named):
    problems = tamper(store, statement)
    assert any(named in problem for problem in problems), problems


def test_a_forged_chain_does_not_reach_the_printed_head(store):
    printed = store.head
    tamper(store, "UPDATE audit SET author = 'Somebody' WHERE sequence = 3")
    rows = [dict(r) for r in store.connection.execute("SELECT * FROM audit ORDER BY sequence")]
    previous = "0" * 64
    for row in rows:
        row["previous"] = previous
        fields = {k: row[k] for k in row if k not in ("hash", "previous")}
        text = previous + json.dumps(fields, sort_keys=True, separators=(",", ":"))
        row["hash"] = previous = hashlib.sha256(text.encode()).hexdigest()
        store.connection.execute(
            "UPDATE audit SET previous = ?, hash = ? WHERE sequence = ?",
            (row["previous"], row["hash"], row["sequence"]),
        )
    assert verify(store).ok  # a whole forgery is consistent in itself
    assert store.head != printed  # but not with what was printed


def test_the_chain_can_be_checked_without_our_code(store):
    rows = [dict(r) for r in store.connection.execute("SELECT * FROM audit ORDER BY sequence")]
    previous = "0" * 64
    for row in rows:
        fields = {k: row[k] for k in row if k not in ("hash", "previous")}
        text = previous + json.dumps(fields, sort_keys=True, separators=(",", ":"))
        previous = hashlib.sha256(text.encode()).hexdigest()
        assert row["hash"] == previous
    assert previous == store.head


def test_the_chain_holds_no_patient_data(store):
    text = "".join(str(tuple(r)) for r in store.connection.execute("SELECT * FROM audit"))
    for secret in ("ZZTEST", "Z-1", "19600101", "Resectable"):
        assert secret not in text
    names = [r["name"] for r in store.connection.execute("SELECT name FROM patient")]
    assert ANNA.name in names


def test_a_damaged_record_of_a_series_is_repaired_by_importing_again(store):
    session = Session(store, "Dr Sample")
    store.connection.execute("UPDATE series SET body = zeroblob(9) WHERE uid = '1.2.1.1'")
    with pytest.raises(UserError, match="record of this series in the store is damaged"):
        session.store.series.body_of("1.2.1.1")
    assert session.add_series([incoming(1)]).updated == ["1.2.1.1"]
    assert session.store.series.body_of("1.2.1.1") == incoming(1).body
    assert verify(store).ok


def test_checking_can_be_cancelled(store):
    reporter = Reporter()
    reporter.cancel()
    with pytest.raises(CancelledError):
        verify(store, reporter)
