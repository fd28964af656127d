"""Taking imported series into the store: who they belong to, and into which case.

Patients are never merged: what does not fit is refused with a question, and the rest goes
on. Taking in the same series again changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tumorboard.annotations.model import new_uid
from tumorboard.canonical_json import loads
from tumorboard.case.codec import encode
from tumorboard.case.model import Patient, Remark, SeriesRef
from tumorboard.errors import UserError
from tumorboard.language import _
from tumorboard.store import cases, grown, patients, series, state, steps
from tumorboard.store.audit import Stamp
from tumorboard.store.cases import Cases
from tumorboard.store.patients import Patients
from tumorboard.store.series import SeriesRecords
from tumorboard.store.steps import Steps

if TYPE_CHECKING:
    from sqlite3 import Connection

    from tumorboard.imaging.geometry import SliceStack
    from tumorboard.store.file import StoreFile


@dataclass(frozen=True)
class Incoming:
    """A series to take in: how to list it, how to open it again (JSON values), whose it is.

    ``grown_by`` counts the pictures that came to a series which is stored already, and
    ``stack`` is then where all of them lie, None where they make none.
    """

    ref: SeriesRef
    body: Mapping[str, Any] | series.PackedBody
    patient: Patient
    grown_by: int = 0
    stack: SliceStack | None = None


@dataclass(frozen=True)
class Target:
    """Where series go: a case (empty: found or made by patient).

    ``same_patient`` is a person's answer whether the records are one patient although their
    identity differs, None before anybody was asked. ``hand_over`` is their answer that a case
    without images, entered by hand, is about the patient of these images; it is theirs from
    then on.
    """

    case_uid: str = ""
    same_patient: bool | None = None
    hand_over: bool = False


@dataclass
class IntakeReport:
    """What became of each series, by series UID; the refused ones with the reason to show.

    ``grown`` tells by how many images each series grew that did.
    """

    cases: list[str] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    refused: list[tuple[str, UserError]] = field(default_factory=list)
    grown: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Intake:
    """Takes imported series into a store."""

    _file: StoreFile

    def take_in(
        self, stamp: Stamp, items: Sequence[Incoming], target: Target | None = None
    ) -> IntakeReport:
        """Take series in, the series of one patient in one transaction.

        Raises
        ------
        UserError
            When the disk is full or fails; patients before that are stored whole.

        """
        groups: dict[str, list[Incoming]] = {}
        for item in items:
            key = patients.match_key(item.patient, item.ref.study_instance_uid)
            groups.setdefault(key, []).append(item)
        report = IntakeReport()
        for key in sorted(groups, key=lambda k: not loads(k)[2]):  # who is known for sure, first
            group = groups[key]
            one = IntakeReport()
            with self._file.transaction():
                _OneIntake(self._file.connection, stamp, target or Target(), one).take(key, group)
            for name, values in vars(one).items():
                getattr(report, name).extend(values)
        return report


@dataclass(frozen=True)
class _OneIntake:
    """One patient's series on their way in."""

    connection: Connection
    stamp: Stamp
    target: Target
    report: IntakeReport

    def take(self, key: str, group: Sequence[Incoming]) -> None:
        patient = Patients(self.connection).find(key)
        before = ""
        if patient is None and not self.target.case_uid:
            patient = Patients(self.connection).perhaps(key)
            if patient is not None and self.target.same_patient is None:
                self._refuse(group, _perhaps_one())
                return
            if patient is not None and self.target.same_patient:
                Patients(self.connection).join(self.stamp, patient, key)
            else:
                patient = None
        if self.target.hand_over and not self._holds_images():
            patient = Patients(self.connection).register(self.stamp, group[0].patient, key)
            before = Cases(self.connection).hand_over(self.stamp, self.target.case_uid, patient)
        elif self.target.case_uid:
            owner = Cases(self.connection).patient_of(self.target.case_uid)
            if owner != patient and not self.target.same_patient:
                self._refuse(group, _other_patient())
                return
            patient = owner
        fitting = [item for item in group if self._fits(item, patient)]
        if not fitting:
            return
        if patient is None:
            patient = Patients(self.connection).register(self.stamp, fitting[0].patient, key)
        changed = [item for item in fitting if self._store(item, patient)]
        self._put_into_case(self._case(patient, fitting[0]), fitting, changed, before)

    def _holds_images(self) -> bool:
        return not SeriesRecords(self.connection).awaiting(self.target.case_uid)

    def _refuse(self, items: Sequence[Incoming], reason: UserError) -> None:
        self.report.refused.extend((i.ref.series_instance_uid, reason) for i in items)

    def _fits(self, item: Incoming, patient: str | None) -> bool:
        owner = SeriesRecords(self.connection).study_owner(item.ref.study_instance_uid)
        stored = SeriesRecords(self.connection).stored_size(item.ref.series_instance_uid)
        if owner is not None and owner != patient:
            awaited = SeriesRecords(self.connection).is_awaited(item.ref.series_instance_uid)
            self._refuse([item], _study_awaited() if awaited else _study_taken())
        elif stored is not None and stored[0] != item.ref.study_instance_uid:
            self._refuse([item], _series_taken())
        elif stored is not None and stored[1] > item.ref.slices:
            self._refuse([item], _fewer_images(item.ref.slices, stored[1]))
        else:
            return True
        return False

    def _store(self, item: Incoming, patient: str) -> bool:
        ref = item.ref
        known = SeriesRecords(self.connection).stored_size(ref.series_instance_uid) is not None
        SeriesRecords(self.connection).add_study(
            self.stamp, ref.study_instance_uid, patient, ref.study_date
        )
        changed = SeriesRecords(self.connection).put(self.stamp, ref, item.body)
        outcome = "added" if not known else "updated" if changed else "unchanged"
        getattr(self.report, outcome).append(ref.series_instance_uid)
        if changed:
            SeriesRecords(self.connection).index_parts(ref.whole_uid)
            self.report.grown += [item.grown_by] if known and item.grown_by else []
        return changed

    def _case(self, patient: str, first: Incoming) -> str:
        """Choose the case asked for, else the one with the series, the newest, a new one."""
        if self.target.case_uid:
            return self.target.case_uid
        known = Cases(self.connection).of_patient(patient)
        for uid in known:
            if state.body(self.connection, uid, "series", first.ref.series_instance_uid):
                return uid
        if known:
            return known[-1]
        new = cases.NewCase(new_uid(), patient)
        Cases(self.connection).create(self.stamp, new)
        return new.uid

    def _put_into_case(
        self,
        case_uid: str,
        items: Sequence[Incoming],
        changed: Sequence[Incoming],
        former: str,
    ) -> None:
        self.report.cases.append(case_uid)
        rows = []
        if former:
            remark = Remark(cases.FORMER_PATIENT, former, "", self.stamp.author, self.stamp.utc)
            rows.append(steps.row_of("remark", remark.key, None, encode(remark)))
        for item in items:
            uid = item.ref.series_instance_uid
            held = state.body(self.connection, case_uid, "series", uid)
            if held is None or item in changed:
                before = None if held is None else loads(held)
                rows.append(steps.row_of("series", uid, before, encode(item.ref)))
        outlined = self._outlined(case_uid, changed)
        rows += outlined.rows
        if rows:
            voxels = outlined.voxels
            new = steps.NewStep(
                case_uid, "import", "Import", self.stamp, tuple(rows), voxels=voxels
            )
            Steps(self.connection).write(new)
        for item in changed:
            self._tell_other_cases(case_uid, item)

    def _outlined(self, case_uid: str, items: Sequence[Incoming]) -> grown.Grown:
        """Return what changes of outlines on series that grew."""
        found = [
            grown.on_grown_series(self.connection, case_uid, i.ref.series_instance_uid, i.stack)
            for i in items
            if i.grown_by and i.stack is not None
        ]
        rows = {(r.entity, r.name): r for one in found for r in one.rows}
        return grown.Grown(tuple(rows.values()), tuple(v for one in found for v in one.voxels))

    def _tell_other_cases(self, case_uid: str, item: Incoming) -> None:
        """List a series that changed anew in the other cases that hold it."""
        uid = item.ref.series_instance_uid
        found = self.connection.execute(
            "SELECT case_uid, body FROM case_series WHERE name = ? AND case_uid <> ?",
            (uid, case_uid),
        ).fetchall()
        for row in found:
            change = steps.row_of("series", uid, loads(row["body"]), encode(item.ref))
            other = self._outlined(row["case_uid"], [item])
            rows = (change, *other.rows)
            new = steps.NewStep(
                row["case_uid"], "import", "Import", self.stamp, rows, voxels=other.voxels
            )
            Steps(self.connection).write(new)
            self.report.cases.append(row["case_uid"])


