"""What stands on slides, piece by piece; sizes in points, see `tumorboard.reports.slides`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tumorboard.language import _, inside, ngettext
from tumorboard.reports.blocks import Block, Columns, Gap, Row, Stack
from tumorboard.reports.content import (
    AlertLine,
    CriterionLine,
    KeyImage,
    OptionLine,
    ReasonLine,
    ReportContext,
    Work,
)
from tumorboard.reports.deck import CaseSlides
from tumorboard.reports.meeting_content import Decided
from tumorboard.reports.text import Run, Text
from tumorboard.reports.words import iso_date

GROUND: Final = "#0e1318"
INK: Final = "#e8edf2"
DIM: Final = "#a9b6c2"
LINE: Final = "#33404c"
ACCENT: Final = "#5cc3ea"
AMBER: Final = "#f0b75a"
CORAL: Final = "#ff8f7a"

#: Nothing is written smaller: 24 pixels on a screen of 1080 lines.
LEAST: Final = 12.0
_BODY, _LARGE, _TITLE = 15.0, 22.0, 44.0
_STATUS_INKS: Final = {"suggest": ACCENT, "consider": ACCENT}
_STATE_WORDS: Final = {"present": "■ ", "absent": "○ ", "not_assessed": "◌ "}
_SEVERITY_INKS: Final = {"critical": CORAL, "warning": AMBER}


def _text(
    words: str, size: float = _BODY, ink: str = INK, *, bold: bool = False, bind: bool = False
) -> Text:
    return Text(Run(words, size, ink, bold), bind=bind)


def _head(words: str) -> Text:
    return _text(words, _BODY, ACCENT, bold=True, bind=True)


def opening_sheet(lines: Sequence[str]) -> Stack:
    """Return the first page of a meeting: its name, then lines of words."""
    first, *rest = lines
    words = [_text(line, _BODY, DIM) for line in rest if line]
    return Stack([Gap(70), _text(first, _TITLE, bold=True), Gap(6), *words], 6)


def title_sheet(case: CaseSlides) -> Stack:
    """Return the first page of a case: label, question, who it is about in general."""
    report = case.report
    about = [report.identity] if report.identity else []
    return Stack(
        [
            Gap(70),
            _text(case.name, _TITLE, bold=True),
            _text(
                _("“{words}”", words=case.asked) if case.asked else _("No question is written."),
                26.0,
                ACCENT,
            ),
            Gap(6),
            *(_text(line, 18.0, bold=True) for line in about),
            *(_text(line, 18.0, DIM) for line in (report.about, report.studies) if line),
            *([_text(report.summary, _BODY, DIM)] if report.summary else []),
        ],
        8,
    )


def column_sheet(image: KeyImage) -> Stack:
    """Return what stands beside a picture: caption, which images, what was measured."""
    found: list[Block] = [caption_line(image)]
    if image.series:
        found.append(_text(image.series, _BODY, DIM))
    if image.measured:
        found += [Gap(4), _head(_("Measured here")), *(_text(m, 17.0) for m in image.measured)]
    return Stack(found, 6)


def caption_line(image: KeyImage) -> Block:
    """Return the caption of a view."""
    return _text(image.caption or _("Without a caption"), _LARGE, bold=True)


def words_sheet(image: KeyImage) -> Stack:
    """Return what stands below a picture beside others: which images, what was measured."""
    series = [_text(image.series, _BODY, DIM)] if image.series else []
    return Stack([*series, *(_text(m, _BODY) for m in image.measured)], 4)


def facts_sheet(report: ReportContext) -> Stack:
    """Return size, extent in the vein, findings and all recorded facts, in two columns."""
    level = _("level {level}", level=report.ivc.level) if report.ivc.level else ""
    occlusion = inside(report.ivc.occlusion)
    occlusion = _("occlusion: {degree}", degree=occlusion) if occlusion else ""
    pieces: list[Block] = [
        _pair(_("Size of the mass"), report.size.words if report.size else _("Not measured")),
        _pair(
            _("Tumour in the IVC"),
            " · ".join(part for part in (report.ivc.extent, level, occlusion) if part),
        ),
        Gap(8),
    ]
    if report.criteria:
        pieces += [_head(_("Excluding findings")), *map(_criterion, report.criteria), Gap(8)]
    for group in report.facts:
        lines = [_pair(line.label, line.value) for line in group.lines]
        first = Stack([_head(group.title), Gap(2), lines[0]], keep=True)
        pieces += [first, *lines[1:], Gap(8)]
    return Stack([Columns(pieces, 2, 32.0)])


def _pair(label: str, value: str) -> Block:
    return Stack([Row([_text(label, _BODY, DIM), _text(value)], (0.45, 0.55), 10), Gap(3)])


def _criterion(criterion: CriterionLine) -> Block:
    present = criterion.state == "present"
    words = _text(criterion.words, _BODY, INK if present else DIM, bold=present)
    label = Text(
        Run(_STATE_WORDS[criterion.state], _BODY, CORAL if present else DIM),
        Run(criterion.label, _BODY, INK, bold=present),
    )
    return Stack([Row([label, words], (1.0, 100), 8), Gap(3)])


def assessment_sheet(report: ReportContext) -> Stack:
    """Return category, what is missing, alerts and options with the sources they rest on."""
    category = report.category
    lines: list[Block] = [_text(category.title, 26.0, bold=True)]
    if category.provisional:
        lines.append(
            _text(_("Provisional: {reason}", reason=category.provisional), _BODY, AMBER, bold=True)
        )
    words = " · ".join(part for part in (*category.qualifiers, category.unassessed) if part)
    reason = _reason_words(category.reason)
    lines += [_text(part, _BODY, DIM) for part in (words, reason) if part]
    if report.missing:
        lines.append(
            _text(_("Not assessed: {missing}", missing=", ".join(report.missing)), _BODY, AMBER)
        )
    lines += [Gap(6), _head(_("Options")), *map(_option, report.options)]
    if not report.options:
        lines.append(_text(_("The rules name no option for these facts."), _BODY, DIM))
    if report.alerts:
        lines += [Gap(6), _head(_("Alerts")), *map(_alert, report.alerts)]
    lines += [Gap(6), _head(_("Sources")), *map(_work, report.works)]
    return Stack(lines, 4)


def _option(option: OptionLine) -> Block:
    ink = _STATUS_INKS.get(option.status, AMBER)
    held = [reason for reason in option.reasons if not reason.lost]
    said = [_text(option.title, _BODY, bold=True)]
    said += [_text(remark, 13.0, AMBER) for remark in option.departures]
    said += [_text(_reason_words(r), 13.0, DIM) for r in held[:1]]
    said += [_text(r, LEAST, DIM) for r in option.remarks if r not in option.departures]
    if len(option.reasons) > 1:
        more = len(option.reasons) - len(held[:1])
        said.append(
            _text(
                ngettext(
                    "{count} more reason in the report",
                    "{count} more reasons in the report",
                    more,
                ),
                LEAST,
                DIM,
            )
        )
    status = _text(option.status_words, _BODY, ink, bold=True)
    return Row([status, Stack(said, 1)], (150, 1.0), 12)


def _reason_words(reason: ReasonLine) -> str:
    """Return a reason with its reservations, and the sources with whom they are about."""
    told = " · ".join((reason.text, *reason.remarks, *reason.scopes))
    return f"{told} {reason.citation}".strip()


def _alert(alert: AlertLine) -> Block:
    ink = _SEVERITY_INKS.get(alert.severity, ACCENT)
    status = _text(alert.severity_words, _BODY, ink, bold=True)
    words = _text(_reason_words(alert.reason), 13.0)
    return Row([status, words], (150, 1.0), 12)


def _work(work: Work) -> Block:
    numbers = ", ".join(str(place.number) for place in work.places)
    return Text(Run(f"[{numbers}]  ", LEAST, ACCENT, bold=True), Run(work.title, LEAST, DIM))


def decision_sheet(decided: Decided) -> Stack:
    """Return what the board recommended or why it did not, and who carries it out."""
    lines: list[Block] = []
    if decided.recommendation:
        lines += [_text(words, 26.0, bold=True) for words in decided.recommendation]
    if decided.deferred_because:
        lines += [
            _text(_("Deferred"), 26.0, AMBER, bold=True),
            _text(decided.deferred_because, 18.0),
        ]
    lines.append(Gap(8))
    pairs = (
        (_("Intent"), decided.intent),
        (_("Assessment panel"), decided.agreement),
        (_("Stage as discussed"), decided.stage),
        (_("Histology as discussed"), decided.histology),
        (_("Trial considered"), decided.trial),
        (_("Carried out by"), decided.responsible),
        (_("By"), iso_date(decided.due)),
        (_("Outcome"), decided.outcome),
    )
    lines += [_line(label, value) for label, value in pairs if value]
    lines += [_line(_("Not taken"), f"{r.title}: {r.reason}") for r in decided.rejected]
    signed = decided.signature
    words = (
        _("Signed by {author} · {time}", author=signed.author, time=signed.time)
        if signed
        else _("Not signed: this is a draft.")
    )
    lines += [Gap(8), _text(words, LEAST, DIM if signed else AMBER)]
    return Stack(lines, 4)


def _line(label: str, value: str) -> Block:
    return Row([_text(label, _BODY, DIM), _text(value)], (190, 1.0), 12, keep=False)
