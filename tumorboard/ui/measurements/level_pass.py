"""The pass along the vena cava: goes from level to level, each confirmed or left out by a key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from tumorboard.annotations.kinds import SPECS
from tumorboard.annotations.model import Landmark, as_point
from tumorboard.app.level_pass import Known, LevelProposal, Outlines, known_of, proposal
from tumorboard.imaging.geometry import Plane, Point
from tumorboard.imaging.slicing import native_plane
from tumorboard.imaging.volume import Volume
from tumorboard.language import _, ngettext
from tumorboard.tools.gesture import Phase, Pointer, Step
from tumorboard.tools.level_pass import Asked, LevelPassTool
from tumorboard.ui.viewer.image_view import ImageView

if TYPE_CHECKING:
    from tumorboard.ui.shell.host import Host

_K = Qt.Key
_LEAVE_OUT: Final = (_K.Key_Space, _K.Key_N)
_CONFIRM: Final = (_K.Key_Return, _K.Key_Enter)


def _on_slice(volume: Volume | None, point: Point) -> Point:
    """Return a place (LPS mm) moved to the nearest stored slice, where these are axial."""
    if volume is None or native_plane(volume.stack) is not Plane.AXIAL:
        return point
    _slice, row, column = volume.stack.to_index(np.array(point))
    return as_point(volume.stack.to_lps([volume.stack.nearest_slice(point), row, column]))


class LevelPass(QObject):
    """Asks for the levels that are not marked, from below upwards.

    While it runs Enter, Space, N and Esc on an image belong to it.
    """

    def __init__(self, host: Host, foreign: Callable[[], Outlines]) -> None:
        super().__init__(host.parent_widget)
        self._host, self._foreign = host, foreign
        self._tool = LevelPassTool()
        self._left: list[Landmark] = []
        self._count = 0
        self._marked = self._omitted = 0
        self._moves = False

    def listen(self) -> None:
        """Follow what is marked, where one scrolls, and when another tool is taken."""
        room = self._host.room
        room.edited.connect(lambda _label, _drawn: self._confirmed())
        room.moved.connect(self._moved)
        room.tool_changed.connect(self._tool_changed)

    @property
    def is_running(self) -> bool:
        """Whether a level is asked for."""
        return bool(self._left)

    def start(self) -> None:
        """Begin with the lowest level that is not marked."""
        host = self._host
        volume = host.room.active.volume
        self._end()
        host.room.set_tool(None)
        if volume is None or host.case is None or not volume.is_placed:
            host.say(_("Show images that say where they lie in the patient first."))
            return
        left = [mark for mark in Landmark if mark not in self._levels()]
        if not left:
            host.say(_("All levels are marked. Drag a mark to correct it."))
            return
        self._left, self._count, self._marked, self._omitted = left, len(left), 0, 0
        application = QApplication.instance()
        if application is not None:
            application.installEventFilter(self)
        self._ask()

    def _levels(self) -> dict[Landmark, Point]:
        room = self._host.room
        drawn = room.annotations_of(room.active)
        levels = [a for a in drawn if SPECS[a.kind].is_level and not a.proposed]
        return {Landmark(a.role): a.points[0] for a in levels}

    def _known(self) -> Known | None:
        case, display = self._host.case, self._host.room.active
        if case is None or display.volume is None:
            return None
        return known_of(case, display.volume, self._levels(), display.point, self._foreign())

    def _ask(self) -> None:
        """Go to the next level and show where it is proposed, or end."""
        known = self._known()
        if not self._left or known is None:
            self._finish()
            return
        room = self._host.room
        view = self._host.views.show_plane(Plane.AXIAL)
        view.setFocus(Qt.FocusReason.OtherFocusReason)
        wanted = proposal(self._left[0], known)
        room.set_tool(self._tool, self._asked(wanted))
        self._moves = True
        try:
            room.active.set_point(_on_slice(room.active.volume, wanted.point))
        finally:
            self._moves = False
        stands = room.active.point
        room.tool_state = replace(room.tool_state, point=stands, proposed_at=stands)
        self._show(view)

    def _asked(self, wanted: LevelProposal) -> Asked:
        number = self._count - len(self._left) + 1
        place = (wanted.point, wanted.point)
        return Asked(
            wanted.mark, *place, wanted.source, number, self._count, on_vein=wanted.on_vein
        )

    def _show(self, view: ImageView) -> None:
        """Paint the level that is asked for, and say what it is."""
        room, scene = self._host.room, view.scene()
        if scene is not None:
            pointer = Pointer(Phase.MOVE, room.active.point, scene)
            room.take(Step(room.tool_state, (self._tool.shown(room.tool_state, pointer),)))

    def _moved(self) -> None:
        """Let the level that is asked for follow where the reader scrolls, along the vein."""
        room = self._host.room
        state = room.tool_state
        if self._moves or not isinstance(state, Asked) or not state.role:
            return
        known, point = self._known(), room.active.point
        on_line = known.on_vein(point[2]) if known is not None and state.on_vein else None
        only_up_or_down = abs(point[0] - state.point[0]) + abs(point[1] - state.point[1]) < 0.01
        if on_line is not None and only_up_or_down:
            self._moves = True
            try:
                room.active.set_point(on_line)
            finally:
                self._moves = False
        room.tool_state = replace(state, point=room.active.point)
        self._show(self._host.views.show_plane(Plane.AXIAL))

    def _confirmed(self) -> None:
        """Go on when the level that was asked for is marked."""
        state = self._host.room.tool_state
        if self.is_running and isinstance(state, Asked) and not state.role:
            if self._left[0] in self._levels():  # else the store refused it: ask again
                self._left.pop(0)
                self._marked += 1
            self._ask()

    def leave_out(self) -> None:
        """Leave the level that is asked for unmarked: it stays not assessed."""
        self._left.pop(0)
        self._omitted += 1
        self._ask()

    def _finish(self) -> None:
        """Say what was marked and put the tool away."""
        open_still = self._omitted + len(self._left)
        words = ngettext("{count} level marked", "{count} levels marked", self._marked)
        if open_still:
            words = _("{words}, {count} not assessed", words=words, count=open_still)
        self._end()
        self._host.room.set_tool(None)
        self._host.say(_("Vena cava: {words}.", words=words))

    def _end(self) -> None:
        """Ask for nothing more."""
        self._left = []
        application = QApplication.instance()
        if application is not None:
            application.removeEventFilter(self)

    def _tool_changed(self) -> None:
        """End when another tool was taken, or what was asked for was dropped."""
        room = self._host.room
        asked = isinstance(room.tool_state, Asked) and room.tool_state.role
        if self.is_running and not asked:
            self._end()
            if room.tool is self._tool:
                room.set_tool(None)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - a name of Qt
        """Take the keys of the pass while a view of the images has them."""
        kinds = (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress)
        if event.type() not in kinds or not self.is_running:
            return False
        if not (isinstance(event, QKeyEvent) and isinstance(watched, ImageView)):
            return False
        keys = (*_LEAVE_OUT, *_CONFIRM, _K.Key_Escape)
        held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if event.key() not in keys or held != Qt.KeyboardModifier.NoModifier:
            return False
        event.accept()
        if event.type() is QEvent.Type.KeyPress:
            self._press(watched, event.key())
        return True

    def _press(self, view: ImageView, key: int) -> None:
        if key in _LEAVE_OUT:
            self.leave_out()
        elif key in _CONFIRM:
            view.finish()
        else:
            self._finish()
