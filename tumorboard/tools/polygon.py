"""Polygon: click corner after corner; close on the first, by Enter or a double click."""

from __future__ import annotations

from typing import ClassVar

from tumorboard.annotations.hit_test import HANDLE_RADIUS
from tumorboard.annotations.model import Kind
from tumorboard.imaging.geometry import Point
from tumorboard.imaging.measurement import distance
from tumorboard.language import _
from tumorboard.tools.clicks import Clicks, place
from tumorboard.tools.gesture import CLICK_PIXELS, Phase, Pointer, Step, draw, draw_begun


class PolygonTool:
    """A region with straight sides and its values."""

    name: ClassVar[str] = "polygon"
    label: ClassVar[str] = _("Polygon")
    key: ClassVar[str] = "P"
    cursor: ClassVar[str] = "cross"

    def start(self) -> Clicks:
        """Nothing drawn."""
        return Clicks()

    def claims_handles(self, state: Clicks) -> bool:
        """Place the corners of a polygon that is begun also on handles."""
        return bool(state.placed)

    def hint(self, state: Clicks) -> str:
        """Say what comes next."""
        if len(state.placed) < 3:
            return _("Polygon: click corner after corner. Esc cancels.")
        return _("Polygon: click the next corner; Enter or the first corner closes. Esc cancels.")

    def step(self, state: Clicks, pointer: Pointer) -> Step:
        """Place corners; finish when the outline is closed."""
        if _closes(state, pointer):
            corners = _distinct(state.placed)
            if len(corners) < 3:
                begun = (state.placed[:2],) if corners else ()
                kept = tuple(draw_begun(Kind.POLYGON, points, pointer.scene) for points in begun)
                return Step(state, preview=kept, message=_("A polygon needs three corners."))
            return Step(Clicks(), commit=(draw(Kind.POLYGON, corners, pointer.scene),))
        after = place(state, pointer)
        if not after.placed:
            return Step(after)
        return Step(after, preview=(draw_begun(Kind.POLYGON, after.shown, pointer.scene),))


def _closes(state: Clicks, pointer: Pointer) -> bool:
    """Whether an event closes: Enter, a press on the first corner or again on the last."""
    if pointer.phase is Phase.FINISH:
        return bool(state.placed)
    if pointer.phase is not Phase.PRESS or len(state.placed) < 3:
        return False
    near = distance(state.placed[0], pointer.point) * pointer.scene.scale <= HANDLE_RADIUS
    again = distance(state.placed[-1], pointer.point) * pointer.scene.scale < CLICK_PIXELS
    return near or again


def _distinct(points: tuple[Point, ...]) -> tuple[Point, ...]:
    return tuple(p for n, p in enumerate(points) if p != points[n - 1] or len(points) == 1)
