"""What other objects say about the pixels of a series: masks, contours, drawn planes.

Points are LPS in millimetres; an index is (slice, row, column).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tumorboard.imaging.geometry import Points, SliceStack

Colour = tuple[int, int, int]

#: Positions in files are rounded: what is so near to a limit lies on it.
_HAIR_MM: Final = 1e-3

#: A SOP Instance UID and the frame, counted from 1; frame 0 stands for all of an object.
Picture = tuple[str, int]


@dataclass(frozen=True)
class MaskSource:
    """What the file of a mask says of itself and of the images that it was made on.

    The UIDs are empty where it says nothing.
    """

    series_instance_uid: str = ""
    study_instance_uid: str = ""
    frame_of_reference_uid: str = ""
    referenced_series: tuple[str, ...] = ()
    pictures: frozenset[Picture] = frozenset()


@dataclass(frozen=True, eq=False)
class GraphicPlane:
    """A bitmap that comes with one picture and lies on its pixels.

    ``mask`` is bool, of the picture's shape (rows, columns); ``is_region`` tells a region
    of interest from graphics.
    """

    label: str
    mask: NDArray[np.bool_]
    is_region: bool = False


@dataclass(frozen=True, eq=False)
class Segment:
    """A named part of the patient as a mask.

    Parameters
    ----------
    mask
        Bool, shape (slices, rows, columns) of ``stack``.
    stack
        Where the mask lies; only slices that hold something are there.
    colour
        Recommended display colour, RGB.
    fractional
        The mask was made from probabilities or fractions, at one half.
    frames
        The frame of its file that each slice came from, counted from 1; none when unknown.
    step
        What a slice stands for along the normal, mm, as its file says it; None: not said.

    """

    number: int
    name: str
    colour: Colour
    mask: NDArray[np.bool_]
    stack: SliceStack
    fractional: bool = False
    frames: tuple[int, ...] = ()
    step: float | None = None

    def on(self, stack: SliceStack) -> NDArray[np.bool_]:
        """Return the mask on the grid of another stack, each voxel by its nearest one.

        A slice fills what lies within half a step on either side of it: in the middle between
        two it is the upper one, so that none counts twice. A slice of the other stack further
        than half a slice step of this one from all of its slices stays empty.
        """
        found = np.zeros(stack.shape, bool)
        rows, columns = np.mgrid[: stack.rows, : stack.columns]
        for k in range(stack.shape[0]):
            points = stack.to_lps(np.stack([np.full_like(rows, k), rows, columns], axis=-1))
            index = np.floor(self.stack.to_index(points) + 0.5).astype(np.int64)
            index[..., 0], inside = self._slices_at(points @ self.stack.normal, stack)
            inside &= (index >= 0).all(axis=-1) & (index < self.stack.shape).all(axis=-1)
            s, r, c = index[inside].T
            found[k][inside] = self.mask[s, r, c]
        return found

    def _slices_at(
        self, heights: Points, stack: SliceStack
    ) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
        """Return the slice for positions (mm) along the normal, and whether it reaches there."""
        positions, last = self.stack.positions, len(self.stack.positions) - 1
        spacing = self.stack.slice_spacing if last else 0.0
        step = self.stack.slice_spacing if self.step is None else self.step
        reach = max(step, stack.slice_spacing) / 2
        end = min(reach, max(step, spacing) / 2)
        near = np.abs(heights[..., None] - positions).argmin(axis=-1)
        near = np.minimum(near + (heights - positions[near] >= reach - _HAIR_MM), last)
        above = heights - positions[near]
        inside = above >= -_HAIR_MM - np.where(near == 0, end, reach)
        return near, inside & (above < np.where(near == last, end, reach) - _HAIR_MM)


@dataclass(frozen=True, eq=False)
class Contour:
    """A line through LPS points, shape (n, 3), closed or open, on a picture if that is known."""

    points: Points
    closed: bool = True
    pictures: frozenset[Picture] = frozenset()


@dataclass(frozen=True, eq=False)
class Region:
    """A named part of the patient as contours. ``kind`` is as sent, such as "GTV"."""

    number: int
    name: str
    colour: Colour
    kind: str
    contours: tuple[Contour, ...]


@dataclass(frozen=True, eq=False)
class OverlaySet:
    """All that one segmentation or structure set says.

    ``series_instance_uids`` are those of the images it was drawn on and ``pictures``
    these images, as far as it says; ``omitted`` are sentences on what of it cannot be shown.
    """

    label: str
    frame_of_reference_uid: str
    series_instance_uids: tuple[str, ...]
    segments: tuple[Segment, ...] = ()
    regions: tuple[Region, ...] = ()
    omitted: tuple[str, ...] = field(default=())
    pictures: frozenset[Picture] = frozenset()
