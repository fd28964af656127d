"""Brush and eraser of an outline in three dimensions: hold the button and paint."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from tumorboard.imaging.geometry import Point
from tumorboard.language import _
from tumorboard.tools.gesture import Phase, Pointer, Step
from tumorboard.tools.masking import Stroke


@dataclass(frozen=True)
class Held:
    """Where the brush was last; None while the button is up."""

    last: Point | None = None


class MaskBrushTool:
    """Paints into the outline."""

    name: ClassVar[str] = "mask_brush"
    label: ClassVar[str] = _("Brush of the outline")
    key: ClassVar[str] = "S"
    cursor: ClassVar[str] = "cross"
    _erases: ClassVar[bool] = False

    def start(self) -> Held:
        """Nothing painted."""
        return Held()

    def claims_handles(self, state: Held) -> bool:
        """Paint also where a handle lies."""
        return True

    def hint(self, state: Held) -> str:
        """Say what comes next."""
        if self._erases:
            return _(
                "Hold the button and rub out. [ and ] or Alt and the wheel: size of the brush. "
                "Each stroke can be undone."
            )
        return _(
            "Hold the button and paint. [ and ] or Alt and the wheel: size of the brush. "
            "Each stroke can be undone."
        )

    def step(self, state: Held, pointer: Pointer) -> Step:
        """Paint along the way of the pointer while the button is held."""
        if pointer.phase is Phase.PRESS:
            return self._painted((pointer.point,), pointer, Held(pointer.point))
        if state.last is None or pointer.phase is Phase.FINISH:
            return Step(Held())
        way = (state.last, pointer.point)
        if pointer.phase is Phase.RELEASE:
            return self._painted(way, pointer, Held())
        return self._painted(way, pointer, Held(pointer.point))

    def _painted(self, way: tuple[Point, ...], pointer: Pointer, after: Held) -> Step:
        brush = replace(pointer.scene.brush, erases=self._erases)
        ended = after.last is None
        return Step(after, mask=Stroke(way, pointer.scene.normal, brush, ended))


class MaskEraserTool(MaskBrushTool):
    """Takes away from the outline."""

    name: ClassVar[str] = "mask_eraser"
    label: ClassVar[str] = _("Eraser of the outline")
    key: ClassVar[str] = "Shift+X"
    _erases: ClassVar[bool] = True
