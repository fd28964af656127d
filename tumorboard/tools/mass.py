"""Mass: the three board dimensions of one lesion.

Axial long axis, axial short axis perpendicular to it, and craniocaudal extent on a
coronal or sagittal cut: three linked measurements of the same lesion.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import ClassVar

import numpy as np

from tumorboard.annotations.measure import measure
from tumorboard.annotations.model import Annotation, Kind, as_point, new_uid
from tumorboard.imaging.geometry import Plane, Point
from tumorboard.imaging.measurement import upright_in
from tumorboard.language import _
from tumorboard.tools.bidirectional import TwoAxes, draw_axes
from tumorboard.tools.gesture import NextCut, Phase, Pointer, Scene, Step, draw
from tumorboard.tools.two_points import Drag, follow


@dataclass(frozen=True)
class MassState:
    """What of the mass is drawn; ``lesion_uid`` once the axial axes are there.

    ``old_height`` are the words of a height that was drawn before these axes.
    """

    axes: TwoAxes = field(default_factory=TwoAxes)
    height: Drag | None = None
    lesion_uid: str = ""
    old_height: str = ""


class MassTool:
    """Three axes of one mass."""

    name: ClassVar[str] = "mass"
    label: ClassVar[str] = _("Mass, three axes")
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
            return _("Mass: click where the short axis ends, or drag it from edge to edge.")
        if state.old_height:
            return _(
                "Mass: the height {old_height} is from before. Drag it again on the coronal "
                "or sagittal view; Esc keeps it.",
                old_height=state.old_height,
            )
        if state.lesion_uid:
            return _(
                "Mass: drag from top to bottom on the coronal or sagittal view. Esc leaves it."
            )
        return _("Mass: drag the long axis on the axial view, then the short axis. Esc cancels.")

    def step(self, state: MassState, pointer: Pointer) -> Step:
        """Draw the axial axes on an axial cut, the extent on the others."""
        if not pointer.scene.is_placed:
            return Step(
                state, message=_("These pictures do not say where they lie: draw a length.")
            )
        if pointer.scene.plane is Plane.AXIAL:
            return self._axial(state, pointer)
        if state.axes.long is not None:
            return Step(state, message=_("Finish the two axes on the axial view first."))
        lesion_uid = state.lesion_uid or pointer.scene.lesion_uid
        height = follow(state.height, pointer)
        if height is None:
            return Step(replace(state, height=None))
        top = upright_in(height.start, height.end, pointer.scene.normal)
        points = (height.start, as_point(top))
        uid = lesion_uid or (new_uid() if pointer.phase is Phase.RELEASE else "")
        drawn = draw(Kind.CRANIOCAUDAL, points, pointer.scene, lesion_uid=uid)
        if not height.finished:
            return Step(replace(state, height=height), preview=(drawn,))
        if points[0] == points[1]:
            return Step(replace(state, height=None))
        return Step(MassState(), commit=(in_place_of(drawn, pointer.scene, uid),))

    def _axial(self, state: MassState, pointer: Pointer) -> Step:
        lesion_uid = pointer.scene.lesion_uid or state.lesion_uid
        axes, drawn, finished = draw_axes(state.axes, pointer, lesion_uid)
        if drawn is None or not finished:
            preview = (drawn,) if drawn is not None else ()
            return Step(replace(state, axes=axes, height=None), preview=preview)
        uid = lesion_uid or new_uid()
        drawn = in_place_of(drawn, pointer.scene, uid)
        # The height that stands beside new axes and was drawn before them, in words.
        series = drawn.image.series_instance_uid
        height = _held(pointer.scene, Kind.CRANIOCAUDAL, drawn.lesion_uid, series)
        return Step(
            MassState(lesion_uid=uid, old_height="" if height is None else measure(height).text),
            commit=(drawn,),
            next_cut=NextCut(_middle_of_long_axis(drawn), (Plane.CORONAL, Plane.SAGITTAL)),
        )


def _middle_of_long_axis(drawn: Annotation) -> Point:
    """Return the place (LPS mm) through which the height is looked for."""
    return as_point((np.array(drawn.points[0]) + np.array(drawn.points[1])) / 2)


def _held(scene: Scene, kind: Kind, lesion_uid: str, series: str) -> Annotation | None:
    """Return the measurement of a kind that a lesion has on a series, None without one."""
    same = (a for a in scene.existing if a.lesion_uid == lesion_uid and a.kind is kind)
    return next((a for a in same if a.image.series_instance_uid == series), None)


def in_place_of(drawn: Annotation, scene: Scene, lesion_uid: str) -> Annotation:
    """Give a new measurement of a lesion the UID of the one it replaces on this series.

    A lesion has one pair of axial axes and one craniocaudal extent per series; drawing
    them again corrects them, and the history keeps what was there.
    """
    held = _held(scene, drawn.kind, lesion_uid, drawn.image.series_instance_uid)
    uid = "" if held is None else held.uid
    return draw(drawn.kind, drawn.points, scene, lesion_uid=lesion_uid, uid=uid)
