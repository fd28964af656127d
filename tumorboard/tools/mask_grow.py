"""Grow: click into the mass; drag to the right to widen the range of values, left to narrow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np

from tumorboard.imaging.geometry import Point
from tumorboard.language import _
from tumorboard.tools.gesture import Phase, Pointer, Step
from tumorboard.tools.masking import GivenUp, Seed

#: So many logical pixels of a drag double the range.
_DOUBLING_PX: Final = 80.0
_LEAST, _MOST = 0.2, 5.0


@dataclass(frozen=True)
class Planted:
    """The point clicked, None while the button is up; the last factor."""

    point: Point | None = None
    widen: float = 1.0


class MaskGrowTool:
    """Fills what is joined to a click and has values like there."""

    name: ClassVar[str] = "mask_grow"
    label: ClassVar[str] = _("Grow from a click")
    key: ClassVar[str] = "Shift+U"
    cursor: ClassVar[str] = "cross"

    def start(self) -> Planted:
        """Nothing clicked."""
        return Planted()

    def claims_handles(self, state: Planted) -> bool:
        """Grow also where a handle lies."""
        return True

    def hint(self, state: Planted) -> str:
        """Say what comes next."""
        return _(
            "Grow: click into the mass; with the button held drag right to take in more values, "
            "left for fewer. It stops where it leaks."
        )

    def step(self, state: Planted, pointer: Pointer) -> Step:
        """Ask for growing from where the button went down, with the range as dragged."""
        if pointer.phase is Phase.PRESS:
            return Step(Planted(pointer.point), mask=Seed(pointer.point))
        if state.point is None:
            return Step(state)
        if pointer.phase is Phase.FINISH:
            return Step(Planted(), mask=GivenUp())
        right = pointer.scene.right
        axis = np.array([1.0, 0.0, 0.0]) if right is None else np.array(right)
        way = float((np.array(pointer.point) - np.array(state.point)) @ axis) * pointer.scene.scale
        widen = float(np.clip(2.0 ** (way / _DOUBLING_PX), _LEAST, _MOST))
        if pointer.phase is Phase.RELEASE:
            return Step(Planted(), mask=Seed(state.point, widen, ended=True))
        if abs(widen / state.widen - 1) < 0.02:
            return Step(state)
        return Step(Planted(state.point, widen), mask=Seed(state.point, widen))
