"""Mass: the three board dimensions of one lesion.

Axial long axis, axial short axis perpendicular to it, and craniocaudal extent on a
coronal or sagittal cut: three linked measurements of the same lesion.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from tumorboard.annotations.model import Annotation, Kind, as_point, new_uid
from tumorboard.imaging.geometry import Plane
from tumorboard.imaging.measurement import upright_in
from tumorboard.tools.bidirectional import TwoAxes, draw_axes
from tumorboard.tools.gesture import Phase, Pointer, Scene, Step, draw
from tumorboard.tools.two_points import Drag, follow


@dataclass(frozen=True)
class MassState:
    """What of the mass is drawn; ``lesion_uid`` once the axial axes are there."""

    axes: TwoAxes = field(default_factory=TwoAxes)
    height: Drag | None = None
    lesion_uid: str = ""


class MassTool:
    """Three axes of one mass."""

    name: ClassVar[str] = "mass"
    label: ClassVar[str] = "Mass, three axes"
    key: ClassVar[str] = "M"
    cursor: ClassVar[str] = "cross"

    def start(self) -> MassState:
        """Nothing drawn."""
        return MassState()

    def claims_handles(self, state: MassState) -> bool:
        """Leave a press on a handle to that handle."""
        return False

    def hint(self, state: MassState) -> str:
        """Say which of the three comes next."""
        if state.axes.long is not None and state.axes.long.finished:
            return "Mass: click where the short axis ends, or drag it from edge to edge."
        if state.lesion_uid:
            return "Mass: drag from top to bottom on the coronal or sagittal view. Esc leaves it."
        return "Mass: drag the long axis on the axial view, then the short axis. Esc cancels."

    def step(self, state: MassState, pointer: Pointer) -> Step:
        """Draw the axial axes on an axial cut, the extent on the others."""
        if pointer.scene.plane is Plane.AXIAL:
            return self._axial(state, pointer)
        if state.axes.long is not None:
            return Step(state, message="Finish the two axes on the axial view first.")
        return self._height(state, pointer)

    def _axial(self, state: MassState, pointer: Pointer) -> Step:
        lesion_uid = pointer.scene.lesion_uid or state.lesion_uid
        axes, drawn, finished = draw_axes(state.axes, pointer, lesion_uid)
        if drawn is None or not finished:
            preview = (drawn,) if drawn is not None else ()
            return Step(MassState(axes, None, state.lesion_uid), preview=preview)
        uid = lesion_uid or new_uid()
        drawn = in_place_of(drawn, pointer.scene, uid)
        return Step(MassState(lesion_uid=uid), commit=(drawn,))

    def _height(self, state: MassState, pointer: Pointer) -> Step:
        lesion_uid = state.lesion_uid or pointer.scene.lesion_uid
        height = follow(state.height, pointer)
        if height is None:
            return Step(MassState(state.axes, None, state.lesion_uid))
        top = upright_in(height.start, height.end, pointer.scene.normal)
        points = (height.start, as_point(top))
        uid = lesion_uid or (new_uid() if pointer.phase is Phase.RELEASE else "")
        drawn = draw(Kind.CRANIOCAUDAL, points, pointer.scene, lesion_uid=uid)
        if not height.finished:
            return Step(MassState(state.axes, height, state.lesion_uid), preview=(drawn,))
        if points[0] == points[1]:
            return Step(MassState(state.axes, None, state.lesion_uid))
        return Step(MassState(), commit=(in_place_of(drawn, pointer.scene, uid),))


def in_place_of(drawn: Annotation, scene: Scene, lesion_uid: str) -> Annotation:
    """Give a new measurement of a lesion the UID of the one it replaces on this series.

    A lesion has one pair of axial axes and one craniocaudal extent per series; drawing
    them again corrects them, and the history keeps what was there.
    """
    points = drawn.points
    uid = next(
        (
            a.uid
            for a in scene.existing
            if a.lesion_uid == lesion_uid
            and a.kind is drawn.kind
            and a.image.series_instance_uid == drawn.image.series_instance_uid
        ),
        "",
    )
    return draw(drawn.kind, points, scene, lesion_uid=lesion_uid, uid=uid)
