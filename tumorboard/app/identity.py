"""Everything by which the patient of a case could be known: what a share must not tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tumorboard.case.model import Case, Patient
from tumorboard.store import cases

if TYPE_CHECKING:
    from sqlite3 import Connection


def names_of(connection: Connection, case: Case) -> tuple[Patient, ...]:
    """Return all names of a case: its patient, and how that one was entered before images came.

    `tumorboard.reports.identity.Withholding` blanks them; whatever leaves the program without
    identity, and whatever an audience sees, asks here.
    """
    return (case.patient, *cases.former_patients(connection, case.patient.uid))
