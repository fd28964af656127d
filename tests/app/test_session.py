"""The session: what is asked of it is on the disk, announced, and never half done."""

import hashlib
from dataclasses import replace

import pytest

from tests.store.samples import ANNA, BERT, NOBODY, annotation, incoming
from tumorboard.app.session import Session
from tumorboard.case.definitions import AtLeast
from tumorboard.case.facts import Fact, FactSheet, Provenance
from tumorboard.case.model import Lesion
from tumorboard.errors import UserError
from tumorboard.store.database import Store
from tumorboard.store.verify import verify


class Result:
    """An assessment as the session sees one: resectable once the site is known."""

    def __init__(self, facts: FactSheet, version: str = "1.0.0"):
        self.values = {f.name: f.value for f in facts}
        self.guideline_version = version
        self.category = "resectable" if "site" in self.values else "indeterminate"
        text = repr(sorted(self.values.items()))
        self.input_hash = hashlib.sha256(text.encode()).hexdigest()

    def to_json(self):
        return {"category": self.category, "inputs": list(self.values)}


def derive(case):
    """One derived fact: the number of annotations, if any."""
    uids = tuple(a.uid for a in case.annotations)
    if not uids:
        return {}
    return {
        "metastasis_count": Fact(
            "metastasis_count", len(uids), Provenance("derived", annotation_uids=uids)
        )
    }


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path) as opened:
        yield opened
        report = verify(opened)
        assert report.ok, report.problems


@pytest.fixture
def session(store):
    made = Session(store, "Dr Sample", derive, Result)
    made.new_case("RP-1", ANNA, "Resectable?")
    return made


def heard(session: Session) -> list[tuple[str, object]]:
    said: list[tuple[str, object]] = []
    session.case_changed.connect(lambda change: said.append(("case", change.after)))
    session.cases_changed.connect(lambda: said.append(("cases", None)))
    session.assessment_changed.connect(lambda a: said.append(("assessment", a)))
    return said


def reopened(session: Session, store: Store) -> Session:
    again = Session(store, "Dr Other", derive, Result)
    again.open_case(session.case.uid)
    return again


def test_each_change_is_announced_once_with_its_assessment(session):
    said = heard(session)
    session.put_annotation(annotation("1"))
    assert [name for name, _ in said] == ["case", "assessment", "cases"]
    assert said[0][1] is session.case
    assert said[1][1] is session.assessment
    said.clear()
    session.put_annotation(annotation("1"))  # nothing new
    assert said == []


def test_whoever_listens_finds_the_change_on_the_disk(session, store, tmp_path):
    found = []

    def look(change):
        with Store(tmp_path, backup=False) as other:
            found.append(Session(other, "Dr Other").open_case(change.after.uid).annotations)

    session.case_changed.connect(look)
    session.put_annotation(annotation("1"))
    session.undo()
    session.redo()
    assert found == [(annotation("1"),), (), (annotation("1"),)]


def test_a_new_case_is_listed_and_open(session):
    (line,) = session.cases()
    assert (line.label, line.question, line.category) == ("RP-1", "Resectable?", "indeterminate")
    assert replace(line.patient, uid="") == ANNA
    assert session.case.uid == line.uid
    second = session.new_case("", ANNA)
    assert second.label == "TB-0002"
    assert second.patient == line.patient
    assert session.new_case("", NOBODY).patient.uid != session.new_case("", NOBODY).patient.uid


def test_a_fact_keeps_who_and_when_and_every_earlier_value(session, store):
    session.set_fact("site", "retroperitoneum", "seen on CT", ["1.2"])
    later = reopened(session, store)
    later.set_fact("site", "uterus")
    later.set_fact("site", None)
    values = later.values_of("fact", "site")
    assert [fact and fact.value for _, fact in values] == ["retroperitoneum", "uterus", None]
    assert [step.author for step, _ in values] == ["Dr Sample", "Dr Other", "Dr Other"]
    first = values[0][1].provenance
    assert (first.origin, first.author, first.note) == ("entered", "Dr Sample", "seen on CT")
    assert first.annotation_uids == ("1.2",)
    assert first.time_utc.endswith("Z")


def test_the_same_statement_again_is_no_step_but_another_person_is(session, store):
    session.set_fact("site", "uterus")
    steps = len(session.history())
    session.set_fact("site", "uterus")
    assert len(session.history()) == steps
    other = reopened(session, store)
    other.set_fact("site", "uterus")
    assert len(other.history()) == steps + 1


def test_true_and_one_are_different_statements(session):
    session.set_fact("metastasis_count", 1)
    with pytest.raises(UserError, match="True"):
        session.set_fact("metastasis_count", True)
    assert session.case.facts.value("metastasis_count") == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("site", "uterus"),
        ("metastasis_count", 3),
        ("fat_component_percent", 2.5),
        ("metastasis_sites", ("lung", "liver")),
        ("metastasis_count", AtLeast(2)),
        ("diameters_cm", (10.5, 8.9, 13.2)),
        ("kidney_function_date", "2026-03-01"),
    ],
)
def test_each_form_of_value_comes_back_the_same(session, store, name, value):
    session.set_fact(name, value)
    found = reopened(session, store).case.facts.value(name)
    assert found == value
    assert type(found) is type(value)


