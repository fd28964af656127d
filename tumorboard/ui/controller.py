"""Joins the window's parts with the session: data flows down, wishes flow up."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from tumorboard.app.keymap import keymap
from tumorboard.app.session import Session
from tumorboard.app.settings import Settings
from tumorboard.app.workspace import Workspace
from tumorboard.case.definitions import definition
from tumorboard.case.model import Case
from tumorboard.errors import UserError
from tumorboard.progress import Progress
from tumorboard.tools.toolbox import TOOLS
from tumorboard.ui.actions import set_keys
from tumorboard.ui.asking import Asking
from tumorboard.ui.assessing import Assessing
from tumorboard.ui.boarding import Boarding
from tumorboard.ui.bundling import Bundling
from tumorboard.ui.casework import Casework
from tumorboard.ui.comparing import Comparing
from tumorboard.ui.context_menu import ContextMenus
from tumorboard.ui.foreign import Overlaying
from tumorboard.ui.hanging import Arranging
from tumorboard.ui.image_loading import ImageLoading
from tumorboard.ui.importing import Importing
from tumorboard.ui.ivc_text import IvcText
from tumorboard.ui.job_runner import Job, JobRunner
from tumorboard.ui.keeping import Keeping
from tumorboard.ui.measured_first import MeasuredFirst
from tumorboard.ui.measuring import Measuring
from tumorboard.ui.models.case_view import case_title, identity
from tumorboard.ui.overviewing import Overviewing
from tumorboard.ui.presenting import Presenting
from tumorboard.ui.printing import Printing
from tumorboard.ui.reporting import Reporting
from tumorboard.ui.segmenting import Segmenting
from tumorboard.ui.series_parts import SeriesParts
from tumorboard.ui.theme import apply_theme
from tumorboard.ui.thinking import Thinking
from tumorboard.ui.timelining import Timelining
from tumorboard.ui.undoing import Undoing
from tumorboard.ui.vesselling import Vesselling
from tumorboard.ui.viewer.alignment import alignment_of
from tumorboard.ui.viewer.room import Hand, Mouse
from tumorboard.ui.viewing import Viewing

if TYPE_CHECKING:
    from tumorboard.ui.main_window import MainWindow


#: Sections of the form whose facts are read off images: they keep the slice on show.
_STATED_ON_PICTURES = ("criteria", "vessels")
_FOLDER = "Drop their folder here, or File › Open folder (Ctrl+O)."


class Controller(QObject):
    """Listens to the window's parts and the session, and passes on what each needs."""

    def __init__(self, window: MainWindow, workspace: Workspace, settings: Settings) -> None:
        super().__init__(window)
        self.window = window
        self.workspace = workspace
        self.settings = settings
        self.jobs = JobRunner(self)
        self.loading = ImageLoading(self)
        self.viewing = Viewing(self)
        self.arranging = Arranging(self)
        self.measuring = Measuring(self)
        self.undoing = Undoing(self)
        self.casework = Casework(self)
        self.series_parts = SeriesParts(self)
        self.overlaying = Overlaying(self)
        self.segmenting = Segmenting(self)
        self.vesselling = Vesselling(self)
        self.keeping = Keeping(self)
        self.menus = ContextMenus(self)
        self.printing = Printing(self)
        self.presenting = Presenting(self)
        self._look = "standard"
        self.measured_first = MeasuredFirst(self)
        self.importing = Importing(self)
        self.reporting = Reporting(self)
        self.bundling = Bundling(self)
        self.comparing = Comparing(self)
        self.timelining = Timelining(self)
        self.asking = Asking(self)
        self.thinking = Thinking(self)
        self.assessing = Assessing(self)
        self.ivc_text = IvcText(self)
        self.overviewing = Overviewing(self)
        self.boarding = Boarding(self)

    @property
    def session(self) -> Session:
        """The session of the workspace."""
        return self.workspace.session

    @property
    def is_idle(self) -> bool:
        """Whether nothing is under way and nothing waits to be."""
        parts = (self.jobs, self.thinking, self.overlaying, self.boarding, self.segmenting)
        return all(
            part.is_idle for part in (*parts, self.vesselling, self.keeping, self.measured_first)
        )

    def images_came(self) -> None:
        """Measure what had to wait until a series was there as a whole."""
        case = self.session.case
        if case is not None and case.segmentations:
            self.segmenting.measures.soon()
        if case is not None and case.vessels:
            self.vesselling.measures.soon()

    # -- wiring ----------------------------------------------------------------------

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what each command does."""
        room, worklist = self.window.room, self.window.worklist
        table: dict[str, Callable[[], object]] = {
            "file.folder": self.importing.choose_folder,
            "file.files": self.importing.choose_files,
            **self.reporting.handlers(),
            **self.bundling.handlers(),
            **self.timelining.handlers(),
            "file.save": self.keep,
            "file.quit": self.window.close,
            **self.undoing.handlers(),
            "edit.delete": room.delete_selected,
            "edit.accept": self.measuring.accept_shown,
            "edit.search": worklist.search.setFocus,
            "case.previous": partial(worklist.step_case, -1),
            "case.next": partial(worklist.step_case, 1),
            "edit.label": self.asking.label,
            "case.question": self.asking.question,
            "case.author": self.asking.author,
            "edit.preferences": self.asking.preferences,
            "help.palette": self.asking.palette,
            "help.keys": self.asking.keys,
            "help.about": self.asking.about,
            "layout.protocols": self.arranging.edit,
            "layout.next": self.arranging.next_protocol,
            **self.viewing.handlers(),
            **self.casework.handlers(),
            **self.series_parts.handlers(),
            **self.overlaying.handlers(),
            **self.keeping.handlers(),
            **self.menus.handlers(),
            **self.printing.handlers(),
            **self.presenting.handlers(),
        }
        table.update(self.assessing.handlers())
        table.update(self.ivc_text.handlers())
        table.update(self.overviewing.handlers())
        table.update(self.segmenting.handlers())
        table.update(self.vesselling.handlers())
        table.update(self.boarding.handlers())
        for tool in TOOLS:
            table[f"tool.{tool.name}"] = partial(self.choose_tool, tool.name)
        return table

    def start(self) -> None:
        """Connect everything and show the worklist."""
        window, session = self.window, self.session
        self._listen()
        self.apply_settings()
        room = window.room
        room.moved.connect(self.loading.follow)
        room.hint_changed.connect(window.status.set_hint)
        room.tool_changed.connect(self._show_tool)
        room.active_changed.connect(self.loading.mark)
        window.views.series_dropped.connect(self.loading.show)
        window.views.layout_changed.connect(
            lambda: self.loading.forget(window.views.shape.displays)
        )
        window.worklist.case_chosen.connect(self.open_case)
        window.worklist.series_chosen.connect(self.loading.show)
        window.views.series_step_requested.connect(window.worklist.step_series)
        window.facts.edited.connect(self.set_fact)
        window.facts.jump_requested.connect(self.measuring.jump)
        window.facts.place_requested.connect(self.loading.go_to_place)
        window.assessment.jump_requested.connect(self.measuring.jump)
        window.assessment.evidence_requested.connect(self.show_evidence)
        window.assessment.place_requested.connect(self.loading.go_to_place)
        window.assessment.fact_requested.connect(self.ask_fact)
        window.paths_dropped.connect(self.bundling.dropped)
        window.status.cancel_requested.connect(self._cancel_jobs)
        self.jobs.started.connect(self._watch)
        room.set_tool(None)
        self.casework.start()
        self.measuring.start()
        self.undoing.start()
        self.overlaying.start()
        self.segmenting.start()
        self.vesselling.start()
        self.keeping.start()
        self.menus.start()
        self.assessing.start()
        self.boarding.start()
        self.comparing.start()
        self.timelining.start()
        self.show_cases()
        self._show_case(session.case)
        self._show_assessment(session.assessment)
        if self.arranging.problem:
            self.say(self.arranging.problem, state="warning")

    def _listen(self) -> None:
        self.session.case_changed.connect(self._show_case)
        self.session.cases_changed.connect(self.show_cases)
        self.session.assessment_changed.connect(self._show_assessment)

    def stop(self) -> None:
        """Stop the work under way and let the session go."""
        self.measured_first.stop()
        self.presenting.stop()
        self.arranging.remember()
        self.viewing.stop()
        self.keeping.stop()
        self.overlaying.stop()
        self.segmenting.stop()
        self.vesselling.stop()
        self.assessing.stop()
        self.boarding.stop()
        self.timelining.stop()
        self.thinking.stop()
        self.overviewing.stop()
        self.window.views.stop()
        self.jobs.stop()
        self.session.case_changed.disconnect(self._show_case)
        self.session.cases_changed.disconnect(self.show_cases)
        self.session.assessment_changed.disconnect(self._show_assessment)

    def apply_settings(self) -> None:
        """Let the settings take effect."""
        settings, room = self.settings, self.window.room
        set_keys(self.window.actions_by_name, keymap(settings.table("keys.changed")))
        room.hands_of_mouse = Mouse(
            Hand(str(settings["viewer.middle_button"])),
            Hand(str(settings["viewer.right_button"])),
            bool(settings["viewer.drag_down_is_brighter"]),
            bool(settings["viewer.wheel_down_is_forward"]),
        )
        room.assist = bool(settings["viewer.edge_assist"])
        self._dress(str(settings["look"]))
        room.author = self.session.author

    def _dress(self, look: str) -> None:
        application = QApplication.instance()
        if look != self._look and isinstance(application, QApplication):
            self._look = look
            apply_theme(application, look)

    # -- cases -----------------------------------------------------------------------

    def show_cases(self) -> None:
        """List the cases of the store."""
        worklist, case = self.window.worklist, self.session.case
        worklist.show_cases()
        worklist.set_open(case.uid if case is not None else "")
        self.say_what_is_empty()
        self.boarding.show_cases()

    def say_what_is_empty(self) -> None:
        """Let a view without images say what brings some."""
        case, room = self.session.case, self.window.room
        if case is not None and self.loading.first is not None:
            room.empty_text = "No images here.\nDrag a series from the list at the left."
        elif case is not None:
            room.empty_text = f"{case.label} has no images yet.\n{_FOLDER}"
        elif self.window.worklist.cases.count():
            room.empty_text = "Choose a case at the left, or drop a folder here."

    def open_case(self, uid: str) -> None:
        """Open a case and show its newest images."""
        self.arranging.remember()
        if self.attempt(lambda: self.session.open_case(uid)):
            self.arranging.arrange()
            self.window.room.tell_hint()  # what was said of the case before is past

    def _show_case(self, case: Case | None) -> None:
        window = self.window
        window.header.set_case(case_title(case), identity(case))
        for part in (window.facts, window.notice):
            part.show_case(case.uid if case is not None else "")
        window.worklist.set_open(case.uid if case is not None else "")
        self.loading.list_series(case)
        self.say_what_is_empty()
        window.lesions.set_case(case)
        self.assessing.show_facts()
        window.room.alignment = alignment_of(case)
        self.measuring.share()
        self.overlaying.show_case(case)
        self.segmenting.show_case(case)
        self.vesselling.show_case(case)
        self.keeping.show_case(case)
        self.boarding.show_case(case)
        self.timelining.show_case(case)
        self.undoing.show()

    def _show_assessment(self, assessment: Any) -> None:
        self.assessing.show(assessment)
        self.boarding.show_assessment()

    # -- wishes ----------------------------------------------------------------------

    def set_fact(self, name: str, value: object) -> None:
        """Record what a person states."""
        seen = definition(name).group in _STATED_ON_PICTURES
        place = self.loading.place() if seen else None
        if self.session.case is not None and self.attempt(
            lambda: self.session.set_fact(name, value, place=place)
        ):
            self.keep_if_scratch()

    def keep_if_scratch(self) -> None:
        """Store a folder that was only being viewed, now that work was done on it."""
        if self.workspace.is_scratch:
            self.keep()

    def keep(self) -> None:
        """Store the case of a scratch workspace."""
        if not self.workspace.is_scratch:
            self.say("Everything is stored as you go; there is nothing to save.")
        elif self.session.case is not None and self.attempt(self.workspace.keep):
            self.say("The case is in the store now; it is kept from here on.")

    def choose_tool(self, name: str) -> None:
        """Make a tool active; the empty name is window and level."""
        self.measuring.choose_tool(name)

    def ask_fact(self, name: str) -> None:
        """Show the field of a fact."""
        self.window.tabs.setCurrentWidget(self.window.facts)
        self.window.facts.go_to(name)

    def show_evidence(self, identifier: str) -> None:
        """Show a rule with the facts and sources it rests on."""
        self.window.tabs.setCurrentWidget(self.window.evidence)
        self.window.evidence.look_up(identifier)

    def _show_tool(self) -> None:
        room = self.window.room
        name = f"tool.{room.tool.name if room.tool is not None else room.hand.value}"
        self.window.actions_by_name[name].setChecked(True)

    # -- words -----------------------------------------------------------------------

    def say(self, text: str, **more: Any) -> None:
        """Show a sentence above the images."""
        self.window.notice.say(text, **more)

    def attempt(self, act: Callable[[], object]) -> bool:
        """Do something that the outside world can spoil; say so when it does."""
        try:
            act()
        except UserError as error:
            self.say(str(error), state="warning")
            return False
        return True

    def _watch(self, job: Job) -> None:
        job.progressed.connect(self._progress)
        job.ended.connect(self._job_ended)

    def _progress(self, progress: Progress) -> None:
        self.window.status.set_progress(progress)

    def _job_ended(self) -> None:
        if self.jobs.is_idle:
            self.window.status.clear_progress()

    def _cancel_jobs(self) -> None:
        self.jobs.cancel_all()
