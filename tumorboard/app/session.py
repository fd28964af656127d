"""The session: the open case and everything that may be done to it.

The one mutable object of the program. It lives in the thread of the window; workers hand
their results to it. Every change is on the disk before the method that made it returns.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, Protocol, Self

from psygnal import Signal

from tumorboard.annotations.model import Annotation, new_uid, utc_now
from tumorboard.app import edits
from tumorboard.app.case_change import CaseState
from tumorboard.app.case_images import check_belongs
from tumorboard.app.case_repository import (
    CaseRepository,
    CaseSummary,
    Incoming,
    IntakeReport,
    NewAssessment,
    NewCase,
    Stamp,
    Step,
    StoredAssessment,
    Target,
    VerifyReport,
    match_key,
    transfer,
    verify,
)
from tumorboard.app.edits import Edit
from tumorboard.app.file_records import Renewed
from tumorboard.app.history import part
from tumorboard.app.open_case import PROGRAM, Derive, OpenCase, same
from tumorboard.app.outline_work import OutlineWork
from tumorboard.case.codec import freeze
from tumorboard.case.definitions import normalise
from tumorboard.case.facts import Fact, FactSheet, FactValue, Place, Provenance
from tumorboard.case.measured import Measured
from tumorboard.case.model import Case, Lesion, Patient, Remark, SeriesRef
from tumorboard.errors import UserError
from tumorboard.language import _

_log = logging.getLogger(__name__)


class AssessmentLike(Protocol):
    """What the session needs of an assessment."""

    @property
    def input_hash(self) -> str:
        """Hash of all inputs that were read."""
        ...

    @property
    def guideline_version(self) -> str:
        """Version of the rules."""
        ...

    def to_json(self) -> dict[str, Any]:
        """Return the whole result as JSON values."""
        ...


#: Gives None while the rules are still being read; see `Session.assess_again`.
Assess = Callable[[FactSheet], AssessmentLike | None]

#: Families whose changes the worklist may show.
_LISTED = ("case", "remark")


class Session(OutlineWork):
    """The open case of a store, with signals for whoever shows it.

    Parameters
    ----------
    store
        Where everything lasts; the session does not close it.
    author
        Who works here: stands on every step.
    derive
        Pure function from a case to its derived facts, by name; None: they stay as stored.
    assess
        Pure function from the facts in force to an assessment; None: no assessment.

    Signals
    -------
    case_changed
        A `CaseChange`: the open case before and after, and the families that differ.
    cases_changed
        The worklist reads differently.
    assessment_changed
        The new assessment, or None. Follows ``case_changed``.

    """

    case_changed = Signal(object)
    cases_changed = Signal()
    assessment_changed = Signal(object)

    def __init__(
        self,
        store: CaseRepository,
        author: str,
        derive: Derive | None = None,
        assess: Assess | None = None,
    ) -> None:
        self.author = author
        self._store = store
        self._derive = derive
        self._assess = assess
        self._open: OpenCase | None = None
        self._assessment: AssessmentLike | None = None
        self._stored_identity = ("", "")
        self._told = CaseState()
        #: Has an opened case assessed a moment later, after its images are shown; None: at once.
        self.later: Callable[[Callable[[], None]], None] | None = None

    @classmethod
    def scratch(
        cls, author: str, derive: Derive | None = None, assess: Assess | None = None
    ) -> Self:
        """Return a session whose work is gone unless it is saved with `save_to`."""
        return cls(CaseRepository.in_memory(), author, derive, assess)

    @property
    def case(self) -> Case | None:
        """The open case; its facts are those that persons stated."""
        return None if self._open is None else self._open.case

    @property
    def derived(self) -> Mapping[str, Fact]:
        """The facts derived from the case, by name, overruled or not."""
        return {} if self._open is None else self._open.derived

    @property
    def facts(self) -> FactSheet:
        """The facts in force: what a person stated overrules what was derived."""
        return FactSheet() if self._open is None else self._open.facts

    @property
    def assessment(self) -> AssessmentLike | None:
        """The assessment of the facts in force, or None."""
        return self._assessment

    @property
    def undo_label(self) -> str:
        """What undo would take back, or empty."""
        entry = None if self._open is None else self._open.stacks.undo
        return edits.step_words(entry[1]) if entry else ""

    @property
    def redo_label(self) -> str:
        """What redo would bring back, or empty."""
        entry = None if self._open is None else self._open.stacks.redo
        return edits.step_words(entry[1]) if entry else ""

    @property
    def is_scratch(self) -> bool:
        """Whether nothing of this session lasts yet."""
        return self._store.is_scratch

    @property
    def store(self) -> CaseRepository:
        """Where everything lasts."""
        return self._store

    def cases(self) -> tuple[CaseSummary, ...]:
        """Return the worklist, the oldest case first."""
        return tuple(self._store.cases.summaries())

    def series_of(self, case_uid: str) -> tuple[SeriesRef, ...]:
        """Return the series of any case of the store, open or not; none where it is not there."""
        try:
            return self._store.cases.load(case_uid).series
        except UserError:
            return ()

    def series_record(self, series_instance_uid: str) -> bytes | None:
        """Return the record of a series as it lies in the store; see `series_of`."""
        return self._store.series.packed_of(series_instance_uid)

    @property
    def awaits_images(self) -> bool:
        """Whether a case is open of which no images are here: none at all, or none came yet."""
        case = self.case
        return case is not None and self._store.series.awaiting(case.uid)

    def keep_records(self, renewed: Mapping[str, Renewed]) -> None:
        """Store what was found out about the files of series, by their UID.

        Raises
        ------
        UserError
            When the store cannot be written.

        """
        for uid, record in renewed.items() if not self._store.read_only else ():
            with self._store.transaction():
                self._store.series.replace_body(self._stamp(PROGRAM), uid, record.old, record.new)

    def history(self) -> tuple[Step, ...]:
        """Return the steps of the open case, the oldest first."""
        return tuple(self._store.steps.of_case(self._opened().case.uid))

    def values_of(self, entity: str, key: str) -> tuple[tuple[Step, object | None], ...]:
        """Return every value that one thing of the open case has had, the oldest first.

        ``entity`` is annotation, lesion, fact, derived, series or case.
        """
        uid = self._opened().case.uid
        found = self._store.steps.values_of(uid, entity, key)
        return tuple((step, part(entity, change.after)) for step, change in found)

    def stored_case(self) -> Case:
        """Return the open case as another program would read it from the store now."""
        return self._store.cases.load(self._opened().case.uid)

    def arrangement(self) -> dict[str, Any] | None:
        """Return how the open case was last laid out on the screen, or None."""
        return self._store.arrangements.find(self._opened().case.uid)

    def keep_arrangement(self, body: dict[str, Any]) -> None:
        """Remember how the open case is laid out; no step of its history.

        Raises
        ------
        UserError
            When the disk is full or fails.

        """
        if not self._store.read_only:
            with self._store.transaction():
                self._store.arrangements.keep(self._opened().case.uid, body)

    def assessments(self) -> tuple[StoredAssessment, ...]:
        """Return the stored assessments of the open case, the oldest first."""
        return tuple(self._store.assessments.of_case(self._opened().case.uid))

    def verify(self) -> VerifyReport:
        """Check that the store is whole."""
        return verify(self._store)

    # Cases

    def open_case(self, uid: str) -> Case:
        """Open a case as it stands; what is derived from it is brought up to date.

        Raises
        ------
        UserError
            When it is not in the store or cannot be read.

        """
        self._open = opened = OpenCase(self._store, uid, self._derive)
        self._assessment, self._stored_identity = None, ("", "")
        self._tell()
        if self.later is None:
            self._reassess()
        else:
            self.assessment_changed.emit(None)
            self.later(lambda: self.assess_again() if self._open is opened else None)
        return opened.case

    def close_case(self) -> None:
        """Close the open case."""
        self._open = self._assessment = None
        self._tell()
        self.assessment_changed.emit(None)

    def new_case(self, label: str, patient: Patient, question: str = "", summary: str = "") -> Case:
        """Create a case and open it; an empty label becomes a running number.

        The patient is found again by identifier, name and birth date.
        """
        stamp, key = self._stamp(), match_key(patient, new_uid())
        with self._store.transaction():
            patient_uid = self._store.patients.register(stamp, patient, key)
            new = NewCase(new_uid(), patient_uid, label, question, summary)
            self._store.cases.create(stamp, new)
        self.cases_changed.emit()
        return self.open_case(new.uid)

    def add_series(
        self,
        items: Sequence[Incoming],
        case_uid: str = "",
        *,
        same_patient: bool | None = None,
        hand_over: bool = False,
    ) -> IntakeReport:
        """Take imported series into a case, or into cases found or made by patient.

        Patients are never merged: series of another patient than that of ``case_uid`` are
        refused with a question, unless a person has answered it (``same_patient``, or
        ``hand_over`` for a case without images that becomes theirs).
        The report says what became of each series.

        Raises
        ------
        UserError
            When the disk is full or fails.

        """
        target = Target(case_uid, same_patient, hand_over)
        report = self._store.intake.take_in(self._stamp(), items, target)
        if report.cases:
            self.cases_changed.emit()
        if self.case is not None and self.case.uid in report.cases:
            self.open_case(self.case.uid)
        return report

    def save_to(self, store: CaseRepository, into: str = "") -> Case:
        """Move the open case of a scratch session into a store and go on there.

        It becomes a case of its own with its history, or part of the case ``into``.

        Raises
        ------
        UserError
            When the store cannot take it; the scratch session goes on.

        """
        uid = transfer(self._store, store, self._opened().case.uid, self._stamp(), into)
        scratch, self._store = self._store, store
        scratch.close()
        self.cases_changed.emit()
        return self.open_case(uid)

    def assess_again(self) -> None:
        """Assess the open case when no assessment is there yet: the rules can be had now."""
        if self._open is not None and self._assessment is None:
            self._reassess()

    def assess_anew(self) -> None:
        """Assess the open case again: the rules or settings are others now."""
        if self._open is not None:
            self._reassess()

    def apply(self, edit: Edit) -> Case:
        """Make an edit: committed, with everything that follows from it, before it returns.

        Raises
        ------
        UserError
            When it cannot be stored or lies on another case's images; the case stays as it was.
        ValueError
            When the edit was made from another state of the case: our bug.

        """
        opened = self._opened()
        if edit.changes:
            check_belongs(opened.case, edit, self._store.series.body_of)
            opened.commit("edit", edit, self.author)
            self._announce(edit)
        return opened.case

    def undo(self) -> str:
        """Take the last edit back; return its label, empty when there is none."""
        return self._travel("undo")

    def redo(self) -> str:
        """Bring the last undone edit back; return its label, empty when there is none."""
        return self._travel("redo")

    def put_annotation(self, annotation: Annotation, label: str = "") -> Case:
        """Draw an annotation or replace its older self."""
        return self.apply(edits.put_annotation(self._opened().case, annotation, label))

    def delete_annotation(self, uid: str) -> Case:
        """Take an annotation away."""
        return self.apply(edits.delete_annotation(self._opened().case, uid))

    def put_lesion(self, lesion: Lesion) -> Case:
        """Add or change a lesion."""
        return self.apply(edits.put_lesion(self._opened().case, lesion))

    def delete_lesion(self, uid: str) -> Case:
        """Take a lesion and its annotations away."""
        return self.apply(edits.delete_lesion(self._opened().case, uid))

    def set_fact(
        self,
        name: str,
        value: FactValue,
        note: str = "",
        annotation_uids: Sequence[str] = (),
        place: Place | None = None,
    ) -> Case:
        """Record what a person states, and on which picture; None takes it back.

        Stating the same value again as the same person changes nothing. UserError for a name that
        is not on the list and a value outside its choices or range.
        """
        case = self._opened().case
        value = None if value is None else normalise(name, value)
        if value is None:
            return self.apply(edits.clear_fact(case, name))
        uids = tuple(annotation_uids)
        provenance = Provenance("entered", self.author, utc_now(), uids, note, place)
        fact = Fact(name, freeze(value), provenance)
        held = case.facts.get(name)
        if held is not None and same(held, fact) and held.provenance.author == self.author:
            return case
        return self.apply(edits.put_fact(case, fact))

    @property
    def measured(self) -> tuple[Measured, ...]:
        """What was measured on outlines and vessels of the open case."""
        return () if self._open is None else self._open.measured

    def set_measured(self, measured: Iterable[Measured], names: Collection[str] = ()) -> None:
        """Take what was measured on outlines and vessels; facts that follow are stored.

        It takes the place of what was measured of the facts with these names, of all without.

        Raises
        ------
        UserError
            When they cannot be stored.

        """
        if self._open is not None and self._open.set_measured(measured, names):
            self._announce()

    def set_remark(
        self, key: str, value: str, note: str = "", label: str = "", *, place: Place | None = None
    ) -> Case:
        """Note something about the case, such as an acknowledged alert or a date."""
        remark = Remark(key, value, note, self.author, utc_now(), place)
        held = self._opened().case.remark(key)
        if held is not None and (held.value, held.note) == (value, note):
            return self._opened().case
        return self.apply(edits.put_remark(self._opened().case, remark, label))

    def clear_remark(self, key: str, label: str = "") -> Case:
        """Take a note back; without effect where there is none."""
        case = self._opened().case
        gone = case.remark(key) is None
        return case if gone else self.apply(edits.delete_remark(case, key, label))

    def set_detail(self, name: str, text: str) -> Case:
        """Change the ``label``, ``question`` or ``summary`` of the case."""
        return self.apply(edits.set_detail(self._opened().case, name, text))

    def _opened(self) -> OpenCase:
        if self._open is None:
            raise UserError(_("No case is open."), _("Open a case from the worklist first."))
        return self._open

    def _stamp(self, author: str = "") -> Stamp:
        return Stamp(author or self.author, utc_now())

    def _travel(self, kind: str) -> str:
        done = self._opened().travel(kind, self.author)
        if done is None:
            return ""
        label, edit = done
        self._announce(edit)
        return label

    def _tell(self) -> None:
        before, self._told = self._told, CaseState(self.case, self.derived)
        self.case_changed.emit(before.change_to(self._told))

    def _announce(self, edit: Edit | None = None) -> None:
        self._tell()
        self._reassess()
        if edit is not None and any(change.entity in _LISTED for change in edit.changes):
            self.cases_changed.emit()

    def _reassess(self) -> None:
        if self._assess is None:
            return
        self._assessment = found = self._assess(self.facts)
        if found is None:
            self.assessment_changed.emit(None)
            return
        try:
            fresh = self._store_assessment(found)
        except UserError as error:  # the edit is safe; the next assessment is stored again
            _log.warning("assessment not stored: %s", error.details)
            fresh = False
        self.assessment_changed.emit(found)
        if fresh:
            self.cases_changed.emit()

    def _store_assessment(self, found: AssessmentLike) -> bool:
        identity = (found.input_hash, found.guideline_version)
        if self._stored_identity == identity or self._store.read_only:
            return False
        new = NewAssessment(self._opened().case.uid, *identity, found.to_json())
        with self._store.transaction():
            fresh = self._store.assessments.append(self._stamp(PROGRAM), new)
        self._stored_identity = identity
        return fresh
