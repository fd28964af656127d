"""What the reader draws becomes an edit of the case, with all that follows from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from tumorboard.annotations.calibration import calibration_of, recalibrated
from tumorboard.annotations.kinds import SPECS
from tumorboard.annotations.model import Annotation
from tumorboard.app.edits import (
    Change,
    Edit,
    apply,
    combine,
    delete_annotation,
    delete_lesion,
    delete_segmentation,
    put_annotation,
    put_lesion,
)
from tumorboard.case.lesions import accepted
from tumorboard.case.model import Case, Lesion
from tumorboard.errors import UserError
from tumorboard.language import N_, _


def drawn(case: Case, label: str, annotations: Sequence[Annotation]) -> Edit:
    """Return one edit that keeps annotations, and makes lesions that they name first.

    The first lesion of a case is its index lesion, the one that the board's question is
    about. A known length calibrates what is drawn on its picture before and after.
    """
    before = case
    changes: list[Change] = []
    for annotation in annotations:
        uid = annotation.lesion_uid
        if uid and case.lesion(uid) is None:
            number = len(case.lesions) + 1
            lesion = Lesion(
                uid, _("Mass {number}", number=number), is_index=case.index_lesion is None
            )
            changes += put_lesion(case, lesion).changes
            case = case.with_lesion(lesion)
        changes += put_annotation(case, annotation).changes
        case = case.with_annotation(annotation)
    series = dict.fromkeys(a.image.series_instance_uid for a in annotations)
    follow = _recalibration(before, case, series)
    return Edit(label, (*changes, *follow.changes))


def erased(case: Case, label: str, uids: Iterable[str]) -> Edit:
    """Return one edit that takes annotations away; UIDs that are not there are passed over.

    Where a known length goes, the lengths on its picture are pixels again.
    """
    before, steps = case, []
    for annotation in [a for uid in dict.fromkeys(uids) if (a := case.annotation(uid))]:
        steps.append(delete_annotation(case, annotation.uid))
        case = apply(case, steps[-1])
    gone = {c.key for step in steps for c in step.changes}
    known = {
        a.image.series_instance_uid
        for a in before.annotations
        if a.uid in gone and SPECS[a.kind].is_known_length
    }
    empty = emptied(case, (a.lesion_uid for a in before.annotations if a.uid in gone))
    case = apply(case, empty)
    return combine(label, *steps, empty, _recalibration(before, case, known))


def outline_deleted(case: Case, uid: str) -> Edit:
    """Return the edit that takes an outline away, and its lesion when nothing else is drawn.

    Raises
    ------
    KeyError
        When there is none with this UID.

    """
    edit = delete_segmentation(case, uid)
    record = case.segmentation(uid)
    after = apply(case, edit)
    lesion = record.lesion_uid if record is not None else ""
    return combine(edit.label, edit, emptied(after, (lesion,)))


def emptied(case: Case, lesions: Iterable[str]) -> Edit:
    """Return the edit that takes those of some lesions away of which nothing is drawn any more."""
    drawn_of = {a.lesion_uid for a in case.annotations}
    edits = []
    for uid in dict.fromkeys(lesions):
        if uid not in drawn_of and case.lesion(uid) and not case.segmentations_of(uid):
            edits.append(delete_lesion(case, uid))
            case = apply(case, edits[-1])
    return combine("", *edits)


def _recalibration(before: Case, case: Case, series: Iterable[str]) -> Edit:
    """Return the edit that brings the annotations of series to the known lengths in force."""
    steps, after = [], case.annotations
    wanted = frozenset(series)
    for annotation in after:
        if annotation.image.series_instance_uid in wanted:
            old = calibration_of(before.annotations, annotation.image)
            known = calibration_of(after, annotation.image)
            steps.append(put_annotation(case, recalibrated(annotation, known, old)))
            case = apply(case, steps[-1])
    return combine("", *steps)


def assigned(case: Case, annotation_uid: str, lesion_uid: str, new_name: str = "") -> Edit:
    """Return the edit that gives a measurement to a lesion; "" frees it.

    A lesion that is not there yet is made, under ``new_name`` or a running one.
    """
    found = case.annotation(annotation_uid)
    if found is None:
        raise KeyError(annotation_uid)
    annotation = found
    edits = []
    if lesion_uid and case.lesion(lesion_uid) is None:
        name = new_name or _("Mass {number}", number=len(case.lesions) + 1)
        lesion = Lesion(lesion_uid, name, is_index=case.index_lesion is None)
        edits.append(put_lesion(case, lesion))
        case = apply(case, edits[-1])
    edits.append(put_annotation(case, with_lesion(annotation, lesion_uid)))
    return combine(N_("Assign measurement") if lesion_uid else N_("Free measurement"), *edits)


def with_lesion(annotation: Annotation, lesion_uid: str) -> Annotation:
    """Return an annotation as a measurement of a lesion."""
    return replace(annotation, lesion_uid=lesion_uid)


def accept(case: Case, uids: Iterable[str], author: str, now_utc: str) -> Edit:
    """Return the edit by which a reader takes proposed measurements as theirs."""
    return _each(case, uids, N_("Accept measurement"), lambda a: accepted(a, author, now_utc))


def _each(
    case: Case, uids: Iterable[str], label: str, change: Callable[[Annotation], Annotation]
) -> Edit:
    found = [a for uid in uids if (a := case.annotation(uid)) is not None]
    return combine(label, *(put_annotation(case, change(a)) for a in found))


def lesion_changed(case: Case, lesion: Lesion) -> Edit:
    """Return the edit that puts a lesion in the place of its older self.

    Making one the index lesion takes that from the one that was.

    Raises
    ------
    UserError
        When it would be the index lesion and a distant metastasis at once.

    """
    if lesion.is_index and lesion.is_metastasis:
        raise UserError(
            _("A lesion is the index lesion or a distant metastasis, not both."),
            _("Take one of the two marks away."),
        )
    edits = []
    for other in case.lesions:
        if lesion.is_index and other.is_index and other.uid != lesion.uid:
            edits.append(put_lesion(case, replace(other, is_index=False)))
            case = apply(case, edits[-1])
    edits.append(put_lesion(case, lesion))
    return combine(N_("Change lesion"), *edits)
