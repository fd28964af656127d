from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.demo.phantom.small import demonstration_store_in, small_demonstrations
from tumorboard.annotations.measure import measure
from tumorboard.annotations.model import Kind, Landmark
from tumorboard.app.board import Board
from tumorboard.app.presented import NOTES
from tumorboard.app.timeline import EventKind, timeline
from tumorboard.app.workspace import Workspace
from tumorboard.case.annotation_facts import mass_annotations, mass_dimensions_mm
from tumorboard.case.facts import sheet_to_json
from tumorboard.case.readiness import READ
from tumorboard.demo.demonstration import (
    MEETING_DATE,
    READER,
    add_meeting,
    demonstration_folder,
)
from tumorboard.errors import CancelledError, UserError
from tumorboard.progress import Progress, Reporter

#: What the panel must say of each case: category, rule, the three dimensions in cm.
EXPECTED = {
    "RP-0001": ("unresectable", "R-RES-06", (10.5, 8.9, 13.2)),
    "RP-0002": ("metastatic", "R-RES-02", (7.8, 6.8, 7.9)),
    "RP-0003": ("resectable", "R-RES-11", (22.0, 18.0, 15.0)),
    "RP-0004": ("indeterminate", "R-RES-07", (7.0, 6.0, 5.0)),
}
#: The reported case as the clinical test list gives it.
REPORTED = {
    "site": "retroperitoneum",
    "disease_phase": "primary_unresected",
    "histology": "LMS",
    "histology_confirmed": "yes",
    "diameters_cm": [10.5, 8.9, 13.2],
    "abdomen_pelvis_ct": "done",
    "extensive_major_vessel_involvement": "present",
    "ivc_involvement": "present",
    "ivc_caudal_extent": "renal_vein_confluence",
    "ivc_cranial_extent": "intrahepatic",
    "ivc_occlusion": "near_total",
    "renal_dysfunction": "absent",
    "symptomatic": "no",
    "severe_symptoms": "no",
    "symptoms_from_ivc_occlusion": "no",
    "unifocal": "yes",
    "pe": "present",
    "dvt": "absent",
    "anticoagulated": "yes",
    "biopsy_status": "done",
    "pre_biopsy_imaging": "yes",
}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return demonstration_store_in(tmp_path_factory.mktemp("demonstration") / "store")


@pytest.fixture
def workspace(store: Path) -> Iterator[Workspace]:
    made = Workspace(store, "Another reader")
    yield made
    made.close()


def opened(workspace: Workspace, label: str) -> Any:
    uid = next(c.uid for c in workspace.session.cases() if c.label == label)
    return workspace.session.open_case(uid)


def test_the_worklist_shows_the_four_cases(workspace: Workspace) -> None:
    assert [c.label for c in workspace.session.cases()] == list(EXPECTED)


@pytest.mark.parametrize("label", EXPECTED)
def test_each_case_gives_its_category_and_size(workspace: Workspace, label: str) -> None:
    opened(workspace, label)
    category, rule, size = EXPECTED[label]
    assessment: Any = workspace.session.assessment
    assert (assessment.category, assessment.category_rule) == (category, rule)
    assert workspace.session.facts.value("diameters_cm") == size


def test_the_first_case_holds_the_reported_facts_and_no_other(workspace: Workspace) -> None:
    opened(workspace, "RP-0001")
    assert sheet_to_json(workspace.session.facts) == REPORTED
    derived = set(workspace.session.derived)
    assert {"diameters_cm", "ivc_caudal_extent", "ivc_cranial_extent"} <= derived
    assert "ivc_occlusion" not in derived


def test_the_category_of_the_first_case_rests_on_what_its_reader_stated(
    workspace: Workspace,
) -> None:
    """Without the word on the vessels it is open; with it, unresectable."""
    opened(workspace, "RP-0001")
    workspace.session.set_fact("extensive_major_vessel_involvement", None)
    before: Any = workspace.session.assessment
    assert before.category == "indeterminate"
    workspace.session.undo()
    after: Any = workspace.session.assessment
    assert after.category == "unresectable"


def test_the_incomplete_case_names_what_was_not_assessed(workspace: Workspace) -> None:
    opened(workspace, "RP-0004")
    assessment: Any = workspace.session.assessment
    missing = {m.name for m in assessment.missing}
    assert {
        "extensive_spine_involvement",
        "extensive_mesenteric_root_involvement",
    } <= missing
    assert workspace.session.facts.value("ivc_caudal_extent") == "infrarenal"
    assert workspace.session.facts.value("ivc_cranial_extent") == "infrarenal"


def test_two_time_points_are_kept_apart(workspace: Workspace) -> None:
    case = opened(workspace, "RP-0002")
    assert sorted(s.study_date for s in case.series) == ["20240212", "20260316"]
    sizes = {x.name: mass_dimensions_mm(mass_annotations(case, x.uid)) for x in case.lesions}
    assert sizes["Left retroperitoneal mass, removed in 2024"] == pytest.approx((140, 100, 180))
    assert sizes["Local recurrence"] == pytest.approx((78, 68, 79))
    assert case.index_lesion.name == "Local recurrence"
    assert sizes["Beside the navel"] == pytest.approx((50, 25))
    assert sizes["Liver segment IV"] == pytest.approx((30, 27))