def test_a_value_that_cannot_be_stored_changes_nothing(session):
    before, head = session.case, session.store.head
    for bad in (float("nan"), object()):
        with pytest.raises(UserError):
            session.set_fact("egfr", bad)
    assert (session.case, session.store.head) == (before, head)


def test_a_person_overrules_what_was_derived_and_both_are_kept(session, store):
    session.put_annotation(annotation("1"))
    assert session.facts.value("metastasis_count") == 1
    session.set_fact("metastasis_count", 7)
    session.put_annotation(annotation("2"))
    for one in (session, reopened(session, store)):
        assert one.facts.value("metastasis_count") == 7
        assert one.facts.get("metastasis_count").provenance.origin == "entered"
        assert one.derived["metastasis_count"].value == 2
        assert one.derived["metastasis_count"].provenance.annotation_uids == ("1", "2")
    session.open_case(session.case.uid)
    session.set_fact("metastasis_count", None)
    assert session.facts.value("metastasis_count") == 2
    assert [
        fact and fact.value for _, fact in session.values_of("derived", "metastasis_count")
    ] == [1, 2]


def test_undo_takes_back_what_was_derived_too(session):
    session.put_annotation(annotation("1"))
    session.undo()
    assert session.derived == {}
    session.redo()
    assert session.derived["metastasis_count"].value == 1


def test_a_program_that_derives_more_brings_an_old_case_up_to_date(session, store):
    session.put_annotation(annotation("1"))
    uid = session.case.uid

    def newer(case):
        return {**derive(case), "new": Fact("new", 1, Provenance("derived"))}

    later = Session(store, "Dr Other", newer)
    later.open_case(uid)
    last = later.history()[-1]
    assert (last.kind, last.author) == ("derive", "tumorboard")
    assert later.facts.value("new") == 1
    assert later.undo() == "Draw length"
    later.open_case(uid)
    assert later.history()[-1].kind == "undo"


def test_assessments_are_stored_when_their_inputs_change_and_only_then(session, store):
    session.put_lesion(Lesion("L", "Mass"))
    assert len(session.assessments()) == 1
    session.set_fact("site", "retroperitoneum")
    session.undo()
    assert [a.category for a in session.assessments()] == [
        "indeterminate",
        "resectable",
        "indeterminate",
    ]
    again = reopened(session, store)
    assert len(again.assessments()) == 3
    newer = Session(store, "Dr Other", derive, lambda facts: Result(facts, "1.1.0"))
    newer.open_case(session.case.uid)
    assert [a.guideline_version for a in newer.assessments()] == ["1.0.0"] * 3 + ["1.1.0"]
    assert newer.assessments()[0].result == {"category": "indeterminate", "inputs": []}
    assert newer.cases()[0].category == "indeterminate"


def test_a_session_that_derives_nothing_leaves_what_is_derived(session, store):
    session.put_annotation(annotation("1"))
    plain = Session(store, "Dr Other")
    plain.open_case(session.case.uid)
    assert plain.facts.value("metastasis_count") == 1
    assert plain.history() == session.history()


def test_a_bug_in_the_rules_does_not_cost_the_measurement(store):
    def broken(facts):
        if "metastasis_count" in facts.facts:
            raise ZeroDivisionError
        return Result(facts)

    session = Session(store, "Dr Sample", derive, broken)
    session.new_case("A", ANNA)
    with pytest.raises(ZeroDivisionError):
        session.put_annotation(annotation("1"))
    assert reopened(session, store).case.annotations == (annotation("1"),)


def test_an_error_while_storing_leaves_the_case_as_it_was(session, store):
    before, facts = session.case, session.facts
    store.connection.execute(
        "CREATE TEMP TRIGGER fail BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'no'); END"
    )
    said = heard(session)
    with pytest.raises(Exception, match="no"):
        session.put_annotation(annotation("1"))
    assert (session.case, session.facts, said) == (before, facts, [])
    store.connection.execute("DROP TRIGGER fail")
    assert session.open_case(before.uid) == before
    assert session.undo_label == ""
    session.put_annotation(annotation("1"))


def test_a_case_changed_in_another_window_is_not_overwritten(session, store, tmp_path):
    with Store(tmp_path, backup=False) as second:
        other = reopened(session, second)
        other.put_annotation(annotation("theirs"))
    with pytest.raises(UserError, match="another window") as caught:
        session.put_annotation(annotation("mine"))
    assert "Open the case again" in caught.value.hint
    session.open_case(session.case.uid)
    session.put_annotation(annotation("mine"))
    assert [a.uid for a in session.case.annotations] == ["theirs", "mine"]


