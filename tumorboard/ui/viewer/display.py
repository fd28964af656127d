"""One volume on show: the point, the window and the planes that its views share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from weakref import ref

import numpy as np
from numpy.typing import ArrayLike
from PySide6.QtCore import QObject, Signal

from tumorboard.annotations.model import as_point
from tumorboard.imaging.fusion import uptake_window
from tumorboard.imaging.geometry import Calibration, Plane, Point
from tumorboard.imaging.oblique import turned
from tumorboard.imaging.slicing import cut, native_plane, within
from tumorboard.imaging.view_cut import (
    CutSpec,
    Direction,
    axes_of,
    normal_of,
    step_of,
    stored_step,
)
from tumorboard.imaging.volume import Volume, Window, is_uptake
from tumorboard.imaging.windowing import (
    AS_SENT,
    AUTO,
    GreyTable,
    auto_window,
    default_window,
    in_force,
    least_width,
    uptake_name,
)
from tumorboard.ui.viewer.overlay_stack import NOTHING, OverlayStack

#: Upper end of the window that a PET in SUV starts with; a usual choice of workstations.
SUV_TOP = 7.0


@dataclass(frozen=True)
class SeriesTitle:
    """The words for a series in the corners of a view.

    ``patient`` is the label of the case with age and sex, never a name; ``technique`` is
    how the images were made; ``identity`` is name, identifier and birth date, which show only
    while the room lets them.
    """

    description: str = ""
    date: str = ""
    patient: str = ""
    technique: str = ""
    modality: str = ""
    identity: str = ""


class Display(QObject):
    """The shared state of the views of one volume; each change is one signal.

    ``changed`` asks for repainting, ``volume_changed`` tells of another volume, ``moved``
    of another point, ``arrived`` of more slices that were loaded.
    """

    changed = Signal()
    volume_changed = Signal()
    moved = Signal()
    arrived = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.volume: Volume | None = None
        self.title = SeriesTitle()
        self.point: Point = (0.0, 0.0, 0.0)
        self.window = Window(40, 400)
        self.window_name = ""
        self.inverted = False
        self.over = NOTHING
        #: The plane in which cine runs, and its words; None while it does not.
        self.running: tuple[Plane, str] | None = None
        self._axes: dict[Plane, tuple[Direction, Direction]] = {}
        self._table: GreyTable | None = None
        self._table_key: tuple[Any, ...] = ()

    # -- the volume ----------------------------------------------------------------

    def set_volume(self, volume: Volume | None, title: SeriesTitle) -> None:
        """Show another volume, from its middle, under its default window."""
        self.volume, self.title = volume, title
        self._table_key, self._table = (), None
        self._axes.clear()
        self.over = NOTHING
        if volume is not None:
            self.point = as_point(volume.stack.centre)
            self._start_window()
        self.volume_changed.emit()
        self.changed.emit()

    def clear(self) -> None:
        """Show nothing."""
        if self.volume is not None:
            self.set_volume(None, SeriesTitle())

    def _start_window(self) -> None:
        volume = self.volume
        if volume is None:
            return
        self.inverted = volume.modality == "PT"
        if is_uptake(volume):
            self.window, self.window_name = (
                uptake_window(SUV_TOP),
                uptake_name(SUV_TOP),
            )
            return
        middle = cut(volume, native_plane(volume.stack), self.point)
        self.window = default_window(volume, middle.image)
        self.window_name = AS_SENT if volume.window is not None else ""

    def slices_arrived(self) -> None:
        """Tell the views of more slices; window images that came without one."""
        volume = self.volume
        if volume is not None and volume.window is None and volume.unit != "HU":
            self._start_window()
            self.changed.emit()
        self.arrived.emit()

    def table(self) -> GreyTable | None:
        """Return the grey table of the present volume and window."""
        if self.volume is None:
            return None
        key = (ref(self.volume), self.window, self.inverted)
        if key != self._table_key:
            self._table = GreyTable(self.volume, self.window, self.inverted)
            self._table_key = key
        return self._table

    @property
    def is_calibrated(self) -> bool:
        """Whether millimetres of this volume are millimetres."""
        return self.volume is not None and self.volume.calibration is not Calibration.NONE

    def lay_over(self, over: OverlayStack) -> None:
        """Show other things over the picture."""
        self.over = over
        self.changed.emit()

    # -- planes ----------------------------------------------------------------------

    def axes(self, plane: Plane) -> tuple[Direction | None, Direction | None]:
        """Return the (right, down) of a plane that was turned, (None, None) otherwise."""
        return self._axes.get(plane, (None, None))

    @property
    def is_turned(self) -> bool:
        """Whether any plane was turned away from the anatomical one."""
        return bool(self._axes)

    def turn(self, held: Plane, degrees: float) -> None:
        """Turn the other two planes about the normal of the held one, by the right-hand rule."""
        volume = self.volume
        if volume is None:
            return
        axis = normal_of(volume, CutSpec(held, *self.axes(held)))
        for plane in Plane:
            if plane is not held:
                pair = axes_of(volume, CutSpec(plane, *self.axes(plane)))
                right, down = (as_point(turned(d, axis, degrees)) for d in pair)
                self._axes[plane] = (right, down)
        self.changed.emit()

    def set_axes(self, plane: Plane, right: Direction, down: Direction) -> None:
        """Turn one plane to these perpendicular LPS unit directions."""
        self._axes[plane] = (right, down)
        self.changed.emit()

    def straighten(self) -> None:
        """Bring all planes back to the anatomical ones."""
        self._axes.clear()
        self.changed.emit()

    # -- moving and windowing --------------------------------------------------------

    def set_point(self, point: ArrayLike) -> None:
        """Move the shared point (LPS mm), kept between the outermost voxels of the volume."""
        if self.volume is None:
            return
        self.point = as_point(within(self.volume.stack, point))
        self.moved.emit()
        self.changed.emit()

    def scroll(self, spec: CutSpec, notches: int) -> None:
        """Move by cuts of a plane; positive is towards the feet, the back, or the left."""
        volume = self.volume
        if volume is None:
            return
        stack = volume.stack
        if not spec.is_turned and spec.plane is native_plane(stack):
            here = stack.nearest_slice(self.point)
            there = here + stored_step(volume, spec.plane) * notches
            there = min(max(there, 0), stack.shape[0] - 1)
            index = stack.to_index(np.array(self.point))
            self.set_point(stack.to_lps([there, index[1], index[2]]))
        else:
            self.set_point(np.array(self.point) + step_of(volume, spec) * notches)

    def set_window(self, window: Window, name: str = "") -> None:
        """Apply a window; ``name`` is that of the preset."""
        if self.volume is not None:
            least = 0.1 if is_uptake(self.volume) else least_width(self.volume)
            self.window = in_force(self.volume, Window(window.centre, max(least, window.width)))
        self.window_name = name
        self.changed.emit()

    def auto(self) -> None:
        """Window from the values of the native cut on show."""
        if self.volume is not None:
            section = cut(self.volume, native_plane(self.volume.stack), self.point)
            self.set_window(auto_window(self.volume, section.image), AUTO)

    def as_sent(self) -> None:
        """Window as sent with the images, or the default one."""
        self._start_window()
        self.changed.emit()

    def invert(self) -> None:
        """Swap black and white."""
        self.inverted = not self.inverted
        self.changed.emit()
