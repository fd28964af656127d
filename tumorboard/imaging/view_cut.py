"""What a view shows of a volume: the wish as data, and the section that fulfils it.

An orthogonal cut without thickness is a stored slice or a reformat along the slices. A
turned or a thick one is sampled from the volume. Quarter turns are put on top of either.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from tumorboard.imaging.compute import Stop
from tumorboard.imaging.geometry import Plane, Points
from tumorboard.imaging.oblique import cut_oblique
from tumorboard.imaging.sampling import SlabMode
from tumorboard.imaging.slab import cut_slab
from tumorboard.imaging.slicing import (
    PlaneGrid,
    Section,
    cut,
    native_plane,
    plane_axes,
    scroll_step,
    section_count,
    section_number,
)
from tumorboard.imaging.volume import Volume
from tumorboard.language import _

Direction = tuple[float, float, float]

#: Samples that are taken within some milliseconds on two processors: above this a cut is
#: drawn more coarsely while it moves.
_QUICK_SAMPLES = 600_000


@dataclass(frozen=True)
class CutSpec:
    """The cut that a view is asked for.

    ``right`` and ``down`` are the perpendicular LPS unit directions of a turned plane, None
    for the anatomical one. ``slab_mm`` is the thickness, 0 for the plane itself, and
    ``mode`` how it becomes one picture. ``quarter_turns`` turns the picture clockwise.
    """

    plane: Plane
    right: Direction | None = None
    down: Direction | None = None
    slab_mm: float = 0.0
    mode: SlabMode = SlabMode.MAXIMUM
    quarter_turns: int = 0

    @property
    def is_turned(self) -> bool:
        """Whether the plane is not the anatomical one."""
        return self.right is not None and self.down is not None

    @property
    def is_plain(self) -> bool:
        """Whether stored values are shown without sampling anew."""
        return not self.is_turned and self.slab_mm <= 0


def cut_words(volume: Volume, spec: CutSpec, point: ArrayLike | None = None) -> str:
    """Return which plane a cut is and how thick; with a ``point`` (LPS mm) which of them.

    As "Axial 12 / 40", or "Oblique, nearest axial · MinIP 10 mm"; pictures that do not say where
    they lie have no plane, but may be a slab all the same.
    """
    plane = spec.plane.heading if volume.is_placed else ""
    if spec.is_turned and volume.is_placed:
        plane = _("Oblique, nearest {plane}", plane=spec.plane.words)
    elif volume.is_placed and point is not None:
        place = section_number(volume.stack, spec.plane, point)
        plane += f" {place} / {section_count(volume.stack, spec.plane)}"
    slab = (
        _("{projection} {slab_mm:g} mm", projection=_(spec.mode.value), slab_mm=spec.slab_mm)
        if spec.slab_mm > 0
        else ""
    )
    return " · ".join(part for part in (plane, slab) if part)


def axes_of(volume: Volume, spec: CutSpec) -> tuple[Points, Points]:
    """Return the (right, down) unit directions of the cut before quarter turns, LPS."""
    if spec.right is not None and spec.down is not None:
        return np.array(spec.right), np.array(spec.down)
    return plane_axes(volume.stack, spec.plane)


def normal_of(volume: Volume, spec: CutSpec) -> Points:
    """Return the unit normal of the cut, right cross down, LPS."""
    return np.cross(*axes_of(volume, spec))


def make_cut(
    volume: Volume,
    spec: CutSpec,
    point: ArrayLike,
    *,
    every: int = 1,
    stop: Stop | None = None,
) -> Section:
    """Cut a volume as wished through an LPS point (mm), shape (3,).

    ``every`` above 1 computes each so-manyth row and column of a sampled cut only.

    Raises
    ------
    CancelledError
        When ``stop`` returned True between blocks of rows.

    """
    if spec.is_plain:
        section = cut(volume, spec.plane, point)
    else:
        section = _sampled(volume, spec, np.asarray(point, dtype=np.float64), every, stop)
    return quarter_turned(section, spec.quarter_turns)


def _sampled(
    volume: Volume, spec: CutSpec, point: Points, every: int, stop: Stop | None
) -> Section:
    grid = sampling_grid(volume, spec, point)
    if spec.slab_mm > 0:
        return cut_slab(volume, grid, spec.slab_mm, spec.mode, every=every, stop=stop)
    return cut_oblique(volume, grid, every=every, stop=stop)


def sampling_grid(volume: Volume, spec: CutSpec, point: ArrayLike) -> PlaneGrid:
    """Return the grid of a sampled cut through a point.

    An anatomical slab keeps the grid of the thin cut at its middle, so that nothing on the
    screen moves when the thickness changes.
    """
    from tumorboard.imaging.oblique import plane_through

    if spec.is_turned:
        return plane_through(volume.stack, point, *axes_of(volume, spec))
    return cut(volume, spec.plane, point).grid


def quick_step(volume: Volume, spec: CutSpec, point: ArrayLike) -> int:
    """Return the coarseness at which a sampled cut is computed while it moves."""
    grid = sampling_grid(volume, spec, point)
    layers = max(1.0, spec.slab_mm / max(_finest(volume), 0.1))
    samples = grid.shape[0] * grid.shape[1] * layers
    return max(1, int(np.ceil(np.sqrt(samples / _QUICK_SAMPLES))))


def _finest(volume: Volume) -> float:
    stack = volume.stack
    return float(min(*stack.pixel_spacing, stack.slice_spacing))


def step_of(volume: Volume, spec: CutSpec) -> Points:
    """Return the LPS displacement (mm) of one wheel notch forward.

    One stored slice or pixel in an anatomical plane; in a turned one the finest spacing of
    the volume along its normal, in the same sense as the anatomical plane it came from.
    """
    forward = scroll_step(volume.stack, spec.plane)
    if not spec.is_turned:
        return forward
    normal = normal_of(volume, spec)
    return np.asarray(normal * np.sign(normal @ forward) * _finest(volume))


def stored_step(volume: Volume, plane: Plane) -> int:
    """Return how many stored slices one notch forward goes on in the native plane: 1 or -1.

    Pictures without a place in the patient, such as an ultrasound run, go as they were taken.
    """
    if not volume.is_placed:
        return 1
    forward = scroll_step(volume.stack, plane) @ volume.stack.normal
    return 1 if forward > 0 else -1


def is_native(volume: Volume, spec: CutSpec) -> bool:
    """Whether the cut shows stored slices, one at a time."""
    return spec.is_plain and spec.plane is native_plane(volume.stack)


def quarter_turned(section: Section, turns: int) -> Section:
    """Turn a section clockwise by quarter turns; a view of the same values, no copy."""
    for __ in range(turns % 4):
        grid, image = section.grid, section.image
        turned = PlaneGrid(
            grid.to_lps([grid.shape[0] - 1, 0]),
            -grid.down,
            grid.right,
            (grid.spacing[1], grid.spacing[0]),
            (grid.shape[1], grid.shape[0]),
        )
        section = replace(section, image=np.rot90(image, -1), grid=turned)
    return section


def trace(grid: PlaneGrid, other: PlaneGrid) -> tuple[Points, Points] | None:
    """Return where another plane cuts this one: a point and a unit direction, LPS.

    None when the two are parallel. The point is the one nearest to the middle of ``grid``.
    """
    direction = np.cross(grid.normal, other.normal)
    length = float(np.linalg.norm(direction))
    if length < 1e-6:
        return None
    direction = direction / length
    middle = grid.to_lps([(grid.shape[0] - 1) / 2, (grid.shape[1] - 1) / 2])
    within = np.cross(direction, grid.normal)
    slope = float(within @ other.normal)
    point = middle - within * (float((middle - other.origin) @ other.normal) / slope)
    return point, direction
