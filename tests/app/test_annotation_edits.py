"""What is drawn, erased, calibrated and assigned, as edits of a case and on the disk."""

import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.annotations.shapes import annotation
from tests.store.samples import ANNA
from tumorboard.annotations.kinds import MARKS
from tumorboard.annotations.measure import measure
from tumorboard.annotations.model import ImageReference, Kind
from tumorboard.annotations.shapes import handles
from tumorboard.app import annotation_edits
from tumorboard.app.edits import apply, invert
from tumorboard.app.session import Session
from tumorboard.canonical_json import dumps
from tumorboard.case.annotation_facts import derive
from tumorboard.case.codec import decode, encode
from tumorboard.case.model import Case, Lesion, Patient
from tumorboard.imaging.geometry import Calibration, Plane
from tumorboard.store.database import Store
from tumorboard.store.verify import verify
from tumorboard.tools.edit import handle_moved, nudge

BARE = ImageReference("1", "bare", ("1",), "", Plane.AXIAL, Calibration.NONE)
EMPTY = Case("c", "A", Patient("p"))


def known(uid="K", mm=25.0):
    return annotation(Kind.CALIBRATION, uid=uid, image=BARE, known_mm=mm)  # 50 pixels long


def line(uid="1", **changes):
    return annotation(Kind.LENGTH, uid=uid, **changes)  # 50 long


def texts(case):
    return {a.uid: measure(a).text for a in case.annotations}


def test_a_known_length_calibrates_its_series_and_no_other():
    case = apply(EMPTY, annotation_edits.drawn(EMPTY, "", [line(image=BARE), line("2")]))
    edit = annotation_edits.drawn(case, "Calibrate", [known()])
    after = apply(case, edit)
    assert texts(case) == {"1": "50 px · uncalibrated", "2": "5.0 cm"}
    assert texts(after) == {"1": "2.5 cm", "2": "5.0 cm", "K": "2.5 cm"}
    assert after.annotation("1").image.calibration is Calibration.USER
    assert apply(after, invert(edit)) == case


def test_a_changed_known_length_changes_what_rests_on_it():
    case = apply(EMPTY, annotation_edits.drawn(EMPTY, "", [line(image=BARE), known()]))
    after = apply(case, annotation_edits.drawn(case, "", [known(mm=100)]))
    assert texts(after)["1"] == "10.0 cm"
    longer = handle_moved(known(), 1, (100.0, 0.0, 0.0))
    assert texts(apply(case, annotation_edits.drawn(case, "", [longer])))["1"] == "1.2 cm"


def test_without_the_known_length_there_are_pixels_again():
    case = apply(EMPTY, annotation_edits.drawn(EMPTY, "", [line(image=BARE)]))
    with_known = apply(case, annotation_edits.drawn(case, "", [known()]))
    assert apply(with_known, annotation_edits.erased(with_known, "Erase", ["K"])) == case


def test_a_radiograph_falls_back_to_the_spacing_of_its_detector():
    at_detector = replace(BARE, calibration=Calibration.IMAGER_SPACING)
    case = apply(EMPTY, annotation_edits.drawn(EMPTY, "", [line(image=at_detector)]))
    ball = replace(known(), image=at_detector)
    after = apply(case, annotation_edits.drawn(case, "", [ball]))
    assert (texts(case)["1"], texts(after)["1"]) == ("5.0 cm", "2.5 cm")
    assert apply(after, annotation_edits.erased(after, "Erase", ["K"])) == case


def test_erasing_is_one_edit_and_passes_over_what_is_gone():
    case = apply(EMPTY, annotation_edits.drawn(EMPTY, "", [line("1"), line("2"), line("3")]))
    edit = annotation_edits.erased(case, "Erase", ["1", "3", "1", "never"])
    assert texts(apply(case, edit)).keys() == {"2"}
    assert apply(apply(case, edit), invert(edit)) == case


def test_a_measurement_changes_hands():
    case = apply(EMPTY, annotation_edits.drawn(EMPTY, "", [line()]))
    new = apply(case, annotation_edits.assigned(case, "1", "L", "Node"))
    assert new.lesion("L").name == "Node"
    assert new.annotation("1").lesion_uid == "L"
    free = apply(new, annotation_edits.assigned(new, "1", ""))
    assert free.annotation("1").lesion_uid == ""


def test_there_is_one_index_lesion():
    case = replace(EMPTY, lesions=(Lesion("A", "a", is_index=True), Lesion("B", "b")))
    after = apply(
        case, annotation_edits.lesion_changed(case, replace(case.lesions[1], is_index=True))
    )
    assert [x.is_index for x in after.lesions] == [False, True]


def test_accepting_makes_a_proposal_the_readers_own():
    case = apply(EMPTY, annotation_edits.drawn(EMPTY, "", [line(proposed=True)]))
    after = apply(case, annotation_edits.accept(case, ["1"], "Dr B", "2026-12-01T00:00:00Z"))
    assert not after.annotation("1").proposed
    assert after.annotation("1").author == "Dr B"


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_comes_back_from_the_store(kind):
    drawn = annotation(kind, label="Ä \u202e", label_offset=(1.0, 2.0, 3.0), proposed=True)
    assert decode("annotation", encode(drawn)) == drawn


