"""Vessels: joins tools, lines over the views, the curved view, the panel and the session."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject

from tumorboard.annotations.model import Point
from tumorboard.app import vessels
from tumorboard.app.vessel_reading import Reading, reading_words
from tumorboard.app.vessels import Found, Ways
from tumorboard.case.involvement import IVC
from tumorboard.case.model import Case
from tumorboard.case.vessel import VesselPath, centreline_of, vessel_label
from tumorboard.errors import UserError
from tumorboard.imaging.mask_model import Mask, same_grid
from tumorboard.imaging.vessel.centreline import check_inside
from tumorboard.imaging.volume import Volume
from tumorboard.progress import Reporter
from tumorboard.tools.centreline import CentrelineTool
from tumorboard.tools.landmark import LEVELS, next_level
from tumorboard.tools.pathing import LevelSet, LineEnded, PathAct, PointMoved, PointPlaced
from tumorboard.tools.toolbox import VESSEL_TOOLS, tool_named
from tumorboard.ui.ivc_text import level_words
from tumorboard.ui.vessel.acts import LAYOUT, VesselActs
from tumorboard.ui.vessel.measures import VesselMeasures
from tumorboard.ui.vessel.rows import VesselContent, content_of, position_row
from tumorboard.ui.vessel.scene import VesselScene, levels_on
from tumorboard.ui.vessel.shown import ShownVessels
from tumorboard.ui.viewer.cutting import KERNELS
from tumorboard.ui.viewer.display import Display
from tumorboard.ui.viewer.over import ShownPath

if TYPE_CHECKING:
    from tumorboard.ui.controller import Controller

_FOLLOW = "follow vessel"


class Vesselling(QObject):
    """Keeps the vessel that is worked on, and turns what hands do into steps of the case."""

    def __init__(self, controller: Controller) -> None:
        super().__init__(controller)
        self._controller = controller
        self.active = ""
        self._wanted = IVC
        self.traces = True
        self._case_uid = ""
        #: What is shown while the button is held or a way is searched; None: what is stored.
        self._draft: VesselPath | None = None
        self._waiting: tuple[VesselPath, str] | None = None
        self._ways: Ways = {}
        self._held: Point | None = None
        self._scene: VesselScene | None = None
        self._display: Display | None = None
        self._prepared = False
        self._seen_as: VesselPath | None = None
        self._shown = ShownVessels()
        self.measures = VesselMeasures(controller, self._measured)
        self._acts = VesselActs(controller, self)

    # -- wiring --------------------------------------------------------------------------

    def start(self) -> None:
        """Listen to the views, the page and the panel."""
        window = self._controller.window
        panel, page, room = window.lesions.vessels, window.vessel_page, window.room
        panel.set_tools([window.actions_by_name[f"tool.{t.name}"] for t in VESSEL_TOOLS])
        panel.chosen.connect(self.choose)
        panel.acted.connect(self._acts.act)
        page.chosen.connect(self.choose)
        page.moved.connect(self.go_to)
        page.pointed.connect(self.look_at)
        page.drawn.connect(self._acts.outline_drawn)
        room.path_touched.connect(self._touched)
        room.tool_changed.connect(self._tool_changed)
        room.moved.connect(self._follow_point)
        room.changed.connect(self._repaint)
        room.active_changed.connect(self.show)
        window.views.layout_changed.connect(self._layout_changed)
        self._controller.ivc_text.vessel_sentences = self.sentences
        self._layout_changed()

    def stop(self) -> None:
        """Keep what waits, measure nothing more."""
        self.keep_waiting()
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
        table["vessel.mode"] = self._controller.window.vessel_page.next_mode
        table["vessel.contact"] = partial(self.go_to_peak, "contact")
        table["vessel.occlusion"] = partial(self.go_to_peak, "occlusion")
        table["edit.delete"] = self.delete_point
        return table

    def choose_tool(self, name: str) -> None:
        """Take a tool and show the vessels."""
        window = self._controller.window
        window.tabs.setCurrentWidget(window.lesions)
        window.lesions.show_vessels()
        state = None
        if name == "landmark":
            vessel = self.current()
            state = next_level(dict(vessel.landmarks)) if vessel is not None else ""
        window.room.set_tool(tool_named(name), state)
        self._prepare()

    def _prepare(self) -> None:
        if self._prepared:
            return
        self._prepared = True

        def work(_: Reporter) -> None:
            from tumorboard.imaging.mask_prepare import prepare

            KERNELS.prepare()
            prepare(("int16",))

        self._controller.jobs.start("prepare vessels", work, finished=lambda _: self._repaint())

    # -- the case ------------------------------------------------------------------------

    def show_case(self, case: Case | None) -> None:
        """Show the vessels of a case, and have those measured that are new."""
        uid, before = case.uid if case is not None else "", self.active
        if uid != self._case_uid:
            self._case_uid, self.active, self._draft, self._waiting = uid, "", None, None
            self._ways, self._held, self._wanted = {}, None, IVC
            self._shown.forget()
            self.measures.forget()
        if case is not None and case.vessel(self.active) is None and self._draft is None:
            self.active = case.vessels[0].uid if case.vessels else ""
        if case is not None and case.vessels:
            self.measures.soon()
            if self._controller.window.vessel_page.isVisible():
                self._prepare()
        for vessel in case.vessels if case is not None else ():
            self._ways.update(vessels.ways_of(vessel))
        if self.active != before:
            self.lay()
        else:  # the overlays were laid with the case
            self._share()
            self.show()

    def record(self) -> VesselPath | None:
        """Return the vessel worked on as it is stored, None without one."""
        case = self._controller.session.case
        return None if case is None else case.vessel(self.active)

    def current(self) -> VesselPath | None:
        """Return the vessel worked on as it is shown."""
        return self._draft or self.record()

    def choose(self, uid: str) -> None:
        """Work on a vessel, and show where it lies."""
        self.keep_waiting()
        self.active, self._draft, self._held = uid, None, None
        record = self.record()
        if record is None:
            return
        self._wanted = record.vessel
        display = self._controller.loading.show(record.series_instance_uid)
        self.lay()
        line = centreline_of(record)
        if display is not None and display.volume is not None and line is not None:
            self.go_to(line.length_mm / 2)

    def jump(self, uids: tuple[str, ...]) -> bool:
        """Show the place that a fact rests on, when it rests on a vessel; whether it does."""
        case = self._controller.session.case
        found = [uid for uid in uids if case is not None and case.vessel(uid)]
        if not found:
            return False
        self.choose(found[0])
        self.go_to_peak("contact")
        return True

    def _measured(self) -> None:
        self.lay()

    # -- what is shown -------------------------------------------------------------------

    def lay(self) -> None:
        """Draw the vessels anew wherever they show."""
        self._share()
        self._controller.overlaying.lay_all()
        self.show()

    def _share(self) -> None:
        """Let the tools know the vessel worked on."""
        vessel = self._in_view()
        if self._seen_as is None or self._seen_as is not vessel:
            self._seen_as = vessel
            self._controller.window.room.path = vessels.seen(vessel)

    def _in_view(self) -> VesselPath | None:
        """Return the vessel worked on when it lies on the series of the active view."""
        vessel, volume = self.current(), self._controller.window.room.active.volume
        if vessel is None or volume is None:
            return None
        return vessel if vessel.series_instance_uid == volume.series_instance_uid else None

    def paths(self, volume: Volume) -> tuple[ShownPath, ...]:
        """Return the lines to be drawn over a volume."""
        case = self._controller.session.case
        if case is None or not volume.is_placed:
            return ()
        return self._shown.over(case, self._draft, self.active, volume)

    def show(self) -> None:
        """List the vessels, and show the one worked on."""
        window, case = self._controller.window, self._controller.session.case
        panel, page = window.lesions.vessels, window.vessel_page
        if case is None:
            panel.show_content(VesselContent())
            self._scene = self._display = None
            page.show_scene(None, None)
            page.show_vessels((), "")
            return
        level = level_words(self._controller.session.assessment)
        readings, problems = self.measures.readings(), self.measures.problems()
        content = content_of(case, self.record(), readings, problems, level)
        if self.record() is None:
            content = replace(content, wanted=self._wanted, traced=self.traces)
        busy = "Looking for the way through the lumen…" if self._waiting else ""
        panel.show_content(replace(content, busy=busy))
        page.show_vessels(tuple((r.uid, r.name) for r in content.rows), self.active)
        self._scene, self._display = self._made_scene(case, readings)
        page.show_scene(self._scene, self._display)
        self._follow_point()

    def _made_scene(
        self, case: Case, readings: dict[str, Reading]
    ) -> tuple[VesselScene | None, Display | None]:
        vessel = self.current()
        line = None if vessel is None else centreline_of(vessel)
        if vessel is None or line is None:
            return None, None
        shown = [d for d in self._controller.window.room.displays if d.volume is not None]
        display = next((d for d in shown if _series(d) == vessel.series_instance_uid), None)
        if display is None or display.volume is None:
            return None, None
        reading = readings.get(vessel.uid) if self._draft is None else None
        if reading is not None:
            line = reading.line
        elif self._scene is not None and np.array_equal(self._scene.line.line, line.line):
            line = self._scene.line
        name, levels = vessel_label(vessel.vessel), levels_on(case, vessel, line)
        return VesselScene(vessel.uid, name, display.volume, line, levels, reading), display

    def _layout_changed(self) -> None:
        window = self._controller.window
        shown = window.views.shape.name == LAYOUT
        window.vessel_page.setVisible(shown)
        if shown:
            self._prepare()
            self.show()

    def _repaint(self) -> None:
        vessel, volume = self._in_view(), self._controller.window.room.active.volume
        laid_on = None if self._scene is None else self._scene.volume
        if vessel is not None and laid_on is not volume:  # its images came after the case
            self._share()
            self.show()
        page = self._controller.window.vessel_page
        if page.isVisible():
            page.repaint_all()

    def _follow_point(self) -> None:
        """Show the place along the vessel that is nearest to the point of the views."""
        if self._scene is None or self._display is None:
            self._controller.window.lesions.vessels.show_position(position_row(None, None, 0.0))
            return
        arc, _ = self._scene.line.nearest(np.array(self._display.point))
        self._controller.window.vessel_page.set_position(arc)
        row = position_row(self._scene.reading, self.record(), arc)
        self._controller.window.lesions.vessels.show_position(row)

    # -- going along ---------------------------------------------------------------------

    def go_to(self, arc_mm: float) -> None:
        """Bring all planes to a place along the vessel."""
        if self._scene is not None and self._display is not None:
            self._display.set_point(self._scene.line.at(arc_mm))

    def look_at(self, point: Point) -> None:
        """Bring all planes to a point in the patient."""
        if self._display is not None:
            self._display.set_point(point)

    def go_to_peak(self, what: str) -> None:
        """Go to the largest contact or the highest occlusion."""
        reading = self._scene.reading if self._scene is not None else None
        found = None
        if reading is not None:
            profile = reading.profile
            found = profile.most_contact if what == "contact" else profile.most_occlusion
        if found is None:
            self._controller.say("No vessel is measured yet. Follow one first (Shift+C).")
        else:
            self.go_to(found.arc_mm)

    def sentences(self) -> tuple[str, ...]:
        """Return what was measured along the vessels of the open case, in sentences."""
        return tuple(line for r in self.measures.readings().values() for line in reading_words(r))

    # -- what hands do -------------------------------------------------------------------

    def _touched(self, act: PathAct) -> None:
        if isinstance(act, PointPlaced | PointMoved):
            self._controller.attempt(lambda: self._point(act))
        elif isinstance(act, LevelSet):
            self._controller.attempt(lambda: self._level(act))
        elif isinstance(act, LineEnded):
            self._controller.choose_tool("")

    def _volume(self) -> Volume:
        volume = self._controller.window.room.active.volume
        if volume is None or self._controller.session.case is None:
            raise UserError("There are no images to follow a vessel on.", "Open a case first.")
        if not volume.is_placed:
            raise UserError(
                "These images do not say where they lie in the patient.",
                "A vessel needs that; measure on the images instead.",
            )
        return volume

    def _working_on(self, volume: Volume) -> VesselPath:
        """Return the vessel that a point on a volume belongs to, a new one where none is."""
        case, here = self._controller.session.case, volume.series_instance_uid
        if case is None:
            raise UserError("No case is open.", "Open a case from the worklist first.")
        mine = [v for v in case.vessels if v.series_instance_uid == here]
        named = [v for v in mine if v.vessel == self._wanted]
        found = next((v for v in named if v.uid == self.active), named[-1] if named else None)
        return found or vessels.begun(case, volume, self._wanted, traced=self.traces)

    def _point(self, act: PointPlaced | PointMoved) -> None:
        volume = self._volume()
        if self._waiting is not None:
            self.keep_waiting()
        base = self._working_on(volume)
        try:
            check_inside(volume.stack, [act.point], "The line")
        except UserError:
            self._drop_draft()
            raise
        change = vessels.with_point if isinstance(act, PointPlaced) else vessels.with_point_at
        draft = change(base, min(act.at, len(base.anchors)), act.point, self._ways)
        self.active, self._held = draft.uid, act.point
        if not act.ended:
            self._draft = draft
            self._show_draft()
        elif draft.anchors == base.anchors:
            self._drop_draft()
        else:
            word = "Add" if isinstance(act, PointPlaced) else "Move"
            self.settle(draft, f"{word} point of {vessel_label(draft.vessel)}")

    def _show_draft(self) -> None:
        """Draw the line while the button is held: the lines and pictures alone, no lists."""
        controller = self._controller
        case = controller.session.case
        if case is None:
            return
        controller.overlaying.lay_all()
        page = controller.window.vessel_page
        if page.isVisible():
            self._scene, self._display = self._made_scene(case, {})
            page.show_scene(self._scene, self._display)

    def settle(self, vessel: VesselPath, label: str) -> None:
        """Keep a changed line; through the lumen, once its way was found."""
        volume = self._volume()
        vessel = vessels.laid(vessel, vessel.anchors, self._ways)
        pairs = vessels.ways_missing(vessel, self._ways)
        if not pairs:
            self.keep(vessel, label)
            return
        self._draft, self._waiting = vessel, (vessel, label)
        self.lay()
        work = vessels.search(volume, pairs, self._lumen(vessel, volume))
        self._controller.jobs.start(
            _FOLLOW,
            work,
            finished=partial(self._found, vessel, label),
            failed=lambda text: self._controller.say(text, state="warning"),
        )

    def _lumen(self, vessel: VesselPath, volume: Volume) -> Mask | None:
        session = self._controller.session
        case = session.case
        record = None if case is None else case.segmentation(vessel.lumen_uid)
        if record is None or record.is_empty:
            return None
        mask = session.mask_of(record)
        return mask if same_grid(mask.stack, volume.stack) else None

    def _found(self, vessel: VesselPath, label: str, found: Found) -> None:
        if self._waiting is None or self._waiting[0] != vessel:
            return
        self._ways.update(found.ways)
        self._waiting = None
        self.keep(vessels.laid(vessel, vessel.anchors, self._ways), label)
        if found.problem:
            self._controller.say(
                f"{found.problem} A straight spline stands there.", state="warning"
            )

    def keep_waiting(self) -> None:
        """Keep a line whose way is still being searched as it is shown: a spline there."""
        if self._waiting is not None:
            (vessel, label), self._waiting = self._waiting, None
            self.keep(vessel, label)

    def keep(self, vessel: VesselPath, label: str) -> None:
        """Store a vessel as one step."""
        session = self._controller.session
        self.active, self._draft = vessel.uid, None
        if self._controller.attempt(lambda: session.put_vessel(vessel, label)):
            self._controller.keep_if_scratch()
        self.lay()

    def _tool_changed(self) -> None:
        """Forget a gesture that was given up."""
        if self._draft is not None and self._waiting is None:
            self._drop_draft()
        if not isinstance(self._controller.window.room.tool, CentrelineTool):
            self._held = None

    def _drop_draft(self) -> None:
        self._draft = None
        self.lay()

    def delete_point(self) -> None:
        """Take the point held last away; with another tool, what is selected."""
        room, record = self._controller.window.room, self.record()
        if not isinstance(room.tool, CentrelineTool):
            room.delete_selected()
            return
        self.keep_waiting()
        record = self.record()
        if record is None or self._held not in record.anchors:
            self._controller.say("Click a point of the line first; Del takes that one away.")
            return
        at = record.anchors.index(self._held)
        self._held = None
        if len(record.anchors) == 1:
            self.delete(record.uid)
            return
        changed = vessels.without_point(record, at, self._ways)
        label = f"Delete point of {vessel_label(record.vessel)}"
        self._controller.attempt(lambda: self.settle(changed, label))

    def _level(self, act: LevelSet) -> None:
        record = self.record()
        if record is not None:
            label = f"Set level: {LEVELS.get(act.name, act.name).lower()}"
            self.keep(vessels.with_level(record, act.name, act.point), label)

    def want(self, name: str) -> None:
        """Follow a vessel of this name from now on: the one there is, or a new one."""
        self._wanted = name
        case, volume = self._controller.session.case, self._controller.window.room.active.volume
        here = volume.series_instance_uid if volume is not None else ""
        mine = [v for v in case.vessels if v.vessel == name] if case is not None else []
        mine = [v for v in mine if v.series_instance_uid == here] or mine
        self._draft, self._held = None, None
        self.active = mine[-1].uid if mine else ""
        self.lay()

    def delete(self, uid: str) -> None:
        """Delete a vessel; undo brings it back."""
        if uid == self.active:
            self.active, self._held = "", None
        self._controller.session.delete_vessel(uid)

    def reading(self) -> Reading | None:
        """Return what was measured of the vessel worked on, None while that is not known."""
        return None if self._scene is None else self._scene.reading


def _series(display: Display) -> str:
    return "" if display.volume is None else display.volume.series_instance_uid
