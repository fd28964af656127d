"""Which vessels are drawn over which images, each made once while it stays the same."""

from __future__ import annotations

from tumorboard.case.model import Case
from tumorboard.case.vessel import VesselPath
from tumorboard.imaging.volume import Volume
from tumorboard.ui.viewer.overlay_stack import ShownPath
from tumorboard.ui.viewer.vessel_paths import shown_path


class DrawnVessels:
    """Keeps the drawn lines of the vessels of a case."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[VesselPath, ShownPath]] = {}

    def forget(self) -> None:
        """Let all go: another case is open."""
        self._kept.clear()

    def over(
        self, case: Case, draft: VesselPath | None, active: str, volume: Volume
    ) -> tuple[ShownPath, ...]:
        """Return the lines to be drawn over a volume, a draft in place of its older self."""
        shown = [v for v in case.vessels if draft is None or v.uid != draft.uid]
        shown += [] if draft is None else [draft]
        frame = volume.frame_of_reference_uid
        here = (v for v in shown if v.frame_of_reference_uid == frame and v.anchors)
        return tuple(self._path(v, is_active=v.uid == active) for v in here)

    def _path(self, vessel: VesselPath, *, is_active: bool) -> ShownPath:
        held = self._kept.get(vessel.uid)
        if held is None or held[0] is not vessel or held[1].is_active != is_active:
            held = self._kept[vessel.uid] = vessel, shown_path(vessel, is_active)
        return held[1]