def test_everything_drawn_is_an_edit_of_the_reader_on_images_that_are_there(
    workspace: Workspace,
) -> None:
    for label in EXPECTED:
        case = opened(workspace, label)
        known = {s.series_instance_uid for s in case.series}
        for annotation in case.annotations:
            assert annotation.author == READER
            assert annotation.image.series_instance_uid in known
            assert annotation.image.sop_instance_uids
            assert measure(annotation).caveats == ()
        authors = {s.author for s in workspace.session.history() if s.kind == "edit"}
        assert authors <= {READER, "Another reader"}


def test_levels_are_marked_where_the_vein_is_invaded(workspace: Workspace) -> None:
    for label, marked in (("RP-0001", True), ("RP-0003", False), ("RP-0004", True)):
        case = opened(workspace, label)
        levels = {a.role for a in case.annotations if a.kind is Kind.VESSEL_LEVEL}
        assert levels == ({str(x) for x in Landmark} if marked else set())


def test_the_images_open(workspace: Workspace) -> None:
    for label in EXPECTED:
        for series in opened(workspace, label).series:
            shown = workspace.images.open(series.series_instance_uid)
            shown.load(Reporter())
            assert shown.volume.loaded.all()


def test_the_store_is_whole(workspace: Workspace) -> None:
    assert workspace.session.verify().ok


def test_a_second_call_makes_nothing_anew_and_keeps_what_was_done(store: Path) -> None:
    before = {p: p.stat().st_mtime_ns for p in store.rglob("*") if p.is_file()}
    assert demonstration_store_in(store) == store
    assert {p: p.stat().st_mtime_ns for p in store.rglob("*") if p.is_file()} == before


@pytest.mark.parametrize("stop_at", [3, 30])
def test_an_interrupted_run_leaves_nothing_half_and_the_next_goes_on(
    tmp_path: Path, stop_at: int
) -> None:
    told: list[Progress] = []

    def listen(progress: Progress) -> None:
        told.append(progress)
        if len(told) > stop_at:
            reporter.cancel()

    reporter, folder = Reporter(listen), tmp_path / "demo"
    with pytest.raises(CancelledError):
        demonstration_store_in(folder, reporter, count=1)
    whole = small_demonstrations()[0].studies[0].spec.sampling.slices
    images = folder / "images"
    for series in images.iterdir():
        assert len(list(series.glob("*.dcm"))) == whole
        assert (series / "truth.json").exists()
    assert not list(folder.glob(".part-*"))
    assert not (folder / "tumorboard.sqlite").exists()
    kept = {p: p.stat().st_ino for p in images.rglob("*.dcm")}
    demonstration_store_in(folder, count=1)
    assert all(p.stat().st_ino == inode for p, inode in kept.items())
    assert (folder / "tumorboard.sqlite").exists()


def test_images_that_were_lost_come_back_as_they_were(tmp_path: Path) -> None:
    folder = demonstration_store_in(tmp_path / "demo", count=1)
    lost = next((folder / "images").iterdir())
    lost.rename(tmp_path / "lost")
    demonstration_store_in(folder, count=1)
    for file in (tmp_path / "lost").glob("*.dcm"):
        assert (lost / file.name).stat().st_mtime_ns == file.stat().st_mtime_ns
        assert (lost / file.name).read_bytes() == file.read_bytes()


def test_a_folder_with_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "letter.txt").write_text("mine")
    with pytest.raises(UserError, match="own holds something else"):
        demonstration_store_in(tmp_path / "own")
    assert [p.name for p in (tmp_path / "own").iterdir()] == ["letter.txt"]


def test_the_usual_folder_names_its_version() -> None:
    folder = demonstration_folder()
    assert folder == demonstration_folder()
    assert folder.parent.name == "demonstration"
    assert not folder.exists()


def test_a_meeting_with_all_cases_in_their_order_is_prepared(workspace: Workspace) -> None:
    session = workspace.session
    (meeting,) = Board(session).meetings()
    assert (meeting.date, meeting.start, meeting.minutes) == (MEETING_DATE, "14:30", 18)
    cases = {case.uid: case for case in session.cases()}
    assert [cases[item.case_uid].label for item in meeting.items] == list(EXPECTED)
    assert all(item.question == cases[item.case_uid].question for item in meeting.items)
    presenters = {item.presenter for item in meeting.items}
    assert presenters < {attendee.name for attendee in meeting.attendees}
    newest = max(s.study_date for uid in cases for s in session.series_of(uid))
    assert newest < MEETING_DATE.replace("-", "")
    add_meeting(session)
    assert Board(session).meetings() == [meeting]


def test_one_mass_is_measured_at_two_dates_and_has_grown(workspace: Workspace) -> None:
    case = opened(workspace, "RP-0003")
    (track,) = [t for t in timeline(case).tracks if t.is_index]
    (before, first), (after, last) = track.sizes
    assert (before.isoformat(), after.isoformat()) == ("2025-05-12", "2026-02-09")
    assert (first, last) == (pytest.approx(182), pytest.approx(220))


def test_the_cases_are_prepared_for_a_talk(workspace: Workspace) -> None:
    """Each has key images of its own series, notes, and a biopsy; the last is not read yet."""
    unread = []
    for label in EXPECTED:
        case = opened(workspace, label)
        known = {s.series_instance_uid for s in case.series}
        assert len(case.views) >= 2
        assert {p.series_key for v in case.views for p in v.pictures} <= known
        assert len(case.remark(NOTES).value) > 40
        assert EventKind.BIOPSY in {event.kind for event in timeline(case).events}
        unread += [label] if case.remark(READ) is None else []
    assert unread == ["RP-0004"]
