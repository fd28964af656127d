"""The host of the features: what they may ask of the window, done by its parts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from tumorboard.app.session import Session
from tumorboard.app.settings import Settings
from tumorboard.app.workspace import Workspace
from tumorboard.case.model import Case
from tumorboard.errors import UserError
from tumorboard.language import _
from tumorboard.ui.series.feature import SeriesFeature
from tumorboard.ui.shell.features import Features
from tumorboard.ui.shell.fonts import lacking_fonts
from tumorboard.ui.shell.frame import WindowFrame
from tumorboard.ui.shell.jobs import Job, JobRunner


class Controller:
    """Answers the features (see `Host`), and starts and stops them."""

    def __init__(self, window: WindowFrame, workspace: Workspace, settings: Settings) -> None:
        self._window = window
        self.workspace = workspace
        self.settings = settings
        self.parent_widget: QWidget = window
        self.room, self.views = window.room, window.views
        self.jobs = JobRunner(window)
        self._fonts_told: set[str] = set()
        self.features = Features(self, window)

    @property
    def session(self) -> Session:
        """The session of the workspace."""
        return self.workspace.session

    @property
    def case(self) -> Case | None:
        """The open case, None without one."""
        return self.session.case

    @property
    def images(self) -> SeriesFeature:
        """The series on show."""
        return self.features.series

    @property
    def actions(self) -> Mapping[str, QAction]:
        """The commands by name."""
        return self._window.actions_by_name

    @property
    def is_idle(self) -> bool:
        """Whether nothing is under way and nothing waits to be."""
        return self.jobs.is_idle and self.features.is_idle

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what each command does."""
        own = {
            "file.save": self.keep,
            "file.close": self.close_case,
            "file.quit": self._window.close,
        }
        return {**own, **self.features.handlers()}

    def start(self) -> None:
        """Connect everything and show the worklist."""
        status, room = self._window.status, self.room
        room.hint_changed.connect(status.set_hint)
        room.tool_changed.connect(self._show_tool)
        status.cancel_requested.connect(self.jobs.cancel_all)
        self.jobs.started.connect(self._watch)
        room.set_tool(None)
        self.features.listen()

    def stop(self) -> None:
        """Stop the work under way and let the session go."""
        self.features.stop()
        self.views.stop()
        self.jobs.stop()

    # -- cases -----------------------------------------------------------------------

    def open_case(self, uid: str) -> None:
        """Open a case and show its newest images."""
        hanging = self.features.hanging
        hanging.remember()
        if self.attempt(lambda: self.session.open_case(uid)):
            self.features.series.show_grown()
            hanging.arrange()
            self.room.tell_hint()  # what was said of the case before is past
            self._tell_lacking_fonts()

    def _tell_lacking_fonts(self) -> None:
        """Say once which package has the letters of a name that no font here has."""
        case = self.session.case
        package = "" if case is None else lacking_fonts(f"{case.label} {case.patient.name}")
        if package and package not in self._fonts_told:
            self._fonts_told.add(package)
            self.say(
                _(
                    "Some letters of this name have no font here. {package} has them.",
                    package=package,
                )
            )

    def close_case(self) -> None:
        """Leave the open case: what was done on it is stored; what is only viewed asks first."""
        if self.workspace.is_scratch:
            self.say(_("These images are only viewed: save the case first, or quit."))
        elif self.session.case is not None:
            self.features.hanging.remember()
            self.session.close_case()
            self.room.tell_hint()

    def keep_if_scratch(self) -> None:
        """Store a folder that was only being viewed, now that work was done on it."""
        if self.workspace.is_scratch:
            self.keep()

    def keep(self) -> None:
        """Store the case of a scratch workspace."""
        if not self.workspace.is_scratch:
            self.say(_("Everything is stored as you go; there is nothing to save."))
        elif self.session.case is not None and self.attempt(self.workspace.keep):
            self.say(_("The case is in the store now; it is kept from here on."))

    def when_measured(self, work: Callable[[], None]) -> None:
        """Do this once outlines and vessels are measured."""
        self.features.measured_first.do(work)

    # -- the window ------------------------------------------------------------------

    def run(self, command: str) -> None:
        """Do what a command of the table does."""
        self.actions[command].trigger()

    def show_panel(self, panel: QWidget) -> None:
        """Bring a panel to the front, also where it was folded."""
        self._window.bring(panel)

    def say(self, text: str, **more: Any) -> None:
        """Show a sentence at the top of the window."""
        self._window.notice.say(text, **more)

    def unsay(self, text: str = "") -> None:
        """Take a sentence back if it is still on show, or whatever is."""
        notice = self._window.notice
        if text in ("", notice.text):
            notice.hide()

    def attempt(self, act: Callable[[], object]) -> bool:
        """Do something that the outside world can spoil; say so when it does."""
        try:
            act()
        except UserError as error:
            self.say(str(error), state="warning")
            return False
        return True

    def _show_tool(self) -> None:
        room = self.room
        name = f"tool.{room.tool.name if room.tool is not None else room.hand.value}"
        self.actions[name].setChecked(True)

    def _watch(self, job: Job) -> None:
        job.progressed.connect(self._window.status.set_progress)
        job.ended.connect(self._job_ended)

    def _job_ended(self) -> None:
        if self.jobs.is_idle:
            self._window.status.clear_progress()
