"""Freehand: hold the button and draw round the region; it closes on release."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np

from tumorboard.annotations.model import Kind, as_point
from tumorboard.imaging.geometry import Point
from tumorboard.imaging.measurement import distance
from tumorboard.imaging.outlines import outline_area, simplified
from tumorboard.language import _
from tumorboard.tools.gesture import CLICK_PIXELS, Phase, Pointer, Step, draw, draw_begun

#: Least way (logical pixels) to the next point, and how far a point may lie from the kept
#: line to be dropped: well below what a hand can aim at.
_STEP_PIXELS: Final = 1.0
_TOLERANCE_PIXELS: Final = 0.25
_NO_AREA: Final = _("That line encloses nothing: hold the button and draw round the region.")


@dataclass(frozen=True)
class Stroke:
    """The points of the line so far."""

    points: tuple[Point, ...] = ()


class FreehandTool:
    """A region drawn by hand, with its values."""

    name: ClassVar[str] = "freehand"
    label: ClassVar[str] = _("Freehand")
    key: ClassVar[str] = "F"
    cursor: ClassVar[str] = "cross"

    def start(self) -> Stroke:
        """Nothing drawn."""
        return Stroke()

    def claims_handles(self, state: Stroke) -> bool:
        """Leave a press on a handle to that handle."""
        return False

    def hint(self, state: Stroke) -> str:
        """Say what comes next."""
        return _("Freehand: hold the button and draw round the region. Esc cancels.")

    def step(self, state: Stroke, pointer: Pointer) -> Step:
        """Gather points while the button is held; close on release."""
        if pointer.phase is Phase.PRESS:
            return Step(Stroke((pointer.point,)))
        if not state.points or pointer.phase is Phase.FINISH:
            return Step(state)
        way = distance(state.points[-1], pointer.point) * pointer.scene.scale
        stroke = Stroke((*state.points, pointer.point)) if way >= _STEP_PIXELS else state
        if pointer.phase is Phase.RELEASE:
            scale = max(pointer.scene.scale, 1e-6)
            kept = simplified(stroke.points, _TOLERANCE_PIXELS / scale)
            if len(kept) < 3 or outline_area(kept) * scale**2 < CLICK_PIXELS**2:
                return Step(Stroke(), message=_NO_AREA)
            points = tuple(as_point(p) for p in np.asarray(kept))
            return Step(Stroke(), commit=(draw(Kind.FREEHAND, points, pointer.scene),))
        shown = draw_begun(Kind.FREEHAND, stroke.points, pointer.scene)
        return Step(stroke, preview=(shown,))