def _other_patient() -> UserError:
    return UserError(
        _("The images belong to another patient than the open case, or their identity differs."),
        _(
            "Is it the same person? Then add them again and say so; otherwise import them "
            "without an open case."
        ),
    )


def _perhaps_one() -> UserError:
    return UserError(
        _(
            "A patient of this name and identifier is known, and the birth date is missing in one "
            "of the two records, or their sex differs."
        ),
        _(
            "Import them again and say whether they are one person; in the window you are asked, "
            "on "
            "the command line say --one-patient or --two-patients."
        ),
    )


def _study_awaited() -> UserError:
    return UserError(
        _("A case that came without identity waits for these images."),
        _("Open that case and import them from there, so that you can say whose they are."),
    )


def _study_taken() -> UserError:
    return UserError(
        _("The study is already stored for another patient."),
        _("Compare name, identifier and birth date in both; nothing of it was imported."),
    )


def _series_taken() -> UserError:
    return UserError(
        _("The series is already stored as part of another study."),
        _("Export it again from the archive; nothing of it was imported."),
    )


def _fewer_images(found: int, stored: int) -> UserError:
    return UserError(
        _(
            "The series has {found} images here and {stored} in the store, which were kept.",
            found=found,
            stored=stored,
        ),
        _("Import the whole folder if the images have moved."),
    )
