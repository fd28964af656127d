"""The institution's guidelines and settings, and the cases behind a piece of evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from tumorboard.errors import UserError
from tumorboard.language import _
from tumorboard.progress import Reporter

if TYPE_CHECKING:
    from tumorboard.app.guideline_tools import CaseDifference
    from tumorboard.guidelines.parameters import SettingChange
    from tumorboard.ui.assessment.evidence import EvidencePanel
    from tumorboard.ui.assessment.guidelines import Guidelines
    from tumorboard.ui.assessment.settings_dialog import SettingsDialog
    from tumorboard.ui.shell.host import Host

_NOT_STORED = _("Save the case first; only stored cases are looked through.")


class Institution(QObject):
    """Opens the editor of settings and answers what the evidence panel asks."""

    def __init__(self, host: Host, panel: EvidencePanel) -> None:
        super().__init__(host.parent_widget)
        self._host = host
        self._panel = panel

    def listen(self) -> None:
        """Listen to the evidence panel."""
        panel = self._panel
        panel.cases_requested.connect(self.find_cases)
        panel.case_requested.connect(self._host.open_case)
        panel.setting_requested.connect(self.edit_settings)

    def find_cases(self, identifier: str) -> None:
        """Show the stored cases in which an entry of the evidence counts."""
        host = self._host
        if host.workspace.is_scratch:
            host.say(_NOT_STORED)
            return
        folder = host.workspace.folder

        def work(reporter: Reporter) -> tuple[tuple[str, str], ...]:
            from tumorboard.app.guideline_tools import cases_using

            return cases_using(folder, identifier, reporter)

        def show(found: tuple[tuple[str, str], ...]) -> None:
            self._panel.show_cases(identifier, found)

        host.jobs.start("cases", work, finished=show)

    def edit_settings(self, identifier: str = "") -> None:
        """Open the editor of the institution's settings."""
        from tumorboard.ui.assessment.settings_dialog import SettingsDialog

        host = self._host
        guidance = host.workspace.guidance
        entries = guidance.evidence().entries
        dialog = SettingsDialog(
            lambda: guidance.in_force,
            lambda setting: entries[setting].source,
            host.session.author,
            host.parent_widget,
        )
        dialog.preview_requested.connect(lambda change: self._preview(dialog, change))
        dialog.save_requested.connect(lambda change: self._save(dialog, change))
        dialog.finished.connect(dialog.deleteLater)
        if identifier:
            dialog.choose(identifier)
        dialog.open()

    def show_guidelines(self) -> Guidelines:
        """Open the list of guidelines, to install, choose and retire."""
        from tumorboard.ui.assessment.guidelines import Guidelines

        opened = Guidelines(self._host, self._panel.refresh)
        opened.open()
        return opened

    def _preview(self, dialog: SettingsDialog, change: SettingChange) -> None:
        host = self._host
        workspace = host.workspace
        if workspace.is_scratch:
            dialog.say([_NOT_STORED], "prompt")
            return
        guideline, now = workspace.guidance.guideline, workspace.guidance.in_force.settings

        def work(reporter: Reporter) -> tuple[CaseDifference, ...]:
            from tumorboard.app.guideline_tools import cases_changed_by

            return cases_changed_by(workspace.folder, guideline, now, change, reporter)

        def show(found: tuple[CaseDifference, ...]) -> None:
            lines = [f"{c.label}: {'; '.join(d.text for d in c.differences)}" for c in found]
            dialog.say(lines or [_("No stored case would change.")])

        dialog.say([_("Looking through the cases…")], "dim")
        job = host.jobs.start("preview", work, finished=show)
        job.failed.connect(lambda text: dialog.say([text], "prompt"))

    def _save(self, dialog: SettingsDialog, change: SettingChange) -> None:
        host = self._host
        from tumorboard.app.guideline_files import SignedMeanwhileError

        try:
            host.workspace.guidance.change(change)
        except SignedMeanwhileError as error:
            dialog.refresh()
            dialog.say([str(error)], "prompt")
            host.session.assess_anew()
            return
        except UserError as error:
            dialog.say([str(error)], "prompt")
            return
        dialog.reason.clear()
        dialog.refresh()
        dialog.say([_("Changed. It counts from now on; stored assessments stay as they were.")])
        host.session.assess_anew()
