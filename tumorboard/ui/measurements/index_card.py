"""The card of the index mass on top of the lesion panel."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from tumorboard.case.mass_card import CardLine, MassCard
from tumorboard.case.report_text import Origin
from tumorboard.language import _
from tumorboard.text import tip
from tumorboard.ui.shell.parts import link, rule, words
from tumorboard.ui.shell.theme import keep_scaled

_NAME_PX = 84
_NOT_MEASURED = _("Not measured. Press M, then drag the long axis on the axial view.")

Follow = Callable[[Origin], object]


def index_card(card: MassCard, follow: Follow, another: Callable[[], object]) -> QWidget:
    """Return the card; ``follow`` shows where a line can be checked, ``another`` measures more."""
    frame = QFrame()
    frame.setProperty("role", "card")
    column = QVBoxLayout(frame)
    column.setContentsMargins(12, 8, 12, 8)
    column.setSpacing(4)
    first = QHBoxLayout()
    first.addWidget(
        words(_("Index mass · {name}", name=card.name) if card.name else _("Index mass"), "dim"), 1
    )
    column.addLayout(first)
    if card.size:
        if card.origin.words:
            first.addWidget(_show(card.origin, _("the size"), follow), 0, Qt.AlignmentFlag.AlignTop)
        column.addWidget(words(card.size, "title"))
        column.addWidget(words(card.axes, "dim"))
    else:
        column.addWidget(words(_NOT_MEASURED, "dim"))
    for line in card.lines:
        column.addWidget(rule())
        column.addLayout(_row(line, follow))
    if card.size:
        column.addWidget(rule())
        column.addWidget(link(_("New lesion"), another), 0, Qt.AlignmentFlag.AlignLeft)
    return frame


def _row(line: CardLine, follow: Follow) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(8)
    grid.setVerticalSpacing(0)
    name = words(line.name, wrap=False)
    keep_scaled(name, least_width=_NAME_PX)
    grid.addWidget(name, 0, 0, Qt.AlignmentFlag.AlignTop)
    doubts = "\n".join(line.doubts)
    value = words(f"{line.value} ▲" if doubts else line.value, "dim")
    value.setToolTip(tip(doubts))
    value.setAccessibleName(f"{line.name}: {line.value}" + (f"; {doubts}" if doubts else ""))
    grid.addWidget(value, 0, 1, Qt.AlignmentFlag.AlignTop)
    grid.setColumnStretch(1, 1)
    if line.origin.words:
        grid.addWidget(_show(line.origin, line.name, follow), 0, 2, Qt.AlignmentFlag.AlignTop)
    return grid


def _show(origin: Origin, name: str, follow: Follow) -> QWidget:
    act = _("show") if origin.annotation_uids or origin.place is not None else _("state")
    button = link(act, lambda: follow(origin), _("Show {what}", what=origin.words))
    button.setAccessibleName(f"{name}: {act}, {origin.words}")
    return button
