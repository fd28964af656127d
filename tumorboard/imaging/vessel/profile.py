"""Contact and occlusion along a vessel.

Contact: the share of the circumference, times 360 degrees, at which the mass lies within a
tolerance of the outline along the ray through it, on either side. Occlusion: the share of the
area inside the outline that is tumour. Neither is a judgement.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tumorboard.imaging.geometry import Caveat, Points
from tumorboard.imaging.mask_model import Mask
from tumorboard.imaging.vessel.centreline import Centreline
from tumorboard.imaging.vessel.cross_sections import (
    _FULL,
    ANGLES,
    STEP_MM,
    Outlines,
    cast,
    mask_volume,
)
from tumorboard.imaging.vessel.kernels import section_measures


@dataclass(frozen=True)
class ContactSettings:
    """Institutional settings; no source gives figures for them.

    ``tolerance_mm``: how near the outline the mass counts as touching it.
    ``least_degrees``: less contact at a position is none.
    ``least_percent``: less tumour in the lumen at a position is none.
    """

    tolerance_mm: float = 1.0
    least_degrees: float = 10.0
    least_percent: float = 3.0


@dataclass(frozen=True)
class Peak:
    """A highest or lowest value: where along the line (mm), and its LPS point."""

    value: float
    arc_mm: float
    point: tuple[float, float, float]


@dataclass(frozen=True)
class Extent:
    """A stretch of the line: its two ends (mm along it), caudal first on an upward line."""

    start_mm: float
    end_mm: float

    @property
    def length_mm(self) -> float:
        """Distance of the ends along the line."""
        return self.end_mm - self.start_mm


@dataclass(frozen=True, eq=False)
class VesselProfile:
    """What was measured on each cross-section of a vessel; NaN where there is no outline.

    Arrays of shape (S,): ``arc_mm``; ``contact_degrees`` 0 to 360; ``lumen_mm2`` the area
    inside the outline; ``diameter_mm`` that of a circle of this area; ``occluded_percent``.
    ``points`` (S, 3) are the places on the line. ``landmarks`` are mm along the line by name.
    """

    vessel: str
    arc_mm: Points
    contact_degrees: Points
    lumen_mm2: Points
    occluded_percent: Points
    points: Points
    landmarks: Mapping[str, float] = field(default_factory=dict)
    settings: ContactSettings = field(default_factory=ContactSettings)
    caveats: tuple[Caveat, ...] = ()

    @property
    def diameter_mm(self) -> Points:
        """Equivalent diameter of the lumen."""
        return np.asarray(2 * np.sqrt(self.lumen_mm2 / np.pi))

    @property
    def most_contact(self) -> Peak | None:
        """The largest arc of contact and where."""
        return self._peak(self.contact_degrees)

    @property
    def most_occlusion(self) -> Peak | None:
        """The largest occlusion and where."""
        return self._peak(self.occluded_percent)

    @property
    def contact(self) -> Extent | None:
        """From the first to the last position with contact."""
        return self._extent(self.contact_degrees >= self.settings.least_degrees)

    @property
    def involvement(self) -> Extent | None:
        """From the first to the last position with tumour in the lumen."""
        return self._extent(self.occluded_percent >= self.settings.least_percent)

    @property
    def contact_mm(self) -> float:
        """Length of all positions with contact; gaps between them do not count."""
        return self._length(self.contact_degrees >= self.settings.least_degrees)

    @property
    def involvement_mm(self) -> float:
        """Length of all positions with tumour in the lumen; gaps do not count."""
        return self._length(self.occluded_percent >= self.settings.least_percent)

    def from_landmarks(self, arc_mm: float) -> dict[str, float]:
        """Return the way along the line from each landmark, mm, positive further along."""
        return {name: arc_mm - at for name, at in self.landmarks.items()}

    def _peak(self, values: Points) -> Peak | None:
        if np.isnan(values).all():
            return None
        n = int(np.nanargmax(values))
        x, y, z = (float(v) for v in self.points[n])
        return Peak(float(values[n]), float(self.arc_mm[n]), (x, y, z))

    def _extent(self, there: NDArray[np.bool_]) -> Extent | None:
        found = np.flatnonzero(there)
        if not len(found):
            return None
        low, high = self._edges()
        return Extent(float(low[found[0]]), float(high[found[-1]]))

    def _length(self, there: NDArray[np.bool_]) -> float:
        low, high = self._edges()
        return float((high - low)[there].sum())

    def _edges(self) -> tuple[Points, Points]:
        """Return the stretch that each position stands for: halfway to its neighbours."""
        middle = (self.arc_mm[1:] + self.arc_mm[:-1]) / 2
        ends = np.concatenate([self.arc_mm[:1], middle, self.arc_mm[-1:]])
        return ends[:-1], ends[1:]


def profile(
    vessel: str,
    line: Centreline,
    outlines: Outlines,
    mass: Mask,
    settings: ContactSettings | None = None,
    landmarks: Mapping[str, ArrayLike] | None = None,
    caveats: tuple[Caveat, ...] = (),
) -> VesselProfile:
    """Measure a mass against a vessel.

    Parameters
    ----------
    outlines
        Those of the sections across ``line``.
    landmarks
        LPS points by name; they count where the line is nearest.

    """
    settings = settings or ContactSettings()
    sections, radii = outlines.sections, outlines.radii
    result = np.zeros((len(sections), 4))
    far = float(radii.max(initial=0.0)) + settings.tolerance_mm + 2 * STEP_MM
    reach = max(1, round(settings.tolerance_mm / STEP_MM))
    if mass.is_empty:
        rays = np.zeros((len(sections), ANGLES, int(far / STEP_MM) + 2), np.uint8)
    else:
        rays = cast(mask_volume(mass), sections, outlines.centres, radii.shape[1], far)
    section_measures(rays, np.ascontiguousarray(radii), STEP_MM, reach, _FULL / 2, result)
    result[~outlines.found] = np.nan
    marks = {name: line.nearest(point)[0] for name, point in (landmarks or {}).items()}
    missing = int((~outlines.found).sum())
    if missing:
        text = f"{missing} of {len(sections)} cross-sections have no outline of the vessel."
        caveats += (Caveat("vessel-not-outlined", text),)
    return VesselProfile(
        vessel,
        sections.arc_mm,
        result[:, 0] * 360.0,
        result[:, 1],
        result[:, 2] * 100.0,
        sections.centres,
        marks,
        settings,
        (*line.caveats(mass.stack), *caveats),
    )


#: A landmark farther than this from the line is not one of this vessel, mm.
FAR_LANDMARK_MM: Final = 30.0


def landmark_caveats(line: Centreline, landmarks: Mapping[str, ArrayLike]) -> tuple[Caveat, ...]:
    """Return reservations for landmarks that lie far from the line."""
    far = [name for name, p in landmarks.items() if line.nearest(p)[1] > FAR_LANDMARK_MM]
    return tuple(
        Caveat("far-landmark", f"The landmark “{name}” lies far from the line.") for name in far
    )
