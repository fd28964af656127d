"""The assessment: category, the six findings, what is missing, options, alerts.

Every line shows its reason, the rule and the source, and is a click from its picture or
its field in the form.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)

from tumorboard.case.response_rows import ResponseRows
from tumorboard.language import _
from tumorboard.ui.assessment.alerts import AlertLine, fill_alerts
from tumorboard.ui.assessment.card import fill_flips
from tumorboard.ui.assessment.criteria import fill_criteria, fill_missing
from tumorboard.ui.assessment.details import Details
from tumorboard.ui.assessment.folded import FoldedWays, fill_folded
from tumorboard.ui.assessment.options import OptionList
from tumorboard.ui.assessment.reasons import Ways, add_links, origin_link, reason_lines
from tumorboard.ui.assessment.response_table import fill_response
from tumorboard.ui.assessment.rows import (
    AlertRow,
    AssessmentRows,
    BoardBefore,
    FlipRow,
    OptionRow,
    Origin,
    ReasonRow,
)
from tumorboard.ui.shell.flow import FlowLayout
from tumorboard.ui.shell.parts import Folds, clear, head, link, rule, scroll_column, words
from tumorboard.ui.shell.trial_strip import TrialRows, TrialStrip

#: What is open stands before the options while no category can be named, and after them when
#: one can: then what would change it is no longer the question.
_BEFORE, _AFTER = ("missing before", "flips before"), ("missing", "flips")
_SECTIONS = (
    *("empty", "banner", "criteria", "alerts", "notes"),
    *(*_BEFORE, "options", "silences", *_AFTER, "response", "details"),
)
#: The fact that makes a category provisional while it is not stated.
_CONFIRMED = "histology_confirmed"
_NOTHING_ASKED = BoardBefore(_("Like cases are being looked for."))


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
    case_requested = Signal(str)
    shown = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        area, column = scroll_column()
        self.strip = TrialStrip()
        self._try = link(_("Try values"), partial(self.try_requested.emit, ()))
        self._try.setToolTip(_("See what would follow; nothing of it is recorded"))
        self._folds = Folds()
        self._options: tuple[OptionRow, ...] = ()
        self._option_flips: Mapping[str, tuple[FlipRow, ...]] = {}
        self._before: Callable[[str], BoardBefore] = lambda _option: _NOTHING_ASKED
        self._settled = False
        self._flips: tuple[FlipRow, ...] = ()
        self._ways = Ways(
            self.evidence_requested.emit,
            self._go_to,
            self.fact_requested.emit,
            self.try_requested.emit,
            self.case_requested.emit,
        )
        emits = (self.date_entered.emit, self.export_requested.emit)
        self._folded_ways = FoldedWays(self._ways, *emits)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.strip)
        layout.addWidget(area)
        self._sections: dict[str, QVBoxLayout] = {}
        self._shown: dict[str, object] = {}
        #: Whether sections of a panel that was empty are built one after the other, so that
        #: the window goes on answering meanwhile.
        self.in_steps = False
        self._waiting: dict[str, Iterator[object]] = {}
        self._step = QTimer(self)
        self._step.setSingleShot(True)
        self._step.timeout.connect(self._next_step)
        column.setSpacing(2)
        column.setContentsMargins(15, 6, 15, 4)
        for name in (*_SECTIONS, "foot"):
            section = QVBoxLayout()
            section.setSpacing(1)
            self._sections[name] = section
            if name == "foot":
                last = QHBoxLayout()
                last.addWidget(self._try)
                last.addLayout(section, 1)
                column.addLayout(last)
            else:
                column.addLayout(section)
        column.addStretch(1)
        self.set_assessment(None)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - a name of Qt
        """Tell that it came to the front: it may have to be filled."""
        super().showEvent(event)
        self.shown.emit()

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
        banner = (rows.category, rows.title, rows.qualifiers, rows.unassessed, rows.provisional)
        self._section("banner", (banner, rows.reason), lambda s: self._fill_banner(s, rows))
        self._section(
            "criteria",
            rows.criteria,
            lambda s: fill_criteria(s, rows.criteria, self._folds, self._ways),
        )
        self._section("alerts", rows.alerts, lambda s: self._fill_alerts(s, rows.alerts))
        self._section("notes", rows.notes, lambda s: self._fill_reasons(s, rows.notes))
        if self._settled != rows.is_settled:
            self._settled = rows.is_settled
            self._show_flips()
        here, there = (_AFTER, _BEFORE) if self._settled else (_BEFORE, _AFTER)
        self._section(here[0], rows.missing, lambda s: fill_missing(s, rows.missing, self._ways))
        self._section(there[0], None, lambda _section: None)
        self._options = rows.options
        self._show_options()
        self._section("silences", rows.silences, lambda s: self._fill_reasons(s, rows.silences))
        self._try.setVisible(self.strip.isHidden())
        self._section("foot", rows.guideline, lambda s: s.addWidget(words(rows.guideline, "dim")))

    def _go_to(self, origin: Origin) -> None:
        """Ask for the picture that a value comes from, or for its field."""
        if origin.place is not None:
            self.place_requested.emit(origin.place)
        elif origin.annotation_uids:
            self.jump_requested.emit(origin.annotation_uids)
        else:
            self.fact_requested.emit(origin.field)

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
        for __ in _steps(fill(self._sections[name])):
            pass

    def _next_step(self) -> None:
        """Build the next piece of what waits; what was taken back meanwhile waits no more."""
        if self._waiting:
            name, steps = next(iter(self._waiting.items()))
            if next(steps, self) is self:
                self._waiting.pop(name, None)
            self._step.start()

    def _fill_empty(self, section: QVBoxLayout) -> None:
        section.addWidget(
            words(_("Open a case, then state what is known in the Facts tab."), "dim")
        )

    def _fill_banner(self, section: QVBoxLayout, rows: AssessmentRows) -> None:
        frame = QFrame()
        frame.setProperty("role", "banner")
        frame.setProperty("state", rows.category)
        layout = QVBoxLayout(frame)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(2)
        first = QHBoxLayout()
        first.addWidget(words(rows.title, "title"), 1)
        beside = FlowLayout()
        add_links(beside, rows.reason, self._ways)
        first.addLayout(beside)
        layout.addLayout(first)
        if rows.provisional:
            chip = FlowLayout()
            chip.addWidget(words(_("Provisional: {why}", why=rows.provisional), "chip", wrap=False))
            chip.addWidget(link(_("state"), partial(self.fact_requested.emit, _CONFIRMED)))
            layout.addLayout(chip)
        for qualifier in rows.qualifiers:
            line = QHBoxLayout()
            line.addWidget(words(qualifier.text[:1].upper() + qualifier.text[1:], "prompt"), 1)
            if qualifier.origin is not None:
                place = origin_link(qualifier.origin, self._ways)
                line.addWidget(place, 0, Qt.AlignmentFlag.AlignTop)
            layout.addLayout(line)
            if qualifier.acknowledged:
                layout.addWidget(words(qualifier.acknowledged, "dim"))
        if rows.unassessed:
            layout.addWidget(words(rows.unassessed, "dim"))
        layout.addWidget(words(rows.reason.text, "dim"))
        section.addWidget(frame)

    def set_flips(
        self, rows: tuple[FlipRow, ...], options: Mapping[str, tuple[FlipRow, ...]] | None = None
    ) -> None:
        """Say what would change the category, and each option by its identifier."""
        self._flips = rows
        self._show_flips()
        changed = self._option_flips != (options or {})
        self._option_flips = options or {}
        if changed:
            self._cards_again()

    def set_before(self, before: Callable[[str], BoardBefore]) -> None:
        """Say what this board decided in like cases, by the identifier of an option."""
        self._before = before
        self._cards_again()

    def _told_before(self, option: str) -> BoardBefore:
        return self._before(option)

    def _cards_again(self) -> None:
        """Build the options anew where one of them shows its card."""
        if self._folds.any_open("option "):
            self._shown.pop("options", None)
            self._show_options()

    def _show_flips(self) -> None:
        rows, (here, there) = self._flips, ("flips", "flips before")
        self._section(here, rows if self._settled else None, self._fold_flips)
        self._section(there, None if self._settled else rows, self._fill_flips)

    def _fill_flips(self, section: QVBoxLayout) -> None:
        if self._flips and not self._settled:
            section.addWidget(head(_("What would change it")))
            fill_flips(section, self._flips, self._ways)

    def _fold_flips(self, section: QVBoxLayout) -> None:
        if self._flips and self._settled:
            build = partial(fill_flips, rows=self._flips, ways=self._ways)
            section.addWidget(self._folds.fold("flips", _("What would change it"), build))

    def set_trial(self, rows: TrialRows | None) -> None:
        """Say that values are tried, or that the record is shown."""
        self.strip.set_trial(rows)
        self._try.setVisible(rows is None and bool(self._shown.get("banner")))

    def set_details(self, rows: Details | None) -> None:
        """Show what is folded: staging, follow-up, disagreements, outcome, pitfalls."""

        def fill(section: QVBoxLayout) -> None:
            if rows is not None:
                section.addWidget(rule())
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
        if not self._options:
            return
        section.addWidget(head(_("Options in the literature")))
        listed = OptionList(
            self._options,
            lambda option: self._option_flips.get(option, ()),
            self._told_before,
            self._folds,
            self._ways,
        )
        yield from listed.fill(section)

    def _fill_alerts(self, section: QVBoxLayout, rows: tuple[AlertRow, ...]) -> Iterator[None]:
        if rows:
            section.addWidget(head(_("Alerts")))
        yield from fill_alerts(section, rows, self._folds, self._alert_line)

    def _fill_reasons(self, section: QVBoxLayout, rows: tuple[ReasonRow, ...]) -> Iterator[None]:
        for row in rows:
            section.addWidget(reason_lines(row, self._ways))
            yield

    def _alert_line(self, row: AlertRow) -> AlertLine:
        return AlertLine(
            row,
            self._ways,
            self.acknowledge_requested.emit,
            self.acknowledgement_withdrawn.emit,
        )


def _steps(made: object) -> Iterator[object]:
    """Return the steps in which a section is filled; it may have been filled at once."""
    return made if isinstance(made, Iterator) else iter(())


def _begin(fill: Callable[[QVBoxLayout], object], section: QVBoxLayout) -> Iterator[object]:
    """Yield after each step in which a section is filled."""
    yield from _steps(fill(section))
