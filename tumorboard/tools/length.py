"""Length: drag from end to end."""

from __future__ import annotations

from typing import ClassVar

from tumorboard.annotations.model import Kind
from tumorboard.language import _
from tumorboard.tools.gesture import Pointer, Step, draw
from tumorboard.tools.snapping import at_edges
from tumorboard.tools.two_points import Drag, DraggedTool, follow


class LengthTool(DraggedTool):
    """A straight distance on a cut."""

    name: ClassVar[str] = "length"
    label: ClassVar[str] = _("Length")
    key: ClassVar[str] = "L"
    words: ClassVar[str] = _("Length: drag from one end to the other. Esc cancels.")

    def step(self, state: Drag | None, pointer: Pointer) -> Step:
        """Follow the drag and finish on release; with assist the ends go to edges nearby."""
        drag = follow(state, pointer)
        if drag is None:
            return Step(None)
        start, end, snap = at_edges(drag.start, drag.end, pointer.scene)
        drawn = draw(Kind.LENGTH, (start, end), pointer.scene)
        if drag.finished:
            return Step(None, commit=(drawn,))
        return Step(drag, preview=(drawn,), snap=snap)
