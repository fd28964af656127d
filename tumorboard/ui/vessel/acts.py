"""What the panel and the plane across ask for: ways, levels, outlines, corrections, words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from tumorboard.app import vessels
from tumorboard.app.vessel_measures import filled_stretch
from tumorboard.case.vessel import Correction, VesselPath, Word
from tumorboard.errors import UserError
from tumorboard.imaging.geometry import Point
from tumorboard.language import N_, _
from tumorboard.tools.toolbox import tool_named
from tumorboard.ui.vessel.rows import VesselContent

if TYPE_CHECKING:
    from tumorboard.ui.shell.host import Host
    from tumorboard.ui.vessel.feature import VesselFeature

#: The layout with the curved view.
LAYOUT = "vessel"


class VesselActs:
    """Changes the vessel worked on."""

    def __init__(self, host: Host, joint: VesselFeature) -> None:
        self._host = host
        self._joint = joint

    def act(self, name: str, argument: str) -> None:
        """Do what the panel asks for."""
        self._joint.laying.keep_waiting()
        table: dict[str, Callable[[str], object]] = {
            "vessel": self._joint.want,
            "traced": self._trace,
            "level": self._ask_level,
            "no level": lambda n: self._change(N_("Remove level"), vessels.with_level, n, None),
            "show level": self._show_level,
            "lumen": lambda uid: self._replace(N_("Outline of the lumen"), lumen_uid=uid),
            "mass": lambda uid: self._mass(uid, on=True),
            "no mass": lambda uid: self._mass(uid, on=False),
            "arc": lambda degrees: self._correct(
                Correction(self._here, float(degrees)), N_("Set arc of contact")
            ),
            "no arc": lambda __: self._take_back(arc=True),
            "no outline": lambda __: self._take_back(arc=False),
            "word": self._say_word,
            "layout": lambda __: self._host.run(f"layout.{LAYOUT}"),
            "delete": self._joint.delete,
        }
        self._host.attempt(lambda: table[name](argument))

    def turn_tracing(self) -> None:
        """Let the line run through the lumen, or be a spline."""
        record = self._joint.record()
        on = self._joint.traces if record is None else record.traced
        self.act("traced", "" if on else "yes")
        if record is None:  # nothing to be seen of it yet
            spline = _("The next centreline is a spline through your points.")
            traced = _("The next centreline runs through the lumen.")
            self._host.room.tell_hint(spline if on else traced)

    def outline_drawn(self, corners: tuple[Point, ...]) -> None:
        """Keep the outline of the lumen that was drawn at the position."""
        self._correct(Correction(self._here, None, corners), N_("Draw outline of the lumen"))

    @property
    def _here(self) -> float:
        return self._joint.page.position

    @property
    def _reach(self) -> float:
        return float(str(self._host.settings["vessel.hand_mm"]))

    def _change(self, label: str, change: Callable[..., VesselPath], *arguments: object) -> None:
        record = self._joint.record()
        if record is not None:
            self._joint.laying.keep(change(record, *arguments), label)

    def _replace(self, label: str, **changes: object) -> None:
        self._change(label, partial(replace, **changes))

    def _correct(self, correction: Correction, label: str) -> None:
        author = self._host.session.author
        self._change(label, vessels.with_correction, correction, author, self._reach)

    def _take_back(self, *, arc: bool) -> None:
        label = N_("Take arc by hand back") if arc else N_("Take drawn outline back")
        self._change(label, partial(vessels.without_correction, arc=arc), self._here, self._reach)

    def _trace(self, on: str) -> None:
        self._joint.traces = bool(on)
        record = self._joint.record()
        if record is None or record.traced == bool(on):
            self._joint.showing.show()
            return
        changed = replace(record, traced=bool(on))
        if on:
            self._joint.laying.settle(changed, N_("Line through the lumen"))
        else:
            self._joint.laying.keep(
                vessels.laid(changed, changed.anchors, {}), N_("Line as a spline")
            )

    def _ask_level(self, name: str) -> None:
        self._host.room.set_tool(tool_named("landmark"), name)
        self._host.views.main.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_level(self, name: str) -> None:
        record, case = self._joint.record(), self._host.case
        if record is not None and case is not None:
            levels, _ = vessels.levels_of(case, record)
            if name in levels:
                self._joint.showing.look_at(levels[name])

    def _mass(self, uid: str, *, on: bool) -> None:
        record, case = self._joint.record(), self._host.case
        if record is None or case is None:
            return
        every = vessels.tumours_on(case, record.series_instance_uid, record.vessel)
        chosen = {s.uid for s in vessels.tumours_of(case, record)}
        chosen = chosen | {uid} if on else chosen - {uid}
        if not chosen:
            self._joint.panel.show_content(VesselContent())
            self._joint.showing.show()
            raise UserError(
                _("One outline at least has to be left."), _("Choose another one first.")
            )
        kept = () if len(chosen) == len(every) else tuple(s.uid for s in every if s.uid in chosen)
        self._replace(N_("Outlines measured against"), mass_uids=kept)

    def _say_word(self, word: str) -> None:
        reading = self._joint.showing.reading()
        stretch = None if reading is None else filled_stretch(reading, self._here)
        if stretch is None:
            raise UserError(
                _("Nothing fills the lumen here."), _("Go to a place where something does.")
            )
        author = self._host.session.author
        self._change(N_("Word for the lumen"), vessels.with_word, stretch, Word(word), author)
