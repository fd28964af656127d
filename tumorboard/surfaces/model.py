"""What a three-dimensional overview shows and from where: plain data, LPS millimetres."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tumorboard.imaging.geometry import Points
from tumorboard.imaging.mask_model import Mask
from tumorboard.language import _

#: Red, green, blue from 0 to 1.
Colour = tuple[float, float, float]


@dataclass(frozen=True, eq=False)
class MaskShape:
    """The surface of a mask."""

    name: str
    colour: Colour
    mask: Mask


@dataclass(frozen=True, eq=False)
class TubeShape:
    """A line through a vessel, shape (N, 3), as a tube."""

    name: str
    colour: Colour
    line: Points
    radius_mm: float


@dataclass(frozen=True)
class PointShape:
    """A landmark with its name beside it."""

    name: str
    colour: Colour
    point: tuple[float, float, float]


Shape = MaskShape | TubeShape | PointShape


@dataclass(frozen=True, eq=False)
class Scene:
    """All shapes of a case on one series."""

    shapes: tuple[Shape, ...]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show."""
        return not self.shapes


@dataclass(frozen=True)
class Look:
    """From where the scene is seen.

    ``azimuth`` and ``elevation`` in degrees: 0 and 0 look from the front (anterior) with the
    head up; growing azimuth goes round to the patient's left. ``zoom`` 1 shows everything.
    ``opacities`` by name of a shape, 1 where none is given; 0 hides it.
    """

    azimuth: float = 0.0
    elevation: float = 0.0
    zoom: float = 1.0
    opacities: Mapping[str, float] = field(default_factory=dict)

    def opacity(self, name: str) -> float:
        """Return how opaque a shape is, from 0 to 1."""
        return min(max(self.opacities.get(name, 1.0), 0.0), 1.0)


#: The usual directions to look from: name, azimuth, elevation.
DIRECTIONS: tuple[tuple[str, float, float], ...] = (
    (_("Front"), 0.0, 0.0),
    (_("Left"), 90.0, 0.0),
    (_("Back"), 180.0, 0.0),
    (_("Right"), 270.0, 0.0),
    (_("Head"), 0.0, 90.0),
    (_("Feet"), 0.0, -90.0),
)
