"""What the views of a vessel show: one frozen scene, and the position along the line."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from tumorboard.annotations.kinds import SPECS
from tumorboard.app.vessel_measures import Reading
from tumorboard.app.vessels import levels_of
from tumorboard.case.annotation_facts import ivc_marks
from tumorboard.case.involvement import IVC
from tumorboard.case.model import Case
from tumorboard.case.saved_curve import Level
from tumorboard.case.vessel import VesselPath
from tumorboard.imaging.curved import CurvedGrid, CurvedMode, curved_grid
from tumorboard.imaging.geometry import Points
from tumorboard.imaging.slicing import PlaneGrid
from tumorboard.imaging.vessel.centreline import Centreline, evenly
from tumorboard.imaging.vessel.contact_profile import Extent
from tumorboard.imaging.vessel.cross_sections import Sections, across
from tumorboard.imaging.volume import Volume
from tumorboard.tools.landmark import LEVELS, SHORT_LEVELS
from tumorboard.tools.vessel import MARK_SHORT_LABELS

#: Least width of the curved view, and that of a plane across, mm.
LEAST_MM, CROSS_MM = 60.0, 60.0


@dataclass(frozen=True)
class Bands:
    """Where the mass touches the vessel, and where tumour lies inside; None where not known."""

    contact: Extent | None = None
    involvement: Extent | None = None


@dataclass(frozen=True, eq=False)
class VesselScene:
    """A vessel and what is known of it.

    ``reading`` is None while what was measured does not hold for the line as it is; ``note``
    says what a reader must know of the line besides.
    """

    uid: str
    name: str
    volume: Volume
    line: Centreline
    levels: tuple[Level, ...] = ()
    reading: Reading | None = None
    bands: Bands = Bands()
    note: str = ""

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

    def cross_grid(self, n: int, width_mm: float, shape: tuple[int, int]) -> PlaneGrid:
        """Return the grid of a plane across, its shorter side so many mm wide."""
        rows, columns = shape
        pixel = width_mm / max(min(shape), 2)
        right, down = self.sections.right[n], self.sections.down[n]
        half = right * (columns - 1) / 2 + down * (rows - 1) / 2
        corner = self.sections.centres[n] - half * pixel
        return PlaneGrid(corner, right, down, (pixel, pixel), shape)

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


def spread(places: Points, gaps: ArrayLike, low: float, high: float) -> Points:
    """Return places (growing) moved apart between two bounds, no farther than is needed.

    ``gaps`` is the least distance from each place to the next, one for all or one for each
    pair. Where they do not fit between the bounds, they are shortened alike.
    """
    found = np.array(places, dtype=np.float64)
    if not len(found):
        return found
    apart = np.broadcast_to(np.asarray(gaps, dtype=np.float64), len(found) - 1)
    if apart.sum() >= high - low:
        share = (high - low) / apart.sum() if len(apart) and apart.sum() else 0.0
        return low + share * np.concatenate([[0.0], np.cumsum(apart)])
    found[0] = max(found[0], low)
    for n in range(1, len(found)):
        found[n] = max(found[n], found[n - 1] + apart[n - 1])
    found[-1] = min(found[-1], high)
    for n in range(len(found) - 2, -1, -1):
        found[n] = min(found[n], found[n + 1] - apart[n])
    return found


def levels_on(case: Case, vessel: VesselPath, line: Centreline) -> tuple[Level, ...]:
    """Return the levels along a line, and the marked ends of the tumour in the vena cava."""
    found, _ = levels_of(case, vessel)
    levels = [
        Level(LEVELS.get(n, n.capitalize()), line.nearest(p)[0], short=SHORT_LEVELS.get(n, ""))
        for n, p in found.items()
    ]
    for mark in ivc_marks(case) if vessel.vessel == IVC else ():
        here = mark.image.frame_of_reference_uid == vessel.frame_of_reference_uid
        if SPECS[mark.kind].is_tumour_end and here:
            place = line.nearest(mark.points[0])[0]
            levels.append(Level(MARK_SHORT_LABELS[mark.role], place, is_end=True))
    return tuple(levels)
