"""Contact and occlusion along a vessel.

Contact: the share of the circumference, times 360 degrees, at which the mass lies within a
tolerance of the outline along the ray through it, on either side. Occlusion: the share of the
area inside the outline that is tumour. Neither is a judgement.

The contact of a vessel is one number with a range (`VesselProfile.most_contact`): the largest
single arc would be the most ragged one, which lies too high, the more so the longer the vessel.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tumorboard.imaging.geometry import Caveat, Points, SliceStack
from tumorboard.imaging.mask_model import Mask, union
from tumorboard.imaging.vessel.centreline import Centreline
from tumorboard.imaging.vessel.cross_sections import (
    _FULL,
    ANGLES,
    STEP_MM,
    Outlines,
    Sections,
    cast,
    mask_volume,
)
from tumorboard.imaging.vessel.kernels import section_measures
from tumorboard.language import _


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


#: The largest contact is reached over this length at least, without a break, mm. Longer, and
#: a contact over 5 mm is missed where slices are 3 mm apart; shorter, and one ragged plane counts.
CONTACT_REACH_MM: Final = 2.0
#: It is the median of the planes within this of its place, mm, that it cannot be told from.
_ALIKE_MM: Final = 5.0
_DEGREES: Final = 360.0


@dataclass(frozen=True)
class Peak:
    """A highest value: where along the line (mm), its LPS point, and its range.

    ``low`` and ``high`` say between what it lies as far as voxels and tolerance tell; None for
    a value without a range, as one that a reader set.
    """

    value: float
    arc_mm: float
    point: tuple[float, float, float]
    low: float | None = None
    high: float | None = None


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
    ``covered_percent`` (S,) is the share of the lumen under any outline, of a mass too; empty
    when that was not told apart. ``contact_range`` (S, 2) are the arcs with half a millimetre
    less and more of tolerance, ``voxel_mm`` (S,) the size of a voxel across the vessel,
    ``by_hand`` (S,) where a reader set the arc; empty for none.
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
    covered_percent: Points = field(default_factory=lambda: np.zeros(0))
    contact_range: Points = field(default_factory=lambda: np.zeros((0, 2)))
    voxel_mm: Points = field(default_factory=lambda: np.zeros(0))
    by_hand: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, bool))

    @property
    def diameter_mm(self) -> Points:
        """Equivalent diameter of the lumen."""
        return np.asarray(2 * np.sqrt(self.lumen_mm2 / np.pi))

    @cached_property
    def most_contact(self) -> Peak | None:
        """The largest contact and where: the arc that is reached over `CONTACT_REACH_MM`.

        More exactly the median arc of the planes beside that place which a voxel at the wall
        does not tell from it: the highest of many ragged arcs lies above the truth. Its range
        adds to what half a millimetre of tolerance makes of it half a voxel at each end of the
        arc. An arc that a reader set counts as it was set, and has no range.
        """
        hand = self.by_hand if len(self.by_hand) else np.zeros(len(self.arc_mm), bool)
        said = self._peak(np.where(hand, self.contact_degrees, np.nan))
        measured = np.where(hand, np.nan, self.contact_degrees)
        found = self._plateau(measured)
        if found is None or (said is not None and said.value >= found.value):
            return said
        if not len(self.contact_range):
            return found
        rims = [self._plateau(np.where(hand, np.nan, arcs)) for arcs in self.contact_range.T]
        low, high = (found.value if rim is None else rim.value for rim in rims)
        n = int(np.abs(self.arc_mm - found.arc_mm).argmin())
        ends = self._voxel_degrees()[n] if 0 < found.value < _DEGREES else 0.0
        return replace(
            found,
            low=max(0.0, min(low, found.value) - ends),
            high=min(_DEGREES, max(high, found.value) + ends),
        )

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
        return self.length_of(self.contact_degrees >= self.settings.least_degrees)

    @property
    def involvement_mm(self) -> float:
        """Length of all positions with tumour in the lumen; gaps do not count."""
        return self.length_of(self.occluded_percent >= self.settings.least_percent)

    def from_landmarks(self, arc_mm: float) -> dict[str, float]:
        """Return the way along the line from each landmark, mm, positive further along."""
        return {name: arc_mm - at for name, at in self.landmarks.items()}

    def _peak(self, values: Points) -> Peak | None:
        if np.isnan(values).all():
            return None
        n = int(np.nanargmax(values))
        x, y, z = (float(v) for v in self.points[n])
        return Peak(float(values[n]), float(self.arc_mm[n]), (x, y, z))

    def _plateau(self, values: Points) -> Peak | None:
        """Return the value reached over a stretch, raggedness taken out; None without any."""
        stretches = [(float(values[n : m + 1].min()), n, m) for n, m in self._stretches(values)]
        if not stretches:
            return None
        level, first, last = max(stretches, key=lambda stretch: stretch[0])
        core = (first + last) // 2
        middle = float(self.arc_mm[first] + self.arc_mm[last]) / 2
        alike = values >= level - self._voxel_degrees()[core]
        alike &= np.abs(self.arc_mm - middle) <= _ALIKE_MM
        while first > 0 and alike[first - 1]:
            first -= 1
        while last + 1 < len(values) and alike[last + 1]:
            last += 1
        x, y, z = (float(v) for v in self.points[core])
        arc = float(np.median(values[first : last + 1]))
        return Peak(arc, float(self.arc_mm[core]), (x, y, z))

    def _stretches(self, values: Points) -> Iterator[tuple[int, int]]:
        """Yield first and last position of each shortest stretch that is long enough.

        Planes without a value end one; where there are fewer without a break, it is all of them.
        """
        low, high = self._edges()
        known = np.concatenate([[False], ~np.isnan(values), [False]])
        turns = np.flatnonzero(known[1:] != known[:-1])
        for start, stop in zip(turns[::2], turns[1::2], strict=True):
            if high[stop - 1] - low[start] < CONTACT_REACH_MM:
                yield int(start), int(stop) - 1
                continue
            for n in range(start, stop):
                m = n + int(np.argmax(high[n:stop] - low[n] >= CONTACT_REACH_MM - 1e-6))
                if high[m] - low[n] >= CONTACT_REACH_MM - 1e-6:
                    yield n, m

    def _voxel_degrees(self) -> Points:
        """Return the arc that a voxel takes up at the wall of each position, shape (S,)."""
        if not len(self.voxel_mm):
            return np.zeros(len(self.arc_mm))
        radius = np.maximum(self.diameter_mm / 2, self.voxel_mm / 2)
        return np.asarray(np.degrees(self.voxel_mm / np.where(radius > 0, radius, np.inf)))

    def _extent(self, there: NDArray[np.bool_]) -> Extent | None:
        found = np.flatnonzero(there)
        if not len(found):
            return None
        low, high = self._edges()
        return Extent(float(low[found[0]]), float(high[found[-1]]))

    def length_of(self, there: NDArray[np.bool_]) -> float:
        """Return the length of the line, mm, that these positions, shape (S,), stand for."""
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
    far = float(radii.max(initial=0.0)) + settings.tolerance_mm + 3 * STEP_MM
    if mass.is_empty:
        rays = np.zeros((len(sections), ANGLES, int(far / STEP_MM) + 2), np.uint8)
    else:
        rays = cast(mask_volume(mass), sections, outlines.centres, radii.shape[1], far)
    reach = max(1, round(settings.tolerance_mm / STEP_MM))
    less, result, more = (_measured(rays, outlines, n) for n in (reach - 1, reach, reach + 1))
    marks = {name: line.nearest(point)[0] for name, point in (landmarks or {}).items()}
    missing = int((~outlines.found).sum())
    if missing:
        text = _(
            "{missing} of {count} cross-sections have no outline of the vessel.",
            missing=missing,
            count=len(sections),
        )
        caveats += (Caveat("vessel-not-outlined", text),)
    if outlines.by_values:
        caveats += (BY_VALUES,)
    if not mass.is_empty:
        text = _(
            "Lengths along it are known to {slice_spacing:.2g} mm at either end.",
            slice_spacing=mass.stack.slice_spacing,
        )
        caveats += (Caveat("length-by-slices", text),)
    return VesselProfile(
        vessel,
        sections.arc_mm,
        result[:, 0] * _DEGREES,
        result[:, 1],
        result[:, 2] * 100.0,
        sections.centres,
        marks,
        settings,
        (*line.caveats(mass.stack), *caveats),
        result[:, 2] * 100.0,
        np.stack([less[:, 0], more[:, 0]], axis=1) * _DEGREES,
        _voxel_across(mass.stack, sections),
    )


def profile_by_role(
    vessel: str,
    line: Centreline,
    outlines: Outlines,
    masses: Mask,
    inside: Mask,
    settings: ContactSettings | None = None,
    landmarks: Mapping[str, ArrayLike] | None = None,
    caveats: tuple[Caveat, ...] = (),
) -> VesselProfile:
    """Measure the contact of masses, and the occlusion by what is outlined as tumour inside.

    An outline of a mass laps over the wall of a vessel that it touches, so how much of the
    lumen it covers is told apart. What nobody outlined is NaN, not 0.
    """
    found = profile(vessel, line, outlines, masses, settings, landmarks, caveats)
    filled = covered = unknown = np.full(len(found.arc_mm), np.nan)
    every = union(masses, inside)
    if not every.is_empty:
        covered = profile(vessel, line, outlines, every, settings).occluded_percent
    if not inside.is_empty:
        filled = profile(vessel, line, outlines, inside, settings).occluded_percent
    if masses.is_empty:
        found = replace(found, contact_degrees=unknown, contact_range=np.zeros((0, 2)))
    return replace(found, occluded_percent=filled, covered_percent=covered)


def _measured(rays: NDArray[Any], outlines: Outlines, reach: int) -> Points:
    """Return what `section_measures` writes, NaN where there is no outline."""
    result = np.zeros((len(rays), 4))
    radii = np.ascontiguousarray(outlines.radii)
    section_measures(rays, radii, STEP_MM, reach, _FULL / 2, result)
    result[~outlines.found] = np.nan
    return result


def _voxel_across(stack: SliceStack, sections: Sections) -> Points:
    """Return the size of a voxel on planes across a vessel, mm, shape (S,).

    Along a direction it is the root of the sum of squares of its sides times the cosines to
    them; of all directions in the plane the root of the mean square.
    """
    row, column = stack.pixel_spacing
    axes = np.stack([stack.row_direction, stack.column_direction, stack.normal])
    sides = np.array([column, row, stack.slice_spacing])
    squares = ((sections.forward @ axes.T) * sides) ** 2
    return np.asarray(np.sqrt(((sides**2).sum() - squares.sum(axis=1)) / 2))


#: Of all lumens that no mask or reader outlined; measured on vessels of known size, blurred and
#: in noise (docs/measurement-accuracy.md), and worse in real series without contrast medium.
BY_VALUES: Final = Caveat(
    "lumen-by-values",
    _(
        "The lumen was outlined by its values: its area may be a fifth off, more where what lies "
        "around it is as bright, as behind the liver."
    ),
)

#: A landmark farther than this from the line is not one of this vessel, mm.
FAR_LANDMARK_MM: Final = 30.0


def landmark_caveats(line: Centreline, landmarks: Mapping[str, ArrayLike]) -> tuple[Caveat, ...]:
    """Return reservations for landmarks that lie far from the line."""
    far = [name for name, p in landmarks.items() if line.nearest(p)[1] > FAR_LANDMARK_MM]
    return tuple(
        Caveat("far-landmark", _("The landmark “{name}” lies far from the line.", name=name))
        for name in far
    )
