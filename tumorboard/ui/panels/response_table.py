"""The course of a case by RECIST 1.1, one block a date."""

from __future__ import annotations

from PySide6.QtWidgets import QGridLayout, QVBoxLayout

from tumorboard.ui.models.response_rows import ResponseRows
from tumorboard.ui.panels.parts import words

_RULES = (
    "Progression: 20 % and 5 mm above the smallest sum, or a new lesion. Partial response: 30 % "
    "below the baseline. Nodes count by their short axis."
)


def fill_response(section: QVBoxLayout, *, rows: ResponseRows) -> None:
    """Fill a section with the dates, the oldest first."""
    grid = QGridLayout()
    grid.setColumnStretch(1, 1)
    grid.setVerticalSpacing(1)
    for i, row in enumerate(rows.rows):
        grid.addWidget(words(row.date, wrap=False), 3 * i, 0)
        grid.addWidget(words(f"{row.overall} · {row.total}"), 3 * i, 1)
        for offset, text in ((1, row.change), (2, row.why)):
            if text:
                grid.addWidget(words(text, "dim"), 3 * i + offset, 1)
    section.addLayout(grid)
    section.addWidget(words(_RULES, "dim"))
