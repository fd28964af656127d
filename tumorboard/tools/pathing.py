"""What tools of vessels ask for: points of a centreline, levels on it.

A tool knows no record of a vessel. It says what the hand did, in patient coordinates, and
whoever holds the vessel does it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from tumorboard.imaging.geometry import Point, Points

#: A point of the line that lies farther than this from the plane on show is not under the
#: pointer, mm.
NEAR_MM: Final = 6.0


@dataclass(frozen=True, eq=False)
class PathSeen:
    """The vessel worked on, as a tool may know it.

    ``anchors`` are the clicks; ``line``, shape (N, 3) LPS mm, the points of the line through
    them and ``segments``, shape (N,), the number of the click before each; ``levels`` are the
    places of the levels by name.
    """

    anchors: tuple[Point, ...] = ()
    line: Points = field(default_factory=lambda: np.zeros((0, 3)))
    segments: Points = field(default_factory=lambda: np.zeros(0))
    levels: Mapping[str, Point] = field(default_factory=dict)


@dataclass(frozen=True)
class PointPlaced:
    """A new point of the line at this number; ``ended`` when the button was let go."""

    at: int
    point: Point
    ended: bool = False


@dataclass(frozen=True)
class PointMoved:
    """A point of the line elsewhere; ``ended`` when the button was let go."""

    at: int
    point: Point
    ended: bool = False


@dataclass(frozen=True)
class LevelSet:
    """A level on the line."""

    name: str
    point: Point


@dataclass(frozen=True)
class LineEnded:
    """The line is as it shall be."""


PathAct = PointPlaced | PointMoved | LevelSet | LineEnded
