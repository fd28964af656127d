"""All names of a case are known wherever identity is withheld."""

import pytest

from tests.app.test_session import derive
from tests.store.samples import ANNA, BERT, incoming
from tumorboard.app.identity import names_of
from tumorboard.app.session import Session
from tumorboard.store.cases import FORMER_PATIENT
from tumorboard.store.database import Store


@pytest.fixture
def session(tmp_path):
    with Store(tmp_path) as store:
        yield Session(store, "Dr Sample", derive)


def names(session):
    return [who.name for who in names_of(session.store, session.case)]


def test_a_case_has_the_name_of_its_patient(session):
    session.new_case("RP-1", ANNA, "")
    assert names(session) == [ANNA.name]


def test_a_case_that_was_handed_over_has_the_former_name_too(session):
    session.new_case("RP-1", ANNA, "")
    uid = session.case.uid
    session.add_series([incoming(1, BERT)], uid, hand_over=True)
    session.open_case(uid)
    assert names(session) == [BERT.name, ANNA.name]


def test_a_former_name_is_known_after_the_remark_is_gone_and_in_other_cases(session):
    session.new_case("RP-1", ANNA, "")
    uid = session.case.uid
    session.add_series([incoming(1, BERT)], uid, hand_over=True)
    session.open_case(uid)
    session.clear_remark(FORMER_PATIENT)
    assert names(session) == [BERT.name, ANNA.name]
    session.new_case("RP-2", session.case.patient, "")
    assert names(session) == [BERT.name, ANNA.name]
