"""Joins the assessment, the form of facts and the evidence with the session.

While a trial is on, the panels show what would follow from the tried values; the session and
the store know nothing of it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from tumorboard.app.calendar_file import write_follow_up
from tumorboard.app.case_change import DERIVED, FACTS, REMARKS
from tumorboard.case.anatomy import beside_criteria, checklist
from tumorboard.case.facts import FactSheet
from tumorboard.case.model import Case
from tumorboard.guidelines.trial import tried_sheet, tried_text
from tumorboard.ui.assessment.details import details
from tumorboard.ui.assessment.history import history_lines, organ_lines
from tumorboard.ui.assessment.institution import Institution
from tumorboard.ui.assessment.panel_rows import assessment_rows
from tumorboard.ui.assessment.response_rows import response_rows
from tumorboard.ui.assessment.what_if import WhatIfSearch
from tumorboard.ui.shell.trial_strip import TrialRows

if TYPE_CHECKING:
    from tumorboard.ui.shell.host import Host

Values = tuple[tuple[str, object], ...]


class AssessmentFeature(QObject):
    """Shows what is recorded and what follows from it; keeps the values of a trial."""

    FAMILIES: ClassVar = frozenset({DERIVED, FACTS, REMARKS})

    def __init__(self, host: Host) -> None:
        super().__init__(host.window)
        self._host = host
        self._trial: dict[str, object] | None = None
        self._trial_case = ""
        self._told = False
        self.institution = Institution(host)
        self.what_if = WhatIfSearch(host, lambda: self.facts)

    @property
    def is_trial(self) -> bool:
        """Whether values are tried."""
        return self._trial is not None

    @property
    def facts(self) -> FactSheet:
        """The facts that are shown: those in force, or those of the trial."""
        facts = self._host.session.facts
        return facts if self._trial is None else tried_sheet(facts, self._trial)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what each command does."""
        return {
            "case.trial": self.switch_trial,
            "case.calendar": self.export_calendar,
            "institution.settings": self.institution.edit_settings,
        }

    def start(self) -> None:
        """Listen to the panels."""
        window, attempt = self._host.window, self._host.attempt
        form, panel = window.facts, window.assessment
        form.history = self._history
        form.overruled.connect(self._overrule)
        form.organ_stated.connect(self._state_organ)
        form.tried.connect(lambda name, value: self.attempt(((name, value),)))
        for source in (form.dated, panel.date_entered):
            source.connect(self.enter_date)
        session = self._host.session
        panel.acknowledge_requested.connect(
            lambda key, says, why: attempt(
                lambda: session.set_remark(key, says, why, "Acknowledge an alert")
            )
        )
        panel.acknowledgement_withdrawn.connect(
            lambda key: attempt(lambda: session.clear_remark(key, "Take an acknowledgement back"))
        )
        panel.try_requested.connect(self.attempt)
        panel.lesion_state_said.connect(self._say_of_lesion)
        panel.export_requested.connect(self.export_calendar)
        for strip in (form.strip, panel.strip):
            strip.left.connect(self.leave_trial)
            strip.removed.connect(self._untry)
            strip.form_requested.connect(lambda: window.tabs.setCurrentWidget(form))
        self.institution.start()

    def stop(self) -> None:
        """Let go of what is under way."""
        self._trial = None

    # -- what is shown ---------------------------------------------------------------

    def show_case(self, _case: Case | None) -> None:
        """Show the facts of the open case."""
        self.show_facts()

    def show_facts(self) -> None:
        """Show the facts of the open case, or that none is open; another case ends a trial."""
        session, form = self._host.session, self._host.window.facts
        case = session.case
        if self._trial is not None and (case is None or case.uid != self._trial_case):
            self._trial = None
        form.setEnabled(case is not None)
        derived = {} if self.is_trial else dict(session.derived)
        form.set_facts(dict(self.facts.facts) if case is not None else {}, derived)
        remarks = case.remarks if case is not None else ()
        form.set_remarks(remarks)
        form.set_beside(beside_criteria(self.facts, remarks) if case is not None else {})

    def show(self, assessment: Any) -> None:
        """Show an assessment of the record, or what a trial makes of it; or none."""
        host = self._host
        panel, case = host.window.assessment, host.session.case
        trial = None
        if assessment is None or case is None:
            panel.set_assessment(None)
            panel.set_details(None)
            panel.set_response(None)
            self.what_if.stop()
        else:
            guidance = host.workspace.guidance
            self._tell(guidance.problem)
            shown = assessment
            if self._trial is not None:
                shown = guidance.assess(self.facts)
                trial = self._trial_rows(assessment, shown)
            panel.set_assessment(assessment_rows(shown, guidance.marks, case.remarks))
            today = date.today()
            panel.set_details(details(shown, guidance.guideline, self.facts, case, today))
            panel.set_response(response_rows(case))
            self.what_if.again()
        panel.set_trial(trial)
        host.window.facts.set_trial(trial)

    def _tell(self, problem: str) -> None:
        """Say once that settings of the institution cannot be used."""
        if problem and not self._told:
            self._told = True
            shipped = "The shipped settings are in force."
            self._host.say(f"{problem} {shipped}", state="warning")

    def _trial_rows(self, recorded: Any, shown: Any) -> TrialRows:
        from tumorboard.guidelines.differences import differences

        guideline = self._host.workspace.guidance.guideline
        found = differences(recorded.to_json(), shown.to_json(), guideline)
        facts, values = self._host.session.facts, self._trial or {}
        said = tuple((n, tried_text(n, v, facts.value(n))) for n, v in values.items())
        return TrialRows(said, tuple(d.text for d in found))

    def _history(self, name: str) -> tuple[str, ...]:
        session = self._host.session
        if session.case is None:
            return ()
        if name in checklist():
            return organ_lines(name, session.values_of("remark", name))
        return history_lines(name, session.values_of("fact", name))

    def _state_organ(self, key: str, relation: str | None) -> None:
        """Note what the mass does to an organ, with the picture on show; None takes it back."""
        host = self._host
        session, label = host.session, f"State: {checklist()[key].label}"
        place = host.images.place()
        if relation is None:
            done = host.attempt(lambda: session.clear_remark(key, label))
        else:
            done = host.attempt(lambda: session.set_remark(key, relation, label=label, place=place))
        if done:
            host.keep_if_scratch()

    # -- trial -----------------------------------------------------------------------

    def switch_trial(self) -> None:
        """Begin a trial, or leave the one that is on."""
        if self.is_trial:
            self.leave_trial()
        else:
            self.attempt(())

    def attempt(self, values: Values) -> None:
        """Try values on top of those that are tried already; nothing is recorded."""
        session = self._host.session
        if session.case is None:
            self._host.say("Open a case first; values are tried on its facts.")
            return
        tried = {**(self._trial or {}), **dict(values)}
        if not self._host.attempt(lambda: tried_sheet(session.facts, tried)):
            return
        self._trial, self._trial_case = tried, session.case.uid
        self._refresh()

    def _untry(self, name: str) -> None:
        if self._trial is not None:
            self._trial.pop(name, None)
            self._refresh()

    def leave_trial(self) -> None:
        """Show the record again."""
        self._trial = None
        self._refresh()

    def _refresh(self) -> None:
        self.show_facts()
        self.show(self._host.session.assessment)

    # -- wishes ----------------------------------------------------------------------

    def _overrule(self, name: str, value: object, reason: str) -> None:
        session = self._host.session
        self._host.attempt(lambda: session.set_fact(name, value, note=reason))

    def _say_of_lesion(self, key: str, state: str) -> None:
        session = self._host.session
        label = "Say what became of a lesion"
        if state:
            self._host.attempt(lambda: session.set_remark(key, state, "", label))
        else:
            self._host.attempt(lambda: session.clear_remark(key, label))

    def enter_date(self, key: str, text: str) -> None:
        """Keep a date of the case, or take it back when the text is empty."""
        from tumorboard.case.dates import read_date

        host = self._host

        def act() -> None:
            if not text.strip():
                host.session.clear_remark(key, "Clear a date")
            else:
                iso = read_date(text).isoformat()
                host.session.set_remark(key, iso, "", "Enter a date")

        if host.attempt(act):
            host.keep_if_scratch()

    def export_calendar(self) -> None:
        """Ask for a file and write the follow-up of the open case as a calendar."""
        host = self._host
        if host.session.case is None:
            host.say("Open a case first; the calendar is that of one case.")
            return
        dialog = QFileDialog(host.window, "Follow-up as a calendar file")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter("Calendar (*.ics)")
        dialog.setDefaultSuffix("ics")
        dialog.selectFile(f"{host.session.case.label} follow-up.ics")
        dialog.fileSelected.connect(lambda name: self.write_calendar(Path(name)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def write_calendar(self, path: Path) -> None:
        """Write the follow-up of the record to a file; never that of a trial."""
        host = self._host
        session = host.session
        if session.case is None or session.assessment is None:
            return
        case, follow_up = session.case, getattr(session.assessment, "follow_up", None)
        if host.attempt(lambda: write_follow_up(path, case, follow_up)):
            host.say(f"The calendar was written: {path.name}.")
