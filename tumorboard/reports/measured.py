"""Sizes, measurements and the extent in the IVC, in the words of a report."""

from __future__ import annotations

from tumorboard.annotations.kinds import SPECS
from tumorboard.annotations.measure import measure
from tumorboard.annotations.model import Annotation
from tumorboard.case.annotation_facts import mass_annotations, mass_dimensions_mm
from tumorboard.case.facts import FactSheet, value_text
from tumorboard.case.ivc_report import extent_words
from tumorboard.case.mass_size import mass_size
from tumorboard.case.model import Case
from tumorboard.case.planes import plane_words
from tumorboard.coding import CRANIOCAUDAL, LONG_AXIS, SHORT_AXIS
from tumorboard.guidelines.assessment import Assessment
from tumorboard.language import _, inside, number
from tumorboard.quantity import volume_words
from tumorboard.reports.content import IvcExtent, MeasurementLine, Size
from tumorboard.reports.words import dicom_date, origin_text

_AXES = {
    LONG_AXIS: _("axial long axis"),
    SHORT_AXIS: _("axial short axis"),
    CRANIOCAUDAL: _("craniocaudal"),
}


def size_of_index(case: Case, facts: FactSheet) -> Size | None:
    """Return the dimensions in force of the index mass; None when there are none.

    A person's value overrules the drawn one; then the drawn one is named beside it.
    """
    lesion = case.index_lesion
    drawn = mass_annotations(case, lesion.uid) if lesion is not None else ()
    fact = facts.get("diameters_cm")
    if fact is None and not drawn:
        return None
    measured = tuple(round(v / 10, 1) for v in mass_dimensions_mm(drawn))
    stated = fact is not None and fact.provenance.origin == "entered"
    values = tuple(fact.value) if fact is not None else measured
    origin = origin_text(fact.provenance) if fact is not None else _("uncalibrated")
    if stated and measured and measured != values:
        origin += " · " + _("drawn on the images: {size}", size=_cm(measured))
    return Size(
        lesion=lesion.name if lesion is not None else _("Index tumour"),
        value=_cm(values) if values else _joined(drawn),
        axes="" if stated else _axes(drawn),
        origin=origin,
        calibration=_calibration(drawn),
        caveats=_caveats(drawn),
        missing=mass_size(drawn).missing,
    )


def _cm(values: tuple[float, ...]) -> str:
    return " × ".join(number(v, ".1f") for v in values) + " cm"


def _joined(drawn: tuple[Annotation, ...]) -> str:
    return "; ".join(measure(a).text for a in drawn)


def _axes(drawn: tuple[Annotation, ...]) -> str:
    """Name the numbers in the order of `mass_dimensions_mm`, and what is missing."""
    found = {q.concept for a in drawn for q in measure(a).quantities}
    there = " × ".join(words for concept, words in _AXES.items() if concept in found)
    size = mass_size(drawn)
    return "; ".join(part for part in (there, size.missing) if part) if size.is_axial else size.axes


def _calibration(drawn: tuple[Annotation, ...]) -> str:
    return ", ".join(dict.fromkeys(_(a.image.calibration.value) for a in drawn))


def _caveats(drawn: tuple[Annotation, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(c.text for a in drawn for c in measure(a).caveats))


def other_measurements(case: Case) -> tuple[MeasurementLine, ...]:
    """Return all measurements but those that make the size of the index mass."""
    lesion = case.index_lesion
    used = {a.uid for a in mass_annotations(case, lesion.uid)} if lesion is not None else set()
    kept = (a for a in case.annotations if SPECS[a.kind].is_measurement and not a.proposed)
    drawn = [a for a in kept if a.uid not in used]
    drawn.sort(key=lambda a: (not a.lesion_uid, a.lesion_uid))
    return (*(_line(case, a) for a in drawn), *_outlines(case))


def _outlines(case: Case) -> tuple[MeasurementLine, ...]:
    """Return the volume of each outline; the voxels count as they are filled."""
    dates = {s.series_instance_uid: dicom_date(s.study_date) for s in case.series}
    return tuple(
        MeasurementLine(
            _("{label}: {role}, volume", label=s.label or _("Outline"), role=_(s.role.value)),
            volume_words(s.volume_ml),
            " · ".join(p for p in (dates.get(s.series_instance_uid, ""), s.method) if p),
            _("voxels of the outline, outer edges"),
            tuple(c.text for c in s.caveats),
        )
        for s in case.segmentations
        if s.volume_ml is not None and not s.is_empty
    )


def _line(case: Case, annotation: Annotation) -> MeasurementLine:
    lesion = case.lesion(annotation.lesion_uid)
    kind = SPECS[annotation.kind].words
    name = f"{lesion.name}: {inside(kind)}" if lesion else annotation.label or kind
    dates = {s.series_instance_uid: dicom_date(s.study_date) for s in case.series}
    date = dates.get(annotation.image.series_instance_uid, "")
    where = " · ".join(part for part in (date, plane_words(case, annotation)) if part)
    measured = measure(annotation)
    caveats = tuple(c.text for c in measured.caveats)
    return MeasurementLine(
        name, measured.text, where, _(annotation.image.calibration.value), caveats
    )


def value_of(case: Case, annotation: Annotation) -> str:
    """Return "Mass 1: 10.5 cm", what was measured in words; empty where nothing was."""
    spec = SPECS[annotation.kind]
    if not spec.is_measurement:
        return ""
    lesion = case.lesion(annotation.lesion_uid)
    name = lesion.name if lesion else annotation.label or spec.words
    text = measure(annotation).text
    return f"{name}: {text}" if text else ""


def series_words(case: Case, key: str) -> str:
    """Return "CT · Abdomen · portal venous? · 5.0 mm · 12 Nov 2026"; a guess carries its doubt."""
    series = next((s for s in case.series if s.series_instance_uid == key), None)
    if series is None:
        return ""
    thickness = (
        _("{thickness:.1f} mm", thickness=series.thickness_mm) if series.thickness_mm else ""
    )
    phase = f"{_(series.phase)}?" if series.phase else ""
    date = dicom_date(series.study_date)
    part = case.part_words(key)
    parts = (series.modality, series.description, part, phase, thickness, date)
    return " · ".join(part for part in parts if part)


def ivc_extent(facts: FactSheet, assessment: Assessment) -> IvcExtent:
    """Return how far the tumour reaches in the vein, in words."""
    involvement = facts.value("ivc_involvement")
    ends = ("ivc_cranial_extent", "ivc_caudal_extent")
    marked = [fact for name in ends if (fact := facts.get(name)) is not None]
    stated = facts.get("ivc_involvement")
    fact = stated if involvement == "absent" or not marked else marked[0]
    level = assessment.derived.get("ivc_level")
    involved = involvement != "absent" and (involvement == "present" or bool(marked))
    return IvcExtent(
        extent_words(facts) or _("Not assessed"),
        value_text("ivc_occlusion", facts.value("ivc_occlusion")) if involved else "",
        level.text if involved and level is not None and level.value is not None else "",
        origin_text(fact.provenance) if fact is not None else "",
    )
