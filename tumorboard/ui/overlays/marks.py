"""What a reader does with the marks of others: go there, show it as they did, adopt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject

from tumorboard.annotations.foreign import ForeignMark, adopted
from tumorboard.annotations.model import new_uid, utc_now
from tumorboard.app.annotation_edits import drawn
from tumorboard.app.overlay_object import OverlayObject
from tumorboard.app.overlays import Foreign, placement
from tumorboard.app.segment_values import place_of
from tumorboard.imaging.geometry import Point
from tumorboard.imaging.windowing import AS_OTHERS
from tumorboard.language import N_, _
from tumorboard.ui.overlays.rows import adopted_from, uid_note
from tumorboard.ui.viewer.display import Display

if TYPE_CHECKING:
    from tumorboard.ui.shell.host import Host

_NO_IMAGES = _("The images that it was drawn on are not in this case.")


class ForeignMarks(QObject):
    """Acts on what was found; ``found`` gives it, ``show`` turns masks on by their keys."""

    def __init__(
        self,
        host: Host,
        found: Callable[[], Foreign],
        show: Callable[[tuple[str, ...]], None],
    ) -> None:
        super().__init__(host.parent_widget)
        self._host = host
        self._found = found
        self._show = show

    def left(self) -> list[ForeignMark]:
        """Return the marks that nobody has adopted yet."""
        case = self._host.case
        taken = [a.origin for a in case.annotations] if case is not None else []
        return [m for m in self._found().marks if not any(o.endswith(uid_note(m)) for o in taken)]

    def adopt(self, mark: ForeignMark) -> None:
        """Keep a copy of a mark as the reader's own; undo takes it back."""
        host = self._host
        case = host.case
        if case is None or mark.annotation is None:
            host.say(_("This has no shape that can be measured here; it stays as it is shown."))
            return
        mine = adopted(mark, new_uid(), host.session.author, utc_now())
        mine = replace(mine, origin=adopted_from(mark))
        edit = drawn(case, N_("Adopt measurement"), (mine,))
        if host.attempt(lambda: host.session.apply(edit)):
            host.keep_if_scratch()
            host.room.select(mine.uid)
            host.say(_("Adopted: the copy is yours now, and says where it came from."))

    def act(self, name: str, key: str) -> None:
        """Do what a link of a mark in the panel says."""
        mark = next((m for m in self._found().marks if m.uid == key), None)
        if mark is not None and name == "adopt":
            self.adopt(mark)
        elif mark is not None and name == "jump":
            self.jump(mark)

    def jump(self, mark: ForeignMark) -> None:
        """Show the picture that a mark was drawn on."""
        if mark.annotation is not None:
            self._host.images.go_to(mark.annotation)
            return
        display = self._host.images.show(mark.series_instance_uid)
        if display is not None:
            self._host.room.activate(display)
            points = np.array([p for line in mark.lines for p in line.points])
            display.set_point(points.mean(axis=0))

    # -- values of segments --------------------------------------------------------------

    def show_values(self, key: str) -> None:
        """Show the slice that values are of, the middle one when they are of more."""
        found = self._found()
        bound = next((v for v in found.values if v.values.uid == key), None)
        item = next((o for o in found.objects if bound is not None and o.key in bound.keys), None)
        if bound is None or item is None:
            return
        place = place_of(item, bound.values.frames)
        if place is None:
            return
        display = self._display_for(item)
        if display is None:
            self._host.say(_NO_IMAGES)
            return
        self._show(bound.keys)
        self._host.room.activate(display)
        display.set_point(np.array(place) + self._offset(item, display))
        self._host.views.main.setFocus()

    def _display_for(self, item: OverlayObject) -> Display | None:
        """Return a display that can show an object, the active one first."""
        room = self._host.room
        for display in (room.active, *room.displays):
            if self._offset(item, display) is not None:
                return display
        for key in item.series:
            shown = self._host.images.show(key)
            if shown is not None and self._offset(item, shown) is not None:
                return shown
        return None

    def _offset(self, item: OverlayObject, display: Display) -> Point | None:
        if display.volume is None:
            return None
        return placement(item, display.volume, self._host.room.alignment.offset)[0]

    # -- as others showed it -------------------------------------------------------------

    def show_state(self, number: int) -> None:
        """Show images with the window and the part of them that somebody else chose."""
        state = self._found().states[number]
        display = self._host.images.show(state.series_instance_uid)
        if display is None:
            return
        self._host.room.activate(display)
        if state.window is not None:
            display.set_window(state.window, AS_OTHERS)
        if state.area is not None:
            self._show_area(display, *(np.array(p) for p in state.area))

    def _show_area(self, display: Display, first: np.ndarray, last: np.ndarray) -> None:
        """Fill the main view with what lies between two opposite corners, LPS mm."""
        view = self._host.views.main
        middle = (first + last) / 2
        display.set_point(middle)
        section = view.section()
        if section is None:
            return
        size = np.abs(section.grid.to_pixels(last) - section.grid.to_pixels(first))
        size = np.maximum(size * section.grid.spacing, 1.0)
        scale = max(size[1] / max(view.width(), 1), size[0] / max(view.height(), 1))
        x, y, z = (float(v) for v in middle)
        view.viewport = replace(view.viewport, centre=(x, y, z), mm_per_pixel=float(scale))
        view.update()
