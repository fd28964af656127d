"""What is half drawn: where it was begun, that it stays there, and how its last point goes.

A measurement lies on one cut. Its first point says which; a click on another cut takes no
point and a sentence says where to go on. What is meant to cross cuts (the centreline, levels,
the craniocaudal extent of a mass) has no such plane.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import singledispatch
from typing import Any, Final

import numpy as np

from tumorboard.annotations.model import ImageReference
from tumorboard.imaging.geometry import Point
from tumorboard.language import N_, _
from tumorboard.tools import (
    centreline,
    eraser,
    freehand,
    mask_brush,
    mask_grow,
    mask_outline,
    mask_propose,
)
from tumorboard.tools.bidirectional import TwoAxes
from tumorboard.tools.clicks import Clicks
from tumorboard.tools.gesture import Pointer
from tumorboard.tools.mass import MassState
from tumorboard.tools.two_points import Drag

#: How far (mm) apart two points of one cut may lie along its normal: rounding.
SAME_CUT_MM: Final = 0.01
#: What each tool leaves half drawn, as it stands after "Finish".
_HALF_DRAWN: Final = {
    "length": N_("the length"),
    "bidirectional": N_("the bidirectional"),
    "mass": N_("the mass"),
    "vessel": N_("the vessel"),
    "angle": N_("the angle"),
    "ellipse": N_("the ellipse"),
    "circle": N_("the circle"),
    "rectangle": N_("the rectangle"),
    "polygon": N_("the polygon"),
    "freehand": N_("the freehand"),
    "probe": N_("the probe"),
    "arrow": N_("the arrow"),
    "text": N_("the text"),
    "eraser": N_("the eraser"),
    "calibration": N_("the calibration"),
    "brush": N_("the brush"),
    "outline": N_("the outline"),
    "grow": N_("the grow"),
    "propose": N_("the propose"),
    "centreline": N_("the centreline"),
    "landmark": N_("the landmark"),
}
#: Least cosine between the normals of one cut.
_SAME_NORMAL: Final = 1 - 1e-6


@dataclass(frozen=True)
class Begun:
    """The cut that something half drawn lies on; ``place`` names it: "slice 12"."""

    point: Point
    normal: Point
    image: ImageReference
    place: str
    what: str


def begun_by(pointer: Pointer, what: str) -> Begun:
    """Return the cut of a pointer event as that of the thing named ``what``."""
    scene, point = pointer.scene, pointer.point
    return Begun(point, scene.normal, scene.reference((point,)), scene.place(point), what)


def elsewhere(begun: Begun, pointer: Pointer) -> str:
    """Return why a pointer event cannot go on with what is half drawn; empty where it can."""
    scene, normal = pointer.scene, np.array(begun.normal)
    image = scene.reference((pointer.point,))
    if image.series_instance_uid != begun.image.series_instance_uid:
        return _("Finish {what} on the images where it was begun, or press Esc.", what=begun.what)
    if abs(float(normal @ np.array(scene.normal))) < _SAME_NORMAL:
        return _(
            "Finish {what} on the {plane} view first.",
            what=begun.what,
            plane=begun.image.plane.words,
        )
    off = (np.array(pointer.point) - np.array(begun.point)) @ normal
    if abs(float(off)) > SAME_CUT_MM:
        return _(
            "Go back to {place} to finish {what}, or press Esc.", place=begun.place, what=begun.what
        )
    return ""


def words_of(state: Any, name: str) -> str:
    """Name what is half drawn: the axes of a mass as such, else by the name of its tool."""
    if isinstance(state, TwoAxes | MassState):
        return _("the two axes")
    plain = name.removeprefix("mask_")
    return _(_HALF_DRAWN.get(plain, plain))


@singledispatch
def plane_point(state: Any) -> Point | None:
    """Return a point on the cut that what is half drawn lies on; None where it has none."""
    del state
    return None


@plane_point.register
def _point_of_clicks(state: Clicks) -> Point | None:
    return state.placed[0] if state.placed else None


@plane_point.register
def _point_of_drag(state: Drag) -> Point | None:
    return state.start


@plane_point.register
def _point_of_two_axes(state: TwoAxes) -> Point | None:
    return None if state.long is None else state.long.start


@plane_point.register
def _point_of_mass_state(state: MassState) -> Point | None:
    return plane_point(state.axes)


@plane_point.register
def _point_of_stroke(state: freehand.Stroke | mask_outline.Line) -> Point | None:
    return state.points[0] if state.points else None


@plane_point.register
def _point_of_held(state: mask_brush.Held) -> Point | None:
    return state.last


@singledispatch
def is_half_drawn(state: Any) -> bool:
    """Whether a state of a tool holds something begun that is not stored yet."""
    # A probe is held or not; a level that is asked for is nothing drawn.
    return state is True or plane_point(state) is not None


@is_half_drawn.register
def _begun_mass_state(state: MassState) -> bool:
    return state.height is not None or state.axes.long is not None


@is_half_drawn.register
def _begun_laying(state: centreline.Laying) -> bool:
    return state.held is not None


@is_half_drawn.register
def _begun_sweep(state: eraser.Sweep) -> bool:
    return state.held


@is_half_drawn.register
def _begun_planted(state: mask_grow.Planted) -> bool:
    return state.point is not None


@is_half_drawn.register
def _begun_marking(state: mask_propose.Marking) -> bool:
    return state.start is not None


@singledispatch
def one_less(state: Any) -> Any:
    """Return a state without the last point; None where nothing is left of it."""
    del state
    return None


@one_less.register
def _less_clicks(state: Clicks) -> Clicks | None:
    return Clicks(state.placed[:-1]) if len(state.placed) > 1 else None


@one_less.register
def _less_two_axes(state: TwoAxes) -> TwoAxes | None:
    return TwoAxes(state.long) if state.short is not None else None


@one_less.register
def _less_mass_state(state: MassState) -> MassState:
    return replace(state, axes=one_less(state.axes) or TwoAxes(), height=None)


@one_less.register
def _less_line(state: mask_outline.Line) -> mask_outline.Line | None:
    kept = () if state.held else state.points[:-1]
    return mask_outline.Line(kept) if kept else None


@one_less.register
def _less_laying(state: centreline.Laying) -> centreline.Laying:
    return replace(state, held=None)
