"""The vessel worked on before the reader: panel, page, and the place along it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from tumorboard.app.vessel_measures import Reading
from tumorboard.case.model import Case
from tumorboard.case.saved_curve import SavedCurve
from tumorboard.case.vessel import centreline_of, vessel_label
from tumorboard.guidelines.assessment import level_words
from tumorboard.imaging.geometry import Point
from tumorboard.language import _
from tumorboard.progress import Reporter
from tumorboard.ui.vessel.acts import LAYOUT
from tumorboard.ui.vessel.kept import curve_of, look_of, note_on, refreshed, scene_of
from tumorboard.ui.vessel.rows import VesselContent, content_of, position_row
from tumorboard.ui.vessel.scene import Bands, VesselScene, levels_on
from tumorboard.ui.viewer.display import Display

if TYPE_CHECKING:
    from tumorboard.ui.shell.host import Host
    from tumorboard.ui.vessel.feature import VesselFeature

#: The key of the series of a kept view, and the view.
_Kept = tuple[str, SavedCurve]


class VesselViews:
    """Shows the vessel worked on, and goes along it."""

    def __init__(self, host: Host, joint: VesselFeature, lay_all: Callable[[], None]) -> None:
        self._host = host
        self._lay_all = lay_all
        self._level = ""
        self._joint = joint
        self.scene: VesselScene | None = None
        self._kept: _Kept | None = None
        self._display: Display | None = None
        self._prepared = False

    def prepare(self) -> None:
        """Load the filters that find a lumen, once."""
        if self._prepared:
            return
        self._prepared = True

        def work(__: Reporter) -> None:
            from tumorboard.imaging.segmentation.distance import load_filters

            load_filters()

        self._host.jobs.start("prepare vessels", work)

    # -- what is on show -----------------------------------------------------------------

    def show(self) -> None:
        """List the vessels, and show the one worked on."""
        case = self._host.case
        panel, page = self._joint.panel, self._joint.page
        if case is None:
            panel.show_content(VesselContent())
            self.scene = self._display = None
            page.show_scene(None, None)
            page.show_vessels((), "")
            return
        self._level = level = level_words(self._host.session.assessment)
        readings, problems = self._joint.measures.readings(), self._joint.measures.problems()
        content = content_of(case, self._joint.record(), readings, problems, level)
        if self._joint.record() is None:
            content = replace(content, wanted=self._joint.wanted, traced=self._joint.traces)
        busy = _("Looking for the way through the lumen…") if self._joint.laying.waiting else ""
        panel.show_content(replace(content, busy=busy))
        page.show_vessels(tuple((r.uid, r.name) for r in content.rows), self._joint.active)
        self.scene, self._display = self._made_scene(case, readings)
        page.show_scene(self.scene, self._display)
        self.follow_point()

    def show_level(self) -> None:
        """List the vessels again where another level is assessed than they were listed with."""
        if self._level != level_words(self._host.session.assessment):
            self.show()

    def show_line(self) -> None:
        """Draw the line while the button is held: the lines and pictures alone, no lists."""
        host = self._host
        case = host.case
        if case is None:
            return
        self._lay_all()
        page = self._joint.page
        if page.isVisible():
            self.scene, self._display = self._made_scene(case, {})
            page.show_scene(self.scene, self._display)

    def _made_scene(
        self, case: Case, readings: dict[str, Reading]
    ) -> tuple[VesselScene | None, Display | None]:
        if self._kept is not None and (found := self._made_kept(case, self._kept)):
            return found
        vessel = self._joint.current()
        line = None if vessel is None else centreline_of(vessel)
        if vessel is None or line is None:
            return None, None
        display = self._display_of(vessel.series_instance_uid)
        if display is None or display.volume is None:
            return None, None
        reading = readings.get(vessel.uid) if self._joint.laying.draft is None else None
        if reading is not None:
            line = reading.line
        elif self.scene is not None and np.array_equal(self.scene.line.line, line.line):
            line = self.scene.line
        name, levels = vessel_label(vessel.vessel), levels_on(case, vessel, line)
        bands = Bands()
        if reading is not None:
            bands = Bands(reading.profile.contact, reading.profile.involvement)
        scene = VesselScene(vessel.uid, name, display.volume, line, levels, reading, bands)
        return scene, display

    def _made_kept(self, case: Case, kept: _Kept) -> tuple[VesselScene, Display] | None:
        """Return the scene of a view that was kept before something on it was changed."""
        key, curve = kept
        display = self._display_of(key)
        if display is None or display.volume is None:
            return None
        held = self.scene
        is_laid = held is not None and held.note and held.volume is display.volume
        if held is not None and is_laid and curve.is_on(held.line):
            return held, display
        return scene_of(case, curve, display.volume), display

    def _display_of(self, series_uid: str) -> Display | None:
        for display in self._host.room.displays:
            volume = display.volume
            if volume is not None and volume.series_instance_uid == series_uid:
                return display
        return None

    # -- key images ----------------------------------------------------------------------

    def curve(self) -> tuple[Display, SavedCurve] | None:
        """Return the curved view when the reader works with it, for a key image."""
        case, page = self._host.case, self._joint.page
        if case is None or self._display is None or not page.in_hand:
            return None
        if self._kept is not None:
            curve = refreshed(self._kept[1], page.curved)
        else:
            vessel = self._joint.record()
            curve = None if vessel is None else curve_of(case, vessel, page.curved)
        return None if curve is None else (self._display, curve)

    def show_curve(self, key: str, curve: SavedCurve) -> None:
        """Show a curved view as it was kept, on a line that is otherwise now the old one."""
        case, page = self._host.case, self._joint.page
        if case is None:
            return
        self._joint.work_on(curve.vessel_uid)
        self._kept = (key, curve) if note_on(case, curve) else None
        self._joint.lay()
        page.curved.show_look(look_of(curve))
        page.curved.setFocus()

    def let_go(self) -> None:
        """Show the lines as they are, no kept view any more."""
        self._kept = None

    def layout_changed(self) -> None:
        """Show the page in its own layout alone."""
        shown = self._host.views.shape.name == LAYOUT
        if not shown:
            self.let_go()
        self._joint.page.setVisible(shown)
        if shown:
            self.prepare()
            self.show()

    def repaint(self) -> None:
        """Paint the page anew: what the views show changed."""
        vessel, volume = self._joint.in_view(), self._host.room.active.volume
        laid_on = None if self.scene is None else self.scene.volume
        if vessel is not None and laid_on is not volume:  # its images came after the case
            self._joint.share()
            self.show()
        page = self._joint.page
        if page.isVisible():
            page.repaint_all()

    def follow_point(self) -> None:
        """Show the place along the vessel that is nearest to the point of the views."""
        if self.scene is None or self._display is None:
            self._joint.panel.show_position(position_row(None, None, 0.0))
            return
        arc, _ = self.scene.line.nearest(np.array(self._display.point))
        self._joint.page.set_position(arc)
        row = position_row(self.scene.reading, self._joint.record(), arc)
        self._joint.panel.show_position(row)

    # -- going along ---------------------------------------------------------------------

    def go_to(self, arc_mm: float) -> None:
        """Bring all planes to a place along the vessel."""
        if self.scene is not None and self._display is not None:
            self._display.set_point(self.scene.line.at(arc_mm))

    def look_at(self, point: Point) -> None:
        """Bring all planes to a point in the patient."""
        if self._display is not None:
            self._display.set_point(point)

    def go_to_peak(self, what: str) -> None:
        """Go to the largest contact or the highest occlusion."""
        reading = self.scene.reading if self.scene is not None else None
        found = None
        if reading is not None:
            profile = reading.profile
            found = profile.most_contact if what == "contact" else profile.most_occlusion
        if found is None:
            self._host.say(_("No vessel is measured yet. Follow one first (Shift+C)."))
        else:
            self.go_to(found.arc_mm)

    def reading(self) -> Reading | None:
        """Return what was measured of the vessel worked on, None while that is not known."""
        return None if self.scene is None else self.scene.reading