class Readings(RuleBasedStateMachine):
    """Draws, edits, erases, undoes, redoes and reopens; memory and disk stay one."""

    @initialize()
    def start(self):
        self.folder = Path(tempfile.mkdtemp(prefix="tumorboard-test-"))
        self.store = Store(self.folder)
        self.session = Session(self.store, "Dr Sample", derive)
        self.uid = self.session.new_case("A", ANNA).uid
        self.states, self.at, self.made = [self.session.case], 0, 0

    def done(self):
        if self.session.case != self.states[self.at]:
            self.states[self.at + 1 :] = [self.session.case]
            self.at += 1

    def some(self, data):
        return data.draw(st.sampled_from(self.session.case.annotations))

    @rule(
        kind=st.just(Kind.CALIBRATION) | st.sampled_from([k for k in Kind if k not in MARKS]),
        bare=st.booleans(),
        lesion=st.sampled_from(["", "L1", "L2"]),
        proposed=st.booleans(),
    )
    def draw(self, kind, bare, lesion, proposed):
        self.made += 1
        image = BARE if bare or kind is Kind.CALIBRATION else replace(BARE, series_instance_uid="o")
        drawn = annotation(
            kind,
            uid=f"{self.made}",
            image=image,
            lesion_uid=lesion,
            proposed=proposed,
            known_mm=10.0 + self.made if kind is Kind.CALIBRATION else 0.0,
        )
        self.session.apply(annotation_edits.drawn(self.session.case, "Draw", [drawn]))
        self.done()

    @rule(data=st.data(), x=st.floats(-90, 90), y=st.floats(-90, 90))
    @precondition(lambda self: self.session.case.annotations)
    def move_a_handle(self, data, x, y):
        chosen = self.some(data)
        index = data.draw(st.sampled_from(handles(chosen)))
        changed = handle_moved(chosen, index, (x, y, 0.0))
        self.session.apply(annotation_edits.drawn(self.session.case, "Annotation moved", [changed]))
        self.done()

    @rule(data=st.data())
    @precondition(lambda self: self.session.case.annotations)
    def nudge(self, data):
        changed = nudge(self.some(data), None, (1.0, 0.0, 0.0), 0.7)
        self.session.apply(annotation_edits.drawn(self.session.case, "Annotation moved", [changed]))
        self.done()

    @rule(data=st.data())
    @precondition(lambda self: self.session.case.annotations)
    def erase(self, data):
        uids = [self.some(data).uid for _ in range(2)]
        self.session.apply(annotation_edits.erased(self.session.case, "Erase", uids))
        assert not {a.uid for a in self.session.case.annotations} & set(uids)
        self.done()

    @rule(data=st.data(), lesion=st.sampled_from(["", "L1", "L3"]))
    @precondition(lambda self: self.session.case.annotations)
    def assign(self, data, lesion):
        uid = self.some(data).uid
        self.session.apply(annotation_edits.assigned(self.session.case, uid, lesion))
        assert self.session.case.annotation(uid).lesion_uid == lesion
        self.done()

    @rule(role=st.sampled_from(["", "target", "new"]), index=st.booleans(), data=st.data())
    @precondition(lambda self: self.session.case.lesions)
    def change_a_lesion(self, role, index, data):
        lesion = data.draw(st.sampled_from(self.session.case.lesions))
        changed = replace(lesion, role=role, is_index=index)
        self.session.apply(annotation_edits.lesion_changed(self.session.case, changed))
        self.done()

    @rule()
    def undo(self):
        assert bool(self.session.undo()) == (self.at > 0)
        self.at = max(self.at - 1, 0)

    @rule()
    def redo(self):
        assert bool(self.session.redo()) == (self.at < len(self.states) - 1)
        self.at = min(self.at + 1, len(self.states) - 1)

    @rule()
    def reopen(self):
        self.store.close()
        self.store = Store(self.folder)
        self.session = Session(self.store, "Dr Sample", derive)
        self.session.open_case(self.uid)

    @invariant()
    def memory_is_what_was_done(self):
        assert self.session.case == self.states[self.at]

    @invariant()
    def the_disk_holds_what_memory_holds(self):
        for entity, items in (
            ("annotation", self.session.case.annotations),
            ("lesion", self.session.case.lesions),
        ):
            rows = self.store.connection.execute(
                f"SELECT name, body FROM {entity} WHERE case_uid = ? ORDER BY ordinal",  # noqa: S608
                (self.uid,),
            )
            assert [(r["name"], r["body"]) for r in rows] == [
                (item.uid, dumps(encode(item))) for item in items
            ]

    @invariant()
    def calibrated_by_the_reader_is_what_has_a_known_length(self):
        annotations = self.session.case.annotations
        has = any(a.kind is Kind.CALIBRATION and measurable(a) for a in annotations)
        for a in annotations:
            if a.image.series_instance_uid == "bare" and a.kind is not Kind.CALIBRATION:
                assert (a.image.calibration is Calibration.USER) == has

    @invariant()
    def at_most_one_lesion_is_the_index(self):
        assert sum(x.is_index for x in self.session.case.lesions) <= 1

    def teardown(self):
        if hasattr(self, "store"):
            report = verify(self.store)
            self.store.close()
            shutil.rmtree(self.folder)
            assert report.ok, report.problems


def measurable(drawn):
    return bool(np.linalg.norm(np.subtract(*drawn.points)) > 0)


Readings.TestCase.settings = settings(
    max_examples=25,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TestReadings = Readings.TestCase
