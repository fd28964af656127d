"""Brings the cut on which a tool goes on: another view on show, or the view at hand turned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from tumorboard.annotations.model import Annotation
from tumorboard.imaging.geometry import Plane
from tumorboard.imaging.viewport import Viewport
from tumorboard.tools.gesture import NextCut
from tumorboard.ui.viewer.image_view import ImageView

if TYPE_CHECKING:
    from tumorboard.ui.shell.host import Host


@dataclass(frozen=True)
class _Lent:
    """A view that shows another plane for a while, and how it was before."""

    view: ImageView
    plane: Plane
    viewport: Viewport
    quarter_turns: int
    lent_as: Plane


class NextCutBringer:
    """Shows where the next gesture of a tool belongs, and gives a turned view back after it."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._lent: _Lent | None = None
        self._came_from: ImageView | None = None

    def listen(self) -> None:
        """Listen to what tools ask for, and to what ends it."""
        room = self._host.room
        room.next_cut.connect(self._bring)
        room.tool_changed.connect(self._give_back)
        room.edited.connect(self._drawn)

    def _bring(self, wanted: NextCut) -> None:
        views, display = self._host.views, self._host.room.active
        volume = display.volume
        if volume is None or volume.stack.shape[0] < 2:
            return
        here = views.active_view()
        display.set_point(wanted.point)
        mine = [view for view in views.shown if view.display is display]
        found = [v for plane in wanted.planes for v in mine if v.plane is plane]
        self._came_from = here
        if not found:
            plane = wanted.planes[0]
            self._lent = _Lent(here, here.plane, here.viewport, here.quarter_turns, plane)
            here.set_plane(plane)
            found = [here]
        found[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def _drawn(self, label: str, drawn: tuple[Annotation, ...]) -> None:
        """Give the view back once something was drawn on the cut that was brought."""
        del label
        lent, back = self._lent, self._came_from
        planes = {annotation.image.plane for annotation in drawn}
        if back is not None and (lent is None or lent.lent_as in planes):
            self._give_back()

    def _give_back(self) -> None:
        """Show the plane that the view showed before, as it was."""
        lent, self._lent = self._lent, None
        back, self._came_from = self._came_from, None
        here = lent is not None and lent.view in self._host.views.views
        if lent is not None and here and lent.view.plane is lent.lent_as:
            # Else the reader chose a plane meanwhile, which stays.
            lent.view.set_plane(lent.plane)
            lent.view.viewport = lent.viewport
            lent.view.quarter_turns = lent.quarter_turns
        if back is not None and back in self._host.views.shown:
            back.setFocus(Qt.FocusReason.OtherFocusReason)
