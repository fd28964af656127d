"""A view to draw in, and the hands of a reader, for tests of tools."""

from __future__ import annotations

from typing import Any

from tumorboard.annotations.model import ImageReference
from tumorboard.imaging.geometry import Calibration, Plane, Point
from tumorboard.tools.gesture import Phase, Pointer, Scene, Step, Tool

NORMALS: dict[Plane, Point] = {
    Plane.AXIAL: (0.0, 0.0, 1.0),
    Plane.CORONAL: (0.0, 1.0, 0.0),
    Plane.SAGITTAL: (1.0, 0.0, 0.0),
}


def scene(
    plane: Plane = Plane.AXIAL, source: Calibration = Calibration.PIXEL_SPACING, **changes: Any
) -> Scene:
    """A view of a plane at four logical pixels a millimetre."""
    values: dict[str, Any] = {
        "plane": plane,
        "normal": NORMALS[plane],
        "reference": lambda points: ImageReference("1", "2", ("3",), "4", plane, source),
        "author": "Dr A",
        "now_utc": "2026-11-01T08:00:00Z",
        "scale": 4.0,
    }
    return Scene(**{**values, **changes})


class Hand:
    """Presses, moves and lets go; remembers the state and everything committed."""

    def __init__(self, tool: Tool, where: Scene) -> None:
        self.tool, self.scene = tool, where
        self.state: Any = tool.start()
        self.committed: list[Any] = []
        self.last = Step(self.state)

    def __call__(self, phase: Phase, x: float, y: float, z: float = 0.0) -> Step:
        """Send one event at an LPS point."""
        self.last = self.tool.step(self.state, Pointer(phase, (x, y, z), self.scene))
        self.state = self.last.state
        self.committed += self.last.commit
        return self.last

    def click(self, x: float, y: float) -> Step:
        """Press and let go at a place."""
        self(Phase.PRESS, x, y)
        return self(Phase.RELEASE, x, y)

    def drag(self, *places: tuple[float, float]) -> Step:
        """Press at the first place, move over the others, let go at the last."""
        self(Phase.PRESS, *places[0])
        for place in places[1:]:
            self(Phase.MOVE, *place)
        return self(Phase.RELEASE, *places[-1])
