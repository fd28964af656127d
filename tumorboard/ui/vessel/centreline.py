"""The line of a vessel while hands lay it: what is held, searched, kept, taken away."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tumorboard.app import vessels
from tumorboard.app.vessels import Found, Ways
from tumorboard.case.vessel import VesselPath
from tumorboard.errors import UserError
from tumorboard.imaging.geometry import Point
from tumorboard.imaging.mask_model import Mask, laid_on
from tumorboard.imaging.vessel.centreline import check_inside
from tumorboard.imaging.volume import Volume
from tumorboard.language import N_, _
from tumorboard.tools.centreline import CentrelineTool
from tumorboard.tools.pathing import LevelSet, LineEnded, PathAct, PointMoved, PointPlaced

if TYPE_CHECKING:
    from tumorboard.ui.shell.host import Host
    from tumorboard.ui.vessel.feature import VesselFeature

_FOLLOW = "follow vessel"


class CentrelineEditor:
    """Turns what hands do on the line of a vessel into steps of the case.

    ``draft`` is what is shown while the button is held or a way is searched, None where that
    is what is stored; ``waiting`` the line whose way is being searched, with the label of its
    step.
    """

    def __init__(self, host: Host, joint: VesselFeature) -> None:
        self._host = host
        self._joint = joint
        self.draft: VesselPath | None = None
        self.waiting: tuple[VesselPath, str] | None = None
        self._ways: Ways = {}
        self._held: Point | None = None

    def forget(self) -> None:
        """Let all go: another case is open."""
        self.draft = self.waiting = self._held = None
        self._ways = {}

    def let_go(self) -> None:
        """Hold neither a draft nor a point: another vessel is worked on."""
        self.draft = self._held = None

    def let_point_go(self) -> None:
        """Hold no point: the vessel it belonged to goes."""
        self._held = None

    def know(self, vessel: VesselPath) -> None:
        """Take the ways that a vessel was stored with."""
        self._ways.update(vessels.ways_of(vessel))

    def touched(self, act: PathAct) -> None:
        """Do what a tool says that the hand did."""
        if isinstance(act, PointPlaced | PointMoved):
            self._host.attempt(lambda: self._point(act))
        elif isinstance(act, LevelSet):
            self._host.attempt(lambda: self._level(act))
        elif isinstance(act, LineEnded):
            self._host.room.set_tool(None)

    def _volume(self) -> Volume:
        volume = self._host.room.active.volume
        if volume is None or self._host.case is None:
            raise UserError(
                _("There are no images to follow a vessel on."), _("Open a case first.")
            )
        if not volume.is_placed:
            raise UserError(
                _("These images do not say where they lie in the patient."),
                _("A vessel needs that; measure on the images instead."),
            )
        return volume

    def _point(self, act: PointPlaced | PointMoved) -> None:
        volume = self._volume()
        if self.waiting is not None:
            self.keep_waiting()
        # The vessel that a point on a volume belongs to, a new one where none is.
        case, here = self._host.case, volume.series_instance_uid
        if case is None:
            raise UserError(_("No case is open."), _("Open a case from the worklist first."))
        mine = [v for v in case.vessels if v.series_instance_uid == here]
        named = [v for v in mine if v.vessel == self._joint.wanted]
        last = named[-1] if named else None
        found = next((v for v in named if v.uid == self._joint.active), last)
        base = found or vessels.begun(case, volume, self._joint.wanted, traced=self._joint.traces)
        try:
            check_inside(volume.stack, [act.point], _("The line"))
        except UserError:
            self._drop_draft()
            raise
        change = vessels.with_point if isinstance(act, PointPlaced) else vessels.with_point_at
        draft = change(base, min(act.at, len(base.anchors)), act.point, self._ways)
        self._joint.active, self._held = draft.uid, act.point
        self._joint.showing.let_go()
        if not act.ended:
            self.draft = draft
            self._joint.showing.show_line()
        elif draft.anchors == base.anchors:
            self._drop_draft()
        else:
            placed = isinstance(act, PointPlaced)
            label = N_("Add point of vessel") if placed else N_("Move point of vessel")
            self.settle(draft, label)

    def settle(self, vessel: VesselPath, label: str) -> None:
        """Keep a changed line; through the lumen, once its way was found."""
        volume = self._volume()
        vessel = vessels.laid(vessel, vessel.anchors, self._ways)
        pairs = vessels.ways_missing(vessel, self._ways)
        if not pairs:
            self.keep(vessel, label)
            return
        self.draft, self.waiting = vessel, (vessel, label)
        self._joint.lay()
        work = vessels.search(volume, pairs, self._lumen(vessel, volume))
        self._host.jobs.start(
            _FOLLOW,
            work,
            finished=partial(self._found, vessel, label),
            failed=lambda text: self._host.say(text, state="warning"),
        )

    def _lumen(self, vessel: VesselPath, volume: Volume) -> Mask | None:
        session = self._host.session
        case = session.case
        record = None if case is None else case.segmentation(vessel.lumen_uid)
        if record is None or record.is_empty:
            return None
        mask = session.mask_of(record)
        return laid_on(mask, volume.stack)

    def _found(self, vessel: VesselPath, label: str, found: Found) -> None:
        if self.waiting is None or self.waiting[0] != vessel:
            return
        self._ways.update(found.ways)
        self.waiting = None
        self.keep(vessels.laid(vessel, vessel.anchors, self._ways), label)
        if found.problem:
            self._host.say(
                f"{found.problem} {_('A straight spline stands there.')}",
                state="warning",
            )

    def keep_waiting(self) -> None:
        """Keep a line whose way is still being searched as it is shown: a spline there."""
        if self.waiting is not None:
            (vessel, label), self.waiting = self.waiting, None
            self.keep(vessel, label)

    def keep(self, vessel: VesselPath, label: str) -> None:
        """Store a vessel as one step."""
        session = self._host.session
        self._joint.active, self.draft = vessel.uid, None
        self._joint.showing.let_go()
        if self._host.attempt(lambda: session.put_vessel(vessel, label)):
            self._host.keep_if_scratch()
        self._joint.lay()

    def tool_changed(self) -> None:
        """Forget a gesture that was given up."""
        if self.draft is not None and self.waiting is None:
            self._drop_draft()
        if not isinstance(self._host.room.tool, CentrelineTool):
            self._held = None

    def _drop_draft(self) -> None:
        self.draft = None
        self._joint.lay()

    def delete_point(self) -> None:
        """Take the point held last away; with another tool, what is selected."""
        room, record = self._host.room, self._joint.record()
        if not isinstance(room.tool, CentrelineTool):
            room.delete_selected()
            return
        self.keep_waiting()
        record = self._joint.record()
        if record is None or self._held not in record.anchors:
            self._host.say(_("Click a point of the line first; Del takes that one away."))
            return
        at = record.anchors.index(self._held)
        self._held = None
        if len(record.anchors) == 1:
            self._joint.delete(record.uid)
            return
        changed = vessels.without_point(record, at, self._ways)
        label = N_("Delete point of vessel")
        self._host.attempt(lambda: self.settle(changed, label))

    def _level(self, act: LevelSet) -> None:
        record = self._joint.record()
        if record is not None:
            label = N_("Set level")
            self.keep(vessels.with_level(record, act.name, act.point), label)
