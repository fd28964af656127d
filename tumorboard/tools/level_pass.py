"""Levels of the vena cava one after the other: each is proposed, and a reader confirms it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, Final

from tumorboard.annotations.kinds import kind_of_role
from tumorboard.annotations.model import Annotation
from tumorboard.imaging.geometry import Caveat, Point
from tumorboard.imaging.measurement import distance
from tumorboard.language import _
from tumorboard.tools.gesture import Phase, Pointer, Step, draw
from tumorboard.tools.vessel import MARK_SHORT_LABELS

#: Code of a level that was confirmed where the program had proposed it.
PROPOSED_LEVEL: Final = "proposed-level"
#: Nearer to the proposed place (mm) it was not shifted.
_SAME_PLACE_MM: Final = 0.01


@dataclass(frozen=True)
class Asked:
    """The level that is asked for: where it stands now, where it was proposed, and from what.

    ``role`` is empty while none is; ``number`` of ``count`` says how far the pass is. With
    ``on_vein`` the place is more than a height.
    """

    role: str = ""
    point: Point = (0.0, 0.0, 0.0)
    proposed_at: Point = (0.0, 0.0, 0.0)
    source: str = ""
    number: int = 0
    count: int = 0
    on_vein: bool = False


class LevelPassTool:
    """Confirms levels where they stand, or where one clicks."""

    name: ClassVar[str] = "level_pass"
    label: ClassVar[str] = _("IVC levels in one pass")
    key: ClassVar[str] = "U"
    cursor: ClassVar[str] = "cross"

    def start(self) -> Asked:
        """Ask for nothing yet."""
        return Asked()

    def claims_handles(self, state: Asked) -> bool:
        """Take every press: levels often lie near one another."""
        return True

    def hint(self, state: Asked) -> str:
        """Name the level, where the proposal came from, and the keys."""
        if not state.role:
            return _("IVC levels: nothing is asked for.")
        return _(
            "{label} ({number} of {count}), {source}. Click or Enter marks, arrows move, N skips.",
            label=MARK_SHORT_LABELS[state.role],
            number=state.number,
            count=state.count,
            source=state.source,
        )

    def step(self, state: Asked, pointer: Pointer) -> Step:
        """Mark the level where one presses, or at its place on Enter."""
        if not state.role:
            return Step(state)
        if pointer.phase is Phase.PRESS:
            return Step(Asked(), commit=(self._drawn(state, pointer.point, pointer),))
        if pointer.phase is Phase.FINISH:
            return Step(Asked(), commit=(self._drawn(state, state.point, pointer),))
        return Step(state, preview=(self.shown(state, pointer),))

    def shown(self, state: Asked, pointer: Pointer) -> Annotation:
        """Return the proposal as it is painted: it counts nowhere."""
        drawn = self._drawn(state, state.point, pointer)
        return replace(drawn, uid="proposed level", proposed=True)

    def _drawn(self, state: Asked, point: Point, pointer: Pointer) -> Annotation:
        role = state.role
        drawn = draw(kind_of_role(role), (point,), pointer.scene, role=role)
        if distance(point, state.proposed_at) > _SAME_PLACE_MM:
            return drawn
        words = _("proposed ({source})", source=state.source)
        if not state.on_vein:
            words = _("{words}; a height, not a place in the vein", words=words)
        said = Caveat(PROPOSED_LEVEL, words)
        return replace(drawn, caveats=(*drawn.caveats, said))
