"""What stands on slides, piece by piece; sizes in points, see `tumorboard.reports.slides`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum
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


class Detail(Enum):
    """How much is told of options: a reason and how many more there are, a reason, titles."""

    COUNTED = "counted"
    REASONED = "reasoned"
    TITLES = "titles"


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


def column_sheet(image: KeyImage, *, small: bool = False) -> Stack:
    """Return what stands beside a picture: caption, which images, what was measured.

    ``small`` is for pictures that share a page.
    """
    found: list[Block] = [caption_line(image, _BODY if small else _LARGE)]
    if image.series:
        found.append(_text(image.series, LEAST if small else _BODY, DIM))
    if small:
        found += [_text(m, LEAST) for m in image.measured]
    elif image.measured:
        found += [Gap(4), _head(_("Measured here")), *(_text(m, 17.0) for m in image.measured)]
    return Stack(found, 2 if small else 6)


def caption_line(image: KeyImage, size: float = _LARGE) -> Block:
    """Return the caption of a view."""
    return _text(image.caption or _("Without a caption"), size, bold=True)


def words_sheet(image: KeyImage) -> Stack:
    """Return what stands below a picture beside others: which images, what was measured."""
    series = [_text(image.series, _BODY, DIM)] if image.series else []
    return Stack([*series, *(_text(m, _BODY) for m in image.measured)], 4)


def facts_sheet(report: ReportContext) -> Stack:
    """Return size, extent in the vein, findings and all recorded facts, in two columns."""
    pieces: list[Block] = [*_extent(report), Gap(8)]
    if report.criteria:
        pieces += [_head(_("Excluding findings")), *map(_criterion, report.criteria), Gap(8)]
    for group in report.facts:
        lines = [_pair(line.label, line.value) for line in group.lines]
        first = Stack([_head(group.title), Gap(2), lines[0]], keep=True)
        pieces += [first, *lines[1:], Gap(8)]
    return Stack([Columns(pieces, 2, 32.0)])


def _extent(report: ReportContext, points: float = _BODY) -> list[Block]:
    """Return the size of the mass and how far it reaches in the vein."""
    ivc = report.ivc
    level = _("level {level}", level=ivc.level) if ivc.level else ""
    degree = inside(ivc.occlusion)
    occlusion = _("occlusion: {degree}", degree=degree) if degree else ""
    size = report.size.words if report.size else _("Not measured")
    reach = " · ".join(part for part in (ivc.extent, level, occlusion) if part)
    pairs = ((_("Size of the mass"), size), (_("Tumour in the IVC"), reach))
    return [_pair(label, value, points) for label, value in pairs]


def _pair(label: str, value: str, size: float = _BODY) -> Block:
    cells = [_text(label, size, DIM), _text(value, size)]
    return Stack([Row(cells, (0.45, 0.55), 10), Gap(3)])


def _criterion(criterion: CriterionLine, size: float = _BODY) -> Block:
    present = criterion.state == "present"
    words = _text(criterion.words, size, INK if present else DIM, bold=present)
    label = Text(
        Run(_STATE_WORDS[criterion.state], size, CORAL if present else DIM),
        Run(criterion.label, size, INK, bold=present),
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
    lines += [Gap(6), *_advice(report, 150)]
    lines += [Gap(6), _head(_("Sources")), *map(_work, report.works)]
    return Stack(lines, 4)


def _advice(report: ReportContext, status: float, detail: Detail = Detail.COUNTED) -> list[Block]:
    """Return options, then alerts; their status has so many points of width."""
    lines: list[Block] = [_head(_("Options"))]
    if detail is Detail.TITLES:
        lines += _titles(report.options, status)
    else:
        lines += [_option(option, status, detail) for option in report.options]
    if not report.options:
        lines.append(_text(_("The rules name no option for these facts."), _BODY, DIM))
    if report.alerts:
        alerts = [_alert(alert, status, _size_of(detail)) for alert in report.alerts]
        lines += [Gap(6), _head(_("Alerts")), *alerts]
    return lines


def _titles(options: Sequence[OptionLine], status: float) -> Iterator[Block]:
    """Yield for each status the titles of its options."""
    for words in dict.fromkeys(option.status_words for option in options):
        held = [option for option in options if option.status_words == words]
        titles = " · ".join(option.title for option in held)
        yield Row([_status(held[0], 13.0), _text(titles, 13.0)], (status, 1.0), 12)


def brief_sheet(report: ReportContext, detail: Detail) -> Stack:
    """Return on as little room as can be: category, size and findings beside what is advised.

    The sources of the report's works stand below, where it holds any.
    """
    category = report.category
    left: list[Block] = [_text(category.title, _LARGE, bold=True)]
    if category.provisional:
        words = _("Provisional: {reason}", reason=category.provisional)
        left.append(_text(words, 13.0, AMBER, bold=True))
    qualified = " · ".join(part for part in (*category.qualifiers, category.unassessed) if part)
    reason = _reason_words(category.reason)
    left += [_text(part, 13.0, DIM) for part in (qualified, reason) if part]
    left += [Gap(4), *_extent(report, 13.0)]
    if report.criteria:
        findings = [_criterion(c, 13.0) for c in report.criteria]
        left += [Gap(4), _head(_("Excluding findings")), *findings]
    if report.missing:
        missing = _("Not assessed: {missing}", missing=", ".join(report.missing))
        left.append(_text(missing, 13.0, AMBER))
    right = Stack(_advice(report, 118, detail), 4)
    blocks: list[Block] = [Row([Stack(left), right], (0.4, 0.6), 24, keep=False)]
    if report.works:
        blocks += [Gap(4), _head(_("Sources")), *map(_work, report.works)]
    return Stack(blocks, 2)


def _size_of(detail: Detail) -> float:
    """Return the size of the words of a status."""
    return _BODY if detail is Detail.COUNTED else 13.0


def _status(option: OptionLine, size: float) -> Text:
    return _text(option.status_words, size, _STATUS_INKS.get(option.status, AMBER), bold=True)


def _option(option: OptionLine, status: float, detail: Detail) -> Block:
    held = [reason for reason in option.reasons if not reason.lost]
    said = [_text(option.title, _BODY, bold=True)]
    said += [_text(remark, 13.0, AMBER) for remark in option.departures]
    said += [_text(_reason_words(r), 13.0, DIM) for r in held[:1]]
    said += [_text(r, LEAST, DIM) for r in option.remarks if r not in option.departures]
    if len(option.reasons) > 1 and detail is Detail.COUNTED:
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
    return Row([_status(option, _size_of(detail)), Stack(said, 1)], (status, 1.0), 12)


def _reason_words(reason: ReasonLine) -> str:
    """Return a reason with its reservations, and the sources with whom they are about."""
    told = " · ".join((reason.text, *reason.remarks, *reason.scopes))
    return f"{told} {reason.citation}".strip()


def _reasons(count: int) -> str:
    return "reason" if count == 1 else "reasons"


def _alert(alert: AlertLine, status: float, size: float) -> Block:
    ink = _SEVERITY_INKS.get(alert.severity, ACCENT)
    severity = _text(alert.severity_words, size, ink, bold=True)
    words = _text(_reason_words(alert.reason), 13.0)
    return Row([severity, words], (status, 1.0), 12)


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
