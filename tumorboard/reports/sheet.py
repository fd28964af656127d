"""The printed report: which blocks stand where, from the content."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from tumorboard.language import _, inside
from tumorboard.reports.blocks import (
    Block,
    Columns,
    Frame,
    Gap,
    Hairline,
    Picture,
    Row,
    Stack,
    read_png,
)
from tumorboard.reports.content import (
    CriterionLine,
    FactGroup,
    FactLine,
    KeyImage,
    OptionLine,
    ReasonLine,
    ReportContext,
)
from tumorboard.reports.look import (
    ACCENT,
    AMBER,
    BODY,
    DIM,
    HASH,
    HEAD,
    INK,
    PANEL,
    SMALL,
    TITLE,
    VALUE,
)
from tumorboard.reports.marks import Mark
from tumorboard.reports.text import Run, Text

_LINE = BODY * 1.36
_STATUS_COLOURS = {"suggest": ACCENT, "consider": ACCENT, "discourage": AMBER, "not_offered": AMBER}
_IMAGES_A_ROW = 3
_SHORT_GROUP = 4
_NO_BREAK = "\N{NO-BREAK SPACE}"


def board_sheet(report: ReportContext, gap: float = 8.0) -> Stack:
    """Return the whole report as one stack, in the order in which a board reads it.

    ``gap`` is the room between sections in points.
    """
    lines = [_reason(note.reason) for note in report.notes]
    pieces = [piece for group in report.facts for piece in _fact_group(group)]
    body = Columns(pieces) if pieces else Text(Run(_("No facts are recorded."), BODY, DIM))
    category = report.category
    dashed = bool(category.provisional) or category.category == "indeterminate"
    cells = [_category(report), _size(report), _ivc(report)]
    pieces = []
    for work in report.works:
        runs = [Run(work.full or work.title, SMALL, INK, bold=True)]
        for place in work.places:
            number = f"  [{place.number}]{_NO_BREAK if place.place else ''}"
            runs += [Run(number, SMALL, INK, bold=True), Run(place.place, SMALL)]
        pieces.append(Stack([Text(*runs), Gap(2)]))
    sections: list[Block] = [
        _title(report),
        Frame(Row(cells, (0.42, 0.29, 0.29), 16), PANEL, ACCENT, dashed=dashed),
        *_images(report.images),
        *_findings_and_alerts(report),
        *_options(report),
        *_plans(report),
        *_conflicts(report),
        *([_section(_("Notes"), lines)] if lines else []),
        *_measurements(report),
        *_reading(report),
        *[_section(_("Case facts"), [body])],
        *([_section(_("Sources cited"), [Columns(pieces)])] if pieces else []),
        _colophon(report),
    ]
    return Stack(sections, gap)


def _head(words: str) -> Text:
    return Text(Run(words.upper(), HEAD, ACCENT, bold=True, spaced=True), bind=True)


def _section(words: str, blocks: Iterable[Block], gap: float = 3.0) -> Stack:
    return Stack([_head(words), *blocks], gap)


def _title(report: ReportContext) -> Block:
    question = "  " + _("“{words}”", words=report.question) if report.question else ""
    lines = [Text(Run(report.label, TITLE, bold=True), Run(question, 12.0, DIM))]
    if report.identity:
        lines.append(Text(Run(report.identity, BODY, bold=True)))
    about = " · ".join(part for part in (report.about, report.studies) if part)
    lines += [Text(Run(about)), Text(Run(report.summary, BODY, DIM))]
    return Stack(lines, 1)


def _category(report: ReportContext) -> Block:
    category = report.category
    lines: list[Block] = [Text(Run(category.title, 15.0, bold=True))]
    if category.provisional:
        lines.append(
            Text(
                Run(_("Provisional: {reason}", reason=category.provisional), BODY, AMBER, bold=True)
            )
        )
    words = " · ".join(part for part in (*category.qualifiers, category.unassessed) if part)
    lines += [Text(Run(words[:1].upper() + words[1:], BODY, DIM)), _reason(category.reason)]
    return Stack(lines, 2)


def _size(report: ReportContext) -> Block:
    size = report.size
    if size is None:
        return Stack(
            [_head(_("Size of the mass")), Text(Run(_("Not measured"), VALUE, bold=True))], 2
        )
    return Stack(
        [
            _head(_("Size of the mass")),
            Text(Run(size.value, VALUE, bold=True)),
            _small(": ".join(part for part in (size.lesion, size.axes) if part)),
            _small(" · ".join(part for part in (size.origin, size.calibration) if part)),
            *(_caveat(text) for text in size.caveats),
        ],
        2,
    )


def _ivc(report: ReportContext) -> Block:
    ivc = report.ivc
    details = [_("Occlusion: {degree}", degree=inside(ivc.occlusion))] if ivc.occlusion else []
    details += [_("Level {level}", level=ivc.level)] if ivc.level else []
    return Stack(
        [
            _head(_("Tumour in the IVC")),
            Text(Run(ivc.extent, VALUE, bold=True)),
            Text(Run(" · ".join(details))),
            _small(ivc.origin),
        ],
        2,
    )


def _small(text: str) -> Text:
    return Text(Run(text, SMALL, DIM))


def _caveat(text: str) -> Block:
    return Row([Mark("warning", SMALL * 1.36), Text(Run(text, SMALL, AMBER))], (8, 1.0), 2)


def _reason(reason: ReasonLine) -> Text:
    """Return a reason as one paragraph: text, reservations, rule, numbers of sources."""
    remarks = "".join(f" · {remark}" for remark in reason.remarks)
    tail = f"  {reason.tail}"
    ink = DIM if reason.lost else INK
    return Text(Run(reason.text, BODY, ink), Run(remarks, BODY, DIM), Run(tail, SMALL, DIM))


def _images(images: tuple[KeyImage, ...]) -> list[Block]:
    """Return rows of pictures; those of a view of several series stand in a row of their own."""
    alone = [image for image in images if not image.beside]
    columns = min(len(alone), _IMAGES_A_ROW)
    rows: list[Block] = []
    for several, group in groupby(images, key=lambda image: bool(image.beside)):
        held = list(group)
        if several:
            rows += [_side_by_side(image) for image in held]
            continue
        for start in range(0, len(held), _IMAGES_A_ROW):
            cells: list[Block] = [_image(i) for i in held[start : start + _IMAGES_A_ROW]]
            cells += [Block()] * (columns - len(cells))
            rows.append(Row(cells, [1.0] * columns, 8))
    return [Stack(rows, 6)] if rows else []


def _side_by_side(view: KeyImage) -> Block:
    """Return the pictures of a view with what each shows below it, and their caption."""
    pixels = [read_png(picture.png) for picture in view.pictures]
    ratios = [p.width() / max(p.height(), 1) if not p.isNull() else 1.0 for p in pixels]
    cells = [
        Stack([Picture(p, 340), *([_small(i.series)] if i.series else [])], 2)
        if not p.isNull()
        else _small(_("{series}: the picture cannot be read", series=i.series))
        for p, i in zip(pixels, view.pictures, strict=True)
    ]
    shares = [ratio / sum(ratios) for ratio in ratios]
    return Stack([Row(cells, shares, 8), _small(view.caption)], 3, keep=True)


def _image(image: KeyImage) -> Block:
    pixels = read_png(image.png)
    if pixels.isNull():
        return _small(_("{caption}: the picture cannot be read", caption=image.caption))
    return Stack([Picture(pixels, min(image.width, 340)), _small(image.caption)], 2)


def _findings_and_alerts(report: ReportContext) -> list[Block]:
    cells: list[Block] = []
    if report.criteria:
        cells.append(_section(_("Excluding findings"), [_criterion(c) for c in report.criteria]))
    # The alerts below the word of their severity, then what else is missing.
    lines: list[Block] = []
    severity = ""
    for alert in report.alerts:
        if alert.severity_words != severity:
            severity = alert.severity_words
            lines.append(Text(Run(severity, BODY, DIM, bold=True), bind=True))
        lines.append(Row([Mark(alert.severity, _LINE), _reason(alert.reason)], (10, 1.0), 4))
    if report.missing:
        words = ", ".join(report.missing)
        lines.append(Text(Run(_("Not assessed") + ": ", BODY, DIM, bold=True), Run(words)))
    alerts = lines
    if alerts:
        cells.append(_section(_("Alerts"), alerts))
    return [Row(cells, [0.42, 0.58][-len(cells) :], 18, keep=False)] if cells else []


def _criterion(criterion: CriterionLine) -> Block:
    present = criterion.state == "present"
    label = Text(Run(criterion.label, bold=present))
    words = Text(Run(criterion.words, BODY, INK if present else DIM, bold=present))
    cell = Stack([Row([label, words], (1.0, 56), 4), _small(criterion.origin)])
    return Row([Mark(criterion.state, _LINE), cell], (10, 1.0), 4)


def _options(report: ReportContext) -> list[Block]:
    lines = [_option(option) for option in report.options]
    if not lines:
        lines = [Text(Run(_("The rules name no option for these facts."), BODY, DIM))]
    # Put a hairline above each block, bound to it.
    return [
        _section(_("Options"), [Stack([Hairline(2.4), block], keep=True) for block in lines], 0)
    ]


def _option(option: OptionLine) -> Block:
    colour = _STATUS_COLOURS.get(option.status, DIM)
    said = [
        Text(Run(option.title, bold=True), bind=True),
        *(Text(Run(remark, BODY, AMBER)) for remark in option.departures),
        *(_small(remark) for remark in option.remarks if remark not in option.departures),
        *(_reason(r) for r in option.reasons),
        *(_reason(n.reason) for n in option.notes),
    ]
    status = Text(Run(option.status_words, BODY, colour, bold=True))
    return Row([status, Stack(said, 1)], (82, 1.0), 8)


def _plans(report: ReportContext) -> list[Block]:
    return [
        _section(p.title, [*(Text(Run(x)) for x in p.lines), *(_reason(r) for r in p.reasons)])
        for p in report.plans
    ]


def _conflicts(report: ReportContext) -> list[Block]:
    lines: list[Block] = []
    for conflict in report.conflicts:
        title = Run(f"{conflict.id}  {conflict.title}. ", SMALL, INK, bold=True)
        sides = "  ".join(f"○ {side}" for side in conflict.sides)
        told = Run(f"{conflict.why}  {sides}  {conflict.citation}", SMALL, DIM)
        lines.append(Stack([Text(title, told), Gap(2)]))
    lines = [Columns(lines)] if lines else []
    return [_section(_("Where the sources differ"), lines)] if lines else []


def _measurements(report: ReportContext) -> list[Block]:
    lines = []
    for m in report.measurements:
        where = _small(" · ".join(part for part in (m.where, m.calibration) if part))
        about = Stack([where, *(_caveat(text) for text in m.caveats)])
        cells = [Text(Run(m.name)), Text(Run(m.value, bold=True)), about]
        lines.append(Row(cells, (0.3, 0.35, 0.35), 10))
    return [_section(_("Other measurements"), lines)] if lines else []


def _reading(report: ReportContext) -> list[Block]:
    lines = [x for x in report.reading if x]
    if not report.headings:  # a few lines on the vena cava
        texts = [Text(Run(line)) for line in lines]
        return [_section(report.reading_title, texts)] if texts else []
    pieces: list[Block] = []
    title: Text | None = None
    for line in lines:
        text = Text(Run(line, SMALL, bold=line in report.headings))
        held, title = title, text if line in report.headings else None
        if title is None:
            pieces.append(text if held is None else Stack([Gap(3), held, text], keep=True))
        elif held is not None:
            pieces.append(held)
    if title is not None:
        pieces.append(title)
    return [_section(report.reading_title, [Columns(pieces)])]


def _fact_group(group: FactGroup) -> list[Block]:
    """Return the lines of a group; the origin of most of them stands beside its title.

    A short group is one piece, of a long one the first lines stay with its title.
    """
    common = group.common_origin
    title = Text(Run(group.title, bold=True), Run(f"  {common}" if common else "", SMALL, DIM))
    lines = [_fact(line, "" if line.origin == common else line.origin) for line in group.lines]
    lines[-1] = Stack([lines[-1], Gap(4)], keep=True)
    together = len(lines) if len(lines) <= _SHORT_GROUP else 2
    return [Stack([title, Gap(1), *lines[:together]], keep=True), *lines[together:]]


def _fact(line: FactLine, origin: str) -> Block:
    words = Row([Text(Run(line.label, BODY, DIM)), Text(Run(line.value))], (0.5, 0.5), 6)
    return Stack([words, _small(origin), Gap(1)], keep=True)


def _colophon(report: ReportContext) -> Block:
    c = report.colophon
    made = (
        _("Written {created} by {author}", created=c.created, author=c.author)
        if c.author
        else _("Written {created}", created=c.created)
    )
    versions = (
        _("Tumorboard {program_version}", program_version=c.program_version),
        _("guideline {guideline}", guideline=c.guideline),
    )
    lines = [
        Hairline(),
        *(
            _small(
                " · ".join(
                    p
                    for p in (
                        _(
                            "Changed setting {identifier}: {value}",
                            identifier=s.identifier,
                            value=s.value,
                        ),
                        s.origin,
                    )
                    if p
                )
            )
            for s in report.settings
        ),
        _small(" · ".join((made, *versions))),
        Row(
            [
                Text(Run(_("Inputs {input_hash}", input_hash=c.input_hash), HASH, DIM)),
                Text(
                    Run(
                        _("Audit head {audit_head}", audit_head=c.audit_head or _("none")),
                        HASH,
                        DIM,
                    )
                ),
            ],
            (0.5, 0.5),
            10,
        ),
    ]
    return Stack(lines, 0.5, keep=True)
