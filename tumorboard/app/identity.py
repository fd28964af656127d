"""Everything by which the patient of a case could be known: what a share must not tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tumorboard.case.model import Case, Patient

if TYPE_CHECKING:
    from tumorboard.app.case_repository import CaseRepository


def names_of(store: CaseRepository, case: Case) -> tuple[Patient, ...]:
    """Return all names of a case: its patient, and how that one was entered before images came.

    `tumorboard.reports.identity.Withholding` blanks them; whatever leaves the program without
    identity, and whatever an audience sees, asks here.
    """
    return (case.patient, *store.cases.former_patients(case.patient.uid))
