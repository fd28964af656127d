"""The words that name a case in the header and the worklist."""

from __future__ import annotations

from typing import Any

from tumorboard.case.model import Case
from tumorboard.ui.models.case_rows import CATEGORY_WORDS, CaseLine


def case_title(case: Case | None) -> str:
    """Return "RP-0147 · F · “Resectable?”" for the header; no name of a patient."""
    if case is None:
        return ""
    parts = [case.label, case.patient.sex]
    if case.question:
        parts.append(f"“{case.question}”")
    return " · ".join(part for part in parts if part)


def case_line(summary: Any) -> CaseLine:
    """Return the worklist's line for a stored case."""
    category = CATEGORY_WORDS.get(summary.category, "")
    images = f"{summary.series} series" if summary.series else "no images"
    detail = " · ".join(part for part in (category, images) if part)
    patient = summary.patient
    searched = (summary.label, summary.question, patient.name, patient.patient_id, category)
    return CaseLine(summary.uid, summary.label, detail, " ".join(searched).casefold())
