"""The options of the literature: grouped by their words, each opens to its reasons."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from tumorboard.ui.assessment.reasons import carried_links, conflict_lines, reason_lines
from tumorboard.ui.assessment.rows import FlipRow, OptionRow, ReasonRow
from tumorboard.ui.shell.parts import Folds, link, rule, words
from tumorboard.ui.shell.theme import COLOURS

_STATUS_COLOURS = {
    "suggest": "accent",
    "consider": "accent",
    "trial_only": "prior",
    "deferred": "unknown",
    "not_established": "dim",
    "discourage": "present",
    "not_offered": "dim",
}
_SIDES = (("for", "Speaks for it"), ("against", "Speaks against it"), ("waits", "Waits for"))


class Ways:
    """What the lines of the panel can ask for."""

    def __init__(
        self,
        look_up: Callable[[str], object],
        ask: Callable[[str], object],
        attempt: Callable[[tuple[tuple[str, object], ...]], object],
    ) -> None:
        self.look_up = look_up
        self.ask = ask
        self.attempt = attempt


def fill_options(
    section: QVBoxLayout,
    rows: tuple[OptionRow, ...],
    flips_of: Callable[[str], tuple[FlipRow, ...]],
    folds: Folds,
    ways: Ways,
) -> Iterator[None]:
    """Fill a section with the options, those of one status together, never scored; in steps."""
    for status, colour in _STATUS_COLOURS.items():
        group = [row for row in rows if (row.group or row.status) == status]
        if not group:
            continue
        title = words(next(row.status_words for row in group if row.status == status))
        title.setStyleSheet(f"color: {COLOURS[colour]}; font-weight: 600;")
        title.setContentsMargins(0, 6, 0, 0)
        section.addWidget(title)
        for row in group:
            build = partial(_fill_option, row=row, flips_of=flips_of, ways=ways)
            fold, closed = folds.fold(f"option {row.id}", row.title, build), _deciding(row, ways)
            section.addWidget(fold)
            section.addWidget(closed)
            # Only once it has its place: shown before, it would flash up as a window.
            closed.setHidden(fold.is_open)
            fold.toggled.connect(closed.setHidden)
            section.addWidget(rule())
            yield


def _deciding(row: OptionRow, ways: Ways) -> QWidget:
    """Return the reason that decides, below the closed title."""
    widget = QWidget()
    layout = QVBoxLayout(widget)
    layout.setContentsMargins(22, 0, 0, 4)
    if row.own_words:
        layout.addWidget(words(row.own_words, "accent"))
    for reason in row.reasons[:1]:
        layout.addWidget(reason_lines(reason, ways.look_up))
    if row.conflicts:
        layout.addWidget(carried_links(row.conflicts, ways.look_up))
    return widget


def _fill_option(
    section: QVBoxLayout,
    *,
    row: OptionRow,
    flips_of: Callable[[str], tuple[FlipRow, ...]],
    ways: Ways,
) -> None:
    if row.own_words:
        section.addWidget(words(row.own_words, "accent"))
    for side, title in _SIDES:
        _reasons(section, title, [r for r in row.reasons if r.side == side], ways)
    _reasons(section, "Dose, timing and conditions", row.cards, ways)
    if row.conflicts:
        section.addWidget(words("The sources differ", "dim"))
    for conflict in row.conflicts:
        section.addWidget(conflict_lines(conflict, ways.look_up))
    fill_flips(section, "What would change it", flips_of(row.id), ways)


def _reasons(
    section: QVBoxLayout, title: str, reasons: list[ReasonRow] | tuple[ReasonRow, ...], ways: Ways
) -> None:
    if reasons:
        section.addWidget(words(title, "dim"))
    for reason in reasons:
        section.addWidget(reason_lines(reason, ways.look_up, whole=True))


def fill_flips(
    section: QVBoxLayout, title: str, rows: tuple[FlipRow, ...], ways: Ways, role: str = "dim"
) -> None:
    """Fill a section with what would come about by which values."""
    if rows and title:
        section.addWidget(words(title, role))
    for row in rows:
        widget = QWidget()
        layout = QGridLayout(widget)
        layout.setContentsMargins(0, 2, 0, 4)
        layout.setVerticalSpacing(0)
        layout.setColumnStretch(0, 1)
        first = QHBoxLayout()
        first.addWidget(words(f"{row.becomes} if", "dim"), 1)
        attempt = link("try", partial(ways.attempt, row.values), "See what follows; not recorded")
        attempt.setAccessibleName("Try: " + ", ".join(text for _, text in row.changes))
        first.addWidget(attempt)
        layout.addLayout(first, 0, 0, 1, 2)
        for i, (name, text) in enumerate(row.changes):
            button = link("state", partial(ways.ask, name), "Go to the field")
            button.setAccessibleName(text)
            layout.addWidget(words(f"and {text}" if i else text), 1 + i, 0)
            layout.addWidget(button, 1 + i, 1, Qt.AlignmentFlag.AlignTop)
        section.addWidget(widget)
