"""Imported series reach the right patient and case, once, and patients stay apart."""

from dataclasses import replace

import pytest

from tests.store.samples import ANNA, BERT, NOBODY, annotation, incoming
from tumorboard.app.session import Session
from tumorboard.case.model import Patient
from tumorboard.store.database import Store
from tumorboard.store.verify import verify


@pytest.fixture
def session(tmp_path):
    with Store(tmp_path) as store:
        yield Session(store, "Dr Sample")
        report = verify(store)
        assert report.ok, report.problems


def names(session: Session) -> list[tuple[str, int]]:
    return [(c.patient.name, c.series) for c in session.cases()]


def test_two_patients_in_one_folder_become_two_cases(session):
    report = session.add_series([incoming(1), incoming(1, BERT, study=2), incoming(2)])
    assert names(session) == [("ZZTEST^ANNA", 2), ("ZZTEST^BERT", 1)]
    assert len(report.cases) == 2
    assert report.refused == []


def test_the_label_of_an_imported_case_tells_nothing_about_the_patient(session):
    session.add_series([incoming(1), incoming(1, BERT, study=2)])
    assert [c.label for c in session.cases()] == ["TB-0001", "TB-0002"]


def test_importing_twice_changes_nothing(session):
    items = [incoming(1), incoming(2), incoming(1, BERT, study=2)]
    first = session.add_series(items)
    head, listed = session.store.head, session.cases()
    second = session.add_series(items)
    assert (second.added, second.updated, second.refused) == ([], [], [])
    assert sorted(second.unchanged) == sorted(first.added)
    assert second.cases == first.cases
    assert (session.store.head, session.cases()) == (head, listed)


def test_a_new_series_of_a_known_patient_joins_the_case(session):
    session.add_series([incoming(1)])
    session.add_series([incoming(1, study=3)])
    assert names(session) == [("ZZTEST^ANNA", 2)]


@pytest.mark.parametrize(
    "other",
    [
        replace(ANNA, patient_id="Z-9"),
        replace(ANNA, name="ZZTEST^ANNE"),
        replace(ANNA, birth_date="19600102"),
        BERT,
    ],
)
def test_one_differing_word_of_identity_keeps_patients_apart(session, other):
    session.add_series([incoming(1)])
    session.add_series([incoming(1, other, study=2)])
    assert [n for _, n in names(session)] == [1, 1]


def test_the_same_identifier_of_another_issuer_is_another_patient(session):
    one, two = (replace(ANNA, issuer=f"HOSPITAL {place}") for place in "AB")
    session.add_series([incoming(1, one), incoming(1, two, study=2)])
    assert [n for _, n in names(session)] == [1, 1]
    session.add_series([incoming(2, two, study=2), incoming(1, one, study=3)])
    assert [n for _, n in names(session)] == [2, 2]


def test_an_issuer_that_one_record_does_not_name_keeps_nobody_apart(session):
    session.add_series([incoming(1)])
    session.add_series([incoming(1, replace(ANNA, issuer="HOSPITAL A"), study=2)])
    session.add_series([incoming(1, replace(ANNA, sex=""), study=3)])
    assert names(session) == [("ZZTEST^ANNA", 3)]


@pytest.mark.parametrize(("answer", "counts"), [(True, [3]), (False, [1, 2])])
def test_another_sex_is_a_question(session, answer, counts):
    session.add_series([incoming(1)])
    other = replace(ANNA, sex="M")
    report = session.add_series([incoming(1, other, study=2)])
    ((_, error),) = report.refused
    assert "sex differs" in error.message
    session.add_series([incoming(1, other, study=2)], same_patient=answer)
    report = session.add_series([incoming(2, other, study=2)])  # the answer holds
    assert report.refused == []
    assert [n for _, n in names(session)] == counts


def test_blanks_and_trailing_carets_do_not_make_another_patient(session):
    session.add_series([incoming(1)])
    padded = replace(ANNA, name="ZZTEST^ANNA^^ ", patient_id=" Z-1 ")
    session.add_series([incoming(1, padded, study=2)])
    assert names(session) == [("ZZTEST^ANNA", 2)]


