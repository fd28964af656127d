"""Moving what was made in a scratch store into a lasting one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from tumorboard.errors import UserError
from tumorboard.store import (
    assessments,
    cases,
    masks,
    part_names,
    patients,
    series,
    state,
    steps,
)
from tumorboard.store.audit import Stamp
from tumorboard.store.codec import decode
from tumorboard.store.jsontext import dumps, loads
from tumorboard.store.steps import ChangeRow, NewStep, Step

if TYPE_CHECKING:
    from sqlite3 import Connection

    from tumorboard.case.model import SeriesRef
    from tumorboard.store.database import Store


def transfer(source: Store, target: Store, case_uid: str, stamp: Stamp, into: str = "") -> str:
    """Copy a case with its series from one store to another, in one transaction.

    Without ``into`` a new case arrives with its whole history; with it, what the case holds
    is put into that case of the target as one step. Returns the UID of the case there.

    Raises
    ------
    UserError
        When a study is stored there for another patient, or the disk is full.

    """
    with target.transaction() as connection:
        patient = _patient(source.connection, connection, case_uid, stamp, into)
        names = _names(source.connection, connection, case_uid)
        _copy_series(source.connection, connection, case_uid, patient, stamp, names)
        masks.copy(source.connection, connection, case_uid)
        if into:
            rows = tuple(_merged(source.connection, connection, case_uid, into, names))
            if rows:
                steps.write(connection, NewStep(into, "edit", "Saved from viewing", stamp, rows))
            return into
        number = cases.insert(connection, stamp, case_uid, patient)
        label = cases.automatic_label(cases.number_of(source.connection, case_uid))
        _copy_steps(source.connection, connection, case_uid, (label, number), names)
        _copy_assessments(source.connection, connection, case_uid, stamp.author)
        return case_uid


def _patient(source: Connection, target: Connection, case_uid: str, stamp: Stamp, into: str) -> str:
    uid = cases.patient_of(source, case_uid) or ""
    key, patient = patients.key_of(source, uid), patients.get(source, uid)
    owner = cases.patient_of(target, into) if into else None
    if into and owner != patients.find(target, key):
        raise UserError(
            "The images belong to another patient than the stored case.",
            "Save them as a case of their own.",
        )
    if patient is None:
        raise ValueError("a case without a patient")
    return owner or patients.register(target, stamp, patient, key)


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
        owner = series.study_owner(target, ref.study_instance_uid)
        if owner not in (None, patient):
            raise UserError(
                "The study is already stored for another patient.",
                "Compare name, identifier and birth date in both; nothing was saved.",
            )
        here = names.get(uid, uid)
        known = series.stored_size(target, here)
        if known is None or known[1] < ref.slices:
            series.add_study(target, stamp, ref.study_instance_uid, patient, ref.study_date)
            body = series.body_of(source, uid) or {}
            if here != uid:
                ref = replace(ref, series_instance_uid=here, part_of=ref.whole_uid)
                body = {**body, "name": here}
            series.put_series(target, stamp, ref, body)
            series.index_parts(target, ref.whole_uid)


def _copy_steps(
    source: Connection,
    target: Connection,
    case_uid: str,
    numbering: tuple[str, int],
    names: Mapping[str, str],
) -> None:
    old_label, number = numbering
    numbers: dict[int | None, int] = {}
    for step in steps.of_case(source, case_uid):
        rows = part_names.renamed(steps.changes(source, step.sequence), names)
        if step.kind == "create":
            rows = tuple(_renumbered(row, old_label, number) for row in rows)
        numbers[step.sequence] = steps.write(target, _again(step, rows, numbers.get(step.target)))


def _again(step: Step, rows: tuple[ChangeRow, ...], target: int | None) -> NewStep:
    stamp = Stamp(step.author, step.utc)
    return NewStep(step.case_uid, step.kind, step.label, stamp, rows, target)


def _renumbered(row: ChangeRow, old_label: str, number: int) -> ChangeRow:
    if row.name == "label" and row.after == dumps(old_label):
        return replace(row, after=dumps(cases.automatic_label(number)))
    return row


def _copy_assessments(source: Connection, target: Connection, case_uid: str, author: str) -> None:
    for a in assessments.of_case(source, case_uid):
        new = assessments.NewAssessment(a.case_uid, a.input_hash, a.guideline_version, a.result)
        assessments.append(target, Stamp(author, a.utc), new)


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


def _names(source: Connection, target: Connection, case_uid: str) -> dict[str, str]:
    """Return the names there of series whose names here stand for other pictures there."""
    arriving = []
    for uid, text in state.items(source, case_uid, "series"):
        ref: SeriesRef = decode("series", loads(text))  # type: ignore[assignment]
        pictures = frozenset(series.pictures_in(series.body_of(source, uid) or {}))
        arriving.append((ref, pictures))
    return part_names.names_here(target, arriving)
