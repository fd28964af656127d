"""Bidirectional: the long axis, then the axis perpendicular to it (RECIST 1.1).

One drag draws the long axis; the short one follows perpendicular. Where an outline of the
lesion exists on the slice it is the longest perpendicular inside it; with assist it goes from
edge to edge; else it follows the pointer until a click, or is dragged.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from tumorboard.annotations.model import Annotation, Kind, as_point
from tumorboard.imaging.geometry import Point
from tumorboard.imaging.measurement import distance, perpendicular_axis
from tumorboard.language import _
from tumorboard.tools.gesture import Phase, Pointer, Scene, Step, draw, draw_begun
from tumorboard.tools.short_axis import lesion_of_outline, short_axis_found
from tumorboard.tools.snapping import at_edges
from tumorboard.tools.two_points import Drag, follow


@dataclass(frozen=True)
class TwoAxes:
    """The axes as drawn so far; ``hover`` is the pointer while the short axis follows it."""

    long: Drag | None = None
    short: Drag | None = None
    hover: Point | None = None


class BidirectionalTool:
    """Long axis and perpendicular short axis on one slice."""

    name: ClassVar[str] = "bidirectional"
    label: ClassVar[str] = _("Bidirectional")
    key: ClassVar[str] = "B"
    cursor: ClassVar[str] = "cross"

    def start(self) -> TwoAxes:
        """Nothing drawn."""
        return TwoAxes()

    def claims_handles(self, state: TwoAxes) -> bool:
        """Leave a press on a handle to that handle."""
        return False

    def hint(self, state: TwoAxes) -> str:
        """Say which axis comes next."""
        if state.long is None or not state.long.finished:
            return _("Bidirectional: drag the long axis. Esc cancels.")
        return _("Bidirectional: click where the short axis ends, or drag it from edge to edge.")

    def step(self, state: TwoAxes, pointer: Pointer) -> Step:
        """Draw the long axis, then the short one, then finish."""
        axes, drawn, finished = draw_axes(state, pointer, lesion_uid="")
        if drawn is None:
            return Step(axes)
        return Step(TwoAxes(), commit=(drawn,)) if finished else Step(axes, preview=(drawn,))


def draw_axes(
    state: TwoAxes, pointer: Pointer, lesion_uid: str
) -> tuple[TwoAxes, Annotation | None, bool]:
    """Advance the drawing of two axes; return state, what to show, and whether it is done."""
    if state.long is None or not state.long.finished:
        return _draw_long(state, pointer, lesion_uid)
    long, scene = state.long, pointer.scene
    if pointer.phase is Phase.FINISH and state.hover is not None:
        return state, _both(long, _mirrored(long, state.hover), scene, lesion_uid), True
    short = follow(state.short, pointer)
    if short is not None and distance(short.start, short.end) > 0:
        after = TwoAxes(long, short)
        return after, _both(long, short, scene, lesion_uid), short.finished
    clicked = state.short is not None and pointer.phase is Phase.RELEASE
    after = TwoAxes(long, short, pointer.point)
    # Whether the pointer lies so far beside the long axis that a short axis is meant.
    ends = perpendicular_axis(
        long.start, long.end, pointer.scene.normal, pointer.point, pointer.point
    )
    along = np.array(long.end) - np.array(long.start)
    share = float((ends[0] - np.array(long.start)) @ along) / max(float(along @ along), 1e-12)
    foot = np.array(long.start) + along * share
    if not (float(np.linalg.norm(ends[0] - foot)) * pointer.scene.scale >= 2.0):
        return after, _line(long, pointer, lesion_uid), False
    return after, _both(long, _mirrored(long, pointer.point), scene, lesion_uid), clicked


def _draw_long(
    state: TwoAxes, pointer: Pointer, lesion_uid: str
) -> tuple[TwoAxes, Annotation | None, bool]:
    """Follow the long axis; where the short one can be told from the picture, finish."""
    long = follow(state.long, pointer)
    if long is None:
        return TwoAxes(), None, False
    start, end, _ = at_edges(long.start, long.end, pointer.scene)
    shown = Drag(start, end, long.finished)
    if not long.finished:
        return TwoAxes(long), _line(shown, pointer, lesion_uid), False
    found = short_axis_found(start, end, pointer.scene, lesion_uid)
    if found is None:
        return TwoAxes(shown), _line(shown, pointer, lesion_uid), False
    lesion = lesion_uid or lesion_of_outline(start, end, pointer.scene)
    points = (start, end, *found)
    return TwoAxes(shown), draw(Kind.BIDIRECTIONAL, points, pointer.scene, lesion_uid=lesion), True


def _mirrored(long: Drag, pointer: Point) -> Drag:
    """Return the short axis that ends at a place and reaches as far beyond the long one."""
    a, p = np.array(long.start), np.array(pointer)
    along = np.array(long.end) - a
    along = along / max(float(np.linalg.norm(along)), 1e-12)
    beside = (p - a) - along * float((p - a) @ along)
    return Drag(pointer, as_point(p - 2 * beside), finished=True)


def _line(long: Drag, pointer: Pointer, lesion_uid: str) -> Annotation:
    ends = (long.start, long.end)
    return draw_begun(Kind.BIDIRECTIONAL, ends, pointer.scene, lesion_uid=lesion_uid)


def _both(long: Drag, short: Drag, scene: Scene, lesion_uid: str) -> Annotation:
    ends = perpendicular_axis(long.start, long.end, scene.normal, short.start, short.end)
    low, high = (as_point(end) for end in ends)
    points = (long.start, long.end, low, high)
    return draw(Kind.BIDIRECTIONAL, points, scene, lesion_uid=lesion_uid)
