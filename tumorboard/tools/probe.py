"""Probe: click to keep the value and the place of a point."""

from __future__ import annotations

from typing import ClassVar

from tumorboard.annotations.model import Kind
from tumorboard.language import _
from tumorboard.tools.gesture import Phase, Pointer, Step, draw


class ProbeTool:
    """The value (HU, SUV) of the voxel under a click, and where it lies in the patient."""

    name: ClassVar[str] = "probe"
    label: ClassVar[str] = _("Probe")
    key: ClassVar[str] = "H"
    cursor: ClassVar[str] = "probe"

    def start(self) -> bool:
        """Not pressed."""
        return False

    def claims_handles(self, state: bool) -> bool:
        """Leave a press on a handle to that handle."""
        return False

    def hint(self, state: bool) -> str:
        """Say what comes next."""
        return _(
            "Probe: click for the value and the place of a point; hold and move to look around."
        )

    def step(self, state: bool, pointer: Pointer) -> Step:
        """Show the point while the button is held, keep it on release."""
        pressed = state or pointer.phase is Phase.PRESS
        if not pressed or pointer.phase is Phase.FINISH:
            return Step(False)
        drawn = draw(Kind.PROBE, (pointer.point,), pointer.scene)
        if pointer.phase is Phase.RELEASE:
            return Step(False, commit=(drawn,))
        return Step(True, preview=(drawn,))
