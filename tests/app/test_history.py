"""Any sequence of edits, undos, redos and restarts behaves as a plain list of states."""

import shutil
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.store.samples import ANNA, annotation, blob, segmentation
from tumorboard.app import edits
from tumorboard.app.session import Session
from tumorboard.case.facts import Fact, Provenance
from tumorboard.case.model import Case, Lesion
from tumorboard.store.database import Store
from tumorboard.store.verify import verify


def derive(case: Case) -> dict[str, Fact]:
    """How many annotations there are, and the largest x among them."""
    uids = tuple(a.uid for a in case.annotations)
    found = {
        "metastasis_count": Fact(
            "metastasis_count", len(uids), Provenance("derived", annotation_uids=uids)
        )
    }
    if uids:
        right = max(p[0] for a in case.annotations for p in a.points)
        found["right"] = Fact("right", right, Provenance("annotation", annotation_uids=uids))
    return found


class Histories(RuleBasedStateMachine):
    """The model is a list of past states and where in it we stand."""

    @initialize()
    def start(self):
        self.folder = Path(tempfile.mkdtemp(prefix="tumorboard-test-"))
        self.store = Store(self.folder)
        self.session = Session(self.store, "Dr Sample", derive)
        first = self.session.new_case("A", ANNA)
        self.uid, self.states, self.at = first.uid, [first], 0
        self.recorded = len(self.session.history())

    def edited(self):
        """Note that an edit was made: what could be redone is gone."""
        assert self.session.case is not None
        if self.session.case != self.states[self.at]:
            self.states[self.at + 1 :] = [self.session.case]
            self.at += 1

    @rule(uid=st.integers(0, 5), x=st.floats(-1e6, 1e6))
    def draw(self, uid, x):
        drawn = annotation(str(uid), x=x)
        assert self.session.put_annotation(drawn).annotation(str(uid)) == drawn
        self.edited()

    @rule(data=st.data())
    @precondition(lambda self: self.session.case.annotations)
    def delete(self, data):
        uid = data.draw(st.sampled_from([a.uid for a in self.session.case.annotations]))
        assert self.session.delete_annotation(uid).annotation(uid) is None
        self.edited()

    @rule(uid=st.integers(0, 2), name=st.text(max_size=4))
    def lesion(self, uid, name):
        self.session.put_lesion(Lesion(f"L{uid}", name))
        self.edited()

    @rule(name=st.sampled_from(["egfr", "metastasis_count"]), value=st.none() | st.integers(1, 3))
    def state_a_fact(self, name, value):
        self.session.set_fact(name, value)
        assert self.session.case.facts.value(name) == value
        self.edited()

    @rule(uid=st.integers(0, 1), high=st.integers(6, 9))
    def brush(self, uid, high):
        self.session.put_mask(segmentation(f"s{uid}"), blob(high=high))
        assert self.session.mask(f"s{uid}").same_as(blob(high=high))
        self.edited()

    @rule(text=st.text(max_size=5))
    def ask(self, text):
        self.session.set_detail("question", text)
        self.edited()

    @rule(uids=st.lists(st.integers(0, 5), min_size=2, max_size=3, unique=True))
    def measure_several(self, uids):
        case, made = self.session.case, []
        for uid in uids:
            made.append(edits.put_annotation(case, annotation(str(uid), x=uid + 0.5)))
            case = edits.apply(case, made[-1])
        self.session.apply(edits.combine("Measure mass", *made))
        self.edited()

    @rule()
    def undo(self):
        label = self.session.undo()
        assert bool(label) == (self.at > 0)
        self.at = max(self.at - 1, 0)

    @rule()
    def redo(self):
        label = self.session.redo()
        assert bool(label) == (self.at < len(self.states) - 1)
        self.at = min(self.at + 1, len(self.states) - 1)

    @rule()
    def restart(self):
        self.store.close()
        self.store = Store(self.folder)
        self.session = Session(self.store, "Dr Sample", derive)
        self.session.open_case(self.uid)

    @invariant()
    def the_case_is_what_the_model_says(self):
        assert self.session.case == self.states[self.at]
        assert self.session.derived.keys() == derive(self.session.case).keys()
        for name, fact in derive(self.session.case).items():
            assert self.session.derived[name] == fact
        assert bool(self.session.undo_label) == (self.at > 0)
        assert bool(self.session.redo_label) == (self.at < len(self.states) - 1)

    @invariant()
    def the_voxels_are_those_of_the_record(self):
        for record in self.session.case.segmentations:
            assert self.session.mask(record.uid).volume_mm3 == record.volume_mm3

    @invariant()
    def nothing_that_happened_is_ever_deleted(self):
        recorded = len(self.session.history())
        assert recorded >= self.recorded
        self.recorded = recorded

    def teardown(self):
        if not hasattr(self, "store"):
            return
        report = verify(self.store)
        self.store.close()
        shutil.rmtree(self.folder)
        assert report.ok, report.problems


Histories.TestCase.settings = settings(
    max_examples=40,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TestHistories = Histories.TestCase
