"""Cases found by what one types, and by what they are."""

from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.app.test_session import Result, derive
from tumorboard.app.session import Session
from tumorboard.case.model import Patient
from tumorboard.store import migrations
from tumorboard.store.cases import CaseFilter
from tumorboard.store.database import Store

PEOPLE = (
    ("RP-0001", Patient("", "MÜLLER^Ärmgard", "Z-17", "19600101", "F"), "Resectable?"),
    ("RP-0002", Patient("", "O'HARA^Bert", "Z-18", "19610101", "M"), "Biopsy first?"),
    ("LM-0003", Patient("", "NOVÁK^Jan", "Y-19", "19620101", "M"), "Resectable again?"),
)


@pytest.fixture
def session(tmp_path):
    with Store(tmp_path) as store:
        made = Session(store, "Dr Sample", derive, Result)
        for label, patient, question in PEOPLE:
            made.new_case(label, patient, question)
        yield made


def found(session, typed="", **more) -> list[str]:
    store = session.store
    uids = store.cases.wanted(CaseFilter(typed, **more))
    return [line.label for line in store.cases.some(uids)]


@pytest.mark.parametrize(
    ("typed", "labels"),
    [
        ("", ["RP-0001", "RP-0002", "LM-0003"]),
        ("rp", ["RP-0001", "RP-0002"]),
        ("RP-0002", ["RP-0002"]),
        ("muller", ["RP-0001"]),
        ("Müll", ["RP-0001"]),
        ("novak jan", ["LM-0003"]),
        ("resect", ["RP-0001", "LM-0003"]),
        ("resect ag", ["LM-0003"]),
        ("z-1", ["RP-0001", "RP-0002"]),
        ("o'h", ["RP-0002"]),
        ("nobody", []),
    ],
)
def test_beginnings_of_words_of_name_identifier_label_and_question(session, typed, labels):
    assert found(session, typed) == labels


def test_what_is_stated_and_noted_is_found_at_once_and_gone_when_taken_back(session):
    session.set_fact("histology", "LMS")
    session.set_remark("alert:R-ALT-04", "yes", "Chest film from elsewhere")
    session.set_detail("question", "Vein graft?")
    assert found(session, "leiomyo") == found(session, "elsewhere") == ["LM-0003"]
    assert found(session, "graft") == ["LM-0003"]
    assert found(session, "again") == []
    session.undo()
    session.undo()
    assert found(session, "elsewhere") == []
    assert found(session, "again") == ["LM-0003"]


def test_a_diagnosis_is_found_by_its_words_and_by_its_letters(session):
    session.set_fact("histology", "LMS")
    assert found(session, "leiomyos") == found(session, "lms") == ["LM-0003"]
    # An index made before it held these words is filled again when the store is opened.
    session.store.connection.execute("UPDATE case_text SET text = 'old'")
    assert found(session, "leiomyos") == []
    migrations.words_of_facts(SimpleNamespace(conn=session.store.connection))
    assert found(session, "leiomyos") == ["LM-0003"]


def test_filters_by_category_status_phase_and_cases(session):
    session.set_fact("site", "retroperitoneum")
    session.set_fact("disease_phase", "primary_unresected")
    session.set_remark("status", "ready")
    third = session.case.uid
    assert found(session, category="resectable") == ["LM-0003"]
    assert found(session, status="ready") == ["LM-0003"]
    assert found(session, phase="primary_unresected") == ["LM-0003"]
    assert found(session, "muller", status="ready") == []
    assert found(session, uids=frozenset({third})) == ["LM-0003"]
    (line,) = session.store.cases.some([third])
    assert (line.status, line.phase, line.category) == ("ready", "primary_unresected", "resectable")


def test_an_archived_case_shows_only_when_asked_for(session):
    session.set_remark("archived", "yes")
    assert found(session) == ["RP-0001", "RP-0002"]
    assert found(session, archived=True) == ["LM-0003"]
    session.undo()
    assert found(session) == ["RP-0001", "RP-0002", "LM-0003"]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=12))
def test_nothing_that_can_be_typed_breaks_the_search(session, typed):
    assert set(found(session, typed)) <= {label for label, _, _ in PEOPLE}
