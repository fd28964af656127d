"""What the reader draws becomes an edit of the case, with the lesion that it begins."""

from __future__ import annotations

from collections.abc import Sequence

from tumorboard.annotations.model import Annotation
from tumorboard.app.edits import Change, Edit, put_annotation, put_lesion
from tumorboard.case.model import Case, Lesion


def drawn(case: Case, label: str, annotations: Sequence[Annotation]) -> Edit:
    """Return one edit that keeps annotations, and makes lesions that they name first.

    The first lesion of a case is its index lesion, the one that the board's question is
    about.
    """
    changes: list[Change] = []
    for annotation in annotations:
        uid = annotation.lesion_uid
        if uid and case.lesion(uid) is None:
            number = len(case.lesions) + 1
            lesion = Lesion(uid, f"Mass {number}", is_index=case.index_lesion is None)
            changes += put_lesion(case, lesion).changes
            case = case.with_lesion(lesion)
        changes += put_annotation(case, annotation).changes
        case = case.with_annotation(annotation)
    return Edit(label, tuple(changes))
