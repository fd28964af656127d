"""The options of the literature: grouped by their words, each opens to its card."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from tumorboard.language import _
from tumorboard.ui.assessment.card import fill_card
from tumorboard.ui.assessment.reasons import (
    Ways,
    add_conflicts,
    add_links,
    chips,
    conflict_links,
    missing_link,
    rule_link,
)
from tumorboard.ui.assessment.rows import BoardBefore, FlipRow, OptionRow
from tumorboard.ui.shell.flow import FlowLayout, TwoColumns
from tumorboard.ui.shell.parts import Fold, Folds, words

_STATUS_COLOURS = {
    "suggest": "accent",
    "consider": "accent",
    "trial_only": "prior",
    "deferred": "unknown",
    "not_established": "dim",
    "discourage": "present",
    "not_offered": "dim",
}
#: Where the reason stands below the closed title; for the others it is on the card.
_TOLD = ("suggest", "consider", "trial_only", "deferred")
#: Equal alternatives stand beside each other from this width (px) on.
_BESIDE_PX = 250
#: So many links and reservations have room beside a title.
_BESIDE_TITLE = 2
#: The universal option that comes first of them when the centre is not a specialised one.
_FIRST_OF_ALL = "O-REFER"


@dataclass(frozen=True)
class OptionList:
    """The options with what their cards need; ``before`` is what this board decided."""

    rows: tuple[OptionRow, ...]
    flips_of: Callable[[str], tuple[FlipRow, ...]]
    before: Callable[[str], BoardBefore]
    folds: Folds
    ways: Ways

    def fill(self, section: QVBoxLayout) -> Iterator[None]:
        """Fill a section with the options, those of one status together, in steps.

        Those that stand in every case come last; nothing is scored.
        """
        own = [row for row in self.rows if not row.universal]
        for status, colour in _STATUS_COLOURS.items():
            group = [row for row in own if (row.group or row.status) == status]
            named = [row.status_words for row in group if row.status == status]
            yield from self._fill_group(section, named[0] if named else "", colour, group)
        universal = sorted(
            (row for row in self.rows if row.universal), key=lambda r: r.id != _FIRST_OF_ALL
        )
        title = (
            _("{status_words} in every case", status_words=universal[0].status_words)
            if universal
            else ""
        )
        yield from self._fill_group(section, title, "dim", universal)

    def _fill_group(
        self, section: QVBoxLayout, title: str, colour: str, group: list[OptionRow]
    ) -> Iterator[None]:
        if not group:
            return
        label = words(title)
        label.setProperty("role", "status")
        label.setProperty("ink", colour)
        label.setContentsMargins(0, 4, 0, 0)
        section.addWidget(label)
        partners = {row.equal_with: row for row in group if row.equal_with}
        for row in group:
            if row.equal_with and any(r.id == row.equal_with for r in group):
                continue
            if row.id in partners:
                section.addWidget(self._equal(row, partners[row.id]))
            else:
                self._add(section, row)
            yield

    def _equal(self, *rows: OptionRow) -> QWidget:
        """Return a box in which equal alternatives have the same rank, side by side."""
        frame = QFrame()
        frame.setProperty("role", "equal")
        layout = QVBoxLayout(frame)
        layout.setContentsMargins(8, 4, 8, 4)
        layout.setSpacing(0)
        told = next(row.own_words for row in rows if row.own_words)
        layout.addWidget(words(f"{told}s", "accent"))
        sides = TwoColumns(_BESIDE_PX)
        made = []
        for row in rows:
            column = sides.column()
            made.append(self._add(column, row, told=told))
            column.addStretch(1)

        def turn(_open: bool = False) -> None:
            sides.keep_apart(any(fold.is_open for fold in made))

        for fold in made:
            fold.toggled.connect(turn)
        turn()
        layout.addWidget(sides)
        return frame

    def _add(self, section: QVBoxLayout, row: OptionRow, told: str = "") -> Fold:
        build = partial(
            fill_card,
            row=row,
            flips=partial(self.flips_of, row.id),
            before=partial(self.before, row.id),
            show_option=self._show,
            ways=self.ways,
        )
        fold = self.folds.fold(_fold_name(row.id), row.title, build)
        if _told(row) or row.missing or row.own_words or _fills_a_line(row):
            closed = _closed(row, self.ways, told)
            section.addWidget(fold)
            section.addWidget(closed)
        else:
            closed = QWidget()
            # Put the rule and where the sources differ beside a title without a reason below it.
            layout = FlowLayout(4)
            closed.setLayout(layout)
            for reason in row.reasons[:1]:
                layout.addWidget(rule_link(reason, self.ways))
                for chip in chips(reason.marks):
                    layout.addWidget(chip)
            for part in conflict_links(row.conflicts, self.ways.look_up):
                layout.addWidget(part)
            line = QHBoxLayout()
            line.addWidget(fold, 1)
            line.addWidget(closed, 0, Qt.AlignmentFlag.AlignTop)
            section.addLayout(line)
        # Only once it has its place: shown before, it would flash up as a window.
        closed.setHidden(fold.is_open)
        fold.toggled.connect(closed.setHidden)
        return fold

    def _show(self, option: str) -> None:
        """Open the card of another option."""
        self.folds.open(_fold_name(option))


def _fold_name(option: str) -> str:
    return _("option {option}", option=option)


def _told(row: OptionRow) -> str:
    """Return the reason that stands below the closed title, empty where only the card has it."""
    shown = row.reasons and row.status in _TOLD and not row.universal
    return row.reasons[0].text if shown else ""


def _fills_a_line(row: OptionRow) -> bool:
    """Whether what stands with an option is too much to stand beside its title."""
    marks = sum(len(reason.marks) for reason in row.reasons[:1])
    return bool(row.departures) or marks + len(row.conflicts) > _BESIDE_TITLE


def _closed(row: OptionRow, ways: Ways, own_words: str) -> QWidget:
    """Return the reason that decides, and where it leads, below the closed title.

    ``own_words`` stand above it already.
    """
    widget = QWidget()
    layout = QVBoxLayout(widget)
    layout.setContentsMargins(22, 0, 0, 0)
    layout.setSpacing(0)
    told = _told(row)
    if row.own_words != own_words and row.own_words.casefold() not in told.casefold():
        layout.addWidget(words(row.own_words, "accent"))
    for departure in row.departures:
        layout.addWidget(words(departure, "prompt"))
    if told:
        layout.addWidget(words(told, "dim"))
    flow = FlowLayout()
    if row.reasons:
        add_links(flow, row.reasons[0], ways, lead=bool(told) and not row.missing)
    if row.missing:
        flow.addWidget(missing_link(row.missing, ways))
    add_conflicts(flow, row.conflicts, ways.look_up)
    layout.addLayout(flow)
    return widget
