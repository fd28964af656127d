"""Joins the window's parts with the session: data flows down, wishes flow up."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from tumorboard.app.case_change import ABOUT, SERIES, CaseChange
from tumorboard.app.keymap import keymap
from tumorboard.app.session import Session
from tumorboard.app.settings import Settings
from tumorboard.app.workspace import Workspace
from tumorboard.case.definitions import definition
from tumorboard.case.model import Case
from tumorboard.errors import UserError
from tumorboard.progress import Progress
from tumorboard.tools.toolbox import TOOLS
from tumorboard.ui.assessment.feature import AssessmentFeature
from tumorboard.ui.key_images.feature import KeyImagesFeature
from tumorboard.ui.layout.feature import LayoutFeature
from tumorboard.ui.layout.hanging import HangingProtocols
from tumorboard.ui.measurements.feature import MeasurementsFeature
from tumorboard.ui.meeting.feature import MeetingFeature
from tumorboard.ui.outlines.feature import OutlinesFeature
from tumorboard.ui.overlays.feature import DrawnOver, OverlaysFeature
from tumorboard.ui.overview.feature import OverviewFeature
from tumorboard.ui.presenter.feature import PresenterFeature
from tumorboard.ui.series.comparison import DateComparison
from tumorboard.ui.series.feature import SeriesFeature
from tumorboard.ui.series.imports import ImportFeature
from tumorboard.ui.series.parts import SeriesParts
from tumorboard.ui.sharing.bundles import BundleFeature
from tumorboard.ui.sharing.printout import PrintFeature
from tumorboard.ui.sharing.reports import ReportFeature
from tumorboard.ui.shell.actions import set_keys
from tumorboard.ui.shell.case_words import case_title, identity
from tumorboard.ui.shell.context_menu import ContextMenus, MenuActs
from tumorboard.ui.shell.jobs import Job, JobRunner
from tumorboard.ui.shell.measured_first import MeasuredFirst
from tumorboard.ui.shell.questions import Questions
from tumorboard.ui.shell.theme import apply_theme
from tumorboard.ui.shell.undo import UndoFeature
from tumorboard.ui.timeline.feature import TimelineFeature
from tumorboard.ui.vessel.feature import VesselFeature
from tumorboard.ui.vessel.ivc_text import IvcText
from tumorboard.ui.viewer.room import Hand, Mouse
from tumorboard.ui.worklist.feature import WorklistFeature

if TYPE_CHECKING:
    from tumorboard.ui.shell.frame import WindowFrame


#: Sections of the form whose facts are read off images: they keep the slice on show.
_STATED_ON_PICTURES = ("criteria", "vessels")
_FOLDER = "Drop their folder here, or File › Open folder (Ctrl+O)."


class ShowsCase(Protocol):
    """A feature that shows some families of the open case."""

    FAMILIES: ClassVar[frozenset[str]]

    def show_case(self, case: Case | None) -> None:
        """Show what a case holds now, None without one."""


class Controller(QObject):
    """Listens to the window's parts and the session, and passes on what each needs."""

    def __init__(self, window: WindowFrame, workspace: Workspace, settings: Settings) -> None:
        super().__init__(window)
        self.window = window
        self.workspace = workspace
        self.settings = settings
        self.jobs = JobRunner(self)
        # Each gets the host, and by name what it wants of another; those made later are asked
        # for when that is done.
        self.series = SeriesFeature(self, lambda: self.imports.find_files(), self.images_came)
        self.layout = LayoutFeature(self)
        self.hanging = HangingProtocols(self)
        self.measurements = MeasurementsFeature(
            self, lambda uids: self.vessel.jump(uids), lambda uid: self.outlines.choose(uid)
        )
        self.worklist = WorklistFeature(self)
        self.series_parts = SeriesParts(self)
        self.overlays = OverlaysFeature(
            self,
            DrawnOver(
                lambda volume: self.outlines.layers(volume),
                lambda volume: self.vessel.paths(volume),
                lambda keys: self.outlines.show_only(keys),
                lambda item: self.outlines.adopt(item),
            ),
        )
        self.outlines = OutlinesFeature(self, self.overlays.lay_all, lambda: self.undo.show())
        self.undo = UndoFeature(self, lambda: self.outlines.is_growing, self.outlines.give_up)
        self.vessel = VesselFeature(self, self.overlays.lay_all)
        self.key_images = KeyImagesFeature(self, self.overlays, self.vessel.showing)
        self.menus = ContextMenus(
            self,
            MenuActs(self.overlays.marks.adopt, self.measurements.assign, self.measurements.delete),
        )
        self.printout = PrintFeature(self)
        self.meeting = MeetingFeature(self, self.outlines.give_up)
        self.talks = PresenterFeature(self, self.meeting.meetings.of_case)
        self._look = "standard"
        self.measured_first = MeasuredFirst(self, (self.outlines.measures, self.vessel.measures))
        self.imports = ImportFeature(self, self.series, self.meeting.new_cases.ask_whose)
        self.reports = ReportFeature(self)
        self.bundles = BundleFeature(self, self.imports.start)
        self.comparison = DateComparison(self)
        self.timeline = TimelineFeature(self)
        self.questions = Questions(self)
        self.assessment = AssessmentFeature(self)
        self.ivc_text = IvcText(self, self.vessel.sentences)
        self.overview = OverviewFeature(self)
        #: Who shows parts of the open case, in the order in which one rests on another.
        self._showing: tuple[ShowsCase, ...] = (
            *(self.series, self.measurements, self.assessment, self.overlays, self.outlines),
            *(self.vessel, self.key_images, self.meeting, self.timeline),
        )

    @property
    def session(self) -> Session:
        """The session of the workspace."""
        return self.workspace.session

    @property
    def images(self) -> SeriesFeature:
        """The series on show."""
        return self.series

    def when_measured(self, work: Callable[[], None]) -> None:
        """Do this once outlines and vessels are measured."""
        self.measured_first.do(work)

    def run(self, command: str) -> None:
        """Do what a command of the table does."""
        self.window.actions_by_name[command].trigger()

    @property
    def is_idle(self) -> bool:
        """Whether nothing is under way and nothing waits to be."""
        parts = (self.jobs, self.assessment.what_if, self.overlays, self.meeting, self.talks)
        return all(
            part.is_idle
            for part in (*parts, self.outlines, self.vessel, self.key_images, self.measured_first)
        )

    def images_came(self) -> None:
        """Measure what had to wait until a series was there as a whole."""
        case = self.session.case
        if case is not None and case.segmentations:
            self.outlines.measures.soon()
        if case is not None and case.vessels:
            self.vessel.measures.soon()

    # -- wiring ----------------------------------------------------------------------

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what each command does."""
        room, worklist = self.window.room, self.window.worklist
        table: dict[str, Callable[[], object]] = {
            "file.folder": self.imports.choose_folder,
            "file.files": self.imports.choose_files,
            **self.reports.handlers(),
            **self.bundles.handlers(),
            **self.timeline.handlers(),
            "file.save": self.keep,
            "file.quit": self.window.close,
            **self.undo.handlers(),
            "edit.delete": room.delete_selected,
            "edit.accept": self.measurements.accept_shown,
            "edit.search": worklist.search.setFocus,
            "case.previous": partial(worklist.step_case, -1),
            "case.next": partial(worklist.step_case, 1),
            "edit.label": self.questions.label,
            "case.question": self.questions.question,
            "case.author": self.questions.author,
            "edit.preferences": self.questions.preferences,
            "help.palette": self.questions.palette,
            "help.keys": self.questions.keys,
            "help.about": self.questions.about,
            "layout.protocols": self.hanging.edit,
            "layout.next": self.hanging.next_protocol,
            **self.layout.handlers(),
            **self.worklist.handlers(),
            **self.series_parts.handlers(),
            **self.overlays.handlers(),
            **self.key_images.handlers(),
            **self.menus.handlers(),
            **self.printout.handlers(),
            **self.talks.handlers(),
        }
        table.update(self.assessment.handlers())
        table.update(self.ivc_text.handlers())
        table.update(self.overview.handlers())
        table.update(self.outlines.handlers())
        table.update(self.vessel.handlers())
        table.update(self.meeting.handlers())
        for tool in TOOLS:
            table[f"tool.{tool.name}"] = partial(self.choose_tool, tool.name)
        return table

    def start(self) -> None:
        """Connect everything and show the worklist."""
        window, session = self.window, self.session
        self._listen()
        self.apply_settings()
        room = window.room
        room.moved.connect(self.series.follow)
        room.hint_changed.connect(window.status.set_hint)
        room.tool_changed.connect(self._show_tool)
        room.active_changed.connect(self.series.mark)
        window.views.series_dropped.connect(self.series.show)
        window.views.layout_changed.connect(lambda: self.series.forget(window.views.shape.displays))
        window.worklist.case_chosen.connect(self.open_case)
        window.worklist.series_chosen.connect(self.series.show)
        window.views.series_step_requested.connect(window.worklist.step_series)
        window.facts.edited.connect(self.set_fact)
        window.facts.jump_requested.connect(self.measurements.jump)
        window.facts.place_requested.connect(self.series.go_to_place)
        window.assessment.jump_requested.connect(self.measurements.jump)
        window.assessment.evidence_requested.connect(self.show_evidence)
        window.assessment.place_requested.connect(self.series.go_to_place)
        window.assessment.fact_requested.connect(self.ask_fact)
        window.paths_dropped.connect(self.bundles.dropped)
        window.status.cancel_requested.connect(self._cancel_jobs)
        self.jobs.started.connect(self._watch)
        room.set_tool(None)
        self.worklist.start()
        self.measurements.start()
        self.undo.start()
        self.overlays.start()
        self.outlines.start()
        self.vessel.start()
        self.key_images.start()
        self.menus.start()
        self.assessment.start()
        self.meeting.start()
        self.comparison.start()
        self.timeline.start()
        self.show_cases()
        self._show_case(CaseChange(None, session.case))
        self._show_assessment(session.assessment)
        if self.hanging.problem:
            self.say(self.hanging.problem, state="warning")

    def _listen(self) -> None:
        self.session.case_changed.connect(self._show_case)
        self.session.cases_changed.connect(self.show_cases)
        self.session.assessment_changed.connect(self._show_assessment)

    def stop(self) -> None:
        """Stop the work under way and let the session go."""
        self.measured_first.stop()
        self.talks.stop()
        self.hanging.remember()
        self.layout.stop()
        self.key_images.stop()
        self.overlays.stop()
        self.outlines.stop()
        self.vessel.stop()
        self.assessment.stop()
        self.meeting.stop()
        self.timeline.stop()
        self.assessment.what_if.stop()
        self.overview.stop()
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
        self.meeting.show_cases()

    def say_what_is_empty(self) -> None:
        """Let a view without images say what brings some."""
        case, room = self.session.case, self.window.room
        if case is not None and self.series.first is not None:
            room.empty_text = "No images here.\nDrag a series from the list at the left."
        elif case is not None:
            room.empty_text = f"{case.label} has no images yet.\n{_FOLDER}"
        elif self.window.worklist.cases.count():
            room.empty_text = "Choose a case at the left, or drop a folder here."

    def open_case(self, uid: str) -> None:
        """Open a case and show its newest images."""
        self.hanging.remember()
        if self.attempt(lambda: self.session.open_case(uid)):
            self.series.show_grown()
            self.hanging.arrange()
            self.window.room.tell_hint()  # what was said of the case before is past

    def _show_case(self, change: CaseChange) -> None:
        """Let those look again that show a family which changed."""
        window, case = self.window, change.after
        if change.touches(frozenset({ABOUT, SERIES})):
            window.header.set_case(case_title(case), identity(case))
            self.say_what_is_empty()
        if change.is_another:
            uid = case.uid if case is not None else ""
            for part in (window.facts, window.notice):
                part.show_case(uid)
            window.worklist.set_open(uid)
        for feature in self._showing:
            if change.touches(feature.FAMILIES):
                feature.show_case(case)
        self.undo.show()

    def _show_assessment(self, assessment: Any) -> None:
        self.assessment.show(assessment)
        self.vessel.show_level()
        self.meeting.show_assessment()

    # -- wishes ----------------------------------------------------------------------

    def set_fact(self, name: str, value: object) -> None:
        """Record what a person states."""
        seen = definition(name).group in _STATED_ON_PICTURES
        place = self.series.place() if seen else None
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
        self.measurements.choose_tool(name)

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
