"""Joins the assessment and the evidence with the session; keeps the values of a trial.

While a trial is on, the panels show what would follow from the tried values; the session and
the store know nothing of it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from tumorboard.app.calendar_file import write_follow_up
from tumorboard.app.file_names import check_name, file_name
from tumorboard.app.identity import names_of
from tumorboard.app.told import told_case, withholding_of
from tumorboard.case.facts import FactSheet
from tumorboard.case.model import Case
from tumorboard.case.response_rows import response_rows
from tumorboard.guidelines.trial import tried_sheet, tried_text
from tumorboard.language import N_, _
from tumorboard.ui.assessment.board_before import BoardBeforeSearch
from tumorboard.ui.assessment.details import details
from tumorboard.ui.assessment.evidence import EvidencePanel
from tumorboard.ui.assessment.institution import Institution
from tumorboard.ui.assessment.panel import AssessmentPanel
from tumorboard.ui.assessment.panel_rows import Basis, assessment_rows
from tumorboard.ui.assessment.what_if import WhatIfSearch
from tumorboard.ui.shell.file_dialogs import open_save
from tumorboard.ui.shell.host import Feature
from tumorboard.ui.shell.trial_strip import TrialRows, TrialStrip

if TYPE_CHECKING:
    from tumorboard.ui.shell.host import Host

Values = tuple[tuple[str, object], ...]


class AssessmentFeature(QObject, Feature):
    """Shows what follows from what is recorded, or from the values of a trial.

    ``trial_changed`` tells that other facts are shown than before, ``trial_shown`` carries what
    follows from those that are tried, None without a trial.
    """

    trial_changed = Signal()
    trial_shown = Signal(object)

    def __init__(self, host: Host, panel: AssessmentPanel, evidence: EvidencePanel) -> None:
        super().__init__(host.parent_widget)
        self._host = host
        self._panel, self._evidence = panel, evidence
        self._trial: dict[str, object] | None = None
        self._trial_case = ""
        self._told = ""
        self._is_behind = self._tried = False
        self.institution = Institution(host, evidence)
        self.what_if = WhatIfSearch(host, panel, lambda: self.facts)
        self.before = BoardBeforeSearch(host, panel)

    @property
    def is_idle(self) -> bool:
        """Whether no search for what would change the category waits."""
        return self.what_if.is_idle

    @property
    def is_trial(self) -> bool:
        """Whether values are tried on the open case."""
        case = self._host.case
        return self._trial is not None and case is not None and case.uid == self._trial_case

    @property
    def facts(self) -> FactSheet:
        """The facts that are shown: those in force, or those of the trial."""
        facts = self._host.session.facts
        return tried_sheet(facts, self._trial or {}) if self.is_trial else facts

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what each command does."""
        return {
            "case.trial": self.switch_trial,
            "case.calendar": self.export_calendar,
            "institution.settings": self.institution.edit_settings,
            "institution.guidelines": self.institution.show_guidelines,
        }

    def listen(self) -> None:
        """Listen to the panels."""
        panel, session, attempt = self._panel, self._host.session, self._host.attempt
        panel.shown.connect(self._fill_if_behind)
        panel.evidence_requested.connect(self.show_evidence)
        panel.acknowledge_requested.connect(
            lambda key, says, why: attempt(
                lambda: session.set_remark(key, says, why, N_("Acknowledge an alert"))
            )
        )
        panel.acknowledgement_withdrawn.connect(
            lambda key: attempt(
                lambda: session.clear_remark(key, N_("Take an acknowledgement back"))
            )
        )
        panel.try_requested.connect(self.attempt)
        panel.lesion_state_said.connect(self._say_of_lesion)
        panel.export_requested.connect(self.export_calendar)
        panel.case_requested.connect(self._host.open_case)
        self.listen_to(panel.strip)
        self.institution.listen()

    def listen_to(self, strip: TrialStrip) -> None:
        """Let a strip that shows the trial change and end it."""
        strip.left.connect(self.leave_trial)
        strip.removed.connect(self._untry)

    def stop(self) -> None:
        """Let go of what is under way."""
        self._trial = None
        self.what_if.stop()

    # -- what is shown ---------------------------------------------------------------

    def show_case(self, case: Case | None) -> None:
        """End a trial: another case is open."""
        self._trial = None
        self.before.forget()

    def show_assessment(self) -> None:
        """Show the assessment of the record, or what a trial makes of it; or none.

        A panel behind another one is filled once it comes to the front, unless values are tried:
        what follows from them stands elsewhere too.
        """
        self._tell_of_guidance()
        self._is_behind = not self._panel.isVisible() and not self.is_trial and not self._tried
        if self._is_behind:
            self.what_if.stop()
        else:
            self._fill()

    def _fill_if_behind(self) -> None:
        if self._is_behind:
            self._is_behind = False
            self._fill()

    def _tell_of_guidance(self) -> None:
        """Say once that a choice or settings of the institution cannot be used."""
        host = self._host
        problem = host.workspace.guidance.problem if host.case is not None else ""
        if problem and problem != self._told:
            self._told = problem
            host.say(problem, state="warning")

    def _fill(self) -> None:
        host, panel = self._host, self._panel
        case: Case | None = host.case
        assessment: Any = host.session.assessment
        trial = None
        if assessment is None or case is None:
            panel.set_assessment(None)
            panel.set_details(None)
            panel.set_response(None)
            self.what_if.stop()
        else:
            guidance = host.workspace.guidance
            shown = assessment
            if self.is_trial:
                shown = guidance.assess(self.facts)
                from tumorboard.guidelines.assessment_differences import differences

                guideline = self._host.workspace.guidance.guideline
                found = differences(assessment.to_json(), shown.to_json(), guideline)
                facts, values = self._host.session.facts, self._trial or {}
                said = tuple((n, tried_text(n, v, facts.value(n))) for n, v in values.items())
                trial = TrialRows(said, tuple(d.text for d in found))
            basis = Basis(
                self.facts, guidance.guideline, guidance.in_force.settings, guidance.marks
            )
            panel.set_assessment(assessment_rows(shown, case.remarks, basis))
            today = date.today()
            panel.set_details(details(shown, guidance.guideline, self.facts, case, today))
            panel.set_response(response_rows(case))
            self.what_if.again()
            self.before.show(shown, self.facts)
        self._tried = trial is not None
        panel.set_trial(trial)
        self.trial_shown.emit(trial)

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
            self._host.say(_("Open a case first; values are tried on its facts."))
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
        self.trial_changed.emit()
        self.show_assessment()

    # -- wishes ----------------------------------------------------------------------

    def show_evidence(self, identifier: str) -> None:
        """Show a rule with the facts and sources it rests on."""
        self._host.show_panel(self._evidence)
        self._evidence.look_up(identifier)

    def _say_of_lesion(self, key: str, state: str) -> None:
        session = self._host.session
        label = N_("Say what became of a lesion")
        if state:
            self._host.attempt(lambda: session.set_remark(key, state, "", label))
        else:
            self._host.attempt(lambda: session.clear_remark(key, label))

    def export_calendar(self) -> None:
        """Ask for a file and write the follow-up of the open case as a calendar."""
        host = self._host
        if host.case is None:
            host.say(_("Open a case first; the calendar is that of one case."))
            return
        people = names_of(host.session.store, host.case)
        named = _("{label} follow-up", label=host.case.label)
        open_save(
            *(
                host,
                _("Follow-up as a calendar file"),
                file_name(named, "ics", people, with_identity=False),
            ),
            *(_("Calendar (*.ics)"), self.write_calendar),
        )

    def write_calendar(self, path: Path) -> None:
        """Write the follow-up of the record to a file; never that of a trial."""
        host = self._host
        session = host.session
        if session.case is None or session.assessment is None:
            return
        case, follow_up = session.case, getattr(session.assessment, "follow_up", None)
        store = session.store
        told, people = told_case(store, case, withholding_of(store, case)), names_of(store, case)

        def write() -> None:
            check_name(path, people, with_identity=False)
            write_follow_up(path, told, follow_up)

        if host.attempt(write):
            host.say(_("The calendar was written: {name}.", name=path.name))
