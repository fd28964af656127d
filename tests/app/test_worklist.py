"""The filters of the worklist find what the lights of readiness say."""

from dataclasses import replace
from datetime import date
from itertools import product

import pytest

from tests.store import samples
from tumorboard.app.readiness import case_lights
from tumorboard.app.session import Session
from tumorboard.app.timeline import EventKind, event_key
from tumorboard.app.worklist import find
from tumorboard.canonical_json import dumps
from tumorboard.case.annotation_facts import derive
from tumorboard.case.codec import encode
from tumorboard.case.facts import Fact, Provenance
from tumorboard.case.readiness import FIRST, TREATED
from tumorboard.store.cases import CaseFilter
from tumorboard.store.database import Store

#: Images are of somebody who is known.
WHO = samples.ANNA


@pytest.fixture
def session(tmp_path):
    with Store(tmp_path / "store") as store:
        yield Session(store, "Dr Sample", derive)


def case_with(session, number: int, images: str, phase: str, event: str) -> str:
    uid = str(session.new_case(f"C-{number}", WHO, "Resectable?").uid)
    days = {"none": [], "one": ["20260102"], "two": ["20260102", "20260502"]}
    found = days.get(images, ["20260102"])
    for n, day in enumerate(found):
        incoming = samples.incoming(10 * number + n, WHO, study=10 * number + n)
        kind = "document" if images == "documents" else incoming.ref.kind
        ref = replace(incoming.ref, study_date=day, kind=kind)
        session.add_series([replace(incoming, ref=ref)], uid)
    if phase:
        session.set_fact("disease_phase", phase)
    if event:
        session.set_remark(event_key(EventKind(event), date(2025, 1, 1)), "Done elsewhere")
    return uid


IMAGES = ("none", "one", "two", "documents")
PHASES = ("", FIRST, *TREATED)
EVENTS = ("", "operation", "biopsy")


def test_without_earlier_images_are_the_cases_whose_light_says_so(session):
    """All combinations of images, phase and course: list and light rest on one rule."""
    every = list(product(IMAGES, PHASES, EVENTS))
    uids = {case_with(session, n, *what): what for n, what in enumerate(every, start=1)}
    store = session.store
    missed = set()
    for uid in uids:
        lights = case_lights(store, store.cases.load(uid))
        missed |= {uid for light in lights if light.key == "prior" and light.is_missing}
    assert set(find(session, CaseFilter(missing="prior"))) == missed
    words = {uids[uid] for uid in missed}
    assert ("one", "recurrence", "") in words
    assert ("one", "", "operation") in words
    assert not [what for what in words if what[1] == FIRST or what[0] == "two"]
    assert not [what for what in words if what[1:] in (("", ""), ("", "biopsy"))]


def test_a_stated_phase_comes_before_a_derived_one(session):
    uid = case_with(session, 1, "one", "", "")
    fact = Fact("disease_phase", "recurrence", Provenance("derived"))
    with session.store.transaction():
        session.store.connection.execute(
            "INSERT OR REPLACE INTO derived_fact VALUES (?, 'disease_phase', 1, ?)",
            (uid, dumps(encode(fact))),
        )
    assert find(session, CaseFilter(missing="prior")) == [uid]
    session.set_fact("disease_phase", FIRST)
    assert find(session, CaseFilter(missing="prior")) == []
