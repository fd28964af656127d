"""Words that name cases, series and sizes, shared by all who list them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from tumorboard.case.annotation_facts import mass_annotations
from tumorboard.case.dates import age_at
from tumorboard.case.definitions import definition
from tumorboard.case.mass_size import MassSize, mass_size
from tumorboard.case.model import Case, Patient, SeriesRef
from tumorboard.guidelines.category_words import reading_words, short_category
from tumorboard.language import _, ngettext, number
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
    years = age_at(case.patient.birth_date, newest)
    return f"{case.patient.sex} {years}".strip() if years else case.patient.sex


def identity(case: Case | None) -> str:
    """Return name, identifier and birth date, to make sure who the case is about."""
    return "" if case is None else identity_of(case.patient)


def identity_of(who: Patient) -> str:
    """Return name, identifier and birth date of a patient, as far as known."""
    born = _("born {day}", day=dicom_date(who.birth_date)) if who.birth_date else ""
    return " · ".join(part for part in (name_of(who), who.patient_id, born) if part)


def name_of(who: Patient) -> str:
    """Return the name of a patient as it is read: "Sample, Anna"."""
    return ", ".join(part for part in who.name.split("^") if part)


#: What can stand below the label of a case in the list.
COLUMNS: Final = {
    "status": _("Status"),
    "category": _("Category"),
    "phase": _("Phase"),
    "images": _("Images"),
    "question": _("Question to the board"),
    "changed": _("Last change"),
}
USUAL_COLUMNS: Final = ("status", "category", "images")


def case_line(
    summary: Any, columns: Sequence[str] = USUAL_COLUMNS, *, named: bool = False
) -> CaseLine:
    """Return the worklist's line for a stored case, with what its reader wants to see.

    Where it is ``named`` it says who it is, and modality and date of the newest study.
    """
    reading = {"category": summary.category, **summary.reading}
    category = short_category(reading, CATEGORY_WORDS)
    words = {
        "status": _(summary.status),
        "category": category,
        "phase": definition("disease_phase").choice_label(summary.phase) if summary.phase else "",
        "images": _series_words(summary.series),
        "question": summary.question,
        "changed": local_time(summary.changed_utc),
    }
    said = (words[column] for column in columns if column in words)
    detail = " · ".join(part for part in said if part)
    line = CaseLine(summary.uid, summary.label, detail, reading_words(reading, CATEGORY_WORDS))
    if not named:
        return line
    study = f"{summary.modality} {dicom_date(summary.study_date)}".strip()
    number = " · ".join(part for part in (summary.patient.patient_id, study) if part)
    return replace(line, name=name_of(summary.patient), study=number)


def _series_words(count: int) -> str:
    return ngettext("{count} series", "{count} series", count) if count else _("no images")


def series_title(case: Case | None, ref: SeriesRef) -> SeriesTitle:
    """Return the words of a series for the corners of a view; its name apart from the rest."""
    who = "" if case is None else " · ".join(p for p in (case.label, sex_and_age(case)) if p)
    return SeriesTitle(
        ref.description,
        dicom_date(ref.study_date),
        who,
        technique(ref),
        ref.modality,
        identity(case),
    )


CATEGORY_WORDS = {
    "resectable": _("Resectable"),
    "borderline_resectable": _("Borderline resectable"),
    "unresectable": _("Unresectable"),
    "metastatic": _("Metastatic"),
    "indeterminate": _("Indeterminate"),
    "not_applicable": _("Not applicable"),
}


@dataclass(frozen=True)
class CaseLine:
    """What the worklist shows of a case.

    ``reading`` is its category with all that qualifies it and the guideline it came from;
    ``name`` who it is, and ``study`` the identifier with modality and date of the newest study,
    both empty while that is not shown.
    """

    uid: str
    label: str
    detail: str
    reading: str = ""
    name: str = ""
    study: str = ""


def series_words(series: SeriesRef) -> tuple[str, str]:
    """Return the two lines that list a series."""
    name = series.description or _("{modality} series", modality=series.modality)
    what = _(series.kind)
    if series.kind == "volume":
        what = ngettext("{count} slice", "{count} slices", series.slices)
    parts = [series.modality, what, thickness_words(series) or _(series.plane)]
    return name, " · ".join(part for part in parts if part)


def thickness_words(series: SeriesRef) -> str:
    """Return the slice thickness, such as "2 mm"; empty when it says nothing or is not known."""
    if series.kind != "volume" or series.thickness_mm is None:
        return ""
    return f"{number(series.thickness_mm, 'g')} mm"


def series_tip(series: SeriesRef) -> str:
    """Return all that is known of a series, guesses as guesses, reservations last."""
    thickness = thickness_words(series)
    guess = _(
        "{phase} phase, a guess from {evidence}",
        phase=_(series.phase).capitalize(),
        evidence=series.phase_evidence,
    )
    lines = [
        series.description,
        " · ".join(part for part in (series.modality, _(series.plane), series.body_part) if part),
        _("Slice thickness {thickness}", thickness=thickness) if thickness else "",
        _("Reconstruction kernel {kernel}", kernel=series.kernel) if series.kernel else "",
        guess if series.phase else "",
        *(f"▲ {caveat}" for caveat in series.caveats),
    ]
    return "\n".join(line for line in lines if line)


def technique(series: SeriesRef) -> str:
    """Return how a series was made, for the corner of a view; the phase with its doubt."""
    phase = f"{_(series.phase)}?" if series.phase else ""
    return " · ".join(part for part in (thickness_words(series), series.kernel, phase) if part)


def study_title(series: SeriesRef) -> str:
    """Return the head under which series of a study stand."""
    date = dicom_date(series.study_date)
    return _("Series · {date}", date=date) if date else _("Series · no date")


def size_of(case: Case) -> MassSize:
    """Return the size of the index lesion as far as it is measured."""
    lesion = case.index_lesion
    return mass_size(mass_annotations(case, lesion.uid)) if lesion is not None else MassSize()


def size_text(case: Case) -> str:
    """Return "10.5 × 8.9 × 13.2 cm" for the index lesion, which axes where some are missing."""
    return size_of(case).words
