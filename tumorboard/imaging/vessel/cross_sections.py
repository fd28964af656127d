"""Planes across a vessel, and the outline of its lumen on each.

An outline is its radii (mm) along rays from a middle point, at even angles from ``right``
towards ``down``: as a vessel's outline is, it must be seen whole from its middle.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tumorboard.imaging.compute import WORKERS
from tumorboard.imaging.geometry import Calibration, Points, SliceStack
from tumorboard.imaging.kernels import carry_frames
from tumorboard.imaging.mask_model import Mask
from tumorboard.imaging.oblique import cut_oblique
from tumorboard.imaging.sampling import Rows, sample
from tumorboard.imaging.slicing import PlaneGrid, Section
from tumorboard.imaging.vessel.centreline import Centreline
from tumorboard.imaging.vessel.kernels import closed_walls, first_fall, smooth_costs, wall_costs
from tumorboard.imaging.volume import Volume

ANGLES: Final = 180
#: Distance of samples along a ray, mm.
STEP_MM: Final = 0.5
#: Widest radius of a vessel, mm.
REACH_MM: Final = 30.0
#: Rays by which the middle of a mask, and of a lumen, is found.
_FEW: Final = 36
_SOME: Final = 60
#: Edges are averaged over this angle to either side, and over the neighbouring sections.
_SMOOTH_DEGREES: Final = 5.0
#: Length over which an edge is looked for on either side, mm.
_EDGE_MM: Final = 1.5
#: Values within this of the lumen's count as alike at least, in the unit of the volume.
_LEAST_ALIKE: Final = 8.0
#: Within this radius everything is lumen, mm.
_INNER_MM: Final = 2.5
_FULL: Final = 200


@dataclass(frozen=True, eq=False)
class Sections:
    """Planes across a line; all arrays have one row a plane, LPS.

    ``arc_mm`` says how far along the line; ``right`` and ``down`` span the plane without
    twist from one to the next, ``forward`` is the line's direction.
    """

    arc_mm: Points
    centres: Points
    right: Points
    down: Points
    forward: Points

    def __len__(self) -> int:
        return len(self.arc_mm)


@dataclass(frozen=True, eq=False)
class Outlines:
    """The lumen on each of some planes.

    ``centres`` (S, 3) and ``radii`` (S, A), both mm; a section without an outline has radius
    0 throughout. ``corrected`` tells which a reader has drawn, ``by_values`` whether the others
    were found by the values of the images.
    """

    sections: Sections
    centres: Points
    radii: Points
    corrected: NDArray[np.bool_]
    by_values: bool = False

    @property
    def found(self) -> NDArray[np.bool_]:
        """Which sections have an outline."""
        return np.asarray((self.radii > 0).all(axis=1))

    def polygon(self, n: int) -> Points:
        """Return the corners of an outline, LPS, shape (A, 3)."""
        rays = rays_of(self.sections, self.radii.shape[1])[n]
        return np.asarray(self.centres[n] + self.radii[n][:, None] * rays)

    def with_polygon(self, n: int, corners: ArrayLike) -> Outlines:
        """Return the outlines with one drawn by a reader, corners LPS, shape (N, 3).

        Raises
        ------
        ValueError
            When it encloses nothing.

        """
        points = np.asarray(corners, dtype=np.float64)
        offset = points - self.sections.centres[n]
        flat = np.stack([offset @ self.sections.right[n], offset @ self.sections.down[n]], axis=1)
        area, middle = _area_and_middle(flat)
        if abs(area) < 1e-6:
            raise ValueError("the outline encloses nothing")
        centres, radii, corrected = self.centres.copy(), self.radii.copy(), self.corrected.copy()
        section = self.sections
        centres[n] = section.centres[n] + middle @ np.stack([section.right[n], section.down[n]])
        radii[n] = _radii_of(flat - middle, self.radii.shape[1])
        corrected[n] = True
        return replace(self, centres=centres, radii=radii, corrected=corrected)

    def between(self, kept: Sequence[int] | None = None) -> Outlines:
        """Return outlines blended between some of them, by default those a reader drew.

        For a vein full of tumour, where nothing but the reader sees the wall: outlines drawn
        at a few places hold for the sections between. Sections outside these stay.
        """
        chosen = np.flatnonzero(self.corrected) if kept is None else kept
        keys = sorted(int(n) for n in chosen)
        centres, radii = self.centres.copy(), self.radii.copy()
        offset = self.centres - self.sections.centres
        arc = self.sections.arc_mm
        for low, high in pairwise(keys):
            for n in range(low + 1, high):
                share = (arc[n] - arc[low]) / (arc[high] - arc[low])
                radii[n] = (1 - share) * self.radii[low] + share * self.radii[high]
                middle = (1 - share) * offset[low] + share * offset[high]
                middle = middle - (middle @ self.sections.forward[n]) * self.sections.forward[n]
                centres[n] = self.sections.centres[n] + middle
        return replace(self, centres=centres, radii=radii)


def across(line: Centreline, arc_mm: ArrayLike) -> Sections:
    """Return the planes across a line at growing lengths along it."""
    from tumorboard.imaging.curved import _leftward

    arc = np.atleast_1d(np.asarray(arc_mm, dtype=np.float64))
    centres, forward = line.at(arc), line.directions(arc)
    right = carry_frames(centres, forward, _leftward(forward[0]))
    return Sections(arc, centres, right, np.cross(forward, right), forward)


def picture(
    volume: Volume, sections: Sections, n: int, width_mm: float = 60.0, pixel_mm: float = 0.5
) -> Section:
    """Cut a plane across the vessel, its line in the middle."""
    size = 2 * round(width_mm / pixel_mm / 2) + 1
    right, down = sections.right[n], sections.down[n]
    corner = sections.centres[n] - (right + down) * pixel_mm * (size - 1) / 2
    return cut_oblique(volume, PlaneGrid(corner, right, down, (pixel_mm, pixel_mm), (size, size)))


def outlines_of_mask(sections: Sections, mask: Mask, reach_mm: float = REACH_MM) -> Outlines:
    """Return the outlines of a vessel's mask, each round the middle of what it holds there.

    Where the line lies outside the mask there is none.
    """
    solid = mask_volume(mask, reach_mm)
    centres = sections.centres
    for _ in range(2):
        radii = np.empty((len(sections), _FEW))
        first_fall(cast(solid, sections, centres, _FEW, reach_mm), _FULL / 2, radii)
        centres = centres + _shift(sections, radii * STEP_MM)
    radii = np.empty((len(sections), ANGLES))
    first_fall(cast(solid, sections, centres, ANGLES, reach_mm), _FULL / 2, radii)
    radii *= STEP_MM
    radii[(radii <= 0).any(axis=1)] = 0.0
    return Outlines(sections, centres, radii, np.zeros(len(sections), bool))


def outlines_of_values(volume: Volume, sections: Sections, reach_mm: float = REACH_MM) -> Outlines:
    """Propose the outlines of a lumen from the values: where they turn from those in its middle.

    Each is the best closed line through the edges along all rays, so that noise and short
    stretches without an edge do not lead it astray. A vein filled with tumour is not outlined
    by its wall in this way: correct a few and blend them, or give a mask.
    """
    centres = sections.centres
    levels, alike = _lumen_values(volume, sections)
    for _ in range(2):
        radii = _walls(volume, sections, centres, (levels, alike), _SOME, reach_mm)
        centres = centres + _shift(sections, radii)
    radii = _walls(volume, sections, centres, (levels, alike), ANGLES, reach_mm)
    return Outlines(sections, centres, radii, np.zeros(len(sections), bool), by_values=True)


def _walls(
    volume: Volume,
    sections: Sections,
    centres: Points,
    lumen: tuple[Points, Points],
    angles: int,
    reach_mm: float,
) -> Points:
    """Return the radii (mm) of the best closed lines through the edges, shape (S, angles)."""
    half = max(1, round(_EDGE_MM / STEP_MM))
    rays = cast(volume, sections, centres, angles, reach_mm)
    scale = np.array([volume.rescale_slope, volume.rescale_intercept])
    costs, soft = np.empty(rays.shape, np.float32), np.empty(rays.shape, np.float32)
    radii = np.zeros(rays.shape[:2])
    # As wide round the vessel at any number of rays.
    spread = max(1, round(_SMOOTH_DEGREES * angles / 360))

    def price(first: int, last: int) -> None:
        part = slice(first, last)
        wall_costs(rays[part], scale, lumen[0][part], lumen[1][part], half, costs[part])

    def close(first: int, last: int) -> None:
        smooth_costs(costs, spread, (first, last), soft)
        closed_walls(soft[first:last], radii[first:last])

    WORKERS.run(price, len(sections))
    WORKERS.run(close, len(sections))
    return np.asarray(radii * STEP_MM)


def rays_of(sections: Sections, angles: int = ANGLES) -> Points:
    """Return the unit directions of rays in each plane, shape (S, A, 3)."""
    turn = 2 * np.pi * np.arange(angles) / angles
    return np.asarray(
        np.cos(turn)[None, :, None] * sections.right[:, None]
        + np.sin(turn)[None, :, None] * sections.down[:, None]
    )


def cast(
    volume: Volume, sections: Sections, centres: Points, angles: int, reach_mm: float
) -> NDArray[Any]:
    """Return stored values along rays from the centres, shape (S, A, R), 0.5 mm apart."""
    count = int(np.ceil(reach_mm / STEP_MM)) + 1
    steps = (rays_of(sections, angles) * STEP_MM).reshape(-1, 3)
    starts = np.repeat(centres, angles, axis=0)
    normals = np.repeat(sections.forward, angles, axis=0)
    rays = sample(volume, Rows(starts, steps, normals, count))
    return rays.reshape(len(sections), angles, count)


def mask_volume(mask: Mask, margin_mm: float = 5.0) -> Volume:
    """Return a mask as values from 0 to 200 on its own part of the grid, with a rim of zeros."""
    stack = mask.stack
    start = [max(0, o - 2) for o in mask.origin]
    stop = [min(n, s.stop + 2) for n, s in zip(stack.shape, mask.box, strict=True)]
    stop = [max(b, a + 1) for a, b in zip(start, stop, strict=True)]
    part = SliceStack(
        stack.to_lps([[k, start[1], start[2]] for k in range(start[0], stop[0])]),
        stack.row_direction,
        stack.column_direction,
        stack.pixel_spacing,
        stop[1] - start[1],
        stop[2] - start[2],
    )
    voxels = mask.cropped(start, stop).astype(np.uint8) * np.uint8(_FULL)
    loaded = np.ones(len(voxels), bool)
    names = tuple("" for _ in loaded)
    return Volume(
        *(voxels, loaded, part, 1.0, 0.0, "", Calibration.PIXEL_SPACING, "", "", "", "", names),
        padding=None,
    )


def _lumen_values(volume: Volume, sections: Sections) -> tuple[Points, Points]:
    """Return the value of the lumen at each section and the spread of what is like it.

    From the innermost millimetres, over neighbouring sections within 10 mm.
    """
    rays = volume.values(cast(volume, sections, sections.centres, 24, _INNER_MM))
    each = rays.reshape(len(sections), -1)
    near = [np.abs(sections.arc_mm - arc) <= 5.0 for arc in sections.arc_mm]
    levels = np.array([np.median(each[part]) for part in near])
    alike = np.array([_spread(each[part]) for part in near])
    # A few voxels alone understate the noise, which is about the same all along.
    noise = _spread(each - levels[:, None])
    return levels, np.maximum(alike, max(noise, _LEAST_ALIKE))


def _spread(values: Points) -> float:
    """Return the standard deviation of values, from their quartiles."""
    low, high = np.percentile(values, (25, 75))
    return float(high - low) / 1.349


def _shift(sections: Sections, radii: Points) -> Points:
    """Return the way in LPS from the present middle to the centroid of star-shaped outlines."""
    count = radii.shape[1]
    turn = 2 * np.pi * np.arange(count) / count
    area = (radii**2).sum(axis=1)
    safe = np.where(area > 0, area, 1.0)
    x = (radii**3 * np.cos(turn)).sum(axis=1) * 2 / 3 / safe
    y = (radii**3 * np.sin(turn)).sum(axis=1) * 2 / 3 / safe
    return np.asarray(x[:, None] * sections.right + y[:, None] * sections.down)


def _area_and_middle(flat: Points) -> tuple[float, Points]:
    p, q = flat, np.roll(flat, -1, axis=0)
    cross = p[:, 0] * q[:, 1] - q[:, 0] * p[:, 1]
    area = float(cross.sum()) / 2
    if abs(area) < 1e-6:
        return 0.0, flat.mean(axis=0)
    return area, np.asarray(((p + q) * cross[:, None]).sum(axis=0) / (6 * area))


def _radii_of(flat: Points, angles: int) -> Points:
    """Return the outermost crossings of rays from the origin with a polygon, shape (A,)."""
    turn = 2 * np.pi * np.arange(angles) / angles
    rays = np.stack([np.cos(turn), np.sin(turn)], axis=1)
    p, side = flat, np.roll(flat, -1, axis=0) - flat
    bottom = rays[:, None, 0] * side[None, :, 1] - rays[:, None, 1] * side[None, :, 0]
    safe = np.where(np.abs(bottom) > 1e-12, bottom, 1.0)
    along = (p[:, 0] * side[:, 1] - p[:, 1] * side[:, 0])[None] / safe
    share = (p[None, :, 0] * rays[:, None, 1] - p[None, :, 1] * rays[:, None, 0]) / safe
    hit = (np.abs(bottom) > 1e-12) & (share >= -1e-9) & (share <= 1 + 1e-9) & (along > 0)
    return np.asarray(np.where(hit, along, 0.0).max(axis=1))
