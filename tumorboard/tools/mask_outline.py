"""Outline of a slice: hold the button and draw round, or click corner after corner."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, Final

import numpy as np

from tumorboard.annotations.hit_test import HANDLE_RADIUS
from tumorboard.annotations.model import Kind, as_point
from tumorboard.imaging.geometry import Point
from tumorboard.imaging.measurement import distance
from tumorboard.imaging.outlines import outline_area, simplified
from tumorboard.language import _
from tumorboard.tools.gesture import CLICK_PIXELS, Phase, Pointer, Step, draw_begun
from tumorboard.tools.masking import Outline

_STEP_PIXELS: Final = 1.0
_TOLERANCE_PIXELS: Final = 0.25


@dataclass(frozen=True)
class Line:
    """The line so far: ``points``, whether the button is ``held``, and where the pointer is."""

    points: tuple[Point, ...] = ()
    held: bool = False
    pointer: Point | None = None


class MaskOutlineTool:
    """Fills what is drawn round, on the slice on show."""

    name: ClassVar[str] = "mask_outline"
    label: ClassVar[str] = _("Outline on a slice")
    key: ClassVar[str] = "Shift+E"
    cursor: ClassVar[str] = "cross"

    def start(self) -> Line:
        """Nothing drawn."""
        return Line()

    def claims_handles(self, state: Line) -> bool:
        """Draw also where a handle lies."""
        return True

    def hint(self, state: Line) -> str:
        """Say what comes next."""
        if len(state.points) >= 3:
            return _(
                "Outline: click the next corner; Enter or the first corner closes. Esc cancels."
            )
        return _(
            "Outline: hold the button and draw round the mass, or click corners. Then go some "
            "slices on, draw again, and fill between the slices."
        )

    def step(self, state: Line, pointer: Pointer) -> Step:
        """Gather the line; fill it when it is closed."""
        if pointer.phase is Phase.FINISH or (
            pointer.phase is Phase.PRESS and _is_closing(state, pointer)
        ):
            return _closed(state.points, pointer) if len(state.points) > 2 else Step(Line())
        if pointer.phase is Phase.PRESS:
            return _shown(Line((*state.points, pointer.point), True), pointer)
        if not state.points:
            return Step(state)
        if not state.held:
            return _shown(replace(state, pointer=pointer.point), pointer)
        way = distance(state.points[-1], pointer.point) * pointer.scene.scale
        points = (*state.points, pointer.point) if way >= _STEP_PIXELS else state.points
        if pointer.phase is Phase.MOVE:
            return _shown(Line(points, True), pointer)
        if _is_drawn_round(points, pointer):
            return _closed(points, pointer)
        # The corners after a click that the hand shook in: those apart from one another.
        kept: list[Point] = []
        for point in state.points:
            if not kept or distance(kept[-1], point) * pointer.scene.scale >= CLICK_PIXELS:
                kept.append(point)
        return _shown(Line(tuple(kept)), pointer)


def _is_closing(state: Line, pointer: Pointer) -> bool:
    if len(state.points) < 3:
        return False
    near = distance(state.points[0], pointer.point) * pointer.scene.scale <= HANDLE_RADIUS
    again = distance(state.points[-1], pointer.point) * pointer.scene.scale < CLICK_PIXELS
    return near or again


def _is_drawn_round(points: tuple[Point, ...], pointer: Pointer) -> bool:
    """Whether a line drawn with the button held encloses something to be seen."""
    if len(points) < 4:
        return False
    scale = max(pointer.scene.scale, 1e-6)
    kept = simplified(points, _TOLERANCE_PIXELS / scale)
    return len(kept) >= 4 and outline_area(kept) * scale**2 >= 4 * CLICK_PIXELS**2


def _closed(points: tuple[Point, ...], pointer: Pointer) -> Step:
    scale = max(pointer.scene.scale, 1e-6)
    line = simplified(points, _TOLERANCE_PIXELS / scale) if len(points) > 3 else points
    corners = tuple(as_point(p) for p in np.asarray(line))
    return Step(Line(), mask=Outline(corners, pointer.scene.normal, pointer.scene.cuts))


def _shown(state: Line, pointer: Pointer) -> Step:
    points = state.points if state.pointer is None else (*state.points, state.pointer)
    return Step(state, preview=(draw_begun(Kind.FREEHAND, points, pointer.scene),))
