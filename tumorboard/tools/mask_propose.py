"""Propose a mass: click in it, or drag a rough box; further clicks correct, Enter keeps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from tumorboard.annotations.model import Kind, as_point
from tumorboard.imaging.geometry import Point
from tumorboard.language import _
from tumorboard.tools.frame import box_halves
from tumorboard.tools.gesture import CLICK_PIXELS, Phase, Pointer, Scene, Step, draw
from tumorboard.tools.masking import Accepted, GivenUp, Mark


@dataclass(frozen=True)
class Marking:
    """Where the button went down, None while it is up; how many marks were made."""

    start: Point | None = None
    marks: int = 0


class MaskProposeTool:
    """Asks for a mass by clicks, and for its correction by clicks in and beside it."""

    name: ClassVar[str] = "mask_propose"
    label: ClassVar[str] = _("Propose a mass from clicks")
    key: ClassVar[str] = "Shift+N"
    cursor: ClassVar[str] = "cross"

    def start(self) -> Marking:
        """Nothing marked."""
        return Marking()

    def claims_handles(self, state: Marking) -> bool:
        """Mark also where a handle lies."""
        return True

    def hint(self, state: Marking) -> str:
        """Say what comes next."""
        if not state.marks:
            return _("Propose: click into the middle of the mass, or drag a rough box round it.")
        return _(
            "Click into the middle of what is missing, Ctrl+click into what is too much; "
            "Enter keeps it, Esc drops it."
        )

    def step(self, state: Marking, pointer: Pointer) -> Step:
        """Ask for a proposal when the button is let go, and for keeping it on Enter."""
        marks = state.marks
        if pointer.phase is Phase.PRESS:
            return Step(Marking(pointer.point, marks))
        if pointer.phase is Phase.FINISH:
            return Step(Marking(), mask=Accepted() if marks else GivenUp())
        if state.start is None:
            return Step(state)
        box = _box(state.start, pointer.point, pointer.scene) if not marks else ()
        if pointer.phase is Phase.MOVE:
            shown = (draw(Kind.RECTANGLE, box, pointer.scene),) if box else ()
            return Step(state, preview=shown)
        if not box:
            mark = Mark(state.start, belongs=not (marks and pointer.scene.opposite))
            return Step(Marking(None, marks + 1), mask=mark)
        corners = np.array(box)
        sides = tuple(as_point(p) for p in (corners + np.roll(corners, -1, axis=0)) / 2)
        mark = Mark(as_point(corners.mean(axis=0)), sides=sides)
        return Step(Marking(None, marks + 1), mask=mark)


def _box(start: Point, end: Point, scene: Scene) -> tuple[Point, ...]:
    """Return the corners of a box that was dragged, none for a click."""
    centre, first, second = box_halves(start, end, scene)
    if min(np.linalg.norm(first), np.linalg.norm(second)) * 2 * scene.scale < 2 * CLICK_PIXELS:
        return ()
    signs = ((-1, -1), (1, -1), (1, 1), (-1, 1))
    return tuple(as_point(centre + a * first + b * second) for a, b in signs)
