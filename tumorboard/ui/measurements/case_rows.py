"""From a case to the rows of the worklist, the series list, the lesions and the IVC table."""

from __future__ import annotations

from dataclasses import dataclass

from tumorboard.annotations.model import TumourEnd
from tumorboard.case.definitions import definition
from tumorboard.case.derive import ivc_ends, ivc_marks, mass_annotations
from tumorboard.case.mass_size import MassSize, mass_size
from tumorboard.case.model import Case, SeriesRef
from tumorboard.tools.vessel import MARK_LABELS, MARKS
from tumorboard.ui.shell.provenance import dicom_date

CATEGORY_WORDS = {
    "resectable": "Resectable",
    "borderline_resectable": "Borderline resectable",
    "unresectable": "Unresectable",
    "metastatic": "Metastatic",
    "indeterminate": "Indeterminate",
    "not_applicable": "Not applicable",
}


@dataclass(frozen=True)
class CaseLine:
    """What the worklist shows of a case."""

    uid: str
    label: str
    detail: str


@dataclass(frozen=True)
class MarkRow:
    """A line of the IVC table; ``uid`` is empty while the mark is not set."""

    role: str
    name: str
    uid: str
    value: str
    is_end: bool


def series_words(series: SeriesRef) -> tuple[str, str]:
    """Return the two lines that list a series."""
    name = series.description or f"{series.modality} series"
    what = f"{series.slices} slices" if series.kind == "volume" else series.kind
    parts = [series.modality, what, thickness_words(series) or series.plane]
    return name, " · ".join(part for part in parts if part)


def thickness_words(series: SeriesRef) -> str:
    """Return the slice thickness, such as "2 mm"; empty when it says nothing or is not known."""
    sliced = series.kind == "volume" and series.thickness_mm is not None
    return f"{series.thickness_mm:g} mm" if sliced else ""


def series_tip(series: SeriesRef) -> str:
    """Return all that is known of a series, guesses as guesses, reservations last."""
    thickness = thickness_words(series)
    guess = f"{series.phase.capitalize()} phase, a guess from {series.phase_evidence}"
    lines = [
        series.description,
        " · ".join(part for part in (series.modality, series.plane, series.body_part) if part),
        f"Slice thickness {thickness}" if thickness else "",
        f"Reconstruction kernel {series.kernel}" if series.kernel else "",
        guess if series.phase else "",
        *(f"▲ {caveat}" for caveat in series.caveats),
    ]
    return "\n".join(line for line in lines if line)


def technique(series: SeriesRef) -> str:
    """Return how a series was made, for the corner of a view; the phase with its doubt."""
    phase = f"{series.phase}?" if series.phase else ""
    return " · ".join(part for part in (thickness_words(series), series.kernel, phase) if part)


def study_title(series: SeriesRef) -> str:
    """Return the head under which series of a study stand."""
    date = dicom_date(series.study_date)
    return f"Series · {date}" if date else "Series · no date"


def size_of(case: Case) -> MassSize:
    """Return the size of the index lesion as far as it is measured."""
    lesion = case.index_lesion
    return mass_size(mass_annotations(case, lesion.uid)) if lesion is not None else MassSize()


def size_text(case: Case) -> str:
    """Return "10.5 × 8.9 × 13.2 cm" for the index lesion, which axes where some are missing."""
    return size_of(case).words


def mark_rows(case: Case) -> list[MarkRow]:
    """Return every level and end of the IVC table, set or not."""
    marks = {a.role: a for a in ivc_marks(case)}
    rows = []
    for role in (str(m) for m in MARKS):
        mark = marks.get(role)
        value = ""
        is_end = role in {str(e) for e in TumourEnd}
        if mark is not None and is_end:
            value = _end_words(case, TumourEnd(role))
        elif mark is not None:
            value = "marked"
        rows.append(MarkRow(role, MARK_LABELS[role], mark.uid if mark else "", value, is_end))
    return rows


def _end_words(case: Case, end: TumourEnd) -> str:
    reading = ivc_ends(case).get(end)
    if reading is None:
        return "marked"
    if reading.doubt:
        return reading.doubt
    if reading.segment is None:
        needed = MARK_LABELS[str(reading.needs)] if reading.needs else "the levels"
        return f"mark “{needed}” to name the level"
    name = "ivc_caudal_extent" if end is TumourEnd.CAUDAL else "ivc_cranial_extent"
    return definition(name).choice_label(reading.segment)
