"""Who listens is told which families of the case differ, and everything where it is another."""

from collections.abc import Iterator

import pytest

from tests.store.samples import annotation, incoming
from tumorboard.app.case_change import (
    ABOUT,
    ANNOTATIONS,
    DERIVED,
    FACTS,
    FAMILIES,
    REMARKS,
    CaseChange,
)
from tumorboard.app.session import Session
from tumorboard.case.annotation_facts import derive
from tumorboard.store.database import Store


@pytest.fixture
def session(tmp_path) -> Iterator[Session]:
    with Store(tmp_path) as store:
        made = Session(store, "Dr Sample", derive)
        made.add_series([incoming(1)])
        yield made


def told(session: Session) -> list[CaseChange]:
    found: list[CaseChange] = []
    session.case_changed.connect(found.append)
    return found


def test_opening_and_closing_touch_everything(session):
    found = told(session)
    case = session.open_case(session.cases()[0].uid)
    session.close_case()
    opened, closed = found
    assert (opened.before, opened.after, opened.is_another) == (None, case, True)
    assert (closed.before, closed.after, closed.is_another) == (case, None, True)
    assert all(change.touches(frozenset({name})) for change in found for name in FAMILIES)


def test_a_step_touches_the_families_it_changes(session):
    session.open_case(session.cases()[0].uid)
    found = told(session)
    session.set_fact("site", "retroperitoneum")
    session.set_detail("label", "RP-9")
    session.put_annotation(annotation("1"))
    session.set_remark("date:surgery", "2026-01-02")
    session.undo()
    families = [change.families for change in found]
    assert families[0] == {FACTS}
    assert families[1] == {ABOUT}
    assert families[2] == {ANNOTATIONS}
    assert families[3] == families[4] == {REMARKS, DERIVED}  # months since then
    assert not any(change.is_another for change in found)
    assert not found[0].touches(FAMILIES - {FACTS})
