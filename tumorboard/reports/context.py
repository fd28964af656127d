"""From a case and its assessment to the content of a report; pure, without any layout."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from tumorboard.case.anatomy import as_fact, checklist, statements
from tumorboard.case.dates import age_at
from tumorboard.case.facts import FactSheet, fact_definitions, fact_groups, value_text
from tumorboard.case.ivc_report import REMARK, ivc_report, outdated
from tumorboard.case.model import Case, Patient, Remark
from tumorboard.case.radiology_report import kept_lines, radiology_report
from tumorboard.case.report_text import Basis, changed_words
from tumorboard.guidelines.assessment import Assessment
from tumorboard.language import _, inside
from tumorboard.reports.advice import (
    alert_lines,
    category_block,
    conflict_lines,
    criterion_lines,
    note_lines,
    option_lines,
    plans,
)
from tumorboard.reports.content import (
    Colophon,
    FactGroup,
    FactLine,
    KeyImage,
    ReportContext,
    SettingLine,
)
from tumorboard.reports.identity import NEUTRAL_LABEL, Withholding, identity_text
from tumorboard.reports.measured import ivc_extent, other_measurements, size_of_index
from tumorboard.reports.sources import number_sources
from tumorboard.reports.words import (
    INTENDED_USE,
    dicom_date,
    local_time_with_zone,
    origin_text,
    plain_all,
)
from tumorboard.reports.written import in_words

__all__ = ["KeyImage", "ReportContext", "report_context"]

#: Computed values that a surgeon reads; the others only serve the rules.
_COMPUTED = ("ajcc_T", "ajcc_stage", "grade", "m_status", "ivc_level", "rt_to_surgery_window")


def report_context(
    case: Case,
    facts: FactSheet,
    assessment: Assessment,
    key_images: Sequence[KeyImage],
    *,
    audit_head: str,
    program_version: str,
    created_utc: str,
    author: str,
    with_identity: bool = False,
    former: Sequence[Patient] = (),
    withheld: Withholding | None = None,
) -> ReportContext:
    """Put together what a report says; name and identifier only ``with_identity``.

    Otherwise they are blanked in what people wrote before anything is made of it.

    Parameters
    ----------
    case, facts, assessment
        The case, its facts in force, and what the guideline says about them.
    key_images
        Pictures in their order.
    audit_head
        Head of the audit chain when the report was made, in hexadecimal digits.
    created_utc
        ISO time; it and all others are shown in local time.
    former, withheld
        Whom else the case was said to be about, or what blanks where more is known than names; a
        case that is blanked already stays as it is.

    """
    if not with_identity:
        blank = withheld or Withholding((case.patient, *former))
        case, facts = _told(case, blank), in_words(facts, blank)
        assessment = in_words(assessment, blank)
    content = replace(
        _content(case, facts, assessment),
        identity=identity_text(case.patient) if with_identity else "",
        images=tuple(key_images),
        colophon=_colophon(assessment, audit_head, program_version, created_utc, author),
        with_identity=with_identity,
    )
    return plain_all(content)


def _content(case: Case, facts: FactSheet, assessment: Assessment) -> ReportContext:
    """Return what a report says of a case as it may be told."""
    numbering = number_sources(assessment)
    return ReportContext(
        label=case.label,
        question=case.question,
        summary=case.summary,
        about=_about(case, facts),
        studies=_studies(case),
        category=category_block(assessment, numbering, case.remarks),
        size=size_of_index(case, facts),
        ivc=ivc_extent(facts, assessment),
        images=(),
        criteria=criterion_lines(assessment),
        missing=_missing(assessment),
        alerts=alert_lines(assessment, numbering, case.remarks),
        options=option_lines(assessment, numbering),
        notes=note_lines(assessment, numbering),
        plans=plans(assessment, numbering),
        conflicts=conflict_lines(assessment, numbering),
        measurements=other_measurements(case),
        **_reading(case, facts, assessment),
        facts=_fact_groups(case, facts, assessment),
        works=numbering.works,
        settings=_settings(assessment),
        colophon=_colophon(assessment, "", "", "", ""),
        identity="",
        with_identity=False,
    )


def _told(case: Case, blank: Withholding) -> Case:
    """Return a case with its written words blanked, and a neutral label where it names somebody."""
    label = case.label if blank(case.label) == case.label else NEUTRAL_LABEL
    return replace(in_words(case, blank), label=label)


def _colophon(
    assessment: Assessment, audit_head: str, program_version: str, created_utc: str, author: str
) -> Colophon:
    version = f"{assessment.guideline_id} {assessment.guideline_version}"
    return Colophon(
        created=local_time_with_zone(created_utc),
        author=author,
        guideline=_(
            "{version}, fact base {fact_base}", version=version, fact_base=assessment.fact_base
        ),
        guideline_short=version,
        program_version=program_version,
        input_hash=assessment.input_hash,
        audit_head=audit_head,
        intended_use=INTENDED_USE,
    )


#: Years by which an age that was typed may differ from that on the newest images.
_SAME_AGE = 2
_SEXES = {"F": "female", "M": "male"}


def _about(case: Case, facts: FactSheet) -> str:
    """Return "58 years · Female · Leiomyosarcoma · Retroperitoneum", as far as recorded.

    Age and sex stand beside what the images say otherwise.
    """
    names = ("age_years", "sex", "histology", "site", "disease_phase")
    recorded = [(name, facts.value(name)) for name in names]
    stated = [value_text(name, value) for name, value in recorded if value is not None]
    return " · ".join([*stated, *_other_in_images(case, facts)])


def _other_in_images(case: Case, facts: FactSheet) -> Iterator[str]:
    newest = max((s.study_date for s in case.series), default="")
    years, age = age_at(case.patient.birth_date, newest), facts.value("age_years")
    if years is not None and age is not None and abs(years - age) > _SAME_AGE:
        yield _("by the date of birth in the images {years} years", years=years)
    sex, told = facts.value("sex"), _SEXES.get(case.patient.sex.upper()[:1])
    if sex is not None and told is not None and sex != told:
        yield _("by the images {sex}", sex=inside(value_text("sex", told)))


def _studies(case: Case) -> str:
    """Return "CT 12 Nov 2026, CT 3 Jun 2026", newest first."""
    seen = {(s.study_date, s.modality) for s in case.series if s.kind in ("volume", "stack")}
    ordered = sorted(seen, reverse=True)
    return ", ".join(f"{modality} {dicom_date(date)}".strip() for date, modality in ordered)


def _missing(assessment: Assessment) -> tuple[str, ...]:
    """Return what is missing besides the criteria, which are listed on their own."""
    listed = {c.name for c in assessment.criteria}
    wanted = (*assessment.missing, *assessment.also_missing)
    return tuple(dict.fromkeys(m.label for m in wanted if m.name not in listed))


def _reading(case: Case, facts: FactSheet, assessment: Assessment) -> dict[str, Any]:
    """Return the report that the reader kept, with its title; nothing that nobody has looked at.

    Without one a text on the vena cava that was kept before there was this report. Where the
    case has changed since, the first line says in what.
    """
    basis = Basis(facts, assessment.ivc_level_text)
    now = radiology_report(case, basis)
    if lines := kept_lines(case, now):
        headings = tuple(section.title for section in now.sections)
        return {"reading": lines, "reading_title": _("Radiology report"), "headings": headings}
    return {"reading": _vein_text(case, basis)}


def _vein_text(case: Case, basis: Basis) -> tuple[str, ...]:
    kept = case.remark(REMARK)
    if kept is None:
        return ()
    now = ivc_report(case, basis)
    return (*changed_words(kept.note, outdated(kept.note, now)), *kept.value.splitlines())


def _origin(remark: Remark) -> str:
    words = origin_text(as_fact(remark).provenance)
    return f"{words}, {remark.place.words}" if remark.place else words


def _fact_groups(case: Case, facts: FactSheet, assessment: Assessment) -> tuple[FactGroup, ...]:
    """Return all recorded facts by group; the criteria stand in their own table."""
    elsewhere = {c.name for c in assessment.criteria}
    groups = [
        FactGroup(title, _fact_lines(facts, group, elsewhere))
        for group, title in fact_groups().items()
    ]
    found = (assessment.derived.get(name) for name in _COMPUTED)
    known = (d for d in found if d is not None and d.value not in (None, "unknown", "none"))
    # What was stated of the organs around the mass.
    said = statements(case.remarks)
    lines = [
        FactLine(asked.label, asked.choice_label(said[key].value), _origin(said[key]))
        for key, asked in checklist().items()
        if key in said
    ]
    groups += [
        FactGroup(_("Organs around"), tuple(lines)),
        FactGroup(_("Computed"), tuple(FactLine(d.label, d.text, _("computed")) for d in known)),
    ]
    return tuple(group for group in groups if group.lines)


def _fact_lines(facts: FactSheet, group: str, elsewhere: Iterable[str]) -> tuple[FactLine, ...]:
    lines = []
    for name, found in fact_definitions().items():
        fact = facts.get(name)
        if found.group == group and fact is not None and name not in elsewhere:
            value = value_text(name, fact.value).replace(" x ", " × ")
            lines.append(FactLine(found.label, value, origin_text(fact.provenance)))
    return tuple(lines)


def _settings(assessment: Assessment) -> tuple[SettingLine, ...]:
    return tuple(
        SettingLine(
            change.id,
            "",
            str(change.value),
            " · ".join(
                part
                for part in (
                    *(change.author, change.date, change.reason),
                    assessment.settings_against_source.get(change.id, ""),
                )
                if part
            ),
        )
        for change in assessment.changed_settings
    )
