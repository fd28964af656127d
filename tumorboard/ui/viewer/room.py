"""What all views share: the tool, the drawing, the selection, and how they move together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from PySide6.QtCore import QObject, Signal

from tumorboard.annotations.caveats import caveats_for, slab_caveats, turned_caveats
from tumorboard.annotations.model import Annotation, as_point, utc_now
from tumorboard.annotations.visibility import rests_on
from tumorboard.app.layouts import SECOND
from tumorboard.imaging.edges import Sampler
from tumorboard.imaging.geometry import Point
from tumorboard.imaging.view_cut import CutSpec, normal_of
from tumorboard.imaging.volume import Volume
from tumorboard.language import _
from tumorboard.tools.eraser import EraserTool
from tumorboard.tools.gesture import DEFAULT_BRUSH, Phase, Pointer, Scene, Step, Tool
from tumorboard.tools.half_drawn import (
    Begun,
    begun_by,
    elsewhere,
    is_half_drawn,
    one_less,
    plane_point,
    words_of,
)
from tumorboard.tools.pathing import PathSeen
from tumorboard.ui.viewer.alignment import Alignment
from tumorboard.ui.viewer.display import Display
from tumorboard.ui.viewer.hands import HINTS, Hand, Mouse
from tumorboard.ui.viewer.references import place_words, reference

#: Annotations as a view shows them.
Drawn = tuple[Annotation, ...]


@dataclass(frozen=True)
class SceneView:
    """What a view adds to the scene of a tool: see `Scene`."""

    spec: CutSpec
    scale: float
    right: Point | None = None
    visible: tuple[Annotation, ...] | None = None
    sample: Sampler | None = None


class Room(QObject):
    """The state that the views of all volumes share; each change is one signal.

    ``edited`` carries finished annotations with the label of the gesture; ``hint_changed``
    the line for the status bar.
    """

    changed = Signal()
    tool_changed = Signal()
    hint_changed = Signal(str)
    edited = Signal(str, tuple)
    erase_requested = Signal(tuple)
    asked = Signal(object)
    next_cut = Signal(object)
    mask_touched = Signal(object)
    path_touched = Signal(object)
    selection_changed = Signal(str)
    delete_requested = Signal(str)
    active_changed = Signal()
    half_drawn_changed = Signal()
    moved = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.overlays_visible = True
        #: Whether the corners say who it is; a room for an audience never does.
        self.shows_identity = False
        self.turning = False
        self.empty_text = _("No images yet.\nDrop a folder here, or File › Open folder (Ctrl+O).")
        self.smooth = True
        self.hands_of_mouse = Mouse()
        self.assist = False
        self.linked = True
        self.author = ""
        self.lesion_uid = ""
        self._total: tuple[str, frozenset[str]] = ("", frozenset())
        self.selected_uid = ""
        self.annotations: tuple[Annotation, ...] = ()
        self.preview: tuple[Annotation, ...] = ()
        self._of_volume: WeakKeyDictionary[Volume, tuple[Drawn, Drawn, Drawn]]
        self._of_volume = WeakKeyDictionary()
        self._resting: WeakKeyDictionary[Volume, tuple[Drawn, frozenset[str], Drawn]]
        self._resting = WeakKeyDictionary()
        self.highlight: tuple[str, ...] = ()
        self.snap: Point | None = None
        self.selected_handle: int | None = None
        self.tool: Tool | None = None
        self.tool_state: Any = None
        self.hand = Hand.WINDOW
        self.alignment = Alignment()
        self.brush = DEFAULT_BRUSH
        self.cuts = False
        self.path = PathSeen()
        self._displays: list[Display] = []
        self._active = self.display(0)
        self._following = False
        #: The cut that what is half drawn lies on, None where it lies on none.
        self.begun: Begun | None = None
        self._drawn_in = self._active
        self._last: Pointer | None = None
        self._drop: Callable[[], bool] | None = None
        self._was_half_drawn = False
        self._said = ""

    # -- displays ------------------------------------------------------------------

    def display(self, number: int) -> Display:
        """Return the display with this number, made when it is first asked for."""
        while len(self._displays) <= number:
            display = Display(self)
            display.changed.connect(self.changed)
            display.moved.connect(lambda d=display: self._follow(d))
            display.volume_changed.connect(lambda d=display: self._leave_undone(d))
            self._displays.append(display)
        return self._displays[number]

    @property
    def displays(self) -> tuple[Display, ...]:
        """All displays, shown or not, in the order of their numbers."""
        return tuple(self._displays)

    @property
    def active(self) -> Display:
        """The display that the reader works in."""
        return self._active

    def activate(self, display: Display) -> None:
        """Make a display the one that commands act on."""
        if display is not self._active:
            self._active = display
            self.active_changed.emit()
            self.changed.emit()

    def keep_displays(self, count: int, first: int = 0) -> None:
        """Let the volumes of a window go beyond its ``count`` displays from the ``first`` on."""
        gone = self._displays[first + count : first + SECOND]
        for display in gone:
            display.clear()
        if self._active in gone:
            self.activate(self._displays[0])

    def _leave_undone(self, display: Display) -> None:
        """Drop what is half drawn when other images come in its place: its points lie there."""
        if display in (self._active, self._drawn_in) and self.is_drawing:
            self.set_tool(self.tool)

    # -- moving together -------------------------------------------------------------

    def _follow(self, leader: Display) -> None:
        """Bring the other displays to the place that the leader moved to."""
        if self.linked and not self._following:
            self._following = True
            try:
                for display in self._displays:
                    self._bring(display, leader)
            finally:
                self._following = False
        self.moved.emit()

    def _bring(self, display: Display, leader: Display) -> None:
        ours, theirs = leader.volume, display.volume
        if display is leader or ours is None or theirs is None:
            return
        if not (ours.is_placed and theirs.is_placed):
            return
        offset = self.alignment.offset(ours.frame_of_reference_uid, theirs.frame_of_reference_uid)
        if offset is not None:
            display.set_point(np.array(leader.point) + offset)

    def set_linked(self, *, linked: bool) -> None:
        """Let the displays scroll together, or each alone."""
        self.linked = linked
        if linked:
            self._follow(self._active)
        self.changed.emit()

    def unaligned(self) -> list[tuple[str, str, Point]]:
        """Return (from, to, displacement) of the displays as they stand, to be locked so.

        Displays in the frame of reference of the active one need no alignment.
        """
        leader, found = self._active, []
        for display in self._displays:
            ours, theirs = leader.volume, display.volume
            if display is leader or ours is None or theirs is None:
                continue
            a, b = ours.frame_of_reference_uid, theirs.frame_of_reference_uid
            if a and b and a != b:
                offset = np.array(display.point) - np.array(leader.point)
                found.append((a, b, as_point(offset)))
        return found

    # -- what is shown -----------------------------------------------------------------

    def toggle_overlays(self) -> None:
        """Show or hide everything drawn over the image."""
        self.overlays_visible = not self.overlays_visible
        self.changed.emit()

    def toggle_smooth(self) -> None:
        """Interpolate between pixels, or show each as a square."""
        self.smooth = not self.smooth
        self.changed.emit()

    def show_identity(self, *, shown: bool) -> None:
        """Let the corners of the views say who it is, or not."""
        if shown != self.shows_identity:
            self.shows_identity = shown
            self.changed.emit()

    def set_annotations(self, annotations: Sequence[Annotation]) -> None:
        """Show the annotations of the case, each on its series."""
        self.annotations = tuple(annotations)
        self._of_volume.clear()
        self._resting.clear()
        self.changed.emit()

    def set_total(self, words: str, series_uids: frozenset[str]) -> None:
        """Let the pictures of some series say the size of the index mass as a whole."""
        if (words, series_uids) != self._total:
            self._total = words, series_uids
            self.changed.emit()

    def total_on(self, display: Display) -> str:
        """Return the size of the index mass where a display shows what it was measured on."""
        words, series_uids = self._total
        volume = display.volume
        known = volume is not None and volume.series_instance_uid in series_uids
        return words if known and self.overlays_visible else ""

    def annotations_of(self, display: Display) -> tuple[Annotation, ...]:
        """Return the annotations of a display, those being drawn in place of their old selves."""
        volume = display.volume
        if volume is None:
            return ()
        last = self._of_volume.get(volume)
        if last is not None and last[0] is self.annotations and last[1] is self.preview:
            return last[2]
        mine = (a for a in self.preview if rests_on(a.image, volume))
        found = (*self.resting_on(display), *mine)
        self._of_volume[volume] = (self.annotations, self.preview, found)
        return found

    def resting_on(self, display: Display) -> tuple[Annotation, ...]:
        """Return the annotations of a display but those being drawn; the same while one is."""
        volume = display.volume
        if volume is None:
            return ()
        drawn = frozenset(a.uid for a in self.preview)
        last = self._resting.get(volume)
        if last is not None and last[0] is self.annotations and last[1] == drawn:
            return last[2]
        found = tuple(
            a for a in self.annotations if rests_on(a.image, volume) and a.uid not in drawn
        )
        self._resting[volume] = (self.annotations, drawn, found)
        return found

    def select(self, uid: str, handle: int | None = None) -> None:
        """Highlight one annotation; "" none. Keys then move its handle, or all of it."""
        self.selected_handle = handle
        if uid != self.selected_uid:
            self.selected_uid = uid
            self.selection_changed.emit(uid)
            self.changed.emit()

    def delete_selected(self) -> None:
        """Ask for the selected annotation to be deleted."""
        if any(a.uid == self.selected_uid for a in self.annotations):
            self.delete_requested.emit(self.selected_uid)
        else:
            self.hint_changed.emit(
                _("Nothing is selected: click a measurement first, then press Del.")
            )

    # -- tools -------------------------------------------------------------------------

    def set_tool(self, tool: Tool | None, state: Any = None) -> None:
        """Choose the drawing tool of the left mouse button; None is the hand."""
        self.tool, self.preview, self.highlight, self.snap = tool, (), (), None
        self.begun, self._said = None, ""
        self.tool_state = tool.start() if tool is not None and state is None else state
        if tool is not None:
            self.hand = self.hands_of_mouse.left
        self.tool_changed.emit()
        self.tell_hint()
        self.changed.emit()
        self._tell_half_drawn()

    def set_hand(self, hand: Hand) -> None:
        """Choose what the left button does without a drawing tool."""
        self.hand = hand
        self.set_tool(None)

    def cancel(self) -> bool:
        """Drop what is dragged or half drawn; with nothing half drawn put the tool away."""
        if self.drop_held():
            return True
        tool = self.tool
        if tool is None:
            was, self.hand = self.hand, self.hands_of_mouse.left
            if was is not self.hand:
                self.set_tool(None)
            return was is not self.hand
        if self.preview or self.tool_state != tool.start():
            self.set_tool(tool)
        else:
            self.set_tool(None)
        return True

    def scene(self, display: Display, view: SceneView) -> Scene:
        """Return what a tool may know when used in a view of ``display``."""
        volume, spec = display.volume, view.spec
        if volume is None:
            raise ValueError("no volume is shown")
        shown = {a.uid: a for a in self.annotations_of(display)}
        normal = as_point(normal_of(volume, spec))
        turned = turned_caveats(spec.plane, normal) if spec.is_turned else ()
        return Scene(
            plane=spec.plane,
            normal=normal,
            is_placed=volume.is_placed,
            reference=lambda points: reference(display, spec, points),
            author=self.author,
            now_utc=utc_now(),
            existing=tuple(a for a in self.annotations if (b := shown.get(a.uid)) is a or b == a),
            lesion_uid=self.lesion_uid,
            caveats=lambda points: (*caveats_for(volume, points, spec.plane), *turned),
            place=lambda point: place_words(volume, spec, point),
            of_values=slab_caveats(volume, spec.plane, spec.slab_mm),
            scale=view.scale,
            right=view.right,
            visible=view.visible,
            assist=self.assist,
            sample=view.sample,
            brush=self.brush,
            cuts=self.cuts,
            path=self.path,
        )

    def use_tool(self, phase: Phase, point: Point, scene: Scene) -> None:
        """Pass a pointer event to the active tool and take its answer.

        What is half drawn takes no point of another cut than the one it was begun on.
        """
        tool, pointer = self.tool, Pointer(phase, point, scene)
        if tool is None or (phase is Phase.PRESS and self._reveal(tool)):
            return
        if self.begun is not None and (why := elsewhere(self.begun, pointer)):
            self.tell_hint(why)
            return
        if phase is Phase.PRESS:
            self._drawn_in = self._active
        self._last = pointer
        self.take(tool.step(self.tool_state, pointer))
        self._note_begun(tool)

    def _reveal(self, tool: Tool) -> bool:
        """Show what is hidden before more is drawn; whether the tool may not go on now."""
        self._said = ""
        if self.overlays_visible:
            return False
        self.toggle_overlays()
        if isinstance(tool, EraserTool):
            self.tell_hint(
                _("What is drawn was hidden and is shown again: now choose what to erase.")
            )
            return True
        self._said = _("What is drawn was hidden and is shown again.") + " "
        return False

    def _note_begun(self, tool: Tool) -> None:
        """Remember the cut of what is half drawn, and tell of its beginning and its end."""
        if self.tool is not tool or plane_point(self.tool_state) is None:
            self.begun = None
        elif self.begun is None and self._last is not None:
            self.begun = begun_by(self._last, words_of(self.tool_state, tool.name))
        self._tell_half_drawn()

    @property
    def is_half_drawn(self) -> bool:
        """Whether something is begun, or held by the mouse, that undo would take back first."""
        return self._drop is not None or (self.tool is not None and is_half_drawn(self.tool_state))

    def _tell_half_drawn(self) -> None:
        if self.is_half_drawn is not self._was_half_drawn:
            self._was_half_drawn = self.is_half_drawn
            self.half_drawn_changed.emit()

    def take_back(self) -> bool:
        """Take back the last point of what is half drawn, or a drag; whether there was one."""
        if self.drop_held():
            return True
        tool, state = self.tool, self.tool_state
        if tool is None or not is_half_drawn(state):
            return False
        begun, last, rest = self.begun, self._last, one_less(state)
        self.set_tool(tool, rest)
        if plane_point(rest) is not None and last is not None:
            self.begun = begun
            self.take(tool.step(rest, replace(last, phase=Phase.MOVE)))
        self._note_begun(tool)
        return True

    # -- what the mouse holds ------------------------------------------------------------

    def hold(self, drop: Callable[[], bool]) -> None:
        """Note that a button is held; ``drop`` ends that and says whether something moved back."""
        self._drop = drop
        self._tell_half_drawn()

    def let_go(self) -> None:
        """Note that the button was let go."""
        self._drop = None
        self._tell_half_drawn()

    def drop_held(self) -> bool:
        """End what the held button does; whether something drawn went back to its place."""
        drop = self._drop
        if drop is None or not drop():
            return False
        self.tell_hint(_("It is as it was before: nothing was changed."))
        return True

    def take(self, step: Step) -> None:
        """Take the answer of the active tool."""
        tool = self.tool
        if tool is None:
            return
        self.tool_state, self.preview = step.state, step.preview
        self.highlight, self.snap = step.highlight, step.snap
        if step.commit:
            self.edited.emit(f"Draw {step.commit[0].kind}", step.commit)
        if step.mask is not None:
            self.mask_touched.emit(step.mask)
        if step.path is not None:
            self.path_touched.emit(step.path)
        if step.erase:
            self.erase_requested.emit(step.erase)
        self.tell_hint(step.message)
        self.changed.emit()
        if step.ask is not None:
            self.asked.emit(step.ask)
        if step.next_cut is not None:
            self.next_cut.emit(step.next_cut)

    @property
    def is_drawing(self) -> bool:
        """Whether something is half drawn that Enter could finish."""
        return self.tool is not None and self.tool_state != self.tool.start()

    def tell_hint(self, message: str = "") -> None:
        """Say what the tool in hand expects next, or a message about it."""
        hint = HINTS[self.hand] if self.tool is None else self.tool.hint(self.tool_state)
        if self.tool is None and self.hand is self.hands_of_mouse.left is not Hand.WINDOW:
            hint = hint.partition(" Esc")[0]
        self.hint_changed.emit(message or f"{self._said}{hint}")
