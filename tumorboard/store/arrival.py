"""A case that comes from another installation: taken in whole, in one transaction, or not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from tumorboard.annotations.model import new_uid
from tumorboard.case.codec import Part, encode
from tumorboard.case.decision import Decision
from tumorboard.case.model import Patient, Remark, SeriesRef
from tumorboard.errors import UserError
from tumorboard.language import _
from tumorboard.store import cases, part_names, patients, series, steps
from tumorboard.store.assessments import Assessments, NewAssessment
from tumorboard.store.audit import Stamp
from tumorboard.store.cases import Cases
from tumorboard.store.decisions import Decisions, NewDecision
from tumorboard.store.patients import Patients
from tumorboard.store.series import SeriesRecords
from tumorboard.store.steps import Steps

if TYPE_CHECKING:
    from sqlite3 import Connection

    from tumorboard.imaging.mask_codec import Packed
    from tumorboard.store.file import StoreFile

#: The remark that says where a case came from.
CAME_FROM: Final = "came from"
#: The families of a case in the order in which they are stored: what is named comes first.
FAMILIES: Final = (
    *("series", "lesion", "annotation", "fact", "derived"),
    *("remark", "view", "segmentation", "vessel"),
)


@dataclass(frozen=True)
class ArrivingDecision:
    """A saving of a decision as it was made elsewhere; a record makes it a signed one."""

    meeting_uid: str
    decision: Decision
    record: Mapping[str, Any] | None
    author: str
    utc: str


@dataclass(frozen=True)
class Arrival:
    """A case from elsewhere.

    ``patient`` is None where it came without identity: then it is a patient of its own.
    ``parts`` are by family (`FAMILIES`) and name. ``origin`` says in words where it came from.
    """

    uid: str
    label: str
    question: str
    summary: str
    patient: Patient | None
    parts: Mapping[str, Sequence[tuple[str, Part]]]
    voxels: tuple[Packed, ...] = ()
    decisions: tuple[ArrivingDecision, ...] = ()
    assessment: Mapping[str, Any] = field(default_factory=dict)
    origin: str = ""


class AlreadyThereError(UserError):
    """The case is in the store already; a person may want it a second time."""


@dataclass(frozen=True)
class Arrived:
    """What became of it: the case, its label here, and how many series still wait for images.

    ``apart`` tells that images of it are in the store as those of another patient record.
    """

    case_uid: str
    label: str
    awaited: int
    apart: bool


@dataclass(frozen=True)
class Arrivals:
    """Takes cases from elsewhere into a store."""

    _file: StoreFile

    def receive(self, stamp: Stamp, arrival: Arrival, *, beside: bool = False) -> Arrived:
        """Take a case in, whole or not at all; nothing that is there is changed.

        ``beside`` takes in a case that is there already as a second one.

        Raises
        ------
        AlreadyThereError
            When it is there already.
        UserError
            When its studies are stored for another patient, or the disk is full.

        """
        with self._file.transaction():
            connection = self._file.connection
            return _Receiving(connection, stamp, _placed(connection, arrival, beside)).run()


def _placed(connection: Connection, arrival: Arrival, beside: bool) -> Arrival:
    """Return the case under a UID and a label that nothing else here has."""
    if Cases(connection).patient_of(arrival.uid) is not None:
        if not beside:
            held = Cases(connection).label_of(arrival.uid)
            raise AlreadyThereError(
                _("This case is in the store already, as {held}; nothing was changed.", held=held),
                _("Take it in a second time only to compare the two."),
            )
        arrival = replace(arrival, uid=new_uid())
    # A label that no other case has: two patients must not be taken for one.
    taken = {row[0] for row in connection.execute("SELECT label FROM board_case")}
    number, free = 2, arrival.label
    while arrival.label and free in taken:
        free, number = f"{arrival.label} ({number})", number + 1
    return replace(arrival, label=free)


def _renamed(ref: SeriesRef, names: Mapping[str, str]) -> SeriesRef:
    """Return a series as it is listed under the name that it has here."""
    name = names.get(ref.series_instance_uid)
    if name is None:
        return ref
    return replace(ref, series_instance_uid=name, part_of=ref.whole_uid)


@dataclass(frozen=True)
class _Receiving:
    """One case on its way in."""

    connection: Connection
    stamp: Stamp
    arrival: Arrival

    def run(self) -> Arrived:
        """Write everything; return what became of it."""
        arrival, connection = self.arrival, self.connection
        patient = self._patient()
        refs = [ref for _, ref in arrival.parts.get("series", ()) if isinstance(ref, SeriesRef)]
        names = SeriesRecords(connection).names_here(
            [(r, part_names.pictures_named(r)) for r in refs]
        )
        refs = [_renamed(ref, names) for ref in refs]
        apart = [self._put_series(ref, patient) for ref in refs]
        words = (arrival.label, arrival.question, arrival.summary)
        number = Cases(connection).insert(self.stamp, arrival.uid, patient)
        label = arrival.label or cases.automatic_label(number)
        rows = [
            steps.row_of("case", name, "", text)
            for name, text in zip(
                ("label", "question", "summary"), (label, *words[1:]), strict=True
            )
            if text
        ]
        create = steps.NewStep(arrival.uid, "create", "New case", self.stamp, tuple(rows))
        Steps(connection).write(create, expected_last=0)
        self._put_parts(names)
        last = 0
        for made in self.arrival.decisions:
            new = NewDecision(self.arrival.uid, made.meeting_uid, last, made.decision, made.record)
            author = Stamp(made.author, made.utc)
            last = Decisions(self.connection).append(author, new, self.stamp).sequence
        self._put_assessment()
        awaited = sum(SeriesRecords(connection).is_awaited(r.series_instance_uid) for r in refs)
        return Arrived(arrival.uid, label, awaited, any(apart))

    def _patient(self) -> str:
        who = self.arrival.patient
        if who is None:
            own = Patient(new_uid())
            return Patients(self.connection).register(
                self.stamp, own, patients.match_key(own, own.uid)
            )
        key = patients.match_key(who, new_uid())
        return Patients(self.connection).register(self.stamp, replace(who, uid=""), key)

    def _put_series(self, ref: SeriesRef, patient: str) -> bool:
        """Note a series; return whether it is here as that of another patient record."""
        owner = SeriesRecords(self.connection).study_owner(ref.study_instance_uid)
        known = SeriesRecords(self.connection).stored_size(ref.series_instance_uid)
        if known is not None and known[0] != ref.study_instance_uid:
            raise UserError(
                _(
                    "A series of the bundle is stored as part of another study; nothing was taken "
                    "in."
                ),
                _("Ask where the bundle comes from."),
            )
        if owner not in (None, patient) and self.arrival.patient is not None:
            raise UserError(
                _("A study of the bundle is stored for another patient; nothing was taken in."),
                _("Compare name, identifier and birth date in both."),
            )
        if known is None:
            uid, date = ref.study_instance_uid, ref.study_date
            SeriesRecords(self.connection).add_study(self.stamp, uid, patient, date)
            SeriesRecords(self.connection).put(self.stamp, ref, series.AWAITED)
        return owner not in (None, patient)

    def _put_parts(self, names: Mapping[str, str]) -> None:
        arrival = self.arrival
        rows = [
            steps.row_of(family, name, None, encode(part))
            for family in FAMILIES
            for name, part in arrival.parts.get(family, ())
        ]
        told = Remark(CAME_FROM, arrival.origin, "", self.stamp.author, self.stamp.utc)
        rows.append(steps.row_of("remark", told.key, None, encode(told)))
        whole = part_names.renamed(rows, names)
        step = steps.NewStep(
            *(arrival.uid, "import", "Case bundle", self.stamp, whole),
            voxels=arrival.voxels,
        )
        Steps(self.connection).write(step)

    def _put_assessment(self) -> None:
        found = self.arrival.assessment
        if found:
            inputs, version = str(found["input_hash"]), str(found["guideline"]["version"])
            new = NewAssessment(self.arrival.uid, inputs, version, found)
            Assessments(self.connection).append(self.stamp, new)
