"""Levels along a vessel: each click sets one, on the centreline where it is nearest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Final

import numpy as np

from tumorboard.annotations.model import Landmark, as_point
from tumorboard.language import _
from tumorboard.tools.gesture import Phase, Pointer, Step
from tumorboard.tools.pathing import LevelSet

#: The levels of the vena cava from caudal to cranial, with their words on screen.
LEVELS: Final[Mapping[str, str]] = {
    Landmark.ILIAC_CONFLUENCE.value: _("Iliac confluence"),
    "right renal vein": _("Right renal vein"),
    "left renal vein": _("Left renal vein"),
    Landmark.LIVER_ENTRY.value: _("Entry into the liver"),
    Landmark.HEPATIC_VEINS.value: _("Hepatic veins"),
    Landmark.CAVOATRIAL_JUNCTION.value: _("Cavo-atrial junction"),
    "right atrium": _("Right atrium"),
}

#: The same where room is short.
SHORT_LEVELS: Final[Mapping[str, str]] = {
    Landmark.ILIAC_CONFLUENCE.value: _("Confluence"),
    "right renal vein": _("R renal"),
    "left renal vein": _("L renal"),
    Landmark.RENAL_VEINS.value: _("Renal"),
    Landmark.LIVER_ENTRY.value: _("Liver"),
    Landmark.HEPATIC_VEINS.value: _("Hepatic"),
    Landmark.CAVOATRIAL_JUNCTION.value: _("Junction"),
    "right atrium": _("Atrium"),
}


def next_level(marked: Mapping[str, object], after: str = "") -> str:
    """Return the first level that is not set, looking from ``after`` on; "" when all are."""
    names = list(LEVELS)
    begin = names.index(after) + 1 if after in names else 0
    return next((n for n in names[begin:] + names[:begin] if n not in marked), "")


class LandmarkTool:
    """Sets levels on the centreline. The state is the level that the next click sets."""

    name: ClassVar[str] = "landmark"
    label: ClassVar[str] = _("Levels on the centreline")
    key: ClassVar[str] = "Shift+Y"
    cursor: ClassVar[str] = "cross"

    def start(self) -> str:
        """Ask for the first missing level."""
        return ""

    def claims_handles(self, state: str) -> bool:
        """Take every press: levels lie near one another."""
        return True

    def hint(self, state: str) -> str:
        """Name the level that the next click sets."""
        words = LEVELS.get(state)
        if words is None:
            return _("Levels: click where the level is; it goes to the centreline.")
        return _(
            "Levels: click on “{words}”. Choose another one in the list of vessels.", words=words
        )

    def step(self, state: str, pointer: Pointer) -> Step:
        """Set the level at the place of the line that is nearest."""
        seen = pointer.scene.path
        if len(seen.line) < 2:
            return Step(state, message=_("Lay the centreline first (Shift+C); levels lie on it."))
        if pointer.phase is not Phase.PRESS:
            return Step(state)
        name = state or next_level(seen.levels)
        if not name:
            return Step(state, message=_("All levels are set. Choose one in the list to set anew."))
        after = next_level({**seen.levels, name: None}, name)
        n = int(np.linalg.norm(seen.line - np.array(pointer.point), axis=1).argmin())
        return Step(after, path=LevelSet(name, as_point(seen.line[n])))
