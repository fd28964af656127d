"""What lies over the picture of a display: colours, masks, vessels, marks of others."""

from __future__ import annotations

from dataclasses import dataclass

from tumorboard.annotations.foreign import ForeignMark
from tumorboard.imaging.fusion import Fusion
from tumorboard.imaging.geometry import Points
from tumorboard.imaging.layers import Layer

Colour = tuple[int, int, int]


@dataclass(frozen=True, eq=False)
class ShownLayer:
    """A mask or outlines as they are to be drawn.

    ``opacity`` is that of the filling, 0 for the line alone; ``offset`` (LPS mm) is how far
    the layer lies from the same places of the images. ``is_bitmap`` tells that it was painted
    by another program and may hold words, even a name.
    """

    key: str
    name: str
    layer: Layer
    colour: Colour
    opacity: float = 0.0
    offset: tuple[float, float, float] = (0.0, 0.0, 0.0)
    is_bitmap: bool = False


@dataclass(frozen=True, eq=False)
class ShownPath:
    """The line of a vessel as it is to be drawn; LPS mm.

    ``line`` and ``anchors`` have the shapes (N, 3) and (M, 3); ``levels`` are (words, point).
    Of the active one the points can be taken hold of.
    """

    key: str
    line: Points
    anchors: Points
    levels: tuple[tuple[str, tuple[float, float, float]], ...] = ()
    is_active: bool = False


@dataclass(frozen=True, eq=False)
class OverlayStack:
    """All that lies over the picture of a display."""

    fusion: Fusion | None = None
    layers: tuple[ShownLayer, ...] = ()
    marks: tuple[ForeignMark, ...] = ()
    paths: tuple[ShownPath, ...] = ()


NOTHING = OverlayStack()
