"""What the assessment keeps folded: staging, follow-up, disagreements, outcome, pitfalls."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from tumorboard.language import _
from tumorboard.text import tip
from tumorboard.ui.assessment.details import Details, FollowUpRows, NoteRow, StageRow
from tumorboard.ui.assessment.reasons import Ways, conflict_lines, origin_link
from tumorboard.ui.assessment.rows import ConflictRow
from tumorboard.ui.shell.flow import TwoColumns
from tumorboard.ui.shell.parts import Folds, link, rule, words

#: A schedule runs for ten years; the side by side view has one column a year.
_YEARS = 10
_MONTHS = 12
#: Closed folds stand beside each other from this width (px) on.
_BESIDE_PX = 280
_STATE_ROLES = {"overdue": "prompt", "missed": "prompt"}


class FoldedWays:
    """What the folded sections can ask for."""

    def __init__(
        self,
        lines: Ways,
        enter_date: Callable[[str, str], object],
        export: Callable[[], object],
    ) -> None:
        self.lines = lines
        self.look_up, self.ask = lines.look_up, lines.ask
        self.enter_date = enter_date
        self.export = export


def fill_folded(section: QVBoxLayout, rows: Details, folds: Folds, ways: FoldedWays) -> None:
    """Fill a section with everything that is folded; what is empty is left out."""
    notes = partial(_fill_notes, rows=rows.notes, ways=ways)
    parts: list[tuple[str, bool, Callable[[QVBoxLayout], object]]] = [
        (_("Further remarks"), bool(rows.notes), notes),
        (_("Staging and grade"), True, partial(_fill_staging, rows=rows.staging, ways=ways)),
        (
            _("Sources differ: {count}", count=len(rows.conflicts)),
            bool(rows.conflicts),
            partial(_fill_conflicts, rows=rows.conflicts, ways=ways),
        ),
        (_("Follow-up"), True, partial(_fill_follow_up, rows=rows.follow_up, ways=ways)),
        (_("Outcome of patient groups"), True, partial(_fill_outcome, rows, ways)),
        (_("Pitfalls"), True, partial(_fill_notes, rows=rows.pitfalls, ways=ways)),
        (_("Settings changed here"), bool(rows.settings), partial(_fill_lines, rows.settings)),
    ]
    sides = TwoColumns(_BESIDE_PX)
    there = [(title, build) for title, is_there, build in parts if is_there]
    columns = sides.column(), sides.column()
    made = []
    for n, (title, build) in enumerate(there):
        fold = folds.fold(title.split(":")[0], title, build)
        columns[n * 2 // len(there)].addWidget(fold)
        made.append(fold)

    def turn(_open: bool = False) -> None:
        sides.keep_apart(any(fold.is_open for fold in made))

    for fold in made:
        fold.toggled.connect(turn)
    turn()
    section.addWidget(sides)


def _fill_lines(lines: Sequence[str], section: QVBoxLayout) -> None:
    for text in lines:
        section.addWidget(words(text))


def _fill_notes(section: QVBoxLayout, *, rows: Sequence[NoteRow], ways: FoldedWays) -> None:
    for row in rows:
        section.addWidget(_note(row, ways))


def _note(row: NoteRow, ways: FoldedWays) -> QWidget:
    widget = QWidget()
    layout = QVBoxLayout(widget)
    layout.setContentsMargins(0, 1, 0, 3)
    layout.setSpacing(0)
    layout.addWidget(words(row.text))
    below = QHBoxLayout()
    below.addWidget(link(row.id, partial(ways.look_up, row.id)), 0, Qt.AlignmentFlag.AlignTop)
    below.addWidget(words(row.source, "dim"), 1)
    if row.origin is not None:
        below.addWidget(origin_link(row.origin, ways.lines), 0, Qt.AlignmentFlag.AlignTop)
    layout.addLayout(below)
    return widget


def _fill_staging(section: QVBoxLayout, *, rows: Sequence[StageRow], ways: FoldedWays) -> None:
    for row in rows:
        widget = QWidget()
        layout = QGridLayout(widget)
        layout.setContentsMargins(0, 1, 0, 4)
        layout.setVerticalSpacing(0)
        layout.setColumnStretch(0, 1)
        layout.addWidget(words(row.label), 0, 0)
        layout.addWidget(words(row.text), 0, 1)
        parts = " · ".join(f"{label}: {text}" for label, text in row.parts)
        layout.addWidget(words(parts, "dim"), 1, 0, 1, 2)
        layout.addWidget(words(row.source, "dim"), 2, 0, 1, 2)
        section.addWidget(widget)
    section.addWidget(link(_("Enter the diameters"), partial(ways.ask, "diameters_cm")))


def _fill_conflicts(section: QVBoxLayout, *, rows: Sequence[ConflictRow], ways: FoldedWays) -> None:
    for row in rows:
        section.addWidget(conflict_lines(row, ways.look_up))
        section.addWidget(rule())


def _fill_outcome(rows: Details, ways: FoldedWays, section: QVBoxLayout) -> None:
    section.addWidget(words(rows.prognosis, "prompt" if rows.figures else "dim"))
    for label, text in rows.figures:
        line = QHBoxLayout()
        line.addWidget(words(label), 1)
        line.addWidget(words(text))
        section.addLayout(line)
    _fill_notes(section, rows=rows.prognosis_notes, ways=ways)


def _fill_follow_up(section: QVBoxLayout, *, rows: FollowUpRows, ways: FoldedWays) -> None:
    section.addWidget(words(rows.title))
    for row in rows.reasons:
        section.addWidget(_note(row, ways))
    if not rows.visits:
        return
    section.addWidget(words(rows.visit_text, "dim"))
    line = QHBoxLayout()
    line.addWidget(words(_("Day of surgery"), wrap=False))
    field = QLineEdit(rows.surgery)
    field.setPlaceholderText("2026-03-01")
    field.setAccessibleName(_("Day of surgery"))
    field.returnPressed.connect(lambda: ways.enter_date("date:surgery", field.text()))
    line.addWidget(field, 1)
    section.addLayout(line)
    export = QPushButton(_("Export as calendar file…"))
    export.setEnabled(bool(rows.surgery))
    export.clicked.connect(lambda _checked=False: ways.export())
    section.addWidget(export)
    grid = QGridLayout()
    grid.setVerticalSpacing(2)
    grid.setColumnStretch(2, 1)
    for i, visit in enumerate(rows.visits):
        grid.addWidget(words(f"{visit.number}", "dim", wrap=False), i, 0)
        day = visit.day or _("month {month}", month=visit.month)
        grid.addWidget(words(day, wrap=False), i, 1)
        said = (
            _("month {month} · {words}", month=visit.month, words=visit.words)
            if visit.day
            else visit.words
        )
        grid.addWidget(words(said.strip(" ·"), _STATE_ROLES.get(visit.state, "dim")), i, 2)
    section.addLayout(grid)
    section.addWidget(words(_("Side by side, visits a year"), "dim"))
    grid = QGridLayout()
    grid.setHorizontalSpacing(2)
    grid.setVerticalSpacing(2)
    grid.setColumnStretch(0, 1)
    for year in range(_YEARS):
        grid.addWidget(_cell(str(year + 1), "dim"), 0, 1 + year)
    for i, (name, months) in enumerate(rows.variants, start=1):
        label = words(name)
        label.setToolTip(tip(_("Months: {months}", months=", ".join(map(str, months)))))
        grid.addWidget(label, i, 0)
        for year in range(_YEARS):
            count = sum(year * _MONTHS < m <= (year + 1) * _MONTHS for m in months)
            grid.addWidget(_cell(str(count)), i, 1 + year)
    section.addLayout(grid)


def _cell(text: str, role: str = "") -> QLabel:
    cell = words(text, role, wrap=False)
    cell.setAlignment(Qt.AlignmentFlag.AlignCenter)
    cell.setMinimumWidth(16)
    return cell
