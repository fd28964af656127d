"""The assessment: category, the six findings, what is missing, options, alerts.

Every line shows its reason, the rule and the source, and is a click from its picture or
its field in the form.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)

from tumorboard.ui.models.assessment_rows import (
    AlertRow,
    AssessmentRows,
    CriterionRow,
    FlipRow,
    OptionRow,
    ReasonRow,
)
from tumorboard.ui.panels.marks import Mark
from tumorboard.ui.panels.parts import clear, head, link, rule, scroll_column, words
from tumorboard.ui.theme import COLOURS

#: The others stand in the tool tip and in the report.
_SOURCES_SHOWN = 2

_SECTIONS = ("empty", "banner", "criteria", "missing", "flips", "options", "alerts")

_STATUS_COLOURS = {
    "suggest": "accent",
    "consider": "accent",
    "trial_only": "prior",
    "deferred": "unknown",
    "not_established": "dim",
    "discourage": "present",
    "not_offered": "dim",
}


class AssessmentPanel(QWidget):
    """Shows an assessment; rebuilt section by section when that section changed."""

    jump_requested = Signal(tuple)
    fact_requested = Signal(str)
    place_requested = Signal(object)
    evidence_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        area, column = scroll_column()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(area)
        self._sections: dict[str, QVBoxLayout] = {}
        self._shown: dict[str, object] = {}
        for name in (*_SECTIONS, "foot"):
            section = QVBoxLayout()
            section.setSpacing(4)
            self._sections[name] = section
            column.addLayout(section)
        column.addStretch(1)
        self.set_assessment(None)

    def set_assessment(self, rows: AssessmentRows | None) -> None:
        """Show an assessment, or what to do when there is none."""
        if rows is None:
            self._section("empty", True, self._fill_empty)
            for name in (*_SECTIONS[1:], "foot"):
                self._section(name, None, lambda _section: None)
            return
        self._section("empty", None, lambda _section: None)
        banner = (rows.category, rows.title, rows.subtitle, rows.rule, rows.provisional)
        self._section("banner", (banner, rows.reason), lambda s: self._fill_banner(s, rows))
        self._section("criteria", rows.criteria, lambda s: self._fill_criteria(s, rows.criteria))
        self._section("missing", rows.missing, lambda s: self._fill_missing(s, rows.missing))
        self._section("options", rows.options, lambda s: self._fill_options(s, rows.options))
        self._section("alerts", rows.alerts, lambda s: self._fill_alerts(s, rows.alerts))
        self._section("foot", rows.guideline, lambda s: s.addWidget(words(rows.guideline, "dim")))

    def _section(self, name: str, content: object, fill: Callable[[QVBoxLayout], object]) -> None:
        if name in self._shown and self._shown[name] == content:
            return
        self._shown[name] = content
        clear(self._sections[name])
        fill(self._sections[name])

    def _fill_empty(self, section: QVBoxLayout) -> None:
        section.addWidget(words("Open a case, then state what is known in the Facts tab.", "dim"))

    def _fill_banner(self, section: QVBoxLayout, rows: AssessmentRows) -> None:
        frame = QFrame()
        frame.setProperty("role", "banner")
        frame.setProperty("state", rows.category)
        layout = QVBoxLayout(frame)
        layout.setContentsMargins(14, 12, 14, 12)
        layout.addWidget(words(rows.title, "title"))
        if rows.provisional:
            chip = QHBoxLayout()
            chip.addWidget(words(rows.provisional, "chip", wrap=False))
            chip.addStretch(1)
            layout.addLayout(chip)
        if rows.subtitle:
            layout.addWidget(words(rows.subtitle, "dim"))
        layout.addWidget(self._reason_lines(rows.reason))
        section.addWidget(frame)

    def _fill_criteria(self, section: QVBoxLayout, rows: tuple[CriterionRow, ...]) -> None:
        section.addWidget(head("Excluding findings"))
        for row in rows:
            section.addWidget(self._criterion(row))
            section.addWidget(rule())

    def _criterion(self, row: CriterionRow) -> QWidget:
        widget = QWidget()
        layout = QGridLayout(widget)
        layout.setContentsMargins(0, 4, 0, 4)
        layout.setVerticalSpacing(0)
        layout.addWidget(Mark(row.state), 0, 0)
        layout.addWidget(words(row.label), 0, 1)
        layout.addWidget(words(row.words, "dim", wrap=False), 0, 2)
        text = "assess" if row.state == "unknown" else "change"
        layout.addWidget(link(text, lambda: self.fact_requested.emit(row.name)), 0, 3)
        if row.origin:
            layout.addWidget(words(row.origin, "dim"), 1, 1, 1, 2)
        if row.place is not None:
            where = f"slice {row.place.slice_number}"
            layout.addWidget(link(where, lambda: self.place_requested.emit(row.place)), 1, 3)
        layout.setColumnStretch(1, 1)
        return widget

    def _fill_missing(self, section: QVBoxLayout, rows: tuple[tuple[str, str], ...]) -> None:
        if not rows:
            return
        section.addWidget(head("Also not assessed"))
        for name, label in rows:
            widget = QWidget()
            layout = QHBoxLayout(widget)
            layout.setContentsMargins(0, 1, 0, 1)
            layout.addWidget(Mark("unknown"))
            layout.addWidget(words(label), 1)
            layout.addWidget(link("assess", partial(self.fact_requested.emit, name)))
            section.addWidget(widget)

    def set_flips(self, rows: tuple[FlipRow, ...]) -> None:
        """Say what would change the category."""
        self._section("flips", rows, lambda s: self._fill_flips(s, rows))

    def _fill_flips(self, section: QVBoxLayout, rows: tuple[FlipRow, ...]) -> None:
        if rows:
            section.addWidget(head("What would change it"))
        for row in rows:
            widget = QWidget()
            layout = QGridLayout(widget)
            layout.setContentsMargins(0, 2, 0, 4)
            layout.setVerticalSpacing(0)
            layout.addWidget(words(f"{row.becomes} if", "dim"), 0, 0, 1, 2)
            layout.setColumnStretch(0, 1)
            for i, (name, text) in enumerate(row.changes):
                act = partial(self.fact_requested.emit, name)
                button = link("state", act)
                button.setAccessibleName(text)
                layout.addWidget(words(f"and {text}" if i else text), 1 + i, 0)
                layout.addWidget(button, 1 + i, 1, Qt.AlignmentFlag.AlignTop)
            section.addWidget(widget)

    def _fill_options(self, section: QVBoxLayout, rows: tuple[OptionRow, ...]) -> None:
        if rows:
            section.addWidget(head("Options in the literature"))
        for row in rows:
            section.addWidget(self._option(row))
            section.addWidget(rule())

    def _option(self, row: OptionRow) -> QWidget:
        widget = QWidget()
        layout = QGridLayout(widget)
        layout.setContentsMargins(0, 5, 0, 5)
        layout.setHorizontalSpacing(10)
        layout.setVerticalSpacing(2)
        status = words(row.status_words)
        name = _STATUS_COLOURS.get(row.status, "dim")
        status.setStyleSheet(f"color: {COLOURS[name]};")
        status.setFixedWidth(104)
        layout.addWidget(status, 0, 0)
        layout.addWidget(words(row.title), 0, 1)
        for i, reason in enumerate(row.reasons):
            layout.addWidget(self._reason_lines(reason), 1 + i, 1)
        layout.setColumnStretch(1, 1)
        return widget

    def _fill_alerts(self, section: QVBoxLayout, rows: tuple[AlertRow, ...]) -> None:
        if rows:
            section.addWidget(head("Alerts"))
        for row in rows:
            widget = QWidget()
            layout = QGridLayout(widget)
            layout.setContentsMargins(0, 3, 0, 3)
            layout.setVerticalSpacing(1)
            layout.addWidget(Mark(row.severity), 0, 0)
            layout.addWidget(words(row.text), 0, 1)
            layout.addWidget(self._reason_lines(row.reason, say=False), 1, 1)
            layout.setColumnStretch(1, 1)
            section.addWidget(widget)

    def _reason_lines(self, reason: ReasonRow, *, say: bool = True) -> QWidget:
        """Return the reason, its rule as a link and its sources; the rest is in the tool tip."""
        widget = QWidget()
        layout = QVBoxLayout(widget)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        if say and reason.text:
            layout.addWidget(words(reason.text, "dim"))
        below = QHBoxLayout()
        below.setSpacing(6)
        show = partial(self.evidence_requested.emit, reason.rule)
        top = Qt.AlignmentFlag.AlignTop
        below.addWidget(link(reason.rule, show, "Show the rule and what it rests on"), 0, top)
        below.addWidget(words(_source_line(reason), "dim"), 1)
        layout.addLayout(below)
        tip = [*_block("Sources:", reason.sources), *_block("Read for this line:", reason.inputs)]
        widget.setToolTip("\n".join(tip))
        return widget


def _source_line(reason: ReasonRow) -> str:
    """Return "UpToDate 2024, Determining resectability · 2 more sources"."""
    parts = list(reason.sources[:_SOURCES_SHOWN])
    more = len(reason.sources) - _SOURCES_SHOWN
    if more > 0:
        parts.append(f"{more} more source{'s' if more > 1 else ''}")
    return " · ".join(parts)


def _block(title: str, lines: tuple[str, ...]) -> list[str]:
    return [title, *lines] if lines else []
