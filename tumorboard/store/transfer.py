"""Moving what was made in a scratch store into a lasting one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from tumorboard.canonical_json import dumps, loads
from tumorboard.case.codec import decode
from tumorboard.errors import UserError
from tumorboard.language import _
from tumorboard.store import (
    assessments,
    cases,
    masks,
    part_names,
    series,
    state,
)
from tumorboard.store.assessments import Assessments
from tumorboard.store.audit import Stamp
from tumorboard.store.cases import Cases
from tumorboard.store.patients import Patients
from tumorboard.store.series import SeriesRecords
from tumorboard.store.steps import ChangeRow, NewStep, Step, Steps

if TYPE_CHECKING:
    from sqlite3 import Connection

    from tumorboard.case.model import SeriesRef
    from tumorboard.store.file import StoreFile


def transfer(
    source: StoreFile, target: StoreFile, case_uid: str, stamp: Stamp, into: str = ""
) -> str:
    """Copy a case with its series from one store to another, in one transaction.

    Without ``into`` a new case arrives with its whole history; with it, what the case holds
    is put into that case of the target as one step. Returns the UID of the case there.

    Raises
    ------
    UserError
        When a study is stored there for another patient, or the disk is full.

    """
    with target.transaction():
        connection = target.connection
        patient = _patient(source.connection, connection, case_uid, stamp, into)
        # The names there of series whose names here stand for other pictures there.
        arriving = []
        for uid, text in state.items(source.connection, case_uid, "series"):
            ref: SeriesRef = decode("series", loads(text))  # type: ignore[assignment]
            pictures = frozenset(
                series.pictures_in(SeriesRecords(source.connection).body_of(uid) or {})
            )
            arriving.append((ref, pictures))
        names = SeriesRecords(connection).names_here(arriving)
        _copy_series(source.connection, connection, case_uid, patient, stamp, names)
        masks.copy(source.connection, connection, case_uid)
        if into:
            rows = tuple(_merged(source.connection, connection, case_uid, into, names))
            if rows:
                Steps(connection).write(NewStep(into, "edit", "Saved from viewing", stamp, rows))
            return into
        number = Cases(connection).insert(stamp, case_uid, patient)
        label = cases.automatic_label(Cases(source.connection).number_of(case_uid))
        _copy_steps(source.connection, connection, case_uid, (label, number), names)
        for a in Assessments(source.connection).of_case(case_uid):
            new = assessments.NewAssessment(a.case_uid, a.input_hash, a.guideline_version, a.result)
            Assessments(connection).append(Stamp(stamp.author, a.utc), new)
        return case_uid


def _patient(source: Connection, target: Connection, case_uid: str, stamp: Stamp, into: str) -> str:
    uid = Cases(source).patient_of(case_uid) or ""
    key, patient = Patients(source).key_of(uid), Patients(source).get(uid)
    owner = Cases(target).patient_of(into) if into else None
    if into and owner != Patients(target).find(key):
        raise UserError(
            _("The images belong to another patient than the stored case."),
            _("Save them as a case of their own."),
        )
    if patient is None:
        raise ValueError("a case without a patient")
    return owner or Patients(target).register(stamp, patient, key)


def _copy_series(
    source: Connection,
    target: Connection,
    case_uid: str,
    patient: str,
    stamp: Stamp,
    names: Mapping[str, str],
) -> None:
    for uid, text in state.items(source, case_uid, "series"):
        ref: SeriesRef = decode("series", loads(text))  # type: ignore[assignment]
        owner = SeriesRecords(target).study_owner(ref.study_instance_uid)
        if owner not in (None, patient):
            raise UserError(
                _("The study is already stored for another patient."),
                _("Compare name, identifier and birth date in both; nothing was saved."),
            )
        here = names.get(uid, uid)
        known = SeriesRecords(target).stored_size(here)
        if known is None or known[1] < ref.slices:
            SeriesRecords(target).add_study(stamp, ref.study_instance_uid, patient, ref.study_date)
            body = SeriesRecords(source).body_of(uid) or {}
            if here != uid:
                ref = replace(ref, series_instance_uid=here, part_of=ref.whole_uid)
                body = {**body, "name": here}
            SeriesRecords(target).put(stamp, ref, body)
            SeriesRecords(target).index_parts(ref.whole_uid)


def _copy_steps(
    source: Connection,
    target: Connection,
    case_uid: str,
    numbering: tuple[str, int],
    names: Mapping[str, str],
) -> None:
    old_label, number = numbering
    numbers: dict[int | None, int] = {}
    for step in Steps(source).of_case(case_uid):
        rows = part_names.renamed(Steps(source).changes(step.sequence), names)
        if step.kind == "create":
            rows = tuple(_renumbered(row, old_label, number) for row in rows)
        numbers[step.sequence] = Steps(target).write(_again(step, rows, numbers.get(step.target)))


def _again(step: Step, rows: tuple[ChangeRow, ...], target: int | None) -> NewStep:
    stamp = Stamp(step.author, step.utc)
    return NewStep(step.case_uid, step.kind, step.label, stamp, rows, target)


def _renumbered(row: ChangeRow, old_label: str, number: int) -> ChangeRow:
    if row.name == "label" and row.after == dumps(old_label):
        return replace(row, after=dumps(cases.automatic_label(number)))
    return row


def _merged(
    source: Connection, target: Connection, case_uid: str, into: str, names: Mapping[str, str]
) -> list[ChangeRow]:
    rows = [
        ChangeRow(entity, name, None, text)
        for entity in state.TABLES
        for name, text in state.items(source, case_uid, entity)
    ]
    found = []
    for row in part_names.renamed(rows, names):
        held = state.body(target, into, row.entity, row.name)
        if held != row.after:
            found.append(replace(row, before=held))
    return found