def test_the_history_names_who_did_what(session):
    session.put_annotation(annotation("1"), "Draw long axis")
    session.undo()
    session.redo()
    told = [(s.kind, s.label, s.author) for s in session.history()]
    assert told == [
        ("create", "New case", "Dr Sample"),
        ("edit", "Draw long axis", "Dr Sample"),
        ("undo", "Draw long axis", "Dr Sample"),
        ("redo", "Draw long axis", "Dr Sample"),
    ]
    assert session.history()[2].target == session.history()[1].sequence


def test_without_an_open_case_nothing_can_be_edited(store):
    session = Session(store, "Dr Sample")
    assert session.facts == FactSheet()
    for attempt in (session.undo, session.history, lambda: session.set_fact("x", 1)):
        with pytest.raises(UserError, match="No case is open"):
            attempt()
    with pytest.raises(UserError, match="not in the store"):
        session.open_case("2.25.1")


def test_closing_a_case_is_announced(session):
    session.put_annotation(annotation("1"))
    said = heard(session)
    session.close_case()
    assert said == [("case", None), ("assessment", None)]
    assert (session.case, session.assessment, session.undo_label) == (None, None, "")


def test_a_scratch_session_leaves_nothing_until_it_is_saved(tmp_path):
    with Store(tmp_path) as store:
        main = Session(store, "Dr Sample", derive, Result)
        main.add_series([incoming(1, BERT, study=7)])
        head = store.head
        session = Session.scratch("Dr Sample", derive, Result)
        session.add_series([incoming(1), incoming(2)])
        session.open_case(session.cases()[0].uid)
        session.put_annotation(annotation("1"))
        session.put_annotation(annotation("2"))
        session.undo()
        session.set_fact("site", "retroperitoneum")
        assert session.is_scratch
        assert store.head == head
        before, told = session.case, session.history()
        saved = session.save_to(store)
        assert not session.is_scratch
        own = {"label": "", "created_utc": "", "patient": before.patient}  # made when it is saved
        assert replace(saved, **own) == replace(before, **own)
        assert saved.label == "TB-0002"
        assert [(s.kind, s.label, s.utc) for s in session.history()] == [
            (s.kind, s.label, s.utc) for s in told
        ]
        assert session.store.series.body_of("1.2.1.1") == incoming(1).body
        assert session.undo() == "State a fact"
        assert session.undo() == "Draw length"
        assert session.case.annotations == ()
        assert verify(store).ok


def test_a_scratch_session_can_be_saved_into_a_case_of_the_same_patient(store):
    main = Session(store, "Dr Sample", derive, Result)
    main.add_series([incoming(1)])
    uid = main.cases()[0].uid
    main.open_case(uid)
    main.put_annotation(annotation("old"))
    session = Session.scratch("Dr Sample", derive, Result)
    session.add_series([incoming(1), incoming(2)])
    session.open_case(session.cases()[0].uid)
    session.put_annotation(annotation("new"))
    session.set_fact("site", "retroperitoneum")
    saved = session.save_to(store, into=uid)
    assert [a.uid for a in saved.annotations] == ["old", "new"]
    assert [s.series_instance_uid for s in saved.series] == ["1.2.1.1", "1.2.1.2"]
    assert session.derived["metastasis_count"].value == 2
    assert session.undo() == "Saved from viewing"
    assert [a.uid for a in session.case.annotations] == ["old"]


def test_a_scratch_session_never_merges_patients(store):
    main = Session(store, "Dr Sample")
    main.add_series([incoming(1, BERT)])
    head = store.head
    session = Session.scratch("Dr Sample")
    session.add_series([incoming(1, ANNA)])
    session.open_case(session.cases()[0].uid)
    session.put_annotation(annotation("1"))
    with pytest.raises(UserError, match="another patient"):
        session.save_to(store)
    with pytest.raises(UserError, match="another patient"):
        session.save_to(store, into=main.cases()[0].uid)
    assert session.is_scratch
    assert store.head == head
    assert session.undo() == "Draw length"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("site", "knee"),
        ("site", 3),
        ("unheard_of", "present"),
        ("vessel_contacts", {"IVC": 361}),
        ("vessel_contacts", {"jugular": 20}),
        ("metastasis_sites", ("lung", "moon")),
        ("metastasis_count", -1),
        ("metastasis_count", 1.5),
        ("diameters_cm", (float("nan"),)),
        ("ivc_involvement", True),
        ("fat_component_percent", 101),
    ],
)
def test_what_no_fact_can_be_is_refused_and_nothing_is_written(session, name, value):
    before, head = session.case, session.store.head
    with pytest.raises(UserError):
        session.set_fact(name, value)
    assert session.case is before
    assert session.store.head == head


def test_a_value_is_kept_in_its_one_form(session):
    session.set_fact("metastasis_sites", ["bone", "lung"])
    assert session.facts.value("metastasis_sites") == ("lung", "bone")
    session.set_fact("ivc_involvement", "not_assessed")
    assert session.facts.value("ivc_involvement") is None