@pytest.mark.parametrize("who", [NOBODY, Patient("", name="ANON^", birth_date="19600101")])
def test_studies_without_identifier_are_not_taken_for_one_patient(session, who):
    session.add_series([incoming(1, who), incoming(2, who), incoming(1, who, study=2)])
    assert [n for _, n in names(session)] == [2, 1]
    session.add_series([incoming(3, who, study=2)])
    assert [n for _, n in names(session)] == [2, 2]


def test_a_study_that_names_two_patients_stops_with_a_question(session):
    report = session.add_series([incoming(1), incoming(2, BERT)])
    assert report.added == ["1.2.1.1"]
    ((uid, error),) = report.refused
    assert uid == "1.2.1.2"
    assert error.message == "The study is already stored for another patient."
    assert "Compare" in error.hint
    assert "ZZTEST" not in str(error)
    assert names(session) == [("ZZTEST^ANNA", 1)]


def test_images_of_another_patient_do_not_enter_the_open_case(session):
    session.add_series([incoming(1)])
    case = session.cases()[0].uid
    report = session.add_series([incoming(1, BERT, study=2)], case)
    assert [e.message for _, e in report.refused] == [
        "The images belong to another patient than the open case, or their identity differs."
    ]
    assert names(session) == [("ZZTEST^ANNA", 1)]


def test_a_person_may_answer_that_it_is_the_same_patient(session):
    session.add_series([incoming(1)])
    case = session.cases()[0].uid
    married = replace(ANNA, name="ZZTEST-NEW^ANNA")
    session.add_series([incoming(1, married, study=2)], case, same_patient=True)
    assert names(session) == [("ZZTEST^ANNA", 2)]
    stolen = session.add_series([incoming(1, BERT, study=3)])
    report = session.add_series([incoming(1, BERT, study=3)], case, same_patient=True)
    assert stolen.refused == []
    assert [e.message for _, e in report.refused] == [
        "The study is already stored for another patient."
    ]


def test_a_series_that_moved_or_grew_is_brought_up_to_date(session):
    session.add_series([incoming(1)])
    session.open_case(session.cases()[0].uid)
    report = session.add_series([incoming(1, where="b")])
    assert report.updated == ["1.2.1.1"]
    assert session.store.series.body_of("1.2.1.1") == incoming(1, where="b").body
    session.add_series([incoming(1, slices=12)])
    assert session.case is not None
    assert [s.slices for s in session.case.series] == [12]


def test_a_part_of_a_known_series_does_not_replace_the_whole(session):
    session.add_series([incoming(1, slices=10)])
    report = session.add_series([incoming(1, slices=1), incoming(2)])
    assert [str(e) for _, e in report.refused] == [
        "The series has 1 images here and 10 in the store, which were kept. "
        "Import the whole folder if the images have moved."
    ]
    assert report.added == ["1.2.1.2"]
    assert session.store.series.body_of("1.2.1.1") == incoming(1).body


def test_a_series_cannot_wander_to_another_study(session):
    session.add_series([incoming(1)])
    stray = incoming(1)
    moved = replace(stray, ref=replace(stray.ref, study_instance_uid="1.2.77"))
    report = session.add_series([moved])
    assert [e.message for _, e in report.refused] == [
        "The series is already stored as part of another study."
    ]


def test_an_import_does_not_stand_in_the_way_of_undo(session):
    session.add_series([incoming(1)])
    session.open_case(session.cases()[0].uid)
    session.put_annotation(annotation("1"))
    session.add_series([incoming(2)])
    assert session.undo() == "Draw length"
    assert session.case is not None
    assert session.case.annotations == ()
    assert len(session.case.series) == 2


def test_everything_about_a_series_comes_back(session):
    session.add_series([incoming(1)])
    case = session.open_case(session.cases()[0].uid)
    assert case.series == (incoming(1).ref,)
    assert replace(case.patient, uid="") == ANNA
    assert session.store.series.body_of("9.9") is None


def test_text_that_no_file_should_hold_is_stored_all_the_same(session):
    odd = Patient("", name="ZZ\udcff\x00^X", patient_id="1;DROP TABLE patient", sex="")
    session.add_series([incoming(1, odd)])
    assert names(session) == [("ZZ[U+DCFF][U+0000]^X", 1)]
