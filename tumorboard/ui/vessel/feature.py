"""Vessels: joins tools, lines over the views, the curved view, the panel and the session."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from tumorboard.app import vessels
from tumorboard.app.case_change import ANNOTATIONS, LESIONS, SEGMENTATIONS, SERIES, VESSELS
from tumorboard.app.vessel_measures import reading_words, reservations, segment_sentences
from tumorboard.case.involvement import IVC
from tumorboard.case.model import Case
from tumorboard.case.report_text import Sentence
from tumorboard.case.vessel import VesselPath, centreline_of, vessel_label
from tumorboard.imaging.volume import Volume
from tumorboard.language import _
from tumorboard.tools.landmark import next_level
from tumorboard.tools.toolbox import VESSEL_TOOLS, tool_named
from tumorboard.ui.shell.host import Feature
from tumorboard.ui.vessel.acts import VesselActs
from tumorboard.ui.vessel.centreline import CentrelineEditor
from tumorboard.ui.vessel.drawn import DrawnVessels
from tumorboard.ui.vessel.measures import VesselMeasures
from tumorboard.ui.vessel.page import VesselPage
from tumorboard.ui.vessel.panel import VesselPanel
from tumorboard.ui.vessel.views import VesselViews
from tumorboard.ui.viewer.overlay_stack import ShownPath

if TYPE_CHECKING:
    from tumorboard.ui.shell.host import Host


#: What the list of vessels rests on, and what the words on a vessel rest on beside it.
_LISTED = frozenset({SERIES, VESSELS})
_MEASURED_WITH = frozenset({ANNOTATIONS, LESIONS, SEGMENTATIONS})


class VesselFeature(QObject, Feature):
    """Keeps the vessel that is worked on, and turns what hands do into steps of the case."""

    families = _LISTED

    def __init__(
        self,
        host: Host,
        panel: VesselPanel,
        page: VesselPage,
        show_panel: Callable[[], None],
        lay_all: Callable[[], None],
    ) -> None:
        super().__init__(host.parent_widget)
        self._host = host
        self.panel, self.page = panel, page
        self._show_panel = show_panel
        self._lay_all = lay_all
        self.active = ""
        self.wanted = IVC
        self.traces = True
        self._case_uid = ""
        self._seen_as: VesselPath | None = None
        self._shown = DrawnVessels()
        self.measures = VesselMeasures(host, self.lay)
        self.laying = CentrelineEditor(host, self)
        self.showing = VesselViews(host, self, lay_all)
        self._acts = VesselActs(host, self)

    # -- wiring --------------------------------------------------------------------------

    def listen(self) -> None:
        """Listen to the views, the page and the panel."""
        host, panel, page, room = self._host, self.panel, self.page, self._host.room
        panel.set_tools([host.actions[f"tool.{t.name}"] for t in VESSEL_TOOLS])
        panel.chosen.connect(self.choose)
        panel.acted.connect(self._acts.act)
        page.chosen.connect(self.choose)
        page.moved.connect(self.showing.go_to)
        page.pointed.connect(self.showing.look_at)
        page.drawn.connect(self._acts.outline_drawn)
        room.path_touched.connect(self.laying.touched)
        room.tool_changed.connect(self.laying.tool_changed)
        room.moved.connect(self.showing.follow_point)
        room.changed.connect(self.showing.repaint)
        room.active_changed.connect(self.showing.show)
        host.views.layout_changed.connect(self.showing.layout_changed)
        self.showing.layout_changed()

    def stop(self) -> None:
        """Keep what waits, measure nothing more."""
        self.laying.keep_waiting()
        self.measures.stop()

    @property
    def is_idle(self) -> bool:
        """Whether no measuring waits."""
        return self.measures.is_idle

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what the commands of this do."""
        table: dict[str, Callable[[], object]] = {
            f"tool.{tool.name}": partial(self.choose_tool, tool.name) for tool in VESSEL_TOOLS
        }
        table["vessel.traced"] = self._acts.turn_tracing
        table["vessel.mode"] = self.page.next_mode
        table["vessel.contact"] = partial(self.showing.go_to_peak, "contact")
        table["vessel.occlusion"] = partial(self.showing.go_to_peak, "occlusion")
        table["edit.delete"] = self.laying.delete_point
        return table

    def choose_tool(self, name: str) -> None:
        """Take a tool and show the vessels."""
        self._show_panel()
        state = None
        if name == "landmark":
            vessel = self.current()
            state = next_level(dict(vessel.landmarks)) if vessel is not None else ""
        self._host.room.set_tool(tool_named(name), state)
        self.showing.prepare()

    def show_case(self, case: Case | None) -> None:
        """Show the vessels of a case, and have those measured that are new."""
        uid, before = case.uid if case is not None else "", self.active
        if uid != self._case_uid:
            self._case_uid, self.active, self.wanted = uid, "", IVC
            self.laying.forget()
            self.showing.let_go()
            self._shown.forget()
            self.measures.forget()
        if case is not None and case.vessel(self.active) is None and self.laying.draft is None:
            self.active = case.vessels[0].uid if case.vessels else ""
        has_vessels = case is not None and bool(case.vessels)
        self.families = _LISTED | _MEASURED_WITH if has_vessels else _LISTED
        if has_vessels:
            self.measures.soon()
            if self.page.isVisible():
                self.showing.prepare()
        for vessel in case.vessels if case is not None else ():
            self.laying.know(vessel)
        if self.active != before:
            self.lay()
        else:  # the overlays were laid with the case
            self.share()
            self.showing.show()

    def show_level(self) -> None:
        """Show the level of the tumour in the vein as it is assessed now."""
        if self.record() is not None:  # it stands with the words on a vessel
            self.showing.show_level()

    def record(self) -> VesselPath | None:
        """Return the vessel worked on as it is stored, None without one."""
        case = self._host.case
        return None if case is None else case.vessel(self.active)

    def current(self) -> VesselPath | None:
        """Return the vessel worked on as it is shown."""
        return self.laying.draft or self.record()

    def choose(self, uid: str) -> None:
        """Work on a vessel, and show where it lies."""
        self.work_on(uid)
        record = self.record()
        if record is None:
            return
        display = self._host.images.show(record.series_instance_uid)
        self.lay()
        line = centreline_of(record)
        if display is not None and display.volume is not None and line is not None:
            self.showing.go_to(line.length_mm / 2)

    def work_on(self, uid: str) -> None:
        """Work on a vessel, as it is."""
        self.laying.keep_waiting()
        self.laying.let_go()
        self.showing.let_go()
        self.active = uid
        record = self.record()
        if record is not None:
            self.wanted = record.vessel

    def jump(self, uids: tuple[str, ...]) -> bool:
        """Show the place that a fact rests on, when it rests on a vessel; whether it does."""
        case = self._host.case
        found = [uid for uid in uids if case is not None and case.vessel(uid)]
        if not found:
            return False
        self.choose(found[0])
        self.showing.go_to_peak("contact")
        return True

    # -- what is shown -------------------------------------------------------------------

    def lay(self) -> None:
        """Draw the vessels anew wherever they show."""
        self.share()
        self._lay_all()
        self.showing.show()

    def share(self) -> None:
        """Let the tools know the vessel worked on."""
        vessel = self.in_view()
        if self._seen_as is None or self._seen_as is not vessel:
            self._seen_as = vessel
            self._host.room.path = vessels.seen(vessel)

    def in_view(self) -> VesselPath | None:
        """Return the vessel worked on when it lies on the series of the active view."""
        vessel, volume = self.current(), self._host.room.active.volume
        if vessel is None or volume is None:
            return None
        return vessel if vessel.series_instance_uid == volume.series_instance_uid else None

    def paths(self, volume: Volume) -> tuple[ShownPath, ...]:
        """Return the lines to be drawn over a volume."""
        case = self._host.case
        if case is None or not volume.is_placed:
            return ()
        return self._shown.over(case, self.laying.draft, self.active, volume)

    def sentences(self) -> tuple[str, ...]:
        """Return what was measured along the vessels of the open case, and what limits it."""
        found: list[str] = []
        for reading in self.measures.readings().values():
            name = vessel_label(reading.vessel.vessel)
            found += reading_words(reading)
            found += [
                _("{name}, reservation: {text}", name=name, text=text)
                for text in reservations(reading)
            ]
        return tuple(found)

    def segments(self) -> tuple[Sentence, ...]:
        """Return the contact along the vessels of the open case, by segment."""
        case, readings = self._host.case, self.measures.readings()
        return () if case is None else segment_sentences(case, readings.values())

    def want(self, name: str) -> None:
        """Follow a vessel of this name from now on: the one there is, or a new one."""
        self.wanted = name
        case, volume = self._host.case, self._host.room.active.volume
        here = volume.series_instance_uid if volume is not None else ""
        mine = [v for v in case.vessels if v.vessel == name] if case is not None else []
        mine = [v for v in mine if v.series_instance_uid == here] or mine
        self.laying.let_go()
        self.showing.let_go()
        self.active = mine[-1].uid if mine else ""
        self.lay()

    def delete(self, uid: str) -> None:
        """Delete a vessel; undo brings it back."""
        if uid == self.active:
            self.active = ""
            self.laying.let_point_go()
        self._host.session.delete_vessel(uid)
