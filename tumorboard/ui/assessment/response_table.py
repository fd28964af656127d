"""The course of a case by RECIST 1.1, one block a date."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout

from tumorboard.case.response_rows import STATE_WORDS, ResponseRows, StateRow
from tumorboard.language import _
from tumorboard.ui.shell.parts import link, words

_RULES = _(
    "Progression: 20 % and 5 mm above the smallest sum, or a new lesion. Partial response: 30 % "
    "below the baseline. Nodes count by their short axis."
)


def fill_response(
    section: QVBoxLayout, *, rows: ResponseRows, say: Callable[[str, str], object]
) -> None:
    """Fill a section with the dates, the oldest first.

    ``say`` takes the key of a lesion that is not measured, and its state or an empty text.
    """
    for row in rows.rows:
        grid = QGridLayout()
        grid.setColumnStretch(1, 1)
        grid.setVerticalSpacing(1)
        grid.addWidget(words(row.date, wrap=False), 0, 0)
        grid.addWidget(words(f"{row.overall} · {row.total}"), 0, 1)
        for offset, text in ((1, row.change), (2, row.why)):
            if text:
                grid.addWidget(words(text, "dim"), offset, 1)
        section.addLayout(grid)
        for state in row.states:
            section.addLayout(_state(state, say))
    for doubt in rows.doubts:
        section.addWidget(words(_("Choice of targets: {doubt}", doubt=doubt)))
    section.addWidget(words(_RULES, "dim"))


def _state(row: StateRow, say: Callable[[str, str], object]) -> QHBoxLayout:
    line = QHBoxLayout()
    line.setSpacing(6)
    if row.state:
        line.addWidget(words(f"{row.name}: {STATE_WORDS.get(row.state, row.state)}", "dim"), 1)
        line.addWidget(link(_("take back"), partial(say, row.key, "")))
        return line
    line.addWidget(words(_("{lesion} is", lesion=row.name), "dim"), 1)
    for state, text in STATE_WORDS.items():
        button = link(text, partial(say, row.key, state))
        button.setAccessibleName(_("{lesion} is {state}", lesion=row.name, state=text))
        line.addWidget(button)
    return line
