"""What an audience reads of a case: lines of words, in the order of their weight."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tumorboard.app.presented import Presented
from tumorboard.app.talk import Page
from tumorboard.app.timeline import Track
from tumorboard.case.definitions import definition, value_text
from tumorboard.case.ivc_report import extent_words
from tumorboard.case.model import Case
from tumorboard.language import _, inside
from tumorboard.quantity import signed
from tumorboard.reports.words import dicom_date
from tumorboard.ui.assessment.panel_rows import assessment_rows
from tumorboard.ui.assessment.rows import AssessmentRows, QualifierRow
from tumorboard.ui.shell.case_words import size_of

#: Sizes of text in pixels at a height of 1080.
HEAD_PX: Final = 24
TEXT_PX: Final = 30
TITLE_PX: Final = 38
_MM_PER_CM: Final = 10
_READING: Final = _("The guideline is being read.")
_FEW: Final = 3


@dataclass(frozen=True)
class Line:
    """A line of a page: its words, size (px at 1080), colour of the palette, and mark.

    ``mark`` is a shape of `tumorboard.ui.shell.marks` before the words, ``gap`` free room
    above (px at 1080).
    """

    text: str
    px: int = TEXT_PX
    ink: str = "text"
    bold: bool = False
    mark: str = ""
    gap: int = 4


def head(text: str) -> Line:
    """Return the head of a group of lines."""
    return Line(text, HEAD_PX, "faint", bold=True, gap=26)


# -- the column beside the pictures --------------------------------------------------------


def column(shown: Presented) -> tuple[Line, ...]:
    """Return what stands beside the pictures: size, vena cava, pathology, reading."""
    return (*_size(shown), *_vena_cava(shown), *_pathology(shown), *_reading(shown))


def _size(shown: Presented) -> Iterator[Line]:
    yield head(_("Size"))
    size = size_of(shown.case)
    yield Line(
        size.text or _("Not measured"), bold=bool(size.text), ink="text" if size.text else "dim"
    )
    if size.missing:  # the numbers of a part of the axes must not be taken for others
        yield Line(size.axes, HEAD_PX, "warn")
    for track in shown.timeline.tracks:
        if track.is_index and (words := growth(track)):
            yield Line(words, HEAD_PX, "dim")


def growth(track: Track) -> str:
    """Return "Longest axis +1.2 cm since 2 Mar 2025", empty with a single date."""
    if len(track.sizes) < 2:
        return ""
    (first, before), (__, now) = track.sizes[0], track.sizes[-1]
    since = dicom_date(first.strftime("%Y%m%d"))
    return _(
        "Longest axis {change} cm since {day}",
        change=signed((now - before) / _MM_PER_CM, 1),
        day=since,
    )


def _vena_cava(shown: Presented) -> Iterator[Line]:
    facts = shown.facts
    extent = extent_words(facts)
    occlusion, involved = facts.value("ivc_occlusion"), facts.value("ivc_involvement")
    if not extent and occlusion is None and involved is None:
        return
    yield head(_("Vena cava"))
    yield Line(extent or _("Not assessed"))
    if occlusion is not None and involved != "absent":
        degree = inside(definition("ivc_occlusion").choice_label(occlusion))
        yield Line(_("Occlusion: {degree}", degree=degree))


def _pathology(shown: Presented) -> Iterator[Line]:
    yield head(_("Pathology"))
    histology, grade = shown.facts.value("histology"), shown.facts.value("grade_entered")
    if histology is None:
        yield Line(_("Not recorded"), ink="dim")
        return
    yield Line(value_text("histology", histology))
    if grade is not None:
        yield Line(value_text("grade_entered", grade), HEAD_PX, "dim")


def _reading(shown: Presented) -> Iterator[Line]:
    yield head(_("Reading of the literature"))
    if shown.assessment is None:
        yield Line(_READING, HEAD_PX, "dim")
        return
    rows = assessment_rows(shown.assessment, shown.case.remarks)
    yield Line(rows.title, bold=True)
    for qualifier in rows.qualifiers:
        yield from _qualifier(qualifier)
    if rows.provisional:
        yield Line(_("Provisional: {why}", why=rows.provisional), HEAD_PX, "dim")
    missing = [c.label for c in rows.criteria if c.state == "unknown"]
    if missing:
        named = ", ".join(missing[:_FEW])
        if len(missing) > _FEW:
            named = " ".join((named, _("and {count} more", count=len(missing) - _FEW)))
        yield Line(_("Not assessed: {findings}", findings=named), HEAD_PX, "dim")


# -- below the pictures --------------------------------------------------------------------


def caption_words(case: Case, page: Page) -> tuple[str, str]:
    """Return the caption of a key image, and its series with the phase; empty without one."""
    view = case.view(page.view_uid)
    if view is None:
        return "", ""
    names = []
    for picture in (view.main, *view.pictures):
        series = next((s for s in case.series if s.series_instance_uid == picture.series_key), None)
        if series is not None:
            phase = f"{_(series.phase)}?" if series.phase else ""
            names.append(" · ".join(part for part in (series.description, phase) if part))
    return view.caption, "; ".join(dict.fromkeys(name for name in names if name))


# -- the page of the assessment ------------------------------------------------------------


def conclusions(shown: Presented) -> tuple[Line, ...]:
    """Return the left half of the page: the category, why, and the six findings."""
    if shown.assessment is None:
        return (Line(_READING, ink="dim"),)
    rows = assessment_rows(shown.assessment, shown.case.remarks)
    return (
        head(_("Reading of the literature")),
        Line(rows.title, TITLE_PX, bold=True),
        *(line for q in rows.qualifiers for line in _qualifier(q)),
        *((Line(rows.unassessed, HEAD_PX, "dim"),) if rows.unassessed else ()),
        *(
            (Line(_("Provisional: {why}", why=rows.provisional), HEAD_PX, "warn"),)
            if rows.provisional
            else ()
        ),
        *((head(_("Findings that exclude resection")),) if rows.criteria else ()),
        *(
            Line(
                *(f"{c.label}: {c.words}", HEAD_PX + 2),
                "text" if c.state == "present" else "dim",
                mark=c.state,
                gap=8,
            )
            for c in rows.criteria
        ),
    )


def _qualifier(qualifier: QualifierRow) -> Iterator[Line]:
    """Yield what is printed behind the category, with the reason of an acknowledgement."""
    text = qualifier.text[:1].upper() + qualifier.text[1:]
    yield Line(text, HEAD_PX, "warn", mark="warning", gap=8)
    if qualifier.acknowledged:
        yield Line(qualifier.acknowledged, HEAD_PX, "dim")


def advice(shown: Presented) -> tuple[Line, ...]:
    """Return the right half of the page: alerts that stand, then options by their status."""
    if shown.assessment is None:
        return ()
    rows = assessment_rows(shown.assessment, shown.case.remarks)
    return (*_alerts(rows), *_options(rows))


def _alerts(rows: AssessmentRows) -> Iterator[Line]:
    standing = [a for a in rows.alerts if not a.acknowledged and a.severity != "information"]
    if standing:
        yield head(_("Alerts"))
    for alert in standing:
        yield Line(alert.text, HEAD_PX, "text", mark=alert.severity, gap=8)


def _options(rows: AssessmentRows) -> Iterator[Line]:
    status = ""
    for option in rows.options:
        if option.status == "not_offered":
            continue
        if option.status_words != status:
            status = option.status_words
            yield head(status)
        yield Line(option.title, HEAD_PX + 2, gap=6)
