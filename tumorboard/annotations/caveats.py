"""Which reservations of a volume touch a measurement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from tumorboard.imaging.geometry import Caveat, Plane, Point, turned_degrees
from tumorboard.imaging.slicing import native_plane
from tumorboard.imaging.volume import Volume
from tumorboard.language import _

#: Touch only what spans a place where slices are missing or uneven.
_ACROSS_GAPS: Final = frozenset({"missing-slices", "uneven-spacing"})
#: Touch only what was drawn on a reformat, or leaves its slice.
_BETWEEN_SLICES: Final = frozenset({"gantry-tilt", "overlapping-slices", "slice-gaps"})
#: Say something about the files, nothing about lengths or values.
_ABOUT_FILES: Final = frozenset(
    {"split", "two-patients", "missing-uid", "duplicate-uid", "paged", "surplus-pixels"}
    | {"bad-date", "two-dates", "files-changed", "mixed-contrast"}
)

#: Code of what was drawn on a cut that a reader had turned.
TURNED: Final = "turned-plane"


def gaps(volume: Volume) -> list[tuple[float, float]]:
    """Return the ends of each gap between slices, as positions (mm) along the normal."""
    places = volume.stack.positions
    return [(float(places[k]), float(places[k + 1])) for k in volume.stack.gaps]


def caveats_for(volume: Volume, points: Sequence[Point], plane: Plane) -> tuple[Caveat, ...]:
    """Return the caveats of a volume that hold for something drawn at LPS points (mm)."""
    along = np.array(points) @ volume.stack.normal
    low, high = float(along.min()), float(along.max())
    native = plane is native_plane(volume.stack)
    leaves_slice = not native or high - low > volume.stack.slice_spacing / 2
    uneven = leaves_slice and _spans_uneven(volume, low, high)

    def holds(caveat: Caveat) -> bool:
        if caveat.code in _ABOUT_FILES:
            return False
        if caveat.code in _ACROSS_GAPS:
            return uneven
        return leaves_slice or caveat.code not in _BETWEEN_SLICES

    return tuple(c for c in volume.caveats if holds(c))


def turned_caveats(plane: Plane, normal: Point) -> tuple[Caveat, ...]:
    """Return what has to be said of lengths on a cut that a reader turned out of its plane.

    ``normal`` (LPS) is that of the cut, ``plane`` the one that it was turned from.
    """
    degrees = turned_degrees(normal, plane)
    return (
        Caveat(
            TURNED,
            _(
                "Drawn on a plane turned by {degrees:.0f}° from the {plane} one.",
                degrees=degrees,
                plane=plane.words,
            ),
        ),
    )


def slab_caveats(volume: Volume, plane: Plane, slab_mm: float) -> tuple[Caveat, ...]:
    """Return what has to be said of values that are read while a thick cut is on show.

    They are those of the cut in the middle, which can be read again at any time, not the
    highest, lowest or mean ones that the slab shows.
    """
    if slab_mm <= 0:
        return ()
    if plane is native_plane(volume.stack):
        text = _(
            "Values of the {slice_mm:.3g} mm slice, not of the {slab_mm:g} mm slab on show",
            slice_mm=volume.stack.slice_spacing,
            slab_mm=slab_mm,
        )
    else:
        text = _(
            "Values of the plane in its middle, not of the {slab_mm:g} mm slab on show",
            slab_mm=slab_mm,
        )
    return (Caveat("slab", text),)


def _spans_uneven(volume: Volume, low: float, high: float) -> bool:
    """Whether a slice distance between two positions differs from the usual one."""
    stack = volume.stack
    touched = (stack.positions[1:] > low) & (stack.positions[:-1] < high)
    odd = np.abs(stack.spacings - stack.slice_spacing) > 0.1 * stack.slice_spacing
    return bool((touched & odd).any())
