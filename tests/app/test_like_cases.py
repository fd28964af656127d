"""Decisions on like cases: signed ones that stand, of this board, by what held when signed."""

import pytest

from tests.store.samples import ANNA
from tumorboard.app.board import Board
from tumorboard.app.case_repository import CAME_FROM
from tumorboard.app.like_cases import like_decisions
from tumorboard.app.workspace import Workspace
from tumorboard.case.decision import Decision


@pytest.fixture
def workspace(tmp_path):
    made = Workspace(tmp_path / "store", "Dr Sample")
    made.guidance.make_ready()
    yield made
    made.close()


def case(workspace, label, histology="LMS", **decision):
    session = workspace.session
    session.new_case(label, ANNA, "Resectable?")
    session.set_fact("site", "retroperitoneum")
    session.set_fact("histology", histology)
    if decision:
        sign(workspace, **decision)
    return session.case.uid


def sign(workspace, **decision):
    Board(workspace.session).sign(Decision(responsible="Dr Sample", **decision))


def found(workspace, but="", histology="LMS"):
    category = workspace.session.assessment.category
    return like_decisions(workspace.folder, category, histology, but)


def test_only_signed_decisions_of_the_same_category_and_histology_count(workspace):
    mine = case(workspace, "mine", options=("O-BIOPSY",))
    case(workspace, "alike", options=("O-BIOPSY", "O-BIOPSY", "O-TRIAL"))
    case(workspace, "put off", deferred_because="no pathology yet")
    case(workspace, "other histology", "WDLPS", options=("O-BIOPSY",))
    case(workspace, "other category", options=("O-BIOPSY",))
    workspace.session.set_fact("site", "uterus")
    sign(workspace, options=("O-HYSTERECTOMY",))
    case(workspace, "a draft")
    Board(workspace.session).draft(Decision(options=("O-BIOPSY",)))
    like = found(workspace, but=mine)
    assert [d.label for d in like.found] == ["put off", "alike"]
    assert like.recommended() == {"O-BIOPSY": 1, "O-TRIAL": 1}
    assert like.deferred == 1
    assert like.since == like.found[0].signed_utc[:4]


def test_a_correction_counts_in_the_place_of_what_it_corrects(workspace):
    case(workspace, "corrected", options=("O-BIOPSY",))
    sign(workspace, options=("O-TRIAL",))
    like = found(workspace)
    assert [d.decision.options for d in like.found] == [("O-TRIAL",)]


def test_what_another_board_decided_is_not_this_boards(workspace):
    case(workspace, "from elsewhere", options=("O-BIOPSY",))
    workspace.session.set_remark(CAME_FROM, "another house")
    assert found(workspace).found == ()


def test_a_store_without_decisions_has_no_like_case(workspace):
    case(workspace, "alone")
    assert found(workspace).found == ()
    assert found(workspace).since == ""
