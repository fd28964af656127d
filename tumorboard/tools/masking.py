"""What tools of outlines in three dimensions ask for: strokes, closed lines, seeds.

A tool knows no voxels. It says what the hand did, in patient coordinates, and whoever holds
the mask does it.
"""

from __future__ import annotations

from dataclasses import dataclass

from tumorboard.imaging.geometry import Point
from tumorboard.imaging.segmentation.brush import Brush


@dataclass(frozen=True)
class Stroke:
    """A part of a brush stroke: from the first point to the last; ``ended`` with the last part.

    ``normal`` is that of the plane on show.
    """

    points: tuple[Point, ...]
    normal: Point
    brush: Brush
    ended: bool = False


@dataclass(frozen=True)
class Outline:
    """A closed line drawn on a plane; what it encloses is added, or cut away."""

    points: tuple[Point, ...]
    normal: Point
    cuts: bool = False


@dataclass(frozen=True)
class Seed:
    """A click to grow from. ``widen`` scales the range proposed there: 1 leaves it as it is.

    ``ended`` tells that the button was let go: the result shall be kept.
    """

    point: Point
    widen: float = 1.0
    ended: bool = False


@dataclass(frozen=True)
class Mark:
    """A click for the proposal of a mass: in it, or with ``belongs`` False beside it.

    ``sides`` are the middles of the sides of a rough box that was dragged round it.
    """

    point: Point
    belongs: bool = True
    sides: tuple[Point, ...] = ()


@dataclass(frozen=True)
class Accepted:
    """What was proposed shall be kept."""


@dataclass(frozen=True)
class GivenUp:
    """What was begun shall be forgotten."""


MaskAct = Stroke | Outline | Seed | Mark | Accepted | GivenUp
