"""What the linked views share: the volume, the point, the window, the tool, the drawing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from PySide6.QtCore import QObject, Signal

from tumorboard.annotations.caveats import caveats_for
from tumorboard.annotations.model import Annotation, ImageReference, Point, as_point, utc_now
from tumorboard.imaging.geometry import Calibration, Plane
from tumorboard.imaging.slicing import Section, cut, native_plane, plane_axes, scroll_step
from tumorboard.imaging.volume import Volume, Window
from tumorboard.imaging.windowing import GreyTable, auto_window, default_window
from tumorboard.tools.gesture import Phase, Pointer, Scene, Step, Tool


@dataclass(frozen=True)
class SeriesTitle:
    """The words for a series in the corner of a view; no patient identity."""

    description: str = ""
    date: str = ""


class ViewerModel(QObject):
    """The shared state of the views of one volume; each change is one signal.

    ``changed`` asks for repainting; ``edited`` carries finished annotations with the label
    of the gesture; ``hint_changed`` the line for the status bar.
    """

    changed = Signal()
    volume_changed = Signal()
    tool_changed = Signal()
    hint_changed = Signal(str)
    edited = Signal(str, tuple)
    selection_changed = Signal(str)
    delete_requested = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.volume: Volume | None = None
        self.title = SeriesTitle()
        self.point: Point = (0.0, 0.0, 0.0)
        self.window = Window(40, 400)
        self.window_name = ""
        self.inverted = False
        self.overlays_visible = True
        self.author = ""
        self.lesion_uid = ""
        self.selected_uid = ""
        self.annotations: tuple[Annotation, ...] = ()
        self.preview: tuple[Annotation, ...] = ()
        self.tool: Tool | None = None
        self.tool_state: Any = None
        self._table: GreyTable | None = None
        self._table_key: tuple[Any, ...] = ()

    # -- the volume ---------------------------------------------------------------

    def set_volume(self, volume: Volume | None, title: SeriesTitle) -> None:
        """Show another volume, from its middle, under its default window."""
        self.volume, self.title = volume, title
        self.preview, self._table_key = (), ()
        if volume is not None:
            self.point = as_point(volume.stack.centre)
            self._start_window()
        self.volume_changed.emit()
        self.changed.emit()

    def _start_window(self) -> None:
        volume = self.volume
        if volume is None:
            return
        middle = cut(volume, native_plane(volume.stack), self.point)
        self.window = default_window(volume, middle.image)
        self.window_name = "as sent" if volume.window is not None else ""
        self.inverted = False

    def slices_arrived(self) -> None:
        """Repaint after more slices were loaded; window images that came without one."""
        volume = self.volume
        if volume is not None and volume.window is None and volume.unit != "HU":
            self._start_window()
        self.changed.emit()

    def table(self) -> GreyTable | None:
        """Return the grey table of the present volume and window."""
        if self.volume is None:
            return None
        key = (id(self.volume), self.window, self.inverted)
        if key != self._table_key:
            self._table = GreyTable(self.volume, self.window, self.inverted)
            self._table_key = key
        return self._table

    def section(self, plane: Plane) -> Section | None:
        """Cut the volume along a plane through the shared point."""
        return None if self.volume is None else cut(self.volume, plane, self.point)

    # -- moving and windowing ------------------------------------------------------

    def set_point(self, point: ArrayLike) -> None:
        """Move the shared point (LPS mm), kept inside the volume."""
        if self.volume is None:
            return
        stack = self.volume.stack
        index = stack.to_index(np.asarray(point, dtype=np.float64))
        inside = np.clip(index, 0.0, np.array(stack.shape, dtype=np.float64) - 1)
        self.point = as_point(stack.to_lps(inside))
        self.changed.emit()

    def scroll(self, plane: Plane, notches: int) -> None:
        """Move by cuts of a plane; positive is towards the feet, the back, or the left."""
        if self.volume is None:
            return
        stack = self.volume.stack
        if plane is native_plane(stack):
            here = stack.nearest_slice(self.point)
            forward = int(np.sign(scroll_step(stack, plane) @ stack.normal))
            there = min(max(here + forward * notches, 0), stack.shape[0] - 1)
            index = stack.to_index(np.array(self.point))
            self.set_point(stack.to_lps([there, index[1], index[2]]))
        else:
            self.set_point(np.array(self.point) + scroll_step(stack, plane) * notches)

    def set_window(self, window: Window, name: str = "") -> None:
        """Apply a window; ``name`` is that of the preset."""
        self.window = Window(window.centre, max(1.0, window.width))
        self.window_name = name
        self.changed.emit()

    def auto(self) -> None:
        """Window from the values of the native cut on show."""
        if self.volume is not None:
            section = cut(self.volume, native_plane(self.volume.stack), self.point)
            self.set_window(auto_window(self.volume, section.image), "auto")

    def as_sent(self) -> None:
        """Window as sent with the images, or the default one."""
        self._start_window()
        self.changed.emit()

    def invert(self) -> None:
        """Swap black and white."""
        self.inverted = not self.inverted
        self.changed.emit()

    def toggle_overlays(self) -> None:
        """Show or hide everything drawn over the image."""
        self.overlays_visible = not self.overlays_visible
        self.changed.emit()

    # -- annotations ---------------------------------------------------------------

    def set_annotations(self, annotations: Sequence[Annotation]) -> None:
        """Show the annotations of this volume's frame of reference."""
        volume = self.volume
        self.annotations = tuple(
            a
            for a in annotations
            if volume is not None and a.image.series_instance_uid == volume.series_instance_uid
        )
        self.changed.emit()

    def select(self, uid: str) -> None:
        """Highlight one annotation; "" none."""
        if uid != self.selected_uid:
            self.selected_uid = uid
            self.selection_changed.emit(uid)
            self.changed.emit()

    def set_tool(self, tool: Tool | None, state: Any = None) -> None:
        """Choose the tool of the left mouse button; None is window and level."""
        self.tool, self.preview = tool, ()
        self.tool_state = tool.start() if tool is not None and state is None else state
        self.tool_changed.emit()
        self._hint()
        self.changed.emit()

    def cancel(self) -> bool:
        """Drop what is half drawn; with nothing half drawn put the tool away."""
        tool = self.tool
        if tool is None:
            return False
        if self.preview or self.tool_state != tool.start():
            self.set_tool(tool)
        else:
            self.set_tool(None)
        return True

    def scene(self, plane: Plane, scale: float) -> Scene:
        """Return what a tool may know when used in a view of ``plane``."""
        volume = self.volume
        if volume is None:
            raise ValueError("no volume is shown")
        right, down = plane_axes(volume.stack, plane)
        return Scene(
            plane=plane,
            normal=as_point(np.cross(right, down)),
            reference=lambda points: self._reference(plane, points),
            author=self.author,
            now_utc=utc_now(),
            existing=self.annotations,
            lesion_uid=self.lesion_uid,
            caveats=lambda points: caveats_for(volume, points, plane),
            scale=scale,
        )

    def _reference(self, plane: Plane, points: tuple[Point, ...]) -> ImageReference:
        volume = self.volume
        if volume is None:
            raise ValueError("no volume is shown")
        slices = sorted({volume.stack.nearest_slice(p) for p in points})
        ends = slices if len(slices) < 3 else [slices[0], slices[-1]]
        return ImageReference(
            volume.study_instance_uid,
            volume.series_instance_uid,
            tuple(volume.sop_instance_uids[k] for k in ends),
            volume.frame_of_reference_uid,
            plane,
            volume.calibration,
        )

    def use_tool(self, phase: Phase, point: Point, scene: Scene) -> None:
        """Pass a pointer event to the active tool and take its answer."""
        tool = self.tool
        if tool is None:
            return
        step: Step = tool.step(self.tool_state, Pointer(phase, point, scene))
        self.tool_state, self.preview = step.state, step.preview
        if step.commit:
            self.edited.emit(f"{tool.label} drawn", step.commit)
        self._hint(step.message)
        self.changed.emit()

    def restamped(self, annotation: Annotation, scene: Scene) -> Annotation:
        """Return an edited annotation with its new slices, author and time.

        The plane it was drawn in stays; a mark of a vessel may be moved in any plane.
        """
        image = replace(
            annotation.image,
            sop_instance_uids=scene.reference(annotation.points).sop_instance_uids,
        )
        return replace(
            annotation,
            image=image,
            caveats=scene.caveats(annotation.points),
            author=scene.author,
            created_utc=scene.now_utc,
        )

    def delete_selected(self) -> None:
        """Ask for the selected annotation to be deleted."""
        if self.selected_uid:
            self.delete_requested.emit(self.selected_uid)

    def _hint(self, message: str = "") -> None:
        idle = "Drag: window and level. Wheel: slices. Click: move the crosshair. ? shows all keys."
        hint = idle if self.tool is None else self.tool.hint(self.tool_state)
        self.hint_changed.emit(message or hint)

    @property
    def is_calibrated(self) -> bool:
        """Whether millimetres of this volume are millimetres."""
        return self.volume is not None and self.volume.calibration is not Calibration.NONE
