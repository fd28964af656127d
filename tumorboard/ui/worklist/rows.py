"""The words that name a case in the header and the worklist."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from tumorboard.case.definitions import definition
from tumorboard.case.model import Case, Patient, SeriesRef
from tumorboard.ui.measurements.case_rows import CATEGORY_WORDS, CaseLine, technique
from tumorboard.ui.shell.provenance import dicom_date, local_time
from tumorboard.ui.viewer.display import SeriesTitle


def case_title(case: Case | None) -> str:
    """Return "RP-0147 · F · “Resectable?”" for the header; no name of a patient."""
    if case is None:
        return ""
    parts = [case.label, sex_and_age(case)]
    if case.question:
        parts.append(f"“{case.question}”")
    return " · ".join(part for part in parts if part)


def sex_and_age(case: Case) -> str:
    """Return "F 58": the age in whole years at the newest study, as far as known."""
    newest = max((s.study_date for s in case.series), default="")
    born = case.patient.birth_date
    if len(born) != 8 or len(newest) != 8 or not (born + newest).isdigit():
        return case.patient.sex
    years = int(newest[:4]) - int(born[:4]) - (newest[4:] < born[4:])
    return f"{case.patient.sex} {years}".strip() if 0 < years <= 130 else case.patient.sex


def identity(case: Case | None) -> str:
    """Return name, identifier and birth date, to make sure who the case is about."""
    return "" if case is None else identity_of(case.patient)


def identity_of(who: Patient) -> str:
    """Return name, identifier and birth date of a patient, as far as known."""
    born = f"born {dicom_date(who.birth_date)}" if who.birth_date else ""
    name = ", ".join(part for part in who.name.split("^") if part)
    return " · ".join(part for part in (name, who.patient_id, born) if part)


#: What can stand below the label of a case in the list.
COLUMNS: Final = {
    "status": "Status",
    "category": "Category",
    "phase": "Phase",
    "images": "Images",
    "question": "Question to the board",
    "changed": "Last change",
}
USUAL_COLUMNS: Final = ("status", "category", "images")


def case_line(summary: Any, columns: Sequence[str] = USUAL_COLUMNS) -> CaseLine:
    """Return the worklist's line for a stored case, with what its reader wants to see."""
    words = {
        "status": summary.status,
        "category": CATEGORY_WORDS.get(summary.category, ""),
        "phase": definition("disease_phase").choice_label(summary.phase) if summary.phase else "",
        "images": f"{summary.series} series" if summary.series else "no images",
        "question": summary.question,
        "changed": local_time(summary.changed_utc),
    }
    said = (words[column] for column in columns if column in words)
    return CaseLine(summary.uid, summary.label, " · ".join(part for part in said if part))


def series_title(case: Case | None, ref: SeriesRef) -> SeriesTitle:
    """Return the words of a series for the corners of a view; no name of a patient."""
    who = "" if case is None else " · ".join(p for p in (case.label, sex_and_age(case)) if p)
    name = ref.description or ref.modality
    return SeriesTitle(name, dicom_date(ref.study_date), who, technique(ref))
