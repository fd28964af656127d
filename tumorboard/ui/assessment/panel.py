"""The assessment: category, the six findings, what is missing, options, alerts.

Every line shows its reason, the rule and the source, and is a click from its picture or
its field in the form.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)

from tumorboard.case.response_rows import ResponseRows
from tumorboard.ui.assessment.alerts import AlertLine, fill_alerts
from tumorboard.ui.assessment.details import Details
from tumorboard.ui.assessment.folded import FoldedWays, fill_folded
from tumorboard.ui.assessment.options import Ways, fill_flips, fill_options
from tumorboard.ui.assessment.reasons import reason_lines
from tumorboard.ui.assessment.response_table import fill_response
from tumorboard.ui.assessment.rows import (
    AlertRow,
    AssessmentRows,
    CriterionRow,
    FlipRow,
    OptionRow,
    ReasonRow,
)
from tumorboard.ui.shell.marks import Mark
from tumorboard.ui.shell.parts import Folds, clear, head, link, rule, scroll_column, words
from tumorboard.ui.shell.trial_strip import TrialRows, TrialStrip

_SECTIONS = (
    *("empty", "banner", "criteria", "missing", "flips", "alerts", "notes", "options"),
    *("silences", "response", "details"),
)


class AssessmentPanel(QWidget):
    """Shows an assessment; rebuilt section by section when that section changed."""

    jump_requested = Signal(tuple)
    fact_requested = Signal(str)
    place_requested = Signal(object)
    evidence_requested = Signal(str)
    acknowledge_requested = Signal(str, str, str)
    acknowledgement_withdrawn = Signal(str)
    try_requested = Signal(object)
    date_entered = Signal(str, str)
    export_requested = Signal()
    lesion_state_said = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        area, column = scroll_column()
        self.strip = TrialStrip()
        self._try = link("Try values without recording them", partial(self.try_requested.emit, ()))
        self._folds = Folds()
        self._options: tuple[OptionRow, ...] = ()
        self._option_flips: Mapping[str, tuple[FlipRow, ...]] = {}
        emits = (self.evidence_requested.emit, self.fact_requested.emit)
        self._ways = Ways(*emits, self.try_requested.emit)
        self._folded_ways = FoldedWays(*emits, self.date_entered.emit, self.export_requested.emit)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.strip)
        layout.addWidget(area)
        column.addWidget(self._try, 0, Qt.AlignmentFlag.AlignLeft)
        self._sections: dict[str, QVBoxLayout] = {}
        self._shown: dict[str, object] = {}
        #: Whether sections of a panel that was empty are built one after the other, so that
        #: the window goes on answering meanwhile.
        self.in_steps = False
        self._waiting: dict[str, Iterator[object]] = {}
        self._step = QTimer(self)
        self._step.setSingleShot(True)
        self._step.timeout.connect(self._next_step)
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
            self._options = ()
            for name in (*_SECTIONS[1:], "foot"):
                self._section(name, None, lambda _section: None)
            self._try.hide()
            return
        self._section("empty", None, lambda _section: None)
        banner = (rows.category, rows.title, rows.subtitle, rows.rule, rows.provisional)
        self._section("banner", (banner, rows.reason), lambda s: self._fill_banner(s, rows))
        self._section("criteria", rows.criteria, lambda s: self._fill_criteria(s, rows.criteria))
        self._section("missing", rows.missing, lambda s: self._fill_missing(s, rows.missing))
        self._options = rows.options
        self._show_options()
        self._section("alerts", rows.alerts, lambda s: self._fill_alerts(s, rows.alerts))
        self._section("notes", rows.notes, lambda s: self._fill_reasons(s, "", rows.notes))
        silent = "The sources say nothing about"
        self._section(
            "silences", rows.silences, lambda s: self._fill_reasons(s, silent, rows.silences)
        )
        self._try.setVisible(self.strip.isHidden())
        self._section("foot", rows.guideline, lambda s: s.addWidget(words(rows.guideline, "dim")))

    def _section(self, name: str, content: object, fill: Callable[[QVBoxLayout], object]) -> None:
        if name in self._shown and self._shown[name] == content:
            return
        self._shown[name] = content
        if self.in_steps and content and self._sections[name].count() == 0:
            self._waiting[name] = _begin(fill, self._sections[name])
            self._step.start()
            return
        self._waiting.pop(name, None)
        clear(self._sections[name])
        for _ in _steps(fill(self._sections[name])):
            pass

    def _next_step(self) -> None:
        """Build the next piece of what waits; what was taken back meanwhile waits no more."""
        if self._waiting:
            name, steps = next(iter(self._waiting.items()))
            if next(steps, self) is self:
                self._waiting.pop(name, None)
            self._step.start()

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
        layout.addWidget(reason_lines(rows.reason, self.evidence_requested.emit))
        section.addWidget(frame)

    def _fill_criteria(
        self, section: QVBoxLayout, rows: tuple[CriterionRow, ...]
    ) -> Iterator[None]:
        section.addWidget(head("Excluding findings"))
        for row in rows:
            section.addWidget(self._criterion(row))
            section.addWidget(rule())
            yield

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

    def _fill_missing(
        self, section: QVBoxLayout, rows: tuple[tuple[str, str], ...]
    ) -> Iterator[None]:
        if rows:
            section.addWidget(head("Also not assessed"))
        for name, label in rows:
            widget = QWidget()
            layout = QHBoxLayout(widget)
            layout.setContentsMargins(0, 1, 0, 1)
            layout.addWidget(Mark("unknown"))
            layout.addWidget(words(label), 1)
            layout.addWidget(link("assess", partial(self.fact_requested.emit, name)))
            section.addWidget(widget)
            yield

    def set_flips(
        self, rows: tuple[FlipRow, ...], options: Mapping[str, tuple[FlipRow, ...]] | None = None
    ) -> None:
        """Say what would change the category, and each option by its identifier."""
        self._section("flips", rows, lambda s: self._fill_flips(s, rows))
        changed = self._option_flips != (options or {})
        self._option_flips = options or {}
        if changed and self._folds.any_open("option "):
            self._shown.pop("options", None)
            self._show_options()

    def _fill_flips(self, section: QVBoxLayout, rows: tuple[FlipRow, ...]) -> None:
        if rows:
            section.addWidget(head("What would change it"))
        fill_flips(section, "", rows, self._ways)

    def set_trial(self, rows: TrialRows | None) -> None:
        """Say that values are tried, or that the record is shown."""
        self.strip.set_trial(rows)
        self._try.setVisible(rows is None and bool(self._shown.get("banner")))

    def set_details(self, rows: Details | None) -> None:
        """Show what is folded: staging, follow-up, disagreements, outcome, pitfalls."""

        def fill(section: QVBoxLayout) -> None:
            if rows is not None:
                section.addWidget(head("More"))
                fill_folded(section, rows, self._folds, self._folded_ways)

        self._section("details", rows, fill)

    def set_response(self, rows: ResponseRows | None) -> None:
        """Show the response over the time points; nothing when nothing was measured twice."""

        def fill(section: QVBoxLayout) -> None:
            if rows is not None:
                build = partial(fill_response, rows=rows, say=self.lesion_state_said.emit)
                section.addWidget(self._folds.fold("response", rows.title, build))
                section.addWidget(rule())

        self._section("response", rows, fill)

    def _show_options(self) -> None:
        self._section("options", self._options, self._fill_options)

    def _fill_options(self, section: QVBoxLayout) -> Iterator[None]:
        if self._options:
            section.addWidget(head("Options in the literature"))

        def flips_of(option: str) -> tuple[FlipRow, ...]:
            return self._option_flips.get(option, ())

        yield from fill_options(section, self._options, flips_of, self._folds, self._ways)

    def _fill_alerts(self, section: QVBoxLayout, rows: tuple[AlertRow, ...]) -> Iterator[None]:
        if rows:
            section.addWidget(head("Alerts"))
        yield from fill_alerts(section, rows, self._folds, self._alert_line)

    def _fill_reasons(
        self, section: QVBoxLayout, title: str, rows: tuple[ReasonRow, ...]
    ) -> Iterator[None]:
        if rows and title:
            section.addWidget(head(title))
        for row in rows:
            section.addWidget(reason_lines(row, self.evidence_requested.emit))
            yield

    def _alert_line(self, row: AlertRow) -> AlertLine:
        return AlertLine(
            row,
            self.evidence_requested.emit,
            self.acknowledge_requested.emit,
            self.acknowledgement_withdrawn.emit,
        )


def _steps(made: object) -> Iterator[object]:
    """Return the steps in which a section is filled; it may have been filled at once."""
    return made if isinstance(made, Iterator) else iter(())


def _begin(fill: Callable[[QVBoxLayout], object], section: QVBoxLayout) -> Iterator[object]:
    """Yield after each step in which a section is filled."""
    yield from _steps(fill(section))
