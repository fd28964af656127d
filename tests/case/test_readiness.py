"""Whether a case is ready to be discussed: each light with its state, its words and its place."""

from dataclasses import replace

import pytest

from tumorboard.case.facts import Fact, FactSheet, Provenance
from tumorboard.case.model import Case, Patient, Remark, SeriesRef
from tumorboard.case.readiness import CRITERIA, lights, newest_series


def series(uid: str, date: str, **changes) -> SeriesRef:
    base = SeriesRef(uid, "1.2", "CT", "", date, 100, 512, 512, "volume")
    return replace(base, **changes)


def remark(key: str) -> Remark:
    return Remark(key, "yes", "", "Dr A", "2026-11-01T08:00:00Z")


def case(*found: SeriesRef, question: str = "", remarks=()) -> Case:
    return Case("c", "RP-1", Patient("p"), question, series=found, remarks=tuple(remarks))


def facts(**values: object) -> FactSheet:
    return FactSheet({n: Fact(n, v, Provenance("entered")) for n, v in values.items()})


def light(key: str, of: Case, known: FactSheet | None = None, loadable=lambda _uid: True):
    found = {one.key: one for one in lights(of, known or FactSheet(), loadable)}
    one = found[key]
    return one.state, one.words, one.goes_to


NOW, OLD = series("n", "20261101"), series("o", "20250101")


def test_the_lights_stand_in_their_order():
    keys = [one.key for one in lights(case(), FactSheet(), lambda _uid: None)]
    assert keys == ["current", "dated", "prior", "read", "histology", "criteria", "question"]


@pytest.mark.parametrize(
    ("found", "there", "wanted"),
    [
        ((), {}, (False, "no images", "images")),
        ((NOW, OLD), {}, (True, "1 series", "images")),
        ((NOW, replace(NOW, series_instance_uid="m")), {}, (True, "2 series", "images")),
        ((NOW, OLD), {"o": False}, (True, "1 series", "images")),
        ((NOW,), {"n": False}, (False, "files of 1 series are not there", "images")),
        ((NOW,), {"n": None}, (None, "1 series", "images")),
        (
            (NOW, replace(NOW, series_instance_uid="m")),
            {"n": None, "m": False},
            (False, "files of 1 series are not there", "images"),
        ),
        ((replace(NOW, kind="document"),), {}, (False, "no images", "images")),
        ((replace(NOW, kind="overlay"), OLD), {}, (True, "1 series", "images")),
        ((replace(NOW, kind="image"),), {}, (True, "1 series", "images")),
        ((replace(NOW, kind="stack"),), {}, (True, "1 series", "images")),
    ],
)
def test_the_images_of_the_newest_date_have_to_be_there(found, there, wanted):
    assert light("current", case(*found), loadable=lambda uid: there.get(uid, True)) == wanted


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        ((), (False, "no images", "images")),
        ((series("n", ""),), (False, "no date in the images", "images")),
        ((series("n", "", phase="arterial"),), (False, "no date in the images", "images")),
        ((NOW,), (None, "phase of contrast not known", "images")),
        ((NOW, replace(OLD, phase="arterial")), (None, "phase of contrast not known", "images")),
        ((replace(NOW, phase="arterial"),), (True, "arterial", "images")),
        (
            (
                replace(NOW, phase="portal venous"),
                replace(NOW, phase="arterial"),
                replace(NOW, phase="arterial"),
                NOW,
            ),
            (True, "arterial, portal venous", "images"),
        ),
    ],
)
def test_the_newest_images_have_a_date_and_a_phase(found, wanted):
    assert light("dated", case(*found)) == wanted


@pytest.mark.parametrize(
    ("found", "phase", "operated", "wanted", "expected"),
    [
        ((NOW, OLD), None, False, (True, "2 dates"), True),
        ((NOW, OLD), "recurrence", True, (True, "2 dates"), True),
        ((NOW,), None, False, (None, "only one date; nothing tells of earlier ones"), False),
        ((), None, False, (None, "no images; nothing tells of earlier ones"), False),
        ((NOW,), "primary_unresected", False, (None, "only one date; a primary in place"), False),
        ((NOW,), "primary_unresected", True, (None, "only one date; a primary in place"), False),
        ((NOW,), "recurrence", False, (False, "only one date, though it is a recurrence"), True),
        ((), "post_resection", False, (False, "no images, though it was resected"), True),
        ((NOW,), None, True, (False, "only one date, though an operation is recorded"), True),
    ],
)
def test_earlier_images_are_missed_where_there_must_be_some(
    found, phase, operated, wanted, expected
):
    noted = (remark("event:operation:1"),) if operated else (remark("event:biopsy:1"),)
    known = facts(disease_phase=phase) if phase else FactSheet()
    of = case(*found, remarks=noted)
    assert light("prior", of, known) == (*wanted, "images")
    (one,) = [x for x in lights(of, known, lambda _uid: True) if x.key == "prior"]
    assert one.expected is expected
    assert one.is_missing is (wanted[0] is False)
    assert one.is_open is (wanted[0] is None and expected)


def test_a_named_person_confirms_the_reading():
    assert light("read", case()) == (False, "not confirmed", "read")
    assert light("read", case(remarks=[remark("read")])) == (True, "by Dr A", "read")


def test_histology_criteria_and_question_are_there_or_lead_to_where_they_belong():
    assert light("histology", case()) == (False, "not recorded", "histology")
    assert light("histology", case(), facts(histology="LMS")) == (True, "recorded", "histology")
    assert light("question", case(question="  \n")) == (False, "not written", "question")
    assert light("question", case(question=" Resect? ")) == (True, "Resect?", "question")
    known = {}
    assert light("criteria", case()) == (False, "0 of 6 assessed", CRITERIA[0])
    for n, name in enumerate(CRITERIA, 1):
        known[name] = "absent"
        after = CRITERIA[n] if n < len(CRITERIA) else CRITERIA[0]
        assert light("criteria", case(), facts(**known)) == (n == 6, f"{n} of 6 assessed", after)
    assert light("criteria", case(), facts(**{CRITERIA[3]: "present"}))[2] == CRITERIA[0]


def test_without_any_date_all_images_are_the_newest():
    found = (series("a", ""), series("b", ""), series("d", "", kind="document"))
    assert newest_series(case(*found)) == list(found[:2])
    assert newest_series(case(*found, OLD)) == [OLD]
    assert newest_series(case()) == []
