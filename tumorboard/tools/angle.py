"""Angle: three points, the vertex second."""

from __future__ import annotations

from typing import ClassVar

from tumorboard.annotations.model import Kind
from tumorboard.language import _
from tumorboard.tools.clicks import Clicks, place
from tumorboard.tools.gesture import Phase, Pointer, Step, draw, draw_begun


class AngleTool:
    """The angle between two arms on a cut."""

    name: ClassVar[str] = "angle"
    label: ClassVar[str] = _("Angle")
    key: ClassVar[str] = "A"
    cursor: ClassVar[str] = "cross"

    def start(self) -> Clicks:
        """Nothing drawn."""
        return Clicks()

    def claims_handles(self, state: Clicks) -> bool:
        """Place the points of an angle that is begun also on handles."""
        return bool(state.placed)

    def hint(self, state: Clicks) -> str:
        """Say which point comes next."""
        nexts = (_("the end of one arm"), _("the vertex"), _("the end of the other arm"))
        return _("Angle: click {nexts}. Esc cancels.", nexts=nexts[min(len(state.placed), 2)])

    def step(self, state: Clicks, pointer: Pointer) -> Step:
        """Place points until there are three, each apart from the one before."""
        after = place(state, pointer)
        points = tuple(p for n, p in enumerate(after.placed) if n == 0 or p != after.placed[n - 1])
        if len(points) == 3 and pointer.phase in (Phase.PRESS, Phase.RELEASE):
            return Step(Clicks(), commit=(draw(Kind.ANGLE, points, pointer.scene),))
        after = Clicks(points, after.pointer)
        if not after.shown:
            return Step(after)
        return Step(after, preview=(draw_begun(Kind.ANGLE, after.shown, pointer.scene),))
