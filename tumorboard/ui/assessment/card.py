"""The card that an option opens to: the evidence on both sides, and what is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from tumorboard.language import _
from tumorboard.ui.assessment.reasons import (
    Ways,
    chips,
    conflict_lines,
    origin_link,
    whole_reason,
)
from tumorboard.ui.assessment.rows import (
    BoardBefore,
    ConflictRow,
    EvidenceRow,
    FlipRow,
    OptionRow,
    ReasonRow,
)
from tumorboard.ui.shell.flow import FlowLayout, TwoColumns
from tumorboard.ui.shell.parts import Fold, head, link, rule, words

#: Both sides stand beside each other from this width (px) on.
_BESIDE_PX = 520
_DIRECTIONS = {"for": _("speaks for it"), "against": _("speaks against it"), "open": _("undecided")}
_EFFECTS = {"benefit": 0, "harm": 1, "": 2}


def fill_card(
    section: QVBoxLayout,
    *,
    row: OptionRow,
    flips: Callable[[], tuple[FlipRow, ...]],
    before: Callable[[], BoardBefore],
    show_option: Callable[[str], object],
    ways: Ways,
) -> None:
    """Fill a section with the card of an option; ``show_option`` opens its equal alternative."""
    frame = QFrame()
    frame.setProperty("role", "card")
    card = QVBoxLayout(frame)
    card.setContentsMargins(10, 8, 10, 10)
    card.setSpacing(3)
    section.addWidget(frame)
    _fill_head(card, row, show_option)
    _reasons(card, _("Why it stands here"), row.reasons, ways)
    _fill_evidence(card, row, ways)
    _reasons(card, _("Dose, timing and conditions"), row.cards, ways)
    _fill_conflicts(card, row.conflicts, ways)
    if row.missing:
        card.addWidget(head(_("Missing for this case")))
    for origin in row.missing:
        line = QHBoxLayout()
        line.addWidget(words(origin.label), 1)
        line.addWidget(origin_link(origin, ways, _("State it")), 0, Qt.AlignmentFlag.AlignTop)
        card.addLayout(line)
    _fill_before(card, before(), ways)
    found = flips()
    if found:
        card.addWidget(head(_("What would change it")))
    fill_flips(card, found, ways)


def _fill_head(card: QVBoxLayout, row: OptionRow, show_option: Callable[[str], object]) -> None:
    made = row.card
    grade = _("the grade of the source does not hold for it") if row.departures else _("no grade")
    strength = _(
        "strength as the source has it: {strength}", strength=made.strength or _("none given")
    )
    status = row.own_words or row.status_words
    card.addWidget(
        words(
            _(
                "Option · {status} · {grade}",
                status=status,
                grade=grade if row.departures else strength,
            ),
            "dim",
        )
    )
    directions = [_DIRECTIONS.get(d, d) for d in made.direction.split("; ") if d]
    parts = (
        [_("The source {directions}", directions=_(" and ").join(directions))] if directions else []
    )
    parts += (
        [_("quality of the evidence as the source has it: {quality}", quality=made.quality)]
        if made.quality
        else []
    )
    if parts:
        card.addWidget(words(" · ".join(parts), "dim"))
    for departure in row.departures:
        card.addWidget(words(departure, "prompt"))
    identifier, title = made.equal
    if identifier:
        box = QFrame()
        box.setProperty("role", "equal")
        inside = QGridLayout(box)
        inside.setContentsMargins(8, 4, 8, 4)
        inside.setVerticalSpacing(0)
        inside.setColumnStretch(0, 1)
        told = _("Equal alternative: the source calls both appropriate; discuss with the patient.")
        inside.addWidget(words(told, "dim"), 0, 0, 1, 2)
        inside.addWidget(words(title), 1, 0)
        opened = link(_("open"), partial(show_option, identifier))
        opened.setAccessibleName(_("Open the card: {title}", title=title))
        inside.addWidget(opened, 1, 1, Qt.AlignmentFlag.AlignTop)
        card.addWidget(box)


def _reasons(card: QVBoxLayout, title: str, reasons: tuple[ReasonRow, ...], ways: Ways) -> None:
    if reasons:
        card.addWidget(head(title))
    for reason in reasons:
        card.addWidget(whole_reason(reason, ways))


def _fill_evidence(card: QVBoxLayout, row: OptionRow, ways: Ways) -> None:
    made = row.card
    if made.is_empty:
        card.addWidget(head(_("What the sources say")))
        card.addWidget(words(_("Nothing in the sources."), "dim"))
        return
    if made.supporting or made.limiting:
        sides = TwoColumns(_BESIDE_PX)
        for title, lines in (
            (_("Speaks for it"), made.supporting),
            (_("Speaks against it"), made.limiting),
        ):
            column = sides.column()
            _lines(column, title, lines or (), ways, empty=_("Nothing in the sources."))
            column.addStretch(1)
        card.addWidget(sides)
    figures = tuple(sorted(made.figures, key=lambda line: _EFFECTS[line.effect]))
    for title, lines in ((_("Figures"), figures), (_("Outside the sources"), made.outside)):
        if lines:
            _lines(card, title, lines, ways)


def _lines(
    column: QVBoxLayout, title: str, lines: Iterable[EvidenceRow], ways: Ways, empty: str = ""
) -> None:
    column.addWidget(head(title))
    shown = list(lines)
    for line in shown:
        column.addWidget(rule())
        column.addWidget(evidence_line(line, ways))
    if empty and not shown:
        column.addWidget(words(empty, "dim"))


def evidence_line(line: EvidenceRow, ways: Ways) -> QWidget:
    """Return a statement with the patients it is about, its source and its reservations."""
    widget = QWidget()
    layout = QVBoxLayout(widget)
    layout.setContentsMargins(0, 2, 0, 2)
    layout.setSpacing(0)
    layout.addWidget(words(line.text))
    told = " · ".join(part for part in (line.scope, line.grade, line.source) if part)
    layout.addWidget(words(told, "dim"))
    flow = FlowLayout()
    flow.addWidget(link(line.id, partial(ways.look_up, line.id), _("Show the statement")))
    if line.effect:
        flow.addWidget(words(line.effect, "chip", wrap=False))
    for chip in chips((line.mark,) if line.mark else ()):
        flow.addWidget(chip)
    layout.addLayout(flow)
    return widget


def _fill_conflicts(card: QVBoxLayout, rows: tuple[ConflictRow, ...], ways: Ways) -> None:
    if rows:
        card.addWidget(head(_("Sources differ")))
    for row in rows:
        governing = [f"{s.id} ({s.scope})" for s in row.sides if s.governs]
        card.addWidget(Fold(f"{row.id}  {row.title}", partial(_fill_sides, row=row, ways=ways)))
        told = ", ".join(governing) or _("neither side; the board decides")
        card.addWidget(words(_("Governs: {sides}", sides=told), "dim"))


def _fill_sides(section: QVBoxLayout, *, row: ConflictRow, ways: Ways) -> None:
    section.addWidget(conflict_lines(row, ways.look_up))


def _fill_before(card: QVBoxLayout, before: BoardBefore, ways: Ways) -> None:
    card.addWidget(head(_("This board before")))
    card.addWidget(words(before.text, "" if before.cases else "dim"))
    if before.cases:
        card.addWidget(Fold(_("Show"), partial(_fill_cases, before=before, ways=ways)))


def _fill_cases(section: QVBoxLayout, *, before: BoardBefore, ways: Ways) -> None:
    for uid, name, told in before.cases:
        section.addWidget(link(name, partial(ways.open_case, uid), _("Open the case")))
        section.addWidget(words(told, "dim"))


def fill_flips(section: QVBoxLayout, rows: tuple[FlipRow, ...], ways: Ways) -> None:
    """Fill a section with what would come about by which values."""
    for row in rows:
        widget = QWidget()
        layout = QGridLayout(widget)
        layout.setContentsMargins(0, 2, 0, 4)
        layout.setVerticalSpacing(0)
        layout.setColumnStretch(0, 1)
        first = QHBoxLayout()
        first.addWidget(words(_("{becomes} if", becomes=row.becomes), "dim"), 1)
        attempt = link(
            _("try"), partial(ways.attempt, row.values), _("See what follows; not recorded")
        )
        changes = ", ".join(text for __, text in row.changes)
        attempt.setAccessibleName(_("Try: {changes}", changes=changes))
        first.addWidget(attempt)
        layout.addLayout(first, 0, 0, 1, 2)
        for i, (name, text) in enumerate(row.changes):
            button = link(_("state"), partial(ways.ask, name), _("Go to the field"))
            button.setAccessibleName(text)
            layout.addWidget(words(_("and {text}", text=text) if i else text), 1 + i, 0)
            layout.addWidget(button, 1 + i, 1, Qt.AlignmentFlag.AlignTop)
        section.addWidget(widget)
