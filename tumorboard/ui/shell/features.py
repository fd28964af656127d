"""The features of the window: made here, and handed to each other by name."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit

from tumorboard.app.case_change import ABOUT, SERIES, CaseChange
from tumorboard.app.key_owner import Focus
from tumorboard.language import _
from tumorboard.ui.assessment.feature import AssessmentFeature
from tumorboard.ui.facts.feature import FactsFeature
from tumorboard.ui.key_images.feature import KeyImagesFeature
from tumorboard.ui.layout.feature import LayoutFeature
from tumorboard.ui.layout.hanging import HangingProtocols
from tumorboard.ui.measurements.feature import MeasurementsFeature
from tumorboard.ui.measurements.list_feature import MeasurementListFeature
from tumorboard.ui.meeting.feature import MeetingFeature
from tumorboard.ui.outlines.feature import OutlinesFeature
from tumorboard.ui.overlays.feature import DrawnOver, OverlaysFeature
from tumorboard.ui.overview.feature import OverviewFeature
from tumorboard.ui.presenter.feature import PresenterFeature
from tumorboard.ui.radiology.feature import Places, RadiologyFeature
from tumorboard.ui.second.feature import SecondFeature
from tumorboard.ui.series.comparison import DateComparison
from tumorboard.ui.series.feature import SeriesFeature
from tumorboard.ui.series.imports import ImportFeature
from tumorboard.ui.series.parts import SeriesParts
from tumorboard.ui.sharing.bundles import BundleFeature
from tumorboard.ui.sharing.printout import PrintFeature
from tumorboard.ui.sharing.reports import ReportFeature
from tumorboard.ui.shell.case_words import case_title, identity
from tumorboard.ui.shell.context_menu import ContextMenus, MenuActs
from tumorboard.ui.shell.frame import WindowFrame
from tumorboard.ui.shell.host import Feature, Host
from tumorboard.ui.shell.key_stroke import focus_of
from tumorboard.ui.shell.measured_first import MeasuredFirst
from tumorboard.ui.shell.part_round import PartRound
from tumorboard.ui.shell.questions import Questions
from tumorboard.ui.shell.undo import UndoFeature
from tumorboard.ui.shell.window_folds import WindowFolds
from tumorboard.ui.start.feature import StartFeature
from tumorboard.ui.tags.feature import TagFeature
from tumorboard.ui.timeline.feature import TimelineFeature
from tumorboard.ui.vessel.feature import VesselFeature
from tumorboard.ui.worklist.feature import WorklistFeature

_FOLDER = _("Drop their folder here, or File › Open folder (Ctrl+O).")


class Features:
    """Every feature of a window, with the panel it fills and what it wants of another.

    Those made later are asked for when that is done.
    """

    def __init__(self, host: Host, window: WindowFrame) -> None:
        self._host, self._window = host, window
        self.worklist = WorklistFeature(host, window.worklist)
        self.series = SeriesFeature(
            host, window.worklist, lambda: self.imports.find_files(), self._images_came
        )
        self.layout = LayoutFeature(host)
        self.hanging = HangingProtocols(host, self.say_what_is_empty)
        self.measurements = MeasurementsFeature(
            *(host, window.lesions),
            lambda uids: self.vessel.jump(uids),
            lambda uid: self.outlines.choose(uid),
            lambda: self.overlays.heights(),
        )
        self.assessment = AssessmentFeature(host, window.assessment, window.evidence)
        self.facts = FactsFeature(host, window.facts, self.assessment)
        self.series_parts = SeriesParts(host)
        self.overlays = OverlaysFeature(host, window.objects, self._drawn_over())
        self.outlines = OutlinesFeature(
            *(host, window.outlines, window.show_outlines),
            self.overlays.lay_all,
            lambda growing: self.undo.set_growing(growing),
        )
        self.undo = UndoFeature(host, self.outlines.give_up)
        self.vessel = VesselFeature(
            *(host, window.vessels, window.vessel_page, window.show_vessels),
            self.overlays.lay_all,
        )
        self.radiology = self._radiology(host)
        self.key_images = KeyImagesFeature(
            host, window.key_strip, self.overlays, self.vessel.showing
        )
        self.menus = ContextMenus(
            host,
            MenuActs(self.overlays.marks.adopt, self.measurements.assign, self.measurements.delete),
        )
        self.meeting = MeetingFeature(
            *(host, window.decision, window.worklist, window.show_page),
            self.facts.go_to,
            self.outlines.give_up,
        )
        self.talks = PresenterFeature(host, self.meeting.meetings.of_case, self._tell_talking)
        self.imports = ImportFeature(host, self.series, self.meeting.new_cases.ask_whose)
        self.reports = ReportFeature(host)
        self.bundles = BundleFeature(host, self.imports.start)
        self.start = StartFeature(host, window.start, self.bundles.dropped)
        self.second = SecondFeature(host)
        self.printout = PrintFeature(host)
        self.comparison, self.timeline = DateComparison(host), TimelineFeature(host)
        self.overview = OverviewFeature(host)
        self.tags = TagFeature(host, lambda: self.talks.running is not None)
        self.listed = MeasurementListFeature(host, self.measurements.jump)
        self.questions = Questions(host, self.worklist.show_identity)
        self.measured_first = MeasuredFirst(host, (self.outlines.measures, self.vessel.measures))
        self.folds = WindowFolds(host, window, self.meeting.cancel, self._stops_first)
        self.part_round = PartRound(window)
        self.all = self._in_order()

    def _drawn_over(self) -> DrawnOver:
        """Return who draws over the images besides."""
        return DrawnOver(
            lambda volume: self.outlines.layers(volume),
            lambda volume: self.vessel.paths(volume),
            lambda keys: self.outlines.show_only(keys),
            lambda item: self.outlines.adopt(item),
        )

    def _radiology(self, host: Host) -> RadiologyFeature:
        """Return the report of the radiologist, with what is measured and who shows places."""
        series, facts = self.series, self.facts
        places = Places(series.go_to_place, self.measurements.jump, series.show, facts.go_to)
        components = self.outlines.measures.component_sentences
        vessel = self.vessel
        return RadiologyFeature(host, vessel.sentences, vessel.segments, components, places)

    def _stops_first(self) -> bool:
        """Leave a field of words, or stop cine, as Esc does first; return whether it did.

        From a page in place of the images Esc goes back, also out of its fields.
        """
        widget = QApplication.focusWidget()
        if focus_of(widget) is not Focus.WORDS or not isinstance(widget, QLineEdit):
            return self.layout.cine.stop()
        if self._window.stack.currentIndex() and self._window.stack.isAncestorOf(widget):
            return False
        widget.clearFocus()
        self._host.views.active_view().setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def _tell_talking(self, talking: bool) -> None:
        """Hide whom the cases are about while a talk runs."""
        self.worklist.hide_in_talk(talking)
        self.second.hide_in_talk(talking)
        if talking:
            self.tags.close()
            self.listed.close()

    def _in_order(self) -> tuple[Feature, ...]:
        """Return them in the order in which one rests on another.

        Of two that do something for the same command the later one does it.
        """
        return (
            *(self.questions, self.worklist, self.series, self.layout, self.hanging),
            *(self.measurements, self.assessment, self.facts, self.series_parts, self.overlays),
            *(self.outlines, self.undo, self.vessel, self.radiology, self.key_images, self.menus),
            *(self.meeting, self.talks, self.imports, self.reports, self.bundles, self.printout),
            *(self.comparison, self.timeline, self.overview, self.tags),
            *(self.listed, self.measured_first, self.start, self.second, self.folds),
            self.part_round,
        )

    @property
    def is_idle(self) -> bool:
        """Whether nothing waits to be done."""
        return all(feature.is_idle for feature in self.all)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what each command does."""
        return {name: act for feature in self.all for name, act in feature.handlers().items()}

    def listen(self) -> None:
        """Connect the features with their panels and with each other, and show the worklist."""
        for feature in self.all:
            feature.listen()
        # Let what is chosen in the panel of one feature be shown by another.
        window = self._window
        window.header.add(self.meeting.readying.row)
        window.paths_dropped.connect(self.bundles.dropped)
        window.worklist.series_chosen.connect(self.series.show)
        window.worklist.menu_requested.connect(self.meeting.meetings.show_menu)
        window.views.series_step_requested.connect(window.worklist.series.step)
        window.lesions.origin_requested.connect(self.radiology.follow)
        form, panel = window.facts, window.assessment
        for source in (form, panel):
            source.jump_requested.connect(self.measurements.jump)
            source.place_requested.connect(self.series.go_to_place)
            source.strip.form_requested.connect(partial(self._host.show_panel, form))
        panel.fact_requested.connect(self.facts.go_to)
        panel.date_entered.connect(self.facts.enter_date)
        form.tried.connect(lambda name, value: self.assessment.attempt(((name, value),)))
        self.assessment.listen_to(form.strip)
        self.assessment.trial_changed.connect(self.facts.show_again)
        self.assessment.trial_shown.connect(form.set_trial)
        session = self._host.session
        self.show_cases()
        self.show_change(CaseChange(None, session.case))
        self.show_assessment()
        session.case_changed.connect(self.show_change)
        session.cases_changed.connect(self.show_cases)
        session.assessment_changed.connect(self.show_assessment)

    def stop(self) -> None:
        """Let each store what waits; what rests on others goes first."""
        session = self._host.session
        for feature in reversed(self.all):
            feature.stop()
        session.case_changed.disconnect(self.show_change)
        session.cases_changed.disconnect(self.show_cases)
        session.assessment_changed.disconnect(self.show_assessment)

    # -- what changed ----------------------------------------------------------------

    def show_cases(self) -> None:
        """List the cases of the store."""
        worklist, case = self._window.worklist, self._host.case
        worklist.show_cases()
        worklist.set_open(case.uid if case is not None else "")
        if case is None:
            self.say_what_is_empty()
        self.meeting.show_cases()

    def show_change(self, change: CaseChange) -> None:
        """Let those look again that show a family which changed."""
        window, case = self._window, change.after
        if change.is_another:
            uid = case.uid if case is not None else ""
            window.facts.show_case(uid)
            window.notice.show_case(uid)
            window.worklist.set_open(uid)
        for feature in self.all:
            if change.touches(feature.families):
                feature.show_case(case)
        if change.touches(frozenset({ABOUT, SERIES})):
            window.header.set_case(case_title(case), identity(case))
            self.say_what_is_empty()  # it asks which series are listed now
        self.undo.show()

    def show_assessment(self, _assessment: object = None) -> None:
        """Show what the newest assessment says."""
        self.assessment.show_assessment()
        self.vessel.show_level()
        self.meeting.show_assessment()

    def say_what_is_empty(self) -> None:
        """Let a view without images say what brings some."""
        case, room = self._host.case, self._host.room
        if case is not None and self.series.first is not None:
            room.empty_text = _("No images here.\nDrag a series from the list at the left.")
        elif case is not None:
            room.empty_text = _(
                "{label} has no images yet.\n{FOLDER}", label=case.label, FOLDER=_FOLDER
            )
        elif self._window.worklist.cases.count():
            room.empty_text = _("Choose a case at the left, or drop a folder here.")

    def _images_came(self) -> None:
        """Measure what had to wait until a series was there as a whole."""
        case = self._host.case
        if case is not None and case.segmentations:
            self.outlines.measures.soon()
        if case is not None and case.vessels:
            self.vessel.measures.soon()
