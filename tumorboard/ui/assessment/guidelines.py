"""What is done with the guidelines of the institution: listed, installed, chosen, retired."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject

from tumorboard.app.guideline_files import SignedMeanwhileError
from tumorboard.progress import Progress, Reporter
from tumorboard.ui.assessment.guidelines_dialog import GuidelinesDialog

if TYPE_CHECKING:
    from tumorboard.app.guideline_change import Preview
    from tumorboard.app.guideline_choice import Choices, GuidelineInForce, Signature
    from tumorboard.app.guideline_list import Listed
    from tumorboard.app.guideline_versions import GuidelineVersion
    from tumorboard.ui.shell.file_dialogs import open_folder
from tumorboard.language import _
from tumorboard.ui.shell.host import Host

#: One piece of work at a time: a newer one cancels it.
_JOB = "guidelines"
T = TypeVar("T")


def _or_signed_meanwhile(act: Callable[[], T]) -> T | SignedMeanwhileError:
    """Return what an act gives, or that somebody else signed, after which all is shown anew."""
    try:
        return act()
    except SignedMeanwhileError as error:
        return error


class Guidelines(QObject):
    """Does what the dialog of guidelines asks for, each in a job with progress and cancel.

    ``changed`` is called when another guideline counts; the open case is assessed anew.
    """

    def __init__(self, host: Host, changed: Callable[[], None]) -> None:
        super().__init__(host.parent_widget)
        self._changed = changed
        self._host = host
        self._folder = host.workspace.folder
        self._closed = False
        self.dialog = GuidelinesDialog(host.session.author, host.parent_widget)
        dialog = self.dialog
        dialog.preview_requested.connect(self._preview)
        dialog.choose_requested.connect(self._choose)
        dialog.retire_requested.connect(self._retire)
        dialog.reinstate_requested.connect(self._reinstate)
        dialog.install_requested.connect(self._ask_for_folder)
        dialog.finished.connect(self._close)

    def open(self) -> None:
        """Show the dialog and list what is here."""
        self.dialog.open()
        self._list([])

    def install(self, source: Path) -> None:
        """Copy a guideline into the store."""

        def work(_reporter: Reporter) -> GuidelineVersion:
            from tumorboard.app.guideline_install import install

            return install(self._folder, source)

        def done(found: GuidelineVersion) -> None:
            self._list([_("{name} is in the store. It counts when it is chosen.", name=found.name)])

        self._run(_("Examining the guideline"), work, done)

    def _list(self, said: list[str]) -> None:
        if self._closed:
            return

        def work(reporter: Reporter) -> Listed:
            from tumorboard.app.guideline_list import listed

            return listed(self._folder, reporter)

        def show(found: Listed) -> None:
            self.dialog.show_listed(found)
            self.dialog.say(said)

        self._run(_("Reading guidelines"), work, show)

    def _preview(self, version: GuidelineVersion) -> None:
        guidance = self._host.workspace.guidance

        def show(found: Preview) -> None:
            self.dialog.say(found.lines)

        self._run(
            _("Looking through the cases"),
            lambda reporter: guidance.preview(version, reporter),
            show,
        )

    def _choose(self, version: GuidelineVersion, signature: Signature) -> None:
        guidance, seen = self._host.workspace.guidance, self.dialog.choices

        def work(_reporter: Reporter) -> GuidelineInForce | SignedMeanwhileError:
            return _or_signed_meanwhile(lambda: guidance.choose(version, signature, seen))

        def done(found: GuidelineInForce | SignedMeanwhileError) -> None:
            self._host.session.assess_anew()
            self._changed()
            if isinstance(found, SignedMeanwhileError):
                self._list([str(found)])
                return
            self.dialog.reason.clear()
            counts = _("It counts from now on; stored assessments stay as they were.")
            self._list([_("In force: {name}. {counts}", name=found.version.name, counts=counts)])

        self._run(_("Examining the guideline"), work, done)

    def _retire(self, version: GuidelineVersion, signature: Signature) -> None:
        from tumorboard.app.guideline_choice import retire

        said = _("{name} cannot be chosen any more. Its files stay.", name=version.name)
        self._sign(retire, version, signature, said)

    def _reinstate(self, version: GuidelineVersion, signature: Signature) -> None:
        from tumorboard.app.guideline_choice import reinstate

        self._sign(
            reinstate, version, signature, _("{name} can be chosen again.", name=version.name)
        )

    def _sign(
        self,
        act: Callable[[Path, GuidelineVersion, Signature, Choices | None], Choices],
        version: GuidelineVersion,
        signature: Signature,
        said: str,
    ) -> None:
        seen = self.dialog.choices

        def work(_reporter: Reporter) -> Choices | SignedMeanwhileError:
            return _or_signed_meanwhile(lambda: act(self._folder, version, signature, seen))

        def done(found: Choices | SignedMeanwhileError) -> None:
            if isinstance(found, SignedMeanwhileError):
                # What was signed there may have brought another guideline in force.
                self._host.workspace.guidance.forget()
                self._host.session.assess_anew()
                self._changed()
                self._list([str(found)])
                return
            self.dialog.reason.clear()
            self._list([said])

        self._run(_("Writing"), work, done)

    def _ask_for_folder(self) -> None:
        open_folder(self._host, _("Folder of a guideline"), self.install, self.dialog)

    def _run(
        self, label: str, work: Callable[[Reporter], Any], finished: Callable[[Any], None]
    ) -> None:
        dialog = self.dialog
        dialog.say_progress(f"{label}…")

        def end() -> None:
            dialog.cancelled.disconnect(stop)
            if not self._host.jobs.is_under_way(_JOB):
                dialog.say_progress("")
                if self._closed:
                    self._let_go()

        def show(progress: Progress) -> None:
            dialog.say_progress(progress.text)

        def stop() -> None:
            job.cancel()
            dialog.say([_("Cancelled.")], "dim")

        job = self._host.jobs.start(_JOB, work)
        job.progressed.connect(show)
        job.failed.connect(lambda text: dialog.say([text], "prompt"))
        job.ended.connect(end)
        job.finished.connect(finished)
        dialog.cancelled.connect(stop)

    def _close(self) -> None:
        """Stop what can be stopped; what is being signed is finished first."""
        self._closed = True
        self.dialog.cancelled.emit()
        if not self._host.jobs.is_under_way(_JOB):
            self._let_go()

    def _let_go(self) -> None:
        self.dialog.deleteLater()
        self.deleteLater()
