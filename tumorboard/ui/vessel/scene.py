"""What the views of a vessel show: one frozen scene, and the position along the line."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from tumorboard.app.vessel_reading import Reading
from tumorboard.imaging.curved import CurvedGrid, CurvedMode, curved_grid
from tumorboard.imaging.geometry import Points
from tumorboard.imaging.slicing import PlaneGrid
from tumorboard.imaging.vessel.centreline import Centreline, evenly
from tumorboard.imaging.vessel.cross_sections import Sections, across
from tumorboard.imaging.volume import Volume

#: Least width of the curved view, and that of a plane across, mm.
LEAST_MM, CROSS_MM = 60.0, 60.0


@dataclass(frozen=True)
class Level:
    """A level or an end of the tumour on the line: its words and how far along it lies, mm."""

    words: str
    arc_mm: float
    is_end: bool = False


@dataclass(frozen=True, eq=False)
class VesselScene:
    """A vessel and what is known of it.

    ``reading`` is None while what was measured does not hold for the line as it is.
    """

    uid: str
    name: str
    volume: Volume
    line: Centreline
    levels: tuple[Level, ...] = ()
    reading: Reading | None = None
    by_hand: tuple[float, ...] = ()

    @cached_property
    def sections(self) -> Sections:
        """Planes across the line, a millimetre apart."""
        return across(self.line, evenly(self.line))

    @property
    def length_mm(self) -> float:
        """Length of the line."""
        return self.line.length_mm

    def section_at(self, arc_mm: float) -> int:
        """Return the number of the plane nearest to a length along the line."""
        return int(np.abs(self.sections.arc_mm - arc_mm).argmin())

    def cross_grid(self, n: int, width_mm: float, pixels: int) -> PlaneGrid:
        """Return the grid of a plane across, ``pixels`` square."""
        pixel = width_mm / max(pixels, 2)
        right, down = self.sections.right[n], self.sections.down[n]
        corner = self.sections.centres[n] - (right + down) * pixel * (pixels - 1) / 2
        return PlaneGrid(corner, right, down, (pixel, pixel), (pixels, pixels))

    def curved(
        self, mode: CurvedMode, degrees: float, width_mm: float, spacing: float
    ) -> CurvedGrid:
        """Return where the pixels of the curved picture lie, caudal row first."""
        return curved_grid(self.line.line, width_mm, spacing, mode, degrees=degrees)


def with_rows(grid: CurvedGrid, first: int, last: int) -> CurvedGrid:
    """Return a part of the rows of a curved picture."""
    part = slice(first, last)
    return CurvedGrid(
        grid.starts[part],
        np.asarray(grid.across)[part],
        grid.forward[part],
        grid.arc_mm[part],
        grid.centre[part],
        grid.spacing,
        (len(grid.arc_mm[part]), grid.shape[1]),
    )


def nearest_place(scene: VesselScene, point: tuple[float, float, float]) -> tuple[float, float]:
    """Return how far along the line a point is nearest (mm), and how far off it (mm)."""
    return scene.line.nearest(np.array(point))


def spread(places: Points, gap: float, low: float, high: float) -> Points:
    """Return places (growing) moved apart so that neighbours keep a gap, between two bounds."""
    found = np.array(places, dtype=np.float64)
    for n in range(1, len(found)):
        found[n] = max(found[n], found[n - 1] + gap)
    if len(found) and found[-1] > high:
        found[-1] = high
        for n in range(len(found) - 2, -1, -1):
            found[n] = min(found[n], found[n + 1] - gap)
    return np.maximum(found, low)
